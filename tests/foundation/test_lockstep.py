"""Functions in lockstep: their questions, their order, errors and Ctrl-C."""

from __future__ import annotations

import signal
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from left_threads import no_thread_left
from sheernet.foundation.interrupts import deferred_interrupt
from sheernet.foundation.lockstep import run_in_lockstep


def asking(number: int, times: int, log: list[Any]) -> Any:
    """A function that asks so often, and returns the answers."""

    def function(ask: Any) -> list[Any]:
        answers = []
        for k in range(times):
            answers.append(ask((number, k)))
            log.append((number, k))
        return answers

    return function


@given(st.lists(st.integers(0, 6), max_size=6))
def test_each_round_has_one_question_of_every_function_that_has_not_returned(
    times: list[int],
) -> None:
    rounds: list[Any] = []
    log: list[Any] = []

    def answer(questions: list[Any]) -> list[Any]:
        rounds.append(questions)
        return [10 * number + k for number, k in questions]

    with no_thread_left():
        results = run_in_lockstep([asking(n, t, log) for n, t in enumerate(times)], answer)
    assert results == [[10 * n + k for k in range(t)] for n, t in enumerate(times)]
    expected = [
        [(n, k) for n, t in enumerate(times) if k < t] for k in range(max(times, default=0))
    ]
    assert rounds == expected
    assert log == [each for round_ in expected for each in round_]


def test_an_error_of_a_function_ends_the_others() -> None:
    ended: list[int] = []

    def waits(ask: Any) -> None:
        try:
            while True:
                ask(0)
        finally:
            ended.append(threading.get_ident())

    def fails(ask: Any) -> None:
        ask(1)
        raise ValueError("the second")

    with no_thread_left(), pytest.raises(ValueError, match="the second"):
        run_in_lockstep([waits, fails, waits], lambda questions: questions)
    assert len(ended) == 2


def test_an_error_of_the_answers_ends_all() -> None:
    def answer(questions: list[Any]) -> list[Any]:
        raise OSError("no answer")

    with no_thread_left(), pytest.raises(OSError, match="no answer"):
        run_in_lockstep([asking(0, 3, []), asking(1, 3, [])], answer)


def keeps(number: int) -> Any:
    """A function that returns how often it was answered before Ctrl-C."""

    def function(ask: Any) -> Any:
        answered = 0
        try:
            while True:
                answered += ask(number)
        except KeyboardInterrupt:
            return number, answered

    return function


@pytest.mark.parametrize("is_deferred", [True, False])
def test_after_ctrl_c_each_function_returns_what_it_has(is_deferred: bool) -> None:
    rounds = []

    def answer(questions: list[Any]) -> list[Any]:
        rounds.append(questions)
        if len(rounds) == 3:
            signal.raise_signal(signal.SIGINT)
        return [1] * len(questions)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if is_deferred:
            with deferred_interrupt() as interrupt:
                found = run_in_lockstep([keeps(0), asking(1, 1, []), keeps(2)], answer)
            assert interrupt.times == 1
        else:
            found = run_in_lockstep([keeps(0), asking(1, 1, []), keeps(2)], answer)
    finally:
        signal.signal(signal.SIGINT, before)
    answered = 3 if is_deferred else 2
    assert found == [(0, answered), [1], (2, answered)]
    assert len(rounds) == 3


def test_a_function_that_ctrl_c_ends_has_no_result() -> None:
    def answer(questions: list[Any]) -> list[Any]:
        raise KeyboardInterrupt

    assert run_in_lockstep([asking(0, 1, []), keeps(1)], answer) == [None, (1, 0)]
