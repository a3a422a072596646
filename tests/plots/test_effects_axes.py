"""The axes of the effects: probabilities from 0 to 1, and whole numbers at whole numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def drawn() -> list[object]:
    rooms, x = np.arange(48) % 6 + 1, np.linspace(0.0, 1.0, 48)
    table = {"rooms": rooms, "x": x, "c": np.where(rooms + x > 4, "yes", "no")}
    model = sn.fit(table, "c", hidden=0, decay=1e-4, starts=1, held_out=0)
    member = model.members[0]
    flipped = replace(
        member, network=replace(member.network, theta=-member.network.theta), share=0.3
    )
    spread = replace(model, members=(replace(member, share=0.7), flipped))
    return sn.plots.effects(spread, table, kind="partial dependence").figure.axes


def test_probabilities_stay_between_0_and_1(drawn) -> None:
    for ax in drawn:
        assert min(ax.get_ylim()) >= 0.0
        assert max(ax.get_ylim()) <= 1.0
        for band in ax.collections:
            heights = band.get_paths()[0].vertices[:, 1]
            assert 0.0 <= heights.min() <= heights.max() <= 1.0


def test_whole_numbers_have_whole_ticks(drawn) -> None:
    (ticks,) = [ax.get_xticks() for ax in drawn if ax.get_xlabel() == "rooms"]
    np.testing.assert_array_equal(ticks, np.rint(ticks))


@pytest.mark.parametrize("columns", [["rooms"], ["rooms", "x"]])
def test_titles_with_long_names_fit_into_the_picture(columns: list[str]) -> None:
    rooms, x = np.arange(48) % 6 + 1, np.linspace(0.0, 1.0, 48)
    name = "price of the house in thousands of dollars at the end of the year"
    table = {"rooms": rooms, "x": x, name: rooms + x}
    model = sn.fit(table, name, hidden=0, decay=1e-4, starts=1, held_out=0)
    figure = sn.plots.effects(model, table, columns=columns).figure
    figure.canvas.draw()
    (title,) = [text for text in figure.texts if text.get_text() == figure.get_suptitle()]
    ends = title.get_window_extent()
    assert 0.0 <= ends.x0 <= ends.x1 <= figure.bbox.width
