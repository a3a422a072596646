"""Choose the size and the decay of a network by cross-validation.

select_network.py   `select`: the search, the choice, and the chosen network trained on all rows
row_splits.py       folds of rows, or the splits of a splitter
grid_rows.py        the rows and splits of a search
grid_search.py      the losses of sizes and decays on left-out rows
evidence_judge.py   the losses of sizes whose decays are chosen by the evidence
grid_words.py       words for sizes and decays
grid_statistics.py  the errors in the units of the target, and the left-out statistics of the chosen model
choice_rule.py      the one-standard-error rule
selection.py        `Selection`: the errors, the choice and the model, shown as a table and as text
"""

from __future__ import annotations

from sheernet.models.selecting.select_network import select, select_table
from sheernet.models.selecting.selection import Grid, Selection

__all__ = ["Grid", "Selection", "select", "select_table"]
