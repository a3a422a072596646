"""The state of a run in a file (`CheckpointFile`), to resume a run after it ended or its process was killed.

The file is an archive of NumPy arrays (.npz) with an array for each number and each array of the Checkpoint, named by
its place, such as state.pairs.3.s.  A resumed run is bitwise equal to an uninterrupted run.

A file of unknown origin cannot run code, because it is read without pickle, and takes little more memory than twice
its size, because the archive is not compressed.  The archive has a checksum of each array, and a checkpoint that is
read would be written with the same arrays, of the types and shapes that the fields declare.
"""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import is_dataclass
from math import inf
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

import numpy as np
import numpy.typing as npt

from sheernet.foundation.atomic_files import cannot_read, write_file
from sheernet.foundation.declared_fields import (
    alternatives_of,
    fields_of,
    is_array,
    require_declared,
)
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import as_flag
from sheernet.foundation.sentences import in_quotes
from sheernet.optimizers import Checkpoint, Row, Step
from sheernet.optimizers.checkpoint import better, require_resumable

Arrays = dict[str, npt.NDArray[Any]]

FORMAT = "sheernet checkpoint 1"


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
    return write_value(path, FORMAT, checkpoint)


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
    with refusing_damage(path):
        checkpoint: Checkpoint = restored(Checkpoint, arrays, {})
        require_resumable(checkpoint)
    if objective is not None:
        _require_same_objective(path, checkpoint, objective)
    return checkpoint


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
        best = self._best
        if best is not None and best.iteration >= step.iteration:
            best = None  # a new start, or the best itself
        self._best = better(best, step, row.validation_cost, by_validation=self.by_validation)
        if step.state is None:
            raise InvalidInput("runs of this method cannot be saved; use another method")
        now = time.monotonic()
        if now - self._written >= self.every:
            save_checkpoint(self.path, Checkpoint.at(step.state, self._best))
            self._written = now


# --- values in archives --------------------------------------------------------------------------------


def write_value(path: str | os.PathLike[str], form: str, value: Any) -> Path:
    """Write an archive with the numbers and arrays of a value, completely or not at all."""
    arrays: Arrays = {"format": np.array(form)}
    _flatten("", value, arrays)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return write_file(path, buffer.getvalue())


def read_arrays(path: str | os.PathLike[str], form: str) -> Arrays:
    """Read the archive of a value; raise InvalidInput if it is damaged or of another format."""
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from error
    with refusing_damage(path):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > len(content) or any(
                entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size
                for entry in entries
            ):
                raise ValueError("the entries are compressed, or larger than the file")
            arrays = {
                entry.filename.removesuffix(".npy"): _array(archive.read(entry))
                for entry in entries
            }
        if str(arrays.pop("format")) != form:
            raise ValueError("another format")
    return arrays


def restored(kind: Any, arrays: Mapping[str, Any], lengths: dict[str, int]) -> Any:
    """Return the value of a type from its arrays; raise unless it is valid and has exactly these arrays.

    `lengths` are the known ones of `require_declared`.
    """
    value, again = _restored("", kind, arrays), Arrays()
    require_declared("value", kind, value, lengths)
    _flatten("", value, again)
    if again.keys() != arrays.keys() or any(
        again[name] is not array and _content(again[name]) != _content(array)
        for name, array in arrays.items()
    ):
        raise ValueError("the arrays are not those of the value")
    return value


@contextmanager
def refusing_damage(path: str | os.PathLike[str]) -> Iterator[None]:
    """Raise InvalidInput for whatever is raised while a file is read, of which zipfile and NumPy keep no list."""
    try:
        yield
    except Exception as error:
        raise InvalidInput(
            f"{in_quotes(os.fspath(path))} is damaged or not a checkpoint of this version of sheernet; "
            "start the run again, or give another file"
        ) from error


def _array(content: bytes) -> npt.NDArray[Any]:
    """Return the array of a .npy file, whose header cannot claim more than the bytes that follow it."""
    file = io.BytesIO(content)
    np.lib.format.read_magic(file)
    shape, is_transposed, dtype = np.lib.format.read_array_header_1_0(file)
    entries = np.frombuffer(content, dtype, offset=file.tell())
    return entries.reshape(shape, order="F" if is_transposed else "C").copy(order="K")


def _content(array: npt.NDArray[Any]) -> tuple[Any, ...]:
    return array.dtype, array.shape, array.tobytes()


def _flatten(place: str, value: Any, arrays: Arrays) -> None:
    """Add the numbers and arrays of a value to `arrays`, each under the name of its place; None has none."""
    if is_dataclass(value) or hasattr(value, "_fields"):
        for name in fields_of(value.__class__):
            _flatten(_inside(place, name), getattr(value, name), arrays)
    elif isinstance(value, tuple):
        arrays[place] = np.array(len(value))
        for i, entry in enumerate(value):
            _flatten(_inside(place, i), entry, arrays)
    elif value is not None:
        arrays[place] = np.asarray(value)


def _restored(place: str, kind: Any, arrays: Mapping[str, Any]) -> Any:
    """Return a value of a type from the arrays of its places; of a union, the first whose arrays are there."""
    for each in alternatives_of(kind):
        with suppress(KeyError):
            return _restored(place, each, arrays)
    if kind is NoneType:
        return None
    if is_array(kind):
        return arrays[place]
    if kind in (bool, int, float, str):
        return arrays[place].item()
    if get_origin(kind) is tuple:
        entry = get_args(kind)[0]
        return tuple(
            _restored(_inside(place, i), entry, arrays) for i in range(arrays[place].item())
        )
    parts = {
        name: _restored(_inside(place, name), of_field, arrays)
        for name, of_field in fields_of(kind).items()
    }
    return kind(**parts)


def _inside(place: str, name: object) -> str:
    """Return the place of a field or entry."""
    return f"{place}.{name}" if place else str(name)


def _require_same_objective(
    path: str | os.PathLike[str], checkpoint: Checkpoint, objective: Any
) -> None:
    state = checkpoint.state
    size = getattr(objective, "size", state.theta.size)
    here = objective.value(state.theta) if size == state.theta.size else None
    if here is None or not np.array_equal(here, state.value, equal_nan=True):
        was = f"{size} parameters" if here is None else f"the value {here!r} at this iterate"
        raise InvalidInput(
            f"{in_quotes(os.fspath(path))} belongs to another objective, with {state.theta.size} parameters and the "
            f"value {state.value!r} at its iterate; the given objective has {was}; resume with the same data, network "
            "and settings"
        )
