"""Settings of a selection: the sizes and decays that are tried, and how their errors are estimated and compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.scalars import LARGEST_WHOLE, as_number, as_whole, in_brief, is_whole
from sheernet.foundation.sentences import Setting, sentence
from sheernet.settings.option import option

Rule = Literal["paired", "one_se", "best"]
Size = int | Sequence[int]

TRANSLATIONS = {"onese": "one_se", "1se": "one_se", "one-se": "one_se", "min": "best"}
"""Names used by other packages (caret, glmnet), each with its counterpart here."""


@dataclass(frozen=True, eq=False)
class SelectionSettings:
    """The grid of a selection, its folds, and the selection rule; see `sheernet.select` for the parameters.

    Raises
    ------
    InvalidInput
        If the value of a setting is not allowed.
    """

    sizes: Any = option(
        (0, 2, 4, 8, 16), "Numbers of hidden units to try; 0 is a linear model, 8-4 means two layers.",
        typed=list[str] | None, metavar="LIST", shown="0,2,4,8,16", main=True,
    )  # fmt: skip
    decays: Any = option(
        (1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5), "Weight decays to try, for standardized columns.",
        typed=list[str] | None, metavar="LIST", shown="1,0.1,0.01,1e-3,1e-4,1e-5", main=True,
    )  # fmt: skip
    folds: Any = option(
        5, "Number of folds: each fold is predicted by networks fitted to the other folds.",
        typed=int, metavar="NUMBER", main=True,
    )  # fmt: skip
    repeats: int = option(
        1,
        "Number of times that the rows are divided into folds, each time differently.",
        metavar="NUMBER",
    )
    starts: int = option(
        5, "Number of random starts of each fit; the start with the lowest training objective is used.",
        metavar="NUMBER",
    )  # fmt: skip
    rule: str = option(
        "paired", "Selection: the simplest network (largest decay, then smallest size) whose error is within one "
        "standard error of the lowest error, with the standard error of their difference on the same rows (paired) "
        "or of the lowest error (one_se); or the network with the lowest error (best).", typed=Rule, main=True,
    )  # fmt: skip

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", _distinct("sizes", self.sizes, _widths))
        decays = _distinct("decays", self.decays, lambda each: as_number("decays", each, 0))
        object.__setattr__(self, "decays", tuple(sorted(decays, reverse=True)))
        as_whole("repeats", self.repeats, 1, most=LARGEST_WHOLE)
        as_whole("starts", self.starts, 1, most=LARGEST_WHOLE)
        if not self.folds_are_made_by_a_splitter:
            as_whole("folds", self.folds, 2, most=LARGEST_WHOLE)
        elif self.repeats > 1:
            raise InvalidInput(
                sentence(
                    "{} needs {} as a number; to repeat a splitter, use one such as scikit-learn's RepeatedKFold",
                    Setting("repeats"), Setting("folds"),
                )
            )  # fmt: skip
        if self.rule not in get_args(Rule):
            raise unknown_name(Setting("rule"), self.rule, get_args(Rule), TRANSLATIONS)

    @property
    def folds_are_made_by_a_splitter(self) -> bool:
        """Whether `folds` is an object with a method split(X, y, groups)."""
        return callable(getattr(self.folds, "split", None)) and not isinstance(self.folds, str)


def _distinct(name: str, given: Any, check: Any) -> tuple[Any, ...]:
    """Return the checked entries of a list; a single entry is a list of one."""
    given = given.tolist() if hasattr(given, "tolist") else given  # NumPy's arrays and numbers
    entries = given if isinstance(given, (list, tuple, range)) else [given]
    if not entries:
        raise InvalidInput(sentence("{} is empty; give at least one value to try", Setting(name)))
    checked = [check(each) for each in entries]
    twice = [each for each in checked if checked.count(each) > 1]
    if twice:
        shown = "-".join(map(str, twice[0])) if isinstance(twice[0], tuple) else f"{twice[0]:g}"
        raise InvalidInput(
            sentence("{} has {} twice; give each value once", Setting(name), shown or "0")
        )
    return tuple(checked)


def _widths(size: Any) -> tuple[int, ...]:
    """Return the units of each hidden layer; () for a linear model."""
    widths = tuple(size) if isinstance(size, (list, tuple)) else (size,)
    if widths == (0,):
        return ()
    if not all(is_whole(width) and 0 < width <= LARGEST_WHOLE for width in widths):
        raise InvalidInput(
            sentence(
                "each of {} must be a number of hidden units, 0 for a linear model, or the units of each layer, such "
                "as (8, 4), but {} was given",
                Setting("sizes"), in_brief(size),
            )
        )  # fmt: skip
    return tuple(int(width) for width in widths)
