"""scripts/check_site.py: what a page must not load, and links that lead nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from check_site import broken_links, loaded_from_elsewhere


def page(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('<script src="https://cdn.example/x.js"></script>', ["https://cdn.example/x.js"]),
        ('<img src="//cdn.example/x.png">', ["//cdn.example/x.png"]),
        ('<p style="background: url(http://cdn.example/x)">', ["http://cdn.example/x"]),
        ('<a href="https://cdn.example">a link</a><img src="x.png">', []),
    ],
)
def test_what_a_page_loads(tmp_path: Path, body: str, found: list[str]) -> None:
    assert loaded_from_elsewhere(page(tmp_path, "index.html", body)) == found


def test_links_lead_to_files_and_to_places_in_them(tmp_path: Path) -> None:
    page(tmp_path, "other.html", '<h1 id="here">x</h1>')
    good = "#", "#top", "other.html", "other.html#here", "https://example.org/#x", "mailto:a@b.c"
    bad = "#there", "missing.html", "other.html#there"
    body = "".join(f'<a href="{link}">x</a>' for link in (*good, *bad))
    assert broken_links(page(tmp_path, "index.html", body)) == list(bad)
