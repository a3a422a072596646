"""sheernet effects, and sheernet predict --explain: text, files, pictures, and refusals."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from command_lines import Run

MODEL = "scores-fit/model.json"
pytestmark = pytest.mark.usefixtures("fitted")


def few(path: Path, rows: int = 2) -> str:
    name = f"few{rows}.csv"
    pd.read_csv(path / "scores.csv").head(rows).to_csv(path / name, index=False)
    return name


class TestEffects:
    def test_prints_the_effects_of_the_library(self, run: Run) -> None:
        model = sn.load(MODEL)
        for options, pairs in ((("--pairs", "1"), 1), ((), None), (("--pairs", "0"), 0)):
            said = run("effects", MODEL, "scores.csv", *options)
            assert (said.code, said.err) == (0, "")
            assert said.out == f"{model.effects('scores.csv', pairs=pairs)}\n"

    def test_needs_no_table(self, run: Run) -> None:
        model = sn.load(MODEL)
        assert run("effects", MODEL).out == f"{model.effects()}\n"
        assert run("effects", MODEL, "--columns", "asleep", "--pairs", "0").code == 0
        assert "--separator is about reading DATA" in run("effects", MODEL, "--separator", ";").err
        said = run("importance", MODEL, "--groups", "asleep,studying")
        assert said.out.startswith("Importance of 1 group for score, by total; ")
        assert "rows that stand for the training rows" in said.out

    def test_writes_all_values_to_a_file(self, run: Run, tmp_path: Path) -> None:
        said = run(
            "effects", MODEL, "scores.csv", "--columns", "asleep", "--kind", "Partial-Dependence", "-o", "e.csv"
        )  # fmt: skip
        assert said.code == 0
        assert said.out.endswith("\nValues: e.csv\n")
        found = sn.load(MODEL).effects("scores.csv", "partial dependence", ["asleep"])
        written = pd.read_csv(tmp_path / "e.csv")
        assert written["effect"].tolist() == pytest.approx(found["asleep"].mean[:, 0].tolist())
        assert run("effects", MODEL, "scores.csv", "-o", "e.csv").err.startswith(
            "sheernet: 'e.csv' exists already and is not overwritten; give another name, or --force"
        )

    def test_gives_data(self, run: Run) -> None:
        result = run(
            "effects", MODEL, "scores.csv", "--pairs", "asleep:studying", "--json"
        ).document["result"]
        found = sn.load(MODEL).effects("scores.csv", pairs=[("asleep", "studying")])
        assert result["columns"] == [effect.name for effect in found.curves]
        assert result["pairs"] == {"asleep and studying": found.pairs[0].importance.tolist()}
        assert len(result["effects"]) == len(found.to_frame())
        assert [row["effect"] for row in result["pair_effects"]] == (
            found.pairs_to_frame()["effect"].tolist()
        )
        assert result["means"] == found.means.tolist()
        assert result["differences"] == []
        assert {row["raw_mean"] for row in result["effects"]} == {None}  # columns of numbers

    def test_gives_the_differences_of_labels_also_with_a_file(self, run: Run) -> None:
        table = pd.DataFrame({"x": np.arange(40.0) ** 1.5, "c": list("ab") * 20})
        table["y"] = table["x"] + 3.0 * (table["c"] == "b")
        table.to_csv("labels.csv", index=False)
        model = sn.fit("labels.csv", "y", hidden=0, decay=1e-6, starts=1)
        model.save("labels.json")
        found = run("effects", "labels.json", "labels.csv", "-o", "e.csv", "--json").document
        (row,) = found["result"]["differences"]
        assert (row["label"], row["other"]) == ("b", "a")
        assert row["difference"] == pytest.approx(3.0, abs=0.01)
        assert found["result"]["effects"] is None

    def test_a_file_has_the_values_of_pairs(self, run: Run, tmp_path: Path) -> None:
        run("effects", MODEL, "scores.csv", "--pairs", "asleep:studying", "-o", "p.csv")
        found = sn.load(MODEL).effects("scores.csv", pairs=[("asleep", "studying")])
        written = pd.read_csv(tmp_path / "p.csv")
        assert list(written) == list(found.values_to_frame())
        pairs = written[written["second"] == "studying"]
        assert pairs["effect"].tolist() == pytest.approx(found.pairs[0].joint[:, :, 0].ravel())
        assert pairs["interaction"].tolist() == (
            pytest.approx(found.pairs[0].interaction[:, :, 0].ravel())
        )

    @pytest.mark.slow
    def test_draws_pictures(self, run: Run, tmp_path: Path) -> None:
        pytest.importorskip("matplotlib")
        said = run("effects", MODEL, "scores.csv", "--pairs", "1", "--pictures", "p")
        assert said.out.endswith("\nPictures: p\n")
        assert {file.name for file in (tmp_path / "p").iterdir()} == {
            "effects.png",
            "pair_effects.png",
        }

    @pytest.mark.parametrize(
        ("options", "why"),
        [
            (
                ("--individual",),
                "have no curves of single rows; omit --individual, or use --kind",
            ),
            (("--columns", "sleep"), "'sleep'"),
            (("--pairs", "asleep"), "pairs of columns such as age:income, but 'asleep' was given"),
            (("-o", "effects.txt"), "must end in .csv"),
        ],
    )
    def test_refuses_what_is_not_defined(self, run: Run, options, why: str) -> None:
        said = run("effects", MODEL, "scores.csv", *options)
        assert said.code == 2
        assert why in said.err


class TestExplain:
    def test_prints_explanations_of_few_rows(self, run: Run, tmp_path: Path) -> None:
        said = run("predict", MODEL, few(tmp_path), "--explain", "--reference", "scores.csv")
        assert (said.code, said.err) == (0, "")
        model = sn.load(MODEL)
        row = pd.read_csv(tmp_path / "scores.csv").drop(columns="score").iloc[1]
        first, second = said.out.split("\n\nRow 2: ")
        assert first.startswith("Row 1: score: ")
        assert second == f"{model.explain_row(row, 'scores.csv')}\n"

    def test_adds_columns_for_many_rows_and_in_a_file(self, run: Run, tmp_path: Path) -> None:
        said = run("predict", MODEL, "scores.csv", "--explain")
        names, *rows = csv.reader(io.StringIO(said.out))
        asleep, studying = "contribution_asleep", "contribution_studying"
        assert names == ["score", "baseline", asleep, f"{asleep}_std", studying, f"{studying}_std"]
        numbers = np.array(rows, dtype=float)
        assert numbers[:, 0] == pytest.approx(numbers[:, [1, 2, 4]].sum(axis=1))
        assert numbers[:, [3, 5]].min() > 0
        assert (
            run("predict", MODEL, few(tmp_path), "--explain", "-o", "x.csv").out
            == "2 predictions: x.csv\n"
        )
        assert list(pd.read_csv(tmp_path / "x.csv")) == names
        json = run("predict", MODEL, few(tmp_path), "--explain", "--json").document["result"]
        assert json["columns"] == names

    def test_the_rows_of_the_fit_are_compared_with_without_being_asked(self, run: Run) -> None:
        explain = ("predict", MODEL, "scores.csv", "--explain")
        plain = run(*explain).out
        assert plain == run(*explain, "--reference", "scores.csv").out
        model, table = sn.load(MODEL), pd.read_csv("scores.csv")
        mean = model.predict(table.iloc[model.rows.training]).mean()
        for options in ((), ("--on", "training")):
            baseline = pd.read_csv(io.StringIO(run(*explain, *options).out))["baseline"]
            assert baseline.to_numpy() == pytest.approx(np.full(len(baseline), mean))

    def test_a_row_without_a_prediction_has_a_sentence(self, run: Run, tmp_path: Path) -> None:
        sn.fit("scores.csv", "score", hidden=2, starts=1, max_iter=20, missing="refuse").save(MODEL)
        (tmp_path / "gap.csv").write_text("asleep,studying\n7,1\n,2\n")
        said = run("predict", MODEL, "gap.csv", "--explain")
        assert said.out.endswith("\n\nRow 2: no prediction\n")
        assert said.err.count("missing inputs") == 1

    def test_the_reference_needs_explain(self, run: Run) -> None:
        said = run("predict", MODEL, "scores.csv", "--reference", "scores.csv")
        assert said.code == 2
        assert said.err == "sheernet: --reference is used by --explain only; give both, or none\n"
