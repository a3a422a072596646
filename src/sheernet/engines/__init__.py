"""Engines evaluate an objective.  The reference, in NumPy, is the specification; a compiled one must agree with it.

Which one runs is decided in one function, `resolve`, and written in the record.
"""

from __future__ import annotations

import os
import platform

import numpy as np

from sheernet.engines import native
from sheernet.errors import EngineUnavailable, unknown_name
from sheernet.version import __version__

ENGINES = ("auto", "reference", "compiled")


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
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "engine": resolve("auto"),
    }
    if extension is None:
        return {**facts, "C++ code": str(native.WHY_NOT)}
    built = extension.build_info()
    build = ", ".join(built[key] for key in ("compiler", "standard", "architecture"))
    return {**facts, "C++ code": f"built ({build})", "instructions": extension.instruction_set()}
