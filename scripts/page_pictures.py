"""Make the pictures of the page that the documentation shows, in a headless Chromium.

    python scripts/page_pictures.py    writes docs/pictures/page.png and docs/pictures/page-dark.png

Each shows an experiment of the lessons after its run, in a window of 1280 x 800.  Run it after a change of the view,
and look at both.  Needs Playwright (dependency group `test`), Pillow, and Chromium or Chrome.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import chromium
from browse_site import WIDE
from PIL import Image

from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_presets import preset
from sheernet.apps.page.page_server import PageServer

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
PATIENCE = 120_000  # milliseconds


@dataclass(frozen=True)
class Picture:
    """A picture: its file, what the page trains, the scheme of the colors, and the unit that is clicked."""

    name: str
    exercise: Exercise
    scheme: str
    unit: str


PICTURES = (
    Picture("page.png", preset("two spirals"), "light", "h2.1"),
    Picture(
        "page-dark.png",
        preset("regularization by weight decay").changed({"hidden": (4,)}),
        "dark",
        "h1",
    ),
)


@contextmanager
def served(exercise: Exercise) -> Iterator[str]:
    """The address of a page."""
    server = PageServer(exercise, port=0)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server.url
    server.shutdown()
    server.close()
    thread.join()


def picture_of(browser: Any, picture: Picture) -> bytes:
    with served(picture.exercise) as url:
        page = browser.new_page(viewport=WIDE, color_scheme=picture.scheme)
        page.set_default_timeout(PATIENCE)
        page.goto(url)
        page.get_by_role("button", name="Play").click()
        page.locator("#transport [role=status]", has_text="Ended after").wait_for()
        page.locator("#diagram .unit", has_text=picture.unit).first.click()
        page.mouse.move(5, 5)
        page.locator(".tip").wait_for(state="hidden")
        taken: bytes = page.screenshot()
        page.close()
    return taken


def main() -> None:
    with chromium.started() as browser:
        for picture in PICTURES:
            image = Image.open(io.BytesIO(picture_of(browser, picture))).convert("RGB")
            image.quantize(256).save(FOLDER / picture.name, optimize=True)
            print(FOLDER / picture.name)


if __name__ == "__main__":
    main()
