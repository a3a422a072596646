"""As test_remaining_error.py, by names that are not published."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from sheernet.foundation.sentences import rendered
from sheernet.models import report
from sheernet.training import remaining_error
from sheernet.training.remaining_error import share_of_deviation, with_error_left
from training.test_remaining_error import AT_A_FLAT_PLACE, X, Y, noisy, trained


class TestTheNetworkOfTheNotebook:
    def test_at_a_flat_place_says_so(self) -> None:
        training = trained(AT_A_FLAT_PLACE)
        assert training.objective == pytest.approx(0.001226, abs=1e-6)
        assert training.termination.converged
        share = np.sqrt(
            ((training.network.predict(X) - Y) ** 2).sum() / ((Y - Y.mean()) ** 2).sum()
        )
        message = training.termination.message
        assert message == (
            "Converged: the largest gradient entry, in standard units, is at most 1e-08. "
            "Some error remains: the objective is "
            f"{training.objective:.6g}, and the root mean squared error is {100 * share:.2g} % of the standard "
            "deviation of the targets. 4 of 9 eigenvalues of the Hessian are about 0: this is a flat place and need "
            "not be a minimum. One start cannot show whether others end lower; try starts=20."
        )
        assert "; try --starts 20." in rendered(message, lambda s: f"--{s.name} {s.value}")


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("cost", ["squared_error", "huber"])
def test_the_share_is_that_of_weighted_least_squares(
    cost: str, reduction: str, engine: str
) -> None:
    rng = np.random.default_rng(1)
    inputs, targets = rng.normal(size=(30, 2)), 3.0 + rng.normal(size=(30, 2))
    weights = rng.integers(0, 4, 30).astype(float)
    net = sn.Network.random(sn.Architecture((2, 3, 2)), seed=0)
    objective = sn.make_objective(
        net.architecture, inputs, targets, cost=cost, reduction=reduction, weights=weights, engine=engine
    )  # fmt: skip
    repeated = weights.astype(int)
    residuals = np.repeat(net.predict(inputs) - targets, repeated, axis=0)
    deviations = np.repeat(targets, repeated, axis=0)
    deviations = deviations - deviations.mean(axis=0)
    expected = np.sqrt((residuals**2).sum() / (deviations**2).sum())
    assert share_of_deviation(objective, net.theta) == pytest.approx(expected, rel=1e-12)


def test_a_saddle_has_a_negative_eigenvalue() -> None:
    # y_hat = w2 tanh(w1 x): at w1 = w2 = 0 the Hessian is [[0, -s], [-s, 0]], s = mean of x y.
    arch = sn.Architecture((1, 1, 1), bias=False)
    objective = sn.make_objective(arch, *noisy())
    run = sn.optimizers.minimize(objective, np.array([0.5, 0.5]))
    at_saddle = replace(
        run, theta=np.zeros(2), termination=sn.optimizers.Termination("gradient_tolerance")
    )
    message = with_error_left(at_saddle, objective).termination.message
    assert (
        "The smallest eigenvalue of the Hessian is negative: this is a saddle, not a minimum."
        in message
    )


def test_the_message_keeps_few_rows_until_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = noisy()
    net = sn.Network.random(sn.Architecture((1, 2, 1)))  # 7 weights
    calls: list[int] = []
    monkeypatch.setattr(
        remaining_error, "share_of_deviation", lambda *given: calls.append(1) or 0.0
    )
    assert sn.train(net, x, y).termination.converged
    assert calls == []
    monkeypatch.setattr(remaining_error, "MOST_KEPT", 40 * 7)
    sn.train(net, x, y)
    assert calls == []
    sn.train(net, [*x, 3.0], [*y, 1.0], weights=[1.0] * 40 + [0.0])
    assert calls == [1]


def test_of_a_large_problem_the_eigenvalues_are_left_out() -> None:
    x, y = noisy(700)
    arch = sn.Architecture((1, 40, 1))
    objective = sn.make_objective(arch, x, y)
    run = sn.optimizers.minimize(objective, sn.Network.random(arch).theta, max_iter=1)
    ended = replace(run, termination=sn.optimizers.Termination("gradient_tolerance"))
    message = with_error_left(ended, objective).termination.message
    assert re.search(r"of the targets\. One start cannot show", message)


def test_the_report_of_a_single_network_has_it() -> None:
    x, y = noisy()
    model = sn.fit({"x": x, "y": y}, "y", hidden=1, decay=0, starts=1, held_out=0)
    assert type(model.termination) is sn.optimizers.Termination  # which keeps no rows
    text = " ".join(report.text(model, spell=lambda s: f"--{s.name} {s.value}").split())
    start = (
        "converged (gradient tolerance): the largest gradient entry, in standard units, is at most 1e-08. "
        "Some error remains: "
    )
    assert start in text
    assert "; try --starts 20." in text
