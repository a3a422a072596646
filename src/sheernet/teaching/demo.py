"""The notebook that sheernet grew out of, from data to pictures: both of its data sets, its network, its optimizer.

A 2-3-1 sigmoid network without biases, weights drawn from U[0, 1), half the sum of squared errors, BFGS with at most
200 iterations.  After Welch Labs' "Neural Networks Demystified",
github.com/stephencwelch/Neural-Networks-Demystified.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from sheernet import plots
from sheernet.data import datasets
from sheernet.data.columns import Inputs
from sheernet.data.datasets import Dataset
from sheernet.data.targets import NumberTargets
from sheernet.derivatives import check_gradient
from sheernet.models.fitting import Encoded, Prepared, assemble
from sheernet.models.model import Model
from sheernet.network.architecture import Architecture
from sheernet.network.network import Network
from sheernet.objective.objective import make_objective
from sheernet.training.training import Training, train

STARTS = 20
SEED = 0

Say = Callable[[str], None]


def run(folder: Path, say: Say, progress: bool = False) -> bool:
    """Train on both data sets; write pictures and models into `folder`, and say what happened.

    Parameters
    ----------
    folder : Path
        An existing folder.
    say : callable
        Takes the lines to print.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    bool
        Whether it ran to its end; False when Ctrl-C stopped it, with what was found written all the same.
    """
    plots.save(plots.activation("sigmoid"), folder / "activation.png")
    for data in (datasets.load_sleep_study(), datasets.load_iris_rows()):
        place = folder / data.name.replace(" ", "_")
        place.mkdir()
        training = _run_one(data, place, say, progress)
        if "interrupted" in training.starts.reasons:
            return False
    say(f"Pictures and models: {folder}")
    return True


def _run_one(data: Dataset, folder: Path, say: Say, progress: bool) -> Training:
    X, y = data.scaled
    arch = Architecture((X.shape[1], 3, y.shape[1]), hidden="sigmoid", output="sigmoid", bias=False)
    network = Network.random(arch, SEED, scheme="uniform")
    check = check_gradient(make_objective(arch, X, y, reduction="sum"), network.theta)
    training = train(
        network, X, y, method="bfgs", reduction="sum", max_iter=200, starts=STARTS, seed=SEED, scheme="uniform",
        progress=progress,
    )  # fmt: skip
    model = assemble(_prepared(data), training, check)
    model.save(folder / "model.json")
    _tell(model, training, data, say)
    _draw(model, training, data, folder)
    return training


def _prepared(data: Dataset) -> Prepared:
    """The rows of a data set, all of them to train on, with the scaling that belongs to it."""
    scaler = data.target_scaler
    numbers = (scaler.shift, scaler.scale, data.y.min(axis=0), data.y.max(axis=0))  # (K,) each
    return Prepared(
        inputs=Inputs.from_scaler(data.input_names, data.input_scaler, data.X),
        targets=NumberTargets(data.target_names, *(tuple(n.tolist()) for n in numbers)),
        training=Encoded(data.name, *data.scaled, truth=data.y, weights=None),
    )


def _tell(model: Model, training: Training, data: Dataset, say: Say) -> None:
    costs = training.record.cost
    say(f"{data.name}: {training.network.architecture}")
    say(
        f"  gradient   {model.gradient_check['verdict']}, norm ratio {model.gradient_check['norm_ratio']:.1e}"
    )
    say(f"  stopped    after {training.record.iteration[-1]} iterations, {training.termination}")
    say(f"  cost       {costs[0]:.6g} first, {costs[-1]:.3g} last")
    say(f"  starts     {training.starts}")
    if np.all(data.y == data.y[0]):
        say("  all rows have one target: a run to watch, not something to learn")
    predicted = model.predict(data.X).reshape(data.y.shape)
    say(f"  {', '.join(data.input_names)}: predicted and true {', '.join(data.target_names)}")
    for x, guess, truth in zip(data.X, predicted, data.y, strict=True):
        say(f"    {', '.join(f'{v:g}' for v in x)}: {_numbers(guess)} and {_numbers(truth)}")
    say("")


def _numbers(values: np.ndarray) -> str:
    return ", ".join(f"{v:.4f}" for v in values)


def _draw(model: Model, training: Training, data: Dataset, folder: Path) -> None:
    predicted = model.predict(data.X)
    pictures = {
        "network": plots.network(
            training.network, input_names=data.input_names, output_names=data.target_names
        ),
        "cost": plots.cost(training),
        "starts": plots.starts(training.starts),
        "predicted_against_true": plots.predicted_against_true(
            predicted, data.y, target_names=data.target_names
        ),
        "residuals": plots.residuals(predicted, data.y, target_names=data.target_names),
        "response_surface": plots.response_surface(model, data.X),
        "response_surface_3d": plots.response_surface(model, data.X, kind="3d"),
    }
    for name, ax in pictures.items():
        plots.save(ax, folder / f"{name}.png")
