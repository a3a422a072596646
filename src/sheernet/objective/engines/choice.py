"""Selection of the engine that evaluates an objective (`resolve`)."""

from __future__ import annotations

from sheernet.foundation.errors import EngineUnavailable, require_known
from sheernet.network import Architecture, compiled_extension
from sheernet.objective.costs import Cost
from sheernet.objective.engines.compiled_engine import why_not

ENGINES = ("auto", "reference", "compiled")


def resolve(engine: str, architecture: Architecture | None = None, cost: Cost | None = None) -> str:
    """Determine the engine that will run.

    Parameters
    ----------
    engine : {"auto", "reference", "compiled"}
        "auto" selects the compiled engine if it is available and can evaluate the network.
    architecture, cost : Architecture and Cost, optional
        The objective to be evaluated.

    Raises
    ------
    InvalidInput
        If the engine is not known.
    EngineUnavailable
        If the compiled engine is requested and is not available or cannot evaluate the network.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.engines.resolve("reference")
    'reference'
    """
    require_known("engine", engine, ENGINES)
    reason = None if compiled_extension.load() is not None else compiled_extension.WHY_NOT
    if reason is None and architecture is not None and cost is not None:
        reason = why_not(architecture, cost)
    if engine == "compiled" and reason is not None:
        raise EngineUnavailable(f"{reason}; use engine='auto' or engine='reference'")
    return "reference" if engine == "reference" or reason is not None else "compiled"
