"""The laws of a session: its iterates are those of `sheernet.train`, and every command does what it says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

import sheernet as sn
from sheernet.apps.page import protocol as p
from sheernet.apps.page import run_plan
from sheernet.apps.page.curves import Seen
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_presets import ALL
from sheernet.apps.page.session import Session

Open = Callable[..., Session]

SPIRALS: dict[str, Any] = {
    "data": "two spirals",
    "hidden": (5,),
    "decay": 1e-3,
}


@pytest.fixture
def page() -> Iterator[Open]:
    """A function that opens a session for settings."""
    opened: list[Session] = []

    def open_session(**settings: Any) -> Session:
        opened.append(Session(Exercise(**settings)))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()


def trained(session: Session, **changes: Any) -> sn.Training:
    """The same run by `sheernet.train`; with an observer, the optimizer runs in Python as on the page."""
    experiment, exercise = session.experiment, session.experiment.exercise
    rows = experiment.prepared.training
    how: dict[str, Any] = {
        "method": exercise.method,
        "cost": exercise.cost or "binary_cross_entropy",
        "reduction": exercise.reduction, "starts": exercise.starts,
        "seed": exercise.seed, "scheme": exercise.scheme, "max_iter": exercise.max_iter, **exercise.options, **changes,
    }  # fmt: skip
    decay = sn.weight_decay(experiment.architecture, exercise.decay)
    network = sn.Network.random(experiment.architecture, exercise.seed, exercise.scheme)
    return sn.train(network, rows.X, rows.y, decay=decay, observers=[lambda step, row: None], **how)


@pytest.mark.parametrize("method", ["auto", "lm", "bfgs", "lbfgs", "gd", "adam"])
def test_a_run_has_the_bits_of_train(page: Open, method: str) -> None:
    session = page(**SPIRALS, method=method, max_iter=60)
    session.command(p.Play())
    assert session.wait()
    result = trained(session)
    assert session.status == "ended"
    assert np.array_equal(session.moment.theta, result.network.theta)
    assert session.moment.reason == result.termination.reason
    assert session.moment.message == str(result.termination.message)
    assert session.curves.rows[-1][1] == result.record.objective[-1]


def test_the_end_of_a_run_tells_its_warnings(page: Open) -> None:
    session = page(**SPIRALS, weights=[0.0] * 21, max_iter=3)
    session.command(p.Play())
    assert session.wait()
    zeros = sn.Network(session.experiment.architecture, np.zeros(21))
    rows = session.experiment.prepared.training
    with pytest.warns(sn.SheernetWarning, match="identical initial weights") as told:
        sn.train(zeros, rows.X, rows.y, cost="binary_cross_entropy", max_iter=3)
    warning = str(told[0].message)
    assert session.moment.message.endswith(f" {warning[0].upper()}{warning[1:]}.")


def test_a_run_that_was_paused_stepped_and_resumed_has_the_same_bits(page: Open) -> None:
    session = page(**SPIRALS, method="bfgs", max_iter=40)
    for n in (1, 2, 7):
        session.command(p.StepOn(n=n))
        assert session.wait()
    assert (session.status, session.moment.iteration) == ("paused", 10)
    assert np.array_equal(session.moment.theta, trained(session, max_iter=10).network.theta)
    session.command(p.Pause())
    session.command(p.Play(rate=10_000))
    assert session.wait()
    assert np.array_equal(session.moment.theta, trained(session).network.theta)


def test_the_streams_are_told_that_a_run_has_paused(
    page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, is_answered, told = page(data="xor"), threading.Event(), []
    accept = session._accept

    def accept_after_the_answer(*args: Any) -> None:
        assert is_answered.wait(20)  # so that no news but that of the run comes after its frame
        accept(*args)
        frame, _ = session.frame(Seen())
        told.append((frame.status, frame.sequence))

    monkeypatch.setattr(session, "_accept", accept_after_the_answer)
    session.command(p.StepOn(n=1))
    is_answered.set()
    with session.changed:
        assert session.changed.wait_for(lambda: session.status == "paused", 20)
        assert told[-1][0] == "running"
        assert session.changed.wait_for(lambda: session.sequence > told[-1][1], 20)
        assert session.frame(Seen())[0].status == "paused"


def test_play_after_the_last_iteration_goes_on(page: Open) -> None:
    session = page(**SPIRALS, method="lbfgs", max_iter=15)
    for _ in range(2):
        session.command(p.Play())
        assert session.wait()
    assert session.moment.iteration == 30
    assert np.array_equal(session.moment.theta, trained(session, max_iter=30).network.theta)
    assert [row[0] for row in session.curves.rows] == list(range(31))


def test_a_step_that_is_refused_leaves_the_run_that_ended(page: Open) -> None:
    session = page(data="xor", method="bfgs", max_iter=5)
    session.command(p.Play())
    assert session.wait()
    run = session.run
    for command in (p.StepOn(n=0), p.Play(rate=-1.0)):
        with pytest.raises(sn.InvalidInput):
            session.command(command)
        assert (session.run, session.status) == (run, "ended")


@pytest.mark.parametrize("method", ["gd", "bfgs"])
def test_a_long_run_has_the_same_bits_and_a_short_record(
    page: Open, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(run_plan, "RESUMED", 7)
    monkeypatch.setattr(run_plan, "MOST_ROWS", 10)
    session = page(**SPIRALS, method=method, max_iter=45)
    session.command(p.StepOn(n=30))
    assert session.wait()
    assert session.moment.iteration == 30
    session.command(p.Play())
    assert session.wait()
    result = trained(session)
    assert session.run is not None
    assert session.run.training is not None
    record = session.run.training.record
    assert np.array_equal(session.moment.theta, result.network.theta)
    assert session.moment.message == str(result.termination.message)
    assert len(record) <= 10 + 1 + 7
    assert (record.iteration[0], record.iteration[-1]) == (0, 45)
    assert [row[0] for row in session.curves.rows] == list(range(46))
    session.command(p.StepOn())
    assert session.wait()
    assert session.moment.iteration == 46


def test_of_several_starts_the_best_is_shown(page: Open) -> None:
    session = page(data="xor", hidden=(2,), method="bfgs", starts=4, max_iter=60, seed=3)
    session.command(p.Play())
    assert session.wait()
    result = trained(session)
    assert session.moment.start == result.starts.best
    assert np.array_equal(session.moment.theta, result.network.theta)
    assert [row[1] for row in session.curves.rows] == result.record.objective.tolist()


def test_if_the_last_iterate_is_not_the_best_the_page_says_which_is_kept(page: Open) -> None:
    session = page()
    session.command(p.UsePreset(name="a learning rate that is too large"))
    session.command(p.ChangeSettings(values={"max_iter": 5}))
    session.command(p.Play())
    assert session.wait()
    objectives = [row[1] for row in session.curves.rows]
    best = int(np.argmin(objectives))
    assert best < 5
    assert session.moment.objective == objectives[best]
    assert (
        f"The weights of iteration {best}, which has the lowest cost, are kept."
        in session.moment.message
    )


def test_a_run_can_be_paused_while_it_goes_on(page: Open) -> None:
    session = page(**SPIRALS, method="gd", max_iter=100_000)
    session.command(p.Play())
    session.command(p.Pause())
    assert session.status == "paused"
    iteration = session.moment.iteration
    session.command(p.StepOn())
    assert session.wait()
    assert session.moment.iteration == iteration + 1


def test_a_weight_set_by_hand_changes_the_cost_as_value_says(page: Open) -> None:
    session = page(**SPIRALS, method="lm")
    session.command(p.StepOn(n=3))
    session.wait()
    theta = session.moment.theta.copy()
    theta[4] = -1.25
    session.command(p.SetWeight(index=4, value=-1.25))
    rows = session.experiment.prepared.training
    arch = session.experiment.architecture
    decay = sn.weight_decay(arch, 1e-3)
    objective = sn.make_objective(arch, rows.X, rows.y, decay=decay, cost="binary_cross_entropy")
    value, gradient = objective.value_and_gradient(theta)
    frame, _ = session.frame(Seen())
    assert frame.theta == theta.tolist()
    assert frame.objective == value
    assert frame.gradient == gradient.tolist()
    assert (frame.iteration, frame.status) == (3, "ready")
    session.command(p.StepOn(n=2))
    session.wait()
    again = sn.train(
        sn.Network(arch, theta), rows.X, rows.y, method="lm", decay=decay, max_iter=2, cost="binary_cross_entropy",
        observers=[lambda step, row: None],
    )  # fmt: skip
    assert np.array_equal(session.moment.theta, again.network.theta)
    assert session.moment.iteration == 5


@pytest.mark.parametrize(("index", "value"), [(-1, 0.0), (999, 0.0), (0, float("nan")), (0, 1e9)])
def test_an_impossible_weight_is_refused(page: Open, index: int, value: float) -> None:
    session = page()
    before = session.moment.theta
    with pytest.raises(sn.SheernetError):
        session.command(p.SetWeight(index=index, value=value))
    assert session.moment.theta is before


def test_layers_appear_one_after_another_with_the_numbers_of_explain(page: Open) -> None:
    session = page(data="sleep study", scaling="none", hidden=(3,), row=1)
    rows, network = session.experiment.prepared.training, session.network
    known = sn.explain(network, rows.X, rows.y, row=1)

    def shown() -> list[tuple[Any, Any, Any]]:
        passes = session.frame(Seen())[0].passes
        assert passes is not None
        return [(layer.z, layer.a, layer.delta) for layer in passes.layers]

    z, a, delta = (
        [known[f"{name}_{layer}"].ravel().tolist() for layer in (1, 2)]
        for name in ("z", "a", "delta")
    )
    assert shown() == [(z[0], a[0], delta[0]), (z[1], a[1], delta[1])]
    session.command(p.Forward())
    assert shown() == [(z[0], a[0], None), (None, None, None)]
    session.command(p.Forward())
    assert shown() == [(z[0], a[0], None), (z[1], a[1], None)]
    session.command(p.Backward())
    assert shown() == [(z[0], a[0], None), (z[1], a[1], delta[1])]
    session.command(p.Backward())
    assert shown() == [(z[0], a[0], delta[0]), (z[1], a[1], delta[1])]
    session.command(p.Forward())
    assert shown()[1] == (None, None, None)


def test_the_check_of_the_gradient_is_that_of_the_library(page: Open) -> None:
    session = page(data="sleep study", scaling="none")
    rows, network = session.experiment.prepared.training, session.network
    report = sn.check_gradient(
        sn.make_objective(network.architecture, rows.X, rows.y), network.theta
    )
    check = session.command(p.CheckGradient()).check
    assert check == p.CheckResult(passed=True, text=str(report))


def test_reset_returns_to_the_initial_weights_and_a_seed_draws_others(page: Open) -> None:
    session = page(**SPIRALS)
    first = session.moment.theta
    session.command(p.StepOn(n=3))
    session.wait()
    session.command(p.Reset())
    assert np.array_equal(session.moment.theta, first)
    assert [row[0] for row in session.curves.rows] == [0]
    session.command(p.Reset(seed=8))
    expected = sn.Network.random(session.experiment.architecture, 8, "glorot").theta
    assert np.array_equal(session.moment.theta, expected)
    assert session.experiment.exercise.seed == 8


def test_settings_that_are_refused_change_nothing(page: Open) -> None:
    session = page(**SPIRALS, method="bfgs")
    session.command(p.StepOn(n=3))
    session.wait()
    before = (session.experiment, session.moment, session.revision)
    for values in (
        {"hidden": [0]}, {"hidden": [100_000]}, {"method": "magic"}, {"cost": "poisson"}, {"seed": -1},
        {"activation": "step"}, {"validation": 0.6, "test": 0.4}, {"patience": 3}, {"max_iter": 10**9},
        {"starts": 10**6}, {"starts": 200, "max_iter": 1000}, {"inputs": ["z"]}, {"nonsense": 1},
        {"method": "gd", "options.learning_rate": -1.0}, {"method": "gd", "options.learning_rate": "fast"},
        {"axes": ["spiral"]}, {"decay": -1.0}, {"row": "x"}, {"options": 3}, {"options.learning_rate": 0.1},
    ):  # fmt: skip
        with pytest.raises((sn.InvalidInput, sn.SheernetError)):
            session.command(p.ChangeSettings(values=values))
        assert (session.experiment, session.moment, session.revision) == before, values
    assert session.status == "paused"


def test_changing_the_method_leaves_the_options_of_the_other_out(page: Open) -> None:
    session = page(data="xor", method="gd", options={"learning_rate": 0.5})
    session.command(p.ChangeSettings(values={"method": "lbfgs", "options.memory": 5}))
    assert session.experiment.exercise.options == {"memory": 5}
    session.command(p.ChangeSettings(values={"options.memory": None}))
    assert session.experiment.exercise.options == {}


def test_all_options_can_be_set_at_once(page: Open) -> None:
    session = page(data="xor", method="lbfgs", options={"memory": 5})
    session.command(
        p.ChangeSettings(
            values={"method": "gd", "options": {"momentum": 0.5, "learning_rate": 0.25}}
        )
    )
    assert session.experiment.exercise.options == {"momentum": 0.5, "learning_rate": 0.25}
    session.command(
        p.ChangeSettings(values={"options": {"nesterov": True}, "options.momentum": 0.9})
    )
    assert session.experiment.exercise.options == {"nesterov": True, "momentum": 0.9}
    session.command(p.ChangeSettings(values={"options": None}))
    assert session.experiment.exercise.options == {}


def test_another_table_begins_with_its_own_columns(page: Open) -> None:
    session = page(
        data="sleep study",
        target="test score / 100",
        inputs=("hours asleep / 10",),
        output="sigmoid",
    )
    session.command(p.ChangeSettings(values={"data": "xor"}))
    exercise = session.experiment.exercise
    assert (exercise.data, exercise.inputs, exercise.target, exercise.output) == (
        "xor",
        None,
        None,
        None,
    )


def test_a_row_is_chosen_without_ending_the_run(page: Open) -> None:
    session = page(data="xor")
    session.command(p.StepOn(n=2))
    session.wait()
    session.command(p.ChooseRow(row=3))
    passes = session.frame(Seen())[0].passes
    assert passes is not None
    assert (passes.row, passes.given) == (3, {"x1": 1.0, "x2": 1.0, "xor": "no"})
    assert session.moment.iteration == 2
    with pytest.raises(sn.InvalidInput):
        session.command(p.ChooseRow(row=4))


def test_another_task_begins_with_its_own_output_and_cost(page: Open) -> None:
    session = page(data="sleep study", output="sigmoid", cost="huber")
    session.command(p.ChangeSettings(values={"task_kind": "regression"}))
    exercise = session.experiment.exercise
    assert (exercise.task_kind, exercise.output, exercise.cost) == ("regression", None, None)
    session.command(p.ChangeSettings(values={"task_kind": "auto", "cost": "huber"}))
    assert session.experiment.exercise.cost == "huber"


def test_settings_of_the_view_do_not_end_the_run(page: Open) -> None:
    session = page(data="two spirals", method="bfgs")
    session.command(p.StepOn(n=4))
    session.wait()
    values = {
        "title": "Spirals",
        "task": "Look.",
        "hidden_controls": ["seed"],
        "axes": ["y"],
        "row": 7,
    }
    state = session.command(p.ChangeSettings(values=values)).state
    assert state is not None
    assert (state.revision, state.exercise.title, session.moment.iteration) == (2, "Spirals", 4)
    surface = session.frame(Seen())[0].surface
    assert surface is not None
    assert (surface.kind, surface.axes[0].name) == ("curve", "y")
    session.command(p.StepOn())
    session.wait()
    assert session.moment.iteration == 5


def test_two_sessions_do_not_know_each_other(page: Open) -> None:
    one, two = (
        page(**SPIRALS, method="gd", max_iter=100_000),
        page(data="xor", method="bfgs", max_iter=20),
    )
    one.command(p.Play())
    two.command(p.Play())
    assert two.wait()
    assert one.status == "running"
    one.command(p.Pause())
    assert np.array_equal(two.moment.theta, trained(two).network.theta)
    iteration = one.moment.iteration
    assert np.array_equal(one.moment.theta, trained(one, max_iter=iteration).state.state.theta)  # type: ignore[union-attr]


def test_a_closed_session_ends_its_run_and_takes_no_command(page: Open) -> None:
    session = page(**SPIRALS, method="gd", max_iter=100_000)
    session.command(p.Play())
    run = session.run
    assert run is not None
    session.close()
    assert run.wait()
    with pytest.raises(sn.InvalidInput, match="has ended"):
        session.command(p.Play())


def test_the_curves_of_validation_and_test_rows_are_their_costs(page: Open) -> None:
    session = page(data="sine", hidden=(4,), validation=0.3, test=0.2, method="bfgs", max_iter=5)
    session.command(p.Play())
    session.wait()
    experiment, theta = session.experiment, session.moment.theta
    last = session.curves.rows[-1]
    for place, rows in ((3, experiment.prepared.validation), (4, experiment.prepared.evaluation)):
        assert rows is not None
        objective = sn.make_objective(experiment.architecture, rows.X, rows.y)
        assert last[place] == pytest.approx(objective.value(theta), rel=1e-12)
    assert experiment.rows["validation"].size == 18
    assert experiment.rows["test"].size == 12


def test_patience_ends_a_run_and_says_so(page: Open) -> None:
    session = page(data="sine", hidden=(12,), validation=0.4, method="bfgs", patience=10)
    session.command(p.Play())
    session.wait()
    assert session.moment.reason == "validation_patience"
    assert "10 iterations" in session.moment.message


@pytest.mark.parametrize("name", list(ALL))
def test_each_preset_opens_and_runs(page: Open, name: str) -> None:
    if ALL[name].exercise.data in ("iris", "diabetes"):
        pytest.importorskip("sklearn")
    session = page()
    state = session.command(p.UsePreset(name=name)).state
    assert state is not None
    assert state.exercise == ALL[name].exercise
    session.command(p.StepOn(n=4))
    assert session.wait()
    frame, _ = session.frame(Seen())
    assert frame.objective is not None
    assert frame.iteration == 4


def test_an_own_table_does_not_keep_settings_that_belong_to_the_columns_of_another(
    page: Open,
) -> None:
    session = page(data="sleep study", output="sigmoid", scaling="none", bias=False)
    state = session.take_table(b"a,b\n1,10\n2,25\n3,31\n4,44\n", "own.csv").state
    assert state is not None
    kept = state.exercise
    assert (kept.output, kept.scaling, kept.bias) == (None, "standardize", True)


def test_the_state_of_a_table_with_notices_is_a_message(page: Open) -> None:
    rows = "".join(f"P{i},{i},{i * i}\n" for i in range(40))
    state = page().take_table(f"plot,a,b\n{rows}".encode(), "own.csv").state
    assert state is not None
    assert (
        "'plot' is left out"
        in msgspec.json.decode(msgspec.json.encode(state))["data"]["notices"][0]
    )


def test_the_band_of_a_curve_is_the_interval_of_the_model(page: Open) -> None:
    session = page(data="sine", hidden=(2,), decay=0.01, max_iter=60)

    def surface() -> p.Surface:
        found = session.frame(Seen())[0].surface
        assert found is not None
        return found

    assert surface().low == []
    session.command(p.Play())
    assert session.wait()
    shown = surface()
    inner = slice(20, 80)  # within the training rows: no warning
    low, high = session.model().predict_interval({"x": shown.axes[0].values[inner]}, coverage=0.95)
    np.testing.assert_allclose(shown.low[inner], low, atol=2e-3)
    np.testing.assert_allclose(shown.high[inner], high, atol=2e-3)
    session.command(p.SetWeight(index=0, value=1.0))
    assert surface().low == []  # the density belongs to the weights of the end


def test_a_run_that_fails_says_so(page: Open, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    def fails(*arguments: Any, **how: Any) -> None:
        raise RuntimeError("no luck")

    monkeypatch.setattr(run_plan, "train", fails)
    session = page(data="xor")
    session.command(p.Play())
    assert session.wait()
    assert (session.status, session.moment.reason) == ("ended", "error")
    assert session.moment.message == "RuntimeError: no luck; this is a defect of sheernet"
    assert "no luck" in capsys.readouterr().err
    monkeypatch.undo()
    session.command(p.StepOn())
    assert session.wait()
    assert session.moment.iteration == 1


def test_the_curves_have_the_validation_cost_at_each_iteration(page: Open) -> None:
    session = page(data="sine", hidden=(2,), validation=0.4, decay=0.01, max_iter=40)
    session.command(p.StepOn(n=5))
    assert session.wait()
    curves = session.frame(Seen())[0].curves
    objective = session.experiment.costs["validation"]
    assert len(curves.validation) == 6
    assert curves.validation[-1] == objective.value(session.moment.theta)


def test_xor_leaves_its_flat_place_where_the_page_of_the_documentation_says(page: Open) -> None:
    exercise = ALL["the flat place of xor"].exercise
    text = (Path(__file__).parents[3] / "docs" / "page.md").read_text("utf-8")
    example = json.loads(
        text[text.index('{"format"') : text.index("\n\n", text.index('{"format"'))]
    )
    assert Exercise.of(
        {**example, "title": "", "task": "", "hidden_controls": ()}
    ) == exercise.changed({"title": "", "task": ""})
    cost = trained(
        page(**{name: getattr(exercise, name) for name in exercise.__struct_fields__})
    ).record.cost
    assert cost[600] == pytest.approx(0.5, abs=0.01)
    assert cost[700] == pytest.approx(0.45, abs=0.01)
    assert cost[800] == pytest.approx(0.24, abs=0.01)
    assert cost[2000] == pytest.approx(0.02, abs=0.005)
