"""Numbers in network diagrams, and their pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st

import sheernet as sn

shapes = st.lists(st.integers(1, 13), min_size=2, max_size=5).map(tuple)


def normal(arch: sn.Architecture, seed: int = 0) -> sn.Network:
    return sn.Network(arch, np.random.default_rng(seed).normal(size=arch.n_parameters))


def model_of_columns() -> sn.Model:
    table = {"a": [i % 7 for i in range(30)], "color": ["red", "green", "blue"] * 10}
    table["y"] = [
        a / 4 + (c == "red") / 3 + 0.1 for a, c in zip(table["a"], table["color"], strict=True)
    ]
    return sn.fit(table, "y", hidden=2, decay=1e-3, starts=1, held_out=0)


class TestPicture:
    def test_negative_weights_are_dashed(self) -> None:
        net = sn.Network.from_weights(sn.Architecture((2, 1), bias=False), {"W1": [[1.0], [-1.0]]})
        lines = {
            c.get_colors()[0][0].round(2): c.get_linestyles()[0]
            for c in sn.plots.network(net).collections[:2]
        }
        assert lines[0.0][1] is None  # blue has no red in it
        assert lines[0.84][1] is not None
        texts = [text.get_text() for text in sn.plots.network(net).get_legend().get_texts()]
        assert texts == ["positive weight", "negative weight"]

    def test_zero_weights_are_named(self) -> None:
        ax = sn.plots.network(sn.Network(sn.Architecture((2, 1)), np.zeros(3)))
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["zero weight", "bias"]

    def test_many_encoded_inputs_are_omitted_or_named_within_their_lines(self) -> None:
        names = [f"neighborhood=label number {i} of many" for i in range(500)]
        first_largest = np.r_[np.full(90, 9.0), np.full(4921, 0.5)]
        net = sn.Network(sn.Architecture((500, 10, 1)), np.resize(first_largest, 5021))
        ax = sn.plots.network(net, names)
        texts = [text.get_text() for text in ax.texts]
        assert "... +491 inputs" in texts
        named = [text for text in texts if text.startswith("neighborhood=")]
        assert len(named) == 9
        assert named[0] == "neighborhood=\nlabel numb…0 of many"

    def test_a_model_names_its_columns_and_shows_one_node_for_each(self) -> None:
        model = model_of_columns()
        ax = sn.plots.network(model)
        texts = [text.get_text() for text in ax.texts]
        assert {"a", "color", "y", "2 columns\n4 inputs"} <= set(texts)
        assert not any("color=" in text for text in texts)
        legend = [text.get_text() for text in ax.get_legend().get_texts()]
        assert "all weights of a column" in legend
        scale = " in scaled units, not in those of the columns"
        for shown, has_scale in ((model, True), (model.network, False)):
            title = sn.plots.network(shown).get_legend().get_title().get_text()
            assert (scale in title) == has_scale

    def test_the_member_of_a_model_is_told(self) -> None:
        model = model_of_columns()
        small = replace(model.members[0], share=0.25)
        pair = replace(model, members=(small, replace(small, share=0.75)))
        assert "network 2 of 2, with the largest share in the prediction: 75 %" in (
            sn.plots.network(pair).get_title()
        )
        assert "network 1 of 2, with a share" in sn.plots.network(pair, member=0).get_title()
        with pytest.raises(sn.InvalidInput, match="member must be a whole number from 0 to 1"):
            sn.plots.network(pair, member=2)
        with pytest.raises(sn.InvalidInput, match="member needs a Model, but Network"):
            sn.plots.network(model.network, member=0)

    def test_columns_are_named(self) -> None:
        ax = sn.plots.network(normal(sn.Architecture((2, 1))), ["asleep", "studying"], ["score"])
        assert {"asleep", "studying", "score"} <= {text.get_text() for text in ax.texts}

    @pytest.mark.parametrize(
        ("names", "given"), [(["a"], "1 name was given"), ("ab", "the text 'ab' was given")]
    )
    def test_names_that_do_not_fit_are_refused(self, names, given) -> None:
        with pytest.raises(
            sn.ShapeMismatch, match=f"input_names needs 2 names, one for each input, but {given}"
        ):
            sn.plots.network(normal(sn.Architecture((2, 1))), input_names=names)
