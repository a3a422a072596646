"""Animations of response surfaces by iteration."""

from __future__ import annotations

import base64
import dataclasses
import io
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot
from PIL import Image

import sheernet as sn
from sheernet.plots.surface_animation_plot import chosen_rows, compute_frames

X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 3.0]])
Y = np.array([0.0, 1.0, 0.5])


def trained(n_inputs: int = 2, **options) -> sn.Training:
    net = sn.Network.random(sn.Architecture((n_inputs, 2, 1)), seed=0)
    return sn.train(net, X[:, :n_inputs], Y, **{"max_iter": 2, "keep_path": True, **options})


class TestFrames:
    @given(st.integers(1, 5000), st.integers(2, 60))
    def test_begin_at_the_start_and_end_at_the_end(self, n, frames) -> None:
        rows = chosen_rows(n, frames)
        assert (rows[0], rows[-1]) == (0, n - 1)
        assert len(rows) <= frames
        assert np.all(np.diff(rows) > 0)

    def test_are_all_iterations_if_they_are_few(self) -> None:
        training = trained(max_iter=3)
        found = compute_frames(training, X)
        assert found.iterations == tuple(training.record.iteration)
        assert found.costs == tuple(training.record.cost)

    def test_are_the_predictions_of_their_iterates(self) -> None:
        training = trained()
        for theta, surface in zip(
            training.record.path, compute_frames(training, X).surfaces, strict=True
        ):
            net = sn.Network(training.network.architecture, theta)
            assert surface.heights.tolist() == net.predict(X).ravel().tolist()

    def test_have_common_limits_of_the_last_frame(self) -> None:
        training = trained()
        found = compute_frames(training, X, true=[-9.0, 0.0, 9.0])
        low, high = -9.0, 9.0
        values = found.surfaces[-1].values
        assert low < values.min()
        assert values.max() < high
        assert found.limits == pytest.approx((-9 - 1.8, 9 + 1.8))
        assert compute_frames(training, X, limits=(0, 4)).limits == (0, 4)


class TestPicture:
    def test_every_frame_has_the_same_colors(self) -> None:
        animation = sn.plots.surface_animation(trained(), X)
        limits = []
        for k in range(len(animation)):
            contours = animation.draw(k).collections[0]
            limits.append(contours.get_clim())
        assert len(set(limits)) == 1

    def test_every_frame_of_a_curve_has_the_same_axis(self) -> None:
        animation = sn.plots.surface_animation(trained(1), X[:, :1])
        assert len({animation.draw(k).get_ylim() for k in range(len(animation))}) == 1

    def test_the_title_states_iteration_and_cost(self, record) -> None:
        training = trained()
        training = dataclasses.replace(
            training,
            record=dataclasses.replace(record([4.0, 2.0, 1.0]), path=training.record.path),
        )
        animation = sn.plots.surface_animation(training, X)
        assert animation.draw(0).get_title() == "Iteration 0 of 2: cost 4"
        assert animation.draw().get_title() == "Iteration 2 of 2: cost 1"

    def test_a_gif_has_all_frames(self, tmp_path) -> None:
        animation = sn.plots.surface_animation(trained(), X)
        with Image.open(animation.save(tmp_path / "surface.gif")) as gif:
            assert gif.n_frames == len(animation) == 3
            sizes = set()
            for k in range(3):
                gif.seek(k)
                sizes.add(gif.convert("RGB").tobytes())
            assert len(sizes) == 3

    @pytest.mark.parametrize("kind", ["contour", "3d"])
    def test_a_notebook_gets_html_with_all_frames_and_no_other_files(self, kind) -> None:
        page = sn.plots.surface_animation(trained(max_iter=1), X, kind=kind)._repr_html_()
        frames = re.findall(r'"data:image/png;base64,([^"]*)"', page)
        assert len(frames) == 2
        for frame in frames:
            picture = base64.b64decode(frame.replace("\\\n", ""))
            with Image.open(io.BytesIO(picture)) as image:
                assert image.size == (640, 500)

    def test_a_page_is_saved(self, tmp_path) -> None:
        animation = sn.plots.surface_animation(trained(1, max_iter=1), X[:, :1])
        page = sn.plots.save(animation, tmp_path / "surface.html").read_text()
        assert "data:image/png;base64" in page

    def test_its_frames_do_not_appear_in_windows(self) -> None:
        pyplot.close("all")
        sn.plots.surface_animation(trained(1, max_iter=1), X[:, :1]).to_html()
        assert pyplot.get_fignums() == []


class TestRefused:
    def test_a_training_without_a_path(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"no path .* keep_path=True"):
            sn.plots.surface_animation(trained(keep_path=False), X)

    def test_something_else(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"needs a Training .* but Network was given"):
            sn.plots.surface_animation(sn.Network.random(sn.Architecture((1, 1))), X)

    def test_another_kind_and_another_number_of_frames(self) -> None:
        with pytest.raises(sn.InvalidInput, match="kind of surface 'map' is not recognized"):
            sn.plots.surface_animation(trained(), X, kind="map")
        with pytest.raises(sn.InvalidInput, match="frames must be"):
            sn.plots.surface_animation(trained(), X, frames=61)

    def test_another_ending_of_the_file(self, tmp_path) -> None:
        animation = sn.plots.surface_animation(trained(max_iter=1), X)
        with pytest.raises(sn.InvalidInput, match=r"saved as \.gif or \.html"):
            animation.save(tmp_path / "surface.mp4")

    @pytest.mark.parametrize(
        ("k", "message"),
        [
            (2, "from -2 to 1, but 2 was given"),
            (-3, "of at least -2, but -3 was given"),
            (0.5, "k must be a whole number .* but 0.5 was given"),
        ],
    )
    def test_a_frame_that_does_not_exist(self, k, message) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.plots.surface_animation(trained(max_iter=1), X).draw(k)
