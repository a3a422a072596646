"""How dates are written is found from the whole column, and never guessed."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.formats.date_formats import (
    DateFormat,
    Doubt,
    find_date_format,
)

MANNERS = (
    "%Y-%m-%d %H:%M:%S", "%Y/%m/%d", "%Y%m%dT%H%M%S", "%d-%b-%Y", "%d %B %Y", "%B %d, %Y %I:%M %p", "%d%b%Y:%H:%M:%S",
    "%Y-%b-%d", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f000", "%Y-%m-%dT%H:%MZ", "%Y.%m.%d %H:%M",
)  # fmt: skip
"""Formats of strftime that have one order."""
MOMENTS = st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2200, 1, 1))


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


@pytest.mark.parametrize("manner", MANNERS)
@given(moments=st.lists(MOMENTS, min_size=1, max_size=5))
def test_what_strftime_wrote_is_read(manner: str, moments: list[datetime.datetime]) -> None:
    texts = [f"{moment:{manner}}" for moment in moments]
    whole = manner.endswith("000")  # strptime reads microseconds only
    expected = moments if whole else [datetime.datetime.strptime(text, manner) for text in texts]
    values = [value.replace(tzinfo=None).to_pydatetime() for value in read(texts)]
    assert values == expected


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
        (["01.03.2026"], "day-first"),
        (["1.3.2026 10:00", "2.12.2026 11:00"], "day-first"),
        (["03/01/2026", "03/13/2026"], "month-first"),
        (["3/1/26", "3/15/26"], "month-first"),
        (["25/03/26", "26/03/26", "27/04/26"], "day-first"),
        (["01-Mar-26", "02-Okt-26"], "day-first"),
        (["1. März 2026", "2. Dez. 2026"], "day-first"),
        (["1. Jänner 2026", "2. Feber 2026"], "day-first"),
        (["13.3.2024 07:30 Uhr", "2.4.2024 18:05 Uhr"], "day-first"),
        (["01-févr.-2026", "01-août-2026"], "day-first"),
        (["2012/01/01"], "year-first"),
        (["2026-03", "2026-04"], "year-first"),
        (["3/2026", "11/2026"], "day-first"),
    ],
)
def test_the_order_is_found_in_the_whole_column(texts: list[str], order: str) -> None:
    assert found(texts).order == order


@pytest.mark.parametrize(
    "texts",
    [
        ["01/03/2026", "12/12/2026"],
        ["3/1/26"],
        ["26/03/01", "26/03/02"],
        ["1.2.10", "1.3.11"],
        ["10.2.2018", "10.2.4017"],
        ["1/2/2026 10:00", "2/2/2026 11:00"],
    ],
)
def test_an_order_that_is_not_clear_is_not_guessed(texts: list[str]) -> None:
    assert "dates='day-first' or dates='month-first'" in doubt(texts)
    assert found(texts, "day-first").order == "day-first"


def test_points_mean_that_the_day_is_first() -> None:
    for texts in (["01.03.2026", "02.03.2026"], ["1.3.2026 10:00"]):
        assert found(texts).order == "day-first"
        assert found(texts).is_decided_by_points(texts, "auto")
        assert not found(texts).is_decided_by_points(texts, "day-first")
        assert found(texts, "month-first").order == "month-first"
    assert not found(["13.03.2026"]).is_decided_by_points(["13.03.2026"], "auto")
    assert not found(["01/03/2026"], "day-first").is_decided_by_points(["01/03/2026"], "auto")


def test_points_with_the_month_first_need_the_setting() -> None:
    assert "give dates='month-first' if they are dates" in doubt(["03.25.2026", "03.01.2026"])
    assert found(["03.25.2026"], "month-first").order == "month-first"


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (["31.02.2026", "13.02.2026"], "'31.02.2026' is not a day of the calendar"),
        (["2023-02-29", "2024-02-29"], "'2023-02-29' is not a day"),
        (["2100-02-29", "2000-02-29"], "'2100-02-29' is not a day"),
        (["2026-03-01 25:00", "2026-03-01 10:00"], "'2026-03-01 25:00' is not a day"),
        (["25:10", "14:30", "3:00"], "'25:10' is not a time of day"),
        (["2026-03-01", "01.03.2026", "2026-04-01"], "'2026-03-01' and '01.03.2026'"),
        (["2026-03-01", "2026/03/02", "2026-03-03"], "'2026-03-01' and '2026/03/02'"),
        (["13.03.2026", "13.03.26"], "'13.03.2026' and '13.03.26'"),
        (["2026-03-01T10:00", "2026-03-01T10:00Z"], "in two ways"),
        (["2026-03-01 10:00", "2026-03-01 10:00 pm"], "in two ways"),
        (["2026-03-01", "soon", "2026-03-04"], "such as '2026-03-01', but 'soon' is not one"),
    ],
)
def test_a_text_that_keeps_a_column_from_being_dates_is_named(texts: list[str], why: str) -> None:
    assert why in doubt(texts)


@pytest.mark.parametrize(
    "texts",
    [["red"], ["1.5"], ["192.168.1.1"], ["10.14.3", "1.2.45"], ["2100-02-29"], ["3 of 4"], ["5 pm"]],
)  # fmt: skip
def test_other_texts_are_no_dates(texts: list[str]) -> None:
    assert find_date_format(texts) is None


def test_the_given_order_must_fit() -> None:
    assert "'31/12/2026' is not a day of the calendar with dates='month-first'" in doubt(
        ["31/12/2026", "01/12/2026"], "month-first"
    )
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
    ],
)
def test_edges_of_the_calendar_and_the_clock(text: str, expected: str) -> None:
    assert read([text]) == [pd.Timestamp(expected)]


def test_one_offset_is_kept_and_several_become_utc() -> None:
    winter, summer = "2026-03-29T01:59+01:00", "2026-03-29T03:00+02:00"
    (local,) = read([winter])
    assert (local.hour, local.utcoffset()) == (1, datetime.timedelta(hours=1))
    both = read([winter, summer])
    assert [value.hour for value in both] == [0, 1]  # a minute apart
    assert both[1] - both[0] == pd.Timedelta(minutes=1)
    assert read(["2026-03-01 10:00 -0530"])[0].utcoffset() == datetime.timedelta(hours=-5.5)


def test_another_manner_is_refused() -> None:
    form = found(["13.03.2026"])
    for text in ("2026-03-13", "13.03.26", "13/03/2026", "31.02.2026", "13.03.2026 10:00Z", "soon"):
        with pytest.raises(sn.InvalidInput, match=f"'{text}' is not a date written as the others"):
            form.convert(["14.03.2026", text])


def _forms() -> list[DateFormat]:
    """Every format of dates that strftime can write and that needs no setting."""
    dates = [
        *(DateFormat("year first", "year-first", mark) for mark in "-/."),
        *(DateFormat("year last", "day-first", mark, short) for mark in "-/." for short in (False, True)),
        *(DateFormat("year last", "month-first", mark, short) for mark in "-/" for short in (False, True)),
        *(DateFormat("year last", "year-first", mark, True) for mark in "-/."),
        *(DateFormat("named month", "day-first", mark, short) for mark in MARKS for short in (False, True)),
        *(DateFormat("named month", "year-first", mark, True) for mark in MARKS),
        *(DateFormat("name first", "day-first", mark) for mark in "- "),
        *(DateFormat("year and name", "year-first", mark) for mark in MARKS),
    ]  # fmt: skip
    compact = DateFormat("compact", "year-first")
    times = [DateFormat("time", "", halves=halves) for halves in (False, True)]
    return [
        *times, compact, replace(compact, zoned=True),
        *(replace(form, zoned=z, halves=h) for form in dates for z in (False, True) for h in (False, True)),
    ]  # fmt: skip


MARKS = ("-", "/", " ", "")
FORMS = _forms()


def written(moment: datetime.datetime, form: DateFormat) -> str:
    """Write a moment in a format."""
    time = "%I:%M:%S.%f %p" if form.halves else "%H:%M:%S.%f"
    if form.is_time:
        return moment.strftime(time)
    zone = "+0130" if form.zoned else ""
    if form.manner == "compact":
        return moment.strftime("%Y%m%dT%H%M%S") + zone
    year = "%y" if form.short_years else "%Y"
    month = "%m" if form.manner in ("year first", "year last") else "%b"
    date = {
        "year-first": form.mark.join((year, month, "%d")),
        "day-first": form.mark.join(("%d", month, year)),
        "month-first": form.mark.join((month, "%d", year)),
    }[form.order]
    date = f"%B{form.mark}%d, %Y" if form.manner == "name first" else date
    return moment.strftime(f"{date} {time}") + zone


@given(data=st.data(), form=st.sampled_from(FORMS))
def test_every_format_is_found_from_three_clear_dates_and_converts_exactly(
    data: st.DataObject, form: DateFormat
) -> None:
    days = data.draw(st.lists(st.integers(13, 28), min_size=3, max_size=6, unique=True))
    year = data.draw(st.integers(1970, 1999))  # two digits that are no day
    rest = [st.integers(1, 12), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59)]
    fraction = st.just(0) if form.manner == "compact" else st.integers(0, 999_999)
    moments = [
        datetime.datetime(year, month, day, *time)
        for day in days
        for month, *time in [data.draw(st.tuples(*rest, fraction))]
    ]
    texts = [written(moment, form) for moment in moments]
    assert found(texts) == form
    expected = [moment.time() if form.is_time else moment for moment in moments]
    for some in (texts, texts[:1], texts[::-1]):
        values = list(form.convert(some))
        if form.zoned:
            values = [value.replace(tzinfo=None) for value in values]
        assert values == [expected[texts.index(text)] for text in some]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_the_example_of_a_format_is_in_this_format(form: DateFormat) -> None:
    (value,) = form.convert([form.example])
    assert form.is_time or (value.year, value.month, value.day) == (2026, 3, 25)
    assert form.first_wrong([form.example, "x"]) == (1, False)


def test_nanoseconds_of_one_text_do_not_change_the_years_of_others() -> None:
    texts = ["1500-03-25 00:00:00.123456789", "2026-03-25 00:00:00"]
    assert [value.year for value in found(texts).convert(texts)] == [1500, 2026]


@pytest.mark.parametrize("parts", [("Mayan", "day-first"), ("year first", "day-first")])
def test_unknown_formats_are_refused(parts: tuple[str, str]) -> None:
    with pytest.raises(sn.InvalidInput, match="of dates"):
        DateFormat(*parts)


class TestMonths:
    """Texts without a day are read as the first days of their months, and `Table.reading` says so."""

    @pytest.mark.parametrize(
        "texts",
        [
            ["2026-03", "2025-12"], ["2026/03", "2025/12"], ["03/2026", "12/2025"], ["3-2026", "12-2025"],
            ["2026M03", "2025M12"], ["Mar 2026", "Dec 2025"], ["März 2026", "Dez. 2025"], ["mars-2026", "déc.-2025"],
            ["2026 March", "2025 December"], ["2026-3", "2025-12"], ["2026/3", "2025/12"], ["2026M3", "2025M12"],
            ["2026m3", "2025m12"],
        ],
    )  # fmt: skip
    def test_are_their_first_days(self, texts: list[str]) -> None:
        moments = [datetime.datetime(2026, 3, 1), datetime.datetime(2025, 12, 1)]
        assert read(texts) == moments
        assert str(found(texts)) == "months, read as their first days"

    @pytest.mark.parametrize(
        "texts",
        [
            ["Mar-26", "Dec-25"], ["MAR-26", "DEC-25"], ["Mrz. 26", "Dez. 25"], ["Mär 26", "Dez 25"],
            ["mars-26", "déc.-25"], ["mars 26", "déc. 25"], ["Mar/26", "Dec/25"],
        ],
    )  # fmt: skip
    def test_have_years_of_two_digits_as_spreadsheet_programs_write_them(
        self, texts: list[str]
    ) -> None:
        assert read(texts) == [datetime.datetime(2026, 3, 1), datetime.datetime(2025, 12, 1)]
        form = found(texts)
        assert str(form) == "months, read as their first days, years from 1969 to 2068"
        (value,) = form.convert([form.example])
        assert (value.year, value.month) == (2026, 3)

    @pytest.mark.parametrize("texts", [["Mar 26", "Dec 25"], ["Jan. 20", "May 05"]])
    def test_in_english_may_be_days(self, texts: list[str]) -> None:
        assert doubt(texts).endswith(
            "may be months with years of two digits, or days; give dates='months' if they are months"
        )
        assert all(moment.day == 1 for moment in read(texts, "months"))

    @pytest.mark.parametrize(
        "texts",
        [
            ["2026-0", "2026-1"],
            ["03-26", "12-25"],
            ["rev-26", "box-25"],
            ["Model 2026", "Type 2025"],
            ["3026-01"],
        ],
    )
    def test_other_texts_are_none(self, texts: list[str]) -> None:
        assert find_date_format(texts) is None

    def test_seasons_are_asked_for(self) -> None:
        seasons = ["2009-10", "2010-11"]
        assert doubt(seasons).endswith("give dates='months' if they are months")
        for dates in ("iso", "months"):
            assert read(seasons, dates) == [
                datetime.datetime(2009, 10, 1),
                datetime.datetime(2010, 11, 1),
            ]

    def test_a_month_that_does_not_exist_is_named(self) -> None:
        assert doubt(["2026-01", "2026-02", "2026-13"]).startswith("'2026-13' is not")


class TestWeekdays:
    """Days of the week in front of dates are left out."""

    @pytest.mark.parametrize(
        "texts",
        [
            ["Mo, 02.03.2026", "Fr, 13.03.2026"], ["Mo 02.03.2026", "Fr 13.03.2026"], ["Mo., 2.3.26", "Fr., 13.3.26"],
            ["Monday, March 2, 2026", "Friday, March 13, 2026"], ["Mon 2026-03-02", "Fri 2026-03-13"],
            ["MONTAG, 2. März 2026", "FREITAG, 13. März 2026"], ["lun. 2 mars 2026", "ven. 13 mars 2026"],
            ["lunedì 02/03/2026", "venerdì 13/03/2026"], ["02.03.2026", "Fr, 13.03.2026"],
        ],
    )  # fmt: skip
    def test_are_left_out(self, texts: list[str]) -> None:
        assert read(texts) == [datetime.datetime(2026, 3, 2), datetime.datetime(2026, 3, 13)]

    @pytest.mark.parametrize("texts", [["Mo", "Di"], ["Lot, 02.03.2026"], ["Mo02.03.2026"]])
    def test_other_words_are_none(self, texts: list[str]) -> None:
        assert find_date_format(texts) is None

    def test_do_not_decide_the_order(self) -> None:
        assert "may be first in all its dates" in doubt(["Mon 03/02/2026", "Tue 03/03/2026"])


class TestPeriods:
    """Weeks, quarters and half-years are labels."""

    @pytest.mark.parametrize(
        "texts",
        [
            ["2026 Q3", "2025 Q1"], ["26Q3", "25Q1"], ["3Q26", "1Q25"], ["Q3/2026", "Q4/2025"], ["T1 2026", "T4 2026"],
            ["I/2026", "IV/2026"], ["FY26 Q3", "FY25 Q1"], ["H2 2026", "H1 2025"], ["2H26", "1H25"],
            ["2026-W12", "2026-W02"], ["KW 12/2026", "KW 2/2026"], ["1 WK 2012", "4 WK 2012"],
            ["3. Quartal 2026", "1. Quartal 2026"], ["1. Halbjahr 2026", "2. Halbjahr 2026"], ["3Q26", "1Q26"],
            ["1H2026", "2H2026"], ["2026-31", "2026-52"],
        ],
    )  # fmt: skip
    def test_are_labels(self, texts: list[str]) -> None:
        assert find_date_format(texts) is None
        assert find_date_format(texts, "months") is None
        assert sn.read_table({"t": texts}).kind("t") == "category"

    @pytest.mark.parametrize(
        "texts", [["2026-1", "2026-3"], ["2026/1", "2027/4"], ["2026 2"], ["1/2026", "3/2027"], ["1-2026", "4-2027"]]
    )  # fmt: skip
    def test_of_one_number_that_may_be_months_are_asked_for(self, texts: list[str]) -> None:
        assert doubt(texts).endswith(
            f"such as {texts[0]!r}, may be quarters or months; give dates='months' if they are months"
        )
        assert all(moment.month <= 4 for moment in read(texts, "months"))

    def test_other_texts_are_months(self) -> None:
        for texts in (["2026-01", "2026-02"], ["Jan 2026"], ["2026-4", "2026-5"]):
            assert read(texts, "months") == read(texts)
        assert read(["1/2026", "2/2026"])[1].month == 2  # of one year, as in a file of a few months

    @pytest.mark.parametrize("texts", [["2026-13", "2026-01", "2026-02"]])
    def test_numbers_above_12_are_no_months(self, texts: list[str]) -> None:
        assert "2026-13" in doubt(texts)


@pytest.mark.parametrize(
    "texts", [["7h30", "18h05"], ["7:30 Uhr", "18:05 Uhr"], ["07:30", "18:05"]]
)
def test_times_of_day_as_in_french_and_german(texts: list[str]) -> None:
    form = find_date_format(texts)
    assert isinstance(form, DateFormat)
    assert form.is_time
    assert list(form.convert(texts)) == [datetime.time(7, 30), datetime.time(18, 5)]
