"""As test_scikit_learn.py, by names that are not published."""

from __future__ import annotations

import pytest
from sklearn.neural_network import MLPRegressor

import sheernet as sn
from derivatives.foreign.test_scikit_learn import X, Y

sklearn = pytest.importorskip("sklearn")


pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class TestRefusals:
    def test_a_derived_class_with_a_mistake_fails(self):
        class Wrong(MLPRegressor):
            def _loss_grad_lbfgs(self, *args):
                value, gradient = super()._loss_grad_lbfgs(*args)
                gradient[3] *= 1.01
                return value, gradient

        report = sn.check_gradient(
            sn.foreign.from_sklearn(Wrong(hidden_layer_sizes=(2,), random_state=0), X, Y[:, 0])
        )
        assert report.verdict == "fail"
        assert report.verdicts.count("fail") == 1
