"""The contract of holders of shards, checked for every holder.

A new holder is added to HOLDERS: a function from shards, architecture, cost and keyword arguments to an open holder.
Expected values come from one objective of the joined rows, expected bits from the definition of the fixed tree.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import dask_clusters
import sheernet as sn
from both_engines import ENGINES
from contracts.cases import random_cases
from contracts.laws import relative
from shard_cases import RowsShard, SeedShard, cut
from sheernet.distributed import DaskHolder, StreamingHolder
from sheernet.distributed.packed_file import stored_size
from sheernet.distributed.streaming_holder import COPIES
from sheernet.objective.sharded import (
    QUANTITIES,
    JointRequest,
    MemoryHolder,
    Node,
    Request,
    ShardedObjective,
    root,
    shard_engine,
    shard_sums,
)
from sheernet.training import fit_objective


def little_memory(shards: Any, arch: Any, cost: str, **named: Any) -> StreamingHolder:
    """A holder that is allowed the least possible memory, so that most files are larger."""
    columns = arch.n_inputs + arch.n_outputs + 1
    largest = max(
        stored_size([(shard.n_rows + 8 * (shard.n_rows // 128 + 1)) * columns + 16])
        for shard in shards
    )
    return StreamingHolder(shards, arch, cost, threads=3, memory=COPIES * largest, **named)


HOLDERS: dict[str, Callable[..., Any]] = {
    "memory": MemoryHolder,
    "memory, 1 thread": lambda *given, **named: MemoryHolder(*given, threads=1, **named),
    "streaming": StreamingHolder,
    "streaming, 1 thread": lambda *given, **named: StreamingHolder(*given, threads=1, **named),
    "streaming, 3 threads, little memory": little_memory,
}
if dask_clusters.IS_INSTALLED:
    HOLDERS["dask"] = lambda *given, **named: DaskHolder(dask_clusters.client(), *given, **named)


@pytest.fixture(scope="module", autouse=True)
def _cluster() -> Iterator[None]:
    yield
    dask_clusters.close()


pytestmark = pytest.mark.parametrize("make", HOLDERS.values(), ids=HOLDERS.keys())

ARCH = sn.Architecture((3, 4, 1))
THETA = np.linspace(-1.0, 1.0, ARCH.n_parameters)
MANY = [
    SeedShard(k, n_rows) for k, n_rows in enumerate([200, 0, 400, 3, 300, 400, 1, 400, 400, 400])
]


def request_of(quantity: str, theta: np.ndarray) -> Request:
    directions = np.random.default_rng(1).normal(size=(theta.size, 2))
    return Request(quantity, theta, directions if quantity == "hessian_vector" else None)


def by_definition(shards: Any, arch: Any, cost: str, engine: str, request: Request) -> list[bytes]:
    """The root over the sums of each shard, one after the other."""
    engines = [shard_engine(arch, cost, *shard.load("training"), engine) for shard in shards]
    nodes = {Node(0, k): shard_sums(one, request) for k, one in enumerate(engines)}
    return [each.tobytes() for each in root(nodes, len(engines))]


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_sums_have_the_bits_of_the_fixed_tree(make: Any, quantity: str) -> None:
    request = request_of(quantity, THETA)
    expected = by_definition(MANY, ARCH, "squared_error", "auto", request)
    with make(MANY[::-1], ARCH, "squared_error") as holder:
        for _ in range(2):
            assert [each.tobytes() for each in holder.sums(request)] == expected


def test_joint_requests_have_the_bits_of_single_ones(make: Any) -> None:
    requests = [request_of(quantity, THETA * k) for k, quantity in enumerate(QUANTITIES, 1)]
    joint = JointRequest(tuple(requests))
    with make(MANY, ARCH, "squared_error") as holder:
        for request, sums in zip(requests, joint.divided(holder.sums(joint)), strict=True):
            expected = by_definition(MANY, ARCH, "squared_error", "auto", request)
            assert [each.tobytes() for each in sums] == expected
            assert request.n_bytes == sum(map(len, expected))


def test_a_shard_with_several_threads_has_the_same_bits(make: Any) -> None:
    shards = [SeedShard(0, 60_000)]
    for quantity in ("gradient", "gauss_newton"):
        request = request_of(quantity, THETA)
        expected = by_definition(shards, ARCH, "squared_error", "auto", request)
        with make(shards, ARCH, "squared_error") as holder:
            assert [each.tobytes() for each in holder.sums(request)] == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_every_cost_and_case_weights(make: Any, engine: str) -> None:
    for case in random_cases(41, 12, rows=30, fewest_rows=20):
        shards = cut(case, [5, 5, 11])
        with make(shards, case.architecture, case.cost, engine=engine) as holder:
            for quantity in QUANTITIES:
                request = request_of(quantity, case.theta)
                expected = by_definition(shards, case.architecture, case.cost, engine, request)
                found = [each.tobytes() for each in holder.sums(request)]
                assert found == expected, (str(case), quantity)


def test_the_objective_is_that_of_the_joined_rows(make: Any) -> None:
    for case in random_cases(42, 10, rows=30, fewest_rows=20):
        joined = case.objective()
        with make(cut(case, [5, 5, 11]), case.architecture, case.cost) as holder:
            objective = ShardedObjective(
                case.architecture, case.cost, holder, case.decay, case.reduction
            )
            assert holder.n_samples == joined.n_samples
            assert holder.total_weight == pytest.approx(joined.total_weight, rel=1e-14)
            value, gradient = objective.value_and_gradient(case.theta)
            expected = joined.value_and_gradient(case.theta)
            assert relative(value - expected[0], joined.terms(case.theta)[2]) <= 1e-12
            magnitude = joined.gradient_magnitude(case.theta)
            assert relative(gradient - expected[1], magnitude) <= 1e-12


def test_totals_have_the_same_bits(make: Any) -> None:
    case = next(random_cases(43, 1, rows=40, fewest_rows=40, weights="positive"))
    assert case.weights is not None
    parts = [np.array(w.sum()) for w in np.split(case.weights, [7, 20])]
    with make(cut(case, [7, 20]), case.architecture, case.cost) as holder:
        assert holder.total_weight == (parts[0] + parts[1]) + parts[2]
        assert holder.n_shards == 3


def test_the_evaluation_part_is_held_by_name(make: Any) -> None:
    held = [shard.load("evaluation") for shard in MANY]
    X, y = (np.vstack([rows[k] for rows in held]) for k in (0, 1))
    with make(MANY, ARCH, "squared_error", part="evaluation") as holder:
        value = ShardedObjective(ARCH, "squared_error", holder).value(THETA)
    assert value == pytest.approx(sn.make_objective(ARCH, X, y).value(THETA), rel=1e-13)


def test_a_fit_ends_with_the_same_bits(make: Any) -> None:
    def fitted(holder: Any) -> bytes:
        objective = ShardedObjective(ARCH, "squared_error", holder, 1e-3)
        fits = fit_objective(objective, [THETA], "lbfgs", max_iter=15)
        return fits[0].theta.tobytes()

    with (
        make(MANY, ARCH, "squared_error") as holder,
        MemoryHolder(MANY, ARCH, "squared_error", threads=1) as simple,
    ):
        assert fitted(holder) == fitted(simple)


def test_starts_together_end_with_the_bits_that_each_has_alone(make: Any) -> None:
    starts = [THETA, -THETA, 0.5 * THETA]
    with (
        make(MANY, ARCH, "squared_error") as holder,
        MemoryHolder(MANY, ARCH, "squared_error", threads=1) as simple,
    ):
        objectives = [ShardedObjective(ARCH, "squared_error", h, 1e-3) for h in (holder, simple)]
        together = fit_objective(objectives[0], starts, "lbfgs", max_iter=15)
        for start, run in zip(starts, together, strict=True):
            alone = fit_objective(objectives[1], [start], "lbfgs", max_iter=15)[0]
            assert run.theta.tobytes() == alone.theta.tobytes()
            assert run.record.objective.tobytes() == alone.record.objective.tobytes()
            assert run.termination == alone.termination


def test_requests_and_sums_can_be_pickled(make: Any) -> None:
    request = pickle.loads(pickle.dumps(request_of("hessian_vector", THETA)))
    with make(MANY, ARCH, "squared_error") as holder:
        sums = holder.sums(request)
        expected = holder.sums(request_of("hessian_vector", THETA))
    assert pickle.loads(pickle.dumps(sums))[0].tobytes() == expected[0].tobytes()


def test_overflow_is_no_error(make: Any) -> None:
    with make(MANY, ARCH, "squared_error") as holder:
        for quantity in QUANTITIES:
            holder.sums(request_of(quantity, 1e200 * THETA))


def test_an_error_names_its_shard(make: Any) -> None:
    bad = np.array([[0.0, np.inf, 0.0]])
    shards = [*MANY[:2], RowsShard(2, bad, np.zeros((1, 1)))]
    with pytest.raises(sn.InvalidInput, match="shard 2: X must be finite"):
        make(shards, ARCH, "squared_error")


def test_numbers_must_be_complete(make: Any) -> None:
    with pytest.raises(sn.InvalidInput, match="must be 0 to 1, each once, but they are 0, 2"):
        make([MANY[0], MANY[2]], ARCH, "squared_error")


def test_a_closed_holder_says_so(make: Any) -> None:
    holder = make(MANY, ARCH, "squared_error")
    assert str(holder.n_shards) in holder.describe()
    holder.close()
    holder.close()
    with pytest.raises(sn.InvalidInput, match="closed"):
        holder.sums(request_of("value", THETA))
