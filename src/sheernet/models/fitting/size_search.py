"""Choose the number of hidden units by the evidence (`hidden="auto"`, with `decay="evidence"`).

The evidence already weighs the fit against the volume of weights that give it, so that it compares networks of
different sizes (MacKay 1992, Neural Computation 4, 448).  Where many weights are effective, Laplace's approximation is
poor and the optima of a large network are worse than they look: in 304 rows of 16 columns (KEEL's baseball, 4 splits),
10 units ended at log evidences near -390, 140 effective parameters and a root mean squared error of 1.13 on the tenth
of the rows that was held out; 2 units ended near -260 and 0.56, and the linear model at 0.67 (in standard deviations).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sheernet.models.fitting.evidence_fit import MOST_WEIGHTS
from sheernet.models.fitting.preparation import Prepared
from sheernet.models.model import Model
from sheernet.network.architecture import Architecture
from sheernet.settings.fit_settings import FitSettings

SIZES = (0, 1, 2, 3, 5, 8, 12, 20)
"""Hidden units in the order in which they are tried."""
ALWAYS_TRIED = 8
"""Up to this size all are tried: a wave needs several units before the first one gains."""
PATIENCE = 2
"""Beyond, the search ends after this many sizes in a row without a higher log evidence."""


def fit_of_best_size(
    prepared: Prepared, settings: FitSettings, fit: Callable[[Prepared, FitSettings], Model]
) -> Model:
    """Fit networks of growing size, and return the model with the highest log evidence.

    Parameters
    ----------
    prepared : Prepared
        The rows.
    settings : FitSettings
        With `hidden="auto"`; the time limit is that of all sizes together.
    fit : callable
        Fits a network of a given size.

    Returns
    -------
    Model
        Its `evidence` also has the log evidence of each size tried.
    """
    began, limit = time.monotonic(), settings.rules.time_limit
    best: Model | None = None
    sizes: dict[str, float] = {}
    since_best = 0
    for units in SIZES:
        if best is not None and _n_weights(prepared, units) > MOST_WEIGHTS:
            break
        rules = settings.rules
        if limit is not None:
            rules = replace(rules, time_limit=max(limit - (time.monotonic() - began), 0.0))
        network = replace(settings.network, hidden=units)
        model = fit(prepared, replace(settings, network=network, rules=rules))
        interrupted = model.termination.reason == "interrupted"
        if best is not None and interrupted:  # its evidence is not that of an optimum
            best = _with(best, termination=model.termination)
            break
        sizes[str(units)] = model.evidence["log_evidence"]
        if best is None or model.evidence["log_evidence"] > best.evidence["log_evidence"]:
            best, since_best = model, 0
        else:
            since_best += 1
        late = limit is not None and time.monotonic() - began >= limit
        no_gain = units >= ALWAYS_TRIED and since_best >= PATIENCE
        if late or no_gain or interrupted:
            break
    assert best is not None
    return replace(
        _with(best, evidence={**best.evidence, "sizes": sizes}),
        origins={**best.origins, "hidden": "given"},
        settings={**best.settings, "time_limit": limit},
    )


def _with(model: Model, **parts: Any) -> Model:
    """A model of one network with other parts of this network."""
    return replace(model, members=(replace(model.leading, **parts),))


def _n_weights(prepared: Prepared, units: int) -> int:
    hidden = (units,) if units else ()
    widths = (prepared.inputs.n_features, *hidden, prepared.targets.n_outputs)
    return Architecture(widths).n_parameters
