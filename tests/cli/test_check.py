"""sheernet check: verdicts and their exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_lines import Run

CHECK = ("check", "scores-fit/model.json", "scores.csv")
pytestmark = pytest.mark.usefixtures("fitted")


def test_passes_with_0(run: Run) -> None:
    said = run(*CHECK)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Gradient check: pass (9 pass)")


def test_fails_with_1_where_the_gradient_is_wrong(run: Run, monkeypatch) -> None:
    from sheernet.engines.reference import ReferenceEngine

    original = ReferenceEngine.value_and_gradient

    def wrong(self, theta):
        value, gradient = original(self, theta)
        gradient[0] += 0.5
        return value, gradient

    monkeypatch.setattr(ReferenceEngine, "value_and_gradient", wrong)
    said = run(*CHECK)
    assert said.code == 1
    assert said.out.startswith("Gradient check: FAIL (8 pass, 1 fail)")
    assert "W1[0,0]" in said.out


def test_is_inconclusive_with_3(run: Run, monkeypatch) -> None:
    from sheernet import fitting

    class Doubtful:
        verdict = "inconclusive"

        def __str__(self) -> str:
            return "Gradient check: INCONCLUSIVE"

        def to_dict(self) -> dict[str, str]:
            return {"verdict": self.verdict}

    monkeypatch.setattr(fitting, "check_model", lambda model, table: Doubtful())
    assert run(*CHECK) == (3, "Gradient check: INCONCLUSIVE\n", "")
    said = run(*CHECK, "--json")
    assert said.code == said.document["exit_code"] == 3
    assert said.document["result"] == {"verdict": "inconclusive"}


def test_needs_the_target(run: Run, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("asleep,studying\n1,2\n")
    said = run(*CHECK[:2], "new.csv")
    assert (said.code, said.out) == (2, "")
    assert "score" in said.err


def test_reading_options_arrive(run: Run, tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_bytes(
        "asleep|7,5|8,5|-9\nstudying|1,5|2,5|3,0\nscore|71,0|72,0|80,0\n".encode("latin-1")
    )
    options = (
        "--samples",
        "columns",
        "--separator",
        "|",
        "--decimal",
        ",",
        "--encoding",
        "latin-1",
    )
    assert run(*CHECK[:2], "new.txt", *options).code == 0
    said = run(*CHECK[:2], "new.txt", *options, "--missing-values", "-9")
    assert said.code == 2
    assert "asleep" in said.err
