"""Collect what a room without internet needs in one folder: wheels, notebooks, the documentation, instructions.

    python scripts/make_room.py room --python 3.12
    python scripts/make_room.py room --python 3.11 --python 3.12 --system windows-x86_64
    python scripts/make_room.py --check room

Only this step needs the internet, and only the package index.  `--check` installs from the folder into a new
environment without the index, and runs a fit and a lesson there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import string
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from room_wheels import SYSTEMS, collect

from sheernet.teaching import lesson_cells, lesson_notebooks

ROOT = Path(__file__).parents[1]
EXTRAS = ("excel", "plots", "sklearn", "tables")
JUPYTER = "jupyterlab"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def requirements(extras: Iterable[str]) -> list[str]:
    """The requirements of sheernet with some extras, without sheernet itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = list(project["dependencies"])
    for extra in extras:
        found += project["optional-dependencies"][extra]
    return [text for text in dict.fromkeys(found) if not text.startswith("sheernet[")]


def build_own_wheels(folder: Path) -> list[str]:
    """Build sheernet for this computer, and without the compiled engine for all others; return the file names."""
    for options in ((), ("-C", "wheel.cmake=false")):
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
        subprocess.run([*command, str(folder), str(ROOT), *options], check=True)
    return sorted(path.name for path in folder.glob("sheernet-*.whl"))


def collect_wheels(
    folder: Path, systems: Sequence[str], pythons: Sequence[str], wanted: list[str]
) -> None:
    """Collect the wheels of all systems and releases of Python."""
    for system in systems:
        for python in pythons:
            print(f"== wheels for {system}, Python {python}", flush=True)
            with tempfile.TemporaryDirectory() as staging:
                for wheel in collect(wanted, system, python, Path(staging)):
                    shutil.copy2(wheel, folder / wheel.name)


def write_notebooks(folder: Path) -> None:
    """Write all lessons as notebooks, for learners and with solutions."""
    for name, blank in (("student", True), ("solution", False)):
        (folder / name).mkdir(parents=True)
        for lesson in (the_notebook(), *lesson_cells.lessons()):
            lesson_notebooks.write(lesson, folder / name, blank=blank)


def the_notebook() -> lesson_cells.Lesson:
    """The example of that name as a lesson, so that it is written as the lessons are."""
    path = ROOT / "examples" / "the_notebook.py"
    cells = tuple(lesson_cells.parse(path.read_text(encoding="utf-8")))
    return lesson_cells.Lesson(path, 0, "The notebook with sheernet", 15, None, cells)


def write_scores(path: Path) -> None:
    """Write a table of 40 students: hours asleep and studying, and the score of a test."""
    rng = np.random.default_rng(0)
    asleep, studying = rng.uniform(3, 10, 40).round(1), rng.uniform(0, 6, 40).round(1)
    score = (50 + 3 * asleep + 2 * studying + rng.normal(0, 2, 40)).round()
    rows = zip(asleep, studying, score, strict=True)
    lines = ["asleep,studying,score", *(f"{a},{s},{p:.0f}" for a, s, p in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def copy_site(folder: Path) -> str:
    """Copy the documentation if it is built; return what the instructions say of it."""
    built = ROOT / "docs" / "_build" / "html"
    if not (built / "index.html").is_file():
        return "not in this folder: it was not built (`make docs`) before `make room`"
    shutil.copytree(built, folder)
    return "the documentation: open `index.html` in it"


def write_instructions(
    room: Path, systems: Sequence[str], pythons: Sequence[str], own: Sequence[str], site: str, *,
    with_jupyter: bool,
) -> None:  # fmt: skip
    """Write INSTRUCTIONS.md, with what is in this folder."""
    wheels = list((room / "wheels").glob("*.whl"))
    template = string.Template(
        (ROOT / "scripts" / "room_instructions.md").read_text(encoding="utf-8")
    )
    lab = "room/bin/jupyter lab notebooks/student"
    text = template.substitute(
        PYTHONS=" and ".join(pythons), SYSTEMS=", ".join(systems), N_WHEELS=len(wheels), SITE=site,
        MEGABYTES=round(sum(path.stat().st_size for path in wheels) / 1e6), ENGINE=_engine(own),
        INSTALL=f'"sheernet[{",".join(EXTRAS)}]"' + (f" {JUPYTER}" if with_jupyter else ""),
        JUPYTER=lab if with_jupyter else "# the notebooks need Jupyter, which this folder does not have",
    )  # fmt: skip
    (room / "INSTRUCTIONS.md").write_text(text, encoding="utf-8")


def _engine(own: Sequence[str]) -> str:
    """A sentence about the wheels of sheernet."""
    compiled = [name for name in own if not name.endswith("-none-any.whl")]
    if not compiled:
        return (
            "sheernet is there without its compiled engine, because it could not be built (is there a C++ compiler?): "
            "the same results, slower."
        )
    return (
        f"sheernet is there twice: `{compiled[0]}` has the compiled engine and fits computers like the one on which "
        "this folder was made; on all others pip takes the wheel without it: the same results, slower. The lessons "
        "do not need it."
    )


def make(room: Path, systems: Sequence[str], pythons: Sequence[str], *, with_jupyter: bool) -> None:
    """Make the folder."""
    if room.exists():
        raise SystemExit(f"{room} exists; delete it, or give another folder")
    wheels = room / "wheels"
    wheels.mkdir(parents=True)
    own = build_own_wheels(wheels)
    wanted = [*requirements(EXTRAS), *([JUPYTER] if with_jupyter else [])]
    collect_wheels(wheels, systems, pythons, wanted)
    write_notebooks(room / "notebooks")
    write_scores(room / "scores.csv")
    site = copy_site(room / "site")
    write_instructions(room, systems, pythons, own, site, with_jupyter=with_jupyter)
    print(f"== {room}: read {room / 'INSTRUCTIONS.md'}; python scripts/make_room.py --check {room}")


def check(room: Path) -> None:
    """Install from the folder without the index into a new environment, and run a fit and a lesson there."""
    with tempfile.TemporaryDirectory() as empty:
        place = Path(empty)
        subprocess.run([sys.executable, "-m", "venv", str(place / "room")], check=True)
        python = place / "room" / ("Scripts" if os.name == "nt" else "bin") / "python"
        wheels = str(room.resolve() / "wheels")
        wanted = [f"sheernet[{','.join(EXTRAS)}]"]
        with_jupyter = any((room / "wheels").glob(f"{JUPYTER}-*.whl"))
        wanted += [JUPYTER] if with_jupyter else []
        install = ["-m", "pip", "install", "--quiet", "--no-index", "--find-links", wheels]
        shutil.copy(room / "scores.csv", place)
        for arguments in (
            [*install, *wanted],
            *([["-m", "jupyter", "lab", "--version"]] if with_jupyter else []),
            ["-m", "sheernet", "fit", "scores.csv", "--target", "score"],
            ["-m", "sheernet", "predict", "scores-fit", "scores.csv", "--output", "p.csv"],
            ["-m", "sheernet", "lesson", "4", "--output", "lesson-4"],
        ):
            print("==", "python", *arguments, flush=True)
            subprocess.run([str(python), *arguments], cwd=place, check=True)
        expected = ("scores-fit/model.json", "p.csv", "lesson-4")
        lacking = [name for name in expected if not (place / name).exists()]
        if lacking:
            raise SystemExit(f"{lacking[0]} was not written")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="the folder to make, or to check")
    parser.add_argument("--check", action="store_true", help="check a folder that was made")
    parser.add_argument(
        "--python", action="append", choices=PYTHONS, help="may be given again; by default this one"
    )
    parser.add_argument(
        "--system",
        action="append",
        choices=list(SYSTEMS),
        help="may be given again; by default all",
    )
    parser.add_argument("--no-jupyter", action="store_true", help="leave out JupyterLab")
    given = parser.parse_args()
    if given.check:
        check(given.folder)
        return
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    systems, pythons = given.system or list(SYSTEMS), given.python or [here]
    make(given.folder, systems, pythons, with_jupyter=not given.no_jupyter)


if __name__ == "__main__":
    main()
