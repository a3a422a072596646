"""One wrong backpropagation: a sentence, the expression that is changed, and the gradient that comes of it.

    wrong source = source of backpropagation.py with `old` replaced by `new`

A fault is run by executing that source, once; what a learner reads and what is computed are the same text.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives import Problem
from sheernet.foundation.arrays import Array, as_theta
from sheernet.foundation.errors import InvalidInput
from sheernet.objective.engines.reference_engine import ReferenceEngine
from sheernet.teaching.faults import backpropagation

KINDS = {
    "factor": "the whole gradient is a number times the derivative",
    "data factor": "the part of the data is a number times what it should be, the penalty is right",
    "decay": "a multiple of theta is missing or too much, where there is decay or where there is none",
    "zero": "whole blocks are zero and should not be, the rest is right",
    "block factor": "some blocks are each a number times the derivative, not all the same number",
    "transposed": "blocks have their numbers in transposed order, the rest is right",
    "entry": "single entries are wrong",
    "biases": "only biases are wrong",
    "line": "rows or columns of a block of weights are wrong, and nothing else",
    "layer": "only one layer is wrong",
    "lower layers": "all layers up to some layer are wrong, those above it are right",
    "saturation": "right at small weights, wrong at these",
}
"""What a diagnosis may say of a wrong gradient."""

SETTING: Mapping[str, Any] = MappingProxyType(
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
"""What a problem is like where a fault asks for nothing else.

- shape: "plain" has four inputs or more and one hidden layer; "wide" one hidden layer and several outputs; "deep" two
  hidden layers of equal width; "equal" one hidden layer, as wide as the inputs.
- hidden, output, cost: names of activations and of a cost.
- decay: whether weights have decay; biases never do.
- bias: whether all layers have biases.
- skip: whether there are skip connections.
- weights: whether samples have different case weights.
- saturated: "" for weights of ordinary size; else weights 40 times as large, which leave units of the "hidden" layer or
  of the "output" layer saturated in all rows.
"""


@dataclass(frozen=True, eq=False)
class Fault:
    """A backpropagation with one mistake in it.

    Parameters
    ----------
    name : str
        A few words.
    what : str
        What is wrong, in a sentence.
    kinds : tuple of str
        The diagnoses (`KINDS`) that are true of it in its setting, for any size of network; none where its pattern
        has no name.
    old, new : str
        The expression of `sheernet.teaching.faults.backpropagation` that is changed, and what stands in its place.
    setting : mapping of str to object, optional
        What a problem must have for the mistake to show, where that is not as in `SETTING`.

    Raises
    ------
    InvalidInput
        When a kind or a part of the setting is not known, or `old` is not found once in backpropagation.py.

    Examples
    --------
    >>> import sheernet as sn
    >>> fault = sn.faults.ALL["biases averaged"]
    >>> print(fault.what)
    The deltas of a bias are averaged over the samples in place of added up.
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
                f"fault {self.name!r} asks for {unknown[0]!r}, which is not known; "
                f"kinds are {', '.join(KINDS)}; a setting has {', '.join(SETTING)}"
            )
        found = _right_source().count(self.old)
        if found != 1:
            raise InvalidInput(
                f"fault {self.name!r} changes {self.old!r}, which must be in sheernet.teaching.faults.backpropagation "
                f"once but is there {found} times; take more or less of the line"
            )
        object.__setattr__(self, "setting", MappingProxyType({**SETTING, **self.setting}))

    @cached_property
    def source(self) -> str:
        """The whole of backpropagation.py with the mistake."""
        return _right_source().replace(self.old, self.new)

    @cached_property
    def code(self) -> str:
        """The function with the mistake."""
        start = _right_source().index(self.old)
        first = self.source.count("\n", 0, start) + 1
        last = first + self.new.count("\n")
        for part in ast.parse(self.source).body:
            if isinstance(part, ast.FunctionDef) and part.lineno <= last <= (part.end_lineno or 0):
                lines = self.source.splitlines()[part.lineno - 1 : part.end_lineno]
                return "\n".join(lines)
        raise InvalidInput(f"fault {self.name!r} changes what is not in a function")

    @cached_property
    def line(self) -> str:
        """The line or lines that are wrong."""
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
            Gives the network, the rows, their weights, decay and cost.
        theta : array_like, (P,)
            Where.

        Raises
        ------
        InvalidInput
            When an activation or the cost is not sheernet's own.

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
        with np.errstate(all="ignore"):  # as an engine does: overflow gives inf or nan
            return self._function(
                objective.architecture, theta, X, y, w, objective.decay, objective.cost
            )


def problem(fault: Fault, objective: ReferenceEngine, theta: npt.ArrayLike) -> Problem:
    """The problem of checking a wrong gradient: everything of the objective but its gradient.

    Parameters
    ----------
    fault : Fault
        The mistake.
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
