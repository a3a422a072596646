"""What C++ and Python must call the same is exported by the extension, and equals Python's own where that is needed."""

from __future__ import annotations

from both_engines import compiled
from sheernet.network import activations, native
from sheernet.objective import costs


@compiled
class TestTheExtension:
    def test_names_every_activation_and_every_cost(self) -> None:
        assert set(native.NATIVE.ACTIVATIONS) == set(activations.ALL)
        assert set(native.NATIVE.COSTS) == set(costs.ALL)

    def test_has_the_slope_of_leaky_relu(self) -> None:
        assert native.NATIVE.LEAKY_SLOPE == activations.LEAKY_SLOPE
