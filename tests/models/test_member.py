"""Members of a model: their locations, what they require, and that a model predicts and is judged by their mean."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from scipy import special

import sheernet as sn
from random_models import number_targets, random_member, random_model, replaced, table_for
from sheernet.apps.html_report.fit_pictures import _of_regression
from sheernet.models.fitting import assemble, gradient_problem, prepare
from sheernet.models.fitting.fitted_member import fitted_member
from sheernet.models.member import Member
from sheernet.plots.predictor import Predictor
from sheernet.settings.fit_settings import FitSettings
from sheernet.statistics.laplace import output_variances

ARCH = sn.Architecture((2, 3, 1))


def member(cost: str = "squared_error", arch: sn.Architecture = ARCH, **parts: Any) -> Member:
    return dataclasses.replace(random_member(arch, 0, 1.0, cost), **parts)


def mixed() -> sn.Model:
    """Three members: different depths and activations, and one with a location and a scale for each target."""
    targets = number_targets(2)
    members = (
        random_member(sn.Architecture((3, 4, 2)), 1, 0.25, "squared_error"),
        random_member(sn.Architecture((3, 2, 5, 4), "relu"), 2, 0.5, "gaussian_nll"),
        random_member(sn.Architecture((3, 2), skip=False), 3, 0.25, "huber"),
    )
    model = random_model(sn.Architecture((3, 4, 2)), targets=targets)
    return replaced(model, members=members)


class TestLocation:
    @pytest.mark.parametrize("cost", ["gaussian_nll", "student_t", "student_t(4)"])
    def test_is_the_first_half_of_two_outputs_per_target(self, cost: str) -> None:
        arch = sn.Architecture((2, 3, 6))
        X = np.random.default_rng(0).normal(size=(5, 2))
        both = member(cost, arch)
        assert np.array_equal(both.location(X), both.network.predict(X)[:, :3])

    @pytest.mark.parametrize("cost", ["squared_error", "huber(0.5)", "cross_entropy"])
    def test_is_the_output_otherwise(self, cost: str) -> None:
        arch = sn.Architecture((2, 3, 6))
        X = np.random.default_rng(0).normal(size=(5, 2))
        one = member(cost, arch)
        assert np.array_equal(one.location(X), one.network.predict(X))


class TestTempered:
    @pytest.mark.parametrize(("n_classes", "hidden"), [(3, (4,)), (3, ()), (1, (2, 3))])
    def test_has_the_probabilities_of_divided_sums(self, n_classes: int, hidden: tuple) -> None:
        output = "softmax" if n_classes > 1 else "sigmoid"
        arch = sn.Architecture((2, *hidden, n_classes), output=output)
        given = member("cross_entropy" if n_classes > 1 else "binary_cross_entropy", arch)
        X = np.random.default_rng(0).normal(size=(5, 2))
        sums = sn.Network(
            dataclasses.replace(arch, output="identity"), given.network.theta
        ).predict(X)
        f = special.softmax if n_classes > 1 else special.expit
        options = {"axis": 1} if n_classes > 1 else {}
        assert given.tempered(0.4).location(X) == pytest.approx(f(sums / 0.4, **options))

    def test_keeps_the_penalty_and_the_variance_of_the_sums_in_their_units(self) -> None:
        arch = sn.Architecture((2, 3, 3), output="softmax")
        rng = np.random.default_rng(0)
        L = np.tril(rng.normal(size=(arch.n_parameters,) * 2))
        np.fill_diagonal(L, 1.0)
        packed = L[np.tril_indices(arch.n_parameters)]
        given = member("cross_entropy", arch, factor=packed, decay=rng.random(arch.n_parameters))
        found = given.tempered(0.4)
        X = rng.normal(size=(5, 2))
        before, after = (
            output_variances(arch, each.network.theta, each.factor, X) for each in (given, found)
        )
        assert after == pytest.approx(before / 0.4**2)
        penalties = [each.decay @ each.network.theta**2 for each in (given, found)]
        assert penalties[1] == pytest.approx(penalties[0])
        assert found.evidence["temperature"] == 0.4


class TestRequirements:
    @pytest.mark.parametrize(
        ("parts", "message"),
        [
            ({"decay": np.zeros(3)}, "decay has shape"),
            ({"noise_variance": 0.0}, "noise_variance of a member must be finite and positive, or None"),
            ({"noise_variance": np.inf}, "noise_variance of a member must be finite and positive"),
            ({"noise_variance": np.nan}, "noise_variance of a member must be finite and positive"),
            ({"factor": np.ones(13)}, r"shape \(13,\), but a network with 13 parameters needs \(91,\)"),
            ({"factor": np.ones((1, 91))}, r"factor of a member has shape \(1, 91\)"),
            ({"factor": np.full(91, np.inf)}, "factor of a member must be finite"),
            ({"factor": np.zeros(91)}, "diagonal of the factor of a member must be positive, but has 0"),
        ],
        ids=repr,
    )  # fmt: skip
    def test_are_sentences(self, parts: dict[str, Any], message: str) -> None:
        with pytest.raises((sn.InvalidInput, sn.ShapeMismatch), match=message):
            member(**parts)

    def test_off_the_diagonal_the_factor_may_be_anything(self) -> None:
        packed = np.full(91, -5.0)
        packed[[i * (i + 3) // 2 for i in range(13)]] = 1e-300
        assert np.array_equal(member(factor=packed).factor, packed)

    def test_arrays_are_read_only(self) -> None:
        for array in (member().decay, member().factor):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1.0

    def test_of_a_model_are_sentences_too(self) -> None:
        for spread in (0.0, -1.0, np.inf, np.nan):
            with pytest.raises(sn.InvalidInput, match="spread must be finite and positive"):
                replaced(mixed(), spread=spread)
        with pytest.raises(sn.InvalidInput, match="evaluation 'guess' is not recognized"):
            replaced(mixed(), evaluation="guess")


class TestAModelOfSeveral:
    def test_predicts_the_mean_of_their_locations(self) -> None:
        model = mixed()
        table = table_for(model)
        X = model.inputs.encode(sn.read_table(table))
        one, two, three = (each.network.predict(X) for each in model.members)
        mean = 0.25 * one + 0.5 * two[:, :2] + 0.25 * three
        assert np.allclose(model.outputs(table), mean, rtol=1e-14)
        assert np.allclose(Predictor.of(model).function(X), model.targets.decode(mean), rtol=1e-13)

    def test_has_the_history_of_the_one_with_the_largest_share(self) -> None:
        model = mixed()
        leading = model.members[1]
        assert model.leading is leading
        for name in ("network", "cost", "decay", "record", "termination", "starts", "evidence"):
            assert getattr(model, name) is getattr(leading, name)

    def test_the_first_of_equal_shares_leads(self) -> None:
        members = [dataclasses.replace(each, share=1 / 3) for each in mixed().members]
        assert replaced(mixed(), members=tuple(members)).leading is members[0]

    def test_evaluation_follows_from_the_settings(self) -> None:
        assert replaced(mixed(), settings={"test": "later.csv"}).evaluation == "test"
        assert replaced(mixed(), settings={"test": None}).evaluation == "held out"
        assert replaced(mixed(), evaluation="folds").evaluation == "folds"

    def test_the_gradient_of_the_leading_one_is_checked_near_its_weights(self) -> None:
        model = random_model(ARCH, members=3)
        rows = table_for(model, rows=6)
        problem = gradient_problem(model, {**rows, "target 0": np.linspace(-1, 1, 6)})
        theta = model.leading.network.theta
        assert np.allclose(np.abs(problem.x / theta - 1.0), 0.01)

    def test_report_lists_them(self) -> None:
        said = " ".join(mixed().report(verbose=True).split())
        assert "Networks the weighted mean of 3 " in said
        assert (
            "share 0.25: 3-4-2, tanh, identity output; 26 parameters (20 weights, 6 biases); squared_error"
            in said
        )
        assert "share 0.5: 3-2-5-4, relu, identity output; 47 parameters" in said
        assert "; gaussian_nll" in said
        assert "are those of the network with the largest share" in said

    def test_report_has_the_noise_in_units_of_the_target(self) -> None:
        model = random_model(ARCH, members=2)
        for each in model.members:
            noise = each.noise_variance**0.5 * model.targets.scale[0]
            assert f"squared_error, noise {noise:.4g}" in " ".join(
                model.report(verbose=True).split()
            )

    def test_report_of_one_has_no_shares(self) -> None:
        assert "share" not in random_model(ARCH).report(verbose=True)

    def test_report_names_rows_held_out_in_folds(self) -> None:
        model = replaced(mixed(), evaluation="folds")
        said = " ".join(model.report(verbose=True).split())
        assert "rows held out in folds: " in said
        assert "30 rows, 30 for training, 10 held out in folds" in said


class TestAFittedModel:
    def test_of_several_members_is_judged_and_drawn_by_their_mean(self, monkeypatch: Any) -> None:
        x = np.linspace(-1, 1, 40)
        table = {"x": x, "y": x**2}
        settings = FitSettings.of({"hidden": 2, "starts": 1, "max_iter": 5})
        prepared = prepare(table, "y", settings.table, 0)
        rows = prepared.training
        arch = sn.Architecture((1, 2, 1))
        results = [sn.train(sn.Network.random(arch, i), rows.X, rows.y, max_iter=5) for i in (0, 1)]
        members = [dataclasses.replace(fitted_member(each), share=0.5) for each in results]
        check = sn.check_gradient(sn.make_objective(arch, rows.X, rows.y), results[0].network.theta)
        model = assemble(prepared, results[0], check, members=members)
        for fit, part in (
            (model.training_fit, prepared.training),
            (model.held_out_fit, prepared.evaluation),
        ):
            mean = sum(result.network.predict(part.X) for result in results) / 2
            errors = model.targets.decode(mean) - part.truth[:, 0]
            assert fit.rmse[0] == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-12)
        drawn: list[np.ndarray] = []
        monkeypatch.setattr(
            sn.plots, "residuals", lambda predicted, *_, **__: drawn.append(predicted)
        )
        _of_regression(model, prepared)["residuals"]()
        X = np.concatenate([part.X for part in (prepared.training, prepared.evaluation)])
        mean = sum(result.network.predict(X) for result in results) / 2
        assert np.allclose(drawn[0][:, 0], model.targets.decode(mean), rtol=1e-13)

    def test_of_classes_has_a_factor_and_no_noise(self) -> None:
        x = np.linspace(-1, 1, 40)
        model = sn.fit(
            {"x": x, "y": np.where(x**2 > 0.3, "a", "b")}, "y", hidden=2, starts=1, decay=1e-4
        )
        assert model.leading.noise_variance is None
        assert model.leading.factor.size == 7 * 8 // 2

    @pytest.mark.filterwarnings("ignore:the weights in 'k' are whole numbers")
    @pytest.mark.parametrize(
        ("decay", "reduction"),
        [
            (np.full(7, 1e-3), "mean"), (np.full(7, 1e-3), "sum"), ({"W1": 1e-3, "b1": 2e-3, "W2": 5e-4}, "mean"),
            ({"W1": 1e-3, "b1": 2e-3, "W2": 5e-4}, "sum"), ("evidence", "mean"),
        ],
    )  # fmt: skip
    def test_has_the_noise_and_covariance_of_the_formula(self, decay: Any, reduction: str) -> None:
        rng = np.random.default_rng(1)
        x = rng.normal(size=60)
        table = {
            "x": x,
            "y": np.sin(x) + 0.2 * rng.normal(size=60),
            "k": rng.integers(1, 4, size=60),
        }
        model = sn.fit(
            table, "y", hidden=2, starts=2, decay=decay, reduction=reduction, weights="k", held_out=0
        )  # fmt: skip
        member = next(each for each in model.members if each.cost == "squared_error")
        network = member.network
        X = model.inputs.encode(sn.read_table(table))
        y = (table["y"] - model.targets.shift[0]) / model.targets.scale[0]
        repeats = np.repeat(np.arange(60), table["k"])  # a row of weight k is k rows
        arch, theta = network.architecture, network.theta
        J = np.array(
            [
                sn.forward(arch, theta + 1e-30j * e, X[repeats]).activations[-1][:, 0].imag / 1e-30
                for e in np.eye(theta.size)
            ]
        ).T  # (M, P)
        n = len(repeats)
        D = np.diag(member.decay) * (n if reduction == "mean" else 1)
        inverse = np.linalg.inv(J.T @ J + D)
        gamma = theta.size - np.trace(D @ inverse)
        residuals = network.predict(X[repeats])[:, 0] - y[repeats]
        noise = residuals @ residuals / (n - gamma)
        assert member.noise_variance == pytest.approx(noise, rel=1e-6)
        L = np.zeros((theta.size, theta.size))
        L[np.tril_indices(theta.size)] = member.factor
        scale = np.sqrt(np.outer(np.diag(inverse), np.diag(inverse)))
        assert np.allclose(L @ L.T / noise / scale, inverse / scale, atol=1e-6)

    def test_of_a_cost_without_a_likelihood_has_neither(self) -> None:
        x = np.linspace(-1, 1, 20)
        model = sn.fit({"x": x, "y": x**2}, "y", hidden=2, starts=1, cost="huber", max_iter=5)
        assert model.leading.noise_variance is None
        assert model.leading.factor.size == 0

    def test_that_is_large_or_singular_has_neither(self) -> None:
        rng = np.random.default_rng(0)
        table = {"x": rng.normal(size=30), "y": rng.normal(size=30)}
        large = sn.fit(
            table, "y", hidden=234, starts=1, decay=np.full(703, 0.01), max_iter=1, method="gd", held_out=0
        )  # fmt: skip
        assert large.network.theta.size > 700
        singular = sn.fit(
            table, "y", hidden=40, starts=1, decay=0.0, max_iter=1, method="gd", held_out=0
        )
        for model in (large, singular):
            assert model.leading.noise_variance is None
            assert model.leading.factor.size == 0

    def test_up_to_700_weights_has_a_factor(self) -> None:
        rng = np.random.default_rng(0)
        table = {"x": rng.normal(size=30), "y": rng.normal(size=30)}
        model = sn.fit(
            table,
            "y",
            hidden=233,
            starts=1,
            max_iter=1,
            method="gd",
            decay=np.full(700, 0.01),
            held_out=0,
        )
        assert model.network.theta.size == 700
        assert model.leading.factor.size == 700 * 701 // 2
