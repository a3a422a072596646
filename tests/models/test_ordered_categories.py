"""Labels and classes of an ordered categorical keep its order, in models and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

SIZES = ["low", "medium", "high"]
QUICK: dict[str, Any] = {"hidden": 0, "decay": 1e-3, "starts": 1, "held_out": 0}


def frame(ordered: bool = True) -> pd.DataFrame:
    codes = np.tile([0, 1, 2, 1], 6)
    size = pd.Categorical.from_codes(codes, ["low", "medium", "high", "never"][:4], ordered=ordered)
    grade = pd.Categorical.from_codes(2 - codes, SIZES[::-1], ordered=ordered)
    return pd.DataFrame(
        {"size": size, "y": codes + 0.5, "x": np.sin(np.arange(24)), "grade": grade}
    )


@pytest.mark.parametrize(("ordered", "labels"), [(True, SIZES), (False, sorted(SIZES))])
class TestOrder:
    def test_of_classes_is_that_of_the_confusions(
        self, ordered: bool, labels: list[str], tmp_path: Path
    ) -> None:
        data = frame(ordered)
        model = sn.fit(data, "grade", drop="y", **QUICK)
        expected = labels[::-1] if ordered else labels
        assert list(model.targets.classes) == expected
        again = sn.load(model.save(tmp_path / "model.json"))
        assert again.targets == model.targets
        ax = sn.plots.confusion(again)
        assert [text.get_text() for text in ax.get_yticklabels()] == expected
        predicted = again.predict(data[["size", "x"]])
        codes = pd.Categorical(predicted, categories=data["grade"].cat.categories).codes
        assert codes.tolist() == data["grade"].cat.codes.tolist()


def test_survives_beside_text_that_is_converted_and_in_parquet(tmp_path: Path) -> None:
    data = frame().assign(date=pd.date_range("2026-01-01", periods=24).strftime("%d.%m.%Y"))
    assert sn.read_table(data).orders["grade"] == tuple(SIZES[::-1])
    pytest.importorskip("pyarrow")
    data.to_parquet(tmp_path / "data.parquet")
    table = sn.read_table(tmp_path / "data.parquet")
    assert table.kind("date") == "date"
    assert table.orders["grade"] == tuple(SIZES[::-1])
    assert table.take(np.arange(3)).orders == table.orders


def test_of_a_target_beside_a_table_is_kept() -> None:
    data = frame()
    model = sn.fit(data[["size", "x"]], data["grade"], **QUICK)
    assert list(model.targets.classes) == SIZES[::-1]
    assert model.inputs.columns[0].labels == tuple(SIZES)
