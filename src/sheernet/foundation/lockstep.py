"""`run_in_lockstep`: functions that ask questions (request values), which one call answers for all functions.

    function 0    ---- asks ----.              .--- continues --- asks ---- ...
    function 1    ---- asks ----+-- answers ---+--- continues --- returns
    function 2    ---- asks ----'              '--- continues --- asks ---- ...

Only one of the functions runs at a time, in the order of their numbers, so the results do not depend on timing.
Each runs in its own thread, because an ordinary function cannot be suspended otherwise; the threads take turns, like
coroutines.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any

from sheernet.foundation.interrupts import raise_if_interrupted

Ask = Callable[[Any], Any]
"""A function that takes a question and returns its answer."""
LONGEST_END = 1.0
"""Maximum seconds to wait for an abandoned function to return; it may be in a long computation."""


class _Abandoned(BaseException):
    """Raised in a function whose question will not be answered."""


def run_in_lockstep(
    functions: Sequence[Callable[[Ask], Any]], answer: Callable[[list[Any]], Sequence[Any]]
) -> list[Any]:
    """Run functions in lockstep, and answer the questions of all functions together.

    Parameters
    ----------
    functions : sequence of callable
        Each is called with `ask`, a function that takes a question and returns its answer.
    answer : callable
        Called in the thread of the caller with the questions of all functions that have not returned, in the order
        of the functions; returns their answers.

    Returns
    -------
    list
        The return value of each function; None for functions that Ctrl-C stopped.

    Raises
    ------
    Exception
        The first error of a function or of `answer`; the other functions are abandoned.
    KeyboardInterrupt
        If Ctrl-C is pressed while a function computes, unless it is deferred.

    Notes
    -----
    After Ctrl-C during `answer`, or deferred before it, `ask` raises KeyboardInterrupt in each waiting function, which
    may catch it and return its result so far.

    Examples
    --------
    >>> from sheernet.foundation.lockstep import run_in_lockstep
    >>> def doubled(ask, x):
    ...     return ask(ask(x))
    >>> def answer(questions):
    ...     print(questions)
    ...     return [2 * x for x in questions]
    >>> run_in_lockstep([lambda ask: doubled(ask, 1), lambda ask: doubled(ask, 10)], answer)
    [1, 10]
    [2, 20]
    [4, 40]
    """
    turns = [_Turn(function) for function in functions]
    replies: Sequence[Any] = [None] * len(turns)
    waiting, is_interrupted = turns, False
    try:
        while waiting:
            for turn, reply in zip(waiting, replies, strict=True):
                turn.go_on(reply)
            waiting = [turn for turn in waiting if not turn.has_ended]
            try:
                if not is_interrupted and waiting:
                    raise_if_interrupted()
                    replies = answer([turn.question for turn in waiting])
            except KeyboardInterrupt:
                is_interrupted = True
            if is_interrupted:
                replies = [KeyboardInterrupt() for _ in waiting]
    finally:
        for turn in turns:
            turn.abandon()
    return [turn.result for turn in turns]


class _Turn:
    """A function in a thread that runs only while `go_on` waits for it."""

    def __init__(self, function: Callable[[Ask], Any]) -> None:
        self.function = function
        self.question: Any = None
        self.result: Any = None
        self.error: BaseException | None = None
        self.has_ended = False
        self._replies: SimpleQueue[Any] = SimpleQueue()
        self._has_stopped: SimpleQueue[None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def go_on(self, reply: Any) -> None:
        """Pass the answer to the function and wait until it asks again or returns; raise the function's error."""
        self._replies.put(reply)
        self._has_stopped.get()
        if self.error is not None:
            try:
                raise self.error
            finally:
                self.error = None  # a reference cycle would keep the function's objects alive

    def abandon(self) -> None:
        """Stop the function, if it has not returned."""
        if not self.has_ended:
            self._replies.put(_Abandoned())
        self._thread.join(LONGEST_END)

    def _ask(self, question: Any) -> Any:
        self.question = question
        self._has_stopped.put(None)
        return self._answer()

    def _answer(self) -> Any:
        reply = self._replies.get()
        if isinstance(reply, BaseException):
            raise reply
        return reply

    def _run(self) -> None:
        try:
            self._answer()  # the first turn
            self.result = self.function(self._ask)
        except (KeyboardInterrupt, _Abandoned):
            pass
        except BaseException as error:
            self.error = error
        finally:
            self.has_ended = True
            self._has_stopped.put(None)
