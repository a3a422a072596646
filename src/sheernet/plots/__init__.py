"""Plots with matplotlib: each function draws on the given axes, or on a new figure, and returns the axes.

    activation_plot.py          an activation function and its derivative
    agreement_plots.py          predictions against true values, and residuals; the numbers are in agreement.py
    calibration_plot.py         predicted probabilities against observed frequencies
    comparison_plot.py          the progress of several optimizers on one problem
    confusion_plot.py           a confusion matrix
    cost_along_weight_plot.py   cost along one weight, with its tangent
    cost_map_plot.py            cost over two weights or the plane of paths, with the paths; computed in cost_plane.py
    cost_plot.py                cost over iterations
    density_plot.py             predictive densities of rows
    displays.py                 displays of estimators in the style of scikit-learn
    effects_plot.py             predictions over each column; computed in sheernet.models.explaining
    error_histogram_plot.py     a histogram of errors
    evidence_plot.py            log densities and log evidence over sizes
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
    roc_plot.py                 true against false positives
    selection_plot.py           errors on left-out rows over sizes and decays
    starts_plot.py              final objectives of many starts
    step_errors_plot.py         error of numerical derivatives against their step
    surface_animation_plot.py   predictions by iteration, as GIF or HTML
    taylor_plot.py              a Taylor test
    weights_plot.py             weights over iterations
    loss_curve_plot.py          loss and validation score of an estimator, for its display
    parameter_space.py          weights as points, their names, and an objective at many of them
    estimator_source.py         the model or network of a fitted estimator, and the member of a model
    judged_rows.py              rows with known targets, and their predictions by a model
    class_rows.py               true classes and predicted probabilities
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
from sheernet.plots.calibration_plot import calibration
from sheernet.plots.comparison_plot import comparison
from sheernet.plots.confusion_plot import confusion
from sheernet.plots.cost_along_weight_plot import cost_along_weight
from sheernet.plots.cost_map_plot import cost_map
from sheernet.plots.cost_plot import cost
from sheernet.plots.density_plot import density
from sheernet.plots.displays import EffectsDisplay, ImportanceDisplay, LossCurveDisplay
from sheernet.plots.effects_plot import effects
from sheernet.plots.error_histogram_plot import error_histogram
from sheernet.plots.evidence_plot import evidence
from sheernet.plots.gradient_agreement_plot import gradient_agreement
from sheernet.plots.gradient_errors_plot import gradient_errors
from sheernet.plots.importance_plot import importance
from sheernet.plots.intervals_plot import intervals
from sheernet.plots.network_plot import network
from sheernet.plots.pair_effects_plot import pair_effects
from sheernet.plots.picture_file import save
from sheernet.plots.profile_plot import profile
from sheernet.plots.response_surface_plot import response_surface, surface_limits
from sheernet.plots.roc_plot import roc
from sheernet.plots.selection_plot import selection
from sheernet.plots.starts_plot import starts
from sheernet.plots.step_errors_plot import step_errors
from sheernet.plots.surface_animation_plot import SurfaceAnimation, surface_animation
from sheernet.plots.taylor_plot import taylor
from sheernet.plots.weights_plot import weights

__all__ = [
    "EffectsDisplay",
    "ImportanceDisplay",
    "LossCurveDisplay",
    "SurfaceAnimation",
    "activation",
    "calibration",
    "comparison",
    "confusion",
    "cost",
    "cost_along_weight",
    "cost_map",
    "density",
    "effects",
    "error_histogram",
    "evidence",
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
    "roc",
    "save",
    "selection",
    "starts",
    "step_errors",
    "surface_animation",
    "surface_limits",
    "taylor",
    "weights",
]
