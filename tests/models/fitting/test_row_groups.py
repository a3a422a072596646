"""Groups of rows: neither folds nor held-out rows divide them, and the figures are those of new groups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

N = 24
TABLE = {
    "x": np.linspace(0.0, 1.0, N) ** 2,
    "who": [f"p{i % 6}" for i in range(N)],
    "y": np.sin(np.arange(N)),
    "c": ["no", "no", "yes"] * (N // 3),
}
GROUPS = np.arange(N) % 6


def patients(n: int, seed: int) -> pd.DataFrame:
    """Visits: a level of each patient, which nothing that is known of the patient tells, and a small effect of x."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(n), 10)
    level = rng.normal(size=n)[who]
    x = rng.uniform(-1.0, 1.0, 10 * n)
    age = rng.uniform(30.0, 80.0, n).round(1)[who]
    y = level + 0.3 * x + 0.1 * rng.normal(size=10 * n)
    return pd.DataFrame({"pat_nr": [f"P{k}" for k in who], "age": age, "x": x, "y": y})


class TestColumnOrValues:
    @pytest.mark.parametrize(
        ("table", "groups", "settings", "message"),
        [
            (TABLE, "whom", {}, "'whom'"),
            (TABLE, "who", {"inputs": ["x", "who"]}, "'who' is both groups and inputs"),
            (TABLE, "y", {}, "'y' is both groups and target"),
            (TABLE, "x", {"weights": "x"}, "'x' is both groups and weights"),
            (TABLE, GROUPS[1:], {}, "groups has 23 entries, but the table has 24 rows"),
            (TABLE, [None, *TABLE["who"][1:]], {}, "give each row a group in groups"),
            (TABLE, ["a"] * N, {}, "all rows are of one group in groups, but at least 2"),
            (TABLE, {"who": 1}, {}, "groups must be the name of a column or an array with a group"),
        ],
    )
    def test_are_refused_before_training(
        self, table: Any, groups: Any, settings: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.fit(table, "y", groups=groups, **settings)

    def test_that_name_a_column_of_an_array_are_refused(self) -> None:
        with pytest.raises(sn.InvalidInput, match="an array has no names"):
            sn.fit(np.ones((N, 2)), TABLE["y"], groups="x1")

    @pytest.mark.filterwarnings("ignore:the (test|validation) rows are the training rows")
    def test_without_effect_are_refused(self) -> None:
        for how in ({"held_out": 0.0}, {"test": TABLE}):
            with pytest.raises(sn.InvalidInput, match="groups has no effect, because a single"):
                sn.fit(TABLE, "y", groups="who", hidden=1, decay=0.1, **how)

    def test_of_which_a_single_one_is_left_are_refused(self) -> None:
        two = [k % 2 for k in range(N)]
        with pytest.raises(
            sn.InvalidInput, match=r"held_out=0\.5 leaves a single group to train on"
        ):
            sn.fit(TABLE, "y", inputs=["x"], groups=two, held_out=0.5)


class TestOfOneRow:
    @pytest.mark.parametrize("target", ["y", "c"])
    @pytest.mark.parametrize("how", [{"starts": 3}, {"decay": 0.1, "hidden": 2, "starts": 1}])
    def test_change_no_bit(self, target: str, how: dict[str, Any]) -> None:
        # Codes in any order: groups are numbered as they appear.
        names = [f"g{k}" for k in np.random.default_rng(0).permutation(N)]
        one = sn.fit(TABLE, target, inputs=["x"], **how)
        other = sn.fit(TABLE, target, inputs=["x"], groups=names, **how)
        assert one.held_out_fit == other.held_out_fit
        for a, b in zip(one.members, other.members, strict=True):
            np.testing.assert_array_equal(a.network.theta, b.network.theta)


class TestAnswer:
    def test_is_that_of_new_patients(self) -> None:
        table, small = patients(8, 1), {"hidden": 4, "starts": 2}
        model = sn.fit(table, "y", groups="pat_nr", **small)
        known = sn.fit(table.drop(columns="pat_nr"), "y", **small)
        assert model.held_out_fit is not None
        assert known.held_out_fit is not None
        # Age tells patients apart, and says nothing of a new one.
        assert known.held_out_fit.r2[0] > 0.6
        assert model.held_out_fit.r2[0] < 0.0
        assert model.score(patients(60, 0)) < 0.0
        assert model.inputs.names == ("age", "x")
        heading = " ".join(model.report().split())
        assert "by 5 folds of whole groups (8 groups of 'pat_nr'), model trained" in heading
        assert model.settings["groups"] == "pat_nr"
        assert model.origins["groups"] == "given"

    def test_of_one_network_is_on_held_out_groups(self, tmp_path: Path) -> None:
        model = sn.fit(patients(20, 0), "y", groups="pat_nr", hidden=1, decay=0.1, starts=1)
        heading = " ".join(model.report().split())
        assert "50 held-out rows of whole groups (5 of the 20 groups of 'pat_nr')" in heading
        model.save(tmp_path / "model.json")
        assert sn.load(tmp_path / "model.json").report() == model.report()


class TestReport:
    def test_counts_groups_not_rows(self) -> None:
        """Eight patients with ten visits each show less than eighty patients."""
        table = patients(8, 0)
        model = sn.fit(table, "y", groups="pat_nr", starts=1, hidden=0)
        assert model.settings["evaluation_groups"] == 8
        report = " ".join(model.report().split())
        assert "which may be chance in 8 groups (80 rows)" in report
        assert "errors over the 8 groups of the 80 evaluated rows" in report
        rows = sn.fit(table.drop(columns="pat_nr"), "y", starts=1, hidden=0)
        assert "evaluation_groups" not in rows.settings
        assert "which may be chance" not in rows.report()
        assert (
            model.settings["evaluation_errors"]["r2"][0]
            > rows.settings["evaluation_errors"]["r2"][0]
        )

    def test_an_effect_in_each_group_is_not_chance(self) -> None:
        """The gain in each of the groups is about the same."""
        table = patients(8, 0)
        table["y"] += 0.8 * table["x"]
        model = sn.fit(table, "y", groups="pat_nr", starts=1, hidden=0)
        assert "which may be chance" not in model.report()

    def test_of_held_out_rows_and_classes(self) -> None:
        table = patients(12, 1)
        table["y"] = np.where(table["y"] > 0, "high", "low")
        model = sn.fit(table, "y", groups="pat_nr", held_out=0.5, starts=1, hidden=0, decay=0.1)
        assert model.settings["evaluation_groups"] == 6
        assert "_groups" not in model.report(verbose=True)
        assert "accuracy over the 6 groups of the 60 evaluated rows: " in " ".join(
            model.report().split()
        )
        test = sn.fit(table[:80], "y", groups="pat_nr", test=table[80:], starts=1, hidden=0)
        assert "evaluation_groups" not in test.settings  # those of a test table are not known
