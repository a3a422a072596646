"""As test_location_scale_costs.py, by names that are not published."""

from __future__ import annotations

import pytest

import sheernet as sn
from sheernet import costs


class TestOutputsAndTargets:
    def test_a_cost_of_one_s_own_needs_no_such_attribute(self) -> None:
        class Bare:
            name = "bare"

        assert costs.outputs_per_target(Bare()) == 1  # type: ignore[arg-type]

    @pytest.mark.parametrize("nu", [0.0, -1.0, float("inf"), float("nan")])
    def test_degrees_of_freedom_that_are_not_positive_are_refused(self, nu: float) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"degrees of freedom of student_t must be a positive number, but .* was given",
        ):
            costs.student_t(nu)

    def test_a_name_with_degrees_of_freedom_finds_them_again(self) -> None:
        for nu in (0.25, 1e-3, 1e20, 4.0, 30):
            cost = costs.student_t(nu)
            assert costs.get(cost.name) == cost
        assert costs.student_t() is not costs.ALL["student_t"]
        assert costs.student_t() == costs.ALL["student_t"]
