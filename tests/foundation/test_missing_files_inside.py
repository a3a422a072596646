"""As test_missing_files.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheernet.foundation.missing_files import no_file


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("score.csv", "scores.csv"), ("scores", "scores.csv"), ("SCORES.CSV", "scores.csv"), ("nofile.csv", None),
        ("scores.xlsx", "scores.csv"), ("r.csv", None), ("no/scores.csv", None), ("no\0file", None),
    ],
)  # fmt: skip
def test_names_a_similar_file(tmp_path: Path, given: str, meant: str | None) -> None:
    for name in ("scores.csv", "nir.csv"):
        (tmp_path / name).touch()
    advice = "check the path" if meant is None else f"did you mean {meant!r}?"
    assert str(no_file(tmp_path / given, given)) == f"there is no file {given!r}; {advice}"
