"""As test_best_inputs.py, by names that are not published."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from models.best_inputs.test_best_inputs import FREE, PEAK, X
from random_models import models, random_model, with_region
from sheernet.data.columns import CategoryColumn, Inputs, NumberColumn
from sheernet.data.targets import ClassTarget, NumberTargets
from sheernet.foundation.sentences import Setting
from sheernet.models.best_inputs import input_search

pytestmark = pytest.mark.filterwarnings(
    "ignore:(date|time of day) '|the statistics of held-out rows"
)


ONE = NumberTargets(("y",), (0.0,), (1.0,), (-2.0,), (2.0,))


@pytest.fixture(scope="module")
def peak() -> sn.Model:
    """The largest value is 6, at a = 6, b = 0 and c = q."""
    return sn.fit({**X, "y": PEAK}, "y", hidden=8, decay=1e-7, starts=2, held_out=0, max_iter=300)


@pytest.fixture(scope="module")
def line() -> sn.Model:
    """y = 2 a + 3 b on -1 to 1, z = a - b."""
    a, b = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9))
    table = {"a": a.ravel(), "b": b.ravel()}
    table |= {"y": 2 * table["a"] + 3 * table["b"], "z": table["a"] - table["b"]}
    return sn.fit(table, ["y", "z"], hidden=0, decay=0.0, starts=1, held_out=0)


class TestRanges:
    @settings(max_examples=20, deadline=None)
    @given(
        model=models(outputs=("identity", "softplus", "tanh")),
        maximize=st.booleans(),
        value=st.booleans(),
    )
    def test_no_input_is_ever_outside_of_the_data(
        self, model: sn.Model, maximize: bool, value: bool
    ) -> None:
        aim = "maximize" if maximize else "minimize"
        model = with_region(model) if maximize else model
        is_class = isinstance(model.targets, ClassTarget)
        first = str(model.targets.classes[0]) if is_class else model.targets.names[0]
        if value and is_class:
            aim = 0.7
        found = model.optimize({first: aim}, starts=8)
        for each in found.solutions:
            # No warning is given.
            distance = model.data_distance({name: [cell] for name, cell in each.point.items()})
            assert not distance.is_outside.any()

    def test_a_bound_of_a_boolean_may_be_one_value(self) -> None:
        column = NumberColumn("on", "boolean", 0.0, 1.0, 0.0, 1.0)
        x = NumberColumn("x", "number", 0.0, 1.0, -1.0, 1.0)
        model = random_model(sn.Architecture((2, 1)), inputs=Inputs((column, x)))
        for value in (True, False):
            found = model.optimize("maximize", bounds={"on": value})
            assert found.inputs["on"] is value


class TestLabels:
    def test_many_combinations_are_exchanged_and_told(self) -> None:
        columns = tuple(CategoryColumn(f"c{i}", tuple("abcd")) for i in range(6))
        arch = sn.Architecture((24, 1))
        model = random_model(
            arch,
            5,
            inputs=Inputs(columns),
            targets=NumberTargets(("y",), (0.0,), (1.0,), (-2.0,), (2.0,)),
        )
        weights = model.network["W1"][:, 0].reshape(6, 4)
        found = model.optimize("maximize", starts=8, **FREE)
        assert not found.is_exhaustive
        assert list(found.inputs.values()) == ["abcd"[i] for i in weights.argmax(axis=1)]
        assert "4096 combinations" in found.text()

    def test_one_rare_label_is_searched_for_all(self) -> None:
        column = CategoryColumn("c", ("a", "b"), ("p", "q"))
        model = random_model(sn.Architecture((3, 1), bias=False), 1, inputs=Inputs((column,)))
        network = sn.Network(model.network.architecture, [1.0, 2.0, 5.0])  # a, b, rare
        model = replace(model, members=(replace(model.members[0], network=network),))
        assert model.optimize("maximize", **FREE).inputs["c"] == "p"
        assert model.optimize("maximize", bounds={"c": ["a", "q"]}, **FREE).inputs["c"] == "q"


class TestRefusals:
    @pytest.mark.parametrize("given", ["yes", ["yes"], [None], 2.0, []])
    def test_of_bounds_of_a_boolean(self, given) -> None:
        column = NumberColumn("on", "boolean", 0.0, 1.0, 0.0, 1.0)
        model = random_model(sn.Architecture((1, 1)), inputs=Inputs((column,)))
        with pytest.raises(sn.InvalidInput, match=r"'on' must be a list of .* false and true, but"):
            model.optimize("maximize", bounds={"on": given})

    def test_of_several_targets_without_a_name(self, line: sn.Model) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"predicts y and z; want must name .* such as want=\{'y': 'maximize'\}",
        ) as caught:
            line.optimize("maximize")
        assert caught.value.args[0].settings[-1] == Setting("want", {"y": "maximize"})

    def test_of_values_that_cannot_be_predicted(self) -> None:
        model = random_model(
            sn.Architecture((2, 1), output="exp"),
            targets=NumberTargets(("n",), (0.0,), (1.0,), (0.0,), (9.0,)),
        )
        with pytest.raises(sn.InvalidInput, match="of at least 0, but -1 was given"):
            model.optimize(-1.0)


class TestAwkwardModels:
    def test_a_constant_model_has_the_middle_of_the_ranges(self) -> None:
        model = random_model(sn.Architecture((2, 2, 1)))
        member = replace(
            model.members[0], network=sn.Network(model.network.architecture, np.zeros(9))
        )
        silent = replace(model, members=(member,))
        found = silent.optimize("maximize", **FREE)
        middle = {c.name: (c.lowest + c.highest) / 2 for c in silent.inputs.columns}
        assert dict(found.inputs) == pytest.approx(middle, abs=1e-6)
        assert found.agreeing == found.starts
        assert found.reached

    def test_fifty_columns(self) -> None:
        columns = tuple(NumberColumn(f"x{i}", "number", 0.0, 1.0, -1.0, 1.0) for i in range(50))
        model = random_model(sn.Architecture((50, 1)), 2, inputs=Inputs(columns))
        found = model.optimize("maximize", starts=8, **FREE)
        assert list(found.inputs.values()) == np.sign(model.network["W1"][:, 0]).tolist()

    def test_an_ensemble_with_noise_that_varies(self) -> None:
        column = NumberColumn("x", "number", 0.0, 1.0, -2.0, 2.0)
        model = random_model(
            sn.Architecture((1, 5, 2)),
            3,
            members=3,
            inputs=Inputs((column,)),
            targets=ONE,
            cost="gaussian_nll",
        )
        found = model.optimize("maximize", **FREE)
        grid = model.predict({"x": np.linspace(-2, 2, 4001)})
        assert found.prediction[0] == pytest.approx(grid.max(), abs=1e-5)
        assert found.solutions[0].band.startswith("2 standard deviations among 3 networks")
        assert found.interval[0][0] < found.prediction[0] < found.interval[1][0]
        assert "; 90 % interval of new values " in found.text()
        assert " ".join(found.text().split()).endswith("the interval includes noise")
        assert found._repr_html_().endswith("the interval includes noise</p>")


class TestResults:
    def test_are_html_with_escaped_labels(self) -> None:
        column = CategoryColumn("c", ("<b>", "<i>"))
        html = (
            random_model(sn.Architecture((2, 1)), inputs=Inputs((column,)))
            .optimize("maximize")
            ._repr_html_()
        )
        assert "<i>" not in html
        assert "<b>" not in html

    def test_say_whether_all_combinations_were_tried(self, peak: sn.Model, monkeypatch) -> None:
        monkeypatch.setattr(input_search, "MOST_COMBINATIONS", 2)
        found = peak.optimize("maximize")
        assert not found.is_exhaustive
        assert found.inputs["c"] == "q"
