"""The strongest dependence of a joint effect: which values it names, and in which order."""

from __future__ import annotations

import numpy as np
import pytest

from sheernet.models.explaining.dependence import Dependence, strongest_dependence

EVEN = np.full(3, 1 / 3)
YES = np.ones((3, 3), dtype=bool)


def found(joint: np.ndarray, allowed=YES, labels=(False, False), column=None) -> Dependence | None:
    def combined(places, factors):
        values = (factors * joint[places[..., 0], places[..., 1]]).sum(axis=1)
        return values, 0.1 * np.abs(values)

    return strongest_dependence(joint, allowed, YES, (EVEN, EVEN), labels, combined, column)


A, B = np.array([0.0, 1.0, 3.0]), np.array([-1.0, 0.0, 2.0])


def test_of_a_product_names_the_ends() -> None:
    """Of a b + 10 b, the effect of a from 0 to 3 is 3 b: 6 for b = 2, and -3 for b = -1."""
    each = found(np.outer(A, B) + 10.0 * B)
    assert (each.column, each.ends, each.held) == (0, (0, 2), (2, 0))
    assert each.effects == pytest.approx([6.0, -3.0])
    assert each.stds == pytest.approx([0.6, 0.3])
    assert (each.difference, each.difference_std) == (pytest.approx(9.0), pytest.approx(0.9))
    assert each.curves == pytest.approx((A[:, None] + 10.0) * [2.0, -1.0])  # at their own levels


def test_changes_the_column_with_the_smaller_effect() -> None:
    assert found(np.outer(A, B) + 10.0 * A[:, None]).column == 1
    assert found(np.outer(A, B) + 10.0 * A[:, None], column=0).column == 0


def test_of_the_second_column_is_that_of_the_first_exchanged() -> None:
    joint = np.outer(A, B) + 10.0 * B
    first, second = found(joint), found(joint.T)
    assert second.column == 1
    assert (second.ends, second.held) == (first.ends, first.held)
    assert second.effects == pytest.approx(first.effects)
    assert second.difference == pytest.approx(first.difference)
    assert second.curves == pytest.approx(first.curves)


def test_uses_only_allowed_values() -> None:
    allowed = YES.copy()
    allowed[2, 2] = False  # 2.5 (0 - -1) = 2.5 is less than 1 (2 - -1) = 3
    each = found(np.outer([0.0, 1.0, 2.5], B) + 10.0 * B, allowed)
    assert (each.ends, each.held) == ((0, 1), (2, 0))
    allowed[:, 1:] = False
    assert found(np.outer(A, B), allowed) is None


def test_the_larger_effect_of_labels_is_positive() -> None:
    """From a = 0 to 3 the effect is -3 b - 3: with the labels exchanged 9 for b = 2."""
    joint = -np.outer(A, B) - A[:, None] + 10.0 * B
    assert found(joint).effects == pytest.approx([-9.0, 0.0])
    each = found(joint, labels=(True, False))
    assert (each.ends, each.held) == ((2, 0), (2, 0))
    assert each.effects == pytest.approx([9.0, 0.0])


def test_the_curves_know_near_which_values_there_are_rows() -> None:
    near = YES.copy()
    near[1, 0] = False

    def combined(places, factors):
        return np.zeros(len(factors)), np.zeros(len(factors))

    joint = np.outer(A, B) + 10.0 * B
    each = strongest_dependence(joint, YES, near, (EVEN, EVEN), (False, False), combined)
    assert each.held == (2, 0)
    assert each.near.tolist() == [[True, True], [True, False], [True, True]]
