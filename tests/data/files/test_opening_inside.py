"""As test_opening.py, by names that are not published."""

from __future__ import annotations

import gzip
import importlib
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

import sheernet as sn
from data.files.test_opening import CSV, WAYS, archive, refusal
from sheernet.data.files import opening, signatures


class TestBinaryFiles:
    @pytest.mark.parametrize("signature", sorted(signatures.UNREADABLE))
    def test_are_named(self, file: Any, signature: bytes) -> None:
        what, advice = signatures.UNREADABLE[signature]
        message = refusal(file(signature + bytes(range(256)), "data.csv"))
        assert message == f"data.csv is {what}, which cannot be read as a table; {advice}"
        compressed = refusal(file(gzip.compress(signature + bytes(range(256))), "data.csv.gz"))
        assert compressed == f"data.csv.gz is {what}, which cannot be read as a table; {advice}"

    @pytest.mark.parametrize(
        ("stream", "message"),
        [
            ("EncryptedPackage", "is protected by a password, .*; remove the password"),
            (
                "Workbook",
                r"is an Excel workbook of a version before 2007 \(\.xls\), .*; save it as",
            ),
            ("Book", r"is an Excel workbook of a version before 2007 \(\.xls\)"),
            ("WordDocument", "is a Word document of a version before 2007"),
            ("PowerPoint Document", "is a presentation of a version before 2007"),
            ("Other", "is a Microsoft Office file of a version before 2007"),
        ],
    )
    @pytest.mark.parametrize("name", ["data.xlsx", "data.xls", "data.csv", "data.xlsm", "data.txt"])
    def test_compound_files_by_their_streams(
        self, file: Any, stream: str, message: str, name: str
    ) -> None:
        content = signatures.COMPOUND + bytes(600) + f"{stream}\0".encode("utf-16-le") + bytes(99)
        assert re.search(message, refusal(file(content, name)))

    @pytest.mark.parametrize("member", sorted(signatures.MEMBERS))
    def test_documents_in_archives(self, file: Any, member: str) -> None:
        path = file(archive(**{"[Content_Types].xml": CSV, member: CSV}), "data.xlsx")
        assert f"data.xlsx is {signatures.MEMBERS[member][0]}, which cannot" in refusal(path)

    def test_a_line_without_end(self, file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sheernet.data.files.text.text_layout._LONGEST_HEAD", 2**20)
        assert "no rows below its header" in refusal(file(b"x" * 2**22 + b"\n1\n"))


class TestCompressedFiles:
    def test_zstandard(self, file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        zstandard = pytest.importorskip("zstandard")
        path = file(zstandard.compress(CSV), "data.csv.zst")
        assert sn.read_table(path).reading.endswith("unpacked from Zstandard")

        def missing(name: str) -> None:
            raise ImportError(name)

        monkeypatch.setattr(importlib, "import_module", missing)
        message = "unpack it with zstd -d, or pip install zstandard"
        with pytest.raises(sn.InvalidInput, match=message), opening.opened(path):
            pass

    @pytest.mark.parametrize("suffix", sorted(WAYS))
    def test_unpacking_stops_at_a_bound(
        self, file: Any, suffix: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        path = file(WAYS[suffix](b"a\n" + b"1\n" * 2**21), f"data.csv{suffix}")
        assert len(sn.read_table(path)) == 2**21
        monkeypatch.setattr(opening, "MOST_UNPACKED", 2**21)
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        assert "unpacks to more than 2.1 MB; if you trust it" in refusal(path)
        assert [entry.name for entry in tmp_path.iterdir()] == [path.name]

    @pytest.mark.parametrize("suffix", sorted(opening.COMPRESSIONS))
    def test_a_compressed_name_without_compression(self, file: Any, suffix: str) -> None:
        promised = opening.COMPRESSIONS[suffix]
        assert refusal(file(CSV, f"data.csv{suffix.upper()}")) == (
            f"data.csv{suffix.upper()} is not compressed with {promised}, although its file extension implies it; "
            "rename it to 'data.csv' if it was already unpacked, otherwise copy it again from its source"
        )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="files without a name are Linux's")
def test_a_process_that_is_killed_leaves_no_unpacked_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    with opening.opened(path) as file:
        assert file.path.read_bytes() == b"a,b\n1,2\n"
        assert not list(folder.iterdir())


def test_without_nameless_files_the_unpacked_copy_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.delattr(opening.os, "O_TMPFILE", raising=False)
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    with opening.opened(path) as file:
        assert file.path.read_bytes() == b"a,b\n1,2\n"
        assert len(list(folder.iterdir())) == 1
    assert not list(folder.iterdir())
