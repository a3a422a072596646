"""Plots written to files."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

import sheernet as sn

BEGINNINGS = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "PNG": b"\x89PNG"}


@pytest.mark.parametrize("suffix", BEGINNINGS)
def test_the_format_is_that_of_the_ending(suffix, tmp_path) -> None:
    path = sn.plots.save(sn.plots.activation("tanh"), tmp_path / f"picture.{suffix}")
    assert path.read_bytes().startswith(BEGINNINGS[suffix])
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_same_picture_is_the_same_bytes(suffix, tmp_path) -> None:
    paths = [sn.plots.save(sn.plots.activation("tanh"), tmp_path / f"{i}.{suffix}") for i in (1, 2)]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_part_of_a_figure_is_saved_with_the_whole(tmp_path) -> None:
    whole = Figure(figsize=(4, 2), dpi=72)
    left, _ = whole.subfigures(1, 2)
    ax = sn.plots.activation("tanh", ax=left.add_subplot())
    data = sn.plots.save(ax, tmp_path / "picture.png").read_bytes()
    assert int.from_bytes(data[16:20], "big") == 4 * 150  # the width of the image


def test_another_ending_is_refused_before_anything_is_written(tmp_path) -> None:
    with pytest.raises(sn.InvalidInput, match=r"\.png, \.svg or \.pdf, but 'cost\.gif'"):
        sn.plots.save(sn.plots.activation("tanh"), tmp_path / "cost.gif")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_does_not_exist_is_named(tmp_path) -> None:
    with pytest.raises(sn.InvalidInput, match="does not exist"):
        sn.plots.save(sn.plots.activation("tanh"), tmp_path / "nowhere" / "cost.png")


class TestCharactersWithoutAGlyph:
    NAME = "\u6e29\u5ea6 $x_1 50 %"

    @pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
    def test_are_one_notice_for_the_whole_picture(self, suffix, tmp_path) -> None:
        ax = sn.plots.predicted_against_true([1.0, 2.0], [1.0, 2.5], target_names=[self.NAME])
        with pytest.warns(sn.SheernetWarning) as caught:
            sn.plots.save(ax, tmp_path / f"a.{suffix}")
        (warning,) = caught
        assert "2 characters are drawn as boxes" in str(warning.message)
        assert "U+5EA6, U+6E29" in str(warning.message)
        assert warning.filename == __file__
