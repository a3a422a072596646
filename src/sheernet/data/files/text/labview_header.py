"""The headers of a measurement file of LabVIEW (.lvm): where they end, and the units and decimal mark they name.

A file begins with a header of its own and one of its first segment; both end with the same line:

    LabVIEW Measurement
    Decimal_Separator   ,
    ***End_of_Header***

    Y_Unit_Label   Volts  Amps
    X_Dimension    Time   Time
    ***End_of_Header***
    X_Value  Voltage  Current  Comment

A header has a tag and its values in each line, separated like the rows.  A value for a channel is in the position of
the channel's column.  This holds for the tags of its column X_Value, too, which is the first column, or, if each
channel has its own (X_Columns Multi), the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheernet.data.files.text.text_encoding import Text
from sheernet.data.formats.unit_names import units_of
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, sentence

_TITLE = "LabVIEW Measurement"
_END_OF_HEADER = "***End_of_Header***"
_X, _COMMENT = "X_Value", "Comment"


@dataclass(frozen=True)
class LabviewHeader:
    """The headers of a measurement file of LabVIEW with one segment.

    Parameters
    ----------
    end : int
        The number of their last line.
    tags : mapping of str to list of str
        The cells of the line of each tag, the tag included; of the segment if both headers have the tag.
    """

    end: int
    tags: Mapping[str, Sequence[str]]

    @property
    def decimal(self) -> str | None:
        """The decimal comma, if the header names it; versions before 2 name none and write that of the computer."""
        return "," if self._value("Decimal_Separator", 1) == "," else None

    def distinct(self, names: Sequence[str]) -> list[str]:
        """Return the names of the columns; X_Value of several channels is followed by the name of the channel."""
        if names.count(_X) < 2:
            return list(names)
        following = [*names[1:], ""]
        return [
            f"{_X} {after}".strip() if name == _X else name
            for name, after in zip(names, following, strict=True)
        ]

    def units(self, source: str, names: Sequence[str]) -> dict[str, str]:
        """Return the units of the columns with these names; warn if that of an x axis is known from its dimension only.

        `names` are distinct, as `distinct` returns them.
        """
        cells, of_times = [], []
        for j, name in enumerate(names):
            if name != _X and not name.startswith(f"{_X} "):
                cells.append(self._value("Y_Unit_Label", j))
                continue
            unit = self._value("X_Unit_Label", j + 1)
            if not unit and self._value("X_Dimension", j + 1) == "Time":
                unit = "s"
                of_times.append(name)
            cells.append(unit)
        if of_times:
            warn(
                sentence(
                    "column {!r} of {} is read as a time in seconds, because the header has X_Dimension Time; if it is "
                    "in another unit, give {}",
                    of_times[0], source, Setting("units", "none"),
                )
            )  # fmt: skip
        return units_of(names, cells)

    def _value(self, tag: str, j: int) -> str:
        cells = self.tags.get(tag, ())
        return cells[j].strip() if j < len(cells) else ""


def labview_header(text: Text, lines: Sequence[str]) -> LabviewHeader | None:
    """Read the headers of a measurement file of LabVIEW; None if the file is another one.

    Parameters
    ----------
    text : Text
        The file.
    lines : sequence of str
        Its first lines.

    Raises
    ------
    InvalidInput
        If the file has several segments or no rows, or the comment of LabVIEW is behind the values of a row.
    """
    if not text.head.startswith(_TITLE):
        return None
    separator = "," if re.match(rf"{_TITLE},", text.head) else "\t"
    with text.open() as stream:
        ends = [n for n, line in enumerate(stream, start=1) if line.startswith(_END_OF_HEADER)]
    if len(ends) > 2:
        raise InvalidInput(
            f"{text.name} has several segments, each with a header (the second ends in line {ends[2]}); write each "
            "segment to a file of its own"
        )
    end = ends[-1] if ends else 0
    rows = [line.rstrip("\r\n").split(separator) for line in lines[: end + 2]]
    if len(rows) < end + 2:
        raise InvalidInput(f"{text.name} has no rows below its headers; at least one is needed")
    _require_no_comment(text.name, rows[end], rows[end + 1], end + 2)
    return LabviewHeader(end, {row[0]: row for row in rows[:end]})


def _require_no_comment(source: str, names: Sequence[str], row: Sequence[str], line: int) -> None:
    """Raise if the first row has the comment of its segment behind its values, unlike the other rows."""
    if names[-1] == _COMMENT and len(row) == len(names) and row[-1].strip():
        raise InvalidInput(
            "line {} of {} has a comment of LabVIEW behind its values ({!r}), which the other rows do not have; delete "
            "it and the separator before it, or write the file without a comment",
            line, source, row[-1].strip(),
        )  # fmt: skip
