"""sheernet fit: its output, its files, and the effect of each option."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

import sheernet as sn
from command_lines import FIT, OLD_PICTURE, QUICK, Run, contents, write_scores

REGRESSION = {"cost", "network", "predicted_against_true", "residuals", "starts"}
CLASSIFICATION = {"cost", "network", "confusion", "starts", "effects"}


def files(*pictures: str) -> set[str]:
    return {"model.json", "rows.csv", "report.html", *(f"{name}.png" for name in pictures)}


class TestResults:
    def test_of_classification(self, run: Run, tmp_path: Path) -> None:
        said = run("fit", "flowers.csv", "-t", "species", *QUICK)
        assert (said.code, said.err) == (0, "")
        assert {p.name for p in (tmp_path / "flowers-fit").iterdir()} == files(*CLASSIFICATION)
        assert sn.load("flowers-fit/model.json").task == "classification"

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
    def test_are_named_after_the_table_in_the_current_folder(
        self, run: Run, tmp_path: Path
    ) -> None:
        (tmp_path / "a b").mkdir()
        write_scores(tmp_path / "a b" / "été 1.csv")
        assert run("fit", "a b/été 1.csv", "-t", "score", *QUICK).code == 0
        assert (tmp_path / "été 1-fit" / "model.json").is_file()

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


class TestInterrupts:
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


@pytest.mark.usefixtures("without_pictures")
class TestEffort:
    """A problem is large from a number of rows on, which is lowered here."""

    def test_the_tolerance_is_an_option(self, run: Run) -> None:
        said = run(*FIT, "--max-iter", "200", "--cost-tolerance", "0.5")
        assert (said.code, said.err) == (0, "")
        assert "converged (cost tolerance):" in said.out
        assert "for more iterations, use --cost-tolerance 0" in " ".join(said.out.split())


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
