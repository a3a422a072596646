"""Explain the predictions of a model.

importance.py           `importance_of`: the importance of each column by several measures
importance_measures.py  each measure of a column, computed from the model and rows
importance_result.py    `Importance`: the measures as a table
explained_rows.py       the rows that explain a model, and those on which its errors are measured
"""

from sheernet.models.explaining.importance import importance_of
from sheernet.models.explaining.importance_result import Importance, Measure

__all__ = ["Importance", "Measure", "importance_of"]
