"""Network diagrams as SVG: valid XML, a line for each weight, escaped names, colors of themes."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import sheernet as sn
from sheernet.foundation.colors import NEGATIVE, POSITIVE
from sheernet.models.explaining.network_diagram import InputGroup, lay_out
from sheernet.models.explaining.network_svg import network_svg

SVG = "{http://www.w3.org/2000/svg}"


def network(*sizes: int, **options: object) -> sn.Network:
    arch = sn.Architecture(sizes, **options)  # type: ignore[arg-type]
    return sn.Network(arch, np.random.default_rng(0).normal(size=arch.n_parameters))


def drawn(net: sn.Network, *names: object) -> ET.Element:
    return ET.fromstring(network_svg(lay_out(net, *names)))


def weights(picture: ET.Element) -> list[ET.Element]:
    """The lines with a tooltip; those of the legend have none."""
    return [path for path in picture.iter(f"{SVG}path") if path.find(f"{SVG}title") is not None]


def texts(picture: ET.Element) -> list[str]:
    return [text.text or "" for text in picture.iter(f"{SVG}text")]


def places(picture: ET.Element) -> np.ndarray:
    """The ends of all lines, (n, 2)."""
    ends = [re.findall(r"[-\d.]+", path.attrib["d"]) for path in weights(picture)]
    return np.array([e[:2] for e in ends] + [e[-2:] for e in ends], dtype=float)


class TestLines:
    @pytest.mark.parametrize("options", [{}, {"bias": False}, {"skip": True}])
    def test_each_weight_is_one_with_its_name_and_number(self, options) -> None:
        net = network(2, 3, 1, **options)
        titles = [path.find(f"{SVG}title").text for path in weights(drawn(net))]
        expected = {
            f"{name}: {'+' if value > 0 else '−'}{abs(value):.3g}"
            for name, value in zip(net.architecture.layout.names, net.theta, strict=True)
        }
        assert len(titles) == net.theta.size
        assert set(titles) == expected

    def test_negative_ones_differ_in_color_and_dashes(self) -> None:
        net = sn.Network.from_weights(sn.Architecture((2, 1), bias=False), {"W1": [[1.0], [-2.0]]})
        thin, thick = weights(drawn(net))
        assert (thin.attrib["stroke"], "stroke-dasharray" in thin.attrib) == (POSITIVE, False)
        assert (thick.attrib["stroke"], "stroke-dasharray" in thick.attrib) == (NEGATIVE, True)
        assert float(thick.attrib["stroke-width"]) == 2 * float(thin.attrib["stroke-width"])

    def test_end_at_units(self) -> None:
        picture = drawn(network(3, 4, 2, bias=False))
        centers = {
            (float(c.attrib["cx"]), float(c.attrib["cy"])) for c in picture.iter(f"{SVG}circle")
        }
        assert {tuple(place) for place in places(picture).tolist()} == centers

    def test_those_of_a_column_say_how_many_weights_they_stand_for(self) -> None:
        groups = [InputGroup("color", 0, 3, True), InputGroup("size", 3, 4)]
        picture = ET.fromstring(network_svg(lay_out(network(4, 2, 1), groups=groups)))
        titles = [path.find(f"{SVG}title").text for path in weights(picture)]
        assert sum(title.startswith("W1[0,") and " and 2 more: ±" in title for title in titles) == 2


class TestTexts:
    def test_names_are_escaped(self) -> None:
        names = ['<b>a</b> & "b"', "</svg><script>"]
        picture = network_svg(lay_out(network(2, 2, 1), names, ["'y'"]))
        assert "<script" not in picture
        assert {*names, "'y'"} <= set(texts(ET.fromstring(picture)))

    def test_long_names_are_cut_and_whole_in_their_tooltip(self) -> None:
        name = "temperature of the second sensor in the morning"
        picture = drawn(network(1, 1), [name])
        (shown,) = [t for t in picture.iter(f"{SVG}text") if t.find(f"{SVG}title") is not None]
        assert len(shown.text) <= 20
        assert shown.find(f"{SVG}title").text == name

    def test_units_that_are_not_shown_are_counted(self) -> None:
        assert "... +91 units" in texts(drawn(network(2, 100, 1)))

    def test_headings_count_and_name_activations(self) -> None:
        picture = drawn(network(2, 3, 1, hidden="tanh", output="identity"))
        assert {"2 inputs", "3 hidden", "tanh", "1 output", "identity"} <= set(texts(picture))

    def test_the_legend_names_what_is_drawn_only(self) -> None:
        net = sn.Network.from_weights(sn.Architecture((1, 1), bias=False), {"W1": [[2.5]]})
        found = texts(drawn(net))
        assert "positive weight" in found
        assert "negative weight" not in found
        assert "line width: size of the weight, up to 2.5" in found


@pytest.mark.parametrize("sizes", [(1, 1), (12, 30, 4), (3, 2, 2, 2, 2, 1)])
def test_everything_lies_inside(sizes) -> None:
    names = ["x" * 20] * sizes[0]
    picture = drawn(network(*sizes, skip=len(sizes) > 2), names)
    width, height = (float(v) for v in picture.attrib["viewBox"].split()[2:])
    for x, y in places(picture):
        assert 0 < x < width
        assert 0 < y < height
    for text in picture.iter(f"{SVG}text"):
        reach = (
            7.0
            * len(text.text)
            * {"start": 1.0, "middle": 0.5, "end": 1.0}[text.attrib["text-anchor"]]
        )
        x, anchor = float(text.attrib["x"]), text.attrib["text-anchor"]
        if text.text.startswith("x" * 9):
            assert x - reach > -1
        assert anchor == "end" or x < width
        assert 0 < float(text.attrib["y"]) < height


def test_it_has_no_color_of_its_own_for_text() -> None:
    picture = drawn(network(2, 3, 1))
    assert picture.attrib["fill"] == "currentColor"
    assert all("fill" not in text.attrib for text in picture.iter(f"{SVG}text"))
