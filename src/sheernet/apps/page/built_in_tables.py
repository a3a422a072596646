"""The data sets that the page has: the sleep study, XOR, two spirals, a sine with noise, and two of scikit-learn.

two spirals    K. J. Lang and M. J. Witbrock (1988), Learning to tell two spirals apart, Proc. 1988 Connectionist
               Models Summer School, 52-59: 97 points on each, radius 6.5 (104 - i) / 104, angle i pi / 16
sine           y = sin x + 0.2 e with standard normal e, seed 0: points of this program
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheernet.data import datasets
from sheernet.foundation.optional import import_optional


@dataclass(frozen=True)
class BuiltIn:
    """A built-in data set.

    Parameters
    ----------
    name, target : str
        Its name, and the column to predict.
    summary : str
        What it is, in a sentence.
    source, license : str
        Where it is from, and terms of use.
    load : callable
        Returns the columns by name.
    """

    name: str
    target: str
    summary: str
    source: str
    license: str
    load: Callable[[], Mapping[str, Any]]


OURS = "Points computed by sheernet."


def _sleep_study() -> dict[str, Any]:
    """Return the sleep study, scaled as in the videos: hours by their maxima, and scores by 100."""
    X, y = datasets.load_sleep_study().scaled
    names = ("hours asleep / 10", "hours studying / 5")
    return {**dict(zip(names, X.T, strict=True)), "test score / 100": y[:, 0]}


def _xor() -> dict[str, Any]:
    return {
        "x1": [0.0, 0.0, 1.0, 1.0],
        "x2": [0.0, 1.0, 0.0, 1.0],
        "xor": ["no", "yes", "yes", "no"],
    }


def _spirals() -> dict[str, Any]:
    i = np.arange(97)
    radius, angle = 6.5 * (104 - i) / 104, i * np.pi / 16
    x, y = radius * np.sin(angle), radius * np.cos(angle)  # (97,)
    return {
        "x": np.concatenate([x, -x]), "y": np.concatenate([y, -y]), "spiral": ["one"] * 97 + ["two"] * 97,
    }  # fmt: skip


def _sine() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    x = np.sort(rng.uniform(0.0, 2 * np.pi, 60))  # (60,)
    return {"x": x.round(4), "y": (np.sin(x) + 0.2 * rng.standard_normal(60)).round(4)}


def _iris() -> dict[str, Any]:
    found = _of_sklearn("load_iris")
    labels = [str(found.target_names[code]) for code in found.target]
    return {**dict(zip(found.feature_names, found.data.T, strict=True)), "species": labels}


def _diabetes() -> dict[str, Any]:
    found = _of_sklearn("load_diabetes", scaled=False)
    return {
        **dict(zip(found.feature_names, found.data.T, strict=True)),
        "progression": found.target,
    }


def _of_sklearn(loader: str, **how: Any) -> Any:
    purpose = "the iris and the diabetes data"
    module = import_optional("sklearn.datasets", extra="sklearn", purpose=purpose)
    return getattr(module, loader)(**how)


_SLEEP = datasets.load_sleep_study()

ALL: dict[str, BuiltIn] = {
    each.name: each
    for each in (
        BuiltIn(
            "sleep study", "test score / 100", "Test scores of three students from their hours of sleep and study, "
            "divided by 10, 5 and 100 as in the videos.", _SLEEP.source, _SLEEP.license, _sleep_study,
        ),
        BuiltIn("xor", "xor", "Whether exactly one of two inputs is 1.", OURS, "", _xor),
        BuiltIn(
            "two spirals", "spiral", "Two spirals that turn around each other three times.",
            "K. J. Lang and M. J. Witbrock (1988), Learning to tell two spirals apart", "", _spirals,
        ),
        BuiltIn("sine", "y", "A sine wave with noise of standard deviation 0.2, 60 rows.", OURS, "", _sine),
        BuiltIn(
            "iris", "species", "Three species of iris from the sizes of their leaves, 150 rows.",
            "R. A. Fisher, Annals of Eugenics 7 (1936) 179-188; from scikit-learn", "", _iris,
        ),
        BuiltIn(
            "diabetes", "progression", "How a disease has progressed after a year in 442 patients.",
            "Efron, Hastie, Johnstone and Tibshirani, Annals of Statistics 32 (2004) 407-499; from scikit-learn", "",
            _diabetes,
        ),
    )
}  # fmt: skip
"""By name."""
