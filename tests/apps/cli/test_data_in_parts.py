"""sheernet fit and predict of several files, which are read in parts."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from command_lines import Run

pytest.importorskip("pyarrow")
pytestmark = pytest.mark.usefixtures("without_pictures")

ONE = ("--hidden", "2", "--starts", "1", "--max-iter", "20")


def frame_of(seed: int, rows: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=rows), rng.choice(["a", "b"], rows)
    y = 2.0 * x + (z == "a") + rng.normal(0.0, 0.3, rows)
    return pd.DataFrame({"x": x, "z": z, "y": y})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "sales"
    folder.mkdir()
    for k in range(3):
        frame_of(k).to_parquet(folder / f"part-{k}.parquet")
    return folder


@pytest.fixture
def model(data: Path, tmp_path: Path) -> sn.Model:
    fitted = sn.fit(data, "y", hidden=2, starts=1, max_iter=20)
    fitted.save(tmp_path / "model.json")
    return fitted


class TestFit:
    @pytest.mark.parametrize(
        "given", [("sales/*.parquet",), ("sales",), tuple(f"sales/part-{k}.parquet" for k in range(3))]
    )  # fmt: skip
    def test_pattern_folder_and_files_give_the_model_of_python(
        self, run: Run, model: sn.Model, tmp_path: Path, given: tuple[str, ...]
    ) -> None:
        said = run("fit", *given, "-t", "y", *ONE, "--output", "found", "--json")
        assert said.code == 0
        found = sn.load(tmp_path / "found" / "model.json")
        assert np.array_equal(found.network.theta, model.network.theta)
        assert said.document["result"]["settings"]["shards"]["files"] == 3
        assert {path.name for path in (tmp_path / "found").iterdir()} == {
            "model.json",
            "report.html",
        }

    def test_progress_tells_rows_a_second_and_the_folder_has_the_name_of_the_pattern(
        self, run: Run, data: Path, tmp_path: Path
    ) -> None:
        said = run("fit", "sales/*.parquet", "-t", "y", *ONE, "--memory", "1GB")
        assert said.code == 0
        assert "180 rows of sales/*.parquet were read and their columns learned" in said.err
        assert "rows a second), 3 shards streamed from a file" in said.err
        assert "figures on" in said.out
        assert (tmp_path / "sales-fit" / "model.json").is_file()
        assert run("report", "sales-fit", "--verbose").out.count("3 shards of 3 files") == 1

    def test_a_checkpoint_is_resumed(self, run: Run, data: Path, tmp_path: Path) -> None:
        line = ("fit", "sales", "-t", "y", "--hidden", "2", "--quiet", "--checkpoint", "state.npz")
        line += ("--starts", "1")
        assert run(*line, "--max-iter", "4", "-o", "first").code == 0
        assert run(*line, "--max-iter", "9", "-o", "second").code == 0
        whole = sn.fit(data, "y", hidden=2, max_iter=9, starts=1)
        second = sn.load(tmp_path / "second" / "model.json")
        assert np.array_equal(second.network.theta, whole.network.theta)

    def test_a_fraction_validates_and_a_file_tests(
        self, run: Run, data: Path, tmp_path: Path
    ) -> None:
        frame_of(9).to_csv(tmp_path / "new.csv", index=False)
        line = ("fit", "sales", "-t", "y", "--hidden", "4", "--decay", "0", "-o", "found")
        line += ("--validation", "0.2", "--patience", "3", "--test", "new.csv", "--json")
        result = run(*line).document["result"]
        found = sn.load(tmp_path / "found" / "model.json")
        told = sn.fit(
            data, "y", hidden=4, decay=0.0, validation=0.2, patience=3, test=tmp_path / "new.csv"
        )
        assert np.array_equal(found.network.theta, told.network.theta)
        assert result["rows"]["validation"] == found.settings["validation_rows"] > 0
        assert (result["evaluation"], result["rows"]["held_out"]) == ("test", 60)
        assert result["settings"]["validation"] == 0.2

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (("sales", "Price"), "unexpected argument 'Price'; put names that contain spaces in quotes"),
            (("sales", "--memory", "two"), "--memory must be a size such as '2GB', but 'two' was given"),
            (("sales", "--separator", ";"), "--separator"),
            (("sales", "--patience", "3"), "--patience needs validation rows; give them with --validation"),
            (("sales", "--validation", "v.csv"), "there is no file 'v.csv'"),
            (("sales", "--validation", "1.5"), "--validation must be a number from 0 to below 1"),
            (("sales/*.csv",), "no file fits the pattern 'sales/*.csv'"),
            (("sales/part-0.parquet", "--memory", "1GB"), "--memory is for data in shards, but this table is read"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )  # fmt: skip
    def test_refusals(
        self, run: Run, data: Path, tmp_path: Path, given: tuple[str, ...], message: str
    ) -> None:
        said = run("fit", *given, "-t", "y", *ONE)
        assert (said.code, said.out) == (2, "")
        assert message in said.err
        assert not list(tmp_path.glob("*-fit*"))


class TestTextFiles:
    def test_are_read_as_the_model_was(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "texts").mkdir()
        days = pd.date_range("2026-01-01", periods=60).strftime("%d/%m/%Y")
        for k in range(2):
            written = frame_of(k).assign(day=days).to_csv(index=False, sep=";", decimal=",")
            (tmp_path / "texts" / f"part-{k}.csv").write_text(written)
        line = ("-t", "y", *ONE, "-o", "found", "--missing", "refuse")
        assert run("fit", "texts/*.csv", *line, "--missing-values", "-9").code == 0
        model = sn.load(tmp_path / "found" / "model.json")
        assert model.reading.missing_values == ("-9",)
        (tmp_path / "new").mkdir()
        # Alone, these files do not show whether the day or the month is first, nor what -9 means.
        (tmp_path / "new" / "a.csv").write_text("z;x;day\na;1,5;03/02/2026\nb;-9;04/02/2026\n")
        (tmp_path / "new" / "b.csv").write_text("z;x;day\nb;2;05/01/2026\n")
        said = run("predict", "found/model.json", "new/*.csv", "-o", "out", "--append")
        assert said.code == 0
        found = [pd.read_csv(tmp_path / "out" / f"{name}.csv") for name in "ab"]
        told = model.predict(
            {"x": [1.5, 2.0], "z": ["a", "b"], "day": pd.to_datetime(["2026-02-03", "2026-01-05"])}
        )
        assert found[0]["y"].tolist()[0] == told[0]
        assert found[0]["y"].isna().tolist() == [False, True]
        assert found[1]["y"].tolist() == [told[1]]
        texts = pd.read_csv(tmp_path / "out" / "a.csv", dtype=str)[["z", "x", "day"]]
        assert texts.to_numpy().tolist() == [["a", "1.5", "03/02/2026"], ["b", "-9", "04/02/2026"]]

    def test_of_which_no_row_can_be_predicted_are_an_error(
        self, run: Run, model: sn.Model, data: Path, tmp_path: Path
    ) -> None:
        for path in data.iterdir():
            pd.read_parquet(path).assign(z="new").to_parquet(path)
        said = run("predict", "model.json", "sales", "--output", "out")
        assert said.code == 2
        assert (
            "no row of sales/*.parquet can be predicted: rows 1 to 60 of part-0.parquet: "
            in said.err
        )
        assert "not in the training rows, such as z 'new'" in said.err


class TestPredict:
    def test_each_file_gets_a_file(self, run: Run, model: sn.Model, tmp_path: Path) -> None:
        said = run("predict", "model.json", "sales/*.parquet", "-o", "out", "--interval", "0.8")
        assert said.code == 0
        assert "60 predictions: out/part-0.parquet" in said.out.replace("\\", "/")
        for k in range(3):
            found = pd.read_parquet(tmp_path / "out" / f"part-{k}.parquet")
            frame = frame_of(k)
            assert np.array_equal(found["y"], model.predict(frame))
            lower, upper = model.predict_interval(frame, 0.8)
            assert np.array_equal(found[["y_lower", "y_upper"]], np.column_stack([lower, upper]))

    def test_existing_files_are_kept_without_force(
        self, run: Run, model: sn.Model, tmp_path: Path
    ) -> None:
        line = ("predict", "model.json", "sales", "--output", "out", "--append")
        assert run(*line).code == 0
        assert list(pd.read_parquet(tmp_path / "out" / "part-2.parquet")) == [
            "x",
            "z",
            "y",
            "predicted_y",
        ]
        (tmp_path / "out" / "part-0.parquet").unlink()
        said = run(*line)
        assert said.code == 2
        assert "exists already and is not overwritten; give another folder, or --force" in said.err
        assert not (tmp_path / "out" / "part-0.parquet").exists()  # it would have been the first
        assert run(*line, "--force").code == 0
        own = run("predict", "model.json", "sales", "--output", "sales", "--force")
        assert "is a file to predict and is not overwritten" in own.err

    def test_a_file_that_cannot_be_predicted_leaves_no_part_of_its_predictions(
        self, run: Run, model: sn.Model, data: Path, tmp_path: Path
    ) -> None:
        bad = frame_of(1).astype({"x": object})
        bad["x"] = "text"
        bad.to_parquet(data / "part-1.parquet")
        said = run("predict", "model.json", "sales", "--output", "out")
        assert said.code == 2
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["part-0.parquet"]
        with pytest.warns(sn.SheernetWarning):  # none are gathered any more
            model.predict({"x": [np.nan], "z": ["a"]})

    def test_rows_without_prediction_are_told_with_their_file(
        self, run: Run, model: sn.Model, data: Path, tmp_path: Path
    ) -> None:
        frame_of(1).assign(z="new").to_parquet(data / "part-1.parquet")
        said = run("predict", "model.json", "sales", "--output", "out")
        assert "0 predictions, 60 rows without: " in said.out
        assert (
            "rows 1 to 60 of part-1.parquet: 60 of 60 rows have labels that are not in" in said.err
        )

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ((), "the predictions of several files need a folder; give one with --output"),
            (("-o", "model.json"), "'model.json' is a file; give the name of a folder"),
            (("-o", "out", "--explain"), "--explain is for a single table"),
            (("-o", "out", "--on", "held-out"), "--on is for a single table"),
            (("-o", "out", "--sheet", "2"), "--sheet"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )  # fmt: skip
    def test_refusals(
        self, run: Run, model: sn.Model, tmp_path: Path, given: tuple[str, ...], message: str
    ) -> None:
        said = run("predict", "model.json", "sales", *given)
        assert (said.code, said.out) == (2, "")
        assert message in said.err
        assert not (tmp_path / "out").exists()


def test_the_files_of_a_list_may_be_in_several_folders(
    run: Run, model: sn.Model, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    shutil.copy(data / "part-0.parquet", tmp_path / "other" / "part-0.parquet")
    files = ("sales/part-0.parquet", "other/part-0.parquet")
    assert run("predict", "model.json", *files, "--output", "out").code == 0
    assert (tmp_path / "out" / "sales" / "part-0.parquet").is_file()
    assert (tmp_path / "out" / "other" / "part-0.parquet").is_file()
