"""Animation of the response surface of a network by iteration of its training, as GIF or as an HTML page.

Each frame is a complete picture with the same axes and colors as all others.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from sheernet.foundation.atomic_files import write_file
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.optional import import_optional
from sheernet.foundation.scalars import as_whole
from sheernet.plots.response_surface_plot import KINDS, draw_surface
from sheernet.plots.style import (
    drawing,
    matplotlib,
    rendering,
    settle_layout,
    style,
    wrapped,
)
from sheernet.plots.surface_frames import MOST_FRAMES, SurfaceFrames, compute_frames
from sheernet.training.training import Training

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (6.4, 5.0)  # inches
DPI = 100
EACH, AT_THE_END = 150, 2000  # milliseconds
MOST_MEGABYTES = 200.0  # maximum size of the frames in an HTML page; 60 frames take about 4


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
                f"an animation is saved as .gif or .html, but {target.name!r} was given; change its ending"
            )
        return write_file(target, self._gif() if suffix == ".gif" else self.to_html().encode())

    def to_html(self) -> str:
        """A fragment of HTML with the frames and buttons to play them, by matplotlib."""
        settings = {"animation.embed_limit": MOST_MEGABYTES, "savefig.dpi": DPI}
        with style(), matplotlib().rc_context(settings), rendering():
            figure = _offscreen()
            animation = matplotlib("animation").FuncAnimation(
                figure, lambda k: self._draw_on(figure, k), frames=len(self), interval=EACH, init_func=_draw_nothing,
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
    if kind not in KINDS:
        raise unknown_name("kind of surface", kind, KINDS)
    return SurfaceAnimation(
        compute_frames(training, X, columns, output, true, frames, limits), kind
    )


def _offscreen() -> Figure:
    """Make a figure that is not shown in a notebook or a window."""
    figure: Figure = matplotlib("figure").Figure(figsize=SIZE, layout="constrained")
    return figure


def _draw_nothing() -> None:
    """Draw nothing before the first frame of an animation."""
