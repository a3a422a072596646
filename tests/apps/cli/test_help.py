"""Help, usage errors, completion and versions."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import sheernet as sn
from both_engines import compiled
from command_lines import FIT, Run

SOURCE = str(Path(sn.__file__).parents[1])


def python(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": SOURCE}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


class TestHelp:
    def test_is_shown_without_arguments(self, run: Run) -> None:
        said = run()
        assert said.code == 2
        assert "Usage: sheernet" in said.out + said.err
        assert "sheernet: " not in said.err

    def test_loads_nothing_heavy(self) -> None:
        heavy = ("numpy", "scipy", "pandas", "matplotlib", "sklearn", "msgspec")
        for words_typed in (["--version"], ["--help"], ["fit", "--help"], ["fit", "x.csv"]):
            code = f"""
import contextlib, io, sys
from sheernet.apps.cli import run
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    run({words_typed})
print([name for name in {heavy} if name in sys.modules])
"""
            assert python(code) == "[]\n", words_typed

    def test_loads_only_the_command_that_runs_and_fit_that_messages_advise(self) -> None:
        for words_typed, modules in (
            (["--version"], []),
            (["summary", "--help"], ["fit", "summary"]),
        ):
            code = f"""
import contextlib, io, sys
from sheernet.apps.cli import run
with contextlib.redirect_stdout(io.StringIO()):
    run({words_typed})
commands = [name for name in sys.modules if name.endswith("_command")]
print(sorted(name.rpartition(".")[2].removesuffix("_command") for name in commands))
"""
            assert python(code) == f"{modules}\n", words_typed


class TestUsage:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--json", *FIT), "--json belongs after the command: sheernet fit --json ..."),
            (("--append", "predict", "m", "d"), "--append belongs after the command: sheernet predict --append ..."),
            (("scores.csv",), ("no command 'scores.csv'; the commands are demo, lesson, page, fit, predict, "
             "importance, effects, profile, optimize, report, summary, check, grade, compare, select and info; for a "
             "table: sheernet fit scores.csv --target COLUMN")),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )  # fmt: skip
    def test_a_word_at_the_wrong_place_gets_the_right_one(
        self, run: Run, arguments: tuple[str, ...], message: str
    ) -> None:
        said = run(*arguments)
        assert said.code == 2
        assert message in said.out + said.err
        assert "--help" not in said.out + said.err


class TestCompletion:
    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_scripts_are_made_for_each_shell(self, shell: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "sheernet"], capture_output=True, text=True, check=False,
            env={"PYTHONPATH": SOURCE, "_SHEERNET_COMPLETE": f"source_{shell}"},
        )  # fmt: skip
        assert "_SHEERNET_COMPLETE" in done.stdout
        assert f"complete_{shell}" in done.stdout

    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_answers_each_shell(self, shell: str) -> None:
        typed = "sheernet fit scores.csv --method lb"
        done = subprocess.run(
            [sys.executable, "-m", "sheernet"], capture_output=True, text=True, check=False,
            env={
                "PYTHONPATH": SOURCE, "_SHEERNET_COMPLETE": f"complete_{shell}", "COMP_WORDS": typed, "COMP_CWORD": "4",
                "_TYPER_COMPLETE_ARGS": typed, "_TYPER_COMPLETE_FISH_ACTION": "get-args",
                "_TYPER_COMPLETE_WORD_TO_COMPLETE": "lb",
            },
        )  # fmt: skip
        assert "lbfgs" in done.stdout
        assert "adam" not in done.stdout
        assert done.stderr == ""


class TestInfo:
    @compiled
    def test_prints_threads_and_instructions_of_the_compiled_engine(self, monkeypatch) -> None:
        monkeypatch.setenv("OMP_NUM_THREADS", "1")
        monkeypatch.setenv("SHEERNET_INSTRUCTION_SET", "baseline")
        facts = sn.engines.describe()
        assert (facts["engine"], facts["instructions"]) == ("compiled", "baseline")
        assert facts["threads"].startswith("1; of BLAS: ")
        assert re.fullmatch(r"built by .*, C\+\+\d\d, .*", facts["C++ code"])
        assert "because" not in facts

    def test_prints_why_the_engine_is_the_reference(self, run: Run, monkeypatch) -> None:
        monkeypatch.delenv("SHEERNET_REQUIRE_COMPILED", raising=False)
        monkeypatch.setattr(sn.engines.native, "NATIVE", None)
        monkeypatch.setattr(sn.engines.native, "WHY_NOT", "there is no compiler")
        said = run("info")
        assert re.search(
            r"^engine +reference\nbecause +there is no compiler$", said.out, re.MULTILINE
        )
        assert "instructions" not in said.out

    def test_imports_none_of_the_packages(self) -> None:
        heavy = ("scipy", "pandas", "sklearn", "matplotlib", "pyarrow", "openpyxl")
        assert (
            python(
                "import sys, sheernet as sn; sn.engines.describe(); "
                f"print([name for name in {heavy} if name in sys.modules])"
            )
            == "[]\n"
        )

    def test_version(self, run: Run) -> None:
        assert run("--version") == (0, f"sheernet {sn.__version__}\n", "")
