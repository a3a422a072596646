"""As test_exercises_page.py, by names that are not published."""

from __future__ import annotations

import re

from sheernet.teaching.grading.grader import LESSONS
from teaching.grading.test_exercises_page import TEXT


def test_its_table_has_the_parts_of_each_lesson() -> None:
    for number, parts in LESSONS.items():
        (row,) = re.findall(rf"^\| {number} \| ([^|]*) \|", TEXT, re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", row)) == set(parts)
