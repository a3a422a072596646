"""As test_registry.py, by names that are not published."""

from __future__ import annotations

import pytest

import sheernet as sn
from sheernet.optimizers import METHODS, get
from sheernet.optimizers.registry import OPTION_TRANSLATIONS, TRANSLATIONS, check_options
from sheernet.settings.fit_settings import names_of_fit


class TestNames:
    @pytest.mark.parametrize(("theirs", "ours"), TRANSLATIONS.items())
    def test_of_other_packages_are_translated(self, theirs, ours):
        with pytest.raises(sn.InvalidInput, match=f"method '{theirs}' is called '{ours}' here"):
            get(theirs)

    @pytest.mark.parametrize("ours", TRANSLATIONS.values())
    def test_answers_exist(self, ours):
        assert get(ours).name == ours


class TestOptions:
    def test_translations_lead_somewhere(self):
        settings = {"target", *names_of_fit()}
        known = settings.union(*(method.options for method in METHODS.values()))
        assert set(OPTION_TRANSLATIONS.values()) <= known
        assert all(name == name.lower() for name in OPTION_TRANSLATIONS)

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("goal", "stops at a value of the objective, .* with target"),
            ("mu_max", "lm adapts its damping; tau"),
            ("showWindow", "progress=True"),
            ("divideFcn", "all given rows are training rows; .* with validation"),
            ("EW", "weight of each row with weights"),
            ("trainParam", "each of its fields as an argument, such as max_iter=100"),
            ("early_stopping", "with validation, and .* with patience"),
            ("linout", "the output is that of the network, .*; the cost is cost"),
            ("skip", "skip=True"),
            ("useParallel", "trained on the processor; threads"),
        ],
    )
    def test_those_of_other_programs_are_answered(self, name, words):
        with pytest.raises(sn.InvalidInput, match=f"method 'lm' has no option '{name}': .*{words}"):
            check_options(get("lm"), {name: 1})

    @pytest.mark.parametrize(
        "name", ["alpha", "performParam", "regularization", "weight_decay", "Lambda"]
    )
    def test_a_penalty_of_another_program_is_not_called_decay(self, name):
        words = (
            f"method 'lm' has no option '{name}': the penalty is decay / 2 times .* sn.decay_from"
        )
        with pytest.raises(sn.InvalidInput, match=words):
            check_options(get("lm"), {name: 0.1})
