"""Faults in the whole gradient: its sign, missing or extra factors, the decay.

The data term and the penalty are added in one line, which most of these faults change.  If only one of the two is
wrong, the gradient is not a multiple of the correct one; this distinguishes the groups below.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheernet.teaching.faults.fault import Fault

_SUM = "return g + decay * theta"
_DECAYED = {"decay": True}
_SEVERAL = {"decay": True, "shape": "wide"}


def _of_the_whole() -> list[Fault]:
    def fault(name: str, what: str, new: str, setting: Mapping[str, object] = _DECAYED) -> Fault:
        return Fault(name, what, ("factor",), _SUM, new, setting)

    return [
        fault("sign", "The whole gradient has the wrong sign: it was derived for y - a instead of a - y.",
              "return -(g + decay * theta)"),
        fault("factor 2", "The whole gradient is twice as large: the 1/2 of the squares is missing in the derivative.",
              "return 2.0 * (g + decay * theta)"),
        fault("factor 1/2", "The whole gradient is half as large: the 2 from the derivative of a square is missing.",
              "return 0.5 * (g + decay * theta)"),
        fault("all averaged twice",
              "The whole gradient, including the penalty, is divided by the number of samples a second time.",
              "return (g + decay * theta) / len(X)"),
        fault("all averaged over outputs",
              "The value sums over the outputs, but the whole gradient averages over them.",
              "return (g + decay * theta) / y.shape[1]", _SEVERAL),
    ]  # fmt: skip


def _of_the_data() -> list[Fault]:
    def fault(name: str, what: str, new: str, setting: Mapping[str, object] = _DECAYED) -> Fault:
        return Fault(name, what, ("data factor",), _SUM, new, setting)

    return [
        fault("data sign", "The data term has the wrong sign, y - a instead of a - y; the penalty is right.",
              "return decay * theta - g"),
        fault("data factor 2",
              "The data term is twice as large: its 1/2 is missing in the derivative; the penalty is right.",
              "return 2.0 * g + decay * theta"),
        fault("averaged twice", "The data term is divided by the number of samples although it is already a mean.",
              "return g / len(X) + decay * theta"),
        fault("summed", "The data term is a sum over the samples, but the value has their mean.",
              "return g * len(X) + decay * theta"),
        fault("averaged over outputs",
              "The value sums over the outputs, but the data term of the gradient averages over them.",
              "return g / y.shape[1] + decay * theta", _SEVERAL),
        fault("summed over outputs",
              "The data term is too large by the number of outputs, as in scikit-learn's MLPRegressor.",
              "return g * y.shape[1] + decay * theta", _SEVERAL),
    ]  # fmt: skip


def _of_decay() -> list[Fault]:
    def fault(name: str, what: str, new: str) -> Fault:
        return Fault(name, what, ("decay",), _SUM, new, _DECAYED)

    return [
        fault("decay missing", "The value has a penalty, but the gradient does not.", "return g"),
        fault("decay doubled", "The penalty has a factor 1/2, but its derivative keeps the 2 of the square.",
              "return g + 2.0 * decay * theta"),
        fault("decay halved",
              "The 1/2 of the penalty is kept in its derivative, although the 2 of the square cancels it.",
              "return g + 0.5 * decay * theta"),
        fault("decay subtracted", "The derivative of the penalty has the wrong sign: it drives weights away from zero.",
              "return g - decay * theta"),
        fault("decay averaged",
              "The derivative of the penalty is divided by the number of samples, but the penalty is not.",
              "return g + decay * theta / len(X)"),
        Fault("decay on biases", "The gradient has decay for the biases, but the penalty does not include them.",
              ("decay", "biases"),
              _SUM, "return g + decay.max() * theta", _SEVERAL),
        Fault("decay without sign",
              "The derivative of the penalty uses |theta| instead of theta, which is wrong for negative weights.", (),
              _SUM, "return g + decay * np.abs(theta)", {"decay": True, "shape": "deep"}),
    ]  # fmt: skip


FAULTS = [*_of_the_whole(), *_of_the_data(), *_of_decay()]
"""Faults in the whole gradient."""
