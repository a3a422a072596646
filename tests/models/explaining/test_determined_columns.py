"""Columns of labels that another column determines."""

from __future__ import annotations

import numpy as np

import sheernet as sn
from sheernet.data.columns import Inputs
from sheernet.models.explaining.determined_columns import determined_columns

SITES = np.array(list("abcd" * 9))


def found(**columns: object) -> list[str]:
    inputs = Inputs.learn(sn.read_table(columns), tuple(columns), np.arange(len(SITES)))
    return list(determined_columns(inputs, inputs.encode(sn.read_table(columns))))


def test_a_label_or_a_boolean_that_follows_from_another_label_is_named() -> None:
    said = " is determined by site, so the rows cannot separate their effects"
    region = np.where(np.isin(SITES, ["a", "b"]), "north", "south")
    assert found(site=SITES, region=region) == ["region" + said]
    assert found(coast=np.isin(SITES, ["a", "d"]), site=SITES) == ["coast" + said]


def test_one_row_of_another_label_is_enough_to_tell_them_apart() -> None:
    region = np.where(np.isin(SITES, ["a", "b"]), "north", "south")
    region[0] = "south"
    assert found(site=SITES, region=region) == []


def test_numbers_constants_and_names_of_rows_do_not_count() -> None:
    assert found(x=np.arange(36.0), site=SITES) == []
    assert found(same=np.array(["z"] * 36), site=SITES) == []
    assert found(name=np.array([f"row {i // 2}" for i in range(36)]), site=SITES) == []


def test_effects_and_the_explanation_of_a_row_say_so() -> None:
    rng = np.random.default_rng(0)
    table = {"site": SITES, "coast": np.isin(SITES, ["a", "d"]), "x": rng.normal(size=36)}
    model = sn.fit(
        {**table, "y": table["x"] + (SITES == "a")}, "y", hidden=0, decay=0.1, starts=1, held_out=0
    )
    said = "coast is determined by site, so the rows cannot separate their effects"
    texts = [
        str(model.effects(table)),
        str(model.explain_row({"site": "a", "coast": True, "x": 0.0}, table)),
    ]
    assert all(said in " ".join(text.split()) for text in texts)
    assert said in model.effects(table)._repr_html_()
