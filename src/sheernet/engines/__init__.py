"""Engines evaluate an objective.  The reference, in NumPy, is the specification; a compiled one must agree with it.

Which one runs is decided in one function, `resolve`, and written in the record.
"""

from __future__ import annotations

import os
import platform
from importlib import metadata
from typing import TYPE_CHECKING

import numpy as np

from sheernet.engines import native
from sheernet.errors import EngineUnavailable, unknown_name
from sheernet.propagation import forward
from sheernet.version import __version__

if TYPE_CHECKING:
    from sheernet.architecture import Architecture
    from sheernet.arrays import Array
    from sheernet.costs import Cost

ENGINES = ("auto", "reference", "compiled")
PACKAGES = ("scipy", "pandas", "scikit-learn", "matplotlib", "pyarrow", "openpyxl")
"""What calculations, tables and pictures rely on beside NumPy."""


def resolve(engine: str, architecture: Architecture | None = None, cost: Cost | None = None) -> str:
    """Turn "auto" into the engine that will run; refuse one that cannot.

    Parameters
    ----------
    engine : {"auto", "reference", "compiled"}
        "auto" is the compiled engine where it is there and can evaluate this network.
    architecture, cost : Architecture and Cost, optional
        What is to be evaluated.

    Raises
    ------
    InvalidInput
        When there is no such engine.
    EngineUnavailable
        When the compiled engine is asked for and cannot do it.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.engines.resolve("reference")
    'reference'
    """
    if engine not in ENGINES:
        raise unknown_name(
            "engine",
            engine,
            ENGINES,
            {"numpy": "reference", "c++": "compiled", "native": "compiled"},
        )
    trouble = None if native.load() is not None else native.WHY_NOT
    if trouble is None and architecture is not None and cost is not None:
        from sheernet.engines.compiled import why_not

        trouble = why_not(architecture, cost)
    if engine == "compiled" and trouble is not None:
        raise EngineUnavailable(f"{trouble}; use engine='auto' or engine='reference'")
    return "reference" if engine == "reference" or trouble is not None else "compiled"


def predict(architecture: Architecture, theta: Array, X: Array) -> Array:
    """Outputs of a network: the one door for predictions, by the compiled engine wherever it can.

    Parameters
    ----------
    architecture : Architecture
        The network.
    theta : ndarray, (P,)
        Its weights.
    X : ndarray, (N, d_0)
        Inputs, float64 in C order.

    Returns
    -------
    ndarray, (N, K)
        a_L.  Where they overflow they say so themselves, by inf or nan.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> sn.engines.predict(sn.Architecture((2, 1)), np.array([1.0, -2.0, 0.5]), np.array([[2.0, 1.0]])).tolist()
    [[0.5]]
    """
    from sheernet.engines import compiled

    if compiled.why_no_outputs(architecture) is None:
        return compiled.predict(architecture, theta, X)
    with np.errstate(all="ignore"):
        return forward(architecture, theta, X).activations[-1]


def describe() -> dict[str, str]:
    """Versions and what runs here, as facts to print.

    Returns
    -------
    dict of str to str
        Of sheernet, Python and the packages that it relies on ("not installed" where one is missing); the machine; the
        engine, and why it is the reference where it is; instruction set and threads.

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
        **{package: _version(package) for package in PACKAGES},
        "machine": f"{platform.system()} {platform.machine()}, {_processors()}",
        "engine": resolve("auto"),
    }
    extension = native.load()
    if extension is None:
        return {**facts, "because": str(native.WHY_NOT), "threads": _threads_of_blas()}
    from sheernet.engines.compiled import default_threads, instruction_set

    built = extension.build_info()
    return {
        **facts,
        "instructions": instruction_set(),
        "threads": f"{default_threads()}; {_threads_of_blas()}",
        "C++ code": "built by "
        + ", ".join(built[key] for key in ("compiler", "standard", "architecture")),
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _processors() -> str:
    """How many there are, and how many of them this process may use, where the system tells."""
    total = os.cpu_count() or 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else total
    number = f"{total} processor{'s' if total > 1 else ''}"
    return number if usable == total else f"{number}, {usable} usable"


def _threads_of_blas() -> str:
    """The threads of NumPy's BLAS; a training takes fewer (`sheernet.train`)."""
    from threadpoolctl import threadpool_info

    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    found = {f"{pool['num_threads']} ({pool['internal_api']})" for pool in pools}
    return f"of BLAS: {', '.join(sorted(found)) or 'not known'}; a training takes one"
