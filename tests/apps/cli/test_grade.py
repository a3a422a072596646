"""sheernet grade: its exit codes, its text and its data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sheernet as sn
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


def test_a_mistake_is_1_with_its_hint(run: Run, network: Path) -> None:
    fault = sn.faults.NOTEBOOK["sign"]
    network.write_text(fault.source())
    said = run("grade", "my_network.py", "--lesson", "4")
    assert said.code == 1
    assert "WRONG  cost_function_prime: Every entry of the gradient is -1 times" in said.out
    assert "Hint: If y_hat rises above y, should the cost rise or fall?" in said.out


def test_json_has_each_mark(run: Run, network: Path) -> None:
    network.write_text(sn.faults.NOTEBOOK["half missing"].source())
    said = run("grade", "my_network.py", "--lesson", "3", "--json")
    document = json.loads(said.out)
    assert (said.code, document["exit_code"], document["result"]["right"]) == (1, 1, False)
    assert [mark["mistake"] for mark in document["result"]["marks"]] == ["", "", "half missing"]


def test_a_slow_file_is_stopped_and_more_seconds_are_offered(run: Run, network: Path) -> None:
    network.write_text("n = 0\nwhile True:\n    n += 1\n")
    said = run("grade", "my_network.py", "--seconds", "0.025")
    assert said.code == 1
    assert "did not end within 0.3 seconds" in said.out
    assert "allow more seconds" in " ".join(said.out.split())


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
