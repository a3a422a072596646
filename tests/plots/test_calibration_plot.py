"""Calibration, compared with scikit-learn and with sums of the binomial distribution."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from matplotlib.figure import Figure

import sheernet as sn
from sheernet.plots.calibration_plot import COVERAGE, reliability
from sheernet.plots.class_rows import class_rows


def a_case(n: int = 150, power: float = 1.0):
    rng = np.random.default_rng(2)
    P = rng.random(n)
    return P, rng.random(n) < P**power


class TestNumbers:
    @pytest.mark.parametrize("bins", [1, 5, 10])
    def test_agree_with_scikit_learn(self, bins) -> None:
        calibration = pytest.importorskip("sklearn.calibration")
        P, true = a_case()
        found = reliability(class_rows(P, true), bins=bins)
        observed, mean = calibration.calibration_curve(true, P, n_bins=bins)
        assert found.observed == pytest.approx(observed, rel=1e-12)
        assert found.mean == pytest.approx(mean, rel=1e-12)
        assert found.counts == pytest.approx(np.histogram(P, np.linspace(0, 1, bins + 1))[0])

    def test_the_brier_score_agrees_with_scikit_learn(self) -> None:
        metrics = pytest.importorskip("sklearn.metrics")
        P, true = a_case()
        weights = np.arange(len(P)) % 3 + 1
        found = reliability(class_rows(P, true, weights=weights)).brier
        expected = metrics.brier_score_loss(true, P, sample_weight=weights)
        assert found == pytest.approx(expected, rel=1e-12)

    def test_a_row_of_weight_3_counts_as_three_rows(self) -> None:
        P, true = a_case(30)
        weights = np.arange(30) % 3 + 1
        weighted = reliability(class_rows(P, true, weights=weights), bins=4)
        repeated = reliability(class_rows(np.repeat(P, weights), np.repeat(true, weights)), bins=4)
        for name in ("mean", "observed", "counts", "lower", "upper"):
            assert getattr(weighted, name) == pytest.approx(getattr(repeated, name), rel=1e-12)

    def test_the_band_is_that_of_a_binomial_distribution(self) -> None:
        found = reliability(class_rows(*a_case()), bins=3)
        for p, n, low, high in zip(found.mean, found.counts, found.lower, found.upper, strict=True):
            n = int(n)
            shares = np.cumsum([comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)])
            assert n * low == pytest.approx(np.argmax(shares >= (1 - COVERAGE) / 2))
            assert n * high == pytest.approx(np.argmax(shares >= (1 + COVERAGE) / 2))

    def test_right_probabilities_are_in_the_band_and_wrong_ones_are_not(self) -> None:
        assert reliability(class_rows(*a_case(4000))).within.sum() >= 8
        assert reliability(class_rows(*a_case(4000, power=3.0))).within.sum() <= 3

    def test_of_more_classes_the_predicted_one_is_judged(self) -> None:
        P = [[0.6, 0.3, 0.1], [0.2, 0.65, 0.15], [0.1, 0.1, 0.8]]
        found = reliability(class_rows(P, [0, 2, 2], classes=range(3)), bins=1)
        assert found.event == "the predicted class"
        assert (found.mean[0], found.observed[0]) == pytest.approx(((0.6 + 0.65 + 0.8) / 3, 2 / 3))

    def test_or_a_given_one(self) -> None:
        P = [[0.6, 0.3, 0.1], [0.2, 0.65, 0.15], [0.1, 0.1, 0.8]]
        found = reliability(class_rows(P, [0, 2, 2], classes=range(3)), label=2, bins=1)
        assert (found.mean[0], found.observed[0]) == pytest.approx((1.05 / 3, 2 / 3))

    def test_probabilities_of_0_and_1_belong_to_the_outer_bins(self) -> None:
        found = reliability(class_rows([0.0, 1.0], [0, 1]))
        assert found.edges == pytest.approx(np.array([[0.0, 0.1], [0.9, 1.0]]))
        assert found.within.all()

    @pytest.mark.parametrize(
        ("options", "message"),
        [({"label": "c"}, "class 'c'"), ({"bins": 0}, "bins must be a whole number of at least 1")],
    )
    def test_what_does_not_exist_is_refused(self, options, message) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            reliability(class_rows([0.1, 0.2], ["a", "b"]), **options)


class TestPicture:
    def test_points_outside_of_the_band_have_another_marker(self) -> None:
        P = [0.05] * 40 + [0.5] * 40
        true = [1] * 20 + [0] * 20 + [1] * 20 + [0] * 20
        ax = sn.plots.calibration(P, true, ax=Figure().add_subplot())
        by_marker = {line.get_marker(): line.get_xydata().tolist() for line in ax.get_lines()}
        assert by_marker["o"] == [[0.5, 0.5]]
        assert by_marker["s"] == [[pytest.approx(0.05), 0.5]]
        assert ax.get_title().endswith("80 rows, 1 of 2 bins in the 90 % band")

    def test_few_bins_have_their_numbers(self) -> None:
        P, true = a_case(80)
        few, many = (sn.plots.calibration(P, true, bins=bins) for bins in (4, 30))
        counts = np.histogram(P, np.linspace(0, 1, 5))[0]
        assert [text.get_text() for text in few.texts] == [str(n) for n in counts]
        assert len(many.texts) == 0
