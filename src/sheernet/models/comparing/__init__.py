"""Compare optimizers on one problem: the same rows and the same starts.

    table -> prepare -> fit_prepared(method) for each -> Comparison -> rows, text, plots.comparison

runs.py           `compare`: train the methods one after the other
comparison.py     Comparison: the models, and their results as plain numbers
verdict_words.py  the results as a table and a sentence
conditions.py     what the methods have in common: data, network and settings
"""

from __future__ import annotations

from sheernet.models.comparing.comparison import Comparison
from sheernet.models.comparing.runs import METHODS, compare, run, settings_by_method

__all__ = ["METHODS", "Comparison", "compare", "run", "settings_by_method"]
