"""The laws of an objective, as functions of a case and an engine that return the largest error.

`LAWS` contains them by name with the allowed error; `broken` tests whether a case violates one.  They are functions
instead of tests, so that tests/teaching/test_faults.py can insert wrong rules and require that the right law fails.
Laws of bits count violations and allow none.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import sheernet as sn
from contracts.cases import CANONICAL, LOCATION_SCALE, RESIDUAL, Case
from contracts.exact import exact_hessian_vector, exactly
from sheernet import propagation

STEP = 1e-20
UNSEEN = np.finfo(float).tiny / STEP
"""A complex step cannot show derivatives below this: STEP times them is no longer a normal number."""
ROUNDING = 32 * np.finfo(float).eps
"""Allowed error of a delta in units of its terms a and y, in addition to 1e-12 of the delta itself."""


@dataclass(frozen=True)
class Law:
    """A function that returns the largest error of a case, and the allowed error."""

    error: Callable[[Case, str], float]
    allowed: float

    def broken(self, case: Case, engine: str = "reference") -> bool:
        """Whether a case violates it; nan counts as a violation."""
        return not self.error(case, engine) <= self.allowed


LAWS: dict[str, Law] = {}


def law(
    allowed: float = 0.0,
) -> Callable[[Callable[[Case, str], float]], Callable[[Case, str], float]]:
    """Add a function to LAWS."""

    def enter(function: Callable[[Case, str], float]) -> Callable[[Case, str], float]:
        LAWS[function.__name__] = Law(function, allowed)
        return function

    return enter


# --- small parts ------------------------------------------------------------------------------------


def bits(result: Any) -> Any:
    """All arrays and numbers of a result as bytes, for exact comparison."""
    if isinstance(result, tuple):
        return tuple(map(bits, result))
    return np.asarray(result).tobytes()


def evaluations(objective: Any, theta: np.ndarray, v: np.ndarray) -> dict[str, Callable[[], Any]]:
    """All results of an objective at theta, by name."""
    calls = {
        "value": lambda: objective.value(theta),
        "value_and_gradient": lambda: objective.value_and_gradient(theta),
        "terms": lambda: objective.terms(theta),
        "gauss_newton": lambda: objective.gauss_newton(theta),
        "gradient_outer_product": lambda: objective.gradient_outer_product(theta),
        "hessian_vector": lambda: objective.hessian_vector(theta, v),
        "gradient_magnitude": lambda: objective.gradient_magnitude(theta),
        "input_gradient": lambda: objective.input_gradient(theta, objective.inputs),
    }
    if objective.cost.name == "squared_error":
        calls["residuals_and_jacobian"] = lambda: objective.residuals_and_jacobian(theta)
    return calls


def everything(objective: Any, case: Case) -> dict[str, Any]:
    """The bits of every evaluation of an objective at the case's theta."""
    return {
        name: bits(call())
        for name, call in evaluations(objective, case.theta, direction(case)).items()
    }


def arrays_of(result: Any) -> Iterator[np.ndarray]:
    """The arrays in a result."""
    for part in result if isinstance(result, tuple) else (result,):
        if isinstance(part, np.ndarray):
            yield part


def direction(case: Case, which: int = 0) -> np.ndarray:
    """A vector of P entries that depends on the case's size only."""
    return np.random.default_rng((which, case.theta.size)).normal(size=case.theta.size)


def relative(difference: np.ndarray, scale: np.ndarray) -> float:
    """Largest |difference| / scale, where 0 / 0 is 0."""
    difference, scale = np.broadcast_arrays(np.abs(difference), np.abs(scale))
    return float(
        np.divide(
            difference, scale, out=np.where(difference == 0, 0.0, np.inf), where=scale > 0
        ).max(initial=0.0)
    )


def complex_step(f: Callable[[np.ndarray], Any], x: np.ndarray) -> np.ndarray:
    """Derivatives of f by every entry of x: Im f(x + i h e_p) / h, last axis p."""
    columns = []
    for p in range(x.size):
        moved = x.astype(complex)
        moved.flat[p] += 1j * STEP
        columns.append(np.imag(f(moved)) / STEP)
    return np.stack(columns, axis=-1)


def gradient_scale(case: Case) -> np.ndarray:
    """The sum of absolute terms of each entry of the gradient, (P,): 1e-12 of it is what laws of the gradient allow.

    That is the objective's `gradient_magnitude` and two additions, both far smaller wherever nothing is extreme.  Where
    a prediction meets its target delta = a - y is rounding noise of a and y, so ROUNDING times those is allowed: no
    formula that is handed a has more.  And a derivative inside the network may be below UNSEEN and then be raised by
    the layers behind it, at most by their delta and a weight.
    """
    objective, arch, theta = case.objective(), case.architecture, case.theta
    with np.errstate(all="ignore"):
        passes = sn.forward(arch, theta, case.X)
        w = sample_weights(case)[:, None]
        z, y, output = passes.pre_activations[-1], case.y, arch.activations[-1]
        J = propagation.jacobian(arch, theta, passes)
        terms = np.einsum("nk,nkp->p", w * _delta_terms(case, z), np.abs(J))
        deltas = propagation.backward(
            arch, theta, passes, w * objective.cost.delta(output, z, y)
        ).deltas
        behind = max(1.0, *(np.abs(delta[w[:, 0] > 0]).max() for delta in deltas[1:])) * max(
            1.0, np.abs(theta).max()
        )
        return (
            objective.gradient_magnitude(theta)
            + ROUNDING / 1e-12 * np.nan_to_num(terms)
            + UNSEEN * behind
        )


def _delta_terms(case: Case, z: np.ndarray) -> np.ndarray:
    """The terms whose difference is the derivative of the loss by z, added up, (N, K)."""
    output, y = case.architecture.activations[-1], case.y
    a = output.value(z)
    if case.cost in RESIDUAL:
        return (np.abs(a) + np.abs(y)) * np.abs(output.value(z + 1j * STEP).imag / STEP)
    if case.cost in LOCATION_SCALE:
        m, s = np.split(a, 2, axis=1)
        size, e = np.abs(m) + np.abs(y), np.exp(-s / 2)
        q = ((y - m) * e) ** 2
        # Weights are less than 1 + 1 / nu.
        return np.hstack([e * e * size, 1 + q + np.abs(y - m) * e * e * size])
    return a + y if case.cost == "poisson" else a * (1 - y) + y * (1 - a)


# --- 1 to 4 and 6: how an objective behaves ---------------------------------------------------------


@law()
def theta_is_neither_kept_nor_written(case: Case, engine: str) -> float:
    """1. theta is float64 and (P,); it is neither kept nor written."""
    objective, wrong = case.objective(engine), 0
    theta, v = case.theta.copy(), direction(case)
    for array in (theta, v):
        array.flags.writeable = False  # writing raises
    expected = everything(objective, case)
    for name, call in evaluations(objective, theta, v).items():
        result = call()
        wrong += bits(result) != expected[name]
        wrong += any(
            np.shares_memory(array, kept) for array in arrays_of(result) for kept in (theta, v)
        )
    mine = case.theta.copy()
    before = bits(objective.value_and_gradient(mine))
    mine[:] = 7.0
    return wrong + (bits(objective.value_and_gradient(case.theta)) != before)


@law()
def returned_arrays_belong_to_the_caller(case: Case, engine: str) -> float:
    """2. Returned arrays are fresh and belong to the caller."""
    objective, wrong = case.objective(engine), 0
    expected = everything(objective, case)
    for call in evaluations(objective, case.theta, direction(case)).values():
        first, second = call(), call()
        for a, b in zip(arrays_of(first), arrays_of(second), strict=True):
            wrong += np.shares_memory(a, b) + (not a.flags.writeable) + (a.dtype != np.float64)
            a[...] = np.nan
    objective.names.append("mine")
    wrong += len(objective.names) != objective.size
    return wrong + (everything(objective, case) != expected)


@law()
def every_way_to_the_value_gives_the_same_bits(case: Case, engine: str) -> float:
    """3. value(t) is value_and_gradient(t)[0] and gauss_newton(t)[0], and cost + penalty, bit for bit."""
    objective = case.objective(engine)
    value = objective.value(case.theta)
    with_gradient, gradient = objective.value_and_gradient(case.theta)
    with_matrix, same_gradient, _ = objective.gauss_newton(case.theta)
    cost, penalty, _ = objective.terms(case.theta)
    wrong = sum(
        bits(other) != bits(value) for other in (with_gradient, with_matrix, cost + penalty)
    )
    wrong += sum(type(f) is not float for f in (value, with_gradient, with_matrix, cost, penalty))
    return wrong + (bits(gradient) != bits(same_gradient))


@law()
def same_theta_gives_the_same_bits_whatever_ran_between(case: Case, engine: str) -> float:
    """4. Same theta, same bits, whatever ran between.

    After each evaluation at another theta comes one at theta.  Which one it is differs between thetas and cases, so
    that each evaluation comes after each other one.
    """
    objective = case.objective(engine)
    expected = everything(objective, case)
    at_theta = evaluations(objective, case.theta, direction(case))
    names, wrong = list(at_theta), 0
    others = (0.0 * case.theta, -3.0 * case.theta, np.full_like(case.theta, 1e200), case.theta)
    for first, other in enumerate(others, case.theta.size):
        between = evaluations(objective, other, direction(case, 1))
        for i, name in enumerate(names):
            between[name]()
            after = names[(first + i) % len(names)]
            wrong += bits(at_theta[after]()) != expected[after]
    return wrong + (everything(objective, case) != expected)


@law()
def overflow_gives_inf_or_nan_and_never_an_exception(case: Case, engine: str) -> float:
    """6. Overflow gives inf or nan, never an exception; nor a warning."""
    objective, wrong = case.objective(engine), 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for theta in (1e3 * case.theta, 1e160 * case.theta, 1e308 * np.sign(case.theta)):
            for call in evaluations(objective, theta, direction(case)).values():
                call()
            f = objective.value(theta)
            # A line search must not mistake it for a decrease.
            wrong += isinstance(f, float) and f < -1e308
        for bad in (np.inf, -np.inf, np.nan):
            theta = case.theta.copy()
            theta[-1] = bad
            for call in evaluations(objective, theta, direction(case)).values():
                call()
    return wrong


# --- 5: residuals -----------------------------------------------------------------------------------


@law(1e-12)
def residuals_give_value_and_gradient(case: Case, engine: str) -> float:
    """5. Half their squares are the value and J^T r the gradient; they are sqrt(w) (a - y), then sqrt(decay) theta."""
    objective = case.objective(engine)
    if case.cost != "squared_error":
        try:
            objective.residuals_and_jacobian(case.theta)
        except sn.InvalidInput:
            return 0.0
        return np.inf
    r, J = objective.residuals_and_jacobian(case.theta)
    value, gradient = objective.value_and_gradient(case.theta)
    a = sn.forward(case.architecture, case.theta, case.X).activations[-1]
    w = sample_weights(case)[:, None]
    decayed = objective.decay > 0
    expected = np.concatenate(
        [
            (np.sqrt(w) * (a - case.y))[w[:, 0] > 0].ravel(),
            np.sqrt(objective.decay[decayed]) * case.theta[decayed],
        ]
    )
    if r.shape != expected.shape or J.shape != (r.size, objective.size):
        return np.inf
    return max(
        relative(r - expected, np.abs(expected).max(initial=0.0)),
        relative(0.5 * r @ r - value, value),
        relative(J.T @ r - gradient, np.abs(J.T) @ np.abs(r)),
    )


# --- 7 and 8: what the value and its derivatives are ------------------------------------------------


@law(1e-12)
def value_and_gradient_are_the_definition(case: Case, engine: str) -> float:
    """7. Against a second computation: |df| <= 1e-12 magnitude, |dg_p| <= 1e-12 gradient_magnitude_p."""
    objective = case.objective(engine)
    value, gradient = objective.value_and_gradient(case.theta)
    magnitude = objective.terms(case.theta)[2]
    f, g = exactly(case)
    df = float(f - value)
    dg = np.array([float(a - float(b)) for a, b in zip(g, gradient, strict=True)])
    return max(relative(df, magnitude), relative(dg, gradient_scale(case)))


@law(1e-12)
def terms_are_the_definition(case: Case, engine: str) -> float:
    """Penalty is 1/2 decay theta^2; the sum of absolute terms is no less than the size of the value."""
    objective = case.objective(engine)
    cost, penalty, magnitude = objective.terms(case.theta)
    by_hand = sum(
        0.5 * d * t * t for d, t in zip(objective.decay.tolist(), case.theta.tolist(), strict=True)
    )
    short = (
        abs(cost) + penalty - magnitude * (1 + 1e-14)
        if case.cost not in ("squared_error", "huber")
        else 0.0
    )
    return max(relative(penalty - by_hand, by_hand), short, np.inf if magnitude < 0 else 0.0)


@law(1e-12)
def gradient_is_the_complex_step(case: Case, engine: str) -> float:
    """Every entry of the gradient is Im value(theta + i h e_p) / h, to 1e-12 of the sum of absolute terms."""
    objective = case.objective(engine)
    numerical = complex_step(objective.complex_value, case.theta)
    error = objective.value_and_gradient(case.theta)[1] - numerical
    return relative(error, gradient_scale(case))


@law(1e-13)
def complex_value_continues_the_value(case: Case, engine: str) -> float:
    """complex_value of a real theta is the value."""
    objective = case.objective(engine)
    twin = objective.complex_value(case.theta.astype(complex))
    return relative(twin - objective.value(case.theta), objective.terms(case.theta)[2])


@law(1e-11)
def hessian_vector_is_exact(case: Case, engine: str) -> float:
    """Hessian times v is the exact second difference of the definition, relative to its largest entry."""
    v = direction(case)
    product = case.objective(engine).hessian_vector(case.theta, v)
    exact = exact_hessian_vector(case, v)
    return relative(product - exact, np.abs(exact).max())


@law(1e-12)
def hessian_is_symmetric_and_linear(case: Case, engine: str) -> float:
    """u^T H v is v^T H u, and H (2 u - v) is 2 H u - H v."""
    objective = case.objective(engine)
    H = np.array([objective.hessian_vector(case.theta, e) for e in np.eye(objective.size)])
    u, v = direction(case, 1), direction(case, 2)
    combined = objective.hessian_vector(case.theta, 2 * u - v)
    expected = H.T @ (2 * u - v)
    scale = np.abs(H).max()
    return max(
        relative(H - H.T, scale), relative(combined - expected, scale * np.abs(2 * u - v).sum())
    )


@law()
def each_of_several_vectors_gives_the_bits_of_the_product_with_it(case: Case, engine: str) -> float:
    """10. hessian_vector(t, V) is (P, m), and column j is hessian_vector(t, V[:, j]), bit for bit."""
    objective = case.objective(engine)
    for m in (0, 1, 3):
        V = np.empty((objective.size, m))
        for j in range(m):
            V[:, j] = direction(case, j)
        together = objective.hessian_vector(case.theta, V)
        if together.shape != V.shape:
            return np.inf
        for column, v in zip(together.T, V.T, strict=True):
            if bits(column) != bits(objective.hessian_vector(case.theta, v)):
                return np.inf
    return 0.0


@law(1e-12)
def weights_are_repetitions(case: Case, engine: str) -> float:
    """8. A weight of k equals a row repeated k times; a weight of 0 equals the row left out."""
    whole = np.random.default_rng(len(case.X)).integers(0, 4, len(case.X))
    whole[0] = 3
    weighted = case.objective(engine, weights=whole)
    rows = np.repeat(np.arange(len(case.X)), whole)
    repeated = Case(
        case.architecture,
        case.X[rows],
        case.y[rows],
        case.cost,
        case.reduction,
        case.decay,
        None,
        case.theta,
    )
    return apart(weighted, repeated.objective(engine), case)


@law(1e-12)
def a_weight_of_0_is_no_row(case: Case, engine: str) -> float:
    """8. A row of weight 0 is not even looked at: it may overflow."""
    weights = np.arange(len(case.X), dtype=float)  # the first row has weight 0
    X = case.X.copy()
    X[0] = 1e300
    of_all = sn.make_objective(
        case.architecture,
        X,
        case.y,
        cost=case.cost,
        reduction=case.reduction,
        decay=case.decay,
        weights=weights,
        engine=engine,
    )
    left = Case(
        case.architecture,
        case.X[1:],
        case.y[1:],
        case.cost,
        case.reduction,
        case.decay,
        weights[1:],
        case.theta,
    )
    return apart(of_all, left.objective(engine), case) + (of_all.n_samples != len(X) - 1)


def apart(a: Any, b: Any, case: Case) -> float:
    """How far two objectives are from one, over everything that they evaluate."""
    theta, v = case.theta, direction(case)
    magnitudes = a.terms(theta)[2], a.gradient_magnitude(theta) + UNSEEN
    A, B = a.gauss_newton(theta), b.gauss_newton(theta)
    Hv, other = a.hessian_vector(theta, v), b.hessian_vector(theta, v)
    products = [objective.gradient_outer_product(theta) for objective in (a, b)]
    return max(
        relative(A[0] - B[0], magnitudes[0]),
        relative(a.terms(theta)[2] - b.terms(theta)[2], magnitudes[0]),
        relative(A[1] - B[1], magnitudes[1]),
        relative(A[2] - B[2], np.abs(A[2]).max()),
        relative(products[0] - products[1], np.abs(products[0]).max() + UNSEEN),
        relative(Hv - other, np.abs(v).sum() * max(np.abs(A[2]).max(), np.abs(Hv).max()) + UNSEEN),
    )


def sample_weights(case: Case) -> np.ndarray:
    """w_n, by definition."""
    weights = np.ones(len(case.X)) if case.weights is None else case.weights
    return weights / weights.sum() if case.reduction == "mean" else weights


# --- Jacobian and Gauss-Newton matrix ---------------------------------------------------------------


@law(1e-12)
def jacobian_is_the_complex_step(case: Case, engine: str) -> float:
    """Every entry of d z_L / d theta, to 1e-12 of the row's largest."""
    passes = sn.forward(case.architecture, case.theta, case.X)
    J = propagation.jacobian(case.architecture, case.theta, passes)
    numerical = complex_step(
        lambda t: sn.forward(case.architecture, t, case.X).pre_activations[-1], case.theta
    )
    return relative(J - numerical, np.abs(numerical).max(axis=2, keepdims=True) + UNSEEN)


@law(1e-12)
def input_gradient_is_the_complex_step(case: Case, engine: str) -> float:
    """backward(...).inputs is the derivative of sum_nk delta_nk z_nk by the inputs."""
    arch, theta = case.architecture, case.theta
    passes = sn.forward(arch, theta, case.X)
    delta = np.random.default_rng(3).normal(size=(len(case.X), arch.n_outputs))

    def projected(X: np.ndarray) -> Any:
        return (delta * sn.forward(arch, theta, X).pre_activations[-1]).sum()

    by_hand = propagation.backward(arch, theta, passes, delta).inputs
    numerical = complex_step(projected, case.X).reshape(case.X.shape)
    return relative(by_hand - numerical, np.abs(numerical).max() + UNSEEN)


@law(1e-12)
def backward_is_the_jacobian_transposed(case: Case, engine: str) -> float:
    """Gradients of backward, by name, are delta times the complex-step Jacobian."""
    arch, theta = case.architecture, case.theta
    passes = sn.forward(arch, theta, case.X)
    delta = np.random.default_rng(4).normal(size=(len(case.X), arch.n_outputs))
    result = propagation.backward(arch, theta, passes, delta)
    J = complex_step(lambda t: sn.forward(arch, t, case.X).pre_activations[-1], theta)  # (N, K, P)
    terms = delta[:, :, None] * J
    views = arch.layout.views(result.vector)
    wrong = list(views) != list(result.gradients) or any(
        not np.shares_memory(views[name], result.gradients[name]) for name in views
    )
    scale = np.abs(terms).sum(axis=(0, 1)).max()
    return relative(result.vector - terms.sum(axis=(0, 1)), scale + UNSEEN) + wrong


@law(1e-12)
def gauss_newton_is_symmetric_and_positive(case: Case, engine: str) -> float:
    """Symmetric to the bit; no eigenvalue below rounding."""
    G = case.objective(engine).gauss_newton(case.theta)[2]
    lowest = np.linalg.eigvalsh(G).min()
    return max(
        0.0 if np.array_equal(G, G.T) else np.inf,
        relative(min(lowest, 0.0), np.abs(G).max() * len(G)),
    )


@law(1e-11)
def gauss_newton_is_the_definition(case: Case, engine: str) -> float:
    """sum_n w_n J_n^T H_n J_n + diag(decay), with J from the complex step and H written out here."""
    objective = case.objective(engine)
    passes = sn.forward(case.architecture, case.theta, case.X)
    at_output = "activations" if case.cost in RESIDUAL else "pre_activations"
    J = complex_step(
        lambda t: getattr(sn.forward(case.architecture, t, case.X), at_output)[-1], case.theta
    )
    H = _curvature(case, passes.activations[-1])  # (N, K, K), with respect to a or z
    G = np.einsum("n,nkp,nkl,nlq->pq", sample_weights(case), J, H, J) + np.diag(objective.decay)
    return relative(objective.gauss_newton(case.theta)[2] - G, np.abs(G).max() + UNSEEN)


def _curvature(case: Case, a: np.ndarray) -> np.ndarray:
    """Second derivative of the loss: by the output for costs of a residual, else by the pre-activation."""
    if case.cost == "cross_entropy":
        return np.array([np.diag(p) - np.outer(p, p) for p in a])
    if case.cost in LOCATION_SCALE:
        return _fisher(case.cost, a)
    entries = {
        "squared_error": lambda: np.ones_like(a),
        "huber": lambda: (1 + (a - case.y) ** 2) ** -1.5,
        "huber(0.25)": lambda: (1 + ((a - case.y) / 0.25) ** 2) ** -1.5,
        "binary_cross_entropy": lambda: a * (1 - a),
        "poisson": lambda: a,
    }[case.cost]()
    return np.array([np.diag(row) for row in entries])


def _fisher(cost: str, a: np.ndarray) -> np.ndarray:
    """The Fisher information of m and of s = 2 log sigma, from that of m and sigma (Lange, Little and Taylor, 1989)."""
    sigma = np.exp(np.split(a, 2, axis=1)[1] / 2)  # (N, K)
    nu = {"gaussian_nll": np.inf, "student_t": 4.0, "student_t(1.5)": 1.5}[cost]
    of_m, of_sigma = (1.0, 2.0) if nu == np.inf else ((nu + 1) / (nu + 3), 2 * nu / (nu + 3))
    by_s = sigma / 2  # d sigma / d s
    entries = np.hstack([of_m / sigma**2, of_sigma / sigma**2 * by_s**2])
    return np.array([np.diag(row) for row in entries])


@law(1e-12)
def gauss_newton_is_jacobian_squared(case: Case, engine: str) -> float:
    """For squared error J^T J with the rows of decay, which is J^T J + diag(decay) without."""
    if case.cost != "squared_error":
        return 0.0
    objective = case.objective(engine)
    G = objective.gauss_newton(case.theta)[2]
    _, J = objective.residuals_and_jacobian(case.theta)
    bare = J[: objective.n_samples * case.architecture.n_outputs]
    scale = np.abs(G).max() + UNSEEN
    return max(
        relative(J.T @ J - G, scale), relative(bare.T @ bare + np.diag(objective.decay) - G, scale)
    )


@law(1e-12)
def gauss_newton_is_the_hessian_of_a_linear_model(case: Case, engine: str) -> float:
    """Without a hidden layer and with the cost's own output, a generalized linear model: nothing is left out."""
    if (
        case.architecture.n_layers > 1
        or CANONICAL.get(case.cost) != case.architecture.activations[-1].name
    ):
        return 0.0
    objective = case.objective(engine)
    G = objective.gauss_newton(case.theta)[2]
    H = np.array([objective.hessian_vector(case.theta, e) for e in np.eye(objective.size)])
    return relative(G - H, np.abs(H).max())


@law(1e-12)
def gradient_outer_product_is_the_definition(case: Case, engine: str) -> float:
    """sum_n w_n g_n g_n^T, symmetric to the bit, from the gradients of the rows one by one."""
    objective = case.objective(engine)
    total, scale = np.zeros((objective.size, objective.size)), np.zeros(objective.size)
    for x, t, w in zip(case.X, case.y, sample_weights(case), strict=True):
        row = sn.make_objective(
            case.architecture, [x], [t], cost=case.cost, reduction="sum", engine=engine
        )
        total += w * np.outer(*[row.value_and_gradient(case.theta)[1]] * 2)
        scale += w * row.gradient_magnitude(case.theta) ** 2
    found = objective.gradient_outer_product(case.theta)
    return max(
        0.0 if np.array_equal(found, found.T) else np.inf,
        relative(found - total, scale.max() + UNSEEN),
    )


@law(1e-12)
def gradient_magnitude_is_the_definition(case: Case, engine: str) -> float:
    """sum_n |w_n d loss_n / d theta_p| + |decay_p theta_p|, from the gradients of the rows one by one."""
    objective = case.objective(engine)
    total = np.abs(objective.decay * case.theta)
    for x, t, w in zip(case.X, case.y, sample_weights(case), strict=True):
        row = sn.make_objective(
            case.architecture, [x], [t], cost=case.cost, reduction="sum", engine=engine
        )
        total += np.abs(w * row.value_and_gradient(case.theta)[1])
    return relative(objective.gradient_magnitude(case.theta) - total, total.max() + UNSEEN)


# --- 9: independence --------------------------------------------------------------------------------


@law()
def objectives_are_independent(case: Case, engine: str) -> float:
    """9. Neither the caller's arrays, changed later, nor another objective made from this one change it."""
    X, y, weights = case.X.copy(), case.y.copy(), np.arange(1.0, len(case.X) + 1)
    decay = np.linspace(0.0, 1.0, case.theta.size)
    objective = sn.make_objective(
        case.architecture,
        X,
        y,
        cost=case.cost,
        reduction=case.reduction,
        decay=decay,
        weights=weights,
        engine=engine,
    )
    expected = everything(objective, case)
    for mine in (X, y, weights, decay):
        mine *= 0.5
    wrong = int(everything(objective, case) != expected)

    heavier, decay_again = weights + 2.0, decay + 0.25
    other = objective.replace(weights=heavier, decay=decay_again)
    fresh = case.objective(engine, weights=heavier.copy(), decay=decay_again.copy())
    heavier[:], decay_again[:] = 9.0, 9.0
    wrong += everything(other, case) != everything(fresh, case)
    wrong += everything(objective.replace(), case) != expected
    wrong += (
        everything(other.replace(weights=np.arange(1.0, len(X) + 1), decay=2.0 * decay), case)
        != expected
    )
    wrong += type(other) is not type(objective) or other.engine != engine
    return wrong + (everything(objective, case) != expected)


def check(name: str, cases: Any, engine: str) -> float:
    """Run a law over cases; the worst error, or an AssertionError that names the law and the case."""
    worst = 0.0
    for case in cases:
        error = LAWS[name].error(case, engine)
        assert error <= LAWS[name].allowed, (
            f"{name}: {error:.3g} > {LAWS[name].allowed:.3g} for {case}"
        )
        worst = max(worst, error)
    return worst
