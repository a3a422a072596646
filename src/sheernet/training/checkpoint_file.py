"""The state of a run in a file (`CheckpointFile`), to resume a run after it ended or its process was killed.

The file is an archive of NumPy arrays (.npz) with an array for each number and each array of the Checkpoint, named by
its place, such as state.pairs.3.s.  It is read without pickle, so that a file of unknown origin cannot run code; the
archive has a checksum of each array.  A resumed run is bitwise equal to an uninterrupted run.
"""

from __future__ import annotations

import io
import os
import time
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from math import inf
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

from sheernet.foundation.atomic_files import cannot_read, write_file
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import as_flag
from sheernet.foundation.sentences import in_quotes
from sheernet.optimizers import METHODS, Best, Checkpoint, Row, Step
from sheernet.optimizers.driver import better

Arrays = dict[str, npt.NDArray[Any]]

FORMAT = "sheernet checkpoint 1"

_DAMAGE = (zipfile.BadZipFile, zlib.error)


def save_checkpoint(path: str | os.PathLike[str], checkpoint: Checkpoint) -> Path:
    """Write the state of a run to a file, completely or not at all.

    Parameters
    ----------
    path : path
        The file; an existing file is replaced.
    checkpoint : Checkpoint
        The state, such as `run.state`.

    Returns
    -------
    Path

    Raises
    ------
    InvalidInput
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.training import fit_objective, load_checkpoint, save_checkpoint
    >>> objective = sn.make_objective(sn.Architecture((1, 2, 1)), [0.0, 1.0, 2.0], [0.0, 1.0, 0.0])
    >>> start = np.linspace(-1, 1, 7)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = fit_objective(objective, [start], "bfgs", max_iter=3)[0]
    ...     file = save_checkpoint(folder + "/fit.checkpoint", run.state)
    ...     resumed = fit_objective(objective, [load_checkpoint(file, objective)], max_iter=4)[0]
    >>> whole = fit_objective(objective, [start], "bfgs", max_iter=7)[0]
    >>> resumed.theta.tobytes() == whole.theta.tobytes()
    True
    """
    return write_arrays(path, {"format": np.array(FORMAT), **arrays_of(checkpoint)})


def arrays_of(checkpoint: Checkpoint) -> Arrays:
    """Return the numbers and arrays of a checkpoint, by their places."""
    arrays: Arrays = {"method": np.array(checkpoint.method)}
    flatten("state", checkpoint.state, arrays)
    flatten("best", checkpoint.best, arrays)
    return arrays


def write_arrays(path: str | os.PathLike[str], arrays: Mapping[str, Any]) -> Path:
    """Write an archive of arrays, completely or not at all."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return write_file(path, buffer.getvalue())


def load_checkpoint(path: str | os.PathLike[str], objective: Any = None) -> Checkpoint:
    """Read the state of a run from a file.

    Parameters
    ----------
    path : path
        A file of `save_checkpoint` or of a `CheckpointFile`.
    objective : object, optional
        The objective of the run to resume.  Its value at the iterate must be bitwise equal to the value in the file.

    Returns
    -------
    Checkpoint
        A start for `fit_objective`, `fit_jobs` or `minimize`, with the same objective.

    Raises
    ------
    InvalidInput
        If the file cannot be read, is damaged or not a checkpoint, or belongs to another objective.
    """
    arrays = read_arrays(path, FORMAT)
    checkpoint = checkpoint_of(path, arrays)
    if objective is not None:
        _require_same_objective(path, checkpoint, objective)
    return checkpoint


def read_arrays(path: str | os.PathLike[str], form: str) -> Arrays:
    """Read an archive of arrays; raise InvalidInput if it is damaged or of another format."""
    try:
        content = io.BytesIO(Path(path).read_bytes())
    except OSError as error:
        raise cannot_read(path, error) from error
    if not zipfile.is_zipfile(content):
        raise damaged(path)
    try:
        with np.load(content, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, NotImplementedError, *_DAMAGE) as error:
        raise damaged(path) from error
    if "format" not in arrays or str(arrays["format"]) != form:
        raise damaged(path)
    return arrays


class CheckpointFile:
    """An observer that writes the state of a run to a file after each iteration.

    Parameters
    ----------
    path : path
        The file; an existing file is replaced.
    resumed : Checkpoint, optional
        The start of the run, if it is resumed.
    by_validation : bool
        Whether the run has a `patience`, so that its best iterate is the iterate with the lowest validation cost.
    every : float
        Minimum number of seconds between two writes; 0 writes after each iteration.

    Notes
    -----
    With several starts the file contains the state of the latest start.  After the end of a run, also by Ctrl-C, its
    last state is `run.state`; write it with `save_checkpoint` if `every` is not 0.

    Raises
    ------
    InvalidInput
        When it is called, if the file cannot be written.
    """

    def __init__(
        self, path: str | os.PathLike[str], resumed: Checkpoint | None = None, *,
        by_validation: bool = False, every: float = 0.0,
    ) -> None:  # fmt: skip
        self.path, self.every = Path(path), float(every)
        self.by_validation = as_flag("by_validation", by_validation)
        self._best = None if resumed is None else resumed.best
        self._written = -inf

    def __call__(self, step: Step, row: Row) -> None:
        """Write the state of a step, unless less than `every` seconds have passed since the last write."""
        best = None if step.iteration == 0 else self._best  # a new start
        self._best = better(best, step, row.validation_cost, by_validation=self.by_validation)
        if step.state is None:
            raise InvalidInput("runs of this method cannot be saved; use another method")
        now = time.monotonic()
        if now - self._written >= self.every:
            save_checkpoint(self.path, Checkpoint(method_of(step.state), step.state, self._best))
            self._written = now


def method_of(state: object) -> str:
    """Return the name of the method of a State."""
    return next(method.name for method in METHODS.values() if type(state) is method.state)


def flatten(name: str, value: Any, arrays: Arrays) -> None:
    """Add the numbers and arrays of a value to `arrays`, each under the name of its place."""
    if is_dataclass(value):
        for field in fields(value):
            flatten(f"{name}.{field.name}", getattr(value, field.name), arrays)
    elif isinstance(value, tuple):
        arrays[name] = np.array(len(value))
        for i, entry in enumerate(value):
            flatten(f"{name}.{i}", entry, arrays)
    else:
        arrays[name] = np.asarray(value)


def checkpoint_of(path: str | os.PathLike[str], arrays: Mapping[str, Any]) -> Checkpoint:
    """Return the checkpoint of `arrays_of`; raise if an array is missing or has another type."""
    try:
        method = str(arrays["method"])
        state = restored("state", METHODS[method].state, arrays)
        best = restored("best", Best, arrays)
        checkpoint = Checkpoint(method, state, best)
        sizes = {vector.shape for vector in (state.theta, best.theta, best.gradient)}
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(path) from error
    if len(sizes) != 1 or state.theta.ndim != 1:
        raise damaged(path)
    return checkpoint


def restored(name: str, kind: Any, arrays: Mapping[str, Any]) -> Any:
    """Return a value of a type from the arrays of its places."""
    if get_origin(kind) is UnionType:  # the dataclass whose fields the file has
        for each in get_args(kind):
            with suppress(KeyError):
                return restored(name, each, arrays)
        raise KeyError(name)
    if kind in (int, float, bool):
        array = arrays[name]
        if array.dtype != np.dtype(kind) or array.ndim != 0:
            raise TypeError(name)
        return array.item()
    if get_origin(kind) is np.ndarray:
        if arrays[name].dtype != np.float64:
            raise TypeError(name)
        return arrays[name]
    if get_origin(kind) is tuple:
        entry = get_args(kind)[0]
        number = restored(name, int, arrays)
        return tuple(restored(f"{name}.{i}", entry, arrays) for i in range(number))
    hints = get_type_hints(kind)
    if is_dataclass(kind):
        names = {field.name: field.name for field in fields(kind)}
    else:  # a NamedTuple, whose places have numbers
        names = {field: str(i) for i, field in enumerate(kind._fields)}
    parts = {
        field: restored(f"{name}.{place}", hints[field], arrays) for field, place in names.items()
    }
    return kind(**parts)


def _require_same_objective(
    path: str | os.PathLike[str], checkpoint: Checkpoint, objective: Any
) -> None:
    state: Any = checkpoint.state
    size = getattr(objective, "size", state.theta.size)
    saved = state.model.value if hasattr(state, "model") else state.value
    here = objective.value(state.theta) if size == state.theta.size else None
    if here is None or not np.array_equal(here, saved, equal_nan=True):
        was = f"{size} parameters" if here is None else f"the value {here!r} at this iterate"
        raise InvalidInput(
            f"{in_quotes(os.fspath(path))} belongs to another objective, with {state.theta.size} parameters and the "
            f"value {saved!r} at its iterate; the given objective has {was}; resume with the same data, network and "
            "settings"
        )


def damaged(path: str | os.PathLike[str]) -> InvalidInput:
    """Return the error of a damaged file."""
    return InvalidInput(
        f"{in_quotes(os.fspath(path))} is damaged or not a checkpoint of this version of sheernet; "
        "start the run again, or give another file"
    )
