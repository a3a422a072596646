"""Wrong first calls are answered with the right call, and errors inside of a function are its own."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from random_models import random_model
from sheernet.foundation import familiar_names
from sheernet.foundation.call_forms import called_as

ARCH = sn.Architecture((2, 3, 1))
NET: Any = sn.Network.random(ARCH)
X = np.ones((4, 2))
LIBRARY: Any = sn


@pytest.mark.parametrize(
    ("call", "right"),
    [
        (lambda: LIBRARY.fit(NET, X, X), r"sn\.train\(network, X, y\)"),
        (lambda: LIBRARY.fit(), r"sn\.fit\(table, target='NAME'\)"),
        (lambda: LIBRARY.forward(NET, X), r"sn\.forward\(network\.architecture, network\.theta, X\)"),
        (lambda: LIBRARY.backward(NET), r"sn\.backward\(network\.architecture"),
        (lambda: LIBRARY.train(X, X), r"train\(\) lacks a required argument: 'y'.*sn\.fit\(X, y\)"),
        (lambda: LIBRARY.load(), r"sn\.load\('model\.json'\)"),
        (lambda: LIBRARY.load("a", "b", mode="c"), r"sn\.load\('model\.json'\)"),
        (lambda: LIBRARY.select("data.csv"), r"sn\.select\(table, target='NAME'\)"),
        (lambda: LIBRARY.compare("data.csv"), r"sn\.compare\(table, target='NAME'\)"),
        (lambda: LIBRARY.Network(2, 3, 1), r"Network needs an Architecture.*pass sn\.Architecture\(\(2, 3, 1\)\)"),
        (lambda: LIBRARY.Network([2, 3, 1]), r"Network\(\) lacks.*'theta'"),
        (lambda: random_model(ARCH).predict(X, interval=0.9), r"model\.predict_interval\(table, coverage=0\.9\)"),
        (lambda: NET(X), r"network\.predict\(X\)"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_answered_with_the_right_one(call: Callable[[], Any], right: str) -> None:
    with pytest.raises(sn.InvalidInput, match=right):
        call()


@pytest.mark.parametrize(
    ("owner", "answers"),
    [(LIBRARY, familiar_names.FUNCTIONS), (NET, familiar_names.NETWORK)],
)
def test_names_of_other_packages_are_answered(owner: Any, answers: dict[str, str]) -> None:
    for name, answer in answers.items():
        with pytest.raises(AttributeError) as error:
            getattr(owner, name)
        assert str(error.value).endswith(answer)
    with pytest.raises(AttributeError, match=r"no attribute 'nothing'$"):
        _ = owner.nothing


def test_a_model_answers_names_and_calls() -> None:
    model: Any = sn.fit(
        {"x": [0.0, 1.0, 2.0, 3.0], "y": [0.0, 1.0, 2.0, 3.5]}, "y", hidden=0, decay=0.0, starts=1
    )
    for name, answer in familiar_names.MODEL.items():
        with pytest.raises(AttributeError) as error:
            getattr(model, name)
        assert str(error.value).endswith(answer)
    for call in (model, model.predict):
        with pytest.raises(sn.InvalidInput, match=r"model\.predict\(table\)"):
            call()
    again = copy.deepcopy(pickle.loads(pickle.dumps(model)))
    assert again.predict({"x": 1.5}) == model.predict({"x": 1.5})


def test_an_error_inside_of_a_function_stays() -> None:
    @called_as("f(x)")
    def f(x: Any) -> Any:
        """Add 1."""
        return x + 1

    assert f(1) == 2
    assert str(inspect.signature(f)) == "(x: 'Any') -> 'Any'"
    with pytest.raises(TypeError, match="NoneType"):
        f(None)
    with pytest.raises(sn.InvalidInput, match="call f"):
        f(1, 2)  # type: ignore[call-arg]
