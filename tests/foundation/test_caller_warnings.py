"""A warning names the caller's file and line, whatever function of the package issues it."""

from __future__ import annotations

import pytest

import sheernet as sn
from sheernet.foundation.caller_warnings import warn


def test_a_direct_call_points_here() -> None:
    with pytest.warns(sn.SheernetWarning, match="^careful$") as said:
        warn("careful")
    assert said[0].filename == __file__


def test_a_call_from_deep_inside_points_here() -> None:
    net = sn.Network.random(sn.Architecture((1, 1)))
    with pytest.warns(sn.SheernetWarning, match="all targets are equal") as said:
        sn.train(net, [0.0, 1.0], [1.0, 1.0])
    assert said[0].filename == __file__
