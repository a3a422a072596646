"""Text of other formats than lines of values is refused, with its format and the next step."""

from __future__ import annotations

from typing import Any

import pytest

import sheernet as sn

TEXTS = {
    "R workspace": ["RDA3\nA\n3\n263424\n", "RDA2\nA\n2\n"],
    "R object": ["A\n3\n263424\n197888\n5\nUTF-8\n"],
    "Octave": ["# Created by Octave 9.4.0\n# name: x\n# type: matrix\n", "# name: x\n# type: scalar\n1.5\n"],
    "DIF": ['TABLE\n0,1\n"EXCEL"\n', 'TABLE\r\n0,1\r\n"River"\r\n'],
    "SYLK": ["ID;PWXL;N;E\nC;Y1;X1;K1\n"],
    "JSON": ['{"a": 1}\n', '[{"a": 1}, {"a": 2}]', "[[1, 2], [3, 4]]\n", '{"a": [1],\n "b": [2]}', '\ufeff{"a": 1}'],
    "YAML": ["- a: 1\n  b: 2\n", "---\n- a: 1\n- a: 2\n", "rows:\n  - a: 1\n    b: 2\n"],
    "HTML": ["<table>\n<tr>", "<TABLE border=1>", "<!-- page -->\n<html>", "\n<html lang='en'>"],
    "LaTeX": ["\\begin{tabular}{lr}\na & 1 \\\\\n", "% made today\n\\begin{table}\n", "\\documentclass{article}\n"],
    "Markdown": ["| a | b |\n|---|---|\n| 1 | 2 |\n", "a | b\n--|--\n1 | 2\n", " a | b \n---+---\n 1 | 2\n",
                 "| a |\n|:-:|\n| 1 |\n"],
}  # fmt: skip


@pytest.mark.parametrize(("noun", "text"), [(n, t) for n, texts in TEXTS.items() for t in texts])
def test_are_named(file: Any, noun: str, text: str) -> None:
    with pytest.raises(
        sn.InvalidInput,
        match=rf"(?s)is .*{noun}.*, which cannot be read as a table; .*(CSV|csv|download)",
    ):
        sn.read_table(file(text))


@pytest.mark.parametrize(
    "text",
    [
        "TABLE\n1.5\n2.5\n",
        "A\n1.5\n2.5\n",
        "ID;Page\n1;2\n3;4\n",
        "x|y\n-1|2\n-3|4\n",
        "x|y\n--|2\n3|4\n",
        "- a,b\n1,2\n3,4\n",
        "list,c\n1,2\n3,4\n",
        "range = [0 10]\nx,y\n1,2\n3,4\n",
        "% range = [\nx,y\n1,2\n3,4\n",
    ],
)
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_tables_that_begin_alike_are_read(file: Any, text: str) -> None:
    assert len(sn.read_table(file(text))) == 2


def test_options_show_that_a_table_is_below(file: Any) -> None:
    path = file('{"made": "today"}\nx,y\n1,2\n3,4\n')
    assert sn.read_table(path, skip=1).columns == ("x", "y")
    octave = file("# name: M\n# type: matrix\n# rows: 2\n# columns: 2\n 1.5 2\n 3 4\n")
    assert len(sn.read_table(octave, comment="#", header="none")) == 2


def test_a_web_page_that_is_called_a_workbook_is_to_be_saved_as_one(file: Any) -> None:
    for text in ("<html><table>", "<table border=1>"):
        with pytest.raises(sn.InvalidInput, match=r"\.xls, open it in Excel and save it as \.xlsx"):
            sn.read_table(file(text))
