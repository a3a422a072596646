"""A network without hidden layers and without decay is a regression: its summary has the figures of statsmodels.

With decay its estimates are those of scikit-learn's Ridge, and its standard errors those of Bayesian linear regression.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import optimize, special, stats
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.linear_model import BayesianRidge, Ridge

import sheernet as sn

EXACT: dict[str, Any] = {"hidden": 0, "held_out": 0, "starts": 1, "gradient_tolerance": 1e-14}
NAMES = {"Intercept": "(intercept)", "const": "(intercept)"}


def diabetes() -> pd.DataFrame:
    return load_diabetes(as_frame=True, scaled=False).frame


def mixed(n: int = 150) -> pd.DataFrame:
    """Numbers in other units, two categories, a boolean, collinear columns, weights."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "year": rng.normal(2000, 5, n), "large": 1e6 * rng.normal(size=n), "small": 1e-6 * rng.normal(size=n),
            "group": rng.choice(["a", "b", "c"], n), "side": rng.choice(["left", "right"], n),
            "on": rng.random(n) < 0.3, "w": rng.integers(1, 5, n).astype(float),
        }
    )  # fmt: skip
    table["near"] = table["large"] + 1e4 * rng.normal(size=n)
    y = (
        0.2 * table["year"]
        + table["large"] / 1e6
        - 1e6 * table["small"]
        + 2.0 * (table["group"] == "b")
    )
    table["y"] = 1e5 * (y + table["on"] + rng.normal(size=n))
    return table


MIXED = "y ~ year + large + small + C(group) + C(side) + on + near"
MIXED_NAMES = {
    "C(group)[T.b]": "group=b", "C(group)[T.c]": "group=c", "C(side)[T.right]": "side=right",
    "on[T.True]": "on (true)",
}  # fmt: skip


def assert_same(summary: Any, theirs: Any, names: dict[str, str] | None = None) -> None:
    """Estimates, standard errors, statistics, p values and intervals, to 1e-8 of each.

    A tail of Student's t changes up to df times as much as the statistic, so p values are those of our statistics.
    """
    frame = summary.to_frame().set_index("term")
    ours = frame.loc[[{**NAMES, **(names or {})}.get(name, name) for name in theirs.params.index]]
    assert len(ours) == len(frame)
    tails = theirs.pvalues
    if theirs.use_t:
        df = theirs.df_resid
        tails = pd.Series(2 * stats.t.sf(np.abs(ours["statistic"]), df), theirs.params.index)
        assert np.all(np.abs(tails - theirs.pvalues) <= 1e-8 * df * theirs.pvalues)
    for column, values in (
        ("estimate", theirs.params), ("std_error", theirs.bse), ("statistic", theirs.tvalues),
        ("p_value", tails), ("lower", theirs.conf_int()[0]), ("upper", theirs.conf_int()[1]),
    ):  # fmt: skip
        scale = np.abs(theirs.bse) if column in ("lower", "upper") else np.abs(values)
        assert np.all(np.abs(ours[column] - values.to_numpy()) <= 1e-8 * scale.to_numpy()), column


class TestLeastSquares:
    def test_all_figures_are_those_of_ols(self) -> None:
        data = diabetes()
        found = sn.fit(data, "target", decay=0.0, **EXACT).summary()
        theirs = sm.OLS(data["target"], sm.add_constant(data.drop(columns="target"))).fit()
        assert_same(found, theirs)
        line, overall = found.networks[0], found.overall[0]
        criteria = line.figures.criteria
        assert found.coefficients.degrees == pytest.approx(theirs.df_resid)
        assert line.figures.noise[0] ** 2 == pytest.approx(theirs.scale, rel=1e-9)
        assert criteria.log_likelihood == pytest.approx(theirs.llf, rel=1e-10)
        # statsmodels does not count the noise variance as a parameter; R does.
        assert criteria.aic == pytest.approx(theirs.aic + 2.0)
        assert criteria.bic == pytest.approx(theirs.bic + np.log(len(data)))
        assert [
            overall.r2,
            overall.adjusted_r2,
            overall.statistic,
            overall.p_value,
        ] == pytest.approx(
            [theirs.rsquared, theirs.rsquared_adj, theirs.fvalue, theirs.f_pvalue], rel=1e-8
        )

    def test_categories_units_and_collinear_columns(self) -> None:
        data = mixed()
        model = sn.fit(data, "y", decay=0.0, drop="w", **EXACT)
        found = model.summary()
        assert_same(found, smf.ols(MIXED, data).fit(), MIXED_NAMES)
        assert found.coefficients.references == {"group": "a", "side": "left"}

    def test_predictions_with_categories_have_the_standard_deviations_of_new_values(self) -> None:
        """The Gauss-Newton matrix of one-hot features and a bias is singular, and yet these are known."""
        data = mixed()
        model = sn.fit(data, "y", decay=0.0, drop="w", **EXACT)
        theirs = smf.ols(MIXED, data).fit().get_prediction(data)
        mean, std = model.predict(data, return_std=True)
        assert np.allclose(mean, theirs.predicted_mean, rtol=1e-8)
        assert np.allclose(std, theirs.se_obs, rtol=1e-8)

    @pytest.mark.parametrize("scaling", ["none", "minmax", "robust"])
    def test_the_scaling_of_the_columns_changes_nothing(self, scaling: str) -> None:
        data = diabetes()[["age", "bmi", "s5", "target"]]
        found = sn.fit(data, "target", decay=0.0, scaling=scaling, **EXACT).summary()
        assert_same(
            found, sm.OLS(data["target"], sm.add_constant(data.drop(columns="target"))).fit()
        )

    @pytest.mark.filterwarnings("ignore:the weights in 'w' are whole numbers")
    def test_a_weight_of_k_is_k_rows(self) -> None:
        data = mixed()
        found = sn.fit(data, "y", decay=0.0, weights="w", **EXACT).summary()
        repeated = data.loc[data.index.repeat(data["w"].astype(int))]
        theirs = smf.ols(MIXED, repeated).fit()
        assert_same(found, theirs, MIXED_NAMES)
        assert found.networks[0].figures.criteria.bic == pytest.approx(
            theirs.bic + np.log(len(repeated))
        )

    def test_weights_whose_sum_is_the_number_of_rows_are_those_of_wls(self) -> None:
        data = mixed()
        data["w"] *= len(data) / data["w"].sum()
        found = sn.fit(data, "y", decay=0.0, weights="w", **EXACT).summary()
        assert_same(found, smf.wls(MIXED, data, weights=data["w"]).fit(), MIXED_NAMES)

    def test_several_targets_are_separate_regressions(self) -> None:
        data = diabetes()
        data["s6"] *= 1e6
        found = sn.fit(data, ["target", "s6"], decay=0.0, **EXACT).summary()
        X = sm.add_constant(data.drop(columns=["target", "s6"]))
        for name, part in found.to_frame().groupby("output"):
            theirs = sm.OLS(data[name], X).fit()
            assert np.allclose(part["estimate"], theirs.params, rtol=1e-8)
            assert np.allclose(part["std_error"], theirs.bse, rtol=1e-8)
            assert np.allclose(part["p_value"], theirs.pvalues, rtol=1e-8)

    def test_dates_are_days_and_their_cycles_terms(self) -> None:
        n = 120
        rng = np.random.default_rng(0)
        data = pd.DataFrame(
            {"day": pd.date_range("2024-01-01", periods=n), "y": rng.normal(size=n)}
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sn.SheernetWarning)
            found = sn.fit(data, "y", decay=0.0, **EXACT).summary()
        days = np.arange(n) + 19723.0  # from 1970-01-01 to 2024-01-01
        angle = 2 * np.pi * (days % 7) / 7
        X = pd.DataFrame(
            {
                "const": np.ones(n), "day (per day)": days, "day (weekday, sine)": np.sin(angle),
                "day (weekday, cosine)": np.cos(angle),
            }
        )  # fmt: skip
        frame = found.to_frame().set_index("term")
        theirs = sm.OLS(data["y"].to_numpy(), X).fit()
        assert list(frame.index[1:]) == list(X.columns[1:])
        assert np.allclose(frame["std_error"], theirs.bse, rtol=1e-8)
        assert np.allclose(frame["statistic"], theirs.tvalues, rtol=1e-6)

    @pytest.mark.filterwarnings("ignore:the weights in 'w' are whole numbers")
    def test_a_file_of_the_model_gives_the_same(self, tmp_path) -> None:
        model = sn.fit(mixed(60), "y", decay=0.0, weights="w", **EXACT)
        loaded = sn.load(model.save(tmp_path / "model.json"))
        pd.testing.assert_frame_equal(loaded.summary().to_frame(), model.summary().to_frame())
        assert str(loaded.summary()) == str(model.summary())


def columns(n: int = 90) -> tuple[pd.DataFrame, np.random.Generator]:
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"a": rng.normal(size=n), "b": rng.normal(size=n) + 2.0})
    return table, rng


class TestOutputsWithLimits:
    def test_exp_and_poisson_are_poisson_regression(self) -> None:
        table, rng = columns()
        y = rng.poisson(np.exp(2.5 + 0.5 * table["a"] - 0.2 * table["b"])).astype(float)
        model = sn.fit(
            {**table, "y": y}, "y", decay=0.0, output_activation="exp", cost="poisson", **EXACT
        )
        theirs = sm.GLM(y, sm.add_constant(table), family=sm.families.Poisson()).fit(tol=1e-14)
        for found in (model.summary(), model.summary({**table, "y": y})):
            assert set(found.coefficients.outputs) == {"log of y"}
            assert "the cost poisson omits a term of the counts" in str(found)
            assert_same(found, theirs)
        assert found.networks[0].figures.effective == pytest.approx(3.0)

    def test_effective_parameters_of_counts_with_decay(self) -> None:
        table, rng = columns()
        y = rng.poisson(np.exp(2.5 + 0.5 * table["a"])).astype(float)
        options = {"output_activation": "exp", "cost": "poisson", "decay": 0.3}
        model = sn.fit({**table, "y": y}, "y", **options, **EXACT)
        X = np.column_stack([model.inputs.encode(sn.read_table(table)), np.ones(len(table))])
        curvature = (
            X.T @ (X * (model.predict(table) / np.sqrt((y**2).mean()))[:, None]) / len(table)
        )
        shares = np.linalg.solve(curvature + np.diag([0.3, 0.3, 0.0]), curvature)
        figures = model.summary().networks[0].figures
        assert figures.effective == pytest.approx(np.trace(shares), rel=1e-6)

    @pytest.mark.parametrize(
        ("output", "link", "inverse"),
        [
            ("exp", "log of y", np.exp),
            ("sigmoid", "logit of y", special.expit),
            ("tanh", "artanh of y", np.tanh),
        ],
    )
    def test_squared_errors_are_nonlinear_least_squares(
        self, output: str, link: str, inverse
    ) -> None:  # type: ignore[no-untyped-def]
        table, rng = columns()
        X = np.column_stack([np.ones(len(table)), table])

        def predicted(X: np.ndarray, *beta: float) -> np.ndarray:
            return np.asarray(inverse(X @ np.array(beta)))

        y = predicted(X, 0.4, 0.5, -0.2) + 0.02 * rng.normal(size=len(table))
        y = np.clip(y, 0.01, 0.99)
        found = sn.fit(
            {**table, "y": y}, "y", decay=0.0, output_activation=output, **EXACT
        ).summary()
        beta, covariance = optimize.curve_fit(
            predicted, X, y, (0.4, 0.5, -0.2), ftol=1e-15, xtol=1e-15
        )
        frame = found.to_frame()
        assert set(frame["output"]) == {link}
        assert np.allclose(frame["estimate"], beta, rtol=1e-6)
        assert np.allclose(frame["std_error"], np.sqrt(np.diag(covariance)), rtol=1e-4)
        assert not found.overall  # F is a test of linear models

    def test_softplus_and_scaled_limits_name_what_is_linear(self) -> None:
        table, _ = columns()
        y = np.logaddexp(0.0, table["a"] + table["b"])
        rms = np.sqrt((y**2).mean())
        model = sn.fit({**table, "y": y}, "y", decay=0.0, output_activation="softplus", **EXACT)
        frame = model.summary().to_frame().set_index("term")
        assert set(frame["output"]) == {f"inverse softplus of y / {rms:.6g}"}
        z = frame.loc["(intercept)", "estimate"] + table @ frame.loc[["a", "b"], "estimate"]
        assert np.allclose(rms * np.logaddexp(0.0, z), model.predict(table), rtol=1e-9)

    def test_fractions_have_no_likelihood(self) -> None:
        table, _ = columns()
        y = special.expit(table["a"])
        cost = {"output_activation": "sigmoid", "cost": "binary_cross_entropy"}
        model = sn.fit({**table, "y": y}, "y", decay=0.0, **cost, **EXACT)
        for found in (model.summary(), model.summary({**table, "y": y})):
            assert found.to_frame()["std_error"].isna().all()
            why = "the cost binary_cross_entropy does not determine the variance of numbers"
            way = "if they are shares of successes, write a row for the successes and one for the failures"
            assert found.cautions[0].startswith(
                f"no standard errors: {why}; {way} of each, with these"
            )
            assert "is not a likelihood of numbers" in found.networks[0].figures.why_no_criteria

    def test_without_biases_it_is_the_regression_through_the_origin(self) -> None:
        table, rng = columns()
        y = table["a"] + 3.0 * table["b"] + rng.normal(size=len(table))
        found = sn.fit({**table, "y": y}, "y", decay=0.0, bias=False, **EXACT).summary()
        assert_same(found, sm.OLS(y, table).fit())
        assert "(intercept)" not in str(found)


class TestClasses:
    def test_two_classes_are_logistic_regression(self) -> None:
        data = load_breast_cancer(as_frame=True).frame[["mean radius", "mean texture", "target"]]
        data["side"] = np.where(np.arange(len(data)) % 3, "left", "right")
        y = data.pop("target")
        labels = y.map({0: "malignant", 1: "benign"}).to_numpy()
        found = sn.fit({**data, "kind": labels}, "kind", decay=0.0, **EXACT).summary()
        X = sm.add_constant(data.assign(side=(data["side"] == "right").astype(float)))
        theirs = sm.Logit((y == 0).astype(float), X).fit(disp=0, tol=1e-14)
        assert_same(found, theirs, {"side": "side=right"})
        assert found.to_frame()["output"][0] == "log odds of kind=malignant against benign"
        assert "exp(estimate) is the factor by which the odds" in str(found)
        criteria, overall = found.networks[0].figures.criteria, found.overall[0]
        assert [criteria.aic, criteria.bic] == pytest.approx([theirs.aic, theirs.bic], rel=1e-9)
        assert [overall.r2, overall.statistic, overall.p_value] == pytest.approx(
            [theirs.prsquared, theirs.llr, theirs.llr_pvalue], rel=1e-8
        )

    def test_more_classes_are_multinomial_regression(self) -> None:
        data = load_wine(as_frame=True).frame[["alcohol", "hue", "ash", "target"]]
        found = sn.fit(data, "target", task="classification", decay=0.0, **EXACT).summary()
        X = sm.add_constant(data.drop(columns="target"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a tolerance that no iteration reaches
            theirs = sm.MNLogit(data["target"], X).fit(disp=0, tol=1e-14, method="newton")
        frame, criteria = found.to_frame(), found.networks[0].figures.criteria
        assert list(dict.fromkeys(frame["output"])) == [
            "log odds of target=1 against 0", "log odds of target=2 against 0",
        ]  # fmt: skip
        for column, values in (
            ("estimate", theirs.params), ("std_error", theirs.bse), ("statistic", theirs.tvalues),
            ("p_value", theirs.pvalues),
        ):  # fmt: skip
            expected = np.asarray(values).T.ravel()
            assert np.allclose(frame[column], expected, rtol=1e-8), column
        assert [criteria.aic, criteria.bic] == pytest.approx([theirs.aic, theirs.bic], rel=1e-9)
        assert found.overall[0].degrees == (pytest.approx(theirs.df_model),)


class TestDecay:
    def scaled(self) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        data = diabetes()[["age", "bmi", "bp", "s1", "s2", "target"]]
        X = data.drop(columns="target").to_numpy()
        y = data["target"].to_numpy()
        return data, (X - X.mean(axis=0)) / X.std(axis=0), (y - y.mean()) / y.std()

    def test_estimates_are_those_of_ridge_on_scaled_columns(self) -> None:
        data, X, y = self.scaled()
        model = sn.fit(data, "target", decay=0.05, **EXACT)
        theirs = Ridge(alpha=0.05 * len(X), tol=1e-14).fit(X, y)
        ours = model.summary().to_frame().set_index("term")["estimate"]
        units = data["target"].std(ddof=0) / data.drop(columns="target").std(ddof=0).to_numpy()
        assert np.allclose(ours.iloc[1:], theirs.coef_ * units, rtol=1e-8)

    def test_standard_errors_are_those_of_bayesian_ridge(self) -> None:
        """Its priors hold alpha_ = 1 / noise variance and lambda_ = alpha_ N decay at the values of the model."""
        data, X, y = self.scaled()
        model = sn.fit(data, "target", decay=0.05, **EXACT)
        alpha = 1.0 / model.leading.noise_variance
        lam, strong = alpha * 0.05 * len(X), 1e13
        theirs = BayesianRidge(
            alpha_1=strong, alpha_2=strong / alpha, lambda_1=strong, lambda_2=strong / lam
        ).fit(X, y)
        assert [theirs.alpha_, theirs.lambda_] == pytest.approx([alpha, lam], rel=1e-10)
        units = data["target"].std(ddof=0) / data.drop(columns="target").std(ddof=0).to_numpy()
        ours = model.summary().to_frame().set_index("term")["std_error"]
        assert np.allclose(ours.iloc[1:], np.sqrt(np.diag(theirs.sigma_)) * units, rtol=1e-8)

    def test_degrees_of_freedom_are_rows_less_effective_parameters(self) -> None:
        """gamma = trace of the hat matrix: of the scaled columns, and 1 for the intercept."""
        data, X, _ = self.scaled()
        found = sn.fit(data, "target", decay=0.05, **EXACT).summary()
        hat = X @ np.linalg.solve(X.T @ X + 0.05 * len(X) * np.eye(X.shape[1]), X.T)
        gamma = np.trace(hat) + 1.0
        assert found.networks[0].figures.effective == pytest.approx(gamma, rel=1e-8)
        assert found.coefficients.degrees == pytest.approx(len(X) - gamma)
        assert found.overall == ()
        assert "posterior" in str(found)


def test_inputs_that_determine_each_other_have_no_coefficients_but_the_others_do() -> None:
    data = diabetes()[["age", "bmi", "bp", "s1", "target"]]
    data["both"] = 2.0 * data["age"] - data["bp"]
    model = sn.fit(data, "target", decay=0.0, **EXACT)
    alone, with_rows = model.summary(), model.summary(data)
    assert not alone.coefficients.has_std_errors
    assert "give the table of the fit" in " ".join(str(alone).split())
    theirs = smf.ols("target ~ age + bmi + bp + s1", data).fit()
    frame = with_rows.to_frame().set_index("term")
    assert frame.loc[["age", "bp", "both"]].drop(columns="output").isna().all(axis=None)
    known = ["(intercept)", "bmi", "s1"]
    for column, values in (("estimate", theirs.params), ("std_error", theirs.bse)):
        expected = values.rename(NAMES)[known]
        assert np.allclose(frame.loc[known, column], expected, rtol=1e-6), column
    assert with_rows.networks[0].figures.effective == pytest.approx(5.0)
    assert "age, bp and both determine each other" in str(with_rows)
