"""Mistakes in single blocks of the gradient: biases, transposes, rows, columns and entries.

Those of one entry take the one whose derivative has the median size of those that are not zero: a typical weight, not
the one that is easiest to see.
"""

from __future__ import annotations

from sheernet.teaching.faults.fault import Fault

_SUM = "return g + decay * theta"
_WEIGHTS = 'blocks[f"W{layer}"][...] = a[layer - 1].T @ delta[layer]'
_BIASES = 'blocks[f"b{layer}"][...] = delta[layer].sum(axis=0)'
_SKIP = 'blocks["S"][...] = X.T @ delta_L'
_TYPICAL = """g = g + decay * theta
    nonzero = np.flatnonzero(g)
    typical = nonzero[np.argsort(np.abs(g[nonzero]))[len(nonzero) // 2]]
    """
_WIDE = {"shape": "wide"}
_FIRST, _LAST = ("layer", "lower layers"), ("layer",)


def _of_biases() -> list[Fault]:
    has_bias = 'if f"b{layer}" in blocks:'
    return [
        Fault(
            "biases missing",
            "The derivatives by the biases are never computed and stay zero.",
            ("zero", "biases"),
            _BIASES,
            'blocks[f"b{layer}"][...] = 0.0',
            _WIDE,
        ),
        Fault(
            "first bias missing",
            "The derivatives by the biases of the first layer stay zero.",
            ("zero", "biases", *_FIRST),
            has_bias,
            'if f"b{layer}" in blocks and layer > 1:',
            _WIDE,
        ),
        Fault(
            "biases averaged",
            "The deltas of a bias are averaged over the samples in place of added up.",
            ("biases", "block factor"),
            _BIASES,
            _BIASES.replace("sum", "mean"),
            _WIDE,
        ),
        Fault(
            "biases of one sample",
            "The deltas of a bias are those of the last sample alone.",
            ("biases",),
            _BIASES,
            _BIASES.replace(".sum(axis=0)", "[-1]"),
            _WIDE,
        ),
    ]


def _of_weights() -> list[Fault]:
    first = 'W1 = blocks["W1"]\n    W1[...] = W1.T.reshape(W1.shape)\n    '
    last = 'W_L = blocks[f"W{arch.n_layers}"]\n    '
    transposed = "W_L[...] = W_L.T.reshape(W_L.shape)\n    "
    return [
        Fault(
            "first weights transposed",
            "The derivatives by the first weights are stored column by column.",
            ("transposed", *_FIRST),
            _SUM,
            first + _SUM,
        ),
        Fault(
            "last weights transposed",
            "The derivatives by the last weights are stored column by column.",
            ("transposed", *_LAST),
            _SUM,
            last + transposed + _SUM,
            _WIDE,
        ),
        Fault(
            "last row zero",
            "A loop over the rows of the last weights ends one too early.",
            ("line", *_LAST),
            _SUM,
            last + "W_L[-1] = 0.0\n    " + _SUM,
            _WIDE,
        ),
        Fault(
            "last column zero",
            "A loop over the columns of the last weights ends one too early.",
            ("line", *_LAST),
            _SUM,
            last + "W_L[:, -1] = 0.0\n    " + _SUM,
            _WIDE,
        ),
        Fault(
            "rows shifted",
            "The rows of the last weights are numbered from 1 where arrays begin at 0.",
            _LAST,
            _SUM,
            last + "W_L[...] = np.roll(W_L, 1, axis=0)\n    " + _SUM,
            _WIDE,
        ),
        Fault(
            "last weights averaged over outputs",
            "The derivatives by the last weights are divided by the number of outputs.",
            ("block factor", *_LAST),
            _SUM,
            last + "W_L /= y.shape[1]\n    " + _SUM,
            _WIDE,
        ),
        Fault(
            "skip connections missing",
            "The derivatives by the skip connections are never computed and stay zero.",
            ("zero", *_LAST),
            _SKIP,
            'blocks["S"][...] = 0.0',
            {"skip": True},
        ),
        Fault(
            "skip connections halved",
            "The skip connections are taken for half of the output only.",
            ("block factor", *_LAST),
            _SKIP,
            'blocks["S"][...] = 0.5 * X.T @ delta_L',
            {"skip": True},
        ),
    ]


def _of_entries() -> list[Fault]:
    kinds = ("entry", "layer")
    return [
        Fault(
            "one entry off by 1 %",
            "One typical entry of the gradient is 1 % too large.",
            kinds,
            _SUM,
            _TYPICAL + "g[typical] *= 1.01\n    return g",
            _WIDE,
        ),
        Fault(
            "one entry zero",
            "One typical entry of the gradient is never computed and stays zero.",
            kinds,
            _SUM,
            _TYPICAL + "g[typical] = 0.0\n    return g",
            _WIDE,
        ),
        Fault(
            "sign of one entry",
            "One typical entry of the gradient has the wrong sign.",
            kinds,
            _SUM,
            _TYPICAL + "g[typical] *= -1.0\n    return g",
            _WIDE,
        ),
    ]


FAULTS = [*_of_biases(), *_of_weights(), *_of_entries()]
"""Mistakes in blocks and entries."""
