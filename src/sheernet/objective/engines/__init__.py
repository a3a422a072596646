"""Engines evaluate an objective.  The reference, in NumPy, is the specification; the compiled one must agree with it.

choice.py            which engine runs             environment.py   what this machine offers
reference_engine.py  NumPy over propagation        compiled_engine.py, in C++ (native/)
description.py       what both say of themselves   threads.py       limits for the threads of BLAS
"""

from sheernet.network import native
from sheernet.network.prediction import predict
from sheernet.objective.engines.choice import ENGINES, resolve
from sheernet.objective.engines.environment import describe

__all__ = ["ENGINES", "describe", "native", "predict", "resolve"]
