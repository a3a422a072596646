"""How notebooks show models, runs and estimators: the report in a frame that can do nothing else, and figures."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

import sheernet as sn
from sheernet.apps.html_report import notebook_display, report_document
from sheernet.apps.html_report.training_document import training_document
from sheernet.models.model_html import model_html
from sheernet.training.training_html import training_html

EVIL = "</iframe></script><b>&'\""
"""A name of a column that would end the frame, an element or an attribute if it were not escaped."""
RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 2))
Y = np.sin(X[:, 0]) + X[:, 1]


class Shown(HTMLParser):
    """What a notebook is given: the names of its elements, its frame, and the text around the frame."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.frame: dict[str, str | None] = {}
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        if tag == "iframe":
            self.frame = dict(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def model() -> sn.Model:
    table = {"a": X[:, 0], EVIL: X[:, 1], "y": Y}
    return sn.fit(table, "y", hidden=3, decay=1e-3, starts=1, max_iter=30)


@pytest.fixture(scope="module")
def chosen(training: sn.Training) -> sn.Model:
    """A model of chosen networks; the last training of the first is a run whose objective has fallen."""
    model = sn.fit({"x": X[:, 0], "y": Y}, "y")
    first, *others = model.members
    return replace(model, members=(replace(first, record=training.record), *others))


@pytest.fixture(scope="module")
def training() -> sn.Training:
    net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)
    return sn.train(net, X, Y, max_iter=20, seed=0)


def test_a_model_is_shown_with_its_whole_report(model) -> None:
    shown = Shown(model._repr_html_())
    assert shown.frame["srcdoc"] == report_document(model)


def test_a_run_is_shown_with_its_whole_report(training) -> None:
    page = Shown(training._repr_html_()).frame["srcdoc"]
    assert page == training_document(training)
    for part in (training.termination.message, str(training.starts), "W2"):
        assert part in page


def test_the_frame_may_run_no_script_and_load_nothing(model, training) -> None:
    for one in (model, training):
        frame = Shown(one._repr_html_()).frame
        assert frame["sandbox"] == ""
        assert "src" not in frame
        assert frame["srcdoc"].count("default-src 'none'") == 1


def test_names_leave_neither_the_frame_nor_the_text(model) -> None:
    html = model._repr_html_()
    shown = Shown(with_pictures(html))
    assert "b" not in shown.tags
    assert html.count("</iframe>") == 1
    assert EVIL in shown.text
    assert EVIL not in shown.frame["srcdoc"]


def with_pictures(html: str) -> str:
    """HTML in which each image of SVG is replaced by its SVG, which must be XML."""

    def picture(image: re.Match[str]) -> str:
        svg = base64.b64decode(image[1]).decode()
        title = ElementTree.fromstring(svg)[0]
        assert (title.tag, title.text) == (
            "{http://www.w3.org/2000/svg}title", unescape(image[2])
        )  # fmt: skip
        return svg

    return re.sub(r"<img src='data:image/svg\+xml;base64,(\S*)' alt='(.*?)' .*?>", picture, html)


def test_where_frames_and_styles_are_removed_the_figures_remain(model, training) -> None:
    for one, figures in ((model, model_html(model)), (training, training_html(training))):
        html = re.sub(r"<(style|iframe).*?</\1>", "", one._repr_html_(), flags=re.DOTALL)
        assert "<svg" not in html  # it would be removed, too, and its text would remain
        assert with_pictures(html) == figures


def test_a_name_that_no_picture_can_hold_leaves_its_picture_valid() -> None:
    model = sn.fit({"a\x01'": X[:, 0], "y": Y}, "y", hidden=1, decay=0.1, starts=1)
    assert ">a&#x27;</text>" in with_pictures(model._repr_html_())


def test_a_display_is_small(model, chosen, training) -> None:
    for one in (model, chosen, training):
        assert len(one._repr_html_().encode()) < 120_000


def test_a_report_that_is_too_large_is_not_shown(training, monkeypatch) -> None:
    size = len(training._repr_html_().encode())
    monkeypatch.setattr(notebook_display, "LARGEST", size - 1)
    assert training._repr_html_() == training_html(training)
    monkeypatch.setattr(notebook_display, "LARGEST", size)
    assert "<iframe" in training._repr_html_()


def test_figures_are_shown_if_no_layer_makes_reports(training, monkeypatch) -> None:
    monkeypatch.setattr(sn, "_REPORTS", "")
    assert training._repr_html_() == training_html(training)


def test_the_report_of_chosen_networks_tells_what_each_did(chosen) -> None:
    rows = re.findall(
        r"<tr><th style='text-align:left'>(\d[\d-]+)</th>(.*?)</tr>", report_document(chosen)
    )
    assert len(rows) == len(chosen.members)
    for member, (name, cells) in zip(chosen.members, rows, strict=True):
        assert name == "-".join(map(str, member.network.architecture.sizes))
        share, cost, evidence, effective, iterations, first, last, ended = re.findall(
            ">([^<]*)</td>", cells
        )
        assert share == f"{100 * member.share:.0f} %"
        assert cost == member.cost
        assert float(evidence) == pytest.approx(member.evidence["log_evidence"], abs=0.05)
        assert effective.endswith(f" of {member.network.theta.size}")
        assert int(iterations) == member.record.iteration[-1]
        assert float(first) == pytest.approx(member.record.objective[0], rel=1e-3)
        assert float(last) == pytest.approx(member.record.objective[-1], rel=1e-3)
        assert ended == member.termination.reason.replace("_", " ")


def test_a_loaded_model_is_shown(model, tmp_path) -> None:
    loaded = sn.load(model.save(tmp_path / "model.json"))
    assert Shown(loaded._repr_html_()).frame["srcdoc"] == report_document(loaded)


class TestEstimators:
    def test_of_chosen_networks(self) -> None:
        pytest.importorskip("sklearn")
        estimator = sn.NetRegressor(hidden=2, decay=0.01, starts=1).fit(X, Y)
        for html in (estimator._repr_html_(), estimator._repr_mimebundle_()["text/html"]):
            assert Shown(html).frame["srcdoc"] == report_document(estimator.model_)
