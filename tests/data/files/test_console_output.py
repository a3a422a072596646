"""Text copied from windows of MATLAB, Octave, R, Python and Julia is refused, with the program and the next step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

ARRAY = np.arange(6.0).reshape(3, 2) / 8
LONG = pd.DataFrame(np.arange(300).reshape(100, 3) / 8, columns=list("abc"))
WIDE = pd.DataFrame(np.arange(60).reshape(3, 20) / 7, columns=[f"reading_{j}" for j in range(20)])
with pd.option_context("display.max_columns", None, "display.width", 80):
    WRAPPED = repr(WIDE)
BLOCK = "    0.8147    0.1270\n    0.9058    0.9134\n\n"
TEXTS = {
    "MATLAB": [
        f"x =\n\n{BLOCK}", f"x =\n{BLOCK}", f"x =\r\n\r\n{BLOCK}", f">> x = rand(2)\n\nx =\n\n{BLOCK}>> ",
        f"x =\n\n   1.0e+03 *\n\n{BLOCK}", f"   1.0e+03 *\n\n{BLOCK}", f"P =\n\n  1.0e+03  *\n\n{BLOCK}",
        f"  Columns 1 through 2\n\n{BLOCK}  Columns 3 through 4\n\n{BLOCK}", f"{BLOCK}  Columns 3 through 4\n\n{BLOCK}",
        f"P =\n\n Columns 1 through 2:\n\n{BLOCK} Columns 3 and 4:\n\n{BLOCK}", f"{BLOCK} Column 3:\n\n   1\n   2\n",
        "P =\n\n     1     2     3     4\n\n", "P =\n\n     1\n     2\n     3\n\n", "ans =\n\n  -1\n   2\n   3\n\n",
        "P =\n\n   NaN     2\n     3     4\n\n", "P =\n\nDiagonal Matrix\n\n   1   0\n   0   1\n\n",
        "s = \n\n  struct with fields:\n\n    a: 1\n", "c =\n\n  2×1 cell array\n\n    {'a'}\n    {'b'}\n",
        "octave:1> P\nP =\n\n   1   2\n   3   4\n\n",
        "T =\n\n  2×2 table\n\n    Age    Height\n    ___    ______\n\n    38       71  \n    43       69  \n",
    ],
    "R": [
        " [1] 1.5 2.5 3.5\n [4] 4.5 5.5 6.5\n", "> x\n[1] 1 2 3\n", "$a\n[1] 1 2\n\n$b\n[1] 3 4\n",
        "[1] a b c\nLevels: a b c\n", "     [,1] [,2]\n[1,]    1    3\n[2,]    2    4\n",
        "# A tibble: 30 × 2\n      a     b\n  <dbl> <dbl>\n1     1   2.5\n2     2   3.5\n# ℹ 28 more rows\n",
        "  a   b\n1 1 2.5\n2 2 3.5\n [ reached 'max' / getOption(\"max.print\") -- omitted 97 rows ]\n",
        "'data.frame':\t3 obs. of  2 variables:\n $ a: int  1 2 3\n $ b: num  1.5 2.5 3.5\n",
        "       a             b      \n Min.   :1.0   Min.   :2.5  \n 1st Qu.:1.5   1st Qu.:3.0  \n",
        "  a   b\n1 1 2.5\n2 2 3.5\n  c   d\n1 1 2.5\n2 2 3.5\n",
    ],
    "Python": [
        str(ARRAY), str(ARRAY[:, :1]), str(ARRAY.astype(int)), str(np.arange(90) / 8), str(np.arange(3000.0)),
        str(np.ones((3000, 2))), repr(ARRAY), repr(ARRAY[0]), f">>> x\n{ARRAY!r}", "[1, 2, 3]\n",
        "tensor([[1.0, 2.0],\n        [3.0, 4.0]])\n",
    ],
    "pandas": [
        repr(LONG), repr(LONG).partition("\n\n")[0], repr(WIDE), WRAPPED, repr(LONG["a"]), repr(LONG["a"][:5]),
        "shape: (2, 1)\n┌─────┐\n│ a   │\n│ --- │\n│ i64 │\n╞═════╡\n│ 1   │\n│ 2   │\n└─────┘\n",
    ],
    "Julia": ["2×2 Matrix{Float64}:\n 0.1  0.2\n 0.3  0.4\n", "3-element Vector{Float64}:\n 0.1\n 0.2\n 0.3\n"],
}  # fmt: skip


@pytest.mark.parametrize(("noun", "text"), [(n, t) for n, texts in TEXTS.items() for t in texts])
def test_is_refused(file: Any, noun: str, text: str) -> None:
    with pytest.raises(sn.InvalidInput, match=rf"is .*\b{noun}\b.*, which cannot .*csv.* skip\)"):
        sn.read_table(file(text))


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize(
    "text",
    [
        "  a   b\n1 1 2.5\n2 2 3.5\n",
        "> d\n  a   b\n1 1 2.5\n2 2 3.5\n3 3 4.5\n",
        repr(LONG[:2]),
        "    a      b\n    ___    ___\n\n    38     71\n    43     69\n",
        " a b\n10 2\n NA 4\n10 5\n",
        " a, b\n1, 2\n x, 4\n1, 5\n",
        "[2026]\na,b\n1,2\n3,4\n",
        ">>>>>Begin<<<<<\na,b\n1,2\n3,4\n",
        "x = pressure, y = flow\na,b\n1,2\n3,4\n",
    ],
)
def test_tables_that_begin_alike_are_read(file: Any, text: str) -> None:
    table = sn.read_table(file(text))
    assert {"a", "b"} <= set(table.columns)
    assert len(table) == (3 if text[-4:-1] in ("4.5", "0 5", ", 5") else 2)


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_numbers_without_names_are_read_below_the_text(file: Any) -> None:
    table = sn.read_table(file("P =\n\n   1   2\n   3   4\n"), skip=1, header="none")
    assert table.frame.to_numpy().tolist() == [[1, 2], [3, 4]]
