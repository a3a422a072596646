"""sheernet lesson: the list, a lesson in the terminal, and notebooks."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from command_lines import Run, contents
from sheernet.apps.cli import lesson_text
from sheernet.teaching import lesson_cells
from sheernet.teaching.lesson_cells import Cell

FIRST = """\
# %% [markdown]
# # Lesson 1: Squares
#
# About 7 minutes.  Video: part 1, https://www.youtube.com/watch?v=abc_1-Z (the lesson stands without it).
#
# Text with **bold** words:
#
#     y = x * x

# %%
x = 3
print("x is", x, end="")

# %% tags=["exercise"]
# Write square(x).
def square(x):
    return x * x

# %%
square(x)
"""
SECOND = """\
# %% [markdown]
# # Lesson 2: Curves of functions
#
# About 12 minutes.  No video.

# %%
import sheernet as sn

sn.plots.activation("tanh")

# %%
import matplotlib.pyplot as plt

for title in ("one", "two"):
    _, ax = plt.subplots()
"""


@pytest.fixture(autouse=True)
def folder(run: Run, tmp_path: Path, monkeypatch) -> Path:
    """The working directory; beside it, two small lessons in place of the real ones."""
    scripts = tmp_path.parent / f"{tmp_path.name}-lessons"
    scripts.mkdir()
    (scripts / "01_squares.py").write_text(FIRST)
    (scripts / "02_curves.py").write_text(SECOND)
    monkeypatch.setattr(lesson_cells, "FOLDER", scripts)
    return tmp_path


def test_lists_the_lessons(run: Run) -> None:
    said = run("lesson")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[:2] == [
        "1  Squares                7 minutes",
        "2  Curves of functions   12 minutes",
    ]
    facts = run("lesson", "--json").document["result"]["lessons"]
    assert [lesson["number"] for lesson in facts] == [1, 2]
    assert [lesson["video"] for lesson in facts] == [
        "https://www.youtube.com/watch?v=abc_1-Z",
        None,
    ]


def test_shows_text_code_and_output(run: Run, folder: Path) -> None:
    before = contents(folder)
    said = run("lesson", "1")
    assert (said.code, said.err) == (0, "")
    text, found = said.out, -1
    for part in (
        "Lesson 1: Squares\n", "bold words", " y = x * x\n", '    print("x is", x, end="")\n\nx is 3\n\n',
        "    # Write square(x).\n    def square(x):\n        return x * x\n\n", "    square(x)\n\n9\n\n",
    ):  # fmt: skip
        assert text.find(part) > found, part
        found = text.find(part)
    assert "**" not in text
    assert "\x1b" not in text
    assert contents(folder) == before


def test_saves_figures(run: Run, folder: Path) -> None:
    pytest.importorskip("matplotlib")
    said = run("lesson", "2")
    assert [line for line in said.out.splitlines() if line.startswith("Figure: ")] == [
        f"Figure: {Path('sheernet-lesson-2', f'figure-{n}.png')}" for n in (1, 2, 3)
    ]
    for n in (1, 2, 3):
        picture = folder / "sheernet-lesson-2" / f"figure-{n}.png"
        assert picture.read_bytes().startswith(b"\x89PNG")
    said = run("lesson", "2", "-o", "mine", "--json")
    result = said.document["result"]
    assert (result["folder"], result["figures"]) == ("mine", [f"figure-{n}.png" for n in (1, 2, 3)])
    assert [cell["kind"] for cell in result["cells"]] == ["text", "code", "code"]
    assert result["cells"][1]["figures"] == ["figure-1.png"]
    assert run("lesson", "2", "-o", "mine").out.count("mine-1") == 3


def test_an_interrupt_names_the_figures_that_are_kept(run: Run, folder: Path) -> None:
    pytest.importorskip("matplotlib")
    script = lesson_cells.FOLDER / "02_curves.py"
    script.write_text(f"{SECOND}\n# %%\nraise KeyboardInterrupt\n")
    said = run("lesson", "2", "-o", "mine")
    kept = [str(Path("mine", f"figure-{n}.png")) for n in (1, 2, 3)]
    assert said.code == 130
    assert said.err == f"sheernet: interrupted; complete: {kept[0]}, {kept[1]} and {kept[2]}\n"
    assert len(list((folder / "mine").iterdir())) == 3


def test_pauses_before_what_code_prints_and_before_a_solution(run: Run, monkeypatch) -> None:
    def shown(n_enter: int) -> tuple[str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(n_enter * "\n"))  # then the input ends
        said = run("lesson", "1", "--pause")
        assert said.code == 0
        return said.out, said.err.splitlines()[-1]

    code, asked = shown(0)
    assert asked == "sheernet: press Enter for what it prints"
    assert "x = 3" in code
    assert "x is 3" not in code
    task, asked = shown(1)
    assert asked == "sheernet: press Enter for the solution"
    assert "x is 3" in task
    assert "# Write square(x)." in task
    assert "def square" not in task
    solution, asked = shown(2)
    assert asked == "sheernet: press Enter for what it prints"
    assert "def square" in solution
    assert "    square(x)\n" in solution


def test_writes_notebooks(run: Run, folder: Path) -> None:
    said = run("lesson", "--notebook", "course/all", "--blank")
    files = [Path("course", "all", f"{name}.ipynb") for name in ("01_squares", "02_curves")]
    assert (said.code, said.out, said.err) == (0, "".join(f"{file}\n" for file in files), "")
    first = json.loads((folder / files[0]).read_text(encoding="utf-8"))
    assert first["cells"][2]["source"] == ["# Write square(x).\n", "..."]
    assert run("lesson", "2", "--notebook", "two", "--json").document["result"] == {
        "files": [str(Path("two", "02_curves.ipynb"))]
    }
    assert [file.name for file in (folder / "two").iterdir()] == ["02_curves.ipynb"]


def test_keeps_the_notebook_of_the_reader(run: Run, folder: Path) -> None:
    run("lesson", "1", "--notebook", "course")
    notebook = folder / "course" / "01_squares.ipynb"
    notebook.write_text("work")
    said = run("lesson", "1", "--notebook", "course")
    assert (said.code, said.out) == (2, "")
    assert "--force" in said.err
    assert notebook.read_text() == "work"
    assert run("lesson", "1", "--notebook", "course", "--force").code == 0
    assert notebook.read_text() != "work"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("9",), "lesson 9 does not exist; give a number from 1 to 2 ('sheernet lesson' lists them)"),
        (("1", "--blank"), "--blank and --force are options of --notebook FOLDER; add it"),
        (("--force",), "--blank and --force are options of --notebook FOLDER; add it"),
        (("--pause",), "--pause and --output are for a lesson shown in the terminal: sheernet lesson NUMBER"),
        (("1", "--notebook", "a", "-o", "b"), "--pause and --output are for a lesson shown in the terminal"),
        (("1", "--pause", "--json"), "--pause waits between printed cells, and --json prints none"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_refuses_what_would_have_no_effect(
    run: Run, folder: Path, arguments: tuple[str, ...], message: str
) -> None:
    before = contents(folder)
    said = run("lesson", *arguments)
    assert said.code == 2
    assert message in (said.err or said.document["error"]["message"])
    assert contents(folder) == before


def test_says_what_a_lesson_lacks(run: Run) -> None:
    script = lesson_cells.FOLDER / "02_curves.py"
    script.write_text(SECOND.replace("import sheernet as sn", "raise SystemExit('pip install it')"))
    said = run("lesson", "2")
    assert (said.code, said.err) == (2, "sheernet: pip install it\n")


def test_colors_a_terminal_only(monkeypatch) -> None:
    code = Cell(
        "if x:\n    y = 'a long line of code, which stays whole' + 'so that it can be copied' + '!'",
        1,
    )
    assert lesson_text.cell_text(code) == "".join(
        f"    {line}\n" for line in code.source.split("\n")
    ) + "\n"  # fmt: skip

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stdout", Terminal())
    assert "\x1b[" in lesson_text.cell_text(code)
