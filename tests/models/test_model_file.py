"""docs/model-file.md is enough: its programs, cut out of it, predict what the model does; and it names every field.

Python runs always, C where a compiler is found, R where Rscript and jsonlite are, the spreadsheet's formulas in a small
evaluator of their own.
"""

from __future__ import annotations

import ast
import datetime
import functools
import json
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn

PAGE = Path(__file__).parents[2] / "docs" / "model-file.md"
TEXT = PAGE.read_text(encoding="utf-8")
LINES_FOR_NUMBERS, MOST_LINES = 18, 15
"""For the values of the targets and their standard deviations, beside the tables of functions."""
MOST_COLUMNS, MOST_LINES_OF_R = 100, 41
EXAMPLE_ROW, EXAMPLE_SCORE = {"hours": 6, "group": "night"}, 61.67317604115987
EXAMPLE_DEVIATION = 3.801153133154669


def section(title: str) -> str:
    """The text under a heading, up to the next."""
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)[1]


def programs(title: str, language: str) -> list[str]:
    """The code of a section."""
    return re.findall(rf"^```{language}\n(.*?)^```", section(title), re.MULTILINE | re.DOTALL)


EXAMPLE: dict[str, Any] = json.loads(programs("From a row to a prediction", "json")[0])
(SHORTEST,) = programs("In eighteen lines", "python")
(PYTHON,) = programs("Python", "python")
(R,) = programs("R", "r")
PASTED, OTHERS, NETWORK, SCORE, TRANSFORMED, PASTED_FACTORS, DEVIATION = programs("C", "c")
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
RSCRIPT = shutil.which("Rscript")


def code_lines(program: str) -> list[str]:
    """The lines of a program in Python or R without empty lines, comments and imports."""
    left_out = re.compile(r"\s*(#|import |from \w+ import |$)")
    return [line for line in program.splitlines() if not left_out.match(line)]


SPACE: dict[str, Any] = {}
exec(compile(PYTHON, str(PAGE), "exec"), SPACE)
SHORT: dict[str, Any] = {}
exec(compile(SHORTEST, str(PAGE), "exec"), SHORT)


class TestEighteenLines:
    def test_are_eighteen(self) -> None:
        assert sum(bool(line.strip()) for line in SHORTEST.splitlines()) == LINES_FOR_NUMBERS
        assert max(map(len, SHORTEST.splitlines())) <= 110
        inside = [node for node in ast.walk(ast.parse(SHORTEST)) if isinstance(node, ast.stmt)]
        assert len({node.lineno for node in inside}) == len(inside) == LINES_FOR_NUMBERS


class TestPython:
    def test_needs_only_numpy_beside_the_standard_library(self) -> None:
        imported = set(re.findall(r"^(?:import|from) (\w+)", PYTHON, re.MULTILINE))
        assert imported - sys.stdlib_module_names == {"numpy"}

    @pytest.mark.parametrize(
        "row", [{}, {"group": "day"}, {"hours": 6}, {"hours": 6, "group": "dusk"}]
    )
    def test_refuses_a_row_without_a_value_or_with_an_unknown_label(
        self, row: dict[str, Any]
    ) -> None:
        with pytest.raises((KeyError, TypeError)):
            SPACE["predict"](EXAMPLE, row)

    def test_runs_on_the_example(self) -> None:
        both = SPACE["predict"](EXAMPLE, EXAMPLE_ROW)
        assert np.ravel(both) == pytest.approx([EXAMPLE_SCORE, EXAMPLE_DEVIATION], rel=1e-14)
        assert f"`{both}`" in TEXT
        assert f"is {EXAMPLE_SCORE}." in TEXT
        assert f"standard deviation {EXAMPLE_DEVIATION}." in TEXT
        assert str((EXAMPLE_SCORE - 60) / 10)[:16] in TEXT


@pytest.mark.skipif(COMPILER is None, reason="no C compiler is here")
class TestC:
    def compiled(self, source: str, folder: Path, strictly: bool = True) -> Path:
        (folder / "model.c").write_text(source)
        flags = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror"]
        flags += [] if strictly else ["-Wno-unused-function"]
        program = folder / "model"
        subprocess.run(
            [COMPILER, *flags, "-o", program, folder / "model.c", "-lm"], check=True, timeout=60
        )
        return program

    def test_evaluates_in_at_most_seventeen_lines(self) -> None:
        assert NETWORK.startswith("static void network(")
        assert len(NETWORK.splitlines()) <= 17
        assert max(map(len, NETWORK.splitlines())) <= 120

    def test_runs_on_the_example(self, tmp_path: Path) -> None:
        main = (
            '#include <stdio.h>\nint main(void) { printf("%.17g", score(6, "night")); return 0; }\n'
        )
        program = self.compiled(PASTED + NETWORK + SCORE + main, tmp_path)
        done = subprocess.run([program], capture_output=True, check=True, timeout=60)
        assert float(done.stdout) == pytest.approx(EXAMPLE_SCORE, rel=1e-15)

    def test_computes_the_standard_deviation_in_few_lines(self) -> None:
        assert len(DEVIATION.splitlines()) <= 35
        assert max(map(len, DEVIATION.splitlines())) <= 120

    def test_gives_the_standard_deviation_of_the_example(self, tmp_path: Path) -> None:
        decoded = re.search(r"The score is `(.*?)`.* is `(.*?)`\.", section("C"))
        main = (
            "#include <stdio.h>\nint main(void) {\n"
            "const double x[] = {0.5, 0, 1}; double mean[1], deviation[1];\nmean_and_deviation(x, mean, deviation);\n"
            f'printf("%.17g %.17g", {decoded[1]}, {decoded[2]}); return 0; }}\n'
        )
        source = PASTED + NETWORK + SCORE + TRANSFORMED + PASTED_FACTORS + DEVIATION + main
        program = self.compiled(source, tmp_path, strictly=False)
        done = subprocess.run([program], capture_output=True, check=True, timeout=60)
        score, deviation = map(float, done.stdout.split())
        assert score == pytest.approx(EXAMPLE_SCORE, rel=1e-14)
        assert deviation == pytest.approx(EXAMPLE_DEVIATION, rel=1e-9)


@functools.cache
def jsonlite() -> bool:
    """Whether R and its package jsonlite are here."""
    if RSCRIPT is None:
        return False
    asked = [RSCRIPT, "-e", "stopifnot(requireNamespace('jsonlite'))"]
    return subprocess.run(asked, capture_output=True, check=False, timeout=60).returncode == 0


class TestR:
    def test_has_few_lines_beside_the_activations(self) -> None:
        lines = code_lines(R)
        first = next(i for i, line in enumerate(lines) if line.startswith("network <- "))
        assert len(lines) - first <= MOST_LINES_OF_R
        assert max(map(len, lines)) <= MOST_COLUMNS
        assert ";" not in R

    def test_refuses_a_row_without_a_value_or_with_an_unknown_label(self, tmp_path: Path) -> None:
        if not jsonlite():
            pytest.skip("no Rscript with jsonlite is here")
        (tmp_path / "model.json").write_text(json.dumps(EXAMPLE))
        (tmp_path / "evaluate.R").write_text(
            R + "try_row <- function(...)\n"
            '  cat(tryCatch(predict_row(list(...))$mean, error = conditionMessage), "\\n")\n'
            'try_row(hours = 6)\ntry_row(hours = NA, group = "day")\ntry_row(hours = 6, group = TRUE)\n'
        )
        done = subprocess.run(
            [RSCRIPT, "evaluate.R"],
            cwd=tmp_path,
            check=True,
            timeout=120,
            capture_output=True,
            text=True,
        )
        assert [line.strip() for line in done.stdout.splitlines()] == [
            "the row has no group",
            "the row has no hours",
            "the model does not know the group TRUE",
        ]


FUNCTIONS: dict[str, Any] = {
    "TANH": math.tanh, "EXP": math.exp, "LN": math.log, "ABS": abs, "MAX": max, "OR": lambda *a: any(a),
    "SIN": math.sin, "SINH": math.sinh, "PI": lambda: math.pi, "MOD": lambda x, p: x % p,
    "IF": lambda condition, yes, no: yes if condition else no,
}  # fmt: skip
FORMULAS = re.findall(r"^\| ([^|]+) \| `=([^`]+)`", section("Spreadsheet"), re.MULTILINE)


class TestSpreadsheet:
    def value(self, formula: str, cells: dict[str, Any]) -> Any:
        """What a spreadsheet shows for a formula: its operators are Python's but for the comparison and the power."""
        code = re.sub(r"(?<![<>=])=", "==", formula).replace("^", "**")
        return eval(code, {"__builtins__": {}}, {**FUNCTIONS, **cells})

    def formula(self, part: str) -> str:
        return dict(FORMULAS)[part]

    def test_gives_the_score_of_the_example(self) -> None:
        cells: dict[str, Any] = {"A2": 6, "B2": "night"}
        for cell, formula in FORMULAS[:7]:
            cells[cell] = self.value(formula, cells)
        assert (cells["C2"], cells["D2"], cells["E2"]) == (0.5, 0, 1)
        assert cells["I2"] == pytest.approx(EXAMPLE_SCORE, rel=1e-15)

    def test_has_the_other_parts(self) -> None:
        z = np.array([[0.5, -1.0, 2.0]])
        first = self.value(
            self.formula("`softmax`, first of three"),
            dict(zip(("W2", "X2", "Y2"), z[0], strict=True)),
        )
        assert first == pytest.approx(float(sn.activations.softmax.value(z)[0, 0]), rel=1e-14)
        filled = self.formula("number, with a missing value filled by 3")
        assert [self.value(filled, {"A2": a}) for a in (7, "")] == [1.0, -1.0]
        assert [self.value(self.formula("boolean"), {"A2": a}) for a in (True, False)] == [1, 0]
        rare = self.formula("rare label, beside `labels` day and night")
        assert [self.value(rare, {"A2": a}) for a in ("day", "night", "noon")] == [0, 0, 1]
        both = self.formula("class of two")
        assert [self.value(both, {"H2": p}) for p in (0.49, 0.5)] == ["no", "yes"]
        assert self.value(self.formula("two members"), {"H2": 1.0, "H3": 2.0}) == pytest.approx(1.4)

    def test_counts_days_as_the_file_does(self) -> None:
        date = self.formula("date, with shift 19800 and scale 365")
        serial = (np.datetime64("2024-03-01") - np.datetime64("1899-12-30")).astype(int)
        assert self.value(date, {"A2": int(serial)}) == pytest.approx((19783 - 19800) / 365)
        old = (np.datetime64("2024-03-01") - np.datetime64("1904-01-01")).astype(int)
        assert "write 24107 instead of 25569" in section("Spreadsheet").replace("\n", " ")
        assert int(serial) - 25569 == int(old) - 24107 == 19783

    @pytest.mark.parametrize(
        ("part", "period"),
        [
            ("weekday of a date; COS gives the cosine", 7),
            ("season of a date", 365.2425),
            ("hour of a date or a time of day", 1),
        ],
    )
    def test_has_the_cycles_of_days_since_1970(self, part: str, period: float) -> None:
        for day in (19783.0, 19783.4, 20001.75):
            found = self.value(self.formula(f"sine of the {part}"), {"A2": day + 25569})
            assert found == pytest.approx(math.sin(math.tau * day / period), abs=1e-9)

    def test_counts_hours_of_durations(self) -> None:
        cell = datetime.timedelta(hours=37, minutes=30) / datetime.timedelta(days=1)
        formula = self.formula("duration, or time of day without `cycles`")
        assert self.value(formula, {"A2": cell}) == pytest.approx((37.5 - 5) / 2, rel=1e-15)

    def test_transform_is_the_mean_of_the_distribution(self) -> None:
        """u is normal with the output as its mean: the mean of center + width sinh((u - shift) / slope)."""
        points, weights = np.polynomial.hermite_e.hermegauss(40)
        u = 0.9 + 0.2 * points
        mean = float(weights @ (1 + 2 * np.sinh((u - 0.5) / 0.8)) / weights.sum())
        known = "transform with center 1, width 2, shift 0.5, slope 0.8, and noise variance 0.04"
        assert self.value(self.formula(known), {"H2": 0.9}) == pytest.approx(mean, rel=1e-12)
        other = "the same, if the noise variance is `null` and the second output is K2"
        cells = {"H2": 0.9, "K2": math.log(0.04)}
        assert self.value(self.formula(other), cells) == pytest.approx(mean, rel=1e-12)


HEAD = r"\| field \| what it is \|\n\|---\|---\|\n"
TABLES = {
    title: re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)))
    for title, table in re.findall(
        rf"^([^|\n]*)\n\n{HEAD}((?:\|.*\n)+)", "\n" + section("Fields"), re.MULTILINE
    )
}
