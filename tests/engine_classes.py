"""The classes of the engines that are installed here."""

from __future__ import annotations

from sheernet.network import compiled_extension
from sheernet.objective.engines.compiled_engine import CompiledEngine
from sheernet.objective.engines.reference_engine import ReferenceEngine

CLASSES = (
    [ReferenceEngine, CompiledEngine]
    if compiled_extension.NATIVE is not None
    else [ReferenceEngine]
)
"""For tests that put something in a method's place: whichever engine runs then has it."""
