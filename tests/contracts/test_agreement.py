"""Laws 4 and 7 of the contract over 500 random problems: equal bits for all numbers of threads, and engines agree.

The problems come from fixed seeds.  Most are small, of all kinds; the last ones have enough rows for several chunks, so
that several threads take part.  A failure reports the largest error in units of the allowed error, and its location.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import SETS
from both_engines import compiled as needs_compiled
from contracts import laws
from contracts.cases import Case, random_cases

pytestmark = needs_compiled

ALLOWED = 1e-12
"""Of the scale of each number: the sum of the absolute terms where it has one, else the largest of its kind."""
SEVERAL_CHUNKS = 4e6
"""Operations, 6 N P, from which on there are at least two chunks: kSmallChunk of native/objective.hpp, twice."""


def evaluated(case: Case, engine: str, **how: Any) -> dict[str, np.ndarray]:
    """All that an engine finds, number by number."""
    calls = laws.evaluations(case.objective(engine, **how), case.theta, laws.direction(case))
    found = {}
    for name, call in calls.items():
        result = call()
        parts = result if isinstance(result, tuple) else (result,)
        found |= {f"{name}[{i}]": np.asarray(part) for i, part in enumerate(parts)}
    return found


@cache
def problems() -> list[Case]:
    small = random_cases(91, 400), random_cases(92, 90, width=9, rows=40)
    large = random_cases(98, 10, width=13, rows=4000, fewest_rows=3000, hidden_layers=(2, 3))
    return [case for cases in (*small, large) for case in cases]


@cache
def references() -> list[tuple[dict[str, np.ndarray], dict[str, Any]]]:
    """What the reference engine finds, and the scale of each number."""
    both = []
    for case in problems():
        found = evaluated(case, "reference")
        found["outputs"] = sn.forward(case.architecture, case.theta, case.X).activations[-1]
        both.append((found, _scales(case, found)))
    return both


def _scales(case: Case, found: dict[str, np.ndarray]) -> dict[str, Any]:
    values = ("value[0]", "value_and_gradient[0]", "gauss_newton[0]", "terms[0]", "terms[2]")
    gradients = ("value_and_gradient[1]", "gauss_newton[1]", "gradient_magnitude[0]")
    scales = {name: np.abs(found[name]).max(initial=0.0) + laws.UNSEEN for name in found}
    scales |= dict.fromkeys(values, found["terms[2]"])
    return scales | dict.fromkeys(gradients, laws.gradient_scale(case))


def test_are_500_and_some_have_several_chunks() -> None:
    assert len(problems()) == 500
    assert sum(6 * len(c.X) * c.theta.size >= SEVERAL_CHUNKS for c in problems()) >= 5


@pytest.mark.parametrize("instructions", SETS)
def test_engines_agree(instructions: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """7: values to 1e-12 of their terms, gradients entry by entry, all else to 1e-12 of its largest."""
    monkeypatch.setenv("SHEERNET_INSTRUCTION_SET", instructions)
    worst, where = 0.0, ""
    for case, (reference, scales) in zip(problems(), references(), strict=True):
        ours = evaluated(case, "compiled", threads=1)
        ours["outputs"] = sn.engines.predict(case.architecture, case.theta, case.X)
        assert ours.keys() == reference.keys()
        for name, number in ours.items():
            ratio = laws.relative(number - reference[name], scales[name]) / ALLOWED
            if not ratio <= worst:  # so that nan counts
                worst, where = ratio, f"{name} of {case}"
    assert worst <= 1.0, f"{worst:.3g} times what is allowed: {where}"


@pytest.mark.parametrize("instructions", SETS)
def test_threads_change_no_bit(instructions: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """4: the same bits with one thread, two and three."""
    monkeypatch.setenv("SHEERNET_INSTRUCTION_SET", instructions)
    worst, where = 0.0, ""
    for case in problems():
        alone = evaluated(case, "compiled", threads=1)
        for threads in (2, 3):
            together = evaluated(case, "compiled", threads=threads)
            for name, number in alone.items():
                if number.tobytes() == together[name].tobytes():
                    continue
                ratio = laws.relative(number - together[name], np.abs(number).max())
                if not ratio < worst or not where:
                    worst, where = ratio, f"{name}, {threads} threads, of {case}"
    assert not where, f"apart by {worst:.3g} of the largest: {where}"
