"""What both perceptrons share: their place in scikit-learn, pickles, threads, warnings, and the package without it."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from sheernet.network import compiled_extension
from sheernet.objective.engines.compiled_engine import CompiledEngine

pytest.importorskip("sklearn")
import joblib
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

RNG = np.random.default_rng(8)
X = RNG.normal(size=(60, 3))
Y = np.sin(2 * X[:, 0]) + X[:, 1] + 0.3 * RNG.normal(size=60)
CLASSES = np.array(["a", "b"])[(Y > 0).astype(int)]
WEIGHTS = RNG.integers(1, 4, 60)


def perceptron(**given: Any) -> Any:
    return sn.MLPRegressor(
        **{"hidden_layer_sizes": (3,), "activation": "tanh", "solver": "lbfgs", "random_state": 0, "alpha": 1.0}
        | {"max_iter": 500, **given}
    )  # fmt: skip


@pytest.mark.parametrize("solver", ["lbfgs", "bfgs", "lm", "auto", "scipy:BFGS"])
def test_a_fitted_estimator_is_stored_without_its_data(solver: str) -> None:
    wide = np.hstack([X] * 100)  # 144 kB
    network = perceptron(solver=solver, hidden_layer_sizes=(1,), tol=0.1).fit(wide, Y)
    stored = pickle.dumps(network)
    assert len(stored) < 20_000
    loaded = pickle.loads(stored)
    assert np.array_equal(loaded.predict(wide), network.predict(wide))
    assert loaded.termination_ == network.termination_
    assert loaded.record_.objective.tolist() == network.record_.objective.tolist()


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_workers_of_joblib_return_fitted_estimators(backend: str) -> None:
    jobs = [joblib.delayed(perceptron(random_state=seed, tol=0.01).fit)(X, Y) for seed in range(2)]
    found = joblib.Parallel(n_jobs=2, backend=backend)(jobs)
    for seed, network in enumerate(found):
        expected = perceptron(random_state=seed, tol=0.01).fit(X, Y)
        assert np.array_equal(network.network_.theta, expected.network_.theta)


@pytest.mark.skipif(compiled_extension.NATIVE is None, reason=str(compiled_extension.WHY_NOT))
@pytest.mark.parametrize(
    ("given", "outside", "inside"),
    [({}, None, 1), ({"threads": 2}, 2, 2)],
    ids=["default", "given"],
)
def test_a_worker_of_joblib_uses_one_thread(
    given: dict[str, int], outside: int | None, inside: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int | None] = []
    make = CompiledEngine.of.__func__  # type: ignore[attr-defined]

    def noted(kind: Any, *arguments: Any) -> Any:
        threads.append(arguments[-1])
        return make(kind, *arguments)

    monkeypatch.setattr(CompiledEngine, "of", classmethod(noted))
    perceptron(**given).fit(X, Y)
    joblib.Parallel(n_jobs=2, backend="threading")(
        [joblib.delayed(perceptron(**given).fit)(X, Y) for _ in range(2)]
    )
    assert threads == [outside, inside, inside]


def test_parameters_are_checked_unless_scikit_learn_is_told_not_to() -> None:
    wrong = perceptron(beta_1=2.0)  # of 'adam' only
    with pytest.raises(ValueError, match="beta_1"):
        wrong.fit(X, Y)
    with config_context(skip_parameter_validation=True):
        assert np.array_equal(wrong.fit(X, Y).coefs_[0], perceptron().fit(X, Y).coefs_[0])


def test_a_clone_is_not_fitted() -> None:
    network = perceptron(callbacks=[print], hidden_layer_sizes=[4, 3], activation=["tanh", "silu"])
    copy = clone(network)
    assert copy.get_params() == network.get_params()
    assert clone(perceptron().fit(X, Y)).__sklearn_is_fitted__() is False
    for wanted in ("predict", "score"):
        with pytest.raises(NotFittedError):
            getattr(copy, wanted)(*(X, Y)[: 1 + (wanted == "score")])
    assert not hasattr(copy, "network_")


def test_weights_reach_the_last_step_of_a_pipeline() -> None:
    expected = perceptron().fit(StandardScaler().fit_transform(X), Y, WEIGHTS)
    with config_context(enable_metadata_routing=True):
        pipeline = make_pipeline(
            StandardScaler().set_fit_request(sample_weight=False),
            perceptron().set_fit_request(sample_weight=True),
        )
        found = pipeline.fit(X, Y, sample_weight=WEIGHTS)[-1]
    assert np.array_equal(found.network_.theta, expected.network_.theta)


def test_cross_validation_warns_of_nothing_but_limits() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cross_val_score(perceptron(), X, Y, cv=3)
        cross_val_score(perceptron(), X, np.ones(60), cv=3)  # a constant target
        cross_val_score(perceptron(solver="adam", tol=0.1), X, Y, cv=3)
    with pytest.warns(ConvergenceWarning) as caught:
        cross_val_score(perceptron(max_iter=2), X, Y, cv=3)
    assert len(caught) == 3


def test_a_warning_points_to_the_line_of_the_caller() -> None:
    network = perceptron(max_iter=2)
    with pytest.warns(
        ConvergenceWarning, match="solver 'lbfgs' ended after 2 iterations"
    ) as caught:
        network.fit(X, Y)
    assert caught[0].filename == __file__


def test_one_activation_per_layer_and_those_of_this_package() -> None:
    network = perceptron(hidden_layer_sizes=(3, 2), activation=("silu", "logistic")).fit(X, Y)
    (W1, W2, W3), (b1, b2, b3) = network.coefs_, network.intercepts_
    z1 = X @ W1 + b1
    a2 = 1 / (1 + np.exp(-(z1 / (1 + np.exp(-z1)) @ W2 + b2)))
    assert network.predict(X) == pytest.approx((a2 @ W3 + b3)[:, 0], rel=1e-12)
    named = perceptron(activation=sn.activations.softplus).fit(X, Y).network_
    assert np.array_equal(named.theta, perceptron(activation="softplus").fit(X, Y).network_.theta)


def test_coefficients_that_the_user_changes_are_those_of_predictions() -> None:
    network = perceptron().fit(X, Y)
    network.coefs_[1][:] = 0.0
    network.intercepts_[1][:] = 3.5
    assert network.predict(X).tolist() == [3.5] * 60


def test_float32_is_computed_in_float64() -> None:
    narrow = X.astype(np.float32)
    network = perceptron(tol=1e-8).fit(narrow, Y)
    expected = perceptron(tol=1e-8).fit(narrow.astype(float), Y)
    assert np.array_equal(network.network_.theta, expected.network_.theta)
    assert network.predict(narrow).dtype == np.float64


def test_ctrl_c_keeps_the_weights_so_far() -> None:
    def pressed(step: Any, row: Any) -> None:
        if step.iteration == 4:
            raise KeyboardInterrupt

    for solver in ("lbfgs", "adam"):
        network = perceptron(callbacks=pressed, solver=solver)
        with pytest.warns(UserWarning, match="Training interrupted by user") as caught:
            network.fit(X, Y)
        assert caught[0].filename == __file__
        assert network.n_iter_ == 4
        assert np.isfinite(network.predict(X)).all()


def test_a_fit_that_is_refused_changes_nothing() -> None:
    network = perceptron().fit(X, Y)
    before = network.predict(X)
    for wrong in ({"hidden_layer_sizes": (0,)}, {"alpha": -1}, {"activation": ["relu", "relu"]}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            network.set_params(**wrong).fit(X, Y)
        network.set_params(**{name: perceptron().get_params()[name] for name in wrong})
        assert np.array_equal(network.predict(X), before)


def test_names_of_several_activations_are_checked_as_one_is() -> None:
    with pytest.raises(sn.InvalidInput, match=r"^activation 'tansig' is called 'tanh' here"):
        perceptron(hidden_layer_sizes=(2,), activation=["tansig"]).fit(X, Y)


class TestWithoutScikitLearn:
    def run(self, code: str) -> str:
        hidden = f"import sys; sys.modules['sklearn'] = None; {code}"
        return subprocess.run(
            [sys.executable, "-c", hidden], env={"PYTHONPATH": str(Path(sn.__file__).parents[1])},
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    def test_the_error_says_how_to_install_it(self) -> None:
        code = "import sheernet\ntry: sheernet.MLPRegressor\nexcept sheernet.MissingDependency as e: print(e)"
        printed = self.run(code)
        assert printed == (
            'the estimators need sklearn, which is not installed: pip install "sheernet[sklearn]", '
            'or in a checkout pip install ".[sklearn]"\n'
        )

    def test_a_star_import_leaves_the_estimators_out(self) -> None:
        assert self.run(
            "from sheernet import *; print('MLPRegressor' in dir(), 'fit' in dir())"
        ) == ("False True\n")


def test_a_fit_without_estimators_does_not_import_scikit_learn() -> None:
    code = (
        "import sys, sheernet as sn; sn.fit([[0.0], [1.0], [2.0], [3.0]] * 3, [0.0, 1.0, 2.0, 2.5] * 3, hidden=1, "
        "starts=1, decay=0.1); print('sklearn' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], env={"PYTHONPATH": str(Path(sn.__file__).parents[1])},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "False\n"
