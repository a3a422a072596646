"""The tab "Model" in a browser: sliders, curves, distance, best inputs, and pausing a race."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from held_explorations import hold_until_paused
from page_visit import Visit, agrees, expect
from sheernet.apps.page import explorations
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_models import ModelFile
from sheernet.apps.page.page_table import exercise_with

pytestmark = pytest.mark.slow

DAYS = np.datetime64("2023-01-01") + np.arange(40)
TABLE = "x,color,on,day,y\n" + "".join(
    f"{k % 7 / 2},{'rgb'[k % 3]},{k % 2 == 0},{day},{k % 7 + (k % 3) ** 2 + k / 40}\n"
    for k, day in enumerate(DAYS)
)


def of_table() -> Exercise:
    exercise = Exercise(hidden=(3,), max_iter=30, regularization="decay")
    return exercise_with(exercise, TABLE.encode(), "kinds.csv")


def saved(it: Visit, press: Callable[[], None]) -> tuple[str, str]:
    """The name and the text of a file that a button saves."""
    with it.page.expect_download() as saving:
        press()
    return saving.value.suggested_filename, Path(saving.value.path()).read_text(encoding="utf-8")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def is_of_predict(model: Any, rows: list[dict[str, str]], names: list[str], output: str) -> None:
    """Check that the predictions of a saved file are those of `Model.predict`, to the last digit."""
    cells = {
        name: [float(row[name]) if name == "x" else row[name] for row in rows] for name in names
    }
    cells["on"] = [each == "true" for each in cells["on"]]
    predicted = [float(row[f"predicted {output}"]) for row in rows]
    assert predicted == model.predict(cells).tolist()


def test_sliders_move_the_point_and_the_curves_are_those_of_predict(
    visit: Callable[..., Visit],
) -> None:
    it = visit(of_table())
    panel = it.tab("Model")
    expect(panel.locator(".about")).to_contain_text("before training")
    it.page.get_by_role("button", name="Play").click()
    it.status("Ended after")
    expect(panel.locator(".about")).to_contain_text("at the end of its run")
    expect(panel.locator(".predictions")).to_contain_text("90 % interval of new values")
    expect(panel.locator(".band")).to_have_count(2)  # of x and of the day
    slider = panel.get_by_label("x, slider")
    slider.focus()
    it.page.keyboard.press("End")
    expect(panel.get_by_role("spinbutton", name="x")).to_have_value("3")
    assert slider.get_attribute("aria-valuetext") == "3"
    it.page.keyboard.press("ArrowLeft")
    expect(panel.get_by_role("spinbutton", name="x")).not_to_have_value("3")
    panel.get_by_role("spinbutton", name="x").fill("1.25")
    panel.get_by_role("spinbutton", name="x").press("Enter")
    panel.get_by_role("combobox", name="color").select_option("g")
    panel.get_by_role("combobox", name="on").select_option("false")
    panel.get_by_role("textbox", name="day").fill("2023-01-18")
    point = {"x": 1.25, "color": "g", "on": False, "day": "2023-01-18"}
    model = it.session.model()
    told = next(model.profile(point).sentences())
    expect(panel.locator(".predictions p").first).to_have_text(f"{told}.")
    shown, expected = told.split(" ")[1], float(np.ravel(model.predict(point))[0])
    assert agrees(shown, expected)
    name, text = saved(it, panel.get_by_role("button", name="Save curves as CSV").click)
    rows = rows_of(text)
    assert name == "profile.csv"
    assert {row["curve"] for row in rows} == {"x", "color", "on", "day"}
    is_of_predict(model, rows, ["x", "color", "on", "day"], "y")
    present = [row for row in rows if row["curve"] == "color" and row["color"] == "g"]
    assert [(row["x"], row["on"], row["day"]) for row in present] == [
        ("1.25", "false", "2023-01-18")
    ]
    panel.get_by_role("button", name="Typical values").click()
    expect(panel.get_by_role("spinbutton", name="x")).to_have_value("1.5")


def test_the_distance_of_a_point_outside_is_told_and_drawn(visit: Callable[..., Visit]) -> None:
    it = visit(of_table())
    panel = it.tab("Model")
    gauge = panel.locator(".gauge")
    expect(gauge).to_have_attribute("aria-label", re.compile("within 95 %"))
    panel.get_by_role("spinbutton", name="x").fill("9")
    panel.get_by_role("spinbutton", name="x").press("Enter")
    expect(panel).to_contain_text("Outside the training rows: x by 200 % of its range.")
    expect(gauge).to_have_attribute(
        "aria-label", re.compile("beyond all training rows, a value is out")
    )


def test_best_inputs_set_the_sliders(visit: Callable[..., Visit]) -> None:
    it = visit(of_table())
    it.page.get_by_role("button", name="Play").click()
    it.status("Ended after")
    panel = it.tab("Model")
    panel.get_by_role("combobox", name="color").select_option("b")
    expect(panel.get_by_role("combobox", name="color")).to_have_value("b")
    panel.get_by_label("Aim for y").select_option("value")
    panel.get_by_role("button", name="Search best inputs").click()
    expect(panel).to_contain_text("Give the wanted value of y.")
    panel.get_by_label("Value of y").fill("6.5")
    panel.locator(".best-inputs").get_by_label("color", exact=True).check()
    panel.get_by_role("button", name="Search best inputs").click()
    expect(panel).to_contain_text("Best inputs for y = 6.5.")
    expect(panel.get_by_role("row").filter(has_text="color")).to_contain_text("fixed")
    panel.get_by_role("button", name="Set the sliders to these inputs").click()
    expect(panel.locator(".predictions p").first).to_contain_text(re.compile(r"y: 6\.50?"))
    _, text = saved(it, panel.get_by_role("button", name="Save curves as CSV").click)
    at = next(row for row in rows_of(text) if row["curve"] == "color" and row["color"] == "b")
    assert float(at["predicted y"]) == pytest.approx(6.5, abs=1e-6)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_tab_fits_a_narrow_page_and_axe_finds_nothing(
    visit: Callable[..., Visit], scheme: Any
) -> None:
    it = visit(of_table().changed({"target": "color"}), color_scheme=scheme, bypass_csp=True)
    it.page.set_viewport_size({"width": 375, "height": 812})
    panel = it.tab("Model")
    panel.get_by_role("button", name="Search best inputs").click()
    expect(panel).to_contain_text("Best inputs for the largest color=")
    panel.locator("details.save summary").first.click()
    assert it.page.evaluate("document.documentElement.scrollWidth") == 375
    assert it.violations() == []


def test_only_the_last_point_of_a_dragged_slider_is_computed(visit: Callable[..., Visit]) -> None:
    it = visit(of_table())
    panel = it.tab("Model")
    expect(panel.get_by_role("spinbutton", name="x")).to_have_value("1.5")
    asked: list[str] = []
    it.page.on(
        "request",
        lambda r: asked.append(r.post_data) if '"profile"' in (r.post_data or "") else None,
    )
    last = it.page.evaluate(
        """() => {
          const slider = document.querySelector('input[aria-label="x, slider"]');
          for (let i = 0; i <= Number(slider.max); i += 1) {
            slider.value = i;
            slider.dispatchEvent(new Event("input"));
          }
          return Number(slider.max) + 1;
        }"""
    )
    expect(panel.get_by_role("spinbutton", name="x")).to_have_value("3")
    assert last > 20
    assert len(asked) == 2


def test_a_model_of_several_networks_and_the_network_of_the_page(
    visit: Callable[..., Visit],
) -> None:
    a, c, e = np.random.default_rng(0).normal(size=(3, 60))
    model = sn.fit({"a": a, "c": c, "b": np.sin(a) + c**2 + 0.3 * e}, "b", hidden=4, starts=4)
    assert len(model.members) > 1
    it = visit(Exercise(data="sine"), file=ModelFile("many.json", model))
    panel = it.page.get_by_role("tabpanel", name="Model", exact=True)  # it is open
    expect(panel.locator(".about")).to_contain_text(
        f"The model of the file many.json: the weighted mean of {len(model.members)} networks"
    )
    expect(panel.get_by_label("a, slider")).to_be_visible()
    panel.get_by_label("Model", exact=True).select_option("run")
    expect(panel.get_by_label("x, slider")).to_be_visible()
    expect(panel.get_by_label("a, slider")).to_have_count(0)
    it.page.get_by_role("button", name="Step", exact=True).click()
    expect(panel.locator(".about")).to_contain_text("as it is now, after 1 iteration.")
    it.page.get_by_label("Experiment", exact=True).select_option(index=2)
    expect(panel.locator(".about")).to_contain_text("before training")
    expect(panel.locator(".error")).to_be_empty()


def test_a_model_of_three_targets_is_all_that_the_page_shows(visit: Callable[..., Visit]) -> None:
    rows = {
        "a": range(20),
        **{name: [k * a % 11 for a in range(20)] for k, name in enumerate("xyz", 2)},
    }
    model = sn.fit(rows, ["x", "y", "z"], hidden=2, starts=1, max_iter=20)
    it = visit(file=ModelFile("three.json", model, only="It is shown only."))
    panel = it.page.get_by_role("tabpanel", name="Model", exact=True)
    expect(panel.locator(".predictions p")).to_have_count(4)  # and what the band is
    expect(panel).to_contain_text("It is shown only.")
    for hidden in ("#diagram", "#controls", "#transport", "[role=tablist]"):
        expect(it.page.locator(hidden)).to_be_hidden()
    axis = panel.locator(".axis-name", has_text=re.compile("^[xyz]$"))
    expect(axis).to_have_text("x")
    panel.get_by_label("Curves of").select_option("2")
    expect(axis).to_have_text("z")


def test_a_race_is_paused_and_goes_on(
    visit: Callable[..., Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    it = visit(Exercise(data="sine", hidden=(3,), method="gd", gradient_tolerance=0.0))
    monkeypatch.setattr(explorations, "LONGEST", math.inf)
    hold_until_paused(it.session.gate)
    panel = it.tab("Methods")
    for name in ("lm", "bfgs", "adam"):
        panel.get_by_label(name, exact=True).uncheck()
    panel.get_by_label("Iterations, at most").fill("200")
    panel.get_by_role("button", name="Race from the same start").click()
    it.page.get_by_role("button", name="Pause").click()
    it.until(lambda: it.session.gate.status == "paused")
    it.status("paused.")
    it.page.get_by_role("button", name="Continue").click()
    expect(panel.get_by_role("row").filter(has_text="gd")).to_contain_text("200")
    expect(it.page.get_by_role("button", name="Play")).to_be_visible()
    assert it.session.moment.iteration == 0
