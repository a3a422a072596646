"""sheernet info: versions, and what runs here."""

from __future__ import annotations

from importlib import metadata

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.output import Answer, Output

PACKAGES = ("scipy", "pandas", "scikit-learn", "matplotlib", "pyarrow", "openpyxl")
"""The other packages that calculations, tables and pictures rely on."""
EXAMPLES = o.examples("sheernet info", "sheernet info --json")


def info(context: typer.Context, as_json: o.Json = False) -> Answer:
    """Print versions, engine and threads: what to say in a question or a bug report."""
    out: Output = context.obj
    from sheernet.objective.engines import describe

    facts = {}
    for label, fact in describe().items():
        facts[label] = fact
        if label == "numpy":
            facts |= {package: _version(package) for package in PACKAGES}
    width = max(map(len, facts)) + 2
    for label, fact in facts.items():
        out.say(f"{label:<{width}}{fact}")
    return Answer(facts)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
