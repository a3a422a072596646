"""Columns of labels that another column determines, and columns of few whole numbers, which may be codes."""

from __future__ import annotations

import numpy as np

import sheernet as sn

SITES = np.array(list("abcd" * 9))
ROWS = len(SITES)


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


def test_effects_name_possible_codes() -> None:
    table = {"site": np.arange(ROWS) % 3 + 1, "x": np.random.default_rng(0).normal(size=ROWS)}
    table["y"] = table["x"] + table["site"]
    model = sn.fit(table, "y", hidden=0, decay=0.1, starts=1, held_out=0)
    assert "site has only the values 1, 2 and 3" in " ".join(str(model.effects(table)).split())
