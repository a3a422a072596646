"""The mistakes in the notebook's class: one change each, in both styles, and the same numbers as those of the bank."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn

SAME_WITHOUT_DECAY = {
    "data sign": "sign", "data factor 2": "factor 2", "all averaged twice": "averaged twice",
}  # fmt: skip
"""Faults of the bank that differ by their penalty only, which the notebook's network has not."""
ENTRIES = {"one entry zero", "sign of one entry", "one entry off by 1 %"}
"""In the bank they change the entry of median size, in the class a fixed one."""


def case(seed: int = 1):
    arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
    X, y = sn.datasets.load_sleep_study().scaled
    objective = sn.make_objective(arch, X, y, reduction="sum", engine="reference")
    return objective, np.random.default_rng(seed).standard_normal(objective.size)


def own_gradient(network, theta, X, y):
    network.W_1, network.W_2 = theta[:6].reshape(2, 3), theta[6:].reshape(3, 1)
    network.forward(X)
    return np.concatenate([array.ravel() for array in network.cost_function_prime(X, y)])


class TestEachFault:
    def test_of_the_bank_gives_its_numbers(self) -> None:
        objective, theta = case()
        X, y, _ = objective.rows
        found = sn.faults.applying(objective, theta)
        assert len(found) >= 20
        for name in set(found) - ENTRIES:
            fault = sn.faults.NOTEBOOK[SAME_WITHOUT_DECAY.get(name, name)]
            g = own_gradient(fault.network(), theta, X, y)
            expected = found[name].gradient(objective, theta)
            np.testing.assert_allclose(g, expected, rtol=1e-9, atol=1e-12, err_msg=name)
        assert set(sn.faults.NOTEBOOK) >= ENTRIES

    def test_of_an_expression_that_is_not_there_is_refused(self) -> None:
        with pytest.raises(
            sn.InvalidInput, match="must occur once in the source but occurs 0 times"
        ):
            sn.faults.ClassFault("no", "forward", "Nothing.", "None.", "self.z_9", "0.0")
        with pytest.raises(sn.InvalidInput, match="the part must be one of sigmoid_prime, forward"):
            sn.faults.ClassFault("no", "predict", "Nothing.", "None.", "self.z_3 = ", "0.0")


class TestApplying:
    def test_finds_those_that_change_the_gradient_and_no_other(self) -> None:
        objective, theta = case()
        X, y, w = objective.rows
        right = sn.faults.backpropagation.gradient(
            objective.architecture, theta, X, y, w, objective.decay, objective.cost
        )
        found = sn.faults.applying(objective, theta)
        for name, fault in sn.faults.ALL.items():
            differs = not np.allclose(fault.gradient(objective, theta), right, rtol=1e-5, atol=1e-8)
            assert (name in found) == differs, name

    def test_a_larger_network_has_more_of_them(self) -> None:
        arch = sn.Architecture((2, 3, 3, 2), hidden="tanh")
        rng = np.random.default_rng(0)
        objective = sn.make_objective(
            arch,
            rng.standard_normal((9, 2)),
            rng.standard_normal((9, 2)),
            decay=0.1,
            engine="reference",
        )
        found = sn.faults.applying(objective, rng.standard_normal(objective.size))
        assert {"biases missing", "decay missing", "deltas end too early"} <= set(found)
        assert len(found) > len(sn.faults.applying(*case()))

    def test_leaves_out_those_whose_arrays_do_not_fit_together(self) -> None:
        arch = sn.Architecture((2, 3, 2, 1), hidden="tanh")
        X = [[0.1, 0.5], [0.7, -0.2], [-0.4, 0.3], [0.9, 0.8]]
        objective = sn.make_objective(arch, X, [0.0, 1.0, 1.0, 0.5], engine="reference")
        theta = sn.Network.random(arch, seed=0).theta
        with pytest.raises(ValueError, match="broadcast"):
            sn.faults.ALL["f' of the next layer"].gradient(objective, theta)
        assert "f' of the next layer" not in sn.faults.applying(objective, theta)
