"""The programs that end, starve and fill: that they find planted faults.  Their runs take too long for a test."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import sheernet

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the programs use limits of Linux")

if sys.platform == "linux":
    import end_at_random
    import fill_disk
    import limit_memory

OF_PYTHON = (
    'Traceback (most recent call last):\n  File "<frozen site>", line 1\nKeyboardInterrupt\n'
)
OF_SHEERNET = f'  File "{Path(sheernet.__file__).parent / "__init__.py"}", line 20, in <module>'
PICTURE = b"\x89PNG ... IEND\xaeB`\x82"


def done(code: int, err: str = "", out: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess([], code, out, err)


@pytest.mark.parametrize(
    ("number", "code", "has_result", "err", "said"),
    [
        (signal.SIGTERM, 143, False, "sheernet: interrupted before there were any results\n", ""),
        (signal.SIGKILL, -9, False, "", ""),
        (signal.SIGTERM, 130, False, "", "exit code 130"),
        (signal.SIGINT, 130, False, "Exception ignored in: ...", "a traceback"),
        (signal.SIGINT, -2, False, OF_PYTHON, ""),
        (signal.SIGINT, -2, False, OF_PYTHON + OF_SHEERNET, "a traceback"),
        (signal.SIGINT, 1, False, OF_PYTHON + OF_SHEERNET, "exit code 1"),
        (signal.SIGTERM, 1, False, OF_PYTHON, "exit code 1"),
        (signal.SIGHUP, 0, False, "", "exit code 0 without a result"),
        (signal.SIGHUP, 129, True, "interrupted before there were any results", "denies"),
    ],
)
def test_a_wrong_end_is_found(
    tmp_path: Path, number: int, code: int, has_result: bool, err: str, said: str
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "temporary").mkdir()
    found = end_at_random.fault_of(
        "check", tmp_path / "here", tmp_path / "temporary", number, code, has_result, err
    )
    assert said in found
    assert bool(said) == bool(found)


@pytest.mark.parametrize(
    ("left", "content", "said"),
    [
        ("here/result/a.png", PICTURE, ""),
        ("here/result/a.png", PICTURE[:-1], "incomplete: result/a.png"),
        ("here/result/.model.json.x.part", b"{", "left: result/.model.json.x.part"),
        ("temporary/sheernet-x", b"1", "left in the temporary folder: sheernet-x"),
    ],
)
def test_files_that_a_signal_leaves_are_found(
    tmp_path: Path, left: str, content: bytes, said: str
) -> None:
    for name in ("temporary", "here/result"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "here/result/whole.png").write_bytes(PICTURE)
    (tmp_path / left).write_bytes(content)
    places = tmp_path / "here", tmp_path / "temporary"
    assert end_at_random.fault_of("check", *places, signal.SIGTERM, 143, False, "") == said


def test_a_command_that_does_not_end_is_killed_and_found(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(end_at_random, "PATIENCE", 0)
    monkeypatch.setattr(end_at_random, "send_after", lambda process, number, moment: True)
    found = end_at_random.ended_run("check", tmp_path, signal.SIGTERM, 0.1)
    assert found == ("no end", "no end within 0 s of the signal")


def test_runs_take_turns_and_are_not_repeated(tmp_path: Path) -> None:
    progress = tmp_path / "runs.jsonl"
    runs = [("fit", "SIGKILL", 0, 0.5, "exit -9 without result", "")]
    progress.write_text("".join(json.dumps(run) + "\n" for run in runs))
    before = end_at_random.read_progress(progress)
    wanted = end_at_random.wanted_runs(["fit", "check"], 2, {run[:3] for run in before})
    assert len(wanted) == 2 * 4 * 2 - 1
    assert [number for *_, number in wanted] == [0] * 7 + [1] * 8


@pytest.mark.parametrize(
    ("end", "left", "said"),
    [
        (done(0, out="..."), ["result"], ""),
        (done(2, "sheernet: not enough memory; use fewer rows\n"), [], ""),
        (done(1, "OpenBLAS error: Memory allocation still failed\n"), [], "not one sentence"),
        (done(2, "sheernet: 'a.csv' is damaged\n"), [], "not one sentence about memory"),
        (done(2, "sheernet: not enough memory\n"), ["result"], "left"),
        (done(0, out="..."), [], "no result"),
    ],
)
def test_a_wrong_end_for_lack_of_memory_is_found(
    end: subprocess.CompletedProcess[str], left: list[str], said: str
) -> None:
    found = limit_memory.fault_of(end, "predict model.json a.csv -o result.csv", left)
    assert said in found
    assert bool(said) == bool(found)


@pytest.mark.parametrize(
    ("end", "left", "content", "said"),
    [
        (done(2, "sheernet: 'a.png' cannot be written\n"), "result/a.png", PICTURE, ""),
        (
            done(2, "sheernet: 'a.png' cannot be written\n"),
            "result/a.png",
            PICTURE[:9],
            "incomplete",
        ),
        (done(2, "sheernet: cannot be written\n"), "result.csv", b"1\n", "the file is there"),
        (done(70, "sheernet: a defect\n"), "result.csv", b"1\n", "exit code 70"),
        (done(2), "result/a.png", PICTURE, "nothing is said"),
    ],
)
def test_a_wrong_end_on_a_full_disk_is_found(
    tmp_path: Path, end: subprocess.CompletedProcess[str], left: str, content: bytes, said: str
) -> None:
    (tmp_path / left).parent.mkdir(exist_ok=True)
    (tmp_path / left).write_bytes(content)
    found = fill_disk.fault_of(end, tmp_path, may_succeed=True)
    assert said in found
    assert bool(said) == bool(found)
