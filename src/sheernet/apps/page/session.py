"""`Session`: one open page, its experiment and its run.

Commands are executed one at a time and hold `_commands`.  The thread of a run and the streams share `_numbers`, which
is held only briefly, so that a command that waits for the thread cannot cause a deadlock.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sheernet.apps.page import protocol as p
from sheernet.apps.page.curves import CurveStore, Seen
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.live_run import LiveRun
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_frames import Moment, frame_of
from sheernet.apps.page.page_models import CHECKED_ROWS, model_of
from sheernet.apps.page.page_passes import Walk
from sheernet.apps.page.page_presets import beginning_of_table, preset
from sheernet.apps.page.page_state import state_of
from sheernet.apps.page.page_surface import SurfaceGrid
from sheernet.apps.page.page_table import OWN, exercise_with
from sheernet.apps.page.row_shares import SHARES
from sheernet.apps.page.run_plan import trainer_of
from sheernet.derivatives import check_gradient
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import capitalized
from sheernet.foundation.scalars import as_number, as_whole
from sheernet.models.model import Model
from sheernet.network.network import Network
from sheernet.optimizers.optimizer_protocol import Step
from sheernet.optimizers.record import Row
from sheernet.training.training import Training

LARGEST_WEIGHT = 1e6
OF_THE_VIEW = ("title", "task", "hidden_controls", "row", "axes")
"""Settings that do not change the run."""
MOST_STEPS = 100_000
LONGEST_FRAME = 1.0
"""Maximum number of seconds that a run waits while a frame is made."""
FASTEST = 10_000.0
"""Maximum rate, in iterations per second."""


class Session:
    """One page.

    Parameters
    ----------
    exercise : Exercise
        The initial exercise.

    Raises
    ------
    InvalidInput
        If the exercise cannot be used.

    Examples
    --------
    >>> from sheernet.apps.page import protocol
    >>> from sheernet.apps.page.page_exercise import Exercise
    >>> from sheernet.apps.page.session import Session
    >>> session = Session(Exercise(data="xor", method="bfgs"))
    >>> _ = session.command(protocol.StepOn(n=3))
    >>> session.wait()
    True
    >>> session.moment.iteration, session.status
    (3, 'paused')
    >>> session.close()
    """

    experiment: Experiment
    moment: Moment
    grid: SurfaceGrid | None

    def __init__(self, exercise: Exercise) -> None:
        self.name = secrets.token_urlsafe(12)
        self._commands = threading.RLock()
        self._numbers = threading.RLock()
        self.changed = threading.Condition(self._numbers)
        self.revision = self.sequence = 0
        self.curves = CurveStore()
        self.walk = Walk()
        self.closed = threading.Event()
        self.has_ended = False  # after `close`, whether the thread of the run has also ended
        self._streams_waiting: set[int] = set()  # threads
        self.run: LiveRun | None = None
        self._band: tuple[Training, Model] | None = None
        self._begin(Experiment.of(exercise))

    # --- state ---

    @property
    def is_closed(self) -> bool:
        """Whether the session has ended."""
        return self.closed.is_set()

    @property
    def status(self) -> p.Status:
        """The status of the run."""
        run = self.run  # a command may end the run meanwhile
        return "ready" if run is None else run.status

    @property
    def network(self) -> Network:
        """The network at the current moment."""
        return Network(self.experiment.architecture, self.moment.theta)

    def state(self) -> p.State:
        """Return the state as a message."""
        with self._commands:
            return state_of(self.experiment, self.revision)

    def frame(self, seen: Seen, with_points: bool = True) -> tuple[p.Frame, Seen]:
        """Return the frame of the current moment, and the rows of the curves that a stream has then received."""
        self._model_of_end()  # may take a second; the model is then known while the lock is held
        self._streams_waiting.add(threading.get_ident())
        with self.changed:
            try:
                curves, now = self.curves.since(seen)
                frame = frame_of(
                    self.experiment, self.moment, curves, self.grid, self.walk, status=self.status,
                    sequence=self.sequence, revision=self.revision, with_points=with_points,
                    model=self._model_of_end(),
                )  # fmt: skip
            finally:
                self._streams_waiting.discard(threading.get_ident())
                self.changed.notify_all()
        return frame, now

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until the run has ended or is paused; return False if neither happens in time."""
        run = self.run
        return run is None or run.wait(seconds)

    def model(self) -> Model:
        """Return the model with the current weights."""
        with self._commands:
            return model_of(*self._present())

    @property
    def exercise(self) -> Exercise:
        """The exercise, with the weights that were set by hand before any training."""
        exercise = self.experiment.exercise
        if self._is_edited and self.moment.iteration == 0:
            return exercise.changed({"weights": self.moment.theta.tolist()})
        return exercise

    def _present(self) -> tuple[Experiment, Network, Training | None]:
        """Return the experiment, the current network, and the run if it has ended with this network."""
        with self._numbers:
            run, moment = self.run, self.moment
            training = None if run is None else run.training
            if training is not None and training.network.theta is not moment.theta:
                training = None
            return self.experiment, self.network, training

    def _model_of_end(self) -> Model | None:
        """Return the model for the band of a curve, if a run has ended with the current weights."""
        (experiment, network, training), grid = self._present(), self.grid
        if training is None or grid is None or len(grid.axes) != 1:
            return None
        if self._band is None or self._band[0] is not training:
            self._band = training, model_of(experiment, network, training)
        return self._band[1]

    # --- commands ---

    def command(self, command: p.Command) -> p.Answer:
        """Carry out a command, by the method whose name is `_on_` and the tag of the command.

        Raises
        ------
        InvalidInput
            If the command cannot be carried out; nothing has changed in this case.
        """
        do: Callable[[Any], Any] = getattr(self, f"_on_{command.__struct_config__.tag}")
        with self._commands:
            self._require_open()
            result = do(command)
            self._tell()
        if isinstance(result, p.CheckResult):
            return p.Answer(check=result)
        return p.Answer(state=result)

    def take_table(self, content: bytes, name: str) -> p.Answer:
        """Use the table of a file.

        Raises
        ------
        InvalidInput
            If the table cannot be used; nothing has changed in this case.
        """
        with self._commands:
            self._require_open()
            exercise = self.experiment.exercise
            if exercise.data != OWN:
                exercise = beginning_of_table()
            return p.Answer(state=self._use(exercise_with(exercise, content, name)))

    def close(self) -> None:
        """End the run and the streams."""
        self.closed.set()
        with self.changed:
            self.changed.notify_all()
        with self._commands:
            self.has_ended = self._stop()
        with self.changed:
            self.changed.notify_all()

    def _require_open(self) -> None:
        if self.is_closed:
            raise InvalidInput("this session has ended; load the page again")

    def _tell(self) -> None:
        """Notify the streams that there is a new frame."""
        with self.changed:
            self.sequence += 1
            self.changed.notify_all()

    def _on_play(self, command: p.Play) -> None:
        rate = command.rate
        if rate is not None:
            as_number("rate", rate, 0)
            rate = min(rate, FASTEST) or None
        self._ready_run().allow(rate=rate)

    def _on_pause(self, command: p.Pause) -> None:
        if self.run is not None:
            self.run.pause()
            self.run.wait(1.0)

    def _on_step(self, command: p.StepOn) -> None:
        n = as_whole("n", command.n, 1, most=MOST_STEPS)
        self._ready_run().allow(n)

    def _ready_run(self) -> LiveRun:
        """Return the run; create one if there is none, or one that continues a run that has ended."""
        run = self.run
        self.walk = Walk()
        if run is not None and run.status != "ended":
            return run
        training = None if run is None else run.training
        network, starts, resume = self.network, self.experiment.exercise.starts, None
        if training is not None:
            network, starts = training.network, 1
            if training.state is not None:
                resume = training
        elif self.moment.iteration > 0 or self._is_edited:
            starts = 1
        return self._new_run(network, starts, resume)

    def _new_run(self, network: Network, starts: int, resume: Training | None) -> LiveRun:
        run: LiveRun | None = None

        def accept(step: Step, row: Row) -> None:
            if run is self.run:
                self._accept(step, row)

        def finish(ended: LiveRun) -> None:
            if ended is self.run:
                self._finish(ended)

        self._steps_seen, self._first = 0, 0 if resume is not None else self.moment.iteration
        begun = 0 if resume is None else int(resume.record.iteration[-1])
        trainer = trainer_of(self.experiment, network, starts, resume)
        self.run = run = LiveRun(trainer, accept, finish, self._tell, begun)
        return run

    def _accept(self, step: Step, row: Row) -> None:
        """Add a step of the run to the curves; if the iterations start again at 0, the next start has begun."""
        with self.changed:
            start = self.moment.start
            if self._steps_seen and step.iteration == 0:
                start, self._first = start + 1, 0
                self.curves.clear()
            iteration = self._first + step.iteration
            if iteration > self.moment.iteration or not self.curves.rows:
                self._add_row(iteration, step.theta, row)
            self._steps_seen += 1
            self.moment = Moment(
                iteration, start, step.theta, step.gradient, row.objective, row.cost
            )
            self._tell()
            # Threads that compete for the interpreter take several times as long, so the run waits for the frame.
            self.changed.wait_for(lambda: not self._streams_waiting, LONGEST_FRAME)

    def _add_row(self, iteration: int, theta: Array, row: Row) -> None:
        costs = _other_costs(self.experiment, theta) if self.curves.keeps_next else (None, None)
        self.curves.add(
            iteration, row.objective, row.cost, *costs, row.gradient_norm, row.step_length, row.damping
        )  # fmt: skip

    def _finish(self, run: LiveRun) -> None:
        """Show the result of a run: its best start, the termination reason and the warnings."""
        training = run.training
        with self.changed:
            if training is None:
                self.moment = replace(self.moment, message=run.error, reason="error")
            else:
                moment = Moment.at(
                    self.experiment, training.network.theta, self.moment.iteration, training.starts.best
                )  # fmt: skip
                if len(training.starts) > 1:
                    moment = replace(moment, iteration=int(training.record.iteration[-1]))
                    self._show_record(training)
                end = training.termination
                warned = "".join(
                    f" {capitalized(text.removesuffix('.'))}." for text in run.warnings
                )
                message = str(end.message) + _kept(training) + warned
                self.moment = replace(moment, message=message, reason=end.reason)

    def _show_record(self, training: Training) -> None:
        """Show the curves of the best of several starts."""
        record = training.record
        self.curves.clear()
        for i in range(len(record)):
            self.curves.add(
                int(record.iteration[i]), float(record.objective[i]), float(record.cost[i]),
                float(record.validation_cost[i]), None, float(record.gradient_norm[i]),
                float(record.step_length[i]), float(record.damping[i]),
            )  # fmt: skip

    def _on_forward(self, command: p.Forward) -> None:
        self._on_pause(p.Pause())
        self.walk = self.walk.forward(self.experiment.architecture.n_layers)

    def _on_backward(self, command: p.Backward) -> None:
        self._on_pause(p.Pause())
        self.walk = self.walk.backward(self.experiment.architecture.n_layers)

    def _on_reset(self, command: p.Reset) -> p.State:
        exercise = self.experiment.exercise
        if command.seed is not None:
            exercise = exercise.changed({"seed": command.seed, "weights": None})
        return self._use(exercise)

    def _on_weight(self, command: p.SetWeight) -> None:
        size = self.moment.theta.size
        index = as_whole("index", command.index, 0, most=size - 1)
        value = as_number("value", command.value)
        if abs(value) > LARGEST_WEIGHT:
            raise InvalidInput(f"a weight may be up to {LARGEST_WEIGHT:g}, but {value:g} was given")
        self._stop()
        with self.changed:
            theta = self.moment.theta.copy()
            theta[index] = value
            self.moment = Moment.at(
                self.experiment, theta, self.moment.iteration, self.moment.start
            )
            self.run, self._is_edited = None, True

    def _on_settings(self, command: p.ChangeSettings) -> p.State:
        before = self.experiment.exercise
        exercise = _with_settings(before, command.values)
        if exercise.changed({name: getattr(before, name) for name in OF_THE_VIEW}) != before:
            return self._use(exercise)
        experiment = self.experiment.with_exercise(exercise)
        grid = SurfaceGrid.of(experiment)
        with self.changed:  # the run continues
            self.experiment, self.grid = experiment, grid
            self.revision += 1
        return self.state()

    def _on_row(self, command: p.ChooseRow) -> p.State:
        row = as_whole("row", command.row, 0, most=len(self.experiment.source.table) - 1)
        exercise = self.experiment.exercise.changed({"row": row})
        with self.changed:
            self.experiment = self.experiment.with_exercise(exercise)
            self.walk = Walk()
            self.revision += 1
        return self.state()

    def _on_check(self, command: p.CheckGradient) -> p.CheckResult:
        objective = self.experiment.objective_of(self.experiment.first_rows(CHECKED_ROWS))
        report = check_gradient(objective, self.moment.theta)
        return p.CheckResult(passed=report.verdict == "pass", text=str(report))

    def _on_preset(self, command: p.UsePreset) -> p.State:
        return self._use(preset(command.name))

    def _use(self, exercise: Exercise) -> p.State:
        """Start another exercise; nothing changes if it cannot be used."""
        self._begin(Experiment.of(exercise))
        return self.state()

    def _begin(self, experiment: Experiment) -> None:
        """Show the initial weights of an experiment; nothing changes if it cannot be used."""
        moment, grid = Moment.at(experiment, experiment.network.theta), SurfaceGrid.of(experiment)
        self._stop()
        with self.changed:
            self.experiment, self.moment, self.grid = experiment, moment, grid
            self.walk, self._is_edited = Walk(), False
            self.curves.clear()
            costs = _other_costs(experiment, moment.theta)
            largest = float(np.abs(moment.gradient).max())
            self.curves.add(0, moment.objective, moment.cost, *costs, largest)
            self.revision += 1
            self._tell()

    def _stop(self) -> bool:
        """End the run; return False if its thread is still in an iteration, whose result is discarded."""
        run, self.run = self.run, None
        return run is None or run.stop()


def _kept(training: Training) -> str:
    """Return a sentence about the kept iterate if it is not the last one; "" with patience, whose message states it."""
    state, reason = training.state, training.termination.reason
    if state is None or reason == "validation_patience":
        return ""
    if np.array_equal(training.network.theta, state.state.theta):
        return ""
    return f" The weights of iteration {state.best.iteration}, which has the lowest cost, are kept."


def _other_costs(experiment: Experiment, theta: Array) -> tuple[float | None, ...]:
    """Return the costs of the validation and of the test rows; None for a share without rows."""
    found = (experiment.costs.get(share) for share in SHARES[1:])
    return tuple(None if each is None else each.value(theta) for each in found)


def _with_settings(exercise: Exercise, values: Mapping[str, Any]) -> Exercise:
    """Return an exercise with other values; a new method gets its default options.

    "options.NAME" is an option of the method; null gives it its default value.
    """
    plain = {name: value for name, value in values.items() if not name.startswith(_OPTION)}
    if not _OF_WEIGHTS.isdisjoint(plain):
        plain = {"weights": None, **plain}
    if not _OF_TARGET.isdisjoint(plain):
        plain = {**_OF_TASK, **plain}
    changed = exercise.changed(plain)
    if changed.data != exercise.data:
        changed = changed.changed({**_OF_DATA, **plain})
    is_kept = changed.method == exercise.method or "options" in plain
    options = dict(changed.options) if is_kept else {}
    options |= {
        name.removeprefix(_OPTION): value for name, value in values.items() if name not in plain
    }
    given = {name: value for name, value in options.items() if value is not None}
    return changed.changed({"options": given})


_OPTION = "options."
_OF_WEIGHTS = {
    "hidden", "bias", "skip", "seed", "scheme", "data", "inputs", "target", "task_kind", "samples", "output",
}  # fmt: skip
"""Settings whose change makes given initial weights meaningless."""
_OF_TARGET = {"target", "task_kind"}
_OF_TASK = {"output": None, "cost": None}
"""Settings that depend on the task; they are reset to their default values if the target or task changes."""
_OF_DATA = {
    "inputs": None, "target": None, "task_kind": None, "axes": None, "row": None, "cost": None,
    "output": None, "title": None, "task": None, "scaling": None, "bias": None, "reduction": None, "scheme": None,
}  # fmt: skip
"""Settings that depend on the table; they are reset to their default values if the table changes."""
