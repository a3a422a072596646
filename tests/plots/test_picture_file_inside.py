"""As test_picture_file.py, by names that are not published."""

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


class TestCharactersWithoutAGlyph:
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
