"""Text files of one data set that are written differently: units, codes with leading zeros; and rows in messages."""

from __future__ import annotations

from pathlib import Path

import pytest

import sheernet as sn

pytestmark = pytest.mark.filterwarnings(r"ignore:line 2 of \S+ is read as units")
CODES = {
    "plain.csv": [100, 101, 102, 103],
    "coded.csv": ["090", "091", 100, 101],
    "other.csv": [104, 105, 106, 107],
}


def with_codes(folder: Path, *names: str) -> list[Path]:
    for name in names:
        rows = "".join(f"{lot},{i % 3}.5,{i}\n" for i, lot in enumerate(CODES[name]))
        (folder / name).write_text(f"lot,x,y\n{rows}", encoding="utf-8")
    return [folder / name for name in names]


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for folder, names in (("jan", "x,y"), ("feb", "z,y")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_text(f"{names}\n1,2\n3,4\n", encoding="utf-8")
    with pytest.raises(sn.InvalidInput, match=r"feb.a.csv lacks the column 'x' of .*jan.a.csv"):
        sn.shards([tmp_path / "jan" / "a.csv", tmp_path / "feb" / "a.csv"])


def test_leading_zeros_for_a_model_of_numbers_are_told(tmp_path: Path) -> None:
    plain, coded = with_codes(tmp_path, "plain.csv", "coded.csv")
    like = sn.read_table(plain).read_as
    said = "column 'lot' of coded.csv has leading zeros, such as '090', which is read as 90"
    with pytest.warns(sn.SheernetWarning, match=said):
        assert sn.read_table(coded, like=like).column("lot").tolist() == [90, 91, 100, 101]
    assert sn.read_table(plain, like=like).column("lot").tolist() == CODES["plain.csv"]
