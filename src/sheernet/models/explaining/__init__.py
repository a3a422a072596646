"""Explain a model: what it is, how its predictions depend on columns, and where a single prediction comes from.

summary.py              `summarize`: networks, coefficients, likelihood, starts, and what the weights show
headline.py             `headline`: quality, most important columns and cautions in plain sentences
coefficient_table.py    weights with standard errors; without hidden layers, the coefficients of a regression
member_statistics.py    effective parameters, noise, AIC and BIC of a member; a joint test of all terms of a regression
network_diagnosis.py    inputs without effect, and inputs that determine each other, in words
summary_text.py         a summary as text or HTML
importance.py           `importance_of`: the importance of each column by several measures
importance_measures.py  each measure of a column, computed from the model and rows
importance_result.py    `Importance`: the measures as a table
effects.py              effects of columns: accumulated local effects and partial dependence
effect_curves.py        the results of effects.py: curves, effects of pairs, and tables
effects_text.py         the results of effects.py as text
uncertainty_text.py     values with the half width of their bands
local_effects.py        accumulated local effects of one column
label_differences.py    differences of the effects of two labels, and the mean true value of each label
pair_effects.py         joint effects of two columns
dependence.py           how the effect of one column depends on the value of another one
column_notices.py       sentences about columns of labels that another column determines, and about possible codes
nearby_rows.py          pairs of values with rows near them
column_parts.py         features of a column that change together, and their values
decoding.py             predictions as functions of the features, and their derivatives
profile.py              the prediction at a point, and how it changes as each column changes alone
profile_curves.py       the results of profile.py: curves, tables and text
chosen_point.py         a row that a caller chose, or a typical row
column_cells.py         values of columns as cells of a table
data_distance.py        how far rows are from the training rows
drawn_rows.py           a random choice of rows, with case weights, for importance
prediction_sums.py      sums of predictions over rows, and their variance
contributions.py        contributions of the columns to predictions: Shapley values
reference_rows.py       the rows from whose mean prediction contributions are measured
row_explanation.py      where the prediction of one row comes from, and how far the row is from others
network_diagram.py      layout of a network diagram, which plots draw
network_svg.py          a network diagram as SVG
given_table.py          a table that a caller gives to explain a model, and the roles of its rows in the fit
"""

from sheernet.models.explaining.contributions import Contributions, contributions_of
from sheernet.models.explaining.data_distance import DataDistance, data_distance_of
from sheernet.models.explaining.effect_curves import Effect, Effects, PairEffect
from sheernet.models.explaining.effects import compute_effects, effects_of
from sheernet.models.explaining.given_table import given_table
from sheernet.models.explaining.importance import importance_of
from sheernet.models.explaining.importance_result import Importance, Measure
from sheernet.models.explaining.profile import profile_of
from sheernet.models.explaining.profile_curves import Profile, ProfileCurve
from sheernet.models.explaining.row_explanation import (
    RowExplanation,
    explain_encoded,
    explanation_of,
)
from sheernet.models.explaining.summary import Summary, summarize

__all__ = [
    "Contributions",
    "DataDistance",
    "Effect",
    "Effects",
    "Importance",
    "Measure",
    "PairEffect",
    "Profile",
    "ProfileCurve",
    "RowExplanation",
    "Summary",
    "compute_effects",
    "contributions_of",
    "data_distance_of",
    "effects_of",
    "explain_encoded",
    "explanation_of",
    "given_table",
    "importance_of",
    "profile_of",
    "summarize",
]
