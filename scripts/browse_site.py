"""Open every page of the built documentation in a headless Chromium, and ask its search for words.

    python scripts/browse_site.py docs/_build/html
    python scripts/browse_site.py docs/_build/html --pictures FOLDER --only index.html --only "coming-from/*"

Each page is opened from disk (file://) and from a server on this machine.  Problems are: a request that leaves the
machine (it is blocked), a file that is not there, an error in the console or in a script, a picture that does not
load, a formula that is not drawn, and a page that is wider than a window of 375 px.  The search must find, among its
first results, a page that contains the word.  Needs Playwright (dependency group `test`) and Chromium or Chrome.
"""

from __future__ import annotations

import argparse
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import chromium

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 375, "height": 800}
FIRST = 5
"""Results of a search, one of which must have the word."""
WORDS = (
    "sigmoid_prime", "W_1", "z_2", "a_2", "y_hat", "yHat", "cost_function_prime", "compute_numerical_gradient",
    "test_gradient", "Trainer", "trainer.J", "dJdW1",  # of the notebook and the videos
    "size", "decay", "skip", "maxit", "rang", "Hess", "linout",  # of nnet
    "trainbr", "tr", "plotperform", "mapminmax", "genFunction",  # of MATLAB
)  # fmt: skip

FAULTS_OF_PAGE = """async () => {
    const found = [];
    for (const image of document.images) {
        image.loading = "eager";
        await image.decode().catch(() => {});
        if (image.naturalWidth === 0) found.push("picture does not load: " + image.getAttribute("src"));
    }
    for (const formula of document.querySelectorAll("math")) {
        const box = formula.getBoundingClientRect();
        if (formula.checkVisibility() && (box.width === 0 || box.height === 0 || formula.querySelector("merror")))
            found.push("formula is not drawn: " + formula.textContent.slice(0, 60));
    }
    for (const left of document.querySelectorAll("span.math, div.math"))
        if (!left.querySelector("math")) found.push("formula is not converted: " + left.textContent.slice(0, 60));
    return found;
}"""
TOO_WIDE = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return "";
    const scrolls = (part) => {
        for (let at = part.parentElement; at; at = at.parentElement)
            if (["auto", "scroll", "hidden"].includes(getComputedStyle(at).overflowX)) return true;
        return false;
    };
    const parts = [...document.body.querySelectorAll("*")].filter(
        (part) => part.getBoundingClientRect().right > room + 1 && !scrolls(part));
    const name = parts.length ? parts[0].outerHTML.slice(0, 100) : "?";
    return `${document.documentElement.scrollWidth} px wide in a window of ${room} px, by ${name}`;
}"""


@dataclass
class Watch:
    """What goes wrong while pages under an address are open."""

    base: str
    problems: list[str] = field(default_factory=list)
    page: str = ""

    def note(self, problem: str) -> None:
        line = f"{self.page}: {problem}"
        if line not in self.problems:
            self.problems.append(line)

    def allow(self, route: Any) -> None:
        """Continue a request for a part of the site; block and note any other."""
        address = route.request.url
        if address.startswith((self.base, "data:", "blob:")):
            route.continue_()
        else:
            self.note(f"asks for {address}")
            route.abort()

    def note_error(self, said: Any) -> None:
        """Note a message of the console if it is an error."""
        if said.type == "error":
            self.note(f"console: {said.text}")

    def follow(self, page: Any) -> None:
        page.route("**/*", self.allow)
        page.on("console", self.note_error)
        page.on("pageerror", lambda error: self.note(f"error in a script: {error}"))
        page.on("requestfailed", lambda request: self.note(f"does not load {request.url}"))


HIDDEN = ("script", "style", "title")
"""Parts of a page that its reader does not see."""


class _Text(HTMLParser):
    """Collects the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in HIDDEN

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def text_of(file: Path) -> str:
    """The text of a page, as its reader sees it."""
    reader = _Text()
    reader.feed(file.read_text(encoding="utf-8"))
    return "".join(reader.parts)


def contains(text: str, word: str) -> bool:
    """Whether a text has a word by itself, in these capitals, and not as a part of another word."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder on this machine; yields its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def pages_of(site: Path, only: Sequence[str] = ()) -> list[str]:
    """The pages of a site, relative to its folder; `only` are patterns such as "coming-from/*"."""
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    pages = [name for name in pages if not name.startswith("_static/")]
    return [name for name in pages if not only or any(fnmatch(name, pattern) for pattern in only)]


def open_pages(tab: Any, watch: Watch, pages: Sequence[str], pictures: Path | None) -> None:
    """Open pages, and note their faults; with a folder, keep a picture of each at both widths."""
    for name in pages:
        watch.page = name
        tab.set_viewport_size(WIDE)
        answer = tab.goto(watch.base + quote(name))
        if answer is not None and answer.status >= 400:
            watch.note(f"status {answer.status}")
        for fault in tab.evaluate(FAULTS_OF_PAGE):
            watch.note(fault)
        _keep(tab, pictures, name, WIDE)
        tab.set_viewport_size(NARROW)
        if wide := tab.evaluate(TOO_WIDE):
            watch.note(wide)
        _keep(tab, pictures, name, NARROW)


def _keep(tab: Any, pictures: Path | None, name: str, size: dict[str, int]) -> None:
    if pictures is not None:
        file = f"{name.removesuffix('.html').replace('/', '-')}-{size['width']}.png"
        tab.screenshot(path=pictures / file, full_page=True)


def search(tab: Any, watch: Watch, site: Path, words: Sequence[str]) -> list[str]:
    """Ask the search of the site for words; a line about each, and a problem for each that is not found."""
    lines = []
    tab.set_viewport_size(WIDE)
    for word in words:
        watch.page = f"search for {word}"
        tab.goto(f"{watch.base}search.html?q={quote(word)}")
        tab.wait_for_function(
            "() => { const said = document.querySelector('.search-summary');"
            " return said && said.innerText !== ''; }",
            timeout=30_000,
        )
        links = tab.eval_on_selector_all("ul.search li a", "found => found.map((a) => a.href)")
        names = [unquote(urlsplit(link)._replace(fragment="").geturl()) for link in links]
        names = list(dict.fromkeys(name.removeprefix(watch.base) for name in names))
        good = [name for name in names[:FIRST] if contains(text_of(site / name), word)]
        if good:
            lines.append(
                f"{word}: {len(names)} pages, {good[0]} is number {names.index(good[0]) + 1}"
            )
        elif names:
            watch.note(f"{len(names)} pages, of which {', '.join(names[:FIRST])} lack it")
        else:
            watch.note("no page is found")
    return lines


def browse(
    site: Path,
    only: Sequence[str] = (),
    words: Sequence[str] = WORDS,
    pictures: Path | None = None,
) -> tuple[list[str], list[str]]:
    """Open the pages of a site from disk and from a server, and search it.

    Returns
    -------
    problems, found : list of str
        A line for each problem, and for each word that the search found.
    """
    pages, found, problems = pages_of(site, only), [], []
    if not pages:
        raise SystemExit(f"{site} has no such pages: build the documentation first (make docs)")
    with chromium.started() as browser, served(site) as address:
        for base in (f"{site.absolute().as_uri()}/", address):
            watch = Watch(base)
            tab = browser.new_page()
            watch.follow(tab)
            open_pages(tab, watch, pages, pictures)
            found = search(tab, watch, site, words)
            tab.close()
            scheme = base.partition(":")[0]
            problems += [f"{scheme} {line}" for line in watch.problems]
    return problems, found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("site", type=Path, help="folder of the built documentation")
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN", help="pages")
    parser.add_argument("--word", action="append", default=[], help="words to search for")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="keep pictures of pages")
    given = parser.parse_args()
    if given.pictures is not None:
        given.pictures.mkdir(parents=True, exist_ok=True)
    problems, found = browse(given.site, given.only, given.word or WORDS, given.pictures)
    print("\n".join(found))
    print(f"{len(pages_of(given.site, given.only))} pages, {len(problems)} problems")
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
