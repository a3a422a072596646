"""Groups of weights: a partition of all decayed weights, by layer, by input, and by what an output means."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.statistics import decay_groups


@pytest.mark.parametrize("per_target", [1, 2])
@pytest.mark.parametrize("by_input", [False, True])
@pytest.mark.parametrize("sizes", [(3, 2), (3, 4, 2), (1, 4, 5, 4)])
def test_hold_each_weight_but_the_output_biases_once(
    sizes, by_input: bool, per_target: int
) -> None:
    arch = sn.Architecture(sizes)
    groups = decay_groups(arch, by_input, per_target)
    views = arch.layout.views(np.arange(arch.n_parameters))
    expected = set(range(arch.n_parameters)) - set(views[f"b{arch.n_layers}"].tolist())
    members = np.concatenate(list(groups.values())).tolist()
    assert sorted(members) == sorted(expected)
