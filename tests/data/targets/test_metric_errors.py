"""Standard errors of RMSE and R^2, beside the spread of these figures among samples."""

from __future__ import annotations

import numpy as np
import pytest

from sheernet.data.targets.judgment import RegressionFit
from sheernet.data.targets.metric_errors import accuracy_error, figure_errors, gain_errors


def sample(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (n, 2))
    return x, x + np.array([0.3, 0.5]) * rng.standard_t(8, (n, 2))


def test_they_are_the_spread_among_samples() -> None:
    fits = [RegressionFit.of(*sample(seed)) for seed in range(400)]
    rmse, r2 = figure_errors(*sample(1000, 40_000))
    for k in range(2):
        assert 10 * rmse[k] == pytest.approx(np.std([fit.rmse[k] for fit in fits]), rel=0.1)
        assert 10 * r2[k] == pytest.approx(np.std([fit.r2[k] for fit in fits]), rel=0.1)


def test_equal_weights_change_nothing_and_rows_of_weight_0_do_not_count() -> None:
    predicted, true = sample(0)
    found = figure_errors(predicted, true)
    assert np.allclose(figure_errors(predicted, true, np.full(400, 7.0)), found)
    weights = np.r_[np.ones(300), np.zeros(100)]
    assert np.allclose(figure_errors(predicted, true, weights), figure_errors(predicted[:300], true[:300]))  # fmt: skip


@pytest.mark.parametrize("exponent", [-1000, 1000])
def test_huge_and_tiny_targets_have_proportional_errors(exponent: int) -> None:
    predicted, true = sample(0)
    rmse, r2 = figure_errors(predicted, true)
    found = figure_errors(np.ldexp(predicted, exponent), np.ldexp(true, exponent))
    assert np.array_equal(found[0], np.ldexp(rmse, exponent))
    assert np.array_equal(found[1], r2)


def test_what_is_not_known_is_nan() -> None:
    same = np.ones((5, 1))
    assert np.isnan(figure_errors(np.arange(5.0)[:, None], same)[1]).all()  # a constant target
    assert np.isnan(figure_errors(same, same)[0]).all()
    assert np.isnan(figure_errors(same[:1], 2 * same[:1])[0]).all()


def grouped(seed: int, n: int = 100, visits: int = 6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Predictions, targets and groups: all rows of a group have nearly the same error."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(n), visits)
    x = rng.normal(size=n)[who] + 0.2 * rng.normal(size=n * visits)
    return x[:, None], (x + rng.normal(size=n)[who])[:, None], who


def test_groups_count_as_independent() -> None:
    fits = [RegressionFit.of(*grouped(seed)[:2]) for seed in range(400)]
    x, y, who = grouped(1000, 10_000)
    (rmse,), (r2,) = figure_errors(x, y, None, who)
    assert 10 * rmse == pytest.approx(np.std([fit.rmse[0] for fit in fits]), rel=0.1)
    assert 10 * r2 == pytest.approx(np.std([fit.r2[0] for fit in fits]), rel=0.1)


def test_rows_of_one_group_each_are_rows() -> None:
    predicted, true = sample(0)
    own = np.random.default_rng(0).permutation(400)
    assert np.allclose(figure_errors(predicted, true, None, own), figure_errors(predicted, true))
    correct = predicted[:, 0] > 0
    share = correct.mean()
    wanted = (share * (1 - share) / 399) ** 0.5
    assert accuracy_error(correct, None, own) == pytest.approx(wanted)


def test_repeated_rows_of_a_group_count_once() -> None:
    predicted, true = sample(0, 50)
    twice, who = np.repeat([predicted, true], 3, axis=1), np.repeat(np.arange(50), 3)
    assert np.allclose(figure_errors(*twice, None, who), figure_errors(predicted, true))
    correct = predicted[:, 0] > 0
    once = accuracy_error(correct, None, np.arange(50))
    assert accuracy_error(np.repeat(correct, 3), None, who) == pytest.approx(once)
    weights = np.r_[np.full(50, 3.0), np.zeros(7)]
    more = np.r_[correct, np.ones(7, dtype=bool)]
    assert accuracy_error(more, weights, np.r_[np.arange(50), np.full(7, 49)]) == pytest.approx(
        once
    )


def test_a_single_group_tells_nothing() -> None:
    predicted, true = sample(0, 9)
    assert np.isnan(figure_errors(predicted, true, None, np.zeros(9, dtype=np.intp))).all()
    assert np.isnan(accuracy_error(np.arange(9) > 3, None, np.zeros(9, dtype=np.intp)))


def losses(
    seed: int, n: int = 100, visits: int = 6, *, are_of_groups: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Squared errors of two predictions, and the groups; the second prediction has an additional error."""
    predicted, true, who = grouped(seed, n, visits)
    rng = np.random.default_rng([seed, 1])
    extra = rng.normal(size=n)[who] if are_of_groups else rng.normal(size=n * visits)
    return (predicted - true) ** 2, (predicted + 0.5 * extra[:, None] - true) ** 2, who


@pytest.mark.parametrize("are_relative", [True, False])
@pytest.mark.parametrize("are_of_groups", [True, False])
def test_gains_have_the_spread_among_samples(are_relative: bool, are_of_groups: bool) -> None:
    gains = []
    for seed in range(600):
        own, other = (each.mean() for each in losses(seed, are_of_groups=are_of_groups)[:2])
        gains.append(0.5 * np.log(other / own) if are_relative else other - own)
    own, others, who = losses(1000, 10_000, are_of_groups=are_of_groups)
    (error,) = gain_errors(own, others, are_relative=are_relative, groups=who)
    assert 10 * error == pytest.approx(np.std(gains), rel=0.1)
    if not are_of_groups:
        (error,) = gain_errors(own, others, are_relative=False)
        assert error == pytest.approx(
            gain_errors(own, others, are_relative=False, groups=who)[0], rel=0.1
        )


def test_a_row_of_weight_k_is_k_rows_and_repeated_rows_are_one() -> None:
    own, others, _ = losses(0)
    counts = np.random.default_rng(2).integers(0, 4, len(own))
    rows = np.repeat(np.arange(len(own)), counts)
    by_weight = gain_errors(own, others, are_relative=True, weights=counts.astype(float))
    assert by_weight == pytest.approx(gain_errors(own[rows], others[rows], are_relative=True))
    twice = np.tile(np.arange(len(own)), 2)
    once = gain_errors(own, others, are_relative=True)
    assert gain_errors(own[twice], others[twice], are_relative=True, origin=twice) == pytest.approx(
        once
    )
    assert np.isnan(
        gain_errors(own, others, are_relative=True, groups=np.zeros(len(own), int))
    ).all()
