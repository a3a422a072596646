"""The distribution of counts that a model with the cost poisson predicts, and the notice of counts that vary more."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq

import sheernet as sn
from sheernet.statistics import CountPrediction

COUNTS: dict[str, Any] = {"output_activation": "exp", "cost": "poisson", "held_out": 0}


def rates(x: np.ndarray, base: float) -> np.ndarray:
    return np.asarray(base * np.exp(0.8 * x[:, 0] + 0.6 * x[:, 1]))


def fitted(base: float, seed: int = 0, n: int = 200, **how: Any) -> tuple[sn.Model, np.ndarray]:
    """A model of Poisson counts, and its inputs."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (n, 2))
    y = rng.poisson(rates(x, base))
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", sn.SheernetWarning
        )  # of networks that vary more than linear models
        return sn.fit(x, y, **{**COUNTS, "starts": 2, **how}), x


@pytest.fixture(scope="module")
def model() -> sn.Model:
    return fitted(3.0, hidden=3)[0]


class TestTheDistribution:
    def test_has_the_mean_of_the_prediction(self, model: sn.Model) -> None:
        x = [[0.2, 0.1], [-0.5, 0.9]]
        found = model.distribution(x)
        mean, std = model.predict(x, return_std=True)
        assert isinstance(found, CountPrediction)
        assert found.mean().tolist() == pytest.approx(mean)
        assert std.tolist() == found.std().tolist()

    def test_without_hidden_units_has_the_variance_of_a_poisson_regression(self) -> None:
        """The variance of the linear predictor, x^T (X^T diag(mu) X)^-1 x: McCullagh and Nelder, section 2.5."""
        found, x = fitted(3.0, hidden=0, decay=0.0)
        X, mu = np.column_stack([np.ones(len(x)), x]), found.predict(x)
        v = np.einsum("ni,ij,nj->n", X, np.linalg.inv(X.T @ (mu[:, None] * X)), X)
        assert found.distribution(x).var() == pytest.approx(mu + v * mu**2, rel=1e-6)

    @pytest.mark.parametrize("base", [0.3, 3.0, 200.0])
    @pytest.mark.parametrize("hidden", [0, 3])
    def test_covers_new_counts(self, base: float, hidden: int) -> None:
        """Intervals hold at least their probability, and about what the distribution says they hold."""
        rng = np.random.default_rng(5)
        x = rng.uniform(-1, 1, (4000, 2))
        inside, claimed = [], []
        for seed in range(4):
            found = fitted(base, seed, hidden=hidden)[0].distribution(x)
            y, (lower, upper) = rng.poisson(rates(x, base)), found.interval(0.9)
            inside.append(np.mean((y >= lower) & (y <= upper)))
            claimed.append(np.mean(found.cdf(upper) - found.cdf(lower - 1)))
        assert np.mean(inside) >= 0.88
        assert np.mean(inside) == pytest.approx(np.mean(claimed), abs=0.025)

    def test_of_a_row_has_the_same_bits_in_any_table(self, model: sn.Model) -> None:
        x = np.random.default_rng(1).uniform(-1, 1, (9, 2))
        whole = model.distribution(x)
        alone = [model.distribution(row[None]) for row in x]
        for of in ("mean", "std"):
            assert getattr(whole, of)().tolist() == [getattr(each, of)()[0] for each in alone]

    def test_is_that_of_the_file(self, model: sn.Model, tmp_path: Path) -> None:
        other = sn.load(model.save(tmp_path / "model.json"))
        assert other.distribution([[0.2, 0.1]]).std() == model.distribution([[0.2, 0.1]]).std()

    def test_stays_wide_far_from_the_data(self) -> None:
        """The variance of a rate of a fixed mean is limited: without a limit, the interval would be at 0."""
        found = fitted(3.0, hidden=0)[0]
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", sn.SheernetWarning
            )  # of rows outside of the training rows
            x2 = brentq(lambda x2: np.log(found.predict([[300.0, x2]])[0] / 3.0), -600.0, -200.0)
            far = [[300.0, x2]]
            mean, (lower, upper) = found.predict(far), found.predict_interval(far)
        assert mean[0] == pytest.approx(3.0)
        assert lower[0] < 3.0 < upper[0]

    def test_gives_intervals_of_whole_numbers_to_tables(self, model: sn.Model) -> None:
        x = [[0.2, 0.1], [-0.5, 0.9]]
        frame = model.predict_frame(x, coverage=0.9, std=True)
        assert (frame["y_upper"] == np.rint(frame["y_upper"])).all()

    def test_judges_held_out_rows(self) -> None:
        """Their log density is the mean log probability of their counts."""
        found, x = fitted(3.0, hidden=0, held_out=0.25)
        y = np.random.default_rng(0)
        y.uniform(-1, 1, (200, 2))
        counts = y.poisson(rates(x, 3.0))
        assert found.rows is not None
        rows = np.array(found.rows.held_out)
        expected = found.distribution(x[rows]).logpmf(counts[rows]).mean()
        assert found.held_out_fit.log_density == pytest.approx(expected)

    def test_of_an_estimator_scores_counts(self) -> None:
        rng = np.random.default_rng(0)
        x = rng.uniform(-1, 1, (80, 2))
        y = rng.poisson(rates(x, 3.0)).astype(float)
        net = sn.NetRegressor(hidden=0, cost="poisson", output_activation="exp").fit(x, y)
        found = net.predict_distribution(x)
        assert net.log_predictive_density(x, y).tolist() == found.logpmf(y).tolist()


class TestNoCounts:
    @pytest.mark.parametrize("where", [slice(0, 1), slice(50, 51)], ids=["largest", "inside"])
    def test_are_refused(self, where: slice) -> None:
        rng = np.random.default_rng(0)
        x = rng.uniform(-1, 1, (100, 2))
        y = rng.poisson(rates(x, 3.0)).astype(float)
        y[0] = 40.0
        y[where] += 0.5
        found = sn.fit(x, y, hidden=0, **COUNTS)
        assert found.predict(x[:1]).shape == (1,)
        with pytest.raises(sn.InvalidInput, match="are not whole numbers"):
            found.distribution(x)

    def test_of_a_shifted_scale_are_refused(self) -> None:
        rng = np.random.default_rng(0)
        x = rng.uniform(-1, 1, (100, 2))
        y = 2 + rng.poisson(rates(x, 3.0))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sn.SheernetWarning)  # the limits of the output
            found = sn.fit(x, y, hidden=0, scaling="minmax", **COUNTS)
        with pytest.raises(sn.InvalidInput, match="scaled differently"):
            found.distribution(x)


class TestOverdispersion:
    def noticed(self, y: np.ndarray, x: np.ndarray, **how: Any) -> list[str]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sn.SheernetWarning)
            found = sn.fit(x, y, hidden=0, **COUNTS, **how)
        return [notice for notice in found.notices if "Poisson" in notice]

    def test_of_counts_with_many_zeros_is_noticed(self) -> None:
        rng = np.random.default_rng(0)
        x = rng.uniform(-1, 1, (300, 2))
        y = rng.poisson(rates(x, 4.0)) * (rng.random(300) < 0.6)
        (notice,) = self.noticed(y, x)
        with pytest.warns(
            sn.SheernetWarning,
            match=r"vary more around their predictions.*decay='cv' shows whether",
        ):
            mu = sn.fit(x, y, hidden=0, **COUNTS).predict(x)
        assert f"has the mean {np.mean((y - mu) ** 2 / mu):.3g} in" in notice
        assert f"{100 * np.mean(y == 0):.0f} % of the counts are 0" in notice
        assert f"where {100 * np.mean(np.exp(-mu)):.0f} % are expected" in notice

    def test_of_a_varying_rate_is_noticed(self) -> None:
        rng = np.random.default_rng(0)
        x = rng.uniform(-1, 1, (300, 2))
        assert self.noticed(rng.poisson(rates(x, 4.0) * rng.gamma(2.0, 0.5, 300)), x)

    @pytest.mark.parametrize("base", [0.05, 0.3, 4.0, 200.0])
    def test_is_not_noticed_of_counts_that_are_poissons(self, base: float) -> None:
        for seed in range(5):
            rng = np.random.default_rng(seed)
            x = rng.uniform(-1, 1, (300, 2))
            mu = base * np.exp(0.8 * x[:, 0])
            assert self.noticed(rng.poisson(mu), x) == []

    def test_of_weights_is_that_of_repeated_rows(self) -> None:
        """A weight of k counts as k rows: 40 rows may be chance, 40 rows of weight 10 are not."""
        rng = np.random.default_rng(0)
        x = rng.uniform(-1, 1, (40, 1))
        y = stats.nbinom(8, 8 / 12).rvs(40, random_state=rng)
        weights = np.full(40, 10.0)
        assert self.noticed(y, x) == []
        (weighted,) = self.noticed(y, x, weights=weights)
        (repeated,) = self.noticed(np.repeat(y, 10), np.repeat(x, 10, axis=0))
        assert weighted == repeated
