"""Settings of a fit of shards: where and how rows that do not fit in memory are held."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import in_brief, is_whole
from sheernet.foundation.sentences import InPython, Setting, sentence
from sheernet.settings.option import option

UNITS_OF_BYTES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
"""Decimal prefixes; with an i, as in GiB, they are powers of 1024."""
LEAST_MEMORY = 10**8
"""Bytes; a shard and what is made of it take about this much."""


@dataclass(frozen=True, eq=False)
class ShardSettings:
    """Where and how the rows of shards are held.

    Parameters
    ----------
    memory_limit : int or str, optional
        Bytes, or a size such as "2GB".
    folder : path, optional
        Folder for the packed rows.
    checkpoint : path, optional
        File of the state of the training.
    client : dask.distributed.Client, optional
        The workers of a cluster.

    Raises
    ------
    InvalidInput
        If the memory limit is not a size of at least 100 MB, or settings exclude each other.
    """

    memory_limit: int | str | None = option(
        None, "Of data in shards: memory for rows, such as 2GB; more rows are read from a packed file at each "
        "evaluation.", typed=str | None, metavar="SIZE", shown="a quarter of the memory", flag="--memory",
    )  # fmt: skip
    folder: Any = option(
        None, "Of data in shards: folder on a fast disk for the packed file, which is removed at the end.",
        typed=Path | None, metavar="FOLDER", shown="the temporary folder of the system",
    )  # fmt: skip
    checkpoint: Any = option(
        None, "Of data in shards: file in which the state of the training is kept after each iteration; if it exists, "
        "the training goes on from it.", typed=Path | None, metavar="FILE", shown="none",
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
                    sentence(
                        "{} concerns the rows on this machine, but with {} they are on the workers; leave it out",
                        Setting(name), Setting("client"),
                    )
                )  # fmt: skip

    def refuse(self) -> None:
        """Raise if a setting was given although the rows are in memory."""
        for name, value in vars(self).items():
            if value is not None:
                raise InvalidInput(
                    sentence(
                        "{} is for data in shards, but this table is read into memory; omit it, or give "
                        "{}several files, or a pattern such as 'data/*.parquet'",
                        Setting(name),
                        InPython("sheernet.shards(...), "),
                    )
                )


def as_bytes(name: str, given: object) -> int:
    """A number of bytes from a whole number or a text such as "2GB".

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
            sentence(
                "{} must be a size such as '2GB', but {} was given", Setting(name), in_brief(given)
            )
        )
    number, prefix, binary = found.groups()
    power = " KMGT".index(prefix.upper() or " ")
    n_bytes = int(float(number) * (1024**power if binary else UNITS_OF_BYTES[prefix.upper()]))
    if n_bytes < LEAST_MEMORY:
        raise InvalidInput(
            sentence("{} must be at least 100MB, but {} was given", Setting(name), in_brief(given))
        )
    return n_bytes
