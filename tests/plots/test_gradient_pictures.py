"""Plots of gradient checks, step errors and Taylor tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import sheernet as sn
from sheernet.derivatives import Block, StepErrors, TaylorTest, check_jacobian
from sheernet.plots.gradient_agreement_plot import GradientPairs
from sheernet.plots.gradient_errors_plot import error_maps
from sheernet.plots.step_errors_plot import step_curves
from sheernet.plots.taylor_plot import TaylorRemainders

CUBE, GRADIENT = (lambda x: float(np.sum(x**3))), (lambda x: 3 * x**2)


def report_of(wrong: tuple[int, ...] = (), size: int = 13, blocks=None, extent: str = "entries"):
    """A check of the sum of cubes whose gradient is 10 % off in some entries."""
    factor = np.where(np.isin(np.arange(size), wrong), 1.1, 1.0)
    problem = sn.Problem(
        CUBE, lambda x: factor * 3 * x**2, np.linspace(1.0, 2.0, size), blocks=blocks
    )
    return sn.check_gradient(problem, extent=extent)


def with_nan(report):
    """The same, but that its first entry is not finite."""
    analytic = report.analytic.copy()
    analytic[0] = np.nan
    return replace(report, analytic=analytic, verdicts=("inconclusive", *report.verdicts[1:]))


LAYERS = {
    "W1": Block(slice(0, 6), (2, 3), layer=1),
    "b1": Block(slice(6, 9), (3,), layer=1, is_bias=True),
    "W2": Block(slice(9, 12), (3, 1), layer=2),
    "b2": Block(slice(12, 13), (1,), layer=2, is_bias=True),
}
ONE_LAYER = {"W": Block(slice(0, 4), (2, 2), layer=1), "b": Block(slice(4, 6), (2,), 1, True)}


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

    def test_of_directions_are_refused_with_what_to_do(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"all 13 entries.*extent='entries'"):
            sn.plots.gradient_errors(report_of(extent="directions"))

    def test_of_several_layers_do_not_fit_on_one_ax(self) -> None:
        with pytest.raises(sn.ShapeMismatch, match=r"one layer but there are 2; omit ax"):
            sn.plots.gradient_errors(report_of(blocks=LAYERS), ax=Figure().add_subplot())


class TestPictureOfErrors:
    def test_crosses_stand_on_what_fails(self) -> None:
        ax = sn.plots.gradient_errors(report_of((1, 4), size=6, blocks=ONE_LAYER))
        crosses = [line.get_xydata().tolist() for line in ax.lines if line.get_marker() == "x"]
        assert [[1, 0], [0, 2]] in crosses  # column and row: W[0,1] and the first bias
        assert ax.get_title() == "2 of 6 entries fail; worst is x[4]"

    def test_where_all_is_right_there_are_none(self) -> None:
        ax = sn.plots.gradient_errors(report_of(blocks=LAYERS))
        assert all(line.get_xydata().size == 0 for line in ax.lines if line.get_marker() == "x")
        assert ax.figure.get_suptitle() == "All 13 entries pass"
        assert not ax.figure.legends

    @pytest.mark.parametrize("size", [1, 9, 500])
    def test_odd_sizes_can_be_drawn(self, size: int, tmp_path) -> None:
        sn.plots.save(sn.plots.gradient_errors(report_of((0,), size=size)), tmp_path / "errors.png")


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

    def test_that_are_not_finite_at_all_are_refused(self) -> None:
        problem = sn.Problem(lambda x: float("nan"), lambda x: [np.nan], [1.0])
        with pytest.raises(sn.InvalidInput, match="no finite derivatives to draw"):
            sn.plots.gradient_agreement(sn.check_gradient(problem))


class TestPictureOfAgreement:
    def test_verdicts_differ_by_marker_and_the_worst_is_named(self) -> None:
        ax = sn.plots.gradient_agreement(report_of((3, 5)))
        lines = {line.get_label(): line for line in ax.lines}
        assert {"equal", "11 pass", "2 fail"} < set(lines)
        assert lines["11 pass"].get_marker() != lines["2 fail"].get_marker()
        worst = next(line for label, line in lines.items() if label.startswith("worst: x["))
        assert worst.get_xydata().tolist()[0] in lines["2 fail"].get_xydata().tolist()

    def test_everything_lies_inside(self) -> None:
        wide = np.linspace(-15.0, 9.0, 41)
        for report in (
            report_of((3,)),
            report_of((3,), extent="directions"),
            sn.check_gradient(lambda x: float(np.sum(np.exp(x))), np.exp, wide),
            sn.check_gradient(lambda x: -float(np.sum(np.exp(x))), lambda x: -np.exp(x), wide),
        ):
            ax = sn.plots.gradient_agreement(report)
            for line in ax.lines:
                x, y = line.get_xydata().T
                assert ax.get_xlim()[0] <= x.min() <= x.max() <= ax.get_xlim()[1]
                assert ax.get_ylim()[0] <= y.min() <= y.max() <= ax.get_ylim()[1]


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

    def test_make_a_v_whose_bottom_is_where_theory_has_it(self) -> None:
        x = np.linspace(0.2, 1.0, 5)
        problem = sn.Problem(
            lambda x: float(np.exp(x).sum()), np.exp, x, complex_value=lambda x: np.exp(x).sum()
        )
        found = sn.derivatives.step_errors(problem)
        ax = sn.plots.step_errors(found)
        best = {
            line.get_label().partition(":")[0]: line.get_xdata()[line.get_markevery()[0]]
            for line in ax.lines
            if "difference" in line.get_label()
        }
        assert 1e-9 <= best["forward difference"] <= 1e-7 < best["central difference"] <= 1e-4
        usual = next(line for line in ax.lines if line.get_label().startswith("h = "))
        assert usual.get_xdata()[0] == pytest.approx(np.finfo(float).eps ** (1 / 3))
        assert ax.get_title() == "Error of numerical derivatives, compared with the complex step"

    def test_an_error_of_0_has_a_place_and_is_said(self) -> None:
        errors = {"complex": np.array([0.0, 1e-16, 1e-6])}
        ax = sn.plots.step_errors(StepErrors(self.STEPS, errors, "complex step"))
        assert min(ax.lines[0].get_ydata()) == pytest.approx(1e-17)
        assert "errors of 0" in ax.get_legend().get_texts()[-1].get_text()


def taylor_of(factor: float = 1.0) -> TaylorTest:
    return sn.derivatives.taylor_test(
        lambda x: float(np.exp(x).sum()), lambda x: factor * np.exp(x), [0.5, 1.0]
    )


class TestRemainders:
    @pytest.mark.parametrize(("factor", "slope"), [(1.0, 2), (1.3, 1)])
    def test_follow_the_line_of_their_slope(self, factor: float, slope: int) -> None:
        found = TaylorRemainders.of(taylor_of(factor))
        near = found.above & (found.steps < 1e-3)
        assert np.allclose(found.remainders[near] / found.guides[slope][near], 1.0, rtol=0.2)
        assert not np.allclose(
            found.remainders[near] / found.guides[3 - slope][near], 1.0, rtol=0.2
        )

    def test_with_a_hessian_have_a_line_of_slope_3(self) -> None:
        test = sn.derivatives.taylor_test(
            lambda x: float(np.exp(x).sum()),
            np.exp,
            [0.5, 1.0],
            hessian_vector=lambda x, v: np.exp(x) * v,
        )
        assert list(TaylorRemainders.of(test).guides) == [1, 2, 3]
        assert "v·Hv" in sn.plots.taylor(test).get_ylabel()

    def test_of_a_linear_function_are_noise_and_have_no_lines(self) -> None:
        test = sn.derivatives.taylor_test(lambda x: 3 * x[0], lambda x: [3.0], [1.0])
        found = TaylorRemainders.of(test)
        assert not found.above.any()
        assert found.guides == {}
        assert (
            sn.plots.taylor(test).get_title()
            == "Taylor test: pass; no remainder is above the noise"
        )

    def test_that_are_not_finite_are_left_out_or_refused(self) -> None:
        steps = np.array([1.0, 0.5])
        test = TaylorTest(
            steps, np.array([np.inf, 1.0]), 1e-16, np.array([np.nan]), 2, "inconclusive"
        )
        assert TaylorRemainders.of(test).steps.tolist() == [0.5]
        nothing = TaylorTest(
            steps, np.array([np.inf, np.nan]), 1e-16, np.array([np.nan]), 2, "inconclusive"
        )
        with pytest.raises(sn.InvalidInput, match="no finite remainder to draw"):
            TaylorRemainders.of(nothing)

    def test_the_noise_is_a_line_and_a_wrong_gradient_is_told(self) -> None:
        test = taylor_of(1.3)
        ax = sn.plots.taylor(test)
        noise = next(line for line in ax.lines if line.get_label().startswith("rounding noise"))
        assert noise.get_ydata()[0] == test.noise
        assert ax.get_title().startswith("Taylor test: FAIL; the remainder decreases as h^1.0")
