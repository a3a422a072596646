"""How dates are written is found from the whole column, and never guessed."""

from __future__ import annotations

import datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.formats import DateFormat, Doubt, find_date_format

MOMENTS = st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2200, 1, 1))
NUMBERS = [f"%Y{m}%m{m}%d" for m in "-/."] + [
    f"{order.replace('-', m)}{year}"
    for m in "-/."
    for order in ("%d-%m-", "%m-%d-")
    for year in ("%Y", "%y")
    if m != "." or order == "%d-%m-"
]
NAMES = [
    "%d-%b-%Y",
    "%d/%b/%y",
    "%d %b %Y",
    "%d%b%Y",
    "%b %d, %Y",
    "%b-%d-%Y",
    "%Y-%b-%d",
    "%Y%b%d",
    "%d. %b %Y",
]
FORMS = [DateFormat(p, z, h) for p in NUMBERS + NAMES for z in (False, True) for h in (False, True)]
FORMS += [
    DateFormat("%Y%m%d"),
    DateFormat("%Y%m%d", zoned=True),
    DateFormat(""),
    DateFormat("", halves=True),
]


def found(texts: list[str], dates: str = "auto") -> DateFormat:
    form = find_date_format(texts, dates)
    assert isinstance(form, DateFormat), form
    return form


def doubt(texts: list[str], dates: str = "auto") -> str:
    form = find_date_format(texts, dates)
    assert isinstance(form, Doubt), form
    return str(form.why)


def read(texts: list[str], dates: str = "auto") -> list[Any]:
    return pd.Series(found(texts, dates).convert(texts)).tolist()


def written(moment: datetime.datetime, form: DateFormat) -> str:
    if form.pattern == "%Y%m%d":
        return moment.strftime("%Y%m%dT%H%M%S") + "+0130" * form.zoned
    time = "%I:%M:%S.%f %p" if form.halves else "%H:%M:%S.%f"
    return moment.strftime(f"{form.pattern} {time}").strip() + "+0130" * form.zoned


@given(data=st.data(), form=st.sampled_from(FORMS))
def test_every_format_is_found_from_three_clear_dates_and_converts_exactly(
    data: st.DataObject, form: DateFormat
) -> None:
    days = data.draw(st.lists(st.integers(13, 28), min_size=3, max_size=6, unique=True))
    year = data.draw(st.integers(1970, 1999))  # its last two digits are not a day
    rest = [st.integers(1, 12), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59)]
    fraction = st.just(0) if form.pattern == "%Y%m%d" else st.integers(0, 999_999)
    moments = [
        datetime.datetime(year, month, day, *time)
        for day in days
        for month, *time in [data.draw(st.tuples(*rest, fraction))]
    ]
    texts = [written(moment, form) for moment in moments]
    assert found(texts) == form
    ahead = datetime.timedelta(hours=1.5) * form.zoned
    expected = [moment.time() if form.is_time else moment - ahead for moment in moments]
    for some in (texts, texts[:1], texts[::-1]):
        values = list(form.convert(some))
        if form.zoned:
            values = [value.replace(tzinfo=None) for value in values]
        assert values == [expected[texts.index(text)] for text in some]
    (value,) = form.convert([form.example])
    assert form.is_time or (value.year, value.month, value.day) == (2026, 3, 25)


@given(moments=st.lists(MOMENTS, min_size=1, max_size=5))
def test_what_strftime_wrote_is_read(moments: list[datetime.datetime]) -> None:
    for pattern in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%d %B %Y", "%d%b%Y:%H:%M:%S"):
        texts = [f"{moment:{pattern}}" for moment in moments]
        assert read(texts) == [datetime.datetime.strptime(text, pattern) for text in texts]


@given(moments=st.lists(MOMENTS, min_size=1, max_size=5))
def test_a_text_alone_is_read_as_among_others(moments: list[datetime.datetime]) -> None:
    texts = [f"{moment:%d/%m/%Y %H:%M}" for moment in moments]
    form = found([*texts, "31/12/1999 00:00"])
    assert form.order == "day-first"
    assert [form.convert([text])[0] for text in texts] == list(form.convert(texts))


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["01.03.2026", "13.03.2026"], "day-first"),
        (["1.3.2026 10:00", "2.12.2026 11:00"], "day-first"),
        (["03/01/2026", "03/13/2026"], "month-first"),
        (["3/1/26", "3/15/26"], "month-first"),
        (["25/03/26", "26/03/26", "27/04/26"], "day-first"),
        (["01-Mar-26", "02-Okt-26"], "day-first"),
        (["1. März 2026", "2. Dez. 2026", "1. Jänner 2026"], "day-first"),
        (["13.3.2024 07:30 Uhr", "2.4.2024 18:05 Uhr"], "day-first"),
        (["01-févr.-2026", "01-août-2026"], "day-first"),
        (["2012/01/01"], "year-first"),
    ],
)
def test_the_order_is_found_in_the_whole_column(texts: list[str], order: str) -> None:
    assert found(texts).order == order


@pytest.mark.parametrize(
    "texts", [["01/03/2026", "12/12/2026"], ["3/1/26"], ["26/03/01", "26/03/02"]]
)
def test_an_order_that_is_not_clear_is_not_guessed(texts: list[str]) -> None:
    assert "dates='day-first' or dates='month-first'" in doubt(texts)
    assert found(texts, "day-first").order == "day-first"


def test_points_mean_that_the_day_is_first() -> None:
    assert found(["1.3.2026 10:00"]).order == "day-first"
    assert found(["01.03.2026"], "month-first").order == "month-first"


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        (["31.02.2026", "13.02.2026"], "'31.02.2026'"),
        (["2100-02-29", "2000-02-29"], "'2100-02-29'"),
        (["2026-03-01 25:00", "2026-03-01 10:00"], "'2026-03-01 25:00'"),
        (["25:10", "14:30", "3:00"], "'25:10'"),
        (["2026-03-01", "01.03.2026", "2026-04-01"], "'01.03.2026'"),
        (["13.03.2026", "13.03.26"], "'13.03.26'"),
        (["2026-03-01T10:00", "2026-03-01T10:00Z"], "'2026-03-01T10:00Z'"),
        (["2026-03-01 10:00", "2026-03-01 10:00 pm"], "'2026-03-01 10:00 pm'"),
        (["2026-03-01", "soon", "2026-03-04"], "'soon'"),
        (["2026-01", "2026-02", "2026-13"], "'2026-13'"),
    ],
)
def test_a_text_that_keeps_a_column_from_being_dates_is_named(texts: list[str], named: str) -> None:
    assert named in doubt(texts)


@pytest.mark.parametrize(
    "texts",
    [
        ["red"], ["1.5"], ["192.168.1.1"], ["2100-02-29"], ["3 of 4"], ["5 pm"], ["Mo", "Di"], ["Lot, 02.03.2026"],
        ["2026 Q3"], ["3Q26", "1Q25"], ["I/2026", "IV/2026"], ["2026-W12"], ["KW 12/2026"], ["1 WK 2012"],
        ["1. Halbjahr 2026"], ["2026-31", "2026-52"], ["2026-0"], ["03-26", "12-25"], ["rev-26"], ["Model 2026"],
        ["3026-01"], ["20260301"],
    ],
)  # fmt: skip
def test_other_texts_are_no_dates(texts: list[str]) -> None:
    assert find_date_format(texts) is None


def test_the_given_order_must_fit() -> None:
    texts = ["31/12/2026", "01/12/2026"]
    assert "'31/12/2026'" in doubt(texts, "month-first")
    assert find_date_format(["31.12.2026"], "iso") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1899-12-31", "1899-12-31"),
        ("2024-02-29", "2024-02-29"),
        ("2026-03-01 24:00", "2026-03-02"),
        ("01-Jan-69", "1969-01-01"),
        ("01-Jan-68", "2068-01-01"),
        ("2026-03-01 12:05 a.m.", "2026-03-01 00:05"),
        ("2026-03-01 12:05 PM", "2026-03-01 12:05"),
        ("2026-03-01T10:00:00,25", "2026-03-01 10:00:00.25"),
        ("Mo, 02.03.2026", "2026-03-02"),
        ("Monday, March 2, 2026", "2026-03-02"),
        ("lun. 2 mars 2026", "2026-03-02"),
    ],
)
def test_edges_of_the_calendar_and_the_clock(text: str, expected: str) -> None:
    assert read([text]) == [pd.Timestamp(expected)]


def test_time_zones_become_utc() -> None:
    both = read(["2026-03-29T01:59+01:00", "2026-03-29T03:00+02:00"])
    assert [value.hour for value in both] == [0, 1]
    assert both[1] - both[0] == pd.Timedelta(minutes=1)


def test_another_way_of_writing_is_refused() -> None:
    form = found(["13.03.2026"])
    for text in ("2026-03-13", "13.03.26", "13/03/2026", "31.02.2026", "13.03.2026 10:00Z", "soon"):
        assert form.first_wrong(["14.03.2026", text]) == 1
        with pytest.raises(sn.InvalidInput, match=f"'{text}' is not a date"):
            form.convert(["14.03.2026", text])


@pytest.mark.parametrize(
    "texts",
    [
        ["2026-03", "2025-12"], ["03/2026", "12/2025"], ["2026M03", "2025M12"], ["Mar 2026", "Dec 2025"],
        ["März 2026", "Dez. 2025"], ["2026 March", "2025 December"], ["2026-3", "2025-12"], ["Mar-26", "Dec-25"],
        ["mars-26", "déc.-25"], ["Mar/26", "Dec/25"],
    ],
)  # fmt: skip
def test_months_are_their_first_days(texts: list[str]) -> None:
    assert read(texts) == [datetime.datetime(2026, 3, 1), datetime.datetime(2025, 12, 1)]
    assert found(texts).is_month


@pytest.mark.parametrize(
    "texts", [["Jan. 20", "May 05"], ["2009-10", "2010-11"], ["2026-1", "2026-3"], ["1/2026", "3/2027"]]
)  # fmt: skip
def test_months_that_may_be_days_seasons_or_quarters_are_asked_for(texts: list[str]) -> None:
    assert "give dates='months' if they are months" in doubt(texts)
    assert all(moment.day == 1 for moment in read(texts, "months"))


@pytest.mark.parametrize(
    "texts", [["7h30", "18h05"], ["7:30 Uhr", "18:05 Uhr"], ["07:30", "18:05"]]
)
def test_times_of_day(texts: list[str]) -> None:
    assert list(found(texts).convert(texts)) == [datetime.time(7, 30), datetime.time(18, 5)]


@pytest.mark.parametrize(
    ("number", "dates", "expected"),
    [
        (20240301, "iso", "2024-03-01"),
        (2024030114, "iso", "2024-03-01 14:00"),
        (202403011430, "iso", "2024-03-01 14:30"),
        (202403, "months", "2024-03-01"),
    ],
)
def test_whole_numbers_are_dates_if_the_setting_says_so(
    number: int, dates: str, expected: str
) -> None:
    columns: dict[str, Any] = {"t": [number, number + 1, number + 2], "y": [1.0, 2.0, 3.0]}
    with pytest.warns(sn.SheernetWarning, match=f"dates='{dates}'"):
        assert sn.read_table(columns).kind("t") == "number"
    assert sn.read_table(columns, dates=dates).column("t")[0] == pd.Timestamp(expected)
