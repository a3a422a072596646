"""Starts for targets that are nearly linear: their decays and positions, and the local structure that they find."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

import sheernet as sn
from contest_cases import contest
from sheernet.statistics import ensemble_candidates
from sheernet.statistics.ensemble import best_ensemble
from sheernet.statistics.evidence_search import BEGINNINGS
from sheernet.statistics.noise_models import CONSTANT, VARYING
from sheernet.statistics.spread_starts import LIGHT, spread, variance_left_by_line
from sheernet.training.starts import first_starts


def dip(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A line with a dip of width 0.25 and a knee: inputs, targets with noise of 0.3, and their mean."""
    x = np.linspace(0.2, 5.0, 94)
    truth = np.maximum(12.0 * (x - 0.35) - 4.0 * np.exp(-(((x - 0.8) / 0.25) ** 2)), 0.0)
    return x, truth + 0.3 * np.random.default_rng(seed).normal(size=94), truth


class Begun(NamedTuple):
    """What a search begins with."""

    architecture: sn.Architecture
    thetas: np.ndarray
    beginnings: list[float]


def begun(monkeypatch: pytest.MonkeyPatch, data, hidden, noise, starts) -> Begun:
    """How the search of candidates of standardized data begins."""
    found, whole = [], ensemble_candidates.maximize_evidence

    def watched(objective, thetas, groups, **given):
        found.append(Begun(objective.architecture, thetas, given["beginnings"]))
        return whole(objective, thetas, groups, **given)

    monkeypatch.setattr(ensemble_candidates, "maximize_evidence", watched)
    x, y = ((each - each.mean()) / each.std() for each in data)
    contest(x, y, starts=starts).candidates(hidden, False, noise)
    return found[0]


class TestTheVarianceLeft:
    def test_is_unbiased_and_counts_a_row_as_often_as_its_weight(self) -> None:
        rng = np.random.default_rng(0)
        X, y = rng.normal(size=(20, 2)), rng.normal(size=(20, 3))
        often = rng.integers(1, 4, size=20)
        Z, t = np.repeat(X, often, axis=0), np.repeat(y, often, axis=0)
        design = np.column_stack([Z, np.ones(len(Z))])
        residuals = t - design @ np.linalg.pinv(design) @ t
        expected = np.mean((residuals**2).sum(axis=0)) / (len(Z) - 3)
        assert variance_left_by_line(X, y, often.astype(float)) == pytest.approx(expected)
        alone = t - Z @ np.linalg.pinv(Z) @ t
        expected = np.mean((alone**2).sum(axis=0)) / (len(Z) - 2)
        found = variance_left_by_line(X, y, often.astype(float), bias=False)
        assert found == pytest.approx(expected)

    def test_is_unknown_with_too_few_rows(self) -> None:
        assert variance_left_by_line(np.eye(3), np.ones((3, 1)), np.ones(3)) == np.inf


class TestSpread:
    @pytest.mark.parametrize("sizes", [(1, 5, 1), (3, 4, 2, 1)])
    def test_places_the_units_evenly_over_the_rows(self, sizes: tuple[int, ...]) -> None:
        """The sums of a unit have a standard deviation of 1, and unit j of m is above (j + 1/2)/m of the rows."""
        X = np.random.default_rng(1).exponential(size=(200, sizes[0]))
        architecture = sn.Architecture(sizes)
        theta = sn.Network.random(architecture, 0).theta.copy()
        given = theta.copy()
        spread(architecture, theta, X)
        W, b, _ = architecture.layout.by_layer(theta)
        sums = X @ W[1] + b[1]
        assert sums.std(axis=0) == pytest.approx(np.ones(sizes[1]))
        expected = (np.arange(sizes[1]) + 0.5) / sizes[1]
        assert (sums < -1e-12).mean(axis=0) == pytest.approx(expected, abs=1 / 200)
        rest = sizes[0] * sizes[1] + sizes[1]
        assert (theta[rest:] == given[rest:]).all()

    def test_allows_constant_inputs_and_networks_without_biases(self) -> None:
        architecture = sn.Architecture((2, 3, 1), bias=False)
        theta = sn.Network.random(architecture, 0).theta.copy()
        spread(architecture, theta, np.ones((9, 2)))
        assert np.isfinite(theta).all()


class TestASearch:
    @pytest.mark.parametrize("seed", [0, 3])
    def test_finds_a_dip_on_a_line_in_the_rows_and_in_the_folds(self, seed: int) -> None:
        """Networks of 8 units; the linear model leaves a standard deviation of 0.97, the noise has 0.3."""
        x, y, _ = dip(seed)
        scale = y.std()
        found = contest((x - x.mean()) / x.std(), (y - y.mean()) / scale, starts=None)
        (line,) = found.candidates((), False, CONSTANT)
        best = found.candidates((8,), False, CONSTANT)[0]
        assert best.evidence.noise_variance is not None
        assert np.sqrt(best.evidence.noise_variance) * scale < 0.36
        assert best.log_densities.mean() > line.log_densities.mean() + 0.5

    @pytest.mark.parametrize(
        ("hidden", "noise", "starts", "expected"),
        [
            ((2,), CONSTANT, None, 2),
            ((2,), CONSTANT, 3, 2),
            ((2,), CONSTANT, 1, 0),
            ((), CONSTANT, None, 0),
            ((2,), VARYING, None, 0),  # its cost contains the scale of the noise
        ],
    )
    def test_of_nearly_linear_targets_has_spread_starts(
        self, monkeypatch: pytest.MonkeyPatch, hidden, noise, starts, expected
    ) -> None:
        given = begun(monkeypatch, dip(0)[:2], hidden, noise, starts)
        plain = BEGINNINGS[: len(given.thetas) - expected]
        assert len(plain) == (starts - expected if starts else 6 if hidden else 1)
        left = given.beginnings[len(plain) :]
        assert [each / left[0] * LIGHT[0] for each in left] == pytest.approx(LIGHT[:expected])
        assert given.beginnings[: len(plain)] == list(plain)
        usual = first_starts(sn.Network.random(given.architecture, 0), len(plain), "glorot", 0)
        assert (given.thetas[: len(plain)] == usual).all()

    def test_of_other_targets_has_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The linear model leaves about a third of the variance."""
        x = np.linspace(-2.0, 2.0, 60)
        y = x + 0.8 * np.random.default_rng(0).normal(size=60)
        given = begun(monkeypatch, (x, y), (2,), CONSTANT, None)
        assert given.beginnings == list(BEGINNINGS)

    def test_of_an_exact_line_ends(self) -> None:
        x = np.linspace(-1.0, 1.0, 40)
        found = contest(x, 2.0 * x).candidates((2,), False, CONSTANT)
        assert all(np.isfinite(each.log_densities).all() for each in found)


def test_the_default_networks_find_a_dip_on_a_line() -> None:
    """The straight line is 0.9 from the mean in the rows of the folds, with noise of 0.3."""
    x, y, truth = dip(1)
    center, scale = y.mean(), y.std()
    given = contest((x - x.mean()) / x.std(), (y - center) / scale, starts=None)
    found = best_ensemble(given, classes=False, kinds_of_noise=False)
    assert np.sqrt(np.mean((found.means[:, 0] * scale + center - truth) ** 2)) < 0.3
