"""Calling a function of each shard on several threads."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from sheernet.models.fitting.thread_mapper import TellingMapper, ThreadMapper


def test_results_are_in_order_whichever_thread_is_first() -> None:
    second = threading.Event()

    def number(k: int) -> int:
        if k == 0:
            assert second.wait(timeout=30)  # the other thread is there
        second.set()
        return k

    assert list(ThreadMapper(2)(number, range(5))) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_ends_the_pass(threads: int) -> None:
    def fails(k: int) -> int:
        raise ValueError(f"shard {k}")

    with pytest.raises(ValueError, match="shard 0"):
        list(ThreadMapper(threads)(fails, range(1000)))


def test_a_long_pass_tells_its_speed() -> None:
    told: list[str] = []
    times = iter([0.0, 2.0, 5.0, 9.0, 10.0])
    shards = [SimpleNamespace(n_rows=100 * k) for k in (1, 2, 3, 4)]
    mapper = TellingMapper(map, told.append, lambda: next(times))
    assert list(mapper(lambda shard: shard.n_rows, shards)) == [100, 200, 300, 400]
    assert told == [
        "2 of 4 shards are read, 60 rows a second",
        "4 of 4 shards are read, 100 rows a second",
    ]
