"""Animation of the response surface of a network by iteration of its training, as GIF or as an HTML page.

Each frame is a complete picture with the same axes and colors as all others.  Early iterations change a network most:
if there are more iterations than frames, the distance between chosen iterations grows in proportion to the number of
the iteration.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.atomic_files import write_file
from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.foundation.optional import import_optional
from sheernet.foundation.picture_texts import number
from sheernet.foundation.scalars import as_whole
from sheernet.foundation.sentences import in_quotes
from sheernet.network.network import Network
from sheernet.plots.estimator_source import needed
from sheernet.plots.parameter_space import require_path
from sheernet.plots.response_surface_plot import KINDS, draw_surface
from sheernet.plots.scale import as_ends, room_around
from sheernet.plots.style import drawing, matplotlib, rendering, settle_layout, style, wrapped
from sheernet.plots.surface import Surface, compute_surface
from sheernet.training.training import Training

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (6.4, 5.0)  # inches
DPI = 100
EACH, AT_THE_END = 150, 2000  # milliseconds
MOST_MEGABYTES = 200.0  # maximum size of the frames in an HTML page; 60 frames take about 4
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
    >>> from sheernet.plots.surface_animation_plot import compute_frames
    >>> net = sn.Network.random(sn.Architecture((1, 2, 1)), seed=0)
    >>> training = sn.train(net, [0.0, 1.0, 2.0], [0.0, 1.0, 0.0], method="gd", max_iter=100, keep_path=True)
    >>> compute_frames(training, [0.0, 1.0, 2.0], frames=6).iterations
    (0, 1, 3, 10, 32, 100)
    """
    if not isinstance(training, Training):
        raise needed("an animation needs a Training of sheernet.train", training)
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
    >>> from sheernet.plots.surface_animation_plot import chosen_rows
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


@dataclass(frozen=True, eq=False)
class SurfaceAnimation:
    """An animation: a notebook shows it as the value of a cell, and `save` writes it to a file.

    Parameters
    ----------
    frames : SurfaceFrames
        The numbers.
    kind : {"contour", "3d"}
        As for `response_surface`.
    """

    frames: SurfaceFrames
    kind: str = "contour"

    def __len__(self) -> int:
        return len(self.frames)

    def draw(self, k: int = -1, ax: Axes | None = None) -> Axes:
        """Draw one frame, by default the last.

        Parameters
        ----------
        k : int
            Number of the frame, from 0; negative numbers count from the end.
        ax : Axes, optional
            Axes to draw on; a new figure if not given.

        Returns
        -------
        Axes
            `.figure` is the figure; `sheernet.plots.save` writes it.

        Raises
        ------
        InvalidInput
            If there is no such frame.
        """
        n = len(self)
        k = as_whole("k", k, -n, most=n - 1)
        with drawing(ax, *SIZE, projection=None if self._flat else "3d") as ax:
            surface = self.frames.surfaces[k]
            draw_surface(ax, surface, self._flat, self.frames.limits)
            fixed = surface.title.partition("\n")[2]
            lines = [self.frames.title(k % n), *fixed.splitlines()]
            ax.set_title("\n".join(wrapped(line, 66) for line in lines))
        return ax

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the animation to a file.

        Parameters
        ----------
        path : path
            A file that ends in .gif, or in .html for a page with buttons that needs no other file and no connection.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InvalidInput
            If the ending is a different one, or the folder does not exist.
        """
        target = Path(path)
        suffix = target.suffix.lower()
        if suffix not in (".gif", ".html"):
            raise InvalidInput(
                f"an animation is saved as .gif or .html, but {in_quotes(target.name)} was given; change its ending"
            )
        return write_file(target, self._gif() if suffix == ".gif" else self.to_html().encode())

    def to_html(self) -> str:
        """A fragment of HTML with the frames and buttons to play them, by matplotlib."""
        settings = {"animation.embed_limit": MOST_MEGABYTES, "savefig.dpi": DPI}
        with style(), matplotlib().rc_context(settings), rendering():
            figure = _offscreen()
            animation = matplotlib("animation").FuncAnimation(
                figure, lambda k: self._draw_on(figure, k), frames=len(self), interval=EACH, init_func=lambda: None,
            )  # fmt: skip
            page: str = animation.to_jshtml(default_mode="once")
        return page

    def _repr_html_(self) -> str:
        return self.to_html()

    def _gif(self) -> bytes:
        open_image = import_optional("PIL.Image", extra="plots", purpose="animations").open
        figure, pictures = _offscreen(), []
        with rendering():
            for k in range(len(self)):
                self._draw_on(figure, k)
                rendered = io.BytesIO()
                figure.savefig(rendered, format="png", dpi=DPI)
                pictures.append(open_image(rendered).convert("RGB").quantize())
        file = io.BytesIO()
        pictures[0].save(
            file, format="GIF", save_all=True, append_images=pictures[1:], loop=0,
            duration=[EACH] * (len(self) - 1) + [AT_THE_END],
        )  # fmt: skip
        return file.getvalue()

    def _draw_on(self, figure: Any, k: int) -> None:
        """Replace the frame that a figure shows by another one, at the same position."""
        places = [ax.get_position(original=True) for ax in figure.axes]
        with style():
            figure.clear()
            ax = self.draw(k, figure.add_subplot(projection=None if self._flat else "3d"))
        if places:
            figure.set_layout_engine("none")
            for each, place in zip(figure.axes, places, strict=True):
                each.set_position(place)
        else:
            settle_layout(ax)

    @property
    def _flat(self) -> bool:
        return self.kind == "contour" or len(self.frames.surfaces[0].axes) == 1


def surface_animation(
    training: Training,
    X: Any,
    kind: str = "contour",
    columns: Sequence[int] | None = None,
    output: int = 0,
    true: npt.ArrayLike | None = None,
    frames: int = MOST_FRAMES,
    limits: Sequence[float] | None = None,
) -> SurfaceAnimation:
    """Animate the response surface of a network by iteration of its training.

    Parameters
    ----------
    training : Training
        A training with `keep_path=True`.
    X : array_like, (N, d_0)
        Rows; they are marked, and the axes span them.
    kind, columns, output, true
        As for `response_surface`, for one output.
    frames : int
        Maximum number of frames, 2 to 60.  If there are more iterations, the first and the last are drawn, and some
        between them at increasing distances, because early iterations change a network most.
    limits : sequence of two float, optional
        The lowest and the highest prediction of the colors, or of the vertical axis, in all frames; by default the
        range of the last frame, extended by 10 %.  Predictions outside of it have the color of the nearer end.

    Returns
    -------
    SurfaceAnimation
        As the value of a notebook's cell, it shows the animation, with buttons; `.save` writes a GIF or an HTML page,
        and `.draw(k)` draws one frame.

    Raises
    ------
    InvalidInput
        If an argument is not allowed, the training has no path, or a prediction is not finite.
    ShapeMismatch
        If X does not have a column for each input, or `true` a value for each row.
    MissingDependency
        If matplotlib is not installed, when something is drawn.

    Examples
    --------
    >>> import tempfile
    >>> import sheernet as sn
    >>> X, y = sn.datasets.load_sleep_study().scaled
    >>> net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)
    >>> animation = sn.plots.surface_animation(sn.train(net, X, y, max_iter=4, keep_path=True), X)
    >>> len(animation)
    5
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     animation.save(f"{folder}/training.gif").name
    'training.gif'
    >>> ax = animation.draw(0)
    """
    require_known("kind of surface", kind, KINDS)
    return SurfaceAnimation(
        compute_frames(training, X, columns, output, true, frames, limits), kind
    )


def _offscreen() -> Figure:
    """Make a figure that is not shown in a notebook or a window."""
    return matplotlib("figure").Figure(figsize=SIZE, layout="constrained")
