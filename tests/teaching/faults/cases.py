"""Problems on which a fault shows: with the properties of `fault.setting` and exactly P parameters.

Points are drawn until a fault can show at one: the value is finite, units of relu are on for some rows and off for
others, decayed weights have both signs in every layer, and units are saturated if the setting says so; then more than
one row has an effect, as otherwise any gradient would be a multiple of the right one.  None of these conditions uses
the wrong gradient.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

import sheernet as sn
from sheernet.objective.engines.reference_engine import ReferenceEngine

ATTEMPTS = 2000
SATURATED = 40.0  # times as large as usual
OUTPUTS = {
    "plain": (1, 2), "wide": range(3, 9), "deep": range(1, 9), "equal": range(1, 65), "pairs": range(2, 9, 2)
}  # fmt: skip
FEWEST_INPUTS = {"plain": 4, "wide": 1, "deep": 1, "pairs": 1}
SURE = 30.0  # for larger z, tanh and sigmoid are 1 to at least 13 digits
TOO_SURE = 36.0  # if all z are larger, 1 - sigmoid(z) and the whole wrong gradient are 0


def fault_case(
    fault: sn.faults.Fault, n_parameters: int, seed: int
) -> tuple[ReferenceEngine, np.ndarray]:
    """An objective with exactly P parameters and a point at which a fault shows."""
    setting = fault.setting
    rng = np.random.default_rng([seed, n_parameters])
    for _ in range(ATTEMPTS):
        objective, theta = _draw(rng, setting, n_parameters)
        if _shows(objective, theta, setting):
            return objective, theta
    raise AssertionError(f"no point found for fault {fault.name!r} with P = {n_parameters}")


def _draw(
    rng: np.random.Generator, setting: Any, n_parameters: int
) -> tuple[ReferenceEngine, np.ndarray]:
    sizes, bias = sizes_of(setting["shape"], n_parameters, setting["bias"], setting["skip"])
    arch = sn.Architecture(
        sizes, setting["hidden"], setting["output"], bias=bias, skip=setting["skip"]
    )
    theta = np.empty(n_parameters)
    for block in arch.layout.blocks:
        spread = 0.5 if block.is_bias else 1.0 / math.sqrt(block.shape[0])
        theta[block.slice] = spread * rng.normal(size=block.stop - block.start)
    if setting["saturated"]:  # inputs that are not standardized
        theta *= SATURATED
        X = rng.normal(1.0, 0.2, size=(10, arch.n_inputs))
    else:
        X = rng.normal(size=(int(rng.integers(12, 61)), arch.n_inputs))
    y = _targets(rng, arch, theta, X, setting)
    weights = rng.uniform(0.2, 3.0, len(X)) if setting["weights"] else None
    strength = float(rng.uniform(0.05, 0.5)) if setting["decay"] else 0.0
    decay = sn.weight_decay(arch, strength)
    objective = sn.make_objective(
        arch, X, y, cost=setting["cost"], decay=decay, weights=weights, engine="reference"
    )
    assert isinstance(objective, ReferenceEngine)
    return objective, theta


def _targets(
    rng: np.random.Generator, arch: sn.Architecture, theta: np.ndarray, X: np.ndarray, setting: Any
) -> np.ndarray:
    n, k = len(X), sn.costs.targets_of(sn.costs.get(setting["cost"]), arch.n_outputs)
    if setting["saturated"] == "output":  # a confident network that is right
        z = sn.forward(arch, theta, X).pre_activations[-1]
        classes = z.argmax(axis=1)
        return np.eye(k)[classes] if setting["cost"] == "cross_entropy" else (z > 0).astype(float)
    if setting["cost"] == "binary_cross_entropy":
        return rng.integers(0, 2, (n, k)).astype(float)
    if setting["cost"] == "cross_entropy":
        return np.eye(k)[rng.integers(0, k, n)]
    if setting["cost"] == "poisson":
        return rng.poisson(2.0, (n, k)).astype(float)
    return 2.0 * rng.normal(size=(n, k))


def _shows(objective: ReferenceEngine, theta: np.ndarray, setting: Any) -> bool:
    z = sn.forward(objective.architecture, theta, objective.X).pre_activations
    if not np.isfinite(objective.value(theta)):
        return False
    if setting["decay"] and not _both_signs(objective, theta):
        return False
    if setting["saturated"] == "hidden":  # some units, but not all, are saturated in all rows
        return bool((z[1].min(axis=0) > SURE).any() and (np.abs(z[1]) < 1.0).any())
    if setting["saturated"] == "output" and setting["cost"] == "cross_entropy":
        second, first = np.sort(z[-1], axis=1)[:, -2:].T
        return bool((first - second > SURE).all())
    if setting["saturated"] == "output":
        least, next_to_it = np.sort(z[-1], axis=None)[:2]
        return bool(SURE < least < TOO_SURE and 0.1 < next_to_it - least < 3.0)
    if setting["hidden"] in ("relu", "leaky_relu"):
        return all(_turns(z_l) for z_l in z[1:-1])
    return True


def _both_signs(objective: ReferenceEngine, theta: np.ndarray) -> bool:
    weights = [theta[b.slice] for b in objective.architecture.layout.blocks if not b.is_bias]
    return all(w.min() < 0 < w.max() for w in weights)


def _turns(z: np.ndarray) -> bool:
    """Whether at least two units are on in some rows and off in others."""
    on = (z > 0).mean(axis=0)
    return int(((on > 0) & (on < 1)).sum()) >= 2


@cache
def sizes_of(
    shape: str, n_parameters: int, bias: bool, skip: bool
) -> tuple[tuple[int, ...], tuple[bool, ...] | bool]:
    """Widths and biases of the network with P parameters, of a given shape, whose widths differ least."""
    found = [
        (max(sizes) / min(sizes), sizes, which)
        for sizes, which in _candidates(shape, n_parameters, bias, skip)
        if _count(sizes, which, skip) == n_parameters
    ]
    assert found, f"no {shape} network has {n_parameters} parameters"
    _, sizes, which = min(found)
    return sizes, which


def _candidates(
    shape: str, n_parameters: int, bias: bool, skip: bool
) -> Iterator[tuple[tuple[int, ...], tuple[bool, ...]]]:
    n_hidden = 2 if shape == "deep" else 1
    for hidden in range(1, math.isqrt(n_parameters) + 1):
        for outputs in OUTPUTS[shape]:
            if shape == "equal":
                for first in (bias, False):  # 13 parameters take biases at the output only
                    yield (hidden, hidden, outputs), (first, bias)
                continue
            which = (bias,) * (n_hidden + 1)
            above = (hidden,) * n_hidden + (outputs,)
            one, two = (_count((d, *above), which, skip) for d in (1, 2))
            inputs, rest = divmod(n_parameters - one, two - one)
            inputs += 1
            if rest == 0 and inputs >= FEWEST_INPUTS[shape]:
                yield (inputs, *above), which


def _count(sizes: tuple[int, ...], bias: tuple[bool, ...], skip: bool) -> int:
    weights = sum(a * b for a, b in pairwise(sizes))
    biases = sum(width for width, has in zip(sizes[1:], bias, strict=True) if has)
    return weights + biases + skip * sizes[0] * sizes[-1]
