"""scripts/make_room.py: which wheels are missing for another system, and what the folder contains.

No index is asked here.  `python scripts/make_room.py --check FOLDER` installs from a folder that was made.
"""

from __future__ import annotations

import re
import tomllib
import zipfile
from pathlib import Path

import make_room
import pytest
import room_wheels

ROOT = Path(__file__).parents[1]


def wheel(folder: Path, name: str, version: str, *requires: str) -> None:
    """Write a wheel that has nothing but metadata."""
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    text = "\n".join([*lines, *(f"Requires-Dist: {text}" for text in requires)])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}-{version}.dist-info/METADATA", text + "\n")


class TestMissingWheels:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        wheel(
            tmp_path, "shown", "2.1", "plain>=1", 'colorful; sys_platform == "win32"',
            'older; python_version < "3.12"', 'drawn; extra == "plots"', 'Arm-Only; platform_machine == "arm64"',
        )  # fmt: skip
        wheel(tmp_path, "plain", "1.4")
        return tmp_path

    @pytest.mark.parametrize(
        ("system", "python", "lacking"),
        [
            ("linux-x86_64", "3.12", []),
            ("linux-x86_64", "3.11", ["older"]),
            ("windows-x86_64", "3.12", ["colorful"]),
            ("macos-arm64", "3.13", ["Arm-Only"]),
            ("macos-x86_64", "3.13", []),
        ],
    )
    def test_depend_on_the_other_system(self, folder, system, python, lacking) -> None:
        assert room_wheels.missing(["shown"], system, python, folder) == lacking

    def test_depend_on_extras(self, folder) -> None:
        assert room_wheels.missing(["shown[plots]"], "linux-x86_64", "3.12", folder) == ["drawn"]

    def test_of_requirements_themselves(self, folder) -> None:
        wanted = ["shown>=2", "plain>=1.5", "other"]
        found = room_wheels.missing(wanted, "linux-x86_64", "3.12", folder)
        assert sorted(found) == ["other", "plain>=1.5"]


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
    def test_has_a_table_with_a_target(self, room) -> None:
        lines = (room / "scores.csv").read_text("utf-8").splitlines()
        assert lines[0] == "asleep,studying,score"
        assert len(lines) == 41

    def test_is_told_by_its_instructions(self, room) -> None:
        text = (room / "INSTRUCTIONS.md").read_text("utf-8")
        assert "$" not in text
        assert "for Python 3.11 on linux-x86_64, windows-x86_64." in text
        assert "2 wheels, 1 MB" in text
        assert "`sheernet-0.1.0-cp311-cp311-linux_x86_64.whl` has the compiled engine" in text
        for folder in re.findall(r"^\| `([\w/.]+)`", text, re.MULTILINE):
            assert folder in ("site", "the_notebook.ipynb") or (room / folder).exists(), folder
        install = '--no-index --find-links wheels "sheernet[excel,plots,sklearn,tables]" jupyterlab'
        assert text.count(install) == 2
        assert "sheernet fit scores.csv --target score" in text

    def test_is_not_overwritten(self, room) -> None:
        with pytest.raises(SystemExit, match="exists; delete it, or give another folder"):
            make_room.make(room, ["linux-x86_64"], ["3.11"], with_jupyter=False)


def test_extras_and_releases_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(make_room.EXTRAS) < set(project["optional-dependencies"])
    shown = {c.rpartition(" ")[2] for c in project["classifiers"] if "Python :: 3." in c}
    assert set(make_room.PYTHONS) == shown
    wanted = make_room.requirements(make_room.EXTRAS)
    assert {"numpy", "pandas", "matplotlib"} <= {re.split(r"[>=]", text)[0] for text in wanted}
    assert not any(text.startswith("sheernet") for text in wanted)
