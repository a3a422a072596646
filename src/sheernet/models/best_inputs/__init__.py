"""Search the inputs with which a model predicts a wanted, the largest or the smallest value (`Model.optimize`).

best_inputs.py          `best_inputs_of`: reads the arguments, searches, and predicts the solutions
best_inputs_result.py   `BestInputs` and `Solution`: the result, as text, tables and plain data
goals.py                the wanted predictions
search_space.py         ranges of numbers, labels, and fixed values
goal_surface.py         the goals and the distance from the data, with their gradients
input_search.py         many starts, choices of labels, and the most typical of equally good inputs
bounded_descent.py      minimizers on the unit cube
"""

from sheernet.models.best_inputs.best_inputs import best_inputs_of
from sheernet.models.best_inputs.best_inputs_result import BestInputs, Solution

__all__ = ["BestInputs", "Solution", "best_inputs_of"]
