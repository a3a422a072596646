"""The fixtures of pytest-playwright with the Chromium of this computer, started once for each file of tests.

The plugin would start it once for all tests.  But while Playwright is started, its event loop counts as the running one
of the thread, so tests of notebooks, and of programs that start Playwright themselves, would fail in that process.
`pytest --tracing retain-on-failure` and `--screenshot only-on-failure` leave their files in .pytest_cache/pages.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import chromium
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright


def pytest_configure(config: pytest.Config) -> None:
    """Keep the files of the plugin out of the checkout: it removes their folder before the tests."""
    if getattr(config.option, "output", None) == "test-results":
        config.option.output = str(config.rootpath / ".pytest_cache" / "pages")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How Chromium is started.  Without one, tests are skipped, or fail if SHEERNET_REQUIRE_BROWSER is set."""
    try:
        return browser_type_launch_args | chromium.launch_arguments()
    except chromium.NoBrowser as problem:
        if os.environ.get("SHEERNET_REQUIRE_BROWSER"):
            raise
        pytest.skip(f"pages are tested in a browser, and {problem}")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    started = playwright.chromium.launch(**browser_type_launch_args)
    yield started
    started.close()


@pytest.fixture(scope="module")
def browser_context_args() -> dict[str, Any]:
    """What all contexts have: nothing, each test says it."""
    return {}
