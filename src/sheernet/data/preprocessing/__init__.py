"""Scaling: immutable, invertible scalers, which are stored with the model because they are part of the fit.

scaler.py         Scaler: a shift and a scale for each column
scaling_rules.py  how they are computed: the list of rules
"""

from __future__ import annotations

from sheernet.data.preprocessing.scaler import Scaler
from sheernet.data.preprocessing.scaling_rules import KINDS

__all__ = ["KINDS", "Scaler"]
