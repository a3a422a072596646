"""Faults in single blocks of the gradient: biases, transposed weights, rows, columns and entries.

Faults of one entry change the entry of median size among those that are not zero: a typical weight, not the weight that
is easiest to find.
"""

from __future__ import annotations

from sheernet.teaching.faults.fault import Fault

_SUM = "return g + decay * theta"
_BIASES = 'blocks[f"b{layer}"][...] = delta[layer].sum(axis=0)'
_SKIP = 'blocks["S"][...] = X.T @ delta_L'
_TYPICAL = """g = g + decay * theta
    nonzero = np.flatnonzero(g)
    typical = nonzero[np.argsort(np.abs(g[nonzero]))[len(nonzero) // 2]]
    """
_WIDE = {"shape": "wide"}
_FIRST, _LAST = ("layer", "lower layers"), ("layer",)


def _of_biases() -> list[Fault]:
    return [
        Fault("biases missing", "The derivatives of the biases are never computed and stay zero.", ("zero", "biases"),
              _BIASES, 'blocks[f"b{layer}"][...] = 0.0', _WIDE),
        Fault("first bias missing", "The derivatives of the biases of the first layer stay zero.",
              ("zero", "biases", *_FIRST),
              'if f"b{layer}" in blocks:', 'if f"b{layer}" in blocks and layer > 1:', _WIDE),
        Fault("biases averaged", "The deltas of each bias are averaged over the samples instead of summed.",
              ("biases", "block factor"),
              _BIASES, _BIASES.replace("sum", "mean"), _WIDE),
        Fault("biases of one sample", "The derivative of each bias is its delta for the last sample only.", ("biases",),
              _BIASES, _BIASES.replace(".sum(axis=0)", "[-1]"), _WIDE),
    ]  # fmt: skip


def _of_weights() -> list[Fault]:
    def of_last(name: str, what: str, change: str, *kinds: str) -> Fault:
        new = f'W_L = blocks[f"W{{arch.n_layers}}"]\n    {change}\n    {_SUM}'
        return Fault(name, what, (*kinds, *_LAST), _SUM, new, _WIDE)

    return [
        Fault("first weights transposed", "The derivatives of the first weights are stored in transposed order.",
              ("transposed", *_FIRST),
              _SUM, 'W1 = blocks["W1"]\n    W1[...] = W1.T.reshape(W1.shape)\n    ' + _SUM),
        of_last("last weights transposed", "The derivatives of the last weights are stored in transposed order.",
                "W_L[...] = W_L.T.reshape(W_L.shape)", "transposed"),
        of_last("last row zero", "A loop over the rows of the last weights stops one row too early.",
                "W_L[-1] = 0.0", "line"),
        of_last("last column zero", "A loop over the columns of the last weights stops one column too early.",
                "W_L[:, -1] = 0.0", "line"),
        of_last("rows shifted",
                "The rows of the last weights are counted from 1 instead of 0, so each is stored one row too low.",
                "W_L[...] = np.roll(W_L, 1, axis=0)"),
        of_last("last weights averaged over outputs",
                "The derivatives of the last weights are divided by the number of outputs.",
                "W_L /= y.shape[1]", "block factor"),
        Fault("skip connections missing", "The derivatives of the skip connections are never computed and stay zero.",
              ("zero", *_LAST),
              _SKIP, 'blocks["S"][...] = 0.0', {"skip": True}),
        Fault("skip connections halved", "The derivatives of the skip connections are half as large as they should be.",
              ("block factor", *_LAST),
              _SKIP, 'blocks["S"][...] = 0.5 * X.T @ delta_L', {"skip": True}),
    ]  # fmt: skip


def _of_entries() -> list[Fault]:
    def fault(name: str, what: str, change: str) -> Fault:
        new = f"{_TYPICAL}{change}\n    return g"
        return Fault(name, what, ("entry", "layer"), _SUM, new, _WIDE)

    return [
        fault("one entry off by 1 %", "One typical entry of the gradient is 1 % too large.",
              "g[typical] *= 1.01"),
        fault("one entry zero", "One typical entry of the gradient is never computed and stays zero.",
              "g[typical] = 0.0"),
        fault("sign of one entry", "One typical entry of the gradient has the wrong sign.",
              "g[typical] *= -1.0"),
    ]  # fmt: skip


FAULTS = [*_of_biases(), *_of_weights(), *_of_entries()]
"""Faults in blocks and entries."""
