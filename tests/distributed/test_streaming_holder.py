"""Shards streamed from a file; tests/contracts/test_holders.py has what every holder does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import ENGINES
from contracts.cases import OUTPUTS, random_cases
from contracts.laws import bits, direction, evaluations
from shard_cases import RowsShard, SeedShard
from sheernet.distributed import StreamingHolder
from sheernet.distributed.packed_file import stored_size
from sheernet.objective.engines.stored_rows import evaluated_in_place, stored
from sheernet.objective.sharded import Request, ShardedObjective

ARCH = sn.Architecture((3, 4, 1))
THETA = np.linspace(-1.0, 1.0, ARCH.n_parameters)
SHARDS = [SeedShard(k, 400) for k in range(9)]


DESCRIPTORS = Path("/proc/self/fd")


class Failing(SeedShard):
    def load(self, part: str) -> Any:
        raise KeyboardInterrupt


@dataclass(frozen=True)
class Counting(SeedShard):
    """Appends its number to a file each time it is loaded."""

    log: str = ""

    def load(self, part: str) -> Any:
        with Path(self.log).open("a") as file:
            file.write(f"{self.number}\n")
        return super().load(part)


def descriptors() -> int:
    return len(list(DESCRIPTORS.iterdir())) if DESCRIPTORS.is_dir() else 0


@pytest.mark.parametrize("engine", ENGINES)
def test_stored_rows_evaluate_to_the_same_bits(engine: str) -> None:
    for cost in OUTPUTS:
        for case in random_cases(51, 4, cost=cost, rows=300, decay="0", reduction="sum"):
            objective = case.objective(engine, **({"threads": 1} if engine == "compiled" else {}))
            rows, vectors = stored(objective)
            aligned = []
            for vector in vectors:
                room = np.empty(vector.size + 8)
                begin = -room.ctypes.data % 64 // 8
                room[begin : begin + vector.size] = vector
                aligned.append(room[begin : begin + vector.size])
            again = evaluated_in_place(rows, aligned, case.architecture, objective.cost)
            for name, call in evaluations(objective, case.theta, direction(case)).items():
                other = evaluations(again, case.theta, direction(case))[name]
                assert bits(call()) == bits(other()), (str(case), name)


class TestPackedInPlace:
    """The extension takes numbers without a copy, or refuses them."""

    native = pytest.mark.skipif(sn.engines.native.NATIVE is None, reason="not built")

    @native
    def test_a_wrong_size(self) -> None:
        made = sn.engines.native.NATIVE.packed_in_place
        with pytest.raises(ValueError, match="n_samples must be from 1 to 8"):
            made(np.zeros(8), np.zeros(16), 9)
        with pytest.raises(ValueError, match="whole columns"):
            made(np.zeros(12), np.zeros(8), 8)

    @native
    def test_a_wrong_alignment(self) -> None:
        room = np.zeros(64)
        begin = -room.ctypes.data % 64 // 8
        good, bad = room[begin : begin + 8], room[begin + 9 : begin + 17]
        made = sn.engines.native.NATIVE.packed_in_place
        assert made(good, good, 8).n_samples == 8
        with pytest.raises(ValueError, match="aligned to 64 bytes"):
            made(bad, good, 8)

    @native
    def test_numbers_that_would_have_to_be_copied(self) -> None:
        made = sn.engines.native.NATIVE.packed_in_place
        with pytest.raises(TypeError):
            made(np.zeros(8, np.float32), np.zeros(8), 8)
        with pytest.raises(TypeError):
            made(np.zeros(16)[::2], np.zeros(8), 8)


@pytest.mark.parametrize(("n_shards", "expected"), [(1, 8), (3, 2), (9, 1)])
def test_threads_without_a_shard_help_with_the_others(
    n_shards: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    def made(*arguments: Any) -> Any:
        given.append(arguments[-1])
        return evaluated_in_place(*arguments)

    monkeypatch.setattr("sheernet.distributed.streaming_holder.evaluated_in_place", made)
    with StreamingHolder(SHARDS[:n_shards], ARCH, "squared_error", threads=8) as holder:
        holder.sums(Request("value", THETA))
    assert given == [expected] * n_shards


def test_each_shard_is_loaded_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    shards = [Counting(k, 40, log=str(log)) for k in range(4)]
    with StreamingHolder(shards, ARCH, "squared_error", folder=tmp_path) as holder:
        for _ in range(3):
            holder.sums(Request("gradient", THETA))
    assert log.read_text().split() == ["0", "1", "2", "3"]


def test_progress_is_reported_after_each_shard() -> None:
    told: list[tuple[int, int]] = []
    given = {"report_progress": lambda *numbers: told.append(numbers)}
    StreamingHolder(SHARDS[:3], ARCH, "squared_error", **given).close()
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.skipif(not descriptors(), reason="counts descriptors in /proc")
class TestTheFileIsClosed:
    """A file without a name is gone when its last descriptor is."""

    def test_after_an_error(self) -> None:
        before = descriptors()
        bad = RowsShard(1, np.array([[np.nan, 0.0, 0.0]]), np.zeros((1, 1)))
        with pytest.raises(sn.InvalidInput, match="shard 1"):
            StreamingHolder([SHARDS[0], bad], ARCH, "squared_error")
        assert descriptors() == before

    def test_after_ctrl_c(self) -> None:
        before = descriptors()
        with pytest.raises(KeyboardInterrupt):
            StreamingHolder([SHARDS[0], Failing(1)], ARCH, "squared_error")
        assert descriptors() == before

    def test_at_the_end(self) -> None:
        before = descriptors()
        with StreamingHolder(SHARDS, ARCH, "squared_error") as holder:
            assert descriptors() > before
            holder.sums(Request("gradient", THETA))
        assert descriptors() == before


SIZE = stored_size([(400 + 8 * 4) * 3, 400 + 8 * 4, 400])
"""At most the bytes of one of SHARDS in the file."""


def resident_pages() -> int:
    """Resident bytes of mapped files that are deleted, as Linux tells it; -1 elsewhere."""
    maps = Path("/proc/self/smaps")
    if not maps.exists():
        return -1
    parts = re.split(r"(?m)^(?=[0-9a-f]+-[0-9a-f]+ )", maps.read_text())
    ours = [part for part in parts if part.split("\n", 1)[0].endswith("(deleted)")]
    return sum(1024 * int(re.search(r"(?m)^Rss: *(\d+)", part)[1]) for part in ours)


class TestMemory:
    def test_threads_share_it(self) -> None:
        given = {"threads": 8, "memory": 4 * SIZE + 1}
        with StreamingHolder(SHARDS, ARCH, "squared_error", **given) as holder:
            assert holder.threads == 4
            assert holder.describe().endswith("4 threads")

    def test_pages_are_released_if_the_file_is_larger(self, monkeypatch: Any) -> None:
        for memory, expected in ((4 * SIZE, 9), (10 * SIZE, 0)):
            with StreamingHolder(SHARDS, ARCH, "squared_error", memory=memory) as holder:
                released: list[Any] = []
                monkeypatch.setattr(holder._file, "release", released.append)
                holder.sums(Request("gradient", THETA))
                assert len(released) == expected

    @pytest.mark.skipif(resident_pages() < 0, reason="reads /proc/self/smaps")
    def test_released_pages_are_not_resident(self) -> None:
        shards = [SeedShard(k, 20_000) for k in range(10)]
        of_one = 20_000 * 3 // 4 * 4 * 8  # bytes
        found = {}
        for memory in (20 * of_one, 7 * of_one):
            others = resident_pages()  # of earlier tests of this process
            with StreamingHolder(shards, ARCH, "squared_error", threads=2, memory=memory) as holder:
                holder.sums(Request("gradient", THETA))
                found[memory] = resident_pages() - others
        assert found[20 * of_one] >= 10 * of_one
        assert found[7 * of_one] <= of_one

    def test_a_shard_that_is_too_large_is_refused(self) -> None:
        StreamingHolder(SHARDS, ARCH, "squared_error", memory=3 * SIZE).close()
        with pytest.raises(sn.InvalidInput) as raised:
            StreamingHolder(SHARDS, ARCH, "squared_error", memory=3 * SIZE - 1)
        assert " MB while it is loaded, but memory is" in str(raised.value)
        assert "make smaller shards with rows_of_shard" in str(raised.value)

    def test_must_be_a_positive_number(self) -> None:
        with pytest.raises(sn.InvalidInput, match="memory must be a whole number"):
            StreamingHolder(SHARDS, ARCH, "squared_error", memory=0)

    def test_the_expected_size_of_the_file_is_enough(self) -> None:
        for n in (1, 7, 8, 9, 127, 128, 129, 1000, 1025):
            rng = np.random.default_rng(n)
            rows = rng.normal(size=(n, 3)), rng.normal(size=(n, 1)), rng.random(n)
            with StreamingHolder([RowsShard(0, *rows)], ARCH, "squared_error") as holder:
                assert holder._size_of(RowsShard(0, *rows)) >= holder._file.n_bytes


def test_a_fit_by_lm_is_that_of_the_joined_rows_to_rounding() -> None:
    """An independent end: the optimum of the same objective in memory."""
    from sheernet.training import fit_objective

    X, y = (np.vstack([shard.load("training")[k] for shard in SHARDS]) for k in (0, 1))
    joined = sn.make_objective(ARCH, X, y, decay=1e-2)
    with StreamingHolder(SHARDS, ARCH, "squared_error", memory=4 * SIZE) as holder:
        objective = ShardedObjective(ARCH, "squared_error", holder, 1e-2)
        fits = fit_objective(objective, [THETA], "lm", max_iter=200)
    expected = fit_objective(joined, [THETA], "lm", max_iter=200)
    assert fits[0].termination.reason == "gradient_tolerance"
    assert np.allclose(fits[0].theta, expected[0].theta, atol=1e-6)
