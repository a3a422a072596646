"""Arguments that describe arrays, beside a model."""

from __future__ import annotations

from functools import cache

import pytest

import sheernet as sn

TABLE = {"x": [i / 10 for i in range(40)], "y": [(i / 10) ** 2 for i in range(40)]}


@cache
def model() -> sn.Model:
    return sn.fit(TABLE, "y", hidden=0, decay=1e-4, starts=1)


@pytest.mark.parametrize(
    ("picture", "given"),
    [
        *(
            (picture, given)
            for picture in ("predicted_against_true", "residuals")
            for given in ({"held_out": [0]}, {"target_names": ["z"]}, {"weights": [1.0] * 40})
        ),
        ("residuals", {"folds": 5}),
        ("intervals", {"target_names": ["z"]}),
        ("intervals", {"weights": [1.0] * 40}),
    ],
)
def test_are_refused(picture, given) -> None:
    (name,) = given
    with pytest.raises(sn.InvalidInput, match=f"but {name} was given with a model; omit it"):
        getattr(sn.plots, picture)(model(), TABLE, **given)


def test_several_are_named() -> None:
    with pytest.raises(sn.InvalidInput, match=r"held_out and weights were given .*; omit them"):
        sn.plots.residuals(model(), TABLE, held_out=[0], weights=[1.0] * 40)
