from __future__ import annotations

import subprocess
import sys

import pytest

import sheernet as sn
from sheernet.optimizers import METHODS, SCIPY_METHODS, get


class TestNames:
    @pytest.mark.parametrize("name", METHODS)
    def test_own_ones(self, name):
        assert get(name).name == name
        assert get(name).run.__name__ == name

    @pytest.mark.parametrize("name", SCIPY_METHODS)
    def test_every_scipy_method_is_one(self, name):
        assert get(f"scipy:{name}").name == f"scipy:{name}"

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
        assert get("gd").options == ("learning_rate", "momentum", "nesterov")
        assert get("adam").options == ("learning_rate", "beta1", "beta2", "epsilon")
        assert get("bfgs").options == ("c1", "c2", "polish", "renew")
        assert get("lbfgs").options == ("memory", "c1", "c2", "polish")
        assert get("lm").options == ("tau", "scaling", "polish")


def test_import_does_not_load_scipy():
    code = (
        "import sys, sheernet.optimizers; sys.exit(any(m.startswith('scipy') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
