"""gd and adam with the conventions of scikit-learn's MLPs: the same weights and losses after the same batches.

Both start from the same weights.  `evaluation="batches"` and `whole_penalty` give scikit-learn's loss of an epoch: the
mean of the losses of the batches before their updates, each with the penalty of all rows divided by those of the batch.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import ENGINES
from sheernet.optimizers import minimize

sklearn = pytest.importorskip("sklearn")
from sklearn.neural_network import MLPClassifier, MLPRegressor  # noqa: E402
from sklearn.utils import shuffle  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

N, ALPHA, EPOCHS = 53, 0.3, 5
HIDDEN = (7, 4)
SOLVERS = {
    "adam": {"solver": "adam", "learning_rate_init": 0.01},
    "plain": {"solver": "sgd", "learning_rate_init": 0.1, "momentum": 0.0},
    "momentum": {"solver": "sgd", "learning_rate_init": 0.05, "nesterovs_momentum": False},
    "nesterov": {"solver": "sgd", "learning_rate_init": 0.05},
    "invscaling": {"solver": "sgd", "learning_rate_init": 0.5, "learning_rate": "invscaling"},
}
"""The momentum of scikit-learn is 0.9 by default."""
TARGETS = ["numbers", "two columns", "two classes", "three classes"]
RELEASE = tuple(int(part) for part in sklearn.__version__.split(".")[:2])


def problem(targets: str, activation: str) -> tuple[np.ndarray, Any, Any, sn.Architecture]:
    """Inputs, targets for scikit-learn and for sheernet, and the network."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(N, 3))
    score = X @ rng.normal(size=(3, 2)) + 0.3 * rng.normal(size=(N, 2))  # (N, 2)
    y = {
        "numbers": score[:, 0],
        "two columns": score,
        "two classes": (score[:, 0] > 0).astype(int),
        "three classes": np.digitize(score[:, 0], [-0.5, 0.5]),
    }[targets]
    Y = np.eye(3)[y] if targets == "three classes" else y.reshape(N, -1)
    output = {"two classes": "sigmoid", "three classes": "softmax"}.get(targets, "identity")
    architecture = sn.Architecture((3, *HIDDEN, Y.shape[1]), hidden=activation, output=output)
    return X, y, Y, architecture


def start_of(architecture: sn.Architecture, rng: np.random.RandomState) -> np.ndarray:
    """theta as scikit-learn draws it (Glorot's bound), with the numbers that its `random_state` gives."""
    drawn = []
    sizes = architecture.sizes
    for n_in, n_out in itertools.pairwise(sizes):
        bound = np.sqrt(6.0 / (n_in + n_out))
        drawn += [rng.uniform(-bound, bound, (n_in, n_out)), rng.uniform(-bound, bound, n_out)]
    return np.concatenate([array.ravel() for array in drawn])


class CumulativeShuffle:
    """The order of the rows in scikit-learn: that of the epoch before, shuffled."""

    def __init__(self, rng: np.random.RandomState) -> None:
        self.rng, self.rows = rng, np.arange(N)

    def __call__(self, epoch: int) -> np.ndarray:
        self.rows = shuffle(self.rows, random_state=self.rng)
        return self.rows


def options_of(estimator: Any) -> tuple[str, dict[str, Any]]:
    """The method and its options for the parameters of an estimator."""
    given = estimator.get_params()
    rate = given["learning_rate_init"]
    if given["solver"] == "adam":
        return "adam", {"learning_rate": rate, "uncorrected_epsilon": True}
    if given["learning_rate"] == "invscaling":  # t counts rows, and changes after each epoch

        def schedule(epoch: int) -> float:
            return float(rate / ((epoch - 1) * N + 1) ** given["power_t"])

        return "gd", {"learning_rate": schedule, "momentum": 0.9, "nesterov": True}
    return "gd", {
        "learning_rate": rate, "momentum": given["momentum"], "nesterov": given["nesterovs_momentum"]
    }  # fmt: skip


def weights_at(run: Any, options: dict[str, Any]) -> np.ndarray:
    """theta in scikit-learn's variables, which with Nesterov's momentum are x + mu v."""
    state = run.state.state
    ahead = options["momentum"] * state.velocity if options.get("nesterov") else 0.0
    return np.asarray(state.theta + ahead)


def theta_of(estimator: Any) -> np.ndarray:
    """The weights of an estimator in the order of theta."""
    pairs = zip(estimator.coefs_, estimator.intercepts_, strict=True)
    return np.concatenate([array.ravel() for pair in pairs for array in pair])


def compare(targets: str, estimator: Any, engine: str, weights: np.ndarray | None = None) -> None:
    """Fit both programs, and compare their weights and losses."""
    X, y, Y, architecture = problem(targets, estimator.activation)
    estimator.fit(X, y, **({} if weights is None else {"sample_weight": weights}))
    rng = np.random.RandomState(estimator.random_state)
    decay = dict.fromkeys(("W1", "W2", "W3"), ALPHA / (N if weights is None else weights.sum()))
    cost = "binary_cross_entropy" if targets == "two classes" else None
    objective = sn.make_objective(
        architecture, X, Y, cost=cost, decay=decay, weights=weights, engine=engine
    )
    method, options = options_of(estimator)
    start = start_of(architecture, rng)
    order = CumulativeShuffle(rng) if estimator.shuffle else lambda epoch: np.arange(N)
    run = minimize(
        objective, start, method, max_iter=EPOCHS, gradient_tolerance=0.0, batch_size=estimator.batch_size,
        order=order, whole_penalty=True, evaluation="batches", **options,
    )  # fmt: skip
    expected = theta_of(estimator)
    assert np.abs(expected - start).max() > 0.01
    found = weights_at(run, options)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10 * np.abs(expected).max())
    # scikit-learn averages squared errors over the columns, here they are summed (its gradient is that of the sum)
    if targets != "two columns":
        np.testing.assert_allclose(run.record.objective[1:], estimator.loss_curve_, rtol=1e-12)


def estimator_of(targets: str, solver: str, **given: Any) -> Any:
    """An estimator that is fitted for EPOCHS epochs."""
    kind = MLPClassifier if "classes" in targets else MLPRegressor
    return kind(
        hidden_layer_sizes=HIDDEN, alpha=ALPHA, max_iter=EPOCHS, tol=0.0, n_iter_no_change=99, random_state=3,
        **{"activation": "tanh", "batch_size": 10, **SOLVERS[solver], **given},
    )  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
class TestEpochs:
    @pytest.mark.parametrize("targets", TARGETS)
    @pytest.mark.parametrize("solver", SOLVERS)
    def test_weights_and_losses_are_equal(self, targets: str, solver: str, engine: str) -> None:
        compare(targets, estimator_of(targets, solver), engine)

    @pytest.mark.parametrize("batch_size", [1, 8, 52, 53])
    @pytest.mark.parametrize("solver", ["adam", "nesterov"])
    def test_batch_sizes(self, batch_size: int, solver: str, engine: str) -> None:
        """With 52 the last batch is a single row."""
        compare("numbers", estimator_of("numbers", solver, batch_size=batch_size), engine)

    @pytest.mark.parametrize("solver", ["adam", "momentum"])
    def test_relu_in_the_order_of_the_rows(self, solver: str, engine: str) -> None:
        given = {"shuffle": False, "activation": "relu"}
        compare("three classes", estimator_of("three classes", solver, **given), engine)

    @pytest.mark.skipif(RELEASE < (1, 7), reason="scikit-learn's MLPs took no weights")
    @pytest.mark.parametrize("targets", ["numbers", "three classes"])
    def test_case_weights(self, targets: str, engine: str) -> None:
        weights = np.random.default_rng(8).uniform(0.5, 3.0, N)
        compare(targets, estimator_of(targets, "adam"), engine, weights)
