"""The report as one HTML file: complete, safe and small."""

from __future__ import annotations

import base64
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from sheernet.apps.html_report import report_document
from sheernet.apps.html_report.example_rows import example_rows
from sheernet.apps.html_report.report_document import IMPORTANCE_POINTS
from sheernet.foundation.caller_warnings import gathered
from sheernet.models.fitting import fit_prepared, prepare
from sheernet.settings.fit_settings import FitSettings

EVIL = "</script><b>&'\""
"""A name of a column that would end an element or an attribute if it were not escaped."""


def fitted(table: dict, target: str | list[str] = "y", **settings):
    """A model of one network, and its table."""
    given = {"hidden": (3,), "decay": 1e-3, "method": "bfgs", "starts": 1, "max_iter": 30}
    chosen = FitSettings.of({**given, **settings})
    rows = sn.read_table(table)
    prepared = prepare(rows, target, chosen.rows)
    return fit_prepared(prepared, chosen), rows


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
    model, table = two
    return report_document(model, table=table, pictures={"cost": b"PNG"})


def test_the_page_asks_nothing_of_another_host_and_runs_no_script(page: str) -> None:
    elements = Elements(page)
    for tag, attributes in elements.found:
        assert tag not in ("script", "link", "iframe", "object", "base", "form"), tag
        for name in ("src", "href"):
            assert (attributes.get(name) or "data:").startswith("data:")
    (policy,) = (
        attributes["content"] for _, attributes in elements.found if "http-equiv" in attributes
    )
    assert policy.startswith("default-src 'none'; ")


def test_names_of_columns_are_text(page: str) -> None:
    elements = Elements(page)
    assert EVIL in elements.text
    assert all(tag != "b" for tag, _ in elements.found)


def test_the_answer_comes_first_and_everything_of_the_report_is_there(two, page: str) -> None:
    model, _ = two
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
    model, table = two
    found = model.importance(table, points=IMPORTANCE_POINTS)
    assert found.text() in Elements(page).text
    one, its_table = fitted(table_of(1))
    assert "<h2>Importance" not in report_document(one, table=its_table)


def test_names_of_targets_that_look_like_ends_of_intervals_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=40)
    table = {"x": x, "y": x + 0.1 * rng.normal(size=40), "y_lower": 5.0 - x}
    model, rows = fitted(table, ["y", "y_lower"])
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


def test_the_page_of_a_run_shows_its_objective(page: str) -> None:
    assert page.count("<polyline") == 1


def test_a_page_of_many_rows_stays_small() -> None:
    model, table = fitted(table_of(3, rows=3000), hidden=(20,), max_iter=250, decay=0.0)
    assert len(report_document(model, table=table).encode()) < 300_000


def test_example_rows_are_held_out_rows_with_their_predictions() -> None:
    model, table = fitted(table_of(2))
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
    model, table = fitted({"x": x, "y": np.where(x + 0.3 * rng.normal(size=60) > 0, "yes", "no")})
    _, (heads, first, *_) = example_rows(model, table)
    assert heads == ["row", "y, true", "predicted", "probability", "x"]
    shares = model.probabilities({"x": [table.column("x")[int(first[0]) - 1]]})[0]
    assert first[-2] == f"{100 * shares.max():.0f} %"
