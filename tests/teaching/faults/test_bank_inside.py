"""As test_bank.py, by names that are not published."""

from __future__ import annotations

import dataclasses

import numpy as np

import sheernet as sn
from teaching.faults.cases import fault_case
from teaching.faults.kinds import TRUE, differ, kinds_of, right_gradient
from teaching.faults.test_bank import FAULTS

SIZES = (13, 1000, 20000)


SEEDS = range(6)


class TestBank:
    def test_loses_none_to_an_equal_name(self) -> None:
        parts = (sn.faults.totals, sn.faults.blocks, sn.faults.passes, sn.faults.rules)
        assert len(sn.faults.ALL) == sum(
            len(part.FAULTS) for part in (*parts, sn.faults.saturation)
        )


@FAULTS
class TestEachFault:
    def test_shows_at_every_size(self, fault: sn.faults.Fault) -> None:
        for size in SIZES:
            objective, theta = fault_case(fault, size, seed=0)
            assert theta.size == size
            g, n = fault.gradient(objective, theta), right_gradient(objective, theta)
            assert (np.abs(g - n) > 1e-6 * np.maximum(np.abs(g), np.abs(n))).any()
            assert np.isfinite(objective.value(theta))

    def test_is_of_the_kinds_it_says_and_of_no_other(self, fault: sn.faults.Fault) -> None:
        """A kind that it shows at some points only is a coincidence."""
        cases = [fault_case(fault, size, seed) for seed in SEEDS for size in SIZES[:2]]
        cases.append(fault_case(fault, SIZES[2], seed=0))
        always = set.intersection(*(kinds_of(fault, *case) for case in cases))
        assert always == set(fault.kinds)


class TestKinds:
    def test_all_have_a_rule_here(self) -> None:
        assert {name.replace("_", " ") for name in TRUE} | {"saturation"} == set(sn.faults.KINDS)

    def test_tell_entries_apart_that_differ(self) -> None:
        g = np.array([1.0, 1.0 + 1e-12, 1.1, np.nan, 0.0])
        assert differ(g, np.array([1.0, 1.0, 1.0, 1.0, 0.0])).tolist() == [
            False,
            False,
            True,
            True,
            False,
        ]


class TestProblem:
    def test_has_everything_of_the_objective_but_its_gradient(self) -> None:
        fault = sn.faults.ALL["factor 2"]
        objective, theta = fault_case(fault, 13, seed=1)
        wrong, right = (
            sn.faults.problem(fault, objective, theta),
            sn.Problem.from_objective(objective, theta),
        )
        same = {f.name for f in dataclasses.fields(wrong)} - {
            "value", "gradient", "value_and_gradient", "magnitude", "x", "decay",
        }  # fmt: skip
        for name in same:
            assert getattr(wrong, name) == getattr(right, name), name
        assert wrong.value(theta) == right.value(theta) == wrong.value_and_gradient(theta)[0]  # type: ignore[misc]
        assert np.array_equal(wrong.decay, right.decay)  # type: ignore[arg-type]
        assert np.allclose(wrong.gradient(theta), 2.0 * np.asarray(right.gradient(theta)))
        assert np.array_equal(wrong.gradient(theta), wrong.value_and_gradient(theta)[1])  # type: ignore[misc]

    def test_overflow_is_no_exception(self) -> None:
        fault = sn.faults.ALL["poisson with f'"]
        objective, theta = fault_case(fault, 13, seed=1)
        assert not np.isfinite(fault.gradient(objective, 1e4 * theta)).all()
