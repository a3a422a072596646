"""As test_packaging.py, by names that are not published."""

from __future__ import annotations

import os

import pytest

from test_packaging import installed


def test_the_command_sheernet_is_that_of_python_m_sheernet() -> None:
    (command,) = installed.entry_points.select(group="console_scripts", name="sheernet")
    from sheernet.__main__ import main

    assert command.load() is main, "reinstall sheernet: its program moved"


@pytest.mark.skipif(
    os.environ.get("SHEERNET_REQUIRE_COMPILED", "0") in ("", "0"),
    reason="the compiled engine is required only where SHEERNET_REQUIRE_COMPILED is set",
)
def test_the_extension_is_loaded_where_it_is_required() -> None:
    from sheernet.network import compiled_extension

    assert compiled_extension.WHY_NOT is None
    assert compiled_extension.load().__name__ == "sheernet.network._native"
