"""Finding how the dates of a text column are written, from all its distinct texts, and converting them.

    order        year, day or month first                        2026-03-01, 01.03.2026, 03/01/2026
    month        number or name                                  01-Mar-2026, March 1, 2026, 1. März 2026, 01MAR2026
    year         four digits, or two for 1969 to 2068            3/1/26
    time of day  24 hours, or 12 with a.m. and p.m.; fractions   2026-03-01 14:30, 20260301T1430, 2:30:05.25 p.m.
    time zone    of every cell or of none                        Z, UTC, GMT, +01:00, -0530
    weekday      may stand in front, and is left out             Mo, 02.03.2026, Monday 2 March 2026
    no date      only times of day                               14:30, 24:00
    no day       months, which are read as their first days      2026-03, 3/2026, Mar 2026, 2026M3, 2026m3, Mar-26

All texts of a column must be written in the same way and exist in the calendar.  The order of day and month is not
guessed: if several orders fit all texts, `find_date_format` returns a doubt, which names the setting that decides.
The same holds for numbers up to 4 beside a year, 2026-1, which may be months or quarters.  Weeks, quarters and
half-years stay labels.
No country writes the month first and points between the numbers.  So the day is first in 01.03.2026, which
`is_decided_by_points` tells, and texts in which only the month can be first, such as the version 1.13.2010, are read as
dates only with the setting.  If the year of 1.3.10 has two digits, it may be first.  Two-digit years follow POSIX's
strptime.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.formats.compact_dates import Integers, months_of
from sheernet.foundation.arrays import Mask
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import ReadSetting, Sentence, Setting, in_quotes, sentence

_MONTHS = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
)
"""Names of the months in English, German (also of Austria), French, Spanish and Italian."""
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim "
    "lunes martes miércoles jueves viernes sábado domingo mié jue vie sáb dom "
    "lunedì martedì mercoledì giovedì venerdì sabato domenica gio sab"
)
"""Names of the days of the week, and their short forms, in the same languages."""
_WEEKDAY = rf"(?:(?i:{'|'.join(sorted(_WEEKDAYS.split(), key=len, reverse=True))})[.,]{{0,2}}\s+)?"
_SHORTEST_NAME = 3
_TIME = (
    r"(?P<hour>\d{1,2})[:h](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s?(?P<half>[AaPp])\.?\s?[Mm]\.?|\sUhr)?"
)
_COMPACT_TIME = r"(?P<hour>\d\d)(?P<minute>\d\d)(?:(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?(?P<half>(?!))?"
_ZONE = r"(?:\s?(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?"
_NAME = r"(?P<month>[^\W\d_]{3,12})\.?"
_TRIED = 100
"""Number of texts that are examined to recognize a column of dates with other texts among them."""
_PARTS_OF_TIME = ("hour", "minute", "second", "fraction", "half", "zone")
_NO_TIME = "".join(f"(?P<{part}>(?!))?" for part in _PARTS_OF_TIME)
_YEAR = r"(?:18|19|20|21)\d\d"
_PIVOT = 69
_FIRST_NS, _LAST_NS = 1677, 2262  # years that nanoseconds in 64 bits cover only in part


def _with_time(date: str, between: str = r"(?:T|,?\s+|_)") -> re.Pattern[str]:
    return re.compile(rf"{_WEEKDAY}{date}(?:{between}{_TIME}{_ZONE})?")


_PATTERNS = {
    "year first": _with_time(r"(?P<first>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<last>\d{1,2})"),
    "year last": _with_time(
        r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<last>\d{4}|\d\d)"
    ),
    "named month": _with_time(
        rf"(?P<first>\d{{1,2}})(?:\.|st|nd|rd|th|er)?(?P<mark>[-/ ]?){_NAME}[-/ ,]?\s?(?P<last>\d{{4}}|\d\d)",
        r"(?:T|:|,?\s+|_)",
    ),
    "name first": _with_time(
        rf"{_NAME}(?P<mark>[- ])(?P<first>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s?|[- ])(?P<last>\d{{4}})"
    ),
    "year and name": _with_time(
        rf"(?P<first>\d{{4}})(?P<mark>[-/ ]?){_NAME}[-/ ]?(?P<last>\d{{1,2}})"
    ),
    "compact": re.compile(
        rf"(?P<first>\d{{4}})(?P<mark>)(?P<month>\d\d)(?P<last>\d\d)[T ](?:{_COMPACT_TIME}){_ZONE}"
    ),
    "time": re.compile(rf"{_TIME}(?P<zone>(?!))?"),
    "year and month": re.compile(
        rf"(?P<first>{_YEAR})(?P<mark>[-/ Mm])(?P<month>\d\d|[1-9]|[^\W\d_]{{3,12}})\.?{_NO_TIME}"
    ),
    "month and year": re.compile(
        rf"(?P<month>\d{{1,2}}(?=[-/])|[^\W\d_]{{3,12}})\.?(?P<mark>[-/ ])"
        rf"(?P<last>{_YEAR}|(?:(?<=[^\W\d_][-/ ])|(?<=\.[-/ ]))\d\d){_NO_TIME}"
    ),
}  # fmt: skip
"""The pattern of a whole text for each manner of writing; `first` and `last` are the fields besides the month."""

_ORDERS = {
    "year first": ("year-first",),
    "year last": ("day-first", "month-first", "year-first"),
    "named month": ("day-first", "year-first"),
    "name first": ("day-first",),
    "year and name": ("year-first",),
    "compact": ("year-first",),
    "time": ("",),
    "year and month": ("year-first",),
    "month and year": ("day-first",),
}
"""Possible orders of each manner: whether `first` is the day, the month or the year; "" for a time of day."""
_ISO = ("year first", "compact", "time", "year and month")
_WITHOUT_DAYS = ("year and month", "month and year")
_QUARTER_OR_MONTH = re.compile(rf"{_YEAR}[-/ ][1-4]|[1-4][-/ ]{_YEAR}")
_PLAIN_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?")
"""The most frequent manner, for which pandas is about ten times faster than the patterns above."""
_ISO_DATE = re.compile(r"\d{4}-\d\d(?:-\d\d(?!\d).*)?|\d{8}T.*|\d\d:.*")


def _month_numbers() -> dict[str, int]:
    """Return the number of the month for each name, and each beginning of a name that occurs in one month only."""
    found: dict[str, set[int]] = {"mrz": {3}}
    for names in _MONTHS:
        for number, name in enumerate(names.split(), start=1):
            for length in range(_SHORTEST_NAME, len(name) + 1):
                found.setdefault(_plain(name)[:length], set()).add(number)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1}


def _plain(name: str) -> str:
    """Return a name in small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if c.isalpha())


_MONTH_NUMBER = _month_numbers()


@dataclass(frozen=True)
class DateFormat:
    """How the dates or times of day of a column are written.

    Parameters
    ----------
    manner : str
        One of the manners of writing: "year first", "year last", "named month", "name first", "year and name",
        "compact"; "time" for times of day without dates; "year and month" or "month and year" for months.
    order : {"year-first", "day-first", "month-first", ""}
        Whether the first number is the year, the day or the month; "" for times of day.
    mark : str
        The character between the numbers of a date, if all texts have the same.
    short_years : bool
        Whether years have two digits.
    zoned : bool
        Whether each text has a time zone.
    halves : bool
        Whether times have a.m. and p.m.

    Raises
    ------
    InvalidInput
        If the manner is unknown, or does not allow the order.

    Examples
    --------
    >>> from sheernet.data.formats.date_formats import find_date_format
    >>> form = find_date_format(["25.03.2026", "01.04.2026 14:30"])
    >>> form.order, str(form.convert(["02.03.2026"])[0])
    ('day-first', '2026-03-02 00:00:00')
    """

    manner: str
    order: str
    mark: str = ""
    short_years: bool = False
    zoned: bool = False
    halves: bool = False

    def __post_init__(self) -> None:
        if self.manner not in _PATTERNS:
            raise unknown_name("manner of dates", self.manner, tuple(_PATTERNS))
        if self.order not in _ORDERS[self.manner]:
            raise unknown_name("order of dates", self.order, _ORDERS[self.manner])

    @property
    def is_time(self) -> bool:
        """Whether the texts are times of day without dates."""
        return self.manner == "time"

    @property
    def is_unmistakable(self) -> bool:
        """Whether dates can be read in one way only: the month is a name, and years have four digits."""
        has_name = self.manner in ("named month", "name first", "year and name")
        return has_name and not self.short_years

    @property
    def is_certain(self) -> bool:
        """Whether each date alone means one day only: the year is first, the month a name, or points follow the day."""
        has_order = self.manner != "year last" or (self.mark == "." and self.order == "day-first")
        return has_order and not (self.short_years or self.is_time or self.manner in _WITHOUT_DAYS)

    def is_decided_by_points(self, texts: Sequence[str], dates: str) -> bool:
        """Whether only the points between the numbers of these dates, not the setting, show that the day is first."""
        here = (self.manner, self.order, self.mark)
        if dates == self.order or here != ("year last", "day-first", "."):
            return False
        return replace(self, order="month-first").first_wrong(texts) is None

    def __str__(self) -> str:
        """Describe the format, such as "dates with the day first"; return "" for dates of ISO 8601."""
        if self.is_time:
            return "times of day"
        years = ", years from 1969 to 2068" if self.short_years else ""
        if self.manner in _WITHOUT_DAYS:
            return f"months, read as their first days{years}"
        if self.order == "year-first":
            return f"dates with the year first{years}" if self.short_years else ""
        return f"dates with the {self.order.removesuffix('-first')} first{years}"

    @property
    def example(self) -> str:
        """A text in this format, of 25 March 2026, 14:30, or of its month.

        Examples
        --------
        >>> from sheernet.data.formats.date_formats import DateFormat
        >>> DateFormat("named month", "day-first", " ").example, DateFormat("time", "", halves=True).example
        ('25 Mar 2026', '2:30 p.m.')
        """
        time = "2:30 p.m." if self.halves else "14:30"
        if self.is_time:
            return time
        zone = "+01:00" if self.zoned else ""
        if self.manner == "compact":
            return f"20260325T1430{zone}"
        month = "03" if self.manner in ("year first", "year last") else "Mar"
        year = "26" if self.short_years else "2026"
        if self.manner in _WITHOUT_DAYS:
            return self.mark.join((year, "03") if self.order == "year-first" else ("Mar", year))
        parts = {
            "year-first": (year, month, "25"),
            "day-first": ("25", month, year),
            "month-first": (month, "25", year),
        }[self.order]
        date = self.mark.join(parts)
        if self.manner == "name first":
            date = f"Mar{self.mark}25, {year}"
        return f"{date} {time}{zone}" if self.halves or self.zoned else date

    def convert(self, texts: Sequence[str]) -> Any:
        """Convert texts that are written in this format.

        Parameters
        ----------
        texts : sequence of str
            n texts.

        Returns
        -------
        ExtensionArray or ndarray, (n,)
            datetime64, or datetime.time objects for times of day.
            The dates have the time zone of the texts, or UTC if the texts have several, or none if they have none.

        Raises
        ------
        InvalidInput
            If a text is written in another manner, or does not exist in the calendar.
        """
        if self == ISO_FORMAT and (moments := _iso_moments(texts)) is not None:
            return moments.array
        cells = _Cells.of(texts, self.manner)
        bad = self._unlike(cells) | ~cells.exist(self.order)
        if bad.any():
            raise InvalidInput(
                f"{in_quotes(texts[int(bad.argmax())])} is not a date written as the others of its column"
            )
        if self.is_time:
            return np.array(cells.times(), dtype=object)
        return cells.moments(self.order).array

    def first_wrong(self, texts: Sequence[str]) -> tuple[int, bool] | None:
        """Find the first text that is not written in this format or does not exist.

        Returns
        -------
        tuple of int and bool, or None
            The position of the text.  The second value is True if the text has this format but names a day or a time of
            day that does not exist, such as 31.02.2026; it is False if the text has another format.
        """
        cells = _Cells.of(texts, self.manner)
        unlike, exist = self._unlike(cells), cells.exist(self.order)
        bad = unlike | ~exist
        first = int(bad.argmax())
        return (first, not unlike[first]) if bad[first] else None

    def _unlike(self, cells: _Cells) -> Mask:
        """Find the texts that are not written in this format."""
        bad = ~cells.matched
        bad |= cells.marks != self.mark
        bad |= (cells.zones != "") != self.zoned
        bad |= cells.has_time & ((cells.halves != "") != self.halves)
        if not self.is_time:
            bad |= (cells.year_digits(self.order) == 2) != self.short_years
        return bad


ISO_FORMAT = DateFormat("year first", "year-first", "-")
"""The format of 2026-03-01."""


def _iso_moments(texts: Sequence[str]) -> Any:
    """Convert texts in the most frequent format to a Series of dates; None if a text has another or does not exist."""
    if not all(map(_PLAIN_ISO.fullmatch, texts)):
        return None
    pandas = import_pandas()
    # pandas refuses days that do not exist, 24:00, and (pandas 2) years outside of 1677 to 2262.
    try:
        return pandas.Series(pandas.to_datetime(list(texts), format="ISO8601")).astype("M8[us]")
    except ValueError:
        return None


@dataclass(frozen=True)
class Doubt:
    """Why a column that seems to hold dates is not read as dates; `why` ends with what to do about it."""

    why: Sentence


@dataclass(frozen=True, eq=False)
class _Cells:
    """The parts of n texts that are written in one manner, as arrays of text and of whole numbers, (n,)."""

    matched: Mask
    first: npt.NDArray[np.str_]
    last: npt.NDArray[np.str_]
    month: Integers
    marks: npt.NDArray[np.str_]
    hour: Integers
    minute: Integers
    second: Integers
    nanosecond: Integers
    halves: npt.NDArray[np.str_]
    zones: npt.NDArray[np.str_]
    has_time: Mask

    @classmethod
    def of(cls, texts: Sequence[str], manner: str) -> _Cells:
        """Match the texts; those that do not match have empty parts."""
        pattern = _PATTERNS[manner]
        matches = [pattern.fullmatch(text.strip()) for text in texts]
        empty = ("",) * pattern.groups
        columns = list(zip(*[m.groups("") if m else empty for m in matches], strict=True))
        parts = {name: np.array(columns[i - 1]) for name, i in pattern.groupindex.items()}
        none = np.full(len(texts), "")
        first, last, mark, month = (parts.get(n, none) for n in ("first", "last", "mark", "month"))
        hour, minute, second, fraction, half, zone = (parts[n] for n in _PARTS_OF_TIME)
        return cls(
            np.array([m is not None for m in matches]),
            first, last, _months_of(month), mark, _whole(hour), _whole(minute), _whole(second),
            _whole(np.strings.ljust(fraction, 9, "0")), np.strings.lower(half), zone, hour != "",
        )  # fmt: skip

    def year_digits(self, order: str) -> Integers:
        """Return the number of digits of the years."""
        return np.strings.str_len(self.first if order == "year-first" else self.last)

    def date(self, order: str) -> tuple[Integers, Integers, Integers]:
        """Year, month and day."""
        first, last = _whole(self.first), _whole(self.last)
        year, month, day = {
            "year-first": (first, self.month, last),
            "day-first": (last, self.month, first),
            "month-first": (last, first, self.month),
        }[order]
        day = np.where((self.first == "") | (self.last == ""), 1, day)
        short = self.year_digits(order) == 2
        return np.where(short, year + np.where(year < _PIVOT, 2000, 1900), year), month, day

    def exist(self, order: str) -> Mask:
        """Whether each date and time of day exists."""
        hour = self.hour
        time = (self.minute < 60) & (self.second < 60)
        midnight = (hour == 24) & (self.minute + self.second + self.nanosecond == 0)
        halved = self.halves != ""
        time &= np.where(halved, hour <= 12, (hour < 24) | midnight)
        time &= np.abs(_offsets(self.zones)) < 24 * 60
        if not order:
            return time
        year, month, day = self.date(order)
        there = (month >= 1) & (month <= 12) & (year >= 1)
        months = months_of(year, np.where(there, month, 1))
        length = ((months + 1).astype("M8[D]") - months.astype("M8[D]")).astype(np.int64)
        return time & there & (day >= 1) & (day <= length)

    def nanoseconds(self) -> Integers:
        """Nanoseconds since midnight."""
        hour = np.where(self.halves == "", self.hour, self.hour % 12 + 12 * (self.halves == "p"))
        seconds = (hour * 60 + self.minute) * 60 + self.second
        return seconds * 10**9 + self.nanosecond

    def times(self) -> list[datetime.time]:
        """Return the times of day; 24:00 is 0:00."""
        midnight = datetime.datetime(1970, 1, 1)
        return [
            (midnight + datetime.timedelta(microseconds=nanoseconds / 1000)).time()
            for nanoseconds in self.nanoseconds().tolist()
        ]

    def moments(self, order: str) -> Any:
        """Return the dates as a Series of pandas, in microseconds, or nanoseconds if a text has them and they fit."""
        pandas = import_pandas()
        year, month, day = self.date(order)
        days = months_of(year, month).astype("M8[D]") + (day - 1)
        fine = np.any(self.nanosecond % 1000) and _FIRST_NS < year.min() <= year.max() < _LAST_NS
        unit, size = ("ns", 1) if fine else ("us", 1000)
        moments = days.astype(f"M8[{unit}]") + (self.nanoseconds() // size).astype(f"m8[{unit}]")
        if not np.any(self.zones != ""):
            return pandas.Series(moments)
        offsets = _offsets(self.zones)
        utc = pandas.Series(moments - offsets.astype("m8[m]")).dt.tz_localize("UTC")
        if np.any(offsets != offsets[0]):
            return utc
        minutes = datetime.timedelta(minutes=int(offsets[0]))
        return utc.dt.tz_convert(datetime.timezone(minutes)) if minutes else utc


def find_date_format(texts: Sequence[str], dates: str = "auto") -> DateFormat | Doubt | None:
    """Find how the dates or times of day of a column are written.

    Parameters
    ----------
    texts : sequence of str
        The distinct texts of a column, at least one, without missing ones.
    dates : {"auto", "day-first", "month-first", "iso", "months"}
        The setting `dates`: the order of numbers that allow several; "iso" accepts only ISO 8601; "months" says that
        texts such as 2026-1 are months.

    Returns
    -------
    DateFormat, Doubt or None
        None if the texts are not dates; a doubt if most of them are, but not all, or if several orders fit.

    Examples
    --------
    >>> from sheernet.data.formats.date_formats import find_date_format
    >>> find_date_format(["03/01/2026", "03/25/2026"]).order
    'month-first'
    >>> find_date_format(["01.03.2026", "02.03.2026"]).order
    'day-first'
    >>> print(find_date_format(["03/01/2026", "03/02/2026"]).why)
    the day or the month may be first in all its dates, such as '03/01/2026'; give dates='day-first' or \
dates='month-first'
    >>> find_date_format(["red", "blue"]) is None
    True
    """
    if _iso_moments(texts) is not None:
        return ISO_FORMAT
    manner = _manner(texts, dates)
    if manner is None:
        return None
    cells = _Cells.of(texts, manner)
    if not cells.matched.all():
        return _doubt_of_others(texts, cells)
    doubt = (
        _mixed(texts, cells)
        or _of_seasons(texts, cells, manner, dates)
        or _of_english_days(texts, cells, manner, dates)
        or _of_quarters(texts, cells, manner, dates)
    )
    if doubt is not None:
        return doubt
    order = _order(texts, cells, manner, dates)
    if isinstance(order, Doubt):
        return order
    years = cells.year_digits(order)
    return DateFormat(
        manner, order, str(cells.marks[0]), order != "" and bool(years[0] == 2), bool(cells.zones[0] != ""),
        bool(np.any(cells.halves != "")),
    )  # fmt: skip


def certain_format(texts: Sequence[str], like: DateFormat) -> DateFormat | None:
    """Find the format of texts that are not in the format of a model, if each text can mean one day only.

    Parameters
    ----------
    texts : sequence of str
        The distinct texts of a column, at least one, without missing ones.
    like : DateFormat
        The format of the model.

    Returns
    -------
    DateFormat or None
        None if a text can mean several days, or if only the texts, or only the dates of the model, have time zones.

    Examples
    --------
    >>> from sheernet.data.formats.date_formats import DateFormat, certain_format
    >>> points = DateFormat("year last", "day-first", ".")
    >>> certain_format(["2026-03-01"], points).manner, certain_format(["13/03/2026"], points) is None
    ('year first', True)
    """
    found = find_date_format(texts, "day-first")
    if not isinstance(found, DateFormat) or not found.is_certain or found.zoned != like.zoned:
        return None
    return None if like.is_time or like.manner in _WITHOUT_DAYS else found


def _manner(texts: Sequence[str], dates: str) -> str | None:
    """Return the manner in which most of the first texts are written; None if at most half of them are dates."""
    some = [text.strip() for text in texts[:_TRIED]]
    if dates == "iso":
        some = [text if _ISO_DATE.fullmatch(text) else "" for text in some]
    fits = {
        manner: [_PATTERNS[manner].fullmatch(text) is not None for text in some]
        for manner in (_ISO if dates == "iso" else _PATTERNS)
    }
    if 2 * sum(map(any, zip(*fits.values(), strict=True))) <= len(some):
        return None
    counts = {manner: sum(fit) for manner, fit in fits.items()}
    manner = max(counts, key=counts.__getitem__)  # the first of those with most texts
    cells = _Cells.of(some, manner)
    exist = [cells.matched & cells.exist(order) for order in _ORDERS[manner]]
    found = max(map(np.count_nonzero, exist))  # neither "99/99/99" nor "12 monkeys 2000" exists
    return manner if found and 2 * found >= counts[manner] else None


def _doubt_of_others(texts: Sequence[str], cells: _Cells) -> Doubt:
    """Return the doubt about a text that is written in another manner, or that is not a date."""
    date, other = texts[int(cells.matched.argmax())], texts[int(cells.matched.argmin())]
    if any(pattern.fullmatch(other.strip()) for pattern in _PATTERNS.values()):
        return _written_in_two_ways(date, other)
    return Doubt(
        sentence(
            "it holds dates, such as {!r}, but {!r} is not one; correct it, or declare it a missing value with {}",
            date, other[:40], ReadSetting("missing_values"),
        )
    )  # fmt: skip


def _written_in_two_ways(one: str, other: str) -> Doubt:
    return Doubt(
        sentence(
            "its dates are written in two ways, {!r} and {!r}; write all of them in one way",
            one,
            other,
        )
    )


def _mixed(texts: Sequence[str], cells: _Cells) -> Doubt | None:
    """Return the doubt about texts that differ in the mark, the length of the year, the time zone, or a.m. and p.m."""
    timed = np.flatnonzero(cells.has_time)
    everything = np.arange(len(texts))
    for part, among in (
        (cells.marks, everything),
        (cells.zones != "", everything),
        (cells.halves != "", timed),
        (np.strings.str_len(cells.first) == 4, everything),
        (np.strings.str_len(cells.last) == 4, everything),
    ):
        differs = part[among] != part[among[:1]]
        if differs.any():
            return _written_in_two_ways(texts[among[0]], texts[among[int(differs.argmax())]])
    return None


def _of_seasons(texts: Sequence[str], cells: _Cells, manner: str, dates: str) -> Doubt | None:
    """Return the doubt about texts such as 2009-10 and 2010-11, which are months or seasons of two years."""
    if manner != "year and month" or dates in ("iso", "months") or len(texts) < 2:
        return None
    if not np.all((_whole(cells.first) + 1) % 100 == cells.month):
        return None
    return Doubt(
        sentence(
            "its texts, such as {!r}, may be months or years that follow each other; give {} if they are months",
            texts[0], Setting("dates", "months"),
        )
    )  # fmt: skip


def _of_quarters(texts: Sequence[str], cells: _Cells, manner: str, dates: str) -> Doubt | None:
    """Return the doubt about texts such as 2026-1, or 1/2026 in several years, which are months or quarters."""
    if manner not in _WITHOUT_DAYS or dates == "months":
        return None
    if manner == "month and year" and len(np.unique(cells.last)) < 2:
        return None
    if not all(map(_QUARTER_OR_MONTH.fullmatch, map(str.strip, texts))):
        return None
    return Doubt(
        sentence(
            "its texts, such as {!r}, may be quarters or months; give {} if they are months",
            texts[0], Setting("dates", "months"),
        )
    )  # fmt: skip


def _of_english_days(texts: Sequence[str], cells: _Cells, manner: str, dates: str) -> Doubt | None:
    """Return the doubt about English texts such as Jan 20, in which the number may be a year or a day."""
    if manner != "month and year" or dates == "months":
        return None
    if cells.marks[0] != " " or len(str(cells.last[0])) == 4:
        return None
    english = _MONTHS[0].split()
    names = {_plain(text) for text in texts}
    if not all(any(month.startswith(name) for month in english) for name in names):
        return None
    return Doubt(
        sentence(
            "its texts, such as {!r}, may be months with years of two digits, or days; give {} if they are months",
            texts[0], Setting("dates", "months"),
        )
    )  # fmt: skip


def _order(texts: Sequence[str], cells: _Cells, manner: str, dates: str) -> str | Doubt:
    """Return the only order in which all dates exist, the day first for 01.03.2026, or the doubt about the order."""
    possible = _possible(cells, manner)
    given = len(possible) > 1 and dates in possible
    if given:
        possible = (dates,)
    exist = {order: cells.exist(order) for order in possible}
    fitting = [order for order in possible if exist[order].all()]
    if fitting == ["month-first"] and cells.marks[0] == "." and not given:
        return Doubt(
            sentence(
                "its texts, such as {!r}, are dates only if the month is first, which is unusual with points; give {} "
                "if they are dates", texts[0], Setting("dates", "month-first"),
            )
        )  # fmt: skip
    if len(fitting) == 1:
        return fitting[0]
    by_points = cells.marks[0] == "." and fitting == ["day-first", "month-first"]
    if by_points and np.all(_may_be_years(cells.last)):
        return "day-first"
    return (
        _unclear(fitting, texts[0])
        if fitting
        else _impossible(texts, exist, dates if given else "")
    )


def _possible(cells: _Cells, manner: str) -> tuple[str, ...]:
    """Return the possible orders; a year of two digits may be first only if the last numbers look like days."""
    orders = _ORDERS[manner]
    if len(orders) == 1:
        return orders
    first, last = len(np.unique(cells.first)), len(np.unique(cells.last))
    # Days have more different values than years.
    like_days = last > first or (last == first and manner == "year last")
    long = np.any(np.strings.str_len(cells.last) != 2)
    return (
        tuple(order for order in orders if order != "year-first")
        if long or not like_days
        else orders
    )


def _may_be_years(numbers: npt.NDArray[np.str_]) -> Mask:
    """Whether each number has two digits or is a usual year, unlike the end of the version number 10.2.4017."""
    return np.array(
        [re.fullmatch(rf"\d\d|{_YEAR}", number) is not None for number in numbers.tolist()]
    )


def _impossible(texts: Sequence[str], exist: Mapping[str, Mask], given: str) -> Doubt:
    """Return the doubt about a date that does not exist, in the order in which most of the dates exist."""
    wrong = min((~there for there in exist.values()), key=np.count_nonzero)
    return Doubt(
        sentence(
            "{!r} is not {}{}; correct it, or declare it a missing value with {}",
            texts[int(wrong.argmax())], "a time of day" if "" in exist else "a day of the calendar",
            sentence(" with {}", Setting("dates", given)) if given else "", ReadSetting("missing_values"),
        )
    )  # fmt: skip


def _unclear(fitting: Sequence[str], text: str) -> Doubt:
    ways = sentence("{} or {}", Setting("dates", "day-first"), Setting("dates", "month-first"))
    if "year-first" in fitting:
        return Doubt(
            sentence(
                "day, month or year may be first in all its dates, such as {!r}; give {}, or write years of four "
                "digits", text, ways,
            )
        )  # fmt: skip
    return Doubt(
        sentence(
            "the day or the month may be first in all its dates, such as {!r}; give {}", text, ways
        )
    )


def _whole(texts: npt.NDArray[np.str_]) -> Integers:
    """Convert digits to whole numbers; "" is 0."""
    if not texts.any():
        return np.zeros(len(texts), dtype=np.int64)
    return np.where(texts == "", "0", texts).astype(np.int64)


def _months_of(texts: npt.NDArray[np.str_]) -> Integers:
    """Convert months to their numbers; 0 for other names."""
    distinct, where = np.unique(texts, return_inverse=True)
    return np.array([_month_of(text) for text in distinct.tolist()], dtype=np.int64)[where]


def _month_of(text: str) -> int:
    return int(text) if text.isdecimal() else _MONTH_NUMBER.get(_plain(text), 0)


def _offsets(zones: npt.NDArray[np.str_]) -> Integers:
    """Return the number of minutes by which each time zone is ahead of UTC."""
    distinct, where = np.unique(zones, return_inverse=True)
    minutes = []
    for zone in distinct.tolist():
        digits = re.sub(r"\D", "", zone).ljust(4, "0")
        ahead = int(digits[:2]) * 60 + int(digits[2:])
        minutes.append(-ahead if zone[:1] == "-" else ahead)
    return np.array(minutes, dtype=np.int64)[where]
