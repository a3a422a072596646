"""The columns learned from shards are those that a table in memory teaches, whatever the cut."""

from __future__ import annotations

import datetime as dt
import itertools
import pickle
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.columns import Inputs, NumberColumn
from sheernet.data.shards import learn_shards
from sheernet.data.shards.held_out_rows import are_held_out
from sheernet.data.targets import NumberTargets, learn_targets
from sheernet.models.fitting.preparation import prepare
from sheernet.settings.table_settings import TableSettings

pytest.importorskip("pyarrow")

pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")

ROUNDING = 1e-14


def assert_same_number(found, wanted, unit):
    assert abs(found - wanted) <= ROUNDING * max(abs(wanted), unit), (found, wanted)


def assert_same_inputs(found, wanted, *, has_fractions=False):
    """Equal but for shifts and scales, which agree up to rounding."""
    assert found.names == wanted.names
    for column, other in zip(found.columns, wanted.columns, strict=True):
        if isinstance(column, NumberColumn):
            unit = max(abs(column.lowest), abs(column.highest))
            assert_same_number(column.shift, other.shift, unit)
            assert_same_number(column.scale, other.scale, other.scale)
            column = replace(column, shift=other.shift, scale=other.scale)
            if column.fill is not None and not column.missing_fraction:  # may be the mean
                assert column.lowest <= column.fill <= column.highest
                column = replace(column, fill=other.fill)
            elif has_fractions and column.fill is not None:  # a weighted median is rounded
                assert abs(column.fill - other.fill) <= 1e-12 * unit
                column = replace(column, fill=other.fill)
        assert column == other


def assert_same_targets(found, wanted):
    if isinstance(found, NumberTargets):
        for a, b, low, high in zip(
            found.shift, wanted.shift, wanted.lowest, wanted.highest, strict=True
        ):
            assert_same_number(a, b, max(abs(low), abs(high)))
        for a, b in zip(found.scale, wanted.scale, strict=True):
            assert_same_number(a, b, b)
        found = replace(found, shift=wanted.shift, scale=wanted.scale)
    assert found == wanted


def loaded(learned, part="training"):
    """The encoded rows of all shards."""
    parts = [source.load(part) for source in learned.sources]
    weights = None if parts[0][2] is None else np.concatenate([p[2] for p in parts])
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]), weights


def column_of(kind, n, rng):
    """A column of n rows, some of them alike or missing."""
    gaps = rng.random(n) < rng.choice([0.0, 0.0, 0.3])
    if kind == "floats":
        return pd.Series(np.where(gaps, np.nan, rng.normal(3, 10.0 ** rng.integers(-3, 4), n)))
    if kind == "whole":
        return pd.Series(rng.integers(0, 5, n)).astype("Int64").mask(gaps)
    if kind == "booleans":
        return pd.Series(rng.random(n) < 0.5, dtype="boolean").mask(gaps)
    if kind in ("dates", "zoned"):
        zone = "Europe/Berlin" if kind == "zoned" else None
        hours = rng.integers(0, rng.choice([20, 24 * 900]), n)
        stamps = pd.Timestamp("2020-06-01", tz=zone) + pd.to_timedelta(hours, "h")
        return pd.Series(stamps).mask(gaps)
    if kind == "times":
        hours = rng.integers(*[(9, 17), (0, 24)][rng.integers(2)], n)
        return pd.Series([dt.time(int(hour), 30) for hour in hours], dtype=object).mask(gaps)
    if kind == "text":
        labels = np.array(["red", "blue", " red", "Green", "unique"], dtype=object)
        return pd.Series(labels[rng.integers(0, 5, n)]).mask(gaps)
    if kind == "amounts":
        return pd.Series([f"{x:,.2f} $" for x in rng.normal(2000, 900, n)], dtype=object).mask(gaps)
    if kind == "names":
        return pd.Series([f"name {i}" for i in range(n)], dtype=object)
    if kind == "counts":
        return pd.Series(np.arange(n) + int(rng.integers(0, 3)))
    return pd.Series(np.full(n, 7.5))


KINDS = [
    "floats", "whole", "booleans", "dates", "zoned", "times", "text", "amounts", "names", "counts", "constant",
]  # fmt: skip


@st.composite
def cases(draw):
    """A table, the rows at which it is cut, its target and its settings."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(2, 60))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=6))
    frame = pd.DataFrame({f"{kind}{j}": column_of(kind, n, rng) for j, kind in enumerate(kinds)})
    target = draw(st.sampled_from(["floats", "text", "whole", "booleans"]))
    frame["y"] = column_of(target, n, rng)
    weights = draw(st.sampled_from([None, None, "whole", "any"]))
    if weights is not None:
        frame["w"] = rng.integers(0, 4, n) if weights == "whole" else rng.random(n)
    cuts = draw(st.lists(st.integers(1, n - 1), max_size=4, unique=True))
    given = {
        "missing": draw(st.sampled_from(["refuse", "impute", "drop"])),
        "scaling": draw(st.sampled_from(["standardize", "robust", "rms", "minmax", "maxabs", "none"])),
        "rare": draw(st.sampled_from([0.0, 0.01, 0.2])),
        "cycles": draw(st.sampled_from(["auto", "none"])),
        "task": draw(st.sampled_from(["auto", "classification"])),
    }  # fmt: skip
    if draw(st.booleans()) and "whole0" in frame:
        given["categories"] = ["whole0"]
    return frame, cuts, TableSettings(held_out=0, weights=None if weights is None else "w", **given)


def outcome(function):
    """The result, or the error as text."""
    try:
        return function(), ""
    except sn.InvalidInput as error:
        return None, str(error)


@given(case=cases())
@settings(max_examples=40, deadline=None)
def test_every_cut_teaches_what_the_table_in_memory_does(case):
    frame, cuts, choice = case
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore", sn.SheernetWarning)
        folder = Path(name)
        frame.to_parquet(folder / "whole.parquet")
        ends = [0, *sorted(cuts), len(frame)]
        for i, (start, stop) in enumerate(itertools.pairwise(ends)):
            frame[start:stop].to_parquet(folder / f"p-{i}.parquet")
        wanted, error = outcome(lambda: prepare(folder / "whole.parquet", "y", choice))
        found, other = outcome(
            lambda: learn_shards(sn.shards(str(folder / "p-*.parquet")), "y", choice)
        )
        assert bool(error) == bool(other), (error, other)
        if wanted is None:
            return
        fractions = "w" in frame and frame["w"].dtype == np.float64
        assert_same_inputs(found.inputs, wanted.inputs, has_fractions=fractions)
        assert_same_targets(found.targets, wanted.targets)
        X, y, w = loaded(found)
        assert found.n_training == len(X) == len(wanted.training.X)
        np.testing.assert_allclose(X, wanted.training.X, rtol=0, atol=1e-11)
        np.testing.assert_allclose(y, wanted.training.y, rtol=0, atol=1e-11)
        assert (w is None) == (wanted.training.weights is None)
        if w is not None:
            np.testing.assert_array_equal(w, wanted.training.weights)
            np.testing.assert_allclose(found.training_weight, w.sum(), rtol=1e-14)
        assert found.read_as.formats == wanted.read_as.formats


SETTINGS = {
    "plain": {},
    "weights": {"weights": "weight"},
    "robust": {"scaling": "robust", "weights": "weight"},
    "impute": {"missing": "impute", "weights": "weight"},
    "drop": {"missing": "drop", "weights": "weight"},
    "classes": {"task": "classification", "drop": ["score"]},
}


@pytest.mark.parametrize("choice", SETTINGS)
@pytest.mark.parametrize("target", ["score", "group"])
def test_with_held_out_rows_the_columns_are_those_of_the_training_rows(
    choice, target, scores, write_parts
):
    settings = {"drop": [], **SETTINGS[choice]}
    if choice == "classes":
        target = "books"
    if "missing" in settings:
        scores.loc[::17, ["hours", "day"]] = None
        scores.loc[::23, "group"] = None
    learned = learn_shards(
        sn.shards(write_parts(scores, [10, 11, 200])), target,
        TableSettings(held_out=0.3, **settings), seed=5,
    )  # fmt: skip
    assert learned.n_training + learned.n_evaluation == sum(
        len(s.load(part)[0]) for s in learned.sources for part in ("training", "evaluation")
    )
    usable = scores[scores[list(learned.sources[0].encoding.usable.needed)].notna().all(axis=1)]
    weights = learned.weights
    if weights is not None:
        usable = usable[usable[weights] > 0]
    held_out = are_held_out(0, 300, 0.3, seed=5)[usable.index]
    rows = np.flatnonzero(~held_out)
    table = sn.read_table(usable.reset_index(drop=True))
    w = None if weights is None else table.frame[weights].to_numpy(float)[rows]
    inputs = Inputs.learn(
        table, learned.inputs.names, rows, weights=w, scaling=learned.inputs.scaling, missing=learned.inputs.missing
    )  # fmt: skip
    assert_same_inputs(learned.inputs, inputs)
    task = settings.get("task", "auto")
    targets, _ = learn_targets(
        table, (target,), rows, weights=w, task=task, scaling=learned.inputs.scaling
    )
    assert_same_targets(learned.targets, targets)
    for part, chosen in (("training", rows), ("evaluation", np.flatnonzero(held_out))):
        X, y, _ = loaded(learned, part)
        np.testing.assert_allclose(X, inputs.encode(table.take(chosen)), rtol=0, atol=1e-12)
        truth = targets.truth(table.take(chosen))
        np.testing.assert_allclose(y, targets.encode(truth), rtol=0, atol=1e-12)


def test_the_rows_of_a_part_do_not_depend_on_the_files(scores, write_parts):
    choice = TableSettings(held_out=0.4)
    one = learn_shards(sn.shards(write_parts(scores, [], "one")), "score", choice, seed=1)
    four = learn_shards(
        sn.shards(write_parts(scores, [1, 90, 250], "four")), "score", choice, seed=1
    )
    assert 0 < one.n_evaluation == four.n_evaluation
    np.testing.assert_allclose(
        loaded(one, "evaluation")[1], loaded(four, "evaluation")[1], rtol=1e-12
    )


def test_the_bits_do_not_depend_on_the_order_in_which_shards_are_done(scores, write_parts):
    scores.loc[::7, "hours"] = None
    choice = TableSettings(missing="impute", scaling="robust", held_out=0.2)
    data = sn.shards(write_parts(scores, [3, 50, 51, 140, 260]))

    def backwards(function, shards):
        done = {shard.number: function(shard) for shard in reversed(shards)}
        return [done[number] for number in range(len(shards))]

    def pickled(function, shards):
        """Everything that a worker of another process would get and give."""
        function = pickle.loads(pickle.dumps(function))
        return [pickle.loads(pickle.dumps(function(pickle.loads(pickle.dumps(s))))) for s in shards]

    wanted = learn_shards(data, "score", choice)
    for mapper in (backwards, pickled):
        found = learn_shards(data, "score", choice, mapper=mapper)
        assert (found.inputs, found.targets) == (wanted.inputs, wanted.targets)
        assert [s.key for s in found.sources] == [s.key for s in wanted.sources]


CASES_OF_NOTICES = {
    "classes as numbers": {"y": [1.0, 2.0, 3.0] * 20},
    "one-hot targets": {"y": [0, 1] * 30, "y2": [1, 0] * 30},
    "a number without a name": {"Unnamed: 0": np.arange(60)},
    "a far value": {"t": [*np.arange(58) * 0.5 + 20.0, -999.0, -999.0]},
    "text that names rows": {"g": [f"name {i}" for i in range(60)]},
    "large numbers": {"t": 2**60 + 1000 * np.arange(60) ** 2},
    "durations": {"t": pd.to_timedelta(np.arange(60) ** 2, "s")},
    "times in order": {"t": pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(60), "D")},
    "filled values": {"t": [1.0, None, 4.0] * 20},
    "rare labels": {"g": ["red", "blue", "green"] * 19 + ["a", "b", "c"]},
}


@pytest.mark.parametrize("case", CASES_OF_NOTICES)
def test_the_notices_are_those_of_a_table_in_memory(case, write_parts):
    x = np.sin(np.arange(60.0))
    frame = pd.DataFrame({"x": x, "y": x**2, **CASES_OF_NOTICES[case]})
    targets = [name for name in frame if name.startswith("y")]
    choice = TableSettings(held_out=0, missing="impute")
    wanted = prepare(frame, targets, choice, folds=False)
    learned = learn_shards(sn.shards(write_parts(frame, [7, 20, 21, 43])), targets, choice)
    assert list(map(str, learned.notices)) == list(map(str, wanted.notices))
    assert len(learned.notices) > 0
    assert learned.read_as.formats == wanted.read_as.formats


@pytest.mark.parametrize("has_gap", [False, True])
def test_a_median_takes_further_passes_only_of_a_column_with_missing_values(has_gap, write_parts):
    x = np.arange(60.0) ** 2
    frame = pd.DataFrame({"x": x, "z": np.where(has_gap & (x == 9.0), np.nan, x), "y": x**0.5})
    passes = []

    def counted(function, shards):
        passes.append(function)
        return map(function, shards)

    data = sn.shards(write_parts(frame, [7, 20, 43]))
    learned = learn_shards(data, "y", TableSettings(held_out=0), mapper=counted)
    assert len(passes) == (6 if has_gap else 2)
    fills = {column.name: column.fill for column in learned.inputs.columns}
    assert fills["x"] == pytest.approx(x.mean(), rel=1e-12)
    assert fills["z"] == pytest.approx(np.nanmedian(frame["z"]) if has_gap else x.mean())


ERRORS = {
    "text among numbers": ({"t": ["1", "2", "x"] * 20}, {}),
    "text for regression": ({"y": ["a", "b", "c"] * 20}, {"task": "regression"}),
    "different labels": ({"g": [f"n {i}" for i in range(60)]}, {"inputs": ["g"]}),
    "one value": ({"y": [1.0] * 60}, {}),
    "no inputs": ({"x": [1.0] * 60}, {}),
    "missing values": ({"t": [1.0, None, 4.0] * 20}, {"missing": "refuse"}),
    "amounts of two units": ({"g": ["3 kg", "4 lb"] * 30}, {}),
    "missing targets": ({"y": [1.0, 2.0, None] * 20}, {"missing": "refuse"}),
    "marked targets": ({"y": [1.0, None] * 30}, {}),
    "targets marked by text": ({"y": ["x", None] * 30}, {}),
    "targets that are true": ({"y": [True, None] * 30}, {}),
    "no values": ({"t": [None] * 60}, {"inputs": ["t"]}),
    "lists": ({"t": [[1]] * 60}, {"inputs": ["t"]}),
    "negative weights": ({"w": [1.0, -1.0] * 30}, {"weights": "w"}),
    "infinite values": ({"t": [1.0, np.inf] * 30}, {}),
    "unknown target": ({"z": 1.0}, {"categories": ["q"]}),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_a_table_in_memory_cannot_be_fitted_to_is_refused(case, write_parts):
    columns, choice = ERRORS[case]
    x = np.sin(np.arange(60.0))
    frame = pd.DataFrame({"x": x, "y": x**2})
    for name, values in columns.items():
        frame[name] = values
    with pytest.raises(sn.InvalidInput) as wanted:
        prepare(frame, "y", TableSettings(held_out=0, **choice))
    data = sn.shards(write_parts(frame, [7, 20, 43]))
    with pytest.raises(sn.InvalidInput) as found:
        learn_shards(replace(data, source="the table"), "y", TableSettings(held_out=0, **choice))
    same = str(found.value) == str(wanted.value)
    assert same or case in ("negative weights", "infinite values"), str(found.value)
    assert str(found.value)[:40] == str(wanted.value)[:40]


DAYS = pd.Timestamp("2021-01-04") + pd.to_timedelta(np.arange(24), "D")
DATES = {
    "hours of two shards": [*(DAYS[:12] + pd.Timedelta("12h")), *(DAYS[12:] + pd.Timedelta("18h"))],
    "backwards": [*(DAYS[12:] + pd.Timedelta("18h")), *(DAYS[:12] + pd.Timedelta("12h"))],
    "weekdays of two shards": [DAYS[0], DAYS[7]] * 6 + [DAYS[8], DAYS[1] + pd.Timedelta("70D")] * 6,
    "one weekday": [DAYS[0] + pd.Timedelta(f"{7 * k}D") for k in range(24)],
    "years of two shards": [pd.Timestamp("2023-05-01")] * 12 + [pd.Timestamp("2020-02-01")] * 12,
    "winter and summer": pd.DatetimeIndex(
        [*DAYS[:12], *(DAYS[12:] + pd.Timedelta("170D"))], tz="Europe/Berlin"
    ),
    "winter": pd.DatetimeIndex(DAYS + pd.Timedelta("23h30min"), tz="Europe/Berlin"),
    "missing in a shard": [pd.NaT] * 12 + [day + pd.Timedelta("5h") * (day.day % 3) for day in DAYS[12:]],
    "a fill at another hour": [DAYS[0] + pd.Timedelta("3D") * (k % 2) for k in range(23)] + [pd.NaT],
}  # fmt: skip


@pytest.mark.parametrize("case", DATES)
def test_cycles_of_dates_in_several_shards(case, write_parts):
    y = np.sin(np.arange(24.0))
    frame = pd.DataFrame({"day": DATES[case], "y": y})
    if case == "a fill at another hour":
        # As many of each day: the median lies between them.
        frame = frame.iloc[1:].reset_index(drop=True)
    choice = TableSettings(held_out=0, missing="impute")
    wanted = prepare(frame, "y", choice)
    learned = learn_shards(sn.shards(write_parts(frame, [5, 12])), "y", choice)
    assert_same_inputs(learned.inputs, wanted.inputs)
    assert bool(learned.inputs.columns[0].cycles) == (case not in ("one weekday", "winter"))


def test_what_only_held_out_rows_have_is_known_and_told(scores, write_parts):
    held_out = np.flatnonzero(are_held_out(0, 300, 0.25, seed=0))
    scores["group"] = np.where(np.arange(300) % 2, "a", "b")
    scores.loc[held_out[0], "group"] = "alone"
    scores["constant"] = 1.0
    scores.loc[held_out[1], "constant"] = 2.0
    data = sn.shards(write_parts(scores, [100]))
    learned = learn_shards(data, "group")
    assert learned.targets.classes == ("a", "alone", "b")
    assert (
        "group: 1 class occurs in no training row, only in held-out rows, and cannot be learned: 'alone'"
        in learned.notices
    )
    assert learned.class_weights.tolist()[1] == 0.0
    assert "constant" not in learned.inputs.names
    assert any(
        str(n).startswith("'constant' has one value in the training rows") for n in learned.notices
    )
    as_input = learn_shards(data, "score")
    assert "alone" in as_input.inputs.columns[as_input.inputs.names.index("group")].rare


def test_filled_labels_are_rows_of_their_label(write_parts):
    group = ["a"] * 10 + ["b"] * 3 + [None] * 7
    frame = pd.DataFrame({"group": group, "y": np.sin(np.arange(20.0))})
    choice = TableSettings(held_out=0, missing="impute", rare=0.2)
    (column,) = learn_shards(sn.shards(write_parts(frame, [8])), "y", choice).inputs.columns
    assert (column.labels, column.rare) == (("a",), ("b",))  # 3 of 20 rows are less than 20 %


def test_a_column_with_one_value_in_the_usable_rows_is_left_out(write_parts):
    y = np.sin(np.arange(24.0))
    frame = pd.DataFrame({"x": y**2, "once": [1.0] * 12 + [2.0] * 12, "y": y})
    frame.loc[12:, "y"] = None
    choice = TableSettings(held_out=0, missing="drop")
    learned = learn_shards(sn.shards(write_parts(frame, [7, 15])), "y", choice)
    wanted = prepare(frame, "y", choice)
    assert learned.inputs.names == wanted.inputs.names == ("x",)
    assert any("in the rows that remain, 'once' is left out" in str(n) for n in learned.notices)
