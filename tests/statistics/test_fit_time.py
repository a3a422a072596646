"""The time that a search for networks is expected to take, from planted times of evaluations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_cases import CLASSES, contest, wave
from sheernet.statistics import fit_time
from sheernet.statistics.fit_time import EvaluationTimes, search_is_short, seconds_of_search


def rows(number: int, columns: int = 3, **given: Any) -> Any:
    X = np.zeros((number, columns))
    return contest(X, np.zeros(number), **given)


def seconds(
    monkeypatch: pytest.MonkeyPatch, gradient: float, matrix: float, *arguments: Any
) -> float:
    monkeypatch.setattr(
        fit_time,
        "evaluation_times",
        lambda of_rows, n, theta, with_matrix: EvaluationTimes(
            theta.size, gradient * theta.size, matrix * theta.size**2
        ),
    )
    return seconds_of_search(*arguments)


class TestEvaluationTimes:
    @given(st.integers(1, 1000), st.floats(1e-6, 10.0), st.floats(1e-6, 10.0))
    def test_of_another_size_are_in_proportion(
        self, size: int, gradient: float, matrix: float
    ) -> None:
        twice = EvaluationTimes(size, gradient, matrix).with_size(2 * size)
        assert (twice.size, twice.gradient, twice.matrix) == (2 * size, 2 * gradient, 4 * matrix)
        assert twice.factor == pytest.approx(8 * EvaluationTimes(size, 0.0).factor)

    def test_of_an_iteration_are_those_of_its_method(self) -> None:
        times = EvaluationTimes(1000, 1.0, 7.0)
        assert times.iteration("lm") == pytest.approx(7.0 + 1.1 * 1e9 / 5e9)
        assert times.iteration("bfgs") == pytest.approx(1.1 + 1e6 / 2e9)
        assert times.iteration("lbfgs") == times.iteration("gd") == pytest.approx(1.1)


class TestASearch:
    def test_takes_as_long_as_its_evaluations(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """1 linear model: 20 x 4 iterations of lm and 20 evidences, with all rows and without each of 5 folds."""
        given = rows(60, 1, starts=2, **CLASSES)  # 2 weights
        found = seconds(monkeypatch, 0.0, 0.25, given, (), 1)  # 1 s for a matrix
        searching = 20 * 4 + 20
        folds = 5 * (searching + 1) * 0.8  # 4 of 5 rows are outside of a fold
        assert found == pytest.approx(searching + folds, rel=1e-3)

    def test_continues_few_starts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        one, two, three = (
            seconds(monkeypatch, 0.0, 1.0, rows(60, 1, starts=n, **CLASSES), (4,), 1)
            for n in (1, 2, 3)
        )
        assert 0.0 < three - two < (two - one) / 2

    def test_is_in_proportion_to_its_evaluations(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given = rows(60)
        whole = seconds(monkeypatch, 1.0, 1.0, given, None, 1)
        assert seconds(monkeypatch, 3.0, 3.0, given, None, 1) == pytest.approx(3 * whole, rel=1e-3)
        assert seconds(monkeypatch, 1.0, 1.0, given, None, 4) < whole / 2

    def test_tries_fewer_networks_of_given_size(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given = rows(60)
        line, one, chosen = (
            seconds(monkeypatch, 1.0, 1.0, given, hidden, 1) for hidden in ((), (4,), None)
        )
        assert line < one < chosen

    def test_has_no_kinds_of_noise_for_classes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        classes = seconds(monkeypatch, 1.0, 1.0, rows(60, **CLASSES), (4,), 1)
        assert classes < seconds(monkeypatch, 1.0, 1.0, rows(60), (4,), 1)

    def test_leaves_networks_out_that_are_too_large_for_it(self) -> None:
        """With 300 columns, 4 units have more weights than the search takes."""
        tried = list(fit_time._networks_tried(rows(60, 300), None))
        assert {network.sizes[1:-1] for network in tried} == {()}

    @pytest.mark.parametrize(("number", "members"), [(60, 0), (10_000, 8), (100_000, 3)])
    def test_in_a_sample_trains_the_members_on_all_rows(
        self, number: int, members: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """21 weights, 300 iterations of 1.1 evaluations each; 210 s are measured on at most 50 000 rows."""
        given = rows(number, starts=3)
        whole = seconds(monkeypatch, 10.0, 0.0, given, (4,), 1)
        monkeypatch.setattr(fit_time, "MEMBER_ITERATIONS", 0)
        searched = seconds(monkeypatch, 10.0, 0.0, given, (4,), 1)
        one = 210.0 * max(number / 50_000, 1.0)
        assert whole - searched == pytest.approx(members * 300 * 1.1 * one, abs=1e-2)

    def test_is_short_by_the_size_of_the_problem(self) -> None:
        x, y = wave(60)
        assert search_is_short(contest(x, y), None)
        assert not search_is_short(rows(200_000), None)


def test_an_evaluation_is_measured_once_for_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def measured(evaluate: Any, of_rows: Any, n_rows: int) -> float:
        part = of_rows(slice(0, 5))
        evaluate(part)
        calls.append((part.n_samples, n_rows))
        return 1.0

    monkeypatch.setattr(fit_time, "seconds_over_rows", measured)
    assert seconds_of_search(contest(*wave(60)), None, 1) > 0
    assert calls == [(5, 60), (5, 60)]  # the gradient and the matrix
