"""Files that packages of Python write, made when the tests run: pandas, polars, pyarrow, openpyxl, NumPy, SciPy."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import polars
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.orc
import pyarrow.parquet
import scipy.io

from data.corpus.person import Case, Percent
from data.corpus.river import COUNT, DAY, FLOW, ICE, LEVEL, RIVER, SITE, river
from data.corpus.stored_files import known, numbered

NOON = [datetime.datetime.combine(day, datetime.time(12, 15)) for day in DAY]


def frame(**other: Any) -> pd.DataFrame:
    """Return the table as a DataFrame."""
    return pd.DataFrame(RIVER | other)


def _pandas_text() -> list[Case]:
    def case(name: str, *, extra: int = 0, columns: Any = None, **how: Any) -> Case:
        how.setdefault("index", False)
        return Case(
            f"pandas_{name}",
            lambda path: frame().to_csv(path, **how),
            columns or river(),
            extra=extra,
        )

    numbers = numbered(known(river("level", "flow", "count")))
    return [
        case("plain.csv"),
        case("index.csv", index=True, extra=1),
        case("index_label.csv", index=True, index_label="id", columns={"id": list(range(12))} | river()),
        case("semicolon_comma.csv", sep=";", decimal=","),
        case("tabs.tsv", sep="\t"),
        case("bars.csv", sep="|"),
        case("na_null.csv", na_rep="NULL"),
        case("na_nan.csv", na_rep="NaN"),
        case("windows.csv", lineterminator="\r\n"),
        case("all_quoted.csv", quoting=1),
        case("escaped.csv", quoting=2),
        case("german_dates.csv", date_format="%d.%m.%Y"),
        case("utf16.csv", encoding="utf-16"),
        case("bom.csv", encoding="utf-8-sig"),
        case("latin1.csv", encoding="latin-1"),
        case("float_format.csv", columns=river(flow=[float(f"{x:.6e}") for x in FLOW]), float_format="%.6e"),
        *(case(f"packed.csv{ending}") for ending in (".gz", ".bz2", ".xz", ".zip")),
        Case("pandas_no_header.csv", lambda path: frame().to_csv(path, header=False, index=False), numbered(river()), ("header",)),
        Case("pandas_numbers_no_header.csv", lambda path: pd.DataFrame(known(river("level", "flow", "count"))).to_csv(path, header=False, index=False), numbers, ("header",)),
        Case("pandas_spaces.txt", lambda path: path.write_text(frame(site=["a"] * 12).to_string(index=False)), river(site=["a"] * 12)),
        Case("pandas_two_levels.csv", lambda path: pd.DataFrame([[1.5, 2.5], [3.5, 4.5]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")])).to_csv(path, index=False), {"x": [1.5, 3.5], "y": [2.5, 4.5]}, ("header", "skip", "units", "more than one column")),
        Case("pandas.html", lambda path: frame().to_html(path), None, ("CSV", "download")),
        Case("pandas.json", lambda path: frame().head(2).to_json(path, orient="records"), None, ("CSV",)),
        Case("pandas.pkl", lambda path: frame().to_pickle(path), None, ("CSV",)),
        Case("pandas.dta", lambda path: frame().drop(columns=["day", "site"]).to_stata(path), None, ("CSV",)),
        Case("pandas.tex", lambda path: path.write_text("\\begin{tabular}{lr}\n & x \\\\\n0 & 1 \\\\\n\\end{tabular}\n"), None, ("CSV", "line", "skip", "header")),
    ]  # fmt: skip


def _other_text() -> list[Case]:
    matrix = np.array(
        [known(river("level", "flow", "count"))[name] for name in ("level", "flow", "count")]
    ).T
    numbers = numbered(known(river("level", "flow", "count")))
    named = known(river("level", "flow", "count"))

    def savetxt(name: str, columns: Any, *options: str, **how: Any) -> Case:
        return Case(f"numpy_{name}", lambda path: np.savetxt(path, matrix, **how), columns, options)

    table = pa.table(RIVER)
    return [
        savetxt("plain.txt", numbers, "header"),
        savetxt("commas.csv", numbers, "header", delimiter=","),
        savetxt("tabs.txt", numbers, "header", delimiter="\t", fmt="%.10g"),
        savetxt("header.csv", named, "comment", "header", "skip", delimiter=",", header="level,flow,count"),
        savetxt("header_spaces.txt", named, "comment", "header", "skip", header="level flow count"),
        savetxt("header_plain.csv", named, delimiter=",", header="level,flow,count", comments=""),
        savetxt("notes.csv", named, "comment", "skip", delimiter=",", header="measured in March\nlevel,flow,count"),
        savetxt("footer.csv", named, "comment", "line", delimiter=",", header="level,flow,count", comments="", footer="# end"),
        Case("polars.csv", lambda path: polars.DataFrame(RIVER).write_csv(path), river()),
        Case("polars_semicolon.csv", lambda path: polars.DataFrame(RIVER).write_csv(path, separator=";"), river()),
        Case("polars_times.csv", lambda path: polars.DataFrame(RIVER | {"day": NOON}).write_csv(path), river(day=NOON)),
        Case("polars_null.csv", lambda path: polars.DataFrame(RIVER).write_csv(path, null_value="NA"), river()),
        Case("pyarrow.csv", lambda path: pyarrow.csv.write_csv(table, path), river()),
        Case("pyarrow_times.csv", lambda path: pyarrow.csv.write_csv(pa.table(RIVER | {"day": NOON}), path), river(day=NOON)),
        Case("numpy.npy", lambda path: np.save(path, matrix), None, ("numpy.load",)),
        Case("numpy.npz", lambda path: np.savez(path, matrix=matrix), None, ("numpy.load", "NumPy", "CSV")),
        Case("two_files.zip", lambda path: _zip(path, {"a.csv": "x,y\n1,2\n", "b.csv": "x,y\n3,4\n"}), None, ("unpack",)),
        Case("made_on_a_mac.zip", lambda path: _zip(path, {"river.csv": "x,y\n1.5,2.5\n", "__MACOSX/._river.csv": "\0\5\x16\7\0\2\0\0Mac OS X"}), {"x": [1.5], "y": [2.5]}, ()),
        Case("ds_store.zip", lambda path: _zip(path, {"river/river.csv": "x,y\n1.5,2.5\n", "river/.DS_Store": "\0\0\0\1Bud1", "__MACOSX/river/._river.csv": "\0\5\x16\7"}), {"x": [1.5], "y": [2.5]}, ()),
    ]  # fmt: skip


def _zip(path: Path, files: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def _parquet() -> list[Case]:
    def case(name: str, columns: Any, content: Any, **how: Any) -> Case:
        return Case(
            f"{name}.parquet",
            lambda path: pyarrow.parquet.write_table(content, path, **how),
            columns,
        )

    table = pa.table(RIVER)
    money = pa.table(
        {"v": pa.array([None, *map(str, (1.25, 2.5))]).cast(pa.string()).cast(pa.decimal128(10, 2))}
    )
    return [
        case("pyarrow", river(), table),
        case("pyarrow_snappy", river(), table, compression="snappy"),
        case("pyarrow_old", river(), table, version="1.0"),
        case("pyarrow_dictionary", river(), table.set_column(0, "site", table["site"].dictionary_encode())),
        case("pyarrow_seconds", river(day=NOON), pa.table(RIVER | {"day": pa.array(NOON, pa.timestamp("ms"))})),
        case("pyarrow_zone", river(day=NOON), pa.table(RIVER | {"day": pa.array(NOON, pa.timestamp("us", tz="UTC"))})),
        case("pyarrow_float32", {"v": [0.5, 1.25, None]}, pa.table({"v": pa.array([0.5, 1.25, None], pa.float32())})),
        case("pyarrow_small", {"v": [1, 2, None]}, pa.table({"v": pa.array([1, 2, None], pa.int8())})),
        case("pyarrow_decimal", {"v": [None, 1.25, 2.5]}, money),
        case("pyarrow_flags", {"v": [True, None, False]}, pa.table({"v": [True, None, False]})),
        case("pyarrow_long", {"id": [2**53 - 1, 1, 2]}, pa.table({"id": [2**53 - 1, 1, 2]})),
        Case("pandas.parquet", lambda path: frame().to_parquet(path), river()),
        Case("pandas_index.parquet", lambda path: frame().set_index("site").to_parquet(path), river()),
        Case("pandas_string_index.parquet", lambda path: frame().set_index(pd.Index(list("abcdefghijkl"))).to_parquet(path), river()),
        Case("pandas_categories.parquet", lambda path: frame(site=pd.Categorical(SITE)).to_parquet(path), river()),
        Case("pandas_nullable.parquet", lambda path: frame().convert_dtypes().to_parquet(path), river()),
        Case("polars.parquet", lambda path: polars.DataFrame(RIVER).write_parquet(path), river()),
        Case("pyarrow.feather", lambda path: pyarrow.feather.write_feather(table, path), None, ("Parquet", "CSV")),
        Case("pyarrow.orc", lambda path: pyarrow.orc.write_table(pa.table({"x": [1.5]}), path), None, ("Parquet", "CSV")),
    ]  # fmt: skip


def book(
    *sheets: tuple[str, list[list[Any]]], change: Callable[[Any], object] | None = None
) -> Callable[[Path], object]:
    """Return a function that writes a workbook with these sheets, each a list of rows."""

    def write(path: Path) -> None:
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, content in sheets:
            sheet = workbook.create_sheet(title)
            for line in content:
                sheet.append(line)
        if change:
            change(workbook)
        workbook.save(path)

    return write


HEADER = list(RIVER)
BODY = [list(values) for values in zip(*RIVER.values(), strict=True)]
SHEET = ("River", [HEADER, *BODY])


def texts(name: str, change: Callable[[Any], Any]) -> list[list[Any]]:
    """Return the rows of the table with one column changed."""
    at = HEADER.index(name)
    return [
        HEADER,
        *(
            [*row[:at], None if row[at] is None else change(row[at]), *row[at + 1 :]]
            for row in BODY
        ),
    ]


def _formulas(workbook: Any) -> None:
    for row in range(2, 14):
        workbook["River"][f"D{row}"] = f"=E{row}/2"


def _hide_first(workbook: Any) -> None:
    workbook.worksheets[0].sheet_state = "hidden"


def _active_second(workbook: Any) -> None:
    workbook.active = 1


def _merge(workbook: Any) -> None:
    workbook["River"].merge_cells("A1:F1")


def _since_1904(workbook: Any) -> None:
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904


def _workbooks() -> list[Case]:
    title = ["Readings of March"]
    units = [None, None, "m", "m3/s", None, None]
    german = texts(
        "flow", lambda x: f"{x:,.3f}".replace(",", "'").replace(".", ",").replace("'", ".")
    )
    return [
        Case("openpyxl.xlsx", book(SHEET), river()),
        Case("openpyxl_title.xlsx", book(("River", [title, *SHEET[1]])), river(), ("skip", "titles")),
        Case("openpyxl_title_gap.xlsx", book(("River", [title, [], *SHEET[1]])), river(), ("skip", "titles")),
        Case("openpyxl_merged_title.xlsx", book(("River", [[*title, *[None] * 5], *SHEET[1]]), change=_merge), river(), ("skip", "titles")),
        Case("openpyxl_units.xlsx", book(("River", [HEADER, units, *BODY])), river(), ("units",)),
        Case("openpyxl_formulas.xlsx", book(SHEET, change=_formulas), river(flow=[n / 2 for n in COUNT]), ("formulas",), warned=True),
        Case("openpyxl_hidden.xlsx", book(("Old", [["a"], [1.5]]), SHEET, change=_hide_first), river(), ("sheet",)),
        Case("openpyxl_second_active.xlsx", book(("Notes", [["a"], [1.5]]), SHEET, change=_active_second), {"a": [1.5]}),
        Case("openpyxl_chosen.xlsx", book(("Notes", [["a"], [1.5]]), SHEET), river(), given={"sheet": 2}),
        Case("openpyxl_1904.xlsx", book(SHEET, change=_since_1904), river()),
        Case("openpyxl_text_numbers.xlsx", book(("River", texts("flow", str))), river()),
        Case("openpyxl_text_thousands.xlsx", book(("River", texts("flow", lambda x: f"{x:,.3f}"))), river()),
        Case("openpyxl_text_german.xlsx", book(("River", german)), river(), ("decimal",)),
        Case("openpyxl_text_german_decimal.xlsx", book(("River", german)), river(), given={"decimal": ","}),
        Case("openpyxl_text_dates.xlsx", book(("River", texts("day", lambda d: f"{d:%d.%m.%Y}"))), river()),
        Case("openpyxl_text_percent.xlsx", book(("River", texts("flow", lambda x: f"{x} %"))), river(flow=[Percent(x) for x in FLOW])),
        Case("openpyxl_text_truth.xlsx", book(("River", texts("ice", lambda x: str(x).upper()))), river()),
        Case("openpyxl_times.xlsx", book(("River", texts("day", lambda d: datetime.datetime.combine(d, datetime.time(12, 15))))), river(day=NOON)),
        Case("openpyxl_errors.xlsx", book(("River", texts("count", lambda n: "#DIV/0!" if n == 7 else n))), river(count=[None, *COUNT[1:]])),
        Case("openpyxl_empty_rows_at_end.xlsx", book(("River", [*SHEET[1], [], [None, None], [""]])), river()),
        Case("openpyxl_empty_first_column.xlsx", book(("River", [[None, *row] for row in SHEET[1]])), river(), ("column",)),
        Case("openpyxl_zip_codes.xlsx", book(("River", [["zip", "y"], ["01234", 1.5], ["95014", 2.5]])), {"zip": ["01234", "95014"], "y": [1.5, 2.5]}),
        Case("pandas.xlsx", lambda path: frame().to_excel(path, index=False), river()),
        Case("pandas_index.xlsx", lambda path: frame().to_excel(path), river(), extra=1),
        Case("pandas_startrow.xlsx", lambda path: frame().to_excel(path, index=False, startrow=2), river(), ("skip", "titles", "first row")),
    ]  # fmt: skip


def _mat() -> list[Case]:
    level, flow = np.array(LEVEL, dtype=float), np.array(FLOW)

    def case(name: str, columns: Any, content: dict[str, Any], *options: str, **how: Any) -> Case:
        given = how.pop("given", {})
        return Case(
            f"scipy_{name}.mat",
            lambda path: scipy.io.savemat(path, content, **how),
            columns,
            options,
            given=given,
        )

    named = {"level": level, "flow": flow}
    both = {"level": LEVEL, "flow": FLOW}
    return [
        case("v5", both, named),
        case("compressed", both, named, do_compression=True),
        case("columns", both, named, oned_as="column"),
        case("v4", both, named, format="4"),
        case("matrix", {"X1": LEVEL, "X2": FLOW}, {"X": np.column_stack([level, flow])}),
        case("network", {"p1": LEVEL, "p2": FLOW, "t": COUNT}, {"p": np.vstack([level, flow]), "t": np.array([COUNT])}, given={"samples": "columns"}),
        case("network_rows", {"p1": LEVEL, "p2": FLOW, "t": COUNT}, {"p": np.vstack([level, flow]), "t": np.array([COUNT])}, "samples"),
        case("struct", both, {"river": named}),
        case("two_structs", {"#1": LEVEL, "#2": FLOW}, {"train": {"x": level}, "test": {"x": flow}}, "variables", "x"),
        case("two_structs_of_two", None, {"train": {"x": level, "y": flow}, "test": {"x": level[:5], "y": flow[:5]}}, "variables", "x"),
        case("cells", {"site": SITE, "level": LEVEL}, {"site": np.array(SITE, dtype=object)[:, None], "level": level}),
        case("characters", {"level": LEVEL}, {"level": level, "note": "measured in March"}),
        case("logical", {"ice": ICE, "level": LEVEL}, {"ice": np.array(ICE), "level": level}),
        case("bytes", {"v": [1, 2, 255]}, {"v": np.array([1, 2, 255], dtype=np.uint8)}),
        case("three_dimensions", {"level": LEVEL}, {"level": level, "cube": np.zeros((2, 2, 2))}),
        case("lengths", None, {"a": level, "b": flow[:5]}, "variables"),
        case("empty", {"level": LEVEL}, {"level": level, "none": np.zeros((0, 0))}),
    ]  # fmt: skip


CASES = [*_pandas_text(), *_other_text(), *_parquet(), *_workbooks(), *_mat()]
