"""Options of commands are made from the settings classes, which agree with the signatures of the library."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any, get_args

import pytest
import typer

import sheernet as sn
from command_lines import FIT, Run
from sheernet.apps.cli import shared_options
from sheernet.apps.cli.app import app
from sheernet.apps.cli.compare_command import ONE_NETWORK
from sheernet.apps.cli.settings_options import MAIN
from sheernet.foundation.message_text import listed
from sheernet.objective.costs import outputs_per_target
from sheernet.settings.fit_settings import FitSettings, names_in
from sheernet.settings.option import options_of
from sheernet.settings.read_settings import ReadSettings, Samples
from sheernet.settings.shard_settings import ShardSettings
from sheernet.settings.table_settings import Missing, Scaling, Task, Unseen
from sheernet.settings.test_file_settings import PartOfTestFile

PARAMETERS = {
    name: {parameter.name: parameter for parameter in command.params}
    for name, command in typer.main.get_command(app).commands.items()
}
CLASSES = {
    "fit": {**shared_options.FITTING, ShardSettings: shared_options.LARGE},
    "compare": shared_options.FITTING,
    "predict": shared_options.READING, "check": shared_options.READING,
}  # fmt: skip
OWN = {
    "fit": {"data", "target", "output", "force", "verbose", "as_json", "quiet"},
    "compare": {"data", "target", "methods", "output", "force", "as_json", "quiet"},
    "predict": {
        "model",
        "data",
        "coverage",
        "method",
        "std",
        "append",
        "no_formulas",
        "output_decimal",
        "unseen",
        "on",
        "explain",
        "reference",
        "output",
        "force",
        "as_json",
        "quiet",
    },
    "check": {
        "model",
        "data",
        "function",
        "extent",
        "method",
        "pictures",
        "verbose",
        "as_json",
        "quiet",
    },
}
"""Arguments and options of each command that are not settings."""
CHOICES = {
    "task": Task,
    "scaling": Scaling,
    "missing": Missing,
    "unseen": Unseen,
    "samples": Samples,
}
IN_PYTHON = {
    "reduction", "scheme", "gradient_tolerance", "max_evaluations", "engine", "threads", "observers", "progress",
    "keep_path", "check", "options", "client",
}  # fmt: skip
"""Parameters of `sheernet.fit` without an option."""


def settings_of(command: str) -> dict[str, tuple[Any, Any, str]]:
    changed = ONE_NETWORK if command == "compare" else {}
    return {
        name: (default, replace(option, **changed.get(name, {})), panel)
        for settings, panel in CLASSES[command].items()
        for name, default, option in options_of(settings)
        if not (command == "compare" and name in ("method", "target_transform"))
    }


READ = names_in(ReadSettings)


@pytest.mark.parametrize("command", CLASSES)
def test_each_setting_with_an_option_becomes_one(command: str) -> None:
    made = PARAMETERS[command]
    settings = settings_of(command)
    assert set(made) == {*settings, *OWN[command]}
    for name, (default, option, panel) in settings.items():
        parameter = made[name]
        assert parameter.opts == [option.flag or f"--{name.replace('_', '-')}"]
        assert parameter.help.startswith(option.text)
        assert parameter.rich_help_panel == (MAIN if option.main else panel)
        assert parameter.metavar == option.metavar
        empty = default is None or default == ()
        # what is not given about reading is as in the file of a model, if there is one
        usual = (None, []) if empty or name in READ else (default, str(default))
        assert parameter.default in usual
        shown = option.shown or ("" if empty else str(default))
        assert parameter.help == option.text + (rf" \[default: {shown}]" if shown else "")
        assert not parameter.required


def test_each_option_of_fit_is_a_parameter_of_fit_and_vice_versa() -> None:
    parameters = inspect.signature(sn.fit).parameters
    reading = inspect.signature(sn.read_table).parameters
    settings = settings_of("fit")
    of_files = {*reading, *names_in(PartOfTestFile)}  # in Python, tables are read before
    assert set(settings) - of_files | IN_PYTHON | {"table", "target"} == set(parameters)
    assert set(settings) & {*reading} == set(reading) - {"source", "like"}
    for name, (default, *_) in settings.items():
        if name in names_in(PartOfTestFile):
            continue
        found = (reading if name in reading else parameters)[name].default
        assert found == (None if name in reading else default), name


def test_default_values_are_those_of_the_library(run: Run, monkeypatch) -> None:
    """Also after they were parsed, sorted and checked."""

    def prepare(table: object, target: object, settings: FitSettings, clock: object) -> None:
        given.append(settings)
        raise MemoryError

    given: list[FitSettings] = []
    for command in ("fit", "compare"):
        monkeypatch.setattr(f"sheernet.apps.cli.{command}_command.prepare_quietly", prepare)
        run(command, "scores.csv", "-t", "score")
    expected = FitSettings()
    for settings, one_network in zip(given, (False, True), strict=True):
        assert vars(settings.rows) == vars(replace(expected, one_network=one_network).rows)
        assert settings.start.seed == expected.start.seed
    assert PARAMETERS["fit"]["hidden"].default == str(expected.network.hidden)


def test_help_of_compare_shows_the_defaults_of_its_single_networks() -> None:
    settings = replace(FitSettings(), one_network=True)
    shown = {
        "decay": f"{settings.decay:g}",
        "held_out": f"{settings.rows.held_out:g}",
        "hidden": str(*settings.network.widths),
    }
    for name, default in shown.items():
        assert PARAMETERS["compare"][name].help.endswith(rf" \[default: {default}]")
    assert not [
        name for name, each in PARAMETERS["compare"].items() if "evidence" in (each.help or "")
    ]


def test_help_of_select_shows_that_no_rows_are_held_out_by_default() -> None:
    assert PARAMETERS["select"]["held_out"].help.endswith(r" \[default: none]")


def test_methods_are_those_of_compare() -> None:
    default = inspect.signature(sn.compare).parameters["methods"].default
    assert tuple(PARAMETERS["compare"]["methods"].default) == tuple(default)


@pytest.mark.parametrize("name", CHOICES)
def test_a_fixed_choice_takes_the_names_of_the_library(run: Run, name: str, monkeypatch) -> None:
    from sheernet.models.fitting import table_fit

    def train(*arguments: object, **more: object) -> None:
        raise MemoryError

    monkeypatch.setattr(table_fit, "train", train)
    choices = get_args(CHOICES[name])
    assert len(choices) >= 2
    for choice in choices:
        said = run(*FIT, f"--{name}", choice)
        assert "must be" not in said.err
        assert "not known" not in said.err
        assert "memory" in said.err or choice in ("classification", "columns"), said.err


@pytest.mark.parametrize("name", CHOICES)
def test_a_fixed_choice_is_refused_in_a_sentence(run: Run, name: str) -> None:
    said = run(*FIT, f"--{name}", "zz")
    choices = get_args(CHOICES[name])
    one_of = "one of " if len(choices) > 2 else ""
    assert said.code == 2
    assert said.err == (
        f"sheernet: --{name} must be {one_of}{listed(choices, 'or')}, but 'zz' was given; see sheernet fit --help\n"
    )


@pytest.mark.parametrize("name", CHOICES)
def test_help_names_the_choices(name: str) -> None:
    parameter = PARAMETERS["fit"][name]
    for choice in get_args(CHOICES[name]):
        assert choice in parameter.help or parameter.metavar is None


def test_help_of_the_method_names_all_methods() -> None:
    for method in ("auto", *sn.optimizers.METHODS):
        assert method in PARAMETERS["fit"]["method"].help
        assert method in PARAMETERS["compare"]["methods"].help


def test_help_of_the_activation_names_those_of_hidden_layers() -> None:
    usable = [name for name, each in sn.activations.ALL.items() if not each.output_only]
    assert listed(usable, "or") in PARAMETERS["fit"]["activation"].help


def test_help_of_the_cost_names_those_of_each_task() -> None:
    """The output activation of a task decides which costs it takes."""
    usable = {
        output.name: [
            name
            for name, cost in sn.costs.ALL.items()
            if cost.allows(output) and outputs_per_target(cost) == 1
        ]
        for output in (sn.activations.identity, sn.activations.sigmoid, sn.activations.softmax)
    }
    regression, two_classes = usable["identity"], usable["sigmoid"]
    (other,) = [name for name in two_classes if name not in regression]
    assert (
        f"{listed(regression, 'or')} for regression; these or {other} for two classes; "
        f"{listed(usable['softmax'], 'or')} for more classes."
    ) in PARAMETERS["fit"]["cost"].help


def test_help_of_the_effort_names_its_limits() -> None:
    from sheernet.models.fitting import default_effort as effort
    from sheernet.statistics import ensemble_candidates

    shown = (
        f"{effort.STARTS}; {effort.FEW_STARTS} for more than {effort.MEDIUM:.0e} rows x weights, "
        f"{effort.ONE_START} for more than {effort.LARGE:.0e}"
    ).replace("e+0", "e")
    assert shown in PARAMETERS["fit"]["starts"].help
    in_search = (
        f"{ensemble_candidates.FEWEST_STARTS} to {ensemble_candidates.MOST_STARTS} for each size"
    )
    assert in_search in PARAMETERS["fit"]["starts"].help
    tolerance = f"{effort.COST_TOLERANCE:.0e} for more than {effort.LARGE:.0e} rows".replace(
        "e+0", "e"
    ).replace("e-0", "e-")
    assert tolerance in PARAMETERS["fit"]["cost_tolerance"].help


def test_the_class_of_reading_has_the_arguments_of_read_table() -> None:
    names = [name for name, *_ in options_of(ReadSettings)]
    assert [*names, "like"] == list(inspect.signature(sn.read_table).parameters)[1:]
