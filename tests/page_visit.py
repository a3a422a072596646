"""A page of a server in a browser, for the tests of the page; without pytest-playwright they are skipped."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_server import PageServer
from sheernet.apps.page.session import Session

pytest.importorskip(
    "pytest_playwright",
    reason="pages are tested in a browser by pytest-playwright: pip install --group test",
)

from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

PATIENCE = 60_000  # milliseconds, on a computer that does much else
expect.set_options(timeout=PATIENCE)


class Visit:
    """A page of a server, in a browser that fails the test on any error and on any request that leaves."""

    def __init__(
        self,
        new_context: Callable[..., BrowserContext],
        exercise: Exercise,
        **how: Any,
    ) -> None:
        self.server = PageServer(exercise, 0)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        self.troubles: list[str] = []
        self.context = new_context(**{"viewport": {"width": 1280, "height": 800}} | how)
        self.page = self.watched(self.context.new_page())
        self.page.goto(self.server.url)
        # The charts are drawn with the first status.
        expect(self.page.locator("#transport [role=status]")).not_to_be_empty()

    def watched(self, page: Page) -> Page:
        """A page whose errors and requests are noted."""
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on(
            "console",
            lambda m: self.troubles.append(f"console: {m.text}") if m.type == "error" else None,
        )
        page.on("request", lambda request: self._note(request.url))
        return page

    def _note(self, url: str) -> None:
        if not re.match(rf"(http://127\.0\.0\.1:{self.server.port}/|blob:|data:)", url):
            self.troubles.append(f"request: {url}")

    @property
    def session(self) -> Session:
        """The session of the page that was opened last."""
        return list(self.server.sessions.values())[-1]

    def part(self, name: str) -> Locator:
        """A part of the page by its id; it is opened if it is closed."""
        part = self.page.locator(f"#{name}")
        if not part.is_visible():
            self.page.get_by_text("Share and save").click()
        return part

    def status(self, text: str) -> None:
        """Wait until the status holds a text."""
        expect(self.page.locator("#transport [role=status]")).to_contain_text(text)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until the server has what a click has asked for."""
        with self.session.changed:
            assert self.session.changed.wait_for(holds, PATIENCE / 1000)

    def settled(self) -> None:
        """Wait until the page has the settings of the server: its address holds them."""
        query = self.session.experiment.exercise.query
        self.page.wait_for_function(
            "query => decodeURIComponent(location.hash) === decodeURIComponent('#' + query)",
            arg=query,
        )

    def violations(self) -> list[tuple[str, list[str]]]:
        """What axe-core finds wrong with the page, which must be open with bypass_csp=True."""
        if not self.page.evaluate("'axe' in window"):
            axe = files("axe_playwright_python").joinpath("axe.min.js")
            self.page.evaluate(axe.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run().then(result => result.violations)")
        return [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found]

    def forget_refusals(self) -> None:
        """Forget that the browser has noted requests that the server refused, as the test wanted it."""
        self.troubles = [each for each in self.troubles if "status of 400" not in each]

    def close(self) -> None:
        """Close the browser's page and the server; fail if anything was wrong."""
        self.context.close()
        self.server.shutdown()
        self.server.close()
        self.thread.join()
        assert self.troubles == []


def agrees(shown: str, value: float) -> bool:
    """Whether a printed number is a value to its printed digits."""
    text = shown.strip().replace("−", "-").lstrip("+")
    mantissa, _, exponent = text.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return abs(float(text) - value) <= 0.5000001 * 10.0 ** (int(exponent or 0) - decimals)
