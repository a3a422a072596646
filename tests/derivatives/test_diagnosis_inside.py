"""As test_diagnosis.py, by names that are not published."""

from __future__ import annotations

from math import ceil, log2

import pytest

from sheernet import faults
from sheernet.derivatives import check_gradient
from sheernet.derivatives.check.bisection import MAX_FOUND_ENTRIES
from sheernet.derivatives.comparisons import K_DIRECTIONS
from sheernet.derivatives.diagnosis.factor_hypotheses import factor_in_words, is_plain
from teaching.faults.cases import fault_case
from teaching.faults.kinds import kinds_of

BELOW_DIFFERENCES = {"tanh' as 1 - a^2", "sigmoid' as a (1 - a)", "tanh' cut off"}
"""Faults of derivatives near 1e-26, too small for differences."""


FAULTS = pytest.mark.parametrize("name", list(faults.ALL))


SEED = 7


def checked(name, size, method="auto", extent="directions"):
    """The report on a fault, its kind of mistake, and whether that is correct."""
    fault = faults.ALL[name]
    objective, theta = fault_case(fault, size, SEED)
    problem = faults.problem(fault, objective, theta)
    report = check_gradient(problem, method=method, extent=extent)
    kind = None if report.diagnosis is None else report.diagnosis.kind
    true = kind is None or kind in fault.kinds or kind in kinds_of(fault, objective, theta)
    return report, kind, true


class TestTheBank:
    @FAULTS
    @pytest.mark.parametrize("size", [13, 1000, 20000])
    def test_fails_along_directions_with_a_correct_diagnosis(self, name, size):
        report, kind, true = checked(name, size)
        assert report.verdict == "fail"
        assert report.method == "complex step"
        assert true, f"{name} is not {kind}"
        assert kind is not None or not faults.ALL[name].kinds
        blocks = len(fault_case(faults.ALL[name], size, SEED)[0].blocks)
        assert len(report.names) <= K_DIRECTIONS + blocks + MAX_FOUND_ENTRIES

    @FAULTS
    def test_fails_entry_by_entry_with_a_correct_diagnosis(self, name):
        report, kind, true = checked(name, 13, extent="entries")
        assert report.verdict == "fail"
        assert true, f"{name} is not {kind}"
        assert kind is not None or not faults.ALL[name].kinds

    @pytest.mark.parametrize("name", sorted(set(faults.ALL) - BELOW_DIFFERENCES))
    @pytest.mark.parametrize(
        ("size", "extent"), [(13, "entries"), (13, "directions"), (1000, "directions")]
    )
    def test_fails_by_differences_too(self, name, size, extent):
        report, kind, true = checked(name, size, "differences", extent)
        assert report.verdict == "fail"
        assert true, f"{name} is not {kind}"

    def test_evaluations_are_bounded(self):
        for name, fault in faults.ALL.items():
            for size in (13, 1000):
                report, _, _ = checked(name, size)
                blocks = len(fault_case(fault, size, SEED)[0].blocks)
                named = max(1, len(report.names) - K_DIRECTIONS - blocks)
                allowed = K_DIRECTIONS + blocks + 4 * ceil(log2(size)) * named
                assert report.evaluations <= allowed, name

    def test_is_named_for_most(self):
        named = sum(checked(name, 13)[1] is not None for name in faults.ALL)
        assert named >= 0.75 * len(faults.ALL)


class TestNaming:
    def test_names_numbers_that_have_one(self):
        constants = {"N": 40, "K": 2}
        assert factor_in_words(80.0, constants) == "80 (that is 2N or N K)"
        assert factor_in_words(-2.0, constants) == "-2 (that is -K)"
        assert factor_in_words(1.0, {"K": 1}) == "1"

    def test_plain_numbers_are_those_that_people_write(self):
        assert all(is_plain(c, {}) for c in (2.0, -3.0, 1 / 12, 12.0))
        assert not any(is_plain(c, {"N": 7.7}) for c in (0.0, 1.2, 13.0, 2.001))
        assert is_plain(-1 / 7.7, {"N": 7.7})
