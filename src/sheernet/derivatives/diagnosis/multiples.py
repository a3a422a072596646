"""Hypotheses with a number in them: a factor of the gradient or of a part of it, a multiple of the weights.

The number is taken from the comparison that shows it best, and at least one more that failed must be explained by it.
"""

from __future__ import annotations

import numpy as np

from sheernet.derivatives.diagnosis.error_patterns import Diagnosis, Evidence
from sheernet.derivatives.diagnosis.factor_words import factor_in_words, is_plain, joined
from sheernet.foundation.arrays import Array

ALIKE = 1e-6  # of each other: the gradient and the weights are one direction, and tell one number


def factor(evidence: Evidence) -> Diagnosis | None:
    """g = c n, throughout."""
    c = _common_factor(evidence, evidence.gradient, np.zeros_like(evidence.gradient))
    if c is None:
        return None
    words = factor_in_words(c, evidence.constants)
    return Diagnosis("factor", f"The gradient is {words} times the derivative, throughout.", (), c)


def data_factor(evidence: Evidence) -> Diagnosis | None:
    """g - decay x = c (n - decay x): the term of the penalty is right and that of the data is not."""
    decay = evidence.problem.decay
    if decay is None or not decay.any():
        return None
    penalty = decay * evidence.problem.x
    c = _common_factor(evidence, evidence.gradient - penalty, penalty)
    if c is None:
        return None
    words = factor_in_words(c, evidence.constants)
    sentence = f"The data term of the gradient is {words} times its derivative; the penalty's term is right."
    return Diagnosis("data factor", sentence, (), c)


def hidden_penalty(evidence: Evidence) -> Diagnosis | None:
    """g - b x = c (n - b x): the same with a penalty that nobody told of, hence n = g / c + b (1 - 1 / c) x."""
    biases = evidence.entries_of([name for name, block in evidence.blocks.items() if block.is_bias])
    for term in (evidence.problem.x, np.where(biases, 0.0, evidence.problem.x)):
        found = _two_multiples(evidence, term)
        if found is not None:
            share, strength = found
            words = factor_in_words(1 / share, evidence.constants)
            sentence = (
                f"The data term of the gradient is {words} times its derivative, and there is a penalty, "
                f"{strength / (1 - share):.6g} / 2 times the sum of squared weights, whose term is right."
            )
            return Diagnosis("data factor", sentence, (), 1 / share)
    return None


def _two_multiples(evidence: Evidence, term: Array) -> tuple[float, float] | None:
    """a and b for which a g + b term is right, by least squares over the comparisons that failed."""
    with np.errstate(all="ignore"):
        return _fitted_multiples(evidence, term)


def _fitted_multiples(evidence: Evidence, term: Array) -> tuple[float, float] | None:
    comparison = evidence.comparison
    failed = comparison.failed & np.isfinite(comparison.numeric)
    if failed.sum() < 4 or not term.any():  # more than the two numbers
        return None
    parts = np.array(
        [comparison.directions.along(v) for v in (evidence.gradient, term)]
    ).T  # (m, 2)
    weight = 1 / comparison.tolerance[failed]
    design, target = weight[:, None] * parts[failed], weight * comparison.numeric[failed]
    lengths = np.linalg.norm(design, axis=0)  # the two columns may differ by any number of digits
    if not np.isfinite(lengths).all() or not lengths.all():
        return None
    left, sizes, right = np.linalg.svd(design / lengths, full_matrices=False)
    if sizes[-1] < ALIKE * sizes[0]:
        return None
    a, b = (right.T @ (left.T @ target / sizes)) / lengths
    shown = np.abs(design * (a, b)) > 1.0
    if a == 0 or not is_plain(1 / a, evidence.constants) or np.any(shown.sum(axis=0) < 3):
        return None
    error = 3 * np.linalg.norm(
        parts / lengths @ right.T / sizes, axis=1
    )  # three standard deviations, (m,)
    corrected = a * evidence.gradient + b * term
    return (float(a), float(b)) if evidence.is_explained_by(corrected, error) else None


def _common_factor(evidence: Evidence, wrong: Array, base: Array) -> float | None:
    """The c for which base + wrong / c is right; None where there is none, or saturation is behind it."""
    comparison = evidence.comparison
    with np.errstate(all="ignore"):
        part, rest = comparison.directions.along(wrong), comparison.directions.along(base)
        best = evidence.sharpest(part)
        share = (comparison.numeric[best] - rest[best]) / part[best]
        # Where g is so much too large that n is lost in its noise, any share of it would do.
        shown = comparison.failed & (np.abs(share * part) > comparison.tolerance)
        error = np.abs(part) * comparison.tolerance[best] / abs(part[best])
        if not np.isfinite(share) or share == 0 or shown.sum() < 2:
            return None
        corrected = base + share * wrong
    if not evidence.is_explained_by(corrected, error):
        return None
    return _unless_saturated(evidence, float(1 / share))


def _unless_saturated(evidence: Evidence, c: float) -> float | None:
    """A factor that nobody writes is not a factor where it comes with saturation."""
    if not is_plain(c, evidence.constants) and evidence.is_right_when_small:
        return None
    return c


def decay(evidence: Evidence) -> Diagnosis | None:
    """g - n = c decay x, or c x, for all of x or a part of it."""
    x, coefficients = evidence.problem.x, evidence.problem.decay
    biases = evidence.entries_of([name for name, block in evidence.blocks.items() if block.is_bias])
    wrong = evidence.entries_of(evidence.wrong_blocks)
    candidates = [
        ("the weights and biases" if biases.any() else "x", x),
        ("the weights", np.where(biases, 0.0, x)),
        ("the biases", np.where(biases, x, 0.0)),
        (f"the weights of {joined(evidence.wrong_blocks or ['x'])}", np.where(wrong, x, 0.0)),
    ]
    if coefficients is not None:
        penalty = coefficients * x
        candidates[:0] = [(PENALTY, penalty), (PENALTY, np.where(wrong, penalty, 0.0))]
    for words, term in candidates:
        c = _multiple(evidence, term)
        if c is not None:
            return Diagnosis("decay", _decay_sentence(c, words), (), c)
    return None


PENALTY = "the decay times the weights"


def _multiple(evidence: Evidence, term: Array) -> float | None:
    """The c for which g - c term is right; None where there is none."""
    comparison = evidence.comparison
    if np.unique(term).size < 3:  # all of one size: a constant would do as well
        return None
    with np.errstate(all="ignore"):
        part = comparison.directions.along(term)
        best = evidence.sharpest(part)
        c = (comparison.analytic[best] - comparison.numeric[best]) / part[best]
        error = np.abs(part) * comparison.tolerance[best] / abs(part[best])
        if comparison.failed.sum() < 2 or not np.isfinite(c) or c == 0:
            return None
        corrected = evidence.gradient - c * term
    return float(c) if evidence.is_explained_by(corrected, error) else None


def _decay_sentence(c: float, words: str) -> str:
    if words == PENALTY and is_plain(c + 2, {}) and round(c) == -1:
        return f"The penalty's term, {PENALTY}, is missing from the gradient."
    if words == PENALTY and is_plain(c, {}) and round(c) == 1:
        return f"The penalty's term, {PENALTY}, is in the gradient twice."
    change = "a term too many, of" if c > 0 else "too little of a term of"
    return (
        f"The gradient has {change} {abs(c):.6g} times {words}: look at the penalty (weight decay), which must be the "
        "same in value and gradient."
    )


def block_factor(evidence: Evidence) -> Diagnosis | None:
    """g = c n in each wrong block, with a c of its own; the other blocks are right."""
    wrong = evidence.wrong_blocks
    if not wrong or not evidence.others_are_right:
        return None
    factors: dict[str, float] = {}
    corrected, error = evidence.gradient.copy(), np.zeros(len(evidence.comparison.directions))
    for name in wrong:
        found = _share_of_block(evidence, name)
        if found is None:
            return None
        share, uncertain = found
        part = np.where(evidence.entries_of([name]), evidence.gradient, 0.0)
        corrected[evidence.blocks[name].slice] *= share
        error += 3 * uncertain * evidence.comparison.directions.size(part)
        factors[name] = 1 / share
    if not _is_tested(evidence, factors) or not evidence.is_explained_by(corrected, error):
        return None
    if any(_unless_saturated(evidence, c) is None for c in factors.values()):
        return None
    words = [
        f"{name} is {factor_in_words(c, evidence.constants)} times the derivative"
        for name, c in factors.items()
    ]
    sentence = (
        f"Whole blocks of the gradient are off by a factor, the others are right: {joined(words)}."
    )
    return Diagnosis("block factor", sentence, tuple(wrong), next(iter(factors.values())))


def _share_of_block(evidence: Evidence, name: str) -> tuple[float, float] | None:
    """n / g of a block, where it shows best, and the error of that."""
    comparison = evidence.comparison
    of_block = np.array([block == name for block in comparison.directions.blocks])
    best = evidence.sharpest(np.where(of_block, comparison.analytic, 0.0))
    with np.errstate(all="ignore"):
        share = float(comparison.numeric[best] / comparison.analytic[best])
        uncertain = float(comparison.tolerance[best] / abs(comparison.analytic[best]))
    is_shown = abs(comparison.numeric[best]) > comparison.tolerance[best]
    return (share, uncertain) if np.isfinite(share) and is_shown else None


def _is_tested(evidence: Evidence, factors: dict[str, float]) -> bool:
    """Whether more comparisons failed than factors were taken from them.

    A block of a single entry has a factor whatever its error is: it counts only beside a larger one of the same factor.
    """
    sizes = {name: int(np.prod(evidence.blocks[name].shape)) for name in factors}
    larger = [c for name, c in factors.items() if sizes[name] > 1]
    alike = all(
        any(is_plain(c / other, {}) and round(c / other) == 1 for other in larger)
        for name, c in factors.items()
        if sizes[name] == 1
    )
    return alike and int(evidence.comparison.failed.sum()) > len(factors)
