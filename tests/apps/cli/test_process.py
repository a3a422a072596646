"""The command line as a process: signals, pipes, and files of a killed process."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import sheernet as sn
from command_lines import FIT, PATIENCE, QUICK, Start, write_scores

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
ENDLESS = (
    "fit",
    "scores.csv",
    "-t",
    "score",
    "--method",
    "gd",
    "--starts",
    "1000",
    "--max-iter",
    "1000000",
)


def test_python_m_sheernet(tmp_path: Path, start: Start) -> None:
    process = start("--version", folder=tmp_path)
    assert (*process.communicate(timeout=PATIENCE), process.returncode) == (
        f"sheernet {sn.__version__}\n", "", 0,
    )  # fmt: skip


def wait_for_training(process: subprocess.Popen) -> None:
    """Read the first line of the progress."""
    first = process.stderr.readline()
    assert first.startswith("start 1 of 1000: iteration 0, "), first


def test_a_user_without_a_home_sees_no_warning(tmp_path: Path) -> None:
    write_scores(tmp_path / "scores.csv")
    of_home = ("MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    homeless = {name: value for name, value in os.environ.items() if name not in of_home}
    done = subprocess.run(
        [sys.executable, "-m", "sheernet", *FIT], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE,
        env={**homeless, "HOME": "/dev/null/nowhere", "PYTHONPATH": str(Path(sn.__file__).parents[1])},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "scores-fit" / "cost.png").is_file()


@pytest.mark.parametrize(
    ("number", "as_json"),
    [(signal.SIGINT, False), (signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGHUP, True)],
)
def test_a_signal_during_a_fit_leaves_a_usable_model(
    tmp_path: Path, start: Start, number: int, as_json: bool
) -> None:
    write_scores(tmp_path / "scores.csv", rows=400)
    process = start(*ENDLESS, *(["--json"] if as_json else []), folder=tmp_path)
    wait_for_training(process)
    time.sleep(0.2)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + number, err
    assert "Traceback" not in err
    if as_json:
        document = json.loads(out)
        assert document["exit_code"] == 128 + number
        assert document["result"]["termination"]["reason"] == "interrupted"
    else:
        assert err.endswith("sheernet: notice: interrupted; the results so far are kept\n")
        assert "not converged (interrupted)" in out
    model = sn.load(tmp_path / "scores-fit" / "model.json")
    assert model.starts.reasons == ("interrupted",)
    inside = {"asleep": [5.0, 6.0], "studying": [1.0, 2.0]}
    assert np.isfinite(model.predict(inside)).all()


@pytest.mark.parametrize(
    ("ignored", "ending", "code"),
    [
        pytest.param(signal.SIGINT, signal.SIGTERM, 143, id="in the background"),
        pytest.param(signal.SIGHUP, signal.SIGINT, 130, id="nohup"),
    ],
)
def test_a_signal_that_is_ignored_from_the_start_does_not_end_it_and_another_does(
    tmp_path: Path, start: Start, ignored: signal.Signals, ending: signal.Signals, code: int
) -> None:
    write_scores(tmp_path / "scores.csv", rows=400)
    process = start(
        *ENDLESS, folder=tmp_path, preexec_fn=lambda: signal.signal(ignored, signal.SIG_IGN)
    )
    wait_for_training(process)
    process.send_signal(ignored)
    process.send_signal(ending)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert sn.load(tmp_path / "scores-fit" / "model.json").starts.reasons == ("interrupted",)


@pytest.mark.parametrize(
    "arguments", [("--help",), ("fit", "--help"), ("--version",), ("info",), ("info", "--json")]
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_cannot_be_written_is_an_error_and_a_closed_pipe_is_none(
    tmp_path: Path, start: Start, monkeypatch, arguments: tuple[str, ...], unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    process = start(*arguments, folder=tmp_path)
    process.stdout.close()
    with process.stderr as errors:
        assert errors.read() == ""
    assert process.wait(timeout=PATIENCE) == 0
    if Path("/dev/full").exists():
        with Path("/dev/full").open("w") as full:
            process = start(*arguments, folder=tmp_path, stdout=full)
            _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 2
        assert err == (
            "sheernet: standard output cannot be written: no space is left on the device; "
            "redirect it to another place\n"
        )


def test_a_closed_pipe_stops_nothing(tmp_path: Path, start: Start) -> None:
    write_scores(tmp_path / "scores.csv")
    process = start("fit", "scores.csv", "-t", "score", *QUICK, folder=tmp_path)
    process.stdout.close()
    with process.stderr as errors:
        assert errors.read() == ""
    assert process.wait(timeout=PATIENCE) == 0
    assert (tmp_path / "scores-fit" / "starts.png").exists()


def test_a_limit_on_file_sizes_is_reported_and_leaves_nothing(tmp_path: Path, start: Start) -> None:
    resource = pytest.importorskip("resource")

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    write_scores(tmp_path / "scores.csv")
    process = start("fit", "scores.csv", "-t", "score", *QUICK, folder=tmp_path, preexec_fn=small)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (2, ""), err
    assert err.startswith("sheernet: 'scores-fit/model.json' cannot be written: File too large; ")
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["scores.csv"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of the address space")
@pytest.mark.parametrize("megabytes", [250, 300, 450, 700, 1600])
def test_a_limit_of_memory_is_enough_or_a_sentence(
    tmp_path: Path, start: Start, megabytes: int
) -> None:
    import resource

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 10**6, megabytes * 10**6))

    write_scores(tmp_path / "scores.csv")
    process = start("fit", "scores.csv", "-t", "score", *QUICK, folder=tmp_path, preexec_fn=limited)
    out, err = process.communicate(timeout=PATIENCE)
    if process.returncode == 0:
        sn.load(tmp_path / "scores-fit" / "model.json")
        assert "Saved" in out
    else:
        assert process.returncode == 2
        assert err.startswith("sheernet: ")
        assert "not enough memory" in err
        assert err.count("\n") == 1
        assert [path.name for path in tmp_path.iterdir()] == ["scores.csv"]


@pytest.mark.skipif(sys.platform != "linux", reason="the address space in /proc")
def test_under_a_limit_blas_takes_its_memory_before_the_table_does(tmp_path: Path) -> None:
    """If it cannot get any later, it prints a text of its own and ends the process with exit code 1."""
    program = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (4 * 10**9, 4 * 10**9))
from sheernet.apps.cli import entry_point

assert entry_point._prepare_for_limited_memory()
entry_point._import_libraries()
import numpy as np
from scipy import linalg

def pages():
    return int(open("/proc/self/statm").read().split()[0])

matrix = np.eye(300) + 0.1
before = pages()
linalg.cho_factor(matrix @ matrix)
print((pages() - before) * resource.getpagesize() < 16e6)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )  # fmt: skip
    assert (ended.stdout, ended.stderr) == ("True\n", "")


@pytest.mark.slow
def test_killed_at_any_moment_leaves_no_partial_file(tmp_path: Path, start: Start) -> None:
    write_scores(tmp_path / "scores.csv")
    moment = random.Random(0)
    for _ in range(6):
        process = start("fit", "scores.csv", "-t", "score", *QUICK, folder=tmp_path)
        time.sleep(moment.uniform(0.3, 3.0))
        process.kill()
        process.communicate(timeout=PATIENCE)
        whole_or_absent(tmp_path)


ENDS = {".png": b"IEND\xaeB`\x82", ".html": b"</html>\n", ".csv": b"\n"}


def whole_or_absent(folder: Path) -> None:
    """Check that each file under its final name is complete; temporary names begin with a dot."""
    for path in folder.glob("scores-fit*/*"):
        if path.name.startswith("."):
            continue
        if path.suffix == ".json":
            sn.load(path)
        else:
            assert path.read_bytes().endswith(ENDS[path.suffix]), path


def test_ctrl_c_in_code_given_as_text_is_an_exit_code(tmp_path: Path) -> None:
    """Such as that of a dataclass in an import: Python would end itself by SIGINT at its exit."""
    program = """
from sheernet.apps.cli import entry_point

def pressed(*arguments):
    exec("raise KeyboardInterrupt")

entry_point._run_with_complete_output = pressed
entry_point.main()
"""
    (tmp_path / "pressed.py").write_text(program)
    ended = subprocess.run(
        [sys.executable, "-m", "pressed"], cwd=tmp_path, capture_output=True, timeout=PATIENCE, check=False
    )  # fmt: skip
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")


@pytest.mark.parametrize("is_ignored", [False, True], ids=["usual", "in the background"])
def test_ctrl_c_before_the_handlers_are_installed_ends_silently_unless_it_is_ignored(
    tmp_path: Path, is_ignored: bool
) -> None:
    program = f"""
import os, signal, sys
import sheernet.__main__

if {is_ignored}:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

class Pressing:
    def find_spec(self, name, *arguments):
        if name == "sheernet.apps":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Pressing())
sys.argv = ["sheernet", "--version"]
sheernet.__main__.main()
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )  # fmt: skip
    code, out = (0, f"sheernet {sn.__version__}\n") if is_ignored else (-signal.SIGINT, "")
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, out, "")


def test_nothing_is_imported_before_the_program_has_changed_what_ctrl_c_does(
    tmp_path: Path,
) -> None:
    """An import would print a traceback of Ctrl-C; that of a built-in module runs no code of Python."""
    program = """
import builtins

usual = builtins.__import__

def told(name, globals=None, *arguments):
    if globals and globals["__name__"].startswith("sheernet"):
        print(name)
    return usual(name, globals, *arguments)

builtins.__import__ = told
import sheernet.__main__
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=True
    )  # fmt: skip
    assert ended.stdout == "_signal\n"
