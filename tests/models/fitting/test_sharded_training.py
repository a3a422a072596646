"""A network trained on shards, and its model, are those of the same rows in memory."""

from __future__ import annotations

import random
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.models.fitting.prepared_tables import prepare
from tests.models.fitting.shard_sources import sources_of
from tests.models.fitting.tables import mixed

import sheernet as sn
from sheernet.models.baselines import LINEAR
from sheernet.models.fitting import Prepared, fit_prepared
from sheernet.models.fitting.fit_plan import cost_of, network_of
from sheernet.models.fitting.sharded_model import ShardedFit, ShardedRows, model_of_shards
from sheernet.models.fitting.sharded_training import (
    ShardedProblem,
    TrainedOnShards,
    train_on_shards,
)
from sheernet.models.fitting.thread_mapper import ThreadMapper
from sheernet.objective.sharded import MemoryHolder
from sheernet.settings.fit_settings import FitSettings

CUTS = 0.1, 0.3, 0.3, 0.7, 0.85
HIDDEN = {"hidden": 3, "decay": 1e-3, "starts": 1}
CHECK = {"verdict": "pass", "criterion": "", "norm_ratio": 0.0, "method": "complex"}
pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")


def rows_of(target: Any, weights: str | None = None) -> Prepared:
    frame = mixed(300)
    frame["count"] = 1.0 + np.arange(300) % 3
    frame["score"] += np.random.default_rng(8).normal(0.0, 3.0, 300)
    return prepare(frame, target, inputs=["hours", "group", "wet"], weights=weights, held_out=0.25)


def sharded(prepared: Prepared, threads: int, mapper: Any = map) -> ShardedRows:
    assert prepared.evaluation is not None
    sources = sources_of(prepared, CUTS)
    return ShardedRows(
        prepared.inputs, prepared.targets, sources, len(prepared.training), len(prepared.evaluation), "the files",
        "Parquet", prepared.read_as, prepared.notices, prepared.settings, mapper,
    )  # fmt: skip


def trained(
    rows: ShardedRows, threads: int = 1, shuffle: int = 0, kind: Any = MemoryHolder, **given: Any
) -> TrainedOnShards:
    settings = FitSettings.of({**HIDDEN, **given})
    network = network_of(rows.inputs.n_features, rows.targets, settings)
    cost = cost_of(None, rows.targets)
    sources = list(rows.sources)
    random.Random(shuffle).shuffle(sources)
    problem = ShardedProblem(network, rows.targets, cost, settings, rows.inputs.label_groups)
    with kind(sources, network.architecture, cost, threads=threads) as holder:
        return train_on_shards(problem, holder)


class Pressing(MemoryHolder):
    """Presses Ctrl-C in an evaluation."""

    evaluations = 0

    def sums(self, request: Any) -> Any:
        self.evaluations += 1
        if self.evaluations == 20:
            signal.raise_signal(signal.SIGINT)
        return super().sums(request)


def modelled(rows: ShardedRows, result: TrainedOnShards) -> ShardedFit:
    settings = FitSettings.of(HIDDEN)
    facts = {"hidden": (3,), "shards": {"shards": 6, "files": 2, "held": "6 shards in memory"}}
    return model_of_shards(rows, result, CHECK, settings, facts, settings.origins())


@pytest.mark.parametrize("target", ["score", "passed", "grade"])
def test_threads_and_order_change_no_bit(target: str) -> None:
    prepared = rows_of(target)
    one = trained(sharded(prepared, 1), 1)
    other = trained(sharded(prepared, 2), 2, shuffle=5)
    assert np.array_equal(one.result.network.theta, other.result.network.theta)
    assert np.array_equal(one.member.factor, other.member.factor)
    first = modelled(sharded(prepared, 1), one).model
    second = modelled(sharded(prepared, 2, ThreadMapper(2)), other).model
    assert (first.training_fit, first.held_out_fit) == (second.training_fit, second.held_out_fit)
    assert first.comparisons == second.comparisons
    assert first.provenance.data_sha256 == second.provenance.data_sha256


@pytest.mark.parametrize(("target", "weights"), [("score", None), ("score", "count"), ("grade", "count")])  # fmt: skip
def test_the_model_is_that_of_the_rows_in_memory(target: str, weights: str | None) -> None:
    prepared = rows_of(target, weights)
    told = fit_prepared(prepared, FitSettings.of(HIDDEN))
    rows = sharded(prepared, 1)
    model = modelled(rows, trained(rows)).model
    X = prepared.training.X
    np.testing.assert_allclose(model.mean_output(X), told.mean_output(X), atol=1e-6)
    assert model.network.architecture == told.network.architecture
    if target == "score":
        noise = told.leading.noise_variance
        assert noise is not None
        assert model.leading.noise_variance == pytest.approx(noise, rel=1e-6)
    for one, other in [
        (model.training_fit, told.training_fit),
        (model.held_out_fit, told.held_out_fit),
        *((model.comparisons[name], told.comparisons[name]) for name in told.comparisons),
    ]:
        assert one.rows == other.rows
        for name in ("rmse", "r2", "log_density", "accuracy", "log_loss", "majority"):
            if hasattr(other, name) and getattr(other, name) is not None:
                assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-5), name
    assert set(model.comparisons) == set(told.comparisons)
    assert LINEAR in model.comparisons


def test_a_model_of_shards_is_saved_loaded_and_reported(tmp_path: Path) -> None:
    prepared = rows_of("score")
    found = modelled(sharded(prepared, 1), trained(sharded(prepared, 1)))
    again = sn.load(found.model.save(tmp_path / "model.json"))
    frame = mixed(50)
    assert np.array_equal(again.predict(frame), found.model.predict(frame))
    lower, upper = again.predict_interval(frame)
    assert (lower < upper).all()
    text = " ".join(again.report(verbose=True).split())
    assert "score from 3 columns of the files, 300 rows; figures on 75 held-out rows" in text
    assert "read in 6 shards of 2 files; training rows: 6 shards in memory" in text
    assert len(found.sample.training) == 225
    assert np.array_equal(found.sample.training.X, prepared.training.X)
    np.testing.assert_allclose(found.sample.training.truth, prepared.training.truth, rtol=1e-14)


def test_the_evidence_chooses_the_decays_of_the_rows_in_memory() -> None:
    prepared = rows_of("score")
    result = trained(sharded(prepared, 1), decay="evidence", starts=2)
    evidence = result.member.evidence
    assert evidence["settled"]
    assert 0 < evidence["effective_parameters"] < result.result.network.theta.size
    decays = result.member.decay
    assert set(np.unique(decays)) == {0.0, *evidence["decay"].values()}
    model = modelled(sharded(prepared, 1), result).model
    assert "effective" in model.report(verbose=True)


@pytest.mark.parametrize("decay", [1e-3, "evidence"])
def test_ctrl_c_keeps_the_best_point(decay: Any) -> None:
    prepared = rows_of("score")
    result = trained(sharded(prepared, 1), kind=Pressing, decay=decay)
    assert result.result.termination.reason == "interrupted"
    assert result.result.starts.reasons == ("interrupted",)
    assert modelled(sharded(prepared, 1), result).model.held_out_fit.r2[0] > 0.1
