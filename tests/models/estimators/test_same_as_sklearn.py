"""sheernet's MLPRegressor and MLPClassifier do what scikit-learn's do, for every parameter of scikit-learn's.

'sgd' and 'adam' are the same algorithm with the same random numbers, so everything that a fit leaves is compared to
rounding.  The full-batch solvers are compared at the optimum of convex problems (no hidden layer).  The parameters are
those of the installed scikit-learn: one that a later version adds makes `test_every_parameter_is_compared` fail.
What differs on purpose is in DIFFERENCES, each with a test of both sides.
"""

from __future__ import annotations

import inspect
import numbers
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from mlp_cases import KINDS, NEW_X, NO_EFFECT, PARAMETERS, WEIGHTS, Outcome, X, play

pytest.importorskip("sklearn")

from sklearn import neural_network
from sklearn.base import is_classifier
from sklearn.datasets import load_iris, load_linnerud
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Ridge
from sklearn.preprocessing import scale

import sheernet as sn

if "sample_weight" not in inspect.signature(neural_network.MLPRegressor.fit).parameters:
    reason = "scikit-learn 1.6 and older have no weights, no loss='poisson' and other rules of early stopping"
    pytest.skip(reason, allow_module_level=True)

CLASSES = ("MLPRegressor", "MLPClassifier")
SHORT = {
    "hidden_layer_sizes": (4,),
    "activation": "tanh",
    "max_iter": 12,
    "random_state": 0,
    "batch_size": 25,
}
EXACT = {"rtol": 1e-8, "atol": 1e-9}
REPORTED = {"loss_", "loss_curve_", "best_loss_"}  # the values, which differ for several outputs


def installed(name: str) -> Any:
    """The class of scikit-learn."""
    return getattr(neural_network, name)


def pair(kind: str, **arguments: Any) -> tuple[Any, Any]:
    """scikit-learn's and our estimator for a kind of targets, not fitted."""
    name, _, special = KINDS[kind]
    arguments = SHORT | special | arguments
    return installed(name)(**arguments), getattr(sn, name)(**arguments)


def both(kind: str, scenario: Any = None, **arguments: Any) -> tuple[Outcome, Outcome]:
    """Both estimators after the same scenario, by default `fit(X, y)`."""
    scenario = scenario or (lambda estimator: estimator.fit(X, KINDS[kind].y))
    theirs, ours = (play(estimator, scenario) for estimator in pair(kind, **arguments))
    return theirs, ours


def public(estimator: Any) -> dict[str, Any]:
    """The attributes that a fit leaves for the user."""
    return {k: v for k, v in vars(estimator).items() if k.endswith("_") and not k.startswith("_")}


def assert_alike(name: str, theirs: Any, ours: Any, **tolerance: float) -> None:
    """Fail unless two attributes have the same type, shape and values."""
    if isinstance(theirs, list):
        assert isinstance(ours, list), name
        assert len(ours) == len(theirs), name
        for i, (a, b) in enumerate(zip(theirs, ours, strict=True)):
            assert_alike(f"{name}[{i}]", a, b, **tolerance)
    elif isinstance(theirs, np.ndarray):
        assert isinstance(ours, np.ndarray), name
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype), name
        if theirs.dtype.kind == "f":
            np.testing.assert_allclose(ours, theirs, **tolerance, err_msg=name)
        else:
            assert np.array_equal(ours, theirs), name
    elif isinstance(theirs, numbers.Integral | str | None):
        if isinstance(theirs, numbers.Integral):
            assert isinstance(ours, numbers.Integral), name
        assert ours == theirs, name
    else:
        assert isinstance(theirs, float), name
        assert isinstance(ours, float), name
        np.testing.assert_allclose(ours, theirs, **tolerance, err_msg=name)


def assert_same(theirs: Outcome, ours: Outcome, *, apart: Any = (), **tolerance: float) -> None:
    """Fail unless two fits left the same attributes, predictions, scores and warnings; `apart` is not compared."""
    tolerance = tolerance or EXACT
    for name, value in public(theirs.estimator).items():
        assert hasattr(ours.estimator, name), name
        if name not in apart:
            assert_alike(name, value, getattr(ours.estimator, name), **tolerance)
    for method in ("predict", "predict_proba", "predict_log_proba"):
        if method not in apart and hasattr(theirs.estimator, method):
            expected, found = (getattr(one.estimator, method)(NEW_X) for one in (theirs, ours))
            assert_alike(method, expected, found, **tolerance)
    assert_warnings_alike(theirs, ours)
    if theirs.estimator.solver != "lbfgs" and "loss_" not in apart:  # SciPy's has its own format
        assert ours.printed == theirs.printed


def assert_warnings_alike(theirs: Outcome, ours: Outcome) -> None:
    """Fail unless two scenarios gave as many warnings of the same kinds."""
    kinds = [[issubclass(c, ConvergenceWarning) for c in one.warned] for one in (theirs, ours)]
    assert kinds[0] == kinds[1], (theirs.warned, ours.warned)


# ------------------------------------------------------------------------------------- the parameters


@pytest.mark.parametrize("name", CLASSES)
def test_every_parameter_is_compared(name: str) -> None:
    assert set(installed(name)().get_params()) <= set(PARAMETERS)


@pytest.mark.parametrize("name", CLASSES)
def test_parameters_have_the_same_names_order_and_default_values(name: str) -> None:
    theirs = inspect.signature(installed(name)).parameters
    ours = inspect.signature(getattr(sn, name)).parameters
    assert [*ours][: len(theirs)] == [*theirs]
    for parameter, other in theirs.items():
        assert (ours[parameter].default, ours[parameter].kind) == (other.default, other.kind)
    assert all(ours[p].kind is inspect.Parameter.KEYWORD_ONLY for p in ours if p not in theirs)
    params = getattr(sn, name)().get_params()
    assert {p: params[p] for p in theirs} == installed(name)().get_params()


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("method", ["fit", "partial_fit", "predict", "score"])
def test_methods_take_the_same_arguments(name: str, method: str) -> None:
    theirs = inspect.signature(getattr(installed(name), method)).parameters
    ours = inspect.signature(getattr(getattr(sn, name), method)).parameters
    assert [*ours][: len(theirs)] == [*theirs]
    assert all(ours[p].default == theirs[p].default for p in theirs)


EFFECTS = [
    pytest.param(name, parameter, solver, id=f"{name}-{parameter}-{solver}")
    for name in CLASSES
    for parameter, values in PARAMETERS.items()
    for solver in ("adam", "sgd")
    if (name, parameter) != ("MLPClassifier", "loss")
    if values.context.get("solver", solver) == solver
]


@pytest.mark.parametrize(("name", "parameter", "solver"), EFFECTS)
def test_a_value_has_the_same_effect(name: str, parameter: str, solver: str) -> None:
    """Every parameter with 'sgd' and 'adam'; the values do not all give the same result."""
    values = PARAMETERS[parameter]
    kind = (
        "multiclass"
        if name == "MLPClassifier"
        else "counts"
        if parameter == "loss"
        else "regression"
    )
    y, fits = KINDS[kind].y, 2 if parameter == "warm_start" else 1
    curves = set()
    for value in values.good:
        arguments = {"solver": solver} | values.context | {parameter: value}
        theirs, ours = both(kind, lambda e: [e.fit(X, y) for _ in range(fits)], **arguments)
        assert_same(theirs, ours)
        curves.add(tuple(theirs.estimator.loss_curve_))
    assert (len(curves) > 1) == (parameter not in NO_EFFECT)


OPTIMUM = {"hidden_layer_sizes": (), "alpha": 0.1, "tol": 1e-9, "max_iter": 3000}
"""A convex problem, so that every solver ends at the same point."""
AT_OPTIMUM = {"rtol": 1e-4, "atol": 5e-4}
"""An error of 1e-4 in a weight changes the loss by 1e-8."""
TYPES_ONLY = {"atol": 1e6}


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("parameter", sorted({*PARAMETERS} - {"solver", "early_stopping", "loss"}))
def test_lbfgs_finds_the_same_optimum(name: str, parameter: str) -> None:
    """Parameters of 'sgd' and 'adam' change nothing; if the end depends on the path, only types and shapes agree."""
    kind = "multiclass" if name == "MLPClassifier" else "regression"
    for value in PARAMETERS[parameter].good:
        theirs, ours = both(kind, solver="lbfgs", **OPTIMUM | {parameter: value})
        if theirs.estimator.n_layers_ > 2 or parameter in {"max_iter", "max_fun", "tol"}:
            assert_same(theirs, ours, apart={"n_iter_", "predict"}, **TYPES_ONLY)
        else:
            # With little decay, softmax has (almost) a family of optima, and scikit-learn stops short of them.
            flat = parameter == "alpha" and value < 0.1
            assert_same(
                theirs, ours, apart={"n_iter_", *(["coefs_"] if flat else [])}, **AT_OPTIMUM
            )
            assert ours.estimator.loss_ == pytest.approx(
                theirs.estimator.loss_, rel=1e-5 if flat else 1e-6
            )
        if parameter == "max_iter" and value < 3:
            assert ours.estimator.n_iter_ == value


@pytest.mark.parametrize(
    "solver", ["lbfgs", "sgd", "adam", "bfgs", "lm", "auto", "scipy:trust-ncg"]
)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "two outputs"])
def test_all_solvers_find_the_optimum_of_a_convex_problem(kind: str, solver: str) -> None:
    """'sgd' and 'adam' too, with one batch.  (For two outputs, scikit-learn's value and gradient disagree.)"""
    one_batch = {"batch_size": 60, "max_iter": 1200, "n_iter_no_change": np.inf}
    rate = 0.5 if (KINDS[kind].estimator, solver) == ("MLPClassifier", "sgd") else 0.05
    theirs, ours = pair(kind, **OPTIMUM)
    theirs.set_params(solver="lbfgs")
    ours.set_params(solver=solver, learning_rate_init=rate)
    if solver in ("sgd", "adam"):
        ours.set_params(**one_batch)
    theirs, ours = (
        play(one, lambda e: e.fit(X, KINDS[kind].y)).estimator for one in (theirs, ours)
    )
    assert ours.loss_ == pytest.approx(theirs.loss_, rel=1e-6)


# ------------------------------------------------------------------------- kinds of targets and of calls


def partial_fits(estimator: Any, y: Any, *, weights: Any = None) -> None:
    """Six calls with different rows; a classifier learns its classes at the first."""
    classes = np.unique(y) if y.ndim == 1 else np.arange(y.shape[1])
    first = {"classes": classes} if is_classifier(estimator) else {}
    for i in range(6):
        rows = slice(10 * (i % 3), 10 * (i % 3) + 30)
        given = {} if weights is None else {"sample_weight": weights[rows]}
        estimator.partial_fit(X[rows], y[rows], **given, **(first if i == 0 else {}))


CALLS = {
    "fit": (lambda e, y: e.fit(X, y), {}),
    "weights": (lambda e, y: e.fit(X, y, sample_weight=WEIGHTS), {}),
    "sparse": (lambda e, y: e.fit(sparse.csr_array(X), y), {}),
    "early stopping": (lambda e, y: e.fit(X, y), {"early_stopping": True}),
    "early stopping with weights": (
        lambda e, y: e.fit(X, y, sample_weight=WEIGHTS),
        {
            "early_stopping": True,
            "n_iter_no_change": 2,
            "validation_fraction": 0.3,
            "verbose": True,
        },
    ),
    "warm start": (lambda e, y: e.fit(X, y).fit(X[:40], y[:40]), {"warm_start": True}),
    "partial_fit": (partial_fits, {}),
    "partial_fit with weights": (lambda e, y: partial_fits(e, y, weights=WEIGHTS), {}),
    "partial_fit after fit": (lambda e, y: e.fit(X, y).partial_fit(X, y).partial_fit(X, y), {}),
    "fit after partial_fit": (lambda e, y: (partial_fits(e, y), e.fit(X, y)), {}),
    "adaptive rates": (
        lambda e, y: e.fit(X, y),
        {
            "learning_rate": "adaptive",
            "n_iter_no_change": 1,
            "tol": 0.3,
            "max_iter": 40,
            "verbose": True,
        },
    ),
    "one generator": (
        lambda e, y: (partial_fits(e, y), e.partial_fit(X, y)),
        {"random_state": np.random.RandomState(8)},
    ),
}


@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_targets_and_calls(kind: str, call: str, solver: str) -> None:
    scenario, arguments = CALLS[call]
    y = KINDS[kind].y
    arguments = {"solver": solver, "learning_rate_init": 0.02} | arguments
    apart = set()
    if kind == "two outputs":  # its loss is among DIFFERENCES, so no fit of it may stop by the loss
        apart = REPORTED
        arguments |= {"tol": 0} if call != "adaptive rates" else {"tol": 1e6}
    theirs, ours = both(kind, lambda e: scenario(e, y), **arguments)
    assert_same(theirs, ours, apart=apart)


def test_default_parameters_until_the_loss_stops_improving() -> None:
    """Over a hundred epochs, 100 relu units, batches of the default size; rounding grows slowly."""
    X, y = load_iris(return_X_y=True)
    default = {
        "hidden_layer_sizes": (100,),
        "activation": "relu",
        "batch_size": "auto",
        "random_state": 3,
    }
    theirs, ours = both("multiclass", lambda e: e.fit(X, y), **default, max_iter=1000, tol=2e-3)
    assert 50 < theirs.estimator.n_iter_ < 1000
    assert_same(theirs, ours, rtol=1e-6, atol=1e-8)


def test_without_random_state_the_global_generator_is_used(monkeypatch) -> None:
    outcomes = []
    for estimator in pair("binary", random_state=None):
        monkeypatch.setattr("numpy.random.mtrand._rand", np.random.RandomState(4))
        outcomes.append(play(estimator, lambda e: e.fit(X, KINDS["binary"].y)))
    assert_same(*outcomes)


def test_names_of_columns_and_classes_are_learned() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abcd"))
    y = pandas.Series(np.where(KINDS["binary"].y, "yes", "no"), dtype="category")
    theirs, ours = both("binary", lambda e: (e.fit(frame, y), e.predict(frame)))
    assert [*ours.estimator.feature_names_in_] == list("abcd")
    for name in ("feature_names_in_", "classes_"):
        assert_alike(name, getattr(theirs.estimator, name), getattr(ours.estimator, name))


# ----------------------------------------------------------------------------------------------- errors

BAD = [
    pytest.param(name, parameter, value, id=f"{name}-{parameter}-{value}".replace(" ", ""))
    for name in CLASSES
    for parameter, values in PARAMETERS.items()
    for value in values.bad
    if (name, parameter) != ("MLPClassifier", "loss")
]


@pytest.mark.parametrize(("name", "parameter", "value"), BAD)
def test_a_bad_value_is_refused_alike(name: str, parameter: str, value: Any) -> None:
    kind = "multiclass" if name == "MLPClassifier" else "regression"
    errors = []
    for estimator in pair(kind, **{parameter: value}):
        with pytest.raises((ValueError, TypeError)) as caught:
            estimator.fit(X, KINDS[kind].y)
        errors.append(caught.value)
    assert isinstance(errors[1], type(errors[0]))
    assert parameter in str(errors[1])


def with_first(value: Any, rows: Any = X) -> Any:
    """A copy whose first value is replaced."""
    rows = np.array(rows, dtype=object if isinstance(value, str) else float)
    rows.flat[0] = value
    return rows


def warm(e: Any, y: Any, change: Any) -> Any:
    """Fit, then go on with other rows."""
    return change(e.set_params(warm_start=True).fit(X, y), y)


BAD_CALLS = {
    "missing value": (lambda e, y: e.fit(with_first(np.nan), y), "NaN"),
    "infinite value": (lambda e, y: e.fit(with_first(np.inf), y), "infinity"),
    "text": (lambda e, y: e.fit(with_first("a word"), y), "a word"),
    "one dimension": (lambda e, y: e.fit(X[:, 0], y), "2D"),
    "no rows": (lambda e, y: e.fit(X[:0], y[:0]), "minimum of 1"),
    "complex": (lambda e, y: e.fit(X * 1j, y), "omplex"),
    "other length": (lambda e, y: e.fit(X, y[:-1]), "inconsistent|60"),
    "no target": (lambda e, y: e.fit(X, None), "y"),
    "target of three dimensions": (lambda e, y: e.fit(X, np.zeros((60, 2, 2))), "y|dim"),
    "weights of other length": (
        lambda e, y: e.fit(X, y, sample_weight=WEIGHTS[:-1]),
        "sample_weight",
    ),
    "matrix of weights": (
        lambda e, y: e.fit(X, y, sample_weight=np.ones((60, 2))),
        "ample weights|sample_weight",
    ),
    "missing weight": (
        lambda e, y: e.fit(X, y, sample_weight=with_first(np.nan, WEIGHTS)),
        "sample_weight",
    ),
    "not fitted": (lambda e, y: e.predict(X), "fit"),
    "not fitted, score": (lambda e, y: e.score(X, y), "fit"),
    "other width": (lambda e, y: e.fit(X, y).predict(X[:, :3]), "3 features"),
    "missing value in a new row": (lambda e, y: e.fit(X, y).predict(with_first(np.nan)), "NaN"),
    "few validation rows": (
        lambda e, y: e.set_params(early_stopping=True, validation_fraction=0.05).fit(
            X[:15], y[:15]
        ),
        "validation",
    ),
    "partial_fit with validation": (
        lambda e, y: partial_fits(e.set_params(early_stopping=True), y),
        "early_stopping",
    ),
    "partial_fit, other width": (lambda e, y: e.fit(X, y).partial_fit(X[:, :3], y), "3 features"),
    "warm start, other width": (
        lambda e, y: warm(e, y, lambda e, y: e.fit(X[:, :3], y)),
        "3 features",
    ),
}
BAD_CLASSES = {
    "classes unknown": (lambda e, y: e.partial_fit(X, y), "classes"),
    "a new class": (lambda e, y: e.fit(X, y).partial_fit(X, np.where(y == y[0], 77, y)), "77"),
    "other classes": (lambda e, y: e.fit(X, y).partial_fit(X, y, classes=[1, 2]), "classes"),
    "warm start, other classes": (
        lambda e, y: warm(e, y, lambda e, y: e.fit(X, y + 1)),
        "warm_start",
    ),
    "warm start, fewer classes": (
        lambda e, y: warm(e, y, lambda e, y: e.fit(X[y > 0], y[y > 0])),
        "warm_start",
    ),
    "numbers as classes": (lambda e, y: e.fit(X, KINDS["regression"].y), "continuous|label"),
    "several outputs": (lambda e, y: e.fit(X, np.c_[y, y]), "ultioutput|multiclass"),
    "partial_fit with lbfgs": (
        lambda e, y: e.set_params(solver="lbfgs").partial_fit(X, y),
        "partial_fit",
    ),
}


@pytest.mark.parametrize(
    ("kind", "call", "named"),
    [
        pytest.param(kind, *case, id=f"{kind}-{name}")
        for kind, cases in (("regression", BAD_CALLS), ("multiclass", BAD_CALLS | BAD_CLASSES))
        for name, case in cases.items()
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_a_bad_call_is_refused_alike(kind: str, call: Any, named: str) -> None:
    errors = []
    for estimator in pair(kind, max_iter=3):
        with pytest.raises(Exception, match=named) as caught:
            call(estimator, KINDS[kind].y)
        errors.append(caught.value)
    assert isinstance(errors[1], type(errors[0])), errors


# ------------------------------------------------------------------------------ differences on purpose


def objective_of(estimator: Any, rows: Any, y: Any) -> float:
    """The user guide's formula: 1/(2N) sum (y - yhat)^2 + alpha/(2N) ||coefs||^2."""
    errors = np.sum((estimator.predict(rows) - y) ** 2)
    penalty = estimator.alpha * sum(np.sum(coef**2) for coef in estimator.coefs_)
    return (errors + penalty) / (2 * len(rows))


def loss_of_several_outputs() -> None:
    for solver in ("adam", "sgd"):
        theirs, ours = both("two outputs", solver=solver, alpha=0, tol=0)
        assert_same(theirs, ours, apart=REPORTED)
        np.testing.assert_allclose(
            ours.estimator.loss_curve_, 2 * np.array(theirs.estimator.loss_curve_)
        )


def optimum_of_several_outputs() -> None:
    X, y = (scale(part) for part in load_linnerud(return_X_y=True))
    ridge = Ridge(alpha=1.0).fit(X, y)
    theirs, ours = both(
        "two outputs",
        lambda e: e.fit(X, y),
        solver="lbfgs",
        **OPTIMUM | {"alpha": 1.0, "random_state": 2},
    )
    assert ours.estimator.loss_ == pytest.approx(objective_of(ours.estimator, X, y), rel=1e-12)
    np.testing.assert_allclose(ours.estimator.coefs_[0].T, ridge.coef_, atol=1e-5)
    assert np.abs(theirs.estimator.coefs_[0].T - ridge.coef_).max() > 0.01  # it gave up


def tolerance_of_lbfgs() -> None:
    strict = {"hidden_layer_sizes": (), "alpha": 0.1, "max_iter": 3000, "tol": 1e-12}
    ends = []
    for outcome in both("regression", solver="lbfgs", **strict):
        e = outcome.estimator
        residuals = e.predict(X) - KINDS["regression"].y
        ends.append(np.abs(X.T @ residuals + e.alpha * e.coefs_[0][:, 0]).max() / len(X))
    assert ends[0] > 1e-8  # SciPy's tolerance on the value, 2.2e-9, ended the run
    assert ends[1] < 1e-9


def curves_of_lbfgs() -> None:
    theirs, ours = (outcome.estimator for outcome in both("regression", solver="lbfgs"))
    for name in ("loss_curve_", "best_loss_", "validation_scores_", "best_validation_score_"):
        assert not hasattr(theirs, name)
        assert hasattr(ours, name)
    assert len(ours.loss_curve_) == ours.n_iter_
    assert ours.loss_curve_[-1] == ours.loss_ == ours.best_loss_


def early_stopping_of_lbfgs() -> None:
    arguments = {
        "solver": "lbfgs",
        "max_iter": 500,
        "hidden_layer_sizes": (20,),
        "alpha": 0,
        "validation_fraction": 0.3,
    }
    theirs, ours = both("regression", early_stopping=True, **arguments)
    without, _ = both("regression", **arguments)
    assert_same(theirs, without)  # the parameter had no effect
    assert ours.estimator.n_iter_ < theirs.estimator.n_iter_
    assert ours.estimator.best_validation_score_ == max(ours.estimator.validation_scores_)


def saturated_probabilities() -> None:
    rows, y = np.array([[-1e4], [1e4]]), np.array([0, 1])
    generator = np.random.RandomState(1)
    bound = np.sqrt(6 / 2)
    coef, intercept = generator.uniform(-bound, bound, (1, 1)), generator.uniform(-bound, bound, 1)
    logits = (rows @ coef + intercept)[:, 0]
    exact = np.mean(np.logaddexp(0, np.where(y == 1, -logits, logits)))
    arguments = {
        "hidden_layer_sizes": (),
        "alpha": 0,
        "max_iter": 1,
        "random_state": 1,
        "batch_size": 2,
    }
    theirs, ours = (o.estimator for o in both("binary", lambda e: e.fit(rows, y), **arguments))
    assert exact > 1000
    assert theirs.loss_ == pytest.approx(-np.log(np.finfo(float).eps))  # 36.04, its largest
    assert ours.loss_ == pytest.approx(exact)


def single_precision() -> None:
    for solver in ("adam", "sgd"):
        theirs, ours = both(
            "regression", lambda e: e.fit(X.astype("f4"), KINDS["regression"].y), solver=solver
        )
        assert theirs.estimator.coefs_[0].dtype == np.float32
        assert ours.estimator.coefs_[0].dtype == np.float64
        np.testing.assert_allclose(
            ours.estimator.coefs_[0], theirs.estimator.coefs_[0], rtol=1e-3, atol=1e-4
        )


def partial_fit_of_lbfgs() -> None:
    theirs, ours = pair("regression", solver="lbfgs")
    assert hasattr(theirs, "partial_fit")
    assert not hasattr(ours, "partial_fit")
    for estimator in pair("binary", solver="lbfgs"):
        assert not hasattr(estimator, "partial_fit")


def negative_weights() -> None:
    weights = np.where(X[:, 0] > 1, -0.1, 1.0)
    theirs, ours = pair("regression")
    play(theirs, lambda e: e.fit(X, KINDS["regression"].y, sample_weight=weights))
    with pytest.raises(ValueError, match="sample_weight"):
        ours.fit(X, KINDS["regression"].y, sample_weight=weights)


def negative_counts() -> None:
    theirs, ours = pair("counts")
    y = np.where(X[:, 0] > 1, -1.0, KINDS["counts"].y)
    with np.errstate(all="ignore"):
        assert np.isnan(play(theirs, lambda e: e.fit(X, y)).estimator.loss_)
    with pytest.raises(ValueError, match="poisson"):
        ours.fit(X, y)


def a_second_fit_by_lbfgs() -> None:
    def fit_twice(estimator: Any) -> None:
        y = KINDS["regression"].y
        estimator.set_params(max_iter=10).fit(X, y).set_params(max_iter=10).fit(X, y)

    halves = both("regression", fit_twice, solver="lbfgs", warm_start=True)
    wholes = both("regression", solver="lbfgs", max_iter=20)
    same = [
        np.array_equal(h.estimator.coefs_[0], w.estimator.coefs_[0])
        for h, w in zip(halves, wholes, strict=True)
    ]
    assert same == [False, True]


DIFFERENCES = {
    loss_of_several_outputs: "the squared error is summed over the outputs, as in the user guide, not averaged",
    optimum_of_several_outputs: "so its value belongs to its gradient, and lbfgs does not stall",
    tolerance_of_lbfgs: "tol sets also the tolerance on the value",
    curves_of_lbfgs: "all solvers leave the curve of the loss",
    early_stopping_of_lbfgs: "it is heeded, not ignored",
    saturated_probabilities: "the log-loss is exact, not clipped at 36.04",
    single_precision: "float32 is computed in float64",
    partial_fit_of_lbfgs: "a regressor has no partial_fit either",
    negative_weights: "they have no minimum, and are refused",
    negative_counts: "they have no logarithm, and are refused",
    a_second_fit_by_lbfgs: "it goes on with the curvature of the first",
}
"""What is different on purpose, and why."""


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda function: function.__name__)
def test_a_difference_on_purpose(difference: Any) -> None:
    difference()
