"""Changes of a session while it answers, at the moments at which they used to go wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from sheernet.apps.page import event_stream, page_models, page_server
from sheernet.apps.page import protocol as p
from sheernet.apps.page.curves import Seen
from sheernet.apps.page.live_run import LiveRun
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.session import Session

PATIENCE = 60.0  # seconds, on a computer that does much else
OTHER = b"t,z\n" + b"".join(b"%d,%d\n" % (k, k * k % 7) for k in range(30))
"""Another table of one input."""


@pytest.fixture
def session() -> Iterator[Session]:
    opened = Session(Exercise(data="sine", hidden=(2,), decay=0.01, max_iter=30))
    yield opened
    opened.close()


def before(function: Callable[..., Any], change: Callable[[], object]) -> Callable[..., Any]:
    """A function that first makes a change, once."""
    changes = [change]

    def changed_before(*args: Any, **how: Any) -> Any:
        if changes:
            changes.pop()()
        return function(*args, **how)

    return changed_before


def after(function: Callable[..., Any], change: Callable[[], object]) -> Callable[..., Any]:
    """A function that makes a change, once, before it returns."""
    changes = [change]

    def changed_after(*args: Any, **how: Any) -> Any:
        result = function(*args, **how)
        if changes:
            changes.pop()()
        return result

    return changed_after


def test_the_band_of_a_frame_is_of_the_network_of_the_frame(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.command(p.Play())
    assert session.wait(PATIENCE)
    change = after(page_models.model_of, lambda: session.take_table(OTHER, "other.csv"))
    monkeypatch.setattr("sheernet.apps.page.session.model_of", change)
    frame, _ = session.frame(Seen())
    assert frame.surface is not None
    assert (frame.revision, frame.surface.axes[0].name) == (2, "t")
    assert frame.surface.low == []  # the other network has not been trained


def test_a_status_is_told_while_a_command_ends_the_run() -> None:
    class Ending(Session):
        runs: list[LiveRun | None]

        @property
        def run(self) -> LiveRun | None:  # type: ignore[override]
            return self.runs.pop(0) if len(self.runs) > 1 else self.runs[0]

        @run.setter
        def run(self, run: LiveRun | None) -> None:
            self.runs = [run]

    session = Ending(Exercise(data="xor"))
    session.command(p.StepOn())
    assert session.wait(PATIENCE)
    run = session.run
    assert run is not None
    session.runs = [run, None]
    assert session.status == "paused"
    session.runs = [run, None]
    assert session.wait(PATIENCE)
    session.run = run
    session.close()


def test_a_run_has_ended_once_its_result_is_shown() -> None:
    statuses: list[str] = []
    ended = threading.Event()

    def tell() -> None:
        statuses.append(run.status)
        ended.set()

    run = LiveRun(
        lambda observe: "a result",  # type: ignore[arg-type,return-value]
        lambda step, row: None,
        lambda finished: statuses.append(finished.status),
        tell,
    )
    run.allow()
    assert ended.wait(PATIENCE)
    assert statuses == ["running", "ended"]


def test_a_model_has_the_weights_of_one_moment(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    theta = session.moment.theta.copy()
    change = after(session._present, lambda: session.command(p.SetWeight(index=0, value=9.0)))
    monkeypatch.setattr(session, "_present", change)
    assert np.array_equal(session.model().network.theta, theta)


def test_states_of_one_revision_are_equal(session: Session) -> None:
    states = {1: session.state()}
    for command in (
        p.ChooseRow(row=3),
        p.ChangeSettings(values={"title": "Sine"}),
        p.ChooseRow(row=4),
        p.Reset(),
    ):
        state = session.command(command).state
        assert state is not None
        assert states.setdefault(state.revision, state) == state
    assert len(states) == 5


def test_a_page_that_is_closed_takes_no_table(session: Session) -> None:
    session.close()
    with pytest.raises(sn.InvalidInput, match="this session has ended"):
        session.take_table(OTHER, "other.csv")


def test_a_broken_stream_is_opened_again_before_its_session_is_closed(session: Session) -> None:
    written: list[bytes] = []

    def write(content: bytes) -> None:
        written.append(content)
        session.closed.set()

    event_stream.stream(session, write)
    name, milliseconds = written[0].decode().split(":")
    assert name == "retry"
    assert written[0].endswith(b"\n\n")
    assert int(milliseconds) < 1000 * page_server.GRACE / 2
