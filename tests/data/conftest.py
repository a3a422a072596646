"""Fixtures that write files, damage them, and read them within bounds of memory and time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import sheernet as sn


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Write a file and return its path; text as UTF-8 with its line breaks."""

    def write(content: str | bytes, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def damaged(whole: bytes, rng: np.random.Generator) -> bytes:
    """Truncate, flip bits, overwrite, repeat or remove some bytes."""
    content = bytearray(whole)
    for _ in range(rng.integers(1, 4)):
        at = int(rng.integers(1, len(content)))
        length = int(rng.integers(1, 9))
        match rng.integers(6):
            case 0:
                content[at] ^= 1 << rng.integers(8)
            case 1:
                content[at : at + length] = rng.bytes(len(content[at : at + length]))
            case 2:
                content[at : at + length] = b"\xff" * len(content[at : at + length])
            case 3:
                content[at:at] = content[max(at - 40, 0) : at]
            case 4:
                del content[at : at + length]
            case 5 if rng.random() < 0.3:
                del content[at:]
        if len(content) < 2:
            break
    return bytes(content)


@pytest.fixture
def damage() -> Callable[..., bytes]:
    """The function that damages bytes."""
    return damaged


@pytest.fixture
def mutants(tmp_path: Path) -> Callable[..., None]:
    """Read damaged copies of a file: each is read, or refused in one sentence."""

    def read(path: Path, count: int, seed: int = 0, spare: int = 0) -> None:
        whole = path.read_bytes()
        rng = np.random.default_rng(seed)
        copy = tmp_path / f"mutant{path.suffix}"
        for _ in range(count):
            copy.write_bytes(whole[:spare] + damaged(whole[spare:], rng))
            try:
                sn.read_table(copy)
            except sn.InvalidInput as error:
                assert "\n" not in str(error)  # noqa: PT017

    return read


_BOUNDED = """
import resource, sys, time, warnings
import numpy, pandas
try:
    import openpyxl, pyarrow.parquet, python_calamine
except ImportError:
    pass
import sheernet as sn
warnings.simplefilter("ignore")
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 10**9, used + 10**9))
seconds = int(time.process_time()) + 15  # beside the imports
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
try:
    table = sn.read_table(sys.argv[1])
    print("read", len(table))
except sn.InvalidInput as error:
    print("refused:", error)
"""


@pytest.fixture
def read_bounded() -> Callable[..., str]:
    """Read a file in a process that may take 1 GB more memory; return what it prints, one line."""

    def read(path: Path) -> str:
        if not sys.platform.startswith("linux"):
            pytest.skip("needs limits on the address space")
        done = subprocess.run(
            [sys.executable, "-c", _BOUNDED, str(path)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.count("\n") == 1
        return done.stdout

    return read
