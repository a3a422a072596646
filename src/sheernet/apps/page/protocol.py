"""The messages between the server of the page and its view: every field of every JSON document.

    POST /api/sessions                 Opening            -> Opened
    GET  /api/events?session=S         server-sent events: `state` carries a State, `frame` a Frame
    POST /api/commands?session=S       a command (below)  -> Answer
    POST /api/table?session=S&name=F   the bytes of a file -> Answer, with the State of the table
    GET  /api/download?session=S&kind=model|report|python|exercise|predictions

Every request needs the token of the server: `token=T` in the query, or the header `X-Sheernet-Token`.  A request that
is refused has status 4xx and an Answer whose `error` is a sentence.

A number that is not finite is null.  Rows of curves, grids and points are plain lists of numbers.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from sheernet.apps.page.page_exercise import Exercise

Number = float | None
Status = Literal["ready", "running", "paused", "ended"]
Share = Literal["training", "validation", "test"]
ModelChoice = Literal["run", "file"]


class Message(msgspec.Struct, kw_only=True):
    """The base of what the server sends."""


# --- commands: what the view sends --------------------------------------------------------------


class Command(msgspec.Struct, kw_only=True, tag_field="command", forbid_unknown_fields=True):
    """The base of the commands; its field `command` names the kind."""


class Play(Command, tag="play"):
    """Run until the end, or until the run is paused, at most `rate` iterations a second; a run that ended goes on.

    If a race or many starts are paused, these go on instead.
    """

    rate: float | None = None


class Pause(Command, tag="pause"):
    """Wait after the present iteration of the run, and of a race or many starts."""


class StepOn(Command, tag="step"):
    """Run some iterations, then pause."""

    n: int = 1


class Forward(Command, tag="forward"):
    """Compute the next layer of the forward pass of the chosen row; after the last layer begin again."""


class Backward(Command, tag="backward"):
    """Compute delta of the next layer, from the output down; begins with a whole forward pass."""


class Reset(Command, tag="reset"):
    """Return to the initial weights; `seed` draws others."""

    seed: int | None = None


class SetWeight(Command, tag="weight"):
    """Set one weight by hand; a run that was going on is paused, and continues from the new point."""

    index: int
    value: float


class ChangeSettings(Command, tag="settings"):
    """Change fields of the exercise, such as {"hidden": [3], "method": "lm"}; null is a field's default."""

    values: dict[str, Any]


class ChooseRow(Command, tag="row"):
    """Choose the row of the table whose passes are shown."""

    row: int


class CheckGradient(Command, tag="check"):
    """Check the gradient of the present weights; `fault` names a wrong backpropagation of State.faults instead."""

    fault: str | None = None


class Race(Command, tag="race"):
    """Run several methods from the present initial weights, and map the cost in the plane of their paths."""

    methods: list[str] = []
    max_iter: int = 200


class Swarm(Command, tag="swarm"):
    """Train from many starts and return a cost curve for each."""

    starts: int = 20
    max_iter: int = 200


class Landscape(Command, tag="landscape"):
    """The cost as a function of two weights around the present point; by default, of its two steepest directions."""

    indices: list[int] = []


class TestTable(Command, tag="test"):
    """Judge the present network on the rows of another table, given as the text of a CSV file."""

    text: str
    name: str = "test.csv"


class UsePreset(Command, tag="preset"):
    """Replace the exercise by a preset, named as in State.presets."""

    name: str


class ProfileAt(Command, tag="profile"):
    """The prediction of a model at a point, and its curves through it.

    - of: "run" for the network of the page as it is now, "file" for the model that the page was opened with.
    - at: values of inputs as in ModelInput; the others have those of a typical row.
    - columns: the inputs that get curves; null for all.
    - revision: that of the State whose inputs `at` and `columns` name. If the settings have changed since, the answer
      has no result, because the network of the page may have other inputs now. Null if the names are to be checked.
    """

    of: ModelChoice = "run"
    at: dict[str, float | str] = {}
    columns: list[str] | None = None
    revision: int | None = None


class SearchInputs(Command, tag="search"):
    """Search inputs for wanted predictions: numbers, "maximize" or "minimize" by their names in ProfileResult.outputs.

    `fixed` has the values of inputs that are not searched, as in ModelInput.
    """

    want: dict[str, float | Literal["maximize", "minimize"]]
    of: ModelChoice = "run"
    fixed: dict[str, float | str] = {}
    near_data: bool = False


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
    | Race
    | Swarm
    | Landscape
    | TestTable
    | UsePreset
    | ProfileAt
    | SearchInputs
)

QUESTIONS = (CheckGradient, Race, Swarm, Landscape, TestTable, ProfileAt, SearchInputs)
"""Commands that change nothing; they are answered while other commands are."""


# --- the state: sent after each change of settings ----------------------------------------------


class Allowed(Message):
    """One value of a choice."""

    value: Any
    label: str
    help: str = ""


class Control(Message):
    """One control: the view makes its form from these.

    - name: the field of the exercise; "options.NAME" is an option of the method.  Two controls have the same name if
      two methods have an option with different default values; `when` tells them apart.
    - group: "data", "network", "cost", "training" or "starts": a section of the form.
    - kind: "choice" (of `allowed`), "number", "whole", "flag", "widths" (units of each hidden layer), "columns"
      (several names of `allowed`), "text".
    - value, default: in the exercise, and what null means.  Of a number, `least` and `most` are its limits.
    - when: the control applies only if the named fields have one of the listed values.
    - reason: why it does not apply now, as a sentence; "" if it applies.
    """

    name: str
    label: str
    help: str
    group: str
    kind: Literal["choice", "number", "whole", "flag", "widths", "columns", "text"]
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
    """The first rows of the table as texts, and how many there are."""

    columns: list[str]
    rows: list[list[str]]
    n_rows: int
    n_columns: int


class DataState(Message):
    """The data: columns, first rows, and the rows of each share.

    `problems` are doubts about how the file is to be read, `notices` what was decided about the table.

    `rows` holds the row numbers of each share (counted from 0 in the table; at most 2000 each, `counts` has all).
    `orientation` is "rows" or "columns": where the samples of the file stand.
    """

    name: str
    source: str
    license: str
    columns: list[Column]
    preview: Preview
    problems: list[str]
    notices: list[str]
    counts: dict[str, int]
    rows: dict[str, list[int]]
    orientation: str
    task: str
    classes: list[str] = []


class Unit(Message):
    """A node of the diagram.

    - id: "x1", "h1.2" (hidden layer, unit), "y1", "b1" (the biases of the weights of layer 1).
    - kind: "input", "hidden", "output" or "bias".
    - layer: 0 for the inputs, L for the outputs; a bias has the layer that it stands in, one below its units.
    - index: of the unit in its layer, from 0.
    """

    id: str
    kind: Literal["input", "hidden", "output", "bias"]
    layer: int
    index: int
    name: str


class Edge(Message):
    """A weight: theta[index] leads from one unit to another; `name` is its name, such as "W1[0,2]" or "b1[2]"."""

    index: int
    source: str
    target: str
    name: str


class NetworkState(Message):
    """The network as a diagram; above 3000 weights `edges` is empty and `note` says so."""

    summary: str
    n_parameters: int
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


class FaultChoice(Message):
    """A wrong backpropagation that shows in this network: its name, a sentence, the wrong line and the right one."""

    name: str
    what: str
    line: str
    right_line: str


class State(Message):
    """Everything that changes with the settings and not with an iteration.

    `method` is the method that runs ("auto" resolved).  `exercise.table` is empty: download the exercise to have it.
    `revision` counts the changes; a frame belongs to the state of the same revision.  `model_file` names the model that
    the page was opened with, if there is one; `only_model` says why the page shows nothing but this model, or is empty.
    """

    revision: int
    exercise: Exercise
    controls: list[Control]
    data: DataState
    network: NetworkState
    presets: list[Preset]
    faults: list[FaultChoice]
    method: str
    engine: str
    query: str
    versions: dict[str, str]
    notices: list[str] = []
    model_file: str = ""
    only_model: str = ""


# --- frames: the numbers of an iteration --------------------------------------------------------


class Curves(Message):
    """Rows of the record since the previous frame of this stream; with `replace`, all rows (some may be left out).

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
    """What the network predicts over one or two inputs; the others are held at their medians (`held`).

    - kind: "curve" (one axis; `values` is a list), "map" (two axes; `values[j][i]` belongs to axis 1's value j and axis
      0's value i) or "classes" (likewise; `values` is the probability of class `output`, or the number of the most
      probable class if there are more than two).
    - low, high: a band of 95 % for a curve, or empty.
    - points: rows of the table, sent when they change (else empty); `y` of a curve's point is its target.
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


class Agreement(Message):
    """True and predicted values of a share in the units of the table, and the figures of all its rows.

    For classes `true` and `predicted` are numbers of classes, `accuracy` is set, and `confusion[i][j]` counts rows of
    class i that are predicted as j.
    """

    share: Share
    n: int
    true: list[float]
    predicted: list[float]
    r: Number = None
    r2: Number = None
    rmse: Number = None
    accuracy: Number = None
    log_loss: Number = None
    confusion: list[list[int]] = []


class Histogram(Message):
    """Errors (predicted - true) of a share: counts between the edges; all shares have the same edges."""

    share: Share
    edges: list[float]
    counts: list[int]


class LayerNumbers(Message):
    """One layer of the passes of a row; a list is null if it has not been computed yet (stepping by layers)."""

    layer: int
    z: list[Number] | None
    a: list[Number] | None
    delta: list[Number] | None


class RowPasses(Message):
    """The forward and the backward pass of one row, as `sheernet.explain(..., row=...)` has them.

    `pass_` ("forward", "backward", or "" for complete passes) and `layer` say what was computed last.  `gradient` is
    the row's part of the gradient (empty until the backward pass is complete); inputs are scaled as the network sees
    them, `given` has them as in the table.
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
    gradient: list[Number]


class Frame(Message):
    """The numbers of one moment.

    `revision` is that of the State that it belongs to.  `theta` and `gradient` are empty above 3000 weights, and
    `gradient` also where a method has not evaluated it.  `message` says in a sentence why the run ended.  `exploring`
    says what a race or many starts are doing, of which `exploration` is a description such as "Racing lm".
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
    agreement: list[Agreement] = []
    errors: list[Histogram] = []
    passes: RowPasses | None = None
    exploring: Literal["", "running", "paused"] = ""
    exploration: str = ""


# --- results of commands ------------------------------------------------------------------------


class Result(msgspec.Struct, kw_only=True, tag_field="kind"):
    """The base of the results; `kind` is "check", "race", "swarm", "landscape", "test", "profile" or "search"."""


class CheckedEntry(Message):
    """One entry of the gradient: by backpropagation, numerically, and whether they agree."""

    index: int
    name: str
    backpropagation: Number
    numerical: Number
    agrees: bool


class CheckResult(Result, tag="check"):
    """A gradient check: its verdict, its text, and the entries (the worst 200)."""

    passed: bool
    verdict: str
    text: str
    entries: list[CheckedEntry]
    fault: FaultChoice | None = None


class RacedPath(Message):
    """A method of a race: its path in the plane, its objectives by iteration, and why it ended."""

    method: str
    x: list[Number]
    y: list[Number]
    iteration: list[int]
    objective: list[Number]
    evaluations: list[int]
    reason: str
    message: str


class Plane(Message):
    """The objective over a plane: `values[j][i]` at x[i], y[j].

    `explained` is the share of the paths' variance that lies in the plane; `sentence` says so.
    """

    x: list[float]
    y: list[float]
    values: list[list[Number]]
    x_name: str
    y_name: str
    explained: Number = None
    sentence: str = ""


class RaceResult(Result, tag="race"):
    """The paths of several methods, and the plane that they are drawn in."""

    paths: list[RacedPath]
    plane: Plane


class SwarmCurve(Message):
    """The cost curve of one start."""

    start: int
    iteration: list[int]
    objective: list[Number]
    reason: str
    best: bool


class SwarmResult(Result, tag="swarm"):
    """The curves of many starts, and how many found the best objective, as a sentence."""

    curves: list[SwarmCurve]
    sentence: str


class LandscapeResult(Result, tag="landscape"):
    """The objective around the present weights; the present point is at (`at_x`, `at_y`)."""

    plane: Plane
    at_x: float
    at_y: float


class TestResult(Result, tag="test"):
    """The figures of another table."""

    name: str
    agreement: Agreement
    sentence: str


class ModelInput(Message):
    """An input of a model, and its value at the point.

    - kind: "number", "boolean" (0 and 1), "date" (days since 1970-01-01), "time" (hours since midnight), "category".
    - written: the value as a table for `sheernet predict` may have it.
    - low, high: range of the training rows; null for labels.
    - labels: of a category.
    """

    name: str
    kind: Literal["number", "boolean", "date", "time", "category"]
    value: float | str
    written: Any
    low: Number = None
    high: Number = None
    labels: list[str] = []


class ProfiledCurve(Message):
    """The predictions over the values of one input, the others being those of the point.

    `mean`, `low` and `high` have a list for each output; the band from low to high is empty if it is not known.
    `written` are the values as a table for `sheernet predict` may have them, `present` is the index of the point's.
    """

    column: str
    kind: str
    values: list[float | str]
    written: list[Any]
    present: int
    mean: list[list[Number]]
    low: list[list[Number]]
    high: list[list[Number]]


class Distance(Message):
    """How far a point is from the training rows; `distance` is null if the model does not know.

    `far` and `farthest` are the distances of which 95 % and all training rows are nearer.
    """

    sentences: list[str]
    is_outside: bool
    distance: Number = None
    far: Number = None
    farthest: Number = None


class ProfileResult(Result, tag="profile"):
    """The prediction at a point, and the curves through it.

    - model: which model this is, as sentences.
    - outputs: the names of the predictions; `shown` are the indices of those to draw.
    - probabilities: whether they are probabilities of classes.
    - sentences: each shown prediction with its band and interval, and what these are.
    - lower, upper: interval of a new value with the probability `coverage`; empty if it is not known.
    """

    model: list[str]
    outputs: list[str]
    shown: list[int]
    probabilities: bool
    inputs: list[ModelInput]
    prediction: list[Number]
    lower: list[Number]
    upper: list[Number]
    coverage: float
    sentences: list[str]
    distance: Distance
    curves: list[ProfiledCurve]


class FoundInputs(Message):
    """Inputs that a search has found: their values as in ModelInput, and the predictions."""

    values: dict[str, float | str]
    written: list[str]
    prediction: list[Number]


class SearchResult(Result, tag="search"):
    """The best inputs, the first in a table with what was searched; sentences, and other solutions."""

    title: str
    reached: bool
    headings: list[str]
    rows: list[list[str]]
    sentences: list[str]
    solutions: list[FoundInputs]


class Answer(Message):
    """The answer to a request: a state, a result, or the sentence of an error."""

    state: State | None = None
    result: (
        CheckResult
        | RaceResult
        | SwarmResult
        | LandscapeResult
        | TestResult
        | ProfileResult
        | SearchResult
        | None
    ) = None
    error: str = ""


class Opening(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a new session begins with: an exercise, or a query string; neither for what the command was started with."""

    exercise: dict[str, Any] | None = None
    query: str | None = None


class Opened(Message):
    """A new session."""

    session: str
    state: State
