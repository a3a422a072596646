"""Write the pictures of a fit, a comparison and a check.

Results are useful without pictures, so a picture that cannot be drawn is a note.  A picture that cannot be written is
an error after all others were tried, because the user has to make room for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import inf
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sheernet.apps.cli.output import Output
from sheernet.apps.cli.refusals import refusal
from sheernet.foundation.alarm import alarm
from sheernet.foundation.errors import InvalidInput, MissingDependency
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.sentences import Setting, in_quotes, sentence

if TYPE_CHECKING:
    from sheernet.apps.html_report.fit_pictures import Pictures
    from sheernet.derivatives import GradientReport, Problem

ALL = (
    "cost",
    "network",
    "predicted_against_true",
    "residuals",
    "confusion",
    "starts",
    "response_surface",
    "effects",
)
"""Names of all pictures of fits; no model has all of them."""
FIRST_PICTURE = 1.0  # seconds, with the import of matplotlib
PATIENCE = 10.0  # most seconds for one picture of a check
VALUES_PER_ENTRY = 33 * 8  # evaluations of step_errors: 33 steps, four formulas of two values each


def check_pictures(problem: Problem, report: GradientReport, out: Output) -> Pictures:
    """Return the pictures of a gradient check: its results, and how its numerical derivatives behave."""
    from sheernet import derivatives, plots

    pictures: dict[str, Callable[[], Any]] = {}
    if report.power is None:  # every entry was compared, not only directions
        pictures["gradient_errors"] = lambda: plots.gradient_errors(report)
    else:
        out.note(
            sentence(
                "gradient_errors.png is left out: it needs a check with {}",
                Setting("extent", "entries"),
            )
        )
    pictures["gradient_agreement"] = lambda: plots.gradient_agreement(report)
    seconds = _seconds_of_a_value(problem) * problem.x.size * VALUES_PER_ENTRY
    if seconds <= PATIENCE:
        pictures["step_errors"] = lambda: plots.step_errors(derivatives.step_errors(problem))
    else:
        out.note(f"step_errors.png is left out: it would take about {seconds:.0f} seconds")
    return pictures


def _seconds_of_a_value(problem: Problem) -> float:
    """Return the shortest time of three evaluations, because the machine may be busy."""
    times = []
    for _ in range(3):
        began = perf_counter()
        problem.value(problem.x.copy())
        times.append(perf_counter() - began)
    return min(times)


def draw(
    pictures: Pictures,
    folder: Path,
    out: Output,
    names: Sequence[str] = ALL,
    until: float = inf,
) -> tuple[list[str], bool]:
    """Write pictures into a folder, until all are written, the time is over or Ctrl-C is pressed.

    Parameters
    ----------
    pictures : mapping
        The pictures.
    folder : Path
        An existing folder.
    out : Output
        The output to which notes are printed.
    names : sequence of str
        All pictures that the command may write.  Those of an earlier run are removed, because they show other results.
    until : float
        When the last picture ends, as a time of `time.monotonic`; those that would end later are left out.

    Returns
    -------
    files : list of str
        The files that were written.
    interrupted : bool
        Whether Ctrl-C was pressed.

    Raises
    ------
    InvalidInput
        If the system refuses to write a picture, for example because the disk is full.
    """
    files: list[str] = []
    refused: dict[str, InvalidInput] = {}
    interrupted = False
    try:
        for name in _drawn(pictures, folder, out, refused, until):
            files.append(f"{name}.png")  # noqa: PERF401  # each counts as soon as it is written
    except KeyboardInterrupt:
        interrupted = True
    for name in names:
        if f"{name}.png" not in files:
            _remove_earlier(folder / f"{name}.png", out)
    if refused and not interrupted:
        raise _incomplete(folder, refused)
    return files, interrupted


def _incomplete(folder: Path, refused: Mapping[str, InvalidInput]) -> InvalidInput:
    """Return the error for pictures that the system refused to write."""
    first = next(iter(refused.values()))
    error = InvalidInput(
        f"{in_quotes(str(folder))} lacks {listed(list(refused))}: {first}, and run the command again for the missing "
        "pictures"
    )
    error.__cause__ = first
    return error


def _drawn(
    pictures: Pictures, folder: Path, out: Output, refused: dict[str, InvalidInput], until: float
) -> Iterator[str]:
    from sheernet.foundation.atomic_files import write_file
    from sheernet.plots.picture_file import missing_glyphs_message, render

    missing_glyphs: set[str] = set()
    seconds = FIRST_PICTURE
    for i, (name, make) in enumerate(pictures.items()):
        path, began = folder / f"{name}.png", time.monotonic()
        try:
            with _until(until, seconds):
                picture, characters = render(make(), path)
            write_file(path, picture)
        except _TimeIsOver:
            _note_left_out([f"{each}.png" for each in list(pictures)[i:]], out)
            break
        except MissingDependency as missing:
            out.note(str(missing))
            break  # the other pictures need it as well
        except Exception as error:
            if isinstance(error, InvalidInput) and isinstance(error.__cause__, OSError):
                refused[path.name] = error
                continue
            known = refusal(error, out.options)
            why = known.message if known else f"{type(error).__name__}: {error}"
            out.note(f"picture {path.name} is missing: {why}")
        else:
            missing_glyphs |= characters
            yield name
        seconds = time.monotonic() - began
    if missing_glyphs:
        out.note(missing_glyphs_message(missing_glyphs))


class _TimeIsOver(Exception):
    """A picture does not end in time."""


@contextmanager
def _until(ends: float, seconds: float) -> Iterator[None]:
    """Raise `_TimeIsOver` if work of an expected number of seconds would not end in time, or does not."""
    now = time.monotonic()
    if now + seconds > ends:
        raise _TimeIsOver
    with alarm(ends - now, _TimeIsOver):
        yield


def _note_left_out(files: Sequence[str], out: Output) -> None:
    """Print a note about pictures that are left out."""
    verb = plural_of(len(files), "is", "are")
    out.note(
        sentence(
            "{} {} left out, because the time limit is over; increase {}",
            listed(files), verb, Setting("time_limit"),
        )
    )  # fmt: skip


def _remove_earlier(path: Path, out: Output) -> None:
    """Remove a picture of an earlier run, and print a note about it; a file of someone else stays."""
    from sheernet.plots.picture_file import is_own

    if not path.is_file() or not is_own(path):
        return
    try:
        path.unlink()
    except OSError as error:
        out.note(f"{path} is from an earlier run and cannot be removed: {error.strerror}")
    else:
        out.note(f"{path} from an earlier run was removed")
