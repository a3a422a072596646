"""Laws of files: a row predicts the same alone, in chunks, in any order, and in any file that holds it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn

N = 48
DIALECTS = {"comma": (",", ".", ","), "semicolon": (";", ",", "."), "tab": ("\t", ".", "'")}
"""Separator of values, decimal mark and separator of thousands."""
HEADER = ("size", "price", "share", "count", "flag", "answer", "code", "zip", "day", "color", "y")


def _number(value: float, decimal: str, thousands: str) -> str:
    return f"{value:,.2f}".translate({ord(","): thousands, ord("."): decimal})


def _rows(dialect: str) -> list[tuple[str, ...]]:
    """Columns of every kind: numbers, thousands, percent, Booleans, labels like numbers, codes, dates, text."""
    _, decimal, thousands = DIALECTS[dialect]
    random = np.random.default_rng(7)
    return [
        (
            _number(random.uniform(0, 9), decimal, ""),
            f"{_number(random.uniform(200, 9000), decimal, thousands)} €",
            f"{random.integers(100)} %",
            str(random.integers(1, 5000)),
            ("true", "FALSE")[random.integers(2)],
            ("TRUE", "FALSE", "UNKNOWN")[i % 3],
            ("1.0", "1", "2.0", "A", "B", "C")[i % 6],
            ("01", "20", "30")[i % 3],
            f"2024-03-{1 + random.integers(28):02d}",
            ("red", "red ", 'blue "x"', "A, b; c")[i % 4],
            _number(random.uniform(1000, 9000), decimal, thousands),
        )
        for i in range(N)
    ]


def _write(path: Path, dialect: str, rows: Sequence[Sequence[str]]) -> Path:
    separator = DIALECTS[dialect][0]
    lines = [
        separator.join('"{}"'.format(cell.replace('"', '""')) for cell in row)
        for row in (HEADER, *rows)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _quietly(call: Callable[[], Any]) -> Any:
    with warnings.catch_warnings(action="ignore", category=sn.SheernetWarning):
        return call()


@pytest.fixture(scope="module", params=list(DIALECTS))
def fitted(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Three models of one file: numbers, two targets, and classes."""
    dialect, folder = request.param, tmp_path_factory.mktemp("alike")
    rows = _rows(dialect)
    path = _write(folder / "fit.csv", dialect, rows)
    shared: dict[str, Any] = {
        "hidden": 1, "starts": 1, "max_evaluations": 30, "categories": ["code"], "rare": 0,
        "decay": 0.1,
    }  # fmt: skip
    models = [
        _quietly(lambda target=target: sn.fit(path, target=target, **shared))
        for target in ("y", ["y", "price"], "answer")
    ]
    loaded = [sn.load(model.save(folder / f"{i}.json")) for i, model in enumerate(models)]
    for model, again in zip(models, loaded, strict=True):
        assert again.reading == model.reading
    whole = [np.asarray(_quietly(lambda model=model: model.predict(path))) for model in loaded]
    return dialect, folder, rows, loaded, whole


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_row_predicts_the_same_in_every_file_that_holds_it(
    fitted: Any, data: st.DataObject
) -> None:
    dialect, folder, rows, models, whole = fitted
    chosen = data.draw(st.lists(st.integers(0, N - 1), min_size=1, max_size=6))
    path = _write(folder / "some.csv", dialect, [rows[i] for i in chosen])
    for model, expected in zip(models, whole, strict=True):
        found = np.asarray(_quietly(lambda model=model: model.predict(path)))
        assert found.tolist() == expected[chosen].tolist()


def test_each_row_alone_and_in_another_order(fitted: Any) -> None:
    dialect, folder, rows, models, whole = fitted
    for i in range(N):
        path = _write(folder / "one.csv", dialect, [rows[i]])
        found = _quietly(lambda path=path: models[0].predict(path))
        assert found.tolist() == [whole[0][i]]
    path = _write(folder / "turned.csv", dialect, rows[::-1])
    assert _quietly(lambda: models[0].predict(path)).tolist() == whole[0][::-1].tolist()


def _model(folder: Path, cells: Sequence[str]) -> Any:
    path = folder / "fit.csv"
    values = "".join(f"{cell};{i}\n" for i, cell in enumerate(cells))
    path.write_text("x;y\n" + values, encoding="utf-8")
    return _quietly(
        lambda: sn.fit(path, target="y", hidden=0, starts=1, decay=0.1, rare=0, unseen="refuse")
    )


@pytest.mark.parametrize(
    ("fitted_to", "cell", "same"),
    [
        (["8,500", "9,25", "7,125", "6,5"], "8.500", None),
        (["8,500", "9,25", "7,125", "6,5"], "8,5", "8,500"),
        (["1.008,5", "9.000", "7,1", "6,5"], "8.500", "8500"),
        (["1.008,5", "9.000", "7,1", "6,5"], "8.5", None),
        (["8 €", "9 €", "7,1 €", "6 €"], "8,5 $", None),
        (["8 %", "9 %", "7,1 %", "6 %"], "8", None),
        (["1.5 mm", "9 mm", "7 mm", "2 mm"], "1,5 mm", None),
        (["TRUE", "FALSE", "TRUE", "FALSE"], "UNKNOWN", None),
        (["TRUE", "FALSE", "UNKNOWN", "FALSE"], "TRUE ", "TRUE"),
        (["2024-01-01", "2024-02-01", "2024-03-05", "2024-05-01"], "01.02.2024", "2024-02-01"),
        (["2024-01-01", "2024-02-01", "2024-03-05", "2024-05-01"], "01/02/2024", None),
    ],
)
def test_a_cell_is_read_by_the_marks_of_the_model_or_refused(
    tmp_path: Path, fitted_to: list[str], cell: str, same: str | None
) -> None:
    model = _model(tmp_path, fitted_to)
    path = tmp_path / "new.csv"

    def predict(text: str) -> list[float]:
        path.write_text(f"x;z\n{text};1\n", encoding="utf-8")
        return list(_quietly(lambda: model.predict(path)))

    if same is None:
        with pytest.raises(
            sn.InvalidInput, match=r"column 'x' of new\.csv has .* in data row 1, but the model"
        ):
            predict(cell)
    else:
        assert predict(cell) == predict(same)


def test_the_marks_of_another_file_can_be_given(tmp_path: Path) -> None:
    model = _model(tmp_path, ["1.008,5", "9.000", "7,1", "6,5"])
    path = tmp_path / "new.csv"
    path.write_text("x;z\n1.5;1\n8,000;1\n")
    table = sn.read_table(path, decimal=".", like=model.reading)
    assert table.frame["x"].tolist() == [1.5, 8000.0]


def test_missing_values_of_the_fit_are_missing_in_other_files(tmp_path: Path) -> None:
    path = tmp_path / "fit.csv"
    path.write_text("x,y\n" + "".join(f"{x},{y}\n" for y, x in enumerate([1.5, -999, 3, 2, 7])))
    table = sn.read_table(path, missing_values=[-999])
    model = _quietly(lambda: sn.fit(table, target="y", hidden=0, starts=1, missing="drop"))
    assert model.reading.missing_values == (-999,)
    path.write_text("x\n-999\n2\n")
    assert np.isnan(_quietly(lambda: model.predict(path))).tolist() == [True, False]


@pytest.mark.parametrize("cell", ["{} mm, or cm", "{}A{}", "item {}", "{},{},{}", "{}.{}.{}"])
def test_a_text_target_with_a_class_for_nearly_each_row_is_refused(cell: str) -> None:
    texts = [cell.format(i, i, i) for i in range(18)] + [cell.format(0, 0, 0)] * 2
    with pytest.raises(sn.InvalidInput, match="is text with 18 different values in 20 rows"):
        sn.fit({"x": list(range(20)), "y": texts}, target="y")


@pytest.mark.parametrize(
    "labels", [("TRUE", "FALSE"), ("1.0", "2"), ("007", "8"), ("2024-01-01", "x"), ("$5", "$6")]
)
def test_labels_of_a_table_in_memory_are_labels_in_files(
    tmp_path: Path, labels: tuple[str, str]
) -> None:
    values = [*labels, "other"] * 5
    model = _quietly(
        lambda: sn.fit(
            {"c": values, "y": np.arange(15.0) + 0.5}, target="y", hidden=0, starts=1, decay=0.1,
            categories=["c"],
        )
    )  # fmt: skip
    path = tmp_path / "new.csv"
    for label in labels:
        path.write_text(f"c,z\n{label},1\n")
        assert model.predict(path).tolist() == [model.predict({"c": label})]


@pytest.mark.parametrize("other", ["red ", " red", "\tred", "red\u00a0", "  red  ", "red\u3000"])
def test_labels_that_differ_by_spaces_are_one(other: str) -> None:
    colors = ["red", other, "blue", "blue", " red", "blue"] * 2
    model = _quietly(
        lambda: sn.fit(
            {"c": colors, "y": [1.5, 2, 3, 4, 5, 7] * 2}, target="y", hidden=0, starts=1, decay=0.1
        )
    )
    assert model.inputs.features == ("c=blue", "c=red")
    assert model.predict({"c": other}) == model.predict({"c": "red"})


ROWS = [f"{i},{i % 7}.5,{i % 3}.25" for i in range(12)]
GIVEN: dict[str, tuple[dict[str, Any], str, Callable[[str], bytes]]] = {
    "skip": ({"skip": 2}, "rig,4\na,b,c\nx,z,y\n", str.encode),
    "comment": ({"comment": "REM"}, "x,z,y\nREM,1,2\n", str.encode),
    "header": ({"header": "none"}, "", str.encode),
    "units": ({"units": "yes"}, "x,z,y\nfurlong,stone,hogshead\n", str.encode),
    "separator": ({"separator": ","}, "x,z,y\n", str.encode),
    "encoding": ({"encoding": "koi8-r"}, "x,z,ы\n", lambda text: text.encode("koi8-r")),
}  # fmt: skip
"""For each setting: its value, the first lines of a file that needs it, and how the file is encoded."""


@pytest.mark.parametrize("name", GIVEN)
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_a_setting_of_the_fit_is_kept_for_the_next_file(tmp_path: Path, name: str) -> None:
    options, top, encoded = GIVEN[name]
    path, following = tmp_path / "fit.csv", tmp_path / "next.csv"
    path.write_bytes(encoded(top + "\n".join(ROWS) + "\n"))
    following.write_bytes(encoded(top + "\n".join(ROWS[:5]) + "\n"))
    table = sn.read_table(path, **options)
    target = {"header": "column_3", "encoding": "ы"}.get(name, "y")
    model = sn.fit(table, target=target, hidden=1, starts=1, decay=0.1, max_evaluations=5)
    model = sn.load(model.save(tmp_path / "model.json"))
    assert getattr(model.reading, name) == getattr(table.read_as, name) == options[name]
    found = model.predict(following).tolist()
    assert found == model.predict(table.frame)[: len(found)].tolist()
    assert len(found) in (5, 6)


def test_a_setting_for_the_next_file_wins(tmp_path: Path) -> None:
    path, following = tmp_path / "fit.csv", tmp_path / "next.csv"
    path.write_text("title\n" * 3 + "x,y\n" + "1,2.5\n2,3.5\n")
    following.write_text("title\n" + "x,y\n" + "1,2.5\n2,3.5\n")
    like = sn.read_table(path, skip=3).read_as
    assert len(sn.read_table(following, skip=1, like=like)) == 2
    columns = tmp_path / "columns.csv"
    columns.write_text("x,1,2\ny,2.5,3.5\n")
    like = sn.read_table(path, skip=3, header="yes").read_as
    assert sn.read_table(columns, samples="columns", skip=1, like=like).columns == ("y",)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_settings_of_a_table_on_its_side_are_kept(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"turned.{ending}"
    turned = pd.DataFrame([["x", "stones", 1, 2, 3], ["y", "furlongs", 2.5, 3.5, 5]])
    plain: dict[str, Any] = {"index": False, "header": False}
    turned.to_csv(path, **plain) if ending == "csv" else turned.to_excel(path, **plain)
    table = sn.read_table(path, samples="columns", header="yes", units="yes")
    assert table.frame["y"].tolist() == [2.5, 3.5, 5]
    for how in ({}, {"samples": "columns"}):
        assert sn.read_table(path, like=table.read_as, **how).frame.equals(table.frame)


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("unit", "is_alike"),
    [("kPa", False), ("mbar", False), ("bar", True), ("[bar]", True), ("", True), ("-", True)],
)
def test_another_unit_in_the_row_of_units_is_refused(
    tmp_path: Path, suffix: str, unit: str, is_alike: bool
) -> None:
    def write(name: str, unit: str) -> Path:
        rows = [(x, 0.5 * x, 3 * x) for x in range(1, 9)]
        frame = pd.DataFrame([("s", unit, "V"), *rows], columns=["t", "p", "y"])
        path = tmp_path / f"{name}.{suffix}"
        frame.to_csv(path, index=False) if suffix == "csv" else frame.to_excel(path, index=False)
        return path

    table, other = _quietly(lambda: sn.read_table(write("fit", "bar"))), write("new", unit)
    model = sn.load(
        sn.fit(table, "y", hidden=0, decay=0.01, held_out=0).save(tmp_path / "model.json")
    )
    if is_alike:
        assert np.isfinite(_quietly(lambda: model.predict(other))).all()
        return
    with pytest.raises(sn.InvalidInput, match=rf"'p' \('{unit}' instead of 'bar'\); convert"):
        _quietly(lambda: model.predict(other))
    with pytest.raises(sn.InvalidInput, match="other units than the model was fitted to"):
        _quietly(lambda: sn.fit(table, "y", test=other, hidden=0, decay=0.01))


def test_files_read_in_parts_keep_their_units(tmp_path: Path) -> None:
    for name, unit in (("a", "bar"), ("b", "bar"), ("c", "kPa")):
        rows = "".join(f"{0.1 * k:.1f},{k}\n" for k in range(20))
        (tmp_path / f"{name}.csv").write_text(f"p,y\n{unit},V\n{rows}", encoding="utf-8")
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    model = _quietly(lambda: sn.fit(files, "y", hidden=0, decay=0.01))
    with pytest.raises(sn.InvalidInput, match="'kPa' instead of 'bar'"):
        _quietly(lambda: model.predict(tmp_path / "c.csv"))


def test_marks_and_dates_that_are_given_win_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "fit.csv"
    path.write_text("x;day\n1,5;13/3/2026\n2,25;14/3/2026\n")
    like = sn.read_table(path).read_as
    rows = {"x": ["1.5", "3.25"], "day": ["3/4/2026", "3/13/2026"]}
    table = sn.read_table(rows, decimal=".", dates="month-first", like=like)
    assert table.frame["x"].tolist() == [1.5, 3.25]
    assert [str(day.date()) for day in table.frame["day"]] == ["2026-03-04", "2026-03-13"]
    with pytest.raises(sn.InvalidInput, match="'3/13/2026' in data row 2"):
        sn.read_table({"day": rows["day"]}, like=like)


ROWS_OF_NUMBERS = np.random.default_rng(3).uniform(size=(30, 5)).round(3)


@pytest.mark.parametrize(
    ("target", "drop", "columns", "is_taken"),
    [
        ("column_5", [], [0, 1, 2, 3, 4], True),
        ("column_5", [], [0, 1, 2, 3], True),
        ("column_5", [], [1, 0, 1, 2, 3, 4], False),
        ("column_5", [], [0, 1, 2, 3, 4, 4], False),
        ("column_5", ["column_4"], [0, 1, 2, 3], True),
        ("column_5", ["column_1"], [0, 1, 2, 3], True),
        ("column_1", ["column_5"], [1, 2, 3, 4, 4], True),
        ("column_1", ["column_4", "column_5"], [1, 2, 3, 4], False),
    ],
)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_a_file_without_names_has_as_many_columns_as_the_model(
    tmp_path: Path, target: str, drop: list[str], columns: list[int], is_taken: bool, form: str
) -> None:
    def write(name: str, rows: Any) -> Path:
        path = tmp_path / f"{name}.{form}"
        frame = pd.DataFrame(rows)
        if form == "csv":
            frame.to_csv(path, header=False, index=False)
        else:
            pytest.importorskip("openpyxl")
            frame.to_excel(path, header=False, index=False)
        return path

    table = sn.read_table(write("fit", ROWS_OF_NUMBERS), header="none")
    model = sn.fit(table, target, drop=drop, hidden=0, starts=1, decay=0.1)
    model = sn.load(model.save(tmp_path / "model.json"))
    path = write("new", ROWS_OF_NUMBERS[:, columns])
    if is_taken:
        assert len(model.predict(path)) == len(ROWS_OF_NUMBERS)
        return
    match = rf"new\.{form} has {len(columns)} columns, but the model was fitted to 5; they have no names"
    for source in (path, sn.read_table(path, header="none")):
        with pytest.raises(sn.InvalidInput, match=match):
            model.predict(source)


IN_MEMORY: dict[str, tuple[list[str], list[Any]]] = {
    "thousands": (["1,499", "2,750.5", "980"], [1499.0, 2750.5, 980.0]),
    "currency": (["$12", "$7.50", "$1,130"], [12.0, 7.5, 1130.0]),
    "percent": (["38 %", "7.5 %", "12 %"], [38.0, 7.5, 12.0]),
    "decimals": (["1.5", "2.25", "3"], [1.5, 2.25, 3.0]),
    "commas": (["1,5", "2,25", "3,125"], [1.5, 2.25, 3.125]),
}
"""Text in memory, and the numbers that it is read as."""


@pytest.mark.parametrize("name", IN_MEMORY)
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_text_in_memory_is_read_as_in_files(tmp_path: Path, name: str) -> None:
    texts, values = IN_MEMORY[name]
    columns = {"x": texts * 4, "y": [float(i % 5) for i in range(12)]}
    shared: dict[str, Any] = {
        "target": "y",
        "hidden": 1,
        "starts": 1,
        "decay": 0.1,
        "max_evaluations": 9,
    }
    model = sn.fit(columns, **shared)
    assert sn.read_table(columns).frame["x"].tolist() == values * 4
    expected = sn.fit({**columns, "x": values * 4}, **shared).predict({"x": values})
    path = tmp_path / "new.csv"
    path.write_text("x;z\n" + "".join(f"{text};1\n" for text in texts))
    for source in ({"x": texts}, {"x": values}, path):
        assert model.predict(source).tolist() == expected.tolist()


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_dates_that_are_text_in_memory_are_dates() -> None:
    days = [f"{day:02d}.03.2026" for day in range(1, 29)]
    table = sn.read_table({"day": days, "y": list(range(28))})
    assert table.kind("day") == "date"
    assert "dates with the day first" in table.reading


def test_text_of_whole_numbers_in_memory_stays_labels() -> None:
    assert sn.read_table({"x": ["1", "2", "3"] * 9}).kind("x") == "category"
    with pytest.warns(
        sn.SheernetWarning, match="its 30 different values are whole numbers, such as '0'"
    ):
        sn.read_table({"x": list(map(str, range(30)))})
    with pytest.warns(sn.SheernetWarning, match="the comma of '1,234' may be a decimal mark or"):
        assert sn.read_table({"x": ["1,234", "5,678"]}).kind("x") == "category"
    assert sn.read_table({"x": ["1,234", "5,678"]}, decimal=".").frame["x"].tolist() == [1234, 5678]


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize("text", ["5.040", "5,040"])
def test_text_with_a_doubtful_mark_is_no_number_of_a_model(tmp_path: Path, text: str) -> None:
    """The model was fitted to cells of numbers, so it keeps no marks."""
    pytest.importorskip("openpyxl")
    numbers = {"area": [900.0, 2000.0, 9000.0, 4000.0] * 5, "y": [0.9, 2.0, 9.0, 4.0] * 5}
    model = sn.fit(numbers, "y", hidden=0, starts=1, held_out=0, max_iter=20)
    mark = text[1]
    path = tmp_path / "new.xlsx"
    pd.DataFrame({"area": [text, text]}).to_excel(path, index=False)
    said = f"'area' of .* must hold numbers, but the .* of '{text}' may .* thousands='{mark}'"
    for table in (path, {"area": [text, text]}):
        with pytest.raises(sn.InvalidInput, match=said):
            model.predict(table)
    for how, value in (({"decimal": mark}, 5.04), ({"thousands": mark}, 5040)):
        assert sn.read_table(path, like=model.reading, **how).frame["area"].tolist() == [value] * 2


@pytest.fixture(scope="module")
def of_no_names(tmp_path_factory: pytest.TempPathFactory) -> sn.Reading:
    path = tmp_path_factory.mktemp("nameless") / "data.txt"
    path.write_text("1.0 2.0 3.0\n4.0 5.0 6.5\n2.0 3.0 1.5\n")
    with pytest.warns(sn.SheernetWarning, match="has no names of columns"):
        return sn.read_table(path).read_as


def test_a_single_column_without_names_is_a_sample(of_no_names: sn.Reading, tmp_path: Path) -> None:
    path = tmp_path / "column.txt"
    path.write_text("1.5\n2.5\n3.5\n")
    table = sn.read_table(path, samples="columns", like=of_no_names)
    assert table.frame.to_dict("list") == {"column_1": [1.5], "column_2": [2.5], "column_3": [3.5]}
