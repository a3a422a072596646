"""Predictions over one or two inputs at iterations of a training: the data of an animation.

Early iterations change a network most.  If there are more iterations than frames, the distance between chosen
iterations grows in proportion to the number of the iteration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.picture_texts import number
from sheernet.foundation.scalars import as_whole
from sheernet.network.network import Network
from sheernet.plots.parameter_space import require_path
from sheernet.plots.scale import as_ends, room_around
from sheernet.plots.surface import Surface, compute_surface
from sheernet.training.training import Training

MOST_FRAMES = 60
ROOM = 0.1  # margin above and below, as a fraction of the range of the last frame


@dataclass(frozen=True, eq=False)
class SurfaceFrames:
    """The surfaces of a network in some of its iterations.

    Parameters
    ----------
    surfaces : tuple of Surface
        A surface for each frame.
    iterations : tuple of int
        The iteration of each frame.
    costs : tuple of float
        The cost in each of these iterations.
    last : int
        The last iteration of the training.
    limits : tuple of two float
        The lowest and the highest prediction of the colors or the vertical axis, in all frames.
    """

    surfaces: tuple[Surface, ...]
    iterations: tuple[int, ...]
    costs: tuple[float, ...]
    last: int
    limits: tuple[float, float]

    def __len__(self) -> int:
        return len(self.surfaces)

    def title(self, k: int) -> str:
        """The iteration and the cost of a frame."""
        return f"Iteration {self.iterations[k]} of {self.last}: cost {number(self.costs[k])}"


def compute_frames(
    training: Training,
    X: Any,
    columns: Sequence[int] | None = None,
    output: int = 0,
    true: npt.ArrayLike | None = None,
    frames: int = MOST_FRAMES,
    limits: Sequence[float] | None = None,
) -> SurfaceFrames:
    """Compute the surfaces of a training; see `surface_animation` for the parameters.

    Raises
    ------
    InvalidInput
        If an argument is not allowed, the training has no path, or a prediction is not finite.
    ShapeMismatch
        If X does not have a column for each input, or `true` a value for each row.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.plots.surface_frames import compute_frames
    >>> net = sn.Network.random(sn.Architecture((1, 2, 1)), seed=0)
    >>> training = sn.train(net, [0.0, 1.0, 2.0], [0.0, 1.0, 0.0], method="gd", max_iter=100, keep_path=True)
    >>> compute_frames(training, [0.0, 1.0, 2.0], frames=6).iterations
    (0, 1, 3, 10, 32, 100)
    """
    if not isinstance(training, Training):
        raise InvalidInput(
            f"an animation needs a Training of sheernet.train, but {type(training).__name__} was given"
        )
    record, architecture = training.record, training.network.architecture
    path = require_path(record)
    given = None if limits is None else as_ends("limits", limits)
    rows = chosen_rows(len(record), as_whole("frames", frames, 2, most=MOST_FRAMES))
    surfaces = tuple(
        compute_surface(Network(architecture, path[row]), X, columns, output, true) for row in rows
    )
    return SurfaceFrames(
        surfaces,
        tuple(int(record.iteration[row]) for row in rows),
        tuple(float(record.cost[row]) for row in rows),
        int(record.iteration[-1]),
        given or _limits(surfaces[-1]),
    )


def chosen_rows(n: int, frames: int) -> list[int]:
    """At most `frames` of n rows: all if there are few, otherwise first, last, and some at increasing distances.

    Examples
    --------
    >>> from sheernet.plots.surface_frames import chosen_rows
    >>> chosen_rows(4, 6), chosen_rows(1001, 5)
    ([0, 1, 2, 3], [0, 1, 10, 100, 1000])
    """
    if n <= frames:
        return list(range(n))
    return [0, *np.unique(np.geomspace(n - 1, 1, frames - 1).round().astype(int)).tolist()]


def _limits(surface: Surface) -> tuple[float, float]:
    """The range of the last surface and of the marks of the rows, with a margin."""
    drawn: Array = np.concatenate([surface.values.ravel(), surface.heights])
    low, high = float(drawn.min()), float(drawn.max())
    room = ROOM * (high - low)
    if not room > 1e-12 * max(abs(low), abs(high)):
        room = room_around(low)
    return low - room, high + room
