"""Numbers, text and scales of plots."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.foundation.picture_texts import count, number
from sheernet.plots.scale import choose_scale, set_scale
from sheernet.plots.style import (
    SERIES,
    date_axis,
    fitted,
    new_figure,
    plain,
    series_look,
    shortened,
    wrapped,
    write_title,
)

positive = st.lists(st.floats(1e-290, 1e290), min_size=1, max_size=20).map(np.array)

COLOR_DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""Linear red, green and blue as they are seen (Machado, Oliveira and Fernandes, 2009, table 1, severity 1.0)."""


class TestText:
    def test_dollars_do_not_begin_a_formula_and_underscores_do_not_hide_an_entry(self) -> None:
        assert plain("cost in $ or $") == r"cost in \$ or \$"
        assert plain("_x") == " _x"

    @given(st.text("ab =", max_size=60), st.integers(4, 20), st.integers(1, 3))
    def test_wrapped_names_keep_both_ends_in_the_given_lines(self, name, width, n) -> None:
        text, whole = wrapped(name, width, n), " ".join(name.split())
        lines = text.split("\n")
        assert len(lines) <= n
        assert max(map(len, lines)) <= width
        head, _, tail = text.replace("\n", "").replace(" ", "").partition("…")
        assert whole.replace(" ", "").startswith(head)
        assert whole.replace(" ", "").endswith(tail)

    def test_long_names_that_differ_at_their_ends_stay_different(self) -> None:
        names = [f"The manager gives regular feedback on {what}" for what in ("work", "careers")]
        for n in (1, 2):
            assert len({wrapped(name, 18, n) for name in names}) == 2
            assert len({fitted(name, 18) for name in names}) == 2

    @given(st.text("ab =", max_size=60), st.integers(3, 20))
    def test_shortened_names_keep_both_ends(self, name, width) -> None:
        text, whole = shortened(name, width), " ".join(name.split())
        assert len(text) <= width
        head, _, tail = text.partition("…")
        assert whole.startswith(head)
        assert whole.endswith(tail)

    @given(st.text("ab =", max_size=60), st.integers(4, 20))
    def test_fitted_names_take_at_most_two_lines(self, name, width) -> None:
        lines = fitted(name, width).split("\n")
        assert len(lines) <= 2
        assert max(map(len, lines)) <= width

    @pytest.mark.parametrize(
        ("name", "lines"),
        [
            ("color=red", ["color=red"]),
            ("neighborhood=North Northwest Ames", ["neighborhood=", "North Northwest Ames"]),
            ("price of a house in dollars", ["price of a house in", "dollars"]),
            ("sensor_reading_number_17", ["sensor_rea…number_17"]),
        ],
    )
    def test_names_of_inputs_break_where_they_are_read(self, name, lines) -> None:
        assert fitted(name, 20).splitlines() == lines

    def test_large_counts_are_grouped(self) -> None:
        assert [count(n, "row") for n in (1, 9999, 1_000_000)] == [
            "1 row",
            "9999 rows",
            "1\u00a0000\u00a0000 rows",
        ]

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (-5.3463, "−5.35"),
            (1e-19, "1e−19"),
            (93.0, "93"),
            (999.7, "1000"),
            (-8129.4, "−8129"),
            (99_999.9, "1e+05"),
        ],
    )
    def test_numbers_have_three_digits_or_their_whole_part(self, value, text) -> None:
        assert number(value) == text


class TestScale:
    @given(positive)
    def test_positive_values_stay_where_they_are_on_a_logarithmic_axis(self, values) -> None:
        scale = choose_scale([values])
        assert scale.log
        assert np.array_equal(scale.place(values), values)

    @given(positive)
    def test_zeros_lie_below_everything_else(self, values) -> None:
        with_zero = np.append(values, 0.0)
        scale = choose_scale([with_zero])
        placed = scale.place(with_zero)
        assert 0 < placed[-1] < values.min()
        assert scale.zeros(with_zero).tolist() == [False] * len(values) + [True]

    @given(positive)
    def test_a_negative_value_makes_the_axis_linear(self, values) -> None:
        scale = choose_scale([values, np.array([-1.0, 0.0])])
        assert not scale.log
        assert scale.place(np.array([0.0, -1.0])).tolist() == [0.0, -1.0]

    def test_zeros_alone_make_the_axis_linear(self) -> None:
        assert not choose_scale([np.zeros(3)]).log

    def test_what_is_not_finite_has_no_place(self) -> None:
        values = np.array([1.0, np.inf, np.nan, 1e308])
        assert np.isnan(choose_scale([values]).place(values)).tolist() == [False, True, True, True]

    def test_of_nearly_equal_values_has_ticks_that_differ(self) -> None:
        ax, values = new_figure(4, 3).add_subplot(), np.array([0.12345678, 0.12345679])
        set_scale(ax, choose_scale([values]))
        ax.set_ylim(*values)
        ax.figure.draw_without_rendering()
        labels = [label.get_text() for label in ax.get_yticklabels()]
        assert len(set(labels)) == len(labels) > 2

    def test_less_than_a_power_of_ten_is_narrow(self) -> None:
        assert choose_scale([np.array([0.5, 0.49])]).narrow
        assert not choose_scale([np.array([0.5, 0.04])]).narrow
        assert not choose_scale([np.array([0.5, 0.0])]).narrow


class TestTitle:
    @pytest.mark.parametrize("inches", [2.0, 4.0, 8.0])
    def test_lines_are_about_as_wide_as_the_axes(self, inches) -> None:
        ax = new_figure(inches, 3.0).add_subplot()
        write_title(ax, "a title of many words that goes on and on " * 2, "", "another line")
        figure = ax.figure.figure
        figure.draw_without_rendering()
        lines = ax.get_title().splitlines()
        assert lines[-1] == "another line"
        box = ax.title.get_window_extent()
        assert box.x0 > 0
        assert box.x1 < figure.bbox.x1


class TestSeries:
    def test_of_64_lines_no_two_look_the_same(self) -> None:
        looks = [series_look(i) for i in range(64)]
        assert len({(look["color"], str(look["linestyle"])) for look in looks}) == 64
        assert len({(look["color"], look["marker"]) for look in looks}) == 64

    @pytest.mark.parametrize("deficiency", [*COLOR_DEFICIENCIES])
    def test_colors_differ_for_color_blind_readers_too(self, deficiency) -> None:
        """Distances of at least 15 in CIELAB; 2.3 is just noticeable (Mahy and others, 1994)."""
        seen = np.array([lab(COLOR_DEFICIENCIES[deficiency] @ linear(color)) for color in SERIES])
        distances = np.linalg.norm(seen[:, None] - seen, axis=-1)
        assert distances[np.triu_indices(len(SERIES), 1)].min() > 15


def linear(color: str) -> np.ndarray:
    """The linear parts of red, green and blue of an sRGB color (IEC 61966-2-1)."""
    parts = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(parts: np.ndarray) -> np.ndarray:
    """CIELAB of linear red, green and blue, for the white of D65."""
    to_xyz = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
    ratios = to_xyz @ np.clip(parts, 0, 1) / [0.95047, 1.0, 1.08883]
    x, y, z = np.where(ratios > 216 / 24389, np.cbrt(ratios), ratios * 841 / 108 + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("span", [0.00175, 0.105, 2.5, 913.0, 1200.0])
def test_an_axis_of_dates_has_ticks_for_each_span(span: float) -> None:
    ax = new_figure(4, 3).add_subplot()
    ax.plot(date_axis(ax, np.linspace(16709.0, 16709.0 + span, 50)), np.arange(50.0))
    ax.figure.canvas.draw()  # matplotlib warns if it has no interval for the ticks
    assert 2 <= len(ax.get_xticks()) <= 9
