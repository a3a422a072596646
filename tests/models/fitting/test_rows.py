"""Which rows train, which are held out, and what tables for validation and test do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from models.fitting.prepared_tables import split
from models.fitting.tables import INPUTS, mixed, quickly, same_columns, table
from sheernet.models.fitting import split_rows

RNG = np.random.default_rng(0)


class TestHeldOutRows:
    @given(st.integers(1, 200), st.floats(0.0, 0.99), st.integers(0, 2**40))
    def test_and_training_rows_are_all_rows_once(self, rows: int, share: float, seed: int) -> None:
        training, kept = split_rows(rows, share, seed)
        assert sorted([*training, *kept]) == list(range(rows))
        assert len(kept) == (int(share * rows + 1e-9) if rows >= 20 else 0)
        assert len(training) >= 1
        for chosen in (training, kept):
            assert np.all(np.diff(chosen) > 0), "in the table's order"

    @given(
        st.lists(st.integers(0, 3), min_size=20, max_size=200),
        st.floats(0.0, 0.99),
        st.integers(0, 99),
    )
    def test_are_the_same_share_of_each_class(
        self, codes: list[int], share: float, seed: int
    ) -> None:
        classes = np.array(codes)
        training, kept = split_rows(len(classes), share, seed, classes)
        assert sorted([*training, *kept]) == list(range(len(classes)))
        total, room = int(share * len(codes) + 1e-9), True
        for each in set(codes):
            size = np.sum(classes == each)
            held = np.sum(classes[kept] == each)
            assert min(np.floor(share * size), size - 1) <= held <= np.ceil(share * size)
            assert held < size, "one of each is trained on"
            room = room and np.ceil(share * size) < size
        assert len(kept) <= total
        assert len(kept) == total or not room

    def test_are_kept_of_many_small_classes_too(self) -> None:
        training, kept = split_rows(30, 0.25, 0, np.repeat(np.arange(10), 3))
        assert (len(training), len(kept)) == (23, 7)

    def test_are_the_share_that_was_asked_for_and_not_one_less_by_rounding(self) -> None:
        assert len(split_rows(100, 0.29, 0)[1]) == 29

    @pytest.mark.parametrize(("rows", "held_out"), [(19, 0), (20, 5), (21, 5), (40, 10)])
    def test_are_a_quarter_and_none_under_20(self, rows: int, held_out: int) -> None:
        model = quickly(table(rows), "y")
        assert model.training_fit.rows == rows - held_out
        assert (0 if model.held_out_fit is None else model.held_out_fit.rows) == held_out

    def test_hold_of_a_rare_class_some_rows_too(self) -> None:
        label = np.array(["rare"] * 8 + ["often"] * 72)
        confusion = quickly({"x": RNG.normal(size=80), "y": label}, "y").held_out_fit.confusion
        assert [sum(row) for row in confusion] == [18, 2]

    def test_follow_the_seed(self) -> None:
        one, same, other = (split(40, seed=seed).evaluation.X for seed in (1, 1, 2))
        assert np.array_equal(one, same)
        assert not np.array_equal(one, other)

    def test_do_not_depend_on_the_number_of_starts(self) -> None:
        few, many = (sn.fit(table(), "y", hidden=2, starts=n, max_iter=3) for n in (1, 4))
        assert few.starts.objectives[0] == many.starts.objectives[0]
        assert same_columns(few, many)

    def test_are_drawn_from_a_stream_of_the_seed_that_no_start_reaches(self) -> None:
        rng = np.random.default_rng(np.random.SeedSequence(7, spawn_key=(2**32 - 1,)))
        assert split_rows(40, 0.25, 7)[1].tolist() == sorted(rng.permutation(40)[:10])

    @pytest.mark.filterwarnings(
        "ignore:.. 10 of 10 held-out rows are far outside:sheernet.SheernetWarning"
    )
    def test_change_nothing_in_the_training(self) -> None:
        data = table()
        kept = split_rows(40, 0.25, 0)[1]
        changed = {name: column.copy() for name, column in data.items()}
        for column in changed.values():
            column[kept] = 1000.0 * RNG.normal(size=len(kept))
        one, other = (sn.fit(t, "y", hidden=2, starts=2, max_iter=20) for t in (data, changed))
        assert np.array_equal(one.network.theta, other.network.theta)
        assert same_columns(one, other)
        assert one.training_fit == other.training_fit
        assert one.held_out_fit != other.held_out_fit

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")  # rows outside the range
    def test_are_judged_in_the_targets_own_units(self) -> None:
        data = table()
        model = sn.fit(data, "y", hidden=2, starts=1, max_iter=20)
        training, kept = split_rows(40, 0.25, 0)
        for rows, fit in ((kept, model.held_out_fit), (training, model.training_fit)):
            errors = model.predict({k: v[rows] for k, v in data.items()}) - data["y"][rows]
            assert fit.rmse[0] == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-12)

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_of_classes_are_judged_by_their_labels(self) -> None:
        data = mixed(80)
        model = sn.fit(data, "grade", inputs=INPUTS, hidden=2, starts=1, max_iter=5)
        codes = data["grade"].map({"A": 0, "B": 1, "C": 2}).to_numpy()
        rows = split_rows(80, 0.25, 0, codes)[1]
        right = model.predict(data.iloc[rows]) == data["grade"].to_numpy()[rows]
        assert model.held_out_fit.accuracy == pytest.approx(right.mean(), rel=1e-12)

    def test_may_be_none_on_request(self) -> None:
        assert quickly(table(), "y", held_out=0).held_out_fit is None


class TestOtherTables:
    def test_to_test_take_the_place_of_held_out_rows(self) -> None:
        model = sn.fit(table(40), "y", hidden=2, starts=1, max_iter=20, test=table(30))
        assert (model.training_fit.rows, model.held_out_fit.rows) == (40, 30)
        with pytest.warns(
            sn.SheernetWarning, match="rows? .* the .*est value of the training rows"
        ):
            errors = model.predict(table(30)) - table(30)["y"]
        assert model.held_out_fit.rmse[0] == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-12)
        assert (model.settings["test"], model.settings["held_out"]) == ("the test table", None)

    def test_change_nothing_in_the_training(self) -> None:
        alone = sn.fit(table(), "y", hidden=2, starts=2, max_iter=9, held_out=0)
        beside = sn.fit(
            table(), "y", hidden=2, starts=2, max_iter=9, test=table(30), validation=table(20)
        )
        assert np.array_equal(alone.network.theta, beside.network.theta)
        assert same_columns(alone, beside)

    @pytest.mark.filterwarnings("ignore:the (test|validation) rows are the training rows")
    def test_to_validate_are_watched_at_each_iteration(self) -> None:
        model = sn.fit(
            table(), "y", hidden=2, starts=1, max_iter=9, held_out=0, decay=0, validation=table()
        )
        assert np.allclose(model.record.validation_cost, model.record.objective, rtol=1e-12)
        assert np.isnan(quickly(table(), "y", held_out=0).record.validation_cost).all()

    def test_to_validate_stop_a_training_that_they_do_not_follow(self) -> None:
        noise = table(30)
        noise["y"] = RNG.normal(10.0, 9.0, 30)
        model = sn.fit(noise, "y", hidden=9, starts=1, validation=table(20), patience=3, held_out=0)
        assert model.termination.reason == "validation_patience"

    @pytest.mark.parametrize("name", ["validation", "test"])
    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ({"a": [1.0], "y": [2.0]}, "needs column 'b', which"),
            ({"y": [2.0]}, "needs columns 'a'.* 'b', which"),
            ({"a": [1.0], "b": [2.0]}, "needs column 'y', which"),
            ({"a": [1.0], "b": [None], "y": [2.0]}, "missing values in 1 column: 'b' .1 value"),
            ({"a": [1.0], "b": ["x"], "y": [2.0]}, "column 'b' .* must hold numbers"),
            ("no.csv", "there is no file 'no.csv'"),
            ((1, 2), r"X of the .* table must be a table \(samples, columns\), but its shape is \(\)"),
            (1, "a table .* a path, a DataFrame, a mapping of columns or a list of mappings, but int was given"),
        ],
    )  # fmt: skip
    def test_that_do_not_fit_are_refused(self, name: str, source: Any, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            quickly(table(), "y", missing="refuse", **{name: source})

    @pytest.mark.parametrize("name", ["test", "validation"])
    def test_with_labels_that_count_as_rare_say_so(self, name: str) -> None:
        data = {"c": ["u", "v"] * 20, "y": np.arange(40.0)}
        other = {"c": ["u", "w", "w"], "y": [1.0, 2.0, 4.0]}
        with pytest.warns(sn.SheernetWarning, match="c: 2 of 3 rows have labels that are not in"):
            model = quickly(data, "y", unseen="rare", **{name: other})
        assert model.notices[-1].endswith(f"'w' (2), in the {name} table")

    def test_lose_rows_under_the_same_policy_with_a_notice(self) -> None:
        gaps = {"a": [9.0, None, 11.0], "b": [0.5, 1.0, -0.5], "y": [20.0, 22.0, 25.0]}
        with pytest.warns(
            sn.SheernetWarning,
            match="1 of 3 rows of the test table has missing values and is left out",
        ) as caught:
            model = quickly(table(), "y", test=gaps, missing="drop")
        assert model.held_out_fit.rows == 2
        assert model.notices == (str(caught[0].message),)
        assert len(caught) == 1

    def test_are_compared_with_the_class_most_frequent_in_training(self) -> None:
        data = {"x": np.linspace(0.0, 1.0, 40), "y": ["a"] * 25 + ["b"] * 15}
        later = {"x": [0.1, 0.7, 0.8, 0.9], "y": ["a", "b", "b", "b"]}
        model = quickly(data, "y", test=later)
        assert model.training_fit.majority == pytest.approx(25 / 40)
        assert model.held_out_fit.majority == pytest.approx(1 / 4)

    def test_have_missing_values_filled_with_a_notice(self) -> None:
        gaps = {"a": [9.0, None, 11.0], "b": [0.5, 1.0, -0.5], "y": [20.0, 22.0, 25.0]}
        with pytest.warns(sn.SheernetWarning) as caught:
            model = quickly(table(), "y", test=gaps)
        fill = model.inputs.columns[0].written_fill
        (notice,) = model.notices
        assert notice.endswith(f": a (1, with {fill}), in the test table")
        assert [str(warning.message) for warning in caught] == list(model.notices)

    def test_are_weighted_where_they_have_the_column(self) -> None:
        data = table() | {"w": np.ones(40)}
        later = {name: column[:6] for name, column in table(30).items()}
        doubled = {name: np.r_[column, column[:2]] for name, column in later.items()}
        weights = {"w": np.array([2.0, 2, 1, 1, 1, 1])}
        by_weight = quickly(data, "y", weights="w", test=later | weights).held_out_fit
        by_row = quickly(data, "y", weights="w", test=doubled).held_out_fit
        assert by_weight.rmse == pytest.approx(by_row.rmse, rel=1e-12)
        assert by_weight.r2 == pytest.approx(by_row.r2, rel=1e-12)
        assert quickly(data, "y", weights="w", test=later).held_out_fit.rmse != by_weight.rmse
