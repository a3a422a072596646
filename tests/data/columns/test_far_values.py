"""Numbers that are far from all others of their column are pointed out, and natural values are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.apps.cli.option_names import speller
from sheernet.data.columns.column_facts import TableFacts
from sheernet.data.columns.far_values import Extremes, far_value_messages
from sheernet.data.columns.roles import choose_roles
from sheernet.foundation.sentences import rendered

NATURAL = np.linspace(-1, 1, 21)


def extremes_of(table):
    facts = TableFacts(table)
    return {name: facts.extremes(name) for name in table.columns if facts.kind(name) == "number"}


@given(
    st.lists(st.sampled_from([-9.0, -1.0, 99.0, 0.0, 1.0, 2.0, 40.0]), min_size=2, max_size=60),
    st.data(),
)
def test_extremes_of_parts_are_those_of_all_values(values, data):
    cut = data.draw(st.integers(0, len(values)))
    scale = np.array(values)[:, None] * np.arange(1, 60)  # more values than are kept
    parts = Extremes.of(scale[:cut].ravel()).merged(Extremes.of(scale[cut:].ravel()))
    assert parts == Extremes.of(scale.ravel())
    found = sorted(set(scale.ravel().tolist()))
    assert (parts.lowest, parts.highest) == (tuple(found[:10]), tuple(found[-10:]))


def test_targets_and_named_inputs_are_examined_but_not_labels_weights_or_dropped_columns():
    table = sn.read_table(pd.DataFrame({name: [*NATURAL, -999] * 2 for name in "abcwy"}))
    roles = choose_roles(table, "y", inputs=["a", "b"], weights="w", categories=["b"], drop=["c"])
    assert [message.partition(" is far")[0] for message in roles.doubtful] == [
        "-999 of 'y'", "-999 of 'a'"
    ]  # fmt: skip


def far(values):
    return list(far_value_messages(extremes_of(sn.read_table(pd.DataFrame({"x": values})))))


@pytest.mark.parametrize(
    ("wrong", "start"),
    [
        ([1300], "1300 of 'x' is far from its other values, which are from 100 to 170;"),
        ([-1200], "-1200 of 'x' is far"),
        ([1250, 1300], "1250 and 1300 of 'x' are far"),
        ([-1300, 1300, 1300], "-1300 and 1300 of 'x' are far"),
        ([1.5e12], "1500000000000 of 'x' is far"),
        ([888], "888 of 'x' is far"),
        ([997, 999.5], "997 and 999.5 of 'x' are far"),
    ],
)
def test_a_value_far_beyond_the_range_of_the_others_is_named(wrong, start):
    (message,) = far([*wrong, *range(100, 171)])
    assert message.startswith(start)
    assert f"; correct {'it' if len(wrong) == 1 else 'them'} if wrong, because" in message


@pytest.mark.parametrize("codes", [[-999], [-999.25], [9.91e37], [-9, -8]])
def test_the_message_tells_how_to_read_it_as_missing(codes):
    (message,) = far([*np.linspace(0, 1, 21), *codes, *codes])
    rendered_option = rendered(message, speller({"missing_values": "--missing-values"}))
    texts = ",".join(f"{code:g}" for code in codes)
    assert f"use --missing-values {texts} if" in rendered_option.replace("'", "")
    table = pd.DataFrame({"x": [*np.linspace(0, 1, 21), *codes]})
    call = message.partition("or use ")[2].rpartition(" if ")[0]
    cleaned = eval(call, {"sn": sn, "table": table})
    assert cleaned.frame["x"].isna().tolist() == [False] * 21 + [True] * len(codes)


@pytest.mark.parametrize("scale", [1e-3, 7.0, 1e5])
def test_far_begins_at_the_range_of_the_others_below_them_and_at_three_times_it_above(scale):
    others = np.linspace(0, scale, 20)
    for end, factor in ((scale, 3.0), (0.0, -1.0)):
        assert far([*others, end + 0.99 * factor * scale]) == []
        assert len(far([*others, end + 1.01 * factor * scale])) == 1


@pytest.mark.parametrize(
    "values", [[1, 2, 3, 100], [*range(18), 1000] * 3, [*range(20), *range(1000, 1004)], np.geomspace(1, 1e3, 30),
               [*range(20), np.nan, np.inf], ["a", "b", "c"]]
)  # fmt: skip
def test_few_values_a_cluster_and_a_long_tail_are_not_far(values):
    assert far(values) == []


def test_few_normal_exponential_or_lognormal_samples_have_a_far_value():
    rng = np.random.default_rng(0)
    for draw in (rng.normal, rng.exponential, rng.lognormal):
        assert sum(bool(far(draw(size=200))) for _ in range(100)) <= 5


def test_a_fit_names_a_typing_error_in_its_target():
    y = [*np.linspace(100, 170, 30), 1300.0]
    table = sn.read_table({"x": np.sin(np.arange(31.0)), "y": y})
    notes = choose_roles(table, "y").doubtful
    assert any(note.startswith("1300 of 'y' is far") for note in notes)
