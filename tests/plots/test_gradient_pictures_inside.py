"""As test_gradient_pictures.py, by names that are not published."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from plots.test_gradient_pictures import LAYERS, report_of
from sheernet.derivatives import Block, StepErrors, check_jacobian
from sheernet.plots.gradient_agreement_plot import GradientPairs
from sheernet.plots.gradient_errors_plot import error_maps
from sheernet.plots.step_errors_plot import step_curves


def with_nan(report):
    """The same, but that its first entry is not finite."""
    analytic = report.analytic.copy()
    analytic[0] = np.nan
    return replace(report, analytic=analytic, verdicts=("inconclusive", *report.verdicts[1:]))


class TestErrorMaps:
    def test_are_layers_with_their_biases_below(self) -> None:
        report = report_of((4, 7), blocks=LAYERS)
        first, second = error_maps(report)
        expected = report.absolute / report.tolerance
        assert np.array_equal(first.ratio, expected[:9].reshape(3, 3))
        assert np.array_equal(second.ratio, expected[9:].reshape(4, 1))
        assert (first.title, first.rows, first.columns) == (
            "W1, b1",
            ("0", "1", "bias"),
            ("0", "1", "2"),
        )
        assert np.argwhere(first.failed).tolist() == [[1, 1], [2, 1]]
        assert not second.failed.any()
        assert not first.inconclusive.any()

    def test_of_pytorch_have_biases_beside(self) -> None:
        blocks = {
            "0.weight": Block(slice(0, 6), (3, 2), 1),
            "0.bias": Block(slice(6, 9), (3,), 1, True),
        }
        (one,) = error_maps(report_of((8,), size=9, blocks=blocks))
        assert (one.rows, one.columns) == (("0", "1", "2"), ("0", "1", "bias"))
        assert np.argwhere(one.failed).tolist() == [[2, 2]]

    def test_biases_without_weights_of_their_layer_stand_alone(self) -> None:
        blocks = {"W": Block(slice(0, 4), (2, 2), 1), "scale": Block(slice(4, 9), (5,), 2, True)}
        assert [one.title for one in error_maps(report_of(size=9, blocks=blocks))] == ["W", "scale"]

    def test_biases_stand_by_the_weights_of_their_own_layer_though_others_are_as_wide(self) -> None:
        blocks = {
            "W1": Block(slice(0, 4), (2, 2), 1),
            "b1": Block(slice(4, 6), (2,), 1, True),
            "W2": Block(slice(6, 10), (2, 2), 2),
            "b2": Block(slice(10, 12), (2,), 2, True),
        }
        maps = error_maps(report_of((10,), size=12, blocks=blocks))
        assert [one.title for one in maps] == ["W1, b1", "W2, b2"]
        assert np.argwhere(maps[1].failed).tolist() == [[2, 0]]

    def test_skip_connections_do_not_take_the_biases_from_the_weights(self) -> None:
        arch = sn.Architecture((2, 3, 1), skip=True)
        objective = sn.make_objective(arch, [[1.0, 2.0], [0.5, -1.0]], [1.0, 2.0])
        theta = np.linspace(-1, 1, arch.n_parameters)
        titles = [one.title for one in error_maps(sn.check_gradient(objective, theta))]
        assert titles == ["W1, b1", "W2, b2", "S"]

    def test_of_a_long_vector_are_folded(self) -> None:
        (one,) = error_maps(report_of((33,), size=45))
        assert one.ratio.shape == (3, 20)
        assert np.isnan(one.ratio[2, 5:]).all()
        assert not np.isnan(one.ratio[2, :5]).any()
        assert np.argwhere(one.failed).tolist() == [[1, 13]]
        assert one.rows == ("from 0", "from 20", "from 40")

    def test_of_kernels_join_their_last_axes(self) -> None:
        (one,) = error_maps(
            report_of((17,), size=36, blocks={"k": Block(slice(0, 36), (2, 2, 3, 3), 1)})
        )
        assert one.ratio.shape == (2, 18)
        assert np.argwhere(one.failed).tolist() == [[0, 17]]

    def test_of_a_jacobian_are_one_row(self) -> None:
        report = check_jacobian(lambda x: x**2, lambda x: np.diag(2 * x), [1.0, 2.0])
        assert [one.ratio.shape for one in error_maps(report)] == [(1, 4)]

    def test_tell_what_could_not_be_decided_and_what_is_not_finite(self) -> None:
        (one,) = error_maps(with_nan(report_of((2,), size=4)))
        assert one.inconclusive.tolist() == [[True, False, False, False]]
        assert one.failed.tolist() == [[False, False, True, False]]
        assert np.isnan(one.ratio).tolist() == [[True, False, False, False]]


class TestPairs:
    def test_are_those_of_the_report(self) -> None:
        report = report_of((3,))
        pairs = GradientPairs.of(report)
        assert np.array_equal(pairs.analytic, report.analytic)
        assert np.array_equal(pairs.numeric, report.numeric)
        assert (pairs.worst, pairs.lost, pairs.linear) == (3, 0, None)

    def test_have_no_worst_where_all_pass(self) -> None:
        assert GradientPairs.of(report_of()).worst is None

    def test_the_worst_is_found_behind_some_that_are_not_finite(self) -> None:
        report = with_nan(report_of((2,), size=4))
        pairs = GradientPairs.of(report)
        assert (pairs.lost, pairs.worst, len(pairs.analytic)) == (1, 1, 3)
        assert pairs.analytic[pairs.worst] == report.analytic[2]
        assert "1 pair not drawn: not finite" in sn.plots.gradient_agreement(report).get_title()

    def test_of_many_sizes_are_drawn_on_logarithmic_axes(self) -> None:
        x = np.linspace(-9.0, 9.0, 41)
        report = sn.check_gradient(lambda x: float(np.sum(np.exp(x))), np.exp, x)
        linear = GradientPairs.of(report).linear
        assert 1e-4 <= linear < 1.0
        ax = sn.plots.gradient_agreement(report)
        assert (ax.get_xscale(), ax.get_yscale()) == ("symlog", "symlog")
        (low, high), ticks = ax.get_xlim(), ax.get_xticks()
        assert low < np.exp(-9.0)
        assert high > np.exp(9.0)
        assert 3 <= len(ticks) <= 9


class TestStepCurves:
    STEPS = np.array([1e-9, 1e-6, 1e-3])

    def test_know_their_best_and_leave_out_what_is_not_finite(self) -> None:
        errors = {"forward": np.array([0.1, 1e-4, np.inf]), "complex": np.array([0.0, 1e-16, 1e-6])}
        forward, exact = step_curves(StepErrors(self.STEPS, errors, "complex step"))
        assert (forward.steps.tolist(), forward.best) == ([1e-9, 1e-6], 1)
        assert forward.label == "forward difference: 0.0001 at h = 1e−06"
        assert exact.label == "complex step: exact at h = 1e−09"

    def test_with_nothing_finite_are_refused(self) -> None:
        with pytest.raises(
            sn.InvalidInput, match="no numerical derivative has a finite relative error"
        ):
            step_curves(StepErrors(self.STEPS, {"forward": np.full(3, np.nan)}, "complex step"))
