"""Durations are hours, however they are written."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

HOURS = [1.0, 30.0, 2.5, 26.0]


@pytest.mark.parametrize(
    "column",
    [
        pd.to_timedelta(HOURS, unit="h"), np.array([60, 1800, 150, 1560], "m8[m]"),
        [datetime.timedelta(hours=h) for h in HOURS], ["1:00:00", "30:00:00", "2:30:00", "26:00:00"],
        [datetime.time(1), datetime.timedelta(hours=30), datetime.time(2, 30), datetime.timedelta(hours=26)],
        pd.Series(pd.to_timedelta(HOURS, unit="h")).astype("category"),
    ],
    ids=str,
)  # fmt: skip
def test_tables_in_memory_hold_hours(column: Any) -> None:
    table = sn.read_table({"t": column})
    assert table.kind("t") == "number"
    assert table.frame["t"].tolist() == HOURS
    assert table.formats["t"].kind == "duration"


def test_missing_ones_are_missing() -> None:
    table = sn.read_table({"t": pd.to_timedelta([1.0, None], unit="h"), "u": ["27:30", None]})
    assert table.frame["t"].isna().tolist() == table.frame["u"].isna().tolist() == [False, True]


QUICK: dict[str, Any] = {"hidden": 0, "decay": 0.0, "starts": 1, "held_out": 0}


def durations(rows: int = 30) -> tuple[list[float], list[str]]:
    """Distances, and times for them: 3 hours and 0.75 for each unit."""
    x = [float(i) for i in range(rows)]
    return x, [f"{int(3 + 0.75 * i)}:{int(60 * (0.75 * i % 1)):02d}:00" for i in range(rows)]


@pytest.mark.filterwarnings("ignore:the statistics of held-out rows")
class TestModels:
    def test_read_minutes_and_seconds_without_a_fraction_as_such(self, tmp_path: Any) -> None:
        """The minutes of 02:30 are those of the fit, although another file of 02:30 has hours."""
        rows = "".join(f"{k // 2}:{30 * (k % 2):02d}.5,{30 * k + 0.5}\n" for k in range(1, 30))
        path = tmp_path / "runs.csv"
        path.write_text(f"t,y\n{rows}")
        with pytest.warns(sn.SheernetWarning, match="'t' has durations, read as hours"):
            model = sn.fit(path, "y", **QUICK)
        loaded = sn.load(model.save(tmp_path / "model.json"))
        assert loaded.predict({"t": ["02:30"]}) == pytest.approx(150.0)

    def test_predict_hours_and_say_so(self, tmp_path: Any) -> None:
        x, times = durations()
        x = x[1:] + x[:1]  # no row numbers
        times = times[1:] + times[:1]
        path = tmp_path / "runs.csv"
        path.write_text("x,time\n" + "".join(f"{a},{b}\n" for a, b in zip(x, times, strict=True)))
        with pytest.warns(sn.SheernetWarning, match="'time' has durations, read as hours"):
            model = sn.fit(path, "time", **QUICK)
        assert model.predict({"x": [2.0]}) == pytest.approx(4.5)
        loaded = sn.load(model.save(tmp_path / "model.json"))
        assert loaded.score({"x": [1.0, 28.0], "time": ["3:45:00", "24:00:00"]}) == pytest.approx(1)

    def test_keep_short_durations_apart_from_times_of_day(self) -> None:
        x, times = durations()
        with pytest.warns(sn.SheernetWarning, match="'time' has durations"):
            model = sn.fit({"time": pd.to_timedelta(times), "y": x}, "y", **QUICK)
        assert model.predict({"time": ["4:30:00"]}) == pytest.approx(2.0)
        assert model.predict({"time": [datetime.timedelta(hours=4.5)]}) == pytest.approx(2.0)
        with pytest.raises(
            sn.InvalidInput, match="'soon' in data row 1, but the model was fitted to durations"
        ):
            model.predict({"time": ["soon"]})

    @pytest.mark.filterwarnings("ignore:'time' has durations")
    def test_refuse_bare_numbers_of_a_text_file(self, tmp_path: Any) -> None:
        x, times = durations()
        model = sn.fit({"time": times, "y": x}, "y", **QUICK)
        path = tmp_path / "new.csv"
        path.write_text("time,y\n4.5,2\n3.75,1\n")
        with pytest.raises(
            sn.InvalidInput, match=r"'4.5' in data row 1, but .* fitted to durations"
        ):
            model.score(path)

    @pytest.mark.filterwarnings("ignore:'time' has durations")
    def test_warn_of_bare_numbers_of_a_sheet(self, tmp_path: Any) -> None:
        pytest.importorskip("openpyxl")
        x, times = durations()
        model = sn.fit({"time": times, "y": x}, "y", **QUICK)
        path = tmp_path / "new.xlsx"
        pd.DataFrame({"time": [4.5, 24.0], "y": [2.0, 28.0]}).to_excel(path, index=False)
        with pytest.warns(sn.SheernetWarning, match="but the model was fitted to durations"):
            assert model.score(path) == pytest.approx(1.0)

    def test_warn_of_durations_in_place_of_numbers(self, tmp_path: Any) -> None:
        x, _ = durations(60)
        numbers = sn.fit(
            {"time": [3 + 0.75 * i for i in x], "y": [i + 0.5 for i in x]}, "y", **QUICK
        )
        path = tmp_path / "new.csv"
        path.write_text("time,y\n27:00:00,32.5\n3:45:00,1.5\n")
        with pytest.warns(sn.SheernetWarning, match="fitted to numbers without a unit"):
            assert numbers.score(path) == pytest.approx(1.0)

    @pytest.mark.filterwarnings("ignore:'finish' has times of day")
    def test_predict_times_of_day_as_hours(self) -> None:
        x = [1.0, 5.0, 2.0, 4.0, 3.0, 0.0]
        table = {"x": x, "finish": [f"{int(i)}:30:00" for i in x]}
        with pytest.warns(sn.SheernetWarning, match="target 'finish' .* are predicted as hours"):
            model = sn.fit(table, "finish", **QUICK)
        assert model.predict({"x": [3.0]}) == pytest.approx(3.5)

    @pytest.mark.filterwarnings("ignore:'t' has times of day")
    def test_of_times_of_day_name_the_setting_for_durations(self) -> None:
        x = [1.0, 23.0, 2.0, 12.0, 3.0, 0.0]
        table = {"t": [f"{int(i)}:30" for i in x], "y": [2.5 * i for i in x]}
        with pytest.warns(sn.SheernetWarning, match="give cycles='none' if they are durations"):
            sn.fit(table, "y", **QUICK)
        model = sn.fit(table, "y", cycles="none", **QUICK)
        assert model.predict({"t": ["3:30"]}) == pytest.approx(7.5)
