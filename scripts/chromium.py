"""The Chromium or Chrome of this computer, for the programs and tests that open pages in it.

Playwright (dependency group `test`) drives it, in place of the browser that `playwright install` would download.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def started() -> Iterator[Any]:
    """A browser without a window, until the end of the block.

    Raises
    ------
    SystemExit
        If there is no Chromium.
    """
    from playwright.sync_api import sync_playwright

    try:
        arguments = launch_arguments()
    except NoBrowser as problem:
        raise SystemExit(str(problem)) from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**arguments)
        yield browser
        browser.close()
