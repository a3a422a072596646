"""Read mutants of small tables in every format: no traceback, no hang, bounded memory, and no other numbers.

    python scripts/fuzz_tables.py --count 10000 --seed 0 --keep FOLDER

A mutant is made of a grid of cells.  Cells, rows and the header are changed first, then the grid is written in a format
with a layout, an encoding and a compression, and last, in a part of the mutants, some bytes are changed.  A mutant that is
read must have the numbers of an independent strict reader (the csv module and `float`) where that one is sure: in columns
whose cells are all plain numbers, if no bytes were changed.  A part of the mutants is also fitted.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import openpyxl
import pyarrow
import pyarrow.parquet
import scipy.io
from fuzzing import Broken, Mutant, main, refused

import sheernet as sn

Grid = list[list[str]]
PLAIN = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,17})?([eE][+-]?\d{1,2})?")
"""A number that no reader can take for something else; not more digits than float64 can tell apart."""
UNCLEAR = re.compile(r"-?\d{1,3}[.,]\d{3}|\d+[eE]\d{1,2}")
"""A number whose mark may separate thousands, or that may be a code such as 1E3."""
STRANGE = (
    "", " ", "NA", "NaN", "nan", "-", ".", "?", "NULL", "None", "-999", "#N/A", "#DIV/0!", "<NA>", "1e999", "-1e999", "1e-999",
    "inf", "-Infinity", "0", "-0", "+5", "00", "007", "1.", ".5", "1,5", "1.5", "1,234", "1.234", "1.234.567", "1,234,567.5",
    "1'000", "1 000", "1\xa0000", "1\u2009000", "1_000", "0x1F", "1e5", "1E+05", "1d5", "12%", "12 %", "$12", "12 €", "(12)", "12-",
    "5 mm", "5mm", "1/2", "9" * 15, "9" * 16, "9" * 20, "9" * 400, "9" * 5000, "-" + "9" * 18, str(2**63), str(2**64), "١٢", "²",
    "１２", "−5", "½", "TRUE", "false", "T", "yes", "2026-01-05", "2026-13-45", "0000-00-00", "9999-12-31", "05.01.2026", "1/5/26",
    "2026-01-05T10:00:00Z", "2026-01-05 25:00", "10:30", "24:00", "26:61:61", "=1+1", "=HYPERLINK(1)", "#", "# a", "%", ";", ",",
    "a;b", "a,b", "a\tb", 'a"b', '"', '""', "'", "a\nb", "a\r\nb", "\\", "\x00", "\x07", "\x1b[31m", "\ufeff", "\u200b", "é", "中", "😀",
    "192.168.0.1", "1.2.3", "x" * 300, "a|b", "[1]", "{}", "<a>", "&amp;",
)  # fmt: skip
MARKS = (",", ";", "\t", "|", " ")
ENCODINGS = (
    "utf-8",
    "utf-8",
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-32",
    "latin-1",
    "cp1251",
    "gbk",
    "shift_jis",
)


@dataclass(frozen=True)
class Written:
    """How a grid was written.

    Parameters
    ----------
    grid : list of list of str
        The cells; the first row is the header.
    given : dict of str to str
        Arguments of `read_table` that state the layout.
    is_sure : bool
        Whether rows and header are as in `grid` for every reader.
    decimal : str
        The decimal mark.
    """

    grid: Grid
    given: dict[str, str]
    is_sure: bool
    decimal: str = "."


def base(rng: random.Random) -> Grid:
    """Return a table with columns of every kind."""
    n = rng.choice((1, 2, 3, 8, 8, 8, 25))
    makers: dict[str, Callable[[], str]] = {
        "size": lambda: f"{rng.uniform(-20, 2000):.{rng.randint(1, 8)}f}",
        "count": lambda: str(rng.randint(-5, 5000)),
        "color": lambda: rng.choice(("red", "blue", "green")),
        "day": lambda: f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        "wet": lambda: rng.choice(("TRUE", "FALSE")),
        "tiny": lambda: f"{rng.uniform(0, 1):.3e}",
        "y": lambda: f"{rng.gauss(0, 3):.3f}",
    }
    names = rng.sample(list(makers), rng.randint(1, len(makers)))
    return [names, *([makers[name]() for name in names] for _ in range(n))]


def change_cells(rng: random.Random, grid: Grid) -> None:
    """Change some cells, or a whole column in one manner."""
    for _ in range(rng.choice((0, 1, 1, 2, 5))):
        row, column = rng.randrange(1, len(grid)), rng.randrange(len(grid[0]))
        grid[row][column] = rng.choice(STRANGE)
    if rng.random() < 0.25:
        column = rng.randrange(len(grid[0]))
        texts = rng.sample(STRANGE, rng.randint(1, 3))
        for row in grid[1:]:
            row[column] = rng.choice(texts)
    elif rng.random() < 0.2:
        column = rng.randrange(len(grid[0]))
        manner = rng.choice(
            (
                "{} mm",
                "${}",
                "{} %",
                "{}€",
                " {}",
                "{} ",
                "+{}",
                "({})",
                "'{}'",
                '"{}"',
                "{}-",
                "~{}",
            )
        )
        for row in grid[1:]:
            row[column] = manner.format(row[column])


def change_shape(rng: random.Random, grid: Grid) -> None:
    """Change the header or the rows in a way that leaves more than one possible table."""
    change = rng.randrange(9)
    at = rng.randrange(len(grid))
    if change == 0:
        grid[0][rng.randrange(len(grid[0]))] = rng.choice((*STRANGE, *grid[0]))
    elif change == 1:
        del grid[at][rng.randrange(len(grid[at])) :]
    elif change == 2:
        grid[at] += rng.choices(STRANGE, k=rng.randint(1, 3))
    elif change == 3:
        grid.insert(
            at, rng.choice(([], ["# a comment"], ["A title"], ["m", "s"], [""] * len(grid[0])))
        )
    elif change == 4:
        grid.insert(0, rng.choice((["Title"], ["sep=;"], ["# made by"], [""], ["name", "value"])))
    elif change == 5:
        del grid[0]
    elif change == 6:
        grid.append(rng.choice((["Total", "12"], ["End"], grid[0])))
    elif change == 7:
        grid[:] = (
            [list(row) for row in zip_longest(*grid, fillvalue="")] if len(grid) < 12 else grid
        )
    else:
        grid[:] = [[*row, ""] for row in grid]


def is_clear(grid: Grid) -> bool:
    """Whether names are distinct, and no row is blank, which readers leave out."""
    return len(set(grid[0])) == len(grid[0]) and all(map(str.strip, map("".join, grid)))


def as_text(rng: random.Random, grid: Grid, *, is_sure: bool) -> tuple[str, bytes, Written]:
    """Write a grid as text."""
    mark, decimal = rng.choice(MARKS), "."
    if mark != "," and rng.random() < 0.4:
        decimal = ","
        grid = [
            grid[0],
            *([c.replace(".", ",") if PLAIN.fullmatch(c) else c for c in row] for row in grid[1:]),
        ]
    buffer = io.StringIO()
    quoting = rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC))
    end = rng.choice(("\n", "\n", "\r\n", "\r"))
    csv.writer(buffer, delimiter=mark, quoting=quoting, lineterminator=end).writerows(grid)
    text = buffer.getvalue()
    if rng.random() < 0.1:
        text = text.removesuffix(end)
    encoding = rng.choice(ENCODINGS)
    given = {"separator": mark, "decimal": decimal} if rng.random() < 0.5 else {}
    if (
        given and len(grid[0]) == 1
    ):  # text in its second row could be the name below a title, or a unit
        given |= {"header": "yes", "units": "none"}
    cells = [cell for row in grid for cell in row]
    plain = all(cell.isprintable() and cell == cell.strip() for cell in cells)
    is_sure = is_sure and plain and bool(given) and is_clear(grid)
    written = Written(grid, given, is_sure and encoding.startswith("utf-8"), decimal)
    return ".csv", text.encode(encoding, "replace"), written


def as_workbook(rng: random.Random, grid: Grid, *, is_sure: bool) -> tuple[str, bytes, Written]:
    """Write a grid as a workbook, whose XML is changed in a part of the mutants."""
    book = openpyxl.Workbook()
    for row in grid:
        cells = [re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", cell) for cell in row]
        book.active.append([float(c) if PLAIN.fullmatch(c) else c for c in cells])
    file = io.BytesIO()
    book.save(file)
    content = file.getvalue()
    if rng.random() < 0.5:
        return ".xlsx", _with_changed_part(rng, content), Written(grid, {}, is_sure=False)
    return ".xlsx", content, as_sheet(grid, is_sure=is_sure)


def as_sheet(grid: Grid, *, is_sure: bool) -> Written:
    """How a grid was written into a sheet, which has no control characters.

    Text in its second row could be names below a title, or in one column a unit, so both are given.
    """
    shown = [[re.sub(r"[\x00-\x1f]", "", cell) for cell in row] for row in grid]
    given = {"header": "yes"} | ({"units": "none"} if len(grid[0]) == 1 else {})
    return Written(grid, given if is_sure else {}, is_sure and is_clear(shown))


XML = (
    (rb't="n"', b't="s"'), (rb't="s"', b't="n"'), (rb't="n"', b't="b"'), (rb't="n"', b't="e"'), (rb't="n"', b't="d"'),
    (rb'r="[A-Z]+\d+"', b'r="ZZZ99999999"'), (rb'r="[A-Z]+\d+"', b""), (rb'r="\d+"', b'r="30000000"'), (rb'r="\d+"', b'r="-1"'),
    (rb"<v>[^<]*</v>", b"<v>1e999</v>"), (rb"<v>[^<]*</v>", b"<v>999999</v>"), (rb"<v>[^<]*</v>", b"<v/>"), (rb"<v>", b"<f>A1</f><v>"),
    (rb"<v>[^<]*</v>", b"<v>nan</v>"), (rb"</row>", b""), (rb"<row", b"<row/><row"), (rb"<c ", b"<c/><c "), (rb's="\d+"', b's="99"'),
    (rb"<sheetData>", b"<sheetData><sheetData>"), (rb"sheet1", b"sheet9"), (rb'sheetId="1"', b'sheetId="x"'), (rb"<si>", b"<si/><si>"),
    (rb'ref="[^"]*"', b'ref="A1:XFD1048576"'), (rb"<t>[^<]*</t>", b"<t/>"), (rb"<t>", b"<t>&#7;"), (rb'count="\d+"', b'count="-1"'),
    (rb"<workbookPr", b'<workbookPr date1904="1"'), (rb"</sheetData>", b'<mergeCell ref="A1:B9"/></sheetData>'), (rb"<\?xml", b"<!DOCTYPE a><?xml"),
)  # fmt: skip


def _with_changed_part(rng: random.Random, content: bytes) -> bytes:
    """Change the XML of one file of a workbook, or leave out the file."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    for _ in range(rng.randint(1, 3)):
        pattern, new = rng.choice(XML)
        fitting = [name for name in parts if re.search(pattern, parts[name])]
        if fitting:
            name = rng.choice(fitting)
            spots = [*re.finditer(pattern, parts[name])]
            spot = rng.choice(spots)
            parts[name] = parts[name][: spot.start()] + new + parts[name][spot.end() :]
    if rng.random() < 0.1:
        del parts[rng.choice(list(parts))]
    return _zipped(parts)


def _zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def as_open_document(
    rng: random.Random, grid: Grid, *, is_sure: bool
) -> tuple[str, bytes, Written]:
    """Write a grid as an OpenDocument spreadsheet."""
    kind, uri = (
        "application/vnd.oasis.opendocument.spreadsheet",
        "urn:oasis:names:tc:opendocument:xmlns",
    )

    def cell(text: str) -> str:
        if PLAIN.fullmatch(text):
            return f'<table:table-cell office:value-type="float" office:value="{text}"/>'
        shown = escape(re.sub(r"[\x00-\x1f]", "", text))
        return f'<table:table-cell office:value-type="string"><text:p>{shown}</text:p></table:table-cell>'

    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in grid)
    names = " ".join(f'xmlns:{name}="{uri}:{name}:1.0"' for name in ("office", "table", "text"))
    body = f'<office:body><office:spreadsheet><table:table table:name="a">{rows}</table:table></office:spreadsheet></office:body>'
    content = f"<office:document-content {names}>{body}</office:document-content>"
    if rng.random() < 0.5:
        old = rng.choice(
            (
                "<table:table-row>",
                "<table:table-cell ",
                'office:value-type="float"',
                "</text:p>",
                "office:value",
            )
        )
        many = rng.choice(("99999999999", "1000000", "-1", "x"))
        new = {"<table:table-row>": f'<table:table-row table:number-rows-repeated="{many}">',
               "<table:table-cell ": f'<table:table-cell table:number-columns-repeated="{many}" '}  # fmt: skip
        content = content.replace(
            old, new.get(old, rng.choice(('office:value-type="date"', "", "<", "a"))), 1
        )
        is_sure = False
    manifest = f'<m:manifest xmlns:m="{uri}:manifest:1.0"><m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>'
    parts = {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
    data = _zipped({name: text.encode("utf-8", "replace") for name, text in parts.items()})
    return ".ods", data, as_sheet(grid, is_sure=is_sure)


def _columns(grid: Grid) -> dict[str, list[str]]:
    """Return the columns of a grid by name; short rows are filled."""
    width = max(1, *map(len, grid))
    filled = [[*row, *[""] * (width - len(row))] for row in grid]
    return {
        f"{name or 'c'}_{i}": list(cells)
        for i, (name, *cells) in enumerate(zip(*filled, strict=True))
    }


def as_parquet(rng: random.Random, grid: Grid, *, is_sure: bool) -> tuple[str, bytes, Written]:
    """Write a grid as Parquet, with one of several types for each column."""
    columns = {}
    for name, cells in _columns(grid).items():
        if all(map(PLAIN.fullmatch, cells)):
            kind = rng.choice((pyarrow.float64(), pyarrow.float64(), pyarrow.decimal128(38, 18)))
            columns[name] = pyarrow.array([float(c) for c in cells]).cast(kind, safe=False)
        else:
            texts = pyarrow.array(cells)
            columns[name] = rng.choice(
                (texts, texts.dictionary_encode(), pyarrow.array([[c] for c in cells]))
            )
    file = io.BytesIO()
    compression = rng.choice(("none", "snappy", "gzip", "zstd"))
    pyarrow.parquet.write_table(pyarrow.table(columns), file, compression=compression)
    return ".parquet", file.getvalue(), Written(grid, {}, is_sure=False)


def as_matlab(rng: random.Random, grid: Grid, *, is_sure: bool) -> tuple[str, bytes, Written]:
    """Write a grid as a MATLAB file, with variables of several classes, and changed lengths in a part of the mutants."""
    variables: dict[str, object] = {}
    for i, (name, cells) in enumerate(_columns(grid).items()):
        key = re.sub(r"\W", "", f"v{i}{name}", flags=re.ASCII)[:30]
        if all(map(PLAIN.fullmatch, cells)):
            kind = rng.choice((float, float, np.float32, complex))
            variables[key] = np.array(list(map(float, cells))).astype(kind)[:, None]
        else:
            variables[key] = np.array(cells, dtype=object)[:, None]
    if rng.random() < 0.3:
        variables = {"table": variables, "other": rng.choice((variables, 3.0, "text"))}
    file = io.BytesIO()
    scipy.io.savemat(file, variables, do_compression=rng.random() < 0.4)
    content = bytearray(file.getvalue())
    if rng.random() < 0.7:
        for _ in range(rng.randint(1, 3)):  # tags and lengths are words of four bytes
            at = 128 + 4 * rng.randrange((len(content) - 128) // 4)
            word = rng.choice(
                (0, 1, 2, 5, 14, 15, 2**31 - 1, 2**32 - 1, 10**6, rng.getrandbits(32))
            )
            content[at : at + 4] = word.to_bytes(4, "little")
    return ".mat", bytes(content), Written(grid, {}, is_sure=False)


FORMATS = {as_text: 12, as_workbook: 3, as_open_document: 1, as_parquet: 2, as_matlab: 4}
"""Functions that write a grid, and how often each is chosen."""
PACKED: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zip": lambda content: _zipped({"table": content}),
}


def change_bytes(rng: random.Random, content: bytes) -> bytes:
    """Change, leave out, insert or repeat some bytes, or cut the file."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(data)) if data else 0
        length = rng.choice((1, 1, 4, 40))
        change = rng.randrange(5)
        if change == 0 and data:
            data[at] ^= 1 << rng.randrange(8)
        elif change == 1:
            del data[at : at + length]
        elif change == 2:
            data[at:at] = rng.randbytes(length)
        elif change == 3:
            data[at:at] = data[at : at + length] * rng.choice((1, 2, 100))
        elif rng.random() < 0.3:
            del data[at:]
    return bytes(data)


def make(rng: random.Random) -> Mutant:
    """Make a mutant."""
    grid = base(rng)
    change_cells(rng, grid)
    is_sure = rng.random() < 0.6
    if not is_sure:
        for _ in range(rng.randint(1, 2)):
            change_shape(rng, grid)
            grid = grid if any(grid) else [["x"]]
            grid = [row if row else [""] for row in grid]
    write = rng.choices(list(FORMATS), weights=list(FORMATS.values()))[0]
    ending, content, written = write(rng, grid, is_sure=is_sure)
    if ending in (".csv", ".parquet", ".mat") and rng.random() < 0.15:
        packed = rng.choice(list(PACKED))
        ending, content = ending + packed, PACKED[packed](content)
    if rng.random() < 0.25:
        content, written = change_bytes(rng, content), replace(written, is_sure=False)
    return Mutant(f"table{ending}", content, written)


def number(text: str, decimal: str) -> float | None:
    """Return the value of a cell that is a plain number; None if it is not surely one."""
    plain = text if decimal == "." else text.replace(".", "?").replace(",", ".")
    return float(plain) if PLAIN.fullmatch(plain) and not UNCLEAR.fullmatch(text) else None


def require_numbers(written: Written, table: sn.Table) -> None:
    """Raise unless the columns of plain numbers are as an independent reader has them."""
    names, *rows = written.grid
    if len(table) != len(rows) or list(table.columns) != names:
        raise Broken(f"read {len(table)} rows of {table.columns}, not {len(rows)} of {names}")
    for name, cells in zip(names, zip(*rows, strict=True), strict=True):
        values = [number(cell, written.decimal) for cell in cells]
        if None in values:
            continue
        found = table.column(name).tolist()
        if table.kind(name) != "number" or list(map(float, found)) != values:
            raise Broken(f"column {name!r} is {found[:5]!r}, not {values[:5]!r} ({table.reading})")


def law(mutant: Mutant, path: Path) -> str:
    """Read a mutant, compare its numbers, and fit a part of them."""
    written = mutant.about
    assert isinstance(written, Written)
    try:
        table = sn.read_table(path, **written.given)
    except sn.SheernetError as error:
        return refused(error, path)
    if written.is_sure and all(len(row) == len(written.grid[0]) for row in written.grid):
        require_numbers(written, table)
    if len(mutant.content) % 8:
        return "read"
    try:
        sn.fit(table, table.columns[-1], hidden=1, starts=1, max_iter=2, missing="impute").predict(
            table
        )
    except sn.SheernetError as error:
        refused(error, path)
    return "read and fitted"


if __name__ == "__main__":
    x = np.linspace(0.0, 1.0, 20)
    sn.fit({"x": x, "y": np.exp(x)}, "y", decay=0.01, starts=1)  # imports the libraries, once
    main(make, law, __doc__.splitlines()[0])
