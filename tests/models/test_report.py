"""The report: what it says, in which order, in lines that fit a terminal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn

X = np.linspace(0.0, 1.0, 40)


@pytest.fixture(scope="module")
def model() -> sn.Model:
    data = {"hours": X, "score": 50.0 + 30.0 * X**2}
    return sn.fit(data, "score", hidden=3, decay=1e-4, starts=3, seed=1)


@pytest.fixture(scope="module")
def classifier() -> sn.Model:
    color = np.select([X < 0.3, X < 0.6], ["blue", "green"], "red")
    return sn.fit({"x": X, "y": X**2, "color": color}, "color", hidden=2, starts=1, max_iter=20)


def quickly(*arguments: Any, **given: Any) -> sn.Model:
    return sn.fit(*arguments, **{"hidden": 1, "starts": 1, "max_iter": 2, **given})


LABELS = (
    "Data", "Fit", "Caution", "Notice", "Stopped", "Objective", "Evidence", "Starts", "Inputs", "Target", "Targets",
    "Network", "Networks", "Method", "Given", "Defaults", "Settings", "Gradient",
)  # fmt: skip


def lines(model: sn.Model, verbose: bool = True) -> dict[str, str]:
    """The labeled lines of the report, each sentence in one line."""
    found: dict[str, str] = {}
    label = ""
    for line in model.report(verbose=verbose).splitlines():
        head = line[:12].strip()
        if head or not line:
            label = head if head in LABELS else ""
        if label:
            found[label] = f"{found.get(label, '')} {line[12:].strip()}".strip()
    return found


class TestTheReport:
    def test_says_first_whether_to_trust_it(self, model: sn.Model) -> None:
        assert list(lines(model)) == [
            "Data", "Fit", "Stopped", "Objective", "Starts", "Inputs", "Target", "Network", "Method", "Given",
            "Defaults", "Gradient",
        ]  # fmt: skip

    def test_says_what_the_model_holds(self, model: sn.Model) -> None:
        said = lines(model)
        check, record = model.gradient_check, model.record
        assert said["Gradient"] == (
            "correct: training used the true derivatives of its cost (checked by complex step at the initial weights "
            f"of start 1; norm ratio {check['norm_ratio']:.1e})"
        )
        assert said["Stopped"] == (
            "converged (gradient tolerance): the largest gradient entry, in standard units, is at most 1e-08."
        )
        assert (
            f"training rows: R^2 {model.training_fit.r2[0]:.4f}, root mean squared error"
            in said["Fit"]
        )
        assert f"held-out rows: R^2 {model.held_out_fit.r2[0]:.4f}" in said["Fit"]
        assert said["Data"] == "the table: 40 rows, 30 for training, 10 held out"
        assert (said["Inputs"], said["Target"]) == ("hours", "score (regression)")
        assert (
            said["Network"] == "1-3-1, tanh, identity output; 10 parameters (6 weights, 4 biases)"
        )
        assert (
            said["Method"]
            == f"hybrid on {sn.engines.resolve('auto')} engine; mean of squared_error, "
            "decay 0.0001 on 6 of 10 parameters"
        )
        assert said["Objective"].startswith(
            f"{record.objective[0]:.6g} at the start, {record.objective.min():.6g} at the end;"
        )
        assert said["Objective"].split(", ")[1] == (
            f"{model.starts.objectives[model.starts.best]:.6g} at the end; {record.iteration[-1]} iterations"
        )
        assert (
            f"{record.iteration[-1]} iterations, {record.value_evaluations[-1]} evaluations"
            in said["Objective"]
        )
        assert (
            f" {record.seconds[-1]:.3g} s ({model.starts.elapsed:.3g} s for all starts)"
            in said["Objective"]
        )
        assert said["Starts"].startswith("3 starts: ")
        assert said["Starts"].endswith("(seed 1, glorot)")

    def test_says_of_classes_how_many_are_right(self, classifier: sn.Model) -> None:
        said, fit = lines(classifier), classifier.training_fit
        assert said["Fit"].startswith(
            f"training rows: accuracy {100 * fit.accuracy:.1f} % (majority class: {100 * fit.majority:.1f} %), "
            f"log loss {fit.log_loss:.4g} held-out rows: "
        )
        assert said["Target"] == "color (classification): blue, green, red"
        assert "mean of cross_entropy" in said["Method"]

    def test_says_so_where_nothing_was_held_out_or_decays(self) -> None:
        said = lines(quickly({"x": X[:9], "y": X[:9] ** 2}, "y", decay=0))
        assert said["Fit"].endswith("held-out rows: none")
        assert said["Data"] == "the table: 9 rows, 9 for training, 0 held out"
        assert "no decay" in said["Method"]
        assert said["Stopped"].startswith(
            "not converged after 2 iterations (max iterations): The iteration limit was reached before a tolerance; "
            "increase max_iter."
        )
        assert said["Starts"].startswith("1 start: objective ")

    def test_names_the_tables_that_judge_and_are_watched_and_the_weights(self, tmp_path) -> None:
        data = {"x": X, "y": X**2, "w": np.ones(40)}
        for name in ("later.csv", "watched.csv"):
            (tmp_path / name).write_text("x,y\n0.1,0.01\n0.5,0.3\n0.7,0.4\n")
        model = quickly(
            data, "y", weights="w", test=tmp_path / "later.csv", validation=tmp_path / "watched.csv"
        )
        said = lines(model)
        assert said["Data"] == (
            "the table: 40 rows, 40 for training, 3 of later.csv for evaluation, 3 of watched.csv for validation; "
            "weighted by w"
        )
        assert "rows of later.csv: R^2" in said["Fit"]
        assert "no rows were held out" not in said.get("Caution", "")
        assert "held" not in said["Fit"] + said["Defaults"]
        assert said["Given"].startswith("weights w; validation watched.csv; test later.csv; ")

    @pytest.mark.filterwarnings("ignore:the (test|validation) rows are the training rows")
    def test_tells_tables_in_memory_apart(self) -> None:
        data = {"x": X, "y": X**2}
        said = lines(quickly(data, "y", test=data, validation=data))
        assert said["Data"] == (
            "the table: 40 rows, 40 for training, 40 of the test table for evaluation, "
            "40 of the validation table for validation"
        )
        assert "rows of the test table: R^2" in said["Fit"]

    def test_tells_a_range_of_decays(self) -> None:
        model = quickly({"x": X, "y": X**2}, "y", decay={"W1": 0.5, "W2": 0.25})
        assert "decay 0.25 to 0.5 on 2 of 4 parameters" in lines(model)["Method"]

    def test_says_each_notice(self) -> None:
        with pytest.warns(sn.SheernetWarning, match="'row' is left out"):
            model = quickly({"row": np.arange(40), "x": X, "y": X**2}, "y")
        assert lines(model)["Notice"] == model.notices[0]
        assert next(iter(lines(model))) == "Notice"
        assert lines(model, verbose=False)["Notice"] == model.notices[0]

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
        assert said["Stopped"].startswith(
            f"converged ({model.termination.reason.replace('_', ' ')}): "
        )
        assert said["Stopped"].endswith(" 2 of 7 starts ran; interrupted")
        assert said["Starts"].startswith("2 of 7 starts ran; interrupted: ")

    def test_tells_under_patience_the_objective_of_the_iterate_that_is_kept(self) -> None:
        rng = np.random.default_rng(3)
        rows = [{"x": rng.normal(size=30), "y": rng.normal(size=30)} for _ in range(2)]
        model = sn.fit(
            rows[0], "y", validation=rows[1], patience=3, held_out=0, starts=1, method="bfgs"
        )
        kept = model.starts.objectives[0]
        assert kept > model.record.objective.min()
        row = int(np.argmin(model.record.validation_cost))
        said = lines(model)
        assert (
            f", {kept:.6g} at iteration {row}, the best iterate; {len(model.record) - 1} iter"
            in (said["Objective"])
        )
        watched = model.record.validation_cost[row]
        assert said["Objective"].endswith(
            f"validation cost {watched:.6g} at this iterate, without decay"
        )
        assert said["Stopped"] == (
            "stopped early (validation patience): The validation cost has not improved for 3 iterations; "
            "the weights of the iteration with the lowest validation cost are kept."
        )

    @pytest.mark.filterwarnings("ignore:the weights in .* add up to")
    def test_quotes_names_that_a_list_could_not_be_read_with(self) -> None:
        data = {"a,b": X, 'größe, "cm"': X**3, "plain name": X**4, "y, z": X**2, "w,": X + 1}
        said = lines(quickly(data, "y, z", drop="plain name", weights="w,"))
        assert said["Inputs"] == '"a,b", "größe, ""cm"""'
        assert said["Target"] == '"y, z" (regression)'
        assert said["Data"].endswith('; weighted by "w,"')
        assert "drop plain name" in said["Given"]
        said = lines(quickly(data, ["y, z", "w,"], drop=["a,b", "plain name"]))
        assert 'drop "a,b",plain name;' in said["Given"]
        assert '"w,": R^2' in said["Fit"]


DATA = {"x": X, "z": X**3, "y": X**2}


class TestSettings:
    def test_of_a_method_are_not_told_twice(self) -> None:
        said = lines(quickly(DATA, "y", method="adam", epsilon=1e-6))
        assert "seed 0" in said["Defaults"]
        assert said["Given"] == "hidden 1; method adam; starts 1; max_iter 2; epsilon 1e-06"

    def test_of_a_task_include_its_cost(self, classifier: sn.Model) -> None:
        assert "cost cross_entropy" in lines(classifier)["Defaults"]
        assert "cost" not in lines(classifier)["Given"]

    def test_that_say_nothing_are_not_there(self, model: sn.Model) -> None:
        said = lines(model)
        for name in (
            "time_limit",
            "target",
            "patience",
            "max_evaluations",
            "drop",
            "categories",
            "None",
        ):
            assert name not in said["Defaults"]
        assert said["Given"] == "hidden 3; decay 0.0001; starts 3; seed 1"

    def test_of_a_linear_model_say_so(self) -> None:
        assert "hidden 0" in lines(quickly(DATA, "y", hidden=()))["Given"]

    def test_of_many_numbers_are_counted(self) -> None:
        model = quickly(DATA, "y", hidden=9, decay=np.full(37, 0.5))
        assert "decay of 37 values" in lines(model)["Given"]


class TestCautions:
    def said(self, rows: int, hidden: int, noise: float, classes: bool = False) -> str:
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=(2, rows))
        target = x + noise * y
        if classes:
            target = np.where(target > 0.7, "high", "low")
        model = sn.fit({"x": x, "y": target}, "y", hidden=hidden, starts=1, max_iter=200)
        return " ".join(model.report().split())

    def test_of_more_weights_than_rows_and_of_none_held_out(self) -> None:
        said = self.said(rows=12, hidden=5, noise=0.1)
        assert (
            "Caution 16 parameters for 12 training rows: the network may fit them closely by"
            in said
        )
        assert "no rows were held out" in said
        assert "(held_out=0.25 applies to tables of at least 20 rows; give rows" in said

    def test_of_none_held_out_does_not_ask_for_rows_where_none_were_wanted(self) -> None:
        said = " ".join(quickly({"x": X, "y": X**2}, "y", held_out=0).report().split())
        assert "no rows were held out" in said
        assert "are needed" not in said
        said = " ".join(quickly({"x": X, "y": X**2}, "y", held_out=0.001).report().split())
        assert "are needed" not in said
        assert "is unknown (0.001 of 40 rows is less than one; increase held_out)" in said

    def test_of_a_fit_that_is_worse_than_the_mean(self) -> None:
        said = self.said(rows=40, hidden=9, noise=100.0)
        assert "held-out rows are predicted worse than by their mean" in said

    @pytest.mark.parametrize(
        ("options", "advice"),
        [
            ({"decay": 1e6, "max_iter": 200}, "lower decay "),
            ({"max_iter": 0}, "increase max_iter "),
            ({"max_iter": 0, "decay": 1e6}, "increase max_iter and lower decay "),
            ({"time_limit": 0.0}, "increase time_limit "),
        ],
    )
    @pytest.mark.parametrize("classes", [False, True])
    def test_of_a_network_that_has_learned_nothing(self, options, advice, classes) -> None:
        y = np.arange(40) % 2 == 0 if classes else X**2
        said = " ".join(quickly({"x": X, "y": y}, "y", seed=2, **options).report().split())
        what = "the classes no better than by their frequencies"
        if not classes:
            what = "the target hardly better than by the mean, or worse"
        assert f"Caution the network predicts {what}; {advice}" in said
        assert "noise" not in said

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_of_a_wrong_value_in_held_out_rows_does_not_name_noise(self) -> None:
        rng = np.random.default_rng(0)
        x = rng.uniform(size=60)
        y = x + 0.1 * rng.normal(size=60)
        test = {"x": [*x[:9], 0.5], "y": [*y[:9], 40.0]}
        given = {"hidden": 0, "decay": 0.0, "test": test}
        said = " ".join(sn.fit({"x": x, "y": y}, "y", **given).report().split())
        assert "the linear model is no better, so look for wrong values" in said
        assert "noise;" not in said

    def test_of_many_parameters_names_a_layer_with_which_it_is_not_given(self) -> None:
        said = self.said(rows=40, hidden=20, noise=0.1)
        assert (
            "Caution 61 parameters for 30 training rows: judge the network by the held-out rows, "
            "not by the training rows; hidden=9 gives fewer parameters than rows"
        ) in said
        assert "parameters for 30 training rows" not in self.said(rows=40, hidden=9, noise=0.1)
        assert "parameters for 30 training rows" in self.said(rows=40, hidden=10, noise=0.1)

    def test_of_nothing_where_all_is_well(self) -> None:
        assert "Caution" not in self.said(rows=200, hidden=2, noise=0.01)
        assert "Caution" not in self.said(rows=200, hidden=2, noise=0.01, classes=True)
