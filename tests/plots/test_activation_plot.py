"""Plots of activation functions."""

from __future__ import annotations

import pytest

import sheernet as sn


class TestPicture:
    def test_value_is_solid_and_derivative_dashed(self) -> None:
        lines = {line.get_label(): line for line in sn.plots.activation("tanh").lines}
        assert lines["value f(z)"].get_linestyle() == "-"
        assert lines["derivative df/dz"].get_linestyle() == "--"

    def test_the_title_has_the_formula(self) -> None:
        assert sn.plots.activation("relu").get_title() == "relu(z) = max(z, 0)"

    def test_an_unknown_name_is_refused(self) -> None:
        with pytest.raises(sn.InvalidInput, match="'tansig' is not recognized"):
            sn.plots.activation("tansig")
