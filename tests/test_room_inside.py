"""As test_room.py, by names that are not published."""

from __future__ import annotations

import json
from pathlib import Path

import make_room
import pytest
import room_wheels

from sheernet.teaching import lesson_cells
from test_room import wheel


class TestMissingWheels:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        wheel(
            tmp_path, "shown", "2.1", "plain>=1", 'colorful; sys_platform == "win32"',
            'older; python_version < "3.12"', 'drawn; extra == "plots"', 'Arm-Only; platform_machine == "arm64"',
        )  # fmt: skip
        wheel(tmp_path, "plain", "1.4")
        return tmp_path

    def test_are_downloaded_without_their_own_requirements(self, folder, monkeypatch) -> None:
        calls = []

        def download(requirements, system, python, place, option) -> None:
            calls.append((list(requirements), option))
            for name in requirements if option == "--no-deps" else ():
                wheel(place, name, "1.0", *(["deeper"] if name == "colorful" else []))

        monkeypatch.setattr(room_wheels, "_download", download)
        found = room_wheels.collect(["shown"], "windows-x86_64", "3.12", folder)
        assert calls == [
            (["shown"], "--prefer-binary"), (["colorful"], "--no-deps"), (["deeper"], "--no-deps"),
        ]  # fmt: skip
        assert len(found) == 4

    def test_that_contradict_each_other_end_the_search(self, folder, monkeypatch) -> None:
        wheel(folder, "colorful", "2.0")
        wheel(folder, "strict", "1.0", "colorful<2")

        monkeypatch.setattr(room_wheels, "_download", lambda *_: None)
        with pytest.raises(SystemExit, match=r"Python 3\.12 contradict colorful<2$"):
            room_wheels.collect(["shown", "strict"], "windows-x86_64", "3.12", folder)


@pytest.fixture(scope="module")
def room(tmp_path_factory) -> Path:
    """A room whose wheels are two names."""
    room = tmp_path_factory.mktemp("here") / "room"

    def own(folder: Path) -> list[str]:
        names = [
            "sheernet-0.1.0-cp311-cp311-linux_x86_64.whl",
            "sheernet-0.1.0-py3-none-any.whl",
        ]
        for name in names:
            (folder / name).write_bytes(b"1" * 600_000)
        return names

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make_room, "build_own_wheels", own)
        patch.setattr(make_room, "collect_wheels", lambda *arguments: None)
        make_room.make(room, ["linux-x86_64", "windows-x86_64"], ["3.11"], with_jupyter=True)
    return room


class TestTheFolder:
    def test_has_notebooks_with_and_without_solutions(self, room) -> None:
        names = {f"{lesson.path.stem}.ipynb" for lesson in lesson_cells.lessons()}
        for kind in ("student", "solution"):
            folder = room / "notebooks" / kind
            assert {path.name for path in folder.iterdir()} == names | {"the_notebook.ipynb"}
        texts = {
            kind: (room / "notebooks" / kind / "04_backpropagation.ipynb").read_text("utf-8")
            for kind in ("student", "solution")
        }
        exercises = {
            kind: ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["metadata"].get("tags")]
            for kind, text in texts.items()
        }  # fmt: skip
        assert all(cell.endswith("...") for cell in exercises["student"])
        assert not any(cell.endswith("...") for cell in exercises["solution"])


def test_a_wheel_without_the_compiled_engine_is_told() -> None:
    assert "without its compiled engine" in make_room._engine(["sheernet-0.1.0-py3-none-any.whl"])
