"""Mistakes in the passes: the wrong layer, the wrong array, a rule of the chain left out, samples forgotten.

What is wrong in delta_l is wrong in every layer from l down, and right in those above it.
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
        Fault(
            "activation before f",
            "Weights are given what comes into the units before them, z, in place of what comes out, a.",
            _LAST,
            _INPUT,
            "z[layer - 1].T @ delta[layer]",
            _WIDE,
        ),
        Fault(
            "inputs in place of activations",
            "Every layer's weights are given the inputs of the network, where the shapes allow it.",
            _LAST,
            _INPUT,
            "(X if X.shape == a[layer - 1].shape else a[layer - 1]).T @ delta[layer]",
            {"shape": "equal"},
        ),
        Fault(
            "activations of the next layer",
            "Weights are given the outputs of their layer in place of its inputs, where the shapes allow it.",
            _LAST,
            _INPUT,
            "(a[layer] if a[layer].shape == a[layer - 1].shape else a[layer - 1]).T @ delta[layer]",
            _DEEP,
        ),
    ]


def _of_deltas() -> list[Fault]:
    return [
        Fault(
            "f' of the next layer",
            "f' is taken at the pre-activations of the hidden layer above.",
            _FIRST,
            _SLOPE,
            "delta[layer] = back * derivative(f, z[min(layer + 1, arch.n_layers - 1)])",
            _DEEP,
        ),
        Fault(
            "f' at the activation",
            "f' is taken at the activation a in place of the pre-activation z.",
            _BELOW,
            _SLOPE,
            "delta[layer] = back * derivative(f, f.value(z[layer]))",
            _DEEP,
        ),
        Fault(
            "f' left out",
            "The deltas of hidden layers lack f'.",
            _BELOW,
            _SLOPE,
            "delta[layer] = back",
            _DEEP,
        ),
        Fault(
            "f' left out at the output",
            "The delta of the output layer lacks f', as if the output were linear.",
            (),
            "return r * slope",
            "return 1.0 * r",
            {"output": "tanh"},
        ),
        Fault(
            "weights not transposed",
            "Deltas are carried back through W in place of its transpose, where W is square.",
            _FIRST,
            _BACK,
            "delta[layer + 1] @ (W if W.shape[0] == W.shape[1] else W.T)",
            _DEEP,
        ),
        Fault(
            "weights left out",
            "Deltas are carried back as if all weights were 1.",
            _BELOW,
            _BACK,
            "delta[layer + 1] @ np.ones_like(W.T)",
            _DEEP,
        ),
        Fault(
            "hidden deltas halved",
            "Every step back halves the deltas.",
            ("block factor", *_BELOW),
            _BACK,
            "0.5 * delta[layer + 1] @ W.T",
            _DEEP,
        ),
        Fault(
            "hidden sign",
            "The first step back turns the sign of the deltas of all hidden layers.",
            ("block factor", *_BELOW),
            _SLOPE,
            "delta[layer] = (-back if layer == arch.n_layers - 1 else back) * derivative(f, z[layer])",
            _DEEP,
        ),
        Fault(
            "first layer detached",
            "The loop over the layers ends one too early: the derivatives by the first layer stay zero.",
            ("zero", *_FIRST),
            "for layer in range(1, arch.n_layers + 1):",
            "for layer in range(2, arch.n_layers + 1):",
        ),
        Fault(
            "deltas end too early",
            "Deltas are carried back to the last hidden layer only; below it they are zero.",
            ("zero", *_FIRST),
            _SLOPE,
            "delta[layer] = back * derivative(f, z[layer]) if layer == arch.n_layers - 1 else np.zeros_like(z[layer])",
            _DEEP,
        ),
    ]


def _of_samples() -> list[Fault]:
    weighted = "w[:, None] * output_delta"
    forth = "z, a = forward(arch, weights, X)"
    return [
        Fault(
            "case weights left out",
            "All samples count the same in the gradient, not in the value.",
            (),
            weighted,
            "w.mean() * output_delta",
            {"weights": True},
        ),
        Fault(
            "last sample left out",
            "A loop over the samples ends one too early.",
            (),
            forth,
            "X, y, w = X[:-1], y[:-1], w[:-1]\n    " + forth,
        ),
    ]


FAULTS = [*_of_activations(), *_of_deltas(), *_of_samples()]
"""Mistakes in the passes."""
