"""An experiment: the rows of each share, missing values, and limits."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_table import exercise_with

GAPS = "a,b,y\n" + "".join(
    f"{'' if i == 3 else i},{i * i % 7},{'' if i == 5 else i % 4}\n" for i in range(40)
)


def own(**settings: object) -> Experiment:
    return Experiment.of(exercise_with(Exercise(), GAPS.encode(), "gaps.csv").changed(settings))


def test_gaps_are_filled_but_those_of_the_target_are_left_out_and_the_page_says_so() -> None:
    experiment = own()
    assert experiment.rows["training"].tolist() == [row for row in range(40) if row != 5]
    assert "1 row of 40 with missing values is left out" in experiment.notices
    assert any("1 missing value is filled" in notice for notice in experiment.notices)
    assert "2 rows of 40 with missing values are left out" in own(missing="drop").notices


def test_the_shares_divide_the_rows_as_asked() -> None:
    experiment = Experiment.of(Exercise(data="two spirals", validation=0.25, test=0.25))
    parts = list(experiment.rows.values())
    assert sorted(np.concatenate(parts).tolist()) == list(range(194))
    assert [len(part) for part in parts] == [98, 48, 48]
    labels = experiment.source.table.frame["spiral"].to_numpy()
    for part in parts:
        assert abs(np.mean(labels[part] == "one") - 0.5) < 0.02


def test_missing_values_are_refused_left_out_or_filled() -> None:
    with pytest.raises(sn.InvalidInput, match="missing"):
        own(missing="refuse")
    dropped = own(missing="drop").rows["training"]
    assert sorted(set(range(40)) - set(dropped.tolist())) == [3, 5]
    filled = own(missing="impute").rows["training"]
    assert sorted(set(range(40)) - set(filled.tolist())) == [5]
    other = own(missing="drop", inputs=("b",)).rows["training"]
    assert sorted(set(range(40)) - set(other.tolist())) == [5]


def test_of_a_few_rows_none_is_set_aside_and_the_page_says_so() -> None:
    experiment = Experiment.of(Exercise(test=0.25))
    assert len(experiment.rows["training"]) == 3
    assert experiment.notices == ("the table has fewer than 20 rows, so all are used in training",)


@pytest.mark.parametrize(
    ("n", "shares", "notices"),
    [
        (24, {"validation": 0.25, "test": 0.25}, ["no row is set aside for validation: fewer than 20 rows are left"]),
        (40, {"validation": 0.3, "test": 0.001}, ["no row is set aside for test: the share is too small"]),
        (40, {"validation": 0.3, "test": 0.2}, []),
        (15, {"validation": 0.3, "test": 0.2}, ["the table has fewer than 20 rows, so all are used in training"]),
    ],
)  # fmt: skip
def test_a_share_without_rows_is_told(n: int, shares: dict[str, float], notices: list[str]) -> None:
    content = "x,y\n" + "".join(f"{i},{i * i % 7}\n" for i in range(n))
    exercise = exercise_with(Exercise(), content.encode(), "own.csv").changed(shares)
    assert [
        each for each in Experiment.of(exercise).notices if "train" in each or "aside" in each
    ] == notices


def test_of_usable_rows_that_are_few_none_is_set_aside() -> None:
    content = "x,y\n" + "".join(f"{'' if i % 3 == 0 else i},{i % 7}\n" for i in range(24))
    settings = {"test": 0.25, "missing": "drop"}
    exercise = exercise_with(Exercise(), content.encode(), "own.csv").changed(settings)
    assert (
        "the table has fewer than 20 usable rows, so all are used in training"
        in Experiment.of(exercise).notices
    )


def test_a_row_is_found_in_its_share() -> None:
    experiment = own(missing="drop", test=0.3)
    for share, rows in experiment.rows.items():
        for place, row in enumerate(rows.tolist()):
            assert experiment.place_of(row) == (share, place)
    assert experiment.place_of(3) == ("training", 0)
    assert experiment.cells(4) == {"a": 4.0, "b": 2, "y": 0.0}


def test_the_sleep_study_has_the_numbers_of_the_videos() -> None:
    experiment = Experiment.of(Exercise(scaling="none", output="sigmoid", bias=False, hidden=(3,)))
    X, y = sn.datasets.load_sleep_study().scaled
    assert np.array_equal(experiment.prepared.training.X, X)
    assert np.array_equal(experiment.prepared.training.y, y)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"hidden": (6000,)}, "has 24,001 weights, but the page trains up to 20,000"),
        ({"hidden": (200, 200)}, "trains up to 20,000"),
        ({"validation": 0.5, "test": 0.5}, "none is left to train on"),
        ({"decay": float("nan")}, "decay must be at least 0"),
        ({"starts": 2000}, "starts"), ({"seed": -1}, "seed"), ({"scheme": "zeros"}, "scheme"),
        ({"method": "bfgs", "options": {"learning_rate": 0.1}}, "learning_rate"),
        ({"title": "x" * 5000}, "up to 4000 characters"), ({"hidden_controls": ("everything",)}, "hidden control"),
        ({"validation": 0.3, "patience": 5}, "patience needs validation rows"),  # of three rows
        ({"cost": "cross_entropy"}, "cost"), ({"target": "x"}, "no column 'x'|'x'"),
    ],
)  # fmt: skip
def test_what_is_out_of_range_is_refused(settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(sn.InvalidInput, match=sentence):
        Experiment.of(Exercise(**settings))  # type: ignore[arg-type]
