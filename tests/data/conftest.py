"""Fixtures that write files, damage them, and read them within bounds of memory and time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
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


_READER = """
import json, os, resource, signal, sys, traceback, warnings
import numpy, pandas, scipy.io, scipy.sparse
try:
    import openpyxl, pyarrow.parquet, python_calamine
except ImportError:
    pass
import sheernet as sn
sn.read_table({"x": [1.0]}), sn.load  # imports
warnings.simplefilter("ignore")

def read(path, seconds):
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 10**9, used + 10**9))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        content = sn.load(path) if path.endswith(".json") else sn.read_table(path)
        print("read", type(content).__name__)
    except sn.InvalidInput as error:
        print("refused:", error)

for line in sys.stdin:
    output, end = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(end, 1)
        os.dup2(end, 2)
        try:
            read(*json.loads(line))
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        os._exit(0)
    os.close(end)
    said = open(output, encoding="utf-8", errors="replace").read()
    _, status = os.waitpid(child, 0)
    print(json.dumps([os.waitstatus_to_exitcode(status), said]), flush=True)
"""


@pytest.fixture(scope="session")
def reader() -> Iterator[subprocess.Popen[str]]:
    """A process that has imported everything, so that each file is read by a copy of it without imports."""
    if not sys.platform.startswith("linux"):
        pytest.skip("needs limits on the address space")
    with subprocess.Popen(
        [sys.executable, "-c", _READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def read_bounded(reader: subprocess.Popen[str]) -> Callable[..., str]:
    """Read a file in a process that may take 1 GB more memory and some seconds of processor time.

    Return the one line that it prints.
    """

    def read(path: Path, seconds: float = 15) -> str:
        print(json.dumps([str(path), seconds]), file=reader.stdin, flush=True)
        code, said = json.loads(reader.stdout.readline())
        assert code == 0, said
        assert re.fullmatch(r"(read|refused:) .+\n", said), said
        return said

    return read
