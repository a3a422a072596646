"""The objective of shards equals that of the joined rows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import ENGINES
from contracts import laws
from contracts.cases import OUTPUTS, Case, random_case, random_cases
from shard_cases import RowsShard, SeedShard, cut, sharded
from sheernet.objective import sharded as package
from sheernet.objective.sharded import MemoryHolder, Request, ShardedObjective
from sheernet.objective.sharded.sum_request import matrix_of, triangle_of


def places_of(case: Case) -> list[int]:
    """Random places to cut, empty shards included."""
    n = len(case.X)
    rng = np.random.default_rng(n)
    return sorted(rng.integers(0, n + 1, int(rng.integers(1, 6))).tolist())


def apart(case: Case, objective: Any, engine: str = "reference") -> float:
    """How far an objective is from that of the joined rows, in units of the magnitudes."""
    joined = case.objective(engine)
    own = (objective.n_samples, objective.size, objective.names, list(objective.blocks))
    assert own == (joined.n_samples, joined.size, joined.names, list(joined.blocks))
    assert objective.relative_decay == pytest.approx(joined.relative_decay, rel=1e-12)
    assert objective.total_weight == pytest.approx(joined.total_weight, rel=1e-12)
    cost, penalty, _ = objective.terms(case.theta)
    expected = joined.terms(case.theta)
    magnitude = joined.gradient_magnitude(case.theta)
    V = np.column_stack([laws.direction(case, k) for k in range(2)])
    products = objective.hessian_vector(case.theta, V) - joined.hessian_vector(case.theta, V)
    size = np.abs(joined.gauss_newton(case.theta)[2]).max() + np.abs(products).max()
    return max(
        laws.apart(joined, objective, case),
        laws.relative(np.array([cost - expected[0], penalty - expected[1]]), expected[2]),
        laws.relative(objective.gradient_magnitude(case.theta) - magnitude, magnitude),
        laws.relative(products, np.abs(V).sum() * size + laws.UNSEEN),
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("cost", OUTPUTS)
def test_it_is_the_objective_of_the_joined_rows(cost: str, engine: str) -> None:
    for case in random_cases(31, 8, cost=cost, rows=40):
        assert apart(case, sharded(case, places_of(case), engine), engine) <= 1e-12, str(case)


@pytest.mark.parametrize("name", [
    "every_way_to_the_value_gives_the_same_bits",
    "each_of_several_vectors_gives_the_bits_of_the_product_with_it",
])  # fmt: skip
def test_laws_of_an_objective_hold(name: str) -> None:
    class Cut(Case):
        def objective(self, engine: str = "reference", **changed: Any) -> Any:
            return sharded(self, places_of(self))

    for case in random_cases(32, 30, rows=20):
        assert not laws.LAWS[name].broken(Cut(**vars(case))), str(case)


def case_of(**held: Any) -> Case:
    return random_case(np.random.default_rng(5), rows=30, fewest_rows=30, **held)


def test_faults_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shard counted twice, a penalty for each shard, and a division of each shard by its own weight."""
    case = case_of(cost="squared_error", decay="number", reduction="mean", weights="positive")
    assert apart(case, sharded(case, [10, 20])) <= 1e-12

    twice = sharded(case, [10, 20])
    engines = twice.holder._engines  # type: ignore[attr-defined]
    twice.holder._engines = (engines[0], engines[1], engines[1])  # type: ignore[attr-defined]
    assert apart(case, twice) > 1e-3

    penalized = sharded(case, [10, 20])
    of_shards = tuple(engine.replace(decay=case.decay) for engine in engines)
    penalized.holder._engines = of_shards  # type: ignore[attr-defined]
    assert apart(case, penalized) > 1e-3

    divided = sharded(case, [10, 20])
    own = [each.objective(weights=w) for each, w in [(case, case.weights)] * 3]
    divided.holder._engines = tuple(own)  # type: ignore[attr-defined]
    assert apart(case, divided) > 1e-3


def bits_of(objective: Any, case: Case) -> list[bytes]:
    names = [
        "value", "value_and_gradient", "terms", "gauss_newton", "gradient_outer_product", "gradient_magnitude",
    ]  # fmt: skip
    calls: list[Callable[..., Any]] = [getattr(objective, name) for name in names]
    results = [call(case.theta) for call in calls]
    results.append(objective.hessian_vector(case.theta, laws.direction(case)))
    return [laws.bits(result) for result in results]


@pytest.mark.parametrize("engine", ENGINES)
def test_threads_and_the_order_of_sources_change_no_bit(engine: str) -> None:
    for case in random_cases(33, 5, rows=60, fewest_rows=40):
        shards = cut(case, [3, 3, 10, 12, 25, 31])
        expected = bits_of(sharded(case, [3, 3, 10, 12, 25, 31], engine, threads=1), case)
        for threads in (2, 5):
            holder = MemoryHolder(
                shards[::-1], case.architecture, case.cost, engine=engine, threads=threads
            )
            objective = ShardedObjective(
                case.architecture, case.cost, holder, case.decay, case.reduction
            )
            assert bits_of(objective, case) == expected


def test_a_shard_without_rows_of_positive_weight_adds_nothing() -> None:
    case = case_of(cost="squared_error", weights="positive")
    assert case.weights is not None
    shards = cut(case, [10, 20])
    without = [shards[0], RowsShard(1, shards[1].X, shards[1].y, np.zeros(10)), shards[2]]
    joined = case.objective(weights=np.r_[case.weights[:10], np.zeros(10), case.weights[20:]])
    holder = MemoryHolder(without, case.architecture, case.cost)
    objective = ShardedObjective(case.architecture, case.cost, holder, case.decay, case.reduction)
    assert objective.n_samples == 20
    assert laws.apart(joined, objective, case) <= 1e-12


def test_the_evaluation_part_is_held_instead() -> None:
    arch = sn.Architecture((3, 2, 1))
    shards = [SeedShard(k) for k in range(3)]
    held = [shard.load("evaluation") for shard in shards]
    holder = MemoryHolder(shards, arch, "squared_error", part="evaluation")
    X, y = (np.vstack([rows[k] for rows in held]) for k in (0, 1))
    theta = np.linspace(-1, 1, arch.n_parameters)
    value = ShardedObjective(arch, "squared_error", holder).value(theta)
    assert value == pytest.approx(sn.make_objective(arch, X, y).value(theta), rel=1e-13)


def test_blas_has_one_thread_in_the_reference_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its threads would change bits; tests run with one anyway, so that they could not show it."""
    limits = []

    def limited(number: int) -> Any:
        limits.append(number)
        return nullcontext()

    monkeypatch.setattr("sheernet.objective.sharded.sum_request.blas_threads", limited)
    case = case_of(cost="squared_error")
    sharded(case, [10], "reference").value(case.theta)
    assert limits == [1, 1]


def test_overflow_gives_inf_or_nan_without_a_warning() -> None:
    for case in random_cases(34, 20, rows=12):
        objective = sharded(case, [4, 7])
        for theta in (1e160 * case.theta, np.full_like(case.theta, np.inf)):
            bits_of(objective, case.at(theta))
            assert not objective.value(theta) < -1e308


def test_a_triangle_is_half_of_a_symmetric_matrix() -> None:
    half = np.random.default_rng(0).normal(size=(7, 7))
    matrix = half + half.T
    triangle = triangle_of(matrix)
    assert triangle.tobytes() == matrix[np.tril_indices(7)].tobytes()
    assert np.array_equal(matrix_of(triangle, 7), matrix)


class TestWhatNeedsRows:
    def objective(self) -> ShardedObjective:
        return sharded(case_of(cost="squared_error"), [10])

    @pytest.mark.parametrize("name", sorted(package.sharded_objective.NEEDS_ROWS))
    def test_is_refused_with_advice_and_is_no_member(self, name: str) -> None:
        with pytest.raises(sn.InvalidInput, match=f"no {name}, which needs the rows; "):
            getattr(self.objective(), name)
        assert not hasattr(self.objective(), name)

    def test_other_names_are_unknown_as_usual(self) -> None:
        with pytest.raises(AttributeError, match="'ShardedObjective' object has no attribute 'x'"):
            _ = self.objective().x

    def test_case_weights_cannot_be_replaced(self) -> None:
        with pytest.raises(sn.InvalidInput, match="cannot replace its case weights"):
            self.objective().replace(weights=np.ones(30))


class TestReplacedDecay:
    def test_is_that_of_the_joined_rows(self) -> None:
        case = case_of(cost="squared_error")
        objective = sharded(case, [10, 11]).replace(decay=0.75)
        joined = case.objective(decay=0.75)
        assert laws.apart(joined, objective, case) <= 1e-12

    def test_shares_the_holder(self) -> None:
        objective = sharded(case_of(cost="squared_error"), [10])
        assert objective.replace(decay=2.0).holder is objective.holder


class TestRefused:
    arch = sn.Architecture((2, 1))

    def shard(self, number: int, **changed: Any) -> RowsShard:
        given = {"X": np.ones((2, 2)), "y": np.ones((2, 1)), **changed}
        return RowsShard(number, **given)

    def test_missing_numbers(self) -> None:
        with pytest.raises(sn.InvalidInput, match="must be 0 to 1, each once, but they are 0, 2"):
            MemoryHolder([self.shard(0), self.shard(2)], self.arch, "squared_error")

    def test_no_shards(self) -> None:
        with pytest.raises(sn.InvalidInput, match="no shards"):
            MemoryHolder([], self.arch, "squared_error")

    def test_rows_that_are_not_finite_by_the_number_of_their_shard(self) -> None:
        shards = [self.shard(0), self.shard(1, X=np.array([[1.0, np.nan], [0.0, 0.0]]))]
        with pytest.raises(sn.InvalidInput, match="shard 1: X must be finite"):
            MemoryHolder(shards, self.arch, "squared_error")

    def test_settings_keep_their_names_at_the_command_line(self) -> None:
        shards = [self.shard(0), self.shard(1, w=np.array([1.0, -1.0]))]
        with pytest.raises(sn.InvalidInput) as raised:
            MemoryHolder(shards, self.arch, "squared_error")
        assert str(raised.value).startswith("shard 1: weights must be finite and at least 0")
        assert [setting.name for setting in raised.value.args[0].settings] == ["weights"]

    def test_no_row_of_positive_weight(self) -> None:
        holder = MemoryHolder([self.shard(0, w=np.zeros(2))], self.arch, "squared_error")
        with pytest.raises(sn.InvalidInput, match=r"add up to 0\.0"):
            ShardedObjective(self.arch, "squared_error", holder)

    def test_a_holder_of_another_network(self) -> None:
        holder = MemoryHolder([self.shard(0)], self.arch, "squared_error")
        for arch, cost in ((sn.Architecture((2, 3, 1)), "squared_error"), (self.arch, "huber")):
            with pytest.raises(sn.InvalidInput, match="the holder was made for 2-1"):
                ShardedObjective(arch, cost, holder)

    def test_an_unknown_quantity(self) -> None:
        with pytest.raises(sn.InvalidInput, match="'gradients' is not recognized; did you mean"):
            Request("gradients", np.zeros(3))

    def test_an_unknown_reduction(self) -> None:
        holder = MemoryHolder([self.shard(0)], self.arch, "squared_error")
        with pytest.raises(sn.InvalidInput, match="'average' is not recognized"):
            ShardedObjective(self.arch, "squared_error", holder, reduction="average")
