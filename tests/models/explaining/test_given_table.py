"""A table is recognized as that of the fit, by its inputs and, as far as it has them, its targets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from sheernet.models.explaining import given_table

PLAIN = {"hidden": 0, "decay": 0.0, "starts": 1}


def rows(n: int = 20) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, n))
    return pd.DataFrame({"x": x, "z": z, "y": x + 0.1 * z + 0.1 * rng.normal(size=n)})


@pytest.fixture(scope="module")
def model() -> sn.Model:
    return sn.fit(rows(), "y", held_out=0.25, **PLAIN)


def test_it_is_recognized_in_every_form_in_which_it_can_be_given(model: sn.Model) -> None:
    table = rows()
    X, y = table[["x", "z"]], table["y"]
    forms = (
        (table, None), (table.to_dict("list"), None), (X, None), (X.to_numpy(), None), (X.to_numpy().tolist(), None),
        ((X.to_numpy(), y.to_numpy()), None), (X, y), (X.to_numpy(), y.tolist()), (table, "y"), (table, ["y"]),
    )  # fmt: skip
    for source, target in forms:
        given = given_table(model, source, target)
        assert given.role == "of the fit"
        found = given.inputs("training")
        assert found.noun == "training row"
        assert np.array_equal(found.indices, model.rows.training)
        assert np.array_equal(found.X, model.inputs.encode(sn.read_table(X.iloc[found.indices])))


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.assign(y=2 * table["y"]),
        lambda table: table.assign(y=table["y"].to_numpy()[::-1]),
        lambda table: table.assign(y=np.nan),
        lambda table: table.assign(y="much"),
        lambda table: table.iloc[::-1],
        lambda table: table.iloc[1:],
        lambda table: table.assign(x=0.999 * table["x"]),
    ],
)
def test_another_table_is_used_as_a_whole(model: sn.Model, change) -> None:
    table = change(rows())
    given = given_table(model, table)
    assert given.role == "of another table than that of the fit"
    found = given.inputs("training")
    assert found.noun == "row"
    assert np.array_equal(found.indices, np.arange(len(table)))
    assert f"{len(table)} rows" in model.effects(table).rows


def test_the_targets_of_classes_are_compared() -> None:
    table = rows().assign(y=np.where(rows()["y"] > 0, "high", "low"))
    model = sn.fit(table, "y", hidden=0, decay=0.1, starts=1, held_out=0)
    other = table.assign(y=table["y"].to_numpy()[::-1])
    assert given_table(model, table).is_of_fit
    assert not given_table(model, other).is_of_fit


def test_case_weights_decide_about_the_targets_and_are_needed_for_standard_errors() -> None:
    table = rows().assign(w=np.linspace(0.5, 1.5, 20))
    model = sn.fit(table, "y", held_out=0, weights="w", **PLAIN)
    assert given_table(model, table).is_of_fit
    assert not given_table(model, table.assign(w=table["w"].to_numpy()[::-1])).is_of_fit
    without = table.drop(columns="w")
    assert given_table(model, without).is_of_fit  # by its inputs alone
    told = model.summary(without).diagnosis[0]
    assert told.startswith("the table does not have the case weights 'w' of the fit")
