"""What an installed sheernet promises as a package: version, types, entry point, extras, extension module."""

from __future__ import annotations

import importlib.resources
import os
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


def test_the_command_sheernet_is_that_of_python_m_sheernet() -> None:
    (command,) = installed.entry_points.select(group="console_scripts", name="sheernet")
    from sheernet.__main__ import main

    assert command.load() is main, "reinstall sheernet: its program moved"


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


@pytest.mark.skipif(
    os.environ.get("SHEERNET_REQUIRE_COMPILED", "0") in ("", "0"),
    reason="the compiled engine is required only where SHEERNET_REQUIRE_COMPILED is set",
)
def test_the_extension_is_loaded_where_it_is_required() -> None:
    from sheernet.network import compiled_extension

    assert compiled_extension.WHY_NOT is None
    assert compiled_extension.load().__name__ == "sheernet.network._native"
