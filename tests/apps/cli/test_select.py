"""sheernet select: the chosen model, a table and a picture in a new folder."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import sheernet as sn
from command_lines import Run, contents

SELECT = (
    "select", "scores.csv", "-t", "score", "--sizes", "0,2", "--decays", "0.1,0.01", "--folds", "3", "--starts", "1",
    "--max-iter", "10", "--quiet",
)  # fmt: skip


def test_prints_the_table_and_writes_model_table_and_picture(run: Run, tmp_path: Path) -> None:
    said = run(*SELECT)
    assert said.code == 0
    assert said.out.startswith("score in scores.csv: 40 rows, 3 folds, 1 start, 12 fits\n")
    assert "\nChosen: " in said.out
    assert said.out.endswith(
        "\nmodel.json, selection.csv and selection.png: scores-select\n"
        "More: sheernet report scores-select/model.json\n"
    )
    folder = tmp_path / "scores-select"
    assert {path.name for path in folder.iterdir()} == {
        "model.json",
        "selection.csv",
        "selection.png",
    }
    rows = list(csv.DictReader((folder / "selection.csv").read_text().splitlines()))
    assert [(row["hidden"], float(row["decay"])) for row in rows] == [
        ("0", 0.1), ("0", 0.01), ("2", 0.1), ("2", 0.01),
    ]  # fmt: skip
    assert sum("chosen" in row["mark"] for row in rows) == 1
    assert "figures by 3-fold cross-validation" in run("report", str(folder / "model.json")).out


def test_gives_what_python_gives(run: Run) -> None:
    result = run(*SELECT, "--rule", "best", "--repeats", "2", "--json").document["result"]
    selection = sn.select(
        "scores.csv", "score", sizes=(0, 2), decays=(0.1, 0.01), folds=3, starts=1, max_iter=10, rule="best",
        repeats=2,
    )  # fmt: skip
    assert result["selection"] == selection.rows()
    assert result["chosen"] == {"hidden": list(selection.hidden), "decay": selection.decay}
    assert result["choice"] == selection.verdict
    assert result["measure"] == "RMSE"
    assert result["evaluation"] == "folds"


def test_keeps_groups_together(run: Run) -> None:
    said = run(
        "select",
        "flowers.csv",
        "-t",
        "species",
        *SELECT[4:8],
        "--folds",
        "2",
        "--groups",
        "color",
        "--quiet",
        "--json",
    )
    result = said.document["result"]
    assert result["inputs"] == ["petal", "sepal"]
    assert result["measure"] == "log loss"


def test_sizes_of_several_layers_are_joined_by_hyphens(run: Run) -> None:
    said = run(*SELECT, "--sizes", "3-2", "--json")
    hidden = [row["hidden"] for row in said.document["result"]["selection"]]
    assert hidden == ["0", "0", "2", "2", "3-2", "3-2"]


def test_chooses_decays_by_the_evidence(run: Run, tmp_path: Path) -> None:
    given = ("--sizes", "0,auto", "--decays", "evidence,0.1", "--folds", "2", "--quiet", "--json")
    result = run(*SELECT[:4], *given).document["result"]
    lines = [(row["hidden"], row["decay"]) for row in result["selection"]]
    assert lines == [("0", "evidence"), ("0", 0.1), ("auto", "evidence")]
    text = (tmp_path / "scores-select" / "selection.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["decay"], row["weights"]) for row in rows] == [
        ("evidence", "3"), ("0.1", "3"), ("evidence", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("--sizes", "two"), "each of --sizes must be a number of hidden units"),
        (("--decays", "0.1,x"), "each of --decays must be a number of at least 0, or 'evidence'"),
        (("--decays", "evidence"), "so --max-iter would have no effect"),
        (("--folds", "99"), "fewer than the 99 of --folds; lower --folds"),
        (("--groups", "who"), "'who'"),
        (("--rule", "some"), "--rule"),
        (("--decay", "1"), "No such option: --decay (Possible options: --decays"),
        (("--target", "scor"), "scor"),
    ],
)
def test_bad_input_writes_nothing(
    run: Run, tmp_path: Path, wrong: tuple[str, ...], message: str
) -> None:
    before = contents(tmp_path)
    said = run(*SELECT, *wrong)
    assert (said.code, said.out) == (2, "")
    assert message in said.err
    assert contents(tmp_path) == before


def test_force_does_not_replace_the_table_that_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "selection.csv").write_bytes((tmp_path / "scores.csv").read_bytes())
    said = run("select", "out/selection.csv", *SELECT[2:], "--output", "out", "--force")
    assert said.code == 2
    assert "the output file is the input table" in said.err
