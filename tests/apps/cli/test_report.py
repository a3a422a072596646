"""sheernet report."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_lines import FIT, QUICK, Run


@pytest.mark.parametrize("way", ["-o", "--output"])
def test_a_page_that_was_written_is_named(run: Run, tmp_path: Path, way: str) -> None:
    assert run(*FIT, *QUICK).code == 0
    printed = run("report", "scores-fit").out
    said = run("report", "scores-fit", way, "page.html")
    assert said.out == f"{printed}\nReport: page.html\n"
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!")
    assert "Report:" not in run("report", "scores-fit", way, "page.html", "--force", "--json").out
