"""What a file is, from its first bytes: names lie more often than contents do."""

from __future__ import annotations

GZIP, BZIP2, XZ, ZSTANDARD, ZIP = "gzip", "bzip2", "xz", "Zstandard", "ZIP"
PARQUET, MATLAB = "Parquet", "MATLAB"
TABLES = {b"PAR1": PARQUET, b"MATLAB 5.0 MAT-file": MATLAB}
"""Files that are tables, by how they begin."""
COMPRESSED = {
    b"\x1f\x8b": GZIP,
    b"BZh": BZIP2,
    b"\xfd7zXZ\x00": XZ,
    b"\x28\xb5\x2f\xfd": ZSTANDARD,
    b"PK\x03\x04": ZIP,
    b"PK\x05\x06": ZIP,  # without a file in it
}
"""Files that hold another one, by how they begin."""

_AS_CSV = "save the table as CSV"
REFUSED = {
    b"\x89HDF\r\n\x1a\n": ("an HDF5 file", _AS_CSV),
    b"MATLAB 7.3 MAT-file": (
        "a MATLAB file of version 7.3",
        "save it with save(..., '-v7') or write the table with writetable",
    ),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": (
        "a file of an Office program before 2007",
        "save it as .xlsx or as CSV",
    ),
    b"\x93NUMPY": ("a NumPy array", "load it with numpy.load and give the columns"),
    b"\x80\x02": (
        "a Python pickle",
        f"pickles are not opened because they can run programs; {_AS_CSV}",
    ),
    b"\x80\x03": (
        "a Python pickle",
        f"pickles are not opened because they can run programs; {_AS_CSV}",
    ),
    b"\x80\x04": (
        "a Python pickle",
        f"pickles are not opened because they can run programs; {_AS_CSV}",
    ),
    b"\x80\x05": (
        "a Python pickle",
        f"pickles are not opened because they can run programs; {_AS_CSV}",
    ),
    b"RDX2\n": ("a workspace of R", "write the table with write.csv"),
    b"RDX3\n": ("a workspace of R", "write the table with write.csv"),
    b"X\n\x00\x00\x00": ("an object of R", "write the table with write.csv"),
    b"ARROW1": ("an Arrow file", "save it as Parquet or as CSV"),
    b"SQLite format 3\x00": ("an SQLite database", "export the table as CSV"),
    b"$FL2": ("an SPSS file", _AS_CSV),
    b"<stata_dta>": ("a Stata file", _AS_CSV),
    b"%PDF-": ("a PDF document", _AS_CSV),
    b"\x89PNG\r\n": ("a picture (PNG)", "give the file of the table"),
    b"\xff\xd8\xff": ("a picture (JPEG)", "give the file of the table"),
    b"GIF8": ("a picture (GIF)", "give the file of the table"),
    b"\x7fELF": ("a program", "give the file of the table"),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "unpack it and give the file of the table"),
    b"Rar!\x1a\x07": ("a RAR archive", "unpack it and give the file of the table"),
    b"{\\rtf": ("a document (RTF)", _AS_CSV),
    b"<?xml": ("an XML document", _AS_CSV),
    b"<!DOCTYPE": ("a web page", "download the file itself, not the page that shows it"),
    b"<!doctype": ("a web page", "download the file itself, not the page that shows it"),
    b"<html": ("a web page", "download the file itself, not the page that shows it"),
    b"version https://git-lfs": ("a pointer of Git LFS", "fetch the file itself with git lfs pull"),
}
"""Files that are not read: each with what it is and the way out, by how they begin."""

LONGEST = 512
"""Bytes from the beginning of a file that suffice to tell."""


def begins_with(start: bytes, kinds: dict[bytes, str]) -> str:
    """The kind whose mark a file begins with, or ""."""
    return next((name for mark, name in kinds.items() if start.startswith(mark)), "")


def refusal(start: bytes) -> tuple[str, str] | None:
    """What a file of another kind is and the way out, or None where it may be a table."""
    if start[257:262] == b"ustar":
        return "an archive of files (tar)", "unpack it and give the file of the table"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, found in REFUSED.items():
        if start.startswith(mark) or (mark.startswith(b"<") and text.startswith(mark)):
            return found
    return None
