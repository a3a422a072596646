"""Pages of servers in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_presets import beginning

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from page_visit import Visit


@pytest.fixture
def visit(new_context: Callable[..., BrowserContext]) -> Iterator[Callable[..., Visit]]:
    from page_visit import Visit

    visits: list[Visit] = []

    def open_page(exercise: Exercise | None = None, **how: Any) -> Visit:
        visits.append(Visit(new_context, exercise or beginning(), **how))
        return visits[-1]

    yield open_page
    for each in visits:
        each.close()
