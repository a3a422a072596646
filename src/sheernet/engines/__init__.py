"""Engines evaluate an objective.  The reference, in NumPy, is the specification; a compiled one must agree with it.

Which one runs is decided in one function, `resolve`, and written in the record.
"""

from __future__ import annotations

import os
import platform
from importlib import metadata

import numpy as np

from sheernet.engines import native
from sheernet.errors import EngineUnavailable, unknown_name
from sheernet.version import __version__

ENGINES = ("auto", "reference", "compiled")
PACKAGES = ("scipy", "pandas", "scikit-learn", "matplotlib", "pyarrow", "openpyxl")
"""What calculations, tables and pictures rely on beside NumPy."""


def resolve(engine: str) -> str:
    """Turn "auto" into the engine that will run; refuse one that cannot.

    Raises
    ------
    InvalidInput
        When there is no such engine.
    EngineUnavailable
        When the compiled engine is asked for: so far only its foundation is built.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.engines.resolve("auto")
    'reference'
    """
    if engine not in ENGINES:
        raise unknown_name(
            "engine",
            engine,
            ENGINES,
            {"numpy": "reference", "c++": "compiled", "native": "compiled"},
        )
    if engine == "compiled":
        native.load()
        raise EngineUnavailable(
            "the compiled engine cannot evaluate networks in this version; use engine='auto' or engine='reference'"
        )
    return "reference"


def describe() -> dict[str, str]:
    """Versions and what runs here, as facts to print.

    Returns
    -------
    dict of str to str
        Of sheernet, Python and the packages that it relies on ("not installed" where one is missing); the machine,
        the threads of BLAS, and the engine.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.engines.describe()["engine"]
    'reference'
    """
    extension = native.load()
    facts = {
        "sheernet": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        **{package: _version(package) for package in PACKAGES},
        "machine": f"{platform.system()} {platform.machine()}, {_processors()}",
        "threads": _threads(),
        "engine": resolve("auto"),
    }
    if extension is None:
        return {**facts, "C++ code": str(native.WHY_NOT)}
    built = extension.build_info()
    build = ", ".join(built[key] for key in ("compiler", "standard", "architecture"))
    return {**facts, "C++ code": f"built ({build})", "instructions": extension.instruction_set()}


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


def _threads() -> str:
    """The threads of NumPy's BLAS; a training takes fewer (`sheernet.train`)."""
    from threadpoolctl import threadpool_info

    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    found = {f"{pool['num_threads']} ({pool['internal_api']})" for pool in pools}
    return f"of BLAS: {', '.join(sorted(found)) or 'not known'}; a training takes one"
