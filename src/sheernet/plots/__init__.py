"""Plots with matplotlib: each function draws on the given axes, or on a new figure, and returns the axes.

    activation_plot.py          an activation function and its derivative
    agreement_plots.py          predictions against true values, and residuals; the numbers are in agreement.py
    confusion_plot.py           a confusion matrix
    cost_plot.py                cost over iterations
    effects_plot.py             predictions over each column; computed in sheernet.models.explaining
    gradient_agreement_plot.py  analytic against numerical derivatives
    gradient_errors_plot.py     the error of each entry of a gradient, by layer
    importance_plot.py          importance of columns; computed in sheernet.models.explaining
    intervals_plot.py           predicted intervals and true values
    network_plot.py             units and weights; laid out in sheernet.models.explaining, labeled in network_numbers.py
    explained_diagram.py        a and delta of each unit and dJ/dW of each line of a network diagram
    pair_effects_plot.py        predictions over two columns; computed in sheernet.models.explaining
    profile_plot.py             predictions around a point; computed in sheernet.models.explaining
    response_surface_plot.py    predictions over one or two inputs; computed in surface.py, from a model or a network
                                by predictor.py
    selection_plot.py           errors on left-out rows over sizes and decays
    starts_plot.py              final objectives of many starts
    step_errors_plot.py         error of numerical derivatives against their step
    estimator_source.py         the model of a fitted estimator, and the member of a model
    judged_rows.py              rows with known targets, and their predictions by a model
    network_units.py            names and scales of a plain network
    picture_file.py             write a figure to a file
    contour_map.py              contour lines over two numeric inputs, and marks of rows
    style.py, scale.py          colors, markers, fonts and text; linear and logarithmic axes

Each module first computes numbers, with public functions and classes, and then draws them.  matplotlib is imported when
something is drawn; the global settings are not changed.  In a Jupyter notebook, and in a program that has imported
pyplot, a new figure belongs to pyplot: it appears below the cell, or when plt.show() is called.
"""

from __future__ import annotations

from sheernet.plots.activation_plot import activation
from sheernet.plots.agreement_plots import predicted_against_true, residuals
from sheernet.plots.confusion_plot import confusion
from sheernet.plots.cost_plot import cost
from sheernet.plots.effects_plot import effects
from sheernet.plots.gradient_agreement_plot import gradient_agreement
from sheernet.plots.gradient_errors_plot import gradient_errors
from sheernet.plots.importance_plot import importance
from sheernet.plots.intervals_plot import intervals
from sheernet.plots.network_plot import network
from sheernet.plots.pair_effects_plot import pair_effects
from sheernet.plots.picture_file import save
from sheernet.plots.profile_plot import profile
from sheernet.plots.response_surface_plot import response_surface, surface_limits
from sheernet.plots.selection_plot import selection
from sheernet.plots.starts_plot import starts
from sheernet.plots.step_errors_plot import step_errors

__all__ = [
    "activation",
    "confusion",
    "cost",
    "effects",
    "gradient_agreement",
    "gradient_errors",
    "importance",
    "intervals",
    "network",
    "pair_effects",
    "predicted_against_true",
    "profile",
    "residuals",
    "response_surface",
    "save",
    "selection",
    "starts",
    "step_errors",
    "surface_limits",
]
