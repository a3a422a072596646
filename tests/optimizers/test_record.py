from __future__ import annotations

import json

import numpy as np
import pytest

import sheernet as sn
from optimizers.problems import ROSENBROCK
from sheernet.optimizers import COLUMNS, TERMINATIONS, Termination, minimize


def run(start=None, **settings):
    return minimize(
        ROSENBROCK.objective, ROSENBROCK.start if start is None else start, "bfgs", **settings
    )


class TestRecord:
    def test_columns_have_a_row_for_each_iterate_and_the_start(self):
        record = run(max_iter=4).record
        assert len(record) == 5
        assert all(len(record[column]) == 5 for column in COLUMNS)
        assert record["cost"] is record.cost

    def test_kinds(self):
        record = run(max_iter=2).record
        for column in COLUMNS:
            whole = column in ("iteration", "value_evaluations", "gradient_evaluations")
            assert record[column].dtype == (np.int64 if whole else np.float64), column

    def test_unknown_column_is_refused(self):
        with pytest.raises(
            sn.InvalidInput, match="record column 'costs' is not recognized; did you mean 'cost'"
        ):
            run(max_iter=1).record["costs"]

    def test_to_dict_is_plain(self):
        record = run(max_iter=3).record
        plain = record.to_dict()
        assert list(plain) == list(COLUMNS)
        assert json.loads(json.dumps(plain))["objective"] == record.objective.tolist()

    def test_to_frame(self):
        record = run(max_iter=3).record
        frame = record.to_frame()
        assert list(frame.columns) == list(COLUMNS)
        np.testing.assert_array_equal(frame["objective"], record.objective)

    def test_path_only_on_request(self):
        assert run(max_iter=2).record.path is None
        assert run(max_iter=2, keep_path=True).record.path.shape == (3, 2)

    def test_joined_goes_on_counting(self):
        ticks = iter(range(1000))
        first = run(max_iter=3, clock=lambda: float(next(ticks)))
        second = run(first.state, max_iter=4, clock=lambda: float(next(ticks)))
        joined = first.record.joined(second.record)
        assert joined.iteration.tolist() == list(range(8))
        assert np.all(np.diff(joined.value_evaluations) > 0)
        assert np.all(np.diff(joined.seconds) > 0)
        assert joined.path is None

    def test_joined_refuses_records_that_do_not_meet(self):
        first, other = run(max_iter=3), run(max_iter=2)
        with pytest.raises(
            sn.InvalidInput,
            match=r"first record ends at iteration 3 .* second starts at iteration 0",
        ):
            first.record.joined(other.record)


class TestTermination:
    @pytest.mark.parametrize("reason", TERMINATIONS)
    def test_every_reason_has_a_message(self, reason):
        termination = Termination(reason)
        assert termination.message == TERMINATIONS[reason]
        assert termination.message[0].isupper()
        assert termination.message.endswith(".")
        assert str(termination) == f"{reason}: {termination.message}"

    def test_a_small_gradient_is_not_called_a_stationary_point(self):
        """At saturated units it is also small, far from any stationary point."""
        sentence = Termination("gradient_tolerance").message
        assert (
            sentence
            == "The largest gradient entry, in standard units, is at most gradient_tolerance."
        )

    def test_converged_names_goals(self):
        goals = {reason for reason in TERMINATIONS if Termination(reason).converged}
        assert goals == {
            "gradient_tolerance",
            "cost_tolerance",
            "precision_reached",
            "target_reached",
        }

    def test_unknown_reason_is_refused(self):
        with pytest.raises(sn.InvalidInput, match="termination 'bored' is not recognized"):
            Termination("bored")


class Decayed:
    """1e-20 (t - 1)^2 + 1e3 t^2 / 2: a cost far below the rounding of the penalty."""

    decay = np.array([1e3])

    def cost(self, theta):
        return 1e-20 * float((theta[0] - 1) ** 2)

    def value(self, theta):
        return self.cost(theta) + 500.0 * float(theta[0] ** 2)

    def value_and_gradient(self, theta):
        return self.value(theta), 2e-20 * (theta - 1) + 1e3 * theta


class Exact(Decayed):
    def terms(self, theta):
        penalty = 500.0 * float(theta[0] ** 2)
        return self.cost(theta), penalty, self.cost(theta) + penalty


class TestParts:
    @pytest.mark.parametrize("start", [0.1, 0.3, 0.7])
    def test_cost_under_a_dominant_penalty_comes_from_terms(self, start):
        record = minimize(Exact(), [start], "bfgs", max_iter=3, keep_path=True).record
        assert record.cost.tolist() == [Exact().cost(theta) for theta in record.path]

    @pytest.mark.parametrize("start", np.linspace(0.1, 0.9, 40))
    def test_cost_that_is_rounding_is_not_negative(self, start):
        """Without terms: value - penalty of either sign, within the rounding of both."""

        class Reordered(Decayed):
            def value(self, theta):
                return float(theta[0]) * 500.0 * float(theta[0])

        assert minimize(Reordered(), [start], "bfgs", max_iter=0).record.cost[0] >= 0

    def test_negative_cost_that_is_not_rounding_stays(self):
        class Lowered(Decayed):
            def cost(self, theta):
                return -1.0

        cost = minimize(Lowered(), [0.1], "bfgs", max_iter=0).record.cost[0]
        assert cost == pytest.approx(-1, rel=1e-12)


def test_shows_its_rows_and_where_it_ended() -> None:
    record = run(max_iter=1).record
    first, last = record.objective
    assert repr(record) == f"<record of 2 rows: objective from {first:.6g} to {last:.6g}>"
