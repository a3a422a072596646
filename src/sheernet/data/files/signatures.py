"""Recognizing the type of a file by its first bytes (its signature), which is more reliable than its extension."""

from __future__ import annotations

import re

GZIP, BZIP2, XZ, ZSTANDARD, ZIP = "gzip", "bzip2", "xz", "Zstandard", "ZIP"
PARQUET, MATLAB = "Parquet", "MATLAB"
TABLES = {b"PAR1": PARQUET, b"MATLAB 5.0 MAT-file": MATLAB}
"""Signatures of file types that are read as tables."""
_MATLAB_4 = re.compile(
    rb"(?:[\0-\x34]\0\0\0.{8}[\0\1]\0\0\0[\2-\x7f]\0\0\0|\0\0[\3\4].{9}\0\0\0[\0\1]\0\0\0[\2-\x7f])[A-Za-z_]\w*\0",
    re.DOTALL,
)
"""The first variable of a MATLAB file of version 4, in either byte order; such a file has no signature."""
COMPRESSED = {
    b"\x1f\x8b": GZIP,
    b"BZh": BZIP2,
    b"\xfd7zXZ\x00": XZ,
    b"\x28\xb5\x2f\xfd": ZSTANDARD,
    b"PK\x03\x04": ZIP,
    b"PK\x05\x06": ZIP,  # an empty archive
}
"""Signatures of compressed files."""
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Signature of a compound file, as Microsoft Office writes it."""
BINARY_WORKBOOK = "xl/workbook.bin"
_AS_CSV = "save the table as CSV"
_MATLAB_7_3 = (
    "a MATLAB file of version 7.3",
    "save it with save(..., '-v7') or write the table with writetable",
)
_WEB_PAGE = (
    "a web page (HTML)",
    "download the file itself, not the page that shows it; if it is called .xls, save it as .xlsx in Excel",
)
UNREADABLE = {
    COMPOUND: (
        "a Microsoft Office file of a version before 2007, or protected by a password",
        "save it as .xlsx without a password, or as CSV",
    ),
    b"MATLAB 7.3 MAT-file": _MATLAB_7_3,
    b"\x89HDF\r\n\x1a\n": ("an HDF5 file", _AS_CSV),
    b"\x93NUMPY": ("a NumPy array", "load it with numpy.load and give the columns"),
    **dict.fromkeys((b"RDX2\n", b"RDX3\n", b"X\n\x00\x00\x00"), ("an R file", _AS_CSV)),
    b"ARROW1": ("an Arrow file", "save it as Parquet or as CSV"),
    b"<stata_dta>": ("a Stata file", _AS_CSV),
    b"%PDF-": ("a PDF document", _AS_CSV),
    b"{\\rtf": ("an RTF document", _AS_CSV),
    b"<?xml": ("an XML document", _AS_CSV),
    **dict.fromkeys((b"<!DOCTYPE", b"<!doctype", b"<html"), _WEB_PAGE),
    b"version https://git-lfs": ("a Git LFS pointer", "fetch the file itself with git lfs pull"),
}
"""Signatures of files that cannot be read as tables, each with the file type and the advice.

Other binary files are refused, too, because they are not text.
"""
LONGEST = 512
"""Number of bytes from the beginning of a file that suffice to recognize all these types."""


def type_by_signature(start: bytes, types: dict[bytes, str]) -> str:
    """Return the type of a file by its first bytes, or "" if it is none of `types`."""
    return next((name for signature, name in types.items() if start.startswith(signature)), "")


def type_of_table(start: bytes) -> str:
    """Return the type of a file that is read as a table by its first bytes, or "" if it may be text."""
    return MATLAB if is_matlab_4(start) else type_by_signature(start, TABLES)


def is_matlab_4(start: bytes) -> bool:
    """Whether the first bytes of a file are those of a MATLAB file of version 4."""
    return _MATLAB_4.match(start) is not None


def unreadable_type(start: bytes) -> tuple[str, str] | None:
    """Return the type of a file that cannot be read as a table, and the advice; None if it may be a table."""
    if start[257:262] == b"ustar":
        return "a tar archive", "unpack it and give the file that contains the table"
    if start.startswith(b"MATLAB") and start[124:128] in (b"\x00\x02IM", b"\x02\x00MI"):
        return _MATLAB_7_3  # some programs write this version below the title of version 5
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for signature, found in UNREADABLE.items():
        is_markup = signature.startswith(b"<")
        if start.startswith(signature) or (is_markup and text.startswith(signature)):
            return found
    return None
