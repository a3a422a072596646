"""The page in a browser: every preset, numbers, files, the keyboard, and access for everyone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from apps.page.test_downloads import predictions
from page_visit import Visit, agrees, expect
from sheernet.apps import cli
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_presets import ALL, beginning
from sheernet.apps.page.page_table import exercise_with

pytestmark = pytest.mark.slow


def test_each_preset_is_shown_and_trained(visit: Callable[..., Visit]) -> None:
    it = visit()
    for name, preset in ALL.items():
        it.page.get_by_label("Experiment", exact=True).select_option(name)
        it.until(lambda preset=preset: it.session.experiment.exercise == preset.exercise)  # type: ignore[misc]
        expect(it.page.get_by_text(preset.sentence)).to_be_visible()
        expect(it.page.locator("#diagram")).to_contain_text(str(it.session.experiment.architecture))
        it.page.get_by_role("button", name="Step", exact=True).click()
        it.until(lambda: it.session.moment.iteration == 1)
        it.status("Paused after 1 iteration")
        expect(it.page.locator("#surface svg").first).to_be_visible()


def test_the_end_of_a_run_names_an_option_as_its_control_does(visit: Callable[..., Visit]) -> None:
    it = visit(ALL["a learning rate that is too large"].exercise)
    it.page.get_by_role("button", name="Play").click()
    it.status("Ended after")
    it.status("reduce “Learning rate”.")


def test_layers_of_long_names_stay_apart_on_a_narrow_page(visit: Callable[..., Visit]) -> None:
    it = visit(ALL["a network of nine weights"].exercise)
    it.page.set_viewport_size({"width": 375, "height": 812})
    it.page.wait_for_function("document.querySelector('.diagram').clientWidth < 375")
    headings = [
        box for text in it.page.locator(".diagram .heading").all() if (box := text.bounding_box())
    ]
    assert len(headings) == 5  # 2 inputs; 3 units, sigmoid; 1 output, sigmoid
    for left, right in ((0, 1), (1, 3), (2, 4)):
        assert headings[left]["x"] + headings[left]["width"] < headings[right]["x"]
    task = it.page.get_by_text("see which weight leads where").bounding_box()
    diagram = it.page.locator("#diagram").bounding_box()
    assert task is not None
    assert diagram is not None
    assert task["y"] < diagram["y"]


def test_dates_on_the_axes_of_a_surface_are_written_as_dates(visit: Callable[..., Visit]) -> None:
    days = np.datetime64("2023-11-01") + np.arange(40)
    one = "day,y\n" + "".join(f"{day},{k * k}\n" for k, day in enumerate(days))
    two = "day,level,y\n" + "".join(f"{day},{k % 7},{k * k}\n" for k, day in enumerate(days))
    for table, pattern in (
        (one, r"2023-11-\d\d"),
        (two, r"202311-\d\d"),
    ):  # of the y axis, two lines
        it = visit(exercise_with(Exercise(hidden=(2,)), table.encode(), "days.csv"))
        ticks = it.page.locator("#surface .ticks text")
        expect(ticks.filter(has_text=re.compile(f"^{pattern}$")).first).to_be_visible()
        it.page.locator("#surface svg.chart").hover()
        expect(it.page.locator("#surface .readout")).to_contain_text(
            re.compile(r"day 2023-1[12]-\d\d")
        )
        it.page.locator("#surface summary").first.click()
        heading = it.page.locator("#surface tbody th").first
        expect(heading).to_have_text(re.compile(r"20\d\d-\d\d-\d\d"))


def test_a_row_outside_training_does_not_count_in_the_objective(
    visit: Callable[..., Visit],
) -> None:
    it = visit(Exercise(data="sine", validation=0.4, seed=1))
    shares = it.session.experiment.rows
    for share, sentence in (("validation", "does not count in J"), ("training", "in J")):
        row = int(shares[share][0])
        field = it.part("passes").get_by_label("Row of the table")
        field.fill(str(row))
        field.press("Enter")
        expect(it.part("passes")).to_contain_text(f"Row {row} ({share})")
        expect(it.part("passes")).to_contain_text(sentence)
        if share == "training":
            expect(it.part("passes")).to_contain_text("it counts with the weight")


def test_layers_show_the_numbers_of_the_passes_to_their_digits(visit: Callable[..., Visit]) -> None:
    it = visit()
    panel = it.part("passes")
    panel.get_by_label("Row of the table").fill("2")
    panel.get_by_label("Row of the table").press("Enter")
    it.until(lambda: it.session.experiment.exercise.row == 2)
    rows = it.session.experiment.prepared.training
    known = sn.explain(it.session.network, rows.X, rows.y, row=2, reduction="sum")

    def cells(layer: int) -> list[list[str]]:
        lines = panel.locator("section.layer").nth(layer).locator("tbody tr")
        return [line.locator("td").all_inner_texts() for line in lines.all()]

    forward, backward = (
        panel.get_by_role("button", name=f"{way} one layer") for way in ("Forward", "Backward")
    )
    forward.click()
    expect(panel).to_contain_text("Forward pass: layer 1 is computed")
    assert cells(2) == [["·", "·", "·"]]
    for unit, (z, a, delta) in enumerate(cells(1)):
        assert agrees(z, known["z_1"][0, unit])
        assert agrees(a, known["a_1"][0, unit])
        assert delta == "·"
    forward.click()
    expect(panel).to_contain_text("Forward pass: layer 2 is computed")
    assert agrees(cells(2)[0][1], known["a_2"][0, 0])
    backward.click()
    expect(panel).to_contain_text("Backward pass: δ of layer 2 is computed")
    assert agrees(cells(2)[0][2], known["delta_2"][0, 0])
    assert cells(1)[0][2] == "·"
    backward.click()
    expect(panel).to_contain_text("Backward pass: δ of layer 1 is computed")
    assert all(agrees(cells(1)[unit][2], known["delta_1"][0, unit]) for unit in range(3))


def test_an_edited_weight_changes_the_cost_as_value_says(visit: Callable[..., Visit]) -> None:
    it = visit()
    theta = it.session.moment.theta.copy()
    field = it.page.get_by_label("Weight W1[0,0]").first
    field.fill("-3.5")
    field.press("Enter")
    it.until(lambda: it.session.moment.theta[0] == -3.5)
    theta[0] = -3.5
    rows = it.session.experiment.prepared.training
    expected = sn.make_objective(
        it.session.experiment.architecture, rows.X, rows.y, reduction="sum"
    ).value(theta)
    it.status("the initial weights have the cost")
    shown = it.page.locator("header .figure").nth(1)
    expect(shown).not_to_have_text("")
    it.page.wait_for_function(
        "value => document.querySelectorAll('header .figure')[1].textContent.includes(value)", arg=f"{expected:.4g}"[:5]
    )  # fmt: skip
    assert agrees(shown.inner_text().removeprefix("cost "), expected)


def test_the_gradient_is_checked(visit: Callable[..., Visit]) -> None:
    it = visit()
    it.page.get_by_role("button", name="Check the gradient").click()
    expect(it.page.locator(".verdict")).to_contain_text("agree")
    expect(it.page.get_by_label("Report of the gradient check")).to_be_visible()


def test_from_a_file_to_predictions_of_the_command(
    visit: Callable[..., Visit], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    rows = "".join(f"{x!r};{x * x + 0.1 * e!r}\n" for x, e in rng.normal(size=(50, 2)).tolist())
    Path("own.csv").write_text("x;y <b>\n" + rows)
    it = visit()
    panel = it.part("data")
    panel.get_by_label("Open a table").set_input_files("own.csv")
    expect(panel.get_by_label("Role of y <b>")).to_have_value("target")
    it.page.get_by_role("button", name="Play").click()
    it.status("Ended after")
    share = it.part("share")
    with it.page.expect_download() as saving:
        share.get_by_role("button", name="Model: for sheernet predict").click()
    saving.value.save_as(saving.value.suggested_filename)
    assert cli.run(("predict", "model.json", "own.csv", "-o", "predicted.csv")) == 0
    predicted = np.genfromtxt("predicted.csv", delimiter=",", skip_header=1, usecols=-1)
    rows = it.session.experiment.rows["training"]
    assert predicted[rows].tolist() == predictions(it.session)["training"]


def test_reload_restores_the_settings(visit: Callable[..., Visit]) -> None:
    it = visit()
    it.part("controls").get_by_label("Units of the hidden layers").fill("5, 2")
    it.part("controls").get_by_label("Units of the hidden layers").press("Enter")
    it.part("controls").get_by_label("Method", exact=True).select_option('"bfgs"')
    it.until(lambda: it.session.experiment.exercise.method == "bfgs")
    before = it.session.experiment.exercise
    expect(it.page).to_have_url(re.compile("method=bfgs"))
    it.page.reload()
    expect(it.part("controls").get_by_label("Units of the hidden layers")).to_have_value("5, 2")
    expect(it.part("controls").get_by_label("Method", exact=True)).to_have_value('"bfgs"')
    assert it.session.experiment.exercise == before


def test_an_exercise_opens_on_another_port_with_its_network_and_without_hidden_controls(
    visit: Callable[..., Visit],
) -> None:
    teacher = visit(exercise_with(beginning(), b"a,b\n1,2\n3,5\n4,9\n", "mine.csv"))
    share = teacher.part("share")
    for name in ("Seed", "Cost", "Method"):
        share.get_by_label(name, exact=True).uncheck()
    teacher.until(lambda: len(teacher.session.experiment.exercise.hidden_controls) == 3)
    with teacher.page.expect_download() as saving:
        share.get_by_role("button", name="Exercise: for sheernet page").click()
    text = Path(saving.value.path()).read_text()
    student = visit(Exercise.from_json(text))
    assert student.server.port != teacher.server.port
    assert np.array_equal(student.session.moment.theta, teacher.session.moment.theta)
    diagram = teacher.page.locator("#diagram").inner_text()
    expect(student.page.locator("#diagram")).to_have_text(diagram, use_inner_text=True)
    for each in (teacher, student):
        expect(each.page.locator('[data-control="seed"]')).to_have_count(0)
        expect(each.page.get_by_role("button", name="Other start")).to_be_disabled()
        expect(each.page.locator('[data-control="starts"]')).to_have_count(1)


def test_the_page_can_be_used_with_the_keyboard_alone(visit: Callable[..., Visit]) -> None:
    it = visit()
    press = it.page.keyboard.press
    press(".")
    it.until(lambda: it.session.moment.iteration == 1)
    press("Space")
    it.until(lambda: it.session.status == "ended")
    press("r")
    it.until(lambda: it.session.moment.iteration == 0)
    expect(it.page.get_by_role("button", name="Play")).to_be_visible()
    seen = []
    for _ in range(80):
        press("Tab")
        seen.append(
            it.page.evaluate(
                "(e => e.id || e.textContent || e.ariaLabel || e.tagName)(document.activeElement)"
            )
        )
        if seen[-1] == "Forward one layer":
            break
    assert {"Play", "Step", "Reset", "Forward one layer"} <= set(seen)
    press("Enter")
    it.until(lambda: it.session.walk.layer == 1)
    visible = it.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert visible != "none"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Callable[..., Visit], scheme: Any) -> None:
    it = visit(color_scheme=scheme, bypass_csp=True)
    it.page.get_by_role("button", name="Play").click()
    it.status("Ended after")
    expect(it.part("share")).to_be_visible()
    for summary in it.page.locator("details.data summary").locator("visible=true").all():
        summary.click()
    assert it.violations() == []


def test_names_from_files_stay_text(visit: Callable[..., Visit]) -> None:
    evil = '<img src=x onerror="window.hacked=1">'
    quoted = evil.replace('"', '""')
    content = f'"{quoted}",kind,y\n' + "".join(
        f'{i},"{quoted}{i % 2}",{i * i}\n' for i in range(20)
    )
    it = visit(
        exercise_with(Exercise(title=evil, task=evil, max_iter=5), content.encode(), f"{evil}.csv")
    )
    expect(it.part("share")).to_be_visible()
    it.page.get_by_role("button", name="Play").click()
    it.status("Ended after")
    assert it.page.evaluate("window.hacked") is None
    assert it.page.locator("img").count() == 0
    expect(it.page.get_by_role("heading", name=evil)).to_be_visible()
