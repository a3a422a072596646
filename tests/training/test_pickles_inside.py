"""As test_pickles.py, by names that are not published."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import sheernet as sn
from both_engines import ENGINES
from sheernet.foundation.plain_data import plain
from training.test_pickles import MADE


def content(value: Any) -> Any:
    """All numbers and texts of an object."""
    if isinstance(value, sn.jobs.Fits):
        return [plain(run, "text") for run in value]
    return plain(value, "text")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", MADE)
def test_a_copy_has_the_same_content(name: str, engine: str) -> None:
    made = MADE[name](engine)
    for twin in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made)):
        assert type(twin) is type(made)
        if name != "Objective":
            assert content(twin) == content(made)
