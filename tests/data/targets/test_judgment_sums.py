"""Sums of parts of the rows, merged, give the figures of all rows."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheernet.data.targets.judgment import ClassificationFit, RegressionFit
from sheernet.data.targets.judgment_sums import ClassSums, NumberSums

seeds = st.integers(0, 2**32 - 1)


def parts(rng, n_rows):
    """Slices of the rows; some of them are empty."""
    cuts = np.sort(rng.integers(0, n_rows + 1, rng.integers(0, 6)))
    ends = [0, *cuts.tolist(), n_rows]
    return [slice(a, b) for a, b in itertools.pairwise(ends)]


def weights_of(rng, n_rows):
    weights = rng.integers(0, 4, n_rows).astype(float)
    weights[rng.integers(n_rows)] += 1.0
    return [None, weights][rng.integers(2)]


def merged(sums):
    return functools.reduce(lambda a, b: a.merged(b), sums)


@settings(max_examples=60)
@given(seeds)
def test_merged_sums_of_numbers_give_the_figures_of_all_rows(seed):
    rng = np.random.default_rng(seed)
    n_rows, scale = int(rng.integers(2, 40)), (2.0, 0.5)
    y = rng.normal((1e3, 0.0), size=(n_rows, 2))
    outputs, weights = y + rng.normal(size=y.shape), weights_of(rng, n_rows)
    logs = rng.normal(size=n_rows)
    found = merged(
        NumberSums.of(outputs[p], y[p], None if weights is None else weights[p], logs[p])
        for p in parts(rng, n_rows)
    ).fit(scale)
    told = RegressionFit.of(outputs * scale, y * scale, weights)
    assert (found.rows, found.weight) == (told.rows, told.weight)
    assert found.rmse == pytest.approx(told.rmse, rel=1e-12)
    for one, other in zip(found.r2, told.r2, strict=True):
        # of a single row, whose spread is 0, there is no R^2
        assert (one is None and other is None) or one == pytest.approx(other, rel=1e-10)
    mean = np.average(logs, weights=weights) - np.log(scale).sum()
    assert found.log_density == pytest.approx(mean, rel=1e-12, abs=1e-12)


@settings(max_examples=60)
@given(seeds)
def test_merged_sums_of_classes_give_the_figures_of_all_rows(seed):
    rng = np.random.default_rng(seed)
    n_rows, n_classes = int(rng.integers(1, 40)), int(rng.integers(2, 5))
    raw = rng.uniform(0.01, 1.0, (n_rows, n_classes))
    shares, true = raw / raw.sum(axis=1, keepdims=True), rng.integers(0, n_classes, n_rows)
    weights = weights_of(rng, n_rows)
    found = merged(
        ClassSums.of(shares[p], true[p], None if weights is None else weights[p])
        for p in parts(rng, n_rows)
    ).fit(majority_class=1)
    told = ClassificationFit.of(shares, true, weights, majority_class=1)
    assert (found.rows, found.weight, found.confusion) == (told.rows, told.weight, told.confusion)
    for name in ("accuracy", "log_loss", "majority"):
        assert getattr(found, name) == pytest.approx(getattr(told, name), rel=1e-12, abs=1e-15)


def test_a_constant_target_has_no_r2_in_any_order_of_its_parts():
    y, outputs = np.full((6, 1), 0.1), np.zeros((6, 1))
    sums = [NumberSums.of(outputs[p], y[p], None) for p in (slice(0, 1), slice(1, 4), slice(4, 6))]
    assert merged(sums).fit((3.0,)).r2 == merged(sums[::-1]).fit((3.0,)).r2 == (None,)


def test_a_part_without_density_leaves_the_whole_without():
    y = np.array([[0.0], [1.0]])
    one = NumberSums.of(y, y, None, np.zeros(2))
    assert one.fit((1.0,)).log_density == 0.0
    assert one.merged(NumberSums.of(y, y, None)).fit((1.0,)).log_density is None
