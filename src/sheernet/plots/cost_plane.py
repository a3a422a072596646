"""A plane in the space of the weights, and the objective on a grid in it: the data of a cost map.

The plane is spanned by two weights, or by the first two principal components of the paths of trainings: eigenvectors of
the covariance of the iterates, those with the largest eigenvalues (Hastie, Tibshirani and Friedman, The Elements of
Statistical Learning, 2nd edition, section 14.5.1).  Each path has the same total weight in the covariance, so that a
path of a thousand short steps does not dominate a path of ten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import capitalized
from sheernet.foundation.picture_texts import count, number
from sheernet.foundation.scalars import as_whole, in_brief
from sheernet.plots.parameter_space import ParameterSpace, kept_path

GRID = 61  # number of points on each axis
MARGIN = 0.15  # margin on each side, as a fraction of the range of the paths
FLAT = 0.02  # a range below this fraction of the other is widened to half of the other
MOST_POINTS = 1001
SMALLEST_SHARE = 1e-20  # share of the first variance; a smaller second one is a rounding error


@dataclass(frozen=True, eq=False)
class CostPlane:
    """A plane in the space of the weights.

    Parameters
    ----------
    origin : ndarray, (P,)
        A point of the plane.
    directions : ndarray, (2, P)
        Two orthogonal vectors of length 1.
    names : tuple of str
        Names of the axes.
    shares : tuple of float or None
        The fractions of the variance of the paths along both directions; None if two weights span the plane.
    """

    origin: Array
    directions: Array
    names: tuple[str, str]
    shares: tuple[float, float] | None = None

    def places(self, points: Array) -> Array:
        """The coordinates in the plane of the nearest point to each of (n, P) points: (n, 2)."""
        return (points - self.origin) @ self.directions.T

    def points(self, places: Array) -> Array:
        """The points at coordinates (n, 2) in the plane, (n, P), or the point at (2,), (P,)."""
        return self.origin + places @ self.directions

    @property
    def title(self) -> str:
        """A description of the plane."""
        if self.shares is None:
            return f"over {self.names[0]} and {self.names[1]}"
        return f"in the plane of the paths, {_percent(sum(self.shares))} of their variance"


@dataclass(frozen=True, eq=False)
class PlanePath:
    """The path of a training in a plane.

    Parameters
    ----------
    label : str
        Name of the training; "" if it has none.
    places : ndarray, (rows, 2)
        The iterates, projected onto the plane.
    end : float
        The objective at its end, which need not be in the plane; nan if it is not finite.
    """

    label: str
    places: Array
    end: float

    @property
    def outcome(self) -> str:
        """The objective at the end, and the number of iterations."""
        steps = len(self.places) - 1
        return number(self.end) + (f" after {count(steps, 'iteration')}" if steps else "")


@dataclass(frozen=True, eq=False)
class CostMap:
    """The objective on a grid in a plane, and the paths of trainings.

    Parameters
    ----------
    plane : CostPlane
        The plane.
    axes : tuple of two ndarray, (G,)
        Coordinates of the grid.
    values : ndarray, (G, G)
        The objective; values[i, j] belongs to axes[0][j] and axes[1][i], as in matplotlib; nan if it is not finite.
    paths : tuple of PlanePath
        The paths.
    value_name : str
        "cost", or "cost + penalty".
    """

    plane: CostPlane
    axes: tuple[Array, Array]
    values: Array
    paths: tuple[PlanePath, ...]
    value_name: str = "cost"

    @property
    def title(self) -> str:
        """The objective and the plane."""
        return f"{capitalized(self.value_name)} {self.plane.title}"


def compute_cost_map(
    objective: Any,
    trainings: Any = None,
    weights: Sequence[str | int] | None = None,
    at: Any = None,
    points: int = GRID,
) -> CostMap:
    """Evaluate an objective on a grid in a plane; see `cost_map` for the parameters.

    Raises
    ------
    InvalidInput
        If an argument is not allowed, a training has no path, or no cost of the grid is finite.
    ShapeMismatch
        If a path or `at` does not have the weights of the objective.

    Examples
    --------
    The cost 1/2 (w1 - w2)^2 over two weights:

    >>> import sheernet as sn
    >>> from sheernet.plots.cost_plane import compute_cost_map
    >>> objective = sn.make_objective(sn.Architecture((2, 1), bias=False), [[1.0, -1.0]], [0.0])
    >>> found = compute_cost_map(objective, weights=("W1[0,0]", "W1[1,0]"), at=[0.0, 0.0], points=3)
    >>> found.values.tolist()
    [[0.0, 2.0, 8.0], [2.0, 0.0, 2.0], [8.0, 2.0, 0.0]]
    """
    given = _labeled(trainings)
    if not given and (weights is None or at is None):
        raise InvalidInput(
            "a cost map needs trainings with paths, or two weights and a network: give trainings, or weights and at"
        )
    point = kept_path(next(iter(given.values()))) if at is None else at
    space = ParameterSpace.of(objective, point)
    paths = {label: space.path(item, label) for label, item in given.items()}
    if not paths:
        paths = {"given weights": space.point(at)[None]}
    if weights is None:
        plane = principal_plane(list(paths.values()))
    else:
        theta = space.point(next(iter(paths.values()))[-1] if at is None else at)
        plane = weight_plane(space, weights, theta)
    drawn = tuple(
        PlanePath(label, plane.places(path), float(space.values(path[-1:])[0]))
        for label, path in paths.items()
    )
    axes = _axes(np.vstack([path.places for path in drawn]), points)
    u, v = np.meshgrid(*axes)  # (G, G)
    places = np.column_stack([u.ravel(), v.ravel()])  # (G^2, 2)
    values = space.values(plane.points(place) for place in places).reshape(u.shape)
    if np.isnan(values).all():
        raise InvalidInput(
            f"no {space.value_name} of the map is finite, so there is nothing to draw; name other weights"
        )
    return CostMap(plane, axes, values, drawn, space.value_name)


def weight_plane(space: ParameterSpace, weights: Sequence[str | int], theta: Array) -> CostPlane:
    """Return the plane of two weights; the others keep their values in theta.

    Raises
    ------
    InvalidInput
        If these are not two different weights.
    """
    chosen = [] if isinstance(weights, str) else [space.index(weight) for weight in weights]
    if len(chosen) != 2 or chosen[0] == chosen[1]:
        raise InvalidInput(
            f"weights must be two different weights, by name or index, but {in_brief(weights)} was given"
        )
    origin = theta.copy()
    origin[chosen] = 0.0  # the coordinates are the values of the weights
    return CostPlane(
        origin, np.eye(space.size)[chosen], (space.names[chosen[0]], space.names[chosen[1]])
    )


def principal_plane(paths: Sequence[Array]) -> CostPlane:
    """Return the plane of the first two principal components of paths, (rows, P) each.

    If all iterates lie on a line, the second direction is the axis of the weight that is closest to a right angle
    with the line, made orthogonal.

    Raises
    ------
    InvalidInput
        If there is a single weight, or all iterates are equal.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.plots.cost_plane import principal_plane
    >>> plane = principal_plane([np.array([[0.0, 0.0, 1.0], [2.0, 0.0, 1.0], [1.0, 1.0, 1.0], [1.0, -1.0, 1.0]])])
    >>> plane.shares, plane.directions[:, 2].round(12).tolist()
    ((0.5, 0.5), [0.0, 0.0])
    """
    if paths[0].shape[1] < 2:
        raise InvalidInput(
            "a map needs two weights, but there is one; draw it with sheernet.plots.cost_along_weight"
        )
    centers = [path.mean(axis=0) for path in paths]
    center = np.mean(centers, axis=0)
    # Rows divided by the root of their number give each path the same weight.
    rows = np.vstack([(path - center) / np.sqrt(len(path)) for path in paths])
    _, sizes, directions = np.linalg.svd(rows, full_matrices=False)  # (r,), (r, P)
    if not sizes[0] > 1e-12 * np.abs(center).max():
        raise InvalidInput(
            "all iterates are equal, so they span no plane; name two weights: weights=('W1[0,0]', 'W1[1,0]')"
        )
    first = directions[0]
    variances = np.append(sizes**2, 0.0)
    if variances[1] > SMALLEST_SHARE * variances[0]:
        second = directions[1]
    else:
        variances[1:] = 0.0
        axis = int(np.abs(first).argmin())
        second = np.eye(first.size)[axis] - first[axis] * first
        second /= np.linalg.norm(second)
    shares = variances[:2] / variances.sum()
    turned = np.array([_pointing_up(first), _pointing_up(second)])
    names = tuple(
        f"principal component {k} ({_percent(share)})" for k, share in enumerate(shares, start=1)
    )
    return CostPlane(center, turned, (names[0], names[1]), (float(shares[0]), float(shares[1])))


def _pointing_up(direction: Array) -> Array:
    """A direction or its opposite, with a positive largest entry: its sign has no meaning and depends on LAPACK."""
    return direction * np.sign(direction[np.abs(direction).argmax()])


def _percent(share: float) -> str:
    return f"{number(100 * share)} %"


def _labeled(trainings: Any) -> dict[str, Any]:
    """Return trainings by label.

    Raises
    ------
    InvalidInput
        If there are several without labels.
    """
    if trainings is None:
        return {}
    if isinstance(trainings, Mapping):
        return {str(label): item for label, item in trainings.items()}
    if isinstance(trainings, (list, tuple)) and any(hasattr(item, "record") for item in trainings):
        raise InvalidInput(
            "several trainings need labels: give a mapping such as {'lm': training, 'bfgs': other}"
        )
    return {getattr(trainings, "method", ""): trainings}


def _axes(places: Array, points: int) -> tuple[Array, Array]:
    """The coordinates of the grid: around all positions, wider if they hardly differ."""
    n = as_whole("points", points, 2, most=MOST_POINTS)
    low, high = places.min(axis=0), places.max(axis=0)
    reach = (0.5 + MARGIN) * (high - low)
    reach = np.where(reach < FLAT * reach.max(), 0.5 * reach.max(), reach)
    middle = (low + high) / 2
    if len(places) == 1 or not reach.max() > 0:
        reach = np.maximum(2.0, 2.0 * np.abs(middle))  # a single point: as along one weight
    ends = np.linspace(middle - reach, middle + reach, n)  # (G, 2)
    return ends[:, 0], ends[:, 1]
