"""Pictures, a function each: they draw on the axes that they are given, or on a figure of their own, and return them.

    style.py            colors, markers, fonts; new figures; text that fits
    scale.py            whether an axis is logarithmic, and where zeros go on it
    activation_curve.py an activation function and its derivative
    cost_curve.py       the cost over the iterations
    network_diagram.py  units and weights, laid out; network_numbers.py places numbers, network_drawing.py draws
    surface.py          what a network predicts over one or two of its inputs; surface_drawing.py draws it, and
                        predictor.py sees networks and models alike
    agreement.py        predictions against true values, and residuals; agreement_drawing.py draws them
    confusion_matrix.py which classes were taken for which
    race.py             several methods on the same problem
    start_ranks.py      where many starts ended
    gradient_error_map.py, analytic_and_numeric.py      what a gradient check found, by layer and by size
    step_curves.py      the error of numerical derivatives against their step
    taylor_remainders.py    a Taylor test
    saving.py           a picture into a file

Each module first computes what will be drawn, as plain numbers, and then draws it.  matplotlib is imported when a
picture is drawn; pyplot and the global settings are not touched.
"""

from __future__ import annotations

from sheernet.plots.activation_plot import activation
from sheernet.plots.agreement_plots import predicted_against_true, residuals
from sheernet.plots.comparison_plot import comparison
from sheernet.plots.confusion_plot import confusion
from sheernet.plots.cost_plot import cost
from sheernet.plots.gradient_agreement_plot import gradient_agreement
from sheernet.plots.gradient_errors_plot import gradient_errors
from sheernet.plots.network_plot import network
from sheernet.plots.picture_file import save
from sheernet.plots.response_surface_plot import response_surface
from sheernet.plots.starts_plot import starts
from sheernet.plots.step_errors_plot import step_errors
from sheernet.plots.taylor_plot import taylor

__all__ = [
    "activation",
    "comparison",
    "confusion",
    "cost",
    "gradient_agreement",
    "gradient_errors",
    "network",
    "predicted_against_true",
    "residuals",
    "response_surface",
    "save",
    "starts",
    "step_errors",
    "taylor",
]
