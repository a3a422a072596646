"""sheernet predict: output to standard output or a file, with or without the table's columns."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from command_lines import QUICK, Run, contents

MODEL = "scores-fit/model.json"
pytestmark = pytest.mark.usefixtures("fitted", "without_pictures")


@pytest.fixture
def without_fills(fitted: Path) -> None:
    """Replace the model by one that does not fill missing values."""
    options = {"hidden": 2, "starts": 1, "max_iter": 20, "missing": "refuse"}
    sn.fit("scores.csv", "score", **options).save(MODEL)


def read(text: str) -> tuple[list[str], list[list[str]]]:
    header, *rows = csv.reader(io.StringIO(text))
    return header, rows


class TestWhere:
    def test_standard_output_gets_exact_csv(self, run: Run) -> None:
        said = run("predict", MODEL, "scores.csv")
        assert (said.code, said.err) == (0, "")
        header, rows = read(said.out)
        assert header == ["score"]
        assert [float(row[0]) for row in rows] == sn.load(MODEL).predict("scores.csv").tolist()

    def test_standard_output_is_utf_8_for_any_terminal(
        self, run: Run, tmp_path: Path, monkeypatch
    ) -> None:
        (tmp_path / "new.csv").write_text("asleep,studying,größe\n7,1,ß\n", encoding="utf-8")
        for stream, read_back in (
            (
                io.TextIOWrapper(io.BytesIO(), encoding="ascii"),
                lambda s: s.buffer.getvalue().decode(),
            ),
            (io.StringIO(), io.StringIO.getvalue),
        ):
            monkeypatch.setattr(sys, "stdout", stream)
            assert run("predict", MODEL, "new.csv", "--append").code == 0
            assert read_back(stream).startswith("asleep,studying,größe,score\n7,1,ß,")

    @pytest.mark.parametrize("name", ["a b.csv", "größe.csv.gz", "new.parquet"])
    def test_a_file_gets_the_same(self, run: Run, tmp_path: Path, name: str) -> None:
        pandas = pytest.importorskip("pandas")
        if name.endswith(".parquet"):
            pytest.importorskip("pyarrow")
        said = run("predict", MODEL, "scores.csv", "--output", name)
        assert (said.code, said.out, said.err) == (0, f"40 predictions: {name}\n", "")
        content = (tmp_path / name).read_bytes()
        if name.endswith(".parquet"):
            values = pandas.read_parquet(tmp_path / name)["score"].tolist()
        else:
            content = gzip.decompress(content) if name.endswith(".gz") else content
            values = [float(row[0]) for row in read(content.decode())[1]]
        assert values == sn.load(MODEL).predict("scores.csv").tolist()

    def test_an_existing_file_is_replaced_only_with_force(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "new.csv").write_text("mine")
        before = contents(tmp_path)
        said = run("predict", MODEL, "scores.csv", "-o", "new.csv")
        assert (said.code, said.out) == (2, "")
        assert said.err == (
            "sheernet: 'new.csv' exists already and is not overwritten; give another name, or --force\n"
        )
        assert contents(tmp_path) == before
        assert run("predict", MODEL, "scores.csv", "-o", "new.csv", "--force").code == 0
        assert (tmp_path / "new.csv").read_text().startswith("score\n")

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("new.txt", ("the name of the output file must end in .csv, .csv.gz, .parquet or .xlsx, "
                         "but 'new.txt' was given; change its ending")),
            ("no/new.csv", "the folder 'no' does not exist; make it first"),
            ("there.csv", "'there.csv' is a folder; give the name of a file"),
        ],
    )  # fmt: skip
    def test_a_file_that_cannot_be_written_is_refused_before_reading(
        self, run: Run, tmp_path: Path, name: str, message: str
    ) -> None:
        (tmp_path / "there.csv").mkdir()
        before = contents(tmp_path)
        said = run("predict", "no.json", "no.csv", "-o", name, "--force")
        assert (said.code, said.out, said.err) == (2, "", f"sheernet: {message}\n")
        assert contents(tmp_path) == before


class TestAppend:
    def test_keeps_the_columns_as_they_were(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "new.csv").write_text('studying,name,asleep\n1,"a, b",7\n2,c,8\n')
        header, rows = read(run("predict", MODEL, "new.csv", "--append").out)
        assert header == ["studying", "name", "asleep", "score"]
        assert [row[:3] for row in rows] == [["1", "a, b", "7"], ["2", "c", "8"]]
        assert [float(row[3]) for row in rows] == sn.load(MODEL).predict("new.csv").tolist()

    @pytest.mark.parametrize("output", [None, "out.csv", "out.csv.gz"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_keeps_the_cells_as_they_are_written_in_the_file(
        self, run: Run, tmp_path: Path, output: str | None, encoding: str
    ) -> None:
        rows = [
            ["007", "NA", "12345678901234567890", "2024-03-01T00:00:00Z", "1.50", "7", "1e0"],
            ["7", "", "9007199254740993", "2024-03-02T00:00:00Z", "1.5", "7.0", "+2"],
        ]
        names = ["zip", "state", "id", "day", "größe", "asleep", "studying"]
        text = "\n".join(";".join(row) for row in (names, *rows)) + "\n"
        (tmp_path / "new.csv").write_text(text, encoding=encoding)
        said = run("predict", MODEL, "new.csv", "--append", *(["-o", output] if output else []))
        assert (said.code, said.err) == (0, "")
        written = said.out.encode() if output is None else (tmp_path / output).read_bytes()
        written = gzip.decompress(written) if output == "out.csv.gz" else written
        header, found = read(written.decode())
        assert header == [*names, "score"]
        assert [row[:-1] for row in found] == rows

    def test_keeps_the_cells_if_samples_are_columns(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "new.csv").write_text("zip,01,NA\nasleep,7.0,8\nstudying,1,2\n")
        said = run("predict", MODEL, "new.csv", "--append", "--samples", "columns")
        header, rows = read(said.out)
        assert header == ["zip", "asleep", "studying", "score"]
        assert [row[:3] for row in rows] == [["01", "7.0", "1"], ["NA", "8", "2"]]

    def test_prints_each_note_about_the_file_once(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "new.csv").write_text("Scores of 2024\nasleep,studying\n7,1\n8,2\n")
        said = run("predict", MODEL, "new.csv", "--append")
        assert said.code == 0
        assert said.err.startswith("sheernet: notice: 1 line above the table of new.csv")
        assert said.err.count("\n") == 1
        assert len(read(said.out)[1]) == 2

    def test_in_parquet_the_columns_have_types(self, run: Run, tmp_path: Path) -> None:
        pytest.importorskip("pyarrow")
        pandas = pytest.importorskip("pandas")
        (tmp_path / "new.csv").write_text("zip,day,asleep,studying\n01,2024-03-01,7,1\n2,,8,2\n")
        assert run("predict", MODEL, "new.csv", "--append", "-o", "out.parquet").code == 0
        frame = pandas.read_parquet(tmp_path / "out.parquet")
        assert frame["zip"].tolist() == ["01", "2"]
        assert frame["day"].iloc[0] == pandas.Timestamp("2024-03-01")
        assert frame["asleep"].tolist() == [7, 8]

    def test_of_a_workbook_keeps_its_values(self, run: Run, tmp_path: Path) -> None:
        pandas = pytest.importorskip("pandas")
        pytest.importorskip("openpyxl")
        pandas.DataFrame({"zip": ["01"], "asleep": [7], "studying": [1.5]}).to_excel(
            tmp_path / "new.xlsx", index=False
        )
        said = run("predict", MODEL, "new.xlsx", "--append")
        assert read(said.out)[1][0][:3] == ["01", "7", "1.5"]

    def test_names_that_exist_get_prefixes_until_they_are_unique(
        self, run: Run, tmp_path: Path
    ) -> None:
        assert read(run("predict", MODEL, "scores.csv", "--append").out)[0] == [
            "asleep", "studying", "score", "predicted_score",
        ]  # fmt: skip
        (tmp_path / "new.csv").write_text("studying,asleep,predicted_score,score\n1,7,0,0\n")
        assert read(run("predict", MODEL, "new.csv", "--append").out)[0][4:] == [
            "predicted_predicted_score"
        ]


class TestColumns:
    def test_need_no_target_and_no_order(self, run: Run, tmp_path: Path) -> None:
        header, rows = read((tmp_path / "scores.csv").read_text())
        order = [header.index(name) for name in ("studying", "asleep")]
        lines = [",".join(row[i] for i in order) for row in (header, *rows)]
        (tmp_path / "new.csv").write_text("\n".join(lines) + "\n")
        assert run("predict", MODEL, "new.csv").out == run("predict", MODEL, "scores.csv").out

    @pytest.mark.parametrize("cell", ["?", "unknown", "tbd", '"7,5"', "7 h", "", "2024-01-01"])
    def test_need_no_readable_target(self, run: Run, tmp_path: Path, cell: str) -> None:
        header, rows = read((tmp_path / "scores.csv").read_text())
        place = header.index("score")
        lines = [
            ",".join([*row[:place], text, *row[place + 1 :]])
            for row, text in zip((header, *rows), ("score", *[cell] * len(rows)), strict=True)
        ]
        (tmp_path / "new.csv").write_text("\n".join(lines) + "\n")
        assert run("predict", MODEL, "new.csv").out == run("predict", MODEL, "scores.csv").out
        expected = sn.load(MODEL).predict("scores.csv").tolist()
        assert sn.load(MODEL).predict("new.csv").tolist() == expected

    def test_of_classes_have_their_probabilities(self, run: Run) -> None:
        assert run("fit", "flowers.csv", "-t", "species", *QUICK).code == 0
        header, rows = read(run("predict", "flowers-fit/model.json", "flowers.csv").out)
        assert header == ["species", "probability_iris", "probability_rose", "probability_tulip"]
        assert {row[0] for row in rows} <= {"iris", "rose", "tulip"}
        for row in rows:
            shares = dict(zip(("iris", "rose", "tulip"), map(float, row[1:]), strict=True))
            assert sum(shares.values()) == pytest.approx(1.0, abs=1e-12)
            assert row[0] == max(shares, key=shares.get)

    def test_outside_the_training_rows_are_a_note(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "new.csv").write_text("asleep,studying\n100,2\n7,2\n")
        said = run("predict", MODEL, "new.csv")
        assert said.code == 0
        assert said.err.startswith("sheernet: notice: asleep: 1 of 2 rows is above ")
        assert said.err.count("\n") == 1

    def test_with_filled_missing_values_are_a_note(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "new.csv").write_text("asleep,studying\n7,2\n,2\n,3\n")
        said = run("predict", MODEL, "new.csv")
        assert said.code == 0
        fill = sn.load(MODEL).inputs.columns[0].written_fill
        (notice,) = said.err.splitlines()
        assert notice.endswith(f": asleep (2, with {fill})")

    @pytest.mark.usefixtures("without_fills")
    def test_with_missing_inputs_have_empty_cells_and_are_counted(
        self, run: Run, tmp_path: Path
    ) -> None:
        (tmp_path / "new.csv").write_text("asleep,studying\n7,2\n,2\n7,\n")
        notice = (
            "sheernet: notice: 2 of 3 rows have missing inputs and get no prediction (data rows 2 and 3; missing in "
            "'asleep' and 'studying')\n"
        )
        said = run("predict", MODEL, "new.csv", "--append")
        assert (said.code, said.err) == (0, notice)
        header, rows = read(said.out)
        assert header == ["asleep", "studying", "score"]
        assert [row[:2] for row in rows] == [["7", "2"], ["", "2"], ["7", ""]]
        assert [row[2] == "" for row in rows] == [False, True, True]
        said = run("predict", MODEL, "new.csv", "-o", "predicted.csv")
        assert (said.code, said.err) == (0, notice)
        assert said.out == "1 prediction, 2 rows without: predicted.csv\n"
        header, rows = read((tmp_path / "predicted.csv").read_text())
        assert [bool(row and row[0]) for row in rows] == [True, False, False]

    @pytest.mark.usefixtures("without_fills")
    def test_with_missing_inputs_are_null_in_json(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "new.csv").write_text("asleep,studying\n7,2\n,2\n")
        said = run("predict", MODEL, "new.csv", "--json")
        assert said.code == 0
        document = json.loads(said.out)
        assert document["result"]["rows"] == 2
        assert document["result"]["predictions"]["score"][1] is None
        assert "1 of 2 rows has missing inputs" in str(document["notes"])

    def test_reading_options_arrive(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "new.txt").write_bytes(
            "asleep|7,5|8,5\nstudying|1,5|2,5\ngröße|1,0|2,0\n".encode("latin-1")
        )
        said = run(
            "predict", MODEL, "new.txt", "--samples", "columns", "--separator", "|", "--decimal", ",",
            "--encoding", "latin-1", "--missing-values", "n/a", "--append",
        )  # fmt: skip
        assert said.code == 0, said.err
        assert read(said.out)[0] == ["asleep", "studying", "größe", "score"]


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("asleep\n1\n", ["studying"]),
        ("nothing\n1\n", ["asleep", "studying"]),
        ("asleep,studying\n1,much\n2,3\n", ["studying", "much"]),
        ("asleep,studying\n1,inf\n2,3\n", ["studying", "inf"]),
        ("", ["new.csv", "empty"]),
        ("asleep,studying\n", ["new.csv", "rows"]),
    ],
)  # fmt: skip
def test_bad_rows_are_refused_in_a_sentence(
    run: Run, tmp_path: Path, content: str, parts: list[str]
) -> None:
    (tmp_path / "new.csv").write_text(content)
    before = contents(tmp_path)
    said = run("predict", MODEL, "new.csv", "-o", "predicted.csv")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("sheernet: ")
    assert said.err.count("\n") == 1
    for part in parts:
        assert part in said.err
    assert contents(tmp_path) == before


def test_a_missing_column_gives_the_same_message_as_in_check(run: Run, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("asleep,score\n1,2\n2,3\n")
    sentence = (
        "sheernet: the model needs column 'studying', which new.csv does not have (its columns are asleep and "
        "score); add it, or rename the column that holds it\n"
    )
    assert run("predict", MODEL, "new.csv").err == sentence
    assert run("check", MODEL, "new.csv").err == sentence


def test_a_number_that_is_too_large_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("asleep,studying\n1,1e400\n2,3\n")
    said = run("predict", MODEL, "new.csv")
    assert "but data row 1 has inf, or a number too large for float64 (1 such" in said.err


def test_an_unknown_category_leaves_its_row_without_prediction(run: Run, tmp_path: Path) -> None:
    assert run("fit", "flowers.csv", "-t", "species", *QUICK).code == 0
    known = (tmp_path / "flowers.csv").read_text().splitlines()[1].split(",")[-2]
    (tmp_path / "new.csv").write_text(f"petal,sepal,color\n1,5,green\n1,5,{known}\n")
    model = "flowers-fit/model.json"
    said = run("predict", model, "new.csv", "-o", "out.csv")
    assert said.code == 0
    assert said.out == "1 prediction, 1 row without: out.csv\n"
    assert (
        "1 of 2 rows has a label that is not in the training rows, such as color 'green'"
        in said.err
    )
    assert (tmp_path / "out.csv").read_text().splitlines()[1] == '"",,,'
    rare = run("predict", model, "new.csv", "--unseen", "rare")
    assert rare.code == 0
    assert ",,," not in rare.out
    refused = run("predict", model, "new.csv", "--unseen", "refuse")
    assert (refused.code, refused.out) == (2, "")
    assert "'green' in data row 1" in refused.err
    assert "or fit the model with --unseen rare" in refused.err


def test_a_bad_model_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes((tmp_path / MODEL).read_bytes()[:500])
    for name, message in (("bad.json", "'bad.json' is damaged: its end is missing; copy it again"),
                          ("no.json", "there is no file 'no.json'"),
                          ("scores.csv", "'scores.csv' is not a sheernet model")):  # fmt: skip
        said = run("predict", name, "scores.csv")
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(f"sheernet: {message}")
        assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("output", "noun"),
    [
        ("new.csv", "the input table 'new.csv'"),
        ("./new.csv", "the input table 'new.csv'"),
        ("link.csv", "the input table 'new.csv'"),
        ("model.csv", "the model file 'model.csv'"),
    ],
)
def test_a_file_that_is_read_is_never_replaced(
    run: Run, fitted: Path, tmp_path: Path, output: str, noun: str
) -> None:
    (tmp_path / "new.csv").write_bytes((tmp_path / "scores.csv").read_bytes())
    (tmp_path / "model.csv").write_bytes(fitted.read_bytes())
    (tmp_path / "link.csv").symlink_to("new.csv")
    before = contents(tmp_path)
    said = run("predict", "model.csv", "new.csv", "-o", output, "--force")
    assert (said.code, said.out) == (2, "")
    assert (
        said.err
        == f"sheernet: the output file is {noun}, which the command reads; give another name with --output\n"
    )
    assert contents(tmp_path) == before


def test_a_model_and_a_table_in_the_wrong_order_are_named(run: Run, fitted: Path) -> None:
    wrong = (
        "sheernet: 'scores.csv' is not a sheernet model; give the model.json that 'sheernet fit' or Model.save "
        "wrote"
    )
    for command in ("predict", "check"):
        for model in (fitted, fitted.parent):  # a folder is no data in parts then
            said = run(command, "scores.csv", str(model))
            assert (said.code, said.err) == (2, f"{wrong}; the order is MODEL DATA\n")
    said = run("predict", "scores.csv", "scores.csv")
    assert (said.code, said.err) == (2, f"{wrong}\n")


class TestDecimalCommas:
    """--output-decimal writes CSV for programs in countries with decimal commas."""

    def test_numbers_are_the_same(self, run: Run) -> None:
        points, commas = (
            run("predict", MODEL, "scores.csv", "--std", "--output-decimal", mark).out
            for mark in (".", ",")
        )
        assert commas == points.replace(",", ";").replace(".", ",")
        assert points == run("predict", MODEL, "scores.csv", "--std").out

    @pytest.mark.usefixtures("without_fills")
    def test_appended_numbers_get_commas(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "new.csv").write_text("asleep,studying,id\n7.5,1,a.b\n8,,c\n")
        said = run(
            "predict", MODEL, "new.csv", "--append", "-o", "new-de.csv", "--output-decimal", ","
        )
        assert said.code == 0
        lines = Path("new-de.csv").read_text().splitlines()
        assert lines[0] == "asleep;studying;id;score"
        assert lines[1].startswith("7,5;1;a.b;")
        assert lines[2] == "8,0;;c;"

    @pytest.mark.parametrize("in_parts", [False, True])
    def test_of_a_table_become_points_by_default(
        self, run: Run, tmp_path: Path, in_parts: bool
    ) -> None:
        (tmp_path / "new.csv").write_text(
            "asleep;studying;price;id\n7,5;1;1.499,50;12345678901234567890\n8,25;2,0;2.000;9\n"
        )
        (tmp_path / "more.csv").write_text("asleep;studying;price;id\n7,5;1;1,5;9\n")
        more = ["more.csv", "-o", "folder"] if in_parts else ["-o", "folder/new.csv"]
        if not in_parts:
            (tmp_path / "folder").mkdir()
        said = run("predict", MODEL, "new.csv", *more, "--append", "--decimal", ",", "--force")
        assert said.code == 0, said.err
        _, rows = read((tmp_path / "folder" / "new.csv").read_text())
        assert [[float(cell) for cell in row[:3]] for row in rows] == [
            [7.5, 1, 1499.5],
            [8.25, 2, 2000],
        ]
        assert [row[3] for row in rows] == ["12345678901234567890", "9"]

    @pytest.mark.parametrize("others", [("-o", "a.xlsx"), ("-o", "a.parquet"), ("--json",)])
    def test_they_apply_to_csv_only(self, run: Run, others: tuple[str, ...]) -> None:
        said = run("predict", MODEL, "scores.csv", "--output-decimal", ",", *others)
        assert said.code == 2
        assert "--output-decimal , applies to CSV only" in said.err + said.out


@pytest.mark.usefixtures("without_fills")
@pytest.mark.parametrize("options", [(), ("-o", "out.csv"), ("--append",), ("--json",)])
@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (
            "7,\n,2\n",
            "2 of 2 rows have missing inputs and get no prediction (data rows 1 and 2; missing in 'asleep'",
        ),
        (
            "7,\n",
            "1 of 1 row has missing inputs and gets no prediction (data row 1; missing in 'studying')",
        ),
        ("7,n/a\n8,n/a\n", "2 of 2 rows have missing inputs"),
    ],
)
def test_an_error_says_why_no_row_can_be_predicted(
    run: Run, tmp_path: Path, options: tuple[str, ...], rows: str, reason: str
) -> None:
    (tmp_path / "new.csv").write_text(f"asleep,studying\n{rows}")
    said = run("predict", MODEL, "new.csv", *options)
    assert said.code == 2
    message = said.document["error"]["message"] if "--json" in options else said.err
    assert f"no row of new.csv can be predicted: {reason}" in message
    assert not (tmp_path / "out.csv").exists()


def test_labels_that_are_not_known_in_any_row_are_an_error(run: Run, tmp_path: Path) -> None:
    assert run("fit", "flowers.csv", "-t", "species", *QUICK).code == 0
    (tmp_path / "new.csv").write_text("petal,sepal,color\n1,5,green\n1,5,RED\n")
    said = run("predict", "flowers-fit/model.json", "new.csv", "-o", "out.csv")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(
        "sheernet: no row of new.csv can be predicted: 2 of 2 rows have labels that are not in the training rows"
    )
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.usefixtures("without_fills")
def test_a_workbook_is_appended_to_with_its_texts(run: Run, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    rows = [
        ["asleep", "studying", "lead", "share"],
        [7.25, 1, "< 0.05", 0.25],
        [8.5, "n/a", 2, 0.5],
    ]
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "new.xlsx")
    assert run("predict", MODEL, "new.xlsx", "--append", "-o", "out.xlsx").code == 0
    found = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    cells = [[cell.value for cell in row] for row in found.iter_rows()]
    assert [row[:4] for row in cells] == rows
    assert cells[1][4] is not None
    assert cells[2][4] is None


@pytest.mark.parametrize("name", ["new.xlsx", "new.csv"])
def test_empty_rows_get_no_prediction(run: Run, tmp_path: Path, name: str) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    rows: list[list[object]] = [["asleep", "studying"], [7.25, 1], [None] * 2, [8.5, 2], [None] * 2]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "new.xlsx")
    text = "".join(",".join("" if c is None else str(c) for c in row) + "\n" for row in rows)
    (tmp_path / "new.csv").write_text(text)
    said = run("predict", MODEL, name, "--append")
    _, found = read(said.out)
    assert [row[:2] for row in found] == [["7.25", "1"], ["8.5", "2"]]
    assert all(row[2] for row in found)
    assert ("skipped" in said.err) == (name == "new.xlsx")
    assert "prediction" not in said.err


@pytest.mark.parametrize(
    "command",
    [
        ("report",),
        ("report", "--verbose"),
        ("info",),
        ("predict", "scores.csv"),
        ("check", "scores.csv"),
    ],
)
def test_the_folder_of_a_fit_stands_for_its_model(
    run: Run, fitted: Path, command: tuple[str, ...]
) -> None:
    name, *others = command
    of_folder, of_file = run(name, "scores-fit", *others), run(name, str(fitted), *others)
    assert (of_folder.code, of_folder.out) == (0, of_file.out)


def test_a_folder_without_a_model(run: Run, fitted: Path) -> None:
    folder = fitted.parent
    fitted.rename(folder / "other.json")
    said = run("report", "scores-fit")
    assert (said.code, said.err) == (
        2,
        "sheernet: the folder 'scores-fit' has no model.json; give the name of a model file\n",
    )
    (folder / "other.json").rename(folder / "unfinished.json")
    said = run("report", "scores-fit")
    assert said.code == 2
    assert f"left its best model; give '{Path('scores-fit', 'unfinished.json')}'" in said.err
    assert run("report", str(folder / "unfinished.json")).code == 0


class TestRowsOfTheFit:
    MODEL = "parts/model.json"

    @pytest.fixture(autouse=True)
    def _fitted(self, run: Run, without_pictures: None) -> None:
        said = run("fit", "scores.csv", "-t", "score", *QUICK, "--held-out", "0.25", "-o", "parts")
        assert said.code == 0

    def test_have_their_roles_in_a_file(self, run: Run, tmp_path: Path) -> None:
        roles = pd.read_csv(tmp_path / "parts" / "rows.csv")
        assert roles["row"].tolist() == list(range(1, 41))
        assert roles["role"].value_counts().to_dict() == {"training": 30, "held out": 10}

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    @pytest.mark.parametrize("role", ["held-out", "training"])
    @pytest.mark.parametrize("append", [False, True])
    def test_are_predicted_alone(self, run: Run, tmp_path: Path, role: str, append: bool) -> None:
        roles = pd.read_csv(tmp_path / "parts" / "rows.csv")
        numbers = roles["row"][roles["role"] == role.replace("-", " ")]
        more = ["--append"] if append else []
        said = run("predict", self.MODEL, "scores.csv", "--on", role, *more)
        found = pd.read_csv(io.StringIO(said.out))
        assert found["row"].tolist() == numbers.tolist()
        whole = pd.read_csv(io.StringIO(run("predict", self.MODEL, "scores.csv", *more).out))
        expected = whole.iloc[numbers - 1].reset_index(drop=True)
        pd.testing.assert_frame_equal(found.drop(columns="row"), expected)

    def test_are_those_of_the_same_table(self, run: Run, tmp_path: Path) -> None:
        lines = (tmp_path / "scores.csv").read_text().splitlines()
        (tmp_path / "other.csv").write_text("\n".join(lines[:-1]) + "\n")
        said = run("predict", self.MODEL, "other.csv", "--on", "held-out")
        assert (said.code, said.out) == (2, "")
        assert (
            "--on held-out chooses rows of the table of the fit, scores.csv with 40 rows"
            in said.err
        )

    @pytest.mark.parametrize(
        "change", ["sorted", "reversed", "shifted", "swapped", "edited", "emptied"]
    )
    def test_are_not_those_of_as_many_other_rows(
        self, run: Run, tmp_path: Path, change: str
    ) -> None:
        frame = pd.read_csv(tmp_path / "scores.csv")
        name = sn.load(tmp_path / self.MODEL).inputs.names[0]
        order = np.arange(len(frame))
        if change == "sorted":
            order = np.argsort(-frame["score"].to_numpy(), kind="stable")
        elif change == "reversed":
            order = order[::-1]
        elif change == "shifted":
            order = np.roll(order, 1)
        elif change == "swapped":
            order[[0, 1]] = 1, 0
        other = frame.iloc[order]
        if change == "edited":
            other.loc[3, name] = other[name][4]
        elif change == "emptied":
            other.loc[3, name] = None
        other.to_csv(tmp_path / "other.csv", index=False)
        said = run("predict", self.MODEL, "other.csv", "--on", "held-out")
        assert (said.code, said.out) == (2, "")
        assert "the rows of other.csv are different or in another order" in said.err

    def test_need_held_out_rows(self, run: Run) -> None:
        run("fit", "scores.csv", "-t", "score", *QUICK, "--held-out", "0", "-o", "all")
        said = run("predict", "all/model.json", "scores.csv", "--on", "held-out")
        assert said.code == 2
        assert "no rows of scores.csv were held out; fit with --held-out 0.25" in said.err

    def test_a_report_is_printed_again(self, run: Run) -> None:
        assert run("report", self.MODEL).out == run("info", self.MODEL).out
        assert (
            run("report", self.MODEL, "--verbose").out == run("info", self.MODEL, "--verbose").out
        )


def test_a_workbook_gets_the_same_numbers(run: Run, fitted: Path, tmp_path: Path) -> None:
    assert run("predict", str(fitted), "scores.csv", "-o", "new.xlsx", "--append").code == 0
    run("predict", str(fitted), "scores.csv", "-o", "new.csv", "--append")
    tables = [sn.read_table(tmp_path / name).frame for name in ("new.xlsx", "new.csv")]
    pd.testing.assert_frame_equal(*tables, check_exact=False, rtol=1e-15)


class TestSpreadsheets:
    TEXTS = (
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\tx",
        '=HYPERLINK("http://x")',
        "-1.5",
        "+2",
        "a=b",
        "NA",
    )

    @pytest.mark.parametrize("safe", [False, True])
    def test_formulas_are_texts_if_wanted(self, run: Run, tmp_path: Path, safe: bool) -> None:
        with (tmp_path / "new.csv").open("w", newline="") as file:
            csv.writer(file).writerows(
                [["=name", "asleep", "studying"], *([text, 7, 1] for text in self.TEXTS)]
            )
        more = ["--no-formulas"] if safe else []
        said = run("predict", MODEL, "new.csv", "--append", *more)
        header, rows = read(said.out)
        cells = [header[0], *(row[0] for row in rows)]
        assert cells == [
            *(f"'{text}" if safe else text for text in ("=name", *self.TEXTS[:6])), *self.TEXTS[6:],
        ]  # fmt: skip


def write_workbook(
    path: Path, names: tuple[str, str], values: Sequence[object], number_format: str
) -> None:
    """Write a sheet with the numbers 0, 1, ... and, in cells of a format, the values beside them."""
    book = pytest.importorskip("openpyxl").Workbook()
    book.active.append(names)
    for x, value in enumerate(values):
        book.active.append([x, value])
        book.active.cell(x + 2, 2).number_format = number_format
    book.save(path)


def test_predictions_of_times_of_day_do_not_have_the_format_of_times(
    run: Run, tmp_path: Path
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    times = [datetime.time(8 + x // 4, 15 * (x % 4)) for x in range(24)]
    write_workbook(tmp_path / "runs.xlsx", ("stops", "arrival"), times, "hh:mm")
    fitted = run("fit", "runs.xlsx", "-t", "arrival", "--hidden", "0", "--decay", "0", "--quiet")
    assert fitted.code == 0
    said = run("predict", "runs-fit", "runs.xlsx", "--append", "--interval", "0.9", "-o", "a.xlsx")
    assert "notice: 'arrival' is predicted in hours\n" in said.err
    first = openpyxl.load_workbook(tmp_path / "a.xlsx").active[2]
    assert first[2].number_format == "General"
    assert first[2].value == pytest.approx(8.0)


def test_a_target_of_durations_is_said_to_be_in_hours(run: Run, tmp_path: Path) -> None:
    lines = [f"{x % 20},{x % 20 + 10}:30:00" for x in range(7, 31)]
    (tmp_path / "runs.csv").write_text("\n".join(["distance,time", *lines]) + "\n")
    fitted = run("fit", "runs.csv", "-t", "time", "--hidden", "0", "--decay", "0", "--quiet")
    assert fitted.code == 0
    assert "'time' has durations, read as hours" in " ".join(fitted.out.split())
    (tmp_path / "new.csv").write_text("distance\n4\n")
    said = run("predict", "runs-fit/model.json", "new.csv")
    assert said.err.endswith("sheernet: notice: 'time' is predicted in hours\n")
    assert float(said.out.splitlines()[1]) == pytest.approx(14.5)
