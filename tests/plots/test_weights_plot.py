"""Plots of weights over iterations."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.plots.weights_plot import WeightPaths, _apart

DATA = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 3.0]]), np.array([0.0, 1.0, 0.5])


def trained(*sizes: int, **options) -> sn.Training:
    net = sn.Network.random(sn.Architecture(sizes), seed=0)
    return sn.train(net, *DATA, **{"max_iter": 3, "keep_path": True, **options})


def moving(*sizes: int, distances) -> sn.Training:
    """A training in which weight p moves from 0 to distances[p]."""
    training = trained(*sizes, max_iter=1)
    path = np.array([np.zeros(len(distances)), distances], dtype=float)
    return dataclasses.replace(training, record=dataclasses.replace(training.record, path=path))


class TestNumbers:
    def test_the_path_and_the_layer_of_each_weight(self) -> None:
        training = trained(2, 2, 1)
        found = WeightPaths.of(training)
        assert np.array_equal(found.weights, training.record.path)
        assert found.layers.tolist() == [1] * 6 + [2] * 3

    def test_up_to_12_weights_are_all_named(self) -> None:
        found = WeightPaths.of(moving(2, 3, 1, distances=range(13)))
        assert found.named.tolist() == list(range(5, 13))
        assert found.others.tolist() == list(range(5))
        assert WeightPaths.of(trained(2, 2, 1)).others.size == 0

    def test_those_that_moved_most_are_named_whatever_their_sign(self) -> None:
        distances = np.arange(13) * (-1.0) ** np.arange(13)
        found = WeightPaths.of(moving(2, 3, 1, distances=distances))
        assert found.named.tolist() == list(range(5, 13))
        assert found.title.endswith("b2[0] moved most, by 12")

    def test_quantiles_are_those_of_the_other_weights(self) -> None:
        found = WeightPaths.of(moving(2, 3, 1, distances=range(13)))
        assert found.quantiles(0.0, 0.5, 1.0)[:, 1].tolist() == [0, 2, 4]

    def test_the_axis_leaves_out_what_lies_beyond_the_bands(self) -> None:
        layout = sn.Architecture((2, 60, 1)).layout
        weights = np.zeros((2, layout.size))
        weights[1, :8] = range(1, 9)
        weights[:, 100] = 50.0  # it does not move, so it is not named
        assert WeightPaths(np.arange(2.0), weights, layout).range == (0.0, 8.0)
        few = sn.Architecture((2, 4, 1)).layout
        assert WeightPaths(np.arange(2.0), weights[:, 92 : 92 + few.size], few).range[1] == 50.0


class TestHeights:
    @given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.01, 0.2))
    def test_names_do_not_overlap_and_keep_their_order(self, wanted, least) -> None:
        heights = np.array(wanted)
        placed = _apart(heights, least)
        order = np.argsort(heights, kind="stable")
        assert np.all(np.diff(placed[order]) >= least - 1e-12)

    @given(st.lists(st.integers(0, 9), min_size=1, max_size=9, unique=True))
    def test_names_with_enough_room_stay_where_they_are(self, wanted) -> None:
        heights = np.array(wanted, dtype=float)
        assert np.allclose(_apart(heights, 0.9), heights)


class TestPicture:
    def test_each_weight_is_named_in_the_color_of_its_layer(self) -> None:
        training = trained(2, 2, 1)
        ax = sn.plots.weights(training)
        names = {text.get_text(): text.get_color() for text in ax.texts}
        assert list(names) == training.network.architecture.layout.names
        assert names["W1[0,0]"] == names["b1[1]"] != names["W2[0,0]"] == names["b2[0]"]
        labels = [text.get_text() for text in ax.get_legend().get_texts()]
        assert labels == ["layer 1: W1, b1", "layer 2: W2, b2"]

    def test_weights_of_a_layer_differ_by_their_dashes(self) -> None:
        lines = sn.plots.weights(trained(2, 2, 1)).lines[1:7]
        assert len({line.get_color() for line in lines}) == 1
        assert len({str(line._unscaled_dash_pattern) for line in lines}) == 6

    def test_of_many_weights_the_others_are_lines(self) -> None:
        ax = sn.plots.weights(trained(2, 5, 1))
        assert len(ax.texts) == 8
        assert "the other 13 weights" in [t.get_text() for t in ax.get_legend().get_texts()]
        assert len(ax.collections) == 0

    def test_of_more_than_200_the_others_are_bands(self) -> None:
        training = trained(2, 60, 1)
        ax = sn.plots.weights(training)
        outer, inner = ax.collections
        found = WeightPaths.of(training)
        for band, shares in ((outer, (0.05, 0.95)), (inner, (0.25, 0.75))):
            heights = band.get_paths()[0].vertices[:, 1]
            others = training.record.path[:, found.others]
            assert heights.min() == pytest.approx(np.quantile(others, shares[0], axis=1).min())
            assert heights.max() == pytest.approx(np.quantile(others, shares[1], axis=1).max())

    def test_a_training_without_iterations_is_drawn_as_points(self) -> None:
        ax = sn.plots.weights(trained(2, 2, 1, max_iter=0))
        assert ax.get_title() == "9 weights over 0 iterations: none moved"
        assert {line.get_marker() for line in ax.lines[1:]} == {"o"}

    def test_a_model_shows_its_largest_member(self) -> None:
        table = {"x": [i / 9 for i in range(10)], "y": [(i / 9) ** 2 for i in range(10)]}
        model = sn.fit(table, "y", hidden=2, starts=1, max_iter=3, keep_path=True, decay=1e-3)
        assert len(sn.plots.weights(model).texts) == 7
        assert len(sn.plots.weights(model, member=0).texts) == 7


class TestRefused:
    def test_a_training_without_a_path(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"no path .* keep_path=True"):
            sn.plots.weights(trained(2, 2, 1, keep_path=False))

    def test_something_else(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"needs a Training, .* but Network was given"):
            sn.plots.weights(sn.Network.random(sn.Architecture((1, 1))))
