"""As test_decay_groups.py, by names that are not published."""

from __future__ import annotations

import numpy as np

import sheernet as sn
from sheernet.statistics import decay_groups
from sheernet.statistics.decay_groups import SCALE


def test_of_two_outputs_per_target_part_locations_from_scales() -> None:
    """2 targets: columns 0 and 1 of the output weights lead to locations, 2 and 3 to scales."""
    arch = sn.Architecture((1, 3, 4))
    groups = decay_groups(arch, outputs_per_target=2)
    W2 = arch.layout.views(np.arange(arch.n_parameters))["W2"]  # (3, 4)
    assert list(groups) == ["W1", "b1", "W2[location]", f"W2{SCALE}"]
    assert sorted(groups["W2[location]"].tolist()) == sorted(W2[:, :2].ravel().tolist())
    assert sorted(groups[f"W2{SCALE}"].tolist()) == sorted(W2[:, 2:].ravel().tolist())


def test_of_a_linear_model_part_both_by_input() -> None:
    arch = sn.Architecture((2, 2))
    groups = decay_groups(arch, by_input=True, outputs_per_target=2)
    W1 = arch.layout.views(np.arange(arch.n_parameters))["W1"]  # (2 inputs, 2 outputs)
    assert {name: group.tolist() for name, group in groups.items()} == {
        "W1[location][0]": [W1[0, 0]], "W1[location][1]": [W1[1, 0]],
        f"W1{SCALE}[0]": [W1[0, 1]], f"W1{SCALE}[1]": [W1[1, 1]],
    }  # fmt: skip
