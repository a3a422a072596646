"""Pairs with labels are predictions with flipped labels, and interactions have their size, band and dependence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn

QUIET = {"decay": 1e-4, "starts": 1, "held_out": 0}


def herd(n: int = 240) -> dict[str, np.ndarray]:
    """Animals whose size depends on the kind, so that few rows have a kind and the size of another one."""
    rng = np.random.default_rng(4)
    kind = rng.choice(["deer", "elk", "moose"], n, p=[0.5, 0.3, 0.2])
    size = np.select([kind == "deer", kind == "elk"], [1.0, 2.0], 3.0) + 0.2 * rng.normal(size=n)
    sex = rng.choice(["f", "m"], n)
    return {"kind": kind, "sex": sex, "size": size}


def mass(t: dict[str, np.ndarray]) -> np.ndarray:
    male = t["sex"] == "m"
    return 10.0 * t["size"] + male * (4.0 * (t["kind"] == "elk") + 1.0) * t["size"]


@pytest.fixture(scope="module")
def of_labels() -> tuple[sn.Model, dict[str, np.ndarray]]:
    table = herd()
    return sn.fit({**table, "mass": mass(table)}, "mass", hidden=4, **QUIET), table


def flipped(model: sn.Model, table: dict[str, np.ndarray], kind: str, **values: object) -> float:
    """The mean prediction of the rows of a kind with other values."""
    rows = table["kind"] == kind
    own = {name: values[rows] for name, values in table.items()}
    return float(
        model.predict({**own, **{k: np.full(rows.sum(), v) for k, v in values.items()}}).mean()
    )


class TestLabels:
    def test_two_labels_differ_as_the_predictions_of_the_rows_do(self, of_labels) -> None:
        model, table = of_labels
        for names in (("kind", "sex"), ("sex", "kind")):
            (pair,) = model.effects(table, pairs=[names]).pairs
            joint = pair.joint[:, :, 0] if names[0] == "kind" else pair.joint[:, :, 0].T
            assert [list(values) for values in pair.values] == [
                ["deer", "elk", "moose"] if name == "kind" else ["f", "m"] for name in names
            ]
            for i, kind in enumerate(("deer", "elk", "moose")):
                by_sex = [flipped(model, table, kind, sex=sex) for sex in ("f", "m")]
                assert joint[i, 1] - joint[i, 0] == pytest.approx(by_sex[1] - by_sex[0])

    def test_means_are_the_effects_of_the_columns_alone(self, of_labels) -> None:
        model, table = of_labels
        found = model.effects(table, pairs=[("kind", "sex")])
        joint = found.pairs[0].joint[:, :, 0]
        kinds, sexes = (
            np.unique(table[name], return_counts=True)[1] / 240 for name in ("kind", "sex")
        )
        assert joint @ sexes == pytest.approx(found["kind"].mean[:, 0])
        assert kinds @ joint == pytest.approx(found["sex"].mean[:, 0])

    def test_a_label_and_a_number(self, of_labels) -> None:
        model, table = of_labels
        (pair,) = model.effects(table, pairs=[("size", "kind")]).pairs
        low, high = pair.values[0][[1, -2]]  # rounding may put the first and the last one outside
        for i, kind in enumerate(pair.values[1]):
            expected = flipped(model, table, kind, size=high) - flipped(
                model, table, kind, size=low
            )
            assert pair.joint[-2, i, 0] - pair.joint[1, i, 0] == pytest.approx(expected)
            own = table["size"][table["kind"] == kind]
            inside = (pair.values[0] > own.min() - 1e-9) & (pair.values[0] < own.max() + 1e-9)
            assert (pair.remoteness[:, i] <= 1.0).tolist() == inside.tolist()

    def test_partial_dependence_is_that_of_all_rows(self, of_labels) -> None:
        model, table = of_labels
        (pair,) = model.effects(table, "partial dependence", pairs=[("kind", "sex")]).pairs
        moved = {**table, "kind": np.full(240, "elk"), "sex": np.full(240, "m")}
        assert pair.joint[1, 1, 0] == pytest.approx(model.predict(moved).mean())

    def test_of_many_labels_the_most_frequent_ones_are_kept(self) -> None:
        letters = [chr(ord("a") + i) for i in range(20)]
        label = np.array(letters * 3 + letters[:13] * 3)
        table = {"label": label, "x": np.linspace(0.0, 1.0, len(label))}
        model = sn.fit(table, table["x"] * (label < "d"), hidden=2, **QUIET)
        for kind in ("ale", "partial dependence"):
            (pair,) = model.effects(table, kind, pairs=[("label", "x")]).pairs
            assert pair.values[0].tolist() == letters[:13]
        assert pair.interaction.mean(axis=0) == pytest.approx(0.0, abs=1e-9)  # of equal shares

    def test_partial_dependence_weighs_numbers_by_the_rows_near_them(self) -> None:
        """At the lower half of x there are nine of ten rows, and the interaction has the mean 0 over all rows."""
        rng = np.random.default_rng(0)
        x = np.where(
            rng.uniform(size=280) < 0.9, 0.5 * rng.uniform(size=280), rng.uniform(size=280)
        )
        table = {"x": x, "sex": rng.choice(["f", "m"], 280)}
        model = sn.fit(table, x**2 * (table["sex"] == "m"), hidden=3, **QUIET)
        (pair,) = model.effects(table, "partial dependence", pairs=[("x", "sex")]).pairs
        values, interaction = pair.values[0], pair.interaction[:, :, 0]
        nearest = np.abs(x[:, None] - values).argmin(axis=1)
        assert len(values) == 13
        assert interaction[nearest].mean(axis=0) == pytest.approx(0.0, abs=1e-9)


class TestInteractions:
    @pytest.mark.parametrize("kind", ["ale", "partial dependence"])
    @pytest.mark.parametrize("names", [("kind", "sex"), ("kind", "size")])
    def test_the_band_is_that_of_the_size_of_the_same_pattern(
        self, of_labels, kind: str, names: tuple[str, str]
    ) -> None:
        """Of two networks, one without weights, the interaction is 0 or twice the mean: its deviation is its size."""
        model, table = of_labels
        member = replace(model.members[0], factor=np.zeros(0), share=0.5)
        zero = replace(member, network=replace(member.network, theta=0.0 * member.network.theta))
        both = replace(model, members=(member, zero))
        (pair,) = both.effects(table, kind, pairs=[names]).pairs
        assert pair.importance[0] > 0.1
        assert pair.importance_std == pytest.approx(pair.importance)

    def test_the_dependence_is_the_difference_of_predictions(self, of_labels) -> None:
        model, table = of_labels
        (pair,) = model.effects(table, pairs=[("kind", "sex")]).pairs
        (found,) = pair.dependences
        assert found.column == 1
        assert [pair.values[1][i] for i in found.ends] == ["f", "m"]
        kinds = [pair.values[0][i] for i in found.held]
        assert kinds[0] == "elk"
        effects = [
            flipped(model, table, kind, sex="m") - flipped(model, table, kind, sex="f")
            for kind in kinds
        ]
        assert found.effects == pytest.approx(effects)
        assert found.difference == pytest.approx(effects[0] - effects[1])
        assert (found.stds > 0).all()
        curves = found.curves[1] - found.curves[0]
        assert curves == pytest.approx(effects)

    def test_by_default_are_the_strongest_ones(self, of_labels) -> None:
        model, table = of_labels
        found = model.effects(table)
        assert [effect.name for effect in found.curves if effect.name in table]
        assert found.pairs[0].names == ("kind", "sex")
        sizes = [float(pair.importance[0]) for pair in found.pairs]
        assert sizes == sorted(sizes, reverse=True)
        assert min(sizes) > 0.01 * model.predict(table).std()
        assert model.effects(table, pairs=0).pairs == ()

    def test_by_default_are_none_of_a_linear_model(self) -> None:
        table = herd()
        model = sn.fit({**table, "mass": 3.0 * table["size"]}, "mass", hidden=0, **QUIET)
        found = model.effects(table)
        assert found.pairs == ()
        assert "have an interaction of more than 1 % of the standard deviation" in " ".join(
            str(found).split()
        )
