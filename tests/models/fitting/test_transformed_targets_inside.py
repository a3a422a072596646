"""As test_transformed_targets.py, by names that are not published."""

from __future__ import annotations

import dataclasses
import types

import numpy as np
import pytest

import sheernet as sn
from models.fitting.test_transformed_targets import fitted, rows
from sheernet.models.explaining.decoding import feature_gradient, weight_gradient
from sheernet.models.fitting import answer_fit
from sheernet.models.member import Member
from sheernet.models.report_beginning import network_in_short


class TestOfSkewedTargets:
    def test_networks_of_transformed_targets_take_part(self) -> None:
        model = fitted()
        assert sum(m.share for m in model.members if m.transform is not None) > 0.5
        assert any("target_transform='none'" in str(notice) for notice in model.notices)
        assert "skewed" in network_in_short(model)

    def test_explanations_use_the_derivatives_of_the_means(self) -> None:
        model = fitted()
        X = model.inputs.encode(sn.read_table(rows(4, seed=2)))

        def with_weights(member: Member, theta: np.ndarray) -> np.ndarray:
            network = sn.Network(member.network.architecture, theta)
            return dataclasses.replace(member, network=network).location(X)

        h, scale = 1e-6, model.targets.scale[0]
        for member in model.members:
            numeric = [
                (member.location(X + h * e) - member.location(X - h * e)) / (2 * h)
                for e in np.eye(2)
            ]
            ours = feature_gradient(model.targets, member, X)[:, 0]
            assert ours == pytest.approx(scale * np.hstack(numeric), rel=1e-5, abs=1e-7)
            theta = member.network.theta
            numeric = [
                (with_weights(member, theta + h * e) - with_weights(member, theta - h * e))
                / (2 * h)
                for e in np.eye(theta.size)
            ]
            ours = weight_gradient(model.targets, member, X)[:, 0]
            assert ours == pytest.approx(scale * np.hstack(numeric), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("a",), ("'a' is skewed or has heavy", "transform of it, arsinh", "in its own units")),
        (("a", "b"), ("'a' and 'b' are skewed or have", "of them, arsinh", "in their own units")),
    ],
)
def test_the_notice_agrees_with_the_number_of_targets(
    names: tuple[str, ...], words: tuple[str, ...]
) -> None:
    prepared = types.SimpleNamespace(targets=types.SimpleNamespace(output_names=names))
    members = (types.SimpleNamespace(transform=object()),)
    (notice,) = answer_fit._notices_of_skew(prepared, members)  # type: ignore[arg-type]
    assert all(word in notice for word in words)
