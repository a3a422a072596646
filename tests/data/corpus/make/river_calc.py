"""Write the files of stored/calc with LibreOffice Calc 25.2 from sheets in OpenDocument's flat XML, made here.

Run it as `python tests/data/corpus/make/river_calc.py FOLDER` with tests/ in PYTHONPATH.  The sheets show numbers and dates
as three languages do.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from data.corpus.river import COUNT, DAY, FLOW, ICE, LEVEL, SITE

LANGUAGES = {"en": ("en", "US", 1033), "de": ("de", "DE", 1031), "fr": ("fr", "FR", 1036)}
DATES = {"en": "M/D/Y", "de": "D.M.Y", "fr": "D/M/Y"}
CURRENCIES = {"en": "$", "de": "€", "fr": "€"}
NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
    for name, uri in {
        "office": "office", "table": "table", "text": "text", "number": "datastyle", "style": "style",
    }.items()
)  # fmt: skip


def styles(language: str) -> str:
    """Return number styles as this language shows them."""
    code, country, _ = LANGUAGES[language]
    where = f'number:language="{code}" number:country="{country}"'
    parts = {"D": '<number:day number:style="long"/>', "M": '<number:month number:style="long"/>'}
    date = "".join(
        parts.get(c)
        or ('<number:year number:style="long"/>' if c == "Y" else f"<number:text>{c}</number:text>")
        for c in DATES[language]
    )
    number = '<number:number number:decimal-places="{}" number:min-decimal-places="{}" number:min-integer-digits="1"{}/>'
    grouped = ' number:grouping="true"'
    mark = f"<number:currency-symbol {where}>{CURRENCIES[language]}</number:currency-symbol>"
    amount = number.format(2, 2, grouped)
    money = mark + amount if language == "en" else f"{amount}<number:text> </number:text>{mark}"
    made = {
        "day": f'<number:date-style style:name="N-day" {where}>{date}</number:date-style>',
        "level": f'<number:number-style style:name="N-level" {where}>{number.format(3, 3, "")}</number:number-style>',
        "flow": f'<number:number-style style:name="N-flow" {where}>{number.format(3, 3, grouped)}</number:number-style>',
        "count": f'<number:number-style style:name="N-count" {where}>{number.format(0, 0, grouped)}</number:number-style>',
        "share": f'<number:percentage-style style:name="N-share" {where}>{number.format(1, 1, "")}'
        "<number:text>%</number:text></number:percentage-style>",
        "cost": f'<number:currency-style style:name="N-cost" {where}>{money}</number:currency-style>',
        "ice": f'<number:boolean-style style:name="N-ice" {where}><number:boolean/></number:boolean-style>',
    }  # fmt: skip
    cells = "".join(
        f'<style:style style:name="{name}" style:family="table-cell" style:data-style-name="N-{name}"/>'
        for name in made
    )
    return "".join(made.values()) + cells


def cell(value: object, kind: str = "", span: int = 1) -> str:
    """Return one cell; `kind` is the name of its style."""
    style = f' table:style-name="{kind}"' if kind else ""
    if value is None:
        return "<table:table-cell/>"
    if kind == "day":
        return f'<table:table-cell{style} office:value-type="date" office:date-value="{value}"/>'
    if kind == "ice":
        return f'<table:table-cell{style} office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
    if isinstance(value, (int, float)):
        form = {"share": "percentage", "cost": "currency"}.get(kind, "float")
        return f'<table:table-cell{style} office:value-type="{form}" office:value="{value!r}"/>'
    merged = f' table:number-columns-spanned="{span}"' if span > 1 else ""
    rest = (
        f'<table:covered-table-cell table:number-columns-repeated="{span - 1}"/>'
        if span > 1
        else ""
    )
    return f'<table:table-cell{merged} office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>{rest}'


def row(*cells: str) -> str:
    """Return one row of cells."""
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


COLUMNS = {
    "site": SITE, "day": DAY, "level": LEVEL, "flow": FLOW, "count": COUNT,
    "share": [n / 100000 for n in COUNT], "cost": [n / 4 for n in COUNT], "ice": ICE,
}  # fmt: skip
HEADER = row(*(cell(name) for name in COLUMNS))
ROWS = "".join(
    row(*(cell(value, "" if name == "site" else name) for name, value in zip(COLUMNS, values, strict=True)))
    for values in zip(*COLUMNS.values(), strict=True)
)  # fmt: skip


def sheet(name: str, rows: str, *, is_hidden: bool = False) -> str:
    """Return a sheet."""
    style = ' table:style-name="hidden"' if is_hidden else ""
    return f'<table:table table:name="{name}"{style}>{rows}</table:table>'


def document(language: str, *sheets: str, epoch: str = "1899-12-30") -> str:
    """Return a workbook in flat XML."""
    hidden = (
        '<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>"
    )
    calculation = f'<table:calculation-settings><table:null-date table:date-value="{epoch}"/></table:calculation-settings>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {NAMESPACES} office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:automatic-styles>'
        f"{styles(language)}{hidden}</office:automatic-styles><office:body><office:spreadsheet>{calculation}"
        f"{''.join(sheets)}</office:spreadsheet></office:body></office:document>"
    )


UNITS = row(*(cell(unit) for unit in ("", "", "m", "m3/s", "", "%", "EUR", "")))
BOOKS = {
    **{language: document(language, sheet("River", HEADER + ROWS)) for language in LANGUAGES},
    "title": document("en", sheet("River", row(cell("Readings of March")) + HEADER + ROWS)),
    "title_and_gap": document("en", sheet("River", row(cell("Readings of March")) + row(cell(None)) + HEADER + ROWS)),
    "merged_title": document("en", sheet("River", row(cell("Readings of March", span=8)) + HEADER + ROWS)),
    "merged_header": document(
        "en",
        sheet(
            "River",
            row(cell("where and when", span=2), cell("measured", span=3), cell("computed", span=2), cell("seen")) + HEADER + ROWS,
        ),
    ),
    "units": document("en", sheet("River", HEADER + UNITS + ROWS)),
    "two_sheets": document("en", sheet("Notes", row(cell("Written by hand")) + row(cell("in March"))), sheet("River", HEADER + ROWS)),
    "hidden_first": document("en", sheet("Old", row(cell("a"), cell("b")) + row(cell(1.0), cell(2.0)), is_hidden=True), sheet("River", HEADER + ROWS)),
    "mac_dates": document("en", sheet("River", HEADER + ROWS), epoch="1904-01-01"),
    "total": document("en", sheet("River", HEADER + ROWS + row(cell("Total"), cell(None), cell(None), cell(sum(FLOW), "flow")))),
}  # fmt: skip
TEXT = "csv:Text - txt - csv (StarCalc):{}"
# separator, quotation mark, character set, first row, formats, language, quote all text, detect numbers, as shown
FILTERS = {
    "commas_as_stored.csv": (("en",), TEXT.format("44,34,76,1,,1033,false,true,false")),
    "commas_as_shown.csv": (("en",), TEXT.format("44,34,76,1,,1033,false,true,true")),
    "commas_quoted.csv": (("en",), TEXT.format("44,34,76,1,,1033,true,true,true")),
    "semicolons_as_shown.csv": (("de", "fr"), TEXT.format("59,34,76,1,,{},false,true,true")),
    "semicolons_as_stored.csv": (("de", "fr"), TEXT.format("59,34,76,1,,{},false,true,false")),
    "semicolons_windows.csv": (("de", "fr"), TEXT.format("59,34,1,1,,{},false,true,true")),
    "tabs_as_shown.csv": (("en", "de", "fr"), TEXT.format("9,34,76,1,,{},false,true,true")),
    "tabs_utf16.csv": (("de",), TEXT.format("9,34,65535,1,,{},false,true,true")),
    "fixed.csv": (("en",), TEXT.format("FIX,34,76,1,,1033,false,true,true")),
    "book.xlsx": (tuple(BOOKS), "xlsx"),
    "book.ods": (("en", "de", "title", "units", "two_sheets", "hidden_first", "mac_dates"), "ods"),
    "book.xls": (("en", "de", "fr", "title", "merged_title", "units", "two_sheets", "hidden_first", "mac_dates"), "xls"),
    "book.dif": (("en",), "dif"),
    "book.slk": (("en",), "slk"),
}  # fmt: skip


def main() -> None:
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        for name, text in BOOKS.items():
            (base / f"{name}.fods").write_text(text)
        for file, (names, form) in FILTERS.items():
            groups = [[name] for name in names] if "{}" in form else [list(names)]
            for group in groups:
                code = str(LANGUAGES[group[0]][2]) if group[0] in LANGUAGES else ""
                out = base / "out"
                command = ["soffice", "--headless", f"-env:UserInstallation=file://{base}/profile"]
                command += ["--convert-to", form.replace("{}", code), "--outdir", str(out)]
                command += [str(base / f"{name}.fods") for name in group]
                subprocess.run(command, check=True, capture_output=True)
                for made in out.iterdir():
                    shutil.move(made, target / f"{made.stem}_{file}")


if __name__ == "__main__":
    main()
