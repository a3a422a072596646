"""As test_data_region.py, by names that are not published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings

import sheernet as sn
from models.test_data_region import fitted
from random_models import models, with_region
from sheernet.data.columns import Inputs
from sheernet.models.data_region import MOST_FEATURES, DataRegion

pytestmark = pytest.mark.filterwarnings(
    "ignore:(date|time of day) '|the statistics of held-out rows"
)


class TestATypicalRow:
    def test_of_rare_labels_only_is_the_first_of_them(self) -> None:
        inputs = Inputs.learn(sn.read_table({"c": list("abcd")}), ("c",), np.arange(4), rare=0.9)
        region = DataRegion.learn(inputs, np.ones((4, 1)), None)
        assert region.typical == ("a",)


class TestDistances:
    def test_are_left_out_for_many_features(self) -> None:
        inputs = fitted().inputs
        many = Inputs(
            tuple(replace(inputs.columns[0], name=str(i)) for i in range(MOST_FEATURES + 1))
        )
        region = DataRegion.learn(many, np.zeros((3, MOST_FEATURES + 1)), None)
        assert not region.has_distances
        assert len(region.typical) == MOST_FEATURES + 1


class TestAFile:
    @settings(max_examples=20, deadline=None)
    @given(model=models())
    def test_keeps_the_region_of_any_model(self, model: sn.Model) -> None:
        region = with_region(model).region
        with TemporaryDirectory() as folder:
            again = sn.load(with_region(model).save(Path(folder) / "model.json")).region
        assert again.typical == region.typical
        assert np.array_equal(again.factor, region.factor)
