"""`ExplorationGate`: pause and end explorations (a race of methods, or many starts) between two iterations.

A race checks the gate after each iteration of each method, and between the points of its map.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from sheernet.foundation.errors import InvalidInput
from sheernet.optimizers import Termination
from sheernet.optimizers.driver import Observer
from sheernet.optimizers.optimizer_protocol import Step
from sheernet.optimizers.record import Row

LONGEST_END = 10.0
"""Maximum number of seconds that an exploration waits for the termination of the previous one."""


class ExplorationGate:
    """A gate that admits one exploration at a time.

    Parameters
    ----------
    tell : callable
        Called without arguments after each change of `status` and `doing`.
    clock : callable
        A monotonic clock in seconds.

    Examples
    --------
    >>> from sheernet.apps.page.exploration_gate import ExplorationGate
    >>> gate = ExplorationGate()
    >>> with gate.passing("Racing"):
    ...     gate.pause()
    ...     gate.status, gate.doing
    ('paused', 'Racing')
    >>> gate.status
    ''
    """

    def __init__(
        self, tell: Callable[[], None] = lambda: None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell, self._clock = tell, clock
        self._condition = threading.Condition()
        self._is_under_way = self._is_paused = self._is_ended = False
        self._rested = 0.0  # seconds
        self.doing = ""

    @property
    def status(self) -> Literal["", "running", "paused"]:
        """The status of the exploration: "" if there is none."""
        if not self._is_under_way:
            return ""
        return "paused" if self._is_paused else "running"

    @contextmanager
    def passing(self, doing: str) -> Iterator[None]:
        """Admit an exploration.

        Raises
        ------
        InvalidInput
            If another exploration is running, or this exploration was ended.
        """
        with self._condition:
            if self._is_ended:  # an exploration that was ended is about to leave
                self._condition.wait_for(lambda: not self._is_under_way, LONGEST_END)
            if self._is_under_way:
                raise InvalidInput(
                    "a race or many starts are running; wait until they finish, or end them with Reset"
                )
            self._is_under_way, self._is_paused, self._is_ended = True, False, False
            self.doing = doing
        try:
            self._tell()
            yield
            self._require_not_ended()
        finally:
            with self._condition:  # after it, another exploration may be under way
                self._is_under_way, self.doing = False, ""
                self._condition.notify_all()
            self._tell()

    def go_to(self, doing: str) -> None:
        """Start the next part of the exploration.

        Raises
        ------
        InvalidInput
            If the exploration was ended.
        """
        self._require_not_ended()
        self.doing = doing
        self._tell()

    def _require_not_ended(self) -> None:
        if self._is_ended:
            raise InvalidInput("this was ended by a reset, or by other settings")

    def pause(self) -> None:
        """Pause the exploration after its current iteration."""
        self._set(paused=True)

    def go_on(self) -> None:
        """Let the exploration continue."""
        self._set(paused=False)

    def end(self) -> None:
        """End the exploration after its current iteration."""
        self._set(paused=False, ended=True)

    def _set(self, paused: bool, ended: bool = False) -> None:
        with self._condition:
            self._is_paused, self._is_ended = paused, self._is_ended or ended
            self._condition.notify_all()
        if self._is_under_way:
            self._tell()

    def is_open(self) -> bool:
        """Wait while the exploration is paused; return whether it may continue."""
        with self._condition:
            began = self._clock()
            self._condition.wait_for(lambda: not self._is_paused)
            self._rested += self._clock() - began
            return not self._is_ended

    def observer(self, seconds: float) -> Observer:
        """Return an observer that limits the total time of runs, in seconds, not counting pauses."""
        began, rested = self._clock(), self._rested

        def look(step: Step, row: Row) -> Termination | None:
            if not self.is_open():
                return Termination("interrupted")
            worked = self._clock() - began - (self._rested - rested)
            return Termination("time_limit") if worked > seconds else None

        return look
