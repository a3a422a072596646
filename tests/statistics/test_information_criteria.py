"""Log-likelihoods from total losses, against densities of SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import sheernet as sn
from sheernet import activations
from sheernet.statistics.information_criteria import InformationCriteria, log_likelihood

rng = np.random.default_rng(0)
Y = rng.normal(size=(20, 2))


def loss(cost: str, z: np.ndarray, y: np.ndarray, output=activations.identity) -> float:
    return float(sn.costs.get(cost).loss(output, z, y).sum())


def test_of_squared_errors_is_that_at_the_best_noise_variance() -> None:
    z = rng.normal(size=(20, 2))
    best = np.mean((z - Y) ** 2)
    expected = stats.norm.logpdf(Y, z, best**0.5).sum()
    assert log_likelihood("squared_error", loss("squared_error", z, Y), 40) == pytest.approx(
        expected
    )


@pytest.mark.parametrize(
    ("cost", "density"),
    [
        ("gaussian_nll", stats.norm()),
        ("student_t", stats.t(4.0)),
        ("student_t(2.5)", stats.t(2.5)),
    ],
)
def test_of_a_location_and_a_scale_is_that_of_their_distribution(cost: str, density) -> None:
    z = rng.normal(size=(20, 4))
    m, s = z[:, :2], z[:, 2:]
    expected = (density.logpdf((Y - m) / np.exp(s / 2)) - s / 2).sum()
    assert log_likelihood(cost, loss(cost, z, Y), 40) == pytest.approx(expected)


def test_of_classes_is_that_of_their_probabilities() -> None:
    z = rng.normal(size=(20, 3))
    labels = rng.integers(3, size=20)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    expected = np.log(p[range(20), labels]).sum()
    total = loss("cross_entropy", z, np.eye(3)[labels], activations.softmax)
    assert log_likelihood("cross_entropy", total, 20) == pytest.approx(expected)


@pytest.mark.parametrize("cost", ["huber", "huber(2.0)", "poisson", "of_my_own"])
def test_other_costs_have_none(cost: str) -> None:
    assert log_likelihood(cost, 1.0, 10) is None


def test_an_exact_fit_has_none() -> None:
    assert log_likelihood("squared_error", 0.0, 10) is None


def test_criteria_are_those_of_the_formulas() -> None:
    found = InformationCriteria(-100.0, rows=50.0, parameters=4.5)
    assert found.aic == 209.0
    assert found.bic == pytest.approx(200.0 + 4.5 * np.log(50))
