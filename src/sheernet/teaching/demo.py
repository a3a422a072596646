"""The example from which sheernet started, and the fit of a real table: `run`.

The example is the sleep study: a 2-3-1 sigmoid network without biases, weights drawn from U[0, 1), half the sum of
squared errors, BFGS with at most 200 iterations.  After Welch Labs' "Neural Networks Demystified",
github.com/stephencwelch/Neural-Networks-Demystified.  The table is ozone.csv, which states its source and license.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from sheernet import plots
from sheernet.data import datasets
from sheernet.data.columns import Inputs
from sheernet.data.datasets import Dataset
from sheernet.data.targets import NumberTargets
from sheernet.derivatives import check_gradient
from sheernet.models.fitting import Encoded, Prepared, assemble, fit
from sheernet.models.model import Model
from sheernet.models.report_beginning import beginning
from sheernet.models.verdict import verdict
from sheernet.network.architecture import Architecture
from sheernet.network.network import Network
from sheernet.objective.objective import make_objective
from sheernet.training.training import train

OUTPUT = "sigmoid"
STARTS = 20
SEED = 0

Say = Callable[[str], None]


def run(folder: Path, say: Say, progress: bool = False) -> bool:
    """Train the example and fit the table, write plots and models into a folder, and report the results.

    Parameters
    ----------
    folder : Path
        An existing folder.
    say : callable
        Called with each line of the report.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    bool
        False if Ctrl-C interrupted it; the results up to then are still written.
    """
    plots.save(plots.activation("sigmoid"), folder / "activation.png")
    for name, example in (("sleep_study", _sleep_study), ("ozone", _ozone)):
        place = folder / name
        place.mkdir()
        model = example(place, say, progress)
        model.save(place / "model.json")
        if "interrupted" in model.starts.reasons:
            return False
    say(f"Pictures and models: {folder}")
    return True


def fit_example(data: Dataset, progress: bool = False) -> Model:
    """Train the network of the example on a data set, from 20 starts.

    Parameters
    ----------
    data : Dataset
        Such as `load_sleep_study()` of `sheernet.datasets`.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    Model

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.teaching.demo import fit_example
    >>> model = fit_example(sn.datasets.load_sleep_study())
    >>> float(model.predict([[3.0, 5.0]])[0].round(2))
    75.0
    """
    X, y = data.scaled
    arch = Architecture((X.shape[1], 3, y.shape[1]), hidden="sigmoid", output=OUTPUT, bias=False)
    network = Network.random(arch, SEED, scheme="uniform")
    check = check_gradient(make_objective(arch, X, y, reduction="sum"), network.theta)
    training = train(
        network, X, y, method="bfgs", reduction="sum", max_iter=200, starts=STARTS, seed=SEED, scheme="uniform",
        progress=progress,
    )  # fmt: skip
    return assemble(_prepared(data), training, check)


def _sleep_study(folder: Path, say: Say, progress: bool) -> Model:
    """Train the network of the example, report its training, and draw it."""
    data = datasets.load_sleep_study()
    model = fit_example(data, progress)
    _report(model, data, say)
    _draw(model, data, folder)
    return model


def _ozone(folder: Path, say: Say, progress: bool) -> Model:
    """Fit the table, write the beginning of its report, and draw the predictions and the effects of the columns."""
    path = folder / "ozone.csv"
    shutil.copy(Path(__file__).with_name(path.name), path)
    model = fit(path, "ozone", progress=progress)
    say("\n\n".join((*beginning(model), verdict(model))))
    say("")
    plots.save(plots.predicted_against_true(model, path), folder / "predicted_against_true.png")
    plots.save(plots.effects(model, path), folder / "effects.png")
    return model


def _prepared(data: Dataset) -> Prepared:
    """All rows of a data set as training rows, with its own scaling."""
    scaler = data.target_scaler
    vectors = (scaler.shift, scaler.scale, data.y.min(axis=0), data.y.max(axis=0))  # (K,) each
    shift, scale, lowest, highest = (tuple(vector.tolist()) for vector in vectors)
    return Prepared(
        inputs=Inputs.from_scaler(data.input_names, data.input_scaler, data.X),
        targets=NumberTargets(data.target_names, shift, scale, lowest, highest, OUTPUT),
        training=Encoded(data.name, *data.scaled, truth=data.y, weights=None),
    )


def _report(model: Model, data: Dataset, say: Say) -> None:
    check, costs = model.gradient_check, model.record.cost
    say(f"{data.name}: {model.network.architecture}")
    say(f"  gradient   {check['verdict']}, norm ratio {check['norm_ratio']:.1e}")
    say(f"  stopped    after {model.record.iteration[-1]} iterations, {model.termination}")
    say(f"  cost       {costs[0]:.6g} at the start, {costs[-1]:.3g} at the end")
    say(f"  starts     {model.starts}")
    predicted = model.predict(data.X).reshape(data.y.shape)
    say(f"  {', '.join(data.input_names)}: predicted and true {', '.join(data.target_names)}")
    for x, guess, truth in zip(data.X, predicted, data.y, strict=True):
        say(f"    {', '.join(f'{v:g}' for v in x)}: {_numbers(guess)} and {_numbers(truth)}")
    say("")


def _numbers(values: np.ndarray) -> str:
    return ", ".join(f"{v:.4f}" for v in values)


def _draw(model: Model, data: Dataset, folder: Path) -> None:
    predicted, names = model.predict(data.X), data.target_names
    pictures = {
        "network": plots.network(model.network, data.input_names, names),
        "cost": plots.cost(model),
        "starts": plots.starts(model.starts),
        "predicted_against_true": plots.predicted_against_true(
            predicted, data.y, target_names=names
        ),
        "residuals": plots.residuals(predicted, data.y, target_names=names),
        "response_surface": plots.response_surface(model, data.X),
        "response_surface_3d": plots.response_surface(model, data.X, kind="3d"),
    }
    for name, ax in pictures.items():
        plots.save(ax, folder / f"{name}.png")
