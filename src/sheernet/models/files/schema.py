"""The JSON objects of a model file as msgspec structures, most of them derived from the classes they describe.

An object has exactly the fields of its class.  An array is a list, with null for nan and infinity.  The meaning of
every field is described in docs/model-file.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
import numpy as np

from sheernet.data.columns import CategoryColumn, Inputs, NumberColumn
from sheernet.data.columns.cells import NUMBER_KINDS
from sheernet.data.formats import DateFormat
from sheernet.data.formats.cell_formats import CellFormat
from sheernet.data.tables.reading import Reading
from sheernet.data.targets import ClassificationFit, ClassTarget, NumberTargets, RegressionFit
from sheernet.foundation.arrays import Array
from sheernet.models.data_region import DataRegion
from sheernet.models.row_roles import RowRoles
from sheernet.optimizers import Record, Termination
from sheernet.optimizers.record import COLUMNS, Integers
from sheernet.statistics.target_transforms import JohnsonTransform
from sheernet.training.starts import Starts

FORMAT = "sheernet-model"
SCHEMA = 6
LARGEST_FILE = 128 * 2**20
"""Maximum size of a file in bytes, enough for a dozen members of 800 weights, each of which has a factor of 320 400
numbers.  Reading a file needs ten times as much memory."""
MOST_PARTS = 2_000_000
"""Maximum number of strings, lists and objects, which take more memory and time than numbers."""
MOST_NUMBERS = 12_000_000
"""Maximum number of values; a member of 800 weights has 320 400."""

Plain = bool | int | float | str | None
SettingValue = Plain | list[Plain] | dict[str, Plain | list[Plain]]
"""A value in `settings`.  Arbitrary JSON is an error, because a small file of it can fill the memory."""

Size = Annotated[float, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Origins = dict[str, Literal["given", "default"]]
LISTS: dict[Any, Any] = {Array: tuple[float | None, ...], Integers: tuple[Count, ...]}
DTYPES: dict[Any, type] = {Array: np.float64, Integers: np.int64}

CONSTRUCTORS: dict[type[msgspec.Struct], tuple[Callable[..., Any], dict[str, type]]] = {}
"""For each structure, a function that builds the object from its fields, and the dtypes of its array fields."""


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """A JSON object with exactly the fields of its structure."""


class Header(msgspec.Struct):
    """The fields that determine whether this version can read the file."""

    format: str
    schema: int


class GradientCheck(Part):
    """The mapping `Model.gradient_check`."""

    verdict: Literal["pass", "fail", "inconclusive", "not checked"]
    criterion: str
    norm_ratio: Size | None
    method: str


class Evidence(Part):
    """The mapping `Member.evidence`."""

    log_evidence: float
    noise_variance: Size | None
    effective_parameters: Size
    decay: dict[str, Size]
    effective: dict[str, float]
    starts: list[float]
    updates: Count
    settled: bool
    sizes: dict[str, float]
    log_evidences: dict[str, float] | msgspec.UnsetType = msgspec.UNSET
    temperature: Size | msgspec.UnsetType = msgspec.UNSET


class Provenance(Part):
    """The provenance.  Not derived from its class, because saving must not import the module of `Model`."""

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


def _structure(
    kind: Any, *names: str, tag_field: str | None = None, tag: str | None = None, may_lack: tuple[str, ...] = (),
    **types: Any,
) -> Any:  # fmt: skip
    """Define the structure of a dataclass.

    Parameters
    ----------
    kind : dataclass
        The class; the structure has its name.
    *names : str
        Fields in their order in the file; if not given, all arguments of the class.
    tag_field, tag : str, optional
        A field and its constant value, which distinguish the structures of a union.
    may_lack : tuple of str
        Fields that may be absent.
    **types
        Types that replace those of the class.
    """
    hints = get_type_hints(kind)
    arguments = [field.name for field in fields(kind) if field.init]
    names = names or tuple(name for name in arguments if name != tag_field)
    types = {name: LISTS.get(hints[name], hints[name]) for name in names} | types
    parts = [
        (name, of | msgspec.UnsetType, msgspec.UNSET) if name in may_lack else (name, of)
        for name, of in types.items()
    ]
    structure = msgspec.defstruct(
        kind.__name__, parts, bases=(Part,), module=__name__, tag_field=tag_field, tag=tag
    )  # fmt: skip
    constant = {tag_field: tag} if tag_field in arguments else {}
    dtypes = {name: DTYPES[hints[name]] for name in names if hints[name] in DTYPES}
    CONSTRUCTORS[structure] = (partial(kind, **constant), dtypes)
    return structure


CONSTRUCTORS[GradientCheck] = (dict, {})
CONSTRUCTORS[Evidence] = (dict, {})
_number, _boolean, _date, _time = (
    _structure(
        NumberColumn,
        tag_field="kind",
        tag=kind,
        may_lack=("cycles", "offset", "missing_fraction"),
        offset=float,
    )
    for kind in NUMBER_KINDS
)
_category = _structure(
    CategoryColumn, tag_field="kind", tag="category", may_lack=("is_ordered", "missing_fraction")
)
_column: Any = _number | _boolean | _date | _time | _category
_regression = _structure(
    RegressionFit, tag_field="task", tag="regression", may_lack=("log_density", "weight"),
    log_density=float, weight=Size,
)  # fmt: skip
_classification = _structure(
    ClassificationFit, tag_field="task", tag="classification", may_lack=("weight",), weight=Size
)
fit: Any = _regression | _classification
# The output activation is stored in the layers of the members.
_numbers = _structure(
    NumberTargets,
    "names",
    "shift",
    "scale",
    "lowest",
    "highest",
    tag_field="task",
    tag="regression",
)
_classes = _structure(ClassTarget, tag_field="task", tag="classification")
targets: Any = _numbers | _classes
_sizes: dict[str, Any] = dict.fromkeys(
    ("penalty", "gradient_norm", "step_length", "damping", "seconds"), tuple[Size | None, ...]
)

termination = _structure(Termination)
transform = _structure(JohnsonTransform)
starts = _structure(
    Starts, may_lack=("elapsed",), seconds=tuple[Size, ...], seed=Count | None, elapsed=Size
)
record = _structure(Record, *COLUMNS, **_sizes)
rows = _structure(RowRoles, may_lack=("checksum",), count=Count, checksum=str)
region = _structure(DataRegion, may_lack=("levels", "reference"), typical=tuple[float | str, ...])
inputs = _structure(Inputs, "scaling", "missing", "columns", columns=tuple[_column, ...])
_date_format: Any = _structure(DateFormat)
_format: Any = _structure(CellFormat, date=_date_format | None)
_readings = tuple(
    field.name for field in fields(Reading)
)  # those after `variable` were added later
_reading = _structure(
    Reading,
    may_lack=_readings[_readings.index("separator") :],
    formats=dict[str, _format],
    numbered=dict[str, Count],
    skip=Count,
)


class Layer(Part):
    """A layer of a network: activation, number of units, and whether it has biases and skip connections."""

    activation: str
    units: int
    bias: bool
    skip: bool


class Member(Part, kw_only=True):
    """A member.  Not derived from its class, because network and factor are stored differently (network_fields.py).

    `change_left`, `evidence` and `transform` may be absent.
    """

    share: float
    cost: str
    layers: Annotated[tuple[Layer, ...], msgspec.Meta(min_length=1)]
    theta: tuple[float, ...]
    decay: tuple[float, ...]
    noise_variance: float | None
    factor: tuple[tuple[float, ...], ...]
    variance_factor: float | None
    change_left: Size | msgspec.UnsetType = msgspec.UNSET
    evidence: Evidence | msgspec.UnsetType = msgspec.UNSET
    transform: transform | msgspec.UnsetType = msgspec.UNSET  # type: ignore[valid-type]
    termination: termination  # type: ignore[valid-type]
    starts: starts  # type: ignore[valid-type]
    record: record  # type: ignore[valid-type]


Document: Any = msgspec.defstruct(
    "Document",
    [
        ("inputs", inputs),
        ("targets", targets),
        ("members", tuple[Member, ...]),
        ("reduction", str),
        ("spread", float),
        ("training_fit", fit),
        ("held_out_fit", fit | None),
        ("evaluation", str),
        ("comparisons", dict[str, fit]),
        ("scores", tuple[tuple[Size, ...], ...] | msgspec.UnsetType, msgspec.UNSET),
        ("score_weights", tuple[Size, ...] | msgspec.UnsetType, msgspec.UNSET),
        ("gradient_check", GradientCheck),
        ("settings", dict[str, SettingValue]),
        ("origins", Origins | msgspec.UnsetType, msgspec.UNSET),
        ("notices", tuple[str, ...]),
        ("reading", _reading | msgspec.UnsetType, msgspec.UNSET),
        ("provenance", Provenance),
        ("rows", rows | msgspec.UnsetType, msgspec.UNSET),
        ("region", region | msgspec.UnsetType, msgspec.UNSET),
    ],
    bases=(Header,),
    module=__name__,
    forbid_unknown_fields=True,
    kw_only=True,
)
"""The whole file; `scores`, `score_weights`, `origins`, `reading`, `rows` and `region` may be absent."""
