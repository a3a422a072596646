"""Predictions for files that need not fit in memory: one output file for each input file, a block of rows at a time.

    files -> shards -> Table of a block -> predictions -> the output file of the block's file, which grows

An output file gets its name when all rows of its input file are predicted; until then it is a temporary file, which is
removed on an error.  So each file of the folder is always complete, and a second run can predict the remaining files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheernet.data.files import is_csv
from sheernet.data.files.growing_table import growing_table
from sheernet.data.files.opening import COMPRESSIONS
from sheernet.data.files.written_cells import WrittenCells
from sheernet.data.targets import ClassTarget
from sheernet.foundation.caller_warnings import gathered, warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.optional import import_optional
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import Setting, in_quotes, sentence

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.data.shards import Shard, Shards
    from sheernet.data.tables import Table
    from sheernet.models.model import Model

MOST_WARNINGS = 5
"""Maximum number of warnings about blocks that are shown; the others are counted."""
TYPES: Mapping[type, str] = {str: "string", bool: "boolean", int: "Int64", float: "float64"}
"""Type of a column of labels, which cannot be inferred from a block without predictions."""


@dataclass(frozen=True)
class PredictedFile:
    """Predictions of a file.

    Parameters
    ----------
    source, path : Path
        The file, and the file of its predictions.
    rows, without : int
        The number of rows, and the number of rows without a prediction.
    """

    source: Path
    path: Path
    rows: int
    without: int


def predict_files(
    model: Model,
    shards: Shards,
    folder: str | os.PathLike[str],
    *,
    append: bool = False,
    overwrite: bool = False,
    tell: Callable[[PredictedFile], object] | None = None,
    **how: Any,
) -> tuple[PredictedFile, ...]:
    """Predict the targets of the rows of files, and write a file of predictions for each.

    Parameters
    ----------
    model : Model
        The model.
    shards : Shards
        As returned by `sheernet.shards`.
    folder : path
        The folder for the predictions; it is made if it does not exist.
    append : bool
        Whether the output files also contain the columns of the table.
    overwrite : bool
        Whether to replace existing files.
    tell : callable, optional
        Called with each file that is complete.
    **how
        `coverage`, `std`, `method` and `unseen`, as in `Model.predict_frame`.

    Returns
    -------
    tuple of PredictedFile
        In the order of the files.

    Raises
    ------
    InvalidInput
        As for `Model.predict_frame`, or if a file exists, or two files would have the same name.  Files that were
        complete before are kept.

    Warns
    -----
    SheernetWarning
        The first warnings about blocks of rows, such as rows without prediction, and the number of the others.
    """
    if not shards.files:
        raise InvalidInput(
            f"{shards.source} does not consist of files, so no files of predictions can be written; use "
            "frame.map_partitions(model.predict_frame)"
        )
    files = [
        (path, list(those))
        for path, those in groupby(shards.shards, lambda recipe: Path(recipe.path))
    ]
    outputs = output_paths([path for path, _ in files], Path(folder), overwrite)
    told: list[str] = []
    done = []
    for (path, recipes), output in zip(files, outputs, strict=True):
        output.parent.mkdir(parents=True, exist_ok=True)
        own = [_with_inputs(recipe, model) for recipe in recipes]
        with closing(_blocks(own, told)) as blocks:  # it gathers warnings until it is closed
            done.append(_predict_file(model, path, blocks, output, append, overwrite, how))
        if tell is not None:
            tell(done[-1])
    for message in told[:MOST_WARNINGS]:
        warn(message)
    if len(told) > MOST_WARNINGS:
        warn(f"{counted(len(told) - MOST_WARNINGS, 'more warning')} about other blocks of rows")
    return tuple(done)


def output_paths(sources: Sequence[Path], folder: Path, overwrite: bool) -> list[Path]:
    """Return the file of predictions of each file; it keeps its path relative to the common folder of all files.

    Parquet files give Parquet files, and others CSV files, compressed by gzip if these are.

    Parameters
    ----------
    sources : sequence of Path
        The files.
    folder : Path
        The folder of the predictions.
    overwrite : bool
        Whether to replace existing files.

    Raises
    ------
    InvalidInput
        If a file exists, or is one of `sources`, or two files would have the same name.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sheernet.models.streamed_predictions import output_paths
    >>> paths = output_paths([Path("new/a.parquet"), Path("new/may/b.txt.gz")], Path("predicted"), overwrite=False)
    >>> [path.as_posix() for path in paths]
    ['predicted/a.parquet', 'predicted/may/b.csv.gz']
    """
    together = Path(os.path.commonpath([path.absolute().parent for path in sources]))
    outputs = [folder / _renamed(path.absolute().relative_to(together)) for path in sources]
    taken: dict[Path, Path] = {}
    for source, output in zip(sources, outputs, strict=True):
        if output in taken:
            raise InvalidInput(
                f"the predictions of {in_quotes(str(taken[output]))} and {in_quotes(str(source))} would both be "
                f"written to {in_quotes(str(output))}; predict them one after the other, into different folders"
            )
        taken[output] = source
        if not output.exists():
            continue
        if any(output.samefile(each) for each in sources if each.exists()):
            raise InvalidInput(
                "{!r} is a file to predict and is not overwritten; give another folder with {}",
                str(output), Setting("output"),
            )  # fmt: skip
        if not overwrite:
            raise InvalidInput(
                "{!r} exists already and is not overwritten; give another folder, or {}",
                str(output), Setting("overwrite", True),
            )  # fmt: skip
    return outputs


def _renamed(path: Path) -> Path:
    """The name of the predictions of a file."""
    packed = path.suffix.lower() in COMPRESSIONS
    inner = path.with_suffix("") if packed else path
    if inner.suffix.lower() == ".parquet":
        return inner
    return inner.with_suffix(".csv.gz" if packed else ".csv")


def _with_inputs(recipe: Shard, model: Model) -> Shard:
    """The recipe of the same rows, with the formats of the inputs only; the target and other columns are not needed."""
    names = model.inputs.names
    of_model = recipe.read_as_in(model.reading.only(names))
    return of_model if of_model.like is None else replace(of_model, like=of_model.like.only(names))


def _blocks(
    recipes: Sequence[Shard], told: list[str]
) -> Generator[tuple[Table, Shard], None, None]:
    """Yield the tables of the shards of a file; warnings while a table is read and predicted name its rows."""
    first = 1
    for recipe in recipes:
        with gathered() as messages:
            table = recipe.read()
            yield table, recipe
        last = first + len(table) - 1
        where = f"rows {first} to {last} of {Path(recipe.path).name}"
        told += [sentence("{}: {}", where, message) for message in messages]
        first = last + 1


def _predict_file(
    model: Model, source: Path, blocks: Iterable[tuple[Table, Shard]], output: Path, append: bool, overwrite: bool,
    how: Mapping[str, Any],
) -> PredictedFile:  # fmt: skip
    """Predict the rows of a file and write them."""
    rows = without = 0
    fields = _fields(source) if append and output.suffix == ".parquet" else None
    with growing_table(output, overwrite=overwrite, fields=fields) as add:
        for table, recipe in blocks:
            frame = model.predict_frame(table, **how)
            without += int(frame.iloc[:, 0].isna().sum())
            rows += len(frame)
            frame = _typed(model, frame)
            add(beside(_kept(table, recipe, output), frame) if append else frame)
    return PredictedFile(source, output, rows, without)


def _kept(table: Table, recipe: Shard, output: Path) -> pd.DataFrame:
    """Return the columns of a block for the output, those of a text file as they are written."""
    cells = recipe.written()
    if cells is None:
        return table.frame
    return WrittenCells(cells, "text").for_csv(table) if is_csv(output.name) else cells


def _fields(source: Path) -> Any:
    """The types of the columns of a Parquet file."""
    return import_optional("pyarrow.parquet", extra="parquet", purpose="Parquet files").read_schema(
        source
    )


def _typed(model: Model, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the predictions with a type of labels that does not depend on the rows."""
    targets = model.targets
    if not isinstance(targets, ClassTarget):
        return frame
    return frame.astype({frame.columns[0]: TYPES[type(targets.classes[0])]})


def beside(kept: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """Append predictions to columns; names that exist already get the prefix predicted_ until they are unique.

    Parameters
    ----------
    kept, predictions : DataFrame
        The data of the same rows.
    """
    taken = set(map(str, kept.columns))
    names = []
    for name in map(str, predictions.columns):
        while name in taken:
            name = f"predicted_{name}"
        names.append(name)
        taken.add(name)
    renamed = predictions.set_axis(names, axis="columns")
    return import_pandas().concat([kept, renamed], axis="columns")
