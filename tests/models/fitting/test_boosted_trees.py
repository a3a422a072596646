"""The row of boosted trees: those of scikit-learn, on the same rows, and only if they cost a default fit little."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import threadpoolctl
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss

import sheernet as sn
from sheernet.foundation.no_fork import NO_FORK
from sheernet.models.fitting import boosted_trees as module
from sheernet.statistics.folds import Folds

ROWS = 90
RNG = np.random.default_rng(0)
X = RNG.normal(size=(ROWS, 2))
NOISE = RNG.normal(size=ROWS)
WEIGHTS = RNG.integers(1, 4, ROWS) / 2.0
GROUPS = RNG.permutation(np.repeat(np.arange(ROWS // 3), 3))
STEPS = np.sign(X[:, 0]) * np.sign(X[:, 1]) + 0.1 * NOISE
LABELS = np.array(["a", "b", "c"])[np.digitize(X[:, 0] + 0.3 * NOISE, [-0.5, 0.5])]

DATA: dict[str, Any] = {"u": X[:, 0], "v": X[:, 1], "w": WEIGHTS, "g": [f"g{k}" for k in GROUPS]}


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let trees take any time, so that the fits may be short."""
    monkeypatch.setattr(module, "SHARE", np.inf)


@pytest.mark.usefixtures("always")
def test_a_class_of_one_row_among_many_leaves_them_out() -> None:
    """Above 10 000 rows, scikit-learn divides the rows of each class in two."""
    x = np.random.default_rng(0).normal(size=13_000)
    y = np.where(x > 0, "a", "b").astype(object)
    y[0] = "c"
    model = sn.fit({"x": x, "y": y}, "y", hidden=0, starts=1)
    assert "boosted trees" not in model.comparisons


@pytest.mark.usefixtures("always")
class TestTheFigures:
    def test_of_numbers_are_those_of_trees_on_the_same_folds(self) -> None:
        data = {**DATA, "y": 5.0 + 3.0 * STEPS, "z": NOISE}
        del data["g"]
        model = sn.fit(data, ["y", "z"], starts=1, weights="w")
        encoded = model.inputs.encode(sn.read_table(data))
        folds = Folds.of(ROWS, seed=0).fold_of_row
        for k, y in enumerate((data["y"], data["z"])):
            predicted = np.empty(ROWS)
            for fold in range(5):
                rows = folds != fold
                trees = HistGradientBoostingRegressor(random_state=0)
                trees.fit(encoded[rows], y[rows], WEIGHTS[rows])
                predicted[folds == fold] = trees.predict(encoded[folds == fold])
            error = np.sqrt(np.average((predicted - y) ** 2, weights=WEIGHTS))
            assert model.comparisons["boosted trees"].rmse[k] == pytest.approx(error)
        assert model.comparisons["boosted trees"].log_density is None

    def test_of_classes_are_those_of_trees_on_the_same_held_out_groups(self) -> None:
        data = {**DATA, "y": LABELS}
        del data["w"]
        model = sn.fit(data, "y", starts=1, groups="g", held_out=0.3)
        encoded = model.inputs.encode(sn.read_table(data))
        unseen = np.zeros(ROWS, dtype=bool)
        unseen[model.rows.held_out] = True
        trees = HistGradientBoostingClassifier(random_state=0).fit(
            encoded[~unseen], LABELS[~unseen]
        )
        loss = log_loss(LABELS[unseen], trees.predict_proba(encoded[unseen]))
        assert model.comparisons["boosted trees"].log_loss == pytest.approx(loss)
        assert model.comparisons["boosted trees"].rows == unseen.sum()

    def test_of_two_classes_are_kept_in_the_file_and_shown(self, tmp_path: Any) -> None:
        data = {"u": X[:, 0], "v": X[:, 1], "y": np.where(STEPS > 0, "yes", "no")}
        model, again = (sn.fit(data, "y", starts=1) for _ in range(2))
        found = model.comparisons["boosted trees"]
        assert list(model.comparisons) == ["linear model", "boosted trees", "class frequencies"]
        assert model.settings == again.settings
        assert again.comparisons["boosted trees"] == found
        model.save(tmp_path / "model.json")
        assert sn.load(tmp_path / "model.json").comparisons["boosted trees"] == found
        assert "boosted trees" in str(model.report())

    def test_are_left_out_if_a_fold_has_all_rows_of_a_class(self) -> None:
        labels = np.where(X[:, 0] > 0, "yes", "no")
        labels[0] = "once"
        model = sn.fit({"u": X[:, 0], "y": labels}, "y", starts=1)
        assert list(model.comparisons) == ["linear model", "class frequencies"]


@pytest.mark.parametrize("given", [{"time_limit": 60.0}, {"decay": 0.01, "held_out": 0.2}])
@pytest.mark.usefixtures("always")
def test_are_left_out_with_a_time_limit_and_beside_one_network(given: dict[str, Any]) -> None:
    model = sn.fit({"u": X[:, 0], "y": STEPS}, "y", starts=1, **given)
    assert list(model.comparisons) == ["linear model", "mean of target"]


def test_are_fitted_on_one_thread_of_openmp_though_it_is_loaded_by_then() -> None:
    program = """if True:
        import numpy as np, sheernet as sn, threadpoolctl
        from sheernet.models.fitting import boosted_trees as module
        module.SHARE, predicted = np.inf, module._predicted
        def counted(*arguments):
            found = predicted(*arguments)
            print({lib["num_threads"] for lib in threadpoolctl.threadpool_info() if lib["user_api"] == "openmp"})
            return found
        module._predicted = counted
        x, y = np.random.default_rng(0).normal(size=(2, 60))
        sn.fit({"x": x, "y": y}, "y", starts=1)
    """
    threads = {**os.environ, "OMP_NUM_THREADS": "2"}
    said = subprocess.run(
        [sys.executable, "-c", program], env=threads, capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines() == ["{1}"] * 5


@pytest.mark.usefixtures("always")
def test_another_thread_cannot_fork_while_their_libraries_are_limited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    could_fork = []

    def probe() -> None:
        free = NO_FORK.acquire(blocking=False)
        could_fork.append(free)
        if free:
            NO_FORK.release()

    class Limits(threadpoolctl.threadpool_limits):
        def __init__(self, *given: Any, **named: Any) -> None:
            with ThreadPoolExecutor(1) as other:
                other.submit(probe).result()
            super().__init__(*given, **named)

    monkeypatch.setattr(threadpoolctl, "threadpool_limits", Limits)
    sn.fit({"u": X[:, 0], "y": STEPS}, "y", starts=1)
    assert could_fork == [False]


def test_ctrl_c_while_they_are_fitted_keeps_the_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sheernet.models.fitting.answer_fit.boosted_trees", pressed)
    model = sn.fit({"u": X[:, 0], "y": STEPS}, "y", starts=1)
    assert model.termination.reason == "interrupted"
    assert list(model.comparisons) == ["linear model", "mean of target"]


@pytest.mark.usefixtures("always")
def test_are_left_out_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    model = sn.fit({"u": X[:, 0], "y": STEPS}, "y", starts=1)
    assert list(model.comparisons) == ["linear model", "mean of target"]


def test_are_left_out_if_they_would_take_long_compared_with_the_networks() -> None:
    u, y = np.random.default_rng(1).normal(size=(2, 2000))
    assert "boosted trees" not in sn.fit({"u": u, "y": y}, "y", starts=1).comparisons
