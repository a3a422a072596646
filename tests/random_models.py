"""Models for tests, made without a training: any columns, targets, architecture, and number of members."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.columns import CategoryColumn, Inputs, NumberColumn
from sheernet.data.targets import ClassTarget, NumberTargets, Targets
from sheernet.data.targets.judgment import ClassificationFit, RegressionFit
from sheernet.models.data_region import DataRegion
from sheernet.models.member import Member
from sheernet.models.model import Judgment, Provenance
from sheernet.optimizers import Record, Termination
from sheernet.training import Starts

HIDDEN = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "silu")
OUTPUTS = (*HIDDEN, "exp", "softmax")

NUMBER = NumberColumn("size", "number", 3.0, 2.0, -1.0, 9.0)
FILLED = NumberColumn("depth", "number", 0.5, 0.25, -9.0, 9.0, fill=0.75)
BOOLEAN = NumberColumn("wet", "boolean", 0.0, 1.0, 0.0, 1.0, fill=1.0)
DATE = NumberColumn("day", "date", 19800.0, 30.0, 19700.0, 19900.0, fill=19810.0)
CYCLIC = NumberColumn(
    "when", "date", 19800.0, 30.0, 19700.0, 19900.0, 19810.0, (1.0, 7.0, 365.2425), offset=-5.5,
    missing_fraction=0.5,
)  # fmt: skip
TIME = NumberColumn("hour", "time", 0.0, 1.0, 0.0, 23.5, 12.0, (24.0,), missing_fraction=0.2)
LACKING = NumberColumn("flow", "number", 2.0, 3.0, -9.0, 9.0, fill=1.5, missing_fraction=0.06)
CATEGORY = CategoryColumn("color", ("blue", "red"), ("pink", "teal"), "rare", "red")
TASTE = CategoryColumn("taste", ("bad", "good"), ("odd",), "rare", "good", missing_fraction=0.9)
PLAIN = CategoryColumn("shape", ("round", "7", "True"), (), "refuse", None)
COLUMNS = (NUMBER, FILLED, BOOLEAN, DATE, CATEGORY, PLAIN)
"""A column of each kind without cycles."""
EVERY_COLUMN = (*COLUMNS, CYCLIC, TIME, LACKING, TASTE)
"""Also columns with cycles, and with an indicator of missing values."""


def number_inputs(n: int, seed: int = 0) -> Inputs:
    """Columns "input 0", "input 1", ... of numbers."""
    rng = np.random.default_rng(seed)
    return Inputs(
        tuple(
            NumberColumn(f"input {i}", "number", rng.normal(), rng.lognormal(), -1e6, 1e6)
            for i in range(n)
        )
    )


def number_targets(n: int, seed: int = 0) -> NumberTargets:
    """Columns "target 0", "target 1", ... of numbers."""
    rng = np.random.default_rng(seed)
    shift, scale = rng.normal(size=n), rng.lognormal(size=n)
    names = tuple(f"target {i}" for i in range(n))
    return NumberTargets(names, tuple(shift), tuple(scale), (-2.0,) * n, (7.0,) * n)


def random_model(
    arch: sn.Architecture,
    seed: int = 0,
    members: int = 1,
    cost: str | None = None,
    inputs: Inputs | None = None,
    targets: Targets | None = None,
) -> sn.Model:
    """A model of random numbers, each part of it filled."""
    rng = np.random.default_rng(seed)
    inputs = number_inputs(arch.n_inputs, seed) if inputs is None else inputs
    targets = number_targets(arch.n_outputs, seed) if targets is None else targets
    if isinstance(targets, NumberTargets):
        targets = dataclasses.replace(targets, output=arch.activations[-1].name)
    shares = rng.dirichlet(np.ones(members))
    if cost is None:
        softmax = arch.activations[-1].name == "softmax"
        cost = "cross_entropy" if softmax else targets.default_cost
    return sn.Model(
        inputs=inputs,
        targets=targets,
        members=tuple(
            random_member(arch, seed + i, float(share), cost) for i, share in enumerate(shares)
        ),
        reduction="mean",
        training_fit=random_fit(targets, 30, rng, constant=False),
        held_out_fit=random_fit(targets, 10, rng, constant=True),
        gradient_check={"verdict": "pass", "criterion": "each entry", "norm_ratio": 1e-10, "method": "differences"},
        origins={},
        settings={
            "method": "auto", "max_iter": 1000, "target": None, "hidden": [3, 2], "decay": {"W1": 0.5},
            "options": {"learning_rate": 0.1, "betas": [0.9, 0.99]}, "held_out": 0.25, "drop": ["a", "b"],
        },
        notices=("left out 'id': it is only a row number", "color: 2 missing values are filled with 'red'"),
        provenance=Provenance(
            "0", "0", "0", "reference", "lm", seed, "data.csv", "CSV with semicolons", "00", "2020-01-01T00:00:00+00:00"
        ),
        spread=float(rng.lognormal()),
        comparisons={name: random_fit(targets, 10, rng, constant=True) for name in ("linear model", "guess")},
    )  # fmt: skip


def with_region(model: sn.Model, seed: int = 0) -> sn.Model:
    """The model with the region of random rows, which files of earlier versions do not have."""
    X = np.random.default_rng(seed).normal(size=(9, model.inputs.n_features))
    return dataclasses.replace(model, region=DataRegion.learn(model.inputs, X, None))


def random_member(arch: sn.Architecture, seed: int, share: float, cost: str) -> Member:
    """A member of random numbers; its factor is that of a regular matrix."""
    rng = np.random.default_rng(seed)
    rows = 4
    column = rng.lognormal(sigma=20.0, size=rows)
    factor = np.tril(rng.normal(size=(arch.n_parameters, arch.n_parameters)))
    np.fill_diagonal(factor, rng.lognormal(size=arch.n_parameters))
    return Member(
        network=sn.Network.random(arch, seed, scheme="symmetric_uniform"),
        share=share,
        cost=cost,
        decay=rng.lognormal(size=arch.n_parameters),
        noise_variance=float(rng.lognormal()) if cost == "squared_error" else None,
        factor=factor[np.tril_indices(arch.n_parameters)],
        record=Record(
            np.arange(rows), column, column / 3, column / 7, column[::-1].copy(), np.array([np.nan, 1, 0.5, 1]),
            np.full(rows, np.nan), np.arange(rows) + 1, np.arange(rows) + 1, np.linspace(0, 1, rows), column / 11,
        ),
        termination=Termination("gradient_tolerance"),
        starts=Starts(
            np.array([1.5, np.inf, 1.25]), ("max_iterations", "non_finite", "gradient_tolerance"),
            np.array([3, 0, 3]), np.array([0.1, 0.2, 0.3]), best=2, seed=seed, scheme="glorot",
            floor=1e-10, requested=5,
        ),
    )  # fmt: skip


def random_fit(targets: Targets, rows: int, rng: np.random.Generator, constant: bool) -> Judgment:
    """A fit of random numbers for the targets' task."""
    if isinstance(targets, ClassTarget):
        n = len(targets.classes)
        counts = rng.integers(0, 9, size=(n, n))
        cells = counts if constant else counts / 7  # counts, or sums of case weights
        return ClassificationFit(rows, 0.75, 0.5, 0.625, tuple(map(tuple, cells.tolist())))
    some = tuple(rng.uniform(size=targets.n_outputs).tolist())
    return RegressionFit(rows, some, (None,) * targets.n_outputs if constant else some)


def replaced(model: sn.Model, **parts: Any) -> sn.Model:
    """The model with other parts; those of a member are parts of the leading one."""
    own = {field.name for field in dataclasses.fields(Member)} & parts.keys()
    if own:
        leading = dataclasses.replace(model.leading, **{name: parts.pop(name) for name in own})
        members = (leading if each is model.leading else each for each in model.members)
        model = dataclasses.replace(model, members=tuple(members))
    if "settings" in parts:
        parts = {"evaluation": ""} | parts  # follows from the settings
    return dataclasses.replace(model, **parts)


LABELS = st.sampled_from(
    [
        (False, True), ("no", "yes"), ("a", "b", "c"), (0, 1), (1, 2, 5, 7), (-0.5, 0.25), (0.0, 1.0, 2.5),
        ("", '"', "x y", "é"),
    ]
)  # fmt: skip


@st.composite
def class_targets(draw: st.DrawFn) -> ClassTarget:
    """Two classes or more, of each type."""
    return ClassTarget("verdict", draw(LABELS))


@st.composite
def any_inputs(draw: st.DrawFn) -> Inputs:
    """Some columns of all kinds, in any order."""
    columns = draw(st.lists(st.sampled_from(EVERY_COLUMN), min_size=1, max_size=4, unique=True))
    return Inputs(tuple(columns), draw(st.sampled_from(["standardize", "none"])), "impute")


@st.composite
def models(draw: st.DrawFn, *, outputs: tuple[str, ...] = OUTPUTS) -> sn.Model:
    """Any model: columns, tasks, depth, activations, biases, skip connections, several targets, several members."""
    inputs = draw(any_inputs())
    targets: Targets = draw(
        st.one_of(class_targets(), st.builds(number_targets, st.integers(1, 3)))
    )
    widths = draw(st.lists(st.integers(1, 4), max_size=2))
    sizes = (inputs.n_features, *widths, targets.n_outputs)
    hidden = [draw(st.sampled_from(HIDDEN)) for _ in widths]
    bias = draw(st.lists(st.booleans(), min_size=len(sizes) - 1, max_size=len(sizes) - 1))
    output = targets.output
    if isinstance(targets, NumberTargets):
        output = draw(st.sampled_from(outputs))
    arch = sn.Architecture(sizes, hidden, output, bias, skip=draw(st.booleans()))
    seed, members = draw(st.integers(0, 2**40)), draw(st.integers(1, 3))
    return random_model(arch, seed, members, inputs=inputs, targets=targets)


def table_for(model: sn.Model, rows: int = 5, seed: int = 0, gaps: bool = False) -> dict[str, Any]:
    """Columns that the model can predict from, inside the range of its training rows."""
    rng = np.random.default_rng(seed)
    return {column.name: cells(column, rows, rng, gaps) for column in model.inputs.columns}


def cells(column: Any, rows: int, rng: np.random.Generator, gaps: bool) -> Any:
    """Cells of one column; with gaps one of them is missing where the column fills it."""
    if isinstance(column, CategoryColumn):
        values = [column.known[i] for i in rng.integers(len(column.known), size=rows)]
    elif column.kind == "boolean":
        values = [bool(v) for v in rng.integers(2, size=rows)]
    elif column.kind == "date":
        days = rng.integers(int(column.lowest), int(column.highest), size=rows)
        hours = rng.integers(24, size=rows) if column.cycles else np.zeros(rows, dtype=np.int64)
        values = [
            np.datetime64(int(day) * 24 + int(hour), "h").astype("datetime64[s]")
            for day, hour in zip(days, hours, strict=True)
        ]
        if column.offset is not None:
            values = [pd.Timestamp(value, tz="UTC") for value in values]
    elif column.kind == "time":
        values = [
            datetime.time(int(hour), int(minute))
            for hour, minute in zip(
                rng.integers(23, size=rows), rng.integers(60, size=rows), strict=True
            )
        ]
    else:
        middle, width = column.shift, column.scale
        values = np.clip(
            rng.normal(middle, 2.0 * width, size=rows), column.lowest, column.highest
        ).tolist()
    if gaps and column.fill is not None:
        values[0] = np.datetime64("NaT") if getattr(column, "kind", "") == "date" else None
    return values
