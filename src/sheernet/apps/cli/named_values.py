"""Values on a command line: of columns NAME=VALUE, a range NAME=LOW..HIGH, some labels NAME=A/B; wanted predictions."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sheernet.apps.cli import values
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting

if TYPE_CHECKING:
    from sheernet.data.columns import Inputs
    from sheernet.data.formats.cell_formats import CellFormat

_WHOLE = r"[-+]?\d+"
_NUMBER = rf"{_WHOLE}(?:[.,]\d+)?"
TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def row(
    texts: Sequence[str] | None,
    inputs: Inputs,
    option: str,
    formats: Mapping[str, CellFormat] | None = None,
) -> dict[str, Any]:
    """Return the values of columns, in the types that `Model.predict` accepts.

    Parameters
    ----------
    texts : sequence of str
        NAME=VALUE, also several with commas between.
    inputs : Inputs
        The columns of the model.
    option : str
        The name of the argument in Python, for messages.
    formats : mapping of str to CellFormat, optional
        How the cells of the model's file were read: values may be written in the same way.

    Examples
    --------
    >>> from sheernet.apps.cli.named_values import row
    >>> from sheernet.data.columns import Inputs, NumberColumn
    >>> row(["a=3"], Inputs((NumberColumn("a", "number", 0.0, 1.0, 0.0, 9.0),)), "fixed")
    {'a': 3.0}
    """
    formats = formats or {}
    return {
        name: _typed(text, name, inputs, option, formats.get(name))
        for name, text in _pairs(texts, option, inputs, formats)
    }


def bounds(
    texts: Sequence[str] | None,
    inputs: Inputs,
    formats: Mapping[str, CellFormat] | None = None,
) -> dict[str, Any]:
    """The argument `bounds` of `Model.optimize`: two ends of a range, None if they are open, or a list of labels.

    `formats` as in `row`.

    Examples
    --------
    >>> from sheernet.apps.cli.named_values import bounds
    >>> from sheernet.data.columns import Inputs, NumberColumn
    >>> bounds(["a=1..3.5"], Inputs((NumberColumn("a", "number", 0.0, 1.0, 0.0, 9.0),)))
    {'a': [1.0, 3.5]}
    >>> bounds(["y=60.."], Inputs((NumberColumn("a", "number", 0.0, 1.0, 0.0, 9.0),)))
    {'y': [60.0, None]}
    """
    from sheernet.data.columns import CategoryColumn

    kinds = {column.name: column for column in inputs.columns}
    found: dict[str, Any] = {}
    formats = formats or {}
    for name, text in _pairs(texts, "bounds", inputs, formats):
        column = kinds.get(name)
        has_labels = isinstance(column, CategoryColumn) or getattr(column, "kind", "") == "boolean"
        known = column.known if isinstance(column, CategoryColumn) else ()
        parts = [text] if text in known else text.split("/" if has_labels else "..")
        found[name] = [
            None
            if not part and len(parts) == 2
            else _typed(part.strip(), name, inputs, "bounds", formats.get(name))
            for part in parts
        ]
    return found


def wanted(
    want: Sequence[str] | None,
    maximize: Sequence[str] | None,
    minimize: Sequence[str] | None,
    names: Sequence[str] = (),
    formats: Mapping[str, CellFormat] | None = None,
    shares: Container[str] = (),
) -> Any:
    """Return the argument `want` of `Model.optimize`: one value without a name, or a mapping.

    Names of predictions may have commas if they are in `names`; `formats` as in `row`; of `shares`, 38% is 0.38.

    Examples
    --------
    >>> from sheernet.apps.cli.named_values import wanted
    >>> wanted(["75"], None, None), wanted(["score=75"], ["cost"], None)
    (75.0, {'score': 75.0, 'cost': 'maximize'})
    """
    formats = formats or {}

    def value_of(text: str, name: str) -> Any:
        return _wanted(text, name, names, formats.get(name), name in shares)

    entries = _with_commas(values.split(want, names), names, formats)
    others = dict.fromkeys(values.split(maximize, names), "maximize")
    others |= dict.fromkeys(values.split(minimize, names), "minimize")
    if len(entries) == 1 and not others and "=" not in entries[0]:
        return value_of(entries[0], names[0] if names else "")
    found: dict[str, Any] = {}
    for entry in entries:
        # the name of a class has "=" itself: color=red=0.8
        name, equals, value = entry.rpartition("=")
        if not equals:
            raise _no_pair(entry, "want", "score=75", entries)
        found[name.strip()] = value_of(value.strip(), name.strip())
    if set(found) & set(others) or not (found or others):
        problem = "a prediction is named twice" if found else "no prediction is wanted"
        raise InvalidInput(
            "{}; give each once, with {} NAME=VALUE, {} NAME or {} NAME",
            problem, Setting("want"), Setting("maximize"), Setting("minimize"),
        )  # fmt: skip
    return found | others


def _with_commas(
    entries: Sequence[str], names: Sequence[str], formats: Mapping[str, CellFormat]
) -> list[str]:
    """Join entries that a comma in a number has separated, if the format of the number has commas."""
    found: list[str] = []
    for entry in entries:
        name = found[-1].rpartition("=")[0].strip() or names[0] if found and names else ""
        if "=" not in entry and _has_commas(formats.get(name)):
            found[-1] += f",{entry}"
        else:
            found.append(entry)
    return found


def _has_commas(form: CellFormat | None) -> bool:
    return form is not None and form.kind == "number" and "," in (form.decimal, form.thousands)


def _wanted(
    text: str, name: str, names: Sequence[str], form: CellFormat | None, is_share: bool
) -> Any:
    """Return a number as in the file of the model, or a plain one; labels and other texts stay text."""
    if is_share and (share := _share(text)) is not None:
        return share
    if form is not None and form.kind in ("number", "duration"):
        from sheernet.data.formats.cell_formats import FormatMismatch

        with suppress(FormatMismatch):
            return float(form.convert([text])[0])
    is_time = form is not None and form.date is not None and form.date.is_time
    if is_time and (hours := _hours(text)) is not None:
        return hours
    number = values.number(text)
    if isinstance(number, str) and text not in names and _hint(text):
        raise _wrong("want", name, "a number", text)
    return number


def _pairs(
    texts: Sequence[str] | None, option: str, inputs: Inputs, formats: Mapping[str, CellFormat]
) -> list[tuple[str, str]]:
    """Split entries into names and values; names of columns may contain "=", and numbers the commas of their format."""
    found: list[tuple[str, str]] = []
    entries = values.split(texts, inputs.names)
    for entry in entries:
        places = [i for i, c in enumerate(entry) if c == "="]
        if not places:
            name, value = found[-1] if found else ("", "")
            if _has_commas(formats.get(name)):
                found[-1] = name, f"{value},{entry}"
                continue
            raise _no_pair(entry, option, f"{inputs.names[0]}=...", entries)
        known = [i for i in places if entry[:i].strip() in inputs.names]
        i = known[-1] if known else places[0]
        found.append((entry[:i].strip(), entry[i + 1 :].strip()))
    return found


def _typed(text: str, name: str, inputs: Inputs, option: str, form: CellFormat | None) -> Any:
    """Convert a value to the type of its column; that of a prediction or a sum of columns to a number, if it is one.

    It is read as in the file of the model; otherwise as a plain number or an ISO date, if it cannot mean anything else.
    """
    kind = next((getattr(c, "kind", "category") for c in inputs.columns if c.name == name), "sum")
    if kind == "boolean":
        if text.lower() not in TRUTHS:
            raise _wrong(option, name, "true or false", text)
        return TRUTHS[text.lower()]
    if kind == "category":
        return text
    if form is not None:
        from sheernet.data.formats.cell_formats import FormatMismatch

        with suppress(FormatMismatch):
            cell = form.convert([text])[0]
            return cell if form.kind == "date" else float(cell)
    if kind in ("date", "time"):
        return _moment(text, name, option, form)
    number = values.number(text)
    if kind == "sum" and isinstance(number, str):
        return text
    has_points = form is not None and form.thousands == "."
    if isinstance(number, str) or (has_points and "." in text):
        noun = (
            "a number" if form is None or form.is_ordinary else f"a number, or written like {form}"
        )
        raise _wrong(option, name, noun, text)
    return number


def _moment(text: str, name: str, option: str, form: CellFormat | None) -> Any:
    """Convert a date; text stays unchanged if its format is unknown, or if it is an ISO date."""
    if form is None:
        return text
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(option, name, f"written like {form}", text) from None


def _wrong(option: str, name: str, noun: str, text: str) -> InvalidInput:
    return InvalidInput(
        "{} of {} must be {}, but {!r} was given{}",
        Setting(option), name, noun, text, _hint(text),
    )  # fmt: skip


def _share(text: str) -> float | None:
    """The share of a percentage: that of 38% is 0.38; None if the text is none."""
    percent = re.fullmatch(rf"({_NUMBER})\s*%", text)
    return None if percent is None else float(f"{percent[1].replace(',', '.')}e-2")


def _hours(text: str) -> float | None:
    """The hours of a time of day or a duration such as 12:30; None if the text is none."""
    clock = re.fullmatch(r"(\d+):([0-5]\d)(?::([0-5]\d))?", text)
    if clock is None:
        return None
    return int(clock[1]) + int(clock[2]) / 60 + int(clock[3] or 0) / 3600


def _hint(text: str) -> str:
    """Return how to write a percentage, a time, or a range with a hyphen; "" for other texts."""
    if (share := _share(text)) is not None:
        return f"; if a workbook shows the column as percent, write {share:g}"
    if (hours := _hours(text)) is not None:
        return f"; if it is a time or a duration, write its hours, {hours:.6g}"
    if ends := re.fullmatch(rf"({_NUMBER})\s*[-\u2013:]\s*({_NUMBER})", text):
        return f"; write a range as {ends[1]}..{ends[2]}"
    return ""


def _no_pair(text: str, option: str, example: str, entries: Sequence[str]) -> InvalidInput:
    """Return the error for an entry without a name; it may be the end of a number with a decimal comma."""
    line = ",".join(entries)
    comma = re.search(rf"(?:^|=)\s*({_WHOLE}),(\d+)", line)
    point = f"; if {comma[1]},{comma[2]} is a number, write {comma[1]}.{comma[2]}" if comma else ""
    return InvalidInput(
        "{} must be a name and a value, such as {}, but {!r} was given{}",
        Setting(option), example, text, point,
    )  # fmt: skip
