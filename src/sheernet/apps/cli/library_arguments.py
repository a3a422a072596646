"""Convert the options of a command to arguments of the library: read files, split lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheernet.apps.cli import values
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.settings.fit_settings import FitSettings, names_in
from sheernet.settings.read_settings import ReadSettings
from sheernet.settings.test_file_settings import PartOfTestFile

if TYPE_CHECKING:
    import typer

    from sheernet.data.tables import Table
    from sheernet.models.model import Model

READING = names_in(ReadSettings)
OF_TEST_FILE = names_in(PartOfTestFile)
LISTS = ("missing_values", "variable")


def reading(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of `read_table` among the options of a command: those that were given."""
    found = {name: given[name] for name in READING if given[name] not in (None, [])}
    lists = {name: values.split(found[name]) for name in LISTS if name in found}
    _require_whole_limits(lists.get("missing_values", []))
    return found | lists


def _require_whole_limits(entries: list[str]) -> None:
    """Raise if a limit such as <0,5 was split at its decimal comma, so that 5 would be a missing value."""
    joined: list[str] = []
    for entry in entries:
        if joined and re.fullmatch(r"[<>≤≥]=? ?\d+", joined[-1]) and entry.isdigit():
            joined[-1] += f",{entry}"
        else:
            joined.append(entry)
    if len(joined) < len(entries):
        limit = next(each for each in joined if each not in entries)
        first, _, second = limit.partition(",")
        raise InvalidInput(
            "{} is a list, so that {!r} would be the values {!r} and {!r}; if its comma is a decimal mark, enclose "
            "it in quotation marks: {}; otherwise change the order of the values",
            Setting("missing_values"), limit, first, second, Setting("missing_values", joined),
        )  # fmt: skip


def reading_of_parts(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `shards` about the writing of files among the options of a command: those that were given."""
    usual = vars(ReadSettings())
    checked = vars(ReadSettings(**reading(given)))
    return {name: value for name, value in checked.items() if value != usual[name]}


def read_model(model: Path, data: Path) -> Model:
    """Read the model of a command that takes MODEL DATA; if the two were exchanged, the error names the order."""
    from sheernet.models.files import load

    try:
        return load(model)
    except InvalidInput as error:
        if model.is_file() and model.suffix.lower() != ".json" and _is_model(data):
            raise InvalidInput(f"{error}; the order is MODEL DATA") from None
        raise


def _is_model(path: Path) -> bool:
    """Whether a path looks like a model: a JSON file, or the folder of one."""
    return path.suffix.lower() == ".json" or (path / "model.json").is_file()


def files_read(data: Path, given: Mapping[str, Any]) -> dict[str, Path]:
    """Return the files that a command reads, by what they are."""
    files = {
        "input table": data,
        "table of the validation rows": given.get("validation"),
        "table of the test rows": given["test"],
    }
    return {noun: path for noun, path in files.items() if path is not None}


def read_and_sort(
    data: Path, target: list[str], given: Mapping[str, Any]
) -> tuple[Table, list[str], dict[str, Any]]:
    """Read all files that a command names, and turn its options into arguments of `sheernet.fit`.

    Returns
    -------
    Table
        The table.
    list of str
        The columns to predict.
    dict
        The other arguments.
    """
    from sheernet.data.sources import read_table

    arguments = without_files(given)
    if given.get("decay") is not None:
        arguments["decay"] = values.number(given["decay"])
    if "hidden" in given:  # not if sizes are tried
        arguments["hidden"] = values.hidden_units(given["hidden"])
    # Settings that do not depend on a file are checked before any file is read.
    FitSettings.of(
        {**arguments, "inputs": None, "drop": (), "categories": ()}
    ).rules.require_validation(given.get("validation"))
    files = {"data": data, "validation": given.get("validation"), "test": given["test"]}
    of_test = reading_of_test(given)
    how = _for_each({name: path for name, path in files.items() if path is not None}, given)
    if of_test:
        how["test"] |= of_test
    table = read_table(files["data"], **how["data"])
    used = [
        name for name in table.columns if name not in values.columns(given["drop"], table.columns)
    ]
    others = {
        name: read_table(files[name], **how[name], like=table.read_as.only(used))
        for name in how
        if name != "data"
    }
    for role in ("inputs", "drop", "categories"):
        arguments[role] = values.columns(given[role], table.columns)
    arguments["inputs"] = arguments["inputs"] or None
    arguments |= {name: others.get(name) for name in ("validation", "test") if name in given}
    return table, values.columns(target, table.columns), arguments


def without_files(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a command that are not about the reading of files."""
    return {n: value for n, value in given.items() if n not in (*READING, *OF_TEST_FILE)}


def reading_of_test(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of `read_table` for the file of test rows that are not those of the table."""
    from sheernet.data.sources import unused_arguments

    settings = PartOfTestFile(given["test_sheet"], values.split(given["test_variable"] or []))
    found = settings.of_reading(given["test"])
    if unused := [name for name in found if name in unused_arguments(given["test"])]:
        raise InvalidInput(
            "{} does not apply to {}; omit it", Setting(f"test_{unused[0]}"), given["test"].name
        )
    return found


def _for_each(files: Mapping[str, Path], given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the arguments of `read_table` for each file, without those that its format does not take.

    An argument that no file takes is kept, so that reading the first file raises an error about it.
    """
    from sheernet.data.sources import unused_arguments

    how = reading(given)
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


def refuse_reading(context: typer.Context, given: Mapping[str, Any]) -> None:
    """Raise if there are options about reading a table, but no table."""
    for parameter in context.command.params:
        name = str(parameter.name)
        if name in READING and given[name] not in (None, []):
            raise InvalidInput("{} is about reading DATA; give this table too", Setting(name))
