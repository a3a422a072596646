"""A file that does not exist is answered by a similar name that exists."""

from __future__ import annotations

from pathlib import Path

import pytest

import sheernet as sn


@pytest.mark.parametrize(
    ("given", "meant"),
    [("fishfit", "fish-fit"), ("fish-fit/modell.json", "model.json"), ("fis", None)],
)
def test_names_a_similar_model(tmp_path: Path, given: str, meant: str | None) -> None:
    (tmp_path / "fish-fit").mkdir()
    (tmp_path / "fish-fit" / "model.json").touch()
    (tmp_path / "fish.csv").touch()
    (tmp_path / "fishfits").mkdir()
    advice = "check the path" if meant is None else f"did you mean '{meant}'"
    with pytest.raises(sn.InvalidInput, match=advice):
        sn.load(tmp_path / given)
