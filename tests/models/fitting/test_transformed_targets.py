"""Fits of skewed targets: networks of transformed targets take part, and all that a model says allows for them."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import sheernet as sn


def rows(n: int, seed: int = 0) -> dict[str, np.ndarray]:
    """A log-normal target, whose mean is exp(x + w / 2 + 0.18)."""
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(2, n))
    return {"x": x, "w": w, "price": np.exp(x + 0.5 * w + 0.6 * rng.normal(size=n))}


@functools.cache
def fitted(transform: str = "auto") -> sn.Model:
    return sn.fit(rows(200), "price", hidden=2, starts=1, target_transform=transform)


NEW = rows(2500, seed=1)
INSIDE = (np.abs(NEW["x"]) < 2.0) & (np.abs(NEW["w"]) < 2.0)
NEW = {name: values[INSIDE] for name, values in NEW.items()}
INPUTS = {name: NEW[name] for name in ("x", "w")}


class TestOfSkewedTargets:
    def test_the_density_gains_three_nats_in_a_hundred_rows(self) -> None:
        ours, plain = (
            np.mean(model.distribution(INPUTS).logpdf(NEW["price"]))
            for model in (fitted(), fitted("none"))
        )
        assert ours > plain + 0.03

    def test_predictions_are_means(self) -> None:
        """The median would be lower by 16 %."""
        model = fitted()
        truth = np.exp(NEW["x"] + 0.5 * NEW["w"] + 0.5 * 0.6**2)
        middle = np.abs(NEW["x"]) + np.abs(NEW["w"]) < 1.5
        assert np.median(model.predict(INPUTS)[middle] / truth[middle]) == pytest.approx(1, abs=0.1)
        assert model.predict(INPUTS) == pytest.approx(model.distribution(INPUTS).mean())

    def test_intervals_cover_as_often_as_they_say(self) -> None:
        for method in ("density", "conformal"):
            lower, upper = fitted().predict_interval(INPUTS, 0.9, method)
            assert 0.86 < np.mean((lower <= NEW["price"]) & (NEW["price"] <= upper)) < 0.94

    def test_a_saved_model_predicts_the_same_bits(self, tmp_path) -> None:
        model = fitted()
        again = sn.load(model.save(tmp_path / "model.json"))
        assert [m.transform for m in again.members] == [m.transform for m in model.members]
        for one, other in zip(
            model.predict(INPUTS, return_std=True),
            again.predict(INPUTS, return_std=True),
            strict=True,
        ):
            assert one.tolist() == other.tolist()

    def test_a_linear_member_has_weights_and_no_coefficients_in_units(self) -> None:
        model = sn.fit(rows(100), "price", hidden=0)
        (which, *_) = [
            k for k, m in enumerate(model.members)
            if m.transform is not None and m.network.architecture.n_layers == 1
        ]  # fmt: skip
        summary = model.summary(member=which)
        assert not summary.coefficients.is_linear
        assert "targets are transformed" in str(summary)
        assert any(
            "transformed price" in name for name in model.names_of_outputs(model.members[which])
        )


def test_none_switches_transforms_off() -> None:
    model = fitted("none")
    assert all(member.transform is None for member in model.members)
    assert not any("transform" in str(notice) for notice in model.notices)


def test_normal_targets_are_not_transformed() -> None:
    table = rows(200)
    table["price"] = np.log(table["price"])
    model = sn.fit(table, "price", hidden=2, starts=1)
    assert all(member.transform is None for member in model.members)


def test_another_word_is_refused() -> None:
    with pytest.raises(
        sn.InvalidInput, match="target_transform 'log' is not recognized; choose one of auto, none"
    ):
        sn.fit(rows(50), "price", target_transform="log")


def test_the_estimator_has_the_setting() -> None:
    table = rows(100)
    X = np.column_stack([table["x"], table["w"]])
    model = (
        sn.NetRegressor(hidden=0, starts=1, target_transform="none").fit(X, table["price"]).model_
    )
    assert model.settings["target_transform"] == "none"
    assert all(member.transform is None for member in model.members)
