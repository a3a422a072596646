"""Fixtures: a command line in a folder with small tables, and a fitted model."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_lines import Run, Said, write_flowers, write_scores
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
def fitted(run: Run) -> Path:
    """A fitted model in scores-fit/model.json."""
    import sheernet as sn

    Path("scores-fit").mkdir()
    return sn.fit("scores.csv", "score", hidden=2, starts=1, max_iter=20).save(
        "scores-fit/model.json"
    )


@pytest.fixture
def without_pictures(monkeypatch) -> None:
    """Draw no pictures, because they take most of the time."""
    from sheernet.apps.cli import pictures

    monkeypatch.setattr(pictures, "fit_pictures", lambda *_: {})
