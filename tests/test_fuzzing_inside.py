"""As test_fuzzing.py, by names that are not published."""

from __future__ import annotations

import os
import random
import sys
import threading
from pathlib import Path

import pytest

from sheernet.optimizers import checkpoint
from sheernet.training import checkpoint_file
from test_fuzzing import program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs fork")


if sys.platform != "win32":
    import fuzzing


def test_a_shape_that_is_not_checked_is_found(tmp_path: Path, monkeypatch) -> None:
    for module in (checkpoint, checkpoint_file):
        monkeypatch.setattr(module, "require_declared", lambda *_: None)
    make, law = program("checkpoints")
    told = [fuzzing.outcome(make, law, n, 0, tmp_path)[1] for n in range(60)]
    assert any("is of" in broken for broken in told)


def test_hangs_tracebacks_and_memory_are_found(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(fuzzing, "WAITING", 2.0)
    monkeypatch.setattr(fuzzing, "SECONDS", 1.0)

    def make(rng: random.Random) -> fuzzing.Mutant:
        return fuzzing.Mutant("x", b"x")

    def law(mutant: fuzzing.Mutant, path: Path) -> str:
        number = int(path.name.partition("_")[0])
        if number == 1:
            while True:
                pass
        if number == 3:
            raise KeyError("x")
        if number == 4 and sys.platform == "linux":
            return str(len(bytearray(2**31)))
        if number == 5:
            os._exit(0)
        if number == 6:
            raise KeyboardInterrupt  # as a panic of Rust, no Exception
        if number == 7:
            lock = threading.Lock()
            lock.acquire()
            lock.acquire()
        return "read"

    found = fuzzing.run(make, law, range(9), 0, tmp_path)
    assert found.keys() >= {1, 3, 5, 6, 7}
    assert "seconds" in found[1]
    assert found[3].startswith("KeyError")
    assert "exit code 0" in found[5]
    assert "KeyboardInterrupt" in found[6]
    assert found[7].startswith("waits")
    assert sys.platform != "linux" or found[4].startswith("MemoryError")
