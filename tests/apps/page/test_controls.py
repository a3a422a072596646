"""The controls of the page: one for each field of an exercise, with the names of the registries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sheernet as sn
from sheernet.apps.page.controls import controls
from sheernet.apps.page.exercise_limits import NO_CONTROLS, names_of_controls
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.protocol import Control
from sheernet.optimizers import METHODS


def made(**settings: object) -> dict[str, Control]:
    return {each.name: each for each in controls(Experiment.of(Exercise(**settings)))}  # type: ignore[arg-type]


def values(control: Control) -> list[object]:
    return [each.value for each in control.allowed]


def test_each_setting_has_a_control() -> None:
    found = {name for name in made() if not name.startswith("options.")}
    assert found == set(Exercise.__struct_fields__) - set(NO_CONTROLS)


def test_the_names_that_can_be_hidden_are_those_of_the_controls_each_once() -> None:
    names = names_of_controls()
    assert set(names) == set(made())
    assert len(names) == len(set(names))


def test_the_page_of_the_documentation_names_all_of_them() -> None:
    page = (Path(__file__).parents[3] / "docs" / "page.md").read_text("utf-8")
    section = page[page.index("## Names of the controls") :]
    section = section[: section.index("\n## ", 1)]
    assert set(re.findall(r"`([^`]+)`", section)) == {*names_of_controls(), "hidden_controls"}


def test_each_control_has_a_label_a_help_text_and_an_allowed_value() -> None:
    for data in ("sleep study", "xor", "sine", "two spirals"):
        for control in made(data=data).values():
            assert control.label, control.name
            assert control.help.endswith("."), control.name
            if control.kind == "choice":
                assert control.value in values(control), control.name


def test_the_choices_are_those_of_the_registries() -> None:
    found = made()
    assert values(found["method"]) == ["auto", *METHODS]
    assert values(found["scheme"]) == list(sn.initialize.SCHEMES)
    assert set(values(found["activation"])) == set(sn.activations.ALL) - {"softmax", "exp"}
    assert values(found["cost"]) == [
        name for name, each in sn.costs.ALL.items()
        if each.allows(sn.activations.identity) and sn.costs.outputs_per_target(each) == 1
    ]  # fmt: skip


@pytest.mark.parametrize("method", list(METHODS))
def test_each_option_of_a_method_can_be_set_to_what_its_control_offers(method: str) -> None:
    found = [
        each for each in controls(Experiment.of(Exercise(data="xor", method=method)))
        if method in each.when.get("method", [])
    ]  # fmt: skip
    names = {each.name.removeprefix("options.") for each in found}
    assert names == set(METHODS[method].options)
    for control in found:
        name = control.name.removeprefix("options.")
        assert control.default == METHODS[method].defaults[name]
        for value in values(control) or [control.default]:
            Experiment.of(Exercise(data="xor", method=method, options={name: value}))


@pytest.mark.parametrize(
    "name", ["activation", "scaling", "scheme", "cost", "output", "method", "task_kind"]
)
def test_each_offered_value_is_accepted(name: str) -> None:
    for value in values(made(data="sine")[name]):
        if (name, value) in {("output", "sigmoid"), ("output", "tanh"), ("output", "softplus"), ("output", "exp"),
                             ("task_kind", "classification")}:  # fmt: skip
            continue  # the sine is not within these limits, and has too many values to be classes
        Experiment.of(Exercise(data="sine", **{name: value}))


def test_a_control_without_effect_says_why() -> None:
    assert "classes" in made(data="xor")["output"].reason
    assert "hidden layers" in made(hidden=())["skip"].reason
    assert "validation rows" in made()["patience"].reason
    assert made(data="sine", validation=0.2)["patience"].reason == ""
