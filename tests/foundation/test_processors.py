"""The processors that this process may use: affinity, and quotas of control groups in files made up for a test."""

from __future__ import annotations

import os
from math import inf
from pathlib import Path

import pytest

from sheernet.foundation import processors
from sheernet.foundation.processors import quota, usable_processors


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """An affinity of three processors."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 4}, raising=False)


def planted(root: Path, groups: str, **files: str) -> Path:
    """A root with the groups of this process and the files of groups, named with __ for /."""
    for name, text in {"proc__self__cgroup": groups, **files}.items():
        path = root / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


class TestQuota:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [("100000 100000\n", 1.0), ("150000 100000\n", 1.5), ("max 100000\n", inf), ("", inf), ("max", inf)],
    )  # fmt: skip
    def test_of_version_2(self, tmp_path: Path, text: str, expected: float) -> None:
        root = planted(tmp_path, "0::/a/b\n", sys__fs__cgroup__a__b__cpu_dot_max=text)
        assert quota(root) == expected

    @pytest.mark.parametrize(("time", "expected"), [("50000\n", 0.5), ("-1\n", inf)])
    def test_of_version_1(self, tmp_path: Path, time: str, expected: float) -> None:
        root = planted(
            tmp_path,
            "4:memory:/docker/01\n3:cpu,cpuacct:/docker/01\n",
            sys__fs__cgroup__cpu__docker__01__cpu_dot_cfs_quota_us=time,
            sys__fs__cgroup__cpu__docker__01__cpu_dot_cfs_period_us="100000\n",
        )
        assert quota(root) == expected

    def test_is_the_lowest_of_all_groups_around_the_process(self, tmp_path: Path) -> None:
        root = planted(
            tmp_path,
            "0::/a/b\n",
            sys__fs__cgroup__a__b__cpu_dot_max="400000 100000\n",
            sys__fs__cgroup__a__cpu_dot_max="200000 100000\n",
            sys__fs__cgroup__cpu_dot_max="max 100000\n",
        )
        assert quota(root) == 2.0

    def test_of_another_controller_does_not_count(self, tmp_path: Path) -> None:
        root = planted(
            tmp_path,
            "4:cpuset:/\n",
            sys__fs__cgroup__cpu__cpu_dot_cfs_quota_us="50000\n",
            sys__fs__cgroup__cpu__cpu_dot_cfs_period_us="100000\n",
        )
        assert quota(root) == inf

    def test_is_unknown_on_other_systems(self, tmp_path: Path) -> None:
        assert quota(tmp_path) == inf


@pytest.mark.usefixtures("three")
class TestUsable:
    @pytest.mark.parametrize(
        ("allowed", "expected"), [(0.2, 1), (1.0, 1), (1.5, 2), (2.0, 2), (7.0, 3), (inf, 3)]
    )
    def test_are_at_most_the_quota_rounded_up(
        self, monkeypatch: pytest.MonkeyPatch, allowed: float, expected: int
    ) -> None:
        monkeypatch.setattr(processors, "quota", lambda: allowed)
        assert usable_processors() == expected

    def test_are_all_if_the_affinity_is_unknown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(processors, "quota", lambda: inf)
        monkeypatch.delattr(os, "sched_getaffinity")
        for total, expected in [(5, 5), (None, 1)]:
            monkeypatch.setattr(os, "cpu_count", lambda total=total: total)
            assert usable_processors() == expected
