"""Scaling columns by a shift and a scale, and transforming targets; both are learned from the training rows.

scaler.py             Scaler: an immutable, invertible scaling, stored with the model
scaling_rules.py      the rules by which shift and scale are computed
target_transforms.py  logarithm and Yeo-Johnson, which bring the distribution of a target closer to a normal one
"""

from __future__ import annotations

from sheernet.data.preprocessing.scaler import Scaler
from sheernet.data.preprocessing.scaling_rules import KINDS
from sheernet.data.preprocessing.target_transforms import LogTransform, YeoJohnson, transform_from

__all__ = ["KINDS", "LogTransform", "Scaler", "YeoJohnson", "transform_from"]
