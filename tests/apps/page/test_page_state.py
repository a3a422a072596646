"""The state: columns and their roles, the diagram's units and edges, presets."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_presets import ALL
from sheernet.apps.page.page_state import state_of
from sheernet.apps.page.page_table import exercise_with

OWN = b"id,a,same,kind,y\n" + b"".join(
    b"%d,%d,7,%s,%d\n" % (i, i * i % 13, b"uv"[i % 2 : i % 2 + 1], i % 5) for i in range(30)
)


def test_columns_have_their_roles_kinds_and_reasons() -> None:
    state = state_of(Experiment.of(exercise_with(Exercise(), OWN, "own.csv")), 3)
    roles = {each.name: (each.role, each.kind) for each in state.data.columns}
    assert roles == {
        "id": ("input", "number"), "a": ("input", "number"), "same": ("left out", "number"),
        "kind": ("input", "category"), "y": ("target", "number"),
    }  # fmt: skip
    assert "the same value in every row" in next(
        each.note for each in state.data.columns if each.name == "same"
    )
    assert (state.revision, state.exercise.table, state.data.counts["training"]) == (3, "", 30)


def test_each_weight_is_an_edge_between_its_units() -> None:
    experiment = Experiment.of(Exercise(data="xor", hidden=(3, 2), skip=True))
    network = state_of(experiment, 0).network
    units = {unit.id: unit for unit in network.units}
    assert [edge.index for edge in network.edges] == list(
        range(experiment.architecture.n_parameters)
    )
    layout = experiment.architecture.layout
    for edge in network.edges:
        assert edge.name == layout.name(edge.index)
        source, target = units[edge.source], units[edge.target]
        described = layout.describe(edge.index, inputs=["x1", "x2"], outputs=["yes"])
        assert target.layer == source.layer + 1 or edge.name.startswith("S")
        assert ("bias" in described) == (source.kind == "bias")
    names = {edge.name: (edge.source, edge.target) for edge in network.edges}
    assert names["W1[1,2]"] == ("x2", "h1.3")
    assert names["b2[1]"] == ("b2", "h2.2")
    assert names["W3[0,0]"] == ("h2.1", "y1")
    assert names["S[1,0]"] == ("x2", "y1")


def test_a_large_network_is_not_drawn() -> None:
    network = state_of(Experiment.of(Exercise(data="xor", hidden=(60, 60))), 0).network
    assert (network.units, network.edges) == ([], [])
    assert "3901 weights are too many to draw" in network.note


def test_a_state_can_be_sent() -> None:
    for preset in ("a network of nine weights", "two spirals"):
        state = state_of(Experiment.of(ALL[preset].exercise), 1)
        document = msgspec.json.decode(msgspec.json.encode(state))
        assert document["query"] == ALL[preset].exercise.query
        assert document["exercise"]["task"] == ALL[preset].sentence
        assert {each["name"] for each in document["presets"]} == set(ALL)


@pytest.mark.parametrize("name", list(ALL))
def test_a_preset_belongs_to_a_lesson(name: str) -> None:
    from sheernet.teaching.lesson_cells import lessons

    titles = {f"{lesson.number} {lesson.title}" for lesson in lessons()}
    assert ALL[name].lesson in titles


def test_the_table_of_the_lessons_names_each_preset() -> None:
    text = (Path(__file__).parents[3] / "docs" / "lessons.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| ([a-z][^|]*) \|$", text, re.MULTILINE)
    named = {(number, name) for number, names in rows for name in names.split("; ")}
    assert named == {(each.lesson[0], name) for name, each in ALL.items()}
