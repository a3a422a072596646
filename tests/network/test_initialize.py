"""Initial weights: the distribution of each scheme, streams of seeds, and identical hidden units."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet import initialize

ARCH = sn.Architecture((60, 90, 50, 40), skip=True)
"""Wide, so that every block is a sample of thousands of numbers."""
WEIGHTS = ("W1", "W2", "W3", "S")
BIASES = ("b1", "b2", "b3")


def blocks(scheme: str, arch: sn.Architecture = ARCH, seed: int = 3) -> dict[str, np.ndarray]:
    return arch.layout.views(initialize.draw(arch, scheme, np.random.default_rng(seed)))


def is_a_sample_of(values: np.ndarray, distribution: str, *parameters: float) -> bool:
    """Kolmogorov-Smirnov test: a correct scheme fails for one seed in a million, and the seed is fixed."""
    return scipy.stats.kstest(values.ravel(), distribution, args=parameters).pvalue > 1e-6


class TestSchemes:
    """Expected values are from the papers that the module cites."""

    def test_uniform_is_from_0_to_1_biases_too(self) -> None:
        for block in blocks("uniform").values():
            assert block.min() >= 0.0
            assert block.max() < 1.0
            assert is_a_sample_of(block, "uniform", 0.0, 1.0)

    def test_symmetric_uniform_is_from_minus_0_7_to_0_7_biases_too(self) -> None:
        for block in blocks("symmetric_uniform").values():
            assert np.abs(block).max() <= 0.7
            assert is_a_sample_of(block, "uniform", -0.7, 1.4)

    @pytest.mark.parametrize("name", WEIGHTS)
    def test_glorot_is_uniform_within_the_root_of_6_over_fan_in_plus_fan_out(
        self, name: str
    ) -> None:
        block = blocks("glorot")[name]
        r = (6.0 / (block.shape[0] + block.shape[1])) ** 0.5
        assert np.abs(block).max() <= r
        assert is_a_sample_of(block, "uniform", -r, 2 * r)

    @pytest.mark.parametrize("name", WEIGHTS)
    def test_he_is_normal_of_variance_2_over_fan_in(self, name: str) -> None:
        block = blocks("he")[name]
        assert is_a_sample_of(block, "norm", 0.0, (2.0 / block.shape[0]) ** 0.5)

    @pytest.mark.parametrize("name", WEIGHTS)
    def test_lecun_has_variance_1_over_fan_in(self, name: str) -> None:
        block = blocks("lecun")[name]
        r = (3.0 / block.shape[0]) ** 0.5
        assert is_a_sample_of(block, "uniform", -r, 2 * r)
        assert block.var() == pytest.approx(1.0 / block.shape[0], rel=0.1)

    @pytest.mark.parametrize("scheme", ["glorot", "he", "lecun"])
    def test_biases_of_these_start_at_0(self, scheme: str) -> None:
        drawn = blocks(scheme)
        assert all((drawn[name] == 0.0).all() for name in BIASES)

    @pytest.mark.parametrize("layer", [1, 2])
    def test_nguyen_widrow_gives_hidden_units_the_norm_of_the_paper(self, layer: int) -> None:
        drawn = blocks("nguyen_widrow")
        n, m = drawn[f"W{layer}"].shape
        norm = 0.7 * m ** (1.0 / n)
        assert np.allclose(np.linalg.norm(drawn[f"W{layer}"], axis=0), norm, rtol=1e-14)
        assert is_a_sample_of(drawn[f"b{layer}"], "uniform", -norm, 2 * norm)

    def test_nguyen_widrow_leaves_outputs_and_skips_within_a_half(self) -> None:
        drawn = blocks("nguyen_widrow")
        assert all(is_a_sample_of(drawn[name], "uniform", -0.5, 1.0) for name in ("W3", "b3", "S"))

    def test_nguyen_widrow_of_one_input_spreads_ramps_over_the_range(self) -> None:
        arch = sn.Architecture((1, 2000, 1))
        drawn = blocks("nguyen_widrow", arch)
        centers = -drawn["b1"] / drawn["W1"][0]  # where each unit's pre-activation is 0
        assert np.abs(centers).max() <= 1.0
        assert is_a_sample_of(centers, "uniform", -1.0, 2.0)

    @pytest.mark.parametrize("scheme", initialize.SCHEMES)
    @given(seed=st.integers(0, 2**32), width=st.integers(1, 4), hidden=st.integers(0, 3))
    def test_every_scheme_fills_every_network(
        self, scheme: str, seed: int, width: int, hidden: int
    ) -> None:
        arch = sn.Architecture([width] * (hidden + 2), bias=bool(seed % 2), skip=True)
        theta = initialize.draw(arch, scheme, np.random.default_rng(seed))
        assert theta.shape == (arch.n_parameters,)
        assert np.isfinite(theta).all()
        assert np.array_equal(theta, initialize.draw(arch, scheme, np.random.default_rng(seed)))

    @pytest.mark.parametrize("scheme", initialize.SCHEMES)
    def test_every_scheme_advances_its_generator(self, scheme: str) -> None:
        rng = np.random.default_rng(0)
        assert not np.array_equal(
            initialize.draw(ARCH, scheme, rng), initialize.draw(ARCH, scheme, rng)
        )

    def test_an_unknown_scheme_is_refused(self) -> None:
        with pytest.raises(
            sn.InvalidInput, match="scheme 'glorott' is not recognized; did you mean 'glorot'"
        ):
            initialize.draw(ARCH, "glorott", np.random.default_rng(0))


class TestGenerator:
    def test_streams_of_a_seed_are_independent_of_each_other(self) -> None:
        samples = np.array([initialize.generator(5, stream).random(2000) for stream in range(8)])
        correlations = np.corrcoef(samples) - np.eye(8)
        assert np.abs(correlations).max() < 0.1  # 2 000 pairs: one standard deviation is 0.022
        assert is_a_sample_of(samples, "uniform", 0.0, 1.0)

    def test_a_stream_is_the_same_whatever_else_was_drawn(self) -> None:
        alone = initialize.generator(5, 3).random(4)
        for stream in range(3):
            initialize.generator(5, stream).random(1000)
        assert np.array_equal(initialize.generator(5, 3).random(4), alone)

    def test_seeds_do_not_run_into_each_others_streams(self) -> None:
        first = {
            float(initialize.generator(seed, stream).random())
            for seed in range(20)
            for stream in range(20)
        }
        assert len(first) == 400

    def test_none_takes_fresh_numbers(self) -> None:
        assert initialize.generator(None).random() != initialize.generator(None).random()

    @pytest.mark.parametrize("seed", [-1, 1.5, True, "0"])
    def test_an_invalid_seed_is_refused(self, seed: object) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"seed must be a whole number of at least 0, or None, but .* was given",
        ):
            initialize.generator(seed)

    def test_numpy_integers_are_seeds(self) -> None:
        assert initialize.generator(np.int64(4)).random() == initialize.generator(4).random()

    @pytest.mark.parametrize(
        ("seed", "stream", "first"),
        [
            (0, 0, 0.9429375528828794),
            (0, 1, 0.6771968569751019),
            (20240229, 999, 0.1426012287258076),
            (2**70, 3, 0.8722674885822654),
        ],
    )
    def test_streams_keep_their_bits_from_version_to_version(
        self, seed: int, stream: int, first: float
    ) -> None:
        numpy_own = np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(stream,)))
        )
        (one_of_many,) = initialize.generators(seed, stream, 1)
        drawn = {
            rng.random() for rng in (initialize.generator(seed, stream), one_of_many, numpy_own)
        }
        assert drawn == {first}


class TestGenerators:
    @given(
        st.one_of(st.integers(0, 2**32), st.integers(0, 2**300)),
        st.integers(0, 2**32 - 4),
        st.integers(0, 4),
    )
    def test_are_those_of_generator_bit_for_bit(self, seed: int, first: int, count: int) -> None:
        many = [rng.random(3) for rng in initialize.generators(seed, first, count)]
        one = [initialize.generator(seed, first + i).random(3) for i in range(count)]
        assert np.array_equal(many, one)

    def test_numpy_integers_are_seeds(self) -> None:
        (rng,) = initialize.generators(np.int64(4), 1, 1)
        assert rng.random() == initialize.generator(4, 1).random()

    def test_none_takes_fresh_numbers(self) -> None:
        numbers = [rng.random() for _ in range(2) for rng in initialize.generators(None, 0, 3)]
        assert len(set(numbers)) == 6

    @pytest.mark.parametrize("seed", [-1, 1.5, True, "0"])
    def test_an_invalid_seed_is_refused(self, seed: object) -> None:
        with pytest.raises(sn.InvalidInput, match="seed must be a whole number of at least 0"):
            list(initialize.generators(seed, 0, 1))


class TestIdenticalHiddenUnits:
    def test_finds_the_first_pair(self) -> None:
        arch = sn.Architecture((2, 4, 3, 1))
        theta = np.random.default_rng(0).normal(size=arch.n_parameters)
        views = arch.layout.views(theta)
        views["W2"][:, 2], views["b2"][2], views["W3"][2] = (
            views["W2"][:, 0],
            views["b2"][0],
            views["W3"][0],
        )
        assert initialize.identical_hidden_units(arch, theta) == (2, 0, 2)

    @pytest.mark.parametrize("entry", ["W1[1,2]", "b1[2]", "W2[2,0]"])
    def test_one_different_weight_distinguishes_units(self, entry: str) -> None:
        arch = sn.Architecture((2, 3, 1))
        theta = np.random.default_rng(0).normal(size=arch.n_parameters)
        views = arch.layout.views(theta)
        views["W1"][:, 2], views["b1"][2], views["W2"][2] = (
            views["W1"][:, 0],
            views["b1"][0],
            views["W2"][0],
        )
        assert initialize.identical_hidden_units(arch, theta) == (1, 0, 2)
        theta[arch.layout.names.index(entry)] += 1e-12
        assert initialize.identical_hidden_units(arch, theta) is None

    def test_minus_0_is_0(self) -> None:
        arch = sn.Architecture((1, 2, 1), bias=False)
        assert initialize.identical_hidden_units(arch, np.array([0.0, -0.0, 1.0, 1.0])) == (1, 0, 1)

    def test_their_gradients_are_equal_forever(self) -> None:
        arch = sn.Architecture((2, 3, 1), bias=False)
        theta = np.tile([0.3], arch.n_parameters)
        X, y = np.random.default_rng(1).normal(size=(2, 5, 2))
        gradient = sn.make_objective(arch, X, y[:, 0]).value_and_gradient(theta)[1]
        assert initialize.identical_hidden_units(arch, theta - 0.1 * gradient) == (1, 0, 1)

    @pytest.mark.parametrize("scheme", initialize.SCHEMES)
    def test_random_weights_have_none(self, scheme: str) -> None:
        theta = initialize.draw(ARCH, scheme, np.random.default_rng(2))
        assert initialize.identical_hidden_units(ARCH, theta) is None

    def test_a_network_without_hidden_layer_has_none(self) -> None:
        assert initialize.identical_hidden_units(sn.Architecture((2, 3)), np.zeros(9)) is None

    def test_refuses_weights_of_another_network(self) -> None:
        with pytest.raises(sn.ShapeMismatch, match=r"\(4,\) but the network has 13 parameters"):
            initialize.identical_hidden_units(sn.Architecture((2, 3, 1)), np.arange(4.0))


class TestPerhapsIdentical:
    @given(st.integers(0, 2**32), st.sampled_from([(1, 2, 1), (2, 3, 2), (2, 2, 3, 1), (3, 1)]))
    def test_leaves_no_theta_out_that_has_a_pair(self, seed: int, sizes: tuple[int, ...]) -> None:
        arch = sn.Architecture(sizes)
        rng = np.random.default_rng(seed)
        values = [0.0, -0.0, 1.0]  # few values, so that many thetas have a pair
        thetas = rng.choice(values, size=(20, arch.n_parameters))
        pairs = [initialize.identical_hidden_units(arch, theta) for theta in thetas]
        found = set(initialize.perhaps_identical(arch, thetas))
        assert {i for i, pair in enumerate(pairs) if pair is not None} <= found

    @pytest.mark.parametrize("scheme", initialize.SCHEMES)
    def test_leaves_all_out_that_were_drawn(self, scheme: str) -> None:
        thetas = [initialize.draw(ARCH, scheme, initialize.generator(2, i)) for i in range(3)]
        assert initialize.perhaps_identical(ARCH, np.array(thetas)).size == 0
