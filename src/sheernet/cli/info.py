"""sheernet info: versions, and what runs here."""

from __future__ import annotations

import typer

from sheernet.cli import options as o
from sheernet.cli.output import Answer, Output

EXAMPLES = o.examples("sheernet info", "sheernet info --json")


def info(context: typer.Context, as_json: o.Json = False) -> Answer:
    """Print versions, engine and threads: what to say in a question or a bug report."""
    out: Output = context.obj
    from sheernet.engines import describe

    facts = describe()
    width = max(map(len, facts)) + 2
    for label, fact in facts.items():
        out.say(f"{label:<{width}}{fact}")
    return Answer(facts)
