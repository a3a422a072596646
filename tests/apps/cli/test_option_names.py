"""Settings in messages, spelled as options of a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_lines import QUICK, Run


@pytest.mark.usefixtures("without_pictures")
class TestNames:
    """Names of files and columns stay as they are, even if options have these names."""

    def test_of_files(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "held_out.csv").write_text((tmp_path / "scores.csv").read_text())
        said = run("fit", "held_out.csv", "-t", "z", *QUICK)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("sheernet: held_out.csv has no column 'z': ")
        said = run("fit", "max_iter.csv", "-t", "z", *QUICK)
        assert said.err.startswith("sheernet: there is no file 'max_iter.csv'")

    def test_of_columns(self, run: Run, tmp_path: Path) -> None:
        lines = (tmp_path / "scores.csv").read_text().splitlines()
        lines = ["held_out,max_iter,time_limit,hidden", *(f"{line},1" for line in lines[1:])]
        (tmp_path / "missing.csv").write_text("\n".join(lines) + "\n")
        said = run("fit", "missing.csv", "-t", "time_limit", "--verbose", *QUICK)
        assert (said.code, said.err) == (0, "")
        spoken = " ".join(said.out.split())
        assert "'hidden' is left out" in spoken
        assert "Inputs held_out, max_iter Target time_limit" in spoken
        assert "Data missing.csv" in spoken
        said = run("fit", "missing.csv", "-t", "time_limit", "--inputs", "held-out", *QUICK)
        assert "did you mean 'held_out'" in said.err
