"""Work that ends after a time; the alarm is rung by hand."""

from __future__ import annotations

import os
import signal
import sys
import threading
from math import inf

import pytest

from sheernet.foundation.alarm import alarm

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
LONG = 1000.0


def test_the_error_is_raised_in_the_work() -> None:
    done = []

    def work() -> None:
        try:
            signal.raise_signal(signal.SIGALRM)
        except Exception:  # a reader that tries something else after an error
            done.append("went on")

    with pytest.raises(TimeoutError, match="late"), alarm(LONG, lambda: TimeoutError("late")):
        work()
    assert done == []


def test_a_time_that_is_over_rings_at_once() -> None:
    with pytest.raises(TimeoutError), alarm(-5.0, TimeoutError):
        signal.pause()


def test_an_alarm_that_python_ignores_rings_again() -> None:
    class Noisy:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGALRM)

    def work() -> None:
        noisy = [Noisy()]
        noisy.clear()
        signal.sigtimedwait([signal.SIGUSR1], 60.0)

    before = sys.unraisablehook
    with pytest.raises(TimeoutError), alarm(LONG, TimeoutError):
        work()
    assert sys.unraisablehook is before


def test_an_alarm_that_compiled_code_prints_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Cython calls PyErr_PrintEx, and so the hook, before it reports an exception that it cannot raise."""
    printed = list[type[BaseException]]()

    def hook(kind: type[BaseException], *error: object) -> None:
        printed.append(kind)

    monkeypatch.setattr(sys, "excepthook", hook)
    with alarm(LONG, TimeoutError):
        for kind in (KeyboardInterrupt, ValueError):
            sys.excepthook(kind, kind(), None)
        try:
            signal.raise_signal(signal.SIGALRM)
        except KeyboardInterrupt as error:
            sys.excepthook(type(error), error, None)
    assert printed == [KeyboardInterrupt, ValueError]
    assert sys.excepthook is hook


def test_other_errors_and_ctrl_c_are_their_own() -> None:
    for error in (ValueError, KeyboardInterrupt):
        with pytest.raises(error), alarm(LONG, TimeoutError):
            raise error


@pytest.mark.parametrize("fails", [True, False])
def test_handler_and_timer_are_those_of_before(fails: bool) -> None:
    before = signal.getsignal(signal.SIGALRM)
    try:
        with alarm(LONG, TimeoutError):
            assert signal.getitimer(signal.ITIMER_REAL)[0] > LONG / 2
            if fails:
                signal.raise_signal(signal.SIGALRM)
    except TimeoutError:
        assert fails
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_without_an_end_or_in_another_thread_there_is_none() -> None:
    before = signal.getsignal(signal.SIGALRM)
    seen = []

    def work(seconds: float) -> None:
        with alarm(seconds, TimeoutError):
            seen.append(signal.getsignal(signal.SIGALRM))

    work(inf)
    thread = threading.Thread(target=work, args=(LONG,))
    thread.start()
    thread.join()
    assert seen == [before, before]
