"""As test_notebook_faults.py, by names that are not published."""

from __future__ import annotations

import ast

import numpy as np
import pytest

import sheernet as sn
from sheernet.teaching.faults.class_fault import PARTS
from sheernet.teaching.faults.notebook_source import (
    SOURCE,
    STYLES,
    VIDEO_NAMES,
    in_style,
    right_names,
)
from teaching.faults.test_notebook_faults import case, own_gradient

FAULTS = pytest.mark.parametrize("fault", sn.faults.NOTEBOOK.values(), ids=lambda fault: fault.name)


class TestTheRightClass:
    def test_gives_sheernet_s_numbers(self) -> None:
        objective, theta = case()
        X, y, _ = objective.rows
        network = right_names()["NeuralNetwork"]()
        value, gradient = objective.value_and_gradient(theta)
        np.testing.assert_allclose(own_gradient(network, theta, X, y), gradient, rtol=1e-13)
        assert network.cost_function(X, y) == pytest.approx(value, rel=1e-14)
        np.testing.assert_array_equal(network.get_params(), theta)

    @pytest.mark.parametrize("style", STYLES)
    def test_passes_the_check_in_both_styles(self, style) -> None:
        X, y = sn.datasets.load_sleep_study().scaled
        network = right_names(style)[in_style("NeuralNetwork", style)](0)
        assert sn.check_gradient(sn.foreign.from_object(network, X, y)).verdict == "pass"

    def test_every_name_of_the_notebook_has_one_of_the_videos(self) -> None:
        source = in_style(SOURCE, "videos")
        assert not any(f"{name}(" in source for name in VIDEO_NAMES)
        with pytest.raises(sn.InvalidInput, match="style 'video' is not"):
            in_style(SOURCE, "video")


class TestEachFault:
    @FAULTS
    @pytest.mark.parametrize("style", STYLES)
    def test_is_one_change_in_its_part(self, fault, style) -> None:
        assert fault.source(style) != in_style(SOURCE, style)
        name = in_style(fault.part, style)
        node = ast.parse(fault.code(style)).body[0]
        assert isinstance(node, (ast.FunctionDef, ast.ClassDef))
        assert node.name == name
        assert in_style("NeuralNetwork", style) in fault.names(style)

    @FAULTS
    def test_has_a_sentence_and_a_hint(self, fault) -> None:
        assert fault.what.endswith(".")
        assert fault.hint[-1] in ".?"
        assert fault.hint != fault.what
        assert fault.part in PARTS
