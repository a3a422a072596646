"""Fixtures: a command line in a folder with small tables, and a fitted model."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import sheernet as sn
from command_lines import Run, Said, Start, write_flowers, write_scores
from sheernet.apps import cli


@pytest.fixture
def run(capsys, tmp_path: Path, monkeypatch) -> Run:
    """Run a command line in a folder that holds scores.csv and flowers.csv."""
    monkeypatch.chdir(tmp_path)
    write_scores(tmp_path / "scores.csv")
    write_flowers(tmp_path / "flowers.csv")

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        code = cli.run(arguments)
        return Said(code, *capsys.readouterr())

    return run


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a command line as a process in a folder; a process that still runs after the test is killed."""
    environment = {
        "PYTHONPATH": str(Path(sn.__file__).parents[1]),
        "PYTHONWARNINGS": "error,ignore::DeprecationWarning",  # old releases call what others deprecate
        "OPENBLAS_NUM_THREADS": "1",
    }
    with ExitStack() as ends:

        def start(*arguments: str, folder: Path, **more) -> subprocess.Popen:
            process = subprocess.Popen(
                [sys.executable, "-m", "sheernet", *arguments],
                cwd=folder, env=os.environ | environment, text=True,
                **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more},
            )  # fmt: skip
            ends.enter_context(process)
            ends.callback(process.kill)
            return process

        yield start


@pytest.fixture
def fitted(run: Run) -> Path:
    """A fitted model in scores-fit/model.json."""
    Path("scores-fit").mkdir()
    return sn.fit("scores.csv", "score", hidden=2, starts=1, max_iter=20).save(
        "scores-fit/model.json"
    )


@pytest.fixture
def without_pictures(monkeypatch) -> None:
    """Draw no pictures, because they take most of the time."""
    from sheernet.apps.html_report import fit_pictures

    monkeypatch.setattr(fit_pictures, "fit_pictures", lambda *_: {})
