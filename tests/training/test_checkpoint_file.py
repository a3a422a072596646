"""Runs that are resumed from a file end with the bits of the run that was not stopped."""

from __future__ import annotations

import copy
import io
import pickle
import time
import tracemalloc
import zipfile
from dataclasses import is_dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from shard_cases import SeedShard
from sheernet.objective.sharded import MemoryHolder, ShardedObjective
from sheernet.optimizers import METHODS, Checkpoint, Row
from sheernet.training import CheckpointFile, fit_objective, load_checkpoint, save_checkpoint

ARCH = sn.Architecture((3, 3, 1))
START = np.random.default_rng(0).normal(size=ARCH.n_parameters)
SHARDS = [SeedShard(k, 80) for k in range(3)]
OPTIONS: dict[str, dict[str, Any]] = {"gd": {"momentum": 0.9}}


def sharded(part: str = "training", decay: float = 1e-3) -> ShardedObjective:
    holder = MemoryHolder(SHARDS, ARCH, "squared_error", part=part, threads=1)
    return ShardedObjective(ARCH, "squared_error", holder, decay)


class Dies(Exception):
    """The end of a process."""


def killed_after(iterations: int) -> Any:
    def observe(step: Any, row: Any) -> None:
        if step.iteration == iterations:
            raise Dies

    return observe


def parts_of(run: Any) -> list[bytes]:
    record = run.record
    columns = (record.iteration, record.objective, record.gradient_norm, record.step_length)
    best = run.state.best
    return [
        run.theta.tobytes(), run.gradient.tobytes(), best.theta.tobytes(), bytes([best.iteration]),
        *[column[-5:].tobytes() for column in columns],
    ]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("make", [sharded, None], ids=["sharded", "in memory"])
def test_a_resumed_run_has_the_bits_of_the_whole_one(
    method: str, make: Any, tmp_path: Path
) -> None:
    X, y = (np.vstack([shard.load("training")[k] for shard in SHARDS]) for k in (0, 1))
    objective = make() if make else sn.make_objective(ARCH, X, y, decay=1e-3)
    options = OPTIONS.get(method, {})
    file = tmp_path / "fit.checkpoint"
    observers = [CheckpointFile(file)]
    whole = fit_objective(objective, [START], method, max_iter=16, observers=observers, **options)[
        0
    ]
    with pytest.raises(Dies):
        fit_objective(
            objective, [START], method, observers=[CheckpointFile(file), killed_after(9)], **options
        )
    saved = load_checkpoint(file, objective)
    assert saved.method == method
    again = CheckpointFile(file, saved)
    resumed = fit_objective(objective, [saved], max_iter=7, observers=[again], **options)[0]
    assert resumed.record.iteration[0] == 9
    assert parts_of(resumed) == parts_of(whole)
    assert load_checkpoint(file).state.theta.tobytes() == whole.state.state.theta.tobytes()


def test_the_best_iterate_by_validation_is_kept(tmp_path: Path) -> None:
    objective, validation = sharded(), sharded("evaluation", 0.0)
    given: dict[str, Any] = {"validation": validation, "patience": 30, "learning_rate": 0.05}
    file = tmp_path / "fit.checkpoint"
    observers = [CheckpointFile(file, by_validation=True)]
    run = fit_objective(objective, [START], "adam", max_iter=30, observers=observers, **given)[0]
    saved = load_checkpoint(file)
    assert saved.best.theta.tobytes() == run.theta.tobytes()
    assert saved.best.validation_cost == np.min(run.record.validation_cost)
    assert saved.best.iteration < 30  # otherwise this test shows nothing
    again = CheckpointFile(file, saved, by_validation=True)
    fit_objective(objective, [saved], max_iter=1, observers=[again], **given)
    assert load_checkpoint(file).best.theta.tobytes() == run.theta.tobytes()


def test_an_infinite_validation_cost_is_kept(tmp_path: Path) -> None:
    architecture = sn.Architecture((1, 1), output="exp")
    x = np.linspace(0.0, 1.0, 20)[:, None]
    objective = sn.make_objective(architecture, x, 1.0 + x, cost="poisson")
    of_validation = sn.make_objective(architecture, [[1e4]], [1.0], cost="poisson")
    run = fit_objective(objective, [np.zeros(2)], "bfgs", max_iter=3, validation=of_validation)[0]
    assert np.isinf(run.record.validation_cost).any()
    file = save_checkpoint(tmp_path / "a.npz", run.state)
    fit_objective(objective, [load_checkpoint(file)], "bfgs", validation=of_validation)


def test_a_new_start_forgets_the_best_of_the_last_one(tmp_path: Path) -> None:
    file = tmp_path / "fit.checkpoint"
    writer = CheckpointFile(file)
    fits = fit_objective(sharded(), [START, 5 * START], "gd", max_iter=3, observers=[writer])
    assert load_checkpoint(file).best.theta.tobytes() == fits[1].state.best.theta.tobytes()
    assert fits.objectives[0] < fits.objectives[1]


def test_the_time_between_writings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states: list[Any] = []

    def observe(step: Any, row: Any) -> None:
        states.append(step)

    fit_objective(sharded(), [START], "gd", max_iter=4, observers=[observe])
    file = tmp_path / "fit.checkpoint"
    clock = iter([0.0, 1.0, 1.9, 2.0, 5.0])
    writer, written = CheckpointFile(file, every=2.0), []
    monkeypatch.setattr(time, "monotonic", clock.__next__)
    for step in states:
        writer(step, Row(*[0.0] * 11))
        written.append(load_checkpoint(file).state.iteration)
    assert written == [0, 0, 0, 3, 4]


@pytest.mark.parametrize("method", METHODS)
def test_a_start_that_is_not_finite_is_kept(method: str, tmp_path: Path) -> None:
    run = fit_objective(sharded(), [np.full(START.size, np.inf)], method)[0]
    assert run.termination.reason == "non_finite"
    file = save_checkpoint(tmp_path / "fit.checkpoint", run.state)
    again = fit_objective(sharded(), [load_checkpoint(file)])[0]
    assert again.termination.reason == "non_finite"


def arrays_in(file: Path) -> dict[str, Any]:
    with np.load(file) as archive:
        return {name: archive[name] for name in archive.files}


def rewrite(file: Path, arrays: dict[str, Any]) -> None:
    with file.open("wb") as target:
        np.savez(target, **arrays)


def longer(array: Any) -> Any:
    return np.resize(array, (*array.shape[:-1], array.shape[-1] + 1))


CHANGES: list[Any] = [
    longer,
    lambda array: array[..., :-1],
    lambda array: array[None],
    lambda array: array.astype("f4"),
    lambda array: array.astype(">f8"),
    lambda array: np.zeros(array.shape, int),
]


@pytest.mark.parametrize(
    "iterations", [4, 12]
)  # hybrid is then in its first and in its second phase
@pytest.mark.parametrize("method", METHODS)
class TestEveryArrayOfAState:
    def test_is_checked_in_a_file(self, method: str, iterations: int, tmp_path: Path) -> None:
        run = fit_objective(sharded(), [START], method, max_iter=iterations)[0]
        file = save_checkpoint(tmp_path / "fit.checkpoint", run.state)
        whole = arrays_in(file)
        arrays = [name for name, array in whole.items() if array.ndim]
        assert len(arrays) >= 4
        for name, change in product(arrays, (None, *CHANGES)):
            changed = {} if change is None else {name: change(whole[name])}
            others = {each: array for each, array in whole.items() if each != name}
            rewrite(file, others | changed)
            with pytest.raises(sn.InvalidInput, match="damaged or not a checkpoint"):
                load_checkpoint(file)

    def test_is_checked_in_memory(self, method: str, iterations: int) -> None:
        X, y = (np.vstack([shard.load("training")[k] for shard in SHARDS]) for k in (0, 1))
        objective = sn.make_objective(ARCH, X, y, decay=1e-3)
        found = fit_objective(objective, [START], method, max_iter=iterations)[0].state
        whole = Checkpoint(method, found.state, found.best)
        wrong = [each for change in CHANGES for each in with_a_change(whole, change)]
        assert len(wrong) >= 4 * len(CHANGES)
        for each in wrong:
            with pytest.raises(sn.InvalidInput):
                fit_objective(objective, [each])


def with_a_change(value: Any, apply: Any) -> list[Any]:
    """Return a dataclass or tuple with a change of each array in it."""
    if isinstance(value, np.ndarray):
        return [apply(value)]
    if is_dataclass(value):
        return [
            changed_copy(value, name, wrong)
            for name, of_field in vars(value).items()
            for wrong in with_a_change(of_field, apply)
        ]
    if isinstance(value, tuple):
        kind = type(value)._make if hasattr(value, "_make") else tuple  # type: ignore[attr-defined]
        return [
            kind((*value[:i], wrong, *value[i + 1 :]))
            for i, entry in enumerate(value)
            for wrong in with_a_change(entry, apply)
        ]
    return []


def changed_copy(value: Any, name: str, wrong: Any) -> Any:
    """Return a copy of a dataclass with a field that its own checks need not allow."""
    changed = copy.copy(value)
    object.__setattr__(changed, name, wrong)
    return changed


class TestRefused:
    def saved(self, folder: Path) -> Path:
        run = fit_objective(sharded(), [START], "lm", max_iter=2)[0]
        assert isinstance(run.state, Checkpoint)
        return save_checkpoint(folder / "fit.checkpoint", run.state)

    def test_another_objective(self, tmp_path: Path) -> None:
        file = self.saved(tmp_path)
        assert load_checkpoint(file, sharded()).method == "lm"
        with pytest.raises(sn.InvalidInput, match="belongs to another objective"):
            load_checkpoint(file, sharded(decay=1e-2))

    def test_another_network(self, tmp_path: Path) -> None:
        other = sn.make_objective(sn.Architecture((1, 1)), [1.0, 2.0], [0.0, 1.0])
        with pytest.raises(
            sn.InvalidInput, match=r"with 16 parameters .* given objective has 2 parameters"
        ):
            load_checkpoint(self.saved(tmp_path), other)

    def test_every_cut_of_the_file(self, tmp_path: Path) -> None:
        whole = self.saved(tmp_path).read_bytes()
        cut = tmp_path / "cut"
        for n in range(0, len(whole) - 1, 97):
            cut.write_bytes(whole[:n])
            with pytest.raises(sn.InvalidInput, match="damaged"):
                load_checkpoint(cut)

    def test_a_changed_byte_of_the_numbers(self, tmp_path: Path) -> None:
        file = self.saved(tmp_path)
        content = bytearray(file.read_bytes())
        theta = load_checkpoint(file).state.theta.tobytes()
        content[content.index(theta) + 5] ^= 1
        file.write_bytes(content)
        with pytest.raises(sn.InvalidInput, match="damaged"):
            load_checkpoint(file)

    @pytest.mark.parametrize(
        "changed",
        [
            {"format": np.array("other")}, {"method": np.array("lbfgs")}, {"state.model.theta": None},
            {"state.damping": np.array(1)}, {"state.iteration": np.array([1, 2])},
            {"best.theta": np.zeros(3)}, {"state.values": np.array(50)},
            {"state.model.theta": np.zeros((2, 8))}, {"method": np.array("none")}, {"method": np.array("hybrid")},
            {"state.iteration": np.array(-1)}, {"state.iteration": np.array(2**53)}, {"state.values": np.array(-3)},
            {"state.values": np.array(2)}, {"more": np.zeros(3)}, {"best.iteration": np.array(3)},
            {"best.theta": np.full(16, np.nan)}, {"best.value": np.array(np.inf)},
            {"best.gradient": np.array([np.inf, *np.zeros(15)])},
        ],
    )  # fmt: skip
    def test_other_contents(self, changed: dict[str, Any], tmp_path: Path) -> None:
        file = self.saved(tmp_path)
        arrays = arrays_in(file) | changed
        rewrite(file, {name: array for name, array in arrays.items() if array is not None})
        with pytest.raises(sn.InvalidInput, match="damaged or not a checkpoint"):
            load_checkpoint(file)

    def test_pickles(self, tmp_path: Path) -> None:
        """An array of objects would run code when it is read."""
        file = self.saved(tmp_path)
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, np.array([print], dtype=object), allow_pickle=True)
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr("more.npy", buffer.getvalue())
        with pytest.raises(sn.InvalidInput, match="damaged"):
            load_checkpoint(file)
        file.write_bytes(pickle.dumps(print))
        with pytest.raises(sn.InvalidInput, match="damaged"):
            load_checkpoint(file)

    def test_what_takes_more_memory_than_the_file(self, tmp_path: Path) -> None:
        file = self.saved(tmp_path)
        arrays, content = arrays_in(file), file.read_bytes()
        with file.open("wb") as target:
            np.savez_compressed(target, **arrays | {"state.values.0": np.zeros(10_000_000)})
        with zipfile.ZipFile(tmp_path / "header", "w") as archive:
            header = content[
                content.index(b"\x93NUMPY", content.index(b"state.model.theta.npy")) :
            ][:128]
            claims = header.replace(b"(16,), }" + 10 * b" ", b"(9999999999,), }  ")
            assert claims != header
            archive.writestr("state.model.theta.npy", claims)
        for each in (file, tmp_path / "header"):
            tracemalloc.start()
            with pytest.raises(sn.InvalidInput, match="damaged"):
                load_checkpoint(each)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert most < 2_000_000

    @pytest.mark.parametrize("value", [1, 9, 255])
    @pytest.mark.parametrize("field", [8, 10, 16, 20, 24, 28, 42])
    def test_a_changed_directory(self, field: int, value: int, tmp_path: Path) -> None:
        """Flags such as encryption, compression, checksum, sizes, and the place of an entry."""
        file = self.saved(tmp_path)
        content = bytearray(file.read_bytes())
        content[content.index(b"PK\1\2") + field] = value
        file.write_bytes(content)
        with pytest.raises(sn.InvalidInput, match="damaged"):
            load_checkpoint(file)

    def test_a_file_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(sn.InvalidInput, match="cannot be read: No such file"):
            load_checkpoint(tmp_path / "none")

    def test_methods_without_a_state(self, tmp_path: Path) -> None:
        observers = [CheckpointFile(tmp_path / "fit.checkpoint")]
        with pytest.raises(sn.InvalidInput, match="cannot be saved"):
            fit_objective(sharded(), [START], "scipy:CG", observers=observers)
