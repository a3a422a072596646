"""Check that each file of changelog.d/ has a name and a kind that towncrier puts into the changelog.

towncrier silently ignores files of unknown kinds, so that their entries would be lost.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

NAME = re.compile(r"^(\d+|\+[a-z0-9-]+)\.(?P<kind>[a-z]+)\.md$")


def problems(folder: Path, kinds: set[str]) -> list[str]:
    found = []
    for path in sorted(folder.iterdir()):
        match = NAME.match(path.name)
        if path.name == "README.md":
            continue
        if match is None or match["kind"] not in kinds:
            allowed = ", ".join(sorted(kinds))
            found.append(
                f"{path}: the name must be NUMBER.KIND.md or +words.KIND.md with KIND one of {allowed}"
            )
        elif not path.read_text(encoding="utf-8").strip():
            found.append(f"{path}: the file is empty; describe the change for users of sheernet")
    return found


def main() -> None:
    pyproject = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    config = pyproject["tool"]["towncrier"]
    found = problems(Path(config["directory"]), {kind["directory"] for kind in config["type"]})
    if found:
        raise SystemExit("\n".join(found))


if __name__ == "__main__":
    main()
