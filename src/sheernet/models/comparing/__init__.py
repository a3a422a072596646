"""Several methods on one problem: the same rows, the same starts, side by side.

    table -> prepare -> fit_prepared(method) for each -> Comparison -> rows, text, plots.comparison

runs.py           trains the methods one after the other
comparison.py     Comparison: the models, and what they reached as plain numbers
verdict_words.py  the same as a table and a sentence
conditions.py     what they had in common: data, network and settings
"""

from __future__ import annotations

from sheernet.models.comparing.comparison import Comparison
from sheernet.models.comparing.runs import METHODS, compare, run, settings_by_method

__all__ = ["METHODS", "Comparison", "compare", "run", "settings_by_method"]
