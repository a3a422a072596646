"""Settings of a selection: the sizes and decays that are tried, and how their errors are estimated and compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.foundation.scalars import (
    LARGEST_WHOLE,
    as_number,
    as_whole,
    in_brief,
    is_number,
    is_whole,
)
from sheernet.foundation.sentences import Setting
from sheernet.settings.network_settings import AUTO, EVIDENCE
from sheernet.settings.option import option

if TYPE_CHECKING:
    from sheernet.settings.fit_settings import FitSettings

Rule = Literal["paired", "one_se", "best"]
Size = int | Sequence[int] | str

STARTS = 5
"""Default number of starts of a network with a number as its decay."""


@dataclass(frozen=True, eq=False)
class SelectionSettings:
    """The grid of a selection, its folds, and the selection rule; see `sheernet.select` for the parameters.

    Raises
    ------
    InvalidInput
        If the value of a setting is not allowed.
    """

    sizes: Any = option(
        (0, 2, 4, 8, 16, AUTO), "Numbers of hidden units to try; 0 is a linear model, 8-4 means two layers, and auto "
        "networks of several sizes, as by default in fit.",
        typed=list[str] | None, metavar="LIST", shown="0,2,4,8,16,auto; without auto if evidence is not among the "
        "decays", main=True,
    )  # fmt: skip
    decays: Any = option(
        (EVIDENCE, 1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5),
        "Weight decays to try, for standardized columns; evidence chooses decays from the data, as fit does.",
        typed=list[str] | None, metavar="LIST", shown="evidence,1,0.1,0.01,1e-3,1e-4,1e-5; without evidence if an "
        "optimizer, its stopping rules or a cost are given", main=True,
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
    starts: int | None = option(
        None, "Number of random starts of each fit; the start with the lowest training objective is used.",
        metavar="NUMBER", shown=f"{STARTS}; as in fit for decays by the evidence",
    )  # fmt: skip
    rule: str = option(
        "paired", "Selection: the simplest network (decays by the evidence, then the largest decay; the smallest size) "
        "whose error is lower than that of the default model (auto) by one standard error of the difference on the "
        "same rows, otherwise auto, or, without auto among the sizes, whose error exceeds the lowest error by at most "
        "one standard error of the difference (paired); whose error exceeds "
        "the lowest error by at most its standard error (one_se); or the network with the lowest error (best).",
        typed=Rule, main=True,
    )  # fmt: skip

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", _distinct("sizes", self.sizes, _widths))
        decays = _distinct("decays", self.decays, _decay)
        object.__setattr__(self, "decays", tuple(sorted(decays, key=_from_simple)))
        as_whole("repeats", self.repeats, 1, most=LARGEST_WHOLE)
        if self.starts is not None:
            as_whole("starts", self.starts, 1, most=LARGEST_WHOLE)
        if not self.folds_are_made_by_a_splitter:
            as_whole("folds", self.folds, 2, most=LARGEST_WHOLE)
        elif self.repeats > 1:
            raise InvalidInput(
                "{} needs {} as a number; to repeat a splitter, use one such as scikit-learn's RepeatedKFold",
                Setting("repeats"), Setting("folds"),
            )  # fmt: skip
        require_known(Setting("rule"), self.rule, get_args(Rule))

    def for_networks_of(self, settings: FitSettings) -> Self:
        """Return these settings without the evidence if settings of the fits exclude it, and without "auto" then.

        Parameters
        ----------
        settings : FitSettings
            The settings of the fits.

        Raises
        ------
        InvalidInput
            If the given decays contain "evidence" in addition to such settings, or the given sizes contain "auto"
            but the decays are numbers.
        """
        usual, reasons = type(self)(), settings.reasons_for_one_network
        sizes, decays = self.sizes, self.decays
        if reasons and decays == usual.decays:
            decays = tuple(each for each in decays if each != EVIDENCE)
        if EVIDENCE not in decays and sizes == usual.sizes:
            sizes = tuple(each for each in sizes if each != AUTO)
        if EVIDENCE in decays and reasons:
            raise InvalidInput(
                "the decay {!r} of {} chooses networks and their decay, so {} would have no effect on them; omit "
                "it, or give numbers only",
                EVIDENCE, Setting("decays"), reasons[0],
            )  # fmt: skip
        if AUTO in sizes and EVIDENCE not in decays:
            raise InvalidInput(
                "{!r} of {} needs {!r} in {}; add it, or omit {!r}",
                AUTO, Setting("sizes"), EVIDENCE, Setting("decays"), AUTO,
            )  # fmt: skip
        return replace(self, sizes=sizes, decays=decays)

    @property
    def folds_are_made_by_a_splitter(self) -> bool:
        """Whether `folds` is an object with a method split(X, y, groups)."""
        return callable(getattr(self.folds, "split", None)) and not isinstance(self.folds, str)


def _distinct(name: str, given: Any, check: Any) -> tuple[Any, ...]:
    """Return the checked entries of a list; a single entry is a list of one."""
    given = given.tolist() if hasattr(given, "tolist") else given  # NumPy's arrays and numbers
    entries = given if isinstance(given, (list, tuple, range)) else [given]
    if not entries:
        raise InvalidInput("{} is empty; give at least one value to try", Setting(name))
    checked = [check(each) for each in entries]
    twice = [each for each in checked if checked.count(each) > 1]
    if twice:
        raise InvalidInput("{} has {} twice; give each value once", Setting(name), _shown(twice[0]))
    return tuple(checked)


def _shown(entry: Any) -> str:
    """Return a checked size or decay as it is typed at the command line."""
    if isinstance(entry, tuple):
        return "-".join(map(str, entry)) or "0"
    return f"{entry:g}" if is_number(entry) else str(entry)


def _decay(given: Any) -> float | str:
    """Return a checked decay."""
    if isinstance(given, str) and given == EVIDENCE:
        return EVIDENCE
    if isinstance(given, str):
        raise InvalidInput(
            "each of {} must be a number of at least 0, or {!r}, but {} was given",
            Setting("decays"), EVIDENCE, in_brief(given),
        )  # fmt: skip
    return as_number("decays", given, 0)


def _from_simple(decay: float | str) -> float:
    """Return a key that sorts decays: the evidence, then numbers from large to small."""
    return -inf if isinstance(decay, str) else -decay


def _widths(size: Any) -> tuple[int, ...] | str:
    """Return the units of each hidden layer, () for a linear model; or "auto"."""
    if isinstance(size, str) and size == AUTO:
        return AUTO
    widths = tuple(size) if isinstance(size, (list, tuple)) else (size,)
    if widths == (0,):
        return ()
    if not all(is_whole(width) and 0 < width <= LARGEST_WHOLE for width in widths):
        raise InvalidInput(
            "each of {} must be a number of hidden units, 0 for a linear model, the units of each layer, such as "
            "(8, 4), or {!r}, but {} was given",
            Setting("sizes"), AUTO, in_brief(size),
        )  # fmt: skip
    return tuple(int(width) for width in widths)
