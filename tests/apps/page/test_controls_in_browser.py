"""The controls of the page in a browser, and the roles of the columns of an own table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from page_visit import Visit, expect
from sheernet.apps.page import built_in_tables
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_table import exercise_with
from sheernet.optimizers import METHODS

pytestmark = pytest.mark.slow


def other_value(control: Any) -> Any:
    """A value that a control allows and does not have."""
    if control.kind == "flag":
        return not control.value
    if control.kind == "choice":
        return next(each.value for each in control.allowed if each.value != control.value)
    if control.kind == "whole":
        return 1 if control.value != 1 else 2
    return {"validation": 0.25, "test": 0.2, "hidden": "4, 3"}.get(control.name, 0.5)


OTHERS = {
    "scaling": "minmax",
    "activation": "relu",
    "target": "x",
    "options.c1": 0.01,
    "cost": "huber",
}
"""Values of controls whose first other one does not suit the sine."""


@pytest.mark.parametrize("method", ["gd", "lm", "lbfgs", "adam"])
def test_each_control_changes_its_setting(visit: Callable[..., Visit], method: str) -> None:
    it = visit(Exercise(data="sine", method=method, validation=0.2, starts=2, max_iter=3))
    controls = it.session.state().controls
    asked = [
        each for each in controls
        if each.kind != "columns" and not each.reason and each.name not in ("data", "method", "task_kind", "output")
        and all(getattr(it.session.experiment.exercise, name) in values for name, values in each.when.items())
        and (method == "gd" or each.name.startswith("options."))
    ]  # fmt: skip
    for control in asked:
        value = OTHERS.get(control.name, other_value(control))
        field = it.page.locator(f'[data-control="{control.name}"]').locator("input, select").first
        if control.kind == "flag":
            field.click()
        elif control.kind == "choice":
            field.select_option(json.dumps(value))
        else:
            field.fill(str(value))
            field.press("Enter")
        wanted = (4, 3) if control.name == "hidden" else value

        def holds(control: Any = control, wanted: Any = wanted) -> bool:
            exercise = it.session.experiment.exercise
            name = control.name.removeprefix("options.")
            found = exercise.options.get(name) if name != control.name else getattr(exercise, name)
            return bool(found == wanted)

        it.until(holds)
        it.settled()
        if control.name == "target":  # the others are those of the sine
            field.select_option(json.dumps(control.value))
            it.until(
                lambda name=control.name, value=control.value: (
                    getattr(it.session.experiment.exercise, name) == value
                )  # type: ignore[misc]
            )
            it.settled()


def chosen(it: Visit, name: str, value: object, wanted: object = ...) -> None:
    """Choose a value of a control, and wait until it is the setting."""
    it.page.locator(f'[data-control="{name}"] select').first.select_option(json.dumps(value))
    expected = value if wanted is ... else wanted
    it.until(lambda: bool(getattr(it.session.experiment.exercise, name) == expected))
    it.settled()


def test_each_built_in_table_and_each_method_can_be_chosen(visit: Callable[..., Visit]) -> None:
    it = visit(Exercise(data="sine", max_iter=2))
    for each in built_in_tables.ALL.values():
        if each.name == it.session.experiment.exercise.data:
            continue
        chosen(it, "data", each.name)
        assert it.session.experiment.source.table.source == each.name
        panel = it.part("data")
        rows = len(it.session.experiment.source.table)
        expect(panel).to_contain_text(f"{each.name}: {rows} rows")
    chosen(it, "data", "sine")
    for method in METHODS:
        if method != it.session.experiment.exercise.method:
            chosen(it, "method", method)
            assert it.session.experiment.method == method
            shown = {
                node.get_attribute("data-control")
                for node in it.page.locator('[data-control^="options."]').all()
            }
            options = {f"options.{name}" for name in METHODS[method].options}
            assert shown <= options
            assert bool(shown) == bool(options)


def test_the_task_and_the_activation_of_the_output(visit: Callable[..., Visit]) -> None:
    table = "x,grade\n" + "".join(f"{k},{k % 3}\n" for k in range(24))
    it = visit(exercise_with(Exercise(hidden=(2,)), table.encode(), "grades.csv"))
    output = it.page.locator('[data-control="output"] select')
    assert it.session.experiment.prepared.targets.task == "regression"
    chosen(it, "output", "exp")
    assert str(it.session.experiment.architecture).startswith("1-2-1, tanh, exp output")
    # The activation does not suit classes, so it has its default value again.
    chosen(it, "task_kind", "classification")
    assert it.session.experiment.exercise.output is None
    assert it.session.experiment.prepared.targets.task == "classification"
    expect(output).to_be_disabled()
    expect(output).to_have_value('"softmax"')
    assert it.session.experiment.architecture.sizes == (1, 2, 3)
    chosen(it, "task_kind", "auto")
    expect(output).to_be_enabled()


def test_the_roles_of_the_columns_of_an_own_file(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    (tmp_path / "own.csv").write_text(
        "a;b;c;d\n" + "".join(f"{k};{k * k};{7 - k};{k % 5}\n" for k in range(12))
    )
    it = visit()
    panel = it.part("data")
    panel.get_by_label("Open a table").set_input_files(tmp_path / "own.csv")
    expect(panel.get_by_label("Role of d")).to_have_value("target")
    panel.get_by_label("Role of b").select_option("left out")
    it.until(lambda: it.session.experiment.exercise.inputs == ("a", "c"))
    it.settled()
    expect(panel.get_by_label("Role of b")).to_have_value("left out")
    panel.get_by_label("Role of a").select_option("target")
    it.until(lambda: it.session.experiment.exercise.target == "a")
    expect(panel.get_by_label("Role of d")).to_have_value("input")
    assert it.session.experiment.exercise.inputs == ("c", "d")
    # The same columns as a list of boxes among the settings.
    boxes = it.page.locator('[data-control="inputs"]')
    boxes.locator("summary").click()
    expect(boxes.locator("summary")).to_have_text("2 of 3 columns")
    boxes.get_by_label("b", exact=True).check()
    it.until(lambda: it.session.experiment.exercise.inputs == ("b", "c", "d"))
    expect(panel.get_by_label("Role of b")).to_have_value("input")
    boxes.get_by_label("c", exact=True).uncheck()
    it.until(lambda: it.session.experiment.exercise.inputs == ("b", "d"))
    it.settled()
    assert it.session.experiment.architecture.sizes[0] == 2
    # A file that is no table is refused with a sentence, and nothing has changed.
    (tmp_path / "no.csv").write_bytes(b"\x00\x01")
    panel.get_by_label("Open a table").set_input_files(tmp_path / "no.csv")
    expect(panel.get_by_role("alert")).not_to_be_empty()
    assert it.session.experiment.exercise.inputs == ("b", "d")
    it.forget_refusals()


def test_samples_in_columns(visit: Callable[..., Visit], tmp_path: Path) -> None:
    lines = ("x,1,2,3,4,5,6", "z,6,7,8,9,10,12", "y,1,4,9,16,25,36")
    (tmp_path / "wide.csv").write_text("\n".join(lines))
    it = visit()
    it.part("data").get_by_label("Open a table").set_input_files(tmp_path / "wide.csv")
    it.until(lambda: it.session.experiment.exercise.data == "table")
    it.settled()
    assert len(it.session.experiment.source.table) == 2
    chosen(it, "samples", "columns")
    assert tuple(it.session.experiment.source.table.columns) == ("x", "z", "y")
    assert len(it.session.experiment.source.table) == 6
    expect(it.part("data")).to_contain_text("6 rows, 3 columns")
