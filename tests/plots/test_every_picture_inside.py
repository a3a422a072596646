"""As test_every_picture.py, by names that are not published."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

import sheernet as sn
from plots.test_every_picture import LINE, NET, NOT_GIVEN, ROWS, line_model
from selections import selection_of
from sheernet.data.targets.judgment import ClassificationFit
from sheernet.training import Starts

STARTS = Starts(
    np.array([2.0, 1.0]), ("max_iterations",) * 2, np.ones(2, int), np.zeros(2), 1, 0, "glorot"
)


MATRIX = ClassificationFit(
    rows=4, accuracy=0.75, log_loss=0.5, majority=0.5, confusion=((2, 0), (1, 1))
)


CUBES = (lambda x: float(np.sum(x**3))), (lambda x: [3 * x[0] ** 2, 3.3 * x[1] ** 2]), [1.0, 2.0]


PICTURES = {
    "activation": lambda record, ax: sn.plots.activation("relu", ax=ax),
    "cost": lambda record, ax: sn.plots.cost(record([3.0, 1.0], validation=[2.0, 1.0]), ax=ax),
    "costs": lambda record, ax: sn.plots.cost({"a": record([3.0, 1.0]), "b": record([2.0])}, ax=ax),
    "network": lambda record, ax: sn.plots.network(NET, ["a", "b"], ["c"], ax=ax),
    "explanation": lambda record, ax: sn.plots.network(
        sn.explain(NET, ROWS, [0.0, 1.0, 2.0]), ["a", "b"], ["c"], ax=ax
    ),
    "surface": lambda record, ax: sn.plots.response_surface(NET, ROWS, ax=ax),
    "predicted": lambda record, ax: sn.plots.predicted_against_true([1.0, 2.0], [1.0, 3.0], ax=ax),
    "residuals": lambda record, ax: sn.plots.residuals([1.0, 2.0], [1.0, 3.0], ax=ax, held_out=[1]),
    "confusion": lambda record, ax: sn.plots.confusion(MATRIX, classes=("no", "yes"), ax=ax),
    "effects": lambda record, ax: sn.plots.effects(line_model(), LINE, ax=ax),
    "profile": lambda record, ax: sn.plots.profile(line_model(), {"x": 1.0}, ax=ax),
    "selection": lambda record, ax: sn.plots.selection(
        selection_of([[2.0, 1.0], [1.5, 3.0]]), ax=ax
    ),
    "pair effects": lambda record, ax: sn.plots.pair_effects(line_model(), LINE, ax=ax),
    "importance": lambda record, ax: sn.plots.importance(
        line_model().importance(LINE, points=64), ax=ax
    ),
    "starts": lambda record, ax: sn.plots.starts(STARTS, ax=ax),
    "gradient errors": lambda record, ax: sn.plots.gradient_errors(
        sn.check_gradient(*CUBES), ax=ax
    ),
    "gradient agreement": lambda record, ax: sn.plots.gradient_agreement(
        sn.check_gradient(*CUBES), ax=ax
    ),
    "step errors": lambda record, ax: sn.plots.step_errors(
        sn.derivatives.step_errors(*CUBES), ax=ax
    ),
    "intervals": lambda record, ax: sn.plots.intervals(([0.0], [1.0]), [0.5], ax=ax),
}


@pytest.mark.parametrize("name", PICTURES)
class TestEveryPicture:
    def test_returns_the_axes_that_it_is_given(self, name, record) -> None:
        ax = Figure().add_subplot()
        assert PICTURES[name](record, ax) is ax

    def test_leaves_the_settings_of_others_alone(self, name, record) -> None:
        with matplotlib.rc_context({"font.size": 33.0, "axes.facecolor": "black"}):
            before = dict(matplotlib.rcParams)
            ax = PICTURES[name](record, None)
            assert isinstance(ax.figure, Figure)
            assert dict(matplotlib.rcParams) == before

    def test_belongs_to_pyplot_if_the_program_has_imported_it(self, name, record) -> None:
        pyplot.close("all")
        ax = PICTURES[name](record, None)
        assert [pyplot.figure(number) for number in pyplot.get_fignums()] == [ax.figure.figure]

    def test_on_given_axes_opens_no_figure(self, name, record) -> None:
        pyplot.close("all")
        PICTURES[name](record, Figure().add_subplot())
        assert pyplot.get_fignums() == []

    def test_has_a_title_and_can_be_saved(self, name, record, tmp_path) -> None:
        ax = PICTURES[name](record, None)
        assert ax.get_title() or ax.figure.get_suptitle()
        assert sn.plots.save(ax, tmp_path / "picture.png").stat().st_size > 1000

    def test_has_its_title_inside_the_figure(self, name, record) -> None:
        figure = PICTURES[name](record, None).figure
        figure.canvas.draw()
        if figure.get_suptitle():
            box = figure._suptitle.get_window_extent()
            assert figure.bbox.x0 <= box.x0
            assert box.x1 <= figure.bbox.x1

    def test_keeps_the_text_color_of_the_axes_that_it_is_given(self, name, record) -> None:
        with matplotlib.rc_context({"text.color": "yellow"}):
            ax = Figure().add_subplot()
            PICTURES[name](record, ax)
        if ax.get_legend() is not None:
            assert {text.get_color() for text in ax.get_legend().get_texts()} == {"yellow"}
        assert ax.title.get_color() == "yellow"


@pytest.mark.parametrize("given", [object(), sn.Architecture((2, 1)), None], ids=type)
@pytest.mark.parametrize(
    "name", [name for name in sn.plots.__all__ if name[0].islower() and name != "surface_limits"]
)
def test_what_a_picture_cannot_draw_is_refused_with_a_sentence(name, given) -> None:
    with pytest.raises(sn.InvalidInput, match=r"(must|needs?) .*but .* was given"):
        getattr(sn.plots, name)(given, *NOT_GIVEN.get(name, ()))
