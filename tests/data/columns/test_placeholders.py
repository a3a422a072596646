"""Labels that may mean a missing value are pointed out, and ordinary labels are not."""

from __future__ import annotations

import pytest

import sheernet as sn


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize("target", ["y", "kind"])
def test_a_fit_names_placeholders_of_inputs_and_of_classes(target):
    columns = {
        "hab": ["dune", "reef", "mud", "."] * 5,
        "kind": ["a", "b", "?", "c", "a"] * 4,
        "y": [float(i % 7) for i in range(20)],
    }
    with pytest.warns(sn.SheernetWarning, match="if they mean missing") as caught:
        sn.fit(columns, target, hidden=0, starts=1, held_out=0, max_iter=3)
    (notice,) = [str(each.message) for each in caught if "used as labels" in str(each.message)]
    assert "'.' in 5 rows of 'hab'" in notice
    assert "'?' in 4 rows of 'kind'" in notice
