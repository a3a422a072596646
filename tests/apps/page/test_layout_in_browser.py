"""What a browser shows of the page: curves end at the frame of their plot, and tables fit a narrow window."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from page_visit import Page, Visit, expect
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_presets import preset

pytestmark = pytest.mark.slow


@pytest.fixture
def open_page(visit: Callable[..., Visit]) -> Callable[..., Page]:
    """Open the page of an exercise in a window."""

    def opened(exercise: Exercise, width: int) -> Page:
        page = visit(exercise, viewport={"width": width, "height": 800}).page
        expect(page.locator("#diagram .unit").first).to_be_visible()
        return page

    return opened


CORNERS = """rect => ["x", "y", "width", "height"].map(name => rect.getAttribute(name))"""


def test_a_curve_ends_at_the_frame_of_its_plot(open_page: Callable[..., Page]) -> None:
    page = open_page(preset("overfitting a sine"), 1280)
    curve = page.locator("#surface .line.training")
    expect(curve).to_have_attribute("d", re.compile("^M"))
    clip = curve.evaluate("line => line.parentElement.getAttribute('clip-path').slice(5, -1)")
    frame = page.locator("#surface .plot-frame")
    assert page.locator(f"#{clip} rect").evaluate(CORNERS) == frame.evaluate(CORNERS)


def test_all_columns_and_digits_of_the_weights_are_seen_on_a_narrow_page(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(preset("a network of nine weights"), 375)
    table = page.locator("table.weights")
    expect(table).to_be_visible()
    assert table.evaluate("table => table.offsetWidth <= table.parentElement.clientWidth")
    field = table.locator("input").first
    field.fill("-1.23456e-12")
    assert field.evaluate("field => field.scrollWidth <= field.clientWidth")


def test_sentences_about_a_table_are_told_apart(open_page: Callable[..., Page]) -> None:
    page = open_page(preset("a network of nine weights"), 1280)
    expect(page.locator("#data")).to_contain_text(
        "Neural-Networks-Demystified. The source states no license;"
    )
