"""Numbers, text and scales of plots."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.foundation.picture_texts import count, number
from sheernet.plots.scale import choose_scale, set_scale
from sheernet.plots.style import fitted, new_figure, plain, shortened, wrapped

positive = st.lists(st.floats(1e-290, 1e290), min_size=1, max_size=20).map(np.array)


class TestText:
    def test_dollars_do_not_begin_a_formula_and_underscores_do_not_hide_an_entry(self) -> None:
        assert plain("cost in $ or $") == r"cost in \$ or \$"
        assert plain("_x") == " _x"

    def test_long_names_end_in_an_ellipsis(self) -> None:
        lines = wrapped("a name of a column that goes on and on", 12).splitlines()
        assert len(lines) == 2
        assert max(map(len, lines)) <= 12
        assert lines[-1].endswith("…")

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
