"""The collection of faults: each is one readable error, shows at every size, and has exactly the kinds it lists."""

from __future__ import annotations

import ast
import dataclasses

import pytest

import sheernet as sn

FAULTS = pytest.mark.parametrize("fault", sn.faults.ALL.values(), ids=lambda fault: fault.name)


class TestBank:
    def test_has_at_least_forty_faults(self) -> None:
        assert len(sn.faults.ALL) >= 46
        assert all(name == fault.name for name, fault in sn.faults.ALL.items())

    def test_counts_no_fault_twice(self) -> None:
        assert len({fault.source for fault in sn.faults.ALL.values()}) == len(sn.faults.ALL)
        assert len({fault.what for fault in sn.faults.ALL.values()}) == len(sn.faults.ALL)

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
