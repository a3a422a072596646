"""Exercises as files and as addresses: what is written is read back, and what is wrong is refused with a sentence."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.apps.page.page_exercise import MOST_TABLE, Exercise
from sheernet.apps.page.page_presets import ALL

EVERYTHING = Exercise(
    title="A title & <b>", task="line 1\nline 2 #?", hidden_controls=("seed", "cost"), data="table",
    table="a;b\n1;2,5\n3;4\n", table_name="Größe.csv", samples="columns", inputs=("a", "b c"), target="ä=1&x",
    task_kind="regression", validation=0.25, test=0.1, missing="drop", scaling="minmax", hidden=(5, 3),
    activation="relu", output="sigmoid", bias=False, skip=True, cost="huber", reduction="sum",
    decay=1e-7, method="gd", options={"learning_rate": 0.5, "nesterov": True}, starts=7,
    seed=2**40, scheme="he", weights=(0.1, -2.5e-7),
    max_iter=17, gradient_tolerance=1e-5, patience=9, row=1, axes=("a",),
)  # fmt: skip


def test_the_example_has_another_value_in_each_field() -> None:
    plain, usual = msgspec.to_builtins(EVERYTHING), msgspec.to_builtins(Exercise())
    same = [name for name in plain if plain[name] == usual[name]]
    assert same == ["format", "version"]


@pytest.mark.parametrize(
    "exercise", [EVERYTHING, Exercise(), *(each.exercise for each in ALL.values())]
)
def test_an_exercise_is_read_back_from_its_file_and_from_its_address(exercise: Exercise) -> None:
    assert Exercise.from_json(exercise.to_json()) == exercise
    without_table = msgspec.structs.replace(exercise, table="")
    assert Exercise.from_query(exercise.query) == without_table
    assert Exercise.from_query("#" + exercise.query) == without_table


@given(
    title=st.text(max_size=30), target=st.none() | st.text(max_size=20),
    inputs=st.none() | st.lists(st.text(max_size=8)).map(tuple),
    hidden=st.lists(st.integers(1, 99), max_size=3).map(tuple), decay=st.floats(0, 1e9),
)  # fmt: skip
def test_any_text_survives_the_address(title, target, inputs, hidden, decay) -> None:  # type: ignore[no-untyped-def]
    exercise = Exercise(title=title, target=target, inputs=inputs, hidden=hidden, decay=decay)
    assert Exercise.from_query(exercise.query) == exercise
    assert Exercise.from_json(exercise.to_json()) == exercise


def test_the_file_states_format_and_version_and_nothing_of_the_server() -> None:
    document = json.loads(Exercise(seed=3).to_json())
    assert document == {"format": "sheernet-exercise", "version": 1, "seed": 3}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("colour=red", "an exercise has no setting 'colour'"),
        ("seed=a", "seed: expected int, but got str"),
        ("hidden=3,b", "hidden: expected array, but got str"),
        ("max_iter=1.5", "max_iter: expected int, but got float"),
        ("bias=2", "bias: expected bool, but got int"),
        ("reduction=lots", "reduction: invalid enum value 'lots'"),
        ("&".join(f"a{i}=1" for i in range(300)), "the address has too many settings"),
    ],
)
def test_a_wrong_address_is_refused_with_a_sentence(query: str, sentence: str) -> None:
    with pytest.raises(sn.InvalidInput, match=sentence):
        Exercise.from_query(query)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON|not an exercise"),
        ("[1]", "not an exercise"),
        ('{"format": "sheernet-model", "version": 1}', "not an exercise"),
        (
            '{"format": "sheernet-exercise", "version": 2}',
            "version 2, but this sheernet reads version 1",
        ),
        ('{"format": "sheernet-exercise", "version": 1, "token": "x"}', "no setting 'token'"),
        ('{"format": "sheernet-exercise", "version": 1, "hidden": 3}', "hidden: expected array"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(sn.InvalidInput, match=sentence):
        Exercise.from_json(text)


def test_a_large_table_is_named_and_not_included() -> None:
    digits = "".join(f"{i * 7919 % 1000003},{i * 104729 % 999983}\n" for i in range(20_000))
    large = msgspec.structs.replace(EVERYTHING, table=digits)
    assert len(digits) > MOST_TABLE
    assert "table" not in json.loads(large.to_json())
    assert Exercise.from_json(large.to_json()).table_name == "Größe.csv"
