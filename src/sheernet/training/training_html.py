"""A training run as HTML for a notebook (`training_html`): its termination, and its objective as a small SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import POSITIVE
from sheernet.foundation.message_text import counted
from sheernet.foundation.text_tables import facts_html

if TYPE_CHECKING:
    from sheernet.training.training import Training

WIDTH, HEIGHT, EDGE = 320, 90, 6  # pixels
MOST_POINTS = 300


def training_html(training: Training) -> str:
    """Return a `div` that shows the termination, the final objectives of the starts, and the objective by iteration."""
    table, picture = facts_html(training_facts(training)), objective_svg(training.record.objective)
    return f"<div class='sheernet-training'>{table}{picture}</div>"


def training_facts(training: Training) -> list[tuple[str, str]]:
    """Return labels and sentences: the network, the method, the termination, and the objectives of the starts."""
    record, end = training.record, training.termination
    iterations = counted(int(record.iteration[-1]), "iteration")
    first, last = record.objective[0], training.objective
    return [
        ("Network", str(training.network.architecture)),
        ("Method", f"{training.method}, {iterations}, {training.engine} engine"),
        ("Stopped", f"{end.reason.replace('_', ' ')}: {end.message}"),
        ("Objective", f"{first:.6g} at the start, {last:.6g} at the end"),
        ("Starts", str(training.starts)),
    ]


def objective_svg(objective: Array) -> str:
    """Draw the objective over the iterations as a line, on a logarithmic axis if all values are positive.

    Parameters
    ----------
    objective : ndarray, (n,)
        Values of the iterations.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.training.training_html import objective_svg
    >>> objective_svg(np.array([100.0, 10.0, 1.0])).count("<polyline")
    1
    """
    if len(objective) < 2 or not np.all(np.isfinite(objective)):
        return ""
    rows = np.unique(np.linspace(0, len(objective) - 1, MOST_POINTS).round().astype(int))
    logarithmic = bool(np.all(objective > 0))
    values = np.log10(objective[rows]) if logarithmic else objective[rows]
    span = float(np.ptp(values)) or 1.0
    x = EDGE + (WIDTH - 2 * EDGE) * rows / rows[-1]
    y = EDGE + (HEIGHT - 2 * EDGE) * (values.max() - values) / span
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    axis = "logarithmic axis" if logarithmic else "linear axis"
    title = f"objective from {objective[0]:.3g} to {objective[-1]:.3g}, {axis}"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' role='img' viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' "
        f"height='{HEIGHT}'><title>{title}</title><polyline points='{points}' fill='none' stroke='{POSITIVE}' "
        f"stroke-width='1.8'/></svg><div style='font-size:85%'>{title}</div>"
    )
