"""Texts in the manner of instruments, loggers and weather services: titles, comments, units, times, no headers."""

from __future__ import annotations

import datetime
from typing import Any

from data.corpus.person import Case, rows

SKIP = ("skip", "comment", "header", "units")
T = datetime.datetime
TIMES = [T(2026, 3, 13, 14, minute) for minute in (0, 10, 20, 30)]
AIR = [5.25, 5.5, -1.75, 6.0]
RAIN = [0.0, 0.2, 1.4, 0.0]
WAVE = [400.0, 400.5, 401.0, 401.5]
SIGNAL = [0.0125, 0.5, 1.25, 0.75]
STAMPS = [f"2026-03-13 14:{minute:02}:00" for minute in (0, 10, 20, 30)]


def lines(*columns: list[Any], separator: str = ",") -> list[str]:
    """Return the lines of a table."""
    return [separator.join(map(str, values)) for values in zip(*columns, strict=True)]


def commas(values: list[float]) -> list[str]:
    """Return numbers with decimal commas."""
    return [str(value).replace(".", ",") for value in values]


def _loggers() -> list[Case]:
    weather = {"TIMESTAMP": TIMES, "AirTC_Avg": AIR, "Rain_mm_Tot": RAIN}
    toa = ['"TOA5","Station1","CR1000","12345","CR1000.Std.31","CPU:met.CR1","1337","Ten"',
           '"TIMESTAMP","RECORD","AirTC_Avg","Rain_mm_Tot"', '"TS","RN","Deg C","mm"', '"","","Avg","Tot"']  # fmt: skip
    data = [
        f'"{t}",{i},{a},{r}' for i, (t, a, r) in enumerate(zip(STAMPS, AIR, RAIN, strict=True), 100)
    ]
    record = {"RECORD": [100, 101, 102, 103]}
    nan = [data[0], data[1].replace("5.5", '"NAN"'), *data[2:]]
    hobo = [
        '"Plot Title: Station 1"',
        '"#","Date Time, GMT+01:00","Temp, °C (LGR S/N: 1, SEN S/N: 1)","Rain, mm"',
    ]
    hobo_data = [
        f"{i},03/13/26 02:{m:02}:00 PM,{a},{r}"
        for i, (m, a, r) in enumerate(zip((0, 10, 20, 30), AIR, RAIN, strict=True), 1)
    ]
    hobo_columns = {
        "#": [1, 2, 3, 4],
        "Date Time, GMT+01:00": TIMES,
        "Temp, °C (LGR S/N: 1, SEN S/N: 1)": AIR,
        "Rain, mm": RAIN,
    }
    return [
        Case("campbell_toa5.dat", rows(*toa, *data), weather | record, SKIP),
        Case("campbell_toa5_windows.dat", rows(*toa, *data, end="\r\n"), weather | record, SKIP),
        Case("campbell_nan.dat", rows(*toa, *nan), weather | record | {"AirTC_Avg": [5.25, None, -1.75, 6.0]}, SKIP),
        Case("hobo.csv", rows(*hobo, *hobo_data), hobo_columns, SKIP),
        Case("hobo_bom.csv", ("\ufeff" + rows(*hobo, *hobo_data, end="\r\n")).encode(), hobo_columns, SKIP),
        Case("logger_german.csv", rows("Datum;Uhrzeit;T_Luft [°C];Regen [mm]", *lines(["13.03.2026"] * 4, ["14:00", "14:10", "14:20", "14:30"], commas(AIR), commas(RAIN), separator=";")),
             {"Datum": [datetime.date(2026, 3, 13)] * 4, "T_Luft [°C]": AIR, "Regen [mm]": RAIN}, extra=1),
        Case("logger_units_row.csv", rows("time,air,rain", "s,degC,mm", *lines([0, 10, 20, 30], AIR, RAIN)), {"time": [0, 10, 20, 30], "air": AIR, "rain": RAIN}, ("units",)),
        Case("logger_units_row_first_empty.csv", rows("time;air;rain", ";°C;mm", *lines([0, 10, 20, 30], commas(AIR), commas(RAIN), separator=";")), {"time": [0, 10, 20, 30], "air": AIR, "rain": RAIN}, ("units",)),
        Case("logger_units_brackets.csv", rows("time,air,rain", "[s],[°C],[mm]", *lines([0, 10, 20, 30], AIR, RAIN)), {"time": [0, 10, 20, 30], "air": AIR, "rain": RAIN}, ("units",)),
        Case("logger_trailing_commas.csv", rows("time,air,rain,", *(f"{x}," for x in lines([0, 10, 20, 30], AIR, RAIN))), {"time": [0, 10, 20, 30], "air": AIR, "rain": RAIN}, extra=1),
        Case("logger_trailing_rows.csv", rows("time,air,rain", *(f"{x}," for x in lines([0, 10, 20, 30], AIR, RAIN))), {"time": [0, 10, 20, 30], "air": AIR, "rain": RAIN}),
        Case("logger_trailing_semicolons_header.csv", rows("time;air;rain;", *lines([0, 10, 20, 30], AIR, RAIN, separator=";")), {"time": [0, 10, 20, 30], "air": AIR, "rain": RAIN}, ("line", "header")),
        Case("logger_footer.csv", rows("time,air,rain", *lines([0, 10, 20, 30], AIR, RAIN), "End of file"), {"time": [0, 10, 20, 30], "air": AIR, "rain": RAIN}, ("line 6",)),
        Case("logger_iso_zone.csv", rows("time,air", *lines([t.replace(" ", "T") + "Z" for t in STAMPS], AIR)), {"time": TIMES, "air": AIR}),
        Case("logger_iso_offset.csv", rows("time,air", *lines([t.replace(" ", "T") + "+01:00" for t in STAMPS], AIR)), {"time": [t - datetime.timedelta(hours=1) for t in TIMES], "air": AIR}),
        Case("logger_slashes.csv", rows("time,air", *lines([t.replace("-", "/") for t in STAMPS], AIR)), {"time": TIMES, "air": AIR}),
        Case("logger_nanoseconds.csv", rows("ns,air", *lines([1773410400000000000 + 256 * i for i in range(4)], AIR)), {"ns": [1773410400000000000 + 256 * i for i in range(4)], "air": AIR}),
        Case("logger_milliseconds.csv", rows("ms,air", *lines([1773410400000 + 125 * i for i in range(4)], AIR)), {"ms": [1773410400000 + 125 * i for i in range(4)], "air": AIR}),
        Case("logger_microseconds.csv", rows("us,air", *lines([1773410400000000 + 125 * i for i in range(4)], AIR)), {"us": [1773410400000000 + 125 * i for i in range(4)], "air": AIR}),
    ]  # fmt: skip


def _spectra() -> list[Case]:
    spectrum = {"Wavelength": WAVE, "Intensity": SIGNAL}
    data = lines(WAVE, SIGNAL)
    tabs = lines(WAVE, SIGNAL, separator="\t")
    bare = {"#1": WAVE, "#2": SIGNAL}
    notes = ["Sample: water", "Operator: A. Nonymous", "Integration time: 100 ms", ""]
    return [
        Case("spectrum_plain.csv", rows("Wavelength,Intensity", *data), spectrum),
        Case("spectrum_title.csv", rows("Water at 20 degrees", "Wavelength,Intensity", *data), spectrum, SKIP),
        Case("spectrum_units.csv", rows("Wavelength,Intensity", "nm,counts", *data), spectrum, ("units",)),
        Case("spectrum_notes.csv", rows(*notes, "Wavelength,Intensity", *data), spectrum, SKIP),
        Case("spectrum_notes_tabs.txt", rows(*notes, "Wavelength\tIntensity", *tabs), spectrum, SKIP),
        Case("spectrum_notes_values.csv", rows("Sample,water", "Scans,16", "Wavelength,Intensity", *data), spectrum, SKIP),
        Case("spectrum_begin_marker.txt", rows("Spectrum 1", ">>>>>Begin Spectral Data<<<<<", *tabs), bare, SKIP),
        Case("spectrum_hash.csv", rows("# sample: water", "# scans: 16", "Wavelength,Intensity", *data), spectrum, SKIP),
        Case("spectrum_hash_header.csv", rows("# Wavelength,Intensity", *data), spectrum, SKIP),
        Case("spectrum_percent.txt", rows("% sample: water", "% Wavelength Intensity", *lines(WAVE, SIGNAL, separator=" ")), spectrum, SKIP),
        Case("spectrum_semicolon_comments.txt", rows("; sample: water", "Wavelength,Intensity", *data), spectrum, SKIP),
        Case("spectrum_comment_between.csv", rows("Wavelength,Intensity", *data[:2], "# lamp changed", *data[2:]), spectrum, SKIP),
        Case("spectrum_no_header.txt", rows(*tabs), bare, ("header",)),
        Case("spectrum_no_header_spaces.txt", rows(*lines(WAVE, SIGNAL, separator="   ")), bare, ("header",)),
        Case("spectrum_no_header_comma.csv", rows(*lines(commas(WAVE), commas(SIGNAL), separator=";")), bare, ("header",)),
        Case("spectrum_jcamp.jdx", rows("##TITLE=water", "##JCAMP-DX=4.24", "##DATA TYPE=UV-VIS", "##XYDATA=(X++(Y..Y))", *lines(WAVE, SIGNAL, separator=" "), "##END="), None, (*SKIP, "line", "CSV"), warned=True),
        Case("spectrum_german.csv", rows("Wellenlänge;Intensität", *lines(commas(WAVE), commas(SIGNAL), separator=";")).encode("cp1252"),
             {"Wellenlänge": WAVE, "Intensität": SIGNAL}),
        Case("spectrum_exponents.csv", rows("Wavelength,Intensity", *(f"{w:.6E},{s:.6e}" for w, s in zip(WAVE, SIGNAL, strict=True))), spectrum),
        Case("spectrum_fortran.txt", rows("Wavelength Intensity", *(f"{w:.6E} {s:.6e}".upper().replace("E", "D") for w, s in zip(WAVE, SIGNAL, strict=True))), spectrum, ("exponent", "D+", "number")),
        Case("spectrum_plus_signs.csv", rows("Wavelength,Intensity", *(f"+{w},+{s}" for w, s in zip(WAVE, SIGNAL, strict=True))), spectrum),
        Case("spectrum_minus_sign.csv", rows("x,y", "\u22121.5,2.5", "3.5,\u22124.5", "0.5,1.0"), {"x": [-1.5, 3.5, 0.5], "y": [2.5, -4.5, 1.0]}, ("minus", "\u2212")),
    ]  # fmt: skip


def _oscilloscopes() -> list[Case]:
    time = [-2e-06, -1e-06, 0.0, 1e-06]
    volts = [0.02, 0.04, -0.06, 0.1]
    data = [f"{t:.6e},{v:.4f}" for t, v in zip(time, volts, strict=True)]
    tek = ["Model,TBS1000", "Firmware Version,1.0", "", "Sample Interval,1E-06,s", "TIME,CH1"]
    lecroy = ["LECROYWS,1,Waveform", "Segments,1,SegmentSize,4", "Time,Ampl"]
    return [
        Case("scope_plain.csv", rows("TIME,CH1", *data), {"TIME": time, "CH1": volts}),
        Case("scope_units.csv", rows("x-axis,1", "second,Volt", *data), {"x-axis": time, "1": volts}, ("units",)),
        Case("scope_preamble.csv", rows(*tek, *data), {"TIME": time, "CH1": volts}, SKIP),
        Case("scope_segments.csv", rows(*lecroy, *data), {"Time": time, "Ampl": volts}, SKIP),
        Case("scope_side_header.csv", rows(*(f"{left},{row}" for left, row in zip(("Record Length,4,", "Sample Interval,1E-06,", ",,", ",,"), data, strict=True))), None, ("header", "line", "skip"), warned=True),
        Case("scope_overflow.csv", rows("TIME,CH1", data[0], "-1.000000e-06,9.9E37", *data[2:]), {"TIME": time, "CH1": [0.02, 9.9e37, -0.06, 0.1]}),
        Case("scope_no_header.csv", rows(*data), {"#1": time, "#2": volts}, ("header",)),
        Case("scope_spaces_after_commas.csv", rows("TIME, CH1", *(d.replace(",", ", ") for d in data)), {"TIME": time, "CH1": volts}),
    ]  # fmt: skip


def _weather() -> list[Case]:
    day = [datetime.date(2026, 3, d) for d in (11, 12, 13, 14)]
    dwd = rows(
        "STATIONS_ID;MESS_DATUM;QN_3;  TMK; RSK;eor",
        *(
            f"       3987;{d:%Y%m%d};   10; {a:5};{r:5};eor"
            for d, a, r in zip(day, AIR, RAIN, strict=True)
        ),
    )
    dwd_columns = {
        "STATIONS_ID": [3987] * 4,
        "MESS_DATUM": [20260311, 20260312, 20260313, 20260314],
        "QN_3": [10] * 4,
        "TMK": AIR,
        "RSK": RAIN,
        "eor": ["eor"] * 4,
    }
    knmi = [
        "# STN     = station",
        "# TG      = mean temperature in 0.1 degrees",
        "#",
        "# STN,YYYYMMDD,   TG",
    ]
    ghcn = [
        f"{s},{d:%Y-%m-%d},{a}"
        for s, d, a in zip(("UKM0001", "UKM0001", "UKM0002", "UKM0002"), day, AIR, strict=True)
    ]
    return [
        Case("weather_dwd.txt", dwd, dwd_columns),
        Case("weather_dwd_missing.txt", dwd.replace(" 5.25", " -999"), dwd_columns | {"TMK": [None, *AIR[1:]]}, given={"missing_values": [-999]}),
        Case("weather_knmi.txt", rows(*knmi, *(f"  260,{d:%Y%m%d},{int(10 * a):5}" for d, a in zip(day, AIR, strict=True))),
             {"STN": [260] * 4, "YYYYMMDD": [20260311, 20260312, 20260313, 20260314], "TG": [int(10 * a) for a in AIR]}, SKIP),
        Case("weather_stations.csv", rows("STATION,DATE,TAVG", *ghcn), {"STATION": ["UKM0001", "UKM0001", "UKM0002", "UKM0002"], "DATE": day, "TAVG": AIR}),
        Case("weather_fixed_width.txt", rows("Year Mon   Temp   Rain", *(f"2026 {d.day:3} {a:6.2f} {r:6.1f}" for d, a, r in zip(day, AIR, RAIN, strict=True))),
             {"Year": [2026] * 4, "Mon": [11, 12, 13, 14], "Temp": AIR, "Rain": RAIN}),
        Case("weather_met_office.txt", rows("Somewhere", "Location 1234E 5678N", "   yyyy  mm   tmax    rain", "              degC      mm", *(f"   2026 {d.day:3} {a:6.2f} {r:6.1f}" for d, a, r in zip(day, AIR, RAIN, strict=True))),
             {"yyyy": [2026] * 4, "mm": [11, 12, 13, 14], "tmax": AIR, "rain": RAIN}, (*SKIP, "line")),
        Case("weather_met_office_flags.txt", rows("yyyy mm tmax", "2026 1 5.5*", "2026 2 6.5", "2026 3 ---", "2026 4 7.5"),
             {"yyyy": [2026] * 4, "mm": [1, 2, 3, 4], "tmax": [5.5, 6.5, None, 7.5]}, ("tmax",), warned=True),
        Case("weather_wind_directions.csv", rows("dir,speed", "N,3.5", "NW,4.5", "NA,1.5", "S,2.0"), {"dir": ["N", "NW", None, "S"], "speed": [3.5, 4.5, 1.5, 2.0]}),
        Case("weather_times_of_day.csv", rows("day,time,air", *(f"{d},{h}:30,{a}" for d, h, a in zip(day, ("06", "12", "18", "23"), AIR, strict=True))), {"day": day, "air": AIR}, extra=1),
        Case("weather_month_names.csv", rows("month,air", *(f"{m},{a}" for m, a in zip(("Jan", "Feb", "Mar", "Apr"), AIR, strict=True))), {"month": ["Jan", "Feb", "Mar", "Apr"], "air": AIR}),
        Case("weather_degrees.csv", rows("day,air", *(f"{d},{a} °C" for d, a in zip(day, AIR, strict=True))), {"day": day, "air": AIR}),
        Case("weather_inequality.csv", rows("day,rain", "2026-03-11,<0.1", "2026-03-12,0.5", "2026-03-13,<0.1", "2026-03-14,2.5"), {"day": day, "rain": ["<0.1", "0.5", "<0.1", "2.5"]}),
        Case("weather_trace.csv", rows("day,rain", "2026-03-11,T", "2026-03-12,0.5", "2026-03-13,1.5", "2026-03-14,2.5"), {"day": day, "rain": ["T", "0.5", "1.5", "2.5"]}),
    ]  # fmt: skip


CASES = [*_loggers(), *_spectra(), *_oscilloscopes(), *_weather()]
