"""Rows that summarize others are those that the definition in words names, whatever the table."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheernet.data.formats.summary_row import is_total, summary_rows

LABELS = st.sampled_from(
    ["Jan", "Feb", " Jan", "Jan Total", "Jan-Sum", "Total Feb:", "Total", "Mean", "Jan ", ""]
)
OF_GROUPS = ("Subtotal", "Total", "Mean")
GROUPS = st.sampled_from(["Jan", "Feb", "Mar", ""]).flatmap(
    lambda label: st.tuples(st.integers(0, 3), st.sampled_from(["Subtotal", "Max", "Total"])).map(
        lambda group: [label] * group[0] + [group[1]]
    )
)
CELLS = LABELS | st.sampled_from([None, 3, True])


def is_of_group(text: object, above: object) -> bool:
    """Whether a text is the one above it and, apart from it, a word for a summary."""
    if not isinstance(text, str) or not isinstance(above, str) or not above.strip():
        return False
    text, above = text.strip(), above.strip()
    words = (text.rstrip(": ").removesuffix(above), text.removeprefix(above))
    return any(
        word != text and word.strip(" -") != word and is_total(word.strip(" -")) for word in words
    )


def ends_groups(cells: list[str], word: str) -> bool:
    """Whether a word is below rows, on average two, of which no label is also in another group."""
    rows = [i for i, cell in enumerate(cells) if cell == word]
    edges = [0, *(i + 1 for i in rows), len(cells)]
    groups = [set(cells[a:b]) - {word, ""} for a, b in itertools.pairwise(edges)]
    blank = [len(cells[a:b]) > 1 for a, b in itertools.pairwise(edges)]
    is_apart = all(not a & b for a, b in itertools.combinations(groups, 2))
    return (
        is_apart
        and 3 * len(rows) <= len(cells)
        and all((groups if any(groups) else blank)[: len(rows)])
    )


@settings(max_examples=500)
@given(
    st.lists(CELLS, max_size=12) | st.lists(GROUPS).map(lambda groups: [*itertools.chain(*groups)])
)
def test_summaries_are_the_first_rows_those_below_groups_and_the_last(cells: list[object]) -> None:
    texts = [cell.strip() if isinstance(cell, str) else "" for cell in cells]
    labels = [str(cell) if text else "" for cell, text in zip(cells, texts, strict=True)]
    once = [sum(cell is other or cell == other for other in cells) == 1 for cell in cells]
    above = [next(filter(None, texts[:i][::-1]), "") for i in range(len(cells))]
    found = {i for i, cell in enumerate(cells) if once[i] and is_of_group(cell, above[i])}
    for word in OF_GROUPS:
        if labels.count(word) > 1 and ends_groups(labels, word):
            found |= {i for i, label in enumerate(labels) if label == word}
    is_word = [once[i] and is_total(text) for i, text in enumerate(texts)]
    end = len(cells) - 1
    while end >= 0 and (end in found or is_word[end]):
        found.add(end)
        end -= 1
    start = next((i for i in range(max(end, 0)) if not is_word[i]), max(end, 0))
    if start > 1 or (start == 1 and texts[0] in OF_GROUPS):
        found |= set(range(start))
    expected = sorted(found) if 2 * len(found) <= len(cells) else []
    assert summary_rows(pd.Series(cells, dtype=object)) == expected


@pytest.mark.parametrize(
    "word",
    [
        "Zwischensumme", "Subtotal", "Gesamt", "Sous-total", "Total", "Summe", "Insgesamt:", "Subtotale", "Average",
        "Mittelwert", "Subtotaal",
    ],
)  # fmt: skip
def test_a_word_that_ends_each_group_is_a_summary(word: str) -> None:
    labels = ["Jan", "Jan", "Jan", word, "Feb", "Feb", "Feb", word, "Mrz", "Mrz", "Mrz", word]
    assert summary_rows(pd.Series(labels)) == [3, 7, 11]


@pytest.mark.parametrize(
    "labels",
    [
        ["Anna", "Lena", "Max", "Tom", "Eva", "Max"],
        ["Walmart", "Aldi", "Target", "Lidl", "Spar", "Target"],
        ["HDL", "LDL", "total", "HDL", "LDL", "total"],
        ["total", "HDL", "LDL", "total", "VLDL", "Lp(a)"],
        ["low", "high", "mean", "low", "high", "mean"],
        ["Target", "Walmart", "Aldi", "Lidl"],
    ],
)
def test_words_that_are_labels_are_no_summaries(labels: list[str]) -> None:
    assert summary_rows(pd.Series(labels)) == []


def test_sums_below_labels_that_are_not_repeated() -> None:
    """As pivot tables write them."""
    labels = ["Nord", "", "", "Nord Ergebnis", "Süd", None, "Total Süd", "Summe"]
    assert summary_rows(pd.Series(labels)) == [3, 6, 7]
    assert summary_rows(pd.Series([None, "", "oil", "", "oil means", "", "sum rule"])) == []


def test_labels_that_recur_in_groups_are_summed_up_if_their_numbers_are() -> None:
    labels = pd.Series(["HDL", "LDL", "total", "HDL", "LDL", "total"])
    numbers = pd.DataFrame({"n": [1, 2, 3, 4, 5, 6], "x": [1.25, 2.5, 3.75, 4.125, 5.0, 9.125]})
    assert summary_rows(labels, numbers) == [2, 5]
    assert summary_rows(labels, numbers[["n"]]) == []


@pytest.mark.parametrize(
    ("words", "n"),
    [
        (["Nominal", "USL", "LSL"], 3), (["Sollwert", "OTG", "UTG"], 3), (["Min", "Max"], 2), (["Total"], 1),
        (["Nennmaß", "+Tol", "-Tol"], 3), (["Summe:"], 1), (["Soll"], 0), (["Nominal"], 1), (["USL"], 1),
    ],
)  # fmt: skip
def test_limits_and_sums_directly_below_the_names(words: list[str], n: int) -> None:
    parts = [f"T-{i}" for i in range(9)]
    assert summary_rows(pd.Series([*words, *parts])) == list(range(n))
