"""As test_report.py, by names that are not published."""

from __future__ import annotations

import dataclasses
import inspect
import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import sheernet as sn
from models.test_report import DATA, X, lines, quickly
from random_models import COLUMNS, models, number_inputs, random_model, replaced
from sheernet.data.columns import Inputs
from sheernet.data.targets import ClassificationFit, ClassTarget, RegressionFit
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.report import settings_by_origin, text
from sheernet.optimizers import Termination
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.network_settings import NetworkSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.table_settings import TableSettings


@pytest.fixture(scope="module")
def model() -> sn.Model:
    data = {"hours": X, "score": 50.0 + 30.0 * X**2}
    return sn.fit(data, "score", hidden=3, decay=1e-4, starts=3, seed=1)


class TestTheReport:
    @given(models())
    @settings(max_examples=40)
    def test_fits_a_terminal_and_holds_for_any_model(self, model: sn.Model) -> None:
        assert max(map(len, model.report().splitlines())) <= 100
        text = model.report(verbose=True)
        assert max(map(len, text.splitlines())) <= 100
        for name in (*model.targets.names, *model.inputs.names, *model.inputs.features):
            assert name in " ".join(text.split()) or len(model.inputs.features) > 20

    def test_names_each_of_several_targets(self) -> None:
        said = lines(random_model(sn.Architecture((1, 2))))
        assert "target 0: R^2" in said["Fit"]
        assert "target 1: R^2 undefined (constant)" in said["Fit"]

    def test_names_features_only_where_they_are_not_the_columns(self, model: sn.Model) -> None:
        assert lines(model)["Inputs"] == "hours"
        mixed = random_model(sn.Architecture((10, 1)), inputs=Inputs(COLUMNS))
        assert lines(mixed)["Inputs"] == (
            "size, depth, wet, day, color, shape encoded as size, depth, wet, day, color=blue, color=red, "
            "color=(rare), shape=round, shape=7, shape=True"
        )

    def test_counts_what_is_too_long_to_be_listed(self) -> None:
        many = random_model(sn.Architecture((500, 1)), inputs=number_inputs(500))
        assert lines(many)["Inputs"].endswith("input 17, input 18, ... (500 in all)")
        classes = tuple(f"c{i:02d}" for i in range(30))
        target = ClassTarget("y", classes)
        said = lines(random_model(sn.Architecture((1, 30), output="softmax"), targets=target))
        assert said["Target"].endswith("c17, c18, ... (30 in all)")

    def test_says_how_the_file_was_read(self) -> None:
        assert lines(random_model(sn.Architecture((1, 1))))["Data"] == (
            "data.csv (CSV with semicolons): 40 rows, 30 for training, 10 held out"
        )

    def test_says_that_a_training_was_interrupted(self) -> None:
        model = replaced(
            random_model(sn.Architecture((1, 1))), termination=Termination("interrupted")
        )
        assert lines(model)["Stopped"].startswith(
            "not converged (interrupted): The run was interrupted; "
        )

    def test_counts_the_biases_that_there_are(self) -> None:
        model = random_model(sn.Architecture((1, 3, 1), bias=False))
        assert lines(model)["Network"].endswith("6 parameters (6 weights, 0 biases)")

    def test_tells_the_objective_of_the_kept_network_though_another_one_is_lower(self) -> None:
        model = random_model(sn.Architecture((1, 1)))
        record = dataclasses.replace(model.record, objective=np.array([3.0, 1.0, 2.0, 2.5]))
        starts = dataclasses.replace(model.starts, objectives=np.array([9.0, 8.0, 2.0]), best=2)
        said = replaced(model, record=record, starts=starts).report(verbose=True)
        assert "3 at the start, 2 at iteration 2, the best iterate;" in said

    def test_tells_that_validation_chose_the_start(self) -> None:
        model = random_model(sn.Architecture((1, 1)))  # the last of its starts is kept
        starts = dataclasses.replace(model.starts, objectives=np.array([0.5, 1.0, 2.0]))
        chosen = {**model.settings, "patience": 4}
        said = lines(replaced(model, starts=starts, settings=chosen))["Starts"]
        assert said.endswith("start 3 is the best: its validation cost is the lowest (objective 2)")
        lowest = dataclasses.replace(starts, objectives=np.array([3.0, 4.0, 2.0]))
        said = lines(replaced(model, starts=lowest, settings=chosen))["Starts"]
        assert "validation" not in said

    def test_spells_its_advice_before_it_is_wrapped(self) -> None:
        notice = sentence(
            "{} name it in {} to keep it {}",
            "left out " * 9, Setting("inputs_of_a_long_name"), "and so on " * 9,
        )  # fmt: skip
        model = replaced(
            random_model(sn.Architecture((1, 1))),
            notices=(notice,),
            termination=Termination("max_iterations"),
        )
        said = text(model, lambda setting: setting.name[:6].upper())
        assert "name it in INPUTS to keep it" in " ".join(said.split())
        notice_lines = said[said.index("Notice") : said.index("\n\nStopped ")].splitlines()
        for line, following in itertools.pairwise(notice_lines):
            assert len(line) + 1 + len(following.split()[0]) > 100

    def test_spells_no_names_of_columns(self) -> None:
        model = random_model(sn.Architecture((1, 1)))
        assert "INPUT 0" not in text(model, lambda setting: str(setting).upper())
        assert text(model, str) == model.report()

    def test_survives_a_record_without_a_finite_objective(self) -> None:
        model = random_model(sn.Architecture((1, 1)))
        record = dataclasses.replace(model.record, objective=np.full(4, np.nan))
        starts = dataclasses.replace(model.starts, objectives=np.full(3, np.nan))
        said = replaced(model, record=record, starts=starts).report(verbose=True)
        assert "nan at the start, nan at the end" in said


def change_default(monkeypatch, kind: type[Any], name: str, value: Any) -> None:
    """Change the default value of a setting, wherever Python keeps it: in its class, and in the signature of `fit`."""
    parts = [part for part in dataclasses.fields(kind) if part.default is not dataclasses.MISSING]
    places = {part.name: i for i, part in enumerate(parts)}
    defaults = list(kind.__init__.__defaults__)
    defaults[places[name]] = value
    monkeypatch.setattr(kind.__init__, "__defaults__", tuple(defaults))
    monkeypatch.setattr(kind, name, value)
    monkeypatch.setattr(parts[places[name]], "default", value)
    monkeypatch.setitem(inspect.unwrap(sn.fit).__kwdefaults__, name, value)


class TestSettings:
    def test_left_alone_are_all_defaults(self) -> None:
        model = sn.fit(DATA, "y", method="lm", starts=10, max_iter=1000, time_limit=None)
        defaults, given = settings_by_origin(model)
        assert given == {"method": "lm"}
        assert defaults == {
            "task": "auto", "scaling": "standardize", "rare": 0.01, "unseen": "auto", "missing": "impute",
            "cycles": "auto", "held_out": 0.25, "hidden": [10], "activation": "tanh", "decay": 1e-4,
            "cost": "squared_error", "reduction": "mean", "starts": 10, "seed": 0, "scheme": "glorot", "max_iter": 1000,
            "gradient_tolerance": 1e-8, "cost_tolerance": 0.0, "bias": True,
        }  # fmt: skip

    def test_that_were_chosen_stand_apart(self) -> None:
        model = quickly(
            DATA, "y", drop="z", scaling="minmax", decay={"W1": 0.5}, seed=3, method="adam", learning_rate=0.125,
            cost="huber", held_out=0.5, hidden=(2, 3), task="regression",
        )  # fmt: skip
        _, given = settings_by_origin(model)
        assert given == {
            "drop": ["z"], "scaling": "minmax", "decay": {"W1": 0.5}, "seed": 3, "method": "adam", "starts": 1,
            "learning_rate": 0.125, "cost": "huber", "held_out": 0.5, "hidden": [2, 3], "max_iter": 2,
            "task": "regression",
        }  # fmt: skip
        said = lines(model)["Given"]
        for part in (
            "drop z",
            "hidden 2,3",
            "decay W1=0.5",
            "learning_rate 0.125",
            "cost huber",
            "seed 3",
        ):
            assert part in said

    def test_of_inputs_are_told_where_they_were_chosen(self) -> None:
        model = quickly(DATA, "y")
        named = {**model.settings, "inputs": ["x", "a,b"]}
        named = replaced(model, settings=named, origins={**model.origins, "inputs": "given"})
        assert 'inputs x,"a,b"' in lines(named)["Given"]
        left = replaced(model, settings={**model.settings, "inputs": None})
        assert "inputs" not in lines(left)["Given"] + lines(left)["Defaults"]

    def test_do_not_depend_on_the_default_values_of_today(self, monkeypatch, tmp_path) -> None:
        model = sn.fit(DATA, "y", hidden=10, starts=2, max_iter=20, decay=0.5)
        saved = model.save(tmp_path / "model.json")
        before, loaded_before = model.report(), sn.load(saved).report()
        assert "hidden 10" in lines(model)["Defaults"]
        assert "decay 0.5" in lines(model)["Given"]
        for kind, name, value in (
            (NetworkSettings, "hidden", 4), (NetworkSettings, "decay", 0.5), (TableSettings, "held_out", 0.5),
            (StoppingRules, "max_iter", 20),
        ):  # fmt: skip
            change_default(monkeypatch, kind, name, value)
        assert model.report() == before
        assert sn.load(saved).report() == loaded_before
        with_new_defaults = sn.fit(DATA, "y", starts=2)
        assert lines(with_new_defaults)["Given"] == "starts 2"
        defaults = lines(with_new_defaults)["Defaults"]
        for part in ("hidden 4", "decay 0.5", "held_out 0.5", "max_iter 20"):
            assert part in defaults

    def test_of_unknown_origin_are_in_one_list(self, model: sn.Model) -> None:
        said = lines(replaced(model, origins={}))
        assert "hidden 3" in said["Settings"]
        assert "max_iter 1000" in said["Settings"]
        assert not {"Given", "Defaults"} & set(said)


HALVES = ClassificationFit(30, 0.8, 0.4, 0.5, ((12, 3), (3, 12)))
"""Two equally frequent classes that have been learned."""


class TestCautions:
    def said(self, rows: int, hidden: int, noise: float, classes: bool = False) -> str:
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=(2, rows))
        target = x + noise * y
        if classes:
            target = np.where(target > 0.7, "high", "low")
        model = sn.fit({"x": x, "y": target}, "y", hidden=hidden, starts=1, max_iter=200)
        return " ".join(model.report().split())

    def test_of_none_held_out_says_that_every_class_is_too_small(self) -> None:
        model = quickly({"x": X, "y": np.arange(40) % 2 == 0}, "y")
        said = " ".join(replaced(model, held_out_fit=None).report().split())
        assert (
            "is unknown (no class has enough rows to hold out 0.25 of them; "
            "merge classes, or give rows to evaluate on with test)"
        ) in said

    @pytest.mark.parametrize(
        ("r2", "rmse", "cautions"), [(0.5, 2.1, True), (0.5, 1.9, False), (0.95, 9.0, False)]
    )
    def test_of_much_larger_errors_than_in_training(
        self, r2: float, rmse: float, cautions: bool
    ) -> None:
        model = quickly({"x": X, "y": X**2}, "y")
        fits = RegressionFit(30, (1.0,), (0.96,)), RegressionFit(10, (rmse,), (r2,))
        model = replaced(model, training_fit=fits[0], held_out_fit=fits[1])
        said = " ".join(model.report().split())
        assert ("the error on held-out rows is 2.1 times that on training rows" in said) == cautions

    @pytest.mark.parametrize(("log_loss", "cautions"), [(0.70, True), (0.69, False)])
    def test_of_probabilities_that_are_worse_than_shares(
        self, log_loss: float, cautions: bool
    ) -> None:
        model = quickly({"x": X, "y": np.arange(40) % 2 == 0}, "y")
        fit = ClassificationFit(10, 0.6, log_loss, 0.5, ((3, 2), (2, 3)))  # log 2 is 0.6931
        said = " ".join(replaced(model, held_out_fit=fit, training_fit=HALVES).report().split())
        assert (
            "are worse than the class frequencies of the training rows (log loss 0.6931)" in said
        ) == cautions

    def test_of_probabilities_goes_by_the_shares_in_training(self) -> None:
        model = quickly({"x": X, "y": np.arange(40) % 2 == 0}, "y")  # half and half
        fit = ClassificationFit(10, 0.9, 0.65, 0.9, ((9, 0), (1, 0)))  # its own shares: 0.325
        assert "Caution" not in replaced(model, held_out_fit=fit, training_fit=HALVES).report()

    def test_of_classes_that_are_worse_than_the_most_frequent_one(self) -> None:
        model = quickly({"x": X, "y": np.arange(40) % 2 == 0}, "y")
        fit = ClassificationFit(10, 0.4, 0.65, 0.6, ((2, 4), (2, 2)))
        said = " ".join(replaced(model, held_out_fit=fit, training_fit=HALVES).report().split())
        assert (
            "held-out rows are predicted worse than by the most frequent class of the training rows"
            in said
        )

    def test_of_noise_says_what_to_leave_out_so_that_the_data_choose(self) -> None:
        x, y = np.random.default_rng(0).normal(size=(2, 40))
        given = {"hidden": 9, "starts": 1, "seed": 3}
        said = " ".join(sn.fit({"x": x, "y": y}, "y", max_iter=200, **given).report().split())
        assert (
            "the network has learned noise; omit hidden and max_iter to choose networks and decay from the data"
        ) in said
        assert FitSettings.of({"starts": 1, "seed": 3}).chooses  # what is left of the settings
        of_file = replaced(quickly({"x": X, "y": X**2}, "y"), origins={})
        loose = replaced(of_file, held_out_fit=RegressionFit(10, (9.0,), (-0.5,)))
        assert "use fewer hidden units or more decay" in " ".join(loose.report().split())

    def test_of_a_target_that_the_inputs_do_not_determine(self) -> None:
        model = replaced(
            quickly({"x": X, "y": X**2}, "y"),
            training_fit=RegressionFit(30, (1.0,), (0.0,)),
            termination=Termination("gradient_tolerance"),
        )
        assert "use inputs on which the target depends" in " ".join(model.report().split())

    def test_of_a_failed_gradient_check_comes_first(self, model: sn.Model) -> None:
        failed = replaced(model, gradient_check={**model.gradient_check, "verdict": "fail"})
        assert next(iter(lines(failed).items()))[0] == "Gradient"
        assert lines(failed)["Gradient"].startswith("wrong (checked by ")
