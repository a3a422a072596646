"""The importance of columns: each measure against predictions of changed tables, the rows it is measured on, errors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn

pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")


def line(n: int = 60, **more) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    table = {"a": rng.normal(size=n), "b": rng.normal(size=n), "c": rng.normal(size=n)}
    return {**table, "y": 2.0 * table["a"] - table["b"], **more}


def fitted(table, target="y", **how) -> sn.Model:
    return sn.fit(table, target, **{"hidden": 0, "decay": 0.0, "starts": 1, **how})


class TestOfALine:
    TABLE = line()
    MODEL = fitted(TABLE)
    FOUND = MODEL.importance(TABLE)

    def test_has_known_measures(self) -> None:
        x = np.stack([self.TABLE[name] for name in "abc"], axis=1)
        slopes = np.array([2.0, -1.0, 0.0])
        parts = slopes**2 * x.var(axis=0)
        expected = {
            "slope": slopes, "absolute_slope": np.abs(slopes), "slope_over_rows": np.zeros(3),
            "per_std": np.abs(slopes) * x.std(axis=0),
        }  # fmt: skip
        for name, values in expected.items():
            assert self.FOUND[name].values[:, 0] == pytest.approx(values, abs=1e-6), name
        for name in ("total", "first"):
            assert self.FOUND[name].values[:, 0] == pytest.approx(parts / parts.sum(), abs=0.01)
        by_value = np.abs(slopes * (x - x.mean(axis=0))).mean(axis=0)  # mean |slope (x - mean)|
        assert self.FOUND["shapley"].values[:, 0] == pytest.approx(by_value, rel=0.1, abs=1e-6)

    def test_shapley_values_of_few_rows_are_exact(self) -> None:
        table = {name: values[:30] for name, values in self.TABLE.items()}
        found = self.MODEL.importance(table)
        assert found.exact_shapley
        x = np.stack([table[name] for name in "abc"], axis=1)
        by_value = np.abs([2.0, -1.0, 0.0] * (x - x.mean(axis=0))).mean(axis=0)
        assert found["shapley"].values[:, 0] == pytest.approx(by_value, abs=1e-6)
        assert not found["shapley"].error.any()

    def test_permutation_uses_the_held_out_rows_of_the_fit(self) -> None:
        assert self.FOUND.judged_rows == "15 held-out rows"
        assert self.FOUND.rows == "60 rows of the fit"
        rows = self.MODEL.rows.held_out
        held_out = {name: values[rows] for name, values in self.TABLE.items()}
        same = self.MODEL.importance(held_out)
        assert same.rows == "15 rows of another table than that of the fit"
        assert same["permutation"].values == pytest.approx(self.FOUND["permutation"].values)

    def test_permutation_is_the_loss_of_r2(self) -> None:
        rows = self.MODEL.rows.held_out
        y, b = self.TABLE["y"][rows], self.TABLE["b"][rows]
        many = self.MODEL.importance(self.TABLE, repeats=400)["permutation"]
        expected = 2 * b.var() / y.var()
        assert abs(many.values[1, 0] - expected) < 4 * many.error[1, 0]
        assert many.values[2, 0] == pytest.approx(0.0, abs=1e-6)

    def test_training_rows_are_told(self) -> None:
        model = fitted(self.TABLE, held_out=0)
        found = model.importance(self.TABLE)
        assert found.judged_rows == "the 60 training rows"
        assert any("to which the model was fitted" in notice for notice in found.notices)

    def test_targets_are_not_needed(self) -> None:
        found = self.MODEL.importance({name: self.TABLE[name] for name in "abc"})
        assert "permutation" not in found.measures
        assert found.rows == "60 rows of the fit"
        assert any("true values of y" in notice for notice in found.notices)
        with pytest.raises(sn.InvalidInput, match=r"no measure 'permutation'.*total"):
            found["permutation"]

    def test_arrays_and_pairs_are_tables(self) -> None:
        X = np.stack([self.TABLE[name] for name in "abc"], axis=1)
        for given in ((X, self.TABLE["y"]), ((X, self.TABLE["y"]),)):
            found = self.MODEL.importance(*given)
            assert found["permutation"].values == pytest.approx(
                self.FOUND["permutation"].values, rel=3
            )
            assert found["slope"].values == pytest.approx(self.FOUND["slope"].values)
        assert "permutation" not in self.MODEL.importance(X).measures

    def test_the_name_of_the_target_may_be_given(self) -> None:
        named = self.MODEL.importance(self.TABLE, "y")
        assert named.judged_rows == self.FOUND.judged_rows
        with pytest.raises(sn.InvalidInput, match="target must be the true values of 'y'"):
            self.MODEL.importance(self.TABLE, "b")

    def test_the_seed_decides(self) -> None:
        again, other = (self.MODEL.importance(self.TABLE, seed=seed) for seed in (0, 1))
        assert (again["total"].values == self.FOUND["total"].values).all()
        assert (other["total"].values != self.FOUND["total"].values).any()


def test_permutation_weighs_the_errors_and_the_values() -> None:
    table, weights = line(20), np.arange(20) % 3 + 1.0
    model = TestOfALine.MODEL
    model = replace(model, settings={**model.settings, "weights": "w"})
    table["y"] = table["y"] + np.sin(np.arange(20.0))
    found = model.importance({**table, "w": weights}, points=64, repeats=1, seed=5)
    single = {name: np.repeat(values, weights.astype(int)) for name, values in table.items()}
    n = len(single["y"])
    order = np.random.default_rng(np.random.SeedSequence(5, spawn_key=(0,))).permutation(n)

    def r2(rows: dict[str, np.ndarray]) -> float:
        errors = np.sum((single["y"] - model.predict(rows)) ** 2)
        return 1 - errors / np.sum((single["y"] - single["y"].mean()) ** 2)

    permuted = {**single, "a": single["a"][order]}
    assert found["permutation"].values[0, 0] == pytest.approx(r2(single) - r2(permuted))
    relative = model.importance({**table, "w": weights / 7}, points=64, repeats=20)
    again = model.importance(single, points=64, repeats=400)
    assert relative["permutation"].values == pytest.approx(again["permutation"].values, rel=0.05)


class TestGroups:
    TABLE = line(d=line()["a"] + 0.01 * np.random.default_rng(1).normal(size=60))
    MODEL = fitted(TABLE, hidden=3, decay=0.1)

    def test_correlated_columns_are_named_with_a_group_to_try(self) -> None:
        found = self.MODEL.importance(self.TABLE)
        notice = next(notice for notice in found.notices if "correlated" in notice)
        assert "1 pair of columns is correlated above 0.7: a and d (1.00)" in notice
        assert "groups=[['a', 'd']]" in notice
        assert not any("correlated" in n for n in fitted(line()).importance(line()).notices)

    def test_connected_pairs_make_one_group(self) -> None:
        table = {**self.TABLE, "e": self.TABLE["a"] - self.TABLE["d"] + self.TABLE["b"]}
        table["f"] = -table["d"]
        found = fitted(table).importance(table, points=64)
        assert any("groups=[['a', 'd', 'f'], ['b', 'e']]" in notice for notice in found.notices)

    def test_advice_on_groups_is_obeyed_with_groups(self) -> None:
        """A group that is correlated with a column is named by its columns, and the other groups stay."""
        table = {**self.TABLE, "e": self.TABLE["b"], "f": self.TABLE["a"] + self.TABLE["b"]}
        model = fitted(table)
        given = [["a", "d"], ["b", "e"]]
        found = model.importance(table, groups=given, points=64)
        (notice,) = (n for n in found.notices if "correlated" in n)
        (groups,) = (s.value for s in notice.settings if s.name == "groups")
        assert sorted(name for group in groups for name in group) == ["a", "b", "d", "e", "f"]
        assert model.importance(table, groups=groups, points=64).kinds[-1] == "number"

    def test_a_group_without_correlated_columns_stays_in_the_advice(self) -> None:
        found = self.MODEL.importance(self.TABLE, groups=[["b", "c"]], points=64)
        (notice,) = (n for n in found.notices if "correlated" in n)
        (groups,) = (s.value for s in notice.settings if s.name == "groups")
        assert groups == [["a", "d"], ["b", "c"]]

    def test_a_group_of_all_columns_is_not_advised(self) -> None:
        table = {"a": self.TABLE["a"], "d": self.TABLE["d"], "y": self.TABLE["y"]}
        found = fitted(table).importance(table, points=64)
        (notice,) = (n for n in found.notices if "correlated" in n)
        assert "together" not in notice.partition("less certain")[2]

    def test_are_counted_beside_columns(self) -> None:
        found = self.MODEL.importance(self.TABLE, groups=[["d", "a"]])
        assert str(found).startswith("Importance of 2 columns and 1 group for y")

    def test_are_measured_together(self) -> None:
        found = self.MODEL.importance(self.TABLE, groups=[["d", "a"]])
        assert found.columns == ("a + d", "b", "c")
        assert found.kinds == ("group", "number", "number")
        assert not any("correlated" in notice for notice in found.notices)
        alone = self.MODEL.importance(self.TABLE)
        assert np.isnan(found["slope"].values[0]).all()
        assert found["total"].values[0, 0] > alone["total"].values[[0, 3], 0].max()

    def test_may_have_names(self) -> None:
        assert self.MODEL.importance(self.TABLE, groups={"both": ["a", "b"]}).columns == (
            "both",
            "c",
            "d",
        )

    @pytest.mark.parametrize(
        ("groups", "message"),
        [
            (
                [["a"]],
                r"groups must be lists of at least two columns, as in groups=\[\['a', 'b'\]\].*\['a'\]",
            ),
            (["ab"], r"groups must be lists.*'ab' is one of them"),
            (
                [["a", "A2"]],
                "groups names 'A2', which is not a column of the model; did you mean 'a'",
            ),
            (
                [["a", "q"]],
                "groups names 'q', which is not a column of the model; it has a, b, c and d",
            ),
            ([["a", "b"], ["b", "c"]], "groups names column 'b' twice"),
        ],
    )
    def test_that_are_none_are_refused(self, groups, message) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            self.MODEL.importance(self.TABLE, groups=groups)


def test_a_model_that_predicts_a_constant_has_no_importance() -> None:
    table = line()
    model = fitted({**table, "y": np.full(60, 3.0) + 1e-3 * table["c"]}, hidden=2, decay=0.1)
    silent = replace(
        model, members=tuple(replace(m, network=sn.Network(m.network.architecture, np.zeros(m.network.theta.size)))
                             for m in model.members)
    )  # fmt: skip
    found = silent.importance({**table, "y": np.full(60, 3.0)})
    for name in ("total", "first", "shapley", "per_std", "absolute_slope"):
        assert not found[name].values.any(), name
    assert np.isnan(found["permutation"].values).all()
    assert any("constant" in notice for notice in found.notices)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"repeats": 0}, "repeats must be a whole number of at least 1"),
        ({"points": 1000}, "points must be a power of 2, such as 512, but 1000 was given"),
        ({"correlated": 1.5}, "correlated must be"),
        ({"seed": -1}, "seed must be"),
    ],
)
def test_arguments_that_are_not_allowed_are_refused(arguments, message) -> None:
    model, table = TestOfALine.MODEL, TestOfALine.TABLE
    with pytest.raises(sn.InvalidInput, match=message):
        model.importance(table, **arguments)


def test_too_few_rows_are_refused() -> None:
    table = {name: values[:1] for name, values in line().items()}
    with pytest.raises(
        sn.InvalidInput, match=r"at least 2 rows with predictions.*1 such row; give"
    ):
        TestOfALine.MODEL.importance(table)


def test_a_column_alone_has_at_most_its_total_part() -> None:
    """Of an additive function they are equal, and their estimates from few points are not."""
    X = np.random.default_rng(1).normal(size=(40, 3))
    model = sn.fit(
        {**dict(zip("abc", X.T, strict=True)), "y": X @ [1.0, 2.0, 3.0]}, "y",
        hidden=0, decay=1e-3, starts=1, held_out=0,
    )  # fmt: skip
    found = model.importance(dict(zip("abc", X.T, strict=True)), points=64)
    assert (found["first"].values <= found["total"].values).all()
