"""The Chromium or Chrome of this computer, for the tests that open pages in it.

Playwright (dependency group `test`) drives it, in place of the browser that `playwright install` would download.
"""

from __future__ import annotations

from shutil import which
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


class NoBrowser(Exception):
    """No program of Chromium or Chrome is on the PATH."""


def launch_arguments() -> dict[str, Any]:
    """The arguments of Playwright's `launch`: the program, and options that keep it from asking other hosts.

    Raises
    ------
    NoBrowser
        If there is no such program.
    """
    program = next(filter(None, map(which, PROGRAMS)), None)
    if program is None:
        raise NoBrowser(
            f"none of {', '.join(PROGRAMS)} is installed; on Debian and Ubuntu: apt install chromium"
        )
    return {
        "executable_path": program,
        "args": [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync",
        ],
    }  # fmt: skip
