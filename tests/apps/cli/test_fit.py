"""sheernet fit: its output, its files, and the effect of each option."""

from __future__ import annotations

import builtins
import dataclasses
import errno
import json
import os
import re
import shlex
import shutil
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

import sheernet as sn
from command_lines import FIT, OLD_PICTURE, QUICK, Run, contents, write_scores
from random_models import random_member, replaced
from sheernet.apps.cli.option_names import speller
from sheernet.apps.cli.running import output_for
from sheernet.apps.html_report.fit_pictures import fit_pictures
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.fitting import prepare
from sheernet.models.report import text
from sheernet.settings.fit_settings import FitSettings

REGRESSION = {"cost", "network", "predicted_against_true", "residuals", "starts"}
CLASSIFICATION = {"cost", "network", "confusion", "starts", "effects"}


def files(*pictures: str) -> set[str]:
    return {"model.json", "rows.csv", "report.html", *(f"{name}.png" for name in pictures)}


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

    def test_of_classification(self, run: Run, tmp_path: Path) -> None:
        said = run("fit", "flowers.csv", "-t", "species", *QUICK)
        assert (said.code, said.err) == (0, "")
        assert {p.name for p in (tmp_path / "flowers-fit").iterdir()} == files(*CLASSIFICATION)
        assert sn.load("flowers-fit/model.json").task == "classification"

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

    def test_the_surface_marks_the_true_values_of_training_rows(
        self, run: Run, monkeypatch
    ) -> None:
        from sheernet import plots

        given = {}

        def seen(model: sn.Model, *, features: np.ndarray, true: np.ndarray) -> None:
            petal = model.inputs.columns[0]
            own = features[:, 0] * petal.scale + petal.shift
            given.update(dict(zip(own.tolist(), true[:, 0].tolist(), strict=True)))

        monkeypatch.setattr(plots, "response_surface", seen)
        run("fit", "flowers.csv", "-t", "sepal", "--inputs", "petal", *QUICK)
        table = sn.read_table("flowers.csv").frame
        there = dict(zip(table["petal"].round(9), table["sepal"], strict=True))
        assert len(given) > 10
        for petal, sepal in given.items():
            assert there[round(petal, 9)] == pytest.approx(sepal)

    def test_the_surface_needs_one_or_two_inputs_of_numbers(self, run: Run, tmp_path: Path) -> None:
        for inputs, drawn in (("petal", True), ("petal,color", False), ("color", False)):
            said = run(
                "fit", "flowers.csv", "-t", "sepal", "--inputs", inputs, *QUICK, "-o", inputs
            )
            assert (said.code, said.err) == (0, "")
            assert (tmp_path / inputs / "response_surface.png").exists() is drawn
            assert (tmp_path / inputs / "effects.png").exists() is (inputs != "petal")

    @pytest.mark.usefixtures("without_pictures")
    def test_have_a_long_report_on_request(self, run: Run) -> None:
        short, long = run(*FIT).out, run(*FIT, "--verbose", "-o", "long").out
        assert "\nDefaults    --task auto; " in long
        assert "\nDefaults " not in short
        assert long.endswith("\nSaved       long: model.json, rows.csv, report.html\n")
        stored = run("info", "scores-fit/model.json", "--verbose").out
        assert "\nDefaults    --task auto; " in stored
        assert stored.startswith(short[: short.index("Stopped ")])

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
    def test_are_named_after_the_table_in_the_current_folder(
        self, run: Run, tmp_path: Path
    ) -> None:
        (tmp_path / "a b").mkdir()
        write_scores(tmp_path / "a b" / "été 1.csv")
        assert run("fit", "a b/été 1.csv", "-t", "score", *QUICK).code == 0
        assert (tmp_path / "été 1-fit" / "model.json").is_file()

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
    def test_force_names_a_picture_that_it_cannot_remove(
        self, run: Run, tmp_path: Path, monkeypatch
    ) -> None:
        folder = tmp_path / "scores-fit"
        folder.mkdir()
        (folder / "residuals.png").write_text(OLD_PICTURE)
        (folder / "starts.png").mkdir()

        remove = Path.unlink

        def refused(path: Path, **how: bool) -> None:
            if path.suffix == ".png":
                raise PermissionError(errno.EACCES, "in use", str(path))
            remove(path, **how)

        monkeypatch.setattr(Path, "unlink", refused)
        said = run(*FIT, "--force")
        assert said.code == 0
        assert said.err == (
            f"sheernet: notice: {Path('scores-fit/residuals.png')} is from an earlier run and cannot be removed: "
            "in use\n"
        )

    @pytest.mark.usefixtures("without_pictures")
    def test_force_on_bad_input_keeps_earlier_results(self, run: Run, tmp_path: Path) -> None:
        assert run(*FIT).code == 0
        before = contents(tmp_path)
        assert run(*FIT, "--force", "--decay", "-1").code == 2
        assert run("fit", "scores.csv", "-t", "scor", "--force").code == 2
        assert contents(tmp_path) == before


@pytest.mark.usefixtures("without_pictures")
class TestOptions:
    def test_of_network_and_training_reach_the_model(self, run: Run) -> None:
        said = run(
            "fit", "scores.csv", "-t", "score", "-t", "studying", "--hidden", "3,2", "--activation", "sigmoid",
            "--decay", "0.5", "--method", "bfgs", "--starts", "3", "--max-iter", "7", "--time-limit", "60",
            "--held-out", "0.5", "--seed", "11", "--cost", "huber", "--output", "mine", "-q",
        )  # fmt: skip
        assert said.code == 0
        model = sn.load("mine/model.json")
        assert model.targets.names == ("score", "studying")
        assert str(model.network.architecture) == "1-3-2-2, sigmoid, identity output"
        assert set(model.decay) == {0.0, 0.5}
        assert model.held_out_fit.rows == 20
        assert model.cost == "huber"
        expected = {"method": "bfgs", "starts": 3, "max_iter": 7, "time_limit": 60.0, "seed": 11}
        assert {name: model.settings[name] for name in expected} == expected

    def test_of_columns_reach_the_model(self, run: Run, tmp_path: Path) -> None:
        lines = ["day,a,b,code,w,kind,y"]
        lines += [
            f"x{i % 7},{i},{i * i % 11},{i % 3},{1 + i % 2},k{i % 2},{i % 5}" for i in range(40)
        ]
        (tmp_path / "all.csv").write_text("\n".join(lines).replace(",3,", ",,", 1) + "\n")
        said = run(
            "fit", "all.csv", "-t", "y", "--drop", "day", "--drop", "b", "--categories", "code", "--weights", "w",
            "--task", "regression", "--scaling", "minmax", "--rare", "0.2", "--unseen", "rare", "--missing", "impute",
            *QUICK,
        )  # fmt: skip
        assert said.code == 0, said.err
        model = sn.load("all-fit/model.json")
        assert model.inputs.names == ("a", "code", "kind")
        assert model.inputs.features[1:4] == ("code=0", "code=1", "code=2")
        assert model.inputs.scaling == "minmax"
        assert model.inputs.missing == "impute"
        expected = {
            "weights": "w",
            "task": "regression",
            "rare": 0.2,
            "unseen": "rare",
            "drop": ["day", "b"],
        }
        assert {name: model.settings[name] for name in expected} == expected

    def test_of_columns_are_lists_or_repeated(self, run: Run) -> None:
        for given in (("petal,color",), ("petal", "color"), ("petal, color",)):
            options = [word for value in given for word in ("--inputs", value)]
            assert run("fit", "flowers.csv", "-t", "sepal", *options, *QUICK, "--force").code == 0
            assert sn.load("flowers-fit/model.json").inputs.names == ("petal", "color")

    def test_a_column_with_a_comma_in_its_name_is_found(self, run: Run, tmp_path: Path) -> None:
        text = (tmp_path / "scores.csv").read_text()
        (tmp_path / "scores.csv").write_text(text.replace("asleep", '"asleep, h"', 1))
        for given in ("asleep, h", '"asleep, h",studying', "studying"):
            assert run(*FIT, "--inputs", given, "--force").code == 0
            names = sn.load("scores-fit/model.json").inputs.names
            assert names == tuple(name for name in ("asleep, h", "studying") if name in given)

    def test_of_reading_reach_the_table(self, run: Run, tmp_path: Path) -> None:
        rows = [
            ["a", "b", "größe"],
            *([f"{i},5", "-9" if i == 3 else f"{i * i},0", f"{3 * i},25"] for i in range(30)),
        ]
        across = "\n".join("|".join(column) for column in zip(*rows, strict=True))
        (tmp_path / "odd.txt").write_bytes(across.encode("latin-1"))
        said = run(
            "fit", "odd.txt", "-t", "größe", "--samples", "columns", "--separator", "|", "--decimal", ",",
            "--encoding", "latin-1", "--missing-values", "-9,n/a", "--missing", "drop", *QUICK,
        )  # fmt: skip
        assert said.code == 0, said.err
        model = sn.load("odd-fit/model.json")
        assert model.inputs.names == ("a", "b")
        assert model.training_fit.rows + model.held_out_fit.rows == 29

    @pytest.mark.parametrize(
        ("given", "proposed"),
        [
            ("none,< 0,5,<1,0", '\'none,"< 0,5","<1,0"\''),
            ("<1,0", "'\"<1,0\"'"),
            (">1000,5,-9", "'\">1000,5\",-9'"),
            ("≤2,50", "'\"≤2,50\"'"),
            ('"<1,0",< 0,5', '\'"<1,0","< 0,5"\''),
        ],
    )
    def test_a_limit_is_not_split_at_its_decimal_comma(
        self, run: Run, given: str, proposed: str
    ) -> None:
        said = run(*FIT, "--missing-values", given)
        assert said.code == 2
        assert f"quotation marks: --missing-values {proposed};" in " ".join(said.err.split())

    @pytest.mark.parametrize("given", ["none,5", "0,<1", '"<1,0",n.a.', "-9,-99", "<1,<5"])
    def test_other_missing_values_are_a_list(self, run: Run, given: str) -> None:
        assert run(*FIT, "--missing-values", given, "--missing", "drop", *QUICK).code == 0

    def test_a_sheet_is_found_by_name_or_number(self, run: Run, tmp_path: Path) -> None:
        pandas = pytest.importorskip("pandas")
        pytest.importorskip("openpyxl")
        frame = pandas.read_csv(tmp_path / "scores.csv")
        with pandas.ExcelWriter(tmp_path / "book.xlsx") as book:
            frame.assign(score=0.0).to_excel(book, sheet_name="first", index=False)
            frame.to_excel(book, sheet_name="second", index=False)
        for name in ("first", "second"):
            said = run("fit", "book.xlsx", "-t", "scores", "--sheet", name, *QUICK)
            assert "another sheet" not in said.err
        said = run("fit", "book.xlsx", "-t", "species", *QUICK)
        assert said.err.endswith(
            "; name one of these, or another sheet with --sheet: this is 'first', the first of 2\n"
        )
        for sheet in ("second", "2"):
            assert run("fit", "book.xlsx", "-t", "score", "--sheet", sheet, *QUICK).code == 0

    @pytest.mark.parametrize("options", [(), ("--json",)])
    def test_the_notices_of_reading_are_in_the_report_and_printed_once(
        self, run: Run, tmp_path: Path, options: tuple[str, ...]
    ) -> None:
        text = (tmp_path / "scores.csv").read_text()
        (tmp_path / "scores.csv").write_text(text.replace("\n", "\n\n", 2))
        said = run(*FIT, *options)
        blank = "blank lines between its rows"
        assert (said.out + said.err).count(blank) == 1
        assert sum(blank in notice for notice in sn.load("scores-fit/model.json").notices) == 1
        if options:
            assert blank in said.document["result"]["notices"][0]
        else:
            assert blank in said.out

    def test_validation_patience_and_test_reach_the_model(self, run: Run, tmp_path: Path) -> None:
        write_scores(tmp_path / "watched.csv", rows=12, seed=5)
        write_scores(tmp_path / "final.csv", rows=13, seed=6)
        said = run(
            *FIT, "--validation", "watched.csv", "--patience", "3", "--test", "final.csv", "--method", "gd",
        )  # fmt: skip
        assert said.code == 0, said.err
        model = sn.load("scores-fit/model.json")
        assert (model.training_fit.rows, model.held_out_fit.rows) == (40, 13)
        assert model.settings["patience"] == 3
        assert (model.settings["validation"], model.settings["test"]) == (
            "watched.csv",
            "final.csv",
        )
        assert (model.record.validation_cost > 0).all()

    def test_no_hidden_units_give_a_linear_model(self, run: Run) -> None:
        assert run("fit", "scores.csv", "-t", "score", "--hidden", "0", "-q").code == 0
        members = sn.load("scores-fit/model.json").members  # one may also predict its noise
        assert [member.network.architecture.sizes[:-1] for member in members] == [(2,)] * len(
            members
        )

    def test_progress_is_shown_on_the_error_stream_only(self, run: Run) -> None:
        # Adam runs in Python; the compiled engine would end before a line is printed.
        said = run(*FIT[:-1], "--method=adam")
        assert said.err.startswith("start 1 of 2: iteration 0, objective ")
        assert "iteration 0" not in said.out


class TestNotes:
    @pytest.mark.usefixtures("without_pictures")
    def test_notices_of_the_report_are_not_repeated(self, run: Run, tmp_path: Path) -> None:
        lines = (tmp_path / "scores.csv").read_text().splitlines()
        numbered = [
            f'"",{lines[0]}',
            *(f'"{i}",{line}' for i, line in enumerate(lines[1:], start=1)),
        ]
        (tmp_path / "scores.csv").write_text("\n".join(numbered) + "\n")
        said = run(*FIT)
        assert (said.code, said.err) == (0, "")
        (notice,) = sn.load("scores-fit/model.json").notices
        assert " ".join(notice.split()[:4]) in " ".join(said.out.split())

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

    @pytest.mark.parametrize(
        ("error", "why"),
        [
            (ValueError("a bug of pictures"), "ValueError: a bug of pictures"),
            (MemoryError(), "not enough memory"),
        ],
        ids=["bug", "memory"],
    )  # fmt: skip
    def test_a_picture_that_fails_is_a_note_and_the_others_are_drawn(
        self, run: Run, tmp_path: Path, monkeypatch, error: Exception, why: str
    ) -> None:
        from sheernet import plots

        def broken(*arguments: object, **more: object) -> None:
            raise error

        monkeypatch.setattr(plots, "cost", broken)
        said = run(*FIT)
        assert said.code == 0
        assert said.err.startswith(f"sheernet: notice: picture cost.png is missing: {why}")
        assert said.err.count("\n") == 1
        assert {p.name for p in (tmp_path / "scores-fit").iterdir()} == files(
            *REGRESSION - {"cost"}, "response_surface", "effects"
        )

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

    def test_a_disk_that_is_full_after_the_model_gives_an_error_that_names_the_model(
        self, run: Run, tmp_path: Path, monkeypatch
    ) -> None:
        original, calls = os.fsync, []

        def full(descriptor: int) -> None:
            calls.append(descriptor)
            if len(calls) > 1:
                raise OSError(errno.ENOSPC, "No space left on device")
            original(descriptor)

        monkeypatch.setattr(os, "fsync", full)
        said = run(*FIT)
        assert said.code == 2
        assert said.err == (
            "sheernet: 'scores-fit' lacks cost.png, network.png, predicted_against_true.png, residuals.png, "
            "starts.png, response_surface.png and effects.png: "
            f"{str(Path('scores-fit/cost.png'))!r} cannot be written: No space left on device; free some space, or "
            "write to another disk, and run the command again for the missing pictures; complete: "
            f"{Path('scores-fit/model.json')}\n"
        )
        assert [p.name for p in (tmp_path / "scores-fit").iterdir()] == ["model.json"]
        assert sn.load("scores-fit/model.json").predict("scores.csv").shape == (40,)

    def test_a_report_of_an_earlier_run_does_not_stay_if_there_is_no_room_for_pictures(
        self, run: Run, tmp_path: Path, monkeypatch
    ) -> None:
        folder = tmp_path / "scores-fit"
        folder.mkdir()
        (folder / "report.html").write_text("of another model")
        original, calls = os.fsync, []

        def full(descriptor: int) -> None:
            calls.append(descriptor)
            if len(calls) > 1:
                raise OSError(errno.ENOSPC, "No space left on device")
            original(descriptor)

        monkeypatch.setattr(os, "fsync", full)
        assert run(*FIT, "--force").code == 2
        assert [p.name for p in folder.iterdir()] == ["model.json"]

    def test_pictures_that_find_room_are_written(
        self, run: Run, tmp_path: Path, monkeypatch
    ) -> None:
        original, calls = os.fsync, []

        def full_once(descriptor: int) -> None:
            calls.append(descriptor)
            if len(calls) == 3:
                raise OSError(errno.ENOSPC, "No space left on device")
            original(descriptor)

        monkeypatch.setattr(os, "fsync", full_once)
        said = run(*FIT)
        assert said.code == 2
        assert said.err.startswith("sheernet: 'scores-fit' lacks network.png: ")
        assert {p.name for p in (tmp_path / "scores-fit").iterdir()} == files(
            *REGRESSION - {"network"}, "response_surface", "effects"
        ) - {"rows.csv", "report.html"}


class TestFailures:
    def test_a_full_disk_is_reported_and_leaves_nothing(
        self, run: Run, tmp_path: Path, monkeypatch
    ) -> None:
        def full(descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        before = contents(tmp_path)
        monkeypatch.setattr(os, "fsync", full)
        said = run(*FIT)
        assert (said.code, said.out) == (2, "")
        assert said.err == (
            f"sheernet: {str(Path('scores-fit/model.json'))!r} cannot be written: "
            "No space left on device; free some space, or write to another disk\n"
        )
        assert contents(tmp_path) == before

    @pytest.mark.usefixtures("without_pictures")
    def test_a_full_disk_leaves_the_old_model_under_force(
        self, run: Run, tmp_path: Path, monkeypatch
    ) -> None:
        def full(descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        assert run(*FIT).code == 0
        before = contents(tmp_path)
        monkeypatch.setattr(os, "fsync", full)
        assert run(*FIT, "--force", "--seed", "4").code == 2
        assert contents(tmp_path) == before

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

    @pytest.mark.usefixtures("without_pictures")
    def test_during_saving_wait_until_the_model_is_saved(self, run: Run, monkeypatch) -> None:
        import signal

        original = os.fsync

        def pressed(descriptor: int) -> None:
            signal.raise_signal(signal.SIGINT)
            original(descriptor)

        monkeypatch.setattr(os, "fsync", pressed)
        said = run(*FIT)
        assert said.code == 130
        assert said.err == "sheernet: notice: interrupted; the results so far are kept\n"
        assert sn.load("scores-fit/model.json").predict("scores.csv").shape == (40,)

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

    def test_the_tolerance_is_an_option(self, run: Run) -> None:
        said = run(*FIT, "--max-iter", "200", "--cost-tolerance", "0.5")
        assert (said.code, said.err) == (0, "")
        assert "converged (cost tolerance):" in said.out
        assert "for more iterations, use --cost-tolerance 0" in " ".join(said.out.split())


def test_characters_without_a_glyph_give_one_notice(run: Run, tmp_path: Path) -> None:
    text = (tmp_path / "scores.csv").read_text().replace("asleep", "\u7761\u7720")
    (tmp_path / "asian.csv").write_text(text.replace("score", "\u70b9\u6570"), "utf-8")
    said = run("fit", "asian.csv", "-t", "\u70b9\u6570", *QUICK)
    assert said.code == 0
    if "\n" in said.err:  # no installed font has them
        assert said.err.count("\n") == 1
        assert said.err.startswith("sheernet: notice: 4 characters are drawn as boxes, because")


@pytest.mark.usefixtures("without_pictures")
def test_output_and_biases_are_options_and_stand_in_the_model(run: Run) -> None:
    given = ("--output-activation", "softplus", "--no-bias", "--scaling", "rms", "--decay", "0.01")
    said = run(*FIT, *given, "--verbose")
    assert (said.code, said.err) == (0, "")
    model = sn.load("scores-fit/model.json")
    assert str(model.network.architecture) == "2-2-1, tanh, softplus output, no biases"
    assert (model.settings["output_activation"], model.settings["bias"]) == ("softplus", False)
    assert "--output-activation softplus" in said.out
    assert "--no-bias" in said.out
    refused = run(*FIT, "--output-activation", "sigmoid")
    assert refused.code == 2
    assert "with --output-activation sigmoid would be between 0 and 1, but its" in refused.err
    assert "use --scaling maxabs, which divides by that of the training rows" in refused.err
    assert "with --no-bias, use --scaling rms" in run(*FIT, "--no-bias", "--scaling", "robust").err
