"""`Model.optimize`: optima that are known, wanted values, labels, bounds, and refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

import sheernet as sn

pytestmark = pytest.mark.filterwarnings(
    "ignore:(date|time of day) '|the statistics of held-out rows"
)
N = 150
RNG = np.random.default_rng(0)
X = {
    "a": RNG.uniform(0, 10, N),
    "b": RNG.uniform(-1, 1, N),
    "c": np.array(["p", "q", "r"])[np.arange(N) % 3],
}
FREE: Any = {"goal": "mean", "near_data": False}
PEAK = 4.0 * np.exp(-((X["a"] - 6.0) ** 2) / 8) - X["b"] ** 2 + 2.0 * (X["c"] == "q")


@pytest.fixture(scope="module")
def peak() -> sn.Model:
    """The largest value is 6, at a = 6, b = 0 and c = q."""
    return sn.fit({**X, "y": PEAK}, "y", hidden=8, decay=1e-7, starts=2, held_out=0, max_iter=300)


@pytest.fixture(scope="module")
def line() -> sn.Model:
    """y = 2 a + 3 b on -1 to 1, z = a - b."""
    a, b = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9))
    table = {"a": a.ravel(), "b": b.ravel()}
    table |= {"y": 2 * table["a"] + 3 * table["b"], "z": table["a"] - table["b"]}
    return sn.fit(table, ["y", "z"], hidden=0, decay=0.0, starts=1, held_out=0)


class TestOptima:
    def test_the_largest_prediction_is_at_the_peak(self, peak: sn.Model) -> None:
        found = peak.optimize("maximize", **FREE)
        assert found.inputs["a"] == pytest.approx(6.0, abs=0.2)
        assert found.inputs["b"] == pytest.approx(0.0, abs=0.04)
        assert found.inputs["c"] == "q"
        assert found.reached
        assert found.prediction[0] == peak.predict(found.inputs)
        assert found.agreeing > 3
        assert found.is_exhaustive

    def test_agree_with_brute_force(self, peak: sn.Model) -> None:
        """The optima of the network itself, on a grid."""
        columns = peak.inputs.columns
        a, b = (np.linspace(column.lowest, column.highest, 301) for column in columns[:2])
        grid = np.stack([axis.ravel() for axis in np.meshgrid(a, b)], axis=1)
        for aim, best in (("maximize", np.max), ("minimize", np.min)):
            values = [
                peak.predict({"a": grid[:, 0], "b": grid[:, 1], "c": [label] * len(grid)})
                for label in "pqr"
            ]
            exact, found = float(best(values)), float(peak.optimize(aim, **FREE).prediction[0])
            assert (found - exact) * (1 if aim == "maximize" else -1) >= -1e-5
            assert found == pytest.approx(exact, abs=1e-3)

    def test_of_a_line_is_at_the_corner(self, line: sn.Model) -> None:
        found = line.optimize({"y": "maximize"}, **FREE)
        assert dict(found.inputs) == {"a": 1.0, "b": 1.0}
        assert [column.end for column in found.columns] == ["highest", "highest"]
        assert "1 (highest)" in found.text()

    def test_a_column_that_changes_nothing_keeps_its_typical_value(self) -> None:
        rng = np.random.default_rng(1)
        table = {"a": rng.uniform(size=60), "idle": rng.uniform(size=60)}
        model = sn.fit({**table, "y": table["a"]}, "y", hidden=0, decay=0.0, starts=1, held_out=0)
        member = replace(
            model.members[0], network=sn.Network(model.network.architecture, [1.0, 0.0, 0.0])
        )
        found = replace(model, members=(member,)).optimize("maximize", **FREE)
        assert found.inputs["idle"] == pytest.approx(table["idle"].mean(), abs=0.15)
        assert found.inputs["a"] == table["a"].max()  # exactly

    def test_of_a_class_is_where_it_is_most_probable(self) -> None:
        table = {"a": X["a"], "kind": np.where(np.abs(X["a"] - 5) < 2, "in", "out")}
        model = sn.fit(table, "kind", hidden=4, decay=1e-3, starts=2, held_out=0)
        found = model.optimize("in")
        assert found.inputs["a"] == pytest.approx(5.0, abs=0.5)
        assert found.prediction[0] > 0.9
        half = model.optimize({"in": 0.5})
        assert half.prediction == pytest.approx([0.5, 0.5], abs=1e-5)
        assert "kind=in = 0.5" in half.text()


class TestWantedValues:
    def test_are_reached_by_the_inputs_nearest_to_the_middle(self, line: sn.Model) -> None:
        """On the line 2 a + 3 b = 1, with equal variances, the point (2, 3) / 13."""
        found = line.optimize({"y": 1.0})
        assert found.prediction[0] == pytest.approx(1.0, abs=1e-5)
        assert [found.inputs["a"], found.inputs["b"]] == pytest.approx([2 / 13, 3 / 13], abs=1e-4)

    def test_of_two_targets_are_reached_together(self, line: sn.Model) -> None:
        found = line.optimize({"y": 1.0, "z": -0.5})  # a = -0.1, b = 0.4
        assert [found.inputs["a"], found.inputs["b"]] == pytest.approx([-0.1, 0.4], abs=1e-4)

    def test_come_before_what_shall_be_large(self, line: sn.Model) -> None:
        found = line.optimize({"y": 1.0, "z": "maximize"}, **FREE)  # largest a on 2 a + 3 b = 1
        assert [found.inputs["a"], found.inputs["b"]] == pytest.approx([1.0, -1 / 3], abs=1e-4)

    def test_that_cannot_be_reached_are_told(self, line: sn.Model) -> None:
        found = line.optimize({"y": 9.0}, **FREE)
        assert not found.reached
        assert found.prediction[0] == pytest.approx(5.0)
        assert "y = 9 was not reached: 5 is the largest prediction" in found.text()
        assert found.text().startswith("Inputs with predictions nearest to y = 9\n")
        assert not found.to_frame()["reached"].any()
        both = line.optimize({"y": 5.0, "z": 2.0}, **FREE)
        assert not both.reached
        assert "not reached together" in both.text()
        assert line.optimize({"y": 1.0}).to_frame()["reached"].all()

    def test_have_several_solutions(self, peak: sn.Model) -> None:
        found = peak.optimize(3.0, fixed={"b": 0.0}, **FREE)
        assert len(found.solutions) > 1
        for each in found.solutions:
            assert each.prediction[0] == pytest.approx(3.0, abs=1e-4)
        distances = [float(each.distance.distance[0]) for each in found.solutions]
        assert distances == sorted(distances)
        assert len(found.to_frame()) == len(found.solutions)


class TestRanges:
    def test_bounds_and_fixed_values_hold(self, peak: sn.Model) -> None:
        found = peak.optimize(
            "maximize", fixed={"b": 0.5}, bounds={"a": (1.0, 3.0), "c": ["p", "r"]}
        )
        assert found.inputs["a"] == 3.0
        assert found.inputs["b"] == 0.5
        assert found.inputs["c"] in ("p", "r")
        assert found.combinations == 2

    def test_bounds_beyond_the_data_are_narrowed_and_told(self, line: sn.Model) -> None:
        found = line.optimize({"y": "maximize"}, bounds={"a": (0.5, 40.0)}, **FREE)
        assert found.inputs["a"] == 1.0
        assert found.notices == (
            "a: the bounds 0.5 to 40 are narrowed to 0.5 to 1, the range of the training rows",
        )

    def test_a_notice_on_a_fixed_value_is_given_once(self) -> None:
        table = {**X, "y": X["a"]}
        model = sn.fit(table, "y", hidden=0, decay=0.1, starts=1, held_out=0, unseen="rare")
        (notice,) = model.optimize("maximize", fixed={"c": "new"}, near_data=False).notices
        assert "counts as rare: 'new'" in notice

    def test_near_the_data_no_combination_is_farther_than_rows(self) -> None:
        rng = np.random.default_rng(2)
        a = rng.normal(size=200)
        table = {"a": a, "b": a + 0.1 * rng.normal(size=200)}
        model = sn.fit(
            {**table, "y": a - table["b"]}, "y", hidden=0, decay=0.0, starts=1, held_out=0
        )
        free, near = model.optimize("maximize", **FREE), model.optimize("maximize", goal="mean")
        assert free.solutions[0].distance.quantile[0] == 1.0
        assert near.solutions[0].distance.quantile[0] <= 0.95 + 1e-6
        assert near.prediction[0] < 0.2 * free.prediction[0]
        assert near.prediction[0] > 0.2  # 2 or 3 standard deviations of a - b


class TestLabels:
    def test_all_combinations_find_what_exchanges_of_one_label_miss(self) -> None:
        """y is 1 if both labels are b, 0.5 if both are a, and 0 otherwise."""
        rows = list(product("ab", "ab")) * 10
        table = {"c": [row[0] for row in rows], "d": [row[1] for row in rows]}
        y = [{"ab": 0.0, "ba": 0.0, "aa": 0.5, "bb": 1.0}["".join(row)] for row in rows]
        model = sn.fit({**table, "y": y}, "y", hidden=3, decay=1e-6, starts=3, held_out=0)
        found = model.optimize("maximize")
        assert dict(found.inputs) == {"c": "b", "d": "b"}
        assert "all 4 combinations of labels and whole numbers were tried" in found.text()

    @pytest.mark.parametrize("scaling", ["standardize", "minmax", "robust", "none"])
    def test_counts_are_searched_at_the_numbers_of_the_rows(self, scaling: str) -> None:
        """y is the largest at flag = 1 and 2.5 rooms, of which 2 or 3 are the nearest counts."""
        rows = list(product([0, 1], [1, 2, 3, 5], np.linspace(0, 1, 5)))
        table = {name: [row[i] for row in rows] for i, name in enumerate(("flag", "rooms", "x"))}
        y = [flag - (rooms - 2.5) ** 2 - (x - 0.4) ** 2 for flag, rooms, x in rows]
        model = sn.fit(
            {**table, "y": y}, "y", hidden=5, decay=1e-5, starts=2, held_out=0, scaling=scaling
        )
        found = model.optimize("maximize")
        assert found.inputs["flag"] == 1.0
        assert found.inputs["rooms"] in (2.0, 3.0)
        assert 0.2 < found.inputs["x"] < 0.6
        assert "'flag' and 'rooms' have only whole numbers" in found.text()
        assert model.optimize("maximize", bounds={"rooms": (3.5, 6)}).inputs["rooms"] == 5.0
        with pytest.raises(
            sn.InvalidInput, match=r"'rooms' must contain one of its values.*1, 2, 3 and 5"
        ):
            model.optimize("maximize", bounds={"rooms": (3.5, 4.5)})

    def test_whose_sums_miss_a_value_are_not_called_far_without_a_limit_of_the_distance(
        self,
    ) -> None:
        rows = np.array(list(product([0.0, 5.0], [0.0, 5.0, 10.0])) * 5)
        table = {"a": rows[:, 0], "b": rows[:, 1], "y": rows @ [1.1, 2.3]}
        model = sn.fit(table, "y", hidden=0, decay=0.0, starts=1, held_out=0)
        found = model.optimize("maximize", {"a + b": 7.0}, near_data=False)
        assert not found.is_near
        assert "near the data" not in found.title()

    @pytest.mark.parametrize("levels", [[-1, 0, 1], [0, 10, 30], [0.5, 1, 2]])
    def test_other_levels_are_a_range(self, levels: list[float]) -> None:
        x = np.array(levels * 10, dtype=float)
        model = sn.fit(
            {"x": x, "y": x**2 + 0.5, "z": np.arange(30.0) % 25},
            "y",
            hidden=0,
            decay=0.0,
            starts=1,
            held_out=0,
        )
        assert model.region is not None
        assert model.region.levels == ((), ())

    def test_rare_labels_that_no_near_row_has_are_named(self) -> None:
        rng = np.random.default_rng(4)
        shore = np.where(np.arange(300) < 4, "yes", "no")
        table = {"x": rng.uniform(size=300), "shore": shore}
        y = table["x"] + (shore == "yes") + 0.1 * rng.normal(size=300)
        model = sn.fit({**table, "y": y}, "y", hidden=0, decay=1e-3, starts=1, held_out=0)
        near, far = model.optimize("maximize"), model.optimize("maximize", near_data=False)
        assert (near.inputs["shore"], far.inputs["shore"]) == ("no", "yes")
        assert "shore=yes is not searched" in near.notices[0]
        with pytest.raises(sn.InvalidInput, match="value of 'shore' is farther from the data"):
            model.optimize("maximize", fixed={"shore": "yes"})


class TestSeeds:
    def test_the_same_seed_gives_the_same_bits(self, peak: sn.Model) -> None:
        first, second = (peak.optimize(3.0, seed=5) for _ in range(2))
        assert first.to_dict() == second.to_dict()


class TestRefusals:
    @pytest.mark.parametrize(
        ("want", "options", "message"),
        [
            ("largest", {}, "want of y must be a number, 'maximize' or 'minimize', but 'largest'"),
            (True, {}, "want of y must be a number"),
            (float("nan"), {}, "want of y must be a number"),
            ({}, {}, "want names no prediction"),
            ({"x": 1.0}, {}, "prediction 'x' is not recognized"),
            ({"a": 1.0}, {}, "want of the input a must be 'maximize' or 'minimize', but 1.0 was given; fixed holds"),
            ({"c": "maximize"}, {}, "want of 'c' needs columns of numbers"),
            (1.0, {"goal": "median"}, "goal 'median' is not recognized"),
            (1.0, {"fixed": {"y": 1.0}}, "fixed 'y' is not recognized"),
            (1.0, {"fixed": {"a + c": 1.0}}, "fixed of 'a \\+ c' needs columns of numbers, but 'c' has other values"),
            (1.0, {"fixed": {"a + a": 1.0}}, "contains a column twice"),
            (1.0, {"fixed": {"a + b": "x"}}, "fixed of 'a \\+ b' must be a number"),
            (1.0, {"bounds": {"a + b": 4}}, "must be two numbers, the smaller one first, or one number and None"),
            (1.0, {"bounds": {"y": (None, None)}}, "must be two numbers"),
            (1.0, {"bounds": {"y": (4, 2)}}, "must be two numbers"),
            (1.0, {"fixed": {"size": 1.0}}, "fixed 'size' is not recognized"),
            (1.0, {"fixed": {"a": 30.0}}, "fixed of 'a' must be in the range of the training rows"),
            (1.0, {"fixed": {"c": "z"}}, "'z'"),
            (1.0, {"fixed": 3.0}, "fixed must be a mapping"),
            (1.0, {"bounds": {"a": (20, 30)}}, "bounds of 'a' must overlap the range"),
            (1.0, {"bounds": {"a": (3, 2)}}, "bounds of 'a' must be two values, the smaller one first"),
            (1.0, {"bounds": {"a": 3}}, "bounds of 'a' must be two values"),
            (1.0, {"bounds": {"c": ["z"]}}, "bounds of 'c' must be a list of some of its values, p, q and r"),
            (1.0, {"bounds": {"c": []}}, "bounds of 'c' must be a list of some of its values"),
            (1.0, {"bounds": {"c": 5}}, "bounds of 'c' must be a list of some of its values, p, q and r, but 5"),
            (1.0, {"bounds": {"a": (1, 2)}, "fixed": {"a": 1.0}}, "'a' occurs twice in fixed and bounds"),
            (1.0, {"fixed": {"a": 1.0, "b": 0.0, "c": "p"}}, "no column is left to search"),
            (1.0, {"starts": 0}, "starts must be a whole number of at least 1"),
        ],
    )  # fmt: skip
    @pytest.mark.filterwarnings("ignore:a. ")
    def test_are_sentences(self, peak: sn.Model, want, options, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            peak.optimize(want, **options)

    def test_the_distance_of_a_model_that_does_not_know_its_data_is_not_limited(
        self, line: sn.Model
    ) -> None:
        found = replace(line, region=None).optimize({"y": "maximize"}, goal="mean")
        assert dict(found.inputs) == {"a": 1.0, "b": 1.0}
        assert "does not contain the distance" in found.notices[-1]


class TestResults:
    def test_are_json(self, peak: sn.Model) -> None:
        found = json.loads(json.dumps(peak.optimize(3.0).to_dict()))
        assert found["want"] == {"y": 3.0}
        assert found["reached"] is True
        assert found["solutions"][0]["inputs"] == found["inputs"]

    def test_say_what_is_not_known(self, peak: sn.Model) -> None:
        text = replace(peak, region=None).optimize("maximize").text()
        assert "Distance from the center" not in text


class TestDates:
    @staticmethod
    def fitted(step: np.timedelta64) -> sn.Model:
        """y is the sum of days since the first and of x; 199 steps."""
        when = np.datetime64("2024-01-01", "s") + step * np.arange(200)
        days = (when - when[0]) / np.timedelta64(1, "D")
        x = np.random.default_rng(0).uniform(0, 10, 200)
        table = {"when": when, "x": x, "y": days + x}
        return sn.fit(table, "y", hidden=0, decay=1e-9, starts=1, held_out=0, cycles="none")

    @pytest.mark.parametrize("want", [41.37, 120.0, {"y": "maximize"}])
    def test_are_days_if_those_of_the_training_rows_are(self, want: object) -> None:
        found = self.fitted(np.timedelta64(1, "D")).optimize(want)
        day = found.inputs["when"]
        assert day == day.astype("datetime64[D]")
        assert found.reached
        days = (day - np.datetime64("2024-01-01")) / np.timedelta64(1, "D")
        assert found.prediction[0] == pytest.approx(days + found.inputs["x"], abs=1e-4)
        if not isinstance(want, dict):  # x makes up for the part of a day
            assert found.prediction[0] == pytest.approx(want, abs=1e-3)

    def test_stay_within_the_bounds(self) -> None:
        model = self.fitted(np.timedelta64(1, "D"))
        ends = [np.datetime64("2024-02-03T12:00"), np.datetime64("2024-02-05T12:00")]
        found = model.optimize({"y": "maximize"}, bounds={"when": ends})
        assert found.inputs["when"] == np.datetime64("2024-02-05")

    def test_alone_miss_the_wanted_value(self) -> None:
        model = self.fitted(np.timedelta64(1, "D"))
        found = model.optimize(50.5, fixed={"x": 5.0})
        assert found.inputs["when"] in (np.datetime64("2024-02-15"), np.datetime64("2024-02-16"))
        assert not found.reached

    def test_keep_times_of_day_that_the_training_rows_have(self) -> None:
        found = self.fitted(np.timedelta64(7, "h")).optimize(41.37, fixed={"x": 5.0})
        when = found.inputs["when"]
        assert when != when.astype("datetime64[D]")
        assert found.prediction[0] == pytest.approx(41.37, abs=1e-3)


def test_a_wide_list_of_searched_values_is_cut_between_values() -> None:
    x = np.arange(96) % 12 + 3.0
    table = {"stops": x, "km": np.sin(np.arange(96.0)), "y": 2 * x}
    model = sn.fit(table, "y", hidden=0, decay=0.01, starts=1, held_out=0)
    text = model.optimize("maximize", starts=4).text()
    assert "3, 4, 5, 6, 7, …, 10, 11, 12, 13, 14" in text
