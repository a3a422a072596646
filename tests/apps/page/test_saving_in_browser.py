"""Pictures and numbers that charts save, in a browser."""

from __future__ import annotations

import csv
import struct
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from page_visit import Visit, expect
from sheernet.apps.page.curves import Seen
from sheernet.apps.page.page_exercise import Exercise

pytestmark = pytest.mark.slow

SVG = "{http://www.w3.org/2000/svg}"
playwright = pytest.importorskip("playwright.sync_api")

PLACES = {
    "": ["network", "cost", "prediction"],
    "Other curves": ["gradient norm"],
    "Predictions": ["predicted against true values", "errors"],
    "Model": ["predictions over x"],
}
"""The charts of each tab; the first ones are above the tabs."""


def test_each_chart_saves_its_picture_and_its_numbers(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    it = visit(Exercise(data="sine", hidden=(2,), validation=0.2, max_iter=20))
    it.page.get_by_role("button", name="Play").click()
    it.status("Ended after")

    def saved(title: str, kind: str) -> Path:
        menu = it.page.locator("details.save", has_text=f"Save: {title}").locator("visible=true")
        if menu.get_attribute("open") is None:
            menu.locator("summary").click()
        button = menu.get_by_role("button", name=kind)
        try:
            with it.page.expect_download(timeout=5_000) as saving:
                button.click()
        except (
            playwright.TimeoutError
        ):  # a chart that was drawn at this moment took no notice of the click
            with it.page.expect_download() as saving:
                button.click()
        file = tmp_path / saving.value.suggested_filename
        saving.value.save_as(file)
        assert file.name == f"{title.replace(' ', '-')}.{kind.lower()}"
        expect(menu.get_by_role("status")).to_have_text(f"{file.name} is saved.")
        return file

    for tab, titles in PLACES.items():
        if tab:
            it.tab(tab)
        for title in titles:
            png = saved(title, "PNG").read_bytes()
            assert png[:8] == b"\x89PNG\r\n\x1a\n"
            width, height = struct.unpack(">II", png[16:24])
            picture = ElementTree.parse(saved(title, "SVG")).getroot()
            assert (width, height) == tuple(
                2 * int(picture.attrib[name]) for name in ("width", "height")
            )
            styled = [
                node for node in picture.iter(f"{SVG}path") if node.get("stroke", "none") != "none"
            ]
            assert styled
            assert not any("class" in node.attrib for node in picture.iter())
    texts = [node.text for node in ElementTree.parse(tmp_path / "cost.svg").iter(f"{SVG}text")]
    assert {"Cost", "training", "validation", "iteration"} <= {str(text).strip() for text in texts}

    with saved("cost", "CSV").open() as file:
        rows = list(csv.DictReader(file))
    sent, _ = it.session.frame(Seen())
    assert [float(row["training"]) for row in rows] == sent.curves.cost
    assert [float(row["validation"]) for row in rows] == sent.curves.validation
    assert [int(row["iteration"]) for row in rows] == sent.curves.iteration
    it.tab("Predictions")
    with saved("predicted against true values", "CSV").open() as file:
        rows = list(csv.DictReader(file))
    for share, part in zip(("training", "validation"), sent.agreement, strict=True):
        own = [float(row["predicted"]) for row in rows if row["share"] == share]
        assert own == part.predicted
    it.tab("Model")
    with saved("predictions over x", "CSV").open() as file:
        rows = list(csv.DictReader(file))
    x = np.array([float(row["x"]) for row in rows])
    assert [float(row["y"]) for row in rows] == it.session.model().predict({"x": x}).tolist()


def test_a_map_is_saved_with_its_colors_and_its_points(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    it = visit(Exercise(data="xor", hidden=(2,)))
    menu = it.page.locator("#surface details.save")
    menu.locator("summary").click()
    with it.page.expect_download() as saving:
        menu.get_by_role("button", name="SVG").click()
    picture = ElementTree.parse(saving.value.path()).getroot()
    images = list(picture.iter(f"{SVG}image"))
    assert len(images) == 1
    assert images[0].attrib["href"].startswith("data:image/png;base64,")
    points = [node for node in picture.iter(f"{SVG}path") if node.get("data-row")]
    assert len(points) == 4
    with it.page.expect_download() as saving:
        menu.get_by_role("button", name="CSV").click()
    surface = it.session.frame(Seen())[0].surface
    assert surface is not None
    with Path(saving.value.path()).open() as file:
        rows = list(csv.reader(file))
    assert [float(row[2]) for row in rows[1:]] == np.ravel(surface.values).tolist()
