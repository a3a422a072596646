"""Check that no page of the built documentation loads anything from another host, and that its links lead somewhere.

Links to other hosts (<a href>) are allowed; scripts, styles, pictures, fonts and frames must be part of the site.
A link within the site must lead to a file, and its part after # to an element of that page.

    python scripts/check_site.py docs/_build/html
"""

from __future__ import annotations

import re
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ELSEWHERE = re.compile(r"^(https?:)?//", re.IGNORECASE)
IN_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)
LOADS = {
    "audio",
    "embed",
    "iframe",
    "img",
    "input",
    "link",
    "object",
    "script",
    "source",
    "track",
    "video",
}
NOT_LOADED = {"canonical", "next", "prev", "search"}  # values of <link rel=...> that load nothing


class Page(HTMLParser):
    """Collects the addresses on other hosts that a page loads, its links, and the places that links can lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.links: list[str] = []
        self.places = {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places |= {given.get("id", ""), given.get("name", "") if tag == "a" else ""}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.found += IN_STYLE.findall(given.get("style", ""))
        if tag not in LOADS or given.get("rel") in NOT_LOADED:
            return
        addresses = [given.get(name, "") for name in ("src", "href", "data", "poster")]
        self.found += [address for address in addresses if ELSEWHERE.match(address)]


@cache
def read(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def loaded_from_elsewhere(path: Path) -> list[str]:
    if path.suffix == ".css":
        return IN_STYLE.findall(path.read_text(encoding="utf-8"))
    return read(path).found


def broken_links(path: Path) -> list[str]:
    """The links of a page to files, or to places in pages, that do not exist."""
    if path.suffix == ".css":
        return []
    found = []
    for link in read(path).links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = path.parent / unquote(parts.path) if parts.path else path
        if not target.is_file() or (
            target.suffix == ".html"
            and unquote(parts.fragment) not in read(target.resolve()).places
        ):
            found.append(link)
    return found


def main() -> None:
    site = Path(sys.argv[1]).resolve()
    pages = [*site.rglob("*.html"), *site.rglob("*.css")]
    if not pages:
        raise SystemExit(f"{site} has no pages: build the documentation first")
    found = [
        f"{page}: loads {address}" for page in pages for address in loaded_from_elsewhere(page)
    ]
    found += [f"{page}: {link} leads nowhere" for page in pages for link in broken_links(page)]
    if found:
        raise SystemExit("\n".join(found))


if __name__ == "__main__":
    main()
