"""As test_pictures_page.py, by names that are not published."""

from __future__ import annotations

import re

import pytest

import sheernet as sn
from models.estimators.test_pictures_page import PAGE

pytest.importorskip("sklearn")


pytest.importorskip("matplotlib")


def test_it_names_every_display() -> None:
    displays = {name for name in sn.plots.__all__ if name.endswith("Display")}
    assert displays <= set(re.findall(r"\w+Display", PAGE.read_text(encoding="utf-8")))
