"""The line of a user's own code behind an exception."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sheernet.foundation.user_lines import user_line


def module_of(path: Path, source: str) -> ModuleType:
    """The module that a file defines."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(source)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def line_of(module: ModuleType) -> str | None:
    """The line of the exception that its function f raises, as if it was called by sheernet."""
    with pytest.raises((ZeroDivisionError, np.linalg.LinAlgError)) as caught:
        module.f()
    trace = caught.value.__traceback__
    assert trace is not None
    # Without the frame of this function.
    return user_line(caught.value.with_traceback(trace.tb_next))


def test_is_the_last_one_of_the_user(tmp_path: Path) -> None:
    source = "def f():\n    g()\n\n\ndef g():\n    1 / 0\n"
    assert line_of(module_of(tmp_path / "mine.py", source)) == "mine.py, line 6"


def test_is_not_one_of_numpy(tmp_path: Path) -> None:
    source = "import numpy as np\ndef f():\n    np.linalg.inv(np.zeros((2, 2)))\n"
    assert line_of(module_of(tmp_path / "mine.py", source)) == "mine.py, line 3"


def test_is_one_of_an_installed_package_only_if_no_other_file_calls_it(tmp_path: Path) -> None:
    package = module_of(tmp_path / "site-packages" / "theirs.py", "def f():\n    1 / 0\n")
    assert line_of(package) == "theirs.py, line 2"
    mine = module_of(tmp_path / "mine.py", "def f():\n    g()\n")
    vars(mine)["g"] = package.f
    assert line_of(mine) == "mine.py, line 2"


def test_is_that_of_a_syntax_error(tmp_path: Path) -> None:
    with pytest.raises(SyntaxError) as caught:
        compile("x = 1\ndef f(:\n", str(tmp_path / "mine.py"), "exec")
    assert user_line(caught.value.with_traceback(None)) == "mine.py, line 2"
