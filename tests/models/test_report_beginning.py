"""The beginning of the report: heading, figures in columns, and the network in a line."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import sheernet as sn
from random_models import (
    models,
    number_inputs,
    number_targets,
    random_member,
    random_model,
    replaced,
)
from sheernet.data.targets import ClassificationFit, ClassTarget, RegressionFit
from sheernet.models.report_beginning import figures, heading, network_in_short, number_of_folds
from sheernet.optimizers import Termination


def numbers(
    rows: int, rmse: float, r2: float | None, log_density: float | None = None
) -> RegressionFit:
    return RegressionFit(rows, (rmse,), (r2,), log_density)


def diabetes(**parts: Any) -> sn.Model:
    """A model like that of the default fit of a table of 442 rows."""
    targets = dataclasses.replace(number_targets(1), names=("progression",))
    model = random_model(
        sn.Architecture((10, 4, 1)), members=2, inputs=number_inputs(10), targets=targets
    )
    of_parts = {
        "evaluation": "folds",
        "notices": (),
        "training_fit": numbers(442, 50.0, 0.58),
        "held_out_fit": numbers(442, 53.64, 0.5163, -5.412),
        "comparisons": {
            "linear model": numbers(442, 55.12, 0.4882, -5.434),
            "mean of target": numbers(442, 77.17, -0.0041, -5.771),
        },
    }
    return replaced(model, **of_parts | parts)


def chosen(model: sn.Model, *costs: str, **parts: Any) -> sn.Model:
    """The model with members of 0, 4, 8, ... units, each of a cost, whose decay the evidence chose."""
    members = []
    for k, cost in enumerate(costs):
        sizes = (10, 4 * k, 1) if k else (10, 1)
        member = random_member(sn.Architecture(sizes), k, 1 / len(costs), cost)
        evidence = {
            "log_evidence": -9.0, "noise_variance": 0.25, "effective_parameters": 10.0 + 2 * k, "starts": [-9.0],
            "settled": True, "sizes": {"0": -1.5, "4": -1.25},
        }  # fmt: skip
        members.append(dataclasses.replace(member, evidence=evidence, **parts))
    return dataclasses.replace(model, members=tuple(members))


class TestTheShortReport:
    def test_of_the_default_fit(self) -> None:
        model = chosen(diabetes(), "squared_error", "squared_error", "squared_error")
        assert model.report() == (
            "progression from 10 columns of data.csv, 442 rows; figures by 5-fold cross-validation, model trained\n"
            "on all rows\n"
            "\n"
            "                           R2   RMSE   log density (higher is better)\n"
            "  sheernet              0.516   53.6                            -5.41\n"
            "  linear model          0.488   55.1                            -5.43\n"
            "  mean of other rows   -0.004   77.2                            -5.77\n"
            "\n"
            "Slightly better than the linear model: RMSE 2.7 % lower, so the networks found little curvature or\n"
            "interaction.\n"
            "\n"
            "Network     3 members, 0 to 8 tanh units, noise constant; 12.0 effective parameters on average\n"
            "Gradient    correct: training used the true derivatives of its cost"
        )

    def test_of_chosen_networks_has_no_objective_if_it_is_long(self) -> None:
        model = diabetes()
        assert "\nObjective" in model.report(verbose=True)
        said = chosen(model, "squared_error").report(verbose=True)
        assert "\nEvidence" in said
        assert "Objective" not in said

    def test_of_one_network_as_told(self) -> None:
        model = random_model(sn.Architecture((10, 4, 1)), inputs=number_inputs(10))
        model = replaced(
            model, comparisons={}, notices=(), training_fit=numbers(30, 0.125, 0.9),
            held_out_fit=numbers(10, 0.25, 0.8), termination=Termination("max_iterations"),
        )  # fmt: skip
        assert model.report() == (
            "target 0 from 10 columns of data.csv, 40 rows; figures on 10 held-out rows, model trained on the\n"
            "other 30\n"
            "\n"
            "Caution     55 parameters for 30 training rows: judge the network by the held-out rows, not by the\n"
            "            training rows; hidden=2 gives fewer parameters than rows\n"
            "\n"
            "                        R2    RMSE\n"
            "  network            0.800   0.250\n"
            "  on training rows   0.900   0.125\n"
            "\n"
            "Stopped     not converged after 3 iterations (max iterations): The iteration limit was reached\n"
            "            before a tolerance; increase max_iter.\n"
            "Network     10-4-1, tanh, identity output; 49 parameters\n"
            "Gradient    correct: training used the true derivatives of its cost"
        ).replace("55 parameters", f"{model.network.theta.size} parameters")

    def test_has_the_notices_below_the_verdict(self) -> None:
        said = diabetes(notices=("a column is left out",)).report()
        assert (
            said.index("Slightly")
            < said.index("Notice      a column is left out")
            < said.index("Network")
        )

    def test_is_the_beginning_of_the_long_one(self) -> None:
        model = diabetes()
        short, long = model.report(), model.report(verbose=True)
        assert long.startswith(short[: short.index("Network ")])
        assert "Stopped" not in short
        for label in (
            "Data ",
            "Fit ",
            "Objective",
            "Inputs",
            "Networks",
            "Method",
            "Settings",
            "log density: ",
        ):
            assert f"\n{label}" in long or f"  {label}" in long
            assert f"\n{label}" not in short

    def test_names_a_wrong_gradient_first_and_once(self) -> None:
        model = diabetes()
        wrong = replaced(model, gradient_check={**model.gradient_check, "verdict": "fail"})
        for verbose in (False, True):
            said = wrong.report(verbose=verbose)
            assert said.startswith("Gradient    wrong (checked by ")
            assert said.count("Gradient") == 1

    @given(models())
    @settings(max_examples=40)
    def test_has_columns_of_one_width(self, model: sn.Model) -> None:
        table = figures(model).split("\n\n")[0].splitlines()
        ends = [len(line) for line in table if not line.startswith("  target ")]
        assert len(set(ends)) == 1


class TestTheHeading:
    def test_counts_folds_of_few_rows(self) -> None:
        fits = {"training_fit": numbers(3, 1.0, 0.5), "held_out_fit": numbers(3, 1.0, 0.5)}
        assert "figures by 3-fold cross-validation, model trained on all rows" in heading(
            diabetes(**fits)
        )

    def test_counts_rows_of_one_fold(self) -> None:
        fits = {"training_fit": numbers(4000, 1.0, 0.5), "held_out_fit": numbers(800, 1.0, 0.5)}
        said = heading(diabetes(**fits))
        assert "4000 rows; figures on 800 rows held out for them, model trained on all rows" in said

    def test_counts_rows_of_a_test_table(self) -> None:
        model = diabetes(settings={"test": "later.csv"}, evaluation="test")
        assert heading(model).endswith(
            "442 rows; figures on 442 rows of later.csv, model trained on all rows"
        )

    def test_says_that_nothing_was_held_out(self) -> None:
        assert heading(diabetes(held_out_fit=None)).endswith(
            "442 rows; figures on the training rows"
        )

    def test_names_few_targets(self) -> None:
        model = random_model(sn.Architecture((1, 9)))
        assert heading(model).startswith(
            "target 0, target 1, target 2 and 6 more from 1 column of data.csv, "
        )


class TestFigures:
    def test_of_classes(self) -> None:
        target = ClassTarget("kind", ("a", "b"))
        model = random_model(sn.Architecture((1, 1), output="sigmoid"), targets=target)
        fits = [
            ClassificationFit(40, accuracy, loss, 0.5, ((1, 1), (1, 1)))
            for accuracy, loss in ((0.975, 0.0512), (0.95, 0.0623), (0.5, 0.7))
        ]
        names = ("linear model", "class frequencies")
        compared = dict(zip(names, fits[1:], strict=True))
        assert figures(
            replaced(model, held_out_fit=fits[0], comparisons=compared)
        ).splitlines() == [
            "                      accuracy   log loss",
            "  sheernet              97.5 %     0.0512",
            "  logistic model        95.0 %     0.0623",
            "  class frequencies     50.0 %     0.7000",
        ]
        alone = replaced(model, held_out_fit=fits[0], training_fit=fits[1], comparisons={})
        assert figures(alone).splitlines() == [
            "                        accuracy   log loss",
            "  network                 97.5 %     0.0512",
            "  on training rows        95.0 %     0.0623",
            "  most frequent class     50.0 %",
        ]

    def test_of_several_targets(self) -> None:
        model = random_model(sn.Architecture((1, 2)))
        fits = [
            RegressionFit(40, rmse, r2, density)
            for rmse, r2, density in (
                ((1.0, 20.0), (0.75, None), -4.0), ((2.0, 21.0), (0.0, 0.5), -5.0),
            )
        ]  # fmt: skip
        compared = {"mean of targets": fits[1]}
        assert figures(
            replaced(model, held_out_fit=fits[0], comparisons=compared)
        ).splitlines() == [
            "                            R2   RMSE",
            "  target 0",
            "    sheernet             0.750   1.00",
            "    mean of other rows   0.000   2.00",
            "  target 1",
            "    sheernet              none   20.0",
            "    mean of other rows   0.500   21.0",
            "",
            "                         log density (higher is better)",
            "  all targets together",
            "    sheernet                                      -4.00",
            "    mean of other rows                            -5.00",
        ]

    def test_counts_targets_beyond_five(self) -> None:
        said = figures(random_model(sn.Architecture((1, 9))))
        assert "  target 4\n" in said
        assert "target 5" not in said
        assert said.endswith("  ... and 4 more targets")

    @pytest.mark.parametrize(
        ("rmse", "r2", "shown"),
        [
            ((53.64, 77.17), (0.5, 0.0), ["0.500   53.6", "0.000   77.2"]),
            ((0.012, 9.0), (0.9995, 0.1), ["0.999500   0.0120", "0.100000   9.0000"]),
            ((0.001, 9.0), (0.9994, 0.1), ["0.999   0.001", "0.100       9"]),
            ((1234.5, 9e3), (1.0, -1e5), ["1.000   1234", "-1e+05   9000"]),
            ((0.0, 2e7), (None, 0.0), ["none       0", "0.000   2e+07"]),
        ],
    )
    def test_have_enough_digits(self, rmse: Any, r2: Any, shown: list[str]) -> None:
        fit, other = (numbers(9, *each) for each in zip(rmse, r2, strict=True))
        table = figures(diabetes(held_out_fit=fit, comparisons={"mean of target": other}))
        rows = [line[20:].strip() for line in table.splitlines()[1:]]
        assert [" ".join(row.split()) for row in rows] == [" ".join(row.split()) for row in shown]

    def test_shorten_long_names(self) -> None:
        model = random_model(sn.Architecture((1, 2)))
        long = dataclasses.replace(model.targets, names=("a\nb" * 90, "c"))
        table = figures(dataclasses.replace(model, targets=long))
        assert max(map(len, table.splitlines())) <= 100
        assert "\n  a ba ba b" in table


class TestTheNetwork:
    def test_names_each_kind_of_noise_once(self) -> None:
        model = chosen(diabetes(), "squared_error", "gaussian_nll", "squared_error", "student_t")
        assert network_in_short(model) == (
            "4 members, 0 to 12 tanh units, 3 models of the noise averaged (constant, varying and heavy-tailed); "
            "13.0 effective parameters on average"
        )

    def test_of_one_member_has_no_mean(self) -> None:
        assert network_in_short(chosen(diabetes(), "squared_error")) == (
            "1 member, 0 hidden units, noise constant; 10.0 effective parameters"
        )

    def test_lists_several_layers(self) -> None:
        member = random_member(sn.Architecture((10, 5, 3, 1)), 0, 1.0, "squared_error")
        model = chosen(diabetes(), "squared_error")
        deep = dataclasses.replace(member, evidence=model.evidence)
        assert network_in_short(dataclasses.replace(model, members=(deep,))).startswith(
            "1 member, 5,3 tanh units"
        )


class TestAnEarlyEnd:
    @pytest.mark.parametrize(
        ("reason", "caution"),
        [
            ("time_limit",
             "the time limit ended the search for networks early; increase time_limit for a better model"),
            ("interrupted", "the search for networks was interrupted, and a complete one may find a better model"),
        ],
    )  # fmt: skip
    def test_of_the_search_is_a_caution(self, reason: str, caution: str) -> None:
        model = chosen(diabetes(), "squared_error", termination=Termination(reason))
        assert f"Caution {caution}" in " ".join(model.report().split())
        assert "Caution" not in chosen(diabetes(), "squared_error").report()

    def test_of_a_fit_by_the_time_limit_is_one(self) -> None:
        x = np.linspace(-1, 1, 24)
        said = " ".join(sn.fit({"x": x, "y": x**3}, "y", time_limit=0.0).report().split())
        assert (
            "Caution the time limit ended the search for networks early; increase time_limit"
            in said
        )

    def test_of_some_members_that_changes_no_prediction_is_no_alarm(self) -> None:
        model = chosen(diabetes(), "squared_error", "squared_error")
        first = dataclasses.replace(
            model.members[0], termination=Termination("line_search_failed"), change_left=0.005
        )
        said = dataclasses.replace(model, members=(first, model.members[1])).report(verbose=True)
        assert (
            "Stopped     1 of 2 members converged (gradient tolerance), 1 not (line search failed)\n"
            in said
        )
        assert "not converged" not in said
        assert "Caution" not in said


class TestTheLongReport:
    def test_tells_the_sizes_that_the_folds_judged(self) -> None:
        said = " ".join(chosen(diabetes(), "squared_error").report(verbose=True).split())
        assert (
            "mean log density of a row in the folds (targets scaled): -1.500 with 0, -1.250 with 4 hidden"
            in said
        )

    def test_lists_only_settings_of_the_default_fit_that_can_be_given(self) -> None:
        given = {"hidden": "given"} | dict.fromkeys(
            ("decay", "method", "cost", "max_iter", "starts", "seed"), "default"
        )
        values = {
            "hidden": [3], "decay": "evidence", "method": "auto", "cost": "gaussian_nll", "max_iter": 1000,
            "starts": None, "seed": 0, "options": {"memory": 10},
        }  # fmt: skip
        model = chosen(
            diabetes(settings=values, origins=given, evaluation="folds"), "squared_error"
        )
        said = model.report(verbose=True)
        assert "Given       hidden 3\nDefaults    decay evidence; seed 0\n" in said


@pytest.mark.parametrize(
    ("judged", "training", "settings", "expected"),
    [
        (88, 88, {}, 5),
        (3, 3, {}, 3),
        (20, 88, {}, 0),
        (88, 88, {"folds": 10}, 10),
        (88, 88, {"folds": "groups"}, 0),
        (88, 88, {"groups": "patient", "n_groups": 4}, 4),
        (88, 88, {"groups": "patient", "n_groups": 40}, 5),
    ],
)
def test_the_number_of_folds(
    judged: int, training: int, settings: dict[str, Any], expected: int
) -> None:
    assert number_of_folds(judged, training, settings) == expected
