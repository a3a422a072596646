"""Tests of all plots: they return the axes, and leave the global settings of matplotlib alone."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import pytest

import sheernet as sn

NET = sn.Network.random(sn.Architecture((2, 3, 1)), seed=1)
ROWS = [[0.0, 1.0], [1.0, 0.0], [2.0, 3.0]]

LINE = {"x": [i / 10 for i in range(30)], "w": [i * i % 7 / 7 for i in range(30)]}


@cache
def line_model() -> sn.Model:
    y = [3 * x - w + 0.1 for x, w in zip(LINE["x"], LINE["w"], strict=True)]
    return sn.fit({**LINE, "y": y}, "y", hidden=0, decay=1e-6, starts=1)


NOT_GIVEN = {
    "predicted_against_true": (ROWS,), "residuals": (ROWS,), "intervals": (ROWS,), "response_surface": (ROWS,),
    "surface_limits": (ROWS,), "save": ("picture.png",),
}  # fmt: skip
"""The further arguments of a plot."""


@pytest.mark.parametrize(
    ("name", "how"),
    {
        "selection": r"sheernet\.select\(",
        "gradient_agreement": r"sheernet check model\.json",
        "gradient_errors": r"sheernet check model\.json",
        "step_errors": r"derivatives\.step_errors\(",
        "importance": r"model\.importance\(table\)",
        "surface_limits": r"\[model\]",
    }.items(),
)
def test_for_a_model_the_message_says_how_to_get_what_is_drawn(name, how) -> None:
    with pytest.raises(sn.InvalidInput, match=rf"needs .*but Model was given; .*{how}"):
        getattr(sn.plots, name)(line_model(), *NOT_GIVEN.get(name, ()))


def test_pictures_need_neither_pyplot_nor_a_display() -> None:
    program = "import sys, sheernet as sn; sn.plots.activation('tanh'); print('matplotlib.pyplot' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False"


def test_matplotlib_is_imported_when_a_picture_is_drawn() -> None:
    program = "import sys, sheernet.plots; print('matplotlib' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False"


def test_without_matplotlib_the_message_has_the_install_line(monkeypatch) -> None:
    for name in [m for m in sys.modules if m == "matplotlib" or m.startswith("matplotlib.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_Blocked(), *sys.meta_path])
    with pytest.raises(sn.MissingDependency, match=r"pictures need matplotlib.*sheernet\[plots\]"):
        sn.plots.activation("tanh")


class _Blocked:
    def find_spec(self, name, path=None, target=None) -> None:
        if name == "matplotlib":
            raise ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib")
