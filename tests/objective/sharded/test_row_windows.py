"""Epochs of mini-batches over shards: which rows a window has, and the updates of gd and adam."""

from __future__ import annotations

import signal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from both_engines import ENGINES
from contracts.cases import random_cases
from shard_cases import SeedShard, cut
from sheernet.objective.sharded import MemoryHolder, ShardedObjective, row_windows
from sheernet.objective.sharded.row_windows import SHARDS_AT_ONCE, windows_of_epoch
from sheernet.optimizers import minimize

ARCH = sn.Architecture((3, 4, 1))
SHARDS = [SeedShard(k, n) for k, n in enumerate([120, 0, 80, 4, 200])]
START = np.linspace(-1.0, 1.0, ARCH.n_parameters)
METHODS = {
    "gd": {"learning_rate": 0.01, "momentum": 0.8, "nesterov": True},
    "adam": {"learning_rate": 0.01, "epsilon": 1e-3},
}


def run(objective: Any, method: str, **given: Any) -> Any:
    given = {"max_iter": 3, "gradient_tolerance": 0.0, "keep_path": True, "seed": 5, **given}
    return minimize(objective, given.pop("start", START), method, **METHODS[method], **given)


def sharded(engine: str = "auto", **given: Any) -> ShardedObjective:
    holder = MemoryHolder(SHARDS, ARCH, "squared_error", engine=engine)
    return ShardedObjective(ARCH, "squared_error", holder, 0.1, **given)


def rows_of_all() -> list[np.ndarray]:
    loaded = [shard.load("training") for shard in SHARDS]
    return [np.vstack([rows[k] for rows in loaded]) for k in (0, 1)]


@given(
    st.lists(st.one_of(st.just(0), st.integers(1, 300)), min_size=1, max_size=150).filter(any),
    st.integers(1, 400),
    st.integers(0, 9),
    st.integers(1, 9),
)
def test_every_row_is_in_one_window(rows: list[int], of_window: int, seed: int, epoch: int) -> None:
    windows = list(windows_of_epoch(rows, of_window, seed, epoch))
    times = [np.zeros(n, int) for n in rows]
    for pieces in windows:
        shards = [piece.shard for piece in pieces]
        assert 0 < len(shards) <= SHARDS_AT_ONCE
        assert shards == sorted(set(shards))
        assert sum(piece.last - piece.first for piece in pieces) <= of_window + len(pieces)
        for shard, first, last in pieces:
            assert first < last
            times[shard][first:last] += 1
    assert all((each == 1).all() for each in times)
    assert windows == list(windows_of_epoch(rows, of_window, seed, epoch))


def test_a_window_has_rows_of_many_shards_and_every_epoch_others() -> None:
    """Of 200 shards of 100 rows, each window has a piece of 50 shards or more: rows may be sorted."""
    epochs = [list(windows_of_epoch([100] * 200, 500, 3, epoch)) for epoch in (1, 2)]
    assert all(50 <= len(pieces) <= SHARDS_AT_ONCE for windows in epochs for pieces in windows)
    assert epochs[0] != epochs[1]
    assert epochs[0] != list(windows_of_epoch([100] * 200, 500, 4, 1))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_one_window_has_the_bits_of_rows_in_memory(
    method: str, engine: str, reduction: str
) -> None:
    X, y = rows_of_all()
    given = {"learning_rate": 1e-4} if reduction == "sum" else {}
    joined = sn.make_objective(ARCH, X, y, decay=0.1, engine=engine, reduction=reduction)
    for batch_size in (7, 64, 1000):
        options = {**METHODS[method], **given, "batch_size": batch_size, "seed": 5}
        paths = [
            minimize(
                objective, START, method, max_iter=3, gradient_tolerance=0.0, keep_path=True, **options
            ).record.path
            for objective in (sharded(engine, reduction=reduction), joined)
        ]  # fmt: skip
        assert paths[0].tobytes() == paths[1].tobytes()


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("whole_penalty", [False, True])
@pytest.mark.parametrize("engine", ENGINES)
def test_updates_of_many_windows_are_those_of_kingma_and_ba(
    engine: str, whole_penalty: bool, reduction: str, monkeypatch: Any
) -> None:
    """Algorithm 1 over the batches of each window, with weights of 0 outside of a batch."""
    monkeypatch.setattr(row_windows, "LEAST_ROWS", 1)
    case = next(
        random_cases(7, 1, rows=90, fewest_rows=90, weights="positive", cost="squared_error")
    )
    shards = cut(case, [20, 31, 31, 60])
    holder = MemoryHolder(shards, case.architecture, case.cost, engine=engine)
    objective = ShardedObjective(case.architecture, case.cost, holder, 0.3, reduction)
    found = run(
        objective, "adam", start=case.theta, batch_size=8, whole_penalty=whole_penalty,
        evaluation="batches",
    )  # fmt: skip
    joined = sn.make_objective(
        case.architecture, case.X, case.y, cost=case.cost, weights=case.weights, decay=0.3,
        reduction=reduction,
    )  # fmt: skip
    begins = np.cumsum([0, *holder.rows_of_shards])
    theta, m, v, t = case.theta, 0.0, 0.0, 0
    for epoch in (1, 2, 3):
        values = []
        windows = list(windows_of_epoch(holder.rows_of_shards, 30, 5, epoch))
        assert len(windows) == 3
        for number, pieces in enumerate(windows):
            rows = np.concatenate([np.arange(p.first, p.last) + begins[p.shard] for p in pieces])
            key = (number,) if number else ()
            rng = np.random.default_rng(np.random.SeedSequence([5, epoch], spawn_key=key))
            rows = rows[rng.permutation(rows.size)]
            for k in range(0, rows.size, 8):
                batch = rows[k : k + 8]
                w = np.zeros(90)
                w[batch] = case.weights[batch] * (90 / batch.size if reduction == "sum" else 1.0)
                factor = 90 / batch.size if reduction == "sum" else case.weights.sum() / w.sum()
                decay = joined.decay * (factor if whole_penalty else 1.0)
                value, g = joined.replace(weights=w, decay=decay).value_and_gradient(theta)
                values.append((value, batch.size))
                t += 1
                m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
                theta = theta - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-3)
        np.testing.assert_allclose(found.record.path[epoch], theta, rtol=0, atol=1e-11)
        mean = sum(value * size for value, size in values) / 90
        assert found.record.objective[epoch] == pytest.approx(mean, rel=1e-11)


def test_a_run_is_resumed_with_the_same_bits(monkeypatch: Any) -> None:
    monkeypatch.setattr(row_windows, "LEAST_ROWS", 1)
    whole = run(sharded(), "adam", batch_size=10, max_iter=4)
    first = run(sharded(), "adam", batch_size=10, max_iter=2)
    rest = run(sharded(), "adam", batch_size=10, max_iter=2, start=first.state)
    assert rest.theta.tobytes() == whole.theta.tobytes()


def test_batches_count_as_evaluations_and_ctrl_c_ends_an_epoch(monkeypatch: Any) -> None:
    monkeypatch.setattr(row_windows, "LEAST_ROWS", 1)
    objective = sharded()
    found = run(objective, "adam", batch_size=50, max_iter=1)
    windows = windows_of_epoch(objective.holder.rows_of_shards, 150, 5, 1)
    sizes = [sum(last - first for _, first, last in pieces) for pieces in windows]
    assert len(sizes) == 3
    assert found.record.value_evaluations.tolist() == [1, 2 + sum(-(-n // 50) for n in sizes)]

    rows = objective.holder.rows
    loaded = []

    def press_at_the_second(pieces: Any) -> Any:
        loaded.append(pieces)
        if len(loaded) == 2:
            signal.raise_signal(signal.SIGINT)
        return rows(pieces)

    objective.holder.rows = press_at_the_second
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        found = run(objective, "adam", batch_size=50, max_iter=5)
    finally:
        signal.signal(signal.SIGINT, before)
    assert found.termination.reason == "interrupted"
    assert found.record.iteration.tolist() == [0]
    assert len(loaded) == 2


def test_an_order_of_all_rows_is_refused() -> None:
    with pytest.raises(sn.InvalidInput, match=r"order is for rows in memory, .* omit order"):
        run(sharded(), "adam", batch_size=10, order=lambda epoch: np.arange(303))


@pytest.mark.parametrize("method", METHODS)
def test_windows_that_do_not_fit_in_memory_are_refused_before_the_first_pass(method: str) -> None:
    """3 copies of 303 rows of 3 inputs, a target and a weight: 36 360 bytes."""
    holder = MemoryHolder(SHARDS, ARCH, "squared_error")
    objective = ShardedObjective(ARCH, "squared_error", holder)
    holder.memory = 36_360
    run(objective, method, batch_size=1000, max_iter=1)
    passes: list[Any] = []
    holder.memory, holder.sums = 36_359, passes.append  # type: ignore[method-assign,assignment]
    with pytest.raises(
        sn.InvalidInput, match=r"303 rows .* take .*, but rows may take .*; reduce batch_size"
    ):
        run(objective, method, batch_size=1000, max_iter=1)
    assert passes == []
