"""A browser for each file of tests, and pages in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_presets import beginning

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from page_visit import Visit


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    from page_visit import ARGUMENTS, CHROMIUM

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    from page_visit import Visit

    visits: list[Visit] = []

    def open_page(exercise: Exercise | None = None, **how: Any) -> Visit:
        visits.append(Visit(browser, exercise or beginning(), **how))
        return visits[-1]

    yield open_page
    for each in visits:
        each.close()
