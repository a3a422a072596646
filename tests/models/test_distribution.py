"""How sure a model is: its distributions, standard deviations and intervals, against formulas and scipy.stats."""

from __future__ import annotations

import dataclasses
import inspect
import math
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import sheernet as sn
from random_models import (
    models,
    number_inputs,
    number_targets,
    random_member,
    random_model,
    replaced,
    table_for,
)
from sheernet.data.targets import ClassTarget, NumberTargets
from sheernet.statistics import Prediction

DEGREES = {"squared_error": math.inf, "gaussian_nll": math.inf, "student_t": 4.0}


def mixed(n_targets: int = 2) -> sn.Model:
    """A regression whose members have the three kinds of noise, with the errors of 60 held-out rows."""
    members = tuple(
        random_member(sn.Architecture((3, units, n_targets * outputs)), units, share, cost)
        for units, outputs, share, cost in (
            (4, 1, 0.25, "squared_error"), (2, 2, 0.5, "gaussian_nll"), (3, 2, 0.25, "student_t"),
        )
    )  # fmt: skip
    model = random_model(
        sn.Architecture((3, 4, n_targets)),
        inputs=number_inputs(3),
        targets=number_targets(n_targets),
    )
    scores = np.random.default_rng(0).exponential(size=(60, n_targets))
    return replaced(model, members=members, scores=scores)


def regressions() -> st.SearchStrategy[sn.Model]:
    """Any regression with constant noise."""
    return models(outputs=("identity",)).filter(
        lambda model: isinstance(model.targets, NumberTargets)
    )


def densities(model: sn.Model, table: Any) -> list[tuple[float, float, np.ndarray, np.ndarray]]:
    """Share, degrees of freedom, location and scale, (N, K), of each member in the targets' units, by formulas."""
    X = model.inputs.encode(sn.read_table(table))
    shift, scale = np.array(model.targets.shift), np.array(model.targets.scale)
    n_targets, found = len(shift), []
    for member in model.members:
        arch, theta = member.network.architecture, member.network.theta
        outputs = sn.forward(arch, theta, X).activations[-1]
        slopes = [
            sn.forward(arch, theta + 1e-30j * e, X).activations[-1].imag / 1e-30
            for e in np.eye(theta.size)
        ]
        L = np.zeros((theta.size, theta.size))
        L[np.tril_indices(theta.size)] = member.factor
        g = np.stack(slopes, axis=-1)[:, :n_targets]  # (N, K, P)
        own = np.einsum("nkp,pq,nkq->nk", g, L @ L.T, g)
        noise = np.exp(outputs[:, n_targets:]) if member.cost != "squared_error" else member.noise_variance  # fmt: skip
        found.append(
            (
                member.share,
                DEGREES[member.cost],
                shift + scale * outputs[:, :n_targets],
                scale * model.spread * np.sqrt(noise + own),
            )
        )
    return found


def probability_below(model: sn.Model, table: Any, y: np.ndarray) -> np.ndarray:
    """The distribution function of the mixture at y, (N, K)."""
    y = y.reshape(len(y), -1)
    return sum(
        share * stats.t.cdf(y, nu, location, scale)
        for share, nu, location, scale in densities(model, table)
    )


class TestTheDistribution:
    @given(regressions())
    @settings(max_examples=30, deadline=None)
    def test_is_the_mixture_of_its_members(self, model: sn.Model) -> None:
        table = table_for(model)
        distribution = model.distribution(table)
        assert isinstance(distribution, Prediction)
        y = model.predict(table)
        assert np.allclose(distribution.mean(), y, rtol=1e-9, atol=1e-9 * np.abs(y).max())
        expected = probability_below(model, table, y).reshape(y.shape)
        assert np.allclose(distribution.cdf(y), expected, rtol=1e-9)

    def test_has_each_kind_of_noise_and_the_spread(self) -> None:
        model = mixed()
        table = table_for(model)
        parts = densities(model, table)
        mean = sum(share * location for share, _, location, _ in parts)
        factors = {math.inf: 1.0, 4.0: 2.0}  # nu / (nu - 2)
        variance = sum(
            share * (factors[nu] * scale**2 + (location - mean) ** 2)
            for share, nu, location, scale in parts
        )
        distribution = model.distribution(table)
        assert np.allclose(distribution.mean(), mean, rtol=1e-9)
        assert np.allclose(distribution.std(), np.sqrt(variance), rtol=1e-9)
        y = mean + 0.5
        logs = np.log(
            sum(share * stats.t.pdf(y, nu, location, scale) for share, nu, location, scale in parts)
        )
        assert np.allclose(distribution.logpdf(y), logs, rtol=1e-9)
        assert distribution.rvs(size=(7, 5, 2), random_state=0).shape == (7, 5, 2)

    def test_of_a_straight_line_is_that_of_the_textbook(self) -> None:
        """Variance s^2 (1 + x0' (X'X)^-1 x0), s^2 = RSS / (n - p): a prediction interval of least squares."""
        rng = np.random.default_rng(3)
        x = rng.uniform(2, 9, size=(30, 2))
        y = 5.0 + x @ [2.0, -1.0] + 0.3 * rng.normal(size=30)
        model = sn.fit(x, y, hidden=0, decay=0.0, starts=1, held_out=0)
        new = np.array([[3.0, 4.0], [8.0, 2.5], [5.0, 5.0]])
        A, B = np.column_stack([np.ones(30), x]), np.column_stack([np.ones(3), new])
        beta, rss, *_ = np.linalg.lstsq(A, y, rcond=None)
        variance = rss[0] / 27 * (1.0 + np.einsum("np,pq,nq->n", B, np.linalg.inv(A.T @ A), B))
        mean, std = model.predict(new, return_std=True)
        assert np.allclose(mean, B @ beta, rtol=1e-7)
        assert np.allclose(std, np.sqrt(variance), rtol=1e-6)
        lower, upper = model.predict_interval(new, 0.8)
        assert np.allclose(upper - mean, stats.norm.ppf(0.9) * std, rtol=1e-9)
        assert np.allclose(mean - lower, stats.norm.ppf(0.9) * std, rtol=1e-9)

    def test_of_a_single_row_has_one_row(self) -> None:
        model = mixed()
        table = table_for(model, rows=1)
        row = {name: values[0] for name, values in table.items()}
        assert len(model.distribution(row)) == 1
        assert np.array_equal(model.distribution(row).std(), model.distribution(table).std())

    def test_widens_far_from_the_training_rows(self) -> None:
        """At 10 times the range, the standard deviation is several times that at the training rows."""
        x = np.linspace(-3, 3, 40)
        y = np.sin(x) + 0.1 * np.random.default_rng(0).normal(size=40)
        model = sn.fit({"x": x, "y": y}, "y", hidden=3, starts=5, decay=1e-3)
        _, near = model.predict(x, return_std=True)
        _, far = model.predict(np.array([-30.0, 30.0]), return_std=True)
        assert np.median(near) == pytest.approx(0.1, abs=0.03)
        assert far.min() > 3 * np.median(near)


class TestStandardDeviations:
    def test_are_asked_for_as_in_scikit_learn(self) -> None:
        process = pytest.importorskip("sklearn.gaussian_process").GaussianProcessRegressor
        theirs = inspect.signature(process.predict).parameters["return_std"]
        ours = inspect.signature(sn.Model.predict).parameters["return_std"]
        assert ours.default is theirs.default is False

    @pytest.mark.parametrize("n_targets", [1, 2])
    def test_have_the_shape_of_the_predictions_which_stay_as_they_are(self, n_targets: int) -> None:
        model = mixed(n_targets)
        table = table_for(model)
        row = {name: values[0] for name, values in table.items()}
        for rows in (table, np.column_stack(list(table.values())), row):
            mean, std = model.predict(rows, return_std=True)
            plain = model.predict(rows)
            assert np.asarray(mean).tobytes() == np.asarray(plain).tobytes()
            assert np.shape(std) == np.shape(plain)
            lower, upper = model.predict_interval(rows)
            assert np.shape(lower) == np.shape(upper) == np.shape(plain)
        assert np.array_equal(
            model.predict(table, return_std=True)[1], model.distribution(table).std()
        )


class TestIntervals:
    @given(regressions(), st.floats(0.01, 0.99))
    @settings(max_examples=30, deadline=None)
    def test_of_the_density_have_equal_tails(self, model: sn.Model, coverage: float) -> None:
        table = table_for(model)
        lower, upper = model.predict_interval(table, coverage)
        for end, probability in ((lower, (1 - coverage) / 2), (upper, (1 + coverage) / 2)):
            assert np.allclose(probability_below(model, table, end), probability, rtol=1e-9)

    def test_of_90_percent_by_the_density_are_the_default(self) -> None:
        model = mixed()
        table = table_for(model)
        expected = model.distribution(table).interval(0.9)
        assert np.array_equal(model.predict_interval(table), expected)
        assert np.array_equal(model.predict_interval(table, 0.9, "density"), expected)

    @pytest.mark.parametrize("n_targets", [1, 2])
    def test_conformal_ones_have_the_score_of_the_rank_as_factor(self, n_targets: int) -> None:
        model = mixed(n_targets)
        table = table_for(model)
        mean, std = model.predict(table, return_std=True)
        lower, upper = model.predict_interval(table, 0.9, "conformal")
        factor = np.sort(model.scores, axis=0)[54]  # of 60 scores, that of rank ceil(61 * 0.9) = 55
        factor = factor[0] if n_targets == 1 else factor
        assert np.allclose(lower, mean - factor * std, rtol=1e-12)
        assert np.allclose(upper, mean + factor * std, rtol=1e-12)

    @given(st.integers(1, 99), st.integers(-1, 1))
    @settings(max_examples=60, deadline=None)
    def test_conformal_ones_need_the_rows_that_the_message_says(
        self, percent: int, more: int
    ) -> None:
        share = Fraction(percent, 100)
        needed = max(math.ceil(share / (1 - share)), 1)  # ceil((N + 1) share) <= N
        model = replaced(mixed(1), scores=np.ones((needed + more, 1)))
        table = table_for(model)
        if more >= 0:
            model.predict_interval(table, float(share), "conformal")
            return
        with pytest.raises(sn.InvalidInput) as caught:
            model.predict_interval(table, float(share), "conformal")
        rows = f"{needed} held-out row{'' if needed == 1 else 's'}"
        assert str(caught.value) == (
            f"intervals of coverage {float(share):g} by method='conformal' need the errors of at least {rows}, but "
            f"the model has the errors of {needed - 1}; use method='density'"
        )
        model.predict_interval(table, float(share), method="density")

    def test_conformal_ones_without_scores_are_refused(self) -> None:
        model = replaced(mixed(), scores=np.zeros((0, 0)))
        with pytest.raises(
            sn.InvalidInput, match=r"at least 9 held-out rows, .* the errors of 0; use "
        ):
            model.predict_interval(table_for(model), method="conformal")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"coverage": 90}, "coverage must be a number .*, such as 0.9, but 90 was given; 90 % is 0.9"),
            ({"coverage": "90"}, "coverage must be .* but '90' was given; 90 % is 0.9"),
            ({"coverage": 1.0}, "coverage must be a number from 0 to below 1"),
            ({"coverage": 0}, "coverage must be above 0 and below 1, such as 0.9, but 0 was given"),
            ({"coverage": -0.5}, "coverage must be"),
            ({"coverage": math.nan}, "coverage must be"),
            ({"coverage": True}, "coverage must be"),
            ({"method": "conformall"}, "method 'conformall' is not recognized; did you mean 'conformal'"),
        ],
        ids=repr,
    )  # fmt: skip
    def test_wrong_arguments_are_refused(self, arguments: dict[str, Any], message: str) -> None:
        model = mixed()
        with pytest.raises(sn.InvalidInput, match=message):
            model.predict_interval(table_for(model), **arguments)
        with pytest.raises(sn.InvalidInput, match=message):
            model.predict_frame(table_for(model), **{"coverage": 0.9, **arguments})


def asked(model: sn.Model) -> list[Any]:
    """All functions of a model that say how sure it is."""
    return [
        model.distribution,
        model.predict_interval,
        lambda table: model.predict(table, return_std=True),
        lambda table: model.predict_frame(table, coverage=0.9),
        lambda table: model.predict_frame(table, std=True),
    ]


class TestRefusals:
    def test_classes_have_probabilities(self) -> None:
        target = ClassTarget("verdict", ("no", "yes"))
        model = random_model(sn.Architecture((3, 4, 1), output="sigmoid"), targets=target)
        table = table_for(model)
        says = (
            "this model predicts classes, and its uncertainty about them is their probabilities; "
        )
        for ask, advice in zip(
            asked(model),
            [*["use probabilities"] * 3, "omit coverage", "omit std"],
            strict=True,
        ):
            for rows in (table, {"another": [1.0]}):  # whatever the rows are
                with pytest.raises(sn.InvalidInput) as caught:
                    ask(rows)
                assert str(caught.value) == says + advice
        model.probabilities(table)
        model.predict_frame(table)

    def test_a_cost_that_is_no_density_has_none(self) -> None:
        model = random_model(sn.Architecture((3, 4, 1)), cost="huber")
        for ask in asked(model):
            with pytest.raises(sn.InvalidInput, match=r"the cost 'huber' .* is not a density"):
                ask(table_for(model))

    def test_a_network_without_covariance_has_none(self) -> None:
        model = replaced(random_model(sn.Architecture((3, 4, 1))), factor=np.zeros(0))
        for ask in asked(model):
            with pytest.raises(sn.InvalidInput, match="uncertainty of this network's weights"):
                ask(table_for(model))

    @pytest.mark.filterwarnings("ignore:.* 1 of 3 rows is :sheernet.SheernetWarning")
    def test_a_row_too_far_away_is_named(self) -> None:
        members = (random_member(sn.Architecture((1, 1)), 0, 1.0, "squared_error"),)
        model = replaced(random_model(sn.Architecture((1, 2, 1))), members=members)
        table = {"input 0": [0.0, 1.0, 1e200]}
        assert np.isfinite(model.predict(table)).all()
        for ask in asked(model):
            with pytest.raises(
                sn.InvalidInput, match="standard deviation for data row 3 is not finite; check"
            ):
                ask(table)

    def test_a_method_without_intervals_is_refused(self) -> None:
        model = mixed()
        with pytest.raises(sn.InvalidInput, match=r"give coverage=0\.9 too"):
            model.predict_frame(table_for(model), std=True, method="conformal")
        model.predict_frame(table_for(model), std=True, method="conformal", coverage=0.9)


class TestMissingInputs:
    ROWS = "2 of 4 rows have missing inputs"

    def gaps(self, model: sn.Model) -> tuple[dict[str, Any], dict[str, Any]]:
        """Four rows, of which the first and the third have gaps; and the other two."""
        table = table_for(model, rows=4)
        gaps = {name: np.array(values, dtype=float) for name, values in table.items()}
        gaps["input 1"][[0, 2]] = np.nan
        return gaps, {name: values[[1, 3]] for name, values in gaps.items()}

    @pytest.mark.parametrize("n_targets", [1, 2])
    @pytest.mark.parametrize("method", ["density", "conformal"])
    def test_give_nan(self, n_targets: int, method: str) -> None:
        model = mixed(n_targets)
        gaps, others = self.gaps(model)
        for ask in (
            lambda table: model.predict(table, return_std=True),
            lambda table: model.predict_interval(table, 0.8, method),
        ):
            with pytest.warns(sn.SheernetWarning, match=self.ROWS):
                found = ask(gaps)
            for values, expected in zip(found, ask(others), strict=True):
                assert np.isnan(values[[0, 2]]).all()
                assert np.allclose(values[[1, 3]], expected, rtol=1e-12)

    def test_of_every_row_give_nan(self) -> None:
        model = mixed()
        table = {name: [math.nan, math.nan] for name in model.inputs.names}
        with pytest.warns(sn.SheernetWarning, match="2 of 2 rows have missing inputs"):
            lower, upper = model.predict_interval(table)
        assert np.isnan(lower).all()
        assert np.isnan(upper).all()
        assert lower.shape == upper.shape == (2, 2)

    def test_have_no_distribution(self) -> None:
        """An error and no warning beside it; the advice works."""
        model = mixed()
        gaps, others = self.gaps(model)
        for rows in (gaps, np.column_stack(list(gaps.values()))):
            with pytest.raises(sn.InvalidInput) as caught:
                model.distribution(rows)
            assert str(caught.value) == (
                f"{self.ROWS} (data rows 1 and 3; missing in 'input 1'); omit these rows, or fit the model with "
                "missing='impute'"
            )
        with pytest.raises(
            sn.InvalidInput,
            match=r"^1 of 1 row has missing .*\(data row 1; missing in 'input 1'\); omit this row",
        ):
            model.distribution({name: values[0] for name, values in gaps.items()})
        assert len(model.distribution(others)) == 2
        rng = np.random.default_rng(0)
        x = {name: 100 * rng.normal(size=20) for name in gaps}
        y = x["input 0"] + rng.normal(size=20)
        fitted = sn.fit({**x, "y": y}, "y", hidden=0, decay=0.1, starts=1, missing="impute")
        with pytest.warns(sn.SheernetWarning, match="2 missing values are filled"):
            assert len(fitted.distribution(gaps)) == 4


class TestTheFrame:
    def test_has_columns_after_the_targets(self) -> None:
        model = mixed()
        table = table_for(model)
        frame = model.predict_frame(table, coverage=0.8, std=True, method="conformal")
        assert list(frame) == [
            "target 0", "target 1", "target 0_std", "target 0_lower", "target 0_upper",
            "target 1_std", "target 1_lower", "target 1_upper",
        ]  # fmt: skip
        mean, std = model.predict(table, return_std=True)
        lower, upper = model.predict_interval(table, 0.8, "conformal")
        for k in range(2):
            name = f"target {k}"
            for values, column in (
                (mean, ""),
                (std, "_std"),
                (lower, "_lower"),
                (upper, "_upper"),
            ):
                assert np.array_equal(frame[name + column], values[:, k])
        assert list(model.predict_frame(table, std=True)) == [
            "target 0", "target 1", "target 0_std", "target 1_std",
        ]  # fmt: skip
        assert list(model.predict_frame(table, coverage=0.5))[2:4] == [
            "target 0_lower",
            "target 0_upper",
        ]

    def test_renames_columns_that_are_targets(self) -> None:
        names = ("a", "a_std")
        targets = dataclasses.replace(number_targets(2), names=names)
        model = replaced(mixed(), targets=targets)
        table = table_for(model)
        frame = model.predict_frame(table, std=True)
        assert list(frame) == ["a", "a_std", "predicted_a_std", "a_std_std"]
        assert np.array_equal(frame[["a", "a_std"]].to_numpy(), model.predict(table))

    @pytest.mark.filterwarnings("ignore:1 of 2 rows has missing:sheernet.SheernetWarning")
    def test_has_nan_where_inputs_are_missing(self) -> None:
        model = mixed(1)
        table = table_for(model, rows=2)
        table["input 2"] = [math.nan, table["input 2"][1]]
        frame = model.predict_frame(table, coverage=0.9, std=True)
        assert frame.isna().all(axis=1).tolist() == [True, False]
        assert frame.notna().all(axis=1).tolist() == [False, True]


@pytest.mark.parametrize("method", ["density", "conformal"])
def test_a_saved_model_has_the_same_bits(tmp_path: Path, method: str) -> None:
    model = mixed()
    again = sn.load(model.save(tmp_path / "model.json"))
    table = table_for(model)
    for one, other in (
        (model.predict_interval(table, 0.9, method), again.predict_interval(table, 0.9, method)),
        (model.predict(table, return_std=True), again.predict(table, return_std=True)),
    ):
        assert np.array(one).tobytes() == np.array(other).tobytes()
    draws = [each.distribution(table).rvs(random_state=1).tobytes() for each in (model, again)]
    assert draws[0] == draws[1]


@pytest.mark.parametrize("classes", [("no", "yes"), ("a", "b", "c")], ids=len)
def test_probabilities_of_classes_are_the_weighted_mean_over_members(classes: Any) -> None:
    target = ClassTarget("verdict", classes)
    members = tuple(
        random_member(
            sn.Architecture((2, units, target.n_outputs), output=target.output), units, share, target.default_cost
        )
        for units, share in ((2, 0.5), (3, 0.3), (4, 0.2))
    )  # fmt: skip
    model = random_model(
        sn.Architecture((2, 2, target.n_outputs), output=target.output), targets=target, inputs=number_inputs(2)
    )  # fmt: skip
    model = replaced(model, members=members)
    table = table_for(model)
    X = model.inputs.encode(sn.read_table(table))
    expected = np.zeros((5, len(classes)))
    for member in members:
        theta, arch = member.network.theta, member.network.architecture
        z = sn.forward(arch, theta, X).pre_activations[-1]
        z = np.column_stack([0 * z, z]) if len(classes) == 2 else z
        expected += member.share * np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert np.allclose(model.probabilities(table), expected, rtol=1e-12)
    assert [classes[k] for k in expected.argmax(axis=1)] == model.predict(table).tolist()


def test_the_example_of_the_page_runs() -> None:
    """The truth is sin(x / 2), with noise of standard deviation 0.1."""
    page = Path(__file__).parents[2] / "docs" / "tables.md"
    (block,) = re.findall(
        r"^```python\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    space: dict[str, Any] = {}
    exec(compile(block, str(page), "exec"), space)
    truth = np.sin([1.0, 2.5, 4.0])
    assert np.allclose(space["y"], truth, atol=0.15)
    assert ((space["std"] > 0.05) & (space["std"] < 0.25)).all()
    assert (space["lower"] < truth).all()
    assert (space["upper"] > truth).all()
    assert space["below"][0] < 0.2 < 0.95 < space["below"][2]
    assert np.allclose(space["draws"].mean(axis=0), space["y"], atol=0.03)
    model = space["model"]
    assert len(model.scores) >= 9
    assert np.isfinite(model.predict_interval(space["new"], method="conformal")).all()
