"""A long fit keeps its best model so far in a file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from command_lines import PATIENCE
from models.fitting.prepared_tables import prepare
from sheernet.apps.cli import run
from sheernet.models.fitting import UnfinishedModel, autosave, fit_prepared
from sheernet.settings.fit_settings import FitSettings

QUICK: dict[str, Any] = {"hidden": [2], "starts": 1}


def waves() -> dict[str, Any]:
    x = np.linspace(-2.0, 2.0, 40)
    return {"x": x, "z": np.cos(3.0 * x), "y": np.sin(2.0 * x) + 0.1 * np.cos(40.0 * x)}


class Model:
    """Stands for a model, and counts how often it is written."""

    def __init__(self) -> None:
        self.written: list[Path] = []

    def save(self, path: Path) -> None:
        self.written.append(path)
        path.write_text(str(len(self.written)))


class TestTheFile:
    @pytest.mark.parametrize(("interval", "times"), [(0.0, 12), (1.0, 12), (3.0, 4), (60.0, 0)])
    def test_is_written_once_in_an_interval(
        self, interval: float, times: int, tmp_path: Path
    ) -> None:
        now, model = [0.0], Model()
        keep = UnfinishedModel(tmp_path / "so-far.json", interval, lambda: now[0])
        for second in range(1, 13):
            now[0] = second
            keep(lambda: model)
        assert len(model.written) == times
        keep.remove()
        assert not list(tmp_path.iterdir())

    def test_takes_a_twentieth_of_the_time(self, tmp_path: Path) -> None:
        now, model = [0.0], Model()
        keep = UnfinishedModel(tmp_path / "so-far.json", 1.0, lambda: now[0])

        def slow() -> Model:
            now[0] += 5.0
            return model

        while now[0] < 1000.0:
            now[0] += 1.0
            keep(slow)
        assert len(model.written) * 5.0 <= 0.05 * 1010.0

    @pytest.mark.parametrize("error", [sn.InvalidInput("disk full"), np.linalg.LinAlgError()])
    def test_that_cannot_be_written_ends_nothing(self, error: Exception, tmp_path: Path) -> None:
        def fails() -> Any:
            raise error

        keep = UnfinishedModel(tmp_path / "so-far.json", 0.0)
        keep(fails)
        keep.remove()

    def test_of_someone_else_is_not_removed(self, tmp_path: Path) -> None:
        path = tmp_path / "so-far.json"
        path.write_text("mine")
        UnfinishedModel(path).remove()
        assert path.read_text() == "mine"


ONE_NETWORK: list[
    dict[str, Any]
] = [  # compiled ones take longer than the interval between two calls, 50 ms
    {"decay": 1e-4, "starts": 20},
    {"decay": 1e-4, "method": "bfgs", "starts": 200},
    {"method": "gd", "learning_rate": 0.01},
    {"decay": 1e-4, "engine": "reference", "max_iter": 10},
]


class TestASingleNetwork:
    @pytest.mark.parametrize("given", ONE_NETWORK)
    def test_offers_its_best_weights_and_has_the_same_result(
        self, given: dict[str, Any], tmp_path: Path
    ) -> None:
        found: list[sn.Model] = []
        calls = count()

        def keep(make: Any) -> None:
            if next(calls) in (0, 1, 20):  # to make one takes longer than an iteration
                found.append(make())

        options = {"hidden": [20], "starts": 3, "max_iter": 100, "seed": 1, **given}
        settings = FitSettings.of(options)
        prepared = prepare(many_waves(), "y", held_out=0.0)
        model = fit_prepared(prepared, settings, keep=keep)
        assert found
        for each in found:
            path = each.save(tmp_path / "model.json")
            assert np.isfinite(sn.load(path).predict(many_waves())).all()
            assert each.termination.reason == "interrupted"
        ends = [each.record.objective[-1] for each in found]
        assert all(after <= before for before, after in pairwise(ends))
        assert ends[-1] >= model.starts.objectives.min()
        without = fit_prepared(prepared, settings)
        assert np.array_equal(model.network.theta, without.network.theta)

    def test_that_is_interrupted_while_it_keeps_has_what_was_found(self) -> None:
        def pressed(make: Any) -> None:
            raise KeyboardInterrupt

        settings = FitSettings.of({"hidden": [20], "starts": 50, "decay": 1e-6})
        model = fit_prepared(prepare(many_waves(), "y", held_out=0.0), settings, keep=pressed)
        assert "interrupted" in model.starts.reasons

    def test_that_is_killed_leaves_a_model(self, tmp_path: Path) -> None:
        left = killed_fit(
            tmp_path, ["--decay", "1e-6", "--hidden", "20", "--starts", "50", "--held-out", "0"]
        )
        assert np.isfinite(left.predict(waves())).all()


def many_waves() -> dict[str, Any]:
    x = np.linspace(-2.0, 2.0, 500)
    return {"x": x, "z": np.cos(3.0 * x), "y": np.sin(2.0 * x) + 0.1 * np.cos(40.0 * x)}


class TestAFit:
    def test_offers_models_that_predict_and_has_the_same_result(self, tmp_path: Path) -> None:
        found: list[sn.Model] = []
        settings = FitSettings.of(QUICK)
        prepared = prepare(waves(), "y", held_out=0.0)
        model = fit_prepared(prepared, settings, keep=lambda make: found.append(make()))
        assert found
        for each in found:
            path = each.save(tmp_path / "model.json")
            assert np.isfinite(sn.load(path).predict(waves())).all()
            assert each.termination.reason == "interrupted"
        without = fit_prepared(prepared, settings)
        assert np.array_equal(model.predict(waves()), without.predict(waves()))

    def test_that_is_interrupted_while_it_keeps_has_what_was_found(self) -> None:
        def pressed(make: Any) -> None:
            raise KeyboardInterrupt

        settings = FitSettings.of(QUICK)
        model = fit_prepared(prepare(waves(), "y", held_out=0.0), settings, keep=pressed)
        assert model.termination.reason == "interrupted"

    def test_at_the_command_line_removes_the_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        written, whole = [], UnfinishedModel.__call__

        def watched(self: UnfinishedModel, make: Any) -> None:
            self.interval = 0.0
            whole(self, make)
            written.append(self.path.is_file())

        monkeypatch.setattr(UnfinishedModel, "__call__", watched)
        table = write_waves(tmp_path)
        given = ["--hidden", "2", "--starts", "1", "-q", "-o", str(tmp_path / "result")]
        assert run(["fit", str(table), "-t", "y", *given]) == 0
        assert all(written)
        assert (tmp_path / "result/model.json").exists()
        assert not (tmp_path / "result/unfinished.json").exists()


def write_waves(folder: Path) -> Path:
    columns = waves()
    rows = np.column_stack(list(columns.values())).tolist()
    lines = [",".join(columns), *(",".join(map(repr, row)) for row in rows)]
    path = folder / "waves.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def killed_fit(folder: Path, options: list[str]) -> sn.Model:
    """The model that a fit leaves if its process is killed when it has kept one."""
    if os.name == "nt":
        pytest.skip("signals of POSIX")
    write_waves(folder)
    program = f"""
        import os, signal
        from sheernet.apps.cli import run
        from sheernet.models.fitting import UnfinishedModel

        whole = UnfinishedModel.__call__

        def killed(self, make):
            self.interval = 0.0
            whole(self, make)
            os.kill(os.getpid(), {int(signal.SIGKILL)})

        UnfinishedModel.__call__ = killed
        run(["fit", "waves.csv", "-t", "y", "-q", "-o", "result", *{options!r}])
    """
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=folder, timeout=PATIENCE, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert [path.name for path in (folder / "result").iterdir()] == ["unfinished.json"]
    return sn.load(folder / "result/unfinished.json")


def test_a_fit_that_is_killed_leaves_a_model(tmp_path: Path) -> None:
    left = killed_fit(tmp_path, ["--hidden", "2", "--starts", "1"])
    assert np.isfinite(left.predict(waves())).all()


def test_the_interval_is_a_minute_or_five_seconds_for_a_network() -> None:
    assert UnfinishedModel(Path("so-far.json")).interval == autosave.SECONDS_BETWEEN == 60.0
    assert autosave.SECONDS_OF_NETWORK == 5.0
