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
PLACES = {
    "": ["network", "cost", "prediction"],
    "Other curves": ["gradient norm"],
    "Predictions": ["predicted against true values", "errors"],
}
"""The charts of each tab; the first ones are above the tabs."""


@pytest.fixture
def trained(visit: Callable[..., Visit]) -> Visit:
    """A page after a run.

    Each test has one of its own, because a page of Chromium that saves ten files in a second saves no more in it.
    """
    it = visit(Exercise(data="sine", hidden=(2,), validation=0.2, max_iter=20))
    it.page.get_by_role("button", name="Play").click()
    it.status("Ended after")
    return it


def saved(it: Visit, title: str, kind: str, folder: Path) -> Path:
    """The file that a chart saves."""
    menu = it.page.locator("details.save", has_text=f"Save: {title}").locator("visible=true")
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    with it.page.expect_download() as saving:
        menu.get_by_role("button", name=kind).click()
    file = folder / saving.value.suggested_filename
    saving.value.save_as(file)
    assert file.name == f"{title.replace(' ', '-')}.{kind.lower()}"
    expect(menu.get_by_role("status")).to_have_text(f"{file.name} is saved.")
    return file


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open() as opened:
        return list(csv.DictReader(opened))


@pytest.mark.parametrize(("tab", "titles"), PLACES.items())
def test_each_chart_saves_its_picture(
    trained: Visit, tmp_path: Path, tab: str, titles: list[str]
) -> None:
    if tab:
        trained.tab(tab)
    for title in titles:
        png = saved(trained, title, "PNG", tmp_path).read_bytes()
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", png[16:24])
        picture = ElementTree.parse(saved(trained, title, "SVG", tmp_path)).getroot()
        assert (width, height) == tuple(
            2 * int(picture.attrib[name]) for name in ("width", "height")
        )
        styled = [
            node for node in picture.iter(f"{SVG}path") if node.get("stroke", "none") != "none"
        ]
        assert styled
        assert not any("class" in node.attrib for node in picture.iter())


def test_costs_are_saved_with_their_titles_and_all_digits(trained: Visit, tmp_path: Path) -> None:
    picture = ElementTree.parse(saved(trained, "cost", "SVG", tmp_path))
    texts = {str(node.text).strip() for node in picture.iter(f"{SVG}text")}
    assert texts >= {"Cost", "training", "validation", "iteration"}
    rows = rows_of(saved(trained, "cost", "CSV", tmp_path))
    curves = trained.session.frame(Seen())[0].curves
    assert [float(row["training"]) for row in rows] == curves.cost
    assert [float(row["validation"]) for row in rows] == curves.validation
    assert [int(row["iteration"]) for row in rows] == curves.iteration


def test_predictions_of_each_share_are_saved_with_all_digits(
    trained: Visit, tmp_path: Path
) -> None:
    trained.tab("Predictions")
    rows = rows_of(saved(trained, "predicted against true values", "CSV", tmp_path))
    parts = trained.session.frame(Seen())[0].agreement
    for share, part in zip(("training", "validation"), parts, strict=True):
        own = [float(row["predicted"]) for row in rows if row["share"] == share]
        assert own == part.predicted


def test_a_map_is_saved_with_its_colors_and_its_points(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    it = visit(Exercise(data="xor", hidden=(2,)))
    picture = ElementTree.parse(saved(it, "prediction", "SVG", tmp_path)).getroot()
    images = list(picture.iter(f"{SVG}image"))
    assert len(images) == 1
    assert images[0].attrib["href"].startswith("data:image/png;base64,")
    points = [node for node in picture.iter(f"{SVG}path") if node.get("data-row")]
    assert len(points) == 4
    surface = it.session.frame(Seen())[0].surface
    assert surface is not None
    with saved(it, "prediction", "CSV", tmp_path).open() as file:
        rows = list(csv.reader(file))
    assert [float(row[2]) for row in rows[1:]] == np.ravel(surface.values).tolist()


def test_a_chart_without_values_is_not_saved(visit: Callable[..., Visit]) -> None:
    it = visit(Exercise(data="xor", hidden=(2,)))
    it.page.evaluate(
        """async () => {
          const { SaveMenu } = await import(new URL("./saving.js", document.scripts[0].src));
          const figure = document.createElement("figure");
          figure.append(new SaveMenu("early", figure, () => ({ headings: [], rows: [] })).node);
          document.body.append(figure);
        }"""
    )
    menu = it.page.locator("details.save", has_text="Save: early")
    menu.locator("summary").click()
    for kind in ("PNG", "SVG", "CSV"):
        menu.get_by_role("button", name=kind).click()
        expect(menu.get_by_role("status")).to_have_text("The chart has no values yet.")
