"""The program that the page shows repeats the run, bit by bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sheernet.apps.page import protocol as p
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_table import exercise_with
from sheernet.apps.page.session import Session

OWN = "a,b,kind,y\n" + "\n".join(
    f"{i},{(i * 7) % 11},{'uvw'[i % 3]},{'' if i == 4 else (i * 5) % 17 / 3}" for i in range(60)
)
CASES: dict[str, dict[str, Any]] = {
    "sleep study": {"scaling": "none", "hidden": (3,), "bias": False, "reduction": "sum", "output": "sigmoid"},
    "xor": {"data": "xor", "hidden": (2,), "method": "gd", "options": {"learning_rate": 0.5}, "max_iter": 50},
    "a cost that jumps": {"scaling": "none", "hidden": (3,), "activation": "sigmoid", "output": "sigmoid",
                          "bias": False, "reduction": "sum", "scheme": "uniform", "method": "gd",
                          "options": {"learning_rate": 40.0}, "max_iter": 5},
    "starts": {"data": "xor", "hidden": (2,), "method": "bfgs", "starts": 3, "max_iter": 30},
    "classes in shares": {"data": "two spirals", "hidden": (4,), "validation": 0.2, "test": 0.2, "max_iter": 30,
                          "regularization": "decay", "decay": 1e-3, "method": "lm"},
    "patience": {"data": "sine", "hidden": (6,), "validation": 0.4, "patience": 5, "method": "bfgs", "skip": True},
    "evidence": {"data": "sine", "hidden": (3,), "regularization": "evidence", "method": "bfgs", "max_iter": 300},
    "own table": {"missing": "drop", "hidden": (3,), "test": 0.25, "method": "lbfgs", "max_iter": 25},
    "own table, filled": {"missing": "impute", "inputs": ("b", "kind"), "hidden": (), "scaling": "minmax",
                          "cost": "huber", "max_iter": 20},
}  # fmt: skip


def opened(name: str) -> Session:
    exercise = Exercise(**CASES[name])
    if name.startswith("own"):
        exercise = exercise_with(exercise, OWN.encode(), "own.csv")
    return Session(exercise)


def result(program: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The weights that a program ends at."""
    (folder / "own.csv").write_text(OWN)
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(program, "run.py", "exec"), names)
    return names["weights"]


@pytest.mark.parametrize("name", list(CASES))
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")  # notices about the table
def test_the_program_ends_at_the_weights_of_the_page(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(name)
    if name not in ("starts", "evidence"):
        session.command(p.StepOn(n=4))
        assert session.wait()
        found = result(session.script(), tmp_path, monkeypatch)
        assert np.array_equal(found, session.moment.theta)
    session.command(p.Play())
    assert session.wait()
    found = result(session.script(), tmp_path, monkeypatch)
    assert np.array_equal(found, session.moment.theta)
    session.close()


def test_after_a_weight_was_set_the_program_begins_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened("sleep study")
    session.command(p.SetWeight(index=2, value=0.1))
    session.command(p.Play())
    assert session.wait()
    assert "not drawn at random" in session.script()
    assert np.array_equal(result(session.script(), tmp_path, monkeypatch), session.moment.theta)
    session.close()


def test_a_title_cannot_become_code() -> None:
    session = Session(Exercise(title='"""\nimport os  # \\', data="xor"))
    program = session.script()
    assert (
        program.splitlines()[0]
        == '"""import os  # : the run of the page of sheernet 0.1.0, in Python."""'
    )
    compile(program, "run.py", "exec")
    session.close()


def test_a_name_of_a_column_cannot_become_code() -> None:
    content = b"\"a');import os;('\",y\n" + b"\n".join(b"%d,%d" % (i, i * i % 7) for i in range(30))
    session = Session(exercise_with(Exercise(inputs=None), content, "x'y.csv"))
    session.command(p.ChangeSettings(values={"inputs": ["a');import os;('"]}))
    program = session.script()
    code = compile(program, "run.py", "exec")
    assert "os" not in code.co_names
    session.close()
