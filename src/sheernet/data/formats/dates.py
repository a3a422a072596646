"""How the dates, months or times of day of a text column are written, found from all its texts, and their conversion.

    order        year, day or month first                        2026-03-01, 01.03.2026, 03/01/2026
    month        number or name                                  01-Mar-2026, March 1, 2026, 1. März 2026, 01MAR2026
    year         four digits, or two for 1969 to 2068            3/1/26
    time of day  24 hours, or 12 with a.m. and p.m.; fractions   2026-03-01 14:30, 20260301T1430, 2:30:05.25 p.m.
    time zone    of every cell or of none                        Z, UTC, GMT, +01:00, -0530
    weekday      may stand in front, and is left out             Mo, 02.03.2026, Monday 2 March 2026
    no date      only times of day                               14:30
    no day       months, which are read as their first days      2026-03, 03/2026, Mar 2026, 2026M3, Mar-26

The shape of the texts decides which patterns of `strptime` are candidates.  A column is read if one candidate reads all
its texts.  If several do, `find_date_format` returns a doubt, which names the setting that decides; only in
01.03.2026 the day is first, because no country writes the month first and points between the numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sheernet.foundation.errors import InvalidInput
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
    "lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim "
    "lunes martes miércoles jueves viernes sábado domingo mié jue vie sáb dom "
    "lunedì martedì mercoledì giovedì venerdì sabato domenica gio sab"
)
_WEEKDAY = re.compile(
    rf"(?:{'|'.join(sorted(_WEEKDAYS.split(), key=len, reverse=True))})[.,]{{0,2}}\s+", re.IGNORECASE
)  # fmt: skip
_ZONE = r"(?:\s?(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?"
_CLOCK = re.compile(
    r"(?:^|T|,?\s+|_|:)(?P<hour>\d{1,2})[:h](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    rf"(?:\s?(?P<half>[AaPp])\.?\s?[Mm]\.?|\sUhr)?{_ZONE}$"
)
_DIGITS = re.compile(
    r"(?P<date>\d{8})(?P<mark>[T ]?)(?P<hour>\d\d)(?::?(?P<minute>\d\d))?(?::?(?P<second>\d\d))?"
    rf"(?:[.,](?P<fraction>\d{{1,9}}))?(?P<half>(?!))?{_ZONE}"
)
_NAME = re.compile(r"[^\W\d_]{3,}\.?")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er)\b")
_SLOT = {"Y": "YYYY", "b": "Mon"}
"""The shape of a year and of the name of a month; that of other fields is "#"."""
_ORDERS = "Ymd dmY mdY dmy mdy ymd Ybd dbY bdY dby Ym mY bY Yb by".split()  # noqa: SIM905
_MARKS = {
    "months": re.compile(r"[-/ ]|[Mm]|\. "),
    "numbers": re.compile(r"([-/.])\1"),
    "names": re.compile(r"(?:[-/ ]|\.? )?(?:[-/ ]|,? )?"),
}
_TRIED = 100
"""Number of texts that are examined to recognize dates."""
_PLAIN_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?")


def _plain(name: str) -> str:
    """Return a name in small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if c.isalpha())


def _month_names() -> dict[str, str]:
    """Return the English short name for each beginning of a name that occurs in one month only."""
    found: dict[str, set[int]] = {"mrz": {2}}
    for names in _MONTHS:
        for number, name in enumerate(map(_plain, names.split())):
            for length in range(3, len(name) + 1):
                found.setdefault(name[:length], set()).add(number)
    english = [name[:3].capitalize() for name in _MONTHS[0].split()]
    return {name: english[min(months)] for name, months in found.items() if len(months) == 1}


_MONTH = _month_names()


class _Cell(NamedTuple):
    """The parts of a text: the date with English names of months, the time of day, and what is written beside it.

    `days` is 1 if the time is 24:00, of which `clock` is 0:00.
    """

    date: str
    clock: str = "00:00:00.0"
    is_timed: bool = False
    half: str = ""
    zone: str = ""
    days: int = 0


def _split(text: str) -> _Cell:
    text = text.strip()
    found = _DIGITS.fullmatch(text) if text[:8].isdecimal() else _CLOCK.search(text)
    if found is None:
        return _Cell(_translated(text))
    is_digits = found.re is _DIGITS
    date = (
        f"{found['date']}{found['mark'] and 'T'}"
        if is_digits
        else _translated(text[: found.start()])
    )
    hour, half, zone = int(found["hour"]), (found["half"] or "").lower(), found["zone"] or ""
    if half:
        hour = hour % 12 + 12 * (half == "p") if hour <= 12 else 99
    clock = (
        f"{hour:02}:{found['minute'] or '00'}:{found['second'] or '00'}.{found['fraction'] or 0}"
    )
    if zone:
        zone = "+0000" if zone.isalpha() else zone.replace(":", "").ljust(5, "0")
    if clock == "24:00:00.0":
        return _Cell(date, is_timed=True, half=half, zone=zone, days=1)
    return _Cell(date, clock, is_timed=True, half=half, zone=zone)


def _translated(date: str) -> str:
    """Return a date without the day of the week, and with the short English name of its month."""
    if not re.search(r"[^\W\d_]", date):
        return date
    date = _WEEKDAY.sub("", date, count=1) if _WEEKDAY.match(date) else date
    return _ORDINAL.sub("", _NAME.sub(lambda name: _MONTH.get(_plain(name[0]), name[0]), date))


def _shape(date: str) -> str:
    """Return a date with "#" for numbers, YYYY for years and Mon for months; other words stay, with the digits."""
    for name in _NAME.findall(date):
        if name not in _MONTH.values():
            return date
        date = date.replace(name, "Mon")
    date = re.sub(r"(?<!\d)(?:1[5-9]|2[0-2])\d\d(?!\d)", "YYYY", date)
    return re.sub(r"(?<!\d)\d\d?(?!\d)", "#", date)


def _candidates(shape: str, dates: str) -> list[str]:
    """Return the patterns of strptime that fit a shape, in the order of `_ORDERS`."""
    if re.fullmatch(r"\d{8}T?", shape):
        return ["%Y%m%d"] if shape.endswith("T") or dates == "iso" else []
    if re.fullmatch(r"\d{6}", shape):
        return ["%Y%m"] if dates == "months" else []
    if not shape:
        return [""]
    if shape == "YYYYMon#":
        return ["%Y%b%d"]
    fields = re.findall("YYYY|Mon|#", shape)
    marks = re.split("YYYY|Mon|#", shape)
    kind = "months" if len(fields) == 2 else "names" if "Mon" in fields else "numbers"
    if marks[0] or marks[-1] or not _MARKS[kind].fullmatch("".join(marks)):
        return []
    marks = [mark.replace("%", "%%") for mark in marks]
    return [
        "".join(f"%{field}{mark}" for field, mark in zip(order, marks[1:], strict=True))
        for order in _ORDERS
        if [_SLOT.get(field, "#") for field in order] == fields
        and (dates != "iso" or (order[0] == "Y" and marks[1] == "-" and "b" not in order))
    ]


@dataclass(frozen=True)
class DateFormat:
    """How the dates or times of day of a column are written.

    Parameters
    ----------
    pattern : str
        Pattern of `strptime` for the date, such as "%d.%m.%Y", with English names of months; "" for times of day.
    zoned : bool
        Whether each text has a time zone.
    halves : bool
        Whether times have a.m. and p.m.

    Examples
    --------
    >>> from sheernet.data.formats.dates import find_date_format
    >>> form = find_date_format(["25.03.2026", "01.04.2026 14:30"])
    >>> form.pattern, str(form.convert(["02.03.2026"])[0])
    ('%d.%m.%Y', '2026-03-02 00:00:00')
    """

    pattern: str
    zoned: bool = False
    halves: bool = False

    @property
    def is_time(self) -> bool:
        """Whether the texts are times of day without dates."""
        return not self.pattern

    @property
    def is_month(self) -> bool:
        """Whether the texts are months without days."""
        return not self.is_time and "%d" not in self.pattern

    @property
    def has_short_years(self) -> bool:
        """Whether years have two digits."""
        return "%y" in self.pattern

    @property
    def order(self) -> str:
        """The value of the setting `dates` for the first field; "" for times of day."""
        first = {"%Y": "year-first", "%y": "year-first", "%m": "month-first", "%b": "day-first"}
        return first.get(self.pattern[:2], "day-first") if self.pattern else ""

    @property
    def is_unmistakable(self) -> bool:
        """Whether the month is a name, and years have four digits."""
        return "%b" in self.pattern and not (self.is_month or self.has_short_years)

    @property
    def is_certain(self) -> bool:
        """Whether each date alone means one day only: the year is first, the month a name, or points follow the day."""
        starts = self.pattern.startswith(("%Y", "%d."))
        return (starts or self.is_unmistakable) and not (self.is_month or self.has_short_years)

    def __str__(self) -> str:
        """Describe the format, such as "dates with the day first"; return "" for dates of ISO 8601."""
        if self.is_time:
            return "times of day"
        years = ", years from 1969 to 2068" if self.has_short_years else ""
        if self.is_month:
            return f"months, read as their first days{years}"
        if self.order == "year-first":
            return f"dates with the year first{years}" if years else ""
        return f"dates with the {self.order.removesuffix('-first')} first{years}"

    @property
    def example(self) -> str:
        """A text in this format, of 25 March 2026, 14:30, or of its month.

        Examples
        --------
        >>> from sheernet.data.formats.dates import DateFormat
        >>> DateFormat("%d %b %Y").example, DateFormat("", halves=True).example
        ('25 Mar 2026', '2:30 p.m.')
        """
        time = "2:30 p.m." if self.halves else "14:30"
        year = "26" if self.has_short_years else "2026"
        date = self.pattern.replace("%Y", year).replace("%y", year).replace("%b", "Mar")
        date = date.replace("%m", "03").replace("%d", "25")
        is_long = self.is_time or self.halves or self.zoned
        return f"{date} {time}{'+01:00' * self.zoned}".strip() if is_long else date

    def convert(self, texts: Sequence[str]) -> Any:
        """Convert texts that are written in this format.

        Parameters
        ----------
        texts : sequence of str, length n

        Returns
        -------
        ExtensionArray or ndarray, (n,)
            datetime64, in UTC if the texts have time zones; datetime.time objects for times of day.

        Raises
        ------
        InvalidInput
            If a text is written in another way, or does not exist in the calendar.
        """
        if self == ISO_FORMAT and (moments := _iso_moments(texts)) is not None:
            return moments.array
        moments = self._moments(list(map(_split, texts)))
        missing = np.asarray(moments.isna())
        if missing.any():
            raise InvalidInput(
                f"{in_quotes(texts[int(missing.argmax())])} is not a date written as the others of its column"
            )
        return np.array(moments.dt.time, dtype=object) if self.is_time else moments.array

    def first_wrong(self, texts: Sequence[str]) -> int | None:
        """Return the position of the first text that is not written in this format or does not exist; None if none."""
        missing = np.asarray(self._moments(list(map(_split, texts))).isna())
        return int(missing.argmax()) if missing.any() else None

    def _moments(self, cells: Sequence[_Cell]) -> Any:
        """Convert to a Series of dates, of which those in another format are missing."""
        pandas = import_pandas()
        pattern = f"{self.pattern} %H:%M:%S.%f{'%z' * self.zoned}"
        texts = [
            f"{cell.date.removesuffix('T')} {cell.clock}{cell.zone}"
            if (cell.zone != "") == self.zoned
            and not (cell.is_timed and (cell.half != "") != self.halves)
            and not (self.is_month and cell.is_timed)
            and (cell.is_timed or not self.is_time)
            else ""
            for cell in cells
        ]
        moments = pandas.to_datetime(texts, format=pattern, errors="coerce", utc=self.zoned)
        is_fine = any(len(cell.clock) > len("00:00:00.000000") for cell in cells)
        days = pandas.to_timedelta([cell.days for cell in cells], unit="D")
        return pandas.Series((moments if is_fine else moments.as_unit("us")) + days)


ISO_FORMAT = DateFormat("%Y-%m-%d")
"""The format of 2026-03-01."""


def _iso_moments(texts: Sequence[str]) -> Any:
    """Convert texts in the most frequent format, fast, to a Series of dates; None if a text has another."""
    if not all(map(_PLAIN_ISO.fullmatch, texts)):
        return None
    pandas = import_pandas()
    try:
        return pandas.Series(pandas.to_datetime(list(texts), format="ISO8601")).astype("M8[us]")
    except ValueError:
        return None


@dataclass(frozen=True)
class Doubt:
    """Why a column that seems to hold dates is not read as dates; `why` ends with what to do about it."""

    why: Sentence


def find_date_format(texts: Sequence[str], dates: str = "auto") -> DateFormat | Doubt | None:
    """Find how the dates or times of day of a column are written.

    Parameters
    ----------
    texts : sequence of str
        The distinct texts of a column, at least one, without missing ones.
    dates : {"auto", "day-first", "month-first", "iso", "months"}
        The setting `dates`: the order of numbers that allow several; "iso" accepts only ISO 8601, also without marks;
        "months" says that texts such as 2026-1 or 202601 are months.

    Returns
    -------
    DateFormat, Doubt or None
        None if the texts are not dates; a doubt if most of them are, but not all, or if several orders fit.

    Examples
    --------
    >>> from sheernet.data.formats.dates import find_date_format
    >>> find_date_format(["03/01/2026", "03/25/2026"]).order
    'month-first'
    >>> print(find_date_format(["03/01/2026", "03/02/2026"]).why)
    the day or the month may be first in all its dates, such as '03/01/2026'; give dates='day-first' or \
dates='month-first'
    >>> find_date_format(["red", "blue"]) is None
    True
    """
    if _iso_moments(texts) is not None:
        return ISO_FORMAT
    shapes = Counter(_shape(_split(text).date) for text in texts[:_TRIED])
    shapes = Counter({shape: n for shape, n in shapes.items() if _candidates(shape, dates)})
    if 2 * shapes.total() <= min(len(texts), _TRIED):
        return None
    cells = list(map(_split, texts))
    shape = max(shapes, key=shapes.__getitem__)
    zoned = 2 * sum(cell.zone != "" for cell in cells) > len(cells)
    halves = 2 * sum(cell.half != "" for cell in cells) > sum(cell.is_timed for cell in cells)
    forms = [DateFormat(pattern, zoned, halves) for pattern in _candidates(shape, dates)]
    given = [form for form in forms if form.order == dates and len(forms) > 1]
    missing = [np.asarray(form._moments(cells).isna()) for form in given or forms]
    fitting = [form for form, m in zip(given or forms, missing, strict=True) if not m.any()]
    if not fitting:
        wrong = min(missing, key=np.count_nonzero)
        is_other = 2 * np.count_nonzero(wrong) > len(texts)  # neither 99/99/99 nor 1.2.345 exists
        return None if is_other else _doubt_of_one(texts, wrong, dates if given else "")
    return _one_of(fitting, texts, cells, dates)


def _one_of(
    forms: Sequence[DateFormat], texts: Sequence[str], cells: Sequence[_Cell], dates: str
) -> DateFormat | Doubt:
    """Return the only format that reads all texts, or the doubt about several."""
    if forms[0].is_month and dates not in ("months", "iso") and _may_be_other(texts, cells):
        return Doubt(
            sentence(
                "its texts, such as {!r}, may be months or quarters, seasons or days; give {} if they are months",
                texts[0], Setting("dates", "months"),
            )
        )  # fmt: skip
    if len(forms) > 1 and forms[-1].order == "year-first" and not _end_like_days(cells):
        forms = forms[:-1]
    if len(forms) == 1 or [form.pattern for form in forms] in _WITH_POINTS:
        return forms[0]
    first = "day, month or year" if forms[-1].order == "year-first" else "the day or the month"
    return Doubt(
        sentence(
            "{} may be first in all its dates, such as {!r}; give {} or {}",
            first, texts[0], Setting("dates", "day-first"), Setting("dates", "month-first"),
        )
    )  # fmt: skip


_WITH_POINTS = (["%d.%m.%Y", "%m.%d.%Y"], ["%d.%m.%y", "%m.%d.%y"])
_SINGLE = re.compile(r"\d{4}[-/ ][1-4]|[1-4][-/ ]\d{4}|Mon \d\d")
_SEASON = re.compile(r"\d\d(\d\d)[-/ ](\d\d)")


def _may_be_other(texts: Sequence[str], cells: Sequence[_Cell]) -> bool:
    """Whether months may be quarters (2026-1), seasons (2009-10 and 2010-11), or days (Jan 20)."""
    if all(_SINGLE.fullmatch(re.sub("[A-Z][a-z]{2}", "Mon", cell.date)) for cell in cells):
        return True
    seasons = [_SEASON.fullmatch(text.strip()) for text in texts]
    return len(texts) > 1 and all(
        each is not None and (int(each[1]) + 1) % 100 == int(each[2]) for each in seasons
    )


def _end_like_days(cells: Sequence[_Cell]) -> bool:
    """Whether the last numbers of dates may be days: they have at least as many different values as the first ones."""
    ends = [re.split(r"[-/.]", cell.date) for cell in cells]
    return len({end[-1] for end in ends}) >= len({end[0] for end in ends})


def _doubt_of_one(texts: Sequence[str], wrong: Any, given: str) -> Doubt:
    """Return the doubt about a text that is written in another way, or that is not a date."""
    return Doubt(
        sentence(
            "it holds dates, such as {!r}, but {!r} is not one that is written so{}; correct it, or declare it a "
            "missing value with {}",
            texts[int(wrong.argmin())], texts[int(wrong.argmax())][:40],
            sentence(" with {}", Setting("dates", given)) if given else "", ReadSetting("missing_values"),
        )
    )  # fmt: skip


def is_decided_by_points(form: DateFormat, texts: Sequence[str], dates: str) -> bool:
    """Whether only the points between the numbers of these dates, not the setting, show that the day is first."""
    other = next((pair[1] for pair in _WITH_POINTS if pair[0] == form.pattern), None)
    if dates == form.order or other is None:
        return False
    return DateFormat(other, form.zoned, form.halves).first_wrong(texts) is None


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
    >>> from sheernet.data.formats.dates import DateFormat, certain_format
    >>> points = DateFormat("%d.%m.%Y")
    >>> certain_format(["2026-03-01"], points).pattern, certain_format(["13/03/2026"], points) is None
    ('%Y-%m-%d', True)
    """
    found = find_date_format(texts, "day-first")
    if not isinstance(found, DateFormat) or not found.is_certain or found.zoned != like.zoned:
        return None
    return None if like.is_time or like.is_month else found
