"""sheernet importance: the table, its file, its picture, and its JSON document."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import sheernet as sn
from command_lines import Run

MODEL = "scores-fit/model.json"
TYPED = ("importance", MODEL, "scores.csv", "--repeats", "2")


@pytest.mark.usefixtures("fitted")
class TestImportance:
    def test_prints_the_table_of_the_library(self, run: Run) -> None:
        said = run(*TYPED)
        assert said.code == 0
        found = sn.load(MODEL).importance("scores.csv", repeats=2)
        assert "(--all-measures shows more measures)" in said.out
        as_options = str(found).replace("all_measures=True", "--all-measures")
        assert said.out.strip() == as_options.strip()
        whole = run(*TYPED, "--all-measures").out
        assert (
            whole.partition("Notice")[0].strip()
            == found.text(all_measures=True).partition("Notice")[0].strip()
        )
        assert "Shapley" in whole
        assert "Shapley" not in said.out

    def test_groups_correlation_and_seed_are_options(self, run: Run) -> None:
        said = run(*TYPED, "--groups", "asleep,studying", "--seed", "3")
        assert "\nasleep + studying  1.000" in said.out
        told = " ".join(run(*TYPED, "--correlated", "0").out.split())
        assert "correlated above 0: asleep and studying" in told
        assert "--groups" not in told  # a group of all columns tells nothing

    def test_writes_the_whole_table(self, run: Run) -> None:
        assert run(*TYPED, "--output", "found.csv").code == 0
        frame = pd.read_csv("found.csv")
        assert (
            frame["column"].tolist()
            == sn.load(MODEL).importance("scores.csv").to_frame()["column"].tolist()
        )
        assert {"total", "total_error", "permutation", "shapley"} <= {*frame.columns}
        refused = run(*TYPED, "--output", "found.csv")
        assert refused.code == 2
        assert (
            "'found.csv' exists already and is not overwritten; give another name, or --force"
            in refused.err
        )
        assert run(*TYPED, "--output", "found.csv", "--force").code == 0
        assert (
            "the output file is the input table" in run(*TYPED, "-o", "scores.csv", "--force").err
        )

    def test_draws_a_picture(self, run: Run) -> None:
        said = run(*TYPED, "--pictures", "shown")
        assert said.code == 0
        assert [path.name for path in Path("shown").iterdir()] == ["importance.png"]
        assert "Picture: shown" in said.out

    def test_as_json_has_the_same_facts(self, run: Run) -> None:
        said = run(*TYPED, "--json")
        document = json.loads(said.out)
        result = document["result"]
        found = sn.load(MODEL).importance("scores.csv", repeats=2)
        assert result["rows"] == found.rows
        assert [row["column"] for row in result["table"]] == found.to_frame()["column"].tolist()
        assert result["table"][0]["total"] == found.to_frame()["total"][0]
        assert document["error"] is None

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("--groups", "asleep"), "--groups must be lists of at least two columns, as in --groups asleep,studying"),
            (("--repeats", "0"), "--repeats must be a whole number of at least 1"),
            (("--output", "found.pdf"), "the name of the output file must end in .csv"),
        ],
    )  # fmt: skip
    def test_errors_are_sentences(self, run: Run, options, message) -> None:
        said = run(*TYPED, *options)
        assert (said.code, said.out) == (2, "")
        assert message in said.err
        assert said.err.count("\n") == 1
