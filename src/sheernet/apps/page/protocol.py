"""The messages between the server of the page and its view: every field of every JSON document.

    POST /api/sessions                 Opening            -> Opened
    GET  /api/events?session=S         server-sent events: `state` carries a State, `frame` a Frame
    POST /api/commands?session=S       a command (below)  -> Answer
    POST /api/table?session=S&name=F   the bytes of a file -> Answer, with the State of the table
    GET  /api/download?session=S&kind=model|exercise

Every request requires the token of the server: `token=T` in the query, or the header `X-Sheernet-Token`.  The response
to a refused request has status 4xx and an Answer whose `error` is a sentence.

A number that is not finite is null.  Rows of curves, grids and points are plain lists of numbers.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from sheernet.apps.page.page_exercise import Exercise

Number = float | None
Status = Literal["ready", "running", "paused", "ended"]
Share = Literal["training", "validation", "test"]


class Message(msgspec.Struct, kw_only=True):
    """The base of the messages that the server sends."""


# --- commands: messages that the view sends -----------------------------------------------------


class Command(msgspec.Struct, kw_only=True, tag_field="command", forbid_unknown_fields=True):
    """The base of the commands; its field `command` names the kind."""


class Play(Command, tag="play"):
    """Run until termination or a pause, at most `rate` iterations per second; a run that has ended continues."""

    rate: float | None = None


class Pause(Command, tag="pause"):
    """Pause after the current iteration."""


class StepOn(Command, tag="step"):
    """Run some iterations, then pause."""

    n: int = 1


class Forward(Command, tag="forward"):
    """Compute the next layer of the forward pass of the chosen row; after the last layer, start again."""


class Backward(Command, tag="backward"):
    """Compute delta of the next layer, from the output down; this starts with a complete forward pass."""


class Reset(Command, tag="reset"):
    """Return to the initial weights; with `seed`, draw new ones."""

    seed: int | None = None


class SetWeight(Command, tag="weight"):
    """Set one weight by hand; an active run is paused, and continues from the new point."""

    index: int
    value: float


class ChangeSettings(Command, tag="settings"):
    """Change fields of the exercise, such as {"hidden": [3], "method": "lm"}; null is the default of a field."""

    values: dict[str, Any]


class ChooseRow(Command, tag="row"):
    """Choose the row of the table whose passes are shown."""

    row: int


class CheckGradient(Command, tag="check"):
    """Check the gradient at the current weights."""


class UsePreset(Command, tag="preset"):
    """Replace the exercise by a preset, named as in State.presets."""

    name: str


AnyCommand = (
    Play
    | Pause
    | StepOn
    | Forward
    | Backward
    | Reset
    | SetWeight
    | ChangeSettings
    | ChooseRow
    | CheckGradient
    | UsePreset
)

# --- the state: sent after each change of settings ----------------------------------------------


class Allowed(Message):
    """One value of a choice."""

    value: Any
    label: str
    help: str = ""


class Control(Message):
    """One control; the view builds its form from the controls.

    - name: the field of the exercise; "options.NAME" is an option of the method.  Two controls have the same name if
      two methods have an option with different default values; `when` tells them apart.
    - group: "data", "network", "cost", "training" or "starts": a section of the form.
    - kind: "choice" (of `allowed`), "number", "whole", "flag", "widths" (units of each hidden layer) or "columns"
      (several names of `allowed`).
    - value, default: the value in the exercise, and the value for null.  `least` and `most` are limits of a number.
    - when: the control applies only if the named fields have one of the listed values.
    - reason: why the control does not apply at present, as a sentence; "" if it applies.
    """

    name: str
    label: str
    help: str
    group: str
    kind: Literal["choice", "number", "whole", "flag", "widths", "columns"]
    value: Any
    default: Any
    allowed: list[Allowed] = []
    least: Number = None
    most: Number = None
    when: dict[str, list[Any]] = {}
    reason: str = ""


class Column(Message):
    """A column of the table; `role` is "input", "target" or "left out", `kind` a word such as "number"."""

    name: str
    role: str
    kind: str
    unit: str = ""
    note: str = ""


class Preview(Message):
    """The first rows of the table as strings, and the number of all rows."""

    columns: list[str]
    rows: list[list[str]]
    n_rows: int
    n_columns: int


class DataState(Message):
    """The data: columns, first rows, and the number of rows of each share (`counts`).

    `problems` are doubts about how to read the file, `notices` are decisions about the table.
    """

    name: str
    source: str
    license: str
    columns: list[Column]
    preview: Preview
    problems: list[str]
    notices: list[str]
    counts: dict[str, int]
    task: str
    classes: list[str] = []


class Unit(Message):
    """A node of the diagram.

    - id: "x1", "h1.2" (hidden layer, unit), "y1", "b1" (the biases of the weights of layer 1).
    - kind: "input", "hidden", "output" or "bias".
    - layer: 0 for the inputs, L for the outputs; for a bias, the layer in which it is drawn, one below its units.
    - index: index of the unit in its layer, from 0.
    """

    id: str
    kind: Literal["input", "hidden", "output", "bias"]
    layer: int
    index: int
    name: str


class Edge(Message):
    """A weight: theta[index] connects two units; `name` is its name, such as "W1[0,2]" or "b1[2]"."""

    index: int
    source: str
    target: str
    name: str


class NetworkState(Message):
    """The network as a diagram; above 3000 weights `edges` is empty and `note` says so."""

    summary: str
    n_layers: int
    activations: list[str]
    units: list[Unit]
    edges: list[Edge]
    note: str = ""


class Preset(Message):
    """An experiment of a lesson; `query` is its address."""

    name: str
    lesson: str
    sentence: str
    query: str


class State(Message):
    """Everything that depends on the settings and not on the iteration.

    `method` is the method that runs ("auto" resolved).  `exercise.table` is empty; the downloaded exercise includes it.
    `revision` counts the changes; a frame belongs to the state of the same revision.
    """

    revision: int
    exercise: Exercise
    controls: list[Control]
    data: DataState
    network: NetworkState
    presets: list[Preset]
    method: str
    query: str


# --- frames: the numbers of an iteration --------------------------------------------------------


class Curves(Message):
    """Rows of the record since the previous frame of this stream; with `replace`, all rows (some may be omitted).

    Columns are parallel lists.  `cost` is the training cost without penalty, `objective` with it.
    """

    replace: bool
    iteration: list[int]
    objective: list[Number]
    cost: list[Number]
    validation: list[Number]
    test: list[Number]
    gradient_norm: list[Number]
    step_length: list[Number]
    damping: list[Number]


class Axis(Message):
    """An input of a surface: its column and the values of the grid, in the units of the table.

    `kind` is "number", "date" (days since 1970-01-01) or "time" (hours since midnight).
    """

    name: str
    column: int
    values: list[float]
    unit: str = ""
    kind: str = "number"


class SurfacePoint(Message):
    """A row of the table in a surface: its inputs on the axes, its target, its share and its row number."""

    x: float
    y: float
    target: Any
    share: Share
    row: int


class Surface(Message):
    """The predictions of the network over one or two inputs; other inputs are held at their medians (`held`).

    - kind: "curve" (one axis; `values` is a list), "map" (two axes; `values[j][i]` is for value j of axis 1 and value i
      of axis 0) or "classes" (the same; `values` is the probability of class `output`, or the index of the most
      probable class if there are more than two).
    - low, high: a band of 95 % for a curve, or empty.
    - points: rows of the table, sent when they change (otherwise empty); for a curve, `y` of a point is its target.
    """

    kind: Literal["curve", "map", "classes"]
    axes: list[Axis]
    values: Any
    output: str
    low: list[float] = []
    high: list[float] = []
    held: dict[str, Any] = {}
    points: list[SurfacePoint] = []
    classes: list[str] = []


class Figures(Message):
    """Measures of the predictions of all rows of a share: `accuracy` and `log_loss` for classes, or `r2` and `rmse`."""

    share: Share
    n: int
    r2: Number = None
    rmse: Number = None
    accuracy: Number = None
    log_loss: Number = None


class LayerNumbers(Message):
    """One layer of the passes of a row; a list is null if it has not been computed yet (stepping by layers)."""

    layer: int
    z: list[Number] | None
    a: list[Number] | None
    delta: list[Number] | None


class RowPasses(Message):
    """The forward and the backward pass of one row, as computed by `sheernet.explain(..., row=...)`.

    `pass_` ("forward", "backward", or "" for complete passes) and `layer` state what was computed last.  The inputs are
    scaled as for the network, `given` has the values of the table.
    """

    row: int
    share: str
    inputs: list[Number]
    target: list[Number]
    given: dict[str, Any]
    layers: list[LayerNumbers]
    pass_: str = msgspec.field(name="pass")
    layer: int
    loss: Number
    weight: Number


class Frame(Message):
    """The numbers of one iteration.

    `revision` is the revision of the corresponding State.  `theta` and `gradient` are empty above 3000 weights, and
    `gradient` also if a method has not evaluated it.  `message` states why the run ended, followed by the warnings of
    the run.
    """

    sequence: int
    revision: int
    status: Status
    iteration: int
    start: int
    message: str
    reason: str
    objective: Number
    cost: Number
    theta: list[Number]
    gradient: list[Number]
    curves: Curves
    surface: Surface | None = None
    figures: list[Figures] = []
    passes: RowPasses | None = None


# --- answers -----------------------------------------------------------------------------------


class CheckResult(Message):
    """A gradient check: whether it passed, and its report."""

    passed: bool
    text: str


class Answer(Message):
    """The answer to a request: a state, a gradient check, or an error message."""

    state: State | None = None
    check: CheckResult | None = None
    error: str = ""


class Opening(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The initial content of a session as a query string; without it, that given to the command."""

    query: str = ""


class Opened(Message):
    """A new session."""

    session: str
    state: State
