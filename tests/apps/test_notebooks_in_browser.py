"""What a notebook shows, in Chromium: the report in its frame, its figures without one, and the page."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import sheernet as sn
from page_visit import PATIENCE, Page, expect
from sheernet.apps.page.notebook_page import NotebookPage

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.slow


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that prints nothing."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def notebook(
    new_context: Callable[..., BrowserContext], tmp_path: Path
) -> Iterator[Callable[..., Page]]:
    """Show the HTML of an output in a page of a server, as Jupyter's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()

    def show(output: str, host: str = "127.0.0.1") -> Page:
        head = "<!doctype html><html lang='en'><meta charset='utf-8'><title>notebook</title>"
        (tmp_path / "book.html").write_text(head + output, encoding="utf-8")
        page = new_context(viewport={"width": 1000, "height": 900}).new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"http://{host}:{server.server_port}/book.html")
        return page

    yield show
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def training() -> sn.Training:
    X = np.random.default_rng(0).normal(size=(40, 2))
    net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)
    return sn.train(net, X, X.sum(axis=1) ** 2, max_iter=20, seed=0, keep_path=True)


@pytest.fixture(scope="module")
def outputs(training: sn.Training) -> dict[str, str]:
    """What a notebook is given for a run, a model and an estimator."""
    pytest.importorskip("sklearn")
    X = np.random.default_rng(0).normal(size=(40, 2))
    y = X.sum(axis=1) ** 2
    return {
        "run": training._repr_html_(),
        "model": sn.fit(X, y, hidden=2, decay=0.01, starts=1)._repr_html_(),
        "estimator": sn.NetRegressor(hidden=2, decay=0.01, starts=1).fit(X, y)._repr_html_(),
    }


FIGURES = {"run": ".sheernet-training", "model": ".sheernet-fit", "estimator": ".sheernet-fit"}


@pytest.mark.parametrize("name", FIGURES)
def test_the_report_takes_the_place_of_the_figures(
    notebook: Callable[..., Page], outputs: dict[str, str], name: str
) -> None:
    page = notebook(outputs[name])
    expect(page.locator(FIGURES[name])).to_be_hidden()
    expect(page.locator("iframe")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_role("heading", name="Answer")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(FIGURES[name])).to_be_visible()
    expect(page.locator("iframe")).to_be_hidden()


@pytest.mark.parametrize("removed", ["iframe", "style|iframe"])
@pytest.mark.parametrize("name", FIGURES)
def test_without_the_frame_the_figures_are_seen(
    notebook: Callable[..., Page], outputs: dict[str, str], name: str, removed: str
) -> None:
    page = notebook(re.sub(rf"<({removed})\b.*?</\1>", "", outputs[name], flags=re.DOTALL))
    picture = page.locator(FIGURES[name]).locator("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 200


class TestThePage:
    @pytest.fixture
    def shown(self) -> Iterator[NotebookPage]:
        page = sn.page()
        yield page
        page.close()

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    def test_trains_in_a_frame(
        self, notebook: Callable[..., Page], shown: NotebookPage, host: str
    ) -> None:
        errors: list[str] = []
        page = notebook(shown._repr_html_(), host)
        page.on("pageerror", lambda error: errors.append(str(error)))
        frame = page.frame_locator("iframe")
        frame.get_by_role("button", name="Step", exact=True).click()
        expect(frame.locator("#transport [role=status]")).to_contain_text(
            "Paused after 1 iteration"
        )
        assert errors == []

    def test_is_in_no_frame_of_another_host(
        self, notebook: Callable[..., Page], shown: NotebookPage
    ) -> None:
        refusals: list[str] = []
        page = notebook("", "other.localhost")  # a name that leads here
        page.on("console", lambda message: refusals.append(message.text))
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.evaluate("html => { document.body.innerHTML = html }", shown._repr_html_())
        expect(page.frame_locator("iframe").locator("#transport")).to_have_count(0)
