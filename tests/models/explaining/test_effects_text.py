"""The text of effects: the zero, the ends, differences, interactions and sentences about them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.explaining import Effects
from sheernet.models.explaining.effects_text import dependence_in_words, is_large, summary_rows
from sheernet.models.explaining.uncertainty_text import BAND, with_band


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


def test_a_value_between_the_ends_is_not_marked(made) -> None:
    found, _ = made
    values = np.array([1.0, 2.0, 3.0, 4.0])
    effect = replace(
        found["age"], values=values, mean=np.array([[0.0], [5.0], [-5.0], [0.0]]), std=np.zeros((4, 1))
    )  # fmt: skip
    _, row = summary_rows(replace(found, curves=(effect,), weights_known=False), 0)
    assert row[3:] == ["-5", "3", "5", "2"]


def test_of_two_values_none_is_marked_as_an_end(made) -> None:
    found, _ = made
    ends = np.array([[-1.0], [1.0]])
    effect = replace(found["age"], values=np.array([0.0, 1.0]), mean=ends, std=np.zeros((2, 1)))
    assert "(end)" not in str(replace(found, curves=(effect,), pairs=()))


def test_columns_whose_bands_contain_no_change_at_all_values_are_named(made) -> None:
    found, _ = made
    values, mean = np.array([1.0, 2.0, 3.0]), np.array([[-4.0], [0.0], [3.0]])
    sure, unsure = (
        replace(found["age"], name=name, values=values, mean=mean, std=np.full((3, 1), std))
        for name, std in (("sure", 1.9), ("unsure", 2.1))
    )
    told = "because the band contains 0 at all values: unsure"
    assert told in " ".join(
        str(replace(found, curves=(sure, unsure), n_members=2, pairs=())).split()
    )
    assert "not shown by" not in str(replace(found, curves=(sure,), n_members=2, pairs=()))
    alone = replace(found, curves=(unsure,), n_members=1, weights_known=False, pairs=())
    assert "not shown by" not in str(alone)
    joint = replace(
        unsure, name="joint", importance=unsure.alone * 1.5
    )  # 0.44 of its variance is that of the curve
    shown = " ".join(str(replace(found, curves=(unsure, joint), n_members=2, pairs=())).split())
    assert "contains 0 at all values: unsure Curves that may be flat" in shown
    assert "act mostly in combination with others: joint" in shown


def test_an_extreme_that_may_be_at_an_end_is_told_with_the_rows_beyond(made) -> None:
    """The lowest effect differs from the right end by 0.5 ± 0.6, and clearly from the left end."""
    found = replace(made[0], weights_known=True)
    stds = np.zeros((2, 4, 1))
    stds[0], stds[1, 2] = 0.1, 0.3
    effect = replace(
        found["age"], values=np.array([1.0, 2.0, 3.0, 4.0]), mean=np.array([[5.0], [2.0], [-5.0], [-4.5]]),
        std=np.full((4, 1), 0.2), end_stds=stds, importance=found.deviations,
        places=np.array([1.0, 2.0, 3.0, 3.5, 4.0]),
    )  # fmt: skip
    said = " ".join(str(replace(found, curves=(effect,), pairs=())).split())
    told = (
        "age: the lowest effect, at 3, is not distinguishable from that at the end 4: they differ by 0.50 ± 0.60, and "
        "2 rows have larger values"
    )
    assert told in said
    assert said.count("not distinguishable") == 1
    stds[1, 2] = 0.2
    assert "not distinguishable" not in str(replace(found, curves=(effect,)))
    stds[1, 2] = 0.3
    more = replace(effect, places=np.array([1.0, 2.0, 3.5, 3.6, 4.0]))
    assert "not distinguishable" not in str(replace(found, curves=(more,)))
    small = replace(effect, importance=0.04 * found.deviations, end_stds=stds + 9.0)
    assert "not distinguishable" not in str(replace(found, curves=(small,)))


def test_numbers_in_sentences_have_the_digits_of_their_whole_part(made) -> None:
    pair = next(pair for pair in made[0].pairs if pair.names == ("dose", "sex"))
    numbers = replace(pair, values=(np.array([0.123456, -9999.4, 1234567.8]), pair.values[1]))
    assert numbers.short_values(0) == ["0.1235", "-9999", "1234568"]
    assert numbers.written_values(0) == ["0.123456", "-9999.4", "1234568"]


def test_of_several_targets_each_has_its_zero() -> None:
    x = np.linspace(0.0, 1.0, 40) ** 2
    model = sn.fit(
        {"x": x, "a": 3.0 + x, "b": 50.0 - x}, ["a", "b"], hidden=0, decay=1e-6, starts=1, held_out=0
    )  # fmt: skip
    effects = model.effects({"x": x})
    lines = str(effects).splitlines()
    for name, mean in (("a", 3.0 + x.mean()), ("b", 50.0 - x.mean())):
        assert f"{name}, 0 is the mean prediction {mean:.4g}:" in lines
        assert f">{name}</caption>" in effects._repr_html_()


def test_the_six_largest_differences_of_labels_are_shown() -> None:
    label = np.array([*"abcdefgh" * 5])
    heights = dict(zip("abcdefgh", [0.5, 1.5, -5.5, 3.5, -1.5, 5.5, -3.5, 7.5], strict=True))
    y = np.array([heights[each] for each in label])
    model = sn.fit({"c": label, "y": y}, "y", hidden=0, decay=1e-9, starts=1, held_out=0)
    lines = str(model.effects({"c": label})).splitlines()
    assert [line.split()[1] for line in lines if line.startswith("  c: ")] == [*"hcfgde"]


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


def test_a_difference_within_its_band_may_be_a_dependence(made) -> None:
    found, _ = made
    found = replace(found, weights_known=True)
    pair = next(pair for pair in found.pairs if set(pair.names) == {"dose", "sex"})
    (own,) = pair.dependences
    for deviations, verb in ((1.9, "depends"), (2.1, "may depend")):
        std = own.difference / BAND * (deviations / 2.0)
        unsure = replace(pair, dependences=(replace(own, difference_std=std),))
        start = f"The effect of dose {verb} on sex: "
        assert dependence_in_words(found, unsure, 0).startswith(start)


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


def test_bands_of_a_fit_with_groups_are_said_to_be_those_of_independent_rows() -> None:
    x = np.linspace(0.0, 1.0, 40)
    table = {"x": x, "patient": np.repeat(np.arange(8), 5), "y": x + np.sin(17.0 * x)}
    grouped = sn.fit(table, "y", hidden=0, groups="patient")
    said = "rows of the same patient may depend on each other"
    assert said in " ".join(str(grouped.effects(table)).split())
    plain = sn.fit({"x": x, "y": table["y"]}, "y", hidden=0)
    assert "may depend on each other" not in str(plain.effects(table))


@pytest.mark.parametrize(("factor", "shown"), [(1e-17, "0"), (1e-6, None)])
def test_effects_of_round_off_are_shown_as_0(made, factor: float, shown: str | None) -> None:
    found, _ = made
    effect = found["dose"]
    tiny = {name: factor * getattr(effect, name) for name in ("mean", "importance", "alone")}
    effects = replace(found, curves=(replace(effect, **tiny),), weights_known=False)
    _, row = summary_rows(effects, 0)
    cells = [row[1], row[2], row[3], row[5]]
    assert (cells == ["0"] * 4) if shown == "0" else all(0 < abs(float(c)) < 1e-4 for c in cells)
