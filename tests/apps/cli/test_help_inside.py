"""As test_help.py, by names that are not published."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
import typer

import sheernet as sn
from command_lines import FIT, Run, contents
from sheernet.apps.cli import check_command as check
from sheernet.apps.cli import compare_command as compare
from sheernet.apps.cli import completion
from sheernet.apps.cli import demo_command as demo
from sheernet.apps.cli import effects_command as effects
from sheernet.apps.cli import fit_command as fit
from sheernet.apps.cli import grade_command as grade
from sheernet.apps.cli import importance_command as importance
from sheernet.apps.cli import info_command as info
from sheernet.apps.cli import lesson_command as lesson
from sheernet.apps.cli import optimize_command as optimize
from sheernet.apps.cli import predict_command as predict
from sheernet.apps.cli import profile_command as profile
from sheernet.apps.cli import report_command as report
from sheernet.apps.cli import shared_options as options
from sheernet.apps.cli import summary_command as summary
from sheernet.apps.cli.app import app
from sheernet.apps.cli.info_command import PACKAGES
from sheernet.apps.cli.running import output_for

COMMANDS = {
    "demo": demo,
    "lesson": lesson,
    "fit": fit,
    "predict": predict,
    "effects": effects,
    "report": report,
    "summary": summary,
    "check": check,
    "grade": grade,
    "importance": importance,
    "profile": profile,
    "optimize": optimize,
    "compare": compare,
    "info": info,
}


PARAMETERS = {
    name: {parameter.name: parameter for parameter in command.params}
    for name, command in typer.main.get_command(app).commands.items()
}


def words(text: str) -> str:
    """A help text without boxes, colors and line breaks."""
    return " ".join(re.sub("[│╭╮╰╯─]", " ", colorless(text)).split())


def colorless(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


class TestHelp:
    def test_names_the_commands_in_the_order_of_work(self, run: Run) -> None:
        for words_typed in (("--help",), ("-h",)):
            said = run(*words_typed)
            assert (said.code, said.err) == (0, "")
            found = [word for word in words(said.out).split() if word in COMMANDS]
            assert [name for name in COMMANDS if name in found] == list(COMMANDS)

    @pytest.mark.parametrize("name", ["", *COMMANDS])
    def test_shows_no_type_of_a_flag(self, run: Run, name: str) -> None:
        said = run(*name.split(), "--help")
        assert (said.code, said.err) == (0, "")
        assert "<bool>" not in words(said.out)

    def test_shows_the_few_options_that_most_users_need_first(self, run: Run) -> None:
        text = colorless(run("fit", "--help").out)
        _, main, *advanced = re.split(r"^╭─ (?=Options|Advanced)", text, flags=re.MULTILINE)
        assert main.startswith("Options ─")
        shown = re.findall(r"^│ [* ]  (--[a-z-]+)", main, re.MULTILINE)
        assert shown[-3:] == ["--json", "--quiet", "--help"]
        assert len(shown) <= 14
        assert [part.split(" ─")[0] for part in advanced] == list(options.PANELS[1:])

    @pytest.mark.parametrize("name", COMMANDS)
    def test_shows_default_values_in_words_without_parentheses(self, run: Run, name: str) -> None:
        defaults = re.findall(r"\[default: (.*?)\]", words(run(name, "--help").out))
        assert bool(defaults) is (name not in ("info", "report"))
        for default in defaults:
            assert not set("()[]") & set(default)
            assert default not in ("None", "")

    @pytest.mark.parametrize("name", COMMANDS)
    def test_of_each_command_has_its_options_and_examples(self, run: Run, name: str) -> None:
        said = run(name, "--help")
        assert (said.code, said.err) == (0, "")
        text = words(said.out)
        assert f"Usage: sheernet {name}" in text
        assert not set("{}") & set(text)
        assert not re.search(r"--[-a-z]+ (-\w )?(<int>|N|NUM) ", text)  # one word for numbers
        for parameter in PARAMETERS[name].values():
            if parameter.param_type_name == "option":
                assert max(parameter.opts, key=len) in text
                assert parameter.help, parameter.name
        examples = COMMANDS[name].EXAMPLES.split("\n\n")[1:]
        assert 2 <= len(examples) <= 3
        for example in examples:
            assert example.startswith(f"  sheernet {name}")
            assert words(example) in text

    @pytest.mark.parametrize("name", COMMANDS)
    def test_of_each_command_has_paragraphs_without_line_breaks(self, name: str) -> None:
        command = typer.main.get_command(app).commands[name]
        assert all("\n" not in paragraph for paragraph in command.help.split("\n\n"))
        assert words(command.help) == words(command.callback.__doc__)

    @pytest.mark.parametrize("name", ["fit", "compare"])
    def test_puts_the_options_in_panels(self, run: Run, name: str) -> None:
        text = colorless(run(name, "--help").out)
        panels = [each for each in options.PANELS if name == "fit" or each != options.LARGE]
        assert all(re.search(rf"^╭─ {panel} ─", text, re.MULTILINE) for panel in panels)
        for parameter in PARAMETERS[name].values():
            if parameter.param_type_name == "option" and parameter.name != "help":
                assert parameter.rich_help_panel in options.PANELS

    def test_examples_run(self, run: Run, tmp_path: Path, monkeypatch) -> None:
        """Except those that need other file formats."""
        import shlex

        monkeypatch.setattr("sheernet.apps.html_report.fit_pictures.fit_pictures", lambda *_: {})
        text = (tmp_path / "scores.csv").read_text().splitlines()
        more = [
            f"{text[0]},name,day",
            *(f"{line},n{i % 2},{i % 7}" for i, line in enumerate(text[1:])),
        ]
        for name in ("scores.csv", "new.csv"):
            (tmp_path / name).write_text("\n".join(more) + "\n")
        (tmp_path / "mypackage").mkdir()
        (tmp_path / "mypackage" / "network.py").write_text(
            "problem = (lambda x: float(x @ x)), (lambda x: 2 * x), [1.0, 2.0]\n"
        )
        for module in (fit, predict, check, info):
            for example in module.EXAMPLES.split("\n\n")[1:]:
                if "xlsx" not in example and "parquet" not in example:
                    assert run(*shlex.split(example)[1:]).code == 0, example


class TestUsage:
    @pytest.mark.parametrize(
        ("arguments", "message", "command"),
        [
            (("adapt",), "no command 'adapt'; the commands are demo, lesson, page, fit, predict, importance, ", ""),
            (("predic", "a"), "no such command 'predic'; did you mean 'predict'?", ""),
            (("--colour",), "no such option --colour", ""),
            (("fit",), "Missing argument 'DATA'", " fit"),
            (("fit", "scores.csv"), ("name the column to predict with --target; the columns of scores.csv are asleep, "
             "studying and score"), " fit"),
            (("fit", "no.csv"), "name the column to predict with --target", " fit"),
            (("compare", "model.json"), "name the column to predict with --target", " compare"),
            ((*FIT, "--start", "3"), "No such option: --start (Possible options: ", " fit"),
            ((*FIT, "--hel"), "No such option: --hel (Possible options: ", " fit"),
            ((*FIT, "--threads", "1"), "fit has no --threads: threads is an argument of sheernet.fit", " fit"),
            ((*FIT, "Price", "b"), ("unexpected argument 'Price b'; put names that contain spaces in quotes, and "
             "separate lists by commas"), " fit"),
            ((*FIT, "--missing", "it's"),
             '--missing must be one of impute, drop or refuse, but "it\'s" was given', " fit"),
            (("fit", "scores.csv", "-target", "score"), ("unexpected argument 'score', because -target was read as "
             "-t arget; did you mean --target?"), " fit"),
            (("predict", "model.json", "a.csv", "-output", "b"), ("unexpected argument 'b', because -output was read "
             "as -o utput; did you mean --output?"), " predict"),
            ((*FIT, "-hidden", "3"), "no such option -i; if its name has several letters, it begins with two", " fit"),
            (("select", *FIT[1:4], "--size", "3"), "No such option: --size (Possible options: ", " select"),
            (("fit", "scores.csv", "-t"), "Option '-t' requires an argument", " fit"),
            (("compare", *FIT[1:], "--method", "lm"), "No such option: --method (Possible options: ", " compare"),
            (("predict", "model.json"), "Missing argument 'DATA'", " predict"),
            (("predict", "model.json", "a.csv", "--epochs", "3"), "No such option: --epochs", " predict"),
            (("check", "model.json"), "Missing argument 'DATA'", " check"),
            (("info", "model.json", "more"), "unexpected argument 'more'", " info"),
            (("predict", "model.json", "a.csv", "may.csv"), "there is no file 'may.csv'", " predict"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )  # fmt: skip
    def test_wrong_usage_gives_one_sentence_and_names_the_help(
        self, run: Run, tmp_path: Path, arguments: tuple[str, ...], message: str, command: str
    ) -> None:
        before = contents(tmp_path)
        said = run(*arguments)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(f"sheernet: {message}")
        see = "? See" if message.endswith("?") else "; see"
        assert said.err.endswith(f"{see} sheernet{command} --help\n")
        assert said.err.count("\n") == 1
        assert ".;" not in said.err
        assert contents(tmp_path) == before


CHOICES = {
    "activation": list(sn.activations.ALL),
    "cost": list(sn.costs.ALL),
    "method": ["auto", *sn.optimizers.METHODS],
    "methods": list(sn.optimizers.METHODS),
}


class TestCompletion:
    @pytest.mark.parametrize("name", CHOICES)
    def test_offers_the_library_s_names(self, name: str) -> None:
        command = "compare" if name == "methods" else "fit"
        parameter = PARAMETERS[command][name]
        with typer.main.get_command(app).make_context(
            "sheernet", [command, "--help"], resilient_parsing=True
        ) as context:
            offered = {item.value for item in parameter.shell_complete(context, "")}
            for choice in CHOICES[name]:
                assert choice in offered
                assert choice in {i.value for i in parameter.shell_complete(context, choice[:2])}
            assert parameter.shell_complete(context, "zz") == []

    def test_of_a_list_goes_on_after_a_comma(self) -> None:
        offered = list(completion.completing_list(completion.methods)("lm,l"))
        assert offered == ["lm,lbfgs", "lm,lm"]


class TestInfo:
    def test_prints_versions_engine_and_threads(self, run: Run) -> None:
        said = run("info")
        assert (said.code, said.err) == (0, "")
        facts = dict(re.split(r"\s{2,}", line, maxsplit=1) for line in said.out.splitlines())
        assert facts["sheernet"] == sn.__version__
        assert facts["numpy"] == np.__version__
        assert facts["engine"] == sn.engines.resolve("auto")
        assert facts == run("info", "--json").document["result"]
        assert {
            name: facts[name] for name in facts if name not in PACKAGES
        } == sn.engines.describe()
        for package in PACKAGES:
            try:
                assert facts[package] == metadata.version(package)
            except metadata.PackageNotFoundError:
                assert facts[package] == "not installed"
        assert re.fullmatch(r".*, \d+ processors?(, \d+ usable)?", facts["machine"])
        of_blas = r"of BLAS: (\d+ \(\w+\)(, )?)+; training uses one"
        ours = r"\d+; " if facts["engine"] == "compiled" else ""
        assert re.fullmatch(ours + of_blas, facts["threads"])

    def test_prints_that_a_package_is_not_installed(self, run: Run, monkeypatch) -> None:
        def missing(name: str) -> str:
            raise metadata.PackageNotFoundError(name)

        monkeypatch.setattr(metadata, "version", missing)
        facts = run("info", "--json").document["result"]
        assert {facts[package] for package in PACKAGES} == {"not installed"}


def test_options_by_their_names_in_python_are_those_of_the_command() -> None:
    names = output_for(["predict"]).options
    assert names["missing_values"] == "--missing-values"
    assert names["output"] == "--output"
    assert names["overwrite"] == "--force"
    assert names["max_iter"] == "--max-iter"  # of the fit that made the model
