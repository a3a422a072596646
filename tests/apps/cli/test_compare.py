"""sheernet compare: a table and a picture in a new folder."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from command_lines import Run, contents, write_scores

COMPARE = (
    "compare", "scores.csv", "-t", "score", "--methods", "lm,bfgs", "--methods", "gd", "--hidden", "2", "--starts", "2",
    "--max-iter", "10", "--quiet",
)  # fmt: skip


def test_prints_the_table_and_writes_it_with_a_picture(run: Run, tmp_path: Path) -> None:
    said = run(*COMPARE)
    assert (said.code, said.err) == (0, "")
    for method in ("lm", "bfgs", "gd"):
        assert method in said.out
    folder = tmp_path / "scores-compare"
    assert {path.name for path in folder.iterdir()} == {"comparison.csv", "comparison.png"}
    rows = list(csv.DictReader((folder / "comparison.csv").read_text().splitlines()))
    assert [row["method"] for row in rows] == ["lm", "bfgs", "gd"]
    assert said.out.endswith("\ncomparison.csv and comparison.png: scores-compare\n")


def test_json_has_a_row_for_each_method(run: Run) -> None:
    said = run(*COMPARE, "--json")
    assert said.code == 0
    result = said.document["result"]
    assert result["folder"] == "scores-compare"
    assert result["files"] == ["comparison.csv", "comparison.png"]
    assert [row["method"] for row in result["methods"]] == ["lm", "bfgs", "gd"]
    assert result["winner"] in ("lm", "bfgs", "gd")
    assert result["verdict"].startswith(result["winner"])


def test_reports_the_same_facts_as_fit(run: Run, tmp_path: Path) -> None:
    text = (tmp_path / "scores.csv").read_text().splitlines()
    named = [f"{text[0]},name", *(f"{line},n{i}" for i, line in enumerate(text[1:]))]
    (tmp_path / "scores.csv").write_text("\n".join(named) + "\n")
    fitted = run("fit", *COMPARE[1:4], *COMPARE[8:], "--json").document["result"]
    said = run(*COMPARE)
    assert said.err == ""
    spoken = " ".join(said.out.split())
    assert f"Data scores.csv ({fitted['reading']}): 40 rows, 30 for training, 10 held out" in spoken
    assert "name it in --inputs with --rare 0 to keep it" in spoken
    assert "Inputs asleep, studying Target score (regression) Network 2-2-1, tanh" in spoken
    assert (
        "Given --hidden 2; --starts 2; --max-iter 10 Defaults --task auto; --scaling standardize"
        in spoken
    )
    document = run(*COMPARE, "--json").document
    assert document["notes"] == []
    result = document["result"]
    for name in (
        "task", "data", "reading", "rows", "inputs", "features", "targets", "classes", "network", "cost", "engine",
        "notices",
    ):  # fmt: skip
        assert result[name] == fitted[name]
    assert result["notices"][0].endswith("; name it in --inputs with --rare 0 to keep it")
    settings = {**fitted["settings"]}
    del settings["method"], settings["options"]
    # compare has a table of its own
    del settings["evaluation_errors"], settings["evaluation_gain_errors"]
    options = result["settings"].pop("options")
    assert options == {"lm": {}, "bfgs": {}, "gd": {}}
    assert result["settings"] == settings


def test_names_the_file_of_the_test_rows(run: Run, tmp_path: Path) -> None:
    write_scores(tmp_path / "final.csv", rows=13, seed=6)
    said = run(*COMPARE, "--test", "final.csv")
    assert said.out.startswith(
        "score in scores.csv: 40 rows for training, 13 of final.csv for evaluation, 2 starts\n"
    )
    assert "held" not in said.out


def test_takes_the_options_of_fit(run: Run, tmp_path: Path) -> None:
    for name, rows in (("scores.csv", 40), ("more.csv", 12)):
        write_scores(tmp_path / name, rows=rows, seed=rows)
        first, *others = (tmp_path / name).read_text().splitlines()
        coded = [
            f"{first},code,w",
            *(f"{line},{i % 3},{1 + i % 2}" for i, line in enumerate(others)),
        ]
        (tmp_path / name).write_text("\n".join(coded) + "\n")
    said = run(
        *COMPARE, "--samples", "rows", "--separator", "comma", "--decimal", ".", "--encoding", "utf-8",
        "--missing-values", "n/a", "--inputs", "asleep,code", "--drop", "studying", "--categories", "code",
        "--weights", "w", "--task", "regression", "--scaling", "minmax", "--rare", "0", "--unseen", "rare",
        "--missing", "drop", "--activation", "sigmoid", "--decay", "0.01", "--cost", "squared_error",
        "--time-limit", "60", "--held-out", "0", "--seed", "3", "--validation", "more.csv", "--patience", "5",
        "--test", "more.csv", "-o", "my dir/out",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert (tmp_path / "my dir/out/comparison.csv").is_file()


def test_bad_input_writes_nothing(run: Run, tmp_path: Path) -> None:
    before = contents(tmp_path)
    for wrong, message in (
        (("--methods", "lm,newton"), "newton"),
        (("--target", "scor"), "scor"),
        (("--decay", "-1"), "--decay must be"),
    ):
        said = run(*COMPARE, *wrong)
        assert (said.code, said.out) == (2, "")
        assert said.err.count("\n") == 1
        assert message in said.err
        assert contents(tmp_path) == before


def test_an_unknown_method_is_reported_by_the_option_methods(run: Run) -> None:
    said = run(*COMPARE, "--methods", "lm,newton")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("sheernet: --methods 'newton' is not recognized; choose one of gd, ")


@pytest.mark.parametrize("way", ["itself", "symlink", "hard link"])
def test_force_does_not_replace_the_table_that_is_read(run: Run, tmp_path: Path, way: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    table = folder / "comparison.csv"
    table.write_bytes((tmp_path / "scores.csv").read_bytes())
    data = {
        "itself": table,
        "symlink": tmp_path / "link.csv",
        "hard link": tmp_path / "second.csv",
    }[way]
    if way == "symlink":
        data.symlink_to(table)
    elif way == "hard link":
        data.hardlink_to(table)
    before = contents(tmp_path)
    said = run("compare", str(data), "-t", "score", "--output", "out", "--force")
    assert said.code == 2
    assert "the output file is the input table" in said.err
    assert contents(tmp_path) == before
