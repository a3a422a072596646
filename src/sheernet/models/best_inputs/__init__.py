"""Search the inputs with which a model predicts a wanted, the largest or the smallest value (`Model.optimize`).

best_inputs.py          `best_inputs_of`: reads the arguments, searches, and predicts the solutions
best_inputs_result.py   `BestInputs` and `MeasuredRow`: the result, as text, tables and plain data
terms.py                what is wanted of predictions and of sums of columns
search_space.py         ranges of numbers, labels, and fixed values
input_problem.py        the objective and the constraints, and their minimization by SLSQP
input_search.py         starts, choices of labels, and the most typical of equally good inputs
"""

from sheernet.models.best_inputs.best_inputs import best_inputs_of
from sheernet.models.best_inputs.best_inputs_result import BestInputs, MeasuredRow

__all__ = ["BestInputs", "MeasuredRow", "best_inputs_of"]
