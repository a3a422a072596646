"""Mistakes in the whole gradient: its sign, factors that were forgotten or taken twice, the decay.

The part of the data and the penalty are added in one line, and most of these are that line.  Where only one of the two
is wrong the ratio to the derivative is not constant, which tells the two apart.
"""

from __future__ import annotations

from sheernet.teaching.faults.fault import Fault

_SUM = "return g + decay * theta"
_DECAYED = {"decay": True}
_SEVERAL = {"decay": True, "shape": "wide"}


def _of_the_whole() -> list[Fault]:
    factor = ("factor",)
    return [
        Fault(
            "sign",
            "The whole gradient points the other way: it was written for y - a.",
            factor,
            _SUM,
            "return -(g + decay * theta)",
            _DECAYED,
        ),
        Fault(
            "factor 2",
            "The whole gradient is twice as long: the 1/2 of the squares was forgotten in the derivative.",
            factor,
            _SUM,
            "return 2.0 * (g + decay * theta)",
            _DECAYED,
        ),
        Fault(
            "factor 1/2",
            "The whole gradient is half as long: the 2 that comes from a square was forgotten.",
            factor,
            _SUM,
            "return 0.5 * (g + decay * theta)",
            _DECAYED,
        ),
        Fault(
            "all averaged twice",
            "The average over the samples is taken once more at the end, of the penalty too.",
            factor,
            _SUM,
            "return (g + decay * theta) / len(X)",
            _DECAYED,
        ),
        Fault(
            "all averaged over outputs",
            "The value adds up the outputs, the whole gradient averages them.",
            factor,
            _SUM,
            "return (g + decay * theta) / y.shape[1]",
            _SEVERAL,
        ),
    ]


def _of_the_data() -> list[Fault]:
    factor = ("data factor",)
    return [
        Fault(
            "data sign",
            "The part of the data points the other way, y - a in place of a - y; the penalty is right.",
            factor,
            _SUM,
            "return decay * theta - g",
            _DECAYED,
        ),
        Fault(
            "data factor 2",
            "The part of the data is twice as long, its 1/2 was forgotten; the penalty is right.",
            factor,
            _SUM,
            "return 2.0 * g + decay * theta",
            _DECAYED,
        ),
        Fault(
            "averaged twice",
            "The part of the data is divided by the number of samples although it is a mean already.",
            factor,
            _SUM,
            "return g / len(X) + decay * theta",
            _DECAYED,
        ),
        Fault(
            "summed",
            "The part of the data is a sum over the samples where the value has their mean.",
            factor,
            _SUM,
            "return g * len(X) + decay * theta",
            _DECAYED,
        ),
        Fault(
            "averaged over outputs",
            "The value adds up the outputs, the part of the data averages them.",
            factor,
            _SUM,
            "return g / y.shape[1] + decay * theta",
            _SEVERAL,
        ),
        Fault(
            "summed over outputs",
            "The part of the data is too large by the number of outputs, as in scikit-learn's MLPRegressor.",
            factor,
            _SUM,
            "return g * y.shape[1] + decay * theta",
            _SEVERAL,
        ),
    ]


def _of_decay() -> list[Fault]:
    decay = ("decay",)
    return [
        Fault(
            "decay missing",
            "The value has a penalty, the gradient has none.",
            decay,
            _SUM,
            "return g",
            _DECAYED,
        ),
        Fault(
            "decay doubled",
            "The penalty is halved in the value, but its derivative has a 2 all the same.",
            decay,
            _SUM,
            "return g + 2.0 * decay * theta",
            _DECAYED,
        ),
        Fault(
            "decay halved",
            "The 1/2 of the penalty was carried over into its derivative, where the 2 of the square cancels it.",
            decay,
            _SUM,
            "return g + 0.5 * decay * theta",
            _DECAYED,
        ),
        Fault(
            "decay subtracted",
            "The penalty's derivative has the wrong sign: weights are driven away from zero.",
            decay,
            _SUM,
            "return g - decay * theta",
            _DECAYED,
        ),
        Fault(
            "decay averaged",
            "The penalty's derivative is divided by the number of samples, the penalty is not.",
            decay,
            _SUM,
            "return g + decay * theta / len(X)",
            _DECAYED,
        ),
        Fault(
            "decay on biases",
            "Biases are decayed as weights are, but have no part in the penalty.",
            ("decay", "biases"),
            _SUM,
            "return g + decay.max() * theta",
            _SEVERAL,
        ),
        Fault(
            "decay without sign",
            "The penalty's derivative is taken of the size of a weight: negative weights are driven the wrong way.",
            (),
            _SUM,
            "return g + decay * np.abs(theta)",
            {"decay": True, "shape": "deep"},
        ),
    ]


FAULTS = [*_of_the_whole(), *_of_the_data(), *_of_decay()]
"""Mistakes in the whole."""
