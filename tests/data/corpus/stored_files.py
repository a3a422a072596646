"""What a person says of the files that R, Octave and LibreOffice Calc wrote; the programs are in make/."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from data.corpus.person import Case, Percent
from data.corpus.river import COUNT, DAY, FLOW, ICE, LEVEL, SITE, river

ASCII = [{"Rhône": "Rhone", "Öre": "Ore"}.get(site, site) for site in SITE]
KNOWN = [i for i, level in enumerate(LEVEL) if level is not None]
NUMBERS = river("level", "flow", "count")
NO_HEADER = ("header",)
NOT_A_TABLE = ("CSV", "write.csv", "columns")


def known(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return the rows whose level is known."""
    return {name: [values[i] for i in KNOWN] for name, values in columns.items()}


def numbered(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return the columns without their names, as a file without a header has them."""
    return {f"#{i}": values for i, values in enumerate(columns.values(), start=1)}


def at_half_past_one() -> list[datetime.datetime]:
    """Return the days with a time of day."""
    return [datetime.datetime.combine(day, datetime.time(13, 30)) for day in DAY]


def _r() -> list[Case]:
    """Return the files of make/river.R."""

    def case(name: str, *options: str, extra: int = 0, warned: bool = False, **other: Any) -> Case:
        return Case(f"r/{name}", None, river(**other), options, warned, extra)

    whole = ("csv_no_row_names", "csv_unquoted", "csv_empty_na", "csv_crlf", "csv_cr", "csv2_no_row_names",
             "csv2_unquoted", "csv2_latin1", "csv_latin1", "csv_windows1252", "csv_utf16", "csv_utf8_bom", "factor",
             "padded", "thousands_comma", "thousands_point", "thousands_apostrophe", "thousands_space",
             "whole_thousands", "dates_american", "dates_german", "dates_british_short", "dates_month_names",
             "trailing_spaces")  # fmt: skip
    plain = [case(f"{name}.csv") for name in whole]
    plain += [case(name) for name in ("table_no_row_names.txt", "table_tab.tsv", "table_tab_unquoted.tsv",
                                      "table_decimal_comma.txt", "table_bar.txt", "csv.csv.gz", "csv.csv.bz2",
                                      "csv.csv.xz", "table_decimal_comma_spaces.txt")]  # fmt: skip
    named = [
        case(name, extra=1)
        for name in ("csv.csv", "csv2.csv", "table.txt", "table_tab_row_names.tsv", "table_col_names_na.tsv")
    ]  # fmt: skip
    return [*plain, *named, *_r_values(case), *_r_headless(), *_r_objects()]


def _r_values(case: Any) -> list[Case]:
    """Return the files of R with other values."""
    return [
        case("csv_na_dot.csv", "missing"),
        case("csv_na_999.csv", level=[-999 if level is None else level for level in LEVEL]),
        Case("r/csv_na_999.csv", None, river(), given={"missing_values": [-999]}),
        Case("r/csv_na_dot.csv", None, river(), given={"missing_values": ["."]}),
        case("csv_utf16le.csv", "encoding"),
        Case("r/csv_utf16le.csv", None, river(), given={"encoding": "utf-16-le"}),
        case("csv_mac.csv", "encoding", warned=True),
        Case("r/csv_mac.csv", None, river(), given={"encoding": "mac-roman"}),
        Case("r/csv2_one_column.csv", None, river("level"), ("decimal", "separator")),
        Case("r/csv2_one_column.csv", None, river("level"), given={"separator": ";", "decimal": ","}),
        Case("r/csv2_one_column_row_names.csv", None, river("level"), extra=1),
        case("factor_codes.csv", site=[["Aare", "Rhône", "Öre"].index(site) + 1 for site in SITE]),
        case("posixct.csv", day=at_half_past_one()),
        case("dates_digits.csv", day=[20260000 + 100 * day.month + day.day for day in DAY]),
        case("percent.csv", "missing", "level", level=[None if x is None else Percent(f"{100 * x:.1f}") for x in LEVEL]),
        case("dollars.csv"),
        case("unit.csv"),
        case("t_and_f.csv"),
        case("huge.csv", flow=[float(f"{x * 1e12:.15g}") for x in FLOW]),
        case("scientific.csv", flow=[float(f"{float(f'{x:.3g}') * 1e-9:.15g}") for x in FLOW]),
        Case("r/leading_zeros.csv", None, {"id": ["00007", "01234", "95014"], "y": [1.5, 2.5, 3.5]}),
        Case("r/infinite.csv", None, {"y": [1, math.inf, -math.inf, None, None]}),
        Case("r/quotes.csv", None, {"a": ['says "no"', "x, y", "two\nlines"], "y": [1, 2, 3]}),
        Case("r/printed.txt", None, river(site=ASCII)),
        Case("r/printed_row_names.txt", None, river(site=ASCII), extra=1),
    ]  # fmt: skip


def _r_headless() -> list[Case]:
    """Return the files of R without a header."""
    numbers = numbered(known(NUMBERS))
    return [
        Case("r/table_no_header.csv", None, numbered(river()), NO_HEADER),
        Case("r/table_numbers_no_header.csv", None, numbers, NO_HEADER),
        Case("r/table_numbers_no_header.txt", None, numbers, NO_HEADER),
    ]


def _r_objects() -> list[Case]:
    """Return the files of R that are not tables of text."""
    names = ("river.rds", "river_plain.rds", "river.RData", "river_ascii.RData", "dput.R", "river.dta", "river.dbf",
             "river.arff")  # fmt: skip
    options = (*NOT_A_TABLE, "comment", "header")
    return [Case(f"r/{name}", None, None, options, warned=name.endswith(".arff")) for name in names]


def _octave() -> list[Case]:
    """Return the files of make/river.m."""
    frozen: dict[str, Sequence[Any]] = {"level": LEVEL, "flow": FLOW, "count": COUNT, "ice": ICE}
    matrix = {f"M{i}": values for i, values in enumerate(NUMBERS.values(), start=1)}
    headless = ("csvwrite.csv", "dlmwrite_tab.txt", "dlmwrite_semicolon.txt", "dlmwrite_space.txt")
    unreadable = ("binary.bin", "hdf5.h5", "text.txt", "text_matrix.txt")
    return [
        *(Case(f"octave/{name}", None, frozen) for name in ("v7.mat", "v6.mat")),
        Case("octave/v4.mat", None, {"level": LEVEL, "flow": FLOW}),
        Case("octave/cells.mat", None, {"site": ASCII, "level": LEVEL}),
        Case("octave/struct.mat", None, {"level": LEVEL, "flow": FLOW}),
        Case("octave/matrix.mat", None, matrix),
        Case("octave/matrix_columns.mat", None, {f"Mt{i}": v for i, v in enumerate(NUMBERS.values(), start=1)},
             given={"samples": "columns"}),
        Case("octave/two_structs.mat", None, {"#1": LEVEL, "#2": FLOW}, ("variables", "x")),
        Case("octave/complex.mat", None, None, ("complex",)),
        Case("octave/sparse.mat", None, {f"s{i}": v[:5] for i, v in enumerate(NUMBERS.values(), start=1)}),
        Case("octave/sparse_complex.mat", None, None, ("complex",)),
        Case("octave/int64.mat", None, {"id": [9007199254740992, 9007199254740996, 3]}),  # Octave rounds its source
        Case("octave/single.mat", None, {"single_flow": [float(x) for x in _singles()]}),
        Case("octave/with_scalars.mat", None, {"level": LEVEL, "flow": FLOW}),
        *(Case(f"octave/{name}", None, numbered(known(NUMBERS)), NO_HEADER) for name in headless),
        Case("octave/dlmwrite_nan.csv", None, numbered(NUMBERS), NO_HEADER),
        Case("octave/ascii.txt", None, numbered(NUMBERS), NO_HEADER),
        Case("octave/fprintf_header.csv", None, NUMBERS),
        Case("octave/fprintf_percent.txt", None, known(NUMBERS), ("comment", "header", "skip")),
        Case("octave/fprintf_percent_notes.csv", None, known(NUMBERS), ("comment", "skip")),
        Case("octave/fprintf_columns.txt", None, known(NUMBERS) | {"level": _rounded()}),
        Case("octave/fprintf_trailing.csv", None, known(NUMBERS), extra=1),
        Case("octave/fprintf_trailing_rows.csv", None, known(NUMBERS)),
        Case("octave/fprintf_exponent.txt", None, known(river("level", "flow"))),
        *(Case(f"octave/{name}", None, None, ("CSV", "v7", "comment", "skip")) for name in unreadable),
        Case("octave/text.gz", None, None, ("CSV", "v7", "comment", "skip")),
    ]  # fmt: skip


def _singles() -> list[Any]:
    import numpy as np

    return list(np.float32(FLOW))


def _rounded() -> list[float]:
    """Return the levels as %10.4g writes them."""
    return [float(f"{LEVEL[i]:.4g}") for i in KNOWN]


def _calc() -> list[Case]:
    """Return the files of make/river_calc.py."""
    shown = river("site", "day", "level", "flow", "count") | {
        "share": [Percent(_half_up(n / 1000, "0.1")) for n in COUNT], "cost": [n / 4 for n in COUNT],
    }  # fmt: skip
    stored = shown | {"share": [Percent(f"{n / 1000:.15g}") for n in COUNT]}
    book = river("site", "day", "level", "flow", "count") | {
        "share": [n / 100000 for n in COUNT], "cost": [n / 4 for n in COUNT], "ice": ICE,
    }  # fmt: skip
    words = {
        "en": ICE,
        "de": ["WAHR" if x else "FALSCH" for x in ICE],
        "fr": ["VRAI" if x else "FAUX" for x in ICE],
    }

    def text(name: str, columns: Any, *options: str) -> Case:
        return Case(f"calc/{name}", None, columns | {"ice": words[name[:2]]}, options)

    texts = [
        text(f"en_{name}", shown)
        for name in ("commas_as_shown.csv", "commas_quoted.csv", "tabs_as_shown.csv")
    ]
    texts.append(text("en_fixed.csv", shown, "line 7"))
    texts += [text(f"{code}_{name}", shown) for code in ("de", "fr")
              for name in ("semicolons_as_shown.csv", "tabs_as_shown.csv", "semicolons_windows.csv")]  # fmt: skip
    texts += [text(f"{code}_semicolons_as_stored.csv", stored) for code in ("de", "fr")]
    texts += [text("en_commas_as_stored.csv", stored), text("de_tabs_utf16.csv", shown)]
    return [*texts, *_calc_books(book)]


def _half_up(value: float, unit: str) -> float:
    """Return a number as Calc shows it: rounded to this unit, halves away from 0."""
    return float(Decimal(repr(value)).quantize(Decimal(unit), ROUND_HALF_UP))


def _calc_books(book: dict[str, list[Any]]) -> list[Case]:
    """Return the workbooks of Calc."""
    old = ("xls", "CSV", "before 2007")
    cases = []
    for ending, names in {
        "xlsx": ("en", "de", "fr", "mac_dates"), "ods": ("en", "de", "mac_dates"),
        "xls": ("en", "de", "fr", "mac_dates"),
    }.items():  # fmt: skip
        options = old if ending == "xls" else ("CSV",) if ending == "ods" else ()
        cases += [Case(f"calc/{name}_book.{ending}", None, book, options) for name in names]
        titled = {
            "xlsx": ("title", "title_and_gap", "merged_title"),
            "ods": ("title",),
            "xls": ("title", "merged_title"),
        }
        cases += [
            Case(f"calc/{name}_book.{ending}", None, book, ("skip", "titles", "CSV"))
            for name in titled[ending]
        ]
        cases += [
            Case(
                f"calc/two_sheets_book.{ending}",
                None,
                {"Written by hand": ["in March"]},
                ("sheet", "CSV"),
            ),
            Case(f"calc/two_sheets_book.{ending}", None, book, options, given={"sheet": "River"}),
            Case(f"calc/hidden_first_book.{ending}", None, book, ("sheet", "CSV")),
            Case(f"calc/units_book.{ending}", None, book, ("units", "CSV")),
        ]
    total = {name: [*values, None] for name, values in book.items()}
    total["site"][-1], total["flow"][-1] = "Total", math.fsum(FLOW)
    return [
        *cases,
        Case("calc/merged_header_book.xlsx", None, book, ("skip", "merged", "header")),
        Case("calc/total_book.xlsx", None, total),
        Case("calc/en_book.dif", None, None, NOT_A_TABLE),
        Case("calc/en_book.slk", None, None, NOT_A_TABLE),
    ]


CASES = [*_r(), *_octave(), *_calc()]
