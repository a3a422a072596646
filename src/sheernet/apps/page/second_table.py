"""Evaluate a network on the rows of another file."""

from __future__ import annotations

from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_figures import Predicted
from sheernet.apps.page.page_table import printable, read_bytes
from sheernet.apps.page.protocol import TestResult
from sheernet.data.targets import ClassTarget
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.message_text import counted
from sheernet.models.fitting.preparation import encode_rows
from sheernet.network.network import Network


def judge_table(experiment: Experiment, network: Network, content: bytes, name: str) -> TestResult:
    """Return the measures of a network on another table with the same columns.

    Raises
    ------
    InvalidInput
        If the file cannot be read, or a column is missing.
    """
    prepared, name = experiment.prepared, printable(name)
    with gathered():
        table = read_bytes(content, name, like=prepared.read_as)
        rows = encode_rows(
            table, name, prepared.inputs, prepared.targets, None, [], like=prepared.read_as
        )
    targets = prepared.targets
    codes = targets.class_indices(rows.truth) if isinstance(targets, ClassTarget) else None
    agreement = Predicted(targets, rows, network.predict(rows.X), codes).agreement("test")
    if agreement.accuracy is not None:
        figures = f"accuracy {agreement.accuracy:.4g}, log loss {agreement.log_loss:.4g}"
    else:
        r2 = "" if agreement.r2 is None else f", R^2 {agreement.r2:.4g}"
        figures = f"RMSE {agreement.rmse:.4g}{r2}"
    return TestResult(
        name=name,
        agreement=agreement,
        sentence=f"{counted(len(rows), 'row')} of {name}: {figures}.",
    )
