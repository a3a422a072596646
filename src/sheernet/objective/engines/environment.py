"""Versions, engine, instruction set and threads of this machine, for reports (`describe`)."""

from __future__ import annotations

import os
import platform

import numpy as np

from sheernet.foundation.message_text import counted
from sheernet.foundation.processors import usable_processors
from sheernet.network import compiled_extension
from sheernet.objective.engines.choice import resolve
from sheernet.version import __version__


def describe() -> dict[str, str]:
    """Describe the environment in which objectives are evaluated.

    Returns
    -------
    dict of str to str
        Versions of sheernet, Python and NumPy; the machine; the engine, and the reason if it is the reference engine;
        instruction set and threads.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.engines.describe()["engine"] == sn.engines.resolve("auto")
    True
    """
    facts = {
        "sheernet": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": f"{platform.system()} {platform.machine()}, {_processors()}",
        "engine": resolve("auto"),
    }
    extension = compiled_extension.load()
    if extension is None:
        return {**facts, "because": str(compiled_extension.WHY_NOT), "threads": _threads_of_blas()}
    from sheernet.network.prediction import instruction_set
    from sheernet.objective.engines.compiled_engine import default_threads

    built = extension.build_info()
    return {
        **facts,
        "instructions": instruction_set(),
        "threads": f"{default_threads()}; {_threads_of_blas()}",
        "C++ code": "built by "
        + ", ".join(built[key] for key in ("compiler", "standard", "architecture")),
    }


def _processors() -> str:
    """Return the number of processors and, if it is lower, the number that this process may use."""
    total = os.cpu_count() or 1
    usable = usable_processors()
    number = counted(total, "processor")
    return number if usable == total else f"{number}, {usable} usable"


def _threads_of_blas() -> str:
    """Return the threads of NumPy's BLAS; `sheernet.train` limits them to one."""
    from threadpoolctl import threadpool_info

    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    found = {f"{pool['num_threads']} ({pool['internal_api']})" for pool in pools}
    return f"of BLAS: {', '.join(sorted(found)) or 'unknown'}; training uses one"
