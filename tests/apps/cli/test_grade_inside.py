"""As test_grade.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_lines import Run
from sheernet.teaching.faults.notebook_source import SOURCE


@pytest.fixture
def network(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "my_network.py"


def test_all_right_is_0(run: Run, network: Path) -> None:
    network.write_text(SOURCE)
    said = run("grade", "my_network.py", "--lesson", "5")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("NeuralNetwork: 9 of 9 parts are right (100 %)\nright  __init__\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no.py",), "the file 'no.py' does not exist; give the Python file of the network"),
        (
            ("my_network.py", "--lesson", "9"),
            "--lesson must be 2, 3, 4, 5, 6 or 7, but 9 was given",
        ),
        (
            ("my_network.py", "--seconds", "0"),
            "--seconds must be a positive number, but 0.0 was given",
        ),
        ((".",), "'.' is a folder; give one Python file or notebook in it"),
    ],
)
def test_bad_input_is_2(run: Run, network: Path, arguments, words) -> None:
    network.write_text(SOURCE)
    said = run("grade", *arguments)
    assert said.code == 2
    assert words in said.err
