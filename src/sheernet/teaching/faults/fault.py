"""A wrong backpropagation: a description, the changed expression, and the resulting gradient.

    wrong source = source of backpropagation.py with `old` replaced by `new`

The wrong source is executed once, so that a learner reads exactly the code that is executed.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives import Problem
from sheernet.foundation.arrays import Array, as_theta
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.read_only_mapping import ReadOnlyMapping
from sheernet.objective.engines.reference_engine import ReferenceEngine
from sheernet.teaching.faults import backpropagation

KINDS = {
    "factor": "the whole gradient is a multiple of the right one",
    "data factor": "the data term is a multiple of the right one, the penalty is right",
    "decay": "a multiple of theta is missing or extra, in parameters with or without decay",
    "zero": "whole blocks are zero but should not be, the rest is right",
    "block factor": "some blocks are multiples of the right ones, not all by the same number",
    "transposed": "blocks are stored in transposed order, the rest is right",
    "entry": "single entries are wrong",
    "biases": "only biases are wrong",
    "line": "only rows or columns of a block of weights are wrong",
    "layer": "only one layer is wrong",
    "lower layers": "all layers up to some layer are wrong, those above it are right",
    "saturation": "right at small weights, wrong at large ones",
}
"""Patterns of wrong gradients that a diagnosis may name."""

SETTING: Mapping[str, Any] = ReadOnlyMapping(
    {
        "shape": "plain",
        "hidden": "tanh",
        "output": "identity",
        "cost": "squared_error",
        "decay": False,
        "bias": True,
        "skip": False,
        "weights": False,
        "saturated": "",
    }
)
"""Default properties of a problem on which a fault shows.

- shape: "plain" has four or more inputs and one hidden layer; "wide" one hidden layer and several outputs; "deep" two
  hidden layers of equal width; "equal" one hidden layer as wide as the inputs; "pairs" one hidden layer and two outputs
  for each target.
- hidden, output, cost: names of activations and of a cost.
- decay: whether weights have decay; biases never do.
- bias: whether all layers have biases.
- skip: whether there are skip connections.
- weights: whether samples have different case weights.
- saturated: "" for weights of ordinary size; "hidden" or "output" for weights 40 times as large, with which units of
  that layer are saturated in all rows.
"""


@dataclass(frozen=True, eq=False)
class Fault:
    """A backpropagation with one error in it.

    Parameters
    ----------
    name : str
        A short name.
    what : str
        A sentence that describes the error.
    kinds : tuple of str
        The patterns of `KINDS` that the error shows in its setting, for networks of any size; may be empty.
    old, new : str
        The expression of `sheernet.teaching.faults.backpropagation` to change, and its replacement.
    setting : mapping of str to object, optional
        Properties of a problem on which the error shows, if they differ from `SETTING`.

    Raises
    ------
    InvalidInput
        If a kind or a setting is not known, or `old` does not occur exactly once in backpropagation.py.

    Examples
    --------
    >>> import sheernet as sn
    >>> fault = sn.faults.ALL["biases averaged"]
    >>> print(fault.what)
    The deltas of each bias are averaged over the samples instead of summed.
    >>> print(fault.line)
    blocks[f"b{layer}"][...] = delta[layer].mean(axis=0)
    """

    name: str
    what: str
    kinds: tuple[str, ...]
    old: str
    new: str
    setting: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = [*(set(self.kinds) - set(KINDS)), *(set(self.setting) - set(SETTING))]
        if unknown:
            raise InvalidInput(
                f"fault {self.name!r} names {unknown[0]!r}, which is not known; "
                f"kinds are {listed(list(KINDS))}; settings are {listed(list(SETTING))}"
            )
        found = _right_source().count(self.old)
        if found != 1:
            raise InvalidInput(
                f"fault {self.name!r} changes {self.old!r}, which must occur once in "
                f"sheernet.teaching.faults.backpropagation but occurs {counted(found, 'time')}; "
                "give more or less of the line"
            )
        object.__setattr__(self, "setting", ReadOnlyMapping({**SETTING, **self.setting}))

    @cached_property
    def source(self) -> str:
        """The whole source of backpropagation.py with the error."""
        return _right_source().replace(self.old, self.new)

    @cached_property
    def code(self) -> str:
        """The source of the function with the error."""
        start = _right_source().index(self.old)
        first = self.source.count("\n", 0, start) + 1
        last = first + self.new.count("\n")
        for part in ast.parse(self.source).body:
            if isinstance(part, ast.FunctionDef) and part.lineno <= last <= (part.end_lineno or 0):
                lines = self.source.splitlines()[part.lineno - 1 : part.end_lineno]
                return "\n".join(lines)
        raise InvalidInput(f"fault {self.name!r} changes code outside of functions")

    @cached_property
    def line(self) -> str:
        """The wrong line or lines."""
        right, wrong = _right_source().splitlines(), self.source.splitlines()
        changes = SequenceMatcher(None, right, wrong, autojunk=False).get_opcodes()
        lines = [line for tag, _, _, i, j in changes if tag != "equal" for line in wrong[i:j]]
        return inspect.cleandoc("\n".join(lines))

    @cached_property
    def _function(self) -> Callable[..., Array]:
        space: dict[str, Any] = {"__name__": f"{backpropagation.__name__} with a fault"}
        exec(compile(self.source, f"<fault {self.name!r}>", "exec"), space)
        return space["gradient"]

    def gradient(self, objective: ReferenceEngine, theta: npt.ArrayLike) -> Array:
        """The wrong gradient of an objective, (P,).

        Parameters
        ----------
        objective : ReferenceEngine
            The network, the rows, their weights, decay and cost.
        theta : array_like, (P,)
            The point.

        Raises
        ------
        InvalidInput
            If an activation or the cost is not from sheernet.

        Examples
        --------
        >>> import numpy as np
        >>> import sheernet as sn
        >>> arch = sn.Architecture((1, 1), bias=False)
        >>> objective = sn.make_objective(arch, [[2.0]], [[3.0]], engine="reference")
        >>> objective.value_and_gradient([1.0])[1].tolist()
        [-2.0]
        >>> sn.faults.ALL["sign"].gradient(objective, [1.0]).tolist()
        [2.0]
        """
        theta = as_theta(theta, objective.size)
        X, y, w = objective.rows
        with np.errstate(all="ignore"):  # as in an engine: overflow gives inf or nan
            return self._function(
                objective.architecture, theta, X, y, w, objective.decay, objective.cost
            )


def problem(fault: Fault, objective: ReferenceEngine, theta: npt.ArrayLike) -> Problem:
    """A problem for `check_gradient`: an objective with a wrong gradient.

    Parameters
    ----------
    fault : Fault
        The fault of the gradient.
    objective : ReferenceEngine
        Made by `sheernet.make_objective` with engine="reference".
    theta : array_like, (P,)
        The point to check at.

    Returns
    -------
    Problem

    Examples
    --------
    >>> import sheernet as sn
    >>> data = sn.datasets.load_sleep_study()
    >>> net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)
    >>> objective = sn.make_objective(net.architecture, *data.scaled, engine="reference")
    >>> wrong = sn.faults.problem(sn.faults.ALL["first bias missing"], objective, net.theta)
    >>> sn.check_gradient(wrong).verdict
    'fail'
    """
    return replace(
        Problem.from_objective(objective, theta),
        gradient=lambda t: fault.gradient(objective, t),
        value_and_gradient=lambda t: (objective.value(t), fault.gradient(objective, t)),
    )


@cache
def _right_source() -> str:
    return inspect.getsource(backpropagation)
