"""`LiveRun`: a training run in a separate thread that can be paused, continued and ended.

The run is `sheernet.train` with an observer that pauses it between two iterations.  Its iterates are bitwise equal to
the iterates of the same call without a page.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from math import inf
from typing import Any

from sheernet.apps.page.protocol import Status
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import SheernetError
from sheernet.optimizers import Termination
from sheernet.optimizers.driver import Observer
from sheernet.optimizers.optimizer_protocol import Step
from sheernet.optimizers.record import Row
from sheernet.training.training import Training

LONGEST_WAIT = 5.0
"""Maximum number of seconds that `stop` waits for the current iteration."""


class LiveRun:
    """A run that starts at the first call of `allow`.

    Parameters
    ----------
    train : callable
        Function that trains with a given observer.
    accept : callable
        Function called in the thread of the run with each step and its row of the record.
    finish : callable
        Function called in the thread of the run before its status is "ended", unless it was stopped.
    tell : callable
        Function called in the thread of the run after it has paused or ended.
    begun : int
        The iteration from which the run resumes; 0 for a new run.
    """

    def __init__(
        self, train: Callable[[Observer], Training], accept: Callable[[Step, Row], None],
        finish: Callable[[LiveRun], None], tell: Callable[[], None], begun: int = 0,
    ) -> None:  # fmt: skip
        self._train, self._accept, self._finish, self._tell = train, accept, finish, tell
        self._condition = threading.Condition()
        self._permits = 0.0  # number of iterations that may still start
        self._seconds = 0.0  # minimum duration of an iteration
        self._stopped = False
        self._waits = self._is_over = False
        self._last = begun
        self._thread: threading.Thread | None = None
        self.training: Training | None = None
        self.error = ""
        self.warnings: list[str] = []

    @property
    def status(self) -> Status:
        """The status of the run."""
        with self._condition:
            if self._thread is None:
                return "ready"
            if self._is_over:
                return "ended"
            return "paused" if self._waits or self._stopped else "running"

    def allow(self, iterations: float = inf, rate: float | None = None) -> None:
        """Allow some iterations, at most `rate` per second; without a rate, at full speed."""
        with self._condition:
            self._permits = iterations
            self._seconds = 1.0 / rate if rate else 0.0
            self._waits = False
            self._condition.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="sheernet run", daemon=True)
                self._thread.start()

    def pause(self) -> None:
        """Pause after the current iteration."""
        with self._condition:
            self._permits = 0.0
            self._condition.notify_all()

    def stop(self) -> bool:
        """End the run, and wait for its thread; return whether the thread has ended."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()
        if self._thread is not None:
            self._thread.join(LONGEST_WAIT)
        return self._thread is None or not self._thread.is_alive()

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until the run has ended or is paused; return False if neither happens in time."""
        with self._condition:
            return self._condition.wait_for(lambda: self._waits or self._is_over, seconds)

    def _work(self) -> None:
        training, error = None, ""
        with gathered() as messages:
            try:
                training = self._train(self._observe)
            except (SheernetError, MemoryError) as raised:
                error = str(raised) or "there is not enough memory"
            except Exception as raised:  # otherwise the page would wait for a run that has ended
                traceback.print_exc()
                error = f"{type(raised).__name__}: {raised}; this is a defect of sheernet"
        with self._condition:
            stopped = self._stopped
            self.training, self.error, self.warnings = training, error, messages
        try:
            if not stopped:
                self._finish(self)
        finally:
            with self._condition:
                self._is_over = True
                self._condition.notify_all()
            self._tell()

    def _observe(self, step: Step, row: Row) -> Any:
        """Report a step, and wait until the next may start; the step that a resumed run repeats is skipped."""
        is_repeated, self._last = 0 < step.iteration == self._last, step.iteration
        if is_repeated:
            return None
        self._accept(step, row)
        with self._condition:
            if step.iteration > 0:
                self._permits = max(self._permits - 1, 0.0)
            if self._seconds and not self._stopped and self._permits:
                self._condition.wait_for(lambda: self._stopped or not self._permits, self._seconds)
            self._waits = waits = self._permits <= 0
            self._condition.notify_all()
        # `_tell` is called without the lock: it waits for a lock whose holder may read `status`.
        if waits:
            self._tell()
        with self._condition:
            self._condition.wait_for(lambda: self._stopped or self._permits > 0)
            self._waits = False
            return Termination("interrupted") if self._stopped else None
