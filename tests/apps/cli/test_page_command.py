"""The command `page`: its address, its file, and its end."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest

import sheernet as sn
from command_lines import PATIENCE, Run
from sheernet.apps.cli.page_command import beginning_of
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_server import PageServer
from sheernet.apps.page.page_table import PageTable
from sheernet.apps.page.session import Session


@pytest.fixture
def started(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The command, with a port that is busy."""
    busy = PageServer(Exercise(), port=0)
    command = [sys.executable, "-m", "sheernet", "page", "--no-browser", "--port", str(busy.port)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment
    ) as process:  # fmt: skip
        yield process
        if process.poll() is None:
            process.kill()
    busy.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_ends_it_with_a_run_and_a_stream_open(started: subprocess.Popen[str]) -> None:
    assert started.stdout is not None
    assert started.stderr is not None
    address = started.stdout.readline().split()[-1]
    url = urlsplit(address)
    assert re.fullmatch(
        r"sheernet: notice: port \d+ is busy, so the page is at port \d+\n",
        started.stderr.readline(),
    )
    token = parse_qs(url.query)["token"][0]
    connection = http.client.HTTPConnection("127.0.0.1", url.port or 0, timeout=PATIENCE)
    spirals = '{"query": "data=two%20spirals&method=gd&max_iter=10000000"}'
    connection.request("POST", f"/api/sessions?token={token}", spirals)
    session = re.search(rb'"session":"([^"]+)"', connection.getresponse().read())
    assert session
    where = f"session={session[1].decode()}&token={token}"
    connection.request("POST", f"/api/commands?{where}", '{"command": "play"}')
    assert connection.getresponse().read().endswith(b'"error":""}')
    connection.request("GET", f"/api/events?{where}")
    stream = connection.getresponse()
    while b'"status":"running"' not in stream.readline():
        pass
    started.send_signal(signal.SIGINT)
    assert started.wait(PATIENCE) == 0  # the run would take an hour
    stream.close()
    connection.close()
    assert "The page has ended." in started.stdout.read()
    assert started.stderr.read() == ""


def test_without_a_file_the_page_begins_with_the_network_of_the_videos() -> None:
    session = Session(beginning_of(None))
    assert str(session.experiment.architecture) == "2-3-1, sigmoid, sigmoid output, no biases"
    rows = session.experiment.prepared.training
    X, y = sn.datasets.load_sleep_study().scaled
    assert (rows.X == X).all()
    assert (rows.y == y).all()
    session.close()


def _write_book(path: Path) -> None:
    """A workbook with two sheets, the second with a title above the names."""
    book = openpyxl.Workbook()
    for sheet, rows in (
        (book.active, [["a", "b"], [1, 2]]),
        (book.create_sheet("2025"), [["x"], ["p", "q", "r"]]),
    ):
        for row in rows + [[k, k * k, -k] for k in (3, 1, 4, 2, 5, 9, 7, 6, 8, 12, 10, 11)]:
            sheet.append(row)
    book.save(path)


def test_a_table_is_read_as_the_options_say(tmp_path: Path) -> None:
    _write_book(tmp_path / "book.xlsx")
    found = beginning_of(tmp_path / "book.xlsx", sheet="2025", skip=1, header="yes", target="q")
    table = PageTable.of(found).table
    assert table.columns == ("p", "q", "r")
    assert table.column("q").tolist() == [9, 1, 16, 4, 25, 81, 49, 36, 64, 144, 100, 121]
    assert found.target == "q"
    with pytest.raises(sn.InvalidInput, match="no column 's'"):
        beginning_of(tmp_path / "book.xlsx", sheet="2025", skip=1, target="s")


def test_options_of_a_table_are_refused_without_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "exercise.json").write_text(Exercise().to_json())
    said = run("page", "--sheet", "2", "--no-browser")
    assert (said.code, said.err) == (
        2,
        "sheernet: --sheet is about a table, and no file was given; omit it\n",
    )
    said = run("page", "exercise.json", "--target", "y", "--no-browser")
    assert said.code == 2
    assert "--target is about a table, and exercise.json holds none" in said.err


def test_advice_about_reading_names_the_options_of_the_command(run: Run, tmp_path: Path) -> None:
    _write_book(tmp_path / "book.xlsx")
    said = run("page", "book.xlsx", "--sheet", "2024", "--no-browser")
    assert said.code == 2
    assert "book.xlsx has no sheet '2024'" in said.err
    assert "give one of these names, or a number from 1, with --sheet" in said.err
    (tmp_path / "rows.csv").write_text("a;b\n1;2\n1;2;3\n")
    said = run("page", "rows.csv", "--no-browser")
    assert said.code == 2
    assert "line 3 of rows.csv has 3 cells" in said.err
    assert "--separator" in said.err


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"hidden_controls": ["everything"]}, "hidden control 'everything'"),
        ({"method": "sgdd"}, "'sgdd'"),
        ({"data": "xorr"}, "'xorr'"),
    ],
)
def test_an_exercise_with_a_mistake_is_refused_before_the_server_starts(
    run: Run, wrong: dict[str, object], sentence: str
) -> None:
    document = {"format": "sheernet-exercise", "version": 1, **wrong}
    Path("exercise.json").write_text(json.dumps(document))
    with pytest.raises(sn.InvalidInput, match=sentence):
        beginning_of(Path("exercise.json"))


def test_a_table_and_an_exercise_can_be_opened(run: Run) -> None:
    table = beginning_of(Path("scores.csv"))
    assert (table.data, table.table_name) == ("table", "scores.csv")
    Path("exercise.json").write_text(table.changed({"seed": 4}).to_json())
    assert beginning_of(Path("exercise.json")) == table.changed({"seed": 4})


def test_an_exercise_that_names_its_table_finds_it_beside_it(run: Run) -> None:
    table = beginning_of(Path("scores.csv"))
    document = table.to_json().replace('"table":', '"title":')
    Path("named.json").write_text(document)
    assert beginning_of(Path("named.json")).table == table.table
    Path("named.json").write_text(document.replace("scores.csv", "lost.csv"))
    with pytest.raises(
        sn.InvalidInput,
        match=r"names the table 'lost\.csv' without including it; put the file in the same folder",
    ):
        beginning_of(Path("named.json"))


def test_what_cannot_be_opened_is_refused_with_a_sentence(run: Run) -> None:
    Path("bad.json").write_text("{")
    Path("other.json").write_text('{"a": 1}')
    Path("big.csv").write_bytes(b"a,b\n" + b"1,2\n" * 1_500_000)
    for file, sentence in (
        ("nothing.csv", "cannot be read"), ("bad.json", "not valid JSON"), ("other.json", "not an exercise"),
        ("big.csv", "up to 5 MB"), (".", "cannot be read"),
    ):  # fmt: skip
        said = run("page", file, "--no-browser")
        assert said.code == 2, file
        assert sentence in said.err
    assert "--port must be from 0 to 65535" in run("page", "--port", "70000").err
