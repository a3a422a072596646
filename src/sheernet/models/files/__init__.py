"""The model file: one JSON document that holds everything and runs nothing.

msgspec reads it into the structures of `schema`, strictly: a document with a field missing, of a wrong type or unknown
is refused with the place where that is.  Numbers are written with as many digits as bring back the same bits.

    schema.py   what the document holds
    writing.py  a model as a document
    reading.py  a document as a model, where its parts fit each other
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from sheernet.foundation.errors import InvalidInput, SheernetError
from sheernet.foundation.storage import cannot_read, write_file
from sheernet.models.files import schema
from sheernet.models.files.document_reader import from_document
from sheernet.models.files.document_writer import to_document
from sheernet.models.files.schema import FORMAT, OLDEST_SCHEMA, SCHEMA
from sheernet.models.model import Model

LARGEST_FILE = (
    64 * 2**20
)  # bytes: a million weights with their decays; reading takes ten times as much memory
LONGEST_REASON = 300  # characters of a sentence that may quote what a stranger wrote into the file
NO_MODEL = ("is not a sheernet model", "give a file that 'sheernet fit' or Model.save wrote")
DAMAGED = ("is damaged", "copy it again from where it came, or fit the model again")
"""What is wrong with a file, and what to do."""
_BEGINNING = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"format"\s*:\s*"' + FORMAT.encode())
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"(\s*+:)?', re.DOTALL)
"""A text of JSON; one with a colon behind it is the name of a field."""


def save(model: Model, path: str | os.PathLike[str]) -> Path:
    """Write a model, whole or not at all.

    Raises
    ------
    InvalidInput
        When the model holds a user's own activation, which a file cannot carry, or the folder does not exist.
    """
    content = msgspec.json.encode(to_document(model), enc_hook=_plain)
    return write_file(path, msgspec.json.format(content, indent=1) + b"\n")


def load(path: str | os.PathLike[str]) -> Model:
    """Read a model that `Model.save` wrote.

    Parameters
    ----------
    path : path
        The file.  Nothing in it is run, whoever wrote it.

    Returns
    -------
    Model
        Its predictions are the saved model's, bit for bit.

    Raises
    ------
    InvalidInput
        When it cannot be read, is not a model, is damaged, or was written by a newer version.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import sheernet as sn
    >>> model = sn.fit({"x": [0.0, 0.5, 1.5], "y": [0.5, 1.0, 4.0]}, target="y", hidden=1, starts=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = sn.load(model.save(pathlib.Path(folder) / "model.json"))
    >>> bool((again.predict({"x": [0.5]}) == model.predict({"x": [0.5]})).all())
    True
    """
    if not isinstance(path, (str, os.PathLike)):
        raise InvalidInput(f"a model file is named by its path, but {path!r:.40} was given")
    name = os.fspath(path)
    content = _read(Path(path))
    is_one = _BEGINNING.match(content) is not None  # whatever became of it since
    header = _decode(content, schema.Header, name, *(DAMAGED if is_one else NO_MODEL))
    if header.format != FORMAT:
        raise InvalidInput(
            f"{name!r} is not a sheernet model: its format is {header.format[:40]!r}, not {FORMAT!r}; {NO_MODEL[1]}"
        )
    if header.schema < OLDEST_SCHEMA:
        raise InvalidInput(
            f"{name!r} has schema {header.schema}, which no released sheernet wrote (they begin with {OLDEST_SCHEMA}): "
            "fit the model again"
        )
    if header.schema > SCHEMA:
        raise InvalidInput(
            f"{name!r} was written by a newer sheernet (schema {header.schema}; this one reads up to {SCHEMA}): "
            "pip install --upgrade sheernet"
        )
    document = _decode(content, schema.Document, name, *DAMAGED)
    problem, todo = DAMAGED
    if _count_fields(content) != _count_fields(msgspec.json.encode(document)):
        raise InvalidInput(f"{name!r} {problem}: it has a field twice; {todo}")
    try:
        return from_document(document)
    except (SheernetError, ValueError, OverflowError) as error:
        raise InvalidInput(f"{name!r} {problem}: {_reason(error)}; {todo}") from None


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InvalidInput(f"{str(path)!r} is a folder; give the name of a model file")
        size = path.stat().st_size
        if not path.is_file():  # a pipe or a device may have no end
            raise InvalidInput(
                f"{str(path)!r} is not an ordinary file; give the name of a model file"
            )
        if size > LARGEST_FILE:
            raise InvalidInput(
                f"{str(path)!r} has {size} bytes, more than a model can have ({LARGEST_FILE}): "
                f"it is not a sheernet model; {NO_MODEL[1]}"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise InvalidInput(f"there is no file {str(path)!r}; check the path") from None
    except OSError as error:
        raise cannot_read(path, error) from None
    except ValueError as error:  # a path that the system cannot even be asked for
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"{str(path)!r} is no name of a file: {error}") from None


def _decode(content: bytes, kind: Any, name: str, problem: str, todo: str) -> Any:
    try:
        return msgspec.json.decode(content, type=kind)
    except RecursionError:
        reason = "its brackets are nested too deeply"
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = _reason(error)
    raise InvalidInput(f"{name!r} {problem}: {reason}; {todo}")


def _count_fields(content: bytes) -> int:
    """How many fields all objects of a valid JSON document have together.

    msgspec takes the last of two fields of one name, as JSON's grammar leaves open, and readers in other languages take
    the first: a document that has more fields than what was read of it could mean two models.
    """
    return sum(found[1] is not None for found in _TEXT.finditer(content))


def _reason(error: BaseException) -> str:
    """An error as one short line, whatever names and values of the file it quotes."""
    line = " ".join(str(error).split())
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}..."


def _plain(value: Any) -> Any:
    """What msgspec cannot write: NumPy's numbers and arrays; anything else that a setting holds, as text."""
    return value.tolist() if isinstance(value, (np.generic, np.ndarray)) else str(value)
