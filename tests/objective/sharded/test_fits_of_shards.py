"""Training, evidence and covariances of an objective of shards, as of the joined rows."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from left_threads import no_thread_left
from shard_cases import SeedShard
from sheernet.foundation import interrupts
from sheernet.objective.sharded import MemoryHolder, ShardedObjective
from sheernet.objective.sharded.shard_threads import sums_over_shards
from sheernet.optimizers import auto_method
from sheernet.statistics import decay_groups, evidence_at, maximize_evidence
from sheernet.statistics.laplace import noise_and_factor
from sheernet.training import fit_objective

ARCH = sn.Architecture((3, 3, 1))
START = np.random.default_rng(0).normal(size=ARCH.n_parameters)
SHARDS = [SeedShard(k, 100) for k in range(5)]


def sharded(arch: Any = ARCH, part: str = "training", decay: Any = 1e-2, **given: Any) -> Any:
    holder = MemoryHolder(SHARDS, arch, "squared_error", part=part)
    return ShardedObjective(arch, "squared_error", holder, decay, **given)


def joined(arch: Any = ARCH, part: str = "training", decay: Any = 1e-2, **given: Any) -> Any:
    X, y = (np.vstack([shard.load(part)[k] for shard in SHARDS]) for k in (0, 1))
    return sn.make_objective(arch, X, y, decay=decay, **given)


@pytest.mark.parametrize("method", ["lm", "bfgs", "lbfgs", "scipy:trust-exact"])
def test_methods_of_second_order_end_at_the_same_optimum(method: str) -> None:
    found, expected = (fit_objective(o, [START], method)[0] for o in (sharded(), joined()))
    assert found.termination.reason == expected.termination.reason == "gradient_tolerance"
    assert found.objective == pytest.approx(expected.objective, rel=1e-10)
    assert np.allclose(found.theta, expected.theta, atol=1e-5)


@pytest.mark.parametrize("method", ["gd", "adam"])
def test_methods_of_first_order_take_the_same_path_to_rounding(method: str) -> None:
    given: dict[str, Any] = {"max_iter": 20, "keep_path": True}
    found, expected = (fit_objective(o, [START], method, **given)[0] for o in (sharded(), joined()))
    assert np.allclose(found.record.path, expected.record.path, atol=1e-10)
    for column in ("objective", "cost", "penalty", "value_evaluations"):
        assert np.allclose(getattr(found.record, column), getattr(expected.record, column))


def test_auto_chooses_as_for_the_joined_rows() -> None:
    for arch in (ARCH, sn.Architecture((3, 50, 1)), sn.Architecture((3, 120, 1))):
        for decay in (0.0, 1e-2):
            for reduction in ("mean", "sum"):
                given = {"arch": arch, "decay": decay, "reduction": reduction}
                size = arch.n_parameters
                assert auto_method.choose(sharded(**given), size) == auto_method.choose(
                    joined(**given), size
                )
    assert fit_objective(sharded(decay=0.0), [START], max_iter=1)[0].method == "hybrid"


def test_validation_patience_observers_and_several_starts() -> None:
    seen: list[int] = []
    given: dict[str, Any] = {"max_iter": 60, "patience": 5, "learning_rate": 0.1}
    observers = [lambda step, row: seen.append(step.iteration)]
    found = fit_objective(
        sharded(), [START, -START], "adam", validation=sharded(part="evaluation", decay=0.0),
        observers=observers, **given,
    )  # fmt: skip
    expected = fit_objective(
        joined(), [START, -START], "adam", validation=joined(part="evaluation", decay=0.0), **given
    )
    assert found.best == expected.best
    assert found.reasons == expected.reasons
    assert np.allclose(found.validation_costs, expected.validation_costs)
    assert len(seen) == found.iterations.sum() + 2


class TestGradientCheck:
    @pytest.mark.parametrize("hidden", ["tanh", "relu"])
    def test_passes_by_differences(self, hidden: str) -> None:
        arch = sn.Architecture((3, 3, 1), hidden=hidden)
        assert sn.check_gradient(sharded(arch), START).verdict == "pass"
        fit_objective(sharded(arch), [START], "lbfgs", check=True, max_iter=2)

    @pytest.mark.parametrize("factor", [0.0, 5.0])
    def test_finds_a_penalty_that_is_missing_or_counted_per_shard(self, factor: float) -> None:
        class Wrong(ShardedObjective):
            def _with_decay(self, gradient: Any, theta: Any) -> Any:
                return gradient + factor * self.decay * theta

        right = sharded()
        wrong = Wrong(ARCH, "squared_error", right.holder, 1e-2)
        report = sn.check_gradient(wrong, START)
        assert report.verdict == "fail"
        with pytest.raises(sn.GradientMismatch):
            fit_objective(wrong, [START], "lbfgs", check=True)


class TestStatistics:
    groups = decay_groups(ARCH)

    @pytest.mark.parametrize("reduction", ["mean", "sum"])
    def test_evidence_is_that_of_the_joined_rows(self, reduction: str) -> None:
        groups = self.groups
        decay = np.zeros(ARCH.n_parameters)
        for k, group in enumerate(groups.values()):
            decay[group] = 0.01 * (k + 1) * (375 if reduction == "sum" else 1)
        pair = [make(decay=decay, reduction=reduction) for make in (sharded, joined)]
        theta = fit_objective(pair[1], [START], "lm")[0].theta
        found, expected = (evidence_at(objective, theta, groups) for objective in pair)
        assert found.log_evidence == pytest.approx(expected.log_evidence, rel=1e-9)
        assert found.noise_variance == pytest.approx(expected.noise_variance, rel=1e-9)
        for name in groups:
            assert found.better_decay[name] == pytest.approx(expected.better_decay[name], rel=1e-8)

    def test_the_search_for_decays_ends_at_the_same_evidence(self) -> None:
        given = {"thetas": START[None], "groups": self.groups, "max_updates": 8}
        found, expected = (maximize_evidence(o, **given) for o in (sharded(), joined()))
        assert found.updates == expected.updates
        assert found.evidences[0].log_evidence == pytest.approx(
            expected.evidences[0].log_evidence, rel=1e-6
        )

    def test_covariances_are_those_of_the_joined_rows(self) -> None:
        theta = fit_objective(joined(), [START], "lm")[0].theta
        (noise, factor), (noise_0, factor_0) = (
            noise_and_factor(objective, theta) for objective in (sharded(), joined())
        )
        assert noise == pytest.approx(noise_0, rel=1e-10)
        assert np.allclose(factor, factor_0, rtol=1e-8, atol=1e-12)


class TestErrorsInThreads:
    @pytest.mark.parametrize("threads", [1, 3])
    def test_are_raised_and_no_thread_is_left(self, threads: int) -> None:
        def sums_of(number: int) -> Any:
            if number == 5:
                raise sn.InvalidInput("shard 5")
            return (np.ones(3),)

        with no_thread_left(), pytest.raises(sn.InvalidInput, match="shard 5"):
            sums_over_shards(sums_of, 40, threads)

    def test_no_shard_is_taken_after_an_error(self) -> None:
        before, taken = set(threading.enumerate()), []

        def sums_of(number: int) -> Any:
            taken.append(number)
            if threading.current_thread() not in before:
                raise sn.InvalidInput("first")
            for helper in set(threading.enumerate()) - before:
                helper.join()
            return (np.ones(3),)

        with pytest.raises(sn.InvalidInput):
            sums_over_shards(sums_of, 1000, 2)
        assert len(taken) <= 2


class TestCtrlC:
    """Ctrl-C ends a fit within an evaluation, between two shards, and the best point is kept."""

    def pressed_in(self, evaluation: int, shard: int) -> tuple[Any, list[int]]:
        """An objective that sends SIGINT while it evaluates a shard, and the shards of that evaluation."""
        objective = sharded()
        engines = objective.holder._engines
        evaluations, seen = [0], []

        class Pressing:
            def __init__(self, number: int) -> None:
                self.number = number

            def __getattr__(self, name: str) -> Any:
                evaluations[0] += self.number == 0 and name in ("value", "value_and_gradient")
                if evaluations[0] == evaluation and name in ("value", "value_and_gradient"):
                    seen.append(self.number)
                    if self.number == shard:
                        os.kill(os.getpid(), signal.SIGINT)
                return getattr(engines[self.number], name)

        objective.holder._engines = tuple(map(Pressing, range(5)))
        objective.holder.threads = 1
        return objective, seen

    def test_the_best_point_is_kept(self) -> None:
        objective, seen = self.pressed_in(evaluation=6, shard=2)
        run = fit_objective(objective, [START], "lbfgs")[0]
        assert run.termination.reason == "interrupted"
        assert seen == [0, 1, 2]
        plain = fit_objective(sharded(), [START], "lbfgs", max_iter=len(run.record) - 1)[0]
        assert run.theta.tobytes() == plain.theta.tobytes()
        rest = fit_objective(sharded(), [run.state], max_iter=5)[0]
        whole = fit_objective(sharded(), [START], "lbfgs", max_iter=len(run.record) + 4)[0]
        assert rest.theta.tobytes() == whole.theta.tobytes()

    def test_before_the_first_point_it_is_raised(self) -> None:
        objective, _ = self.pressed_in(evaluation=1, shard=2)
        with pytest.raises(KeyboardInterrupt):
            fit_objective(objective, [START], "lbfgs")

    def test_outside_of_a_fit_nothing_is_deferred(self) -> None:
        assert interrupts._DEFERRED == []
        interrupts.raise_if_interrupted()
