"""Scaling columns by a shift and a scale, which are learned from the training rows.

scaler.py         Scaler: an immutable, invertible scaling, stored with the model
scaling_rules.py  the rules by which shift and scale are computed
column_moments.py  Moments: ranges, means and variances of parts of the rows, which are merged
"""

from __future__ import annotations

from sheernet.data.preprocessing.scaler import Scaler
from sheernet.data.preprocessing.scaling_rules import KINDS

__all__ = ["KINDS", "Scaler"]
