"""Notices of a fit: rounded numbers, constant columns, rows that are incomplete."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sheernet.data.columns.cells import MOMENTS
from sheernet.data.columns.column_facts import Facts
from sheernet.data.columns.column_types import NumberColumn
from sheernet.data.formats.cell_formats import CellFormat
from sheernet.data.formats.unit_names import is_unit_of_time
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.sentences import Setting, in_quotes, sentence

FEWEST_TIMES = 10
"""Minimum number of distinct times of rows that count as a series in time."""
_TIMES = frozenset("""
    date datenum datum fecha datetime timestamp timestamps day jour dia día giorno unix epoch ts time times zeit temps
    heure tiempo hora tempo ora t elapsed second seconds sec secs msec year years jahr année annee año anno ano
""".split())  # noqa: SIM905  # fmt: skip
_WORDS = re.compile(r"[A-ZÀ-Þ]?[a-zß-ÿ]+|[A-ZÀ-Þ]+")


def value_notices(table: Facts, names: Sequence[str]) -> Iterator[str]:
    """Yield notices about rounded numbers.

    Parameters
    ----------
    table : Facts
        Facts about the values of the table.
    names : sequence of str
        The used columns.
    """
    for name in names:
        step, equal = table.rounding(name)
        if step > 1:
            yield (
                f"{in_quotes(name)} has whole numbers above 2**53, which are rounded to multiples of {step:.0f}"
                f"{'; different ones become equal' if equal else ''}"
            )


def one_value_notices(table: Facts, names: Sequence[str], left_out: bool) -> Iterator[str]:
    """Yield notices about inputs that have at most one value in the training rows: whether others have other values."""
    alone = [name for name in names if _has_one_value(table, name)]
    others = [name for name in names if name not in alone]
    end = "the model cannot know the effect of other values"
    where = "in the training rows and others only in held-out rows"
    yield from _one_value_notice(others, where, "" if left_out else f"{end} in held-out rows")
    yield from _one_value_notice(
        alone, "in all rows, missing ones not counted", "" if left_out else end
    )


def _has_one_value(table: Facts, name: str) -> bool:
    if table.kind(name) in ("category", "mixed"):
        return len(table.labels(name)) < 2
    low, high = table.ends(name)
    return not low < high


def _one_value_notice(names: Sequence[str], where: str, end: str) -> Iterator[str]:
    """Yield the notice about inputs with one value, which are left out unless there is another end."""
    if names:
        have, are = plural_of(len(names), "has", "have"), plural_of(len(names), "it is", "they are")
        shown = listed([repr(name) for name in names], most=5)
        yield f"{shown} {have} one value {where}: {end or f'{are} left out'}"


def columns_of_times(
    columns: Iterable[object], formats: Mapping[str, CellFormat], units: Mapping[str, str]
) -> Iterator[NumberColumn]:
    """Yield the columns of dates, times of day or durations, and those of numbers with the name or unit of a time."""
    for column in columns:
        if isinstance(column, NumberColumn):
            is_duration = column.name in formats and formats[column.name].kind == "duration"
            has_unit = is_unit_of_time(units.get(column.name, ""))
            may_be_time = is_duration or has_unit or _is_time(column.name)
            if column.kind in MOMENTS or (column.kind == "number" and may_be_time):
                yield column


def _is_time(name: str) -> bool:
    """Whether a name has a word for a time, such as elapsedSeconds and Messzeit [ms]; T is a temperature."""
    words = [word.lower() for word in _WORDS.findall(name) if word != "T"]
    return any(word in _TIMES or word.endswith("zeit") for word in words)


def later_times_notice(series: Sequence[str]) -> list[str]:
    """Return the notice about columns of times by which the rows are sorted, if there are any."""
    if not series:
        return []
    return [
        sentence(
            "the statistics of held-out rows and of folds, which lie between the training rows in {}, do not show the "
            "quality of predictions at later times; for these, fit without the latest rows and give them as {}",
            listed(list(map(in_quotes, series))), Setting("test"),
        )
    ]  # fmt: skip


def incomplete_rows_notice(
    source: str, n_rows: int, left: int, needed: Mapping[str, int], what: str
) -> str:
    """Return the notice about rows that are left out because a value is missing.

    Parameters
    ----------
    source : str
        Name of the table.
    n_rows, left : int
        The number of all rows, and of the rows that remain.
    needed : mapping of str to int
        The number of missing values of each column that must have one.
    what : str
        A phrase for what the rows that are left out have.
    """
    count = n_rows - left
    worst = max(needed, key=needed.__getitem__)
    most = (
        f" (most often {in_quotes(worst)}: {needed[worst]})"
        if sum(map(bool, needed.values())) > 1
        else ""
    )
    return (
        f"{count} of {n_rows} rows of {source} {plural_of(count, 'has', 'have')} {what} and "
        f"{plural_of(count, 'is', 'are')} left out{most}"
    )


def zero_weights_notice(source: str, n_rows: int, n_zero: int, name: str) -> str:
    """Return the notice about rows of weight 0."""
    verb = plural_of(n_zero, "is", "are")
    return (
        f"{n_zero} of {n_rows} rows of {source} {verb} left out: the weight {in_quotes(name)} is 0"
    )
