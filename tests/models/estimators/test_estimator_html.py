"""How notebooks show fitted estimators: valid HTML with the network, escaped names, and what the fit found."""

from __future__ import annotations

import re
import sys
from base64 import b64decode
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sklearn")

from sklearn import config_context
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import sheernet as sn

N = 40
RNG = np.random.default_rng(3)
X = pd.DataFrame(RNG.normal(size=(N, 2)), columns=["<b>size</b>", 'age & "weight"'])
Y = X.iloc[:, 0] + 0.2 * RNG.normal(size=N)
LABELS = np.where(Y > 0, "<yes>", "no")
VOID = {"br", "img", "input", "link", "meta", "hr"}
NET: dict[str, Any] = {"hidden": 2, "decay": 0.01, "starts": 2}


class Page(HTMLParser):
    """The text and the elements of a page; each element must be closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def fit_of(page: str) -> Page:
    """What is added to scikit-learn's diagram, with the SVG of its pictures."""
    image = r"<img src='data:image/svg\+xml;base64,(\S*)'.*?>"
    figures = page[page.index("<div class='sheernet-fit'") :]
    return Page(re.sub(image, lambda match: b64decode(match[1]).decode(), figures))


ESTIMATORS = {
    "NetRegressor": lambda: sn.NetRegressor(**NET).fit(X, Y),
    "NetClassifier": lambda: sn.NetClassifier(**NET).fit(X, LABELS),
}


@pytest.mark.parametrize("name", ESTIMATORS)
class TestFitted:
    def test_shows_the_parameters_and_the_network(self, name) -> None:
        estimator = ESTIMATORS[name]()
        page = estimator._repr_html_()
        assert "sk-estimator" in page[: page.index("sheernet-fit")]
        fit = fit_of(page)
        assert fit.tags.count("svg") == 1
        member = estimator.model_.leading
        assert fit.tags.count("circle") == sum(member.network.architecture.sizes)

    def test_escapes_names(self, name) -> None:
        fit = fit_of(ESTIMATORS[name]()._repr_html_())
        assert "b" not in fit.tags
        assert "yes" not in fit.tags
        assert all(name in fit.text for name in X.columns)

    def test_the_bundle_has_the_same(self, name) -> None:
        estimator = ESTIMATORS[name]()
        bundle = estimator._repr_mimebundle_()
        assert bundle["text/plain"] == repr(estimator)
        assert fit_of(bundle["text/html"]).text == fit_of(estimator._repr_html_()).text

    def test_tells_why_it_stopped(self, name) -> None:
        estimator = ESTIMATORS[name]()
        reason = estimator.model_.termination.reason
        assert reason.replace("_", " ") in fit_of(estimator._repr_html_()).text


class TestFacts:
    def test_of_several_networks(self) -> None:
        estimator = sn.NetRegressor(random_state=0).fit(X, Y)
        text = fit_of(estimator._repr_html_()).text
        fit = estimator.model_.held_out_fit
        assert f"{fit.r2[0]:.3f}" in text
        assert "linear model" in text
        for member in estimator.model_.members:
            assert f"{member.network.architecture}{100 * member.share:.0f} %{member.cost}" in text

    def test_the_target_is_escaped(self) -> None:
        fit = fit_of(sn.NetRegressor(**NET).fit(X, Y.rename("<i>gain</i>"))._repr_html_())
        assert "i" not in fit.tags
        assert "<i>gain</i> from 2 columns" in fit.text

    def test_the_output_of_two_classes_is_named_after_the_second(self) -> None:
        estimator = sn.NetClassifier(**NET).fit(X, LABELS)
        picture = fit_of(estimator._repr_html_()).text.partition("line width")[0]
        assert estimator.classes_.tolist() == ["<yes>", "no"]
        assert "no" in picture.replace("negative", "")
        assert "<yes>" not in picture

    def test_classes_name_the_outputs(self) -> None:
        three = np.array(["a<b", "c", "d"])[np.digitize(Y, [-0.5, 0.5])]
        text = fit_of(sn.NetClassifier(**NET).fit(X, three)._repr_html_()).text
        assert all(label in text for label in ("a<b", "c", "d"))


class TestWithoutFit:
    @pytest.mark.parametrize("kind", [sn.NetRegressor, sn.NetClassifier])
    def test_there_is_the_diagram_only(self, kind) -> None:
        estimator = kind()
        assert "sk-estimator" in estimator._repr_html_()
        assert "sheernet-fit" not in estimator._repr_html_()
        assert "sheernet-fit" not in estimator._repr_mimebundle_()["text/html"]


def test_a_pipeline_shows_its_steps() -> None:
    pipeline = make_pipeline(StandardScaler(), sn.NetRegressor(**NET)).fit(X, Y)
    page = pipeline._repr_html_()
    assert "StandardScaler" in page
    assert "NetRegressor" in page


def test_as_text_only() -> None:
    estimator = ESTIMATORS["NetRegressor"]()
    with config_context(display="text"):
        assert not hasattr(estimator, "_repr_html_")
        assert set(estimator._repr_mimebundle_()) == {"text/plain"}


def test_it_needs_no_matplotlib(monkeypatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # an import fails
    with pytest.raises(sn.MissingDependency):
        sn.plots.network(ESTIMATORS["NetRegressor"]())
    assert "svg" in fit_of(ESTIMATORS["NetRegressor"]()._repr_html_()).tags
