"""Models for tests, made without a training: any architecture, any number of members."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

import sheernet as sn
from sheernet.decay import as_decay
from sheernet.model import Columns, Fit, Member, Model, Provenance
from sheernet.optimizers import Record, Termination
from sheernet.preprocessing import Scaler
from sheernet.starts import Starts


def random_model(
    arch: sn.Architecture, seed: int = 0, members: int = 1, cost: str = "squared_error"
) -> Model:
    """A model of random numbers, each part of it filled."""
    rng = np.random.default_rng(seed)
    d, k, rows = arch.n_inputs, arch.n_outputs, 4
    shares = rng.dirichlet(np.ones(members))
    column = rng.lognormal(sigma=20.0, size=rows)
    some = [float(x) for x in rng.lognormal(size=k)]
    return Model(
        inputs=Columns(tuple(f"input {i}" for i in range(d)), Scaler(rng.normal(size=d), rng.lognormal(size=d))),
        targets=Columns(tuple(f"target {i}" for i in range(k)), Scaler(rng.normal(size=k), rng.lognormal(size=k))),
        members=tuple(
            Member(sn.Network.random(arch, seed + i, scheme="symmetric_uniform"), float(share))
            for i, share in enumerate(shares)
        ),
        cost=cost,
        reduction="mean",
        decay=as_decay(rng.lognormal(size=arch.n_parameters), arch),
        training_fit=Fit(30, tuple(some), tuple(some)),
        held_out_fit=Fit(10, tuple(some), (None,) * k),
        gradient_check={"verdict": "pass", "criterion": "each entry", "norm_ratio": 1e-10, "method": "differences"},
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
        settings={"method": "auto", "max_iter": 1000, "target": None},
        provenance=Provenance("0", "0", "0", "reference", "lm", seed, "data.csv", "00", "2020-01-01T00:00:00+00:00"),
    )  # fmt: skip


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Any model: depth, activations, biases, skip connections, several targets, several members."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    hidden = draw(
        st.lists(
            st.sampled_from(["identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "silu"]),
            min_size=len(sizes) - 2, max_size=len(sizes) - 2,
        )
    )  # fmt: skip
    bias = draw(st.lists(st.booleans(), min_size=len(sizes) - 1, max_size=len(sizes) - 1))
    output = draw(st.sampled_from(["identity", "sigmoid", "tanh", "softplus"]))
    arch = sn.Architecture(sizes, hidden, output, bias, skip=draw(st.booleans()))
    return random_model(arch, draw(st.integers(0, 2**40)), draw(st.integers(1, 3)))


def table_for(model: Model, rows: int = 5, seed: int = 0) -> dict[str, Any]:
    """Columns that the model can predict from."""
    X = np.random.default_rng(seed).normal(scale=3.0, size=(rows, len(model.inputs.names)))
    return {name: X[:, i] for i, name in enumerate(model.inputs.names)}
