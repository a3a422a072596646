"""Scaling: small, frozen, invertible, and kept with the model, because it is part of what was fitted.

scaler.py         a shift and a scale for each column
scaling_rules.py  how they come about: the one list of rules
"""

from __future__ import annotations

from sheernet.data.preprocessing.scaler import Scaler
from sheernet.data.preprocessing.scaling_rules import KINDS

__all__ = ["KINDS", "Scaler"]
