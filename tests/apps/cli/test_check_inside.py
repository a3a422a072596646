"""As test_check.py, by names that are not published."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from apps.cli.test_check import CHECK, OWN
from command_lines import Run
from engine_classes import CLASSES

pytestmark = pytest.mark.usefixtures("fitted")


def test_fails_with_1_where_the_gradient_is_wrong(run: Run, monkeypatch) -> None:
    def with_a_wrong_entry(original):
        def wrong(self, theta):
            value, gradient = original(self, theta)
            gradient[0] += 0.5
            return value, gradient

        return wrong

    for engine in CLASSES:
        wrong = with_a_wrong_entry(engine.value_and_gradient)
        monkeypatch.setattr(engine, "value_and_gradient", wrong)
    said = run(*CHECK)
    assert said.code == 1
    assert said.out.startswith("Gradient check: FAIL (8 pass, 1 fail)")
    assert "W1[0,0]" in said.out


class TestFunction:
    """A function of the user, by its name."""

    @pytest.fixture(autouse=True)
    def own(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "__init__.py").touch()
        (tmp_path / "mine" / "net.py").write_text(OWN)
        (tmp_path / "mine" / "torn.py").write_text("def f(:\n")
        (tmp_path / "mine" / "lacking.py").write_text("import no_such_package\n")
        path = list(sys.path)
        yield
        assert sys.path == path
        for name in [name for name in sys.modules if name.partition(".")[0] == "mine"]:
            del sys.modules[name]

    def test_a_bug_of_sheernet_keeps_its_traceback(self, run: Run, monkeypatch) -> None:
        from sheernet.derivatives.check import gradient_report as report

        monkeypatch.setattr(report, "_emphasized", None)
        said = run("check", "--function", "mine.net:pair")
        assert said.code == 70
        assert said.err.startswith("Traceback (most recent call last):\n")


class TestPictures:
    def test_that_do_not_apply_are_left_out_with_a_note(
        self, run: Run, tmp_path: Path, monkeypatch
    ) -> None:
        from sheernet.apps.cli import pictures

        monkeypatch.setattr(pictures, "PATIENCE", 0.0)
        said = run(*CHECK, "--pictures", "found", "--extent", "directions")
        assert said.code == 0
        assert "gradient_errors.png is left out: it needs a check with --extent entries" in said.err
        assert "step_errors.png is left out: it would take about" in said.err
        assert {path.name for path in (tmp_path / "found").iterdir()} == {
            "gradient_agreement.png",
        }
