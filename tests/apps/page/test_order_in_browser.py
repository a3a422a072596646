"""Messages of the page in a browser that come in another order than usual, or faster than they are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from page_visit import Visit, expect
from sheernet.apps.page.page_exercise import Exercise

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Route

pytestmark = pytest.mark.slow

NOTE_FRAMES = """
const Real = EventSource;
window.EventSource = class extends Real {
  constructor(address) {
    super(address);
    this.addEventListener("frame", ({ data }) => { window.arrived = JSON.parse(data); });
  }
};
"""
SENT = "([name, values]) => window.arrived && window.arrived[name] >= values"
DRAWN = "() => new Promise(requestAnimationFrame)"


def with_module(script: str) -> str:
    """A script that imports modules of the page by `load`."""
    load = "name => import(new URL(name, document.scripts[0].src))"
    return f"async () => {{ const load = {load}; {script} }}"


class Held:
    """Answers to requests, which the page receives only when the test releases them."""

    def __init__(self, it: Visit, holds: Callable[[str], bool]) -> None:
        self.it = it
        self._holds = holds
        self.answers: list[tuple[Route, APIResponse]] = []
        self.asked: list[str] = []
        it.page.route("**/api/commands*", self._take)

    def _take(self, route: Route) -> None:
        self.asked.append(route.request.post_data or "")
        if self._holds(self.asked[-1]):
            self.answers.append((route, route.fetch()))
        else:
            route.continue_()

    def release(self) -> None:
        """Let the page receive the first answer that is held."""
        while not self.answers:
            self.it.page.evaluate(DRAWN)  # Playwright works meanwhile
        route, answer = self.answers.pop(0)
        route.fulfill(response=answer)


def test_a_frame_is_drawn_with_the_state_of_its_revision(visit: Callable[..., Visit]) -> None:
    it = visit(Exercise(data="sine", hidden=(2,)))
    it.page.add_init_script(NOTE_FRAMES)
    it.page.reload()
    it.status("Ready")
    panel = it.part("figures")
    held = Held(it, lambda asked: True)
    it.page.locator('[data-control="data"] select').select_option('"xor"')
    it.page.wait_for_function(SENT, arg=["revision", 2])
    with it.session._commands:
        sequence = it.session.sequence
    it.page.wait_for_function(SENT, arg=["sequence", sequence])
    it.page.evaluate(DRAWN)
    expect(panel).to_contain_text("RMSE")
    held.release()
    expect(panel).to_contain_text("accuracy")


def test_an_open_table_has_the_last_values(visit: Callable[..., Visit]) -> None:
    it = visit()
    it.page.evaluate(
        with_module(
            """
            const { DataDetails } = await load("./data_details.js");
            let cell = "first";
            window.details = new DataDetails("of a test", () => ({ headings: ["a"], rows: [[cell]] }));
            window.show = (value) => {
              cell = value;
              details.refresh();
            };
            document.body.append(details.node);
            details.node.open = true;
            """
        )
    )
    table = it.page.get_by_role("table", name="of a test")
    expect(table).to_contain_text("first")
    it.page.evaluate("['second', 'third'].forEach(show)")
    expect(table).to_contain_text("third")


def test_a_page_that_is_gone_back_to_is_opened_anew(visit: Callable[..., Visit]) -> None:
    it = visit()
    before: Any = it.session
    with it.page.expect_navigation():
        it.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    it.status("Ready")
    assert it.session is not before
