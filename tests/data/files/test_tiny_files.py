"""Small files that unpack, expand or parse to a lot: each is read or refused in one sentence within 1 GB and 5 seconds.

`read_bounded` reads each file in a process of its own, which is ended after 5 seconds of processor time, so that a busy
machine changes nothing.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest
import scipy.io
import scipy.sparse

from models.files.documents import DOCUMENTS


def _packed(ending: str, compress: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    """Return a function that writes 800 MB of numbers as many small packed parts."""

    def write(folder: Path) -> Path:
        path = folder / f"numbers.csv{ending}"
        part = compress(b"0,0\n" * 2**18)
        path.write_bytes(compress(b"x,y\n") + part * 800)
        return path

    return write


def _workbook(folder: Path, rows: str, name: str = "book.xlsx") -> Path:
    """Write a workbook whose sheet has these rows of XML."""
    plain, path = folder / "plain.xlsx", folder / name
    book = openpyxl.Workbook()
    book.active.append(["x", "y"])
    book.save(plain)
    with (
        zipfile.ZipFile(plain) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for info in old.infolist():
            text = old.read(info)
            if info.filename.startswith("xl/worksheets/"):
                text = text.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
            new.writestr(info.filename, text)
    return path


def far_row(folder: Path) -> Path:
    return _workbook(folder, '<row r="30000000"><c r="A30000000"><v>1</v></c></row>')


def far_cell(folder: Path) -> Path:
    return _workbook(folder, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def far_column(folder: Path) -> Path:
    return _workbook(folder, '<row r="2"><c r="ZZZZZ2"><v>1</v></c></row>')


def many_rows(folder: Path) -> Path:
    return _workbook(folder, "<row/>" * 10_000_000)


def many_cells(folder: Path) -> Path:
    return _workbook(folder, ("<row>" + "<c><v>1</v></c>" * 300 + "</row>") * 3000)


def open_document(folder: Path) -> Path:
    """Write a sheet of one cell that repeats in a billion rows and columns."""
    path, office = folder / "book.ods", "urn:oasis:names:tc:opendocument:xmlns"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" '
        f'xmlns:text="{office}:text:1.0"><office:body><office:spreadsheet><table:table table:name="a">'
        '<table:table-row table:number-rows-repeated="1000000000">'
        '<table:table-cell table:number-columns-repeated="1000000000" office:value-type="float" office:value="1"/>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def many_styles(folder: Path) -> Path:
    """Write a sheet with a hundred megabytes of styles of cells."""
    path, office = open_document(folder), "urn:oasis:names:tc:opendocument:xmlns"
    styles = "".join(f'<style:style style:name="s{n}"/>' for n in range(3_000_000))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(
            "styles.xml", f'<styles xmlns:style="{office}:style:1.0">{styles}</styles>'
        )
    return path


def _parquet(folder: Path, **columns: Any) -> Path:
    path = folder / "table.parquet"
    pyarrow.parquet.write_table(
        pa.table(columns), path, compression="zstd", store_schema=False,
        dictionary_pagesize_limit=2**30, row_group_size=2**30,
    )  # fmt: skip
    return path


def one_string_often(folder: Path) -> Path:
    text = pa.array(["a" * 10_000_000])
    return _parquet(
        folder, x=pa.DictionaryArray.from_arrays(pa.array([0] * 1000, pa.int32()), text)
    )


def one_list(folder: Path) -> Path:
    zeros = pa.array(np.zeros(2**26, dtype=np.int8))
    return _parquet(
        folder, x=pa.ListArray.from_arrays(pa.array([0, len(zeros)], pa.int32()), zeros)
    )


def missing_only(folder: Path) -> Path:
    return _parquet(folder, **{f"x{i}": pa.nulls(2**20, pa.float64()) for i in range(200)})


def equal_strings(folder: Path) -> Path:
    text = pa.array(["a"])
    one = pa.DictionaryArray.from_arrays(pa.array(np.zeros(2**24, dtype=np.int32)), text)
    return _parquet(folder, x=one, y=one)


def sparse_matrices(folder: Path) -> Path:
    path = folder / "sparse.mat"
    one = scipy.sparse.coo_array(([1.0], ([0], [0])), shape=(10_000, 10_000)).tocsc()
    scipy.io.savemat(path, {f"x{i}": one for i in range(7)}, do_compression=True)
    return path


def sparse_wide(folder: Path) -> Path:
    path = folder / "sparse.mat"
    wide = scipy.sparse.coo_array(([1.0], ([0], [0])), shape=(2, 2_000_000)).tocsc()
    scipy.io.savemat(path, {"x": wide}, do_compression=True)
    return path


def sparse_columns(folder: Path) -> Path:
    """Write a sparse matrix whose file states more rows than it has bytes."""
    path = folder / "sparse.mat"
    tall = scipy.sparse.coo_array(([1.0], ([0], [0])), shape=(2_000_000_000, 1)).tocsc()
    scipy.io.savemat(path, {"x": tall}, do_compression=True)
    return path


def zeros_in_matlab(folder: Path) -> Path:
    path = folder / "zeros.mat"
    zeros = {f"x{i}": np.zeros((2**22, 1)) for i in range(30)}
    scipy.io.savemat(path, zeros, do_compression=True)
    return path


def texts_in_matlab(folder: Path) -> Path:
    path = folder / "texts.mat"
    scipy.io.savemat(path, {"x": np.full(2**22, "a", dtype="<U1")}, do_compression=True)
    return path


def many_digits(folder: Path) -> Path:
    path = folder / "digits.csv"
    path.write_text("x,y\n" + "1" * 5000 + ",1\n" + "2" * 5000 + ",2\n")
    return path


def many_thousands(folder: Path) -> Path:
    path = folder / "thousands.csv"
    path.write_text("x;y\n" + "1" + ".111" * 200_000 + ";1\n2;2\n")
    return path


def many_columns(folder: Path) -> Path:
    path = folder / "columns.csv"
    path.write_text(
        ",".join(f"x{i}" for i in range(20_000)) + "\n" + ",".join("12" * 10_000) + "\n"
    )
    return path


def many_quotes(folder: Path) -> Path:
    path = folder / "quotes.csv"
    path.write_text('x,y\n"' + '""' * 500_000 + '",1\n')
    return path


def many_classes(folder: Path) -> Path:
    """Write a model of 3000 classes, most of which is its matrix of confusions."""
    path, n = folder / "model.json", 3000
    document = json.loads(json.dumps(DOCUMENTS["classification"]))
    document["targets"]["classes"] = [f"{i:04}" for i in range(n)]
    for fit in (document["training_fit"], document["held_out_fit"]):
        fit["confusion"] = [[0] * n] * n
    for member in document["members"]:
        member["layers"][-1]["units"] = n
    path.write_text(json.dumps(document, separators=(",", ":")))
    return path


def long_model(folder: Path) -> Path:
    """Write a model whose history has ten million numbers."""
    path = folder / "model.json"
    document = json.loads(json.dumps(DOCUMENTS["regression"]))
    for column in document["members"][0]["record"]:
        document["members"][0]["record"][column] = [0] * 1_000_000
    path.write_text(json.dumps(document, separators=(",", ":")))
    return path


FILES = [
    _packed(".gz", gzip.compress), _packed(".bz2", bz2.compress), _packed(".xz", lzma.compress), far_row, far_cell,
    far_column, many_rows, many_cells, open_document, many_styles, one_string_often, one_list, missing_only,
    equal_strings, sparse_matrices, sparse_wide, sparse_columns, zeros_in_matlab, texts_in_matlab, many_digits,
    many_thousands, many_columns, many_quotes, many_classes, long_model,
]  # fmt: skip
NAMES = ["gzip", "bzip2", "xz", *(write.__name__ for write in FILES[3:])]


@pytest.mark.parametrize("write", FILES, ids=NAMES)
def test_a_small_file_costs_little(
    write: Callable[[Path], Path], tmp_path: Path, read_bounded: Callable[..., str]
) -> None:
    read_bounded(write(tmp_path), seconds=5)
