"""Explain a model: how its predictions depend on columns, and where a single prediction comes from.

effects.py          effects of columns: accumulated local effects, partial dependence, Lek's profile
effect_curves.py    the results: curves, pairs, text and tables
local_effects.py    accumulated local effects of one column
pair_effects.py     effects of two columns together
column_parts.py     features of a column that change together, and their values
decoding.py         predictions as functions of the features, and their derivatives
prediction_sums.py  sums of predictions over rows, and their variance
given_rows.py       the rows of a table, encoded
"""

from sheernet.models.explaining.effect_curves import Effect, Effects, PairEffect
from sheernet.models.explaining.effects import compute_effects, effects_of

__all__ = ["Effect", "Effects", "PairEffect", "compute_effects", "effects_of"]
