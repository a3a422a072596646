"""Storage: complete files or none, no overwriting without permission, no partial files."""

from __future__ import annotations

import os
import stat
import tempfile
import threading
from pathlib import Path

import pytest

import sheernet as sn
from sheernet.foundation.atomic_files import require_parent, require_room, write_file


def names(folder: Path) -> list[str]:
    """The files in a folder, including hidden ones."""
    return sorted(path.name for path in folder.iterdir())


def fail(*arguments: object, **more: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.txt"
    path.write_bytes(b"old")
    return path


class TestWriteFile:
    @pytest.mark.parametrize("content", [b"", b"a", bytes(range(256)) * 5000])
    @pytest.mark.parametrize("overwrite", [True, False])
    def test_writes_its_content(self, tmp_path: Path, content: bytes, overwrite: bool) -> None:
        path = write_file(tmp_path / "new", content, overwrite=overwrite)
        assert path == tmp_path / "new"
        assert path.read_bytes() == content
        assert names(tmp_path) == ["new"]

    def test_replaces_a_file_when_it_may(self, old: Path) -> None:
        write_file(old, b"new")
        assert old.read_bytes() == b"new"
        assert names(old.parent) == ["old.txt"]

    def test_never_overwrites_when_it_may_not(self, old: Path) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"old\.txt' exists already and is not overwritten; give another name, or overwrite=True",
        ):
            write_file(old, b"new", overwrite=False)
        assert old.read_bytes() == b"old"
        assert names(old.parent) == ["old.txt"]

    @pytest.mark.parametrize("call", ["fsync", "replace", "chmod", "fdopen"])
    def test_a_failure_keeps_the_old_file_and_leaves_nothing(
        self, old: Path, call: str, monkeypatch
    ) -> None:
        monkeypatch.setattr(os, call, fail)
        with pytest.raises(
            sn.InvalidInput,
            match=r"old\.txt' cannot be written: No space left on device; free some space, or write",
        ):
            write_file(old, b"new")
        monkeypatch.undo()
        assert old.read_bytes() == b"old"
        assert names(old.parent) == ["old.txt"]

    def test_a_failure_leaves_no_new_file(self, tmp_path: Path, monkeypatch) -> None:
        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(
            sn.InvalidInput, match=r"new' cannot be written: No space left"
        ) as caught:
            write_file(tmp_path / "new", b"new", overwrite=False)
        assert isinstance(caught.value.__cause__, OSError)
        monkeypatch.undo()
        assert names(tmp_path) == []

    def test_without_hard_links_it_overwrites_nothing_either(self, old: Path, monkeypatch) -> None:
        monkeypatch.setattr(os, "link", fail)
        write_file(old.with_name("new"), b"new", overwrite=False)
        with pytest.raises(sn.InvalidInput, match="exists already"):
            write_file(old, b"new", overwrite=False)
        assert old.read_bytes() == b"old"
        assert names(old.parent) == ["new", "old.txt"]

    def test_an_interruption_leaves_nothing_either(self, old: Path, monkeypatch) -> None:
        def pressed(descriptor: int) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "fsync", pressed)
        with pytest.raises(KeyboardInterrupt):
            write_file(old, b"new")
        assert old.read_bytes() == b"old"
        assert names(old.parent) == ["old.txt"]

    def test_is_on_the_disk_before_it_has_its_name(self, old: Path, monkeypatch) -> None:
        order: list[str] = []
        fsync, replace, link = os.fsync, os.replace, os.link
        monkeypatch.setattr(os, "fsync", lambda fd: (order.append("fsync"), fsync(fd)))
        monkeypatch.setattr(os, "replace", lambda a, b: (order.append("name"), replace(a, b)))
        monkeypatch.setattr(os, "link", lambda *a, **k: (order.append("name"), link(*a, **k)))
        write_file(old, b"new")
        assert order == ["fsync", "name"]
        write_file(old.with_name("new"), b"new")
        assert order == ["fsync", "name"] * 2

    @pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="files without a name are Linux's")
    def test_a_new_file_has_no_other_name_before(self, tmp_path: Path, monkeypatch) -> None:
        seen: list[list[str]] = []
        fsync = os.fsync
        monkeypatch.setattr(os, "fsync", lambda fd: (seen.append(names(tmp_path)), fsync(fd)))
        write_file(tmp_path / "new", b"new")
        assert seen == [[]]

    @pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
    @pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o444])
    def test_a_replaced_file_keeps_its_permissions(self, old: Path, mode: int) -> None:
        old.chmod(mode)
        write_file(old, b"new")
        assert (old.read_bytes(), stat.S_IMODE(old.stat().st_mode)) == (b"new", mode)

    @pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
    @pytest.mark.parametrize("there", [True, False])
    def test_a_link_stays_and_its_file_is_replaced(self, old: Path, there: bool) -> None:
        link = old.with_name("link")
        link.symlink_to(old if there else old.with_name("later"))
        write_file(link, b"new")
        assert link.is_symlink()
        assert link.resolve().read_bytes() == b"new"
        assert names(old.parent) == sorted(["link", "old.txt"] + ([] if there else ["later"]))

    def test_another_name_of_the_same_file_keeps_the_old_content(self, old: Path) -> None:
        old.with_name("second").hardlink_to(old)
        write_file(old, b"new")
        assert old.with_name("second").read_bytes() == b"old"

    def test_a_reader_sees_the_old_file_or_the_new_one(self, tmp_path: Path) -> None:
        path, contents = tmp_path / "file", [bytes([c]) * 200_000 for c in b"ab"]
        write_file(path, contents[0])
        seen, done = set(), threading.Event()

        def read() -> None:
            while not done.is_set():
                seen.add(path.read_bytes() in contents)

        reader = threading.Thread(target=read)
        reader.start()
        for i in range(20):
            write_file(path, contents[i % 2])
        done.set()
        reader.join()
        assert seen == {True}

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
    def test_a_disk_that_is_full(self, tmp_path: Path, monkeypatch) -> None:
        monkeypatch.setattr(
            tempfile,
            "mkstemp",
            lambda **_: (os.open("/dev/full", os.O_WRONLY), str(tmp_path / "p")),
        )
        (tmp_path / "new").write_bytes(b"old")
        with pytest.raises(
            sn.InvalidInput, match=r"new' cannot be written: No space left on device"
        ):
            write_file(tmp_path / "new", bytes(100_000))
        assert (tmp_path / "new").read_bytes() == b"old"
        assert names(tmp_path) == ["new"]

    def test_a_name_of_maximum_length_and_a_longer_one(self, tmp_path: Path) -> None:
        assert write_file(tmp_path / (250 * "n"), b"new").read_bytes() == b"new"
        with pytest.raises(
            sn.InvalidInput, match=r"cannot be written: .*; give the name of a file in"
        ):
            write_file(tmp_path / (300 * "n"), b"new")
        assert names(tmp_path) == [250 * "n"]

    def test_a_folder_that_is_not_writable(self, tmp_path: Path, monkeypatch) -> None:
        monkeypatch.setattr(os, "access", lambda path, mode: False)
        for ask in (lambda path: write_file(path, b"new"), require_parent):
            with pytest.raises(
                sn.InvalidInput,
                match=r"the folder '.*' is not writable; give another folder, or ask its",
            ):
                ask(tmp_path / "new")
        assert names(tmp_path) == []

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
    @pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
    def test_the_umask_is_honored_and_left_as_it_was(self, tmp_path: Path, umask: int) -> None:
        before = os.umask(umask)
        try:
            path = write_file(tmp_path / "new", b"new")
            assert os.umask(umask) == umask
        finally:
            os.umask(before)
        assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask

    def test_refuses_a_folder_and_a_file_in_a_missing_folder(self, tmp_path: Path) -> None:
        with pytest.raises(sn.InvalidInput, match="is a folder; give the name of a file"):
            write_file(tmp_path, b"")
        with pytest.raises(
            sn.InvalidInput, match=r"the folder '.*no' does not exist; make it first"
        ):
            write_file(tmp_path / "no" / "file", b"")
        assert names(tmp_path) == []


def test_the_folder_of_a_path_must_exist(tmp_path: Path) -> None:
    with pytest.raises(sn.InvalidInput, match=r"the folder '.*no' does not exist; make it first"):
        require_parent(tmp_path / "no" / "fit")
    require_parent(tmp_path / "fit")
    assert names(tmp_path) == []


class TestRequireRoom:
    def test_leaves_nothing(self, tmp_path: Path) -> None:
        require_room(tmp_path / "model.json")
        assert names(tmp_path) == []

    def test_a_full_disk(self, tmp_path: Path, monkeypatch) -> None:
        monkeypatch.setattr(tempfile, "TemporaryFile", fail)
        with pytest.raises(sn.InvalidInput, match=r"model\.json' cannot be written: No space left"):
            require_room(tmp_path / "model.json")
        assert names(tmp_path) == []

    def test_a_name_that_is_not_valid(self, tmp_path: Path) -> None:
        for name in (300 * "n", "a\0b"):
            with pytest.raises(sn.InvalidInput, match="is not a valid name here"):
                require_room(tmp_path / name)

    def test_a_missing_folder(self, tmp_path: Path) -> None:
        with pytest.raises(sn.InvalidInput, match="does not exist; make it first"):
            require_room(tmp_path / "no" / "model.json")
