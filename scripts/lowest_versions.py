"""Print pip constraints that fix each direct dependency at the lowest version that pyproject.toml allows.

Reads [project] dependencies, [project.optional-dependencies] and the dependency group "test"; with the argument
"build", the requirements of [build-system] instead.  With pip's constraints, no second installer is needed, and exactly
the versions written there are tested.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

LOWER_BOUND = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?>=(?P<version>[0-9.]+)$")


def lowest(requirement: str) -> str:
    match = LOWER_BOUND.match(requirement)
    if match is None:
        raise SystemExit(
            f"pyproject.toml: requirement {requirement!r} must have the form name>=version"
        )
    return f"{match['name']}=={match['version']}"


def main() -> None:
    pyproject = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    project = pyproject["project"]
    if sys.argv[1:] == ["build"]:
        requirements = pyproject["build-system"]["requires"]
    else:
        requirements = [*project["dependencies"], *pyproject["dependency-groups"]["test"]]
        for members in project["optional-dependencies"].values():
            requirements += [name for name in members if not name.startswith(f"{project['name']}[")]
    print("\n".join(sorted(lowest(requirement) for requirement in requirements)))


if __name__ == "__main__":
    main()
