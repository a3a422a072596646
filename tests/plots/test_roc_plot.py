"""ROC curves, compared with scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import sheernet as sn
from sheernet.plots.class_rows import class_rows
from sheernet.plots.roc_plot import MOST_CURVES, roc_curves


def two_classes(n: int = 80, seed: int = 0):
    """Probabilities with ties, labels, and weights of which some are 0."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 2, n)
    return rng.integers(0, 12, n) / 11 * (0.6 + 0.4 * true), true, rng.integers(0, 4, n)


def many_classes(n_classes: int, n: int = 300, absent: int = 0):
    rng = np.random.default_rng(1)
    true = rng.integers(0, n_classes - absent, n)
    P = rng.random((n, n_classes))
    P[np.arange(n), true] += 0.5
    return P / P.sum(axis=1, keepdims=True), true


class TestCurves:
    def test_agree_with_scikit_learn(self) -> None:
        metrics = pytest.importorskip("sklearn.metrics")
        P, true, weights = two_classes()
        (curve,) = roc_curves(class_rows(P, true, weights=weights))
        false_rate, true_rate, thresholds = metrics.roc_curve(
            true, P, sample_weight=weights, drop_intermediate=False
        )
        kept = np.isin(thresholds, curve.thresholds)  # ours has none of a row without weight
        assert curve.thresholds == pytest.approx(thresholds[kept])
        assert curve.false_positives == pytest.approx(false_rate[kept], abs=1e-13)
        assert curve.true_positives == pytest.approx(true_rate[kept], abs=1e-13)
        expected = metrics.roc_auc_score(true, P, sample_weight=weights)
        assert curve.auc == pytest.approx(expected, rel=1e-12)

    def test_of_each_class_agree_with_scikit_learn(self) -> None:
        metrics = pytest.importorskip("sklearn.metrics")
        P, true = many_classes(4)
        found = [curve.auc for curve in roc_curves(class_rows(P, true))]
        expected = metrics.roc_auc_score(true, P, multi_class="ovr", average=None)
        assert found == pytest.approx(list(expected), rel=1e-12)

    def test_the_area_is_the_share_of_pairs_in_the_right_order(self) -> None:
        P, true, _ = two_classes()
        pairs = P[true == 1][:, None] - P[true == 0][None, :]
        share = np.mean((pairs > 0) + 0.5 * (pairs == 0))
        assert roc_curves(class_rows(P, true))[0].auc == pytest.approx(share, rel=1e-12)

    def test_equal_probabilities_are_chance(self) -> None:
        (curve,) = roc_curves(class_rows([0.3] * 4, [0, 1, 0, 1]))
        assert curve.auc == 0.5
        assert curve.false_positives.tolist() == curve.true_positives.tolist() == [0.0, 1.0]

    def test_the_rates_at_a_threshold_are_those_of_the_rows_above_it(self) -> None:
        P, true, _ = two_classes()
        (curve,) = roc_curves(class_rows(P, true))
        for threshold in (0.5, 0.0, 1.0, 2.0):
            above = threshold <= P
            expected = above[true == 0].mean(), above[true == 1].mean()
            assert curve.at(threshold) == pytest.approx(expected)

    def test_a_class_without_rows_has_no_curve(self) -> None:
        P, true = many_classes(4, absent=1)
        assert len(roc_curves(class_rows(P, true, classes=range(4)))) == 3

    def test_rows_of_a_single_class_are_refused(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"all 2 rows belong to '1'"):
            roc_curves(class_rows([0.1, 0.2], [1, 1]))


class TestPicture:
    def test_of_two_classes_has_one_curve_and_the_threshold(self) -> None:
        ax = sn.plots.roc([0.1, 0.4, 0.6, 0.8], ["no", "no", "no", "yes"])
        assert ax.get_title() == "ROC of yes: AUC 1.0000\n4 rows"
        texts = [text.get_text() for text in ax.get_legend().get_texts()]
        assert texts[-1] == "probability of at least 0.5: 100 % found, 33 % false alarms"

    def test_of_many_classes_names_those_with_the_lowest_area(self) -> None:
        P, true = many_classes(9)
        curves = sorted(roc_curves(class_rows(P, true)), key=lambda curve: curve.auc)
        ax = sn.plots.roc(P, true, ax=Figure().add_subplot())
        texts = [text.get_text() for text in ax.get_legend().get_texts()]
        named = [text.partition(":")[0] for text in texts[1 : MOST_CURVES + 1]]
        assert named == [curve.name for curve in curves[:MOST_CURVES]]
        assert texts[-1] == f"3 other classes: from {curves[MOST_CURVES].auc:.4f}"
        assert len(ax.get_lines()) == 1 + 9

    def test_the_title_counts_classes_without_rows(self) -> None:
        P, true = many_classes(5, absent=2)
        title = sn.plots.roc(P, true, classes=range(5)).get_title()
        assert title.endswith("300 rows; 2 classes have no rows")
