"""The recorded fits: what each fits, how, and which of its numbers are recorded.

Each fit uses public names only.  What it records is data for a JSON document: numbers, texts, and lists and mappings of
them.  An error is recorded by its type, so that a fit or a quantity that begins or ceases to fail is a difference.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import sheernet as sn
from golden.tables import Rows, rows_of, written, written_parts

Facts = dict[str, Any]


def plain(value: Any) -> Any:
    """A value as data for JSON."""
    if isinstance(value, pd.DataFrame):
        return {str(name): plain(value[name].to_numpy()) for name in value}
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if dataclasses.is_dataclass(value):
        return plain(dataclasses.asdict(value))
    if isinstance(value, np.ndarray) and value.dtype.kind == "M":
        return np.datetime_as_string(value, unit="s").tolist()
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def attempted(compute: Callable[[], Any]) -> Any:
    """What `compute` returns, as data, or the type of its error."""
    try:
        return plain(compute())
    except Exception as error:
        return f"raises {type(error).__name__}"


# ------------------------------------------------------------------------------------------ models


QUANTITIES: dict[str, Callable[[sn.Model, Rows], Any]] = {
    "prediction": lambda model, rows: model.predict(rows.new),
    "standard deviation": lambda model, rows: model.predict(rows.new, return_std=True)[1],
    "interval": lambda model, rows: model.predict_interval(rows.new),
    "conformal interval": lambda model, rows: model.predict_interval(rows.new, method="conformal"),
    "log density": lambda model, rows: model.distribution(rows.new).logpdf(
        rows.new[rows.target].to_numpy()
    ),
    "probabilities": lambda model, rows: model.probabilities(rows.new),
    "score": lambda model, rows: model.score(rows.new),
    "fold outputs": lambda model, _: model.fold_outputs and model.fold_outputs.outputs,
    "figures of training": lambda model, _: model.training_fit,
    "figures of folds or held-out rows": lambda model, _: model.held_out_fit,
    "figures of comparisons": lambda model, _: model.comparisons,
    "standard errors": lambda model, _: model.settings.get("evaluation_errors"),
    "shares": lambda model, _: [member.share for member in model.members],
    "networks": lambda model, _: [
        (str(member.network.architecture), member.cost) for member in model.members
    ],
    "theta": lambda model, _: model.network.theta if len(model.members) == 1 else None,
    "decay": lambda model, _: model.decay,
    "objectives of starts": lambda model, _: model.starts.objectives,
    "terminations": lambda model, _: [member.termination.reason for member in model.members],
    "gradient": lambda model, _: model.gradient_check["verdict"],
}
"""What is recorded of a model."""


def first_rows(rows: Rows) -> pd.DataFrame:
    """Three rows to explain."""
    return rows.new[:3].drop(columns=rows.target)


EXPLANATIONS: dict[str, Callable[[sn.Model, Rows], Any]] = {
    "effects": lambda model, rows: model.effects(rows.table).to_frame()["prediction"].to_numpy(),
    "importance": lambda model, rows: model.importance(rows.table, points=256).to_frame()[
        ["total", "first", "shapley"]
    ],
    "contributions": lambda model, rows: model.contributions(first_rows(rows), rows.table).values,
    "profile": lambda model, _: model.profile(points=5).to_frame()["prediction"].to_numpy(),
    "best inputs": lambda model, rows: (
        model.optimize("maximize", table=rows.table, starts=4).inputs
    ),
    "distance": lambda model, rows: model.data_distance(rows.new).distance,
}


def facts_of(model: sn.Model, rows: Rows, explained: bool = False) -> Facts:
    """All quantities of a model."""
    asked = QUANTITIES | (EXPLANATIONS if explained else {})
    return {name: attempted(partial(quantity, model, rows)) for name, quantity in asked.items()}


def fitted(table: str, n: int = 70, explained: bool = False, **settings: Any) -> Facts:
    """`sn.fit` of a table; `validation` and `test` stand for the new rows."""
    rows = rows_of(table, n)
    settings = {k: rows.new if k in ("validation", "test") else v for k, v in settings.items()}
    return facts_of(sn.fit(rows.table, rows.target, **settings), rows, explained)


def saved(table: str, **settings: Any) -> Facts:
    """The same of a model that was saved and loaded."""
    rows = rows_of(table)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.json")
        sn.fit(rows.table, rows.target, **settings).save(path)
        return facts_of(sn.load(path), rows)


def estimated(estimator: str, table: str, **settings: Any) -> Facts:
    """An estimator for scikit-learn."""
    rows = rows_of(table)
    X, new = (frame.drop(columns="y").to_numpy() for frame in (rows.table, rows.new))
    found = getattr(sn, estimator)(**settings).fit(X, rows.table["y"].to_numpy())
    if estimator == "NetClassifier":
        return {"probabilities": plain(found.predict_proba(new))}
    mean, std = found.predict(new, return_std=True)
    return {"prediction": plain(mean), "standard deviation": plain(std)}


# ------------------------------------------------------------------------------------------- files


QUICK = {"hidden": 2, "decay": 1e-2, "starts": 2, "held_out": 0.2}


def read(dialect: str) -> Facts:
    """A table of a file, and a fit of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = written(dialect, Path(folder))
        table = sn.read_table(path).frame
        model = sn.fit(path, "y", **QUICK)
        return {"table": plain(table), "inputs": plain(model.output_names)} | facts_of(
            model, Rows(table, table[-10:].reset_index(drop=True))
        )


def sharded(suffix: str, workers: int = 0, **settings: Any) -> Facts:
    """Three files, streamed or on workers of Dask."""
    with ExitStack() as stack:
        paths = written_parts(suffix, Path(stack.enter_context(tempfile.TemporaryDirectory())))
        if workers:
            from dask.distributed import Client, LocalCluster

            cluster = stack.enter_context(
                LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0")
            )
            settings["client"] = stack.enter_context(Client(cluster, set_as_default=False))
        data = sn.shards(paths, "y", rows_of_shard=40)
        model = sn.fit(data, hidden=3, starts=2, **settings)
        return facts_of(model, rows_of("constant", 180))


def commanded(*options: str) -> Facts:
    """`sheernet fit` of a file, and `sheernet predict` of it with the model."""
    with tempfile.TemporaryDirectory() as folder:
        path = written("csv", Path(folder))

        def said(*words: str) -> Any:
            command = [sys.executable, "-m", "sheernet", *words, "--json"]
            done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
            return done.returncode, json.loads(done.stdout)["result"]

        code, result = said("fit", path.name, "--target", "y", "--output", "fit", *options)
        kept = ("rows", "fits", "comparisons", "errors", "objective", "evaluation")
        predicted, _ = said("predict", "fit/model.json", path.name, "--output", "predicted.csv")
        return {"exit codes": [code, predicted]} | plain(
            {name: result[name] for name in kept}
            | {"prediction": pd.read_csv(Path(folder, "predicted.csv"), dtype=str)}
        )


# ------------------------------------------------------------------------------------------ networks


def arrays_of(table: str, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets of a network, as it stands."""
    if table == "notebook":
        return sn.datasets.load_sleep_study().scaled
    rows = rows_of(table, n)
    classes = pd.get_dummies(rows.table["y"]) if table == "iris" else rows.table[rows.target]
    return rows.table.drop(columns=rows.target).to_numpy(), classes.to_numpy(dtype=float)


def trained(
    table: str, sizes: tuple[int, ...], n: int = 70, resumed: bool = False,
    units: Mapping[str, Any] = {}, **settings: Any,
) -> Facts:  # fmt: skip
    """`sn.train` of a network, its record, and the check of the gradient at the end."""
    X, y = arrays_of(table, n)
    arch = sn.Architecture(sizes, **units)
    start = sn.Network.random(arch, seed=0)
    found = sn.train(start, X, y, **settings)
    if resumed:
        found = sn.train(start, X, y, **settings | {"max_iter": 60}, resume=found)
    of_objective = {"cost", "reduction", "decay", "weights", "engine", "threads"} & set(settings)
    objective = sn.make_objective(arch, X, y, **{name: settings[name] for name in of_objective})
    checked = sn.check_gradient(objective, start.theta)
    return plain(
        {
            "theta": found.network.theta,
            "objective": found.objective,
            "record": found.record.objective,
            "gradient norms": found.record.gradient_norm,
            "evaluations": found.record.value_evaluations,
            "objectives of starts": found.starts.objectives,
            "terminations": found.starts.reasons,
            "gradient verdicts": [checked.verdict, *checked.verdicts],
            "numerical gradient": checked.numeric,
        }
    )


def checked(factor: float, block: str) -> Facts:
    """The check of a gradient one of whose blocks is wrong by a factor."""
    X, y = arrays_of("constant", 70)
    arch = sn.Architecture((3, 4, 1))
    objective = sn.make_objective(arch, X, y, decay=1e-3)
    theta = sn.Network.random(arch, seed=0).theta
    wrong = np.ones(theta.size)
    wrong[next(part.slice for part in arch.layout.blocks if part.name == block)] = factor
    report = sn.check_gradient(
        lambda x: objective.value_and_gradient(x)[0],
        lambda x: wrong * objective.value_and_gradient(x)[1],
        theta,
    )
    return plain({"verdicts": [report.verdict, *report.verdicts], "numeric": report.numeric})


def selected(table: str) -> Facts:
    """`sn.select` of four networks."""
    rows = rows_of(table)
    found = sn.select(rows.table, "y", sizes=(0, 2), decays=(0.1, 0.001), folds=3, starts=2)
    return plain(found.to_frame()[["hidden", "decay", "error", "standard_error"]])


def compared(table: str) -> Facts:
    """`sn.compare` of methods."""
    rows = rows_of(table)
    found = sn.compare(rows.table, "y", methods=("lm", "bfgs"), hidden=2, starts=3)
    return plain(found.to_frame()[["method", "objective", "median", "iterations", "reason"]])


# -------------------------------------------------------------------------------------- the recording

NOTEBOOK = partial(
    trained, "notebook", (2, 3, 1), units={"hidden": "sigmoid", "output": "sigmoid", "bias": False}
)
NETWORK = partial(trained, "constant", (3, 4, 1))

FITS: dict[str, Callable[[], Facts]] = {
    # default ensembles, the longest first
    "default: diabetes": partial(fitted, "diabetes", 60),
    "default: three classes": partial(fitted, "iris", 60),
    "default: mixed columns": partial(
        fitted, "mixed", 60, explained=True, groups="patient", weights="weight"
    ),
    "default: two targets": partial(fitted, "two targets", 40),
    "default: varying noise": partial(fitted, "varying", 60),
    "default: heavy noise": partial(fitted, "heavy", 60),
    "default: skewed": partial(fitted, "skewed", 60),
    "default: counts": partial(fitted, "counts", 60),
    "default: two classes": partial(fitted, "cancer", 60, explained=True),
    "default: constant noise": partial(fitted, "constant", 60, explained=True),
    "default: held-out rows": partial(fitted, "constant", 60, held_out=0.25),
    "default: saved and loaded": partial(saved, "constant", hidden=4),
    "default: NetRegressor": partial(estimated, "NetRegressor", "constant"),
    # the evidence, with something given
    "evidence: hidden=3": partial(fitted, "constant", hidden=3),
    "evidence: hidden=3, two threads": partial(fitted, "constant", 400, hidden=3, threads=2),
    "evidence: hidden=(3, 2)": partial(fitted, "constant", hidden=(3, 2)),
    "evidence: no hidden layer": partial(fitted, "varying", hidden=0),
    "evidence: hidden=2, classes": partial(fitted, "iris", hidden=2),
    "evidence: hidden=1, reference engine": partial(
        fitted, "constant", 40, hidden=1, engine="reference", starts=2
    ),
    "evidence: hidden=2, test rows": partial(fitted, "constant", hidden=2, test="new"),
    "evidence: hidden=2, groups": partial(fitted, "mixed", hidden=2, groups="patient"),
    "evidence: hidden=2, weights": partial(fitted, "mixed", hidden=2, weights="weight"),
    "evidence: hidden=2, seed=3": partial(fitted, "skewed", hidden=2, seed=3),
    "evidence: hidden=2, no transform": partial(
        fitted, "skewed", hidden=2, target_transform="none"
    ),
    # one network with a given decay
    "decay: constant noise": partial(fitted, "constant", explained=True, **QUICK),
    "decay: mixed columns": partial(fitted, "mixed", **QUICK, weights="weight"),
    "decay: rows without gaps": partial(fitted, "mixed", **QUICK, missing="drop"),
    "decay: two targets": partial(fitted, "two targets", **QUICK),
    "decay: three classes": partial(fitted, "iris", explained=True, **QUICK),
    "decay: two classes": partial(fitted, "cancer", **QUICK),
    "decay: reference engine": partial(fitted, "constant", **QUICK, engine="reference"),
    "decay: huber": partial(fitted, "heavy", **QUICK, cost="huber"),
    "decay: poisson": partial(fitted, "counts", **QUICK, cost="poisson", output_activation="exp"),
    "decay: exp output": partial(fitted, "skewed", **QUICK, output_activation="exp"),
    "decay: robust scaling": partial(fitted, "constant", **QUICK, scaling="robust"),
    "decay: sum": partial(fitted, "constant", **QUICK, reduction="sum"),
    "decay: relu, no bias": partial(fitted, "constant", **QUICK, activation="relu", bias=False),
    "decay: validation rows": partial(
        fitted, "constant", 40, hidden=8, decay=0.0, starts=2, validation="new", patience=5
    ),
    "decay: cross-validated": partial(fitted, "constant", hidden=2, decay="cv", starts=2),
    "decay: saved and loaded": partial(saved, "mixed", **QUICK),
    "decay: NetClassifier": partial(estimated, "NetClassifier", "cancer", hidden=2, decay=1e-2),
    "select": partial(selected, "constant"),
    "compare": partial(compared, "constant"),
    # files
    "file: csv": partial(read, "csv"),
    "file: semicolons and decimal commas": partial(read, "txt of semicolons"),
    "file: semicolons and commas in names": partial(read, "asc of commas in names"),
    "file: tabs and units": partial(read, "tsv with units"),
    "file: aligned columns": partial(read, "dat of columns"),
    "file: xlsx": partial(read, "xlsx"),
    "file: parquet": partial(read, "parquet"),
    "file: mat": partial(read, "mat"),
    "shards: streamed csv": partial(sharded, "csv"),
    "shards: streamed parquet, evidence": partial(sharded, "parquet", decay="evidence"),
    "shards: validation rows": partial(sharded, "csv", validation=0.2, patience=5),
    "shards: two workers": partial(sharded, "parquet", workers=2),
    "command line: fit": partial(commanded, "--hidden", "2", "--decay", "0.01"),
    "command line: evidence": partial(commanded, "--hidden", "2", "--weights", "weight"),
    # networks
    "train: gd": partial(NETWORK, method="gd", max_iter=200),
    "train: adam": partial(NETWORK, method="adam", max_iter=200),
    "train: bfgs": partial(NETWORK, method="bfgs", decay=1e-3),
    "train: lbfgs": partial(NETWORK, method="lbfgs", decay=1e-3),
    "train: lm": partial(NETWORK, method="lm", decay=1e-3),
    "train: scipy:BFGS": partial(NETWORK, method="scipy:BFGS", decay=1e-3),
    "train: resumed": partial(NETWORK, method="lbfgs", decay=1e-3, max_iter=20, resumed=True),
    "train: notebook, 20 starts": partial(NOTEBOOK, method="bfgs", reduction="sum", starts=20),
    "train: notebook, reference engine": partial(NOTEBOOK, method="lm", engine="reference"),
    "train: two layers, two threads": partial(
        trained, "constant", (3, 8, 4, 1), 2000, method="bfgs", decay=1e-3, threads=2, max_iter=60
    ),
    "train: three classes": partial(
        trained, "iris", (4, 3, 3), units={"output": "softmax"}, method="lbfgs", decay=1e-2
    ),
    "train: gaussian_nll": partial(
        trained, "varying", (3, 3, 2), method="bfgs", cost="gaussian_nll", decay=1e-2
    ),
    "train: student_t, weights": partial(
        trained, "heavy", (3, 3, 2), cost="student_t", decay=1e-2, weights=np.arange(70.0)
    ),
    "gradient: twice W2": partial(checked, 2.0, "W2"),
    "gradient: 1.001 of b1": partial(checked, 1.001, "b1"),
}
"""Every recorded fit, by name."""


def record_of(name: str) -> tuple[str, Any]:
    """The name, and what is recorded of its fit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about columns that are left out, or fits that stop early
        return name, attempted(FITS[name])
