"""`Selection`: the errors of sizes and decays on left-out rows, the chosen size and decay, and their model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array, Mask
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed, plural_of, wrapped
from sheernet.foundation.pandas_import import frame_of
from sheernet.foundation.sentences import Setting, rendered, sentence
from sheernet.foundation.text_tables import aligned, html_table, paragraphs
from sheernet.models.selecting.choice_rule import CLEARLY, Place, lowest_place, simplest_place
from sheernet.models.selecting.grid_words import (
    Decay,
    Size,
    decay_in_short,
    decay_in_words,
    in_short,
    in_words,
)
from sheernet.settings.network_settings import EVIDENCE

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.models.model import Model

LOWEST, CHOSEN, NEAR = "lowest", "chosen", "near"

_AS_GOOD = {
    "paired": "within one standard error of the difference from the lowest",
    "one_se": "within one standard error of the lowest",
}
_EVIDENCE_LEGEND = (
    "evidence: several networks with constant noise, decays chosen from the data, averaged with shares; {}the model is "
    "that of fit, which also tries other kinds of noise and gives the metrics in its report."
)
_LEGEND = (
    "behind: difference of the error from {}, in standard errors of the difference on the same rows; near: good enough "
    "by the rule {}."
)


@dataclass(frozen=True, eq=False)
class Grid:
    """Errors on left-out rows of S sizes and D decays, and the choice by a rule.

    Parameters
    ----------
    sizes : tuple of tuple of int, or "auto"
        Units of each hidden layer; (S,), from small to large; "auto" is last.
    decays : tuple of float, or "evidence"
        Weight decays; (D,), from large to small; "evidence" is first.
    errors, standard_errors : ndarray, (S, D)
        Errors and their standard errors; nan if they were not evaluated.
    behind : ndarray, (S, D)
        Differences from the error of the reference, in standard errors of the difference on the same rows.
    weights : tuple of int or None
        Number of weights of each size; None for "auto".
    near : ndarray of bool, (S, D)
        Which errors are good enough beside that of the reference, according to the rule.
    reference : tuple of int
        The indices of the size and the decay with which the others are compared: those of the default model or of the
        lowest error.
    rule : {"paired", "one_se", "best"}
        The rule.
    """

    sizes: tuple[Size, ...]
    decays: tuple[Decay, ...]
    errors: Array
    standard_errors: Array
    behind: Array
    weights: tuple[int | None, ...]
    near: Mask
    reference: Place
    rule: str

    @property
    def lowest(self) -> Place:
        """The indices of the size and the decay with the lowest error."""
        return lowest_place(self.errors)

    @property
    def chosen(self) -> Place:
        """The indices of the size and the decay that the rule chooses."""
        return simplest_place(self.near)

    @property
    def is_against_default(self) -> bool:
        """Whether the reference is the default model of `fit`, whose sizes and decays are chosen from the data."""
        return self.rule == "paired" and isinstance(self.sizes[self.reference[0]], str)

    @property
    def reference_in_words(self) -> str:
        """The error with which the others are compared, after a word such as "error"."""
        return "that of the default model (auto)" if self.is_against_default else "the lowest"

    def mark(self, i: int, j: int) -> str:
        """Return the mark of a size and a decay: "chosen", "lowest", "near" (good enough by the rule), or ""."""
        words = [CHOSEN] * ((i, j) == self.chosen) + [LOWEST] * ((i, j) == self.lowest)
        return ", ".join(words) or (NEAR if self.near[i, j] else "")


@dataclass(frozen=True, eq=False)
class Selection:
    """The result of `sheernet.select`.

    Parameters
    ----------
    grid : Grid
        Errors and standard errors of all sizes and decays, and the choice.
    measure : str
        Name of the error measure, such as "RMSE" or "log loss".
    model : Model
        The network of the chosen size and decay, trained on all rows.
    problem : str
        A description of the data, the splits and the fits.
    notices : tuple of str
        What limits the choice: an end of the grid, or the time limit.
    interrupted : bool
        Whether Ctrl-C ended the search: then the choice is among the sizes and decays evaluated before.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(40)], "y": [(i / 20 - 1) ** 2 + (-1) ** i / 50 for i in range(40)]}
    >>> selection = sn.select(table, "y", sizes=(0, 3), decays=(1e-1, 1e-3), starts=2)
    >>> selection.hidden, selection.decay
    ((3,), 0.001)
    >>> selection.grid.errors.shape, selection.model.evaluation
    ((2, 2), 'folds')
    """

    grid: Grid
    measure: str
    model: Model
    problem: str = ""
    notices: tuple[str, ...] = ()
    interrupted: bool = False

    @property
    def hidden(self) -> Size:
        """Units of each hidden layer of the chosen network; "auto" for several sizes chosen from the data."""
        return self.grid.sizes[self.grid.chosen[0]]

    @property
    def decay(self) -> Decay:
        """Weight decay of the chosen network; "evidence" for decays chosen from the data."""
        return self.grid.decays[self.grid.chosen[1]]

    def rows(self) -> list[dict[str, Any]]:
        """Return the results of each size and decay that was evaluated.

        Returns
        -------
        list of dict
            hidden (units of each layer, such as "8" or "8-4", or "auto"), decay (a number or "evidence"), weights
            (their number; None for "auto"), error and standard_error of `measure`, behind (the difference from the
            error of the reference in standard errors of the difference on the same rows), mark ("chosen", "lowest",
            or "near", good enough by the rule).
        """
        grid = self.grid
        return [
            {
                "hidden": in_short(size),
                "decay": decay,
                "weights": grid.weights[i],
                "error": float(grid.errors[i, j]),
                "standard_error": float(grid.standard_errors[i, j]),
                "behind": float(grid.behind[i, j]),
                "mark": grid.mark(i, j),
            }
            for i, size in enumerate(grid.sizes)
            for j, decay in enumerate(grid.decays)
            if not np.isnan(grid.behind[i, j])
        ]

    def to_frame(self) -> pd.DataFrame:
        """Return `rows` as a pandas DataFrame.

        Raises
        ------
        MissingDependency
            If pandas is not installed.
        """
        return frame_of(self.rows()).astype({"weights": "Int64"})  # missing for "auto"

    @property
    def verdict(self) -> str:
        """A sentence that states what was chosen, and why."""
        grid = self.grid
        reference, chosen, which = grid.reference, grid.chosen, grid.reference_in_words
        as_good = (
            "better than the default model by a standard error of the difference"
            if grid.is_against_default
            else _AS_GOOD.get(grid.rule)
        )
        error = (
            f"{grid.errors[reference]:.4g} (standard error {grid.standard_errors[reference]:.2g})"
        )
        if chosen == reference:
            others = self._better_than_default() or (
                f"no simpler network is {as_good}" if as_good else ""
            )
            end = f"; {others}." if others else "."
            return f"Chosen: {self._named(chosen)}. Its {self.measure} is {which}, {error}{end}"
        is_number = not isinstance(grid.decays[chosen[1]], str)
        order = " (the largest decay, then the fewest weights)" if is_number else ""
        return (
            f"Chosen: {self._named(chosen)}, the simplest network{order} {as_good}. Its {self.measure} is "
            f"{grid.errors[chosen]:.4g}; {which} is {error}, by {self._named(reference)}."
        )

    def _better_than_default(self) -> str:
        """How many networks are better than the chosen default model, though not clearly; "" if none is."""
        grid = self.grid
        near = grid.near.copy()
        near[grid.reference] = False
        if not grid.is_against_default or not near.any():
            return ""
        n = int(near.sum())
        return (
            f"{counted(n, 'other network')} {plural_of(n, 'is', 'are')} better by up to "
            f"{-grid.behind[near].min():.2g} standard errors of the difference, but not by the {CLEARLY:g} from which "
            "the lowest of many errors is hardly chance"
        )

    def _named(self, place: Place) -> str:
        i, j = place
        return f"{in_words(self.grid.sizes[i])} with {decay_in_words(self.grid.decays[j])}"

    def text(self, spell: Callable[[Setting], str] = str) -> str:
        """Return the table, the choice and the notices, in lines of at most 100 characters.

        Parameters
        ----------
        spell : callable, Setting -> str
            Function that returns the spelling of an argument in the notices.
        """
        return "\n\n".join(
            [
                wrapped(self.problem),
                "\n".join(aligned(self._cells(), left=(6,), indent="")),
                wrapped(self.verdict),
                wrapped(_LEGEND.format(self.grid.reference_in_words, self.grid.rule)),
                *map(wrapped, self._about_evidence()),
                *(wrapped(rendered(notice, spell)) for notice in self.notices),
            ]
        )

    def __str__(self) -> str:
        return self.text()

    def _about_evidence(self) -> list[str]:
        """Describe what the lines of the evidence show, if there are such lines."""
        if EVIDENCE not in self.grid.decays:
            return []
        return [_EVIDENCE_LEGEND.format("" if self.decay == EVIDENCE else "if it is chosen, ")]

    def _cells(self) -> list[list[str]]:
        heads = ["hidden", "decay", "weights", self.measure, "standard error", "behind", ""]
        lines = [
            [
                row["hidden"], decay_in_short(row["decay"]), "" if row["weights"] is None else str(row["weights"]),
                f"{row['error']:#.4g}", f"{row['standard_error']:#.2g}", f"{row['behind']:.2f}", row["mark"],
            ]
            for row in self.rows()
        ]  # fmt: skip
        return [heads, *lines]

    def _repr_html_(self) -> str:
        """Return the table and the choice as HTML for notebooks."""
        lines = self._cells()
        chosen = [k for k, line in enumerate(lines[1:]) if CHOSEN in line[-1]]
        return html_table(lines, bold=chosen) + paragraphs([self.verdict, *self.notices])


def edge_notices(grid: Grid) -> list[str]:
    """Advise what to try if the lowest error is at an end of the decays, or at the largest of several sizes."""
    i, j = grid.lowest
    notices: list[str] = []
    numbers = [k for k, decay in enumerate(grid.decays) if not isinstance(decay, str)]
    if len(numbers) > 1 and j in (numbers[0], numbers[-1]):
        end, more = ("largest", "larger") if j == numbers[0] else ("smallest", "smaller")
        notices.append(
            sentence(
                "the {} decay, {:.3g}, has the lowest error; try {} decays with {}",
                end, grid.decays[j], more, Setting("decays"),
            )
        )  # fmt: skip
    n_sizes = sum(not isinstance(size, str) for size in grid.sizes)
    if n_sizes > 1 and i == n_sizes - 1:
        notices.append(
            sentence(
                "the largest size, {}, has the lowest error; try larger sizes with {}",
                in_words(grid.sizes[i]), Setting("sizes"),
            )
        )  # fmt: skip
    return notices


def unjudged_notice(n_judged: int, n_of_all: int, interrupted: bool) -> Sequence[str]:
    """Report how much of the grid was evaluated, if the search ended early."""
    if n_judged == n_of_all:
        return []
    text = "{} of {} were evaluated"
    pairs = counted(n_of_all, "pair of size and decay", "pairs of size and decay")
    if interrupted:
        return [sentence("Ctrl-C ended the search: " + text, n_judged, pairs)]
    return [
        sentence("the time limit ended the search: " + text + "; increase {}", n_judged, pairs, Setting("time_limit"))
    ]  # fmt: skip


def refused_notice(grid: Grid, refused: Mapping[Place, InvalidInput]) -> Sequence[str]:
    """Report the sizes without an evaluation of decays by the evidence, and the reason for the first."""
    if not refused:
        return []
    sizes = listed([in_short(grid.sizes[i]) for i, _ in refused])
    reason = next(iter(refused.values())).args[0]
    return [
        sentence(
            "decays cannot be chosen by the evidence for {} {}: {}", Setting("sizes"), sizes, reason
        )
    ]
