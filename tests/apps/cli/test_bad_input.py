"""Bad input to fit: one sentence that says what to do, exit code 2, nothing written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from command_lines import QUICK, Run, contents

T = ("-t", "score")
FILES = {
    "empty.csv": b"",
    "header.csv": b"a,score\n",
    "one.csv": b"a,score\n1,2\n",
    "twice.csv": b"a,a,score\n1,2,3\n4,5,6\n",
    "gaps.csv": b"a,score\n,1\n2,3\n4,5\n",
    "targetgap.csv": b"a,score\n1,\n2,3\n4,5\n",
    "nan.csv": b"a,score\nnan,1\n2,3\n4,5\n",
    "huge.csv": b"a,score\n1e400,1\n2,3\n4,5\n",
    "cut.parquet": b"PAR1" + bytes(40),
    "inf.csv": b"a,score\ninf,1\n2,3\n4,5\n",
    "flat.csv": b"a,score\n1,5\n2,5\n3,5\n",
    "oneclass.csv": b"a,score\n1,yes\n2,yes\n3,yes\n",
    "names.csv": b"a,score\n1,x\n2,y\n3,z\n",
    "classes.csv": b"a,score\n1,x\n2,y\n3,x\n4,y\n",
    "dirty.csv": b"a,score\n1,1\n2,3\nmuch,5\n4,7\n",
    "alone.csv": b"score\n1\n2\n3\n",
    "random.csv": np.random.default_rng(0).bytes(5000),
    "nul.csv": b"a,score\n1,\x002\n3,4\n",
    "bin.csv": b"\x7fELF\x02\x01\x01\x00" + bytes(300),
    "bad.xlsx": b"not a workbook",
    "bad.parquet": b"not parquet",
    "bad.gz": b"\x1f\x8b not gzip",
}


def fit(name: str, *more: str) -> tuple[str, ...]:
    return ("fit", name, *T, *more)


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (fit("score.csv"), ["there is no file 'score.csv'", "'scores.csv'"]),
        (fit("."), ["'.' is a folder"]),
        (fit(""), ["'.' is a folder (an empty path means the current folder); give the name of a file"]),
        (("fit", "scores.csv", "-t", "scor"),
         ["has no column 'scor': its columns are asleep, studying and score; did you mean 'score'?"]),
        (("fit", "scores.csv", "-t", "a,b"), ["scores.csv", "'a'"]),
        (fit("scores.csv", "--inputs", "aslep"), ["'aslep'", "'asleep'"]),
        (fit("scores.csv", "--drop", "aslep"), ["'aslep'", "'asleep'"]),
        (fit("scores.csv", "--categories", "aslep"), ["'aslep'", "'asleep'"]),
        (fit("scores.csv", "--weights", "aslep"), ["'aslep'", "'asleep'"]),
        (fit("scores.csv", "--inputs", "score"), ["'score'"]),
        (fit("scores.csv", "--drop", "asleep,studying"), ["input"]),
        (fit("scores.csv", "--task", "regresion"), ["--task must be ", "regression", "but 'regresion' was given; see"]),
        (fit("scores.csv", "--scaling", "mapminmax"), ["--scaling must be ", "minmax", "but 'mapminmax' was"]),
        (fit("scores.csv", "--missing", "mean"), ["--missing must be ", "impute", "but 'mean' was given; see"]),
        (fit("scores.csv", "--unseen", "ignore"), ["--unseen must be ", "rare", "but 'ignore' was given; see"]),
        (fit("scores.csv", "--rare", "2"), ["rare"]),
        (fit("scores.csv", "--activation", "foo"),
         ["--activation 'foo' is not recognized; choose one of identity", "silu\n"]),
        (fit("scores.csv", "--activation", "softmax"),
         ["--activation 'softmax' is not allowed in hidden layers; use identity, sigmoid, tanh, relu", "or silu\n"]),
        (fit("scores.csv", "--cost", "poisson"), ["--cost 'poisson' cannot be used for regression; use squared_error"]),
        (fit("scores.csv", "--test", "flowers.csv", "--held-out", "0.3"),
         ["--test and --held-out cannot be combined: with --test no rows are held out; omit one of them\n"]),
        (fit("scores.csv", "--cost", "cross_entropy"), ["cross_entropy"]),
        (fit("scores.csv", "--hidden", "ten"), ["--hidden must be the number of units", "or --hidden 10,5"]),
        (fit("scores.csv", "--starts", "0"), ["--starts must be a whole number of at least 1"]),
        (fit("scores.csv", "--max-iter", "-1"), ["--max-iter must be"]),
        (fit("scores.csv", "--held-out", "1"), ["--held-out must be a number from 0 to below 1, such as 0.25, but 1"]),
        (fit("scores.csv", "--decay", "-1"), ["--decay must be a number of at least 0"]),
        (fit("scores.csv", "--decay", "nan"), ["--decay must be a number of at least 0"]),
        (fit("scores.csv", "--seed", "-1"), ["--seed must be a whole number of at least 0, but -1 was given\n"]),
        (fit("scores.csv", "--patience", "0"), ["--patience must be a whole number of at least 1, but 0 was given\n"]),
        (fit("scores.csv", "--patience", "abc"), ["--patience must be a whole number of at least 1, but 'abc' was"]),
        (fit("scores.csv", "--seed", "x"), ["--seed must be a whole number of at least 0, but 'x' was given\n"]),
        (fit("scores.csv", "--starts", "2.5"), ["--starts must be a whole number of at least 1, but '2.5' was given"]),
        (fit("scores.csv", "--max-iter", "1e3"), ["--max-iter must be a whole number of at least 0, but '1e3' was"]),
        (fit("scores.csv", "--decay", "abc"), ["--decay must be a number of at least 0, 'evidence' or 'cv', but"]),
        (fit("scores.csv", "--cost-tolerance", "x"), ["--cost-tolerance must be a number of at least 0, but 'x'"]),
        (fit("scores.csv", "--time-limit", "1m"), ["--time-limit must be a number of at least 0 (seconds), but '1m'"]),
        (fit("scores.csv", "--held-out", "25"), ["such as 0.25, but 25 was given; 25 % is 0.25\n"]),
        (fit("scores.csv", "--held-out", "25%"), ["such as 0.25, but '25%' was given; 25 % is 0.25\n"]),
        (fit("scores.csv", "--rare", "x"), ["--rare must be a number from 0 to below 1, such as 0.01, but 'x'"]),
        (fit("scores.csv", "--time-limit", "-1"), ["--time-limit must be a number of at least 0 (seconds)"]),
        (fit("scores.csv", "--patience", "3"), ["--patience needs validation rows; give them with --validation\n"]),
        (fit("scores.csv", "--validation", "no.csv"), ["there is no file 'no.csv'"]),
        (fit("scores.csv", "--test", "flowers.csv"), ["flowers.csv"]),
        (fit("scores.csv", "--samples", "cols"), ["--samples must be ", "columns", "but 'cols' was given; see"]),
        (fit("scores.csv", "--separator", "::"), ["--separator must be"]),
        (fit("scores.csv", "--decimal", ";"), ["--decimal must be"]),
        (fit("scores.csv", "--encoding", "latin9000"), ["--encoding 'latin9000'"]),
        (fit("scores.csv", "--sheet", "2"), ["--sheet"]),
        (fit("scores.csv", "-o", "scores.csv/x"), ["'scores.csv' is a file, not a folder; give another folder\n"]),
        (fit("scores.csv", "-o", "scores.csv", "--force"), ["'scores.csv' is a file, not a folder"]),
        (fit("scores.csv", "-o", "."), ["'.' exists already"]),
        (fit("scores.csv", "-o", "n" * 300), ["its name is too long; choose a shorter one with --output"]),
        (fit("empty.csv"), ["empty.csv", "empty"]),
        (fit("header.csv"), ["header.csv", "row"]),
        (fit("one.csv"), ["one.csv has a single usable row", "at least 2 rows are needed; give more"]),
        (fit("twice.csv"), ["twice.csv", "'a'"]),
        (fit("gaps.csv", "--missing", "refuse"), ["a", "missing", "--missing impute"]),
        (fit("nan.csv", "--missing", "refuse"), ["a", "missing"]),
        (fit("targetgap.csv", "--missing", "refuse"), ["score", "missing"]),
        (fit("inf.csv"), ["inf"]),
        (fit("huge.csv"), ["huge.csv", "a number too large for float64"]),
        (fit("flat.csv"), ["score"]),
        (fit("oneclass.csv"), ["score", "yes"]),
        (fit("names.csv"), ["score"]),
        (fit("classes.csv", "--task", "regression"), ["score", "'x'"]),
        (fit("dirty.csv"), ["a", "'much'"]),
        (fit("alone.csv"), ["input"]),
        (fit("random.csv"), ["random.csv"]),
        (fit("nul.csv"), ["nul.csv is a binary file"]),
        (fit("bin.csv"), ["bin.csv"]),
        (fit("bad.xlsx"), ["bad.xlsx"]),
        (fit("bad.parquet"), ["bad.parquet"]),
        (fit("cut.parquet"), ["cut.parquet is a Parquet file that is damaged", "copy it again", "as CSV"]),
        (fit("bad.gz"), ["bad.gz"]),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_bad_input_gives_one_sentence_exit_code_2_and_no_files(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], parts: list[str]
) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    before = contents(tmp_path)
    said = run(*arguments[:2], *QUICK, *arguments[2:])
    assert (said.code, said.out) == (2, ""), said
    *notices, sentence = said.err.splitlines(keepends=True)
    assert all(notice.startswith("sheernet: notice: ") for notice in notices)
    assert sentence.startswith("sheernet: ")
    assert not sentence.startswith("sheernet: notice")
    for part in parts:
        assert part in sentence
    assert ". " not in sentence
    for name in ("max_iter", "held_out", "time_limit", "missing_values", 'missing="', "missing='"):
        assert name not in said.err
    assert contents(tmp_path) == before


def test_a_missing_target_is_said_without_warnings_about_the_table(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "mean.csv").write_text("a,score\n1,2\n3,4\nMean,3\n")
    said = run("fit", "mean.csv")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "--target; the columns of mean.csv are a and score" in said.err


def test_notices_about_the_table_are_printed_before_the_reason(run: Run, tmp_path: Path) -> None:
    """The missing value belongs to a row that a notice calls a mean of the others."""
    rows = [f"{x},{3 * x % 7},{x % 5 + 0.5}" for x in range(1, 21)]
    (tmp_path / "mean.csv").write_text("\n".join(["a,b,score", *rows, "Mean,,2.5", ""]))
    said = run(*fit("mean.csv"))
    assert (said.code, said.out) == (2, "")
    notice, reason = said.err.splitlines()
    assert notice.startswith("sheernet: notice: the last row of mean.csv is called 'Mean'")
    assert reason.startswith("sheernet: column 'a' of mean.csv holds numbers, but data row 21 has")


def test_a_table_without_read_permission_is_named(run: Run, tmp_path: Path, monkeypatch) -> None:
    import os

    (tmp_path / "secret.csv").write_text("a,score\n1,2\n")
    (tmp_path / "secret.csv").chmod(0)
    if os.access(tmp_path / "secret.csv", os.R_OK):
        pytest.skip("this user may read everything")
    said = run(*fit("secret.csv"))
    assert (said.code, said.out) == (2, "")
    assert said.err == SECRET


SECRET = (
    "sheernet: 'secret.csv' cannot be read: permission denied; ask its owner for it, or give a copy that you may "
    "read\n"
)


@pytest.mark.parametrize(
    "arguments",
    [
        fit("secret.csv"),
        fit("scores.csv", "--validation", "secret.csv"),
        fit("scores.csv", "--test", "secret.csv"),
        ("predict", "secret.csv", "scores.csv"),
        ("check", "secret.csv", "scores.csv"),
    ],
    ids=" ".join,
)
def test_a_file_that_the_system_refuses_to_read_is_named(
    run: Run, tmp_path: Path, monkeypatch, arguments: tuple[str, ...]
) -> None:
    """Simulated, because root may read all files."""
    import os

    def is_secret(path: object) -> bool:
        return str(path).endswith("secret.csv")

    def access(path: object, *more: object, **named: object) -> bool:
        return not is_secret(path) and allowed(path, *more, **named)

    def refusing(method):
        def called(self: Path, *more: object, **named: object) -> object:
            if is_secret(self):
                raise PermissionError(13, "Permission denied", str(self))
            return method(self, *more, **named)

        return called

    (tmp_path / "secret.csv").write_text("a,score\n1,2\n")
    allowed = os.access
    monkeypatch.setattr(os, "access", access)
    monkeypatch.setattr(Path, "open", refusing(Path.open))
    monkeypatch.setattr(Path, "read_bytes", refusing(Path.read_bytes))
    said = run(*arguments)
    assert (said.code, said.out, said.err) == (2, "", SECRET)


class TestReadingOptions:
    """Each applies to the files whose format takes it, and is refused if there are none."""

    @pytest.fixture
    def files(self, run: Run, tmp_path: Path) -> Run:
        pandas = pytest.importorskip("pandas")
        pytest.importorskip("openpyxl")
        frame = pandas.read_csv(tmp_path / "scores.csv")
        frame.to_csv(tmp_path / "bars.csv", index=False, sep="|")
        with pandas.ExcelWriter(tmp_path / "book.xlsx") as book:
            pandas.DataFrame({"note": ["nothing"]}).to_excel(book, sheet_name="A", index=False)
            frame.to_excel(book, sheet_name="B", index=False)
        return run

    @pytest.mark.parametrize(
        ("data", "others"),
        [
            ("book.xlsx", ("--validation", "scores.csv", "--sheet", "B")),
            ("scores.csv", ("--test", "book.xlsx", "--sheet", "B")),
            ("bars.csv", ("--test", "book.xlsx", "--sheet", "2", "--separator", "|", "--decimal", ".",
                          "--encoding", "utf-8")),
        ],
    )  # fmt: skip
    @pytest.mark.usefixtures("without_pictures")
    def test_apply_to_the_files_that_take_them(
        self, files: Run, data: str, others: tuple[str, ...]
    ) -> None:
        said = files(*fit(data, *QUICK, *others))
        assert said.code == 0, said.err

    @pytest.mark.usefixtures("without_pictures")
    def test_samples_in_columns_are_not_for_parquet(self, files: Run, tmp_path: Path) -> None:
        pandas = pytest.importorskip("pandas")
        pytest.importorskip("pyarrow")
        frame = pandas.read_csv(tmp_path / "scores.csv")
        frame.to_parquet(tmp_path / "new.parquet")
        frame.T.to_csv(tmp_path / "turned.csv", header=False)
        said = files(
            *fit("turned.csv", *QUICK, "--samples", "columns", "--validation", "new.parquet")
        )
        assert said.code == 0, said.err

    @pytest.mark.parametrize(
        ("data", "others", "part"),
        [
            ("scores.csv", ("--test", "bars.csv", "--sheet", "B"), "does not apply to scores.csv, a text file"),
            ("book.xlsx", ("--separator", "|", "--sheet", "B"), "does not apply to book.xlsx, an Excel workbook"),
            ("scores.csv", ("--test", "no.xlsx", "--sheet", "B"), "there is no file 'no.xlsx'"),
        ],
    )  # fmt: skip
    def test_that_apply_to_no_file_are_refused(
        self, files: Run, data: str, others: tuple[str, ...], part: str
    ) -> None:
        said = files(*fit(data, *QUICK, *others))
        assert (said.code, said.out) == (2, "")
        assert part in said.err


def test_weights_of_text_are_refused_with_advice(run: Run, tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("a,w,score\n1,x,1\n2,y,3\n3,x,5\n")
    said = run(*fit("w.csv", "--weights", "w"))
    assert said.code == 2
    assert said.err == (
        "sheernet: column 'w' of w.csv must hold numbers, but data row 1 has 'x' (3 such values); correct the cell, or "
        "name another column\n"
    )


@pytest.mark.usefixtures("without_pictures")
def test_test_rows_that_are_the_training_rows_are_noted(run: Run) -> None:
    said = run(*fit("scores.csv", *QUICK, "--test", "./scores.csv"))
    assert said.code == 0
    text = " ".join(said.out.split())
    assert "Notice the test rows are the training rows, so the evaluation does not show" in text
