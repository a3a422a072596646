"""As test_files_read_alike.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from models.test_files_read_alike import DIALECTS, _model, _quietly, _rows, _write
from sheernet.data.columns import require_columns
from sheernet.data.formats.cell_formats import CellFormat
from sheernet.data.formats.unit_names import are_alike
from sheernet.data.sources.table_reader import read_with_cells
from sheernet.data.tables.reading import Reading


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


def test_a_row_of_values_is_read_by_the_formats_of_the_model(tmp_path: Path) -> None:
    model = _model(tmp_path, ["1.008,5 €", "9.000 €", "7,1 €", "6,5 €"])
    assert model.reading.formats["x"] == CellFormat("number", ",", ".", after="€")
    assert model.predict({"x": "1.008,5 €"}) == model.predict({"x": 1008.5})
    assert any("'x' has numbers such as '1.234,5€'" in notice for notice in model.notices)


DEFAULTS: dict[str, tuple[dict[str, Any], dict[str, Any], str, int]] = {
    "skip": ({"skip": 2}, {"skip": 0}, "x,y\n1,2.5\n2,3.5\n", 2),
    "header": ({"header": "none"}, {"header": "auto"}, "x,y\n1,2.5\n2,3.5\n", 2),
    "units": ({"units": "yes"}, {"units": "auto"}, "x,y\nred,big\nblue,small\nblue,tiny\n", 3),
    "samples": ({"samples": "columns"}, {"samples": "rows"}, "x,y\n1,2.5\n2,3.5\n", 2),
    "missing values": ({"missing_values": [-9]}, {"missing_values": []}, "x,y\n-9,2.5\n2,3.5\n", 2),
    "dates": ({"dates": "day-first"}, {"dates": "auto"}, "x,y\n3/13/2026,2\n4/1/2026,3\n", 2),
    "comments": ({"comment": "REM"}, {"comment": "none"}, "x,y\nREM,2.5\n2,3.5\n", 2),
}
"""How a model's file was read, an argument that is given for another file, its text, and its number of rows."""


@pytest.mark.parametrize("name", DEFAULTS)
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_a_setting_that_is_given_wins_even_if_it_is_the_default(tmp_path: Path, name: str) -> None:
    fitted, given, text, n_rows = DEFAULTS[name]
    path, like = tmp_path / "next.csv", Reading(**fitted)
    path.write_text(text)
    plain = sn.read_table(path, **given)
    found = sn.read_table(path, **given, like=like)
    assert len(found) == n_rows
    assert found.frame.equals(plain.frame)
    kept = _read_or_refused(path, like)
    assert kept is None or not kept.frame.equals(plain.frame)  # the model's own reading differs


def _read_or_refused(path: Path, like: Reading) -> Any:
    try:
        return sn.read_table(path, like=like)
    except sn.InvalidInput:
        return None


@pytest.mark.parametrize(
    ("unit", "other"),
    [("V", "Volts"), ("°C", "deg C"), ("°C", "degrees Celsius"), ("m/s²", "m/s^2"), ("s", "sec"), ("l/min", "L/min"),
     ("µm", "μm"), ("%", "percent")],
)  # fmt: skip
def test_spellings_of_a_unit_are_alike_and_prefixes_are_not(unit: str, other: str) -> None:
    assert are_alike(unit, other)
    assert not are_alike(unit, f"m{other}")


@pytest.mark.parametrize(
    ("given", "needed", "ends"),
    [
        ("weight g", "weight kg", "(perhaps 'weight g' to 'weight kg')"),
        ("LEN_MM", "len_mm", "to 'len_mm')"),
        ("bath inside", "bath Inside", "to 'bath Inside')"),
    ],
)
def test_a_similar_name_is_proposed(given: str, needed: str, ends: str) -> None:
    with pytest.raises(sn.InvalidInput) as caught:
        require_columns(sn.read_table({given: [1.0]}), [needed])
    assert str(caught.value).endswith(ends)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_on_its_side_is_told(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"turned.{ending}"
    turned = pd.DataFrame([["temperature", 20, 30.5], ["load", 1, 2.5], ["note", 3, 4]])
    turned.columns = ["", "north", "south"]  # type: ignore[assignment]
    turned.to_csv(path, index=False) if ending == "csv" else turned.to_excel(path, index=False)
    said = (
        r"'load' and 'temperature', which .* has as cells of its first column; .*samples='columns'$"
    )
    with pytest.raises(sn.InvalidInput, match=said):
        require_columns(sn.read_table(path), ["load", "temperature"])
    with pytest.raises(sn.InvalidInput, match=r"'load' and 'speed', which .* does not have"):
        require_columns(sn.read_table(path), ["load", "speed"])
    require_columns(sn.read_table(path, samples="columns"), ["load", "temperature"])


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_lines_skipped_because_of_the_model_are_said(tmp_path: Path) -> None:
    path, like = tmp_path / "next.csv", Reading(skip=3)
    path.write_text("x,y\n" + "1,2.5\n" * 5)
    table = sn.read_table(path, like=like)
    assert table.reading.endswith("; the first 3 lines are skipped as in the file of the model")
    assert sn.read_table(path, skip=1, header="none").reading.endswith(
        "; the first line is skipped"
    )
    ask = "the first 3 lines are skipped as in the file of the model: give skip=0 if they belong"
    with pytest.raises(sn.InvalidInput, match=f"has no column 'x': .*; {ask}"):
        table.column("x")
    with pytest.raises(sn.InvalidInput, match=f"needs columns 'x' and 'y', which .*; {ask}"):
        require_columns(table, ["x", "y"])
    path.write_text("x,y\n1,2\n")
    with pytest.raises(sn.InvalidInput, match=f"; {ask}"):
        sn.read_table(path, like=like)
    with pytest.raises(sn.InvalidInput, match=r"skip fewer lines$"):
        sn.read_table(path, skip=3, like=like)


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_rows_of_a_workbook_skipped_because_of_the_model_are_said(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [("x", "y"), *[(i, i / 2) for i in range(6)]]:
        book.active.append(row)
    book.save(path := tmp_path / "next.xlsx")
    table = sn.read_table(path, like=Reading(skip=3))
    assert table.reading.endswith("; the first 3 rows are skipped as in the file of the model")
    with pytest.raises(sn.InvalidInput, match=r"the first 3 rows are skipped .* give skip=0"):
        require_columns(table, ["x", "y"])
    assert len(sn.read_table(path, skip=0, like=Reading(skip=3))) == 6
    with pytest.raises(sn.InvalidInput, match=r"is empty below row 9; .* give skip=0"):
        sn.read_table(path, like=Reading(skip=9))


@pytest.fixture(scope="module")
def of_no_names(tmp_path_factory: pytest.TempPathFactory) -> sn.Reading:
    path = tmp_path_factory.mktemp("nameless") / "data.txt"
    path.write_text("1.0 2.0 3.0\n4.0 5.0 6.5\n2.0 3.0 1.5\n")
    with pytest.warns(sn.SheernetWarning, match="has no names of columns"):
        return sn.read_table(path).read_as


@pytest.mark.parametrize(
    "text", ["1.5 2.5 3.5\n", " 1.5  2.5 3.5", "1.5,2.5,3.5\n", "# a\n1.5;2.5;3.5\n"]
)
def test_a_single_row_without_names_is_read_as_the_file_of_the_model_was(
    text: str, of_no_names: sn.Reading, tmp_path: Path
) -> None:
    path = tmp_path / "row.txt"
    path.write_text(text)
    with pytest.raises(
        sn.InvalidInput, match=r"below its header \(if it is a row, give header='none'"
    ):
        sn.read_table(path)
    expected = {"column_1": [1.5], "column_2": [2.5], "column_3": [3.5]}
    assert sn.read_table(path, header="none").frame.to_dict("list") == expected
    table, cells = read_with_cells(path, like=of_no_names)
    assert table.frame.to_dict("list") == expected
    assert cells.frame.to_numpy().tolist() == [["1.5", "2.5", "3.5"]]
