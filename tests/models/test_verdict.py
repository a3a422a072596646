"""The verdict: each one at both sides of its border, and the law behind its standard error."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from random_models import number_targets, random_model, replaced
from sheernet.data.targets import ClassificationFit, ClassTarget, Judgment, RegressionFit
from sheernet.models.baselines import LINEAR, TREES, constant_prediction
from sheernet.models.verdict import verdict

AS_MEAN = "the linear model is no better than the mean of the target"
LITTLE_FOUND = ", so the networks found little curvature or interaction"
BASE = 10.0  # RMSE of the mean: its R^2 is 0


def numbers(rmse: float, rows: int = 10_000) -> RegressionFit:
    return RegressionFit(rows, (rmse,), (1 - (rmse / BASE) ** 2,))


def classes(log_loss: float, rows: int = 10_000) -> ClassificationFit:
    return ClassificationFit(rows, 0.5, log_loss, 0.5, ((1, 1), (1, 1)))


def model_of(
    fit: Judgment, linear: Judgment | None, constant: Judgment, trees: Judgment | None = None
) -> sn.Model:
    """A model with these figures on the same rows."""
    if isinstance(fit, ClassificationFit):
        target = ClassTarget("kind", ("a", "b"))
        model = random_model(sn.Architecture((1, 1), output="sigmoid"), targets=target)
    else:
        model = random_model(
            sn.Architecture((1, len(fit.rmse))), targets=number_targets(len(fit.rmse))
        )
    comparisons = {constant_prediction(model.targets): constant}
    if linear is not None:
        comparisons[LINEAR] = linear
    if trees is not None:
        comparisons[TREES] = trees
    return replaced(model, held_out_fit=fit, comparisons=comparisons)


def said(rmse: float, linear: float | None, rows: int = 10_000) -> str:
    line = None if linear is None else numbers(linear, rows)
    return verdict(model_of(numbers(rmse, rows), line, numbers(BASE, rows)))


def said_of_classes(
    log_loss: float, linear: float, constant: float = 0.7, rows: int = 10_000
) -> str:
    return verdict(
        model_of(classes(log_loss, rows), classes(linear, rows), classes(constant, rows))
    )


class TestOfNumbers:
    @pytest.mark.parametrize(
        ("rmse", "linear", "expected"),
        [
            (4.0, 5.0, "Better than the linear model: RMSE 20 % lower."),
            (4.74, 5.0, "Better than the linear model: RMSE 5.2 % lower."),
            (
                4.76, 5.0,
                f"Slightly better than the linear model: RMSE 4.8 % lower{LITTLE_FOUND}.",
            ),
            (
                4.97, 5.0,
                f"Slightly better than the linear model: RMSE 0.6 % lower{LITTLE_FOUND}.",
            ),
            (
                4.0, 10.0,
                f"Better than the linear model: RMSE 60 % lower; {AS_MEAN}.",
            ),
            (4.0, 9.94, "Better than the linear model: RMSE 60 % lower."),
            (4.98, 5.0, "As good as the linear model: the RMSE is the same within 0.5 %."),
            (5.0, 5.0, "As good as the linear model: the RMSE is the same within 0.5 %."),
            (5.02, 5.0, "As good as the linear model: the RMSE is the same within 0.5 %."),
            (5.03, 5.0, "Worse than the linear model: RMSE 0.6 % higher."),
            (9.0, 4.0, "Worse than the linear model: RMSE 2.25 times as large."),
        ],
    )  # fmt: skip
    def test_beside_the_linear_model(self, rmse: float, linear: float, expected: str) -> None:
        assert said(rmse, linear) == expected

    @pytest.mark.parametrize("rows", [20, 148, 1000])
    @pytest.mark.parametrize("sign", [1, -1])
    def test_a_difference_within_two_standard_errors_is_called_chance(
        self, rows: int, sign: int
    ) -> None:
        """ln(3 / RMSE) = 8 / rows is the border; R^2 is far from others."""
        inside, outside = (3.0 * np.exp(-sign * share * 8 / rows) for share in (0.99, 1.01))
        chance = f", which may be chance in {rows} rows."
        unclear = "Not clearly worse than" if sign < 0 else "As good as"
        assert said(inside, 3.0, rows).startswith(f"{unclear} the linear model: RMSE ")
        assert said(inside, 3.0, rows).endswith(chance)
        what = "Worse than" if sign < 0 else "etter than"
        assert f"{what} the linear model: RMSE " in said(outside, 3.0, rows)
        assert "chance" not in said(outside, 3.0, rows)

    def test_that_are_nearly_exact(self) -> None:
        """1 - R^2 = (RMSE / 10)^2 is 0.001 at the border, 10 sqrt(0.001) = 0.3162."""
        assert said(0.316, 5.0) == "Nearly exact."
        assert said(0.317, 5.0) == "Better than the linear model: RMSE 94 % lower."
        assert said(0.3, 0.316) == "Nearly exact, and so is the linear model."
        assert said(0.3, 0.1) == "Nearly exact, and so is the linear model."
        assert said(0.0, 0.317) == "Nearly exact."

    def test_of_rows_far_from_the_training_rows(self) -> None:
        """The mean of the training rows is far from these targets, and most inputs are outside of their range."""
        fit = RegressionFit(100, (2.4,), (0.0,))
        model = model_of(fit, numbers(7.0, 100), RegressionFit(100, (7.1,), (-7.75,)))
        outside = {"evaluation_rows_outside": 50, "evaluation_columns_outside": ["day", "x"]}
        model = replaced(model, settings=outside)
        assert verdict(model) == (
            "Better than the linear model: RMSE 66 % lower; the linear model is not clearly better than the mean of "
            "the target; 50 of these 100 rows have inputs ('day' and 'x') outside of the range of the training rows by "
            "more than 10 % of it."
        )
        model = replaced(model, settings={"evaluation_rows_outside": 49})
        assert "outside" not in verdict(model)

    @pytest.mark.parametrize(
        ("error", "groups", "is_chance"),
        [
            (0.052, None, False),
            (0.0535, None, True),
            (0.043, 8, False),
            (0.044, 8, True),
            (0.0, 8, False),
        ],
    )
    def test_by_known_standard_errors(
        self, error: float, groups: int | None, is_chance: bool
    ) -> None:
        """The gain is ln(10 / 9) = 0.105; with 8 groups, 2.4 standard errors are needed instead of 2."""
        model = model_of(numbers(3.0), numbers(3.0 * 10 / 9), numbers(BASE))
        errors = {LINEAR: [error], "mean of target": [1e-3]}
        model = replaced(
            model, settings={"evaluation_gain_errors": errors, "evaluation_groups": groups}
        )
        assert ("may be chance" in verdict(model)) == is_chance

    @pytest.mark.parametrize(
        ("linear", "words"),
        [(7.5, "not clearly better than"), (10.0, "no better than"), (10.5, "no better than")],
    )
    def test_a_lower_error_of_the_line_in_few_groups_is_not_called_no_better(
        self, linear: float, words: str
    ) -> None:
        model = model_of(numbers(3.0), numbers(linear), numbers(BASE))
        errors = {LINEAR: [0.01], "mean of target": [0.01]}
        settings = {"evaluation_gain_errors": errors, "evaluation_groups": 3}
        said = verdict(replaced(model, settings=settings))
        assert f"; the linear model is {words} the mean of the target" in said

    @pytest.mark.parametrize(
        "errors",
        [None, 3, {LINEAR: []}, {LINEAR: ["0.1"]}, {LINEAR: [-1.0]}, {LINEAR: 0.1}, {"x": [1.0]}],
    )
    def test_with_settings_that_are_no_standard_errors(self, errors: Any) -> None:
        model = model_of(numbers(3.0), numbers(3.5), numbers(BASE))
        changed = replaced(model, settings={"evaluation_gain_errors": errors})
        assert verdict(changed) == verdict(model)

    @pytest.mark.parametrize(
        ("rmse", "linear", "expected"),
        [
            (24.0, 70.0, "Better than the linear model: RMSE 66 % lower; {mean}; {negative}{rows}."),
            (24.0, 30.0, "Better than the linear model: RMSE 20 % lower; {negative}{rows}."),
            (30.0, 24.0, "Worse than the linear model: RMSE 25 % higher; {negative}{rows}."),
            (9.0, 70.0, "Better than the linear model: RMSE 87 % lower; {mean}."),
            (68.3, 70.0, "Hardly better than the {target}: the inputs say little about the target; {negative}{rows}."),
            (80.0, 90.0, "Worse than the mean of the target: RMSE 14 % higher{rows}."),
        ],
    )  # fmt: skip
    def test_of_rows_far_from_the_mean_of_the_training_rows(
        self, rmse: float, linear: float, expected: str
    ) -> None:
        """The rows have the standard deviation 10, and the mean of the training rows the RMSE 70: R^2 = -48.

        The inputs say little up to the RMSE 70 sqrt(0.95) = 68.23.
        """
        model = model_of(numbers(rmse), numbers(linear), numbers(70.0))
        model = replaced(model, settings={"evaluation_rows_outside": 600})
        assert verdict(model) == expected.format(
            mean=AS_MEAN,
            target="mean of the target",
            negative="R2 is negative: the mean of the target in these rows would predict them better",
            rows="; 600 of these 10000 rows have inputs outside of the range of the training rows by more than 10 % of "
            "it",
        )

    def test_of_which_the_inputs_say_little(self) -> None:
        """R^2 = 0.05 at the border: RMSE 10 sqrt(0.95) = 9.7468."""
        little = (
            "Hardly better than the mean of the target: the inputs say little about the target."
        )
        assert said(9.75, 9.76) == little
        assert said(9.74, 9.75).startswith("As good as the linear model")
        assert said(9.75, None) == little
        assert said(9.74, None) == "Better than the mean of the target."

    def test_beside_the_mean(self) -> None:
        """ln(10 / RMSE) = 8 / 20 is the border in 20 rows: RMSE 6.703."""
        assert said(6.71, 6.71, rows=20) == (
            "Not clearly better than the mean of the target: RMSE 33 % lower, which may be chance in 20 rows."
        )
        assert said(6.70, 6.71, rows=20).startswith("As good as the linear model")
        assert said(10.04, 10.04) == (
            "No better than the mean of the target: the RMSE is the same within 0.5 %."
        )
        assert said(10.1, 10.1) == "Worse than the mean of the target: RMSE 1.0 % higher."

    @pytest.mark.parametrize(
        ("difference", "is_told"), [(-0.0009, True), (-0.0007, False), (0.5, False)]
    )
    def test_worse_intervals_are_told(self, difference: float, is_told: bool) -> None:
        """8 / 10 000 nats is the border."""
        fits = [
            dataclasses.replace(numbers(rmse), log_density=density)
            for rmse, density in ((4.0, difference), (5.0, 0.0), (BASE, -2.0))
        ]
        remark = (
            "; its intervals are worse than those of the linear model (log density 0.0009 lower)"
        )
        expected = f"Better than the linear model: RMSE 20 % lower{remark if is_told else ''}."
        assert verdict(model_of(*fits)) == expected

    def test_worse_than_the_line_is_said_though_the_mean_is_no_worse(self) -> None:
        assert said(11.0, 5.0) == "Worse than the linear model: RMSE 2.2 times as large."

    def test_of_one_value_tell_nothing(self) -> None:
        fits = [RegressionFit(9, (rmse,), (None,)) for rmse in (1.0, 2.0, 0.0)]
        assert verdict(model_of(*fits)) == (
            "The target has the same value in all these rows, so they do not tell predictions apart."
        )

    def test_the_standard_error_is_that_of_normal_densities(self) -> None:
        """The log ratio of two normal densities, of which the better one is true, has twice its mean as variance."""
        y = np.random.default_rng(0).normal(size=1_000_000)
        ratio = -0.5 * y**2 + 0.5 * (y - 0.2) ** 2
        assert ratio.var() == pytest.approx(2 * ratio.mean(), rel=0.02)


class TestOfClasses:
    @pytest.mark.parametrize(
        ("log_loss", "linear", "expected"),
        [
            (0.3, 0.4, "Better than the logistic model: log loss 25 % lower."),
            (
                0.39, 0.4,
                (
                    "Slightly better than the logistic model: log loss 2.5 % lower, so the networks "
                    "found little curvature or interaction."
                ),
            ),
            (0.399, 0.4, "As good as the logistic model: the log loss is the same within 0.5 %."),
            (0.41, 0.4, "Worse than the logistic model: log loss 2.5 % higher."),
            (0.68, 0.69, "Hardly better than the class frequencies: the inputs say little about the target."),
            (0.0069, 0.4, "Nearly exact."),
            (0.0071, 0.4, "Better than the logistic model: log loss 98 % lower."),
            (0.71, 0.71, "Worse than the class frequencies: log loss 1.4 % higher."),
        ],
    )  # fmt: skip
    def test_in_many_rows(self, log_loss: float, linear: float, expected: str) -> None:
        assert said_of_classes(log_loss, linear) == expected

    def test_in_few_rows(self) -> None:
        """8 / 100 nats is the border in 100 rows."""
        assert said_of_classes(0.33, 0.4, rows=100).endswith("which may be chance in 100 rows.")
        assert said_of_classes(0.31, 0.4, rows=100).startswith("Better than")

    @pytest.mark.parametrize(("others", "is_judged"), [(1, False), (4, False), (5, True)])
    def test_with_few_rows_of_the_rarer_class(self, others: int, is_judged: bool) -> None:
        """0.5 ** 5 is less than 5 %, 0.5 ** 4 is not: a sign test in fewer rows is never significant."""
        table = ((30 - others, 0), (others, 0))
        fits = [
            dataclasses.replace(classes(error, 30), confusion=table) for error in (0.7, 1.4, 23.6)
        ]
        found = verdict(model_of(*fits))
        assert found.startswith("Better than the logistic model") == is_judged
        assert ("too few of these rows are of another class" in found.lower()) != is_judged

    def test_with_many_rows_of_the_rarer_class_in_few_groups(self) -> None:
        table = ((400, 0), (200, 0))
        fits = [
            dataclasses.replace(classes(error, 600), confusion=table) for error in (0.4, 0.7, 0.9)
        ]
        model = replaced(model_of(*fits), settings={"evaluation_groups": 12})
        assert "too few of these rows" not in verdict(model).lower()

    @pytest.mark.parametrize(("rare", "is_named"), [(1, True), (4, True), (5, False), (0, False)])
    def test_names_a_rare_class_of_several(self, rare: int, is_named: bool) -> None:
        table = ((50, 0, 0), (0, 50, 0), (rare, 0, 0))
        target = ClassTarget("kind", ("a", "b", "c"))
        architecture = sn.Architecture((1, 3), output="softmax")
        fit, line, base = (
            ClassificationFit(100 + rare, 0.5, error, 0.5, table) for error in (0.3, 0.6, 1.1)
        )
        model = replaced(
            random_model(architecture, targets=target),
            held_out_fit=fit, comparisons={LINEAR: line, constant_prediction(target): base},
        )  # fmt: skip
        remark = "; the log loss depends strongly on the few rows of 'c'" if is_named else ""
        assert verdict(model) == f"Better than the logistic model: log loss 50 % lower{remark}."


class TestOfSeveralTargets:
    def fits(self, *rmse: float) -> RegressionFit:
        return RegressionFit(10_000, rmse, tuple(1 - (each / BASE) ** 2 for each in rmse))

    def test_is_one_where_they_agree(self) -> None:
        model = model_of(self.fits(3, 4), self.fits(4, 6), self.fits(BASE, BASE))
        assert verdict(model) == "Better than the linear model, for each of the 2 targets."

    def test_names_them_where_they_differ(self) -> None:
        model = model_of(self.fits(3, 5, 4), self.fits(4, 5, 6), self.fits(BASE, BASE, BASE))
        assert verdict(model) == (
            "Better than the linear model for target 0 and target 2; as good as the linear model for target 1."
        )

    def test_names_those_of_which_trees_are_better(self) -> None:
        model = model_of(self.fits(4, 4), self.fits(5, 5), self.fits(BASE, BASE), self.fits(3.9, 3))
        assert "boosted trees are slightly better for target 0" in verdict(model)
        assert "boosted trees are better for target 1" in verdict(model)


class TestOfWeights:
    """A row of weight k counts as k equal rows: the same figures are more certain, or less."""

    @pytest.mark.parametrize("weight", [5.0, 500.0, 50_000.0])
    @pytest.mark.parametrize("fits", [(numbers, 5.5, 6.0, BASE), (classes, 0.5, 0.52, 0.7)])
    def test_is_that_of_as_many_rows(self, fits, weight: float) -> None:
        make, *errors = fits
        weighted = [dataclasses.replace(make(error, 50), weight=weight) for error in errors]
        repeated = [make(error, int(weight)) for error in errors]
        found, told = (verdict(model_of(*each)) for each in (weighted, repeated))
        rows = f"50 rows of weight {weight:.4g} together"
        assert found == told.replace(f"{int(weight)} rows", rows)

    def test_worse_intervals_are_those_of_as_many_rows(self) -> None:
        for weight, is_told in ((50.0, False), (5000.0, True)):
            fit, line, mean = (
                dataclasses.replace(numbers(error, 50), log_density=density, weight=weight)
                for error, density in ((5.0, -3.1), (5.0, -3.0), (BASE, -4.0))
            )
            assert ("intervals are worse" in verdict(model_of(fit, line, mean))) == is_told

    def test_of_several_targets_is_that_of_each(self) -> None:
        fit, line, mean = (
            RegressionFit(50, (error, error), (1 - (error / BASE) ** 2,) * 2, weight=50_000.0)
            for error in (5.5, 6.0, BASE)
        )
        assert verdict(model_of(fit, line, mean)).startswith("Better than the linear model")


def test_beside_a_linear_network_of_given_decay_the_other_linear_model_is_told_apart() -> None:
    x, y = np.random.default_rng(0).normal(size=(2, 40))
    given = sn.fit({"x": x, "y": x + 0.3 * y}, "y", hidden=0, decay=0.0, held_out=0.5)
    assert "linear model with decay from the data" in verdict(given)
    chosen = sn.fit({"x": x, "y": x + 0.3 * y}, "y", hidden=0, held_out=0.5)
    assert "with decay" not in verdict(chosen)


def test_a_fit_to_weighted_rows_says_the_verdict_of_repeated_rows() -> None:
    """The rows of weight 20 are certain, and 20 times as many rows, too."""
    rng = np.random.default_rng(0)
    x, test = rng.uniform(-1, 1, 30), rng.uniform(-1, 1, 12)
    y, true = (np.sin(2 * each) + 0.4 * rng.normal(size=len(each)) for each in (x, test))
    said = []
    for k in (1, 20):
        how = {"hidden": 2, "starts": 2, "max_iter": 50, "decay": 0.01}
        weights = {"w": np.full(30, 1.0)}, {"w": np.full(12, float(k))}
        model = sn.fit(
            {"x": x, "y": y, **weights[0]}, "y", weights="w", **how,
            test={"x": test, "y": true, **weights[1]},
        )  # fmt: skip
        repeated = sn.fit(
            {"x": x, "y": y}, "y", **how, test={"x": np.repeat(test, k), "y": np.repeat(true, k)}
        )
        assert model.held_out_fit.rmse == pytest.approx(repeated.held_out_fit.rmse)
        said.append([verdict(each) for each in (model, repeated)])
        found = said[-1][0].replace("12 rows of weight 240 together", "240 rows")
        assert found == said[-1][1]
    assert said[0][0] != said[1][0]


class TestBesideTrees:
    @pytest.mark.parametrize(
        ("trees", "remark"),
        [
            (3.0, "; boosted trees are better: RMSE 25 % lower, so consider them"),
            (3.9, "; boosted trees are slightly better: RMSE 2.5 % lower"),
            (3.99, ""),
            (5.0, ""),
        ],
    )
    def test_of_numbers_trees_are_named_if_they_are_better(self, trees: float, remark: str) -> None:
        model = model_of(numbers(4.0), numbers(5.0), numbers(BASE), numbers(trees))
        assert verdict(model) == f"Better than the linear model: RMSE 20 % lower{remark}."

    @pytest.mark.parametrize(("error", "is_named"), [(0.14, True), (0.15, False)])
    def test_only_if_the_difference_is_more_than_two_standard_errors(
        self, error: float, is_named: bool
    ) -> None:
        """ln(4 / 3) = 0.288."""
        model = model_of(numbers(4.0), numbers(5.0), numbers(BASE), numbers(3.0))
        model = replaced(model, settings={"evaluation_gain_errors": {TREES: [error]}})
        assert ("boosted trees" in verdict(model)) == is_named

    def test_of_classes(self) -> None:
        model = model_of(classes(0.4), classes(0.5), classes(0.7), classes(0.3))
        assert verdict(model) == (
            "Better than the logistic model: log loss 20 % lower; boosted trees are better: log loss 25 % lower, so "
            "consider them."
        )
        rare = ClassificationFit(100, 0.5, 0.4, 0.5, ((97, 0), (0, 3)))
        model = model_of(rare, rare, rare, dataclasses.replace(rare, log_loss=0.1))
        assert "boosted trees" not in verdict(model)

    def test_of_several_targets_are_named_with_those_they_predict_better(self) -> None:
        fit, line, mean, trees = (
            RegressionFit(10_000, errors, (0.5, 0.5))
            for errors in ((4.0, 4.0), (5.0, 5.0), (BASE, BASE), (3.0, 4.0))
        )
        model = model_of(fit, line, mean, trees)
        first = model.targets.names[0]
        assert verdict(model) == (
            f"Better than the linear model, for each of the 2 targets; boosted trees are better for {first}."
        )


def test_says_nothing_where_there_is_nothing_to_compare_with() -> None:
    model = random_model(sn.Architecture((1, 1)))  # its comparisons have other names
    assert verdict(model) == ""
    assert verdict(replaced(model, comparisons={})) == ""
    named = {constant_prediction(model.targets): numbers(BASE)}
    assert verdict(replaced(model, comparisons=named, held_out_fit=None)) == ""
