"""As test_interrupts.py, by names that are not published."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from sheernet.foundation.interrupts import deferred_interrupt, raise_if_interrupted

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


class TestLongEvaluations:
    """They ask between their parts whether Ctrl-C was pressed."""

    @pytest.fixture(autouse=True)
    def usual_handler(self) -> Iterator[None]:
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
        signal.signal(signal.SIGINT, before)

    def test_a_deferred_ctrl_c_ends_them(self) -> None:
        with deferred_interrupt() as interrupt:
            raise_if_interrupted()
            signal.raise_signal(signal.SIGINT)
            assert interrupt.times == 1
            with pytest.raises(KeyboardInterrupt):
                raise_if_interrupted()
        raise_if_interrupted()  # the block has ended

    def test_also_in_a_block_within_another_one(self) -> None:
        with deferred_interrupt():
            signal.raise_signal(signal.SIGINT)
            with deferred_interrupt(), pytest.raises(KeyboardInterrupt):
                raise_if_interrupted()

    def test_other_threads_go_on(self) -> None:
        found = []

        def ask() -> None:
            raise_if_interrupted()
            found.append("went on")

        with deferred_interrupt():
            signal.raise_signal(signal.SIGINT)
            thread = threading.Thread(target=ask)
            thread.start()
            thread.join()
        assert found == ["went on"]
