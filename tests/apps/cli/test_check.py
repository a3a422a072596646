"""sheernet check: verdicts, exit codes, functions of users, and pictures."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from command_lines import Run

CHECK = ("check", "scores-fit/model.json", "scores.csv")
pytestmark = pytest.mark.usefixtures("fitted")

OWN = """
import numpy as np
import sheernet as sn

def f(x): return float(np.sum(x**3))
def grad(x): return 3 * x**2
def wrong(x): return 6 * x**2
def broken(x): raise ValueError("no weights yet")

X = np.array([1.0, 2.0])
problem = sn.Problem(f, grad, X)
pair = (f, grad, X)
named = (f, wrong, X, ["speed", "mass"])
doubtful = (lambda x: float("nan"), grad, X)
fails = (broken, grad, X)
number = 3
short = (f, grad)

def make(): return problem
def make_named(point=(1.0, 2.0)): return (f, wrong, point, ["speed", "mass"])
def needs(n): return problem
def nothing(): pass
def raises(): return 1 / 0

class Home:
    problem = problem
"""


def test_passes_with_0(run: Run) -> None:
    said = run(*CHECK)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Gradient check: pass (9 pass)")


def test_is_inconclusive_with_3(run: Run, monkeypatch) -> None:
    from sheernet import derivatives

    class Doubtful:
        verdict = "inconclusive"

        def __str__(self) -> str:
            return "Gradient check: INCONCLUSIVE"

        def to_dict(self) -> dict[str, str]:
            return {"verdict": self.verdict}

    monkeypatch.setattr(derivatives, "check_gradient", lambda problem, **options: Doubtful())
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
    assert said.code == 0
    assert "missing value is filled" in said.err


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

    @pytest.mark.parametrize("name", ["problem", "pair", "make", "Home.problem"])
    def test_passes_in_each_form(self, run: Run, name: str) -> None:
        said = run("check", "--function", f"mine.net:{name}")
        assert (said.code, said.err) == (0, "")
        assert said.out.startswith("Gradient check: pass (2 pass)")

    @pytest.mark.parametrize("name", ["named", "make_named"])
    def test_fails_with_its_names_and_the_diagnosis(self, run: Run, name: str) -> None:
        said = run("check", "--function", f"mine.net:{name}")
        assert said.code == 1
        for part in ("speed", "mass", "2 times the derivative"):
            assert part in said.out

    def test_is_inconclusive_with_3(self, run: Run) -> None:
        assert run("check", "--function", "mine.net:doubtful").code == 3

    def test_as_json_has_the_whole_report(self, run: Run) -> None:
        document = run("check", "--function", "mine.net:named", "--json").document
        assert (document["command"], document["exit_code"]) == ("check", 1)
        result = document["result"]
        assert result["diagnosis"]["kind"] == "factor"
        assert result["diagnosis"]["factor"] == pytest.approx(2.0)
        assert [row["name"] for row in result["table"]] == ["speed", "mass"]
        along = run(
            "check", "--function", "mine.net:pair", "--json", "--extent", "directions"
        ).document
        assert along["result"]["power"]["probability"] > 0.9
        assert along["result"]["diagnosis"] is None

    def test_method_arrives(self, run: Run) -> None:
        said = run("check", "--function", "mine.net:pair", "--method", "complex")
        assert (said.code, said.out) == (2, "")
        assert "complex_value" in said.err

    @pytest.mark.parametrize(
        ("arguments", "parts"),
        [
            (("mine.net",), ["--function must be package.module:name", "'mine.net'"]),
            (("mine/net.py:problem",), ["--function needs a module, not a file", "mine.net:problem"]),
            ((".net:problem",), ["--function must be package.module:name"]),
            (("mine.net:Home.problems",), ["has no 'Home.problems': did you mean 'problem'?"]),
            (("mine.nets:problem",), ["there is no module 'mine.nets'"]),
            (("nobody.net:problem",), ["there is no module 'nobody.net'", "the folder that holds it"]),
            (("mine.net:problen",), ["mine.net has no 'problen': did you mean 'problem'?"]),
            (("mine.net:number",), ["must be a Problem, a tuple", "it is an object of type int"]),
            (("mine.net:short",), ["it is a tuple of function and function"]),
            (("mine.net:nothing",), ["it returns None"]),
            (("mine.net:needs",), ["needs arguments", "'n'"]),
            (("mine.net:raises",), ["raises ZeroDivisionError: division by zero (net.py, line 23)"]),
            (("mine.net:fails",), ["raises ValueError: no weights yet (net.py, line 8)"]),
            (("mine.torn:f",), ["raises SyntaxError", "torn.py, line 1"]),
            (("mine.lacking:f",), ["raises ModuleNotFoundError", "no_such_package", "lacking.py, line 1"]),
            (("mine.net:pair", "--extent", "all"), ["--extent must be ", "directions", "but 'all' was given; see"]),
            (("mine.net:pair", "--method", "central"), ["--method must be ", "differences", "but 'central' was"]),
            (("mine.net:pair", "model.json"), ["--function cannot be combined with MODEL; give either --function or"]),
            (("mine.net:pair", "--separator", ","), ["--function cannot be combined with --separator; give either"]),
        ],
        ids=lambda value: " ".join(value),
    )  # fmt: skip
    def test_is_refused_in_a_sentence(
        self, run: Run, arguments: tuple[str, ...], parts: list[str]
    ) -> None:
        said = run("check", "--function", *arguments)
        assert (said.code, said.out) == (2, "")
        assert said.err.count("\n") == 1
        for part in parts:
            assert part in said.err


class TestPictures:
    def test_are_drawn_into_a_new_folder(self, run: Run, tmp_path: Path) -> None:
        first = run(*CHECK, "--pictures", "found")
        second = run(*CHECK, "--pictures", "found", "--json")
        assert (first.code, first.err, second.code) == (0, "", 0)
        assert first.out.endswith("\nPictures: found\n")
        assert "inconclusive" not in first.out  # the criterion explains other verdicts than pass
        result = second.document["result"]
        assert result["folder"] == "found-1"
        expected = {
            "gradient_errors.png",
            "gradient_agreement.png",
            "step_errors.png",
        }
        assert (
            set(result["files"])
            == expected
            == {path.name for path in (tmp_path / "found").iterdir()}
        )
        assert result["verdict"] == "pass"

    def test_ctrl_c_during_drawing_keeps_the_results(self, run: Run, monkeypatch) -> None:
        from sheernet import plots

        def pressed(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(plots, "step_errors", pressed)
        said = run(*CHECK, "--pictures", "found", "--json")
        assert said.code == 130
        assert said.document["result"]["verdict"] == "pass"
        assert said.document["result"]["files"] == ["gradient_errors.png", "gradient_agreement.png"]

    def test_need_a_folder_that_can_be_made(self, run: Run) -> None:
        said = run(*CHECK, "--pictures", "scores.csv/found")
        assert said.code == 2


def test_needs_both_a_model_and_a_table(run: Run) -> None:
    said = run("check")
    assert said.err.startswith(
        "sheernet: Missing argument 'MODEL': check takes MODEL and DATA, or --function"
    )
    assert run("check", "model.json", "--json").document["exit_code"] == 2
