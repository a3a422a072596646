"""As test_interruption.py, by names that are not published."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from both_engines import compiled as needs_compiled
from left_threads import no_task_left
from sheernet.network import compiled_extension
from sheernet.training.jobs import compiled_fits as to_cpp
from training.jobs.test_interruption import jobs_of
from training.jobs.twins import (
    all_in_cpp,
    start_of,
    wave,
)

pytestmark = needs_compiled


@pytest.fixture(autouse=True)
def ctrl_c() -> Iterator[None]:
    """Python's own handler for SIGINT, which background jobs do not have; and no thread may outlive a test."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with no_task_left():
        yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


class TestCtrlC:
    def test_in_the_last_moment_is_not_lost(self, monkeypatch) -> None:
        """After the last look, when all is computed: as in Python the last job is called interrupted."""
        extension = compiled_extension.NATIVE
        original = extension.fit

        class Module:
            def __getattr__(self, name: str) -> Any:
                return getattr(extension, name)

            def fit(self, *given: Any) -> Any:
                fits = original(*given)
                *_, look = given
                # As in a fit that takes longer than 50 ms.
                look(0, 0, 0.0, 0.0, 0.0, start_of(objective).copy)
                signal.raise_signal(signal.SIGINT)
                return fits

        objective = wave()
        monkeypatch.setattr(to_cpp.compiled_extension, "NATIVE", Module())
        fits = all_in_cpp(objective, jobs_of(objective, 3), "lm")
        assert fits.reasons == ("gradient_tolerance", "gradient_tolerance", "interrupted")
        assert fits[2].termination.reason == "interrupted"
