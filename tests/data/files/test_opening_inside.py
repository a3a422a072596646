"""As test_opening.py, by names that are not published."""

from __future__ import annotations

import gzip
import importlib
from pathlib import Path
from typing import Any

import pytest

import sheernet as sn
from data.files.test_opening import CSV, WAYS, refusal
from sheernet.data.files import opening, signatures


class TestBinaryFiles:
    @pytest.mark.parametrize("signature", sorted(signatures.UNREADABLE))
    def test_are_named(self, file: Any, signature: bytes) -> None:
        what, advice = signatures.UNREADABLE[signature]
        message = refusal(file(signature + bytes(range(256)), "data.csv"))
        assert message == f"data.csv is {what}, which cannot be read as a table; {advice}"
        compressed = refusal(file(gzip.compress(signature + bytes(range(256))), "data.csv.gz"))
        assert compressed == f"data.csv.gz is {what}, which cannot be read as a table; {advice}"

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
