"""scripts/browse_site.py: what it finds in small sites with planted faults; and the index comments of pages."""

from __future__ import annotations

from pathlib import Path

import browse_site
import pytest

# Without an icon, some releases of Playwright report that the browser finds no favicon.ico.
PLAIN = (
    "<!doctype html><html><head><title>t</title><link rel='icon' href='data:,'></head>"
    "<body>{}</body></html>"
)
SEARCH = PLAIN.format(
    """<p class="search-summary"></p><ul class="search"></ul><script>
    const word = new URLSearchParams(location.search).get("q");
    if (word !== "nothing") document.querySelector("ul").innerHTML = '<li><a href="index.html">Home</a></li>';
    document.querySelector("p").innerText = "Search finished";</script>"""
)
WIDE = '<div style="width: 900px">wide</div>'
FAULTS = {
    "": None,
    "<img src='missing.png'>": "picture does not load: missing.png",
    "<img src='https://example.com/a.png'>": "asks for https://example.com/a.png",
    "<script>console.error('bad')</script>": "console: bad",
    "<script>nowhere()</script>": "error in a script: nowhere is not defined",
    "<script src='missing.js'></script>": "does not load",
    "<math><mspace/></math>": "formula is not drawn",
    "<math><mi>x</mi></math>": None,
    "<span class='math'>\\(x\\)</span>": "formula is not converted",
    WIDE: "px wide in a window of 375 px",
    f"<div style='overflow-x: auto'>{WIDE}</div>": None,
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "search.html").write_text(SEARCH)
    (tmp_path / "index.html").write_text(PLAIN.format("sigmoid_prime and W<b>_1</b>"))
    return tmp_path


@pytest.mark.slow
@pytest.mark.usefixtures("browser_type_launch_args")
class TestInChromium:
    def test_faults_of_pages_are_found_from_disk_and_from_a_server(self, site: Path) -> None:
        for number, body in enumerate(FAULTS):
            (site / f"page{number}.html").write_text(PLAIN.format(body))
        problems, _ = browse_site.browse(site, ["page*"], words=())
        for number, problem in enumerate(FAULTS.values()):
            for scheme in ("file", "http"):
                said = [line for line in problems if line.startswith(f"{scheme} page{number}.html")]
                assert (problem is None) == (not said), said
                assert problem is None or any(problem in line for line in said)

    def test_words_are_searched_for_as_whole_words(self, site: Path) -> None:
        problems, found = browse_site.browse(
            site, ["index.html"], words=("sigmoid_prime", "W_1", "sigmoid", "Sigmoid_prime", "nothing")
        )  # fmt: skip
        assert [line.partition(":")[0] for line in found] == ["sigmoid_prime", "W_1"]
        assert len(problems) == 6
        assert "file search for nothing: no page is found" in problems
        assert "file search for sigmoid: 1 pages, of which index.html lack it" in problems

    def test_pictures_are_kept_at_both_widths(self, site: Path, tmp_path: Path) -> None:
        browse_site.browse(site, ["index.html"], words=(), pictures=tmp_path)
        assert {path.name for path in tmp_path.glob("*.png")} == {"index-1280.png", "index-375.png"}


def test_an_empty_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="build the documentation first"):
        browse_site.browse(tmp_path)


def test_pages_are_chosen_by_patterns(site: Path) -> None:
    (site / "deep").mkdir()
    (site / "deep" / "page.html").touch()
    (site / "_static").mkdir()
    (site / "_static" / "frame.html").touch()
    assert browse_site.pages_of(site) == ["deep/page.html", "index.html", "search.html"]
    assert browse_site.pages_of(site, ["deep/*"]) == ["deep/page.html"]
