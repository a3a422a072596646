"""As test_matlab.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

import sheernet as sn
from sheernet.data.files import opening
from sheernet.data.files.matlab.mat_format import MOST_LEVELS


@pytest.fixture
def save(tmp_path: Path) -> Any:
    def write(compressed: bool = True, **variables: Any) -> Path:
        savemat(tmp_path / "data.mat", variables, do_compression=compressed)
        return tmp_path / "data.mat"

    return write


class TestReading:
    def test_structures_too_deep_are_left_out(self, save: Any) -> None:
        deep: Any = {"x": np.arange(3.0)}
        for _ in range(MOST_LEVELS):
            deep = {"s": deep}
        assert sn.read_table(save(s=deep["s"])).columns == ("x",)
        with pytest.warns(sn.SheernetWarning, match="is left out"):
            assert sn.read_table(save(s=deep, y=np.ones(3))).columns == ("y",)


class TestDamage:
    def test_a_bomb(self, save: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        path = save(x=np.zeros(200_000), y=np.zeros(200_000))
        assert len(sn.read_table(path)) == 200_000
        monkeypatch.setattr(opening, "SMALL_UNPACKED", 2**21)
        with pytest.raises(sn.InvalidInput, match=r"data\.mat unpacks to more than 2\.1 MB"):
            sn.read_table(path)
