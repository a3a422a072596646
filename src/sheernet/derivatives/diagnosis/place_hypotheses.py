"""Hypotheses about where a gradient is wrong: blocks, rows, entries or layers, or only at saturated units."""

from __future__ import annotations

import numpy as np

from sheernet.derivatives.diagnosis.diagnosis_data import Diagnosis, Evidence, short_list
from sheernet.derivatives.problem import Block
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.message_text import plural_of

MAX_WRONG_ENTRIES = 3


def zero_blocks(evidence: Evidence) -> Diagnosis | None:
    """Test whether the wrong blocks of g are zero and the others right."""
    wrong = evidence.wrong_blocks
    if not wrong or not evidence.others_are_right:
        return None
    if evidence.gradient[evidence.entries_of(wrong)].any():
        return None
    sentence = (
        f"The gradient of {short_list(wrong)} is zero, but the derivative is not; all other blocks are right. Either "
        "it is never computed, or its path to the cost is cut."
    )
    return Diagnosis("zero", sentence, tuple(wrong))


def wrong_entries(evidence: Evidence) -> Diagnosis | None:
    """Test whether only a few single entries are wrong, and no whole block."""
    wrong = set(evidence.entries)
    whole = (
        wrong >= set(range(block.slice.start, block.slice.stop))
        for block in evidence.blocks.values()
    )
    if not 0 < len(wrong) <= MAX_WRONG_ENTRIES or any(whole):
        return None
    corrected = evidence.gradient.copy()
    for index, numeric in evidence.entries.items():
        corrected[index] = numeric
    if not evidence.is_explained_by(corrected) or evidence.is_right_when_small:
        return None
    names = evidence.problem.entry_names(sorted(evidence.entries))
    noun, verb = plural_of(len(names), "entry", "entries"), plural_of(len(names), "is", "are")
    sentence = f"Only the {noun} {short_list(names)} {verb} wrong; all others are right: check the indexing."
    return Diagnosis("entry", sentence, names)


def transposed_blocks(evidence: Evidence) -> Diagnosis | None:
    """Test whether the wrong blocks have their entries in transposed order."""
    wrong = evidence.wrong_blocks
    shapes = [evidence.blocks[name].shape for name in wrong]
    if not wrong or not all(len(shape) == 2 and min(shape) > 1 for shape in shapes):
        return None
    for transpose in (_from_transposed_shape, _from_own_shape):
        corrected = evidence.gradient.copy()
        for name, shape in zip(wrong, shapes, strict=True):
            place = evidence.blocks[name].slice
            corrected[place] = transpose(corrected[place], shape)
        if evidence.is_explained_by(corrected):
            sentence = (
                f"The gradient of {short_list(wrong)} has the right numbers in transposed order: look for a missing or "
                "superfluous .T, or a wrong reshape."
            )
            return Diagnosis("transposed", sentence, tuple(wrong))
    return None


def _from_transposed_shape(values: Array, shape: tuple[int, ...]) -> Array:
    return values.reshape(shape[::-1]).T.ravel()


def _from_own_shape(values: Array, shape: tuple[int, ...]) -> Array:
    return values.reshape(shape).T.ravel()


def saturation(evidence: Evidence) -> Diagnosis | None:
    """Test whether g is right at small weights, where no unit is saturated."""
    if not evidence.is_right_when_small:
        return None
    sentence = (
        f"The gradient is right at {evidence.small:g} times these weights but wrong here, where units are saturated: "
        "look for a formula that fails there (a clipped probability, a limit on z, or 1 - a^2 or p - y if a or p "
        "rounds to 1)."
    )
    return Diagnosis("saturation", sentence, tuple(evidence.wrong_blocks))


def wrong_lines(evidence: Evidence) -> Diagnosis | None:
    """Test whether only some rows or columns of one block are wrong."""
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
            n = len(lines)
            sentence = (
                f"Only {plural_of(n, noun)} {short_list(lines.tolist())} of {name} {plural_of(n, 'is', 'are')} wrong: "
                "check the indexing."
            )
            return Diagnosis("line", sentence, (name,))
    return None


def _are_wrong(evidence: Evidence, block: Block, axis: int, lines: Indices) -> bool:
    """Return whether the first and last untested entries of each row or column are wrong, too."""
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


def _without_lines(evidence: Evidence, block: Block, axis: int, lines: Indices) -> Array:
    """Return a random direction within a block that is zero in some rows or columns, (P,)."""
    part = np.random.default_rng(0).standard_normal(block.shape)
    np.moveaxis(part, axis, 0)[lines] = 0.0
    v = np.zeros(evidence.gradient.size)
    v[block.slice] = part.ravel()
    return v


def wrong_biases(evidence: Evidence) -> Diagnosis | None:
    """Test whether only biases are wrong."""
    wrong = evidence.wrong_blocks
    if not wrong or not evidence.others_are_right:
        return None
    if not all(evidence.blocks[name].is_bias for name in wrong):
        return None
    sentence = (
        f"Only the biases {short_list(wrong)} are wrong; all weights are right: check the sum of delta over the "
        "samples, and whether the penalty includes the biases."
    )
    return Diagnosis("biases", sentence, tuple(wrong))


def wrong_layers(evidence: Evidence) -> Diagnosis | None:
    """Test whether only one layer is wrong, or all layers up to one."""
    wrong = evidence.wrong_blocks
    of_all = {block.layer for block in evidence.blocks.values()}
    if not wrong or not evidence.others_are_right or None in of_all:
        return None
    numbers = sorted(number for number in of_all if number is not None)
    hit = sorted({evidence.blocks[name].layer or 0 for name in wrong})
    if hit == numbers:
        return None
    if len(hit) == 1:
        sentence = (
            f"Only layer {hit[0]} is wrong ({short_list(wrong)}); all other layers are right."
        )
        return Diagnosis("layer", sentence, tuple(wrong))
    if hit != numbers[: len(hit)]:
        return None
    low, high = hit[-1], numbers[len(hit)]
    sentence = (
        f"Layers {hit[0]} to {low} are wrong, and all from layer {high} on are right: check the step from delta_{high} "
        f"to delta_{low} (the weights of layer {high}, the derivative of the activation of layer {low}), and whatever "
        "the wrong layers have in common."
    )
    return Diagnosis("lower layers", sentence, tuple(wrong))
