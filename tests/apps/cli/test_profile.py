"""sheernet profile."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import sheernet as sn
from command_lines import Run

MODEL = "scores-fit/model.json"


def test_prints_the_profile_of_the_model(run: Run, fitted: Path) -> None:
    said = run("profile", MODEL)
    assert (said.code, said.err) == (0, "")
    assert said.out == f"{sn.load(MODEL).profile()}\n"


def test_is_at_the_given_values(run: Run, fitted: Path) -> None:
    result = json.loads(run("profile", MODEL, "--at", "asleep=7,studying=2.5", "--json").out)[
        "result"
    ]
    assert result["point"] == {"asleep": 7.0, "studying": 2.5}
    assert result["prediction"] == [sn.load(MODEL).predict({"asleep": 7.0, "studying": 2.5})]
    one = run(
        "profile",
        MODEL,
        "--at",
        "asleep=7",
        "--at",
        "studying=2.5",
        "--columns",
        "asleep",
        "--points",
        "3",
    )
    assert one.out == f"{sn.load(MODEL).profile({'asleep': 7.0, 'studying': 2.5}, ['asleep'], 3)}\n"


def test_writes_a_picture_or_all_values(run: Run, fitted: Path) -> None:
    said = run("profile", MODEL, "--output", "profile.png")
    assert said.out.endswith("Picture: profile.png\n")
    assert Path("profile.png").read_bytes().startswith(b"\x89PNG")
    again = run("profile", MODEL, "--output", "profile.png")
    assert (again.code, "exists already" in again.err) == (2, True)
    assert run("profile", MODEL, "--output", "profile.svg", "--interval", "0.9").code == 0
    assert run("profile", MODEL, "--output", "values.csv", "--interval", "0.9").code == 0
    expected = sn.load(MODEL).profile(coverage=0.9).to_frame()
    pd.testing.assert_frame_equal(
        pd.read_csv("values.csv", dtype={"value": str}), expected, check_dtype=False
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--at", "asleep"),
            "--at must be a name and a value, such as asleep=..., but 'asleep' was given",
        ),
        (("--at", "asleep=long"), "--at of asleep must be a number, but 'long' was given"),
        (("--at", "awake=1"), "'awake' is not recognized"),
        (("--columns", "awake"), "'awake' is not recognized"),
        (("--points", "1"), "--points must be a whole number of at least 2"),
        (("--interval", "2"), "--interval"),
        (("--output", "profile.gif"), "must end in"),
        (("--output", MODEL, "--force"), "is the model file"),
    ],
)
def test_refuses_bad_input_in_a_sentence(run: Run, fitted: Path, arguments, message: str) -> None:
    said = run("profile", MODEL, *arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err
    assert said.err.count("\n") == 1
