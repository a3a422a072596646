"""Every result becomes JSON's own types."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sheernet.foundation.plain_data import plain
from sheernet.foundation.sentences import Setting, sentence


@dataclass(frozen=True)
class Point:
    x: float
    names: tuple[str, ...]


def test_dataclasses_arrays_and_mappings() -> None:
    value = {1: Point(np.float64(0.5), ("a", "b")), "m": np.eye(2, dtype=int), "p": Path("x")}
    expected = {"1": {"x": 0.5, "names": ["a", "b"]}, "m": [[1, 0], [0, 1]], "p": "x"}
    assert plain(value) == expected
    assert json.loads(json.dumps(plain(value))) == expected


def test_sentences_become_plain_text() -> None:
    assert type(plain(sentence("{} is 1", Setting("starts")))) is str


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("null", [None, None]), ("text", ["inf", "nan"]), ("keep", [np.inf, np.nan])],
)
def test_numbers_that_json_does_not_have(rule: str, expected: list[object]) -> None:
    np.testing.assert_equal(plain(np.array([np.inf, np.nan]), rule), expected)
