"""Numbers that may mean a missing value are pointed out, and natural values are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.apps.cli.option_names import speller
from sheernet.data.columns.column_facts import TableFacts
from sheernet.data.columns.missing_codes import (
    CodeCounts,
    far_value_messages,
    missing_code_messages,
)
from sheernet.data.columns.roles import choose_roles
from sheernet.foundation.sentences import rendered

NATURAL = np.linspace(-1, 1, 21)


def codes_of(table):
    facts = TableFacts(table)
    return {name: facts.codes(name) for name in table.columns if facts.kind(name) == "number"}


def messages(**columns):
    return list(missing_code_messages(codes_of(sn.read_table(pd.DataFrame(columns)))))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (-999, "-999"), (-99, "-99"), (-9999.0, "-9999"), (9999, "9999"), (999999, "999999"), (-999.25, "-999.25"),
        (9999.9, "9999.9"),
        (-32768, "-32768"), (65535, "65535"), (9.91e37, "9.91e+37"), (1e30, "1e+30"), (-(2**31), "-2147483648"),
    ],
)  # fmt: skip
def test_a_code_far_from_the_other_values_is_named_as_it_is_given_to_missing_values(code, text):
    (message,) = messages(x=[*NATURAL, code, code], z=np.arange(23.0))
    assert message.startswith(f"2 values of 'x' are {text}, far from its other values")
    assert message.endswith(f"use sn.read_table(table, missing_values={[text]!r})")
    assert rendered(message, speller({"missing_values": "--missing-values"})).endswith(
        f"use --missing-values {text}"
    )
    table = pd.DataFrame({"x": [*NATURAL, code]})
    cleaned = eval(message.split("use ")[-1], {"sn": sn, "table": table})
    assert cleaned.frame["x"].isna().tolist() == [False] * 21 + [True]


def test_one_message_for_a_code_in_several_columns():
    (message,) = messages(x=[*NATURAL, -999], y=[-999, *NATURAL])
    assert message.startswith("2 values of 'x' and 'y' are -999, far from their other values")


def test_two_codes_in_a_column_have_a_message_each():
    assert len(messages(x=[*NATURAL, -999, -9999, 9999])) == 3


@pytest.mark.parametrize(
    "values",
    [
        [0, 20, 40, 60, 80, 99],  # a percentage
        [997, 998, 999, 1000],  # hectopascals
        [0, 99, 0, 99],  # two values: a code of something else
        [-9, -9, -3, 0, 2, 5, 9, 14],  # degrees Celsius
        [-9, -9, *range(-6, 30)],
        [-9, -9, *range(-5, 30)],
        [-98, -98, -99, -99, *range(-80, 90, 3)],
        [*range(18, 98), 98, 98, 99, 99],  # ages
        [70, 77, 85, 90, 96, 96, 98, 98],
        [*range(12), -3, -3, -2],
        [-99, -99, *range(-80, 90, 3)],  # profits
        [-1, -1, 0, 1, 2],  # the level of a factor
        [-1, 0, 1, 1, 0, -1],
        [*range(900, 1000), 999, 999],  # the end of a dense range
        [*range(0, 10_000, 7), 9999, 9999],
        [60, 75, 80, 88, 88, 93, 99, 99],
        [0, 77, 0, 77],
        [100, 200, 400, 700, 999, 999],  # prices
        [1, 2, 3, 4, 5, -9],  # a single one
        [*np.geomspace(1, 800, 40), 999, 999],  # a long tail
        [0, 1, 2, 999.5],  # far, but not a code
        [1e29, 5e29, 9e29, 1e30],
        ["a", "-999", "b", "b"],
    ],
)
def test_natural_values_are_not_named(values):
    assert messages(x=values) == []


@pytest.mark.parametrize(
    ("code", "others"),
    [
        (-9, range(1, 40)),
        (-9, [0, 1]),
        (-8, [1, 2, 3, 4, 5]),
        (-1, np.linspace(0, 1, 30)),
        (-99, np.linspace(0, 800, 60)),
        (99, range(18, 76)),
        (77, [1, 2, 3, 4, 5, 7]),
        (888, range(0, 300, 5)),
        (999, np.arange(0, 700, 2.5)),
        (9999, range(1, 6000, 3)),
        (-999, [*range(0, 1000, 9), 5000]),  # outliers at the other end
    ],
)
def test_a_code_that_repeats_beyond_a_gap_is_named(code, others):
    (message,) = messages(x=[*others, code, code])
    assert message.startswith(f"2 values of 'x' are {code}, far from its other values")
    assert messages(x=[*others, code]) == []  # it does not repeat


def test_a_repeated_code_in_a_sample_of_normal_temperatures_is_not_named():
    """Rounded normal numbers have codes among them, sometimes at their ends."""
    rng = np.random.default_rng(0)
    for mean, spread, digits in (
        (8, 8, 1),
        (8, 8, 0),
        (2, 4, 0),
        (50, 20, 0),
        (500, 200, -1),
        (0, 100, 0),
    ):
        for _ in range(100):
            values = rng.normal(mean, spread, size=rng.integers(10, 400)).round(digits)
            assert list(CodeCounts.of(values).far_codes()) == []


@pytest.mark.parametrize(
    ("codes", "others"),
    [
        ([-99, -98], np.linspace(549, 9000, 900)),
        ([-99, -98, -97], range(11)),
        ([-9, -8], range(18, 90)),
        ([-2, -1], np.linspace(500, 9000, 900)),
        ([-9], [*range(11), -2, -2, -1]),  # -1 and -2 are as close as values
        ([-999, -998], range(18, 90)),
        ([97, 98, 99], range(11)),
        ([66, 77, 88], range(1, 8)),
        ([998, 999], range(18, 90)),
        ([997, 998, 999], range(18, 90)),
        ([99998, 99999], np.linspace(549, 9000, 900)),
        ([888888, 999998, 999999], np.linspace(549, 9000, 900)),
        ([98, 999], [*range(11)]),
        ([-999, 98], [*range(11)]),
        ([-9999], [-1, -2, -3, -4]),
        ([999], [95, 96, 97, 98]),
    ],
)
def test_all_codes_of_a_survey_are_named_whether_others_are_present_or_not(codes, others):
    values = np.array([*others, *codes, *codes], dtype=float)
    assert list(CodeCounts.of(values).far_codes()) == [(code, 2) for code in codes]
    if len(codes) > 1 and codes[1] - codes[0] == 1:
        once = np.array(
            [*others, *codes, codes[0]], dtype=float
        )  # the code beside one that repeats
        assert [code for code, _ in CodeCounts.of(once).far_codes()][:2] == codes[:2]


@given(
    st.lists(
        st.sampled_from([-9.0, -1.0, 99.0, 999.0, 0.0, 1.0, 2.0, 5.0, 40.0]),
        min_size=2,
        max_size=60,
    ),
    st.data(),
)
def test_counts_of_parts_are_those_of_all_values(values, data):
    cut = data.draw(st.integers(0, len(values)))
    whole = CodeCounts.of(np.array(values))
    assert (
        CodeCounts.of(np.array(values[:cut])).merged(CodeCounts.of(np.array(values[cut:]))) == whole
    )
    scale = np.array(values)[:, None] * np.arange(1, 60)  # more values than are kept
    parts = CodeCounts.of(scale[:cut].ravel()).merged(CodeCounts.of(scale[cut:].ravel()))
    assert parts == CodeCounts.of(scale.ravel())
    others = sorted(set(scale.ravel().tolist()) - set(parts.counts))
    assert (parts.lowest, parts.highest) == (tuple(others[:10]), tuple(others[-10:]))


@given(
    others=st.lists(st.floats(-1e6, 1e6), min_size=3, unique=True),
    code=st.sampled_from([-99.0, -999.0, 9999.0, 1e30]),
    scale=st.integers(0, 3),
)
@example(others=[0.0, 1.0, 999999.0, 0.5], code=-99.0, scale=0)
def test_a_named_code_is_farther_away_than_the_other_values_are_from_each_other(
    others, code, scale
):
    others = [value / 10**scale for value in others if value / 10**scale != code]
    assume(not messages(x=others))  # one of them is a code, such as 999999
    low, high = min(others), max(others)
    is_far = max(low - code, code - high) > high - low
    if messages(x=[*others, code]):
        assert is_far


def test_targets_and_named_inputs_are_examined_but_not_labels_weights_or_dropped_columns():
    table = sn.read_table(pd.DataFrame({name: [*NATURAL, -999] * 2 for name in "abcwy"}))
    roles = choose_roles(table, "y", inputs=["a", "b"], weights="w", categories=["b"], drop=["c"])
    (message,) = roles.doubtful
    assert message.startswith("4 values of 'y' and 'a' are -999")


def far(values):
    return list(far_value_messages(codes_of(sn.read_table(pd.DataFrame({"x": values})))))


@pytest.mark.parametrize(
    ("wrong", "start"),
    [
        ([1300], "1300 of 'x' is far from its other values, which are from 100 to 170;"),
        ([-1200], "-1200 of 'x' is far"),
        ([1250, 1300], "1250 and 1300 of 'x' are far"),
        ([-1300, 1300, 1300], "-1300 and 1300 of 'x' are far"),
        ([1.5e12], "1.5e+12 of 'x' is far"),
        ([888], "888 of 'x' is far"),  # a code in one row
        ([997, 999.5], "997 and 999.5 of 'x' are far"),
    ],
)
def test_a_value_far_beyond_the_range_of_the_others_is_named(wrong, start):
    (message,) = far([*wrong, *range(100, 171)])
    assert message.startswith(start)
    assert f"; correct {'it' if len(wrong) == 1 else 'them'} if wrong, because" in message


@pytest.mark.parametrize("codes", [[998, 999], [-99, -98], [99998, 99999]])
def test_codes_that_are_named_are_not_named_as_errors(codes):
    assert far([*range(18, 90), *codes * 20]) == []


@pytest.mark.parametrize("scale", [1e-3, 7.0, 1e5])
def test_far_begins_at_three_times_the_range_of_the_others(scale):
    others = np.linspace(0, scale, 20)
    for end, sign in ((scale, 1), (0.0, -1)):
        assert far([*others, end + sign * 2.99 * scale]) == []
        assert len(far([*others, end + sign * 3.01 * scale])) == 1


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


HOURS = [3, 5, 10, *range(13, 60), *range(20, 45)] * 4
"""The few smallest values are as far from each other as from -2."""


@pytest.mark.parametrize("codes", [[-2], [-9, -2], [-9, -8, -2]])
def test_frequent_codes_that_are_the_only_negative_values_are_named(codes):
    found = messages(hours=[*HOURS, *(code for code in codes for _ in range(20))])
    assert [f"20 values of 'hours' are {code}" for code in codes] == [
        message.partition(",")[0] for message in found
    ]


@pytest.mark.parametrize(
    "others",
    [
        [-2] * 5,  # less than 2 % of the rows, and less than 10
        [-2] * 20 + [-2.5],  # another negative value
        [code for code in range(-5, 0) for _ in range(20)],  # scores
        [-1, 0] * 20,  # beside the other values
    ],
)
def test_natural_negative_values_are_not_named(others):
    assert messages(hours=[*HOURS, *others]) == []
