r"""Forward and backward propagation in plain NumPy (`forward`, `backward`): the specification for every engine.

Notation: N samples, d_l the width of layer l, K = d_L outputs, P parameters; index l means layer l, so
`pre_activations[1]` is z_1.

    a_0 = X                                            (N, d_0)
    z_l = a_{l-1} W_l + b_l                            (N, d_l)     z_L also includes X S if there are skip connections
    a_l = f_l(z_l)                                     (N, d_l)

    delta_l = (delta_{l+1} W_{l+1}^T) * f_l'(z_l)      (N, d_l)     delta_L = d objective / d z_L comes from the cost
    d/dW_l = a_{l-1}^T delta_l     d/db_l = sum_n delta_l[n]     d/dS = X^T delta_L

These are equations 4 to 7 of Rumelhart, Hinton and Williams (1986), Nature 323, 533-536, for a table of samples.  The
forward pass also accepts a complex theta (see `sheernet.network.activations`).  `tangent_forward` and
`tangent_backward` differentiate both passes along a direction: Pearlmutter (1994), Neural Computation 6(1), 147-160,
eq. 3.1 to 3.8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array, as_numbers
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.read_only_mapping import ReadOnlyMapping
from sheernet.network.activations import AnyArray, second_derivative
from sheernet.network.architecture import Architecture, require_architecture


@dataclass(frozen=True, eq=False)
class Passes:
    """Results of a forward pass; index l is layer l: z_1 is called z_2 in the seven videos.

    Parameters
    ----------
    pre_activations : tuple of ndarray
        z_l, (N, d_l).  Entry 0 is X: the inputs have no pre-activation.
    activations : tuple of ndarray
        a_l, (N, d_l).  Entry 0 is X, entry -1 the prediction.
    """

    pre_activations: tuple[AnyArray, ...]
    activations: tuple[AnyArray, ...]

    def __repr__(self) -> str:
        z = ", ".join(f"z_{i} and a_{i} {a.shape}" for i, a in enumerate(self.activations) if i)
        return f"<passes: X {self.activations[0].shape}, {z}; pre_activations[1] is z_1>"


@dataclass(frozen=True, eq=False)
class Gradients:
    """Results of a backward pass.

    Parameters
    ----------
    gradients : mapping of str to ndarray
        Derivatives with respect to each named array of weights: views of `vector`.
    vector : ndarray, (P,)
        The same derivatives in the order of theta.
    deltas : tuple of ndarray
        delta_l, (N, d_l), index l: delta_1 is called delta_2 in the seven videos.  Entry 0 is the derivative with
        respect to the inputs, (N, d_0).
    """

    gradients: Mapping[str, AnyArray]
    vector: AnyArray
    deltas: tuple[AnyArray, ...]

    @property
    def inputs(self) -> AnyArray:
        """Derivative with respect to the inputs, (N, d_0)."""
        return self.deltas[0]

    def __repr__(self) -> str:
        blocks = ", ".join(f"{name} {array.shape}" for name, array in self.gradients.items())
        deltas = ", ".join(f"delta_{i} {d.shape}" for i, d in enumerate(self.deltas) if i)
        return f"<gradients: {blocks}; {deltas}; deltas[1] is delta_1>"


def forward(arch: Architecture, theta: AnyArray, X: AnyArray) -> Passes:
    """Propagate a table of inputs through the network.

    Parameters
    ----------
    arch : Architecture
        The layers.
    theta : ndarray, (P,)
        The weights.
    X : ndarray, (N, d_0)
        Inputs, one sample per row.

    Returns
    -------
    Passes
        z_l and a_l of every layer.

    Raises
    ------
    InvalidInput
        If `arch` is not an `Architecture`, or theta or X are not numbers.
    ShapeMismatch
        If theta does not have P entries, or X is not a table with a column for each input.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> arch = sn.Architecture((2, 1), output="sigmoid", bias=False)
    >>> passes = sn.forward(arch, np.array([1.0, -2.0]), np.array([[2.0, 1.0]]))
    >>> passes.pre_activations[1].tolist(), passes.activations[-1].tolist()
    ([[0.0]], [[0.5]])
    """
    require_architecture("forward", arch)
    theta, X = as_numbers(theta, "theta"), as_numbers(X, "X")
    W, b, S = arch.layout.by_layer(theta)
    if X.ndim != 2 or X.shape[1] != arch.n_inputs:
        raise ShapeMismatch(
            f"X has shape {X.shape} but must be a table with a row for each sample and {arch.n_inputs} columns, one "
            "for each input of the network; a single sample is [[x1, x2, ...]]"
        )
    z, a = [X], [X]
    for layer, activation in enumerate(arch.activations, start=1):
        z_l = _product(a[-1], W[layer])  # (N, d_l)
        if layer in b:
            z_l = z_l + b[layer]
        if layer == arch.n_layers and S is not None:
            z_l = z_l + _product(X, S)
        z.append(z_l)
        a.append(activation.value(z_l))
    return Passes(tuple(z), tuple(a))


def backward(arch: Architecture, theta: Array, passes: Passes, delta: Array) -> Gradients:
    """Propagate derivatives back from the output layer: backpropagation.

    Parameters
    ----------
    arch, theta
        As in `forward`.
    passes : Passes
        The result of `forward` for the same theta.
    delta : ndarray, (N, K)
        delta_L, the derivative of the objective with respect to the pre-activations of the output layer, not the
        targets y.  For half the sum of squared errors it is (a_L - y) f_L'(z_L); `sheernet.explain` computes it from X,
        y and a cost.

    Returns
    -------
    Gradients
        Derivatives with respect to weights, pre-activations and inputs.

    Raises
    ------
    InvalidInput
        If `arch` is not an `Architecture`, `passes` is not the result of `forward`, or theta or delta are not numbers.
    ShapeMismatch
        If delta does not have the shape of the prediction.

    Examples
    --------
    A linear unit: the derivative with respect to each weight is its input times delta.

    >>> import numpy as np
    >>> import sheernet as sn
    >>> arch = sn.Architecture((2, 1), bias=False)
    >>> theta, X = np.array([1.0, -2.0]), np.array([[2.0, 1.0]])
    >>> passes = sn.forward(arch, theta, X)
    >>> sn.backward(arch, theta, passes, delta=np.array([[3.0]])).gradients["W1"].ravel().tolist()
    [6.0, 3.0]
    """
    require_architecture("backward", arch)
    _require_passes(passes)
    theta, delta = as_numbers(theta, "theta"), as_numbers(delta, "delta")
    W, _, S = arch.layout.by_layer(theta)
    if delta.shape != passes.activations[-1].shape:
        raise ShapeMismatch(
            f"delta has shape {delta.shape} but must have the prediction's, {passes.activations[-1].shape}; it "
            "is the derivative of the objective with respect to the pre-activations of the output layer"
        )
    deltas = [delta]
    for layer in range(arch.n_layers, 0, -1):
        back = deltas[0] @ W[layer].T  # (N, d_{l-1})
        if layer > 1:
            back = back * _derivative(arch, layer - 1, passes)
        elif S is not None:
            back = back + delta @ S.T
        deltas.insert(0, back)
    return _collect(arch, passes.activations, deltas)


def _require_passes(passes: object) -> None:
    if not isinstance(passes, Passes):
        raise InvalidInput(
            f"passes must be the result of forward(arch, theta, X), but {type(passes).__name__} was given"
        )


def jacobian(arch: Architecture, theta: Array, passes: Passes) -> Array:
    """Return the derivative of every output pre-activation of every sample with respect to every weight.

    Returns
    -------
    ndarray, (N, K, P)
        d z_L[n, k] / d theta_p.

    Notes
    -----
    K unit deltas are propagated back, per sample instead of summed over samples.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> arch = sn.Architecture((2, 1))
    >>> passes = sn.forward(arch, np.zeros(3), np.array([[2.0, 5.0]]))
    >>> sn.propagation.jacobian(arch, np.zeros(3), passes).tolist()
    [[[2.0, 5.0, 1.0]]]
    """
    _require_passes(passes)
    a, deltas = passes.activations, deltas_of_outputs(arch, theta, passes)
    rows = np.empty((*a[-1].shape, arch.n_parameters))
    for block in arch.layout.blocks:
        delta, source = deltas[block.layer], block.source
        rows[:, :, block.slice] = delta if source is None else _outer(a[source], delta)
    return rows


def deltas_of_outputs(arch: Architecture, theta: Array, passes: Passes) -> dict[int, Array]:
    """Return the derivatives of the output pre-activations with respect to every pre-activation, by layer.

    Parameters
    ----------
    arch : Architecture
        The network's architecture.
    theta : ndarray, (P,)
        Weights.
    passes : Passes
        The result of `forward`.

    Returns
    -------
    dict of int to ndarray
        d z_L[n, k] / d z_l[n, j], (N, K, d_l), for each layer l.
    """
    W = arch.layout.by_layer(theta).W
    n, k = passes.activations[-1].shape
    deltas = {arch.n_layers: np.broadcast_to(np.eye(k), (n, k, k))}
    for layer in range(arch.n_layers, 1, -1):
        slope = _derivative(arch, layer - 1, passes)  # (N, d_{l-1})
        deltas[layer - 1] = (deltas[layer] @ W[layer].T) * slope[:, None, :]
    return deltas


def tangent_forward(arch: Architecture, theta: Array, passes: Passes, v: Array) -> Passes:
    """Differentiate the forward pass along a direction v of theta: return dz_l and da_l of every layer.

    Parameters
    ----------
    arch, theta, passes
        As in `backward`.
    v : ndarray, (P,)
        The direction.

    Returns
    -------
    Passes
        dz_l and da_l in place of z_l and a_l; entry 0 is zero.  The last activation is not differentiated, because
        costs are functions of z_L; its entry is dz_L.
    """
    W = arch.layout.by_layer(theta).W
    dW, db, dS = arch.layout.by_layer(v)
    zero = np.zeros_like(passes.activations[0])
    dz, da = [zero], [zero]
    for layer in range(1, arch.n_layers + 1):
        dz_l = da[-1] @ W[layer] + passes.activations[layer - 1] @ dW[layer]
        if layer in db:
            dz_l = dz_l + db[layer]
        if layer == arch.n_layers:
            dz_l = dz_l + passes.activations[0] @ dS if dS is not None else dz_l
            da_l = dz_l
        else:
            da_l = _derivative(arch, layer, passes) * dz_l
        dz.append(dz_l)
        da.append(da_l)
    return Passes(tuple(dz), tuple(da))


def tangent_backward(
    arch: Architecture,
    theta: Array,
    passes: Passes,
    gradients: Gradients,
    v: Array,
    tangents: Passes,
    ddelta: Array,
) -> Array:
    """Differentiate the backward pass along v; with the derivative of delta_L, this is a Hessian-vector product.

    Parameters
    ----------
    arch, theta, passes, v
        As in `tangent_forward`.
    gradients : Gradients
        The result of `backward`.
    tangents : Passes
        The result of `tangent_forward`.
    ddelta : ndarray, (N, K)
        Derivative of delta_L along v.

    Returns
    -------
    ndarray, (P,)
        Derivative of `gradients.vector` along v.
    """
    W, dW = arch.layout.by_layer(theta).W, arch.layout.by_layer(v).W
    ddeltas = [ddelta]
    for layer in range(arch.n_layers, 1, -1):
        delta_l = gradients.deltas[layer]
        back = delta_l @ W[layer].T  # (N, d_{l-1}), before f'
        dback = ddeltas[0] @ W[layer].T + delta_l @ dW[layer].T
        z, dz = passes.pre_activations[layer - 1], tangents.pre_activations[layer - 1]
        second = second_derivative(arch.activations[layer - 2])(z)
        ddeltas.insert(0, dback * _derivative(arch, layer - 1, passes) + back * second * dz)
    ddeltas.insert(0, np.zeros_like(passes.activations[0]))
    of_deltas = _collect(arch, passes.activations, ddeltas).vector
    of_inputs = _collect(arch, tangents.activations, gradients.deltas, bias_input=0.0).vector
    return of_deltas + of_inputs


def _collect(
    arch: Architecture,
    activations: Sequence[Array],
    deltas: Sequence[Array],
    bias_input: float = 1.0,
) -> Gradients:
    """Return a_{l-1}^T delta_l, sums of delta_l, and X^T delta_L, in the order of theta.

    `bias_input` is the constant that a bias multiplies: 1, or its derivative, 0.
    """
    vector = np.empty(arch.n_parameters)
    views = arch.layout.views(vector)
    for block in arch.layout.blocks:
        delta = deltas[block.layer]
        if block.source is None:
            views[block.name][...] = bias_input * delta.sum(axis=0)
        else:
            views[block.name][...] = activations[block.source].T @ delta
    return Gradients(ReadOnlyMapping(views), vector, tuple(deltas))


def _derivative(arch: Architecture, layer: int, passes: Passes) -> Array:
    """Return f_l'(z_l), (N, d_l), of a hidden layer."""
    derivative = arch.activations[layer - 1].derivative
    assert derivative is not None  # Architecture requires it of hidden layers
    return derivative(passes.pre_activations[layer])


def _outer(a: Array, delta: Array) -> Array:
    """Return a_i delta_kj per sample in the C order of a weight block: (N, n), (N, K, m) -> (N, K, n m)."""
    n_rows, k, m = delta.shape
    return np.einsum("ni,nkj->nkij", a, delta).reshape(n_rows, k, a.shape[1] * m)


def _product(a: AnyArray, b: AnyArray) -> AnyArray:
    """Return a @ b; for complex factors, the real part is bitwise equal to the real product.

    A single complex product would sum its real part in a different order, and the exponential of a saturated unit would
    amplify the small difference to an arbitrarily large relative error.
    """
    if not (np.iscomplexobj(a) or np.iscomplexobj(b)):
        return a @ b
    ar, br, ai, bi = (np.ascontiguousarray(part) for part in (a.real, b.real, a.imag, b.imag))
    return ar @ br - ai @ bi + 1j * (ar @ bi + ai @ br)
