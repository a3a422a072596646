"""The page in a browser: every control and preset, numbers, files, the keyboard, and access for everyone.

It needs Playwright and a Chromium on this computer, and is skipped without them.  SHEERNET_REQUIRE_BROWSER, which
.ci/run sets, makes it fail instead.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from sheernet.apps import cli
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_presets import ALL, beginning
from sheernet.apps.page.page_server import PageServer
from sheernet.apps.page.page_table import exercise_with
from sheernet.apps.page.session import Session

CHROMIUM = next(
    filter(None, map(which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
IS_REQUIRED = bool(os.environ.get("SHEERNET_REQUIRE_BROWSER"))

if not IS_REQUIRED:
    pytest.importorskip(
        "playwright",
        reason="the page is tested in a browser with Playwright: pip install --group browser",
    )
    if CHROMIUM is None:
        pytest.skip("no Chromium is found; the page is tested in it", allow_module_level=True)

from playwright.sync_api import (  # noqa: E402  (after the skips)
    Browser,
    Locator,
    Page,
    expect,
    sync_playwright,
)  # fmt: skip

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 20_000  # milliseconds, on a computer that does much else

pytestmark = pytest.mark.slow


class Visit:
    """A page of a server, in a browser that fails the test on any error and on any request that leaves."""

    def __init__(self, browser: Browser, exercise: Exercise, **how: Any) -> None:
        self.server = PageServer(exercise, port=0)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        self.troubles: list[str] = []
        self.context = browser.new_context(
            viewport={"width": 1280, "height": 800}, accept_downloads=True, **how
        )
        self.page = self.watched(self.context.new_page())
        self.page.goto(self.server.url)
        expect(self.page.get_by_role("button", name="Play")).to_be_visible(timeout=PATIENCE)

    def watched(self, page: Page) -> Page:
        """A page whose errors and requests are noted."""
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on(
            "console",
            lambda m: self.troubles.append(f"console: {m.text}") if m.type == "error" else None,
        )
        page.on("request", lambda request: self._note(request.url))
        return page

    def _note(self, url: str) -> None:
        if not re.match(rf"(http://127\.0\.0\.1:{self.server.port}/|blob:|data:)", url):
            self.troubles.append(f"request: {url}")

    @property
    def session(self) -> Session:
        """The session of the page that was opened last."""
        return list(self.server.sessions.values())[-1]

    def tab(self, name: str) -> Locator:
        """Open a tab, and return its panel."""
        self.page.get_by_role("tab", name=name, exact=True).click()
        return self.page.get_by_role("tabpanel", name=name, exact=True)

    def status(self, text: str) -> None:
        """Wait until the status holds a text."""
        expect(self.page.locator("#transport [role=status]")).to_contain_text(
            text, timeout=PATIENCE
        )

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until the server has what a click has asked for."""
        with self.session.changed:
            assert self.session.changed.wait_for(holds, PATIENCE / 1000)

    def settled(self) -> None:
        """Wait until the page has the settings of the server: its address holds them."""
        query = self.session.experiment.exercise.query
        self.page.wait_for_function(
            "query => decodeURIComponent(location.hash) === decodeURIComponent('#' + query)",
            arg=query,
        )

    def close(self) -> None:
        """Close the browser's page and the server; fail if anything was wrong."""
        self.context.close()
        self.server.shutdown()
        self.server.close()
        self.thread.join()
        assert self.troubles == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    visits: list[Visit] = []

    def open_page(exercise: Exercise | None = None, **how: Any) -> Visit:
        visits.append(Visit(browser, exercise or beginning(), **how))
        return visits[-1]

    yield open_page
    for each in visits:
        each.close()


def agrees(shown: str, value: float) -> bool:
    """Whether a printed number is a value to its printed digits."""
    text = shown.strip().replace("−", "-").lstrip("+")
    mantissa, _, exponent = text.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return abs(float(text) - value) <= 0.5000001 * 10.0 ** (int(exponent or 0) - decimals)


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
        it.page.locator("#surface summary").click()
        heading = it.page.locator("#surface tbody th").first
        expect(heading).to_have_text(re.compile(r"20\d\d-\d\d-\d\d"))


def test_a_row_outside_training_does_not_count_in_the_objective(
    visit: Callable[..., Visit],
) -> None:
    it = visit(Exercise(data="sine", validation=0.4, seed=1))
    shares = it.session.experiment.rows
    for share, sentence in (("validation", "does not count in J"), ("training", "in J")):
        row = int(shares[share][0])
        field = it.tab("Passes").get_by_label("Row of the table")
        field.fill(str(row))
        field.press("Enter")
        expect(it.tab("Passes")).to_contain_text(f"Row {row} ({share})")
        expect(it.tab("Passes")).to_contain_text(sentence)
        if share == "training":
            expect(it.tab("Passes")).to_contain_text("it counts with the weight")


def other_value(control: Any) -> Any:
    """A value that a control allows and does not have."""
    if control.kind == "flag":
        return not control.value
    if control.kind == "choice":
        return next(each.value for each in control.allowed if each.value != control.value)
    if control.kind == "whole":
        return 1 if control.value != 1 else 2
    return {"validation": 0.25, "test": 0.2, "hidden": "4, 3"}.get(control.name, 0.5)


OTHERS = {
    "scaling": "minmax",
    "activation": "relu",
    "target": "x",
    "options.batch_size": 10,
    "options.c1": 0.01,
    "cost": "huber",
}
"""Values of controls whose first other one does not suit the sine."""


@pytest.mark.parametrize("method", ["gd", "lm", "lbfgs", "adam"])
def test_each_control_changes_its_setting(visit: Callable[..., Visit], method: str) -> None:
    it = visit(
        Exercise(
            data="sine", method=method, regularization="decay", validation=0.2, starts=2, max_iter=3
        )
    )
    controls = it.session.state().controls
    asked = [
        each for each in controls
        if each.kind != "columns" and not each.reason and each.name not in ("data", "method", "task_kind", "output")
        and all(getattr(it.session.experiment.exercise, name) in values for name, values in each.when.items())
        and (method == "gd" or each.name.startswith("options."))
    ]  # fmt: skip
    for control in asked:
        value = OTHERS.get(control.name, other_value(control))
        field = it.page.locator(f'[data-control="{control.name}"]').locator("input, select").first
        if control.kind == "flag":
            field.click()
        elif control.kind == "choice":
            field.select_option(json.dumps(value))
        else:
            field.fill(str(value))
            field.press("Enter")
        wanted = (4, 3) if control.name == "hidden" else value

        def holds(control: Any = control, wanted: Any = wanted) -> bool:
            exercise = it.session.experiment.exercise
            name = control.name.removeprefix("options.")
            found = exercise.options.get(name) if name != control.name else getattr(exercise, name)
            return bool(found == wanted)

        it.until(holds)
        it.settled()
        if control.name in ("target", "regularization"):  # the others are those of the sine
            field.select_option(json.dumps(control.value))
            it.until(
                lambda name=control.name, value=control.value: (
                    getattr(it.session.experiment.exercise, name) == value
                )  # type: ignore[misc]
            )
            it.settled()


def test_layers_show_the_numbers_of_the_passes_to_their_digits(visit: Callable[..., Visit]) -> None:
    it = visit()
    panel = it.tab("Passes")
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


def test_a_broken_backpropagation_is_caught(visit: Callable[..., Visit]) -> None:
    it = visit()
    panel = it.tab("Gradient check")
    panel.get_by_role("button", name="Check the gradient").click()
    expect(panel.locator(".verdict.passed")).to_be_visible()
    panel.get_by_role("button", name="Break backpropagation and check").click()
    expect(panel.locator(".verdict.failed")).to_contain_text("The check has caught the mistake")
    expect(panel.get_by_role("row").filter(has_text="differ").first).to_be_visible()


def test_from_a_file_to_predictions_of_the_command(
    visit: Callable[..., Visit], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    rows = "".join(f"{x!r};{x * x + 0.1 * e!r}\n" for x, e in rng.normal(size=(50, 2)).tolist())
    Path("own.csv").write_text("x;y <b>\n" + rows)
    it = visit()
    panel = it.tab("Data")
    panel.get_by_label("Open a table").set_input_files("own.csv")
    expect(panel.get_by_label("Role of y <b>")).to_have_value("target")
    it.page.get_by_role("button", name="Play").click()
    it.status("Ended after")
    share = it.tab("Share and save")
    for kind in ("Model: for sheernet predict", "Predictions of all rows"):
        with it.page.expect_download() as saving:
            share.get_by_role("button", name=kind).click()
        saving.value.save_as(saving.value.suggested_filename)
    assert cli.run(("predict", "model.json", "own.csv", "-o", "predicted.csv")) == 0
    assert Path("predicted.csv").read_text() == Path("predictions.csv").read_text()


def test_reload_restores_the_settings(visit: Callable[..., Visit]) -> None:
    it = visit()
    it.page.get_by_label("Units of the hidden layers").fill("5, 2")
    it.page.get_by_label("Units of the hidden layers").press("Enter")
    it.page.get_by_label("Method", exact=True).select_option('"bfgs"')
    it.until(lambda: it.session.experiment.exercise.method == "bfgs")
    before = it.session.experiment.exercise
    expect(it.page).to_have_url(re.compile("method=bfgs"))
    it.page.reload()
    expect(it.page.get_by_label("Units of the hidden layers")).to_have_value("5, 2")
    expect(it.page.get_by_label("Method", exact=True)).to_have_value('"bfgs"')
    assert it.session.experiment.exercise == before


def test_an_exercise_opens_on_another_port_with_its_network_and_without_hidden_controls(
    visit: Callable[..., Visit],
) -> None:
    teacher = visit(exercise_with(beginning(), b"a,b\n1,2\n3,5\n4,9\n", "mine.csv"))
    share = teacher.tab("Share and save")
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
    it.status("Ready")
    seen = []
    for _ in range(80):
        press("Tab")
        seen.append(
            it.page.evaluate(
                "(e => e.id || e.textContent || e.ariaLabel || e.tagName)(document.activeElement)"
            )
        )
        if seen[-1] == "tab-passes":
            break
    assert {"Play", "Step", "Reset", "tab-passes"} <= set(seen)
    press("ArrowRight")
    expect(it.page.get_by_role("tab", name="Other curves")).to_be_focused()
    press("ArrowLeft")
    press("Tab")
    while "Forward" not in it.page.evaluate("document.activeElement.textContent"):
        press("Tab")
    press("Enter")
    it.until(lambda: it.session.walk.layer == 1)
    visible = it.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert visible != "none"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Callable[..., Visit], scheme: Any) -> None:
    pytest.importorskip(
        "axe_playwright_python", reason="axe-core comes with pip install --group browser"
    )
    it = visit(color_scheme=scheme, bypass_csp=True)
    it.page.get_by_role("button", name="Play").click()
    it.status("Ended after")
    it.page.evaluate(
        files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    )
    for tab in it.page.get_by_role("tab").all():
        tab.click()
        found = it.page.evaluate("axe.run().then(result => result.violations)")
        told = [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found]
        assert told == [], tab.inner_text()


def test_names_from_files_stay_text(visit: Callable[..., Visit]) -> None:
    evil = '<img src=x onerror="window.hacked=1">'
    quoted = evil.replace('"', '""')
    content = f'"{quoted}",kind,y\n' + "".join(
        f'{i},"{quoted}{i % 2}",{i * i}\n' for i in range(20)
    )
    it = visit(
        exercise_with(Exercise(title=evil, task=evil, max_iter=5), content.encode(), f"{evil}.csv")
    )
    for tab in it.page.get_by_role("tab").all():
        tab.click()
    it.page.get_by_role("button", name="Play").click()
    it.status("Ended after")
    assert it.page.evaluate("window.hacked") is None
    assert it.page.locator("img").count() == 0
    expect(it.page.get_by_role("heading", name=evil)).to_be_visible()
