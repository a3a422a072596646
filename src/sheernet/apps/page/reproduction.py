"""`script`: the Python program that repeats a run of the page; its final weights are bitwise equal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_table import OWN
from sheernet.apps.page.run_plan import arguments_of
from sheernet.network.network import Network
from sheernet.version import __version__

_BEGINNING = '''"""{title}: the run of the page of sheernet {version}, in Python."""

import sheernet as sn
{imports}'''
_WATCH = '''

def watch(step, row):
    """Print the cost of some iterations.  With an observer the optimizers run in Python, as on the page."""
    if step.iteration % {every} == 0:
        print(f"iteration {{step.iteration:>6}}  cost {{row.cost:.6g}}  gradient {{row.gradient_norm:.3g}}")

'''


def script(
    experiment: Experiment, begun: Network, starts: int, iterations: int, ended: bool = True
) -> str:
    """Return the program of a run.

    Parameters
    ----------
    experiment : Experiment
        The data and the settings.
    begun : Network
        The network with which the run began.
    starts : int
        Number of starts.
    iterations : int
        Maximum number of iterations.
    ended : bool
        Whether the run has ended: gd and adam then return the best iterate, not the last one.
    """
    imports = "\n".join(_imports(experiment))
    head = _BEGINNING.format(title=_plain_title(experiment), version=__version__, imports=imports)
    body = [*_table(experiment), *_rows(experiment), "", *_network(experiment, begun)]
    return (
        head + _WATCH.format(every=max(iterations // 20, 1)) + "\n"
        + "\n".join([*body, "", *_training(experiment, starts, iterations, ended)]) + "\n"
    )  # fmt: skip


def _plain_title(experiment: Experiment) -> str:
    """Return the title as one line that does not terminate a docstring."""
    title = experiment.exercise.title or experiment.source.table.source
    return (
        "".join(each for each in title if each.isprintable() and each not in '\\"')[:80] or "A run"
    )


def _imports(experiment: Experiment) -> Iterator[str]:
    if experiment.exercise.data != OWN:
        yield "from sheernet.apps.page import built_in_table"
    if experiment.exercise.regularization == "evidence":
        yield "from sheernet.apps.page.run_plan import train_with_evidence"
    if experiment.leaves_out_rows:
        yield "from sheernet.data.columns import complete_rows"
    names = ["prepare"]
    if experiment.exercise.validation or experiment.exercise.test:
        names.append("split_rows")
    yield f"from sheernet.models.fitting import {', '.join(names)}"
    yield "from sheernet.settings.table_settings import TableSettings"


def _table(experiment: Experiment) -> Iterator[str]:
    exercise = experiment.exercise
    if exercise.data != OWN:
        yield f"table = built_in_table({exercise.data!r})"
        return
    name = exercise.table_name
    if not name.lower().endswith((".csv", ".txt", ".tsv")):
        name = "table.csv"
    samples = "" if exercise.samples == "rows" else f", samples={exercise.samples!r}"
    yield f"table = sn.read_table({name!r}{samples})  # the table of the page, in this folder"


def _rows(experiment: Experiment) -> Iterator[str]:
    """Return the lines that select and encode the rows."""
    exercise, target = experiment.exercise, experiment.prepared.targets.names[0]
    names = experiment.checked_columns
    if experiment.leaves_out_rows:
        yield f"table = table.take(complete_rows(table, {list(names)!r}))"
    settings: dict[str, Any] = {
        "inputs": exercise.inputs, "task": exercise.task_kind, "scaling": exercise.scaling,
        "missing": "impute" if exercise.missing == "impute" else "refuse", "output_activation": exercise.output,
    }  # fmt: skip
    given = ", ".join(f"{name}={value!r}" for name, value in settings.items() if value is not None)
    if exercise.validation or exercise.test:
        yield from _split(experiment, target)
    for share in ("validation", "test"):
        if len(experiment.rows[share]):
            given += f", {share}=table.take({share})"
    if not len(experiment.rows["test"]):
        given += ", held_out=0.0"
    part = "table.take(training)" if exercise.validation or exercise.test else "table"
    yield f"settings = TableSettings({given})"
    yield f"prepared = prepare({part}, {target!r}, settings, {exercise.seed}, folds=False)"
    yield "rows = prepared.training"


def _split(experiment: Experiment, target: str) -> Iterator[str]:
    """Return the lines that split the rows."""
    exercise = experiment.exercise
    classes = classes_left = ""
    if experiment.splits_classes:
        yield f"classes, _ = table.distinct({target!r})"
        classes, classes_left = ", classes", ", classes[left]"
    share = exercise.validation / (1.0 - exercise.test)
    yield f"left, test = split_rows(len(table), {exercise.test!r}, {exercise.seed}{classes})"
    yield (
        f"training, validation = (left[part] for part in split_rows(len(left), {share!r}, {exercise.seed}"
        f"{classes_left}))"
    )


def _network(experiment: Experiment, begun: Network) -> Iterator[str]:
    arch, exercise = experiment.architecture, experiment.exercise
    yield "architecture = sn.Architecture("
    yield f"    {arch.sizes!r}, hidden={exercise.activation!r}, output={arch.activations[-1].name!r},"
    yield f"    bias={exercise.bias!r}, skip={exercise.skip!r},"
    yield ")"
    drawn = Network.random(arch, exercise.seed, exercise.scheme)
    if (begun.theta == drawn.theta).all():
        yield f"network = sn.Network.random(architecture, seed={exercise.seed}, scheme={exercise.scheme!r})"
    else:
        yield f"network = sn.Network(architecture, {begun.theta.tolist()!r})  # not drawn at random"


def _training(experiment: Experiment, starts: int, iterations: int, ended: bool) -> Iterator[str]:
    exercise = experiment.exercise
    how = {**arguments_of(experiment), "max_iter": iterations}
    if "decay" in how:
        by_rule = f"sn.weight_decay(architecture, {exercise.decay!r})"
        how["decay"] = _Code(by_rule if exercise.regularization == "decay" else "0.0")
        how["starts"] = starts
    if how.get("patience") is None:
        how.pop("patience", None)
    if experiment.validation is not None and "decay" in how:
        how["validation"] = _Code("(prepared.validation.X, prepared.validation.y)")
    function = "train_with_evidence" if exercise.regularization == "evidence" else "sn.train"
    yield f"training = {function}("
    yield "    network, rows.X, rows.y, observers=[watch],"
    for name, value in how.items():
        yield f"    {name}={value!r},"
    yield ")"
    yield "print(training)"
    weights = "training.network.theta" if ended else "training.state.state.theta"
    yield f"weights = {weights}  # {'the result' if ended else 'of the last iteration'}"
    yield "print(weights.tolist())"


class _Code(str):
    """Code that is written without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
