"""From the options of a command to the arguments of the library: most of them have one name and are handed on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheernet.cli import values
from sheernet.errors import InvalidInput

READING = ("samples", "separator", "decimal", "encoding", "sheet", "missing_values")
ROLES = ("target", "inputs", "drop", "categories")
PREPARING = ("weights", "task", "scaling", "rare", "unseen", "missing", "held_out", "seed")
FITTING = ("activation", "decay", "cost", "starts", "max_iter", "time_limit", "patience", "seed")


def reading(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `read_table` among the parameters of a command."""
    return {
        **{name: given[name] for name in READING},
        "missing_values": values.split(given["missing_values"]),
    }


def preparing(given: Mapping[str, Any]) -> dict[str, Any]:
    """The table and the arguments of `sheernet.fit` that are about it; every file is read here."""
    from sheernet.tables import read_table

    how = reading(given)
    table = read_table(given["data"], **how)
    roles = {name: values.columns(given[name], table) for name in ROLES}
    others = {
        name: None if given[name] is None else read_table(given[name], **how)
        for name in ("validation", "test")
    }
    return {
        "table": table,
        **roles,
        "inputs": roles["inputs"] or None,
        **others,
        **{name: given[name] for name in PREPARING},
    }


def fitting(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `sheernet.fit` that are about the network and its training."""
    if given["patience"] is not None and given["validation"] is None:
        raise InvalidInput(
            "--patience watches the rows of another file, but there is none; give it with --validation"
        )
    return {
        **{name: given[name] for name in FITTING},
        "hidden": values.widths(given["hidden"]),
        "progress": not given["quiet"],
    }
