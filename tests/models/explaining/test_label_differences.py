"""Differences of labels, with a band of their own, and means of the true values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn

LINE = {"hidden": 0, "decay": 1e-9, "starts": 1, "held_out": 0}
TABLE = {
    "c": np.array(["red", "green", "blue", "red", "blue", "blue"] * 10),
    "on": np.arange(60) % 2 == 0,
    "x": np.sin(np.arange(60.0)),
}
Y = 2.0 * (TABLE["c"] == "red") - 1.0 * (TABLE["c"] == "green") + 3.0 * TABLE["on"] + TABLE["x"]


@pytest.fixture(scope="module")
def model() -> sn.Model:
    return sn.fit({**TABLE, "y": Y}, "y", **LINE)


@pytest.mark.parametrize("kind", ["ale", "partial dependence"])
def test_of_a_linear_model_are_those_of_its_coefficients(model: sn.Model, kind: str) -> None:
    frame = model.effects({**TABLE, "y": Y}, kind).differences_to_frame()
    found = {
        (row["label"], row["other"]): (row["difference"], row["raw_difference"])
        for row in frame.to_dict("records")
    }
    mean = {label: Y[TABLE["c"] == label].mean() for label in ("red", "green", "blue")}
    mean |= {"true": Y[TABLE["on"]].mean(), "false": Y[~TABLE["on"]].mean()}
    expected = {
        ("green", "blue"): -1.0,
        ("red", "blue"): 2.0,
        ("red", "green"): 3.0,
        ("true", "false"): 3.0,
    }
    assert set(found) == set(expected)
    for names, difference in expected.items():
        assert found[names][0] == pytest.approx(difference, abs=1e-4)
        assert found[names][1] == pytest.approx(mean[names[0]] - mean[names[1]])


def test_the_band_is_not_that_of_independent_effects(model: sn.Model) -> None:
    """Of two networks with opposite weights, effects are -e and e, and their difference d has the deviation |d|."""
    member = replace(model.members[0], factor=np.zeros(0), share=0.5)
    other = replace(member, network=replace(member.network, theta=-member.network.theta))
    found = replace(model, members=(member, other)).effects(TABLE)["on"]
    (difference,) = found.differences
    assert difference.mean == pytest.approx(0.0, abs=1e-9)
    assert difference.std == pytest.approx(3.0, abs=1e-4)
    assert difference.std == pytest.approx(found.std[0] + found.std[1])


def test_of_many_labels_are_from_the_most_frequent_one() -> None:
    label = np.array([*"abcdef" * 5, *"ccc"])
    table = {"label": label, "x": np.linspace(0.0, 1.0, 33)}
    fitted = sn.fit({**table, "y": table["x"] + (label == "a")}, "y", **LINE)
    effect = fitted.effects(table)["label"]
    names = effect.written_values
    assert {names[each.other] for each in effect.differences} == {"c"}
    assert [names[each.label] for each in effect.differences] == ["a", "b", "d", "e", "f"]


def test_without_true_values_there_are_no_raw_means(model: sn.Model) -> None:
    found = model.effects(TABLE)
    assert found.to_frame()["raw_mean"].isna().all()
    assert "raw means" not in str(found)
    assert "raw means" in str(model.effects({**TABLE, "y": Y}))


def test_of_classes_are_frequencies() -> None:
    kind = np.where(TABLE["x"] + TABLE["on"] > 0.5, "high", "low")
    fitted = sn.fit({**TABLE, "kind": kind}, "kind", hidden=0, decay=1e-2, starts=1, held_out=0)
    effect = fitted.effects({**TABLE, "kind": kind})["on"]
    assert fitted.targets.classes == ("high", "low")
    expected = [
        [np.mean(kind[TABLE["on"] == on] == name) for name in ("high", "low")]
        for on in (False, True)
    ]
    assert effect.raw == pytest.approx(np.array(expected))
