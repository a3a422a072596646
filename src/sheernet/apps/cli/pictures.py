"""The pictures of a fit and of a check.  Either is worth keeping without them: one that cannot be made is a note.

One that cannot be written is a refusal, after all others were tried: a person has to make room for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.apps.cli.output import Output
from sheernet.apps.cli.refusals import refusal
from sheernet.foundation.errors import InvalidInput, MissingDependency

if TYPE_CHECKING:
    from sheernet.derivatives import GradientReport, Problem
    from sheernet.models.fitting import Prepared
    from sheernet.models.model import Model

Pictures = Mapping[str, Callable[[], Any]]
"""Names of pictures, each with what draws it."""

ALL = (
    "cost",
    "network",
    "predicted_against_true",
    "residuals",
    "confusion",
    "starts",
    "response_surface",
)
"""The names of all pictures of a fit; no model has all of them."""
PATIENCE = 10.0  # seconds that one picture of a check may take
VALUES_PER_ENTRY = 33 * 8  # of the picture of steps: four formulas at each


def fit_pictures(model: Model, prepared: Prepared) -> Pictures:
    """The pictures that tell how a model came about and how good it is."""
    from sheernet import plots

    pictures: dict[str, Callable[[], Any]] = {
        "cost": lambda: plots.cost(model),
        "network": lambda: plots.network(
            model.network,
            input_names=model.inputs.features,
            output_names=model.targets.output_names,
        ),
        **(
            _of_regression(model, prepared)
            if model.task == "regression"
            else {"confusion": lambda: _confusion(model)}
        ),
        "starts": lambda: plots.starts(model.starts),
    }
    numbers = all(getattr(column, "kind", "") == "number" for column in model.inputs.columns)
    if model.task == "regression" and numbers and len(model.inputs.names) <= 2:
        pictures["response_surface"] = lambda: plots.response_surface(
            model, _own_units(prepared), true=prepared.training.truth[:, 0]
        )
    return pictures


def check_pictures(problem: Problem, report: GradientReport, out: Output) -> Pictures:
    """The pictures of what a gradient check found, and of how it goes about it."""
    from sheernet import derivatives, plots

    pictures: dict[str, Callable[[], Any]] = {}
    if report.power is None:  # every entry was compared
        pictures["gradient_errors"] = lambda: plots.gradient_errors(report)
    else:
        out.note("gradient_errors.png needs every entry compared: --extent entries")
    pictures["gradient_agreement"] = lambda: plots.gradient_agreement(report)
    pictures["taylor"] = lambda: plots.taylor(derivatives.taylor_test(problem))
    seconds = _seconds_of_a_value(problem) * problem.x.size * VALUES_PER_ENTRY
    if seconds <= PATIENCE:
        pictures["step_errors"] = lambda: plots.step_errors(derivatives.step_errors(problem))
    else:
        out.note(f"step_errors.png is left out: it would take about {seconds:.0f} seconds")
    return pictures


def _seconds_of_a_value(problem: Problem) -> float:
    """The shortest of a few: the machine may have been busy meanwhile."""
    times = []
    for _ in range(3):
        began = perf_counter()
        problem.value(problem.x.copy())
        times.append(perf_counter() - began)
    return min(times)


def draw(
    pictures: Pictures,
    folder: Path,
    out: Output,
    kept: str | None,
    names: Sequence[str] = ALL,
) -> Iterator[str]:
    """Write pictures into a folder, and give the name of each file that is there.

    `names` are all that the command may write: beside a new model none of them may stay that shows an earlier one.
    `kept` is the file that is there already, if any, for the sentence of an InvalidInput at the end where the system
    has refused to write pictures, because the disk is full.
    """
    missing = set(names)
    refused: dict[str, InvalidInput] = {}
    try:
        for name in _drawn(pictures, folder, out, refused):
            missing.remove(name)
            yield f"{name}.png"
    finally:
        for name in names:
            if name in missing:
                _remove_earlier(folder / f"{name}.png", out)
    if refused:
        first = next(iter(refused.values()))
        there = "" if kept is None else f"has {kept}, which is whole, but "
        raise InvalidInput(
            f"{str(folder)!r} {there}lacks {', '.join(refused)}: {first}, and run the "
            "command again for what is missing"
        ) from first


def _drawn(
    pictures: Pictures, folder: Path, out: Output, refused: dict[str, InvalidInput]
) -> Iterator[str]:
    from sheernet import plots

    for name, make in pictures.items():
        path = folder / f"{name}.png"
        try:
            plots.save(make(), path)
        except MissingDependency as missing:
            out.note(str(missing))
            break  # the others need it as well
        except Exception as error:
            if isinstance(error, InvalidInput) and isinstance(error.__cause__, OSError):
                refused[path.name] = error
                continue
            known = refusal(error, out.options)
            why = known.message if known else f"{type(error).__name__}: {error}"
            out.note(f"picture {path.name} is missing: {why}")
        else:
            yield name


def _remove_earlier(path: Path, out: Output) -> None:
    """Remove a picture of an earlier run; what cannot be removed is at least named."""
    if not path.is_file():
        return
    try:
        path.unlink()
    except OSError as error:
        out.note(f"{path} is of an earlier run and cannot be removed: {error.strerror}")
    else:
        out.note(f"{path} was of an earlier run and is removed")


def _confusion(model: Model) -> Any:
    from sheernet import plots

    fits: Any = model.training_fit, model.held_out_fit
    classes: Any = model.targets
    return plots.confusion(fits[0], classes.classes, held_out=fits[1])


def _of_regression(model: Model, prepared: Prepared) -> Pictures:
    """Predictions of the training rows and then of the held-out ones, beside the truth."""
    from sheernet import plots

    rows = [part for part in (prepared.training, prepared.evaluation) if part is not None]
    truth = np.concatenate([part.truth for part in rows])  # (N, K)
    outputs = model.network.predict(np.concatenate([part.X for part in rows]))
    predicted = model.targets.decode(outputs).reshape(truth.shape)
    held_out = np.arange(len(prepared.training), len(truth)) if len(rows) > 1 else None
    weights = [part.weights for part in rows if part.weights is not None]
    same: dict[str, Any] = {
        "held_out": held_out,
        "target_names": model.targets.names,
        "weights": np.concatenate(weights) if len(weights) == len(rows) else None,
    }
    return {
        "predicted_against_true": lambda: plots.predicted_against_true(predicted, truth, **same),
        "residuals": lambda: plots.residuals(predicted, truth, **same),
    }


def _own_units(prepared: Prepared) -> Any:
    """The training rows' inputs in their own units, (N, d)."""
    columns: Any = prepared.inputs.columns
    shift = np.array([column.shift for column in columns])
    scale = np.array([column.scale for column in columns])
    return prepared.training.X * scale + shift
