"""Folders for results: new, numbered, and removed if nothing is written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import sheernet as sn
from command_lines import Run
from sheernet.apps.cli.folders import results_folder, stem


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)


def names() -> list[str]:
    return sorted(path.as_posix() for path in Path().rglob("*"))


def work_and_fail(wanted: Path, work: Callable[[Path], object], force: bool = False) -> None:
    with results_folder(wanted, force=force) as folder:
        work(folder)
        raise KeyboardInterrupt


def test_it_exists_during_the_work_and_is_numbered_if_it_existed() -> None:
    for expected in ("out", "out-1", "out-2"):
        with results_folder(Path("out")) as folder:
            assert folder == Path(expected)
            assert folder.is_dir()
            (folder / "file").touch()
    assert names() == ["out", "out-1", "out-1/file", "out-2", "out-2/file", "out/file"]


def test_a_file_or_a_dangling_link_with_the_name_of_a_numbered_folder_is_kept() -> None:
    Path("out").mkdir()
    Path("out-1").symlink_to("nowhere")
    Path("out-2").write_text("mine")
    with results_folder(Path("out")) as folder:
        assert folder == Path("out-3")
    assert Path("out-2").read_text() == "mine"


def test_folders_above_it_are_made_with_any_names() -> None:
    with results_folder(Path("my dir/größe/out")) as folder:
        (folder / "file").touch()
    assert "my dir/größe/out/file" in names()


def test_new_folders_are_removed_if_the_work_fails() -> None:
    Path("there").mkdir()
    with pytest.raises(KeyboardInterrupt):
        work_and_fail(Path("there/a/b"), lambda folder: (folder / "empty").mkdir())
    assert names() == ["there"]


def test_folders_with_files_are_kept_if_the_work_fails() -> None:
    with pytest.raises(KeyboardInterrupt):
        work_and_fail(Path("a/b"), lambda folder: (folder / "file").touch())
    assert names() == ["a", "a/b", "a/b/file"]


def test_force_uses_an_existing_folder_and_keeps_it_if_the_work_fails() -> None:
    Path("out").mkdir()
    with pytest.raises(KeyboardInterrupt):
        work_and_fail(Path("out"), lambda folder: folder, force=True)
    assert names() == ["out"]
    with results_folder(Path("out"), force=True) as folder:
        assert folder == Path("out")
    with results_folder(Path("new"), force=True) as folder:
        assert folder.is_dir()


@pytest.mark.parametrize("force", [False, True])
def test_a_file_is_not_replaced_by_a_folder(force: bool) -> None:
    Path("out").write_text("mine")
    with (
        pytest.raises(
            sn.InvalidInput,
            match=r"^'out' is a file, not a folder, and is not overwritten; give another name",
        ),
        results_folder(Path("out"), force=force),
    ):
        pass
    assert names() == ["out"]
    assert Path("out").read_text() == "mine"


@pytest.mark.parametrize("force", [[], ["--force"]])
@pytest.mark.parametrize("command", ["fit", "compare", "select"])
def test_a_command_refuses_a_file_as_its_folder(run: Run, command: str, force: list[str]) -> None:
    before = names()
    said = run(command, "scores.csv", "--target", "score", "--output", "flowers.csv", *force)
    assert (said.code, said.out) == (2, "")
    assert "'flowers.csv' is a file, not a folder, and is not overwritten; give another" in said.err
    assert names() == before


@pytest.mark.parametrize("name", [".", "..", "/"])
def test_a_folder_needs_a_name(name: str) -> None:
    with (
        pytest.raises(sn.InvalidInput, match="exists already; give the name of a new folder"),
        results_folder(Path(name)),
    ):
        pass


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions bind users only")
def test_a_folder_that_cannot_be_written_to_is_found_at_once() -> None:
    Path("out").mkdir(mode=0o500)
    with pytest.raises(PermissionError), results_folder(Path("out"), force=True):
        pass


def test_permissions_are_checked_before_the_work(monkeypatch) -> None:
    Path("out").mkdir()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match=r"'out'$"), results_folder(Path("out"), force=True):
        raise AssertionError("the work has begun")


@pytest.mark.parametrize(
    ("file", "expected"),
    [("scores.csv", "scores"), ("a/b c.csv.gz", "b c"), ("a.b.parquet", "a.b"), ("scores", "scores"), (".csv", ".csv")],
)  # fmt: skip
def test_results_are_named_after_the_table(file: str, expected: str) -> None:
    assert stem(Path(file)) == expected


def test_new_folders_are_removed_if_nothing_was_written(tmp_path: Path) -> None:
    """As after Ctrl-C before the first picture."""
    with results_folder(tmp_path / "a/b"):
        pass
    assert not list(tmp_path.iterdir())
