"""Plots written to files."""

from __future__ import annotations

import warnings

import pytest
from matplotlib import cbook
from matplotlib.figure import Figure
from matplotlib.text import Text

import sheernet as sn
from sheernet.data.targets.judgment import ClassificationFit
from sheernet.plots.picture_file import DPI, UNDATED
from sheernet.plots.style import collected_missing_glyphs, style

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

    def test_other_warnings_are_still_shown(self) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with collected_missing_glyphs() as missing:
                warnings.warn("another", UserWarning, stacklevel=1)
                warnings.warn("Glyph 28201 (X) missing from font(s) Y.", UserWarning, stacklevel=1)
        assert len(caught) == 1
        assert missing == {"\u6e29"}


HOSTILE = (
    "$", "$$", "$\\frac{$", "\\$x", "_hidden", "100 % $US_x^2", "a\x1b[31m\x00b", "line\nbreak\r\ttab",
    "\u202ebackward", "x" * 300, "", " ", "{}", "#&~^", "\\",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_drawn_as_it_is_written(name, network_of, record, tmp_path) -> None:
    pictures = [
        sn.plots.predicted_against_true([1.0, 2.0], [1.0, 2.5], target_names=[name]),
        sn.plots.network(network_of(1, 2, 1), [name], [name]),
        sn.plots.cost({name: record([2.0, 1.0]), "b": record([3.0, 1.0])}),
        sn.plots.confusion(
            ClassificationFit(2, 1.0, 0.1, 0.5, ((1, 0), (0, 1))), classes=(name, "b")
        ),
    ]
    for ax in pictures:
        sn.plots.save(ax, tmp_path / "a.png")
        texts = [text.get_text() for text in ax.figure.findobj(Text)]
        assert not any("\x1b" in text or "\x00" in text or "\u202e" in text for text in texts)
        assert not any(cbook.is_math_text(text) for text in texts if "mathdefault" not in text)


@pytest.mark.parametrize("layout", ["constrained", "tight", None])
def test_a_picture_is_that_of_matplotlib_and_the_figure_keeps_its_settings(
    layout, record, tmp_path
) -> None:
    def new_axes():
        return sn.plots.cost(record([3.0, 1.0]), ax=Figure(layout=layout, dpi=70).add_subplot())

    ax, other = new_axes(), new_axes().figure
    engine = ax.figure.get_layout_engine()
    sn.plots.save(ax, tmp_path / "own.png")
    assert (ax.figure.get_layout_engine(), ax.figure.get_dpi()) == (engine, 70)
    with style(own_figure=False):
        other.savefig(tmp_path / "other.png", dpi=DPI, metadata=UNDATED[".png"])
    assert (tmp_path / "own.png").read_bytes() == (tmp_path / "other.png").read_bytes()
