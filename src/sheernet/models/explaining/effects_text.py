"""`text_of`: effects as text, with tables of columns, labels and interactions, and a sentence for each dependence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sheernet.foundation.message_text import counted, listed, plural_of, without_round_off, wrapped
from sheernet.foundation.text_tables import aligned
from sheernet.models.explaining.uncertainty_text import BAND, with_band

if TYPE_CHECKING:
    from sheernet.models.explaining.dependence import Dependence
    from sheernet.models.explaining.effect_curves import Effect, Effects, PairEffect

MEANINGS = {
    "ale": "How the prediction goes with one column, at equal values of the other columns",
    "partial dependence": "Mean prediction if all rows have the same value of one column and keep their values of the "
    "others",
}
"""Descriptions of the effects of each kind."""
MOST_UNSURE = 12
MOST_DIFFERENCES = 6
"""Maximum number of differences of the labels of a column in the text, the largest first."""
LARGE, NOTABLE = 0.2, 0.05
"""Minimum sizes of an interaction that is shown in a sentence and in the picture of the columns: as a fraction of the
smaller effect of its columns, and of the standard deviation of the predictions."""


def text_of(found: Effects) -> str:
    """The effects as lines of text."""
    lines = [f"{found.title}, {found.rows}", ""]
    zero = (
        f"; 0 is the mean prediction {found.means[found.shown[0]]:.4g}"
        if found.centered and len(found.shown) == 1
        else ""
    )
    lines += [
        *wrapped(f"{MEANINGS[found.kind]}{zero}").splitlines(),
        "Associations, not causes",
        "",
    ]
    for k in found.shown:
        if len(found.shown) > 1:
            zero = f", 0 is the mean prediction {found.means[k]:.4g}" if found.centered else ""
            lines.append(f"{found.outputs[k]}{zero}:")
        lines += aligned(list(summary_rows(found, k)), left=range(7))
        differences = list(_difference_rows(found, k))
        if len(differences) > 1:
            lines += ["", *aligned(differences, left=range(3))]
        lines += [*_unsure_effects(found, k), *_unsure_extremes(found, k)]
        lines += [*_interactions(found, k), ""]
    notices = [wrapped(notice, 8, "Notice  ") for notice in found.notices]
    return "\n".join([*lines, *_legend(found), *([""] if notices else []), *notices])


def summary_rows(found: Effects, k: int) -> Iterator[list[str]]:
    """The headings, and for each column its name, sizes, and the lowest and highest effect with their values."""
    yield ["column", "size", "alone", "lowest", "at", "highest", "at"]
    for effect in found.curves:
        scale = abs(found.means[k]) + found.deviations[k]
        mean = np.array([without_round_off(value, scale) for value in effect.mean[:, k]])
        sizes = [without_round_off(size[k], scale) for size in (effect.importance, effect.alone)]
        row = [effect.title, *(f"{size:.4g}" for size in sizes)]
        for g in (int(mean.argmin()), int(mean.argmax())):
            row += [with_band(mean[g], _known(found, effect.std[g, k])), _place(effect, g)]
        yield row


def _known(found: Effects, std: float) -> float | None:
    return float(std) if found.band else None


def _place(effect: Effect, g: int) -> str:
    """A value as text, with a mark if it is the first or the last of more than two values of a numeric column."""
    value = effect.written_values[g]
    return f"{value} (end)" if _has_ends(effect) and g in (0, len(effect.values) - 1) else value


def _has_ends(effect: Effect) -> bool:
    return effect.at_ends and len(effect.values) > 2


def _difference_rows(found: Effects, k: int) -> Iterator[list[str]]:
    """The headings, and for pairs of labels the difference of their effects and of the means of their true values."""
    raw = any(effect.raw.size for effect in found.curves)
    yield ["difference of labels", "at equal other columns", *(["of the raw means"] if raw else [])]
    for effect in found.curves:
        largest = sorted(effect.differences, key=lambda each: -abs(float(each.mean[k])))
        names = effect.written_values
        for each in largest[:MOST_DIFFERENCES]:
            own = with_band(each.mean[k], _known(found, each.std[k]), signed=True)
            row = [f"{effect.title}: {names[each.label]} - {names[each.other]}", own]
            apart = effect.raw_mean(each.label, k) - effect.raw_mean(each.other, k)
            yield [*row, *([f"{apart:+.4g}"] if raw else [])]


def _is_unsure(found: Effects, effect: Effect, k: int) -> bool:
    """Whether the band contains 0 at every value."""
    is_known = bool(found.band) and found.centered
    return is_known and bool((np.abs(effect.mean[:, k]) <= BAND * effect.std[:, k]).all())


def _unsure_effects(found: Effects, k: int) -> Iterator[str]:
    """The columns whose band contains 0 at every value; those that act mostly with others are listed separately."""
    unsure = [effect for effect in found.curves if _is_unsure(found, effect, k)]
    joint = [effect for effect in unsure if _is_notable(found, effect, k) and effect.is_joint(k)]
    alone = [effect for effect in unsure if effect not in joint]
    because = "because the {} 0 at all values"
    for effects, told in (
        (alone, f"Effects not shown by these rows, given the other columns, {because}"),
        (
            joint,
            f"Curves that may be flat, {because}, of columns that act mostly in combination with others",
        ),
    ):
        if effects:
            yield ""
            told = told.format(plural_of(len(effects), "band contains", "bands contain"))
            names = listed([effect.title for effect in effects], most=MOST_UNSURE)
            yield from wrapped(f"{told}: {names}").splitlines()


def _unsure_extremes(found: Effects, k: int) -> Iterator[str]:
    """A sentence for each extreme of a notable effect that is inside the range but may be at an end as well."""
    told = [
        line
        for effect in found.curves
        if found.band and _is_notable(found, effect, k) and not _is_unsure(found, effect, k)
        for line in _of_extremes(effect, k)
    ]
    if told:
        yield ""
    for line in told:
        yield from wrapped(line, 2).splitlines()


def _is_notable(found: Effects, effect: Effect, k: int) -> bool:
    return bool(effect.importance[k] >= NOTABLE * found.deviations[k])


def _of_extremes(effect: Effect, k: int) -> Iterator[str]:
    mean = effect.mean[:, k]
    for noun, g in (("lowest", int(mean.argmin())), ("highest", int(mean.argmax()))):
        if g in (0, len(mean) - 1):
            continue
        for side, stds in zip((0, -1), effect.end_stds, strict=False):
            change = abs(float(mean[g] - mean[side]))
            if change >= BAND * stds[g, k]:
                continue
            value, places = effect.values[g], effect.places
            n = int(np.count_nonzero(places < value if side == 0 else places > value))
            if 2 * n > len(places):  # a turn near an end is meant, not a curve that may be flat
                continue
            end = effect.written_values[side]
            yield (
                f"{effect.title}: the {noun} effect, at {effect.written_values[g]}, is not distinguishable from that "
                f"at the end {end}: they differ by {with_band(change, stds[g, k])}, and "
                f"{counted(n, 'row')} {plural_of(n, 'has', 'have')} {'smaller' if side == 0 else 'larger'} values"
            )


def _interactions(found: Effects, k: int) -> Iterator[str]:
    """The interactions, and a sentence about each large one."""
    if found.searched and not found.pairs:
        yield ""
        yield from wrapped(
            "No two of the most important columns have an interaction of more than "
            f"{100 * found.searched:g} % of the standard deviation of the predictions"
        ).splitlines()
    if not found.pairs:
        return
    rows = [["interaction", "size", "as a part of the smaller effect"]]
    for pair in found.pairs:
        size = with_band(pair.importance[k], _known(found, pair.importance_std[k]))
        rows.append([pair.title, size, _part(found, pair, k)])
    yield ""
    yield from aligned(rows, left=range(3))
    told = [dependence_in_words(found, pair, k) for pair in found.pairs if is_large(found, pair, k)]
    if told:
        yield ""
        for line in told:
            kept = wrapped(line.replace(" ± ", "\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}"), 2)
            yield from kept.replace("\N{NO-BREAK SPACE}", " ").splitlines()


def _smaller(found: Effects, pair: PairEffect, k: int) -> tuple[float, str] | None:
    """The importance and the name of the less important column of a pair; None if one importance is not known."""
    own = {effect.title: float(effect.importance[k]) for effect in found.curves}
    if not all(name in own for name in pair.names):
        return None
    return min((own[name], name) for name in pair.names)


def _part(found: Effects, pair: PairEffect, k: int) -> str:
    smaller = _smaller(found, pair, k)
    if smaller is None or smaller[0] <= 0:
        return ""
    return f"{100 * pair.importance[k] / smaller[0]:.0f} % of {smaller[1]}"


def is_large(found: Effects, pair: PairEffect, k: int) -> bool:
    """Whether an interaction is large relative to the predictions and, if known, the smaller effect of its columns."""
    if not pair.dependences or pair.dependences[k] is None:
        return False
    smaller = _smaller(found, pair, k)
    size = float(pair.importance[k])
    is_notable = size >= NOTABLE * float(found.deviations[k]) > 0
    return is_notable and (smaller is None or size >= LARGE * smaller[0])


def dependence_in_words(found: Effects, pair: PairEffect, k: int) -> str:
    """A sentence about how the effect of one column depends on the other."""
    dependence = pair.dependences[k]
    assert dependence is not None
    own, other = dependence.column, 1 - dependence.column
    a1, a2 = (pair.short_values(own)[i] for i in dependence.ends)
    first, second = (
        with_band(value, _known(found, std), signed=True)
        for value, std in zip(dependence.effects, dependence.stds, strict=True)
    )
    held = held_in_words(pair, dependence)
    difference = with_band(abs(dependence.difference), _known(found, dependence.difference_std))
    is_clear = abs(dependence.difference) > BAND * dependence.difference_std
    verb = "depends" if is_clear or not found.band else "may depend"
    change = f"{a2} less {a1}" if pair.has_labels[own] else f"from {a1} to {a2}"
    return (
        f"The effect of {pair.names[own]} {verb} on {pair.names[other]}: {change}, {first} if {held[0]}, and {second} "
        f"if {held[1]}; these differ by {difference}"
    )


def held_in_words(pair: PairEffect, dependence: Dependence) -> tuple[str, str]:
    """The values of the column that does not change, as in "age is near 40"."""
    other = 1 - dependence.column
    near = "" if pair.has_labels[other] else "near "
    first, second = (
        f"{pair.names[other]} is {near}{pair.short_values(other)[i]}" for i in dependence.held
    )
    return first, second


def _legend(found: Effects) -> Iterator[str]:
    """The meaning of the numbers."""
    unit = "" if found.probabilities else ", in the target's units"
    yield from wrapped(
        "size: standard deviation over the rows of what goes with a column, in combination with others too"
        f"{unit}; alone: that of its curve"
    ).splitlines()
    if found.pairs:
        yield "size of an interaction: that of the joint effect minus the effect of each column alone"
        if found.centered and any(any(pair.has_labels) for pair in found.pairs):
            yield from wrapped(
                "pairs with labels: the rows with the label keep it, and take each value of the other column; the "
                "level of a label is that at equal other columns, not the mean prediction of its rows"
            ).splitlines()
    if any(map(_has_ends, found.curves)):
        yield "(end): the smallest or largest value of these rows, near which there may be few rows"
    if found.band:
        yield f"±: {found.band}"
