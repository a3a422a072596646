# The extension module, for type checkers; the code is in native/bindings.cpp.

from collections.abc import Sequence
from typing import Literal, TypeAlias, TypedDict

import numpy.typing as npt

from sheernet.arrays import Array

InstructionSet: TypeAlias = Literal["avx512", "avx2", "baseline"]

class BuildInfo(TypedDict):
    compiler: str
    standard: str
    architecture: str
    assertions: bool

def instruction_set() -> InstructionSet: ...
def instruction_sets() -> list[InstructionSet]: ...
def build_info() -> BuildInfo: ...
def apply(instructions: str, function: str, x: Array) -> tuple[Array, Array]: ...
def pack(X: Array, y: Array) -> Data: ...
def unpack(data: Data, n_inputs: int, n_outputs: int) -> tuple[Array, Array]: ...

class Plan:
    def __init__(
        self,
        sizes: Sequence[int],
        activations: Sequence[int],
        biases: Sequence[bool],
        skip: bool,
        cost: int,
        huber_threshold: float,
    ) -> None: ...

class Data:
    @property
    def n_samples(self) -> int: ...

class Objective:
    def __init__(
        self,
        plan: Plan,
        data: Data,
        weights: Array,
        decay: Array,
        threads: int,
        instructions: str,
    ) -> None: ...
    @property
    def instruction_set(self) -> InstructionSet: ...
    def value(self, theta: npt.ArrayLike) -> float: ...
    def value_and_gradient(self, theta: npt.ArrayLike) -> tuple[float, Array]: ...
    def terms(self, theta: npt.ArrayLike) -> tuple[float, float, float]: ...
    def gauss_newton(self, theta: npt.ArrayLike) -> tuple[float, Array, Array]: ...
