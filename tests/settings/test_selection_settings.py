"""The settings of a selection are checked before anything is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.selection_settings import SelectionSettings


def test_sizes_and_decays_are_lists_of_any_kind_or_single_values() -> None:
    settings = SelectionSettings(sizes=np.array([4, 0]), decays=1)
    assert (settings.sizes, settings.decays) == (((4,), ()), (1.0,))
    assert SelectionSettings(sizes=[(8, 4), 2]).sizes == ((8, 4), (2,))
    assert SelectionSettings(sizes=range(1, 3)).sizes == ((1,), (2,))


def test_the_default_grid_has_what_the_fits_allow() -> None:
    """The evidence takes no stopping rules, and sizes chosen from the data need the evidence."""
    usual = SelectionSettings()
    assert usual.for_networks_of(FitSettings()).decays == usual.decays
    numbers = usual.for_networks_of(FitSettings.of({"max_iter": 9}))
    assert ("evidence", *numbers.decays) == usual.decays
    assert (*numbers.sizes, "auto") == usual.sizes
    assert SelectionSettings(decays=0.1).for_networks_of(FitSettings()).sizes == numbers.sizes


def test_decays_run_from_large_to_small_after_the_evidence() -> None:
    assert SelectionSettings(decays=[0, "evidence", 0.1]).decays == ("evidence", 0.1, 0.0)
    assert SelectionSettings(decays=[1e-3, 0, 0.1]).decays == (0.1, 1e-3, 0.0)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sizes": []}, "sizes is empty"),
        ({"sizes": [2, -1]}, "each of sizes must be a number of hidden units.* but -1 was given"),
        ({"sizes": ["four"]}, "each of sizes .* but 'four' was given"),
        ({"sizes": [True]}, "each of sizes .* but True was given"),
        ({"sizes": [(4, 0)]}, r"each of sizes .* but \(4, 0\) was given"),
        ({"sizes": [2, 2]}, "sizes has 2 twice"),
        ({"sizes": [0, 0]}, "sizes has 0 twice"),
        ({"sizes": [(8, 4), (8, 4)]}, "sizes has 8-4 twice"),
        ({"decays": []}, "decays is empty"),
        ({"decays": [-1]}, "decays must be .* -1"),
        ({"decays": ["x"]}, "each of decays must be .* 'x'"),
        ({"decays": ["evidence"] * 2}, "decays has evidence twice"),
        ({"sizes": ["auto", 2, "auto"]}, "sizes has auto twice"),
        ({"decays": [0.1, 0.1]}, r"decays has 0\.1 twice"),
        ({"folds": 1}, "folds must be a whole number of at least 2"),
        ({"folds": "five"}, "folds must be a whole number"),
        ({"repeats": 0}, "repeats must be a whole number of at least 1"),
        ({"starts": 0}, "starts must be a whole number of at least 1"),
        ({"rule": "oneSE"}, "rule 'oneSE' is not recognized; did you mean 'one_se'"),
        ({"rule": "none"}, "rule 'none' is not recognized"),
    ],
)
def test_others_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(sn.InvalidInput, match=message):
        SelectionSettings(**given)


def test_a_splitter_repeats_by_itself() -> None:
    class Splitter:
        def split(self, X: Any, y: Any, groups: Any) -> Any:
            return []

    assert SelectionSettings(folds=Splitter()).folds_are_made_by_a_splitter
    with pytest.raises(sn.InvalidInput, match="repeats needs folds as a number"):
        SelectionSettings(folds=Splitter(), repeats=2)
