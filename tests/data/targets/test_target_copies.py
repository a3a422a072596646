"""Inputs that determine the target are pointed out, and inputs that only predict it well are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.targets import learn_targets, target_copies

RNG = np.random.default_rng(3)
Y = RNG.normal(20, 8, size=60)
OTHER = RNG.normal(size=60)
LABELS = RNG.choice(["a", "b", "c"], size=60)


def messages(x, y=Y, **others):
    table = sn.read_table({"x": x, **(others or {"other": OTHER}), "y": y})
    targets, _ = learn_targets(table, ("y",), np.arange(len(table)))
    return list(target_copies(table, [*table.columns[:-1]], targets))


@pytest.mark.parametrize(
    ("x", "how"),
    [
        (Y, "'y' = 'x'"),
        ((1.8 * Y + 32), "'y' = 0.5556 * 'x' - 17.78"),
        ((1.8 * Y + 32).round(1), "'y' = 0.555"),  # of other units, rounded
        (-Y / 1000, "'y' = -1000 * 'x'"),
        (Y.round(), "it is 'y' rounded"),
        (Y.round(-1), "it is 'y' rounded"),
        (np.floor(Y * 10) / 10, "it is 'y' rounded"),
        (np.ceil(Y), "it is 'y' rounded"),
        (np.argsort(np.argsort(Y)), "it is the rank of 'y'"),
        (60 - np.argsort(np.argsort(Y)), "it is the rank of 'y'"),
        (np.exp(Y / 10), "'y' rises with it throughout"),
        (
            np.log(Y + 100).round(4),
            "'y' rises with it throughout",
        ),  # has equal values for different ones of y
        (1 / (Y + 100), "'y' falls with it throughout"),
    ],
)
def test_copies_of_numbers(x, how):
    (message,) = messages(x)
    assert message.startswith(f"'x' determines the target 'y' ({how}")
    assert message.endswith("use drop='x'")


def test_a_target_that_is_an_input_rounded():
    (message,) = messages(Y, y=Y.round(-1))
    assert "('y' is 'x' rounded)" in message


@pytest.mark.parametrize("size", [1e-4, 1e-2, 1.0, 100.0])
def test_small_numbers_are_not_rounded_ones(size):
    """All are 0 if they are rounded to 10 000, whatever the other numbers are."""
    assert not messages(OTHER, y=size * Y)
    assert not messages(size * OTHER)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (LABELS, np.char.upper(LABELS)),
        ([{"a": 1, "b": 2, "c": 9}[label] for label in LABELS], LABELS),
        (LABELS == "a", np.where(LABELS == "a", "yes", "no")),
        (np.char.add("group ", LABELS), [{"a": 1, "b": 2, "c": 3}[label] for label in LABELS]),
    ],
)  # fmt: skip
def test_codes_of_the_target(x, y):
    (message,) = messages(x, y=y)
    assert "(each of its values has its own value of the target)" in message
    changed = np.array(x).copy()
    changed[0], changed[1] = changed[LABELS[0] != LABELS][0], changed[0]
    assert messages(changed, y=y) == []


@pytest.mark.parametrize(
    "x",
    [
        Y + RNG.normal(0, 0.1, size=60),
        np.exp(Y / 10) + RNG.normal(0, 0.1, size=60),
        (np.exp(Y / 20) * 3).round(),  # few values
        np.sort(Y),
        RNG.permutation(60),
        np.where(Y > 20, 1.0, 0.0),
        LABELS,
        np.arange(60.0),
    ],
)
def test_other_inputs_are_not_named(x):
    assert messages(x) == []


def test_labels_that_join_several_classes_do_not_determine_them():
    assert messages(np.where(LABELS == "a", "p", "q"), y=LABELS) == []


def test_a_series_that_rises_from_row_to_row_is_no_copy_of_its_number():
    assert messages(np.arange(60), y=np.sort(Y)) == []


@pytest.mark.parametrize("down", [1, -1])
def test_a_target_that_rises_with_time_is_no_copy_of_the_time(down):
    time = np.cumsum(RNG.uniform(0.1, 1, size=60))
    assert messages(down * time, y=time**2) == []
    assert len(messages((down * time)[::-1][Y.argsort()], y=(time**2)[::-1][Y.argsort()])) == 1


def test_a_target_of_few_values_is_not_in_the_order_of_an_input():
    assert messages(np.exp(Y / 20), y=np.searchsorted([5, 12, 20, 25, 33], Y) ** 2.0) == []


def test_an_input_alone_is_not_named():
    table = sn.read_table({"x": 2 * Y + 1, "y": Y})
    targets, _ = learn_targets(table, ("y",), np.arange(60))
    assert list(target_copies(table, ["x"], targets)) == []


def test_few_rows_show_nothing():
    assert messages(2 * Y[:29], y=Y[:29], other=OTHER[:29]) == []


def test_what_holds_only_for_the_first_rows_is_no_copy():
    y = RNG.normal(size=3000)
    x = 3 * y
    x[-1] += 5
    assert messages(x, y=y, other=RNG.normal(size=3000)) == []
    x[-1] = 3 * y[-1]
    assert len(messages(x, y=y, other=RNG.normal(size=3000))) == 1


def test_missing_values_do_not_hide_a_copy():
    x = 2 * Y
    x[::7] = np.nan
    assert len(messages(x)) == 1


@given(st.floats(1e-6, 1e6), st.floats(-1e6, 1e6), st.booleans())
def test_a_copy_is_found_in_any_unit(scale, shift, is_negative):
    scale = -scale if is_negative else scale
    x = scale * (Y - 20) + shift * scale
    assert len(messages(x)) == 1


def test_the_notice_of_a_fit_names_the_option():
    table = {"a": OTHER, "f": 1.8 * Y + 32, "y": Y}
    with pytest.warns(sn.SheernetWarning, match="'f' determines the target 'y'"):
        model = sn.fit(table, "y", hidden=0, decay=0.1, starts=1)
    assert any("'f' determines" in notice for notice in model.notices)
