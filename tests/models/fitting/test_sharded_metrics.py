"""The figures of shards are those of the same rows in memory."""

from __future__ import annotations

import pickle
import random
from typing import Any

import numpy as np
import pytest
from tests.models.fitting.prepared_tables import prepare
from tests.models.fitting.shard_sources import ArraySource, sources_of
from tests.models.fitting.tables import mixed

from sheernet.models.baselines import constant_prediction
from sheernet.models.fitting import Prepared, fit_prepared
from sheernet.models.fitting.sharded_metrics import (
    Judge,
    OfNetwork,
    constant_of,
    fit_of,
    judge_shards,
)
from sheernet.settings.fit_settings import FitSettings

CUTS = 0.2, 0.2, 0.55, 0.9  # one shard has no rows


def case(target: Any, weights: str | None = None) -> tuple[Prepared, Any]:
    frame = mixed(200)
    frame["count"] = 1.0 + np.arange(200) % 3
    inputs = ["hours", "group", "wet"]
    prepared = prepare(frame, target, inputs=inputs, weights=weights, held_out=0.25)
    settings = {"hidden": 2, "decay": 1e-3, "starts": 1, "max_iter": 30}
    return prepared, fit_prepared(prepared, FitSettings.of(settings))


def judged(prepared: Prepared, model: Any, sources: list[ArraySource], **how: Any) -> Any:
    of_network = {"network": OfNetwork.of(model.leading)}
    training = judge_shards(Judge(prepared.targets, "training", of_network), sources, **how)
    first = training.sums["network"]
    both = of_network | {"constant": constant_of(prepared.targets, first, 1e-8)}
    unseen = judge_shards(Judge(prepared.targets, "evaluation", both), sources, **how)
    figures = {name: fit_of(prepared.targets, sums, first) for name, sums in unseen.sums.items()}
    return fit_of(prepared.targets, first), figures


def same(found: Any, told: Any, but: str = "") -> None:
    for name, value in vars(told).items():
        if name == "confusion":
            assert found.confusion == value
        elif value is None:
            assert name == but or getattr(found, name) is None
        elif name != but:
            assert getattr(found, name) == pytest.approx(value, rel=1e-12, abs=1e-14), name


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize(
    ("target", "weights"),
    [
        ("score", None), ("score", "count"), (["score", "count"], None), ("passed", None),
        ("passed", "count"), ("grade", None), ("grade", "count"),
    ],
)  # fmt: skip
def test_figures_of_shards_are_those_in_memory(target: Any, weights: str | None) -> None:
    prepared, model = case(target, weights)
    training, unseen = judged(prepared, model, sources_of(prepared, CUTS))
    same(training, model.training_fit, but="log_density")  # in memory they have none
    same(unseen["network"], model.held_out_fit)
    same(unseen["constant"], model.comparisons[constant_prediction(prepared.targets)])


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_no_order_of_work_changes_a_bit_and_a_judge_can_be_sent() -> None:
    prepared, model = case("score")
    sources = sources_of(prepared, CUTS)
    told = judged(prepared, model, sources)

    def shuffled(judge: Any, them: Any) -> list[Any]:
        order = list(range(len(them)))
        random.Random(3).shuffle(order)
        found = {k: pickle.loads(pickle.dumps(judge))(them[k]) for k in order}
        return [found[k] for k in range(len(them))]

    assert judged(prepared, model, sources, mapper=shuffled) == told


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_a_sample_has_every_few_rows_and_digests_tell_rows_apart() -> None:
    prepared, _ = case("score", "count")
    sources = sources_of(prepared, CUTS)
    found = judge_shards(Judge(prepared.targets, "training", {}, stride=7), sources)
    X, y, weights = found.sample
    rows = np.concatenate(
        [np.arange(round(a * 150), round(b * 150), 7) for a, b in [(0, 0.2), (0.2, 0.55), (0.55, 0.9), (0.9, 1)]]
    )  # fmt: skip
    assert np.array_equal(X, prepared.training.X[rows])
    assert np.array_equal(y, prepared.training.y[rows])
    assert prepared.training.weights is not None
    assert np.array_equal(weights, prepared.training.weights[rows])
    assert all(each.base is None for sample in found.samples for each in sample)  # no shard is kept
    assert len(found.digests) == 4
    sources[0].parts["training"][0][3, 0] += 1e-9  # an input
    sources[3].parts["training"][1][2, 0] += 1e-9  # a target
    again = judge_shards(Judge(prepared.targets, "training"), sources)
    same_rows = [a == b for a, b in zip(found.digests, again.digests, strict=True)]
    assert same_rows == [False, True, False, True]  # of the shards that have rows: 0, 2, 3 and 4
