"""Messages about wrong usage of the command line: what was given, what is allowed, and the next step."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import SheernetError
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import in_quotes

CHEAP = 4 * 2**20
"""Maximum number of bytes of a table that is read to list its columns in a message."""
_CHOICE = re.compile(r"""['"](?P<given>.*)['"] is not one of (?P<allowed>.*?)\.?$""", re.DOTALL)
_COMMAND = re.compile(r"No such command '(?P<given>.*?)'\.")
_EXTRA = re.compile(r"Got unexpected extra arguments? ?(\(s\) )?\((?P<given>.*)\)", re.DOTALL)


def usage(error: typer.TyperException, command: str | None) -> str:
    """Return the message about wrong usage; empty if the help was already shown.

    Parameters
    ----------
    error : TyperException
        What was wrong.
    command : str or None
        Name of the command.
    """
    text = error.format_message().replace("Value error, ", "").strip()
    context = getattr(error, "ctx", None)
    if not text or context is None:
        return text and f"{text.rstrip('.')}; see {_help(command)}"
    if hasattr(context.command, "commands"):  # the fault is before the command
        return _before_command(error, context.command.commands, command)
    found = (
        _unknown_option(error, context, command)
        or _missing_target(error, context)
        or _wrong_choice(error)
        or _extra(text, context)
        or text.rstrip(".")
    )
    return (
        f"{found} See {_help(command)}" if found.endswith("?") else f"{found}; see {_help(command)}"
    )


def _help(command: str | None) -> str:
    return "sheernet --help" if command is None else f"sheernet {command} --help"


def _before_command(
    error: typer.TyperException, commands: Mapping[str, Any], command: str | None
) -> str:
    """Return the message about a word before the command, or about the command itself."""
    option = getattr(error, "option_name", None)
    if option is not None:
        owner = next(
            (n for n in (command, "fit", *commands) if n and option in _options(commands[n])), None
        )
        if owner is not None:
            return f"{option} belongs after the command: sheernet {owner} {option} ..."
        return f"no such option {option}; see {_help(None)}"
    found = _COMMAND.match(error.format_message())
    if found is None:
        return f"{error.format_message().rstrip('.')}; see {_help(None)}"
    given = found["given"]
    close = difflib.get_close_matches(given, commands, n=1)
    if close:
        return f"no such command {given!r}; did you mean {in_quotes(close[0])}? See {_help(None)}"
    fit = f"for a table: sheernet fit {shlex.quote(given)} --target COLUMN"
    advice = fit if Path(given).suffix else f"see {_help(None)}"
    return f"no command {given!r}; the commands are {listed(list(commands))}; {advice}"


def _options(command: Any) -> list[str]:
    return [name for parameter in command.params for name in parameter.opts]


def _unknown_option(error: typer.TyperException, context: Any, command: str | None) -> str | None:
    """Return the message about an option that only Python has, or with one dash; Typer's says what is similar."""
    given = getattr(error, "option_name", None)
    if given is None:
        return None
    known = {parameter.name for parameter in context.command.params}
    name = given.lstrip("-").replace("-", "_")
    if "target" in known and f"{name}s" not in known and (advice := _only_in_python(name)):
        return f"{command} has no {given}: {advice}"
    if re.fullmatch("-[^-]", given):  # -hidden is read as -h -i -d ...
        return f"no such option {given}; if its name has several letters, it begins with two dashes, such as --force"
    return None


def _only_in_python(name: str) -> str:
    """Return what to do if an argument of `sheernet.fit` has no option."""
    from sheernet.optimizers.registry import METHODS
    from sheernet.settings.fit_settings import names_of_fit

    owners = [method.name for method in METHODS.values() if name in method.options]
    if not owners and name not in names_of_fit():
        return ""
    of = f" (of the methods {listed(owners)})" if owners else ""
    return f"{name} is an argument of sheernet.fit in Python{of}"


def _missing_target(error: typer.TyperException, context: Any) -> str | None:
    """Return the message about a missing target, with the names of the table's columns."""
    parameter = getattr(error, "param", None)
    if not hasattr(error, "param_type") or getattr(parameter, "name", None) != "target":
        return None
    advice = "name the column to predict with --target"
    data = context.params.get("data")
    files = data if isinstance(data, (list, tuple)) else [data] if data else []
    columns = _columns(Path(files[0])) if len(files) == 1 else None
    return f"{advice}; the columns of {Path(files[0]).name} are {columns}" if columns else advice


def _columns(path: Path) -> str | None:
    """List the names of a table's columns; None if the file is large or cannot be read."""
    try:
        if not path.is_file() or path.stat().st_size > CHEAP:
            return None
        from sheernet.data.sources import read_table

        with gathered():  # the next call of the command gives the warnings
            return listed(read_table(path).columns, most=20)
    except (SheernetError, OSError, ValueError):
        return None


def _wrong_choice(error: typer.TyperException) -> str | None:
    """Return the message about a value that is not one of a fixed choice."""
    parameter, found = getattr(error, "param", None), _CHOICE.search(getattr(error, "message", ""))
    if parameter is None or found is None:
        return None
    allowed = [name.strip(" '") for name in found["allowed"].split(",")]
    one_of = "one of " if len(allowed) > 2 else ""
    return (
        f"{parameter.opts[0]} must be {one_of}{listed(allowed, 'or')}, "
        f"but {found['given']!r} was given"
    )


def _extra(text: str, context: Any) -> str | None:
    """Return the message about an argument too many."""
    found = _EXTRA.match(text)
    if found is None:
        return None
    missing = [
        word for word in found["given"].split() if Path(word).suffix and not Path(word).exists()
    ]
    if missing:
        return f"there is no file {in_quotes(missing[0])}"
    takes_names = any(parameter.name == "target" for parameter in context.command.params)
    advice = "; put names that contain spaces in quotes, and separate lists by commas"
    advice = _second_dash(context) or (advice if takes_names else "")
    return f"unexpected argument {found['given']!r}{advice}"


def _second_dash(context: Any) -> str:
    """Return the advice if -target was read as -t with the value "arget"; "" otherwise."""
    options = _options(context.command)
    for parameter in context.command.params:
        given = context.params.get(parameter.name)
        for short in (each for each in parameter.opts if re.fullmatch("-[^-]", each)):
            for value in given if isinstance(given, (list, tuple)) else [given]:
                if f"-{short}{value}" in options:
                    return f", because {short}{value} was read as {short} {value}; did you mean -{short}{value}?"
    return ""
