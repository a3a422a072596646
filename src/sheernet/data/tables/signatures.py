"""Recognizing the type of a file by its first bytes, which are more reliable than its name."""

from __future__ import annotations

GZIP, BZIP2, XZ, ZSTANDARD, ZIP = "gzip", "bzip2", "xz", "Zstandard", "ZIP"
PARQUET, MATLAB = "Parquet", "MATLAB"
TABLES = {b"PAR1": PARQUET, b"MATLAB 5.0 MAT-file": MATLAB}
"""First bytes of files that are tables."""
COMPRESSED = {
    b"\x1f\x8b": GZIP,
    b"BZh": BZIP2,
    b"\xfd7zXZ\x00": XZ,
    b"\x28\xb5\x2f\xfd": ZSTANDARD,
    b"PK\x03\x04": ZIP,
    b"PK\x05\x06": ZIP,  # without a file in it
}
"""First bytes of files that contain another file."""

_AS_CSV = "save the table as CSV"
_THE_TABLE = "give the file of the table"
_UNPACK = "unpack it and give the file of the table"
_FROM_R = "write the table with write.csv"
_PICKLE = ("a Python pickle", f"pickles are not opened because they can run programs; {_AS_CSV}")
_WEB_PAGE = ("a web page", "download the file itself, not the page that shows it")
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
    **dict.fromkeys((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"), _PICKLE),
    **dict.fromkeys((b"RDX2\n", b"RDX3\n"), ("a workspace of R", _FROM_R)),
    b"X\n\x00\x00\x00": ("an object of R", _FROM_R),
    b"ARROW1": ("an Arrow file", "save it as Parquet or as CSV"),
    b"SQLite format 3\x00": ("an SQLite database", "export the table as CSV"),
    b"$FL2": ("an SPSS file", _AS_CSV),
    b"<stata_dta>": ("a Stata file", _AS_CSV),
    b"%PDF-": ("a PDF document", _AS_CSV),
    b"\x89PNG\r\n": ("a picture (PNG)", _THE_TABLE),
    b"\xff\xd8\xff": ("a picture (JPEG)", _THE_TABLE),
    b"GIF8": ("a picture (GIF)", _THE_TABLE),
    b"\x7fELF": ("a program", _THE_TABLE),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", _UNPACK),
    b"Rar!\x1a\x07": ("a RAR archive", _UNPACK),
    b"{\\rtf": ("a document (RTF)", _AS_CSV),
    b"<?xml": ("an XML document", _AS_CSV),
    **dict.fromkeys((b"<!DOCTYPE", b"<!doctype", b"<html"), _WEB_PAGE),
    b"version https://git-lfs": ("a pointer of Git LFS", "fetch the file itself with git lfs pull"),
}
"""First bytes of files that are not read, each with its type and the advice."""

LONGEST = 512
"""Number of first bytes that are enough to recognize any of these types."""


def begins_with(start: bytes, kinds: dict[bytes, str]) -> str:
    """The type of a file by its first bytes, or ""."""
    return next((name for mark, name in kinds.items() if start.startswith(mark)), "")


def refusal(start: bytes) -> tuple[str, str] | None:
    """The type of a file that is not a table, and the advice; None if it may be a table."""
    if start[257:262] == b"ustar":
        return "an archive of files (tar)", _UNPACK
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, found in REFUSED.items():
        if start.startswith(mark) or (mark.startswith(b"<") and text.startswith(mark)):
            return found
    return None
