"""`Model.data_distance`: values outside of ranges, combinations that no row has, and text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn

RNG = np.random.default_rng(0)
X = RNG.normal(size=200)
TABLE = {
    "a": X, "b": 2.0 * X + 0.1 * RNG.normal(size=200), "c": np.tile(["p", "q"], 100), "y": X,
}  # fmt: skip


@pytest.fixture(scope="module")
def model() -> sn.Model:
    how = {"unseen": "rare", "missing": "refuse"}
    return sn.fit(TABLE, "y", hidden=0, decay=0.1, starts=1, held_out=0, **how)


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
class TestNumbers:
    def test_beyond_is_in_units_of_the_range(self, model: sn.Model) -> None:
        low, high = X.min(), X.max()
        rows = {
            "a": [high + 0.5 * (high - low), low - 0.25 * (high - low), 0.0],
            "b": [0.0] * 3,
            "c": ["p", "q", "z"],
        }
        found = model.data_distance(rows)
        assert found.beyond == pytest.approx(
            np.array([[0.5, 0, 0], [-0.25, 0, 0], [0, 0, 1]]), abs=1e-9
        )
        assert found.is_outside.all()

    def test_the_training_rows_are_inside(self, model: sn.Model) -> None:
        found = model.data_distance(TABLE)
        assert not found.is_outside.any()
        assert (found.distance <= found.farthest).all()

    def test_a_combination_that_no_row_has_is_far_though_each_value_is_usual(self, model) -> None:
        found = model.data_distance({"a": [0.5, 0.5], "b": [1.0, -1.0], "c": ["p", "p"]})
        assert not found.is_outside.any()
        assert found.quantile[0] < 0.8
        assert found.quantile[1] == 1.0
        assert found.unusual[1, :2] == pytest.approx([18, 19], rel=0.2)  # b is 2 off, by 0.1
        assert found.unusual[1, 2] < 1

    def test_a_row_with_a_missing_input_has_none(self, model: sn.Model) -> None:
        found = model.data_distance({"a": [np.nan, 0.0], "b": [0.0, 0.0], "c": ["p", "p"]})
        assert np.isnan(found.distance).tolist() == [True, False]
        assert found.is_outside.tolist() == [False, False]
        assert found.to_dict()["distance"][0] is None


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
class TestText:
    def test_of_one_row_names_what_does_not_suit(self, model: sn.Model) -> None:
        text = " ".join(str(model.data_distance({"a": 0.5, "b": -1.0, "c": "p"})).split())
        assert "Each value is within its range" in text
        assert "farther than all training rows, the farthest of which has" in text
        assert "are unusual given the others, by more than 3 standard deviations: a (" in text

    def test_of_one_row_is_not_rounded_up_to_all_rows(self, model: sn.Model) -> None:
        found = model.data_distance({"a": 0.5, "b": -1.0, "c": "p"})
        near = replace(found, quantile=np.array([0.997]))
        assert "farther than 99 % of the training rows" in " ".join(near.sentences())

    @pytest.mark.parametrize(
        ("quantile", "said"),
        [(0.0, "not farther than any training row."), (0.004, "less than 1 % of the training")],
    )
    def test_of_one_row_near_the_center(self, model: sn.Model, quantile: float, said: str) -> None:
        found = model.data_distance({"a": 0.5, "b": -1.0, "c": "p"})
        assert said in " ".join(replace(found, quantile=np.array([quantile])).sentences())

    def test_of_one_row_outside_names_the_column(self, model: sn.Model) -> None:
        text = str(model.data_distance({"a": 30.0, "b": 0.0, "c": "p"}))
        assert text.startswith("Outside the training rows: a by ")

    def test_of_one_row_outside_names_the_column_of_a_new_label(self, model: sn.Model) -> None:
        text = str(model.data_distance({"a": 0.0, "b": 0.0, "c": "z"}))
        assert text.startswith("Outside the training rows: c by its label.\n")

    def test_of_many_rows_has_the_farthest_twenty(self, model: sn.Model) -> None:
        for n, end in ((20, ""), (21, "; the 20 farthest rows of 21:")):
            rows = {"a": np.arange(n) / 10.0, "b": np.zeros(n), "c": ["p"] * n}
            title, _, _, *lines = str(model.data_distance(rows)).splitlines()
            assert len(lines) == 20
            assert title.endswith(f"the training rows{end}")

    def test_of_several_rows_is_a_table_with_the_farthest_first(self, model: sn.Model) -> None:
        found = model.data_distance({"a": [0.0, 30.0], "b": [0.0, 0.0], "c": ["p", "p"]})
        lines = str(found).splitlines()
        assert lines[0] == "1 of 2 rows has values outside the training rows"
        assert lines[3].split()[0] == "2"
        assert lines[3].endswith(" 1  a")
        assert found._repr_html_().startswith("<table>")

    def test_to_frame_counts_the_columns(self, model: sn.Model) -> None:
        frame = model.data_distance(
            {"a": [0.0, 30.0], "b": [0.0, 90.0], "c": ["p", "p"]}
        ).to_frame()
        assert frame["outside"].tolist() == [0, 2]


def test_warns_as_predict(model: sn.Model) -> None:
    with pytest.warns(sn.SheernetWarning, match="above"):
        model.data_distance({"a": [30.0], "b": [0.0], "c": ["p"]})
