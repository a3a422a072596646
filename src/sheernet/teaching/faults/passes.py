"""Faults in the forward and backward passes: the wrong layer or array, a missing factor, missing samples.

A fault in delta_l affects layer l and all layers below it; the layers above stay right.
"""

from __future__ import annotations

from sheernet.teaching.faults.fault import Fault

_INPUT = "a[layer - 1].T @ delta[layer]"
_BACK = "delta[layer + 1] @ W.T"
_SLOPE = "delta[layer] = back * derivative(f, z[layer])"
_DEEP, _WIDE = {"shape": "deep"}, {"shape": "wide"}
_FIRST, _BELOW, _LAST = ("layer", "lower layers"), ("lower layers",), ("layer",)


def _of_activations() -> list[Fault]:
    return [
        Fault("activation before f",
              "The derivatives of weights use the pre-activations z of the layer before instead of its activations a.",
              _LAST, _INPUT, "z[layer - 1].T @ delta[layer]", _WIDE),
        Fault("inputs in place of activations",
              "The derivatives of weights use the inputs of the network instead of those of their layer, if the "
              "shapes allow it.",
              _LAST, _INPUT, "(X if X.shape == a[layer - 1].shape else a[layer - 1]).T @ delta[layer]",
              {"shape": "equal"}),
        Fault("activations of the next layer",
              "The derivatives of weights use the outputs of their layer instead of its inputs, if the shapes "
              "allow it.",
              _LAST, _INPUT, "(a[layer] if a[layer].shape == a[layer - 1].shape else a[layer - 1]).T @ delta[layer]",
              _DEEP),
    ]  # fmt: skip


def _of_deltas() -> list[Fault]:
    def fault(name: str, what: str, kinds: tuple[str, ...], old: str, new: str) -> Fault:
        return Fault(name, what, kinds, old, new, _DEEP)

    return [
        fault("f' of the next layer", "f' is evaluated at the pre-activations of the next hidden layer.",
              _FIRST, _SLOPE, "delta[layer] = back * derivative(f, z[min(layer + 1, arch.n_layers - 1)])"),
        fault("f' at the activation", "f' is evaluated at the activation a instead of the pre-activation z.",
              _BELOW, _SLOPE, "delta[layer] = back * derivative(f, f.value(z[layer]))"),
        fault("f' left out", "The deltas of the hidden layers lack the factor f'.",
              _BELOW, _SLOPE, "delta[layer] = back"),
        Fault("f' left out at the output",
              "The delta of the output layer lacks the factor f', as if the output were linear.", (),
              "return r * slope", "return 1.0 * r", {"output": "tanh"}),
        fault("weights not transposed",
              "Deltas are propagated back through W instead of its transpose, if W is square.",
              _FIRST, _BACK, "delta[layer + 1] @ (W if W.shape[0] == W.shape[1] else W.T)"),
        fault("weights left out", "Deltas are propagated back as if all weights were 1.",
              _BELOW, _BACK, "delta[layer + 1] @ np.ones_like(W.T)"),
        fault("hidden deltas halved", "The deltas are halved each time they are propagated back by a layer.",
              ("block factor", *_BELOW),
              _BACK, "0.5 * delta[layer + 1] @ W.T"),
        fault("hidden sign", "The deltas of the last hidden layer, and so of all hidden layers, have the wrong sign.",
              ("block factor", *_BELOW),
              _SLOPE, "delta[layer] = (-back if layer == arch.n_layers - 1 else back) * derivative(f, z[layer])"),
        Fault("first layer detached",
              "The loop over the layers starts at the second: the derivatives of the first layer stay zero.",
              ("zero", *_FIRST),
              "for layer in range(1, arch.n_layers + 1):", "for layer in range(2, arch.n_layers + 1):"),
        fault("deltas end too early",
              "Deltas are propagated back to the last hidden layer only; those of the layers below are zero.",
              ("zero", *_FIRST),
              _SLOPE, "delta[layer] = back * derivative(f, z[layer]) if layer == arch.n_layers - 1 "
              "else np.zeros_like(z[layer])"),
    ]  # fmt: skip


def _of_samples() -> list[Fault]:
    forth = "z, a = forward(arch, weights, X)"
    return [
        Fault("case weights left out", "The gradient weights all samples equally; the value uses their case weights.",
              (),
              "w[:, None] * output_delta", "w.mean() * output_delta", {"weights": True}),
        Fault("last sample left out", "A loop over the samples stops one sample too early.", (),
              forth, "X, y, w = X[:-1], y[:-1], w[:-1]\n    " + forth),
    ]  # fmt: skip


FAULTS = [*_of_activations(), *_of_deltas(), *_of_samples()]
"""Faults in the passes."""
