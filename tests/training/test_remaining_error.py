"""What the message of a single start says about the error that it leaves."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn

X, Y = sn.datasets.load_sleep_study().scaled
NOTEBOOK = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
AT_A_FLAT_PLACE, FITTED = 0, 4
"""Seeds of initial weights from which bfgs ends at 0.001226, and near 0."""


def trained(seed: int, **options) -> sn.Training:
    net = sn.Network.random(NOTEBOOK, seed=seed, scheme="uniform")
    return sn.train(net, X, Y, method="bfgs", reduction="sum", **options)


def noisy(rows: int = 40) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = np.linspace(-2.0, 2.0, rows)
    return x, np.tanh(x) + 0.1 * rng.normal(size=rows)


class TestTheNetworkOfTheNotebook:
    def test_that_fits_says_nothing(self) -> None:
        training = trained(FITTED)
        assert training.objective < 1e-12
        assert training.termination.message == (
            "Converged: the largest gradient entry, in standard units, is at most 1e-08."
        )

    def test_is_shown_when_printed(self) -> None:
        training = trained(AT_A_FLAT_PLACE)
        lines = str(training).splitlines()
        assert lines[0].startswith("Training of 2-3-1, sigmoid, sigmoid output, no biases: bfgs, ")
        assert lines[1].startswith("1 start: objective 0.001226")
        assert " ".join(lines[2:]) == f"gradient tolerance: {training.termination.message}"
        assert max(map(len, lines)) <= 100

    @pytest.mark.parametrize(
        "options",
        [
            {"starts": 2, "scheme": "uniform"},
            {"max_evaluations": 10_000},
            {"max_iter": 3},
            {"target": 0.01},
            {"decay": 1e-3},
        ],
        ids=lambda options: next(iter(options)),
    )
    def test_in_other_cases_says_nothing(self, options: dict) -> None:
        assert "Some error remains" not in trained(AT_A_FLAT_PLACE, **options).termination.message


def test_a_minimum_has_positive_eigenvalues() -> None:
    arch = sn.Architecture((1, 1, 1), hidden="tanh")
    training = sn.train(sn.Network.random(arch, seed=0), *noisy(), method="bfgs")
    objective = sn.make_objective(arch, *noisy())
    theta, h = training.network.theta, 1e-5
    H = np.array(
        [
            (objective.value_and_gradient(theta + h * e)[1] - objective.value_and_gradient(theta - h * e)[1]) / (2 * h)
            for e in np.eye(4)
        ]
    )  # fmt: skip
    values = np.linalg.eigvalsh(0.5 * (H + H.T))
    assert values[0] > 1e-4 * values[-1]
    assert "All eigenvalues of the Hessian are positive: this is a minimum" in str(
        training
    ).replace("\n", " ")


@pytest.mark.parametrize(
    ("arch", "options"),
    [
        (sn.Architecture((1, 1)), {}),
        (sn.Architecture((1, 2, 1), output="exp"), {"cost": "poisson"}),
    ],
    ids=["a linear model", "a cost whose least value is not 0"],
)
def test_nothing_is_said_of(arch: sn.Architecture, options: dict) -> None:
    x, y = noisy()
    training = sn.train(sn.Network.random(arch), x, np.abs(y), **options)
    assert "Some error remains" not in training.termination.message
