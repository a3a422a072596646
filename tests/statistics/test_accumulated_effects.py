"""Accumulated local effects: exact for lines and products, additive functions, and the textbook's example."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheernet.statistics.accumulated_effects import (
    LocalGrid,
    cycle_grid,
    interaction,
    label_grid,
    number_grid,
    similarity_order,
)

Function = Callable[[np.ndarray, np.ndarray], np.ndarray]
seeds = st.integers(0, 10_000)


def effect(points: np.ndarray, grid: LocalGrid, f: Function, rest: np.ndarray) -> np.ndarray:
    """The effect of the first argument of f, by a loop over the gaps."""
    rows, gaps = grid.members()
    differences = np.zeros(len(grid.ends))
    for q, (lower, upper) in enumerate(grid.ends):
        own = rest[rows[gaps == q]]
        if len(own):
            ends = (np.full(len(own), points[end]) for end in (upper, lower))
            high, low = (f(x, own) for x in ends)
            differences[q] = np.mean(high - low)
    return grid.centered @ differences


def joint(
    points: tuple[np.ndarray, np.ndarray], grids: tuple[LocalGrid, LocalGrid], f: Function
) -> np.ndarray:
    """The interaction of two arguments of f; the second differences do not depend on the row."""
    _, cells, matrix = interaction(*grids)
    n2 = len(grids[1].ends)
    differences = np.zeros(matrix.shape[2])
    for cell in np.unique(cells):
        (a, b), (c, d) = grids[0].ends[cell // n2], grids[1].ends[cell % n2]
        x, y = points
        differences[cell] = f(x[b], y[d]) - f(x[a], y[d]) - f(x[b], y[c]) + f(x[a], y[c])
    return matrix @ differences


class TestNumbers:
    @given(seed=seeds, divide=st.booleans(), n=st.integers(1, 90), most=st.integers(1, 20))
    def test_the_effect_of_a_line_is_its_slope_times_the_distance_from_the_mean(
        self, seed: int, divide: bool, n: int, most: int
    ) -> None:
        rng = np.random.default_rng(seed)
        x = rng.exponential(size=n).round(rng.integers(0, 6))
        points, grid = number_grid(x, most, divide)
        found = effect(points, grid, lambda x, w: 3.0 * x - w, rng.normal(size=n))
        assert found == pytest.approx(3.0 * (points - x.mean()), abs=1e-12)
        assert (grid.positions @ points) == pytest.approx(x, abs=1e-12)

    @given(seed=seeds, divide=st.booleans())
    def test_an_additive_function_has_its_own_terms_however_columns_depend_on_each_other(
        self, seed: int, divide: bool
    ) -> None:
        rng = np.random.default_rng(seed)
        x = rng.normal(size=80)
        points, grid = number_grid(x, 10, divide)
        found = effect(
            points, grid, lambda x, w: np.sin(3.0 * x) + w**2, x + 0.1 * rng.normal(size=80)
        )
        assert found - found[0] == pytest.approx(
            np.sin(3 * points) - np.sin(3 * points[0]), abs=1e-12
        )
        assert np.mean(grid.positions @ found) == pytest.approx(0.0, abs=1e-12)

    def test_the_product_of_two_equal_columns(self) -> None:
        """Apley and Zhu, section 2: x^2/2 is the effect of x1 in x1 x2 if x2 = x1; partial dependence is x E[x2]."""
        x = (np.arange(60) + 0.5) / 60
        edges = np.linspace(0.0, 1.0, 11)
        points, grid = number_grid(x, 10)
        found = effect(points, grid, lambda x, w: x * w, x)
        # by hand: in a gap from a to b the rows have the mean of those x
        means = [x[(x > a) & (x <= b)].mean() for a, b in pairwise(points)]
        means[0] = x[x <= points[1]].mean()
        by_hand = np.concatenate([[0.0], np.cumsum(np.diff(points) * means)])
        assert found - found[0] == pytest.approx(by_hand, abs=1e-12)
        dense, fine = number_grid((np.arange(20_000) + 0.5) / 20_000, 10)
        limit = effect(dense, fine, lambda x, w: x * w, (np.arange(20_000) + 0.5) / 20_000)
        assert limit == pytest.approx(edges**2 / 2 - 1 / 6, abs=2e-3)

    @given(seed=seeds)
    def test_dividing_wide_gaps_changes_nothing_at_the_quantiles(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        x, w = rng.lognormal(size=70), rng.normal(size=70)
        few, grid = number_grid(x, 8)
        many, divided = number_grid(x, 8, divide=True)

        def f(x: np.ndarray, w: np.ndarray) -> np.ndarray:
            return np.tanh(x * w)

        coarse, fine = effect(few, grid, f, w), effect(many, divided, f, w)
        at = np.searchsorted(many, few - 1e-12)
        assert fine[at] - fine[0] == pytest.approx(coarse - coarse[0], abs=1e-12)
        assert np.diff(many).max() <= np.ptp(x) / 8 * (1 + 1e-9)

    def test_a_constant_column_has_no_effect(self) -> None:
        points, grid = number_grid(np.full(5, 2.0), 10)
        assert points.tolist() == [2.0]
        assert (grid.centered @ np.zeros((0, 2))).tolist() == [[0.0, 0.0]]


class TestCycles:
    @pytest.mark.parametrize("repeated", [False, True])
    @given(seed=seeds)
    @settings(max_examples=25)
    def test_a_function_of_the_phase_alone_is_exact(self, repeated: bool, seed: int) -> None:
        rng = np.random.default_rng(seed)
        points = np.arange(12 + repeated) / 12
        grid = cycle_grid(rng.uniform(size=300), points)
        values = rng.normal(size=12)[np.arange(12 + repeated) % 12]
        found = grid.centered @ (values[grid.ends[:, 1]] - values[grid.ends[:, 0]])
        assert found - found[0] == pytest.approx(values - values[0], abs=1e-12)

    def test_a_row_belongs_to_the_gap_below_it(self) -> None:
        grid = cycle_grid(np.array([0.0, 0.2, 0.5, 0.5 + 1e-12, 0.9]), np.array([0.0, 0.5]))
        assert grid.gaps[:, 0].tolist() == [1, 0, 0, 0, 1]
        assert grid.ends.tolist() == [[0, 1], [1, 0]]

    def test_differences_that_do_not_close_are_closed_evenly(self) -> None:
        grid = cycle_grid(np.array([0.1, 0.4, 0.6, 0.9]), np.array([0.0, 0.25, 0.5, 0.75]))
        found = grid.centered @ np.array([2.0, 1.0, 1.0, 0.0])  # the sum is 4
        assert np.diff(found) == pytest.approx([1.0, 0.0, 0.0])

    def test_gaps_without_rows_hold_the_rows_of_the_next(self) -> None:
        grid = cycle_grid(np.array([0.1, 0.1, 0.6]), np.array([0.0, 0.25, 0.5, 0.75]))
        rows, gaps = grid.members()
        assert (rows.tolist(), gaps.tolist()) == ([0, 1, 2, 2, 0, 1], [0, 0, 1, 2, 3, 3])

    @given(seed=seeds, n_points=st.integers(1, 9), first=st.floats(0.0, 0.9))
    def test_a_function_is_exact_if_the_rows_cover_a_part_of_the_circle(
        self, seed: int, n_points: int, first: float
    ) -> None:
        rng = np.random.default_rng(seed)
        points = first + np.linspace(0.0, 1.0 - first, n_points, endpoint=False)
        phases = rng.uniform(first, 1.0, size=rng.integers(1, 9)) ** rng.integers(1, 4)
        values = rng.normal(size=n_points)
        grid = cycle_grid(phases, points)
        found = grid.centered @ (values[grid.ends[:, 1]] - values[grid.ends[:, 0]])
        assert found - found[0] == pytest.approx(values - values[0], abs=1e-9)
        assert grid.positions.mean(axis=0) @ found == pytest.approx(0.0, abs=1e-9)


class TestLabels:
    @given(seed=seeds, n_labels=st.integers(2, 7))
    def test_terms_of_labels_are_exact_in_any_order(self, seed: int, n_labels: int) -> None:
        rng = np.random.default_rng(seed)
        codes = np.concatenate([np.arange(n_labels), rng.integers(-1, n_labels, 40)])
        term = rng.normal(size=n_labels)
        grid = label_grid(codes, rng.permutation(n_labels))
        found = grid.centered @ (term[grid.ends[:, 1]] - term[grid.ends[:, 0]])
        assert found == pytest.approx(term - term[codes[codes >= 0]].mean(), abs=1e-12)

    def test_a_difference_is_that_of_the_rows_of_both_labels(self) -> None:
        grid = label_grid(np.array([0, 0, 1, 2]), np.array([0, 2, 1]))
        assert grid.ends.tolist() == [[0, 2], [2, 1]]
        assert [list(map(int, pair)) for pair in grid.gaps] == [[-1, 0], [-1, 0], [1, -1], [0, 1]]

    def test_neighbors_are_alike_in_the_other_columns(self) -> None:
        """Distances by hand: of two numbers without common values 1, of frequencies half of their differences."""
        codes = np.repeat([0, 1, 2, 3], 4)
        x = np.array([0, 1, 2, 3, 2, 3, 4, 5, 6, 7, 8, 9, 4, 5, 6, 7.0])  # 0, 1, 3, 2 by x
        assert similarity_order(codes, 4, [x], []).tolist() == [0, 1, 3, 2]
        other = np.array([0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1])  # 0, 2, 1, 3
        assert similarity_order(codes, 4, [], [other]).tolist() == [0, 2, 1, 3]
        assert similarity_order(codes, 4, [], []).tolist() == [0, 1, 2, 3]

    @given(seed=seeds)
    @settings(max_examples=10)
    def test_the_order_is_that_of_classical_scaling(self, seed: int) -> None:
        """Frequencies are points on a line, so that the first coordinate has their order."""
        rng = np.random.default_rng(seed)
        shares = rng.permutation(np.arange(0, 60, 10))  # of 60 rows of each label
        codes = np.repeat(np.arange(6), 60)
        other = np.concatenate([np.arange(60) < share for share in shares]).astype(int)
        order = similarity_order(codes, 6, [], [other])
        expected = np.argsort(shares)
        assert order.tolist() in (expected.tolist(), expected[::-1].tolist())

    def test_classical_scaling_takes_squared_distances(self) -> None:
        """Torgerson (1952): B = -(d^2 - row means - column means + mean) / 2; d instead of d^2 would give 0 2 1 3."""
        shares = np.array([[1.0, 0.3, 0.8, 0.2], [0.3, 0.7, 0.6, 0.2]])
        codes = np.repeat(np.arange(4), 10)
        others = [np.concatenate([np.arange(10) < round(10 * s) for s in own]) for own in shares]
        squares = np.abs(shares[:, :, None] - shares[:, None]).sum(axis=0) ** 2
        means = squares.mean(axis=0)
        place = np.linalg.svd(squares - means - means[:, None] + means.mean())[0][:, 0]
        expected = np.argsort(place).tolist()
        assert expected in ([0, 2, 3, 1], [1, 3, 2, 0])
        assert similarity_order(codes, 4, [], [own.astype(int) for own in others]).tolist() in (
            expected,
            expected[::-1],
        )


class TestPairs:
    @given(seed=seeds)
    @settings(max_examples=25)
    def test_additive_functions_have_no_interaction(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        x = rng.normal(size=60)
        w = x + rng.normal(size=60)
        points, grids = zip(number_grid(x, 6), number_grid(w, 5), strict=True)
        found = joint(points, grids, lambda x, w: np.sin(x) + w**3)
        assert found == pytest.approx(np.zeros((7, 6)), abs=1e-12)

    @given(seed=seeds, labels=st.booleans())
    @settings(max_examples=25)
    def test_the_interaction_of_independent_columns_is_the_centered_product(
        self, seed: int, labels: bool
    ) -> None:
        rng = np.random.default_rng(seed)
        x, w = (a.ravel() for a in np.meshgrid(rng.normal(size=9), np.arange(4.0)))
        points, grid = number_grid(x, 4)
        other = number_grid(w, 9)
        if labels:
            other = np.arange(4.0), label_grid(w.astype(int), rng.permutation(4))
        found = joint((points, other[0]), (grid, other[1]), lambda x, w: x * w)
        assert found == pytest.approx(np.outer(points - x.mean(), other[0] - w.mean()), abs=1e-9)

    def test_the_main_effects_of_a_product_of_equal_columns_are_taken_out(self) -> None:
        """By hand for x1 = x2 = x in (0, 1): x1 x2 - x1^2/2 - x2^2/2 + c = c - (x1 - x2)^2/2, and 0 on average."""
        x = (np.arange(4000) + 0.5) / 4000
        points, grid = number_grid(x, 20)
        found = joint((points, points), (grid, grid), lambda a, b: a * b)
        expected = -((points[:, None] - points) ** 2) / 2
        assert found - found[0, 0] == pytest.approx(expected, abs=2e-3)
        middle = grid.positions @ found
        assert np.mean((middle * grid.positions).sum(axis=1)) == pytest.approx(0.0, abs=1e-12)
