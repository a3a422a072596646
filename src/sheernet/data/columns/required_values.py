"""`needed_columns`: the columns that must have a value in each row of a fit, and the errors if values are missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sheernet.data.columns.cells import Gap, missing_values_error, quoted
from sheernet.data.columns.column_types import missing_value_advice
from sheernet.data.columns.roles import Roles
from sheernet.foundation.arrays import Indices
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import Setting, in_quotes, sentence

_SOME_LEFT_OUT = sentence(
    "fill them, or use {}, which leaves out rows without target or weight, or {}, which leaves out all of these "
    "rows",
    Setting("missing", "impute"), Setting("missing", "drop"),
)  # fmt: skip


def needed_columns(roles: Roles, missing: str) -> tuple[list[str], str, str]:
    """Return the columns in which rows without a value are left out, a phrase for them, and one for these rows.

    Parameters
    ----------
    roles : Roles
        The roles of the columns.
    missing : {"impute", "drop", "refuse"}
        The policy for missing values.
    """
    if missing == "refuse":
        return [], "", ""
    needed = [*roles.targets, *([] if roles.weights is None else [roles.weights])]
    which = "the target" if len(needed) == 1 else listed(list(map(in_quotes, needed)), "or")
    if missing == "drop":
        return [*needed, *roles.inputs], "a used column", "missing values"
    return needed, which, f"no value of {which}"


def single_mark(kind: str, values: Collection[Any]) -> str:
    """Say why a target of a kind with these different values may have empty cells: they may be the other class."""
    if len(values) != 1 or kind not in ("category", "number", "boolean"):
        return ""
    return (
        f"its only value is {quoted(next(iter(values)))}: if an empty cell means the other class, write a word for it "
        "into the empty cells, such as no"
    )


def require_complete_rows(source: str, n_rows: int, which: str) -> None:
    """Raise if no row has all needed values; `which` names the columns."""
    if not n_rows:
        raise InvalidInput(
            f"every row of {source} has no value in {which}; drop the columns with the most missing values, "
            "or name a different target"
        )


def refuse_gaps(
    source: str, roles: Roles, found: Sequence[Gap], marks: Mapping[str, str], missing: str,
    sheet_rows: Indices | None = None, doubts: Sequence[str] = (), advice: str | None = None,
) -> None:  # fmt: skip
    """Raise one error for the missing values of all used columns, so that a table has to be corrected only once.

    If they are not refused, this is only for those of a target that may mark one of two classes, as one class remains.
    `marks` has `single_mark` of targets, and `doubts` are what the values may be instead.
    """
    if missing != "refuse":
        found, doubts = [gap for gap in found if marks.get(gap.name)], ()
        advice = "or name a different target"
    if found:
        filled = {gap.name for gap in found} <= set(roles.inputs)
        of_fit = missing_value_advice("refuse") if filled else _SOME_LEFT_OUT
        way = advice or of_fit
        for doubt in reversed(doubts):
            way = sentence("{}; otherwise {}", doubt, way)
        raise missing_values_error(source, found, way, sheet_rows)
