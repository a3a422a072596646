"""The temporary file of packed rows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from sheernet.distributed import packed_file
from sheernet.distributed.packed_file import PAGE, PackedFile, stored_size, usual_folder

needs_nameless = pytest.mark.skipif(os.name == "nt", reason="Windows has no files without names")


def written(folder: Path, *shards: list[np.ndarray]) -> tuple[PackedFile, list[Any]]:
    file = PackedFile(folder, 0)
    places = [file.append(vectors) for vectors in shards]
    file.finish()
    return file, places


def test_vectors_are_read_as_they_were_written(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    shards = [[rng.normal(size=n) for n in sizes] for sizes in ([3, 700], [8], [5000, 1, 16])]
    file, places = written(tmp_path, *shards)
    with file:
        for place, vectors in zip(places, shards, strict=True):
            for found, expected in zip(file.vectors(place), vectors, strict=True):
                assert found.tobytes() == expected.tobytes()
                assert found.ctypes.data % 64 == 0
                assert not found.flags.writeable
            assert place.begin % PAGE == 0
            assert place.end - place.begin == stored_size([v.size for v in vectors])


def test_released_pages_are_read_again(tmp_path: Path) -> None:
    numbers = np.random.default_rng(1).normal(size=3000)
    file, (place,) = written(tmp_path, [numbers])
    with file:
        for _ in range(2):
            (found,) = file.vectors(place)
            assert found.tobytes() == numbers.tobytes()
            file.release(place)
            file.prefetch(place)
            assert found.tobytes() == numbers.tobytes()


def test_vectors_outlive_the_file(tmp_path: Path) -> None:
    file, (place,) = written(tmp_path, [np.arange(1000.0)])
    (found,) = file.vectors(place)
    file.close()
    file.close()
    assert found.tolist() == list(range(1000))
    with pytest.raises(sn.InvalidInput, match="closed"):
        file.vectors(place)


@needs_nameless
def test_the_folder_shows_no_file(tmp_path: Path) -> None:
    file, _ = written(tmp_path, [np.arange(1000.0)])
    with file:
        assert list(tmp_path.iterdir()) == []


@needs_nameless
def test_a_killed_process_leaves_nothing(tmp_path: Path) -> None:
    program = f"""
import os, signal
import numpy as np
from sheernet.distributed.packed_file import PackedFile
file = PackedFile({str(tmp_path)!r}, 0)
file.append([np.arange(1e5)])
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", program], check=False)
    assert ended.returncode == -9
    assert list(tmp_path.iterdir()) == []


class TestRefused:
    def test_a_folder_with_too_little_space(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            shutil,
            "disk_usage",
            lambda folder: shutil._ntuple_diskusage(10**10, 8 * 10**9, 2 * 10**9),
        )
        PackedFile(tmp_path, 2 * 10**9).close()
        with pytest.raises(sn.InvalidInput) as raised:
            PackedFile(tmp_path, 2 * 10**9 + 1)
        assert str(raised.value) == (
            f"the packed rows take 2 GB in {str(tmp_path)!r}, of which 2 GB are free; free some space, or give "
            "another folder"
        )

    def test_a_folder_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(sn.InvalidInput, match=r"none' does not exist; make it first"):
            PackedFile(tmp_path / "none", 0)

    @pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
    )
    def test_a_folder_that_is_not_writable(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        with pytest.raises(sn.InvalidInput, match="cannot be written: Permission denied"):
            PackedFile(tmp_path, 0)

    def test_a_disk_that_becomes_full(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Full:
            def write(self, data: Any) -> int:
                raise OSError(28, "No space left on device")

            def close(self) -> None:
                """Nothing to close."""

        with PackedFile(tmp_path, 0) as file:
            file._file.close()
            monkeypatch.setattr(file, "_file", Full())
            with pytest.raises(sn.InvalidInput, match="No space left on device; free some space"):
                file.append([np.ones(3)])


def test_the_usual_folder_is_that_of_large_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(packed_file.tempfile, "tempdir", None)
    assert usual_folder() == tmp_path
    monkeypatch.delenv("TMPDIR")
    if os.access("/var/tmp", os.W_OK):
        assert usual_folder() == Path("/var/tmp")
