"""Everything that is printed arrives completely, or the command says that it does not; nothing steers a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "character", ["\x1b[2J", "\r", "\x9b2J", "\u202e", "\x07", "\udcff", "\x7f"]
)
def test_names_from_files_cannot_steer_a_terminal(run, tmp_path: Path, character: str) -> None:
    name = f"a{character}b"
    (tmp_path / "odd.csv").write_bytes(
        f"{name},y\n1,2\n3,4\n".encode("utf-8", "surrogateescape").replace(b"\r", b"\x0c")
    )
    for arguments in (
        ("fit", "odd.csv", "-t", "z"),
        ("fit", name, "-t", "y"),
        ("fit", "odd.csv", "-t", name),
        ("info", name),
        (name,),
        ("fit", f"--{name}"),
    ):
        said = run(*arguments)
        assert said.code == 2
        assert said.err.isascii() or character == "\udcff"
        assert all(c.isprintable() or c == "\n" for c in said.err + said.out)
