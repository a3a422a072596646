# Types of the extension module, which is defined in native/bindings.cpp, batches_bindings.cpp and fits_bindings.cpp.

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array

ACTIVATIONS: tuple[str, ...]
COSTS: tuple[str, ...]
LEAKY_SLOPE: float

InstructionSet: TypeAlias = Literal["avx512", "avx2", "baseline"]

class BuildInfo(TypedDict):
    compiler: str
    standard: str
    architecture: str
    assertions: bool

def instruction_sets() -> list[InstructionSet]: ...
def build_info() -> BuildInfo: ...
def apply(instructions: str, function: str, x: Array) -> tuple[Array, Array]: ...
def pack(X: Array, y: Array) -> Data: ...
def unpack(data: Data, first: int = 0, last: int | None = None) -> tuple[Array, Array]: ...
def packed(data: Data) -> tuple[Array, Array]: ...
def packed_in_place(X: Array, y: Array, n_samples: int) -> Data: ...

class Plan:
    def __init__(
        self,
        sizes: Sequence[int],
        activations: Sequence[int],
        biases: Sequence[bool],
        skip: bool,
    ) -> None: ...
    def predict(self, theta: npt.ArrayLike, X: Array, instructions: str) -> Array: ...
    def output_variances(
        self, theta: npt.ArrayLike, factor: Array, X: Array, instructions: str
    ) -> Array: ...

class Data:
    @property
    def n_samples(self) -> int: ...

class Objective:
    def __init__(
        self,
        plan: Plan,
        cost: int,
        cost_parameter: float,
        data: Data,
        weights: Array,
        decay: Array,
        threads: int,
        instructions: str,
    ) -> None: ...
    @property
    def instruction_set(self) -> InstructionSet: ...
    @property
    def gauss_newton_matrices(self) -> int: ...
    def value(self, theta: npt.ArrayLike) -> float: ...
    def value_and_gradient(self, theta: npt.ArrayLike) -> tuple[float, Array]: ...
    def terms(self, theta: npt.ArrayLike) -> tuple[float, float, float]: ...
    def gauss_newton(self, theta: npt.ArrayLike) -> tuple[float, Array, Array]: ...
    def gradient_outer_product(self, theta: npt.ArrayLike) -> Array: ...
    def hessian_vector(self, theta: npt.ArrayLike, v: npt.ArrayLike) -> Array: ...
    def residuals_and_jacobian(self, theta: npt.ArrayLike) -> tuple[Array, Array]: ...
    def gradient_magnitude(self, theta: npt.ArrayLike) -> Array: ...
    def input_gradient(self, theta: npt.ArrayLike, X: Array) -> Array: ...

class RowTable:
    def __init__(self, objective: Objective) -> None: ...

def gather(objective: Objective, table: RowTable, rows: npt.NDArray[np.int64]) -> Data: ...
def adam_batches(
    objective: Objective,
    theta: Array,
    first: Array,
    second: Array,
    updates: int,
    table: RowTable,
    rows: npt.NDArray[np.int64],
    batch_size: int,
    mean: bool,
    whole_penalty: bool,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    uncorrected_epsilon: bool,
) -> tuple[Array, Array, Array, int, Array]: ...
def gd_batches(
    objective: Objective,
    theta: Array,
    velocity: Array,
    table: RowTable,
    rows: npt.NDArray[np.int64],
    batch_size: int,
    mean: bool,
    whole_penalty: bool,
    learning_rate: float,
    momentum: float,
    nesterov: bool,
) -> tuple[Array, Array, Array]: ...

LARGEST_WITHOUT_LAPACK: int
METHODS: tuple[str, ...]
SCALINGS: tuple[str, ...]
REASONS: tuple[str, ...]
COLUMNS: tuple[str, ...]
CONSTANTS: dict[str, float]

def use_lapack(functions: Mapping[str, object]) -> bool: ...
def fit(
    objectives: list[Objective],
    units: list[tuple[Array, Array, float]],
    validation: Objective | None,
    starts: Array,
    resumed: Mapping[int, tuple[dict[str, Any], tuple[Any, ...]]],
    settings: dict[str, Any],
    poll: Callable[[int, int, float, float, float], bool],
) -> Fits: ...

class Fits:
    def __len__(self) -> int: ...
    @property
    def ends(self) -> Array: ...
    @property
    def best_job(self) -> int: ...
    @property
    def reasons(self) -> list[str]: ...
    def result(self, job: int) -> tuple[int, Array, float, Array, float]: ...
    def best(self, job: int) -> tuple[int, Array, float, Array, float]: ...
    def columns(self, job: int) -> Array: ...
    def path(self, job: int) -> Array: ...
    def has_state(self, job: int) -> bool: ...
    def state(self, job: int) -> dict[str, Any]: ...
