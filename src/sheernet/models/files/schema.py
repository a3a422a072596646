"""What a model file holds: a structure for each JSON object, field by field.  What they mean: docs/model-file.md."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

FORMAT = "sheernet-model"
SCHEMA = 2
OLDEST_SCHEMA = 2  # 1 was never released


Plain = bool | int | float | str | None
Setting = Plain | list[Plain] | dict[str, Plain | list[Plain]]
"""What a setting may be; not any JSON, of which a small file can hold enough to fill the memory."""


Size = Annotated[float, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
"""Numbers that cannot be below 0."""


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    """A JSON object whose fields are exactly these."""


class Header(msgspec.Struct):
    """What says whether the rest can be read."""

    format: str
    schema: int


class Numbers(Strict, tag_field="kind"):
    """A column that becomes one input; its kind is the tag."""

    name: str
    shift: float
    scale: float
    lowest: float
    highest: float
    fill: float | None


class Number(Numbers, tag="number"):
    pass


class Boolean(Numbers, tag="boolean"):
    pass


class Date(Numbers, tag="date"):
    pass


class Category(Strict, tag_field="kind", tag="category"):
    name: str
    labels: list[str]
    rare: list[str]
    unseen: str
    fill: str | None


class Inputs(Strict):
    scaling: str
    missing: str
    columns: list[Number | Boolean | Date | Category]


class NumberTargets(Strict, tag_field="task", tag="regression"):
    names: list[str]
    shift: list[float]
    scale: list[float]
    lowest: list[float]
    highest: list[float]


class ClassTarget(Strict, tag_field="task", tag="classification"):
    name: str
    classes: list[bool | int | float | str]


class Architecture(Strict):
    sizes: list[int]
    hidden: list[str]
    output: str
    bias: list[bool]
    skip: bool


class Member(Strict):
    share: float
    theta: list[float]


class RegressionFit(Strict, tag_field="task", tag="regression"):
    rows: int
    rmse: list[float]
    r2: list[float | None]


class ClassificationFit(Strict, tag_field="task", tag="classification"):
    rows: int
    accuracy: float
    log_loss: float
    majority: float
    confusion: list[list[int | float]]


class GradientCheck(Strict):
    verdict: Literal["pass", "fail", "inconclusive"]
    criterion: str
    norm_ratio: Size | None
    method: str


class Termination(Strict):
    reason: str
    message: str


class Starts(Strict):
    objectives: list[float | None]
    reasons: list[str]
    iterations: list[Count]
    seconds: list[Size]
    best: int
    seed: Count | None
    scheme: str
    floor: float
    requested: int


class Provenance(Strict):
    sheernet: str
    numpy: str
    python: str
    engine: str
    method: str
    seed: Count | None
    data: str
    reading: str
    data_sha256: str
    created: str


class Record(Strict):
    iteration: list[Count]
    objective: list[float | None]
    cost: list[float | None]
    penalty: list[Size | None]
    gradient_norm: list[Size | None]
    step_length: list[Size | None]
    damping: list[Size | None]
    value_evaluations: list[Count]
    gradient_evaluations: list[Count]
    seconds: list[Size | None]
    validation_cost: list[float | None]


class Document(Strict):
    format: str
    schema: int
    inputs: Inputs
    targets: NumberTargets | ClassTarget
    architecture: Architecture
    members: list[Member]
    cost: str
    reduction: str
    decay: list[float]
    training_fit: RegressionFit | ClassificationFit
    held_out_fit: RegressionFit | ClassificationFit | None
    gradient_check: GradientCheck
    termination: Termination
    starts: Starts
    settings: dict[str, Setting]
    notices: list[str]
    provenance: Provenance
    record: Record
