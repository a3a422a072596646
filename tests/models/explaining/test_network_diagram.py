"""The layout of network diagrams."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from sheernet.models.explaining.network_diagram import (
    HAIR,
    MOST_UNITS,
    THICK,
    THIN,
    UNIT,
    InputGroup,
    lay_out,
)

shapes = st.lists(st.integers(1, 13), min_size=2, max_size=5).map(tuple)


def normal(arch: sn.Architecture, seed: int = 0) -> sn.Network:
    return sn.Network(arch, np.random.default_rng(seed).normal(size=arch.n_parameters))


class TestUnitsAndEdges:
    @given(shapes, st.booleans(), st.booleans())
    @settings(max_examples=30)
    def test_every_weight_between_units_that_are_shown_is_a_line(self, sizes, bias, skip) -> None:
        arch = sn.Architecture(sizes, bias=bias, skip=skip)
        network = normal(arch)
        diagram = lay_out(network)
        shown = [n if n <= MOST_UNITS else MOST_UNITS - 1 for n in sizes]
        expected = sum((a + bias) * b for a, b in pairwise(shown)) + skip * shown[0] * shown[-1]
        assert len(diagram.edges) == len({edge.name for edge in diagram.edges}) == expected
        values = dict(zip(arch.layout.names, network.theta.tolist(), strict=True))
        assert all(values[edge.name] == edge.weight for edge in diagram.edges)
        assert sum(not unit.bias for unit in diagram.units) == sum(shown)
        assert sum(unit.bias for unit in diagram.units) == bias * (len(sizes) - 1)

    @given(shapes, st.booleans())
    @settings(max_examples=30)
    def test_no_two_units_overlap(self, sizes, skip) -> None:
        units = lay_out(normal(sn.Architecture(sizes, skip=skip))).units
        for a, b in combinations(units, 2):
            assert np.hypot(a.x - b.x, a.y - b.y) > UNIT

    def test_lines_end_at_the_units_that_their_weights_connect(self) -> None:
        diagram = lay_out(normal(sn.Architecture((2, 3, 1))))
        at = {(unit.label, unit.layer): [unit.x, unit.y] for unit in diagram.units}
        edge = {edge.name: edge for edge in diagram.edges}
        assert edge["W1[0,1]"].path.tolist() == [at["x1", 0], at["h2", 1]]
        assert edge["W1[1,0]"].path.tolist() == [at["x2", 0], at["h1", 1]]
        assert edge["b1[0]"].path.tolist() == [at["1", 0], at["h1", 1]]
        assert edge["W2[2,0]"].path.tolist() == [at["h3", 1], at["y1", 2]]

    def test_skip_connections_go_over_the_layers_between(self) -> None:
        diagram = lay_out(normal(sn.Architecture((2, 4, 1), skip=True)))
        highest = max(unit.y for unit in diagram.units)
        for edge in diagram.edges:
            if edge.name.startswith("S"):
                assert edge.path[:, 1].max() > highest

    def test_an_input_that_is_switched_off_has_hairs(self) -> None:
        """Its weights are compared with those out of other inputs, however large the weights of the next layer are."""
        theta = np.array([0.3, -0.2, 2e-4, 1e-6, 0.1, 1e-9, 50.0, 40.0, 1.0])
        widths = {
            e.name: e.width for e in lay_out(sn.Network(sn.Architecture((2, 2, 1)), theta)).edges
        }
        assert widths["W1[1,0]"] == widths["W1[1,1]"] == widths["b1[1]"] == HAIR < THIN / 5
        assert widths["W1[0,0]"] == widths["W1[0,1]"] == THIN

    def test_width_is_proportional_to_the_size_of_the_weight(self) -> None:
        net = sn.Network.from_weights(
            sn.Architecture((3, 1), bias=False), {"W1": [[4.0], [-2.0], [1.0]]}
        )
        assert {e.name: e.width for e in lay_out(net).edges} == {
            "W1[0,0]": THICK, "W1[1,0]": THICK / 2, "W1[2,0]": THICK / 4,
        }  # fmt: skip

    def test_units_that_are_not_shown_are_counted_in_words(self) -> None:
        diagram = lay_out(normal(sn.Architecture((100, 50, 12))))
        assert [label.text for label in diagram.omitted] == [
            "... +91 inputs",
            "... +41 units",
            "... +3 outputs",
        ]
        assert diagram.title == (
            "100-50-12 network: 5662 weights, 180 of them drawn\n"
            "shown are the inputs and units with the largest weights"
        )

    @given(st.integers(11, 30), st.integers(0, 99))
    @settings(max_examples=20)
    def test_the_inputs_and_units_with_the_largest_weights_are_shown(self, n, seed) -> None:
        net = normal(sn.Architecture((n, n, 1)), seed)
        units = lay_out(net).units
        size = {
            0: np.linalg.norm(net["W1"], axis=1),
            1: np.hypot(np.linalg.norm(net["W1"], axis=0), net["b1"]) * np.abs(net["W2"][:, 0]),
        }
        for layer, importance in size.items():
            shown = {unit.index for unit in units if unit.layer == layer and not unit.bias}
            assert shown == set(np.argsort(-importance)[: MOST_UNITS - 1].tolist())

    def test_the_inputs_of_a_column_are_one_node(self) -> None:
        net = normal(sn.Architecture((6, 2, 1), skip=True))
        groups = [
            InputGroup("a", 0, 1),
            InputGroup("color", 1, 4, category=True),
            InputGroup("day", 4, 6),
        ]
        diagram = lay_out(net, groups=groups)
        assert [u.name for u in diagram.units if u.layer == 0 and not u.bias] == [
            "a",
            "color",
            "day",
        ]
        at = {edge.name: edge for edge in diagram.edges}
        assert at["W1[0,1]"].weight == net["W1"][0, 1]
        assert at["W1[1,1]"].weight == pytest.approx(np.std(net["W1"][1:4, 1]))
        assert at["W1[4,1]"].weight == pytest.approx(np.linalg.norm(net["W1"][4:, 1]))
        assert at["S[1,0]"].weight == pytest.approx(np.std(net["S"][1:4, 0]))
        assert at["W1[1,1]"].text.startswith("±")
        assert sum(edge.stands_for for edge in diagram.edges) == net.theta.size
        assert diagram.headings[0].text == "3 columns\n6 inputs"

    def test_ten_units_are_all_shown(self) -> None:
        assert not lay_out(normal(sn.Architecture((10, 10)))).omitted

    def test_headings_count_units_and_name_activations(self) -> None:
        diagram = lay_out(normal(sn.Architecture((1, 2, 3), hidden="relu", output="sigmoid")))
        assert [label.text for label in diagram.headings] == [
            "1 input",
            "2 hidden\nrelu",
            "3 outputs\nsigmoid",
        ]

    def test_hidden_units_of_several_layers_carry_their_layer(self) -> None:
        labels = [
            unit.label
            for unit in lay_out(normal(sn.Architecture((1, 1, 2, 1)))).units
            if not unit.bias
        ]
        assert labels == ["x1", "h1.1", "h2.1", "h2.2", "y1"]
