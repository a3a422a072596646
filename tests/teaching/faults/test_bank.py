"""The collection of faults: each is one readable error, shows at every size, and has exactly the kinds it lists."""

from __future__ import annotations

import ast
import dataclasses

import numpy as np
import pytest

import sheernet as sn
from teaching.faults.cases import fault_case
from teaching.faults.kinds import TRUE, differ, kinds_of, right_gradient

SIZES = (13, 1000, 20000)
SEEDS = range(6)
FAULTS = pytest.mark.parametrize("fault", sn.faults.ALL.values(), ids=lambda fault: fault.name)


class TestBank:
    def test_has_at_least_forty_faults(self) -> None:
        assert len(sn.faults.ALL) >= 46
        assert all(name == fault.name for name, fault in sn.faults.ALL.items())

    def test_counts_no_fault_twice(self) -> None:
        assert len({fault.source for fault in sn.faults.ALL.values()}) == len(sn.faults.ALL)
        assert len({fault.what for fault in sn.faults.ALL.values()}) == len(sn.faults.ALL)

    def test_loses_none_to_an_equal_name(self) -> None:
        parts = (sn.faults.totals, sn.faults.blocks, sn.faults.passes, sn.faults.rules)
        assert len(sn.faults.ALL) == sum(
            len(part.FAULTS) for part in (*parts, sn.faults.saturation)
        )

    def test_has_a_name_for_most_of_them(self) -> None:
        assert sum(bool(fault.kinds) for fault in sn.faults.ALL.values()) >= 0.75 * len(
            sn.faults.ALL
        )
        assert {kind for fault in sn.faults.ALL.values() for kind in fault.kinds} == set(
            sn.faults.KINDS
        )

    def test_has_a_wrong_rule_for_every_activation_and_every_cost(self) -> None:
        written = {fault.setting["hidden"] for fault in sn.faults.ALL.values()}
        assert written == set(sn.faults.backpropagation.DERIVATIVES) - {"exp"}
        assert {fault.setting["cost"] for fault in sn.faults.ALL.values()} == set(sn.costs.ALL)
        changed = {
            fault.code.partition("(")[0].removeprefix("def ") for fault in sn.faults.ALL.values()
        }
        rules = {
            node.name
            for node in ast.parse(next(iter(sn.faults.ALL.values())).source).body
            if isinstance(node, ast.FunctionDef) and node.name.endswith(("_derivative", "_delta"))
        }
        assert rules - changed == {"output_delta", "exp_derivative"}


@FAULTS
class TestEachFault:
    def test_is_one_change_that_a_learner_can_read(self, fault: sn.faults.Fault) -> None:
        assert fault.source.count(fault.new) == 1
        assert fault.new in fault.code
        lines = [line.strip() for line in fault.line.splitlines()]
        assert lines
        assert set(lines) <= {line.strip() for line in fault.code.splitlines()}
        assert isinstance(ast.parse(fault.code).body[0], ast.FunctionDef)
        assert fault.what.endswith(".")
        assert len(fault.line.splitlines()) <= 5

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


class TestRefusals:
    def test_of_an_expression_that_is_not_there_once(self) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"once in .* but occurs 0 times; give more or less"
        ):
            sn.faults.Fault("no", "Nothing.", (), "delta of nothing", "0.0")
        with pytest.raises(sn.InvalidInput, match=r"once in .* but occurs \d\d times"):
            sn.faults.Fault("many", "Everything.", (), "return ", "return -")

    @pytest.mark.parametrize("wrong", [{"kinds": ("bias",)}, {"setting": {"bias ": True}}])
    def test_of_a_kind_or_a_setting_that_is_not_known(self, wrong: dict[str, object]) -> None:
        with pytest.raises(sn.InvalidInput, match=r"names 'bias ?', which is not known; kinds"):
            dataclasses.replace(sn.faults.ALL["sign"], **wrong)

    def test_of_a_change_outside_of_functions(self) -> None:
        fault = sn.faults.Fault(
            "exp", "A rule.", (), '"exp": exp_derivative', '"exp": silu_derivative'
        )
        with pytest.raises(sn.InvalidInput, match="changes code outside of functions"):
            fault.code  # noqa: B018

    def test_settings_are_complete(self) -> None:
        assert all(set(fault.setting) == set(sn.faults.SETTING) for fault in sn.faults.ALL.values())
