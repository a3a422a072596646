"""Settings of a fit, sorted by subject from a flat list of arguments."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace

import numpy as np
import pytest

import sheernet as sn
from sheernet.foundation.sentences import Setting
from sheernet.settings.fit_settings import FitSettings, names_in, names_of_fit
from sheernet.settings.network_settings import DEFAULT_DECAY, EVIDENCE, UNITS, NetworkSettings
from sheernet.settings.option import option, options_of, origins
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.table_settings import DEFAULT_HELD_OUT, TableSettings, names_of
from sheernet.settings.training_settings import EffortSettings, TrainingSettings


class TestSorting:
    def test_names_go_to_their_subject(self) -> None:
        settings = FitSettings.of(
            {
                "drop": "id", "held_out": 0.5, "hidden": (3, 2), "cost": "huber", "method": "bfgs", "threads": 2,
                "starts": 4, "cost_tolerance": 1e-5, "seed": 7, "scheme": "he", "max_iter": 9, "patience": 2,
            }
        )  # fmt: skip
        assert (settings.table.drop, settings.table.held_out) == (("id",), 0.5)
        assert (settings.network.widths, settings.network.cost) == ((3, 2), "huber")
        assert (settings.training.method, settings.training.threads) == ("bfgs", 2)
        assert settings.effort == EffortSettings(4, 1e-5)
        assert settings.start == StartSettings(seed=7, scheme="he")
        assert settings.rules == StoppingRules(max_iter=9, patience=2)
        assert settings.training.options == {}

    def test_unknown_names_become_options_of_the_optimizer(self) -> None:
        options = {"learning_rate": 0.1, "momentum": 0.9, "options": {"tau": 1.0}}
        assert FitSettings.of({"hidden": 1, **options}).training.options == options

    def test_the_given_mapping_is_left_alone(self) -> None:
        given = {"hidden": 1, "tau": 1.0}
        FitSettings.of(given)
        assert given == {"hidden": 1, "tau": 1.0}

    @pytest.mark.parametrize("name", sorted(names_of_fit()))
    def test_no_name_of_a_setting_is_an_option(self, name: str) -> None:
        default = next(
            part.default
            for kind in (*map(type, FitSettings().parts()),)
            for part in fields(kind)
            if part.name == name
        )
        assert FitSettings.of({name: default}).training.options == {}

    def test_names_are_those_of_the_classes_each_once(self) -> None:
        names = names_of_fit()
        assert len(set(names)) == len(names)
        assert "target" not in names
        assert "options" not in names
        assert set(names_in(TableSettings)) < set(names)
        assert names_in(EffortSettings) == ("starts", "cost_tolerance")


class TestOrigins:
    def test_of_settings_left_alone_are_defaults(self) -> None:
        assert set(FitSettings.of({}).origins().values()) == {"default"}
        assert set(names_of_fit()) <= set(FitSettings.of({}).origins())

    def test_of_others_are_given(self) -> None:
        given = {
            "hidden": 3, "decay": {"W1": 0.5}, "drop": ["a"], "held_out": 0, "seed": None, "starts": 1,
            "cost_tolerance": 0.0, "patience": 4, "cost": "huber", "validation": {"x": [1.0]}, "method": "lm",
        }  # fmt: skip
        found = FitSettings.of(given).origins()
        assert {name for name, origin in found.items() if origin == "given"} == set(given)

    def test_of_a_default_value_that_is_typed_out_is_default(self) -> None:
        typed = {
            "hidden": "auto",
            "decay": None,
            "drop": [],
            "categories": (),
            "held_out": None,
            "max_iter": 1000,
        }
        assert set(FitSettings.of(typed).origins().values()) == {"default"}

    def test_of_arrays_and_other_types_are_given(self) -> None:
        found = FitSettings.of({"decay": np.full(3, 1e-4), "hidden": np.array([10])}).origins()
        assert found["decay"] == found["hidden"] == "given"
        assert origins(StartSettings(seed=None))["seed"] == "given"


class TestWidths:
    @pytest.mark.parametrize(
        ("hidden", "widths"),
        [
            (3, (3,)), ((3, 2), (3, 2)), ([4], (4,)), (0, ()), ((), ()), ((0,), ()),
            (np.int64(3), (3,)), (np.array([3, 2]), (3, 2)), (np.array([], int), ()),
        ],
    )  # fmt: skip
    def test_are_positive_whole_numbers(self, hidden, widths) -> None:
        found = NetworkSettings(hidden=hidden).widths
        assert found == widths
        assert all(type(width) is int for width in found)

    @pytest.mark.parametrize("hidden", [-1, (3, 0), 2.5, True, "3", (3, None), None])
    def test_are_nothing_else(self, hidden) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"^hidden must be .*number of units of each layer"
        ) as error:
            _ = NetworkSettings(hidden=hidden).widths
        assert settings_in(error)[0] == Setting("hidden")


def settings_in(error: pytest.ExceptionInfo[sn.InvalidInput]) -> tuple[Setting, ...]:
    """The settings that an error names: a command line spells them as options."""
    (message,) = error.value.args
    return message.settings


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "named"),
        [
            ({"seed": -1}, ("seed",)), ({"max_iter": -1}, ("max_iter",)),
            ({"gradient_tolerance": float("nan")}, ("gradient_tolerance",)), ({"time_limit": -1}, ("time_limit",)),
            ({"max_evaluations": 0}, ("max_evaluations",)), ({"patience": 0}, ("patience",)),
            ({"held_out": 1.0}, ("held_out",)), ({"rare": -0.1}, ("rare",)), ({"weights": 1.5}, ("weights",)),
            ({"task": "cluster"}, ("task",)), ({"missing": "guess"}, ("missing",)),
            ({"unseen": "guess"}, ("unseen",)), ({"drop": 1.5}, ("drop",)), ({"inputs": ["a", 1.5]}, ("inputs",)),
        ],
        ids=str,
    )  # fmt: skip
    def test_name_the_setting_as_data(self, given, named) -> None:
        with pytest.raises(sn.InvalidInput) as error:
            FitSettings.of(given)
        assert tuple(setting.name for setting in settings_in(error)) == named

    def test_a_patience_needs_validation(self) -> None:
        StoppingRules(patience=3).require_validation(object())
        StoppingRules().require_validation(None)
        with pytest.raises(sn.InvalidInput, match="patience needs validation") as error:
            StoppingRules(patience=3).require_validation(None)
        assert settings_in(error) == (Setting("patience"), Setting("validation"))

    def test_names_are_text_or_whole_numbers(self) -> None:
        assert names_of("target", "a") == ("a",)
        assert names_of("target", 3) == ("3",)
        assert names_of("inputs", [0, "a"]) == ("0", "a")
        for given in (True, 1.5, ["a", None], {"a": 1}):
            with pytest.raises(
                sn.InvalidInput, match="target must be the name of a column or a list"
            ):
                names_of("target", given)  # type: ignore[arg-type]


class TestOptions:
    def test_are_the_fields_that_have_a_help_text(self) -> None:
        found = {name: details for name, *_, details in options_of(NetworkSettings)}
        assert list(found) == ["hidden", "activation", "bias", "decay", "target_transform", "cost"]
        assert found["hidden"].main
        assert "task" in found["cost"].shown
        assert not list(options_of(FitSettings))

    @pytest.mark.parametrize("kind", [type(part) for part in FitSettings().parts()])
    def test_have_the_default_values_of_their_class(self, kind) -> None:
        for name, *_, default, details in options_of(kind):
            assert getattr(kind, name) == default
            assert details.text.endswith(".")

    def test_are_metadata_of_a_field(self) -> None:
        part = option(3, "A number.", metavar="N")
        assert part.default == 3
        assert part.metadata["option"].metavar == "N"


def test_settings_do_not_load_numpy() -> None:
    program = (
        "import sys, sheernet.settings.fit_settings, sheernet.settings.read_settings\n"
        "raise SystemExit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_training_settings_are_not_shared() -> None:
    assert TrainingSettings().options is not TrainingSettings().options


class TestWhatIsChosen:
    """Without a decay, and without a setting of the training of a single network, the data choose."""

    def test_by_default_are_decay_and_units(self) -> None:
        settings = FitSettings()
        assert settings.chooses
        assert settings.decay == EVIDENCE
        assert settings.network.hidden_units_are_chosen
        assert not settings.network.decay_is_chosen  # it is not given
        assert settings.reasons_for_one_network == []

    @pytest.mark.parametrize(
        "given",
        [
            {"hidden": 3}, {"starts": 2}, {"seed": 7}, {"time_limit": 9.0}, {"activation": "relu"}, {"drop": "id"},
            {"progress": True}, {"threads": 2}, {"engine": "reference"}, {"scheme": "he"}, {"decay": "evidence"},
            {"test": {"x": [1.0]}}, {"held_out": 0.5}, {"max_iter": StoppingRules.max_iter},
        ],
    )  # fmt: skip
    def test_is_the_decay_beside_settings_of_the_search(self, given: dict) -> None:
        settings = FitSettings.of(given)
        assert settings.chooses
        assert settings.decay == EVIDENCE

    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ({"method": "lm"}, "method"), ({"max_iter": 5}, "max_iter"), ({"cost": "huber"}, "cost"),
            ({"gradient_tolerance": 1e-3}, "gradient_tolerance"), ({"cost_tolerance": 1e-3}, "cost_tolerance"),
            ({"max_evaluations": 9}, "max_evaluations"), ({"patience": 2}, "patience"), ({"check": True}, "check"),
            ({"validation": {"x": [1.0]}}, "validation"), ({"reduction": "sum"}, "reduction"),
            ({"observers": [print]}, "observers"), ({"keep_path": True}, "keep_path"), ({"tau": 0.1}, "tau"),
        ],
    )  # fmt: skip
    def test_is_nothing_beside_settings_of_one_network(self, given: dict, name: str) -> None:
        settings = FitSettings.of(given)
        assert not settings.chooses
        assert settings.decay == DEFAULT_DECAY
        assert settings.network.widths == (UNITS,)
        assert settings.reasons_for_one_network == [Setting(name)]
        with pytest.raises(sn.InvalidInput, match=f"so {name} would have no effect") as error:
            FitSettings.of({**given, "decay": "evidence"})
        assert Setting(name) in settings_in(error)
        assert not FitSettings.of({**given, "decay": 0.5}).chooses  # the advice of the error

    @pytest.mark.parametrize("decay", [0.0, 1e-4, 0.5, "cv", [0.1, 0.2], {"W1": 1.0}])
    def test_is_nothing_if_the_decay_is_given(self, decay) -> None:
        settings = FitSettings.of({"decay": decay})
        assert not settings.chooses
        assert settings.decay is decay
        assert settings.reasons_for_one_network == []

    @pytest.mark.parametrize(
        ("given", "held_out"),
        [
            ({}, 0.0), ({"decay": 0.1}, DEFAULT_HELD_OUT), ({"method": "lm"}, DEFAULT_HELD_OUT),
            ({"decay": "cv"}, DEFAULT_HELD_OUT), ({"held_out": 0.4}, 0.4),
            ({"held_out": 0.4, "decay": 0.1}, 0.4), ({"held_out": 0.0, "decay": 0.1}, 0.0),
            ({"test": {"x": [1.0]}}, None), ({"test": {"x": [1.0]}, "decay": 0.1}, None),
        ],
    )  # fmt: skip
    def test_decides_how_many_rows_are_held_out(self, given: dict, held_out: float | None) -> None:
        """Folds evaluate what is chosen; a single network needs held-out rows."""
        settings = FitSettings.of(given)
        assert settings.rows.held_out == held_out
        assert settings.rows.test is settings.table.test

    def test_is_nothing_in_a_comparison(self) -> None:
        settings = replace(FitSettings.of({"method": "auto"}), one_network=True)
        assert not settings.chooses
        assert (settings.decay, settings.rows.held_out) == (DEFAULT_DECAY, DEFAULT_HELD_OUT)

    @pytest.mark.parametrize("word", ["Auto", "automatic", "evidence", ""])
    def test_is_asked_for_by_one_word_for_units(self, word: str) -> None:
        with pytest.raises(sn.InvalidInput, match="hidden must be the number of units"):
            NetworkSettings(hidden=word)

    @pytest.mark.parametrize("word", ["auto", "Evidence", "CV", "", "0.1"])
    def test_is_asked_for_by_one_word_for_the_decay(self, word: str) -> None:
        with pytest.raises(
            sn.InvalidInput, match="decay must be a number of at least 0, 'evidence' or 'cv', but"
        ):
            NetworkSettings(decay=word)
