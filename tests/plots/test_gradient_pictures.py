"""Plots of gradient checks, step errors and Taylor tests."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import sheernet as sn
from sheernet.derivatives import Block, StepErrors

CUBE, GRADIENT = (lambda x: float(np.sum(x**3))), (lambda x: 3 * x**2)


def report_of(wrong: tuple[int, ...] = (), size: int = 13, blocks=None, extent: str = "entries"):
    """A check of the sum of cubes whose gradient is 10 % off in some entries."""
    factor = np.where(np.isin(np.arange(size), wrong), 1.1, 1.0)
    problem = sn.Problem(
        CUBE, lambda x: factor * 3 * x**2, np.linspace(1.0, 2.0, size), blocks=blocks
    )
    return sn.check_gradient(problem, extent=extent)


LAYERS = {
    "W1": Block(slice(0, 6), (2, 3), layer=1),
    "b1": Block(slice(6, 9), (3,), layer=1, is_bias=True),
    "W2": Block(slice(9, 12), (3, 1), layer=2),
    "b2": Block(slice(12, 13), (1,), layer=2, is_bias=True),
}
ONE_LAYER = {"W": Block(slice(0, 4), (2, 2), layer=1), "b": Block(slice(4, 6), (2,), 1, True)}


class TestErrorMaps:
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
