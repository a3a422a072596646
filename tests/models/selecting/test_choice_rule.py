"""The rules of choice: the simplest of the sizes and decays that are as good as a reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sheernet.models.selecting.choice_rule import lowest_place, near_reference, simplest_place

shapes = st.tuples(st.integers(1, 4), st.integers(1, 4))
losses = st.one_of(st.sampled_from([0.0, 1.0, 2.0, 3.0]), st.floats(0, 9))


@st.composite
def grids(draw: Any) -> tuple[Any, Any, Any]:
    """Losses of which some are not known, standard errors, and standard errors behind the lowest."""
    shape = draw(shapes)
    grid = draw(arrays(float, shape, elements=losses))
    grid[draw(arrays(bool, shape))] = draw(st.sampled_from([np.nan, np.inf]))
    grid[draw(st.integers(0, shape[0] - 1)), draw(st.integers(0, shape[1] - 1))] = draw(losses)
    behind = draw(arrays(float, shape, elements=st.floats(0, 3)))
    behind[~np.isfinite(grid)] = np.nan
    return grid, draw(arrays(float, shape, elements=st.floats(0, 3))), behind


def simplicity(place: tuple[int, int]) -> tuple[int, int]:
    """Decays run from large to small, sizes from small to large."""
    return place[1], place[0]


@settings(max_examples=40)
@given(grids())
def test_the_lowest_has_the_lowest_loss_and_is_the_simplest_of_equals(grid: Any) -> None:
    values = grid[0]
    place = lowest_place(values)
    assert values[place] == values[np.isfinite(values)].min()
    equal = map(tuple, np.argwhere(values == values[place]))
    assert place == min(equal, key=simplicity)


@pytest.mark.parametrize("rule", ["paired", "one_se", "best"])
@settings(max_examples=40)
@given(grid=grids(), allowed=st.floats(0, 2), data=st.data())
def test_the_choice_is_near_and_nothing_near_is_simpler(
    rule: str, grid: Any, allowed: float, data: Any
) -> None:
    values, errors, behind = grid
    finite = list(map(tuple, np.argwhere(np.isfinite(values))))
    reference = data.draw(st.sampled_from(finite)) if rule == "paired" else lowest_place(values)
    near = near_reference(rule, values, errors, behind, reference, allowed)
    assert near[reference]
    for place in finite:
        is_near = {
            "paired": behind[place] <= allowed,
            "one_se": values[place] <= values[reference] + errors[reference],
            "best": behind[place] <= 0,
        }[rule]
        assert near[place] == (place == reference or is_near)
    assert near.sum() == sum(near[place] for place in finite)
    chosen = simplest_place(near)
    assert near[chosen]
    assert all(simplicity(chosen) <= simplicity(tuple(each)) for each in np.argwhere(near))


def test_a_standard_error_that_is_not_known_allows_nothing() -> None:
    values = np.array([[1.0, 1.0 + 1e-9]])
    near = near_reference("one_se", values, np.full((1, 2), np.nan), np.zeros((1, 2)), (0, 0), 1.0)
    assert near.tolist() == [[True, False]]
