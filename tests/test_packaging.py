"""What an installed sheernet promises as a package: version, types, entry point, extras, extension module."""

from __future__ import annotations

import importlib.resources
import re
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from shutil import which

import pytest

import sheernet

ROOT = Path(__file__).parents[1]

try:
    installed = distribution("sheernet")
except PackageNotFoundError:
    pytest.skip("sheernet runs from its source, not installed", allow_module_level=True)


def test_the_version_of_the_code_is_the_version_of_the_package() -> None:
    assert sheernet.__version__ == installed.version, "reinstall sheernet: its version changed"


def test_type_checkers_find_the_marker_that_the_package_is_typed() -> None:
    assert importlib.resources.files(sheernet).joinpath("py.typed").is_file()


def test_the_table_of_the_demonstration_is_a_file_of_the_package() -> None:
    assert importlib.resources.files(sheernet).joinpath("teaching", "ozone.csv").is_file()


def test_the_license_is_named_and_shipped() -> None:
    assert installed.metadata["License-Expression"] == "BSD-3-Clause"
    shipped = [file for file in installed.files or [] if file.name == "LICENSE"]
    assert len(shipped) == 1
    assert "sheernet developers" in shipped[0].read_text()


def test_every_extra_that_a_message_tells_people_to_install_exists() -> None:
    source = Path(sheernet.__file__).parent
    code = "\n".join(path.read_text(encoding="utf-8") for path in source.rglob("*.py"))
    named = set(re.findall(r"sheernet\[([a-z]+)\]", code))
    named |= set(re.findall(r"\bextra=[\"']([a-z]+)[\"']", code))
    assert named
    assert named <= set(installed.metadata.get_all("Provides-Extra") or [])


@pytest.mark.skipif(
    not (ROOT / ".git").exists() or which("git") is None, reason="this is no checkout of git"
)
@pytest.mark.parametrize(
    "name", [".env", ".venv", "scores-fit", "scores-compare", "demo-compare-2"]
)
def test_git_leaves_alone_what_the_readme_has_people_make(name: str) -> None:
    command = ["git", "check-ignore", "--quiet", "--no-index", f"{name}/"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def test_the_extra_all_holds_every_other_extra() -> None:
    requirements = installed.requires or []
    extras = set(installed.metadata.get_all("Provides-Extra") or []) - {"all"}
    (everything,) = [text for text in requirements if re.search(r"extra == [\"']all[\"']", text)]
    assert set(re.search(r"\[(.*)\]", everything)[1].split(",")) == extras
