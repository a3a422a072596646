"""The methods of accuracy.py: sheernet by its defaults, and other programs by theirs.

A regression gives a `Forecast`, a classification the probability of each class for each held-out row.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module, metadata
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from _accuracy_tables import TARGET, Array, Split
from scipy.special import logsumexp
from scipy.stats import norm
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

MOST_ROWS_OF_GP = 2000
ALPHAS = (1e-4, 1e-2, 1.0, 10.0)
HIDDEN = ((5,), (25,), (100,))
OF_BDE = {
    "n_members": 4, "hidden_layers": [16, 16], "epochs": 200, "warmup_steps": 5000, "n_samples": 2000,
    "n_thinning": 2, "patience": 10,
}  # fmt: skip
"""The settings of the example in its documentation, with 4 members; its defaults are 10 samples of 2 members."""
OF_PYTABKIT = {"device": "cpu", "n_threads": 1}


class Forecast(NamedTuple):
    """Predicted values, and the predictive distribution with SciPy's `logpdf` and `interval`, if there is one."""

    mean: Array
    distribution: Any = None


class Method(NamedTuple):
    """A program: its package, and what it does for each task, None where it does not take part."""

    package: str
    regression: Callable[[Split], Forecast]
    classes: Callable[[Split], Array] | None
    most_rows: float = np.inf
    has_density: bool = True

    @property
    def version(self) -> str:
        """The package and its version."""
        try:
            return f"{self.package} {metadata.version(self.package)}"
        except metadata.PackageNotFoundError:  # found by PYTHONPATH
            return f"{self.package} {import_module(self.package).__version__}"

    def takes(self, task: str, n_train: int) -> bool:
        """Whether the method takes part in a table of this task and number of training rows."""
        return n_train <= self.most_rows and (task == "regression" or self.classes is not None)


# ----------------------------------------------------------------------------------------- sheernet


def sheernet_model(split: Split) -> Any:
    """A model by the defaults of sheernet.

    `task` only states the problem; unseen="rare" is needed where a held-out row has a label that no training row has.
    """
    import sheernet as sn

    task = "classification" if split.classes else "regression"
    return sn.fit(split.train, TARGET, task=task, unseen="rare", held_out=0)


def sheernet_regression(split: Split) -> Forecast:
    model, table = sheernet_model(split), split.test.drop(columns=TARGET)
    distribution = model.distribution(table) if hasattr(model, "distribution") else None
    return Forecast(np.asarray(model.predict(table), float).ravel(), distribution)


def sheernet_classes(split: Split) -> Array:
    model = sheernet_model(split)
    found = model.probabilities(split.test.drop(columns=TARGET))
    order = [list(model.targets.classes).index(name) for name in split.classes]
    return found[:, order]


# --------------------------------------------------------------------------------------- scikit-learn


def linear_regression(split: Split) -> Forecast:
    """Least squares; the predictive variance is s^2 (1 + x^T (X^T X)^+ x) with s^2 = RSS / (n - p)."""
    scaler = StandardScaler().fit(split.X)
    Z, Z_test = (
        np.column_stack([np.ones(len(X)), scaler.transform(X)]) for X in (split.X, split.X_test)
    )
    fit = LinearRegression(fit_intercept=False).fit(Z, split.y)
    n_parameters = int(np.linalg.matrix_rank(Z))
    variance = np.sum((split.y - fit.predict(Z)) ** 2) / (len(Z) - n_parameters)
    leverage = np.einsum("np,pq,nq->n", Z_test, np.linalg.pinv(Z.T @ Z, hermitian=True), Z_test)
    mean = fit.predict(Z_test)
    return Forecast(mean, norm(mean, np.sqrt(variance * (1.0 + leverage))))


def logistic_regression(split: Split) -> Array:
    fit = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000)).fit(split.X, split.y)
    return fit.predict_proba(split.X_test)


def forest_regression(split: Split) -> Forecast:
    fit = RandomForestRegressor(random_state=split.seed).fit(split.X, split.y)
    return Forecast(fit.predict(split.X_test))


def forest_classes(split: Split) -> Array:
    fit = RandomForestClassifier(random_state=split.seed).fit(split.X, split.y)
    return fit.predict_proba(split.X_test)


def mlp_search(network: Any, scoring: str) -> GridSearchCV:
    """The search over alpha and hidden units by three folds, for a pipeline that ends with the network."""
    pipeline = Pipeline([("scaler", StandardScaler()), ("network", network)])
    grid = {"network__alpha": ALPHAS, "network__hidden_layer_sizes": HIDDEN}
    return GridSearchCV(pipeline, grid, scoring=scoring, cv=3)


def mlp_regression(split: Split) -> Forecast:
    network = MLPRegressor(max_iter=500, random_state=split.seed)
    search = mlp_search(network, "neg_mean_squared_error")
    fit = TransformedTargetRegressor(search, transformer=StandardScaler()).fit(split.X, split.y)
    return Forecast(fit.predict(split.X_test))


def mlp_classes(split: Split) -> Array:
    network = MLPClassifier(max_iter=500, random_state=split.seed)
    return mlp_search(network, "neg_log_loss").fit(split.X, split.y).predict_proba(split.X_test)


def gaussian_process(split: Split) -> Forecast:
    scaler = StandardScaler().fit(split.X)
    kernel = ConstantKernel() * RBF(np.ones(split.X.shape[1])) + WhiteKernel()
    fit = GaussianProcessRegressor(kernel, normalize_y=True, random_state=split.seed)
    fit.fit(scaler.transform(split.X), split.y)
    mean, spread = fit.predict(scaler.transform(split.X_test), return_std=True)
    return Forecast(mean, norm(mean, spread))  # the spread includes the noise of WhiteKernel


# ------------------------------------------------------------------------------------------- boosting


def catboost_settings(split: Split) -> dict[str, Any]:
    """CatBoost's defaults on one thread, quiet, with its own treatment of categories."""
    inputs = split.train.drop(columns=TARGET)
    categories = [name for name in inputs if not is_number(inputs[name])]
    return {
        "verbose": 0,
        "thread_count": 1,
        "allow_writing_files": False,
        "random_seed": split.seed,
        "cat_features": categories,
    }


def is_number(column: Any) -> bool:
    return bool(np.issubdtype(np.asarray(column).dtype, np.number))


def catboost_regression(split: Split) -> Forecast:
    """Values from the default loss; the distribution from a second fit with the loss RMSEWithUncertainty."""
    from catboost import CatBoostRegressor

    X, X_test = (rows.drop(columns=TARGET) for rows in (split.train, split.test))
    settings = catboost_settings(split)
    mean = CatBoostRegressor(**settings).fit(X, split.y).predict(X_test)
    spread = CatBoostRegressor(loss_function="RMSEWithUncertainty", **settings).fit(X, split.y)
    location, variance = spread.predict(X_test).T
    return Forecast(mean, norm(location, np.sqrt(variance)))


def catboost_classes(split: Split) -> Array:
    from catboost import CatBoostClassifier

    X, X_test = (rows.drop(columns=TARGET) for rows in (split.train, split.test))
    fit = CatBoostClassifier(**catboost_settings(split)).fit(X, split.y)
    return fit.predict_proba(X_test)


def ngboost_regression(split: Split) -> Forecast:
    from ngboost import NGBRegressor

    fit = NGBRegressor(verbose=False, random_state=split.seed).fit(split.X, split.y)
    found = fit.pred_dist(split.X_test)
    return Forecast(found.loc, norm(found.loc, found.scale))


def ngboost_classes(split: Split) -> Array:
    from ngboost import NGBClassifier
    from ngboost.distns import k_categorical

    family = k_categorical(len(split.classes))
    fit = NGBClassifier(Dist=family, verbose=False, random_state=split.seed)
    found: npt.NDArray[Any] = fit.fit(split.X, split.y).predict_proba(split.X_test)
    return found


def regressor(make: Callable[[int], Any]) -> Callable[[Split], Forecast]:
    """A regression without a density, by an estimator of scikit-learn's kind, made from the seed of the split."""
    return lambda split: Forecast(make(split.seed).fit(split.X, split.y).predict(split.X_test))


def classifier(make: Callable[[int], Any]) -> Callable[[Split], Array]:
    """A classification by an estimator of scikit-learn's kind, made from the seed of the split."""
    return lambda split: make(split.seed).fit(split.X, split.y).predict_proba(split.X_test)


def peer(package: str, module: str, name: str, **settings: Any) -> Method:
    """A program without a density: the estimators of a module whose names begin with `name`, imported when used."""

    def maker(kind: str) -> Callable[[int], Any]:
        return lambda seed: getattr(import_module(module), name + kind)(
            random_state=seed, **settings
        )

    return Method(
        package, regressor(maker("Regressor")), classifier(maker("Classifier")), has_density=False
    )


# ----------------------------------------------------------------------------- sampled neural networks


class SampledNormals(NamedTuple):
    """A mixture of normal distributions with equal shares, for each row: means and deviations (samples, N)."""

    means: Array
    deviations: Array

    def logpdf(self, y: Array) -> Array:
        of_samples = norm(self.means, self.deviations).logpdf(y)
        return logsumexp(of_samples, axis=0) - np.log(len(of_samples))

    def interval(self, share: float) -> Array:
        """Quantiles of one drawn value of each sample."""
        drawn = np.random.default_rng(0).normal(self.means, self.deviations)
        return np.quantile(drawn, [(1 - share) / 2, (1 + share) / 2], axis=0)


def bde_regression(split: Split) -> Forecast:
    from bde import BdeRegressor

    scaler, of_target = StandardScaler().fit(split.X), StandardScaler().fit(split.y[:, None])
    fit = BdeRegressor(seed=split.seed, **OF_BDE)
    fit.fit(x=scaler.transform(split.X), y=of_target.transform(split.y[:, None]))
    sampled = np.asarray(fit.predict(scaler.transform(split.X_test), raw=True), float)
    located, spread = np.moveaxis(sampled.reshape(-1, len(split.y_test), 2), 2, 0)
    scale, center = float(of_target.scale_[0]), float(of_target.mean_[0])
    means, deviations = center + scale * located, scale * np.logaddexp(spread, 0.0)
    return Forecast(means.mean(axis=0), SampledNormals(means, deviations))


def bde_classes(split: Split) -> Array:
    from bde import BdeClassifier

    scaler = StandardScaler().fit(split.X)
    fit = BdeClassifier(seed=split.seed, **OF_BDE)
    fit.fit(x=scaler.transform(split.X), y=split.y.astype(np.int32))
    return np.asarray(fit.predict_proba(scaler.transform(split.X_test)), float)


METHODS = {
    "sheernet": Method("sheernet", sheernet_regression, sheernet_classes),
    "linear": Method("scikit-learn", linear_regression, logistic_regression),
    "forest": Method("scikit-learn", forest_regression, forest_classes, has_density=False),
    "MLP": Method("scikit-learn", mlp_regression, mlp_classes, has_density=False),
    "GP": Method("scikit-learn", gaussian_process, None, most_rows=MOST_ROWS_OF_GP),
    "CatBoost": Method("catboost", catboost_regression, catboost_classes),
    "NGBoost": Method("ngboost", ngboost_regression, ngboost_classes),
    "HistGB": Method(
        "scikit-learn",
        regressor(lambda seed: HistGradientBoostingRegressor(random_state=seed)),
        classifier(lambda seed: HistGradientBoostingClassifier(random_state=seed)),
        has_density=False,
    ),
    "LightGBM": peer("lightgbm", "lightgbm", "LGBM", verbose=-1, n_jobs=1),
    "EBM": peer("interpret-core", "interpret.glassbox", "ExplainableBoosting", n_jobs=1),
    "RealMLP": peer("pytabkit", "pytabkit", "RealMLP_TD_", **OF_PYTABKIT),
    "TabM": peer("pytabkit", "pytabkit", "TabM_D_", **OF_PYTABKIT),
    "bde": Method("sklearn-contrib-bde", bde_regression, bde_classes),
}
