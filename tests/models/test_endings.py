"""How training ended: the report, the summary, the notebook and report.html say the same of the same networks."""

from __future__ import annotations

import dataclasses
import html

import numpy as np
import pytest

import sheernet as sn
from sheernet.apps.html_report.report_document import report_document
from sheernet.models.endings import ending, outcome
from sheernet.optimizers import TERMINATIONS, Termination

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 3))
TABLE = {**{f"x{j}": X[:, j] for j in range(3)}, "y": X[:, 0] + 0.5 * rng.normal(size=60)}
CUT = sn.fit(TABLE, "y", hidden=4, decay=1e-3, max_iter=2, starts=1, held_out=0)


def in_a_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("reason", [r for r in TERMINATIONS if r != "validation_patience"])
def test_of_one_network_is_told_alike_by_all(reason: str) -> None:
    member = dataclasses.replace(CUT.leading, termination=Termination(reason))
    model = dataclasses.replace(CUT, members=(member,))
    words = outcome(member)
    assert words.startswith("converged (") == member.termination.converged
    assert f"Stopped {words}: " in in_a_line(model.report())
    assert any(f"ended: {words}; the weights may be off" in c for c in model.summary().cautions)
    assert f"{words}: " in in_a_line(model._repr_html_())
    assert f"Training: {words}: " in in_a_line(html.unescape(report_document(model)))


@pytest.mark.parametrize("settings", [{"decay": "cv"}, {"decay": 1e-4}, {}])
def test_of_every_way_to_choose_is_counted_alike(settings: dict[str, object]) -> None:
    model = sn.fit(TABLE, "y", **settings)
    converged = sum(member.termination.converged for member in model.members)
    for k, member in enumerate(model.members):
        cautions = [c for c in model.summary(member=k).cautions if "off the optimum" in c]
        assert all(f"ended: {outcome(member)};" in caution for caution in cautions)
    told = f"{converged} of {len(model.members)} member" if not settings else outcome(model.leading)
    assert ending(model).startswith(told)
    assert in_a_line(ending(model)) in in_a_line(model.report(verbose=True))
