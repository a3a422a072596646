"""Architecture and Layout: names and slices of theta, for all shapes of networks."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import sheernet as sn
from contracts.strategies import architectures
from sheernet import activations


class TestLayout:
    @given(architectures())
    def test_slices_part_theta_without_gap_or_overlap(self, arch: sn.Architecture) -> None:
        blocks = arch.layout.blocks
        assert blocks[0].start == 0
        assert [b.start for b in blocks[1:]] == [b.stop for b in blocks[:-1]]
        assert all(b.stop - b.start == np.prod(b.shape) for b in blocks)
        assert blocks[-1].stop == arch.layout.size == arch.n_parameters == len(arch.layout.names)

    @given(architectures())
    def test_the_number_of_parameters_is_the_sum_over_layers(self, arch: sn.Architecture) -> None:
        sizes = arch.sizes
        count = sum((n + b) * m for n, m, b in zip(sizes, sizes[1:], arch.bias, strict=False))
        assert arch.n_parameters == count + arch.skip * sizes[0] * sizes[-1]

    @given(architectures())
    def test_the_order_is_w1_b1_w2_b2_and_s(self, arch: sn.Architecture) -> None:
        expected = []
        for layer, has_bias in enumerate(arch.bias, start=1):
            expected += [f"W{layer}"] + [f"b{layer}"] * has_bias
        assert [b.name for b in arch.layout.blocks] == expected + ["S"] * arch.skip

    @given(architectures())
    def test_names_are_unique_and_locate_entries(self, arch: sn.Architecture) -> None:
        assert len(set(arch.layout.names)) == arch.n_parameters
        theta = np.arange(arch.n_parameters, dtype=float)
        views = arch.layout.views(theta)
        for i, name in enumerate(arch.layout.names):
            block, _, index = name.rstrip("]").partition("[")
            assert views[block][tuple(map(int, index.split(",")))] == i
            assert arch.layout.name(i) == name

    @given(architectures())
    def test_layer_role_and_source_are_those_of_the_name(self, arch: sn.Architecture) -> None:
        roles = {"W": "weights", "b": "biases", "S": "skip"}
        for block in arch.layout.blocks:
            layer = arch.n_layers if block.name == "S" else int(block.name[1:])
            source = {"W": layer - 1, "b": None, "S": 0}[block.name[0]]
            assert (block.role, block.layer, block.source) == (roles[block.name[0]], layer, source)
            assert block.is_bias == (block.source is None) == (len(block.shape) == 1)

    @given(architectures())
    def test_arrays_by_layer_are_the_named_views(self, arch: sn.Architecture) -> None:
        theta = np.arange(arch.n_parameters, dtype=float)
        W, b, S = arch.layout.by_layer(theta)
        found = {f"W{layer}": w for layer, w in W.items()} | {f"b{i}": v for i, v in b.items()}
        found |= {} if S is None else {"S": S}
        named = arch.layout.views(theta)
        assert found.keys() == named.keys()
        for name, view in named.items():
            assert np.array_equal(found[name], view)
            assert np.shares_memory(found[name], theta)
        with pytest.raises(sn.ShapeMismatch, match="parameters"):
            arch.layout.by_layer(theta[:-1])

    @given(architectures())
    def test_views_share_memory_with_theta(self, arch: sn.Architecture) -> None:
        theta = np.zeros(arch.n_parameters)
        for number, view in enumerate(arch.layout.views(theta).values(), start=1):
            view[...] = number
        expected = np.repeat(
            np.arange(1, len(arch.layout.blocks) + 1),
            [np.prod(b.shape) for b in arch.layout.blocks],
        )
        assert np.array_equal(theta, expected)

    @given(architectures())
    def test_every_entry_is_described_in_other_words(self, arch: sn.Architecture) -> None:
        words = [arch.layout.describe(i) for i in range(arch.n_parameters)]
        twice = arch.skip and arch.n_layers == 1  # then W1 and S are the same connections
        assert len(set(words)) == arch.n_parameters - twice * arch.n_inputs * arch.n_outputs

    def test_descriptions_name_units_as_people_count_them(self) -> None:
        one = sn.Architecture((2, 3, 1), skip=True).layout
        words = {
            one.name(i): one.describe(i, inputs=["sun", "rain"], outputs=["yield"])
            for i in range(one.size)
        }
        assert words["W1[1,2]"] == "rain -> h3"
        assert words["b1[0]"] == "bias -> h1"
        assert words["W2[2,0]"] == "h3 -> yield"
        assert words["b2[0]"] == "bias -> yield"
        assert words["S[0,0]"] == "sun -> yield"
        two = sn.Architecture((2, 3, 2, 2)).layout
        words = {two.name(i): two.describe(i) for i in range(two.size)}
        assert words["W1[0,1]"] == "x1 -> h1.2"
        assert words["W2[2,1]"] == "h1.3 -> h2.2"
        assert words["W3[0,1]"] == "h2.1 -> y2"
        assert sn.Architecture((1, 1)).layout.describe(0) == "x1 -> y1"

    def test_the_fifth_weight_of_the_notebooks_network(self) -> None:
        layout = sn.Architecture((2, 3, 1), bias=False).layout
        assert layout.name(4) == "W1[1,1]"
        assert layout.block("W2").slice == slice(6, 9)

    def test_an_unknown_block_is_refused(self) -> None:
        layout = sn.Architecture((2, 3, 1), bias=False).layout
        for theirs in ("W_1", "w1", "w_1"):
            with pytest.raises(sn.InvalidInput, match=f"weight '{theirs}' .* did you mean 'W1'"):
                layout.block(theirs)
        with pytest.raises(sn.InvalidInput, match=r"weight 'b1' is not recognized; .* W1, W2"):
            layout.block("b1")

    @pytest.mark.parametrize("shape", [(8,), (3, 3), ()])
    def test_a_theta_of_another_shape_is_refused(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(
            sn.ShapeMismatch,
            match=r"theta has shape \(.*\) but the network has 9 parameters: \(9,\)",
        ):
            sn.Architecture((2, 3, 1), bias=False).layout.views(np.zeros(shape))


class TestArchitecture:
    @given(architectures())
    def test_spelled_out_or_in_short_it_is_the_same(self, arch: sn.Architecture) -> None:
        again = sn.Architecture(
            arch.sizes,
            hidden=arch.activations[:-1],
            output=arch.activations[-1],
            bias=arch.bias,
            skip=arch.skip,
        )
        assert again == arch
        assert hash(again) == hash(arch)
        assert again.layout == arch.layout

    @given(architectures())
    def test_survives_pickle_and_deepcopy(self, arch: sn.Architecture) -> None:
        for twin in (pickle.loads(pickle.dumps(arch)), copy.deepcopy(arch)):
            assert twin.layout == arch.layout
            assert [f.name for f in twin.activations] == [f.name for f in arch.activations]
            assert str(twin) == str(arch)

    def test_one_answer_is_for_all_layers(self) -> None:
        arch = sn.Architecture((2, 3, 4, 1), hidden="relu", bias=False)
        assert [f.name for f in arch.activations] == ["relu", "relu", "identity"]
        assert arch.bias == (False, False, False)
        assert (arch.n_layers, arch.n_inputs, arch.n_outputs) == (3, 2, 1)

    def test_a_custom_activation_is_accepted(self) -> None:
        sine = activations.Activation("sine", np.sin, np.cos, lambda z: -np.sin(z), "sin(z)", "-")
        assert sn.Architecture((1, 2, 1), hidden=sine).activations[0] is sine

    def test_different_layers_make_different_networks(self) -> None:
        base: dict[str, Any] = {"sizes": (2, 3, 1)}
        variants = [
            base,
            {**base, "hidden": "relu"},
            {**base, "output": "exp"},
            {**base, "bias": False},
        ]
        variants += [{**base, "bias": (True, False)}, {**base, "skip": True}, {"sizes": (2, 4, 1)}]
        assert len({sn.Architecture(**v) for v in variants}) == len(variants)

    def test_cannot_be_changed(self) -> None:
        with pytest.raises(AttributeError):
            sn.Architecture((2, 1)).sizes = (3, 1)

    def test_prints_its_layers(self) -> None:
        arch = sn.Architecture((2, 3, 4, 1), hidden=("tanh", "relu"), bias=False, skip=True)
        assert str(arch) == "2-3-4-1, tanh, relu, identity output, no biases, skip connections"
        assert str(sn.Architecture((4, 2), output="softmax")) == "4-2, softmax output"

    @pytest.mark.parametrize(
        "sizes", [(), (3,), (2, 0), (2, -1), (2, 1.5), (2, True), 5, "23", (2, None)]
    )
    def test_sizes_must_be_whole_and_positive(self, sizes: Any) -> None:
        message = r"sizes must be at least two positive whole numbers, \(inputs, \.\.\., outputs\), but .* was given"
        with pytest.raises(sn.InvalidInput, match=message):
            sn.Architecture(sizes)

    def test_numpy_integers_are_whole_numbers(self) -> None:
        arch = sn.Architecture(np.array([2, 3, 1]))
        assert arch.sizes == (2, 3, 1)
        assert all(type(n) is int for n in arch.sizes)

    def test_the_number_of_answers_must_be_that_of_the_layers(self) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"hidden must be one value .* per hidden layer \(1\), but 2 were given",
        ):
            sn.Architecture((2, 3, 1), hidden=("tanh", "relu"))
        with pytest.raises(
            sn.InvalidInput,
            match=r"bias must be one value .* per layer of weights \(2\), but 1 was given",
        ):
            sn.Architecture((2, 3, 1), bias=[True])

    @pytest.mark.parametrize("name", ["softmax", "exp"])
    def test_output_activations_are_refused_in_hidden_layers(self, name: str) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=f"^hidden '{name}' is not allowed in hidden layers; use identity, sigmoid, .* or silu$",
        ):
            sn.Architecture((2, 3, 1), hidden=name)

    def test_unknown_activations_are_refused(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"^hidden 'tanj' is not recognized"):
            sn.Architecture((2, 3, 1), hidden="tanj")
        with pytest.raises(sn.InvalidInput, match=r"^output 'tanj' .* did you mean 'tanh'"):
            sn.Architecture((2, 3, 1), output="tanj")
        with pytest.raises(sn.InvalidInput, match=r"^hidden must be the name .* but 3 was given"):
            sn.Architecture((2, 3, 3, 1), hidden=["tanh", 3])

    def test_an_activation_is_suggested_only_if_it_is_allowed(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"^hidden 'expp' is not recognized; choose"):
            sn.Architecture((2, 3, 1), hidden="expp")

    @pytest.mark.parametrize(
        "name", ["radbas", "satlin", "satlins", "elliotsig", "hardlim", "tribas", "compet"]
    )
    def test_others_lead_to_the_list(self, name: str) -> None:
        with pytest.raises(
            sn.InvalidInput, match=f"'{name}' is not recognized; choose one of identity, .*, silu$"
        ):
            sn.Architecture((2, 3, 1), hidden=name)
