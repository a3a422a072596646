"""`recorded_run`: the iterates of a run as small numbers that a script in a page can show.

    record.path -> some iterates -> widths of the weights   int8, a share of the largest one
                                 -> predictions             uint8, between the lowest and the highest of all iterates

Predictions are computed over one or two numeric columns, as a curve or a map; otherwise, for the rows, compared with
their true values.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import NumberColumn
from sheernet.foundation.arrays import Array
from sheernet.models.fitting import Encoded
from sheernet.models.model import Model
from sheernet.network.network import Network
from sheernet.optimizers import Record
from sheernet.plots.surface import compute_surface

MOST_FRAMES = 100
FIRST_FRAMES = 40
"""Number of first iterates that are all kept: the cost changes most at the beginning."""
MOST_WEIGHTS = 400
MOST_MARKS = 200
"""Maximum number of rows that are drawn."""
MOST_POINTS = 600
"""Maximum number of iterations in the curve of the objective."""
EVERY = 2
"""Step between the points of a surface that are kept: 41 of 81 on each axis."""


def recorded_run(model: Model, rows: Encoded | None = None) -> dict[str, Any] | None:
    """Record the run of a model that kept its iterates.

    Parameters
    ----------
    model : Model
        A model of one network.
    rows : Encoded, optional
        The training rows; without them, there are no predictions.

    Returns
    -------
    dict or None
        Plain values for JSON, with arrays of numbers of one byte in base 64.  None if the model has several networks,
        or its record no iterates or only one.
    """
    if len(model.members) > 1:
        return None
    found = run_of(model.network, model.record, model.name_of_validation_cost)
    if found is not None and rows is not None:
        found["picture"] = _picture(model, rows, _kept(model.record))
    return found


def run_of(network: Network, record: Record, validation_name: str) -> dict[str, Any] | None:
    """Record the objective and the weights of a run; see `recorded_run`.

    Parameters
    ----------
    network : Network
        The network, for the names of its weights.
    record : Record
        The record of the run.
    validation_name : str
        What its validation cost is.
    """
    if record.path is None or len(record) < 2:
        return None
    frames = _chosen(len(record), MOST_FRAMES)
    line = _chosen(len(record), MOST_POINTS)
    return {
        "iterations": record.iteration[frames].tolist(),
        "objectives": _short(record.objective[frames]),
        "gradients": _short(record.gradient_norm[frames]),
        "line": {
            "iterations": record.iteration[line].tolist(),
            "objective": _short(record.objective[line]),
            "validation": _short(record.validation_cost[line]),
            "name": validation_name,
        },
        "weights": _weights(network, record.path[frames]),
        "picture": None,
    }


def _kept(record: Record) -> Array:
    """Return the weights of the iterates that are shown, (frames, P)."""
    assert record.path is not None
    return record.path[_chosen(len(record), MOST_FRAMES)]


def _chosen(n: int, most: int) -> npt.NDArray[np.int64]:
    """Some of n rows: all of the first ones, others at equal distances, and the last one."""
    first = np.arange(min(FIRST_FRAMES, n))
    rest = np.linspace(len(first) - 1, n - 1, most - len(first)).round()
    return np.unique(np.concatenate([first, rest]).astype(np.int64))


def _short(values: Array) -> list[float | None]:
    """Return numbers with four digits; None where there is none."""
    return [float(f"{value:.4g}") if np.isfinite(value) else None for value in values]


def _weights(network: Network, path: Array) -> dict[str, Any] | None:
    """Return the weights of the iterates as shares of the largest one, from -127 to 127; only of small networks."""
    if path.shape[1] > MOST_WEIGHTS:
        return None
    largest = float(np.abs(path).max()) or 1.0
    codes = np.round(127 * path / largest).astype(np.int8)  # (frames, P)
    codes[(codes == 0) & (path > 0)] = 1  # the sign of a small weight is seen, too
    codes[(codes == 0) & (path < 0)] = -1
    return {
        "names": network.architecture.layout.names,
        "largest": float(f"{largest:.4g}"),
        "codes": _text(codes),
    }


def _picture(model: Model, rows: Encoded, path: Array) -> dict[str, Any] | None:
    if model.task != "regression":
        return None
    numbers = all(isinstance(column, NumberColumn) for column in model.inputs.columns)
    if numbers and len(model.inputs.names) <= 2:
        return _surfaces(model, rows, path)
    return _agreement(model, rows, path)


def _surfaces(model: Model, rows: Encoded, path: Array) -> dict[str, Any]:
    """Predictions over one or two columns, for each iterate."""
    surfaces = [
        compute_surface(each, rows.X, features=rows.X, true=rows.truth)
        for each in _models(model, path)
    ]
    last = surfaces[-1]
    two = len(last.axes) == 2
    values = np.array(
        [each.values[::EVERY, ::EVERY] if two else each.values[::EVERY] for each in surfaces]
    )
    some = _some(len(last.marks.points))
    known = np.concatenate([values.ravel(), last.marks.heights[some]])
    low, high = float(known.min()), float(known.max())
    return {
        "kind": "map" if two else "curve",
        "names": [*last.names, last.target],
        "axes": [_short(axis[::EVERY]) for axis in last.axes],
        "points": [_short(column) for column in last.marks.points[some].T],
        "heights": _codes(last.marks.heights[some], low, high).tolist(),
        "low": float(f"{low:.6g}"), "high": float(f"{high:.6g}"),
        "codes": _text(_codes(values, low, high)),
    }  # fmt: skip


def _agreement(model: Model, rows: Encoded, path: Array) -> dict[str, Any]:
    """Predictions of some training rows and their true values, for each iterate."""
    some = rows.take(_some(len(rows)))
    truth = np.asarray(some.truth, dtype=float).reshape(len(some), -1)[:, 0]
    predicted = np.array(
        [
            model.targets.decode(each.mean_output(some.X)).reshape(len(some), -1)[:, 0]
            for each in _models(model, path)
        ]
    )  # (frames, n)
    spread = float(np.ptp(truth)) or 1.0
    low, high = float(truth.min()) - 0.15 * spread, float(truth.max()) + 0.15 * spread
    return {
        "kind": "agreement",
        "names": ["true " + model.targets.names[0], "predicted"],
        "points": _short(truth),
        "low": float(f"{low:.6g}"), "high": float(f"{high:.6g}"),
        "codes": _text(_codes(predicted, low, high)),
    }  # fmt: skip


def _models(model: Model, path: Array) -> list[Model]:
    """Return the model with the weights of each iterate; without their covariance, which belongs to the last one."""
    leading = model.leading
    networks = [replace(leading.network, theta=theta) for theta in path]
    return [
        replace(model, members=(replace(leading, network=network, factor=np.zeros(0)),))
        for network in networks
    ]


def _some(n: int) -> npt.NDArray[np.int64]:
    return np.unique(np.linspace(0, n - 1, min(n, MOST_MARKS)).round().astype(np.int64))


def _codes(values: Array, low: float, high: float) -> npt.NDArray[np.uint8]:
    """Return numbers from 0 to 255; those outside are at the ends."""
    share = (values - low) / ((high - low) or 1.0)
    return np.round(255 * np.clip(share, 0.0, 1.0)).astype(np.uint8)


def _text(codes: npt.NDArray[Any]) -> str:
    return b64encode(codes.tobytes()).decode("ascii")
