"""Show how one number of an explanation is computed (`work_out`): its sum or product, in symbols and in numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheernet.foundation.errors import InvalidInput
from sheernet.network.architecture import Block
from sheernet.objective.costs import ResidualCost, derivative
from sheernet.objective.explained_quantities import Quantity, block_name

if TYPE_CHECKING:
    from sheernet.objective.explained_passes import Explanation

MOST_TERMS = 6
"""Maximum number of written terms; the number of omitted terms is stated."""
DIFFERENCES = ("squared_error", "binary_cross_entropy", "cross_entropy", "poisson")
"""Costs whose derivative is y_hat - y: with respect to the prediction for squared_error, to z for the others."""


@dataclass(frozen=True, repr=False)
class WorkedSum:
    """A number and how it is computed: a sum of products, times factors.

    Parameters
    ----------
    name : str
        The name of the number, such as "dJ/dW_1[0,1]".
    formula : str
        The sum in symbols.
    terms : tuple of tuple of float
        The factors of each term.
    value : float
        The number, as computed by the passes.
    factors : tuple of float
        Factors of the whole sum.
    function : str
        The name of a function that is applied to the terms; "" without a function.

    Examples
    --------
    >>> from sheernet.objective.worked_sum import WorkedSum
    >>> WorkedSum("s", "(p q - r) t", ((2.0, -3.0), (-1.0,)), -3.5, factors=(0.5,))
    s = (p q - r) t = (2*(-3) - 1) * 0.5 = -3.5
    """

    name: str
    formula: str
    terms: tuple[tuple[float, ...], ...]
    value: float
    factors: tuple[float, ...] = ()
    function: str = ""

    def formula_with_value(self) -> str:
        """Return the sum in symbols, and its value."""
        return f"{self.name} = {self.formula} = {self.value:.6g}"

    def __repr__(self) -> str:
        return f"{self.name} = {self.formula} = {self._numbers()} = {self.value:.6g}"

    def _numbers(self) -> str:
        shown = self.terms[:MOST_TERMS]
        more = len(self.terms) - len(shown)
        if self.function:
            inside = ", ".join(_product(term) for term in shown)
            return f"{self.function}({inside}{f', ... {more} more' if more else ''})"
        text = _product(shown[0])
        for term in shown[1:]:
            alone = len(term) == 1 and term[0] < 0
            text += f" - {-term[0]:.4g}" if alone else f" + {_product(term)}"
        if more:
            text += f" + ... {more} more"
        if self.factors and len(self.terms) > 1:
            text = f"({text})"
        return " * ".join([text, *(_number(factor) for factor in self.factors)])


def work_out(explanation: Explanation, name: str) -> WorkedSum:
    """Return how the number with this name is computed; see `Explanation.worked`."""
    if name.strip() == "J":
        return _cost(explanation)
    found = re.fullmatch(r"\s*(.*?)\s*\[([\d\s,]*)\]\s*", name)
    quantity = explanation.quantity(found[1] if found else name)
    if quantity.kind in ("inputs", "targets", "weights"):
        raise InvalidInput(f"{quantity.name} is given, not computed; work out z, a, delta or dJ/dW")
    index = [int(i) for i in found[2].split(",") if i.strip()] if found else []
    if quantity.kind != "gradient" and explanation.row is not None and len(index) == 1:
        index = [explanation.row, *index]
    shape = quantity.array.shape
    rows = explanation.rows if quantity.kind != "gradient" else range(shape[0])
    inside = len(index) == len(shape) and index[0] in rows and index[-1] < shape[-1]
    if not inside:
        first = f"{rows[0]} to {rows[-1]}" if len(rows) > 1 else f"{rows[0]}"
        second = f", second index 0 to {shape[-1] - 1}" if len(shape) > 1 else ""
        raise InvalidInput(
            f"{name!r} is not an entry of {quantity.name}: write {quantity.name}[{','.join('ij'[: len(shape)])}], "
            f"first index {first}{second}"
        )
    work = {"z": _pre_activation, "a": _activation, "delta": _delta, "gradient": _gradient}
    return work[quantity.kind](explanation, quantity, index)


def _cost(explanation: Explanation) -> WorkedSum:
    """Return J as the sum of the losses of the rows, times w_n."""
    output = explanation.network.architecture.activations[-1]
    z = explanation.passes.pre_activations[-1]
    losses = explanation.cost.loss(output, z, explanation.y)  # (n,)
    weights = explanation.weights
    averaged = explanation.reduction == "mean"
    terms = zip(weights, losses, strict=True) if averaged else ((loss,) for loss in losses)
    name, formula = "J", f"{explanation.reduction} over rows of {explanation.cost.formula}"
    if explanation.row is not None:
        name = f"J of row {explanation.row}"
        formula = explanation.cost.formula
        if averaged:
            formula = f"1/{explanation.n_samples} * ({formula})"
    return WorkedSum(name, formula, _floats(terms), float(weights @ losses))


def _pre_activation(
    explanation: Explanation, quantity: Quantity, index: Sequence[int]
) -> WorkedSum:
    """Return z_l[n,j]: the sum over the units of the previous layer, the bias, and the skip connections."""
    n, j = index
    letters: list[str] = []
    terms: list[tuple[float, ...]] = []
    for block in _blocks_into(explanation, quantity.layer):
        weights, name = block.view(explanation.network.theta), block_name(block)
        if block.source is None:
            letters.append(f"{name}[{j}]")
            terms.append((float(weights[j]),))
            continue
        before = explanation.passes.activations[block.source][n - explanation.rows[0]]  # (d,)
        symbol = explanation.numbers.of("a", block.source)
        letters.extend(f"{symbol}[{n},{i}] * {name}[{i},{j}]" for i in range(len(before)))
        terms.extend(zip(before.tolist(), weights[:, j].tolist(), strict=True))
    return _entry(explanation, quantity, index, _shortened(letters), terms)


def _activation(explanation: Explanation, quantity: Quantity, index: Sequence[int]) -> WorkedSum:
    """Return a_l[n,j] = f(z_l[n,j]); for softmax, f is a function of all z of the row."""
    n, j = index
    activation = explanation.network.architecture.activations[quantity.layer - 1]
    z = explanation.passes.pre_activations[quantity.layer][n - explanation.rows[0]]  # (d_l,)
    symbol = explanation.numbers.of("z", quantity.layer)
    if activation.derivative is None:
        formula = f"entry {j} of {activation.name}({symbol}[{n},:])"
        terms = [(float(entry),) for entry in z]
    else:
        formula, terms = f"{activation.name}({symbol}[{n},{j}])", [(float(z[j]),)]
    return _entry(explanation, quantity, index, formula, terms, function=activation.name)


def _delta(explanation: Explanation, quantity: Quantity, index: Sequence[int]) -> WorkedSum:
    """Return delta_l[n,j]: from the cost in the output layer, from the next layer in all others."""
    arch, layer = explanation.network.architecture, quantity.layer
    if layer == arch.n_layers:
        return _delta_of_output(explanation, quantity, index)
    n, j = index
    block = arch.layout.block(f"W{layer + 1}")
    above = explanation.gradients.deltas[layer + 1][n - explanation.rows[0]]  # (d_{l+1},)
    symbol = explanation.numbers.of("delta", layer + 1)
    letters = [f"{symbol}[{n},{k}] * {block_name(block)}[{j},{k}]" for k in range(len(above))]
    weights = block.view(explanation.network.theta)[j]  # (d_{l+1},)
    slope, letter = _slope(explanation, layer, index)
    inside = _shortened(letters)
    formula = f"({inside}) * {letter}" if len(letters) > 1 else f"{inside} * {letter}"
    terms = zip(above.tolist(), weights.tolist(), strict=True)
    return _entry(explanation, quantity, index, formula, terms, (slope,))


def _delta_of_output(
    explanation: Explanation, quantity: Quantity, index: Sequence[int]
) -> WorkedSum:
    """Return delta_L[n,k] = w_n dloss_n / dz_L[n,k]."""
    start, terms = _slope_of_loss(explanation, quantity.layer, index)
    factors: list[float] = []
    letters: list[str] = []
    if isinstance(explanation.cost, ResidualCost):
        slope, letter = _slope(explanation, quantity.layer, index)
        factors, letters = [slope], [letter]
    if explanation.reduction == "mean":
        factors.append(float(explanation.weights[index[0] - explanation.rows[0]]))
        letters.append(f"1/{explanation.n_samples}")
    if len(terms) > 1 and letters:
        start = f"({start})"
    return _entry(explanation, quantity, index, " * ".join([start, *letters]), terms, factors)


def _slope_of_loss(
    explanation: Explanation, layer: int, index: Sequence[int]
) -> tuple[str, list[tuple[float, ...]]]:
    """Return the derivative of a loss with respect to the prediction (`ResidualCost`) or to z (all others)."""
    n, k = index
    here, cost = n - explanation.rows[0], explanation.cost
    output = explanation.passes.activations[-1]  # (n, K)
    prediction = explanation.numbers.of("a", layer)
    if cost.name in DIFFERENCES:
        target = float(explanation.y[here, k])
        return f"{prediction}[{n},{k}] - y[{n},{k}]", [(float(output[here, k]),), (-target,)]
    if isinstance(cost, ResidualCost):
        slopes = cost.rho_prime(output - explanation.y)  # (n, K)
        return f"dloss/d{prediction}[{n},{k}]", [(float(slopes[here, k]),)]
    z = explanation.passes.pre_activations[-1]
    slopes = cost.delta(explanation.network.architecture.activations[-1], z, explanation.y)
    return f"dloss/d{explanation.numbers.of('z', layer)}[{n},{k}]", [(float(slopes[here, k]),)]


def _gradient(explanation: Explanation, quantity: Quantity, index: Sequence[int]) -> WorkedSum:
    """Return dJ/dW_l[i,j]: the sum over rows of input activation times delta; for biases, the sum of delta."""
    block, j = quantity.block, index[-1]
    assert block is not None  # a gradient has a block
    delta = explanation.gradients.deltas[block.layer][:, j]  # (n,)
    n = "n" if explanation.row is None else str(explanation.row)
    formula = f"{explanation.numbers.of('delta', block.layer)}[{n},{j}]"
    terms: list[tuple[float, ...]] = [(d,) for d in delta.tolist()]
    if block.source is not None:
        before = explanation.passes.activations[block.source][:, index[0]]  # (n,)
        formula = f"{explanation.numbers.of('a', block.source)}[{n},{index[0]}] * {formula}"
        terms = list(zip(before.tolist(), delta.tolist(), strict=True))
    if explanation.row is None:
        formula = f"sum over rows of {formula}"
    return _entry(explanation, quantity, index, formula, terms)


def _entry(
    explanation: Explanation,
    quantity: Quantity,
    index: Sequence[int],
    formula: str,
    terms: Iterable[Iterable[float]],
    factors: Sequence[float] = (),
    function: str = "",
) -> WorkedSum:
    """Return an entry of an array with its terms; rows are numbered as in the data."""
    place = list(index)
    if quantity.kind != "gradient":
        place[0] -= explanation.rows[0]
    name = f"{quantity.name}[{','.join(map(str, index))}]"
    value = float(quantity.array[tuple(place)])
    return WorkedSum(name, formula, _floats(terms), value, tuple(factors), function)


def _blocks_into(explanation: Explanation, layer: int) -> list[Block]:
    return [b for b in explanation.network.architecture.layout.blocks if b.layer == layer]


def _slope(explanation: Explanation, layer: int, index: Sequence[int]) -> tuple[float, str]:
    """Return f_l'(z_l[n,j]) as a number and in symbols."""
    n, j = index
    activation = explanation.network.architecture.activations[layer - 1]
    z = explanation.passes.pre_activations[layer][n - explanation.rows[0]]  # (d_l,)
    symbol = explanation.numbers.of("z", layer)
    return float(derivative(activation)(z)[j]), f"{activation.name}'({symbol}[{n},{j}])"


def _floats(terms: Iterable[Iterable[float]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(factor) for factor in term) for term in terms)


def _shortened(letters: Sequence[str]) -> str:
    """Join terms in symbols, at most the first `MOST_TERMS`."""
    more = len(letters) - MOST_TERMS
    return " + ".join([*letters[:MOST_TERMS], *([f"... {more} more"] if more > 0 else [])])


def _product(factors: Sequence[float]) -> str:
    first, *others = factors
    return "*".join([f"{first:.4g}", *map(_number, others)])


def _number(value: float) -> str:
    """Return a number as a factor: in parentheses if it is negative."""
    return f"({value:.4g})" if value < 0 else f"{value:.4g}"
