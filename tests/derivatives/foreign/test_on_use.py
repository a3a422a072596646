"""Heavy packages are imported at the point of use, and missing ones are named with their install line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import sheernet as sn


def test_the_package_loads_neither_scikit_learn_nor_torch() -> None:
    code = "import sys, sheernet as sn; sn.foreign.from_torch; print({'sklearn', 'torch'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(Path(sn.__file__).parents[1])},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "set()\n"


def test_a_missing_package_is_named_with_its_install_line(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(
        sn.MissingDependency, match=r"torch, which is not installed: pip install torch$"
    ):
        sn.foreign.from_torch(object(), None, [[1.0]], [1.0])
