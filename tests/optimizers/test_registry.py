from __future__ import annotations

import subprocess
import sys

import pytest

import sheernet as sn
from sheernet.optimizers import METHODS, SCIPY_METHODS, get
from sheernet.optimizers.registry import OPTION_TRANSLATIONS, TRANSLATIONS, check_options
from sheernet.settings.fit_settings import names_of_fit


class TestNames:
    @pytest.mark.parametrize("name", METHODS)
    def test_own_ones(self, name):
        assert get(name).name == name
        assert get(name).run.__name__ == name

    @pytest.mark.parametrize("name", SCIPY_METHODS)
    def test_every_scipy_method_is_one(self, name):
        assert get(f"scipy:{name}").name == f"scipy:{name}"

    @pytest.mark.parametrize(("theirs", "ours"), TRANSLATIONS.items())
    def test_of_other_packages_are_translated(self, theirs, ours):
        with pytest.raises(sn.InvalidInput, match=f"method '{theirs}' is called '{ours}' here"):
            get(theirs)

    @pytest.mark.parametrize("ours", TRANSLATIONS.values())
    def test_answers_exist(self, ours):
        assert get(ours).name == ours

    def test_matlabs_bayesian_regularization_is_refused_with_an_alternative(self):
        message = (
            r"method 'trainbr' \(Bayesian regularization\) is decay='evidence' here, the default of fit, which accepts "
            r"no method; train accepts method='lm' with a given decay, such as decay=0.0001"
        )
        with pytest.raises(sn.InvalidInput, match=message):
            get("trainbr")

    def test_misspelled_one_is_guessed(self):
        with pytest.raises(
            sn.InvalidInput, match="method 'bgfs' is not recognized; did you mean 'bfgs'"
        ):
            get("bgfs")

    def test_l_bfgs_b_is_scipys(self):
        with pytest.raises(sn.InvalidInput, match="'L-BFGS-B' is called 'scipy:L-BFGS-B' here"):
            get("L-BFGS-B")


class TestOptions:
    def test_are_those_of_the_signature(self):
        of_epochs = ("batch_size", "seed", "order", "whole_penalty", "evaluation")
        assert get("gd").options == ("learning_rate", "momentum", "nesterov", *of_epochs)
        assert get("adam").options == (
            "learning_rate", "beta1", "beta2", "epsilon", "uncorrected_epsilon", *of_epochs
        )  # fmt: skip
        assert get("bfgs").options == ("c1", "c2", "polish", "renew")
        assert get("lbfgs").options == ("memory", "c1", "c2", "polish")
        assert get("lm").options == ("tau", "scaling", "polish")

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


def test_import_does_not_load_scipy():
    code = (
        "import sys, sheernet.optimizers; sys.exit(any(m.startswith('scipy') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
