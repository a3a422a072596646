"""The diagram of an explanation: the numbers of the passes, where they belong."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.explaining.network_diagram import lay_out
from sheernet.plots.explained_diagram import with_passes
from sheernet.plots.network_numbers import overlap, place_numbers, text_box

X, Y = sn.datasets.load_sleep_study().scaled
NOTEBOOK = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)


def explanation_of(arch: sn.Architecture = NOTEBOOK, seed: int = 0, **options) -> sn.Explanation:
    return sn.explain(sn.Network.random(arch, seed, scheme="uniform"), X, Y, **options)


def number_in(text: str) -> float:
    return float(text.strip("()δ ").replace("−", "-"))


@pytest.mark.parametrize("row", [None, 1])
def test_each_number_is_that_of_the_explanation(row: int | None) -> None:
    explanation = explanation_of(row=row)
    diagram = with_passes(lay_out(explanation.network), explanation)
    for unit in diagram.units:
        a, *delta = map(number_in, unit.note.split("\n"))
        symbols = ["X"] if unit.layer == 0 else [f"a_{unit.layer}", f"delta_{unit.layer}"]
        columns = [explanation[symbol][:, unit.index] for symbol in symbols]
        assert a == pytest.approx(columns[0].mean(), rel=5e-3)
        assert delta == [pytest.approx(column.sum(), rel=5e-3) for column in columns[1:]]
    for edge in diagram.edges:
        block, i, j = edge.name[:2], int(edge.name[3]), int(edge.name[5])
        gradient = explanation.gradients.gradients[block][i, j]
        weight, below = map(number_in, edge.text.split("\n"))
        assert weight == pytest.approx(explanation.network[block][i, j], rel=5e-3)
        assert below == pytest.approx(gradient, rel=5e-3)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("bias", [False, True])
def test_the_numbers_of_the_notebook_s_network_have_room(seed: int, bias: bool) -> None:
    explanation = explanation_of(sn.Architecture((2, 3, 1), bias=bias), seed)
    diagram = place_numbers(with_passes(lay_out(explanation.network), explanation))
    boxes = [text_box(edge, *edge.number, (1.0, 1.0)) for edge in diagram.edges]
    assert not any(overlap(a, b) for a, b in combinations(boxes, 2))


def test_lines_end_at_units_and_headings_are_above_them() -> None:
    explanation = explanation_of(numbering="videos")
    diagram = with_passes(lay_out(explanation.network), explanation)
    centers = {(unit.x, unit.y) for unit in diagram.units}
    assert all({tuple(edge.path[0]), tuple(edge.path[-1])} <= centers for edge in diagram.edges)
    assert [head.x for head in diagram.headings] == sorted({unit.x for unit in diagram.units})
    left, right, bottom, top = diagram.box
    assert all(left < x < right and bottom < y < top for x, y in centers)
    names = [head.text.splitlines()[-1] for head in diagram.headings]
    assert names == ["X", "a_2, delta_2", "y_hat, delta_3"]


def test_units_without_room_have_no_notes() -> None:
    explanation = explanation_of(sn.Architecture((2, 8, 6, 1)))
    diagram = with_passes(lay_out(explanation.network), explanation)
    assert {unit.note for unit in diagram.units} == {""}
    assert diagram.title.endswith("3 rows: dJ/dW in parentheses")


def test_the_picture_shows_them() -> None:
    explanation = explanation_of(row=2, reduction="sum")
    ax = sn.plots.network(explanation, ("asleep", "studying"), ("score",))
    texts = {text.get_text() for text in ax.texts}
    diagram = with_passes(lay_out(explanation.network), explanation)
    assert {unit.note for unit in diagram.units} <= texts
    assert {edge.text for edge in diagram.edges} <= texts
    assert np.isclose(number_in(diagram.units[0].note), X[2, 0], rtol=5e-3)
    assert ax.get_title().endswith("row 2: a and δ at each unit, dJ/dW in parentheses")
