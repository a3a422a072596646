"""The report: what it says, in which order, in lines that fit a terminal."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given

import sheernet as sn
from models import models, random_model
from sheernet.optimizers import Termination

X = np.linspace(0.0, 1.0, 40)


@pytest.fixture(scope="module")
def model() -> sn.Model:
    return sn.fit({"hours": X, "score": 50.0 + 30.0 * X**2}, "score", hidden=3, starts=3, seed=1)


def lines(model: sn.Model) -> dict[str, str]:
    """The report by its labels, each sentence in one line."""
    found: dict[str, str] = {}
    label = ""
    for line in model.report().splitlines():
        label = line[:12].strip() or label
        found[label] = f"{found.get(label, '')} {line[12:].strip()}".strip()
    return found


class TestTheReport:
    def test_says_first_whether_to_trust_it(self, model: sn.Model) -> None:
        assert list(lines(model)) == [
            "Gradient", "Stopped", "Fit", "Data", "Inputs", "Targets", "Network", "Method", "Objective", "Starts",
        ]  # fmt: skip

    def test_says_what_the_model_holds(self, model: sn.Model) -> None:
        said = lines(model)
        check, record = model.gradient_check, model.record
        assert said["Gradient"].startswith(
            "pass by complex step at the start, each entry judged by "
        )
        assert said["Gradient"].endswith(f"; norm ratio {check['norm_ratio']:.1e}")
        assert said["Stopped"] == (
            f"converged, {model.termination.reason}: {model.termination.message}"
        )
        assert (
            f"training rows: R^2 {model.training_fit.r2[0]:.4f}, root mean squared error"
            in said["Fit"]
        )
        assert f"held-out rows: R^2 {model.held_out_fit.r2[0]:.4f}" in said["Fit"]
        assert said["Data"] == "the table: 40 rows, 30 to train on, 10 held out"
        assert (said["Inputs"], said["Targets"]) == ("hours", "score")
        assert said["Network"] == "1-3-1, tanh, identity output; 10 weights"
        assert (
            said["Method"]
            == "lm on reference engine; mean of squared_error, decay 0.0001 on 6 of 10 weights"
        )
        assert said["Objective"].startswith(
            f"{record.objective[0]:.6g} at the start, {record.objective.min():.6g} at the end;"
        )
        assert (
            f"{record.iteration[-1]} iterations, {record.value_evaluations[-1]} evaluations"
            in said["Objective"]
        )
        assert said["Starts"].startswith("3 starts: ")
        assert said["Starts"].endswith("(seed 1, glorot)")

    @given(models())
    def test_fits_a_terminal_and_holds_for_any_model(self, model: sn.Model) -> None:
        assert max(map(len, model.report().splitlines())) <= 100
        for name in model.targets.names:
            assert name in model.report()

    def test_names_each_of_several_targets(self) -> None:
        said = lines(random_model(sn.Architecture((1, 2))))
        assert "target 0: R^2" in said["Fit"]
        assert "target 1: R^2 not defined (constant)" in said["Fit"]

    def test_says_so_where_nothing_was_held_out_or_decays(self) -> None:
        said = lines(
            sn.fit({"x": X[:9], "y": X[:9] ** 2}, "y", hidden=1, starts=1, decay=0, max_iter=2)
        )
        assert said["Fit"].endswith("held-out rows: none")
        assert said["Data"] == "the table: 9 rows, 9 to train on, 0 held out"
        assert "no decay" in said["Method"]
        assert said["Stopped"].startswith("not converged, max_iterations: ")
        assert said["Starts"].startswith("1 start: objective ")

    def test_tells_a_range_of_decays(self) -> None:
        model = sn.fit(
            {"x": X, "y": X**2}, "y", hidden=1, starts=1, decay={"W1": 0.5, "W2": 0.25}, max_iter=2
        )
        assert "decay 0.25 to 0.5 on 2 of 4 weights" in lines(model)["Method"]

    def test_says_that_a_training_was_interrupted(self) -> None:
        model = dataclasses.replace(
            random_model(sn.Architecture((1, 1))), termination=Termination("interrupted")
        )
        assert lines(model)["Stopped"].startswith(
            "not converged, interrupted: The run was interrupted; "
        )

    def test_says_that_the_call_was_cut_short_though_the_kept_start_converged(self) -> None:
        x = {"x": X, "y": X**2}
        seen: list[int] = []

        def pressed(step, row) -> None:
            seen.append(step.iteration)
            if seen.count(0) == 2 and step.iteration == 0:
                raise KeyboardInterrupt

        model = sn.fit(x, "y", hidden=1, starts=7, max_iter=300, observers=[pressed])
        assert model.termination.converged
        said = lines(model)
        assert said["Stopped"].startswith(f"converged, {model.termination.reason}: ")
        assert said["Stopped"].endswith(" 2 of 7 starts, then interrupted")
        assert said["Starts"].startswith("2 of 7 starts, then interrupted: ")

    def test_tells_the_objective_of_the_kept_network_though_the_last_one_is_higher(self) -> None:
        model = random_model(sn.Architecture((1, 1)))
        record = dataclasses.replace(model.record, objective=np.array([3.0, 1.0, 2.0, 2.5]))
        assert "3 at the start, 1 at the end" in dataclasses.replace(model, record=record).report()

    def test_survives_a_record_without_a_finite_objective(self) -> None:
        model = random_model(sn.Architecture((1, 1)))
        record = dataclasses.replace(model.record, objective=np.full(4, np.nan))
        assert (
            "nan at the start, nan at the end" in dataclasses.replace(model, record=record).report()
        )


class TestCautions:
    def said(self, rows: int, hidden: int, noise: float) -> str:
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=(2, rows))
        model = sn.fit({"x": x, "y": x + noise * y}, "y", hidden=hidden, starts=1, max_iter=200)
        return " ".join(line.strip() for line in model.report().splitlines())

    def test_of_more_weights_than_rows_and_of_none_held_out(self) -> None:
        said = self.said(rows=12, hidden=5, noise=0.1)
        assert "Caution     16 weights for 12 rows: a close fit" in said.replace(
            "Caution 16", "Caution     16"
        )
        assert "no rows were held out" in said

    def test_of_a_fit_that_is_worse_than_the_mean(self) -> None:
        said = self.said(rows=40, hidden=9, noise=100.0)
        assert "held-out rows are predicted worse than by their own mean" in said

    def test_of_nothing_where_all_is_well(self) -> None:
        assert "Caution" not in self.said(rows=200, hidden=2, noise=0.01)
