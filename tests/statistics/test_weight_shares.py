"""Olden's connection weights and Garson's algorithm, on networks worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.statistics import connection_weights, garson_shares, unit_products

EXAMPLE = sn.Network.from_weights(
    sn.Architecture((2, 2, 1), hidden="sigmoid", output="sigmoid"),
    {
        "W1": [[1.49, -0.19], [0.16, -0.16]], "b1": [13.12, -0.11], "W2": [[-0.52], [0.81]], "b2": [0.56],
    },
)  # fmt: skip
"""The weights of the first example in the manual of R's NeuralNetTools, for `olden` and `garson`."""

IRIS = sn.Network.from_weights(
    sn.Architecture((3, 4, 1), hidden="sigmoid"),
    {
        "W1": np.array([
            [0.5661517311976783, -1.8410832051348462, 6.978623794567689],
            [-1.447616251307631, -2.4416487696973883, 0.18561290836412941],
            [0.6379105488728595, -1.1841881459432515, 3.1187744936968826],
            [0.11537737108413404, -0.30300550593943903, 1.1881653759168986],
        ]).T,
        "b1": [-5.269207807569411, 0.3316571230637999, -2.8083360765027985, -0.5898889916595995],
        "W2": np.array([[2.145819626431814, -0.284220599011477, -3.917005204453072, 4.521680994340142]]).T,
        "b2": [0.02591756167942827],
    },
)  # fmt: skip
"""Petal width from the other columns of iris, scaled, by nnet 7.3-20: size=4, linout=TRUE, decay=1e-3, set.seed(1)."""
IRIS_GARSON = [0.15412483735088264, 0.305907236359125, 0.5399679262899925]
IRIS_OLDEN = [-0.35069741947471733, 0.011711293751254903, 8.078361766958157]
"""Computed in R 4.5.0 by the statements of `garson.default` and `olden.default` of NeuralNetTools 1.5."""


def random_network(seed: int, sizes=(4, 3, 2), skip: bool = False) -> sn.Network:
    return sn.Network.random(sn.Architecture(sizes, skip=skip), seed, scheme="symmetric_uniform")


class TestOlden:
    def test_of_the_example_is_that_worked_by_hand(self) -> None:
        expected = [1.49 * -0.52 - 0.19 * 0.81, 0.16 * -0.52 - 0.16 * 0.81]
        assert connection_weights(EXAMPLE).ravel() == pytest.approx(expected, rel=1e-12)

    @given(seed=st.integers(0, 1000))
    def test_is_the_sum_over_the_units(self, seed) -> None:
        net = random_network(seed)
        products = unit_products(net)
        assert products.shape == (4, 3, 2)
        for i in range(4):
            for k in range(2):
                terms = [net["W1"][i, h] * net["W2"][h, k] for h in range(3)]
                assert products[i, :, k] == pytest.approx(terms)
                assert connection_weights(net)[i, k] == pytest.approx(sum(terms))

    @pytest.mark.parametrize("sizes", [(3, 2), (3, 4, 2), (3, 4, 5, 2)])
    @pytest.mark.parametrize("skip", [False, True])
    def test_is_the_derivative_of_a_network_of_lines(self, sizes, skip) -> None:
        """So a network of identities, however deep and with skip connections, has its slopes."""
        skip = skip and len(sizes) > 2
        arch = sn.Architecture(sizes, hidden="identity", skip=skip)
        net = sn.Network.random(arch, 1, scheme="symmetric_uniform")
        slopes = net.predict(np.eye(3)) - net.predict(np.zeros((1, 3)))
        assert connection_weights(net) == pytest.approx(slopes, rel=1e-12)


class TestGarson:
    def test_of_the_example_is_that_worked_by_hand(self) -> None:
        first = (1.49 / 1.65 + 0.19 / 0.35) / 2
        assert garson_shares(EXAMPLE) == pytest.approx([first, 1 - first], rel=1e-12)

    def test_follows_the_steps_of_goh(self) -> None:
        """P = |w v|, Q = P / sum over the inputs, S = sum of Q over the units, S / sum of S."""
        W1 = np.array([[-1.67624, 3.29022], [-0.51874, -0.22889], [-4.01764, 2.12486]])
        net = sn.Network.from_weights(
            sn.Architecture((3, 2, 1), bias=False), {"W1": W1, "W2": [[4.57857], [-0.48815]]}
        )
        contributions = np.abs(W1 * [4.57857, -0.48815])
        shares = (contributions / contributions.sum(axis=0)).sum(axis=1)
        assert garson_shares(net) == pytest.approx(shares / shares.sum(), rel=1e-12)

    @given(seed=st.integers(0, 1000), factor=st.floats(0.01, 100.0))
    def test_adds_up_to_one_and_ignores_the_output_weights(self, seed, factor) -> None:
        net = random_network(seed)
        other = sn.Network.from_weights(
            net.architecture,
            {"W1": net["W1"] * factor, "b1": net["b1"], "W2": net["W2"] ** 3, "b2": net["b2"]},
        )
        assert garson_shares(net).sum() == pytest.approx(1.0)
        assert garson_shares(net) == pytest.approx(garson_shares(other), rel=1e-9)

    def test_leaves_out_units_without_weights(self) -> None:
        arch = sn.Architecture((2, 2, 1), bias=False)
        assert garson_shares(sn.Network(arch, [3.0, 0.0, 1.0, 0.0, 1.0, 1.0])).tolist() == [
            0.75, 0.25,
        ]  # fmt: skip
        assert garson_shares(sn.Network(arch, np.zeros(6))).tolist() == [0.0, 0.0]


def test_of_a_network_of_nnet_are_those_of_neuralnettools() -> None:
    assert garson_shares(IRIS) == pytest.approx(IRIS_GARSON, rel=1e-12)
    assert connection_weights(IRIS)[:, 0] == pytest.approx(IRIS_OLDEN, rel=1e-12)


@pytest.mark.parametrize("sizes", [(3, 1), (3, 2, 2, 1)])
def test_other_depths_are_refused(sizes) -> None:
    net = random_network(0, sizes)
    for function, noun in ((garson_shares, "Garson's"), (unit_products, "a table by hidden unit")):
        with pytest.raises(sn.InvalidInput, match=rf"{noun}.*one hidden layer.*connection_weights"):
            function(net)


def test_garson_refuses_skip_connections() -> None:
    with pytest.raises(sn.InvalidInput, match="skip connections; use connection_weights"):
        garson_shares(random_network(0, skip=True))
