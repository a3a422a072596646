"""The default fit: networks, shares, decay and size from the data, and figures of rows in folds."""

from __future__ import annotations

import dataclasses
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import compiled
from contest_cases import REPORTING, CtrlC, line, wave
from models.fitting.tables import table
from sheernet.models.density import densities_of
from sheernet.models.fitting import answer_fit as module
from sheernet.models.fitting import fitted_member
from sheernet.optimizers import Termination
from sheernet.settings.fit_settings import ONE_NETWORK
from sheernet.statistics import ensemble
from sheernet.statistics.ensemble import FEWEST_ROWS_FOR_KINDS
from sheernet.statistics.folds import Folds

QUICK: dict[str, Any] = {"hidden": (), "starts": 1}


def a_line(rows: int = 40, seed: int = 0) -> dict[str, np.ndarray]:
    x, y = line(rows, seed=seed)
    return {"x": x, "y": 100.0 + 20.0 * y}


def a_wave(rows: int = 60, seed: int = 0) -> dict[str, np.ndarray]:
    x, y = wave(rows, seed=seed)
    return {"x": x, "y": 100.0 + 20.0 * y}


def two_inputs(rows: int = 40) -> dict[str, np.ndarray]:
    """A line in one of two inputs; its linear models have one decay, and one for each input."""
    data = a_line(rows)
    return {**data, "z": np.random.default_rng(1).normal(size=rows)}


@pytest.fixture(scope="module")
def model() -> sn.Model:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ensemble, "KINDS", ())
        return sn.fit(a_wave(), "y", hidden=3, starts=2)


@pytest.fixture(scope="module")
def several() -> sn.Model:
    return sn.fit(two_inputs(), "y", **QUICK)


@pytest.fixture(scope="module")
def chosen() -> sn.Model:
    """All by default but the starts, on a few rows: without other kinds of noise."""
    return sn.fit(a_line(FEWEST_ROWS_FOR_KINDS - 1), "y", starts=1)


class TestThePrediction:
    def test_is_the_mean_of_the_members(self, several: sn.Model) -> None:
        X = several.inputs.encode(sn.read_table(two_inputs()))
        mean = sum(member.share * member.location(X) for member in several.members)
        assert len(several.members) > 1
        assert several.outputs(two_inputs()) == pytest.approx(mean)

    def test_follows_the_wave(self, model: sn.Model) -> None:
        x = np.linspace(-1.8, 1.8, 50)
        error = model.predict({"x": x}) - (100.0 + 20.0 * np.sin(2.0 * x))
        assert np.sqrt(np.mean(error**2)) < 2.0

    def test_without_hidden_layer_is_a_line(self) -> None:
        found = sn.fit(a_line(), "y", **QUICK)
        assert {member.network.architecture.sizes[1:-1] for member in found.members} == {()}
        values = found.predict({"x": np.array([-1.0, 0.0, 1.0])})
        assert values[1] == pytest.approx((values[0] + values[2]) / 2.0)

    def test_has_hidden_units_that_were_chosen(self, chosen: sn.Model) -> None:
        sizes = chosen.evidence["sizes"]
        assert list(sizes) == ["0", "4", "8"]


class TestTheMembers:
    def test_are_at_optima_of_all_rows(self, model: sn.Model) -> None:
        table_rows = sn.read_table(a_wave())
        X, y = (
            model.inputs.encode(table_rows),
            model.targets.encode(model.targets.truth(table_rows)),
        )
        for member in model.members:
            objective = sn.make_objective(
                member.network.architecture, X, y, cost=member.cost, decay=member.decay
            )
            _, gradient = objective.value_and_gradient(member.network.theta)
            assert np.abs(gradient).max() < 1e-5

    @pytest.mark.parametrize("seed", [1, 2])
    def test_are_at_optima_that_take_long(self, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """A thousand iterations of bfgs from the end of the search do not reach the tolerance for each of them."""
        monkeypatch.setattr(ensemble, "KINDS", ())
        rng = np.random.default_rng(seed)
        a, b = rng.uniform(-1.0, 1.0, (100, 2)).T
        y = np.sin(6.0 * a * b) + np.abs(a) + 0.02 * rng.normal(size=100)
        model = sn.fit({"a": a, "b": b, "y": y}, "y", hidden=12, starts=1, held_out=0.2)
        assert {each.termination.reason for each in model.members} == {"gradient_tolerance"}
        assert max(each.change_left for each in model.members) < 0.01

    def test_have_the_decays_of_their_groups_in_means_over_rows(self, model: sn.Model) -> None:
        for member in model.members:
            if member.cost == "squared_error":
                views = member.network.architecture.layout.views(member.decay)
                for name in ("W1", "b1", "W2"):
                    assert views[name] == pytest.approx(member.evidence["decay"][name])
                assert views["b2"].tolist() == [0.0]

    @pytest.mark.parametrize("reason", ["max_iterations", "cost_tolerance", "plateau"])
    def test_advise_no_setting_of_a_single_network(
        self, reason: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def ended(*arguments: Any, **options: Any) -> sn.Training:
            result = sn.train(*arguments, **options)
            return dataclasses.replace(result, termination=Termination(reason))

        monkeypatch.setattr(module, "train", ended)
        member = sn.fit(a_line(), "y", hidden=0).members[0]
        assert member.termination.reason == reason
        for setting in (*ONE_NETWORK, "decay"):
            assert not re.search(rf"\b{setting}\b", member.termination.message)

    def test_know_their_uncertainty(self, model: sn.Model) -> None:
        X = model.inputs.encode(sn.read_table({"x": np.zeros(1)}))
        for member in model.members:
            assert np.isfinite(densities_of(member, X).scales).all()

    def test_have_shares_with_the_sum_1(self, several: sn.Model) -> None:
        assert sum(member.share for member in several.members) == pytest.approx(1.0)
        leading = max(several.members, key=lambda member: member.share)
        assert several.network is leading.network

    def test_are_saved_to_the_bit(self, several: sn.Model, tmp_path: Path) -> None:
        again = sn.load(several.save(tmp_path / "model.json"))
        assert again.predict(two_inputs()).tolist() == several.predict(two_inputs()).tolist()
        assert again.evidence == several.evidence
        assert (again.spread, again.evaluation) == (several.spread, several.evaluation)
        assert again.scores.tolist() == several.scores.tolist()

    def test_are_the_same_to_the_bit_for_the_same_seed(self) -> None:
        one, other = (sn.fit(a_line(), "y", **QUICK) for _ in range(2))
        assert one.predict(a_line()).tolist() == other.predict(a_line()).tolist()
        assert one.held_out_fit == other.held_out_fit

    @compiled
    def test_are_the_same_to_the_bit_for_any_number_of_threads(self) -> None:
        one, two = (
            sn.fit(a_wave(), "y", hidden=3, starts=2, engine="compiled", threads=threads)
            for threads in (1, 2)
        )
        assert one.predict(a_wave()).tolist() == two.predict(a_wave()).tolist()
        assert one.held_out_fit == two.held_out_fit


class TestTheTemperature:
    @pytest.mark.parametrize("labels", ["ab", "abc"])
    def test_divides_the_sums_of_members_at_their_optima(self, labels: str) -> None:
        """The members hold it; what they were before has no gradient, and they are better in the folds."""
        x = np.linspace(-2.0, 2.0, 60)
        y = np.digitize(x, [0.5, 1.2][: len(labels) - 1])
        model = sn.fit({"x": x, "y": np.array(list(labels))[y]}, "y", **QUICK)
        targets = y[:, None] if len(labels) == 2 else np.eye(3)[y]
        for each in model.members:
            temperature = each.evidence["temperature"]
            assert temperature < 1.0  # classes without noise
            before = each.tempered(1.0 / temperature)
            gradients = []
            for member in (before, each):
                objective = sn.make_objective(
                    each.network.architecture, model.inputs.encode(sn.read_table({"x": x})), targets,
                    cost=each.cost, decay=member.decay, reduction=model.reduction,
                )  # fmt: skip
                gradients.append(np.abs(objective.gauss_newton(member.network.theta)[1]).max())
            assert gradients[0] < min(1e-6, 0.1 * gradients[1])
            assert before.evidence["temperature"] == pytest.approx(1.0 / temperature)
        assert {each.evidence["temperature"] for each in model.members} == {temperature}
        assert model.spread == 1.0
        report = " ".join(model.report(verbose=True).split())
        assert f"outputs at temperature {temperature:.3g}" in report


class TestTheFigures:
    def test_are_of_all_rows_in_folds(self, model: sn.Model) -> None:
        assert model.evaluation == "folds"
        assert model.held_out_fit.rows == model.training_fit.rows == 60
        assert model.scores.shape == (60, 1)

    def test_compare_with_a_line_and_the_mean_on_the_same_rows(self, model: sn.Model) -> None:
        assert list(model.comparisons) == ["linear model", "mean of target"]
        line, mean = model.comparisons.values()
        assert model.held_out_fit.r2[0] > line.r2[0] + 0.3
        assert model.held_out_fit.log_density > line.log_density > mean.log_density

    def test_of_the_mean_are_those_of_the_other_folds(self) -> None:
        """Mean and standard deviation of the rows outside of each fold, in the units of the target."""
        data = a_line(30)
        found = sn.fit(data, "y", **QUICK).comparisons["mean of target"]
        y, folds = data["y"], Folds.of(30, seed=0).fold_of_row
        mean, deviation = np.empty(30), np.empty(30)
        for fold in range(5):
            mean[folds == fold] = y[folds != fold].mean()
            deviation[folds == fold] = y[folds != fold].std()
        squares = (y - mean) ** 2
        assert found.r2[0] == pytest.approx(1 - squares.sum() / ((y - y.mean()) ** 2).sum())
        logs = -0.5 * squares / deviation**2 - np.log(deviation) - 0.5 * np.log(2 * np.pi)
        assert found.log_density == pytest.approx(logs.mean())

    def test_have_log_densities_in_the_units_of_the_target(self) -> None:
        """A target in units that are 1000 times larger has a density that is 1000 times lower."""
        data = a_line(30)
        one = sn.fit(data, "y", **QUICK).held_out_fit
        other = sn.fit({**data, "y": 1000.0 * data["y"]}, "y", **QUICK).held_out_fit
        assert other.log_density == pytest.approx(one.log_density - np.log(1000.0), abs=1e-6)
        assert other.r2[0] == pytest.approx(one.r2[0], abs=1e-9)

    @pytest.mark.parametrize("given", [{"held_out": 0.25}, {"test": a_line(20, seed=5)}])
    def test_are_of_other_rows_if_these_are_given(self, given: dict) -> None:
        model = sn.fit(a_line(), "y", **QUICK, **given)
        rows = 10 if "held_out" in given else 20
        assert model.evaluation == ("held out" if "held_out" in given else "test")
        assert model.held_out_fit.rows == rows
        assert model.training_fit.rows == (30 if "held_out" in given else 40)
        assert np.isfinite(model.held_out_fit.log_density)
        assert model.comparisons["linear model"].rows == rows
        assert model.scores.shape == (rows, 1)

    def test_of_the_mean_are_finite_if_the_others_of_a_fold_are_equal(self) -> None:
        y = np.ones(30)
        y[7] = 2.0
        found = sn.fit({"x": np.arange(30.0), "y": y}, "y", task="regression", time_limit=0.0)
        assert np.isfinite(found.comparisons["mean of target"].log_density)

    def test_of_classes_know_how_frequent_they_are(self) -> None:
        rng = np.random.default_rng(0)
        x = rng.normal(size=40)
        labels = np.where(x + 0.3 * rng.normal(size=40) > 0.4, "high", "low")
        model = sn.fit({"x": x, "y": labels}, "y", **QUICK)
        assert list(model.comparisons) == ["linear model", "class frequencies"]
        frequencies = model.comparisons["class frequencies"]
        majority = max(np.mean(labels == "high"), np.mean(labels == "low"))
        assert model.held_out_fit.majority == pytest.approx(majority)
        assert frequencies.accuracy == pytest.approx(majority)
        assert model.held_out_fit.accuracy > majority + 0.1
        assert model.scores.size == 0

    def test_are_of_a_network_that_does_not_know_its_uncertainty(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its factor is left out if the network is large; then its weights are taken as known."""
        monkeypatch.setattr(
            fitted_member, "uncertainty_or_none", lambda *arguments: (None, np.zeros(0))
        )
        model = sn.fit(a_line(), "y", held_out=0.25, **QUICK)
        assert all(member.factor.size == 0 for member in model.members)
        assert np.isfinite(model.held_out_fit.log_density)


def two_classes(rows: int) -> dict[str, np.ndarray]:
    return {"x": np.arange(float(rows)), "y": np.array(["a", "b"])[np.arange(rows) % 2]}


class TestFewRows:
    @pytest.mark.parametrize("rows", [3, 4, 5, 12])
    def test_have_a_model(self, rows: int) -> None:
        model = sn.fit(a_line(rows), "y", starts=1)
        assert np.isfinite(model.predict(a_line(rows))).all()
        assert np.isfinite(model.held_out_fit.log_density)
        assert model.held_out_fit.rows == rows

    @pytest.mark.parametrize("rows", [3, 5, 8])
    def test_of_classes_have_a_model(self, rows: int) -> None:
        model = sn.fit(two_classes(rows), "y", starts=1)
        assert np.isfinite(model.probabilities(two_classes(rows))).all()

    @pytest.mark.parametrize("data", [a_line(2), two_classes(2)])
    def test_are_refused_if_they_are_two_with_a_way_out(self, data: dict) -> None:
        with pytest.raises(sn.InvalidInput, match=r"these 2 rows.*such as decay=0\.0001$"):
            sn.fit(data, "y")
        assert len(sn.fit(data, "y", decay=0.0001, hidden=1).predict(data)) == 2

    def test_with_a_class_in_one_row_have_a_model(self) -> None:
        labels = np.array(["a", "b"] * 8)
        labels[5] = "c"
        model = sn.fit({"x": np.arange(16.0), "y": labels}, "y", **QUICK)
        assert model.probabilities({"x": np.arange(4.0)}).shape == (4, 3)

    @pytest.mark.filterwarnings("ignore:the weights in 'w' are whole numbers")
    def test_with_case_weights_count_as_rows(self) -> None:
        """Decay and noise of the linear model; the folds of repeated rows are others, and so are the shares."""
        data = a_line(15)
        repeats = 1 + np.arange(15) % 2
        twice = {name: np.repeat(values, repeats) for name, values in data.items()}
        one = sn.fit({**data, "w": repeats}, "y", weights="w", **QUICK)
        other = sn.fit(twice, "y", **QUICK)
        for key in ("log_evidence", "noise_variance", "effective_parameters"):
            found, expected = (model.members[0].evidence[key] for model in (one, other))
            assert found == pytest.approx(expected, rel=1e-4)


def test_figures_are_those_of_the_model_not_of_a_better_one() -> None:
    """A class between -1 and 1: networks of folds find it, so the network of all rows must find it, too.

    Of 400 new rows, the accuracy is within two standard errors of the 60 rows in folds.
    """

    def rows(n: int, seed: int) -> dict[str, np.ndarray]:
        x = np.random.default_rng(seed).uniform(-2.0, 2.0, size=n)
        return {"x": x, "y": np.where(np.abs(x) < 1.0, "in", "out")}

    for seed in (0, 2):
        model = sn.fit(rows(60, seed), "y", hidden=3, starts=2, seed=seed)
        said = model.held_out_fit.accuracy
        assert model.score(rows(400, 99)) > said - 2.0 * np.sqrt(0.25 / 60)


class Pressing:
    """In the place of `SearchProgress`: its report presses Ctrl-C when it is told to."""

    def __init__(self) -> None:
        self.ctrl_c = CtrlC()

    def __call__(self, *arguments: Any) -> Pressing:
        return self

    def __enter__(self) -> CtrlC:
        return self.ctrl_c

    def __exit__(self, *arguments: object) -> None: ...

    def trying(self, words: str) -> None: ...


class TestCtrlC:
    @pytest.fixture
    def pressing(self, monkeypatch: pytest.MonkeyPatch) -> Pressing:
        pressing = Pressing()
        monkeypatch.setattr(module, "SearchProgress", pressing)
        return pressing

    @pytest.mark.parametrize("time_limit", [None, 60.0])
    def test_in_the_search_leaves_a_model_that_says_so(
        self, time_limit: float | None, pressing: Pressing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = module.Contest.candidates

        def pressed_at_the_network(self, hidden, *arguments, **given):
            if hidden:
                pressing.ctrl_c.press()
            return whole(self, hidden, *arguments, **given)

        monkeypatch.setattr(module.Contest, "candidates", pressed_at_the_network)
        model = sn.fit(a_line(), "y", progress=True, starts=1, time_limit=time_limit, **REPORTING)
        assert {member.termination.reason for member in model.members} == {"interrupted"}
        assert model.network.architecture.sizes == (1, 1)
        assert np.isfinite(model.held_out_fit.log_density)

    def test_before_the_first_network_is_passed_on(self, pressing: Pressing) -> None:
        pressing.ctrl_c.press()
        with pytest.raises(KeyboardInterrupt):
            sn.fit(a_line(), "y", progress=True, **QUICK, **REPORTING)

    @pytest.mark.parametrize("when", ["before the first point", "later"])
    def test_in_the_last_fits_ends_all_of_them(
        self, when: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The leading member is fitted last, so that the model says that it was interrupted."""
        whole, limits = module.train, []

        def pressed_at_first(*arguments, **given):
            limits.append(given["max_iter"])
            if len(limits) == 1 and when == "before the first point":
                raise KeyboardInterrupt
            result = whole(*arguments, **given)
            if len(limits) > 1:
                return result
            return module.replace(result, termination=module.Termination("interrupted"))

        monkeypatch.setattr(module, "train", pressed_at_first)
        model = sn.fit(two_inputs(), "y", **QUICK)
        assert len(model.members) > 1
        assert {member.termination.reason for member in model.members} == {"interrupted"}
        assert set(limits[1:]) == {0}
        assert model.termination.reason == "interrupted"

    def test_in_the_fit_of_the_second_member_is_told_by_the_model(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The first is the one with the smallest share."""
        whole, calls = module.train, []

        def pressed_in_the_second(*arguments, **given):
            calls.append(1)
            result = whole(*arguments, **given)
            if len(calls) != 2:
                return result
            return module.replace(result, termination=module.Termination("interrupted"))

        monkeypatch.setattr(module, "train", pressed_in_the_second)
        model = sn.fit(two_inputs(), "y", **QUICK)
        shares = {member.termination.reason: member.share for member in model.members}
        assert model.termination.reason == "interrupted"
        assert shares["gradient_tolerance"] == min(member.share for member in model.members)


class TestTheTimeLimit:
    def test_of_0_leaves_the_linear_model(self) -> None:
        model = sn.fit(a_wave(), "y", time_limit=0.0)
        assert list(model.evidence["sizes"]) == ["0"]
        assert model.network.architecture.sizes == (1, 1)
        assert model.settings["time_limit"] == 0.0

    def test_is_shared_by_the_members(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each gets what is left, not the whole."""
        now, whole, limits = [0.0], module.train, []

        def slow(*arguments, **given):
            limits.append(given["time_limit"])
            now[0] += 1.0
            return whole(*arguments, **given)

        monkeypatch.setattr(module, "train", slow)
        monkeypatch.setattr(time, "monotonic", lambda: now[0])
        sn.fit(two_inputs(), "y", time_limit=60.0, **QUICK)
        assert len(limits) > 1
        assert limits == [60.0 - k for k in range(len(limits))]

    def test_that_ends_the_search_leaves_the_rest_to_the_members(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The networks of a size would have taken too long, but the others are trained to their optima."""
        whole = module.best_ensemble

        def unfinished(*arguments: Any) -> Any:
            found = whole(*arguments)
            half = [
                module.replace(each, network=sn.Network(each.network.architecture, 0.5 * each.network.theta))
                for each in found.members
            ]  # fmt: skip
            return module.replace(found, members=tuple(half), cut="time_limit")

        monkeypatch.setattr(module, "best_ensemble", unfinished)
        model = sn.fit(two_inputs(), "y", time_limit=600.0, **QUICK)
        assert {member.termination.reason for member in model.members} == {"time_limit"}
        assert model.training_fit.rmse[0] == pytest.approx(model.held_out_fit.rmse[0], rel=0.2)
        assert max(member.change_left for member in model.members) < 1e-6


class TestRefused:
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (
                {"decay": "evidense"},
                "decay must be a number of at least 0, 'evidence' or 'cv', but 'evidense' was given",
            ),
            ({"patience": 3, "validation": table()}, "so validation would have no effect"),
            ({"cost": "huber"}, "so cost would have no effect"),
            ({"max_iter": 5}, "so max_iter would have no effect; omit it, or give decay as a"),
        ],
    )
    def test_what_does_not_go_together(self, given: dict, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.fit(table(), "y", **{"decay": "evidence", **given})


def test_a_network_that_is_too_large_for_the_evidence_is_refused_before_anything_is_trained() -> (
    None
):
    X = np.zeros((40, 3)) + np.arange(40.0)[:, None] ** [1, 2, 3]
    with pytest.raises(
        sn.InvalidInput, match="up to 2000 weights, but this one has 2501; use fewer hidden units"
    ):
        sn.fit(X, np.arange(40.0), hidden=500)
    wide = np.random.default_rng(0).normal(size=(30, 2001))
    with pytest.raises(sn.InvalidInput, match="has 2002; name fewer columns in inputs, or give"):
        sn.fit(wide, wide[:, 0], hidden=0)
    assert sn.fit(X, np.arange(40.0), hidden=500, decay=1e-4, max_iter=1).network.theta.size == 2501
