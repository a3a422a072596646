"""Hidden units that do nothing of their own are found, and others are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import sheernet as sn
from sheernet.statistics.hidden_units import examine_units

X = np.random.default_rng(0).normal(size=(200, 3))


def network(units: int = 5, activation: str = "tanh", seed: int = 1) -> sn.Network:
    return sn.Network.random(sn.Architecture((3, units, 1), activation), seed=seed)


def changed(net: sn.Network, **columns) -> sn.Network:
    """The network with other weights into some units: h2=(weights, bias) or out of them: out2=weight."""
    arrays = {name: np.array(net[name]) for name in ("W1", "b1", "W2", "b2")}
    for name, value in columns.items():
        unit = int(name[-1])
        if name.startswith("out"):
            arrays["W2"][unit] = value
        else:
            arrays["W1"][:, unit], arrays["b1"][unit] = value
    return sn.Network.from_weights(net.architecture, arrays)


def found(net: sn.Network, rows: np.ndarray | None = None) -> list[tuple[str, tuple[int, ...]]]:
    return [(f.kind, f.units) for f in examine_units(net.architecture, net.theta, rows)]


@pytest.mark.parametrize("rows", [None, X])
@given(seed=st.integers(0, 2**32), activation=st.sampled_from(["tanh", "sigmoid", "softplus"]))
@example(seed=1003, activation="tanh")
@settings(max_examples=20, deadline=None)
def test_random_units_are_not_remarkable(rows, seed: int, activation: str) -> None:
    net = network(4, activation, seed)
    out = np.abs(net["W2"])
    assume(out.min() > 0.02 * out.max())  # a random weight may be nearly 0, and its unit silent
    assert found(net, rows) == []


@pytest.mark.parametrize("rows", [None, X])
def test_copies_are_found_also_with_the_other_sign(rows) -> None:
    net = network()
    own = net["W1"][:, 0], net["b1"][0]
    net = changed(net, h2=own, h4=(-own[0] * 1.001, -own[1]))
    assert found(net, rows) == [("duplicate", (0, 2, 4))]
    other = changed(network(activation="softplus"), h2=own, h4=(-own[0], -own[1]))
    assert found(changed(other, h0=own), rows) == [("duplicate", (0, 2))]


@pytest.mark.parametrize("rows", [None, X])
def test_units_without_effect_are_found_by_either_side(rows) -> None:
    net = changed(network(), out1=1e-6, h3=(np.full(3, 1e-7), 0.4))
    assert found(net, rows) == [("silent", (1, 3))]


def test_saturated_units_are_constant_or_switches() -> None:
    net = changed(network(), h0=([0.1, 0.2, 0.1], 5.0), h1=([900.0, 0.0, 0.0], 0.0))
    assert found(net, X) == [("constant", (0,)), ("switch", (1,))]
    assert found(net) == [("constant", (0,))]  # a switch depends on the rows
    assert found(net, X + np.array([0.0, -25.0, 0.0]))[0] != (
        "constant",
        (0,),
    )  # there it is a slope


def test_relu_units_that_are_0_in_all_rows_are_inactive() -> None:
    net = changed(network(activation="relu"), h2=([0.1, 0.1, 0.1], -9.0))
    assert ("inactive", (2,)) in found(net, X)
    inactive = [units for kind, units in found(net, X + 100.0) if kind == "inactive"]
    assert all(2 not in units for units in inactive)


def test_each_hidden_layer_is_examined() -> None:
    arch = sn.Architecture((2, 3, 3, 1))
    net = sn.Network.random(arch, seed=0)
    arrays = {name: np.array(net[name]) for name in ("W1", "b1", "W2", "b2", "W3", "b3")}
    arrays["W2"][:, 1], arrays["b2"][1] = arrays["W2"][:, 0], arrays["b2"][0]
    findings = examine_units(arch, sn.Network.from_weights(arch, arrays).theta)
    assert [(f.kind, f.layer, f.units) for f in findings] == [("duplicate", 2, (0, 1))]
