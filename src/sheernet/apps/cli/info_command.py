"""sheernet info: versions, engine and threads; or the report of a model."""

from __future__ import annotations

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.output import Answer, Output
from sheernet.apps.cli.report_command import report_of

PACKAGES = (
    "scipy",
    "pandas",
    "scikit-learn",
    "matplotlib",
    "pyarrow",
    "openpyxl",
    "python-calamine",
)
"""Packages that calculations, tables and pictures use in addition to NumPy."""
EXAMPLES = o.examples(
    "sheernet info", "sheernet info --json", "sheernet info scores-fit/model.json --verbose"
)


def info(
    context: typer.Context,
    model: o.ModelToDescribe = None,
    verbose: o.Verbose = False,
    as_json: o.Json = False,
) -> Answer:
    """Print versions and system information, for bug reports; or the report of a model."""
    out: Output = context.obj
    if model is None:
        return _of_installation(out)
    from sheernet.models.files import load

    return report_of(load(model), verbose, out)


def _of_installation(out: Output) -> Answer:
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
    from importlib import metadata  # takes a tenth of the time of `sheernet --version`

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
