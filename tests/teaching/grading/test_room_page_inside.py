"""As test_room_page.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path

from sheernet.apps.cli import run
from teaching.grading.test_room_page import TEXT


def test_its_commands_of_lessons_run(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, option in (("student", " --blank"), ("solution", "")):
        command = f"sheernet lesson --notebook {folder}{option}"
        assert f"\n{command} " in TEXT
        assert run(command.split()[1:]) == 0
    capsys.readouterr()
    names = [
        sorted(path.name for path in (tmp_path / kind).iterdir())
        for kind in ("student", "solution")
    ]
    assert names[0] == names[1]
    assert len(names[0]) == 8
