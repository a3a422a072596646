"""As test_caller_warnings.py, by names that are not published."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import sheernet as sn
from sheernet.foundation.caller_warnings import gathered, warn


def test_a_direct_call_points_here() -> None:
    with pytest.warns(sn.SheernetWarning, match="^careful$") as said:
        warn("careful")
    assert said[0].filename == __file__


def test_a_package_of_a_similar_name_is_a_caller(monkeypatch) -> None:
    """A file in sheernet_extra beside sheernet is not sheernet's."""
    beside = f"{Path(sn.__file__).parent}_extra/plugin.py"
    scope: dict[str, object] = {"warn": warn}
    exec(compile("def call(): warn('careful')", beside, "exec"), scope)
    with pytest.warns(sn.SheernetWarning, match="^careful$") as said:
        scope["call"]()
    assert said[0].filename == beside


class TestGathered:
    def test_messages_are_in_a_list_and_not_issued(self) -> None:
        with gathered() as outer:
            warn("one")
            with gathered() as inner:
                warn("two")
            warn("three")
        assert (outer, inner) == (["one", "three"], ["two"])

    def test_messages_after_an_error_are_issued_again(self) -> None:
        with pytest.raises(ZeroDivisionError), gathered():
            1 / 0  # noqa: B018
        with pytest.warns(sn.SheernetWarning, match="^careful$"):
            warn("careful")

    def test_messages_of_other_threads_are_issued(self) -> None:
        with (
            gathered() as messages,
            pytest.warns(sn.SheernetWarning, match="^elsewhere$"),
            ThreadPoolExecutor(1) as threads,
        ):
            threads.submit(warn, "elsewhere").result()
        assert messages == []
