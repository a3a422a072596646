"""`fit(X, y)`: arrays and columns fit the same model as the table that they make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from models.fitting.tables import quickly, same_columns

RNG = np.random.default_rng(5)
X = RNG.normal(size=(40, 3))
Y = X[:, 0] - X[:, 1] * X[:, 2]


def fitted(*arguments: Any, **given: Any) -> sn.Model:
    """A short fit to all rows, so that none is outside the range of the training rows."""
    return quickly(*arguments, held_out=0, **given)


def named(X: np.ndarray = X, **more: Any) -> dict[str, Any]:
    return {f"x{j + 1}": X[:, j] for j in range(X.shape[1])} | more


@pytest.mark.parametrize(
    "y",
    [
        Y, Y[:, None], Y.tolist(), tuple(Y), pd.Series(Y), pd.Series(Y, index=np.arange(100, 140)),
        pd.Series(Y, name="y"), pd.DataFrame({"y": Y}), {"y": Y}, np.ma.array(Y),
    ],
    ids=lambda y: type(y).__name__,
)  # fmt: skip
@pytest.mark.parametrize("kind", ["array", "list", "frame", "mapping"])
def test_the_model_is_that_of_the_table(y: Any, kind: str) -> None:
    table = named(y=Y)
    given = {
        "array": X,
        "list": X.tolist(),
        "frame": pd.DataFrame(named()),
        "mapping": named(),
    }[kind]
    model, expected = fitted(given, y), fitted(table, "y")
    assert same_columns(model, expected)
    assert model.provenance.data_sha256 == expected.provenance.data_sha256
    assert model.predict(X).tobytes() == expected.predict(table).tobytes()
    assert model.predict(table).tobytes() == expected.predict(table).tobytes()


def test_a_file_may_have_its_targets_beside_it(tmp_path) -> None:
    path = tmp_path / "inputs.csv"
    pd.DataFrame(named()).to_csv(path, index=False)
    model = fitted(path, Y)
    assert model.provenance.data == "inputs.csv"
    assert model.provenance.reading
    assert same_columns(model, fitted(X, Y))


def test_a_vector_is_one_input() -> None:
    for x in (X[:, 0], X[:, 0].tolist(), X[:, :1]):
        assert fitted(x, Y).inputs.names == ("x1",)
    assert fitted(pd.Series(X[:, 0], name="hours"), Y).inputs.names == ("hours",)


def test_targets_keep_their_own_names_and_get_a_free_one() -> None:
    assert fitted(X, pd.Series(Y, name="score")).targets.names == ("score",)
    assert fitted(X, pd.DataFrame({"a": Y, "b": -Y})).targets.names == ("a", "b")
    assert fitted(X, np.column_stack([Y, -Y])).targets.names == ("y1", "y2")
    frame = pd.DataFrame(X, columns=["x", "y", "z"])
    assert fitted(frame, Y).targets.names == ("target",)
    assert fitted(frame, np.column_stack([Y, -Y])).targets.names == ("target1", "target2")


@pytest.mark.filterwarnings("ignore:the weights in .x2. are whole numbers")
def test_all_columns_of_an_array_are_inputs_because_they_are_known_by_position() -> None:
    wide = np.column_stack([np.arange(40.0), np.full(40, 3.0), np.cos(np.arange(40.0) ** 2)])
    model = fitted(wide, Y)
    assert model.inputs.names == ("x1", "x2", "x3")
    assert model.notices == ()
    assert model.origins["inputs"] == "default"
    assert np.isfinite(model.predict(wide)).all()
    some = fitted(wide, Y, drop="x2")
    assert some.inputs.names == ("x1", "x3")
    assert np.array_equal(some.predict(wide[:, [0, 2]]), some.predict(named(wide)))
    weighted = fitted(wide, Y, weights="x2")
    assert weighted.inputs.names == ("x1", "x3")


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (np.where(Y > 0, "up", "down"), ("down", "up")),
        (["up" if v > 0 else "down" for v in Y], ("down", "up")),
        (Y > 0, (False, True)),
        ((Y > 0).tolist(), (False, True)),
        (pd.Categorical(np.where(Y > 0, "up", "down")), ("down", "up")),
    ],
)
def test_text_and_booleans_are_classes(y: Any, classes: tuple[Any, ...]) -> None:
    for rows in (X, pd.DataFrame(named())):
        model = fitted(rows, y)
        assert model.targets.classes == classes
        assert set(model.predict(X)) <= set(classes)


@pytest.mark.filterwarnings("ignore:the statistics of held-out rows")
def test_arrays_of_text_and_dates_are_columns_of_their_kind() -> None:
    days = np.datetime64("2024-01-01") + np.arange(40) // 2
    mixed = [[label, x] for label, x in zip(["a", "b"] * 20, X[:, 0], strict=True)]
    model = fitted(mixed, Y)
    assert model.inputs.features == ("x1=a", "x1=b", "x2")
    columns = {"x1": ["a", "b"] * 20, "x2": X[:, 0]}
    for rows in (mixed, np.array(mixed, dtype=object)):
        assert model.predict(rows).tobytes() == model.predict(columns).tobytes()
    dated = fitted(days, Y)
    assert dated.predict(days).tobytes() == dated.predict({"x1": days}).tobytes()


class TestWholeNumbers:
    """As names: those of the columns of DataFrame(array)."""

    FRAME = pd.DataFrame(np.arange(24).reshape(6, 4) + 0.5)

    def test_that_name_no_column_are_refused(self) -> None:
        with pytest.raises(sn.InvalidInput, match="has no column '7'"):
            sn.fit(self.FRAME, 7)

    @pytest.mark.filterwarnings("ignore:the weights in .* add up to")
    def test_name_inputs_and_weights_too(self) -> None:
        model = quickly(self.FRAME, 3, inputs=[0], weights=1)
        assert len(model.predict(self.FRAME)) == 6


@pytest.mark.filterwarnings("ignore:.* rows of the table are left out")
@pytest.mark.filterwarnings("ignore:the weights in .* add up to")
class TestWeightsThatAreValues:
    W = RNG.integers(0, 5, 40) / 2

    def by_column(self, **given: Any) -> sn.Model:
        return fitted({**named(), "y": Y, "w": self.W}, "y", weights="w", max_iter=9, **given)

    @pytest.mark.parametrize(
        "kind",
        [np.asarray, list, pd.Series, np.atleast_2d],
        ids=["array", "list", "Series", "column"],
    )
    @pytest.mark.parametrize("rows", [X, named(), pd.DataFrame(named())], ids=type)
    def test_fit_the_model_of_a_column_of_weights(self, rows: Any, kind: Any) -> None:
        weights = kind(self.W).T if kind is np.atleast_2d else kind(self.W)  # a column vector
        model, column = fitted(rows, Y, weights=weights, max_iter=9), self.by_column()
        assert np.array_equal(model.network.theta, column.network.theta)
        assert same_columns(model, column)
        assert model.settings["training_weight"] == self.W.sum()
        assert model.training_fit.rows == np.count_nonzero(self.W)

    def test_are_named_so_that_no_column_is_hidden(self) -> None:
        def name(table: dict[str, Any], weights: Any) -> str:
            return str(fitted({**table, "y": Y}, "y", weights=weights).settings["weights"])

        series = pd.Series(self.W, name="n")
        assert name(named(), self.W) == "weights"
        assert name(named(), series) == "n"
        assert name(named(n=X[:, 0] ** 2), series) == "weights"
        assert name(named(n=X[:, 0] ** 2, weights=X[:, 1] ** 2), series) == "weights_2"

    def test_are_found_in_a_table_to_score(self) -> None:
        model = fitted(named(), Y, weights=self.W, max_iter=9)
        rows = {**named(), "y": Y}
        assert model.score({**rows, "weights": self.W}) == self.by_column().score(
            {**rows, "w": self.W}
        )
        assert model.score(rows) != model.score({**rows, "weights": self.W})

    def test_are_those_of_a_selection_and_a_comparison(self) -> None:
        grid = {"sizes": (0, 1), "decays": (0.1, 0.01), "starts": 1, "groups": np.arange(40) // 2}
        values = sn.select({**named(), "y": Y}, "y", weights=self.W, **grid)
        column = sn.select({**named(), "y": Y, "w": self.W}, "y", weights="w", **grid)
        assert values.rows() == column.rows()
        with pytest.raises(sn.InvalidInput, match="'w' is both groups and weights"):
            sn.select({**named(), "y": Y, "w": self.W}, "y", weights="w", **{**grid, "groups": "w"})
        one, other = (
            sn.compare({**named(), "y": Y, "w": self.W}, "y", ["bfgs"], inputs=list(named()),
                       weights=weights, hidden=1, starts=1).models["bfgs"]
            for weights in ("w", self.W)
        )  # fmt: skip
        assert np.array_equal(one.network.theta, other.network.theta)


class TestOtherRows:
    """`test` and `validation` as pairs."""

    @pytest.mark.parametrize("name", ["test", "validation"])
    @pytest.mark.parametrize("kind", ["array", "frame"])
    def test_are_evaluated_as_those_of_a_table(self, name: str, kind: str) -> None:
        rows, true = X[:9] / 2, Y[:9] / 2
        pair = (rows if kind == "array" else pd.DataFrame(named(rows)).iloc[:, ::-1], true)
        for model in (fitted(X, Y, **{name: pair}), fitted(named(y=Y), "y", **{name: pair})):
            expected = fitted(named(y=Y), "y", **{name: named(rows, y=true)})
            assert model.held_out_fit == expected.held_out_fit
            assert model.settings == expected.settings | {"inputs": model.settings["inputs"]}
            assert np.array_equal(
                model.record.validation_cost, expected.record.validation_cost, equal_nan=True
            )

    @pytest.mark.filterwarnings("ignore:the (test|validation) rows are the training rows")
    def test_have_the_columns_of_the_table_even_those_that_are_no_inputs(self) -> None:
        table = named(y=Y)
        expected = fitted(table, "y", drop="x2", test=table)
        for one in (
            fitted(X, Y, drop="x2", test=(X, Y)),
            fitted(table, "y", drop="x2", test=(X, Y)),
        ):
            assert one.inputs.names == ("x1", "x3")
            assert one.held_out_fit == expected.held_out_fit

    @pytest.mark.filterwarnings("ignore:the (test|validation) rows are the training rows")
    def test_may_have_targets_with_other_names(self) -> None:
        for y in (pd.Series(Y, name="other"), pd.DataFrame({"other": Y})):
            assert fitted(X, Y, test=(X, y)).held_out_fit == fitted(X, Y, test=(X, Y)).held_out_fit

    @pytest.mark.parametrize("name", ["test", "validation"])
    @pytest.mark.parametrize(
        ("pair", "message"),
        [
            ((X[:, :2], Y), "X of the .* table has 2 columns, but must have 3: x1, x2 and x3"),
            ((X, Y[:5]), "X of the .* table has 40 rows and y of the .* table has 5 rows"),
            ((X, np.column_stack([Y, Y])), "y of the .* table has 2 columns, but must have 1: y"),
            ((X, Y, Y), r"must be a table or a pair \(X, y\), but a tuple of 3 values was given"),
            (X, r"the .* table has no targets, because an array was given; give a tuple \(X, y\)"),
            ((X, "y"), "there is no file 'y'"),
        ],
    )  # fmt: skip
    def test_that_do_not_match_are_refused(self, name: str, pair: Any, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            fitted(X, Y, **{name: pair})


def test_arrays_whose_columns_may_be_samples_are_told() -> None:
    with pytest.warns(
        sn.SheernetWarning, match="X and y have 3 rows and 40 columns, .* transpose both"
    ):
        fitted(X.T, X.T, hidden=0)


def test_numbers_of_another_byte_order_are_those_of_this_one() -> None:
    own, other = fitted(X, Y), fitted(X.astype(">f8"), Y.astype(">f8"))
    assert np.array_equal(own.predict(X), other.predict(X.astype(">f8")))
    columns = {name: np.asarray(column).astype(">f8") for name, column in named().items()}
    assert np.isfinite(own.predict(columns)).all()
    assert np.isfinite(own.predict(pd.DataFrame(columns))).all()


def test_compare_takes_arrays() -> None:
    how: dict[str, Any] = {"hidden": 1, "starts": 1, "max_iter": 1, "held_out": 0}
    comparison = sn.compare(X, Y, methods=("lm",), **how)
    assert (
        comparison.models["lm"].predict(X).tobytes()
        == fitted(X, Y, method="lm").predict(X).tobytes()
    )


@pytest.mark.parametrize(
    ("table", "target", "message"),
    [
        (X, "y", "target 'y' is the name of a column, but an array has no names; give the values"),
        (["no.csv", "not.csv"], "y", r"there is no file 'no\.csv'; check the path"),
        (X, 3, "target must be an array with a value for each row of X, but 3 was given"),
        (X, None, "target is missing; name the column to predict, or give its values"),
        (X, [], "y has no rows"),
        (X, Y[:5], "X has 40 rows and y has 5 rows; they must have the same number, one row per sample"),
        (X.T, Y, "one row per sample; if the samples are the columns of X, transpose it"),
        (X, Y[None, :], "one row per sample; if the samples are the columns of y, transpose it"),
        (X.T, Y[None, :], "if the samples are the columns of X and y, transpose them"),
        (named(), Y[:5], "X has 40 rows and y has 5 rows"),
        (X[:, :, None], Y, r"X must be a table \(samples, columns\), but its shape is \(40, 3, 1\)"),
        (X, Y[:, None, None], r"y must be a table \(samples, columns\), but its shape is \(40, 1, 1\)"),
        ([[1.0, 2.0], [3.0]], [1.0, 2.0], "X must have rows of equal length"),
        (np.empty((0, 3)), [], "X has no rows"),
        (np.empty((40, 0)), Y, "no input columns remain"),
        (pd.DataFrame(named()), pd.Series(Y, name="x1"), "X has a column 'x1', and so has y; drop it from X"),
        (pd.DataFrame(named()), 1.5, "target must be the name of a column or a list of names, but 1.5 was given"),
    ],
)  # fmt: skip
def test_what_does_not_belong_together_is_refused(table: Any, target: Any, message: str) -> None:
    with pytest.raises(sn.InvalidInput, match=message):
        fitted(table, target)


def test_a_list_of_files_of_which_one_is_missing_names_it(tmp_path: Path) -> None:
    pd.DataFrame(named(y=Y)).to_csv(tmp_path / "jan.csv", index=False)
    with pytest.raises(sn.InvalidInput, match=r"no file .*jam\.csv'; did you mean 'jan\.csv'"):
        fitted([str(tmp_path / "jan.csv"), str(tmp_path / "jam.csv")], "y")
