"""Figures of a second file: those of the same rows in the table itself."""

from __future__ import annotations

import pytest

import sheernet as sn
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_figures import agreements, judge_table
from sheernet.apps.page.page_table import exercise_with

TEXT = "a;b;y\n" + "".join(f"{i},5;{i * 7 % 11};{i * 3 % 17},25\n" for i in range(25))
EXPERIMENT = Experiment.of(exercise_with(Exercise(), TEXT.encode(), "own.csv"))


def test_the_training_rows_as_a_second_file_have_the_same_figures() -> None:
    (known,), _ = agreements(EXPERIMENT, EXPERIMENT.network)
    found = judge_table(EXPERIMENT, EXPERIMENT.network, TEXT.encode(), "again.csv")
    assert (found.agreement.rmse, found.agreement.r2, found.agreement.predicted) == (
        known.rmse, known.r2, known.predicted,
    )  # fmt: skip
    assert found.sentence.startswith("25 rows of again.csv: RMSE ")


def test_classes_have_an_accuracy() -> None:
    experiment = Experiment.of(Exercise(data="xor"))
    found = judge_table(experiment, experiment.network, b"x1,x2,xor\n0,1,yes\n1,1,no\n", "t.csv")
    assert found.agreement.n == 2
    assert "accuracy" in found.sentence


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\n1,2\n3,4\n", "'y'"),
        (b"", "empty"),
        (b"\x00", "t.csv"),
        (b"a,b,y\n1,2,red\n3,4,blue\n", "number|red"),
    ],
)
def test_a_file_that_does_not_suit_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(sn.InvalidInput, match=sentence):
        judge_table(EXPERIMENT, EXPERIMENT.network, content, "t.csv")
