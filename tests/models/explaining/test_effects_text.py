"""The text of effects: the zero, the ends, differences, interactions and sentences about them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.explaining import Effects
from sheernet.models.explaining.bands import with_band
from sheernet.models.explaining.effects_text import is_large


@pytest.fixture(scope="module")
def made() -> tuple[Effects, float]:
    rng = np.random.default_rng(0)
    table = {
        "dose": rng.uniform(0.0, 10.0, 200),
        "sex": rng.choice(["f", "m"], 200),
        "age": rng.uniform(20.0, 80.0, 200),
    }
    table["effect"] = 7.0 + table["dose"] * (table["sex"] == "m") + 0.05 * table["age"]
    model = sn.fit(table, "effect", hidden=4, decay=1e-4, starts=1, held_out=0)
    assert model.predict(table).mean() == pytest.approx(table["effect"].mean(), abs=0.01)
    return model.effects(table), float(table["effect"].mean())


@pytest.fixture(scope="module")
def said(made) -> str:
    found, mean = made
    return f"{found}|{mean}"


def test_names_the_zero_and_what_is_held(said: str) -> None:
    text, mean = said.split("|")
    before, _, after = " ".join(text.split()).partition("; 0 is the mean prediction ")
    assert before.endswith("at equal values of the other columns")
    assert float(after.split()[0]) == pytest.approx(float(mean), rel=1e-3)


def test_marks_the_ends_of_numbers_only(said: str) -> None:
    rows = {line.split()[0]: line for line in said.splitlines() if line.startswith("  ")}
    assert rows["age"].count("(end)") == 2
    assert "(end)" not in rows["sex"]


def test_a_sentence_tells_of_a_large_interaction(said: str) -> None:
    """The dose adds 1 for each unit if sex is m, and nothing if it is f."""
    told = " ".join(said.split())
    found = told.partition("The effect of dose depends on sex: from ")[2].partition(" importance:")[
        0
    ]
    assert "if sex is m, and" in found
    assert "if sex is f; these differ by" in found
    low, _, high = found.split(",")[0].partition(" to ")
    change = float(found.split(", ")[1].split()[0])
    assert change == pytest.approx(float(high) - float(low), rel=0.05)
    assert "depend on age" not in told
    assert "depends on age" not in told


def test_only_large_and_notable_interactions_are_told(made) -> None:
    """From 20 % of the smaller effect, and 5 % of the standard deviation of the predictions."""
    found, _ = made
    pair = found.pairs[0]
    smaller = min(found[name].importance[0] for name in pair.names)
    for factor in (0.99, 1.01):
        own = replace(pair, importance=np.array([0.2 * factor * smaller]))
        assert is_large(replace(found, deviations=np.ones(1) * smaller), own, 0) == (factor > 1)
        own = replace(pair, importance=np.array([smaller]))
        wide = replace(found, deviations=np.array([20.0 * smaller / factor]))
        assert is_large(wide, own, 0) == (factor > 1)


@pytest.mark.parametrize(
    ("mean", "std", "text"),
    [
        (-288.9, 30.0, "-289 ± 60"),
        (0.04, 0.5, "0.0 ± 1.0"),
        (-0.01, 0.5, "0.0 ± 1.0"),
        (1.23456, 0.00049, "1.23456 ± 0.00098"),
        (5.0, 0.0, "5 ± 0"),
        (5.123456, None, "5.123"),
        (3e7, 1e6, "3e+07 ± 2e+06"),
    ],
)
def test_a_value_has_the_decimals_of_its_band(mean: float, std: float | None, text: str) -> None:
    assert with_band(mean, std) == text
