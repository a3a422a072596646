"""Compare optimizers on one problem, with the same rows and the same starts.

    table -> prepare -> fit_prepared(method) for each -> Comparison -> rows, text

compare_methods.py  `compare`: train a network by several methods, one after the other
comparison.py       `Comparison`: the models, and their results as plain numbers
comparison_text.py  the results as a table and sentences, with the data, network and settings of all methods
"""

from __future__ import annotations

from sheernet.models.comparing.compare_methods import METHODS, compare, run, settings_by_method
from sheernet.models.comparing.comparison import Comparison

__all__ = ["METHODS", "Comparison", "compare", "run", "settings_by_method"]
