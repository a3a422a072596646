"""docs/coming-from/scikit-learn.md: its code runs and prints the page's figures, and every name in it exists."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import sheernet as sn

pytest.importorskip("sklearn")

PAGE = Path(__file__).parents[3] / "docs" / "coming-from" / "scikit-learn.md"
TEXT = PAGE.read_text(encoding="utf-8")


@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")  # scikit-learn's, as the page says
def test_its_code_runs(capsys, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    space: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE):
        exec(compile(block, str(PAGE), "exec"), space)  # each block continues the ones before it
    said = capsys.readouterr().out
    score, rounding, theirs, ours = re.findall(
        r": ?([\d.e-]+)$|by ([\d.e-]+)$", said, re.MULTILINE
    )[:4]
    assert score[0] == "0.965"
    assert float(rounding[1]) < 1e-11
    assert float(theirs[0]) > 0.01
    assert float(ours[0]) < 1e-6
    assert "Converged" in said
    assert [path.name for path in tmp_path.iterdir()] == ["iris.json"]


def test_parameters_and_attributes_exist() -> None:
    new = TEXT[TEXT.index("## What is new") : TEXT.index("## Time")]
    parameters = inspect.signature(sn.MLPClassifier).parameters
    arguments = inspect.signature(sn.MLPClassifier.fit).parameters
    fitted = sn.MLPClassifier((2,), "tanh", solver="lbfgs", max_iter=1000, random_state=0).fit(
        [[0.0], [1.0], [2.0]], [0, 1, 0]
    )
    column = "".join(re.findall(r"^\|([^|]*)\|", new, re.MULTILINE))
    names = re.findall(r"(\w+)=|`(\w+)(?:\(\w*\))?`", column)
    assert len(names) > 12
    for name in {a or b for a, b in names} - {"fit", "lm", "auto"}:
        assert name in parameters or name in arguments or hasattr(fitted, name), name
