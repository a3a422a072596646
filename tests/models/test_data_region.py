"""`DataRegion`: a typical row and the distances of training rows, which a model and its file keep."""

from __future__ import annotations

import json

import numpy as np
import pytest

import sheernet as sn

pytestmark = pytest.mark.filterwarnings(
    "ignore:(date|time of day) '|the statistics of held-out rows"
)
N = 41


def table() -> dict[str, object]:
    rng = np.random.default_rng(0)
    return {
        "a": np.linspace(0.0, 10.0, N) ** 2,
        "day": np.datetime64("2024-01-01") + np.arange(N),
        "color": np.array(["red", "green", "blue"])[rng.integers(0, 5, N).clip(max=2)],
        "on": np.arange(N) % 3 > 0,
    }


def fitted(**columns) -> sn.Model:
    columns = columns or table()
    y = np.arange(len(next(iter(columns.values()))), dtype=float)
    return sn.fit({**columns, "y": y}, "y", hidden=0, decay=0.1, starts=1, held_out=0)


class TestATypicalRow:
    def test_has_medians_and_the_most_frequent_labels(self) -> None:
        columns, model = table(), fitted()
        labels, counts = np.unique(columns["color"], return_counts=True)
        middle = np.datetime64("2024-01-01") + 20 - np.datetime64("1970-01-01")
        assert model.region.typical == (25.0, middle.astype(float), labels[counts.argmax()], 1.0)

    @pytest.mark.filterwarnings("ignore:the weights in 'w' are whole numbers")
    def test_counts_case_weights(self) -> None:
        columns = {"a": [1.0, 2.0, 3.5, 4.0], "c": ["q", "q", "q", "p"], "w": [1.0, 1.0, 1.0, 5.0]}
        columns["y"] = [1.5, 2.0, 3.0, 5.0]
        model = sn.fit(columns, "y", weights="w", hidden=0, decay=0.1, starts=1, rare=0.0)
        assert model.region.typical == (4.0, "p")

    def test_with_missing_values_has_medians(self) -> None:
        X = np.random.default_rng(0).normal(size=(200, 4))
        X[np.random.default_rng(1).random(X.shape) < 0.1] = np.nan
        with pytest.warns(sn.SheernetWarning, match="typical value"):
            model = fitted(**dict(zip("abcd", X.T, strict=True)))
        assert model.region.typical == pytest.approx(np.nanmedian(X, axis=0), rel=1e-9)

    def test_has_labels_that_occur_together(self) -> None:
        """Region s1 is the largest, but most rows are of the south, where it does not lie."""
        site = np.array(["s1"] * 16 + ["s2"] * 13 + ["s3"] * 12)
        columns = {
            "site": site,
            "part": np.where(site == "s1", "north", "south"),
            "x": np.arange(41.0) ** 2,
        }
        model = fitted(**columns)
        assert model.region.typical == ("s2", "south", 400.0)

    def test_of_columns_that_add_up_is_nearer_to_the_center_than_half_of_the_rows(self) -> None:
        """The medians of the skewed parts add up to 93 %, as no row does."""
        parts = np.random.default_rng(0).dirichlet([0.5, 1.0, 2.0], 80) * 100
        kind = np.where(parts[:, 0] > 20, "rich", "poor")
        columns = {**dict(zip("abc", parts.T, strict=True)), "kind": kind}
        model = fitted(**columns)
        row = dict(zip(model.inputs.names, model.region.typical, strict=True))
        assert row["a"] + row["b"] + row["c"] == pytest.approx(100.0)
        assert row["kind"] == "poor"
        assert model.data_distance(row).quantile[0] < 0.5
        assert model.profile().distance.quantile[0] < 0.5


class TestDistances:
    @pytest.mark.filterwarnings(
        "ignore:x[0-9]+: ", "ignore:[0-9]+ more messages about values outside"
    )
    def test_new_rows_of_the_same_source_are_spread_over_the_quantiles(self) -> None:
        """Few rows for the number of features, where distances of the training rows themselves are too small."""
        rng = np.random.default_rng(3)

        def rows(n):
            return {f"x{i}": rng.normal(size=n) for i in range(12)}

        model = fitted(**rows(60))
        found = model.data_distance(rows(3000)).quantile
        assert np.median(found) == pytest.approx(0.5, abs=0.12)
        assert (found == 1).mean() < 0.1


class TestAFile:
    def test_keeps_the_region_with_every_digit(self, tmp_path) -> None:
        model = fitted()
        again = sn.load(model.save(tmp_path / "model.json")).region
        assert again.typical == model.region.typical
        for name in ("center", "factor", "percentiles", "reference"):
            assert np.array_equal(getattr(again, name), getattr(model.region, name))

    def test_keeps_no_training_row(self, tmp_path) -> None:
        """Its reference rows have the values of several training rows, those of every column as often."""
        columns = table()
        model = sn.load(fitted(**columns).save(tmp_path / "model.json"))
        kept = model.region.reference.reshape(-1, model.inputs.n_features)
        rows = model.inputs.encode(sn.read_table(columns))
        assert np.abs(kept[:, None] - rows).max(axis=2).min() > 1e-3
        assert kept.mean(axis=0) == pytest.approx(rows.mean(axis=0), abs=1e-7)

    def test_of_an_earlier_version_may_lack_the_reference_rows(self, tmp_path) -> None:
        path = fitted().save(tmp_path / "model.json")
        document = json.loads(path.read_text())
        del document["region"]["reference"]
        path.write_text(json.dumps(document))
        assert not len(sn.load(path).region.reference)

    def test_of_an_earlier_version_has_none_and_still_profiles(self, tmp_path) -> None:
        path = fitted().save(tmp_path / "model.json")
        document = json.loads(path.read_text())
        del document["region"]
        path.write_text(json.dumps(document))
        model = sn.load(path)
        assert model.region is None
        profile = model.profile()
        assert profile.words.startswith("a middle row")
        assert np.isnan(profile.distance.distance[0])
        assert model.optimize("maximize").prediction[0] >= profile.prediction[0]

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"typical": [1.0]}, "'region' must be one of its columns"),
            ({"typical": [1e9, 19800.0, "red", 1.0]}, "'region' must be one of its columns"),
            ({"typical": [25.0, 19723.0, "pink", 1.0]}, "'region' must be one of its columns"),
            ({"center": [], "factor": []}, "factor and percentiles of a region"),
            ({"center": [0.0], "factor": [-1.0]}, "diagonal of the factor of a region must be positive"),
            ({"reference": [0.0]}, "'reference' of 'region' must have rows of [0-9]+ features, but has 1 number"),
            ({"center": [0.0], "factor": [1.0]}, "'region' must be one of its columns"),
        ],
    )  # fmt: skip
    def test_with_a_region_of_other_columns_is_refused(self, tmp_path, change, message) -> None:
        path = fitted().save(tmp_path / "model.json")
        document = json.loads(path.read_text())
        document["region"] |= change
        path.write_text(json.dumps(document))
        with pytest.raises(sn.InvalidInput, match=message):
            sn.load(path)
