"""`exercise_of_file`: the file with which a page is opened, an exercise or a table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_presets import beginning_of_table
from sheernet.apps.page.page_table import LARGEST_FILE, OWN, PageTable, exercise_with, size_sentence
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting


def exercise_of_file(path: Path, **options: Any) -> Exercise:
    """Return the initial exercise of a page that is opened with a file.

    Parameters
    ----------
    path : Path
        The file.
    **options
        For a table, arguments of `sheernet.read_table`, and `target`, the column to predict; by default the last column
        that has numbers or few labels.

    Raises
    ------
    InvalidInput
        If the file cannot be read, is neither exercise nor table, or an exercise has an invalid value.
    """
    content = _content(path)
    if path.suffix.lower() != ".json":
        return _of_table(path.name, content, **options)
    refuse_options(options, f"{path.name} holds none, but an exercise")
    exercise = _with_table(Exercise.from_json(content), path)
    Experiment.of(exercise)  # errors are reported before the server starts
    return exercise


def refuse_options(options: Iterable[str], why: str) -> None:
    """Raise if options for a table are given without a table."""
    for name in options:
        raise InvalidInput("{} is about a table, and {}; omit it", Setting(name), why)


def _of_table(name: str, content: bytes, target: str | None = None, **how: Any) -> Exercise:
    """Return the initial settings of the page for a table."""
    exercise = exercise_with(beginning_of_table(), content, name, **how)
    if target is None:
        return exercise
    PageTable.of(exercise).table.require([target])
    return exercise.changed({"target": target})


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InvalidInput(size_sentence(path.name, path.stat().st_size))
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from None


def _with_table(exercise: Exercise, path: Path) -> Exercise:
    """Return an exercise with the table that it names, read from the folder of the exercise."""
    if exercise.data != OWN or exercise.table:
        return exercise
    table = path.parent / Path(exercise.table_name).name
    if not exercise.table_name or not table.is_file():
        raise InvalidInput(
            f"{path.name} names the table {exercise.table_name!r} without including it; put the file in the same folder"
        )
    read = exercise_with(exercise, _content(table), table.name, samples=exercise.samples)
    return msgspec.structs.replace(
        exercise, table=read.table, table_name=read.table_name, samples=read.samples
    )
