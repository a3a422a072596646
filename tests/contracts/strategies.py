"""Hypothesis strategies for architectures."""

from __future__ import annotations

from hypothesis import strategies as st

import sheernet as sn
from contracts.cases import HIDDEN


@st.composite
def architectures(draw: st.DrawFn) -> sn.Architecture:
    """Networks of 0 to 4 hidden layers of any kind."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=2, max_size=6))
    n_layers = len(sizes) - 1
    return sn.Architecture(
        sizes,
        hidden=draw(
            st.lists(st.sampled_from(HIDDEN), min_size=n_layers - 1, max_size=n_layers - 1)
        ),
        output=draw(st.sampled_from([*HIDDEN, "softmax", "exp"])),
        bias=draw(st.lists(st.booleans(), min_size=n_layers, max_size=n_layers)),
        skip=draw(st.booleans()),
    )
