"""As test_fit.py, by names that are not published."""

from __future__ import annotations

import builtins
import dataclasses
import errno
import json
import re
import shlex
import shutil
from pathlib import Path
from unittest.mock import Mock

import pytest

import sheernet as sn
from apps.cli.test_fit import REGRESSION, files
from command_lines import FIT, OLD_PICTURE, QUICK, Run, contents
from random_models import random_member, replaced
from sheernet.apps.cli.option_names import speller
from sheernet.apps.cli.running import output_for
from sheernet.apps.html_report.fit_pictures import fit_pictures
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.fitting import prepare
from sheernet.models.report import text
from sheernet.settings.fit_settings import FitSettings


def as_options(model: sn.Model) -> str:
    """The report of a loaded model with the options of fit; a file keeps its message in Python's words."""
    said = text(model, speller(output_for(FIT).options))
    return said.replace("increase max_iter.", "increase --max-iter.")


def saved(folder: str, n_pictures: int = 0) -> str:
    """The last lines of the output."""
    pictures = f", {counted(n_pictures, 'picture')}" if n_pictures else ""
    model = shlex.quote(str(Path(folder) / "model.json"))
    return (
        f"\nSaved       {Path(folder)}: model.json, rows.csv, report.html{pictures}\n"
        f"More        sheernet report {model} --verbose\n"
    )


class TestResults:
    def test_of_regression(self, run: Run, tmp_path: Path) -> None:
        said = run(*FIT)
        assert (said.code, said.err) == (0, "")
        assert {p.name for p in (tmp_path / "scores-fit").iterdir()} == files(
            *REGRESSION, "response_surface", "effects"
        )
        model = sn.load("scores-fit/model.json")
        assert said.out == as_options(model) + saved("scores-fit", 7)
        assert "increase --max-iter." in said.out
        assert model.held_out_fit.rows == 10
        again = run("info", "scores-fit/model.json")
        assert again.out == text(model, speller(output_for(FIT).options)) + "\n"
        for picture in (tmp_path / "scores-fit").glob("*.png"):
            assert picture.read_bytes().startswith(b"\x89PNG")

    def test_of_networks_that_the_data_chose_have_no_picture_of_a_polishing(self, run: Run) -> None:
        run(*FIT)
        model = sn.load("scores-fit/model.json")
        prepared = prepare("scores.csv", "score", FitSettings().rows, 0)
        assert {"cost", "starts"} < set(fit_pictures(model, prepared))
        chosen = fit_pictures(replaced(model, evidence={"effective_parameters": 3.0}), prepared)
        assert set(fit_pictures(model, prepared)) - set(chosen) == {"cost", "starts"}

    def test_of_a_network_that_predicts_scales_name_these_outputs(
        self, run: Run, tmp_path: Path
    ) -> None:
        run(*FIT)
        model = sn.load("scores-fit/model.json")
        prepared = prepare("scores.csv", "score", FitSettings().rows, 0)
        member = random_member(sn.Architecture((2, 3, 2)), 0, 1.0, "gaussian_nll")
        scaled = dataclasses.replace(model, members=(member,))
        ax = fit_pictures(scaled, prepared)["network"]()
        texts = [text.get_text() for text in ax.texts]
        assert "score" in texts
        # The label is wrapped.
        assert "log squared scale of score" in " ".join(" ".join(texts).split())

    @pytest.mark.usefixtures("without_pictures")
    def test_go_to_a_new_folder_each_time(self, run: Run, tmp_path: Path) -> None:
        assert run(*FIT).code == 0
        before = contents(tmp_path)
        assert run(*FIT).out.endswith(saved("scores-fit-1"))
        assert run(*FIT).out.endswith(saved("scores-fit-2"))
        after = contents(tmp_path)
        assert {name: after[name] for name in before} == before
        assert set(after) - set(before) == {
            f"scores-fit-{i}{name}"
            for i in (1, 2)
            for name in ("", "/model.json", "/report.html", "/rows.csv")
        }

    @pytest.mark.usefixtures("without_pictures")
    def test_go_to_the_folder_of_output(self, run: Run, tmp_path: Path) -> None:
        for name in ("my dir/größe/out", "my dir/größe/out-1"):
            said = run(*FIT, "-o", "my dir/größe/out")
            assert said.out.endswith(saved(name))
            assert (tmp_path / name / "model.json").is_file()

    @pytest.mark.usefixtures("without_pictures")
    def test_force_overwrites_a_folder_s_files_and_no_others(
        self, run: Run, tmp_path: Path
    ) -> None:
        assert run(*FIT).code == 0
        folder = tmp_path / "scores-fit"
        (folder / "mine.txt").write_text("mine")
        (folder / "confusion.png").write_text(OLD_PICTURE)
        (folder / "network.png").write_text("of someone else")
        old = (folder / "model.json").read_bytes()
        said = run(*FIT, "--seed", "5", "--force")
        assert said.code == 0
        assert said.out.endswith(saved("scores-fit"))
        assert said.err == (
            f"sheernet: notice: {Path('scores-fit/confusion.png')} from an earlier run was removed\n"
        )
        assert (folder / "model.json").read_bytes() != old
        assert "seed=5" in (folder / "report.html").read_text("utf-8")
        assert (folder / "mine.txt").read_text() == "mine"
        assert set(contents(tmp_path)) == {
            "scores.csv", "flowers.csv", "scores-fit", "scores-fit/model.json", "scores-fit/mine.txt",
            "scores-fit/network.png", "scores-fit/report.html", "scores-fit/rows.csv",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("error", "code", "new"),
        [(ValueError("why"), 0, {"cost", "starts"}), (KeyboardInterrupt(), 130, {"cost"})],
        ids=["failure", "interrupt"],
    )
    def test_force_leaves_no_picture_of_an_earlier_model(
        self, run: Run, tmp_path: Path, monkeypatch, error: BaseException, code: int, new: set[str]
    ) -> None:
        from sheernet.apps.cli import pictures
        from sheernet.apps.html_report import fit_pictures as of_fits
        from sheernet.plots import picture_file

        def broken() -> None:
            raise error

        made = {"cost": object, "network": broken, "starts": object}
        monkeypatch.setattr(of_fits, "fit_pictures", lambda *_: made)
        monkeypatch.setattr(picture_file, "render", lambda picture, path: (b"new", set()))
        folder = tmp_path / "scores-fit"
        folder.mkdir()
        for name in (*pictures.ALL, "comparison", "mine"):
            (folder / f"{name}.png").write_text(OLD_PICTURE)
        said = run(*FIT, "--force")
        assert said.code == code
        left = {path.stem: path.read_text() for path in folder.glob("*.png")}
        assert left == {**dict.fromkeys(new, "new"), "comparison": OLD_PICTURE, "mine": OLD_PICTURE}
        assert said.err.count("from an earlier run was removed\n") == len(pictures.ALL) - len(new)


@pytest.mark.usefixtures("without_pictures")
class TestOptions:
    def test_a_column_with_a_comma_in_its_name_is_found(self, run: Run, tmp_path: Path) -> None:
        text = (tmp_path / "scores.csv").read_text()
        (tmp_path / "scores.csv").write_text(text.replace("asleep", '"asleep, h"', 1))
        for given in ("asleep, h", '"asleep, h",studying', "studying"):
            assert run(*FIT, "--inputs", given, "--force").code == 0
            names = sn.load("scores-fit/model.json").inputs.names
            assert names == tuple(name for name in ("asleep, h", "studying") if name in given)

    @pytest.mark.parametrize("options", [(), ("--json",)])
    def test_the_notices_of_reading_are_in_the_report_and_printed_once(
        self, run: Run, tmp_path: Path, options: tuple[str, ...]
    ) -> None:
        text = (tmp_path / "scores.csv").read_text()
        (tmp_path / "scores.csv").write_text(f"Scores of 2024\n{text}")
        said = run(*FIT, *options)
        title = "line above the table of scores.csv"
        assert (said.out + said.err).count(title) == 1
        assert sum(title in notice for notice in sn.load("scores-fit/model.json").notices) == 1
        if options:
            assert title in said.document["result"]["notices"][0]
        else:
            assert title in said.out


class TestNotes:
    @pytest.mark.usefixtures("without_pictures")
    def test_name_options_wherever_their_lines_break(self, run: Run, tmp_path: Path) -> None:
        text = (tmp_path / "scores.csv").read_text().splitlines()
        for length in range(1, 40, 3):
            name = "n" * length
            named = [f"{text[0]},{name}", *(f"{line},n{i}" for i, line in enumerate(text[1:]))]
            (tmp_path / "scores.csv").write_text("\n".join(named) + "\n")
            said = run(
                "fit",
                "scores.csv",
                "-t",
                "score",
                "--hidden",
                "1",
                "--starts",
                "1",
                "--max-iter",
                "1",
                "-q",
            )
            assert (
                f"Notice '{name}' is left out: its 40 values are all different; "
                "name it in --inputs with --rare 0 to keep it Stopped "
            ) in " ".join(said.out.split())
            assert max(map(len, said.out.splitlines())) <= 100

    @pytest.mark.usefixtures("without_pictures")
    def test_of_training_are_one_line_each(self, run: Run, monkeypatch) -> None:
        import warnings

        from sheernet.models.fitting import table_fit

        original = table_fit.train

        def warned(*arguments, **more):
            for _ in range(2):
                text = sentence("{} is small", Setting("max_iter"))
                warnings.warn(sn.SheernetWarning(text), stacklevel=1)
            return original(*arguments, **more)

        monkeypatch.setattr(table_fit, "train", warned)
        told = [word for word in FIT if word != "--quiet"]
        assert run(*told).err.endswith("sheernet: notice: --max-iter is small\n")
        assert run(*FIT, "--force").err == ""

    def test_a_missing_matplotlib_is_a_note(self, run: Run, tmp_path: Path, monkeypatch) -> None:
        from sheernet.foundation import optional

        original = optional.importlib.import_module

        def without(name: str, package: str | None = None):
            if name.startswith("matplotlib"):
                raise ModuleNotFoundError(f"No module named {name!r}", name="matplotlib")
            return original(name, package)

        monkeypatch.setattr(optional.importlib, "import_module", without)
        said = run(*FIT)
        assert said.code == 0
        assert re.fullmatch(
            r"sheernet: notice: .* need matplotlib, which is not installed: .*\n", said.err
        )
        assert said.out.endswith(saved("scores-fit"))
        assert {p.name for p in (tmp_path / "scores-fit").iterdir()} == files()

    @pytest.mark.parametrize("error", [MemoryError(), RuntimeError("std::bad_alloc")])
    def test_a_report_without_enough_memory_is_a_note(
        self, run: Run, tmp_path: Path, monkeypatch, error: Exception
    ) -> None:
        from sheernet.apps import html_report

        monkeypatch.setattr(html_report, "report_document", Mock(side_effect=error))
        said = run(*FIT, "--json")
        document = json.loads(said.out)
        assert (said.code, document["exit_code"], document["error"]) == (0, 0, None)
        assert document["notes"][-1].startswith("report.html is missing: not enough memory; ")
        written = {p.name for p in (tmp_path / "scores-fit").iterdir()}
        assert written == set(document["result"]["files"])
        assert written >= {"model.json", "rows.csv", "cost.png"}
        assert "report.html" not in written

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (MemoryError(), 2),
            (OSError(errno.EIO, "Input/output error"), 2),
            (ValueError("a bug"), 70),
        ],
    )
    def test_a_failure_after_the_model_names_it(
        self, run: Run, monkeypatch, error: Exception, code: int
    ) -> None:
        from sheernet.apps.cli import fit_command

        monkeypatch.setattr(fit_command, "write_roles", Mock(side_effect=error))
        said = run(*FIT, "--json")
        assert said.code == code
        message = json.loads(said.out)["error"]["message"]
        assert message.endswith(f"; complete: {Path('scores-fit/model.json')}")
        assert sn.load("scores-fit/model.json").predict("scores.csv").shape == (40,)

    def test_a_model_that_was_deleted_meanwhile_is_not_called_complete(
        self, run: Run, monkeypatch
    ) -> None:
        from sheernet.apps.cli import fit_command

        def deleted(*_: object) -> None:
            shutil.rmtree("scores-fit")
            raise OSError(errno.ENOENT, "No such file or directory")

        monkeypatch.setattr(fit_command, "write_roles", deleted)
        said = run(*FIT)
        assert said.code == 2
        assert "complete" not in said.err


class TestFailures:
    @pytest.mark.parametrize("output", [(), ("-o", "mine")], ids=["default", "given"])
    def test_a_folder_that_cannot_be_made_is_found_before_the_training(
        self, run: Run, monkeypatch, output: tuple[str, ...]
    ) -> None:
        from sheernet.models.fitting import table_fit

        def refuse(self: Path, *arguments: object, **more: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))

        trained: list[object] = []
        monkeypatch.setattr(table_fit, "train", lambda *a, **k: trained.append(a))
        monkeypatch.setattr(Path, "mkdir", refuse)
        said = run(*FIT, *output)
        assert (said.code, said.out) == (2, "")
        name = output[-1] if output else "scores-fit"
        assert said.err == (
            f"sheernet: {name!r} cannot be written: permission denied; "
            "choose a place that you may write to with --output\n"
        )
        assert trained == []

    @pytest.mark.usefixtures("without_pictures")
    def test_the_folder_exists_during_the_training(self, run: Run, monkeypatch) -> None:
        from sheernet.models.fitting import table_fit

        seen: list[bool] = []
        original = table_fit.train

        def watched(*arguments, **more):
            seen.append(Path("mine").is_dir())
            return original(*arguments, **more)

        monkeypatch.setattr(table_fit, "train", watched)
        assert run(*FIT, "-o", "mine").code == 0
        assert seen == [True]

    def test_without_pandas_it_says_what_to_install(self, run: Run, monkeypatch) -> None:
        from sheernet.foundation import optional

        original = optional.importlib.import_module

        def without(name: str, package: str | None = None):
            if name.startswith("pandas"):
                raise ModuleNotFoundError(f"No module named {name!r}", name="pandas")
            return original(name, package)

        monkeypatch.setattr(optional.importlib, "import_module", without)
        said = run(*FIT)
        assert (said.code, said.out) == (2, "")
        assert re.fullmatch(
            r'sheernet: .* need pandas, which is not installed: pip install "sheernet\[tables\]", or in a checkout '
            r'pip install "\.\[tables\]"\n',
            said.err,
        )

    def test_too_little_memory_is_reported(self, run: Run, tmp_path: Path, monkeypatch) -> None:
        from sheernet.models.fitting import table_fit

        def filled(*arguments: object, **more: object) -> None:
            raise MemoryError

        before = contents(tmp_path)
        monkeypatch.setattr(table_fit, "train", filled)
        said = run(*FIT)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("sheernet: not enough memory")
        assert contents(tmp_path) == before


def pressing_at(monkeypatch, when) -> None:
    """Press Ctrl-C at the first step for which `when(start, iteration)` holds."""
    from sheernet.models.fitting import table_fit

    starts = []

    def pressed(step, row) -> None:
        if step.iteration == 0:
            starts.append(step)
        if when(len(starts), step.iteration):
            raise KeyboardInterrupt

    original = table_fit.train
    observed = lambda *a, **k: original(*a, **{**k, "observers": [pressed]})  # noqa: E731
    monkeypatch.setattr(table_fit, "train", observed)


class TestInterrupts:
    @pytest.mark.usefixtures("without_pictures")
    @pytest.mark.parametrize("start", [1, 2])
    def test_keep_the_best_so_far(self, run: Run, monkeypatch, start: int) -> None:
        pressing_at(
            monkeypatch, lambda number, iteration: number == start and iteration == start % 2 * 3
        )
        said = run(*FIT)
        assert said.code == 130
        assert said.err == "sheernet: notice: interrupted; the results so far are kept\n"
        model = sn.load("scores-fit/model.json")
        assert model.starts.reasons[-1] == "interrupted"
        assert said.out.endswith(saved("scores-fit"))

    def test_before_the_first_result_leave_nothing(
        self, run: Run, tmp_path: Path, monkeypatch
    ) -> None:
        from sheernet.models.fitting import table_fit

        def pressed(*arguments: object, **more: object) -> None:
            raise KeyboardInterrupt

        before = contents(tmp_path)
        monkeypatch.setattr(table_fit, "train", pressed)
        said = run(*FIT)
        assert (said.code, said.out) == (130, "")
        assert said.err == "sheernet: interrupted before there were any results\n"
        assert contents(tmp_path) == before

    def test_during_drawing_keep_the_model(self, run: Run, tmp_path: Path, monkeypatch) -> None:
        from sheernet import plots

        def pressed(*arguments: object, **more: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(plots, "network", pressed)
        said = run(*FIT)
        assert said.code == 130
        assert said.err == "sheernet: notice: interrupted; the results so far are kept\n"
        model = sn.load("scores-fit/model.json")
        assert said.out == as_options(model) + saved("scores-fit", 1)
        assert {p.name for p in (tmp_path / "scores-fit").iterdir()} == files("cost")

    def test_during_imports_are_quiet(self, run: Run, monkeypatch) -> None:
        original = builtins.__import__

        def pressed(name: str, *arguments: object, **more: object) -> object:
            if name == "sheernet.apps.cli.running":
                raise KeyboardInterrupt
            return original(name, *arguments, **more)

        monkeypatch.setattr(builtins, "__import__", pressed)
        assert run(*FIT) == (130, "", "")


@pytest.mark.usefixtures("without_pictures")
class TestEffort:
    """A problem is large from a number of rows on, which is lowered here."""

    def test_the_notice_of_a_large_problem_occurs_once_and_names_options(
        self, run: Run, monkeypatch
    ) -> None:
        from sheernet.models.fitting import default_effort

        monkeypatch.setattr(default_effort, "LARGE", 100)
        monkeypatch.setattr(default_effort, "MEDIUM", 10)
        plain = ("--hidden", "2", "--max-iter", "5", "--quiet")
        for command in ("fit", "compare"):
            more = ["--verbose"] if command == "fit" else []
            said = run(command, "scores.csv", "-t", "score", *plain, *more)
            assert (said.code, said.err) == (0, ""), said
            words = " ".join(said.out.split())
            assert (
                words.count("so it gets 1 start instead of 10 and a relative tolerance of the obj")
                == 1
            )
            assert "for more, set --starts 10 and --cost-tolerance 0" in words
            assert "--starts 1;" in words.split("Defaults")[1]
            assert "--cost-tolerance 1e-07" in words.split("Defaults")[1]


def test_characters_without_a_glyph_give_one_notice(run: Run, tmp_path: Path) -> None:
    text = (tmp_path / "scores.csv").read_text().replace("asleep", "\u7761\u7720")
    (tmp_path / "asian.csv").write_text(text.replace("score", "\u70b9\u6570"), "utf-8")
    said = run("fit", "asian.csv", "-t", "\u70b9\u6570", *QUICK)
    assert said.code == 0
    if "\n" in said.err:  # no installed font has them
        assert said.err.count("\n") == 1
        assert said.err.startswith("sheernet: notice: 4 characters are drawn as boxes, because")
