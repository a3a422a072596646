"""As test_files_that_differ.py, by names that are not published."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

import sheernet as sn
from data.shards.test_files_that_differ import CODES, with_codes
from sheernet.data.shards import learn_shards
from sheernet.settings.table_settings import TableSettings

pytestmark = pytest.mark.filterwarnings(r"ignore:line 2 of \S+ is read as units")


UNITS = {
    "mm.csv": "mm,kN\n",
    "cm.csv": "cm,kN\n",
    "none.csv": "",
    "a.csv": "m/s^2,kN\n",
    "b.csv": "[m/s²],kN\n",
}


def with_units(folder: Path, *names: str) -> list[Path]:
    for name in names:
        rows = "".join(f"{i},{i * i}\n" for i in range(4))
        (folder / name).write_text(f"x,y\n{UNITS[name]}{rows}", encoding="utf-8")
    return [folder / name for name in names]


@pytest.mark.parametrize("names", [*itertools.permutations(("mm.csv", "cm.csv", "none.csv"))])
def test_columns_of_two_units_are_refused_in_any_order(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    said = r"column 'x' has the unit '[cm]m' in the row of units of [cm]m.csv, but '[cm]m' in that of [cm]m.csv"
    with pytest.raises(sn.InvalidInput, match=said):
        learn_shards(sn.shards(with_units(tmp_path, *names)), "y")


@pytest.mark.parametrize("names", [*itertools.permutations(("a.csv", "none.csv", "b.csv"))])
def test_spellings_of_a_unit_are_one_and_kept_from_any_file(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    learned = learn_shards(sn.shards(with_units(tmp_path, *names)), "y")
    assert learned.read_as.column_units["x"] in ("m/s^2", "m/s²", "[m/s²]")
    assert learned.read_as.column_units["y"] == "kN"


def test_units_of_a_column_that_is_not_used_may_differ(tmp_path: Path) -> None:
    for unit in ("mm", "cm"):
        text = f"x,z,y\n{unit},s,kN\n1,2,3\n4,5,7\n6,8,9\n"
        (tmp_path / f"{unit}.csv").write_text(text, encoding="utf-8")
    assert learn_shards(sn.shards(tmp_path, drop="x"), "y").inputs.names == ("z",)


@pytest.mark.parametrize("names", [*itertools.permutations(CODES)])
@pytest.mark.parametrize("rows_of_shard", [2, 100])
def test_leading_zeros_in_any_file_make_a_column_text(
    tmp_path: Path, names: tuple[str, ...], rows_of_shard: int
) -> None:
    data = sn.shards(with_codes(tmp_path, *names), rows_of_shard=rows_of_shard)
    learned = learn_shards(data, "y", TableSettings(held_out=0, rare=0))
    lot, _ = learned.inputs.columns
    assert lot.labels == tuple(sorted({str(lot) for name in names for lot in CODES[name]}))
    assert any("'lot' is read as text" in text for text in learned.notices) == (
        names[0] != "coded.csv"
    )


def test_rows_of_messages_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    cells = ["1", "", "3", "4", "", "6", "7", "8"]
    for bad, said in (("bad", "data row 7 has 'bad'"), ("1e999", "data row 7 has an infinite one")):
        y = [*map(str, range(6)), bad, "7"]
        rows = "\n".join(",".join(row) for row in zip(cells, y, strict=True))
        path.write_text(f"x,y\n{rows}\n", encoding="utf-8")
        data = sn.shards(path)
        with pytest.raises(sn.InvalidInput, match=said):
            learn_shards(data, "y", TableSettings(missing="drop", held_out=0))


def test_numbers_of_rows_count_all_rows_of_the_data_set(tmp_path: Path) -> None:
    for name, weights in (("a.csv", [0, 1, 1]), ("b.csv", [1, 0, 1, 1])):
        rows = "".join(f"{i}.5,{w},{'' if w else 3}\n" for i, w in enumerate(weights))
        (tmp_path / name).write_text(f"x,w,y\n{rows}", encoding="utf-8")
    with pytest.raises(sn.InvalidInput, match="the first in data row 2"):
        learn_shards(sn.shards(tmp_path, weights="w"), "y", TableSettings(held_out=0))
