"""Rows that summarize others are those that the definition in words names, whatever the table."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sheernet.data.formats.summary_row import is_total, summary_rows

LABELS = st.sampled_from(
    ["Jan", "Feb", " Jan", "Jan Total", "Jan-Sum", "Total Feb:", "Total", "Mean", "Jan ", ""]
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


@given(st.lists(CELLS, max_size=12))
def test_summaries_are_unique_texts_below_their_group_or_at_the_end(cells: list[object]) -> None:
    found = {
        i
        for i, cell in enumerate(cells)
        if i
        and sum(cell is other or cell == other for other in cells) == 1
        and is_of_group(cell, cells[i - 1])
    }
    end = len(cells) - 1
    while end >= 0 and (
        end in found
        or (
            isinstance(cells[end], str)
            and cells.count(cells[end]) == 1
            and is_total(str(cells[end]))
        )
    ):
        found.add(end)
        end -= 1
    expected = sorted(found) if 2 * len(found) <= len(cells) else []
    assert summary_rows(pd.Series(cells, dtype=object)) == expected
