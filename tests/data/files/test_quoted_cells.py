"""Quotation marks that tell text from numbers, words such as NA that are labels, and errors of spreadsheets."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn

Write = Callable[..., Path]
LABELS = st.sampled_from(
    ["NA", "None", "DE", "12", "0123", "7", 'a "b"', "two\nlines", "a;b", None]
)


def quiet(path: Path, **how: Any) -> sn.Table:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sn.SheernetWarning)
        return sn.read_table(path, **how)


def cells(table: sn.Table, name: str) -> list[Any]:
    column = table.frame[name].astype(object)
    return column.where(column.notna(), None).tolist()


def r_text(rows: list[tuple[str | None, float]], separator: str) -> str:
    """The rows as R's write.csv writes them: text in quotation marks, numbers and NA without."""

    def cell(value: Any) -> str:
        if value is None:
            return "NA"
        return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else str(value)

    body = [
        [f'"{n}"', cell(label), cell(label), str(x)] for n, (label, x) in enumerate(rows, start=1)
    ]
    return "\n".join(map(separator.join, [['""', '"label"', '"again"', '"x"'], *body])) + "\n"


@given(
    st.lists(st.tuples(LABELS, st.integers(-9, 9).map(lambda n: n / 4)), min_size=2, max_size=8),
    st.sampled_from([",", ";", "\t"]),
)
@settings(max_examples=60, deadline=None)
def test_text_that_r_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, float]], separator: str
) -> None:
    path = tmp_path_factory.mktemp("r") / "r.csv"
    path.write_text(r_text([*rows, ("DE", 0.5)], separator), encoding="utf-8", newline="")
    table = quiet(path, decimal=".")
    assert cells(table, "label") == cells(table, "again") == [label for label, _ in rows] + ["DE"]
    assert table.frame["x"].tolist() == [x for _, x in rows] + [0.5]


CODES = '"code","x"\n"1",0.5\n"2",1.5\n"1",2.5\n'


def test_quoted_digits_beside_bare_numbers_are_text(file: Write) -> None:
    path = file(CODES)
    with pytest.warns(
        sn.SheernetWarning, match=r"'code' of data.csv is read as text.*quoted='ignore'"
    ):
        table = sn.read_table(path)
    assert cells(table, "code") == ["1", "2", "1"]
    assert sn.read_table(path, quoted="ignore").frame["code"].tolist() == [1, 2, 1]


@pytest.mark.parametrize(
    "content",
    [
        '"code","x"\n"1","0.5"\n"2","1.5"\n"1","2.5"\n',  # all are quoted, as csv.QUOTE_ALL does
        '"id","code","x"\n1,"1","0.5"\n2,"2","1.5"\n3,"1","2.5"\n',  # so are numbers with fractions
        '"id","code","x"\n1,"1","-5"\n2,"2","3"\n3,"1","4"\n',  # and with signs
        'id,code,x\n1,"1",5\n2,2,3\n3,"1",4\n',  # some of the column
        'code,x\n1,5\n2,3\n1,4\n',
        '"x","code"\n0.5,"1"\nNA,"2"\n"NA","1"\n',  # a missing number is quoted, as QUOTE_NONNUMERIC does
    ],
)  # fmt: skip
def test_quotation_marks_that_say_nothing_leave_numbers(file: Write, content: str) -> None:
    table = sn.read_table(file(content))
    assert table.frame["code"].tolist() == [1, 2, 1]


def test_quoted_text_is_what_the_caller_says(file: Write) -> None:
    path = file('"code","x"\n"1","0.5"\n"2","1.5"\n"1","2.5"\n')
    table = quiet(path, quoted="text")
    assert cells(table, "code") == ["1", "2", "1"]
    assert cells(table, "x") == ["0.5", "1.5", "2.5"]


def test_a_model_keeps_that_a_column_of_digits_is_text(file: Write) -> None:
    model_reading = quiet(file(CODES)).read_as
    other = sn.read_table(file("code,x\n3,0.5\n1,2\n", "new.csv"), like=model_reading)
    assert cells(other, "code") == ["3", "1"]


def test_row_names_of_r_stay_numbers(file: Write) -> None:
    table = quiet(file('"","g","x"\n"1","a",0.5\n"2","b",1.5\n"3","a",2.5\n'))
    assert table.frame["row"].tolist() == [1, 2, 3]


NAMIBIA = '"country","x"\n"DE",1.5\n"NA",2.5\n"FR",3.5\nNA,4.5\n'


def test_na_in_quotation_marks_is_a_label_and_na_without_is_missing(file: Write) -> None:
    path = file(NAMIBIA)
    with pytest.warns(sn.SheernetWarning, match=r"'country' of data.csv: 'NA' in quotation marks"):
        table = sn.read_table(path)
    assert cells(table, "country") == ["DE", "NA", "FR", None]
    for how in ({"quoted": "ignore"}, {"missing_values": "NA"}):
        assert cells(quiet(path, **how), "country") == ["DE", None, "FR", None]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (NAMIBIA, ["DE", "NA", "FR", None]),
        ('"country","x"\n"DE",1\nNA,2\n"FR",3\n', ["DE", None, "FR"]),
        ('"country","x"\nNA,2\n', [None]),
        ('"","country","x"\n"1",NA,2\n', [None]),
        ('"country" "x"\nNA 2\n', [None]),
        ('"country";"x"\nNULL;2\n', [None]),
        ('"country","x"\n"N/A",2\n"NA",3\n', [None, "NA"]),
        ('country,x\n"DE",1\nNA,2\n"FR",3\n', ["DE", None, "FR"]),
        ('"country","x"\n"NA","1.5"\n"FR","2"\n', ["NA", "FR"]),
    ],
)
def test_a_model_keeps_that_na_is_a_label_in_quotation_marks(
    file: Write, content: str, expected: list[Any]
) -> None:
    reading = quiet(file(NAMIBIA)).read_as
    path = file(content, "new.csv")
    assert cells(sn.read_table(path, like=reading), "country") == expected
    missing = [None if value == "NA" else value for value in expected]
    assert cells(sn.read_table(path, like=reading, quoted="ignore"), "country") == missing


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("country,x\nNA,1.5\nFR,2\n,3\nN/A,3\n", ["NA", "FR", None, None]),
        ("country,x\nNA,1.5\n", ["NA"]),
        ('"country","x"\nNA,1.5\nFR,2\n', ["NA", "FR"]),
    ],
)
def test_na_in_a_file_without_quotation_marks_is_pointed_out(
    file: Write, content: str, expected: list[Any]
) -> None:
    reading = quiet(file(NAMIBIA)).read_as
    path = file(content, "new.csv")
    with pytest.warns(
        sn.SheernetWarning,
        match=r"'NA' is read as a label.*missing_values=\['NA'\].*not_missing='country'",
    ):
        assert cells(sn.read_table(path, like=reading), "country") == expected
    assert cells(sn.read_table(path, like=reading, not_missing="country"), "country")[0] == "NA"
    for how in ({"missing_values": "NA"}, {"quoted": "text"}, {"quoted": "ignore"}):
        assert cells(sn.read_table(path, like=reading, **how), "country")[0] is None


@given(st.lists(st.sampled_from(["NA", "DE", "FR", None]), min_size=1, max_size=6), st.data())
@settings(max_examples=40, deadline=None)
def test_a_label_does_not_depend_on_the_other_rows(
    tmp_path_factory: pytest.TempPathFactory, labels: list[str | None], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("r")
    (folder / "fit.csv").write_text(NAMIBIA.replace("country", "label"), encoding="utf-8")
    reading = quiet(folder / "fit.csv").read_as
    some = data.draw(st.lists(st.sampled_from(labels), min_size=1, max_size=6))
    path = folder / "new.csv"
    path.write_text(r_text([(label, 0.5) for label in some], ","), encoding="utf-8", newline="")
    assert cells(quiet(path, like=reading), "label") == some


def test_named_columns_have_labels_whatever_the_quotation_marks(file: Write) -> None:
    table = quiet(file(NAMIBIA), not_missing="country")
    assert cells(table, "country") == ["DE", "NA", "FR", "NA"]
    other = sn.read_table(file('"country","x"\nNA,1\n', "new.csv"), like=table.read_as)
    assert cells(other, "country") == ["NA"]


def test_na_among_codes_of_two_letters_is_pointed_out(file: Write) -> None:
    path = file("iso,x\nDE,1\nNA,2\nFR,3\nIT,4\n")
    with pytest.warns(sn.SheernetWarning, match=r"1 cell with NA.*not_missing='iso'"):
        assert cells(sn.read_table(path), "iso") == ["DE", None, "FR", "IT"]
    assert cells(sn.read_table(path, not_missing="iso"), "iso") == ["DE", "NA", "FR", "IT"]


@pytest.mark.parametrize(
    "labels", ["M,F,NA", "YES,NO,NA", "LOW,MID,HIGH,NA", "a,b,c,NA", "DE,FR,NA"]
)
def test_na_among_other_labels_is_missing_without_a_word(file: Write, labels: str) -> None:
    rows = "".join(f"{label},{n}\n" for n, label in enumerate(labels.split(",")))
    assert cells(sn.read_table(file(f"g,x\n{rows}")), "g")[-1] is None


def test_words_in_named_columns_are_labels_in_every_file(file: Write, tmp_path: Path) -> None:
    expected = ["DE", "NA", "None", None]
    rows = [["g", "x"], ["DE", 1], ["NA", 2], ["None", 3], [None, 4]]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "g.xlsx")
    path = file("g,x\nDE,1\nNA,2\nNone,3\n,4\n")
    for source in (path, tmp_path / "g.xlsx"):
        table = sn.read_table(source, not_missing=["g"])
        assert cells(table, "g") == expected
        assert cells(sn.read_table(source, like=table.read_as), "g") == expected
        with pytest.warns(sn.SheernetWarning, match="1 cell with None") as told:
            assert cells(sn.read_table(source), "g") == ["DE", None, None, None]
        assert sum("cell with" in str(warning.message) for warning in told) == 1
    with pytest.raises(sn.InvalidInput, match="no column 'h'"):
        sn.read_table(path, not_missing=["g", "h"])


SUPPLIERS = ["A123", "NA", "CATL", "NA", "<undefined>"]


@pytest.mark.parametrize("is_sheet", [False, True])
def test_na_beside_other_missing_cells_is_pointed_out(tmp_path: Path, is_sheet: bool) -> None:
    path = tmp_path / f"cells.{'xlsx' if is_sheet else 'csv'}"
    frame = pd.DataFrame({"maker": SUPPLIERS, "x": range(5)})
    (frame.to_excel if is_sheet else frame.to_csv)(path, index=False)
    with pytest.warns(sn.SheernetWarning, match=r"2 cells with NA.*not_missing='maker'"):
        assert cells(sn.read_table(path), "maker") == ["A123", None, "CATL", None, None]
    told = sn.read_table(path, not_missing="maker")
    assert cells(told, "maker") == ["A123", "NA", "CATL", "NA", None]
    assert cells(sn.read_table(path, like=told.read_as), "maker") == cells(told, "maker")


@pytest.mark.parametrize("is_sheet", [False, True])
def test_none_among_labels_is_pointed_out(tmp_path: Path, is_sheet: bool) -> None:
    path = tmp_path / f"cells.{'xlsx' if is_sheet else 'csv'}"
    frame = pd.DataFrame({"ill": ["None", "Anxiety", "None", "Pain"], "x": ["1", "None", "3", "4"]})
    (frame.to_excel if is_sheet else frame.to_csv)(path, index=False)
    with pytest.warns(sn.SheernetWarning, match="cell.* with None") as told:
        assert cells(sn.read_table(path), "ill") == [None, "Anxiety", None, "Pain"]
    named = [str(warning.message) for warning in told if "with None" in str(warning.message)]
    assert len(named) == 1  # numbers are not labels
    assert "2 cells with None" in named[0]
    assert "not_missing='ill'" in named[0]
    told_labels = sn.read_table(path, not_missing="ill")
    assert cells(told_labels, "ill") == ["None", "Anxiety", "None", "Pain"]


def test_na_among_codes_of_a_sheet_is_pointed_out(tmp_path: Path) -> None:
    frame = pd.DataFrame({"iso": ["DE", "NA", "FR", "IT"], "x": [1, 2, 3, 4]})
    frame.to_excel(tmp_path / "iso.xlsx", index=False)
    with pytest.warns(sn.SheernetWarning, match=r"1 cell with NA.*not_missing='iso'"):
        sn.read_table(tmp_path / "iso.xlsx")


@pytest.mark.parametrize(
    "error",
    ["#N/A", "#NV", "#DIV/0!", "#WERT!", "#BEZUG!", "#VALEUR!", "#NOM?", "#¡VALOR!", "#¿NOMBRE?", "Err:502", "#####"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_errors_of_spreadsheets_are_missing(file: Write, error: str, encoding: str) -> None:
    rows = [("1,5", "a"), (error, "b"), ("2,5", error), ("3,5", "a")]
    content = "\n".join(f"{x};{g}" for x, g in [("x", "g"), *rows])
    path = file(content.encode(encoding))
    how = {} if encoding != "cp1252" else {"encoding": encoding}
    with pytest.warns(
        sn.SheernetWarning, match=r"errors of a spreadsheet.*'x' \(1\) and 'g' \(1\)"
    ):
        table = sn.read_table(path, **how)
    assert cells(table, "x") == [1.5, None, 2.5, 3.5]
    assert cells(table, "g") == ["a", "b", None, "a"]


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!"])
def test_an_error_that_is_also_given_as_a_missing_value_is_in_its_cells(
    file: Write, error: str
) -> None:
    with pytest.warns(sn.SheernetWarning) as warned:
        sn.read_table(file(f"x,y\n{error},1\n2,3\n".encode()), missing_values=[error])
    assert [str(each.message).partition("; ")[2] for each in warned] == [
        "they are read as missing values"
    ]


def test_errors_as_text_of_a_sheet_are_missing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [1.5, "#NV", 2.5], "y": [1, 2, 3]})
    frame.to_excel(tmp_path / "x.xlsx", index=False)
    with pytest.warns(sn.SheernetWarning, match=r"in column 'x' .*: #NV in A3; "):
        assert cells(sn.read_table(tmp_path / "x.xlsx"), "x") == [1.5, None, 2.5]


def test_the_line_of_names_with_line_breaks_is_their_first(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text('Report of May\n\nday;"outer\ntemperature";wind\n' + "1;2,5;3\n" * 4)
    with pytest.warns(sn.SheernetWarning, match=r"line 3 of data\.csv is read as the names"):
        assert sn.read_table(path).columns == ("day", "outer temperature", "wind")
