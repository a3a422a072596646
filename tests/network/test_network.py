"""Networks: weights by name, immutability, and predictions."""

from __future__ import annotations

import copy
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from contracts.strategies import architectures

ARCH = sn.Architecture((2, 3, 1))


class TestWeights:
    @given(architectures(), st.integers(0, 2**32))
    def test_by_name_and_back_is_the_same_network(self, arch: sn.Architecture, seed: int) -> None:
        network = sn.Network.random(arch, seed=seed, scheme="symmetric_uniform")
        weights = {block.name: network[block.name] for block in arch.layout.blocks}
        again = sn.Network.from_weights(arch, {name: w.tolist() for name, w in weights.items()})
        assert np.array_equal(again.theta, network.theta)
        assert all(w.shape == arch.layout.block(name).shape for name, w in weights.items())

    def test_are_views_that_cannot_be_written(self) -> None:
        network = sn.Network.random(ARCH)
        assert np.shares_memory(network["W1"], network.theta)
        for array in (network.theta, network["W1"], network["b2"]):
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0.0

    def test_are_a_copy_of_what_was_given(self) -> None:
        mine = np.arange(13.0)
        network = sn.Network(ARCH, mine)
        mine[:] = -1.0
        assert network.theta.tolist() == list(range(13))

    @pytest.mark.parametrize(
        "duplicate", [copy.copy, copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))]
    )
    def test_stay_read_only_in_a_copy(self, duplicate) -> None:
        network = sn.Network.random(ARCH)
        twin = duplicate(network)
        assert np.array_equal(twin.theta, network.theta)
        assert twin.architecture == network.architecture
        assert not twin.theta.flags.writeable
        assert not twin["W1"].flags.writeable

    def test_same_seed_same_weights(self) -> None:
        assert np.array_equal(
            sn.Network.random(ARCH, seed=4).theta, sn.Network.random(ARCH, seed=4).theta
        )
        assert not np.array_equal(
            sn.Network.random(ARCH, seed=4).theta, sn.Network.random(ARCH, seed=5).theta
        )

    def test_of_another_number_are_refused(self) -> None:
        with pytest.raises(
            sn.ShapeMismatch, match=r"theta has shape \(12,\) but the network has 13 parameters"
        ):
            sn.Network(ARCH, np.zeros(12))

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    def test_that_are_not_finite_are_refused_by_name(self, bad: float) -> None:
        theta = np.zeros(13)
        theta[4] = bad
        with pytest.raises(
            sn.InvalidInput, match=rf"weights must be finite, but W1\[1,1\] is {bad}"
        ):
            sn.Network(ARCH, theta)

    def test_that_are_missing_are_named(self) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match="the weights of this network are W1, b1, W2 and b2: b1 and b2 missing",
        ):
            sn.Network.from_weights(ARCH, {"W1": np.zeros((2, 3)), "W2": np.zeros((3, 1))})

    def test_that_are_not_its_own_are_named(self) -> None:
        bare = sn.Architecture((2, 1), bias=False)
        with pytest.raises(sn.InvalidInput, match="the weights of this network are W1: unknown S"):
            sn.Network.from_weights(bare, {"W1": np.zeros((2, 1)), "S": np.zeros((2, 1))})

    def test_with_names_of_the_notebook_are_named_beside_the_right_ones(self) -> None:
        bare = sn.Architecture((2, 3, 1), bias=False)
        with pytest.raises(
            sn.InvalidInput,
            match="this network are W1 and W2: W1 and W2 missing, unknown W_1 and W_2",
        ):
            sn.Network.from_weights(bare, {"W_1": np.zeros((2, 3)), "W_2": np.zeros((3, 1))})

    def test_of_another_shape_are_refused(self) -> None:
        bare = sn.Architecture((2, 1), bias=False)
        with pytest.raises(
            sn.ShapeMismatch, match=r"W1 has shape \(1, 2\) but must have shape \(2, 1\)"
        ):
            sn.Network.from_weights(bare, {"W1": np.zeros((1, 2))})

    def test_of_an_unknown_name_are_refused(self) -> None:
        with pytest.raises(sn.InvalidInput, match="weight 'W3' is not recognized"):
            sn.Network.random(ARCH)["W3"]

    def test_an_unknown_scheme_and_a_wrong_seed_are_refused(self) -> None:
        with pytest.raises(sn.InvalidInput, match="scheme 'xavier' is not recognized"):
            sn.Network.random(ARCH, scheme="xavier")
        with pytest.raises(sn.InvalidInput, match="seed must be a whole number"):
            sn.Network.random(ARCH, seed=-1)


class TestPredict:
    @given(architectures(), st.integers(0, 2**32))
    def test_is_the_last_activation_of_the_forward_pass(
        self, arch: sn.Architecture, seed: int
    ) -> None:
        network = sn.Network.random(arch, seed=seed)
        X = np.random.default_rng(seed).normal(size=(4, arch.n_inputs))
        prediction = network.predict(X)
        assert prediction.shape == (4, arch.n_outputs)
        expected = sn.forward(arch, network.theta, X).activations[-1]
        assert np.allclose(prediction, expected, rtol=1e-12, atol=1e-13)

    def test_rows_do_not_look_at_each_other(self) -> None:
        network = sn.Network.random(sn.Architecture((3, 5, 2), output="softmax"))
        X = np.random.default_rng(0).normal(size=(6, 3))
        assert np.allclose(
            network.predict(X), np.vstack([network.predict([row]) for row in X]), rtol=1e-14
        )

    def test_a_vector_is_accepted_with_one_input(self) -> None:
        network = sn.Network.random(sn.Architecture((1, 2, 1)))
        assert np.array_equal(network.predict([1.0, 2.0]), network.predict([[1.0], [2.0]]))

    def test_overflow_is_silent(self) -> None:
        network = sn.Network(sn.Architecture((1, 1), output="exp"), [1e308, 0.0])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert network.predict([1e10]).tolist() == [[np.inf]]

    def test_prints_what_it_is(self) -> None:
        assert repr(sn.Network.random(ARCH)) == "<network 2-3-1, tanh, identity output, 13 weights>"

    @pytest.mark.parametrize(
        ("X", "message"),
        [
            (np.ones((4, 3)), r"X has 3 columns but the network expects 2 \(W1 is \(2, 3\)\)"),
            (np.ones((4, 1)), r"X has 1 column but the network expects 2"),
            (
                [1.0, 2.0],
                r"X is a vector of 2 but the network expects a table of 2 columns; a single sample is \[\[x1, x2",
            ),
            ([[1.0, np.nan]], "X must be finite, but row 0, column 1 is nan"),
            (np.ones((0, 2)), "X has no rows"),
            (np.ones((1, 1, 2)), r"X must be a table \(samples, columns\)"),
        ],
    )
    def test_refuses_other_tables_in_a_sentence(self, X, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.Network.random(ARCH).predict(X)


class TestInputNames:
    """A network that was trained on a data frame matches the columns of another one by name."""

    X = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 2)), columns=["a", "b"])
    y = X.to_numpy() @ [1.0, -3.0]

    def trained(self) -> sn.Network:
        return sn.train(sn.Network.random(sn.Architecture((2, 1))), self.X, self.y).network

    def test_are_kept_and_match_columns_of_another_order(self) -> None:
        network = self.trained()
        assert network.input_names == ("a", "b")
        turned = self.X[["b", "a"]]
        for each in (network, pickle.loads(pickle.dumps(network))):
            np.testing.assert_allclose(each.predict(turned)[:, 0], self.y, atol=1e-6)
        np.testing.assert_array_equal(network.predict(turned), network.predict(self.X.to_numpy()))

    def test_other_names_are_refused(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"columns 'a' and 'c', but .* on 'a' and 'b'"):
            self.trained().predict(self.X.rename(columns={"b": "c"}))

    def test_match_the_columns_of_further_training(self) -> None:
        network, turned = self.trained(), self.X[["b", "a"]]
        again = sn.train(network, turned, self.y, validation=(turned, self.y))
        assert again.network.input_names == ("a", "b")
        assert again.record.objective[0] < 1e-9
        assert again.record.validation_cost[0] < 1e-9

    def test_of_several_starts_are_kept(self) -> None:
        net = sn.Network.random(sn.Architecture((2, 1)))
        assert sn.train(net, self.X, self.y, starts=3).network.input_names == ("a", "b")

    def test_that_are_numbers_are_no_names(self) -> None:
        net = sn.Network.random(sn.Architecture((2, 1)))
        numbered = self.X.set_axis([0, 1], axis="columns")
        assert sn.train(net, numbered, self.y).network.input_names is None

    def test_must_be_one_for_each_input(self) -> None:
        net = sn.Network.random(sn.Architecture((2, 1)))
        with pytest.raises(sn.ShapeMismatch, match=r"input_names has 1 name but .* 2 inputs"):
            sn.Network(net.architecture, net.theta, ["a"])
