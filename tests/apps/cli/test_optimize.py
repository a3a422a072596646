"""sheernet optimize."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import sheernet as sn
from command_lines import Run

MODEL = "scores-fit/model.json"


def test_prints_the_best_inputs(run: Run, fitted: Path) -> None:
    said = run("optimize", MODEL, "--maximize", "score")
    assert (said.code, said.err) == (0, "")
    assert said.out == f"{sn.load(MODEL).optimize('maximize')}\n"
    assert run("optimize", MODEL, "--want", "maximize").out == said.out


def test_reaches_a_wanted_value_under_bounds(run: Run, fitted: Path) -> None:
    model = sn.load(MODEL)
    asleep, studying = model.inputs.columns
    want = float(model.profile().prediction[0])
    ends = f"asleep={asleep.lowest}..{asleep.highest}"
    arguments = (
        "--want",
        f"score={want}",
        "--bounds",
        ends,
        "--fix",
        f"studying={studying.highest}",
    )
    result = json.loads(run("optimize", MODEL, *arguments, "--json").out)["result"]
    assert result["inputs"]["studying"] == studying.highest
    assert result["prediction"] == [model.predict(result["inputs"])]
    assert result["want"] == {"score": want}


def test_writes_the_solutions(run: Run, fitted: Path) -> None:
    options = "--no-near-data", "--goal", "mean", "--output", "best.csv"
    said = run("optimize", MODEL, "--minimize", "score", *options)
    assert said.out.endswith("Solutions: best.csv\n")
    expected = sn.load(MODEL).optimize("minimize", near_data=False, goal="mean").to_frame()
    pd.testing.assert_frame_equal(pd.read_csv("best.csv"), expected, check_dtype=False)


def test_limits_sums_and_predictions_and_shows_the_best_measured_row(
    run: Run, fitted: Path
) -> None:
    limits = "--fix", "asleep + studying=9", "--bounds", "score=40..,asleep=..8"
    said = run("optimize", MODEL, "scores.csv", "--minimize", "studying", *limits, "--json")
    assert said.code == 0, said.err
    result = json.loads(said.out)["result"]
    assert result["limits"] == {"asleep + studying": 9.0, "score": [40.0, None]}
    assert sum(result["inputs"].values()) == pytest.approx(9.0, abs=1e-6)
    expected = sn.load(MODEL).optimize(
        {"studying": "minimize"}, {"asleep + studying": 9.0}, {"score": (40, None), "asleep": (None, 8)},
        table="scores.csv",
    )  # fmt: skip
    assert result["inputs"] == dict(expected.inputs)
    assert result["measured"] == expected.to_dict()["measured"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--maximize", "score", "--fix", "asleep + studying=900"), "no inputs satisfy asleep + studying = 900"),
        (("--maximize", "score", "--bounds", "score=.."), "--bounds of 'score' must be two numbers"),
        ((), "no prediction is wanted; give each once, with --want NAME=VALUE, --maximize NAME or --minimize NAME"),
        (("--want", "score=3", "--maximize", "score"), "a prediction is named twice"),
        (("--want", "score=3", "--want", "4"), "--want must be a name and a value, such as score=75, but '4'"),
        (("--want", "12,5"), "if 12,5 is a number, write 12.5"),
        (("--want", "score=12,5"), "if 12,5 is a number, write 12.5"),
        (("--want", "95%"), "'95%' was given; if a workbook shows the column as percent, write 0.95"),
        (("--want", "3", "--fix", "asleep=7,25"), "if 7,25 is a number, write 7.25"),
        (("--want", "3", "--fix", "7,25"), "but '7' was given; if 7,25 is a number, write 7.25"),
        (("--want", "3", "--fix", "asleep=50 %"), "if a workbook shows the column as percent, write 0.5"),
        (("--want", "3", "--bounds", "asleep=4-7.5"), "a number, but '4-7.5' was given; write a range as 4..7.5"),
        (("--want", "3", "--bounds", "asleep=4,5..7,5"), "if 4,5 is a number, write 4.5"),
        (("--want", "high"), "--want of score must be a number, 'maximize' or 'minimize', but 'high' was given"),
        (("--maximize", "grade"), "prediction 'grade' is not recognized"),
        (("--want", "asleep=7"), "--want of the input asleep must be 'maximize' or 'minimize', but 7.0 was given"),
        (("--want", "3", "--fix", "asleep=300"), "--fix of 'asleep' must be in the range of the training rows"),
        (("--want", "3", "--bounds", "asleep=3"), "--bounds of 'asleep' must be two values"),
        (("--want", "3", "--bounds", "asleep=8..5.5"), "the smaller one first, but 8..5.5 was given"),
        (("--want", "3", "--fix", "weight=3"), "--fix 'weight' is not recognized; the columns are asleep, studying"),
        (("--want", "3", "--fix", "sleep=3"), "; did you mean 'asleep'? The columns are asleep, studying"),
        (("--want", "3", "--starts", "0"), "--starts must be a whole number of at least 1"),
    ],
)  # fmt: skip
def test_refuses_bad_input_in_a_sentence(run: Run, fitted: Path, arguments, message: str) -> None:
    said = run("optimize", MODEL, *arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_of_classes_takes_labels(run: Run) -> None:
    sn.fit("flowers.csv", "species", hidden=2, starts=1, max_iter=20).save("flowers.json")
    model = sn.load("flowers.json")
    label = str(model.targets.classes[0])
    said = run("optimize", "flowers.json", "--want", label)
    assert said.code == 0
    assert f"Best inputs for the largest species={label}" in said.out
    half = json.loads(
        run("optimize", "flowers.json", "--want", f"species={label}=0.6", "--json").out
    )
    assert half["result"]["want"] == {f"species={label}": 0.6}


def test_names_with_commas_need_no_quotes(run: Run, tmp_path: Path) -> None:
    x = [i / 8 for i in range(24)]
    table = {"rate, l/h": x, "b": [v * v for v in x], "yield, kg": [3 * v for v in x]}
    sn.fit(table, "yield, kg", hidden=0, decay=0.01, held_out=0).save("commas.json")
    said = run(
        "optimize", "commas.json", "--want", "yield, kg=5", "--fix", "b=1", "--bounds", "rate, l/h=0.5..2.5", "--json"
    )  # fmt: skip
    assert said.code == 0, said.err
    result = json.loads(said.out)["result"]
    assert result["want"] == {"yield, kg": 5.0}
    assert result["inputs"]["b"] == 1.0
    assert run("optimize", "commas.json", "--maximize", "yield, kg").code == 0
    profile = run(
        "profile", "commas.json", "--at", "b=1,rate, l/h=2", "--columns", "rate, l/h", "--json"
    )
    assert json.loads(profile.out)["result"]["point"] == {"rate, l/h": 2.0, "b": 1.0}


class TestPercent:
    """Probabilities may be written as percent."""

    def test_of_probabilities_are_understood(self, run: Run, tmp_path: Path) -> None:
        lines = [f"{i / 10},{'high' if i > 25 else 'low'}" for i in range(50)]
        (tmp_path / "two.csv").write_text("\n".join(["x,level", *lines]))
        assert (
            run(
                "fit", "two.csv", "-t", "level", "--hidden", "0", "--decay", "0.01", "-o", "m", "-q"
            ).code
            == 0
        )
        said = run("optimize", "m/model.json", "--want", "high=90%", "--json")
        assert said.code == 0, said.err
        assert list(said.document["result"]["want"].values()) == [0.9]
