"""A browser for tests, Chromium by Playwright; modules that import this one are skipped without them.

SHEERNET_REQUIRE_BROWSER, which .ci/run sets, makes them fail instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from shutil import which

import pytest

CHROMIUM = next(
    filter(None, map(which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)

if not os.environ.get("SHEERNET_REQUIRE_BROWSER"):
    pytest.importorskip(
        "playwright",
        reason="the page is tested in a browser with Playwright: pip install --group browser",
    )
    if CHROMIUM is None:
        pytest.skip("no Chromium is found; the page is tested in it", allow_module_level=True)

from playwright.sync_api import (  # noqa: E402  (after the skips)
    Browser,
    Locator,
    Page,
    expect,
    sync_playwright,
)  # fmt: skip

__all__ = ["Browser", "Locator", "Page", "browser", "expect"]

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a module."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()
