"""Tables of three to eight rows, many of which are fitted exactly: each fit ends, with readable figures."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import sheernet as sn

WHOLE = st.integers(0, 9)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """One to three inputs, and a target of whole numbers, of two values, of a line, of classes or of one odd row."""
    n = draw(st.integers(3, 8))
    columns = {
        f"x{k}": draw(st.lists(WHOLE, min_size=n, max_size=n))
        for k in range(draw(st.integers(1, 3)))
    }
    first = columns["x0"]
    targets = {
        "whole": st.lists(st.integers(0, 50), min_size=n, max_size=n),
        "two": st.lists(st.sampled_from([0, 1]), min_size=n, max_size=n),
        "line": st.just([2 * x + 1 for x in first]),
        "classes": st.lists(st.sampled_from("ab"), min_size=n, max_size=n),
        "separated": st.just(["a" if x < 5 else "b" for x in first]),
        "odd": st.just([0] * (n - 1) + [50]),
    }
    return pd.DataFrame({**columns, "y": draw(targets[draw(st.sampled_from(sorted(targets)))])})


@given(tables())
@example(pd.DataFrame({"b": [1, 35, 1], "c": [0, 15, 49], "y": [49, 0, 0]}))
@example(pd.DataFrame({"x0": [1, 4, 2, 7, 3, 9, 5], "y": [0, 0, 0, 0, 0, 0, 50]}))
@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_tiny_table_is_refused_or_fitted_with_readable_figures(frame: pd.DataFrame) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sn.SheernetWarning)
        try:
            model = sn.fit(frame, "y")
        except sn.InvalidInput:
            return
        predicted = model.predict(frame)
        report = model.report()
    if model.task == "regression":
        assert np.isfinite(predicted).all()
    assert not re.search(r"e[+]|\d{8}|\bnan\b|\binf\b", report)
