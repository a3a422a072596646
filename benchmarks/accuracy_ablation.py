"""What each part of the default fit brings, on the development half of the tables of accuracy.py.

Parts are switched off by changing constants of `sheernet.statistics`; each line has everything of the lines above it.
Three splits of each table; the table of results is written to accuracy_ablation.md, from where `accuracy.py page` takes
it.

    python benchmarks/accuracy_ablation.py
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from _accuracy_tables import TARGET, Split, split, tables

import sheernet as sn
from sheernet.statistics import ensemble
from sheernet.statistics import ensemble_candidates as candidates

SPLITS = 3
PAGE = Path(__file__).with_name("accuracy_ablation.md")


def nothing_off() -> None:
    """Everything, as by default."""


def no_kinds_of_noise() -> None:
    ensemble.KINDS = ()
    ensemble.SKEWED_COSTS = {}


def one_decay_per_group() -> None:
    no_kinds_of_noise()
    ensemble.GROUPINGS = (False,)


def one_network() -> None:
    one_decay_per_group()
    candidates.KEPT = 1


STEPS: dict[str, tuple[Callable[[], None], dict[str, Any]]] = {
    "linear model": (one_network, {"hidden": 0}),
    "8 units, a decay for each group, best of the starts": (one_network, {"hidden": 8}),
    "sizes grown and averaged, shares by folds": (one_decay_per_group, {}),
    "also with a decay for each input": (no_kinds_of_noise, {}),
    "varying and heavy-tailed noise": (nothing_off, {"transform": "none"}),
    "transforms of skewed targets (the default)": (nothing_off, {}),
}
DEFAULTS = ensemble.KINDS, ensemble.SKEWED_COSTS, ensemble.GROUPINGS, candidates.KEPT


def scores(part: Split, step: str) -> tuple[float, float, float]:
    """RMSE and -log density per row in standard deviations of the training target, and seconds."""
    ensemble.KINDS, ensemble.SKEWED_COSTS, ensemble.GROUPINGS, candidates.KEPT = DEFAULTS
    switch_off, settings = STEPS[step]
    switch_off()
    began = time.perf_counter()
    model = sn.fit(
        part.train,
        TARGET,
        held_out=0,
        unseen="rare",
        task="regression",
        decay="evidence",
        **settings,
    )
    took = time.perf_counter() - began
    new, unit = part.test.drop(columns=TARGET), float(part.train[TARGET].std())
    truth = part.test[TARGET].to_numpy(float)
    error = float(np.sqrt(np.mean((model.predict(new) - truth) ** 2))) / unit
    return error, float(np.mean(model.distribution(new).logpdf(truth))) + np.log(unit), took


def main() -> None:
    """Print a line for each table, and write the page."""
    warnings.simplefilter("ignore", sn.SheernetWarning)
    found: dict[str, list[np.ndarray]] = {}
    chosen = [t for t in tables() if t.half == "development" and t.task == "regression"]
    for table in chosen:
        for step in STEPS:
            parts = [split(table, seed) for seed in range(SPLITS)]
            mean = np.mean([scores(part, step) for part in parts], axis=0)
            found.setdefault(step, []).append(mean)
            print(table.name, step, *(f"{value:.3f}" for value in mean), sep="\t", flush=True)
    about = (
        f"Development half, {SPLITS} splits: RMSE in standard deviations of the target, and in the last columns the "
        "mean over the\ntables of the log density (of the target in its standard deviations) and of the seconds."
    )
    head = f"| | {' | '.join(table.name for table in chosen)} | log density | seconds |"
    lines = ["## What each part brings", "", about, "", head, f"|---|{'---|' * (len(chosen) + 2)}"]
    for step, values in found.items():
        errors, densities, took = np.transpose(values)
        cells = [
            *(f"{error:.3f}" for error in errors),
            f"{densities.mean():.2f}",
            f"{took.mean():.1f}",
        ]
        lines.append(f"| {step} | {' | '.join(cells)} |")
    PAGE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
