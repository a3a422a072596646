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

    def test_misspelled_one_is_guessed(self):
        with pytest.raises(
            sn.InvalidInput, match="method 'bgfs' is not recognized; did you mean 'bfgs'"
        ):
            get("bgfs")


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
