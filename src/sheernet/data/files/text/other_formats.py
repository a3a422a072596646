"""Recognizing text files that hold a table, or other data, in another format than lines of values.

Otherwise they would be read as tables of one column or with meaningless names.  The formats are recognized by the first
lines of the decoded file.  They are not searched for if an option states which lines of the file to read.
"""

from __future__ import annotations

import re

from sheernet.data.files.signatures import WEB_PAGE
from sheernet.data.files.text.text_encoding import Text
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.settings.read_settings import ReadSettings

_FROM_R = "write the table with write.csv"
_AS_CSV = "save the table as CSV"
_DRAWN = r"(?:[ \t]*[|+]?[ \t]*:?-{2,}[-+|: \t]*|\|[ \t]*:?-+:?[ \t]*)[|+][-+|: \t]*$"
_FORMATS = {
    r"RDA[23]\nA\n": ("an R workspace in ASCII", _FROM_R),
    r"A\n[23]\n\d+\n\d+\n": ("an R object (RDS) in ASCII", _FROM_R),
    r"(?:# Created by Octave.*\n)?# name: .*\n# type: ": (
        "a text file of Octave's save",
        "save the variables with save('-v7', 'data.mat', ...), or a matrix with csvwrite",
    ),
    r"TABLE\n0,1\n\"": ("a Data Interchange Format file (DIF)", _AS_CSV),
    r"ID;P.*\n[BCFOP];": ("a SYLK file", "save it as .xlsx or as CSV"),
    r"\s*(?:\{\s*[\"}]|\[\s*[\[{])": ("JSON", f"read it in your program and {_AS_CSV.replace('save', 'write')}"),
    r"(?:%YAML.*\n)?(?:---[ \t]*\n)?(?:[\w \"']+:[ \t]*\n)?[ \t]*- [\w\"' ]+:(?: .*)?\n(?:[ \t]+[\w\"' ]+:|[ \t]*- )": (
        "YAML", f"read it in your program and {_AS_CSV.replace('save', 'write')}",
    ),
    r"\s*(?i:<head|<body|<table|<div|<!--)": WEB_PAGE,
    r"\s*(?:%.*\n\s*)*\\(?:begin|documentclass|table|hline|toprule)\b": ("a LaTeX table", _AS_CSV),
    rf"[^\n]*\|[^\n]*\n{_DRAWN}": ("a table drawn with bars and lines, as in Markdown", _AS_CSV),
}  # fmt: skip
"""Patterns of the beginnings of files, each with the format and the advice."""
_PATTERNS = {re.compile(form, re.MULTILINE): said for form, said in _FORMATS.items()}
_LONGEST = 2**12


def require_lines_of_values(text: Text, options: ReadSettings) -> None:
    """Raise InvalidInput if a text file has another format and no option states which of its lines hold the table."""
    if options.skip or options.comment is not None or options.separator is not None:
        return
    head = text.head.replace("\r\n", "\n").replace("\r", "\n")
    found = _other_format(head[:_LONGEST])
    if found is not None:
        raise InvalidInput(
            "{} is {}, which cannot be read as a table; {} (or, if it is a table below other lines, give {})",
            text.name, *found, Setting("skip"),
        )  # fmt: skip


def _other_format(start: str) -> tuple[str, str] | None:
    """Return the format with which a text begins, and the advice; None if it may be lines of values."""
    return next((said for form, said in _PATTERNS.items() if form.match(start)), None)
