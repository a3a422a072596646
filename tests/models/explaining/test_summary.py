"""Summaries of models with hidden layers, several networks, other costs; what they say, and what they refuse to say."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.outliers_influence import variance_inflation_factor

import sheernet as sn
from sheernet.foundation.plain_data import plain
from sheernet.models.explaining.summary_text import MOST_WEIGHTS


def table(n: int = 80, seed: int = 1, **columns: Any) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=n), rng.normal(size=n)
    return {"x": x, "w": w, **columns, "y": np.tanh(x) + 0.3 * rng.normal(size=n)}


def fitted(data: Any, target: str = "y", **settings: Any) -> sn.Model:
    return sn.fit(data, target, **{"hidden": 2, "decay": 1e-2, "held_out": 0, "starts": 2, **settings})  # fmt: skip


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


NETWORK = table(seed=0)
MODEL = fitted(NETWORK)
SEVERAL = sn.fit(NETWORK, "y", hidden=0)


class TestAHiddenLayer:
    def test_standard_errors_are_those_of_the_inverse_gauss_newton_matrix(self) -> None:
        frame = MODEL.summary().to_frame()
        X = MODEL.inputs.encode(sn.read_table(NETWORK))
        y = MODEL.targets.encode(np.array(NETWORK["y"])[:, None])
        arch, theta = MODEL.network.architecture, MODEL.network.theta
        H = 80 * sn.make_objective(arch, X, y, decay=MODEL.decay).gauss_newton(theta)[2]
        inverse = np.linalg.inv(H)
        shares = 1 - 80 * MODEL.decay * np.diag(inverse)
        left = 80 - shares.sum()
        noise = ((MODEL.network.predict(X) - y) ** 2).sum() / left
        assert np.allclose(frame["std_error"], np.sqrt(noise * np.diag(inverse)), rtol=1e-6)
        assert np.allclose(frame["determined"], shares, rtol=1e-6)
        line = MODEL.summary().networks[0]
        assert line.figures.effective == pytest.approx(shares.sum())
        assert line.figures.noise[0] == pytest.approx(noise**0.5 * MODEL.targets.scale[0])
        density = stats.norm(0, np.sqrt(left / 80) * line.figures.noise[0])
        residuals = MODEL.predict(NETWORK) - NETWORK["y"]
        assert line.figures.criteria.log_likelihood == pytest.approx(
            density.logpdf(residuals).sum()
        )
        assert line.figures.criteria.parameters == pytest.approx(shares.sum() + 1)

    @pytest.mark.filterwarnings("ignore:the weights in .* add up to")
    def test_weights_of_held_out_rows_do_not_count(self) -> None:
        share = np.random.default_rng(3).uniform(0.5, 3.0, 80)
        model = fitted({**NETWORK, "share": share}, weights="share", held_out=0.25)
        counted = share[model.rows.training].sum()
        assert len(model.rows.held_out) == 20
        criteria = model.summary().networks[0].figures.criteria
        penalty = criteria.parameters * np.log(counted)
        assert criteria.bic == pytest.approx(penalty - 2 * criteria.log_likelihood)

    def test_weights_have_names_and_no_p_values(self) -> None:
        found = MODEL.summary()
        assert list(found.to_frame()) == ["weight", "estimate", "std_error", "determined"]
        assert found.to_frame()["weight"].tolist() == [
            "x -> h1", "x -> h2", "w -> h1", "w -> h2", "bias -> h1", "bias -> h2", "h1 -> y", "h2 -> y", "bias -> y",
        ]  # fmt: skip
        assert "w -> h2" in str(found)
        assert "no p values" in str(found)

    def test_many_weights_are_in_the_table_only(self) -> None:
        found = fitted(NETWORK, hidden=MOST_WEIGHTS, starts=1, max_iter=3).summary()
        assert len(found.to_frame()) == 4 * MOST_WEIGHTS + 1
        assert "use to_frame() for a table" in str(found)
        assert len(str(found).splitlines()) < 30

    def test_of_a_softmax_the_biases_have_no_standard_errors_of_their_own(
        self, rng: np.random.Generator
    ) -> None:
        labels = np.array(["a", "b", "c"])[rng.integers(3, size=80)]
        found = fitted({**NETWORK, "kind": labels}, "kind").summary().to_frame()
        alone = found["weight"].str.startswith("bias -> kind=")
        assert found.loc[alone, ["std_error", "determined"]].isna().all(axis=None)
        assert found.loc[~alone, ["std_error", "determined"]].notna().all(axis=None)


def test_a_coefficient_that_the_decay_draws_to_0_has_no_statistics() -> None:
    """Its standard error would be that of the decay: 1 - variance / prior variance is the part of the data."""
    X = MODEL.inputs.encode(sn.read_table(NETWORK))
    A = np.c_[X, np.ones(80)]
    for decay in (100.0, 0.01):
        H = A.T @ A + 80 * np.diag([decay, decay, 0.0])
        own = 1 - np.diag(np.linalg.inv(H))[:2] * 80 * decay
        found = fitted(NETWORK, hidden=0, decay=decay).summary()
        frame = found.to_frame().set_index("term")
        assert frame["determined"].to_numpy() == pytest.approx([1.0, *own], rel=1e-6)
        drawn = decay > 1
        assert frame.loc[["x", "w"], "std_error":"upper"].isna().to_numpy().all() == drawn
        assert frame.loc["(intercept)", "std_error":"upper"].notna().all()
        (line,) = [line for line in str(found).splitlines() if line.startswith("  w ")]
        assert (line.split()[1:] == ["drawn", "to", "0", *"-----"]) == drawn
        told = "drawn to 0: by the decay; given the other columns, these rows do not show"
        assert (told in " ".join(str(found).split())) == drawn


class TestSeveralNetworks:
    def test_each_has_a_line_and_one_has_its_coefficients(self) -> None:
        text = str(SEVERAL.summary())
        n = len(SEVERAL.members)
        assert n > 1
        for k, member in enumerate(SEVERAL.members):
            (line,) = [line for line in text.splitlines() if line.startswith(f"  {k + 1}: 2-")]
            assert f"{100 * member.share:.0f} %" in line
            assert member.cost in line
        leading = SEVERAL.members.index(SEVERAL.leading)
        assert f"Coefficients of network {leading + 1} alone (" in text
        assert "Coefficients of network 1 alone (" in str(SEVERAL.summary(member=0))

    def test_effective_parameters_are_those_of_the_report(self) -> None:
        """They are those of the optimum on all rows; the search uses a part of 2600 rows."""
        x, noise = np.random.default_rng(0).normal(size=(2, 2600))
        many = sn.fit({"x": x, "y": np.sin(2 * x) + noise}, "y", hidden=2, starts=1)
        for model in (SEVERAL, many):
            for line, member in zip(model.summary().networks, model.members, strict=True):
                known = member.evidence["effective_parameters"]
                assert line.figures.effective == pytest.approx(known, rel=1e-7)

    @pytest.mark.parametrize("member", [99, -1, True, "first"])
    def test_another_index_is_refused(self, member: Any) -> None:
        with pytest.raises(sn.InvalidInput, match="member must be a whole number from 0 to"):
            SEVERAL.summary(member=member)

    def test_of_a_location_and_a_scale_the_likelihood_is_that_of_their_lines(self) -> None:
        names = [member.cost for member in SEVERAL.members]
        found = SEVERAL.summary(member=names.index("gaussian_nll"))
        estimates = found.to_frame().groupby("output", sort=False)["estimate"].apply(np.array)
        X = np.c_[np.ones(80), NETWORK["x"], NETWORK["w"]]
        location, log_variance = X @ estimates["y"], X @ estimates["log squared scale of y"]
        expected = stats.norm.logpdf(NETWORK["y"], location, np.exp(log_variance / 2)).sum()
        assert found.networks[found.chosen].figures.criteria.log_likelihood == pytest.approx(
            expected
        )
        assert "logarithm of the variance" in str(found)

    def test_inputs_that_are_switched_off_are_named(self) -> None:
        def with_effective(member, **effective):
            return dataclasses.replace(member, evidence={**member.evidence, "effective": effective})

        one = fitted(NETWORK, hidden=0)
        off = with_effective(one.leading, **{"W1[0]": 0.99, "W1[1]": 1e-6})
        on = with_effective(one.leading, **{"W1[0]": 0.99, "W1[1]": 0.6})
        shared = with_effective(one.leading, W1=1e-6)
        for members, text in (
            ((off,), "draws the weights of columns to 0: w (the model does not use it)"),
            ((off, on), "weights of columns to 0: w in 1 of 2 networks (30 % of the prediction)"),
        ):
            shares = (1.0,) if len(members) == 1 else (0.3, 0.7)
            weighted = tuple(
                dataclasses.replace(member, share=share)
                for member, share in zip(members, shares, strict=True)
            )
            model = dataclasses.replace(one, members=weighted)
            assert any(text in line for line in model.summary().diagnosis)
        for member in (on, shared):
            model = dataclasses.replace(one, members=(member,))
            assert not any("draws the weights" in line for line in model.summary().diagnosis)

    def test_a_column_is_on_if_one_of_its_labels_is(self) -> None:
        """Of seven labels, one has an effect; the copies of units do not divide what the data determine."""
        labels = np.array(list("abcdefg"))[np.arange(70) % 7]
        table = {
            "x": np.arange(70) % 5,
            "site": labels,
            "y": 2.0 * (labels == "a") + 0.1 * np.cos(np.arange(70)),
        }
        one = fitted(table, hidden=16)
        effective = {f"W1[{i}]": 0.001 for i in range(8)}
        for site, off in ((1.2, "x"), (0.01, "x and site")):
            evidence = {"effective": effective | {"W1[1]": site}}
            member = dataclasses.replace(one.leading, evidence={**one.leading.evidence, **evidence})
            model = dataclasses.replace(one, members=(member,))
            assert any(f"to 0: {off} (" in line for line in model.summary().diagnosis)


class TestWhatIsNotKnown:
    def test_a_cost_that_is_no_likelihood_has_neither_errors_nor_criteria(self) -> None:
        found = fitted(NETWORK, hidden=0, cost="huber").summary()
        assert not found.coefficients.has_std_errors
        assert found.networks[0].figures.criteria is None
        assert "huber is not a likelihood, so there is no AIC" in str(found)
        assert " p " not in str(found)

    def test_squared_errors_of_labels_neither(self) -> None:
        data = {**NETWORK, "kind": np.where(NETWORK["y"] > 0, "high", "low")}
        found = fitted(data, "kind", hidden=0, cost="squared_error").summary()
        assert not found.coefficients.has_std_errors
        assert "not a likelihood of classes" in found.networks[0].figures.why_no_criteria

    def test_early_stopping_leaves_no_criteria(self) -> None:
        settings = {"validation": table(), "patience": 1, "method": "bfgs", "hidden": 6}
        found = fitted(NETWORK, decay=0.0, **settings)
        assert found.termination.reason == "validation_patience"
        assert "stopped early" in found.summary().networks[0].figures.why_no_criteria

    def test_weights_whose_sum_an_earlier_version_did_not_keep(self) -> None:
        model = fitted({**NETWORK, "k": np.ones(80)}, hidden=0, weights="k")
        settings = {k: v for k, v in model.settings.items() if k != "training_weight"}
        found = dataclasses.replace(model, settings=settings).summary()
        assert np.isfinite(found.to_frame()["std_error"]).all()
        assert found.to_frame()["p_value"].isna().all()
        assert "fit it again" in found.networks[0].figures.why_no_criteria
        assert "weighted by k: they count as 80" in model.summary().title

    def test_training_that_ended_early_is_said(self) -> None:
        cut = fitted(NETWORK, hidden=4, decay=1e-3, max_iter=2, starts=1).summary()
        assert "ended: not converged after 2 iterations" in cut.cautions[0]
        assert MODEL.summary().cautions == ()

    def test_training_that_ended_early_in_large_units_is_said(self) -> None:
        data = {name: 1e3 * np.asarray(NETWORK[name]) for name in ("x", "w")} | {"y": NETWORK["y"]}
        settings = {"scaling": "none", "bias": False, "decay": 0.0, "max_iter": 1, "starts": 1}
        found = fitted(data, hidden=0, **settings).summary()
        assert any("may be off the optimum by up to" in c for c in found.cautions)

    def test_an_exact_fit_is_said(self, rng: np.random.Generator) -> None:
        x = rng.normal(size=6)
        found = fitted({"x": x, "y": 2 * x}, hidden=0, decay=0.0).summary()
        assert "exactly up to rounding" in found.cautions[0]

    def test_more_inputs_than_rows(self, rng: np.random.Generator) -> None:
        data = {f"x{k}": rng.normal(size=8) for k in range(12)} | {"y": rng.normal(size=8)}
        found = fitted(data, hidden=0, decay=0.0).summary(data)
        assert "of the inputs are determined by the others" in found.cautions[0]
        assert found.networks[0].figures.criteria is None
        assert found.networks[0].figures.noise == ()
        assert found.to_frame()["p_value"].isna().all()

    def test_other_targets_of_the_same_rows_are_not_those_of_the_fit(
        self, rng: np.random.Generator
    ) -> None:
        a = rng.normal(size=9)
        data = {"a": a, "b": 2.0 * a, "y": rng.normal(size=9)}
        model = fitted(data, hidden=0, decay=0.0)
        assert model.summary(data).coefficients.is_linear
        assert "determine each other" in model.summary(data).cautions[0]
        other = model.summary({**data, "y": np.roll(data["y"], 1)})
        assert other.diagnosis[0].startswith("the rows of the table are not those of the fit")


class TestDiagnosis:
    def test_variance_inflation_is_that_of_statsmodels(self, rng: np.random.Generator) -> None:
        x = rng.normal(size=60)
        data = {
            "a": x, "b": x + 0.1 * rng.normal(size=60), "c": rng.normal(size=60), "y": rng.normal(size=60),
        }  # fmt: skip
        said = fitted(data, hidden=0, decay=0.0).summary().diagnosis
        (line,) = [line for line in said if "collinear" in line]
        design = np.c_[np.ones(60), data["a"], data["b"], data["c"]]
        for k, name in ((1, "a"), (2, "b")):
            assert f"{name} ({variance_inflation_factor(design, k):.0f})" in line
        assert " c " not in line

    def test_separated_classes_are_said(self, rng: np.random.Generator) -> None:
        color = np.array(["red", "green", "blue"] * 20)
        kind = np.where(color == "red", "in", np.where(rng.random(60) < 0.5, "in", "out"))
        data = {"x": rng.normal(size=60), "color": color, "kind": kind}
        found = fitted(data, "kind", hidden=0, decay=0.0).summary()
        (caution,) = found.cautions
        assert "separate classes by color=red:" in caution
        assert str(found).index(caution[:30]) < str(found).index("Reading")
        usual = fitted(
            {**data, "kind": rng.permutation(kind)}, "kind", hidden=0, decay=0.0
        ).summary()
        assert usual.cautions == ()
        everything = fitted(
            {"x": np.arange(9.0), "kind": ["a"] * 4 + ["b"] * 5}, "kind", hidden=0, decay=0.0
        )
        assert "separate classes by x:" in everything.summary().cautions[0]

    def test_rows_that_are_not_those_of_the_fit_change_no_figure(self) -> None:
        other = MODEL.summary(table(30))
        assert other.diagnosis[0].startswith("the rows of the table are not those of the fit")
        pd.testing.assert_frame_equal(other.to_frame(), MODEL.summary().to_frame())
        same = MODEL.summary(NETWORK)
        assert not any("not those of the fit" in line for line in same.diagnosis)

    def test_a_table_without_the_columns_is_refused(self) -> None:
        with pytest.raises(sn.InvalidInput, match="needs column 'w', which"):
            MODEL.summary({"x": [1.0], "y": [2.0]})


class TestShown:
    def test_as_html_with_names_that_are_not_markup(self, rng: np.random.Generator) -> None:
        x = rng.normal(size=30)
        html = fitted({"<b>": x, "y": x + rng.normal(size=30)}, hidden=0).summary()._repr_html_()
        assert "&lt;b&gt;" in html
        assert "<b>" not in html
        assert html.count("<table>") == html.count("</table>") == 3

    def test_as_json(self) -> None:
        for model in (MODEL, SEVERAL):
            data = json.loads(json.dumps(plain(model.summary().to_dict()), allow_nan=False))
            assert len(data["networks"]) == len(model.members)
            assert len(data["coefficients"]["estimate"]) == len(model.summary().to_frame())

    def test_lines_have_at_most_100_characters(self, rng: np.random.Generator) -> None:
        n = 90
        data = {f"a long name of a column of a table, number {k}": rng.normal(size=n) for k in range(30)}  # fmt: skip
        data["many labels"] = np.array([f"label {k}" for k in range(15)] * 6)
        data["a target that has a long name, too"] = 1e6 * rng.normal(size=n)
        for hidden, decay in ((0, 0.0), (1, 0.1)):
            model = fitted(data, "a target that has a long name, too", hidden=hidden, decay=decay)
            for text in (str(model.summary()), str(SEVERAL.summary())):
                assert max(map(len, text.splitlines())) <= 100
