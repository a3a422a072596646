"""Show the progress of a training run (`Progress`): a bar on a terminal, drawn by rich; elsewhere lines of text.

`sheernet.training.jobs.fit_jobs` calls it; the optimizers do not depend on it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from math import isnan
from types import TracebackType
from typing import Any, TextIO

from sheernet.foundation.message_text import counted
from sheernet.training.jobs import Status

SECONDS_BETWEEN_LINES = 2.0


class Progress:
    """A context manager that shows the progress of a training run; it returns a function to call with each `Status`.

    Parameters
    ----------
    starts : int
        Number of starts.
    max_iter : int
        Maximum number of iterations per start.
    stream : text file, optional
        Output stream; by default standard error, which keeps it apart from printed results.
    clock : callable
        A monotonic clock in seconds.
    """

    def __init__(
        self,
        starts: int,
        max_iter: int,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.starts = starts
        self.max_iter = max_iter
        self.stream = stream if stream is not None else sys.stderr
        self._clock = clock
        self._last_line = -SECONDS_BETWEEN_LINES
        self._shown: set[str] = set()
        self._printed = ""
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Callable[[Status], None]:
        if self.stream is not None and self.stream.isatty():
            self._open_bar()
        return self._show

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _open_bar(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[at]}"),
        )
        self._bar = Bar(*columns, console=Console(file=self.stream), transient=True)
        self._task = self._bar.add_task(
            "training", total=self.starts * self.max_iter or None, at=""
        )
        self._bar.start()

    def _show(self, status: Status) -> None:
        at = "at the start"
        if not isnan(status.objective):
            at = (
                f"iteration {status.iteration}, objective {status.objective:.6g}, "
                f"largest gradient entry {status.gradient_norm:.2g}"
            )
        label = f"start {status.job + 1} of {self.starts}" if self.starts > 1 else "training"
        done = status.finished * self.max_iter + min(status.iteration, self.max_iter)
        self._tell(label, at, completed=done)

    def _tell(self, label: str, at: str, **of_bar: Any) -> None:
        """Update the bar; or print a line if it differs from the last line and enough time has passed."""
        if self.stream is None:  # the process was started without standard error
            return
        if self._bar is not None:
            self._bar.update(self._task, description=label, at=at, **of_bar)
            return
        line = f"{label}: {at}" if at else label
        if line != self._printed and self._clock() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line, self._printed = self._clock(), line
            self._shown.add(label)
            self._print(line)

    def _print(self, line: str) -> None:
        with suppress(OSError, ValueError):  # a full or closed stream must not end the run
            print(line, file=self.stream, flush=True)


class SearchProgress(Progress):
    """Show the progress of a search for networks, whose length is not known: the networks that are tried.

    Parameters
    ----------
    stream : text file, optional
        As in `Progress`.
    clock : callable
        As in `Progress`.
    """

    def __init__(
        self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(0, 0, stream, clock)  # a bar without end
        self._tried = "networks"
        self._n_tried = 0

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        if (
            kind is None
            and self.stream is not None
            and self._bar is None
            and self._n_tried > len(self._shown)
        ):
            self._print(f"tried {counted(self._n_tried, 'network')} in all")

    def trying(self, what: str) -> None:
        """Show what is tried now; if some lines are not printed, the last line states the number of networks."""
        self._tried = what
        self._n_tried += 1
        self._tell(f"trying {what}", "")

    def _show(self, status: Status) -> None:
        self._tell(f"trying {self._tried}", "")


def print_line(text: str) -> None:
    """Print a line about the next step on standard error, the stream of the progress bar."""
    stream = sys.stderr
    if stream is not None:  # the process may be started without standard error
        with suppress(OSError, ValueError):
            print(text, file=stream, flush=True)
