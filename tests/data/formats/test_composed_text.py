"""Names and labels that look alike are the same in all files, however programs write letters with accents."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pandas as pd
import pytest

import sheernet as sn

ROWS = [("Zürich", 1.5), ("Genève", 2.5), ("Bern", 3.5)]
WRITTEN = {
    "composed": lambda text: text,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "spaced": lambda text: f"\u200b{text}\u2060",
}


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_names_and_labels_are_composed(tmp_path: Path, kind: str, written: str) -> None:
    write = WRITTEN[written]
    frame = pd.DataFrame([(write(city), x) for city, x in ROWS], columns=[write("Büro"), "x"])
    path = tmp_path / f"data.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_excel(path, index=False)
    table = sn.read_table(path)
    assert table.columns == ("Büro", "x")
    assert table.frame["Büro"].tolist() == [city for city, _ in ROWS]


def test_other_characters_stay(tmp_path: Path) -> None:
    """NFC would replace the signs of ohm and angstrom by letters; joiners belong to emoji and scripts."""
    texts = ["\u2126", "\u212b", "a\u200db"]
    (tmp_path / "data.csv").write_text("g,x\n" + "".join(f"{text},1\n" for text in texts))
    assert sn.read_table(tmp_path / "data.csv").frame["g"].tolist() == texts
