"""Points in the space of the weights: networks and trainings, names of weights, and the objective at many points.

An objective is from `sheernet.make_objective`, or any object with `value` and `value_and_gradient`, whose parameters
are named theta[0], theta[1], ...
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array, as_float, as_theta
from sheernet.foundation.errors import InvalidInput, ShapeMismatch, unknown_name
from sheernet.foundation.scalars import in_brief, is_whole
from sheernet.foundation.sentences import in_quotes
from sheernet.network.network import Network
from sheernet.optimizers import Record
from sheernet.plots.estimator_source import needed
from sheernet.plots.scale import LARGEST


@dataclass(frozen=True, eq=False)
class ParameterSpace:
    """The space of the weights of an objective.

    Parameters
    ----------
    objective : object
        The objective.
    names : list of str
        The name of each weight, (P,).

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.plots.parameter_space import ParameterSpace
    >>> objective = sn.make_objective(sn.Architecture((1, 1), bias=False), [[1.0], [2.0]], [2.0, 4.0])
    >>> space = ParameterSpace.of(objective, [1.0])
    >>> space.index("W1[0,0]"), space.values([[1.0], [2.0]]).tolist()
    (0, [1.25, 0.0])
    """

    objective: Any
    names: list[str]

    @classmethod
    def of(cls, objective: Any, point: Any) -> ParameterSpace:
        """The space of an objective; without names, the number of weights is the length of theta.

        Raises
        ------
        InvalidInput
            If `objective` cannot be evaluated.
        """
        if not callable(getattr(objective, "value", None)):
            raise needed(
                "objective must have the methods value and value_and_gradient, as that of sheernet.make_objective(...) "
                "has",
                objective,
            )
        names = getattr(objective, "names", None)
        if names is None:
            shape = np.shape(_theta(point))
            names = [f"theta[{i}]" for i in range(shape[-1] if shape else 0)]
        return cls(objective, list(names))

    @property
    def size(self) -> int:
        """P, the number of weights."""
        return len(self.names)

    @property
    def value_name(self) -> str:
        """The name of the objective: cost if it has no penalty."""
        penalized = np.any(np.asarray(getattr(self.objective, "decay", 0.0)) > 0)
        return "cost + penalty" if penalized else "cost"

    def point(self, source: Any) -> Array:
        """The weights of a Network or a Training, or a vector: theta, (P,).

        Raises
        ------
        InvalidInput
            If a weight is not finite.
        ShapeMismatch
            If there are not P weights.
        """
        theta = as_theta(_theta(source), self.size)
        if not np.isfinite(theta).all():
            bad = int(np.flatnonzero(~np.isfinite(theta))[0])
            raise InvalidInput(f"weights must be finite, but {self.names[bad]} is {theta[bad]}")
        return theta

    def path(self, source: Any, label: str = "") -> Array:
        """Return the finite iterates of a training, (rows, P), at least one.

        Raises
        ------
        InvalidInput
            If the training has no path, or no iterate is finite.
        ShapeMismatch
            If the iterates do not have P weights.
        """
        path = as_float(require_path(source, label), "path")
        whose = f" {in_quotes(label)}" if label else ""
        if path.ndim != 2 or path.shape[1] != self.size:
            raise ShapeMismatch(
                f"the path{whose} has shape {path.shape} but must have a column for each of the {self.size} weights"
            )
        path = path[np.isfinite(path).all(axis=1)]
        if not len(path):
            raise InvalidInput(f"the path{whose} has no finite iterate to draw")
        return path

    def index(self, weight: str | int) -> int:
        """Return the index of a weight in theta, given by its name or its index.

        Raises
        ------
        InvalidInput
            If there is no such weight.
        """
        if isinstance(weight, str):
            name = weight.replace(" ", "")
            if name not in self.names:
                raise unknown_name("weight", weight, self.names[:12])
            return self.names.index(name)
        if not is_whole(weight) or not 0 <= int(weight) < self.size:
            raise InvalidInput(
                f"a weight is a name such as {in_quotes(self.names[0])} or a whole number from 0 to {self.size - 1}, "
                f"but {in_brief(weight)} was given"
            )
        return int(weight)

    def values(self, points: Iterable[Any]) -> Array:
        """Return the objective at each of m points, generated one by one: (m,); nan if it is too large to draw."""
        with np.errstate(all="ignore"):
            values = np.array([float(self.objective.value(np.asarray(theta))) for theta in points])
        return np.where(np.abs(values) < LARGEST, values, np.nan)


def kept_path(source: Any) -> Any:
    """Return the iterates of a Training, a Run or a Record, None if they were not kept; any other source unchanged."""
    record = getattr(source, "record", source)
    return record.path if isinstance(record, Record) else record


def require_path(source: Any, label: str = "") -> Any:
    """Return the iterates, which must have been kept.

    Raises
    ------
    InvalidInput
        If the iterates were not kept.
    """
    path = kept_path(source)
    if path is None:
        whose = f" {in_quotes(label)}" if label else ""
        raise InvalidInput(
            f"the training{whose} has no path of its weights; train with keep_path=True"
        )
    return path


def _theta(source: Any) -> Any:
    """Return the weights of a Network or a Training, and any other source unchanged."""
    network = getattr(source, "network", source)
    return network.theta if isinstance(network, Network) else getattr(network, "theta", network)
