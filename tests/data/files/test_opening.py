"""Files that are not tables: an error message for each, in bounded memory and time."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import lzma
import os
import re
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.io

import sheernet as sn

CSV = b"a,b\n" + 500 * b"1.5,x\n"


def archive(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, data in files.items():
            file.writestr(name, data)
    return content.getvalue()


def tar() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as file:
        info = tarfile.TarInfo("data.csv")
        info.size = len(CSV)
        file.addfile(info, io.BytesIO(CSV))
    return content.getvalue()


def refusal(path: Any, **options: Any) -> str:
    """The message with which a file is refused."""
    with pytest.raises(sn.InvalidInput) as caught:
        sn.read_table(path, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 500
    return message


class TestPaths:
    def test_a_path_may_be_text(self, file: Any) -> None:
        assert sn.read_table(str(file(CSV))).columns == ("a", "b")

    def test_a_file_that_is_not_there_with_the_nearest_name(self, file: Any) -> None:
        path = file(CSV, "scores.csv")
        assert refusal(path.with_name("score.csv")).endswith(
            "score.csv'; did you mean 'scores.csv'?"
        )
        assert refusal(path.with_name("zz")).endswith("zz'; check the path")
        assert "there is no file" in refusal(path.parent / "no" / "scores.csv")
        assert "there is no file" in refusal(path / "scores.csv")

    def test_a_folder(self, tmp_path: Path) -> None:
        assert refusal(tmp_path).endswith("is a folder; give the name of a file")

    def test_a_name_with_a_nul(self) -> None:
        assert "cannot be read" in refusal("a\0b")

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes in folders")
    def test_a_pipe_and_a_device(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        for path in (tmp_path / "pipe", "/dev/null"):
            assert "is a pipe or a device; save its output to a file" in refusal(path)

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything can be read here")
    def test_a_file_without_permission(self, file: Any) -> None:
        path = file(CSV)
        path.chmod(0)
        assert refusal(path).endswith(
            "cannot be read: permission denied; ask its owner for it, or give a copy that you may read"
        )

    def test_a_file_that_the_system_refuses(
        self, file: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*arguments: object, **more: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        path = file(CSV)
        monkeypatch.setattr(Path, "open", refuse)
        assert refusal(path).endswith(
            "data.csv' cannot be read: permission denied; ask its owner for it, or give a copy that you may read"
        )

    @pytest.mark.parametrize("content", [b"", b"\n\n", b" \r\n ", b"\xef\xbb\xbf", b"\xff\xfe"])
    def test_an_empty_file(self, file: Any, content: bytes) -> None:
        assert "is empty; a table needs a header and at least one row of values" in refusal(
            file(content)
        )


class TestBinaryFiles:
    def test_a_web_page_after_blank_lines(self, file: Any) -> None:
        assert "is a web page" in refusal(file(b"\xef\xbb\xbf\r\n  <!DOCTYPE html>\n<html>"))

    def test_archives(self, file: Any) -> None:
        assert "is a tar archive" in refusal(file(tar(), "data.tar"))
        assert "is a tar archive" in refusal(file(gzip.compress(tar()), "data.tar.gz"))
        two = archive(**{"a.csv": CSV, "b.csv": CSV})
        assert "is a ZIP archive of 2 files (a.csv and b.csv); unpack" in refusal(
            file(two, "data.zip")
        )
        assert "is a ZIP archive of 0 files; unpack it" in refusal(file(archive(), "data.zip"))

    @pytest.mark.parametrize(
        "extra",
        [
            "__MACOSX/._a.csv",
            ".DS_Store",
            "folder/.DS_Store",
            "._a.csv",
            "Thumbs.db",
            "desktop.ini",
        ],
    )
    def test_archives_of_a_mac_and_of_windows(self, file: Any, extra: str) -> None:
        path = file(archive(**{extra: b"\0\1", "folder/a.csv": CSV}), "data.zip")
        assert len(sn.read_table(path)) == len(sn.read_table(file(CSV)))

    def test_a_file_without_a_name_in_an_archive_is_read(self, file: Any) -> None:
        content = archive(**{"qq.csv": CSV}).replace(b"qq.csv", b"\0q.csv")  # a name ends at NUL
        assert len(sn.read_table(file(content, "data.zip"))) == len(sn.read_table(file(CSV)))

    def test_a_small_file_of_a_large_one(self, file: Any) -> None:
        path = file(gzip.compress(b"x\n" + b"1\n" * 2**25), "data.csv.gz")
        assert "unpacks to more than 67 MB, out of proportion to its size" in refusal(path)

    @pytest.mark.parametrize("seed", range(3))
    def test_random_bytes(self, file: Any, seed: int) -> None:
        content = np.random.default_rng(seed).bytes(1_000_000)
        assert "is a binary file of an unknown type" in refusal(file(content))
        without_nul = content.replace(b"\0", b"\1")
        assert "is a binary file of an unknown type" in refusal(file(without_nul))

    @pytest.mark.parametrize(
        "content",
        [
            b"a,score\n1,\x002\n3,4\n",
            b"a,score\n" + 20_000 * b"1,2\n" + b"\0\0\0,4\n",
            b"\0a,b\n1,2\n",
        ],
        ids=["short", "long", "first"],
    )
    def test_a_few_nul_characters_in_a_text(self, file: Any, content: bytes) -> None:
        assert re.search(r"NUL character at byte \d+|binary file", refusal(file(content)))

    def test_many_nul_characters_are_binary(self, file: Any) -> None:
        assert "give encoding='utf-16'" in refusal(file(b"a,b\n" + 9 * b"\0" + b"1,2\n"))

    def test_nul_characters_deep_in_a_file(self, file: Any) -> None:
        content = b"a,b\n" + 600_000 * b"1,2\n" + b"\0,2\n"
        assert "has a NUL character at byte 2400005" in refusal(file(content))


WAYS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zip": lambda content: archive(**{"data.csv": content}),
}


class TestCompressedFiles:
    @pytest.mark.parametrize("suffix", sorted(WAYS))
    def test_are_read_whatever_they_are_called(self, file: Any, suffix: str) -> None:
        for name in (f"data.csv{suffix}", f"data{suffix}", "data.csv"):
            table = sn.read_table(file(WAYS[suffix](CSV), name))
            assert table.columns == ("a", "b")
            assert len(table) == 500
            assert "; unpacked from " in table.reading
            assert table.source == name

    @pytest.mark.parametrize("suffix", sorted(WAYS))
    def test_truncated_anywhere(self, file: Any, suffix: str) -> None:
        whole = WAYS[suffix](CSV)
        for length in range(8, len(whole), max(1, len(whole) // 20)):
            message = refusal(file(whole[:length], f"data.csv{suffix}"))
            assert (
                "is damaged or incomplete and cannot be unpacked" in message or "empty" in message
            )

    def test_the_message_of_a_damaged_name_is_short(self, file: Any) -> None:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("data.csv", "x,y\n" + "1,2\n" * 500)
        whole = bytearray(content.getvalue())
        whole[26:28] = (1000).to_bytes(2, "little")  # the length of the name before its content
        assert "is damaged or incomplete and cannot be unpacked" in refusal(
            file(bytes(whole), "data.csv.zip")
        )

    def test_nothing_is_left_in_the_folder_for_temporary_files(
        self, file: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        path = file(gzip.compress(CSV), "data.csv.gz")
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        sn.read_table(path)
        refusal(path, sheet=1)
        assert [entry.name for entry in tmp_path.iterdir()] == [path.name]

    def test_a_full_disk_is_not_damage(self, file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*arguments: object, **more: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        path = file(gzip.compress(CSV), "data.csv.gz")
        monkeypatch.setattr(gzip, "open", refuse)
        assert refusal(path).startswith("data.csv.gz cannot be unpacked: No space left on device")

    def test_a_text_called_an_archive_is_a_text(self, file: Any) -> None:
        assert len(sn.read_table(file(CSV, "data.tar"))) == 500

    def test_twice_and_of_nothing(self, file: Any) -> None:
        twice = file(gzip.compress(bz2.compress(CSV)), "data.csv.gz")
        assert "is compressed twice" in refusal(twice)
        assert "contains an empty file" in refusal(file(gzip.compress(b""), "data.csv.gz"))

    def test_encrypted(self, file: Any) -> None:
        content = bytearray(archive(**{"data.csv": CSV}))
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            content[content.index(mark) + offset] |= 1
        assert "encrypted" in refusal(file(bytes(content), "data.zip"))


class TestSuffixes:
    @pytest.mark.parametrize(
        ("name", "noun"),
        [
            ("data.xlsx", "an Excel workbook"),
            ("data.xls", "an Excel workbook"),
            ("data.parquet", "a Parquet file"),
            ("data.MAT", "a MATLAB file of version 4 to 7"),
            ("data.parquet.gz", "a Parquet file"),
        ],
    )
    def test_a_suffix_of_another_type(self, file: Any, name: str, noun: str) -> None:
        content = gzip.compress(CSV) if name.endswith(".gz") else CSV
        assert f"{name} is not {noun} or is damaged; " in refusal(file(content, name))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"samples": "row"}, "samples 'row' is not recognized; did you mean 'rows'? Choose one of rows, columns"),
        ({"separator": "commas"}, "separator must be a mark such as ',', or comma, "),
        ({"separator": ""}, "but '' was given"),
        ({"separator": "x"}, "separator must be a mark"),
        ({"separator": "\n"}, "separator must be a mark"),
        ({"separator": "§"}, "separator must be a mark"),
        ({"separator": 3}, "separator must be a mark"),
        ({"decimal": ";"}, "decimal must be \".\" or \",\", but ';' was given"),
        ({"encoding": "utf-9"}, "encoding 'utf-9' is not recognized; common encodings are utf-8, latin-1"),
        ({"encoding": "base64"}, "encoding 'base64' is not recognized"),
        ({"encoding": 8}, "encoding 8 is not recognized"),
        ({"encoding": "ascii"}, "data.csv is not ASCII: byte 4 cannot be decoded; give another encoding"),
        ({"encoding": "utf-16-le"}, "data.csv is not UTF-16-LE: byte 13"),
        ({"sheet": 1.5}, "sheet must be the name of a sheet or its number from 1, but 1.5 was given"),
        ({"sheet": True}, "sheet must be the name"),
        ({"sheet": "One"}, "sheet='One' does not apply to data.csv, a text file; omit it"),
        ({"missing_values": 1j}, "missing_values must be texts or numbers that stand for a missing value, but 1j"),
        ({"missing_values": [True]}, "missing_values must be texts or numbers"),
        ({"missing_values": {"a": 1}}, "missing_values must be texts or numbers"),
    ],
    ids=str,
)  # fmt: skip
def test_invalid_options(file: Any, options: dict[str, Any], message: str) -> None:
    assert message in refusal(file("caf\u00e9,b\n1,2\n9"), **options)


@pytest.mark.parametrize(
    "options", [{"samples": "columns"}, {"separator": ";"}, {"skip": 1}, {"sheet": 1}], ids=str
)
def test_options_of_files_for_tables_in_memory(options: dict[str, Any]) -> None:
    assert "does not apply to a table in memory; omit it" in refusal({"x": [1]}, **options)


@pytest.mark.parametrize("kind", ["mat", "xlsx", "parquet"])
@pytest.mark.parametrize("name", ["data.csv", "data", "data.ods"])
def test_files_are_recognized_by_their_content(tmp_path: Path, kind: str, name: str) -> None:
    frame = pd.DataFrame({"x": [0.5, 1.5], "y": [2.5, 4.5]})
    path = tmp_path / f"whole.{kind}"
    if kind == "mat":
        scipy.io.savemat(path, {"X": frame.to_numpy()})
    else:
        frame.to_excel(path, index=False) if kind == "xlsx" else frame.to_parquet(path)
    path = path.rename(tmp_path / name)
    assert sn.read_table(path).frame.to_numpy().tolist() == frame.to_numpy().tolist()
    if kind == "xlsx":
        with pytest.raises(sn.InvalidInput, match=r"is an Excel workbook by its first bytes"):
            sn.shards([path])
        path.write_bytes(path.read_bytes()[:200])
        assert "a ZIP archive such as an Excel workbook, is" in refusal(path)


def test_a_binary_workbook_and_an_old_one(file: Any) -> None:
    path = file(archive(**{"[Content_Types].xml": CSV, "xl/workbook.bin": CSV}), "data.xlsx")
    assert "data.xlsx is a binary Excel workbook (.xlsb)" in refusal(path)
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert "save it as .xlsx without a password" in refusal(file(old, "data.xls"))
