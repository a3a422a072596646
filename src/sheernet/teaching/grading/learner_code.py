"""Run code of a learner: its exceptions and endless loops are reported with the line, and its output is dropped.

The alarm of the system stops any code of the main thread.  On Windows and in other threads, a trace function stops code
that continues to another line; a loop within one line, or a loop that catches every exception, cannot be stopped.
Nothing is isolated: grade only code that you would run yourself.
"""

from __future__ import annotations

import contextlib
import io
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

from sheernet.foundation.alarm import alarm
from sheernet.foundation.user_lines import is_of_user, user_line
from sheernet.teaching.grading.marks import Mark

ENDLESS_HINT = (
    "Perhaps the condition of a loop never changes; if the code is only slow, allow more seconds."
)


class TimeOver(BaseException):
    """The code ran for too long; no `except Exception` of the learner catches it."""


class AlarmRang(Exception):
    """The code ran for too long; raised outside of the learner's code by the alarm of the system."""


@dataclass(frozen=True)
class Outcome:
    """The value that a call returned; or, if `mistake` is not "", the reason why it returned nothing."""

    value: Any = None
    mistake: str = ""
    sentence: str = ""
    hint: str = ""

    def mark(self, part: str) -> Mark:
        """Return the mark of a part whose call returned nothing."""
        return Mark(part, self.mistake, self.sentence, self.hint)


def attempt(what: str, seconds: float, function: Callable[..., Any], *arguments: Any) -> Outcome:
    """Call a function with code of a learner.

    Parameters
    ----------
    what : str
        The call in words, for the start of a sentence.
    seconds : float
        Maximum time of the call.
    function : callable
        The function.
    *arguments
        Its arguments.

    Returns
    -------
    Outcome
    """
    try:
        with _silence(), _time_limit(seconds):
            return Outcome(function(*arguments))
    except (TimeOver, AlarmRang) as over:
        return Outcome(
            mistake="endless",
            sentence=f"{what} did not end within {seconds:g} seconds{_at(over) or _at(over.__context__)}",
            hint=ENDLESS_HINT,
        )
    except (Exception, SystemExit) as error:
        # the text of a SyntaxError repeats the file and the line
        text = error.msg if isinstance(error, SyntaxError) else error
        reason = " ".join(str(text).split())
        described = f"{type(error).__name__}: {reason}" if reason else type(error).__name__
        mistake, hint = _explained(error)
        return Outcome(
            mistake=mistake, sentence=f"{what} raises {described}{_at(error)}", hint=hint
        )


def _at(error: BaseException | None) -> str:
    place = None if error is None else user_line(error)
    return "" if place is None else f" ({place})"


def _explained(error: BaseException) -> tuple[str, str]:
    """The name of the mistake that caused an exception, and a hint."""
    text = str(error)
    if isinstance(error, NotImplementedError):
        return "not written", "This part still has to be written."
    if isinstance(error, NameError):
        return "name", "A name is misspelled, not defined before this line, or lacks its `self.`"
    if isinstance(error, AttributeError):
        return (
            "name",
            "The object has no such attribute: where is it set, and has that code run before this line?",
        )
    if isinstance(error, (ValueError, TypeError)) and any(
        word in text for word in ("with a sequence", "only 0-dimensional", "only length-1")
    ):
        return (
            "shapes",
            "There is an array where one number is needed: print the shape of each value in this line.",
        )
    if isinstance(error, (ValueError, TypeError)) and any(
        word in text for word in ("matmul", "shapes", "broadcast", "dimension", "reshape")
    ):
        return (
            "shapes",
            "Print the shapes of the arrays in this line, and compare them with the formula.",
        )
    if isinstance(error, TypeError):
        return (
            "type",
            "Print the type of each value in this line, and count the arguments of the call.",
        )
    if isinstance(error, (SyntaxError, ImportError)):
        return "raises", "Run the file with Python and correct this line first."
    return "raises", "Make the same call yourself, and print the values in this line."


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Drop output, refuse input, and ignore warnings."""
    given = sys.stdin
    sys.stdin = io.StringIO()
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdin = given


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise `AlarmRang` or `TimeOver` if the code inside takes longer than some seconds."""
    in_main = threading.current_thread() is threading.main_thread()
    has_alarm = in_main and hasattr(signal, "setitimer")
    with alarm(seconds, AlarmRang) if has_alarm else _traced_limit(seconds):
        yield


@contextlib.contextmanager
def _traced_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeOver` in a line of the user's code, or of code given as text, that runs after the limit.

    It works in every thread and on every system; it is used if the alarm cannot be.
    """
    deadline = time.monotonic() + seconds
    before = sys.gettrace()

    def of_line(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line" and time.monotonic() > deadline:
            raise TimeOver
        return of_line

    def of_call(frame: FrameType, event: str, argument: Any) -> Any:
        filename = frame.f_code.co_filename
        return of_line if filename.startswith("<") or is_of_user(filename) else None

    sys.settrace(of_call)
    try:
        yield
    finally:
        sys.settrace(before)
