"""Explorations of the page that wait for a test: without it, a race may end before the test pauses it."""

from __future__ import annotations

import threading

from sheernet.apps.page.exploration_gate import ExplorationGate

PATIENCE = 60.0  # seconds, on a computer that does much else


def hold_until_paused(gate: ExplorationGate) -> None:
    """Let explorations wait for the first pause before they end an iteration."""
    is_open, pause, is_paused = gate.is_open, gate.pause, threading.Event()

    def is_open_after_the_pause() -> bool:
        assert is_paused.wait(PATIENCE)
        return is_open()

    def pause_and_let_go() -> None:
        pause()
        is_paused.set()

    gate.is_open, gate.pause = is_open_after_the_pause, pause_and_let_go  # type: ignore[method-assign]
