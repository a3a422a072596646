"""Which engine evaluates an objective: decided here and nowhere else."""

from __future__ import annotations

from sheernet.foundation.errors import EngineUnavailable, unknown_name
from sheernet.network import native
from sheernet.network.architecture import Architecture
from sheernet.objective.costs import Cost

ENGINES = ("auto", "reference", "compiled")


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
        from sheernet.objective.engines.compiled_engine import why_not

        trouble = why_not(architecture, cost)
    if engine == "compiled" and trouble is not None:
        raise EngineUnavailable(f"{trouble}; use engine='auto' or engine='reference'")
    return "reference" if engine == "reference" or trouble is not None else "compiled"
