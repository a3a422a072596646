"""The figures of sizes that a fit tried."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from matplotlib.figure import Figure

import sheernet as sn
from sheernet.models.fitting.simple_predictions import LINEAR
from sheernet.plots.evidence_plot import SizeScores

FOUND = {"0": -1.0, "4": -0.5, "8,4": -0.75}
EVIDENCES = {"0": -60.0, "4": -31.5, "8,4": -30.25}


@cache
def model(hidden: object = 2, classes: bool = False) -> sn.Model:
    rng = np.random.default_rng(0)
    x = np.linspace(-2.0, 2.0, 40)
    y = 50 * np.sin(2.0 * x) + 5 * rng.normal(size=40)
    return sn.fit(
        {"x": x, "y": np.where(y > 0, "a", "b") if classes else y}, "y", hidden=hidden, starts=2
    )


def with_facts(fitted: sn.Model, **facts: object) -> sn.Model:
    members = tuple(replace(m, evidence={**m.evidence, **facts}) for m in fitted.members)
    return replace(fitted, members=members)


class TestScores:
    def test_log_densities_are_in_the_unit_of_the_target(self) -> None:
        """That of the linear model is the figure of the report."""
        scores = SizeScores.of(model(0))
        assert scores.sizes == ("0",)
        assert scores.log_densities[0] == pytest.approx(model(0).comparisons[LINEAR].log_density)

    def test_of_classes_are_log_probabilities(self) -> None:
        scores = SizeScores.of(model(0, classes=True))
        assert scores.is_of_classes
        assert scores.log_densities[0] == pytest.approx(
            -model(0, True).comparisons[LINEAR].log_loss
        )

    def test_log_evidences_are_the_highest_of_all_starts(self) -> None:
        plain = [m for m in model().members if m.cost == "squared_error"]
        assert plain
        highest = max(plain[0].evidence["starts"])
        assert SizeScores.of(model()).log_evidences.tolist() == [highest]

    def test_a_file_keeps_them(self, tmp_path) -> None:
        again = sn.load(model().save(tmp_path / "model.json"))
        assert dict(again.evidence) == dict(model().evidence)
        scores = SizeScores.of(again)
        assert scores.log_evidences.tolist() == SizeScores.of(model()).log_evidences.tolist()

    def test_counts_the_members_of_each_size(self) -> None:
        tried = {"0": -1.0, "2": -0.5}
        scores = SizeScores.of(with_facts(model(), sizes=tried, log_evidences=tried))
        assert scores.members == (0, len(model().members))
        shift = math.log(model().targets.scale[0])
        assert scores.log_densities == pytest.approx(np.array([-1.0, -0.5]) - shift)

    def test_a_network_of_a_given_decay_has_none(self) -> None:
        given = sn.fit({"x": [1.0, 2.0, 4.0], "y": [1.5, 2.0, 3.0]}, "y", hidden=0, decay=0.0)
        with pytest.raises(
            sn.InvalidInput, match=r"its decay or its size was given; .*plots\.selection"
        ):
            sn.plots.evidence(given)


class TestPicture:
    def test_has_a_panel_for_each_figure(self) -> None:
        ax = sn.plots.evidence(with_facts(model(), sizes=FOUND, log_evidences=EVIDENCES))
        upper, lower = ax.figure.axes
        assert ax is upper
        assert lower.get_lines()[0].get_ydata().tolist() == list(EVIDENCES.values())
        assert [tick.get_text() for tick in lower.get_xticklabels()] == ["0", "4", "8-4"]
        assert ax.get_title().endswith("highest held out: 4; highest evidence: 8-4")

    def test_a_ring_marks_sizes_that_are_in_the_model(self) -> None:
        tried = {"0": -1.0, "2": -0.5}
        ax = sn.plots.evidence(with_facts(model(), sizes=tried, log_evidences=tried))
        for panel in ax.figure.axes:
            (rings,) = [line for line in panel.get_lines() if line.get_label() == "in the model"]
            assert rings.get_xdata().tolist() == [1.0]

    def test_of_an_earlier_model_has_no_evidence(self) -> None:
        ax = sn.plots.evidence(with_facts(model(), sizes=FOUND, log_evidences={}))
        assert len(ax.figure.axes) == 1
        assert ax.get_title().endswith("highest held out: 4")

    def test_on_given_axes_is_the_panel_of_held_out_rows(self) -> None:
        ax = sn.plots.evidence(model(), ax=Figure().add_subplot())
        assert ax.get_ylabel() == "mean log density\nof a held-out row"
