"""Hypotheses about where a gradient is wrong: blocks, rows, entries, layers; and when."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.diagnosis.error_patterns import Diagnosis, Evidence
from sheernet.derivatives.diagnosis.factor_words import joined
from sheernet.derivatives.problem import Block
from sheernet.foundation.arrays import Array

FEW = 3


def zero(evidence: Evidence) -> Diagnosis | None:
    """Blocks of g are zero and should not be; the others are right."""
    wrong = evidence.wrong_blocks
    if (
        not wrong
        or not evidence.others_are_right
        or evidence.gradient[evidence.entries_of(wrong)].any()
    ):
        return None
    sentence = (
        f"The gradient of {joined(wrong)} is zero and the derivative is not; the rest is right: it is never computed, "
        "or what it depends on is cut off from the cost."
    )
    return Diagnosis("zero", sentence, tuple(wrong))


def entry(evidence: Evidence) -> Diagnosis | None:
    """A few single entries are wrong, and no others."""
    if not 0 < len(evidence.entries) <= FEW or len(evidence.entries) == evidence.gradient.size:
        return None
    corrected = evidence.gradient.copy()
    for index, numeric in evidence.entries.items():
        corrected[index] = numeric
    if not evidence.is_explained_by(corrected) or evidence.is_right_when_small:
        return None
    names = tuple((evidence.problem.names or ())[index] for index in sorted(evidence.entries))
    wrong = (
        "A single entry of the gradient is"
        if len(names) == 1
        else "Single entries of the gradient are"
    )
    sentence = f"{wrong} wrong, {joined(names)}; all others are right: look at the indexing."
    return Diagnosis("entry", sentence, names)


def transposed(evidence: Evidence) -> Diagnosis | None:
    """The wrong blocks hold their entries in transposed order."""
    wrong = evidence.wrong_blocks
    shapes = [evidence.blocks[name].shape for name in wrong]
    if not wrong or not all(len(shape) == 2 and min(shape) > 1 for shape in shapes):
        return None
    for turn in (_turned_back, _turned):
        corrected = evidence.gradient.copy()
        for name, shape in zip(wrong, shapes, strict=True):
            place = evidence.blocks[name].slice
            corrected[place] = turn(corrected[place], shape)
        if evidence.is_explained_by(corrected):
            sentence = (
                f"The gradient of {joined(wrong)} has the right numbers in transposed order: look for a .T too many or "
                "too few, or a reshape."
            )
            return Diagnosis("transposed", sentence, tuple(wrong))
    return None


def _turned_back(values: Array, shape: tuple[int, ...]) -> Array:
    return values.reshape(shape[::-1]).T.ravel()


def _turned(values: Array, shape: tuple[int, ...]) -> Array:
    return values.reshape(shape).T.ravel()


def saturation(evidence: Evidence) -> Diagnosis | None:
    """g is right at smaller weights."""
    if not evidence.is_right_when_small:
        return None
    sentence = (
        f"The gradient is right at {evidence.small:g} times these weights and wrong at them: units are saturated here, "
        "and a formula does not hold there (a probability that is clipped, a limit on z, 1 - a^2 or p - y where a or p "
        "is 1 to rounding)."
    )
    return Diagnosis("saturation", sentence, tuple(evidence.wrong_blocks))


def line(evidence: Evidence) -> Diagnosis | None:
    """Some rows or columns of one block are wrong, and nothing else."""
    wrong = evidence.wrong_blocks
    if len(wrong) != 1 or not evidence.others_are_right or len(evidence.entries) < 2:
        return None
    (name,) = wrong
    block = evidence.blocks[name]
    if len(block.shape) != 2:
        return None
    places = [np.unravel_index(i - block.slice.start, block.shape) for i in evidence.entries]
    for axis, noun in ((0, "row"), (1, "column")):
        lines = np.unique([place[axis] for place in places])
        if 2 * len(lines) > block.shape[axis] or not _are_wrong(evidence, block, axis, lines):
            continue
        if evidence.is_right_along(_without_lines(evidence, block, axis, lines)):
            which = f"{noun}{'s' * (len(lines) > 1)} {joined([str(i) for i in lines])}"
            verb = "are" if len(lines) > 1 else "is"
            sentence = f"Of the gradient only {which} of {name} {verb} wrong: look at the indexing."
            return Diagnosis("line", sentence, (name,))
    return None


def _are_wrong(evidence: Evidence, block: Block, axis: int, lines: npt.NDArray[np.intp]) -> bool:
    """Whether rows or columns are wrong from one end to the other: of each, entries that are not known are tried."""
    numbers = np.arange(block.slice.start, block.slice.stop).reshape(block.shape)
    for line_entries in np.moveaxis(numbers, axis, 0)[lines]:
        unknown = [int(i) for i in line_entries if int(i) not in evidence.entries]
        if evidence.is_complete and unknown:
            return False
        for index in unknown[:: max(1, len(unknown) - 1)]:  # the first and the last
            v = np.zeros(evidence.gradient.size)
            v[index] = 1.0
            if evidence.is_right_along(v):
                return False
    return True


def _without_lines(
    evidence: Evidence, block: Block, axis: int, lines: npt.NDArray[np.intp]
) -> Array:
    """A direction within a block that leaves out some rows or columns, (P,)."""
    part = np.random.default_rng(0).standard_normal(block.shape)
    np.moveaxis(part, axis, 0)[lines] = 0.0
    v = np.zeros(evidence.gradient.size)
    v[block.slice] = part.ravel()
    return v


def biases(evidence: Evidence) -> Diagnosis | None:
    """Some biases are wrong, and no weights."""
    wrong = evidence.wrong_blocks
    if not wrong or not evidence.others_are_right:
        return None
    if not all(evidence.blocks[name].is_bias for name in wrong):
        return None
    sentence = (
        f"Only biases are wrong, {joined(wrong)}; all weights are right: look at the sum of delta over the samples, "
        "and at whether the penalty has the biases in it."
    )
    return Diagnosis("biases", sentence, tuple(wrong))


def layers(evidence: Evidence) -> Diagnosis | None:
    """One layer is wrong, or all up to one, and no other."""
    wrong = evidence.wrong_blocks
    of_all = {block.layer for block in evidence.blocks.values()}
    if not wrong or not evidence.others_are_right or None in of_all:
        return None
    numbers = sorted(number for number in of_all if number is not None)
    hit = sorted({evidence.blocks[name].layer or 0 for name in wrong})
    if hit == numbers:
        return None
    if len(hit) == 1:
        sentence = f"Only layer {hit[0]} is wrong ({joined(wrong)}); all others are right."
        return Diagnosis("layer", sentence, tuple(wrong))
    if hit != numbers[: len(hit)]:
        return None
    low, high = hit[-1], numbers[len(hit)]
    sentence = (
        f"Layers {hit[0]} to {low} are wrong, and those from {high} on are right: look at the way from delta_{high} to "
        f"delta_{low} (the weights of layer {high}, the derivative of the activation of layer {low}), and at what "
        "these layers have in common."
    )
    return Diagnosis("lower layers", sentence, tuple(wrong))
