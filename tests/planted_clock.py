"""A clock that stands still, for tests of time limits and of times that are told."""

from __future__ import annotations

import time
from typing import Any

import pytest


class Clock:
    """`time.monotonic` that stands still, unless something that takes time is called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, now: float = 0.0) -> None:
        self.now = now
        self.patch = monkeypatch
        monkeypatch.setattr(time, "monotonic", lambda: self.now)

    def takes(self, owner: Any, name: str, seconds: float) -> list[dict[str, Any]]:
        """Let a function of a module or class take some seconds; the arguments of its calls."""
        whole, calls = getattr(owner, name), []

        def slow(*arguments: Any, **given: Any) -> Any:
            calls.append({**given, "now": self.now})
            self.now += seconds
            return whole(*arguments, **given)

        self.patch.setattr(owner, name, slow)
        return calls
