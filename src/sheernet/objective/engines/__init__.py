"""Engines, which evaluate objectives: the reference engine (NumPy) specifies the compiled engine (C++).

choice.py            selection of the engine        environment.py      versions and hardware, for reports
reference_engine.py  the objective in NumPy         compiled_engine.py  the objective in C++ (native/)
description.py       properties of both engines     threads.py          limits for the threads of BLAS
used_rows.py         rows with positive weight of both engines as tables, and their moments
stored_rows.py       rows of both engines as vectors that can be stored and evaluated in place
"""

from sheernet.network import compiled_extension as native
from sheernet.network.prediction import predict
from sheernet.objective.engines.choice import ENGINES, resolve
from sheernet.objective.engines.environment import describe

__all__ = ["ENGINES", "describe", "native", "predict", "resolve"]
