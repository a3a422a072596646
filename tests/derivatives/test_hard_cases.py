"""A right gradient never fails, even in hard cases, and is rarely inconclusive.

The constants of the rule were tuned on seed 1 of `gradient_cases`; the seeds here are others.
"""

from __future__ import annotations

from collections import Counter

import pytest

from gradient_cases import hard_cases
from sheernet.derivatives import check_gradient

COUNT = 150


@pytest.mark.slow
@pytest.mark.parametrize("seed", [21, 22])
@pytest.mark.parametrize(("method", "most"), [("auto", 0.005), ("differences", 0.05)])
def test_never_fails_and_is_seldom_undecided(seed, method, most):
    verdicts = Counter[str]()
    for case in hard_cases(seed, COUNT):
        report = check_gradient(case.objective(), case.theta, method=method, extent="entries")
        assert report.verdict != "fail", f"{case}\n{report}"
        assert (report.method == "complex step") == (method == "auto")
        verdicts.update(report.verdicts)
    assert verdicts["inconclusive"] <= most * verdicts.total()


@pytest.mark.slow
@pytest.mark.parametrize("method", ["auto", "differences"])
def test_never_fails_along_directions(method):
    for case in hard_cases(23, 2 * COUNT):
        report = check_gradient(case.objective(), case.theta, method=method, extent="directions")
        assert report.verdict != "fail", f"{case}\n{report}"
