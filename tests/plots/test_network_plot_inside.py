"""As test_network_plot.py, by names that are not published."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from plots.test_network_plot import normal
from sheernet.models.explaining.network_diagram import UNIT, lay_out
from sheernet.plots.network_numbers import MOST_NUMBERS, overlap, place_numbers, text_box


class TestNumbers:
    @given(
        st.sampled_from([(1, 1), (2, 3, 1), (2, 1), (1, 4, 1), (2, 2, 2)]),
        st.booleans(),
        st.integers(0, 50),
    )
    @settings(max_examples=12)
    def test_no_number_lies_on_another_or_on_a_unit(self, sizes, skip, seed) -> None:
        diagram = place_numbers(lay_out(normal(sn.Architecture(sizes, skip=skip), seed)))
        boxes = [text_box(edge, *edge.number, (1.0, 1.0)) for edge in diagram.edges if edge.number]
        assert len(boxes) in (0, len(diagram.edges))
        boxes += [(unit.x, unit.y, UNIT, UNIT) for unit in diagram.units] * bool(boxes)
        assert not any(overlap(a, b) for a, b in combinations(boxes, 2))

    def test_the_notebooks_network_has_all_of_its_numbers(self) -> None:
        net = sn.Network(sn.Architecture((2, 3, 1), bias=False), np.arange(-4.0, 5.0))
        texts = {edge.name: edge.text for edge in place_numbers(lay_out(net)).edges if edge.number}
        assert len(texts) == 9
        assert (texts["W1[0,0]"], texts["W1[1,1]"], texts["W2[2,0]"]) == ("−4", "0", "+4")

    def test_a_number_stands_on_its_line(self) -> None:
        for edge in place_numbers(lay_out(normal(sn.Architecture((2, 3, 1))))).edges:
            start, end = edge.path
            a, b = end - start, np.array(edge.number) - start
            assert abs(a[0] * b[1] - a[1] * b[0]) < 1e-12

    def test_large_networks_have_none(self) -> None:
        net = normal(sn.Architecture((4, 5, 1)))
        assert net.theta.size > MOST_NUMBERS
        assert not any(edge.number for edge in place_numbers(lay_out(net)).edges)

    def test_where_one_finds_no_place_none_is_written(self) -> None:
        diagram = place_numbers(lay_out(normal(sn.Architecture((2, 3, 1)))), zoom=(6.0, 6.0))
        assert not any(edge.number for edge in diagram.edges)
