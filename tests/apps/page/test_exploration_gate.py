"""A race that is paused goes on with the same numbers; one that is ended says so."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import pytest

import sheernet as sn
from held_explorations import PATIENCE, hold_until_paused
from sheernet.apps.page import explorations
from sheernet.apps.page import protocol as p
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.exploration_gate import ExplorationGate
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.session import Session

SLOW = Exercise(data="sine", hidden=(3,), method="gd", gradient_tolerance=0.0)


class Asked:
    """A question that another thread asks."""

    def __init__(self, ask: Callable[[], object]) -> None:
        self.answer: object = None
        self.error = ""
        self._ask = ask
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        try:
            self.answer = self._ask()
        except sn.InvalidInput as error:
            self.error = str(error)

    def end(self) -> None:
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


def until(session: Session, holds: Callable[[], bool]) -> None:
    with session.changed:
        assert session.changed.wait_for(holds, PATIENCE)


def test_a_race_that_is_paused_goes_on_with_the_same_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(explorations, "LONGEST", math.inf)
    session = Session(SLOW)
    race = p.Race(methods=["gd", "lm"], max_iter=500)
    alone = session.command(race).result
    hold_until_paused(session.gate)
    asked = Asked(lambda: session.command(race).result)
    until(session, lambda: session.gate.status == "running")
    session.command(p.Pause())
    assert session.gate.status == "paused"
    # Other commands and questions are answered meanwhile.
    session.command(p.ChooseRow(row=1))
    assert isinstance(session.command(p.CheckGradient()).result, p.CheckResult)
    with pytest.raises(sn.InvalidInput, match="are running"):
        session.command(race)
    assert asked.answer is None
    session.command(p.Play())
    asked.end()
    assert asked.answer == alone
    assert session.status == "ready"  # Play continued the race, not the run
    assert session.gate.status == ""
    session.close()


@pytest.mark.parametrize("kind", ["race", "swarm"])
@pytest.mark.parametrize("ending", ["reset", "close"])
def test_a_reset_and_a_closed_page_end_what_is_under_way(kind: str, ending: str) -> None:
    session = Session(SLOW)
    hold_until_paused(session.gate)
    question = p.Race(methods=["gd"], max_iter=2000) if kind == "race" else p.Swarm(starts=200)
    asked = Asked(lambda: session.command(question))
    until(session, lambda: session.gate.status == "running")
    session.command(p.Pause())
    if ending == "reset":
        session.command(p.Reset())
        asked.end()
    session.close()
    asked.end()
    assert "ended by a reset, or by other settings" in asked.error


def test_an_exploration_waits_for_the_end_of_one_that_was_ended() -> None:
    gate, first_may_leave = ExplorationGate(), threading.Event()

    def first() -> None:
        with gate.passing("first"):
            assert first_may_leave.wait(PATIENCE)

    def second() -> str:
        with gate.passing("second"):
            return gate.doing

    leaving = Asked(first)
    assert gate.doing == "first"
    gate.end()
    waiting = Asked(second)
    first_may_leave.set()
    leaving.end()
    waiting.end()
    assert waiting.answer == "second"


def test_a_pause_does_not_count_in_the_seconds_of_a_race() -> None:
    now, was_read = [0.0], threading.Event()

    def clock() -> float:
        was_read.set()
        return now[0]

    gate = ExplorationGate(clock=clock)
    with gate.passing("Racing"):
        look = gate.observer(5.0)
        now[0] = 4.0
        assert look(None, None) is None  # type: ignore[arg-type]
        gate.pause()
        was_read.clear()
        waiting = Asked(lambda: look(None, None))  # type: ignore[arg-type]
        assert was_read.wait(PATIENCE)
        now[0] = 100.0
        gate.go_on()
        waiting.end()
        assert waiting.answer is None
        now[0] = 102.0
        assert str(look(None, None)).startswith("time_limit")  # type: ignore[arg-type]


def test_the_map_of_a_race_looks_at_the_gate_at_each_point() -> None:
    class Counting(ExplorationGate):
        looks = 0

        def is_open(self) -> bool:
            self.looks += 1
            return super().is_open()

    gate = Counting()
    experiment = Experiment.of(SLOW)
    result = explorations.race(experiment, experiment.network, ["lm"], 5, gate)
    assert gate.looks > len(result.plane.x) * len(result.plane.y)
