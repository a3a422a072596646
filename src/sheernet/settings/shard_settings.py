"""Settings of a fit to data in shards: where and how rows that do not fit in memory are stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import in_brief, is_whole
from sheernet.foundation.sentences import InPython, Setting
from sheernet.settings.option import option

UNITS_OF_BYTES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
"""Bytes of each decimal prefix; with an i, as in GiB, prefixes are powers of 1024."""
LEAST_MEMORY = 10**8
"""Minimum memory limit in bytes: a shard and the arrays computed from it take about as much."""


@dataclass(frozen=True, eq=False)
class ShardSettings:
    """Where and how the rows of data in shards are stored.

    Parameters
    ----------
    memory_limit : int or str, optional
        Bytes, or a size such as "2GB".
    folder : path, optional
        Folder for the packed rows.
    checkpoint : path, optional
        File of the state of the training.
    client : dask.distributed.Client, optional
        Client of a cluster, whose workers hold the rows.

    Raises
    ------
    InvalidInput
        If the memory limit is not a size of at least 100 MB, or settings exclude each other.
    """

    memory_limit: int | str | None = option(
        None, "Memory for the rows of data in shards, such as 2GB; further rows are read from a packed file at each "
        "evaluation.", typed=str | None, metavar="SIZE", shown="a quarter of the memory", flag="--memory",
    )  # fmt: skip
    folder: Any = option(
        None, "Folder on a fast disk for the packed file of data in shards; the file is removed at the end.",
        typed=Path | None, metavar="FOLDER", shown="the temporary folder of the system",
    )  # fmt: skip
    checkpoint: Any = option(
        None, "File for the state of a training on data in shards, written after each iteration; if the file exists, "
        "the training continues from it.", typed=Path | None, metavar="FILE", shown="none",
    )  # fmt: skip
    client: Any = None

    def __post_init__(self) -> None:
        if self.memory_limit is not None:
            object.__setattr__(self, "memory_limit", as_bytes("memory_limit", self.memory_limit))
        if self.client is None:
            return
        for name in ("memory_limit", "folder"):
            if getattr(self, name) is not None:
                raise InvalidInput(
                    "{} concerns the rows on this machine, but with {} they are on the workers; omit it",
                    Setting(name), Setting("client"),
                )  # fmt: skip

    def refuse(self) -> None:
        """Raise if a setting was given although the rows are in memory."""
        for name, value in vars(self).items():
            if value is not None:
                raise InvalidInput(
                    "{} is for data in shards, but this table is read into memory; omit it, or give "
                    "{}several files, or a pattern such as 'data/*.parquet'",
                    Setting(name),
                    InPython("sheernet.shards(...), "),
                )


def as_bytes(name: str, given: object) -> int:
    """Convert a whole number or a text such as "2GB" to a number of bytes.

    Raises
    ------
    InvalidInput
        If it is neither, or less than 100 MB.

    Examples
    --------
    >>> from sheernet.settings.shard_settings import as_bytes
    >>> as_bytes("memory_limit", "1.5 GB"), as_bytes("memory_limit", "2GiB"), as_bytes("memory_limit", 10**9)
    (1500000000, 2147483648, 1000000000)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d*)?)\s*([KMGT]?)(i?)B?\s*", str(given), re.IGNORECASE)
    if found is None or not (is_whole(given) or isinstance(given, str)):
        raise InvalidInput(
            "{} must be a size such as '2GB', but {} was given", Setting(name), in_brief(given)
        )
    number, prefix, binary = found.groups()
    power = " KMGT".index(prefix.upper() or " ")
    n_bytes = int(float(number) * (1024**power if binary else UNITS_OF_BYTES[prefix.upper()]))
    if n_bytes < LEAST_MEMORY:
        raise InvalidInput(
            "{} must be at least 100MB, but {} was given", Setting(name), in_brief(given)
        )
    return n_bytes
