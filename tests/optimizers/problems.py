"""Test problems with known minima: More, Garbow and Hillstrom, NIST, a quadratic, an edge, and small networks.

J. J. More, B. S. Garbow and K. E. Hillstrom, Testing Unconstrained Optimization Software, ACM Trans. Math. Softw. 7
(1981), 17-41, give start and minimum of sum r_i^2; here the objective is half of that.  Jacobians come from complex
steps, so that no derivative is written twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

import numpy as np

import sheernet as sn


class LeastSquares:
    """1/2 sum r_i(x)^2 for residuals that take complex numbers."""

    def __init__(self, residuals: Callable[[np.ndarray], np.ndarray]) -> None:
        self.residuals = residuals

    def jacobian(self, x: np.ndarray) -> np.ndarray:
        step = 1e-30
        return np.column_stack(
            [self.residuals(x + 1j * step * e).imag / step for e in np.eye(x.size)]
        )

    def value(self, x: np.ndarray) -> float:
        r = self.residuals(x)
        return 0.5 * float(r @ r)

    def value_and_gradient(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        r = self.residuals(x)
        return 0.5 * float(r @ r), self.jacobian(x).T @ r

    def gauss_newton(self, x: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        J = self.jacobian(x)
        return *self.value_and_gradient(x), J.T @ J

    def hessian_vector(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        """By central differences of the gradient, which is sufficient for SciPy's methods."""
        step = 1e-6 * (1 + np.abs(x).max()) / max(np.abs(v).max(), 1e-300)
        ahead, behind = (self.value_and_gradient(x + sign * step * v)[1] for sign in (1, -1))
        return (ahead - behind) / (2 * step)


class Quadratic:
    """1/2 (x - c)^T D (x - c) with a diagonal D."""

    def __init__(self, scales: list[float], center: list[float]) -> None:
        self.scales, self.center = np.array(scales), np.array(center)

    def value(self, x: np.ndarray) -> float:
        return self.value_and_gradient(x)[0]

    def value_and_gradient(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        gradient = self.scales * (x - self.center)
        return 0.5 * float(gradient @ (x - self.center)), gradient

    def gauss_newton(self, x: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return *self.value_and_gradient(x), np.diag(self.scales)

    def hessian_vector(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        return self.scales * v


class Edge:
    """1/2 (x - 0.9)^2 / (1 - x)^2 for x < 1; beyond, `beyond` (inf or nan)."""

    def __init__(self, beyond: float = inf) -> None:
        self.beyond = beyond
        self.crossed = 0

    def value(self, x: np.ndarray) -> float:
        return self.value_and_gradient(x)[0]

    def value_and_gradient(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        if x[0] >= 1:
            self.crossed += 1
            return self.beyond, np.array([self.beyond])
        r, slope = self._residual(x)
        return 0.5 * r * r, np.array([r * slope])

    def gauss_newton(self, x: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        slope = self._residual(x)[1] if x[0] < 1 else self.beyond
        return *self.value_and_gradient(x), np.array([[slope * slope]])

    def hessian_vector(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        return self.gauss_newton(x)[2] @ v

    def _residual(self, x: np.ndarray) -> tuple[float, float]:
        return (x[0] - 0.9) / (1 - x[0]), 0.1 / (1 - x[0]) ** 2


class Linear:
    """-x for every x: there is no minimum."""

    def value(self, x: np.ndarray) -> float:
        return -float(x[0])

    def value_and_gradient(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        return -float(x[0]), np.array([-1.0])


@dataclass(frozen=True, eq=False)
class Known:
    """A problem with its start and published minimum."""

    name: str
    residuals: Callable[[np.ndarray], np.ndarray]
    start: list[float]
    sum_of_squares: float
    minimizer: list[float] = field(default_factory=list)

    @property
    def objective(self) -> LeastSquares:
        return LeastSquares(self.residuals)

    def __repr__(self) -> str:
        return self.name


def rosenbrock(x: np.ndarray) -> np.ndarray:
    return np.array([10 * (x[1] - x[0] ** 2), 1 - x[0]])


def _powell_badly_scaled(x: np.ndarray) -> np.ndarray:
    return np.array([1e4 * x[0] * x[1] - 1, np.exp(-x[0]) + np.exp(-x[1]) - 1.0001])


def _brown_badly_scaled(x: np.ndarray) -> np.ndarray:
    return np.array([x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2])


def _beale(x: np.ndarray) -> np.ndarray:
    return np.array([1.5, 2.25, 2.625]) - x[0] * (1 - x[1] ** np.arange(1, 4))


def _powell_singular(x: np.ndarray) -> np.ndarray:
    return np.array(
        [
            x[0] + 10 * x[1],
            np.sqrt(5) * (x[2] - x[3]),
            (x[1] - 2 * x[2]) ** 2,
            np.sqrt(10) * (x[0] - x[3]) ** 2,
        ]
    )


def _wood(x: np.ndarray) -> np.ndarray:
    return np.array(
        [
            10 * (x[1] - x[0] ** 2),
            1 - x[0],
            np.sqrt(90) * (x[3] - x[2] ** 2),
            1 - x[2],
            np.sqrt(10) * (x[1] + x[3] - 2),
            (x[1] - x[3]) / np.sqrt(10),
        ]
    )


_BARD = np.array(
    [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39]
)


def _bard(x: np.ndarray) -> np.ndarray:
    u = np.arange(1.0, 16.0)
    v = 16 - u
    return _BARD - (x[0] + u / (v * x[1] + np.minimum(u, v) * x[2]))


_KOWALIK_Y = np.array(
    [0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246]
)
_KOWALIK_U = np.array([4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625])


def _kowalik_osborne(x: np.ndarray) -> np.ndarray:
    u = _KOWALIK_U
    return _KOWALIK_Y - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3])


def _brown_dennis(x: np.ndarray) -> np.ndarray:
    t = np.arange(1, 21) / 5
    return (x[0] + t * x[1] - np.exp(t)) ** 2 + (x[2] + x[3] * np.sin(t) - np.cos(t)) ** 2


_MEYER_HIGH = [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744]
_MEYER_LOW = [8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872]
_MEYER = np.array([*_MEYER_HIGH, *_MEYER_LOW])


def _meyer(x: np.ndarray) -> np.ndarray:
    t = 45 + 5 * np.arange(1, 17)
    return x[0] * np.exp(x[1] / (t + x[2])) - _MEYER


ROSENBROCK = Known("rosenbrock", rosenbrock, [-1.2, 1.0], 0.0, [1.0, 1.0])
MORE_GARBOW_HILLSTROM = [
    ROSENBROCK,
    Known("powell_badly_scaled", _powell_badly_scaled, [0.0, 1.0], 0.0),
    Known("brown_badly_scaled", _brown_badly_scaled, [1.0, 1.0], 0.0, [1e6, 2e-6]),
    Known("beale", _beale, [1.0, 1.0], 0.0, [3.0, 0.5]),
    Known("powell_singular", _powell_singular, [3.0, -1.0, 0.0, 1.0], 0.0),
    Known("wood", _wood, [-3.0, -1.0, -3.0, -1.0], 0.0, [1.0, 1.0, 1.0, 1.0]),
    Known("bard", _bard, [1.0, 1.0, 1.0], 8.21487e-3),
    Known("kowalik_osborne", _kowalik_osborne, [0.25, 0.39, 0.415, 0.39], 3.07505e-4),
    Known("brown_dennis", _brown_dennis, [25.0, 5.0, -5.0, -1.0], 85822.2),
]
MEYER = Known("meyer", _meyer, [0.02, 4000.0, 250.0], 87.9458)

_MISRA_X = np.array(
    [
        77.6,
        114.9,
        141.1,
        190.8,
        239.9,
        289.0,
        332.8,
        378.4,
        434.8,
        477.3,
        536.8,
        593.1,
        689.1,
        760.0,
    ]
)
_MISRA_Y = np.array(
    [
        10.07,
        14.73,
        17.94,
        23.93,
        29.61,
        35.18,
        40.02,
        44.82,
        50.76,
        55.05,
        61.01,
        66.40,
        75.47,
        81.78,
    ]
)
_BOXBOD_X = np.array([1.0, 2.0, 3.0, 5.0, 7.0, 10.0])
_BOXBOD_Y = np.array([109.0, 149.0, 149.0, 191.0, 213.0, 224.0])


def _misra1a(b: np.ndarray) -> np.ndarray:
    return b[0] * (1 - np.exp(-b[1] * _MISRA_X)) - _MISRA_Y


def _boxbod(b: np.ndarray) -> np.ndarray:
    return b[0] * (1 - np.exp(-b[1] * _BOXBOD_X)) - _BOXBOD_Y


# NIST Statistical Reference Datasets, nonlinear regression: certified values, both starts of each.
_MISRA = (1.2455138894e-01, [2.3894212918e02, 5.5015643181e-04])
_BOXBOD = (1.1680088766e03, [2.1380940889e02, 5.4723748542e-01])
NIST = [
    Known("Misra1a_start_1", _misra1a, [500.0, 0.0001], *_MISRA),
    Known("Misra1a_start_2", _misra1a, [250.0, 0.0005], *_MISRA),
    Known("BoxBOD_start_1", _boxbod, [1.0, 1.0], *_BOXBOD),
    Known("BoxBOD_start_2", _boxbod, [100.0, 0.75], *_BOXBOD),
]


def sleep_network() -> tuple[object, np.ndarray]:
    """The notebook's network and data, with decay."""
    X = np.array([[3.0, 5.0], [5.0, 1.0], [10.0, 2.0]]) / [10.0, 5.0]
    arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
    objective = sn.make_objective(arch, X, [0.75, 0.82, 0.93], decay=0.01)
    return objective, sn.Network.random(arch, seed=1).theta.copy()


def xor_network() -> tuple[object, np.ndarray]:
    """Exclusive or, with binary cross-entropy."""
    X = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    arch = sn.Architecture((2, 3, 1), output="sigmoid")
    objective = sn.make_objective(arch, X, [0, 1, 1, 0], cost="binary_cross_entropy", decay=0.02)
    return objective, sn.Network.random(arch, seed=3).theta.copy()


def wave_network() -> tuple[object, np.ndarray]:
    """A wave, with a sum of squares."""
    x = np.linspace(-1.0, 1.0, 12)
    arch = sn.Architecture((1, 4, 1))
    objective = sn.make_objective(arch, x, np.sin(3 * x), reduction="sum", decay=0.1)
    return objective, sn.Network.random(arch, seed=2).theta.copy()


def noisy_network(
    seed: int = 0, *, hidden: object = "tanh", **settings: object
) -> tuple[object, np.ndarray]:
    """A sine with much noise: residuals are large, so that Gauss-Newton steps contract slowly."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2.0, 2.0, 60)
    y = np.sin(2 * x) + 0.7 * rng.standard_normal(60)
    arch = sn.Architecture((1, 3, 1), hidden=hidden)
    given = {"reduction": "sum", "decay": 0.05, "engine": "reference", **settings}
    return sn.make_objective(arch, x, y, **given), sn.Network.random(arch, seed=seed).theta


NETWORKS = {"sleep": sleep_network, "xor": xor_network, "wave": wave_network}
