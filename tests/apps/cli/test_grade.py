"""sheernet grade: its exit codes, its text and its data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sheernet as sn
from command_lines import Run


@pytest.fixture
def network(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "my_network.py"


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
