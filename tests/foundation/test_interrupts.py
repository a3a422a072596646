"""Signals that end a program: none is lost, and none ends an import halfway."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import sheernet as sn
from command_lines import PATIENCE

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

BEGINNING = """
import signal, sys, time, weakref
from sheernet.foundation import interrupts

ending = interrupts.EndingSignals()
ending.install()
times = 0

def wait_for_the_end(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
"""
ENDS = """
try:
    {work}
    wait_for_the_end(20)
    print("lost")
except KeyboardInterrupt:
    times += 1
try:
    wait_for_the_end(0.1)
except KeyboardInterrupt:
    times += 1
print("ended", times, ending.exit_code)
"""


def ended(program: str, folder: Path, **environment: str) -> tuple[str, str]:
    """Run a program; return what it printed on both streams."""
    (folder / "program.py").write_text(program)
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(sn.__file__).parents[1]), **environment},
    )  # fmt: skip
    return done.stdout, done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("where", ["callback", "__del__"])
def test_a_signal_where_python_drops_exceptions_takes_effect_later(
    number: signal.Signals, where: str, tmp_path: Path
) -> None:
    things = {
        "callback": "thing = type('C', (), {})(); ref = weakref.ref(thing, arrives)",
        "__del__": "thing = type('C', (), {'__del__': arrives})()",
    }
    program = (
        BEGINNING
        + f"arrives = lambda _: signal.raise_signal({number:d})\n{things[where]}\n"
        + ENDS.format(work="del thing")
    )
    assert ended(program, tmp_path) == (f"ended 1 {128 + number}\n", "")


def test_other_dropped_exceptions_are_reported(tmp_path: Path) -> None:
    program = BEGINNING + "thing = type('C', (), {'__del__': lambda _: 1 / 0})()\ndel thing\n"
    _, err = ended(program, tmp_path)
    assert err.startswith("Exception ignored in")
    assert "ZeroDivisionError" in err


@pytest.mark.parametrize("times", [1, 2])
def test_an_import_is_completed_and_several_signals_meanwhile_are_one(
    times: int, tmp_path: Path
) -> None:
    (tmp_path / "slow.py").write_text(
        f"import signal, time\nfor _ in range({times}):\n    signal.raise_signal(signal.SIGTERM)\n"
        "end = time.monotonic() + 0.05\nwhile time.monotonic() < end:\n    pass\nis_complete = True\n"
    )
    program = BEGINNING + ENDS.format(work="import slow") + "print(sys.modules['slow'].is_complete)"
    assert ended(program, tmp_path) == ("ended 1 143\nTrue\n", "")


def test_an_endless_import_is_ended(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import signal\nsignal.raise_signal(signal.SIGTERM)\nwhile True:\n    pass\n"
    )
    program = BEGINNING + "interrupts._LONGEST = 0.05\n" + ENDS.format(work="import slow")
    assert ended(program, tmp_path) == ("ended 1 143\n", "")


def test_making_a_temporary_file_is_completed(tmp_path: Path) -> None:
    """An exception between the making of a file and the next instruction would leave the file."""
    program = (
        BEGINNING
        + "import os, tempfile\nmake = os.open\n"
        + "def open_and_signal(*arguments, **more):\n"
        + "    handle = make(*arguments, **more)\n    signal.raise_signal(signal.SIGTERM)\n    return handle\n"
        + "os.open = open_and_signal\n"
        + ENDS.format(work="tempfile.gettempdir()")
    )
    (tmp_path / "temporary").mkdir()
    out, err = ended(program, tmp_path, TMPDIR=str(tmp_path / "temporary"))
    assert (out, err) == ("ended 1 143\n", "")
    assert [*(tmp_path / "temporary").iterdir()] == []


def test_the_block_of_a_with_statement_is_not_undivided(tmp_path: Path) -> None:
    (tmp_path / "places.py").write_text(
        "import contextlib\n@contextlib.contextmanager\ndef place():\n    yield\n"
    )
    program = (
        BEGINNING.replace("EndingSignals()", "EndingSignals(['places'])")
        + "import places\nwith places.place():\n    try:\n        signal.raise_signal(signal.SIGTERM)\n"
        + "    except KeyboardInterrupt:\n        print('at once')\n"
    )
    assert ended(program, tmp_path) == ("at once\n", "")
