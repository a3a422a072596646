"""The rows of a run for its curves: bounded, and sent once."""

from __future__ import annotations

from math import inf, nan

from hypothesis import given
from hypothesis import strategies as st

from sheernet.apps.page.curves import CurveStore, Seen, curves_of, finite


@given(n=st.integers(1, 400), most=st.integers(2, 20))
def test_a_long_run_keeps_few_evenly_spaced_rows_with_the_first(n: int, most: int) -> None:
    store = CurveStore(most)
    for iteration in range(n):
        store.add(iteration, float(iteration))
    kept = [row[0] for row in store.rows]
    assert len(kept) <= most
    assert kept == list(range(0, n, store.stride))
    assert n <= most or len(kept) > most // 2


@given(parts=st.lists(st.integers(0, 30), max_size=12), most=st.integers(2, 25))
def test_a_stream_that_takes_what_is_new_has_the_rows_of_the_store(
    parts: list[int], most: int
) -> None:
    store, seen, rows, iteration = CurveStore(most), Seen(), [], 0
    for part in parts:
        for _ in range(part):
            store.add(iteration, 1.0)
            iteration += 1
        curves, seen = store.since(seen)
        rows = curves.iteration if curves.replace else rows + curves.iteration
        assert rows == [row[0] for row in store.rows]


def test_after_a_new_beginning_all_rows_are_sent() -> None:
    store = CurveStore()
    store.add(0, 1.0)
    _, seen = store.since(Seen())
    store.clear()
    store.add(0, 2.0)
    curves, _ = store.since(seen)
    assert (curves.replace, curves.objective) == (True, [2.0])


def test_what_is_not_finite_or_not_known_is_null() -> None:
    assert [finite(each) for each in (1.0, nan, inf, None)] == [1.0, None, None, None]
    curves = curves_of([(3, 1.0, nan)], replace=True)
    assert (curves.iteration, curves.cost, curves.validation) == ([3], [None], [None])
    assert curves_of([], replace=False).damping == []
