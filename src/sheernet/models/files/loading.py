"""`load`: read a model file and check its size, format, schema and types."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import msgspec

from sheernet.foundation.atomic_files import cannot_read
from sheernet.foundation.errors import InvalidInput, SheernetError
from sheernet.foundation.missing_files import no_file
from sheernet.foundation.sentences import in_quotes
from sheernet.models.files import schema
from sheernet.models.files.model_from_document import from_document
from sheernet.models.model import Model

MODEL, UNFINISHED = "model.json", "unfinished.json"
"""File names of the model in the folder of a fit, and of the best model of a fit that has not ended."""
LONGEST_REASON = 300
"""Maximum number of characters of a reason, which may quote arbitrary content of the file."""
NOT_A_MODEL = (
    "is not a sheernet model",
    "give the model.json that 'sheernet fit' or Model.save wrote",
)
DAMAGED = ("is damaged", "copy it again from where it came, or fit the model again")
"""Problems of files, each with advice."""
_BEGINNING = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"format"\s*:\s*"' + schema.FORMAT.encode())
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"(\s*+:)?', re.DOTALL)
"""A JSON string; if a colon follows, the string is the name of a field."""
_PARENTS = (msgspec.Struct, dict, tuple, list)


def load(path: str | os.PathLike[str]) -> Model:
    """Read a model that `Model.save` wrote.

    Parameters
    ----------
    path : path
        The model file, or the folder written by `sheernet fit`, which contains `model.json`.  No content is executed.

    Returns
    -------
    Model
        The model; its predictions are bitwise equal to those of the saved model.

    Raises
    ------
    InvalidInput
        If the file cannot be read, is not a model, is damaged, or was written by another version with another schema.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import sheernet as sn
    >>> model = sn.fit({"x": [0.0, 0.5, 1.5], "y": [0.5, 1.0, 4.0]}, "y", hidden=1, decay=0.01)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = sn.load(model.save(pathlib.Path(folder) / "model.json"))
    >>> bool((again.predict({"x": [0.5]}) == model.predict({"x": [0.5]})).all())
    True
    """
    if not isinstance(path, (str, os.PathLike)):
        raise InvalidInput(f"load takes the path of a model file, but {path!r:.40} was given")
    file = model_file(Path(path))
    name, content = str(file), _read(file)
    _require_few_parts(name, content)
    begins_as_model = _BEGINNING.match(content) is not None
    header = _decoded(content, schema.Header, name, DAMAGED if begins_as_model else NOT_A_MODEL)
    _require_known_schema(name, header)
    document = _decoded(content, schema.Document, name, DAMAGED)
    if _count_fields(content) != _count_fields_read(document):
        raise _refusal(name, DAMAGED, "a field occurs twice")
    try:
        return from_document(document)
    except (SheernetError, ValueError, OverflowError) as error:
        raise _refusal(name, DAMAGED, error) from None


def model_file(path: Path) -> Path:
    """Return the path of a model file; if the path is a folder, of the model file in it."""
    try:
        if not path.is_dir():
            return path
        if (inside := path / MODEL).is_file():
            return inside
        unfinished = path / UNFINISHED
        advice = (
            f"a fit that was ended left its best model; give {in_quotes(str(unfinished))}"
            if unfinished.is_file()
            else "give the name of a model file"
        )
    except (OSError, ValueError):  # `_read` reports it
        return path
    raise InvalidInput(f"the folder {in_quotes(str(path))} has no {MODEL}; {advice}")


def _read(path: Path) -> bytes:
    name = str(path)
    try:
        size = path.stat().st_size
        if not path.is_file():  # a pipe or a device may have no end
            raise InvalidInput(
                f"{in_quotes(name)} is not an ordinary file; give the name of a model file"
            )
        if size > schema.LARGEST_FILE:
            reason = f"it has {size} bytes, more than a model can have ({schema.LARGEST_FILE})"
            raise _refusal(name, NOT_A_MODEL, reason)
        return path.read_bytes()
    except InvalidInput:
        raise
    except FileNotFoundError:
        raise no_file(path, fits=_may_be_model) from None
    except OSError as error:
        raise cannot_read(path, error) from None
    except ValueError as error:  # a path that the system does not accept, such as one with a NUL
        raise InvalidInput(f"{in_quotes(name)} is not a valid path: {error}") from None


def _may_be_model(path: Path) -> bool:
    return path.suffix == ".json" or (path / MODEL).is_file()


def _require_few_parts(name: str, content: bytes) -> None:
    """Raise if decoding a file of allowed size would take minutes or gigabytes."""
    # Characters inside strings are also counted, which overestimates the numbers only for unusual files.
    parts = content.count(b'"') // 2 + content.count(b"[") + content.count(b"{")
    values = content.count(b",")
    for number, most, noun in (
        (parts, schema.MOST_PARTS, "texts, lists and objects"),
        (values, schema.MOST_NUMBERS, "values"),
    ):
        if number > most:
            reason = f"it has about {number} {noun}, more than a model can have ({most})"
            raise _refusal(name, NOT_A_MODEL, reason)


def _require_known_schema(name: str, header: schema.Header) -> None:
    if header.format != schema.FORMAT:
        raise _refusal(
            name, NOT_A_MODEL, f"its format is {header.format[:40]!r}, not {schema.FORMAT!r}"
        )
    if header.schema != schema.SCHEMA:
        other = "a newer" if header.schema > schema.SCHEMA else "an older"
        raise InvalidInput(
            f"{in_quotes(name)} was written by {other} sheernet: its schema is {header.schema}, and this version reads "
            f"{schema.SCHEMA}; fit the model again, or install that version"
        )


def _decoded(content: bytes, kind: Any, name: str, problem: tuple[str, str]) -> Any:
    try:
        return msgspec.json.decode(content, type=kind)
    except RecursionError:
        raise _refusal(name, problem, "its brackets are nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if problem is NOT_A_MODEL:  # the reason does not help for a file of another kind
            raise InvalidInput(f"{in_quotes(name)} {'; '.join(NOT_A_MODEL)}") from None
        raise _refusal(name, problem, _reason(error)) from None


def _reason(error: Exception) -> str:
    """Return why a document cannot be decoded; msgspec's message names an invalid field and the expected type."""
    if isinstance(error, msgspec.ValidationError):
        return str(error)
    reasons = {"truncated": "its end is missing", "trailing": "text follows its end"}
    return next((why for word, why in reasons.items() if word in str(error)), "it is not JSON")


def _count_fields(content: bytes) -> int:
    """Count the fields of all objects of a valid JSON document.

    The grammar of JSON allows two fields of the same name.  msgspec uses the last one, and readers in other languages
    may use the first, so a document with more fields than msgspec read could describe two models.
    """
    return sum(found[1] is not None for found in _STRING.finditer(content))


def _count_fields_read(part: Any) -> int:
    """Count the fields of all objects in a part of a document; a list of numbers or strings has none."""
    if isinstance(part, msgspec.Struct):
        values = [value for value in msgspec.structs.astuple(part) if value is not msgspec.UNSET]
        has_tag = part.__struct_config__.tag is not None
        return len(values) + has_tag + sum(map(_count_fields_read, values))
    if isinstance(part, dict):
        return len(part) + sum(map(_count_fields_read, part.values()))
    if isinstance(part, (tuple, list)) and part and isinstance(part[0], _PARENTS):
        return sum(map(_count_fields_read, part))
    return 0


def _refusal(name: str, problem: tuple[str, str], reason: str | Exception) -> InvalidInput:
    """Build the error for a file as one short line, because the reason may quote content of the file."""
    line = " ".join(str(reason).split())
    if len(line) > LONGEST_REASON:
        line = f"{line[:LONGEST_REASON]}..."
    return InvalidInput(f"{in_quotes(name)} {problem[0]}: {line}; {problem[1]}")
