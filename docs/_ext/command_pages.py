"""Makes generated/command-line.rst, the reference of the commands, from what `sheernet COMMAND --help` prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import typer
from sphinx.application import Sphinx

from sheernet.apps.cli.app import app as application

INTRODUCTION = """\
Command line
============

``sheernet COMMAND --help`` prints what stands here. The options of ``sheernet fit`` are the arguments of ``sn.fit``.
"""


def write_page(app: Sphinx) -> None:
    group: Any = typer.main.get_command(application)
    context = group.make_context("sheernet", [], resilient_parsing=True)
    lines = [INTRODUCTION]
    for name in group.list_commands(context):
        lines += _command(name, group.commands[name], context)
    page = Path(app.srcdir, "generated", "command-line.rst")
    page.parent.mkdir(exist_ok=True)
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _command(name: str, command: Any, parent: Any) -> Iterator[str]:
    """The section of a command: its help, its examples, and its options under the headings of --help."""
    context = command.context_class(command, info_name=name, parent=parent)
    yield from ("", f"sheernet {name}", "-" * (9 + len(name)), "", _escaped(command.help), "")
    examples = [line.strip() for line in (command.epilog or "").split("\n")[1:] if line.strip()]
    if examples:
        yield from ("Examples::", "", *(f"   {line}" for line in examples), "")
    yield from (f".. program:: sheernet {name}", "")
    shown = [one for one in command.get_params(context) if one.get_help_record(context)]
    for heading, parameters in groupby(shown, key=lambda one: one.rich_help_panel):
        if heading not in (None, "Options"):
            yield from ("", f"**{heading}**", "")
        for parameter in parameters:
            usage, text = parameter.get_help_record(context)
            usage = re.sub(r" / (?=--)|; ", ", ", usage)
            yield from (f".. option:: {usage}", "", f"   {_escaped(text)}", "")


def _escaped(text: str) -> str:
    """Text of a help as reStructuredText that shows it literally; typer escapes brackets for rich."""
    return re.sub(r"([\\*`|_])", r"\\\1", text.replace(r"\[", "["))


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", write_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
