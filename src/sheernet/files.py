"""The model file: one JSON document that holds everything and runs nothing.

msgspec reads it into the structures below, strictly: a document with a field missing, of a wrong type or unknown is
refused with the place where that is.  Numbers are written with as many digits as bring back the same bits.
What the fields mean is told in docs/model-file.md.
"""

from __future__ import annotations

import os
from math import isfinite
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np

from sheernet import activations, costs
from sheernet.architecture import Architecture
from sheernet.arrays import Array
from sheernet.decay import as_decay
from sheernet.errors import InvalidInput, SheernetError, unknown_name
from sheernet.model import Columns, Fit, Member, Model, Provenance
from sheernet.network import Network
from sheernet.optimizers import Record, Termination
from sheernet.optimizers.record import COLUMNS
from sheernet.preprocessing import Scaler
from sheernet.starts import Starts
from sheernet.storage import write_file
from sheernet.weighting import REDUCTIONS

FORMAT = "sheernet-model"
SCHEMA = 1
LARGEST_FILE = 256 * 2**20  # bytes; 100 000 weights take 2 MB


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    """A JSON object whose fields are exactly these."""


class _Header(msgspec.Struct):
    """What says whether the rest can be read."""

    format: str
    schema: int


class _Scaler(_Strict):
    kind: str
    shift: list[float]
    scale: list[float]


class _Columns(_Strict):
    names: list[str]
    scaler: _Scaler


class _Architecture(_Strict):
    sizes: list[int]
    hidden: list[str]
    output: str
    bias: list[bool]
    skip: bool


class _Member(_Strict):
    share: float
    theta: list[float]


class _Fit(_Strict):
    rows: int
    rmse: list[float | None]
    r2: list[float | None]


class _GradientCheck(_Strict):
    verdict: Literal["pass", "fail", "inconclusive"]
    criterion: str
    norm_ratio: float | None
    method: str


class _Termination(_Strict):
    reason: str
    message: str


class _Starts(_Strict):
    objectives: list[float | None]
    reasons: list[str]
    iterations: list[int]
    seconds: list[float]
    best: int
    seed: int | None
    scheme: str
    floor: float
    requested: int


class _Provenance(_Strict):
    sheernet: str
    numpy: str
    python: str
    engine: str
    method: str
    seed: int | None
    data: str
    data_sha256: str
    created: str


class _Record(_Strict):
    iteration: list[int]
    objective: list[float | None]
    cost: list[float | None]
    penalty: list[float | None]
    gradient_norm: list[float | None]
    step_length: list[float | None]
    damping: list[float | None]
    value_evaluations: list[int]
    gradient_evaluations: list[int]
    seconds: list[float | None]
    validation_cost: list[float | None]


class _Document(_Strict):
    format: str
    schema: int
    inputs: _Columns
    targets: _Columns
    architecture: _Architecture
    members: list[_Member]
    cost: str
    reduction: str
    decay: list[float]
    training_fit: _Fit
    held_out_fit: _Fit | None
    gradient_check: _GradientCheck
    termination: _Termination
    starts: _Starts
    settings: dict[str, Any]
    provenance: _Provenance
    record: _Record


def save(model: Model, path: str | os.PathLike[str]) -> Path:
    """Write a model, whole or not at all.

    Raises
    ------
    InvalidInput
        When the model holds a user's own activation, which a file cannot carry, or the folder does not exist.
    """
    content = msgspec.json.encode(_to_document(model), enc_hook=_plain)
    return write_file(path, msgspec.json.format(content, indent=1) + b"\n")


def load(path: str | os.PathLike[str]) -> Model:
    """Read a model that `Model.save` wrote.

    Parameters
    ----------
    path : path
        The file.  Nothing in it is run, whoever wrote it.

    Returns
    -------
    Model
        Its predictions are the saved model's, bit for bit.

    Raises
    ------
    InvalidInput
        When it cannot be read, is not a model, is damaged, or was written by a newer version.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import sheernet as sn
    >>> model = sn.fit({"x": [0.0, 1.0, 2.0], "y": [0.0, 1.0, 4.0]}, target="y", hidden=1, starts=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = sn.load(model.save(pathlib.Path(folder) / "model.json"))
    >>> bool((again.predict({"x": [0.5]}) == model.predict({"x": [0.5]})).all())
    True
    """
    name = str(path)
    content = _read(Path(path))
    header = _decode(content, _Header, name, "is not a sheernet model")
    if header.format != FORMAT:
        raise InvalidInput(
            f"{name!r} is not a sheernet model: its format is {header.format!r}, not {FORMAT!r}"
        )
    if header.schema < 1:
        raise InvalidInput(
            f"{name!r} is damaged: schemas count from 1, but its schema is {header.schema}"
        )
    if header.schema > SCHEMA:
        raise InvalidInput(
            f"{name!r} was written by a newer sheernet (schema {header.schema}; this one reads up to {SCHEMA}): "
            "pip install --upgrade sheernet"
        )
    document = _decode(content, _Document, name, "is damaged")
    try:
        return _from_document(document)
    except (SheernetError, ValueError, OverflowError) as error:
        raise InvalidInput(f"{name!r} is damaged: {error}") from None


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InvalidInput(f"{str(path)!r} is a folder; give the name of a model file")
        size = path.stat().st_size
        if not path.is_file():  # a pipe or a device may have no end
            raise InvalidInput(
                f"{str(path)!r} is not an ordinary file; give the name of a model file"
            )
        if size > LARGEST_FILE:
            raise InvalidInput(
                f"{str(path)!r} has {size} bytes, more than a model can have ({LARGEST_FILE}): "
                "it is not a sheernet model"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise InvalidInput(f"there is no file {str(path)!r}; check the path") from None
    except OSError as error:
        raise InvalidInput(f"{str(path)!r} cannot be read: {error.strerror or error}") from None


def _decode(content: bytes, kind: Any, name: str, problem: str) -> Any:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"{name!r} {problem}: {error}") from None


def _to_document(model: Model) -> _Document:
    arch = model.network.architecture
    own = [f.name for f in arch.activations if activations.ALL.get(f.name) != f]
    if own:
        raise InvalidInput(
            f"a model file cannot carry your own activation {own[0]!r}; keep its network's theta instead"
        )
    if model.cost not in costs.ALL and not model.cost.startswith("huber("):
        raise InvalidInput(
            f"a model file cannot carry your own cost {model.cost!r}; keep its network's theta instead"
        )
    if any(member.network.architecture != arch for member in model.members):
        raise InvalidInput(
            "the members of a model must have one architecture to be saved in one file"
        )
    starts, provenance = model.starts, model.provenance
    return _Document(
        format=FORMAT,
        schema=SCHEMA,
        inputs=_Columns(list(model.inputs.names), _Scaler(**model.inputs.scaler.to_dict())),
        targets=_Columns(list(model.targets.names), _Scaler(**model.targets.scaler.to_dict())),
        architecture=_Architecture(
            list(arch.sizes),
            [f.name for f in arch.activations[:-1]],
            arch.activations[-1].name,
            list(arch.bias),  # type: ignore[arg-type]  # a tuple once it is settled
            arch.skip,
        ),
        members=[_Member(member.share, member.network.theta.tolist()) for member in model.members],
        cost=model.cost,
        reduction=model.reduction,
        decay=model.decay.tolist(),
        training_fit=_fit_document(model.training_fit),
        held_out_fit=None if model.held_out_fit is None else _fit_document(model.held_out_fit),
        gradient_check=_GradientCheck(**model.gradient_check),
        termination=_Termination(model.termination.reason, model.termination.message),
        starts=_Starts(
            _finite_or_none(starts.objectives), list(starts.reasons), starts.iterations.tolist(),
            starts.seconds.tolist(), starts.best, starts.seed, starts.scheme, starts.floor, starts.requested,
        ),
        settings=dict(model.settings),
        provenance=_Provenance(**vars(provenance)),
        record=_Record(**{column: _finite_or_none(model.record[column]) for column in COLUMNS}),
    )  # fmt: skip


def _from_document(document: _Document) -> Model:
    shape = document.architecture
    arch = Architecture(
        tuple(shape.sizes), tuple(shape.hidden), shape.output, tuple(shape.bias), shape.skip
    )
    members = tuple(Member(Network(arch, np.array(m.theta)), m.share) for m in document.members)
    inputs, targets = _columns(document.inputs), _columns(document.targets)
    _check_consistent(document, arch, inputs, targets)
    starts = document.starts
    return Model(
        inputs=inputs,
        targets=targets,
        members=members,
        cost=document.cost,
        reduction=document.reduction,
        decay=as_decay(document.decay, arch),
        training_fit=_fit(document.training_fit),
        held_out_fit=None if document.held_out_fit is None else _fit(document.held_out_fit),
        gradient_check=msgspec.structs.asdict(document.gradient_check),
        record=_record(document.record),
        termination=Termination(document.termination.reason, document.termination.message),
        starts=Starts(
            _with_nan(starts.objectives), tuple(Termination(reason).reason for reason in starts.reasons),
            np.array(starts.iterations, dtype=np.int64), np.array(starts.seconds), starts.best, starts.seed,
            starts.scheme, starts.floor, starts.requested,
        ),
        settings=document.settings,
        provenance=Provenance(**{f: getattr(document.provenance, f) for f in document.provenance.__struct_fields__}),
    )  # fmt: skip


def _check_consistent(
    document: _Document, arch: Architecture, inputs: Columns, targets: Columns
) -> None:
    """What types alone cannot say: that the parts fit each other."""
    if (len(inputs.names), len(targets.names)) != (arch.n_inputs, arch.n_outputs):
        raise InvalidInput(
            f"it has {len(inputs.names)} inputs and {len(targets.names)} targets, "
            f"its network {arch.n_inputs} and {arch.n_outputs}"
        )
    shares = [member.share for member in document.members]
    if not shares or min(shares) < 0 or abs(sum(shares) - 1.0) > 1e-9:
        raise InvalidInput(f"the shares of its members must add up to 1, but they are {shares}")
    names = [*inputs.names, *targets.names]
    if len(set(names)) != len(names):
        raise InvalidInput("its columns must have different names")
    if document.reduction not in REDUCTIONS:
        raise unknown_name("reduction", document.reduction, REDUCTIONS)
    for fit in (document.training_fit, document.held_out_fit):
        if fit is not None and (fit.rows < 1 or {len(fit.rmse), len(fit.r2)} != {arch.n_outputs}):
            raise InvalidInput("each of its fits needs rows, and an rmse and an r2 for each target")
    starts = document.starts
    lengths = {
        len(column)
        for column in (starts.objectives, starts.reasons, starts.iterations, starts.seconds)
    }
    if len(lengths) != 1 or not 0 <= starts.best < len(starts.objectives):
        raise InvalidInput(
            "its starts must have as many objectives as reasons, iterations and seconds, and a best one"
        )
    if starts.floor < 0 or starts.requested < len(starts.objectives):
        raise InvalidInput(
            f"its starts must have a floor of at least 0 and be no more than were requested, but the floor is "
            f"{starts.floor:g}, and {len(starts.objectives)} of {starts.requested} are there"
        )
    costs.require_pair(costs.get(document.cost), arch.activations[-1])


def _columns(document: _Columns) -> Columns:
    scaler = Scaler.from_dict(msgspec.structs.asdict(document.scaler))
    if scaler.n_columns != len(document.names):
        raise InvalidInput(
            f"it has {len(document.names)} column names but a scaler of {scaler.n_columns} columns"
        )
    return Columns(tuple(document.names), scaler)


def _record(document: _Record) -> Record:
    columns = msgspec.structs.asdict(document)
    if {len(column) for column in columns.values()} != {len(document.iteration) or 1}:
        raise InvalidInput("the columns of its record must have one length, at least 1")
    whole = ("iteration", "value_evaluations", "gradient_evaluations")
    arrays: dict[str, Any] = {
        name: np.array(column, dtype=np.int64) if name in whole else _with_nan(column)
        for name, column in columns.items()
    }
    return Record(**arrays)


def _fit_document(fit: Fit) -> _Fit:
    r2 = [r if r is not None and isfinite(r) else None for r in fit.r2]
    return _Fit(fit.rows, _finite_or_none(np.array(fit.rmse)), r2)


def _fit(document: _Fit) -> Fit:
    return Fit(document.rows, tuple(_with_nan(document.rmse).tolist()), tuple(document.r2))


def _finite_or_none(values: Array) -> list[Any]:
    """JSON has no nan and no inf: null stands for both."""
    return [value if isfinite(value) else None for value in values.tolist()]


def _with_nan(values: list[float | None]) -> Array:
    return np.array([np.nan if value is None else value for value in values])


def _plain(value: Any) -> Any:
    """What msgspec cannot write: NumPy's numbers and arrays; anything else that a setting holds, as text."""
    return value.tolist() if isinstance(value, (np.generic, np.ndarray)) else str(value)
