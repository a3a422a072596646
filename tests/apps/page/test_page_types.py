"""The types of the view are those of the messages, and the modules of the view need nothing from another host."""

from __future__ import annotations

import re
from pathlib import Path

import page_types
import pytest

VIEW = page_types.FILE.parent
MODULES = sorted(VIEW.glob("*.js"))


def test_the_types_of_the_view_are_those_of_the_messages() -> None:
    assert page_types.FILE.read_text(encoding="utf-8") == page_types.types(), (
        "run python scripts/page_types.py"
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_modules_import_files_of_the_view(module: Path) -> None:
    imports = re.findall(r'(?:from |import\()"([^"]+)"', module.read_text(encoding="utf-8"))
    missing = [name for name in imports if not (VIEW / name).resolve().is_file()]
    assert missing == []


@pytest.mark.parametrize("file", sorted(VIEW.iterdir()), ids=lambda path: path.name)
def test_nothing_comes_from_another_host(file: Path) -> None:
    names = re.findall(r"(?:https?:)?//[\w.-]+\.\w+", file.read_text(encoding="utf-8"))
    # The name of SVG's elements; nothing is loaded from it.
    assert set(names) <= {"http://www.w3.org"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_text_is_never_set_as_html(module: Path) -> None:
    code = module.read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", code
    )
