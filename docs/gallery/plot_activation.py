"""
An activation function and its derivative
=========================================

The derivative of the sigmoid is 0.25 at most and almost 0 beyond five: a saturated unit hardly changes its
weights.
"""

import sheernet as sn

sn.plots.activation("sigmoid")
