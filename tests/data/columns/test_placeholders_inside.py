"""As test_placeholders.py, by names that are not published."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.apps.cli.option_names import speller
from sheernet.data.columns.placeholders import placeholder_messages
from sheernet.foundation.sentences import rendered


def named(*labels):
    return list(placeholder_messages({"x": dict.fromkeys(labels, 2)}))


@pytest.mark.parametrize(
    "label",
    [
        ".", "-", "?", "--", "*", "/", "…", "—", "..", "missing", "Unknown", "(blank)", "not measured", "n.a.", "n. d.",
        "nd", "unbekannt", "k.A.", "keine Angabe", "(Leer)", "inconnu", "Non renseigné", "desconocido", "s/d",
        "sconosciuto", "não medido", "onbekend",
    ],
)  # fmt: skip
def test_a_placeholder_among_words_is_named_with_the_option_that_makes_it_missing(label):
    (message,) = named("dune", label, "reef")
    assert message.startswith(f"{label!r} in 2 rows of 'x' is used as a label; if it means missing")
    assert message.endswith(f"use sn.read_table(table, missing_values={[label]!r})")
    table = pd.DataFrame({"x": ["dune", label, "reef"]})
    cleaned = eval(message.split("use ")[-1], {"sn": sn, "table": table})
    assert cleaned.frame["x"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    "labels",
    [
        ("+", "-", "++"),  # serology
        ("-", "1+", "2+", "3+"),  # urine strips
        ("-", "x"),  # a mark or none
        ("known", "unknown"),
        ("NC", "ND", "VA", "NM"),  # states
        (".", "*", "**", "***"),  # stars of significance
        ("<5", "5-10", ">10"),
        ("C", "C#", "C++"),
        ("东", "西", "南"),
        ("missing link", "unknowns", "nothing"),
    ],
)
def test_ordinary_labels_are_not_named(labels):
    assert not named(*labels)


@given(st.sets(st.text(min_size=1, max_size=3), max_size=5), st.text("?!.-/*", min_size=1))
def test_at_most_one_label_of_marks_is_named(labels, marks):
    messages = named(*labels, marks)
    assert len(messages) <= 1
    assert not messages or messages[0].count(" rows of 'x'") == 1 or " are used" in messages[0]


def test_one_message_for_all_columns_spells_the_option_once():
    columns = {"hab": {"dune": 9, "reef": 8, ".": 12}, "job": {"a b": 1, "c d": 1, "unknown": 1}}
    (message,) = placeholder_messages(columns)
    assert rendered(message, speller({"missing_values": "--missing-values"})) == (
        "'.' in 12 rows of 'hab' and 'unknown' in 1 row of 'job' are used as labels; if they mean missing, use "
        "--missing-values .,unknown"
    )
