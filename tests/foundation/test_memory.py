"""Matrices that do not fit in memory: the error messages, and how the available memory is found."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import ENGINES
from sheernet.foundation import memory
from sheernet.foundation.memory import Memory, at_a_time, require_room
from sheernet.network import compiled_extension
from sheernet.optimizers import minimize


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> None:
    """20 GB of free memory."""
    monkeypatch.setattr(memory, "available", lambda: Memory(20e9, "{} are free"))


class Bowl:
    def value(self, theta: np.ndarray) -> float:
        return 0.5 * float(theta @ theta)

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        return self.value(theta), theta.copy()

    def gauss_newton(self, theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return *self.value_and_gradient(theta), np.eye(theta.size)


@pytest.mark.usefixtures("free")
class TestRefusals:
    def test_a_matrix_of_bfgs(self) -> None:
        with pytest.raises(sn.InvalidInput) as refusal:
            minimize(Bowl(), np.zeros(100_000), "bfgs")
        assert str(refusal.value) == (
            "method 'bfgs' keeps a matrix of 100 000 x 100 000 numbers, 80 GB, and 20 GB are free; use method='lbfgs'"
        )

    def test_three_of_lm(self) -> None:
        with pytest.raises(sn.InvalidInput) as refusal:
            minimize(Bowl(), np.zeros(30_000), "lm")
        assert str(refusal.value) == (
            "method 'lm' keeps 3 matrices of 30 000 x 30 000 numbers, 22 GB, and 20 GB are free; use method='lbfgs'"
        )

    def test_lbfgs_keeps_none(self) -> None:
        assert minimize(Bowl(), np.ones(100_000), "lbfgs").objective < 1e-9

    @pytest.mark.parametrize("engine", ENGINES)
    def test_the_gauss_newton_matrix_of_an_engine(self, engine: str) -> None:
        arch = sn.Architecture((1, 40_000, 1), bias=False)
        objective = sn.make_objective(arch, [1.0, 2.0], [1.0, 2.0], engine=engine)
        with pytest.raises(
            sn.InvalidInput,
            match=r"gauss_newton makes .* of 80 000 x 80 000 numbers, .* GB, and 20 GB are free; use method='lbfgs'",
        ):
            objective.gauss_newton(np.zeros(80_000))

    @pytest.mark.skipif(compiled_extension.NATIVE is None, reason="no C++ extension")
    @pytest.mark.parametrize(
        ("sizes", "threads", "n_rows", "matrices"),
        [
            ((1500, 1), 4, 100, 1),  # a single chunk, which is summed in the matrix
            ((1500, 1), 1, 1100, 2),
            ((1500, 1), 4, 1100, 5),  # a part for each thread
            ((1500, 1), 40, 1100, 9),
            ((1500, 1, 20), 1, 1100, 3),  # by structure: sums of 0.95 matrices, and a part of them
            ((1500, 1, 20), 4, 1100, 6),
        ],
    )
    def test_matrices_of_the_compiled_engine(
        self, sizes: tuple[int, ...], threads: int, n_rows: int, matrices: int
    ) -> None:
        X, y = np.zeros((n_rows, sizes[0])), np.zeros((n_rows, sizes[-1]))
        objective: Any = sn.make_objective(
            sn.Architecture(sizes), X, y, engine="compiled", threads=threads
        )
        assert objective.gauss_newton_matrices == matrices

    @pytest.mark.skipif(compiled_extension.NATIVE is None, reason="no C++ extension")
    def test_parts_of_threads_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(memory, "available", lambda: Memory(120e6, "{} are free"))
        architecture, theta = sn.Architecture((1600, 1)), np.zeros(1601)
        X, y = np.zeros((1100, 1600)), np.arange(1100.0)
        given: dict[str, Any] = {"engine": "compiled", "threads": 8}
        with pytest.raises(sn.InvalidInput, match="gauss_newton makes 9 matrices of 1 601 x 1 601"):
            sn.make_objective(architecture, X, y, **given).gauss_newton(theta)
        with pytest.raises(sn.InvalidInput, match="'lm' keeps 11 matrices of 1 601 x 1 601"):
            sn.train(sn.Network(architecture, theta), X, y, method="lm", **given)

    def test_matrices_of_the_best_start_are_kept(self) -> None:
        assert at_a_time(20_000, 1, 8) == 6  # 3.2 GB each
        assert at_a_time(20_000, 1, 8, kept=1) == 5
        assert at_a_time(20_000, 3, 8, kept=1) == 1

    def test_small_requests_are_not_checked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(memory, "available", lambda: pytest.fail("was called"))
        require_room("bfgs keeps", 3000, "use lbfgs")

    def test_nothing_if_it_fits(self) -> None:
        require_room("bfgs keeps", 49_999, "use lbfgs")
        with pytest.raises(sn.InvalidInput):
            require_room("bfgs keeps", 50_001, "use lbfgs")

    def test_nothing_if_the_memory_is_unknown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(memory, "available", lambda: None)
        require_room("bfgs keeps", 10**9, "use lbfgs")


class TestAvailable:
    """The system files are made up, in a temporary ROOT."""

    @pytest.fixture(autouse=True)
    def root(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(memory, "ROOT", tmp_path)
        self.folder = tmp_path
        return tmp_path

    def write(self, **files: str) -> None:
        for name, text in files.items():
            path = self.folder / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def test_free_memory(self) -> None:
        self.write(proc__meminfo="MemTotal: 9 kB\nMemFree:  1 kB\nMemAvailable:   5000000 kB\n")
        assert memory.available() == (5.12e9, "{} are free")

    def limits(self, mount: str, most: str, limit: str, usage: str, cache: str) -> None:
        self.write(proc__meminfo="MemAvailable: 5000000 kB\n")
        place = self.folder / "sys/fs/cgroup" / mount
        place.mkdir(parents=True, exist_ok=True)
        (place / limit).write_text(most)
        (place / usage).write_text("400000000\n")
        (place / "memory.stat").write_text(f"anon 5\n{cache} 100000000\nactive_file 7\n")

    @pytest.mark.parametrize("group", ["", "slice/scope"])
    def test_a_control_group_of_version_2_leaves_less(self, group: str) -> None:
        self.limits(group, "1000000000\n", "memory.max", "memory.current", "inactive_file")
        (self.folder / "proc/self").mkdir()
        (self.folder / "proc/self/cgroup").write_text(f"0::/{group}\n")
        assert memory.available() == (7e8, "{} are free")

    @pytest.mark.parametrize("group", ["", "docker/0123"])
    def test_a_control_group_of_version_1_leaves_less(self, group: str) -> None:
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        self.limits(f"memory/{group}", "1000000000\n", *names)
        (self.folder / "proc/self").mkdir()
        (self.folder / "proc/self/cgroup").write_text(f"3:cpuset:/\n2:memory:/{group}\n0::/\n")
        assert memory.available() == (7e8, "{} are free")

    def test_the_groups_around_it_limit_it_too(self) -> None:
        self.limits("slice", "1000000000\n", "memory.max", "memory.current", "inactive_file")
        (self.folder / "proc/self").mkdir()
        (self.folder / "proc/self/cgroup").write_text("0::/slice/scope\n")
        assert memory.available() == (7e8, "{} are free")

    def test_a_control_group_without_a_limit_leaves_all(self) -> None:
        self.limits("", "max\n", "memory.max", "memory.current", "inactive_file")
        (self.folder / "proc/self").mkdir()
        (self.folder / "proc/self/cgroup").write_text("0::/\n")
        assert memory.available() == (5.12e9, "{} are free")

    @pytest.mark.skipif(not hasattr(os, "sysconf"), reason="this system has no sysconf")
    def test_total_memory_on_other_systems(self, monkeypatch: pytest.MonkeyPatch) -> None:
        numbers = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 2_000_000}
        monkeypatch.setattr(os, "sysconf", numbers.__getitem__)
        assert memory.available() == (8.192e9, "this machine has {}")

    def test_unknown_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(os, "sysconf", raising=False)
        assert memory.available() is None


def test_this_machine_reports_its_memory_or_none() -> None:
    found = memory.available()
    assert found is None or found.n_bytes > 0
