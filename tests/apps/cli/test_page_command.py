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

import numpy as np
import openpyxl
import pytest

import sheernet as sn
from command_lines import PATIENCE, Run
from sheernet.apps.cli.page_command import beginning_of
from sheernet.apps.page import protocol
from sheernet.apps.page.curves import Seen
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_server import PageServer
from sheernet.apps.page.page_table import PageTable
from sheernet.apps.page.session import Session


def exercise_of(file: Path | None) -> Exercise:
    """The exercise that a page begins with."""
    return beginning_of(file).exercise


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
    session = Session(exercise_of(None))
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
    found = beginning_of(
        tmp_path / "book.xlsx", sheet="2025", skip=1, header="yes", target="q"
    ).exercise
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
    assert "line 3 of rows.csv has 3 values" in said.err
    assert "correct the line, or give the --separator" in said.err


def test_the_folder_of_a_fit_is_opened_as_its_model(tmp_path: Path) -> None:
    _write_book(tmp_path / "book.xlsx")
    table = sn.read_table(tmp_path / "book.xlsx", sheet="2025", skip=1, header="yes")
    model = sn.fit(
        table, "q", inputs=["r"], hidden=2, decay=0.01, starts=1, max_iter=5, held_out=0.0
    )
    (tmp_path / "book-fit").mkdir()
    model.save(tmp_path / "book-fit" / "model.json")
    found = beginning_of(tmp_path / "book-fit")
    assert found.file is not None
    assert (found.file.name, found.file.only) == ("model.json", "")
    assert PageTable.of(found.exercise).table.columns == ("p", "q", "r")  # of the sheet of the fit
    with pytest.raises(sn.InvalidInput, match=r"has no model\.json"):
        beginning_of(tmp_path)


def test_a_table_an_exercise_and_a_model_can_be_opened(run: Run) -> None:
    table = exercise_of(Path("scores.csv"))
    assert (table.data, table.table_name) == ("table", "scores.csv")
    Path("exercise.json").write_text(table.changed({"seed": 4}).to_json())
    assert exercise_of(Path("exercise.json")) == table.changed({"seed": 4})
    model = sn.fit("scores.csv", "score", inputs=["asleep"], hidden=(3, 2), decay=0.01, starts=1, max_iter=20,
                   activation="sigmoid", held_out=0.0, method="bfgs")  # fmt: skip
    model.save("model.json")
    found = exercise_of(Path("model.json"))
    assert (found.inputs, found.target, found.hidden, found.activation) == (
        ("asleep",),
        "score",
        (3, 2),
        "sigmoid",
    )
    assert (found.regularization, found.decay, found.method) == ("decay", 0.01, "bfgs")
    session = Session(found)
    assert session.experiment.architecture == model.members[0].network.architecture
    assert (session.moment.theta == model.members[0].network.theta).all()
    rows = session.experiment.source.table.take(session.experiment.rows["training"])
    shown = session.frame(Seen())[0].agreement[0].predicted
    assert shown == model.predict(rows).tolist()
    session.close()


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
        exercise_of(Path("exercise.json"))


@pytest.mark.parametrize("held_out", [0.0, 0.25])
def test_the_rows_that_a_model_held_out_are_the_test_rows_of_the_page(
    run: Run, held_out: float
) -> None:
    model = sn.fit(
        "scores.csv", "score", hidden=2, decay=0.01, starts=1, max_iter=20, held_out=held_out
    )
    model.save("model.json")
    session = Session(exercise_of(Path("model.json")))
    assert (session.moment.theta == model.members[0].network.theta).all()
    assert session.experiment.rows["test"].tolist() == (
        model.rows.held_out.tolist() if model.rows else []
    )
    session.close()


def test_an_exercise_that_names_its_table_finds_it_beside_it(run: Run) -> None:
    table = exercise_of(Path("scores.csv"))
    document = table.to_json().replace('"table":', '"title":')
    Path("named.json").write_text(document)
    assert exercise_of(Path("named.json")).table == table.table
    Path("named.json").write_text(document.replace("scores.csv", "lost.csv"))
    with pytest.raises(
        sn.InvalidInput,
        match=r"names the table 'lost\.csv' without including it; put the file in the same folder",
    ):
        exercise_of(Path("named.json"))


def test_what_cannot_be_opened_is_refused_with_a_sentence(run: Run) -> None:
    Path("bad.json").write_text("{")
    Path("other.json").write_text('{"a": 1}')
    Path("big.csv").write_bytes(b"a,b\n" + b"1,2\n" * 1_500_000)
    for file, sentence in (
        ("nothing.csv", "cannot be read"), ("bad.json", "not valid JSON"), ("other.json", "other.json"),
        ("big.csv", "up to 5 MB"), (".", "has no model.json"),
    ):  # fmt: skip
        said = run("page", file, "--no-browser")
        assert said.code == 2, file
        assert sentence in said.err
    assert "--port must be from 0 to 65535" in run("page", "--port", "70000").err


def test_a_model_of_several_networks_begins_with_that_of_the_largest_share(run: Run) -> None:
    model = sn.fit("scores.csv", "score", hidden=2, starts=4, held_out=0.0)
    assert len(model.members) > 1
    model.save("model.json")
    found = beginning_of(Path("model.json"))
    assert found.file is not None
    session = Session(found.exercise, found.file)
    assert session.moment.theta.tolist() == model.network.theta.tolist()
    asked = session.command(protocol.ProfileAt(of="file")).result
    assert isinstance(asked, protocol.ProfileResult)
    assert f"the weighted mean of {len(model.members)} networks" in asked.model[0]
    point = {each.name: each.value for each in asked.inputs}
    assert asked.prediction == np.ravel(model.predict(point)).tolist()
    session.close()


def test_a_model_whose_columns_are_others_now_is_told_from_the_network_of_the_page(
    run: Run,
) -> None:
    sn.fit("scores.csv", "score", hidden=2, decay=0.01, starts=1, max_iter=5).save("model.json")
    text = Path("scores.csv").read_text()
    Path("scores.csv").write_text("\n".join(text.splitlines()[:-2]))  # fewer rows: another scaling
    found = beginning_of(Path("model.json"))
    assert found.exercise.weights == ()
    assert found.file is not None
    assert "begins with other weights" in found.file.sentences[1]


def test_a_model_without_its_table_or_of_several_targets_is_shown_only(run: Run) -> None:
    rows = {"x": list(range(20)), "y": [2 * x for x in range(20)], "z": [-x for x in range(20)]}
    models = {
        "alone.json": sn.fit("scores.csv", "score", hidden=1, decay=0.01, starts=1, max_iter=5),
        "two.json": sn.fit(rows, ["y", "z"], hidden=1, decay=0.01, starts=1, max_iter=5),
    }
    Path("scores.csv").unlink()
    for (name, model), why in zip(
        models.items(),
        (
            r"its table 'scores.csv' is not in the same folder",
            "it trains networks with one target, but two.json has 2",
        ),
        strict=True,
    ):
        model.save(name)
        found = beginning_of(Path(name))
        assert found.file is not None
        assert why in found.file.only
        session = Session(found.exercise, found.file)
        assert session.state().only_model == found.file.only
        asked = session.command(protocol.ProfileAt(of="file")).result
        assert isinstance(asked, protocol.ProfileResult)
        assert asked.outputs == list(model.targets.names)
        point = {each.name: each.value for each in asked.inputs}
        assert asked.prediction == np.ravel(model.predict(point)).tolist()
        session.close()
