"""The report as one HTML file: complete, safe, small, and true about the run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from sheernet.apps.html_report import report_document
from sheernet.apps.html_report.example_rows import example_rows
from sheernet.apps.html_report.recorded_run import MOST_FRAMES, recorded_run
from sheernet.apps.html_report.report_document import IMPORTANCE_POINTS
from sheernet.foundation.caller_warnings import gathered
from sheernet.models.fitting import fit_prepared, prepare
from sheernet.settings.fit_settings import FitSettings

EVIL = "</script><b>&'\""
"""A name of a column that would end an element or an attribute if it were not escaped."""


def fitted(table: dict, target: str | list[str] = "y", **settings):
    """A model of one network that kept its iterates, its table and its encoded rows."""
    given = {"hidden": (3,), "decay": 1e-3, "method": "bfgs", "starts": 1, "max_iter": 30}
    chosen = FitSettings.of({**given, **settings, "keep_path": True})
    rows = sn.read_table(table)
    prepared = prepare(rows, target, chosen.rows)
    return fit_prepared(prepared, chosen), rows, prepared.training


def table_of(columns: int, names: tuple[str, ...] = ("a", "b", "c"), rows: int = 40) -> dict:
    X = np.random.default_rng(columns).normal(size=(rows, columns))
    return {names[j]: X[:, j] for j in range(columns)} | {"y": np.sin(X).sum(axis=1)}


class Elements(HTMLParser):
    """All elements with their attributes, and the text of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def two():
    return fitted(table_of(2, ("a", EVIL)))


@pytest.fixture(scope="module")
def page(two) -> str:
    model, table, rows = two
    return report_document(model, table=table, rows=rows, pictures={"cost": b"PNG"})


def run_of(page: str) -> dict:
    found = re.search(r"id='run-data'>(.*?)</script>", page)
    assert found
    return json.loads(found[1])


def test_the_page_asks_nothing_of_another_host_and_its_policy_allows_its_one_script(
    page: str,
) -> None:
    elements = Elements(page)
    for tag, attributes in elements.found:
        assert tag not in ("link", "iframe", "object", "base", "form"), tag
        for name in ("src", "href"):
            assert (attributes.get(name) or "data:").startswith("data:")
    (policy,) = (
        attributes["content"] for _, attributes in elements.found if "http-equiv" in attributes
    )
    assert policy.startswith("default-src 'none'; ")
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.endswith(f"script-src 'sha256-{digest}'")
    assert "http" not in script.replace("http://www.w3.org/2000/svg", "")


def test_names_of_columns_are_text(page: str) -> None:
    elements = Elements(page)
    assert EVIL in elements.text
    assert all(tag != "b" for tag, _ in elements.found)
    assert page.count("<script") == 2  # the data and the program


def test_the_answer_comes_first_and_everything_of_the_report_is_there(two, page: str) -> None:
    model, *_ = two
    text = Elements(page).text
    places = [
        text.index(part)
        for part in ("Answer", "Predictions", "Importance", "Pictures", "Run", "Network", "Details")
    ]
    assert places == sorted(places)
    for word in model.report(verbose=True).split():
        if word != "|":
            assert word.strip("-") in text, word


def test_the_importance_is_that_of_the_model(two, page: str) -> None:
    model, table, _ = two
    found = model.importance(table, points=IMPORTANCE_POINTS)
    assert found.text() in Elements(page).text
    one, its_table, _ = fitted(table_of(1))
    assert "<h2>Importance" not in report_document(one, table=its_table)


def test_names_of_targets_that_look_like_ends_of_intervals_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=40)
    table = {"x": x, "y": x + 0.1 * rng.normal(size=40), "y_lower": 5.0 - x}
    model, rows, _ = fitted(table, ["y", "y_lower"])
    _, (heads, *lines) = example_rows(model, rows)
    assert heads == [
        "row", "y, true", "predicted", "interval", "y_lower, true", "predicted", "interval", "x"
    ]  # fmt: skip
    for row, true, _, interval, *_ in lines:
        lower, upper = (float(end.replace("\u2212", "-")) for end in interval.split(" to "))
        assert lower < upper
        assert abs((lower + upper) / 2 - x[int(row) - 1]) < 0.5, true


def test_the_pictures_are_those_given(page: str) -> None:
    images = [attributes for tag, attributes in Elements(page).found if tag == "img"]
    assert [image["alt"] for image in images] == ["The cost over the iterations"]
    assert images[0]["src"] == "data:image/png;base64," + base64.b64encode(b"PNG").decode()


def test_the_run_holds_weights_predictions_and_costs_of_its_iterates(two, page: str) -> None:
    model, *_ = two
    run = run_of(page)
    record = model.record
    assert run["iterations"] == record.iteration.tolist()
    assert run["objectives"] == pytest.approx(record.objective, rel=1e-3)
    shares = np.frombuffer(base64.b64decode(run["weights"]["codes"]), dtype=np.int8)
    weights = shares.reshape(record.path.shape) / 127 * run["weights"]["largest"]
    assert np.abs(weights - record.path).max() <= 1.01 * run["weights"]["largest"] / 127
    assert np.all(np.sign(shares.reshape(record.path.shape)) == np.sign(record.path))
    picture = run["picture"]
    codes = np.frombuffer(base64.b64decode(picture["codes"]), dtype=np.uint8)
    a, b = (np.array(axis) for axis in picture["axes"])
    shown = codes.reshape(len(record), len(b), len(a)) / 255 * (picture["high"] - picture["low"])
    for k in (0, len(record) - 1):
        network = replace(model.network, theta=record.path[k])
        of_iterate = replace(
            model, members=(replace(model.leading, network=network, factor=np.zeros(0)),)
        )
        inside = b[3:-3]  # the axes are longer than the data
        expected = of_iterate.predict({"a": np.repeat(a[5], len(inside)), EVIL: inside})
        tolerance = 0.004 * (picture["high"] - picture["low"])
        assert shown[k, 3:-3, 5] + picture["low"] == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize(("columns", "kind"), [(1, "curve"), (2, "map"), (3, "agreement")])
def test_the_picture_of_the_run_depends_on_the_number_of_inputs(columns: int, kind: str) -> None:
    model, _, rows = fitted(table_of(columns))
    recorded = recorded_run(model, rows)
    assert recorded is not None
    assert recorded["picture"]["kind"] == kind


def test_predictions_of_rows_are_those_of_the_iterates() -> None:
    model, _, rows = fitted(table_of(3))
    recorded = recorded_run(model, rows)
    assert recorded is not None
    picture = recorded["picture"]
    codes = np.frombuffer(base64.b64decode(picture["codes"]), dtype=np.uint8)
    last = codes.reshape(-1, len(rows))[-1] / 255 * (picture["high"] - picture["low"])
    predicted = model.targets.decode(model.mean_output(rows.X)).ravel()
    inside = np.clip(predicted, picture["low"], picture["high"])
    assert last + picture["low"] == pytest.approx(
        inside, abs=0.004 * (picture["high"] - picture["low"])
    )
    assert picture["points"] == pytest.approx(rows.truth.ravel(), rel=1e-3, abs=1e-3)


def test_a_long_run_with_many_rows_stays_small() -> None:
    model, table, rows = fitted(table_of(3, rows=3000), hidden=(20,), max_iter=250, decay=0.0)
    assert len(model.record) > MOST_FRAMES
    page = report_document(model, table=table, rows=rows)
    assert len(run_of(page)["iterations"]) <= MOST_FRAMES
    assert len(page.encode()) < 300_000


def test_without_rows_a_run_has_no_predictions(two) -> None:
    model, *_ = two
    run = run_of(report_document(model))
    assert run["picture"] is None
    assert run["iterations"] == model.record.iteration.tolist()


def test_without_iterates_there_is_no_run(two) -> None:
    model, _, rows = two
    without = replace(
        model, members=(replace(model.leading, record=replace(model.record, path=None)),)
    )
    assert recorded_run(without, rows) is None
    page = report_document(without)
    assert "run-data'" not in page
    assert page.count("<polyline") == 1  # the objective


def test_example_rows_are_held_out_rows_with_their_predictions() -> None:
    model, table, _ = fitted(table_of(2))
    caption, (heads, *lines) = example_rows(model, table)
    assert caption.startswith("Some held-out rows; ")
    assert heads == ["row", "y, true", "predicted", "interval", "a", "b"]
    for row, true, predicted, interval, *_ in lines:
        index = int(row) - 1
        assert index in model.rows.held_out
        assert float(true.replace("\u2212", "-")) == pytest.approx(
            table.column("y")[index], rel=1e-3
        )
        one = {name: [table.column(name)[index]] for name in ("a", "b")}
        with gathered():  # a row may be outside of the training rows
            own, ends = model.predict(one)[0], [end[0] for end in model.predict_interval(one)]
        assert float(predicted.replace("\u2212", "-")) == pytest.approx(own, rel=1e-3)
        lower, upper = (float(end.replace("\u2212", "-")) for end in interval.split(" to "))
        assert [lower, upper] == pytest.approx(ends, rel=1e-3)


def test_example_rows_have_whole_numbers_and_days() -> None:
    days = pd.date_range("2024-03-01", periods=40)
    order = np.where(np.arange(40) % 9 == 3, np.nan, 4503700.0 + 7 * np.arange(40))
    frame = pd.DataFrame({"day": days, "order": order, "hour": days + pd.Timedelta("90min")})
    frame["y"] = 10.0**7 + 1000.0 * np.arange(40)
    with gathered():
        model = sn.fit(frame, "y", hidden=1, starts=1, max_iter=5, missing="impute")
    _, (heads, *lines) = example_rows(model, sn.read_table(frame))
    for line in lines:
        cells, row = dict(zip(heads, line, strict=True)), int(line[0]) - 1
        assert cells["day"] == f"{days[row]:%Y-%m-%d}"
        assert cells["hour"] == f"{days[row]:%Y-%m-%d} 01:30:00"
        assert cells["order"] == ("nan" if row % 9 == 3 else str(4503700 + 7 * row))
        assert cells["y, true"] == str(10**7 + 1000 * row)


def test_example_rows_have_predictions_by_networks_that_were_not_fitted_to_them() -> None:
    table = sn.read_table(table_of(1, rows=30))
    settings = FitSettings.of({"hidden": (1,), "starts": 1})
    model = fit_prepared(prepare(table, "y", settings.rows), settings)
    caption, (heads, *lines) = example_rows(model, table)
    assert "by networks that were not fitted to it" in caption
    assert heads == ["row", "y, true", "predicted if left out", "predicted", "interval", "a"]
    left_out = dict(
        zip(model.fold_outputs.rows, model.targets.decode(model.fold_outputs.outputs), strict=True)
    )
    for row, _, shown, *_ in lines:
        expected = left_out[int(row) - 1]
        assert float(shown.replace("\u2212", "-")) == pytest.approx(expected, rel=1e-3)


def test_example_rows_of_classes_have_their_probability() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    model, table, _ = fitted(
        {"x": x, "y": np.where(x + 0.3 * rng.normal(size=60) > 0, "yes", "no")}
    )
    _, (heads, first, *_) = example_rows(model, table)
    assert heads == ["row", "y, true", "predicted", "probability", "x"]
    shares = model.probabilities({"x": [table.column("x")[int(first[0]) - 1]]})[0]
    assert first[-2] == f"{100 * shares.max():.0f} %"
