"""From the options of a command to the arguments of the library: most of them have one name and are handed on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheernet.apps.cli import values
from sheernet.foundation.errors import InvalidInput

READING = ("samples", "separator", "decimal", "encoding", "sheet", "missing_values")
ROLES = ("target", "inputs", "drop", "categories")
PREPARING = ("weights", "task", "scaling", "rare", "unseen", "missing", "held_out", "seed")
FITTING = (
    "activation", "decay", "cost", "starts", "max_iter", "cost_tolerance", "time_limit", "patience", "seed",
)  # fmt: skip


def reading(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `read_table` among the parameters of a command."""
    return {
        **{name: given[name] for name in READING},
        "missing_values": values.split(given["missing_values"]),
    }


def preparing(given: Mapping[str, Any]) -> dict[str, Any]:
    """The table and the arguments of `sheernet.fit` that are about it; every file is read here."""
    from sheernet.data.tables import read_table

    how = _for_each(given)
    table = read_table(given["data"], **how["data"])
    roles = {name: values.columns(given[name], table) for name in ROLES}
    others = {
        name: read_table(given[name], **how[name]) if name in how else None
        for name in ("validation", "test")
    }
    return {
        "table": table,
        **roles,
        "inputs": roles["inputs"] or None,
        **others,
        **{name: given[name] for name in PREPARING},
    }


def _for_each(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The arguments of `read_table` for each file that there is: those that its kind takes.

    What none of them takes stays, to be refused with the first.
    """
    from sheernet.data.tables import unused_arguments

    how = reading(given)
    files = {
        name: given[name] for name in ("data", "validation", "test") if given[name] is not None
    }
    if len(files) == 1:
        return {"data": how}
    unused = {name: set(unused_arguments(path)) for name, path in files.items()}
    nowhere = set.intersection(*unused.values())
    return {
        name: {
            key: value for key, value in how.items() if key in nowhere or key not in unused[name]
        }
        for name in files
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
