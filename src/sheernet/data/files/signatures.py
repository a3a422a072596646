"""Recognizing the type of a file by its first bytes (its signature), which is more reliable than its extension."""

from __future__ import annotations

import mmap
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
"""Signature of a compound file, which has several streams, as Microsoft Office writes it."""
_LOCKED = (
    "protected by a password",
    "remove the password (in Excel: File, Info, Protect Workbook, Encrypt with Password) and save it again",
)
_OLD_EXCEL = ("an Excel workbook of a version before 2007 (.xls)", "save it as .xlsx or as CSV")
STREAMS = {
    "EncryptedPackage": _LOCKED,
    "Workbook": _OLD_EXCEL,
    "Book": _OLD_EXCEL,
    "WordDocument": ("a Word document of a version before 2007", "save the table as CSV"),
    "PowerPoint Document": ("a presentation of a version before 2007", "save the table as CSV"),
}
"""Names of streams in compound files, each with the file type and the advice."""
MEMBERS = {
    "xl/workbook.bin": ("a binary Excel workbook (.xlsb)", "save it as .xlsx or as CSV"),
    "word/document.xml": ("a Word document", "save the table as CSV"),
    "ppt/presentation.xml": ("a presentation", "save the table as CSV"),
    "Index/Document.iwa": (
        "a file of Apple Numbers, Pages or Keynote",
        "export the table as CSV or Excel",
    ),
}
"""Names of files in ZIP archives that are documents, each with the file type and the advice."""

_AS_CSV = "save the table as CSV"
_THE_TABLE = "give the file that contains the table"
_UNPACK = "unpack it and give the file that contains the table"
_FROM_R = "write the table with write.csv"
_PICKLE = ("a Python pickle", f"pickles are not read because they can run programs; {_AS_CSV}")
_MATLAB_7_3 = (
    "a MATLAB file of version 7.3",
    "save it with save(..., '-v7') or write the table with writetable",
)
_BINARY_OF_LOGGER = (
    "a binary file of a Campbell data logger",
    "convert it to TOA5 with CardConvert of LoggerNet",
)
WEB_PAGE = (
    "a web page (HTML)",
    "download the file itself, not the page that shows it; if it is called .xls, open it in Excel and save it as .xlsx",
)
UNREADABLE = {
    b"\x89HDF\r\n\x1a\n": ("an HDF5 file", _AS_CSV),
    b"MATLAB 7.3 MAT-file": _MATLAB_7_3,
    COMPOUND: ("a Microsoft Office file of a version before 2007", "save it as .xlsx or as CSV"),
    b"\x93NUMPY": ("a NumPy array", "load it with numpy.load and give the columns"),
    **dict.fromkeys((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"), _PICKLE),
    **dict.fromkeys((b"RDX2\n", b"RDX3\n"), ("an R workspace", _FROM_R)),
    b"X\n\x00\x00\x00": ("an R object (RDS)", _FROM_R),
    b"ARROW1": ("an Arrow file", "save it as Parquet or as CSV"),
    b"SQLite format 3\x00": ("an SQLite database", "export the table as CSV"),
    b"$FL2": ("an SPSS file", _AS_CSV),
    b"<stata_dta>": ("a Stata file", _AS_CSV),
    b"%PDF-": ("a PDF document", _AS_CSV),
    b"\x89PNG\r\n": ("a PNG image", _THE_TABLE),
    b"\xff\xd8\xff": ("a JPEG image", _THE_TABLE),
    b"GIF8": ("a GIF image", _THE_TABLE),
    b"\x7fELF": ("an executable program", _THE_TABLE),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", _UNPACK),
    b"Rar!\x1a\x07": ("a RAR archive", _UNPACK),
    b"{\\rtf": ("an RTF document", _AS_CSV),
    b"<?xml": ("an XML document", _AS_CSV),
    **dict.fromkeys((b"<!DOCTYPE", b"<!doctype", b"<html"), WEB_PAGE),
    **dict.fromkeys((b'"TOB1"', b'"TOB2"', b'"TOB3"'), _BINARY_OF_LOGGER),
    b"DIAHEADER": ("the header of a DIAdem data set", "export the channels from DIAdem as CSV"),
    b"version https://git-lfs": ("a Git LFS pointer", "fetch the file itself with git lfs pull"),
}
"""Signatures of files that cannot be read as tables, each with the file type and the advice."""

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


def has_stream(content: bytes | mmap.mmap, name: str) -> bool:
    """Whether a compound file has a stream with a name; its directory has the names in UTF-16, each ended by NUL."""
    return content.find(f"{name}\0".encode("utf-16-le")) >= 0


def unreadable_type(start: bytes) -> tuple[str, str] | None:
    """Return the type of a file that cannot be read as a table, and the advice; None if it may be a table."""
    if start[257:262] == b"ustar":
        return "a tar archive", _UNPACK
    if start.startswith(b"MATLAB") and start[124:128] in (b"\x00\x02IM", b"\x02\x00MI"):
        return _MATLAB_7_3  # some programs write this version below the title of version 5
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for signature, found in UNREADABLE.items():
        is_markup = signature.startswith(b"<")
        if start.startswith(signature) or (is_markup and text.startswith(signature)):
            return found
    return None
