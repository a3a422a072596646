"""Check that no page of the built documentation loads anything from another host.

Links (<a href>) are allowed; scripts, styles, pictures, fonts and frames must be part of the site.

    python scripts/check_site.py docs/_build/html
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

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


class Loads(HTMLParser):
    """Collects the addresses on other hosts that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.found += IN_STYLE.findall(given.get("style", ""))
        if tag not in LOADS or given.get("rel") in NOT_LOADED:
            return
        addresses = [given.get(name, "") for name in ("src", "href", "data", "poster")]
        self.found += [address for address in addresses if ELSEWHERE.match(address)]


def loaded_from_elsewhere(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        return IN_STYLE.findall(text)
    parser = Loads()
    parser.feed(text)
    return parser.found


def main() -> None:
    site = Path(sys.argv[1])
    pages = [*site.rglob("*.html"), *site.rglob("*.css")]
    if not pages:
        raise SystemExit(f"{site} has no pages: build the documentation first")
    found = [
        f"{page}: loads {address}" for page in pages for address in loaded_from_elsewhere(page)
    ]
    if found:
        raise SystemExit("\n".join(found))


if __name__ == "__main__":
    main()
