"""`Model.importance`: the importance of each column by several measures, the total Sobol' index first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.tables.column_names import first_repeated, nearest
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.scalars import as_share, as_whole
from sheernet.foundation.sentences import Sentence, Setting, in_quotes, sentence
from sheernet.models.explaining.drawn_rows import drawn_rows
from sheernet.models.explaining.given_table import given_table
from sheernet.models.explaining.importance_measures import (
    Explained,
    Player,
    measure_permutation,
    measure_shapley,
    measure_slopes,
    measure_sobol,
)
from sheernet.models.explaining.importance_result import Importance, Measure
from sheernet.models.explaining.reference_rows import stored_rows
from sheernet.models.fitting.preparation import Encoded
from sheernet.network.initialize import check_seed
from sheernet.statistics.canonical_correlations import canonical_correlations
from sheernet.statistics.sobol import IndependentColumns

if TYPE_CHECKING:
    from sheernet.models.model import Model

FEWEST = 2
"""Minimum number of rows."""
CORRELATED = 0.7
"""Correlation above which two columns are reported."""
CORRELATED_ROWS = 10_000
MOST_NAMED = 5
Groups = Sequence[Sequence[str]] | Mapping[str, Sequence[str]]
"""Columns that are measured together, possibly by the names of the groups."""


def importance_of(
    model: Model,
    table: Any,
    target: Any = None,
    *,
    groups: Groups = (),
    repeats: int = 10,
    points: int = 1024,
    correlated: float = CORRELATED,
    seed: int | None = 0,
) -> Importance:
    """Compute the importance of the columns of a model; see `Model.importance`."""
    repeats = as_whole("repeats", repeats, 1)
    points = as_whole("points", points, 2)
    if points & (points - 1):
        raise InvalidInput(
            "{} must be a power of 2, such as {}, but {} was given",
            Setting("points"), 1 << points.bit_length() - 1, points,
        )  # fmt: skip
    threshold = as_share("correlated", correlated)
    check_seed(seed)
    players = tuple(_players(model, groups))
    rows = _explained_rows(model, table, target)
    explained = Explained(model, players, rows.X, rows.weights, seed)
    columns = IndependentColumns(rows.X, explained.blocks, rows.weights)
    total, first, variances = measure_sobol(explained, columns, points)
    found = {"total": total, "first": first}
    if rows.judged is not None:
        found["permutation"] = measure_permutation(explained, rows.judged, repeats)
    found["shapley"], exact = measure_shapley(explained)
    found |= measure_slopes(explained)
    correlations = _correlated(explained, threshold)
    return Importance(
        target=listed(model.targets.names),
        task=model.task,
        columns=tuple(player.name for player in players),
        kinds=tuple(player.kind for player in players),
        predictions=model.targets.output_names,
        variances=variances,
        measures=found,
        rows=rows.are,
        judged_rows=rows.judged_are,
        n_members=len(model.members),
        exact_shapley=exact,
        notices=(*correlations, *_notices(model, rows, found)),
        short_notices=correlations,
    )


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows that explain a model, and rows on which its errors are measured.

    Parameters
    ----------
    X : ndarray, (N, F)
        Encoded rows.
    are : str
        Description of the rows, such as "400 rows of the fit".
    weights : ndarray, (N,), or None
        Their case weights.
    judged : Encoded or None
        The held-out rows if the table is that of the fit and has such rows, otherwise all rows; None without targets.
    judged_are : str
        Description of the judged rows; empty without them.
    are_training : bool
        Whether the judged rows are the training rows.
    """

    X: Array
    are: str
    weights: Array | None = None
    judged: Encoded | None = None
    judged_are: str = ""
    are_training: bool = False


def _explained_rows(model: Model, table: Any, target: Any) -> _Rows:
    """Encode the rows of a table, and find the rows that the model was trained on; without one, use those stored."""
    if table is None and target is None:
        return _Rows(*stored_rows(model))
    given = given_table(model, table, target)
    if not given.has_targets:
        X = given.inputs("used").X
        return _Rows(X, f"{_counted(len(X))} {given.role}")
    used = given.with_targets("used")
    are = f"{_counted(len(used))} {given.role}"
    if given.roles is None:
        return _Rows(used.X, are, used.weights, used, are)
    if not len(given.roles.held_out):
        told = f"the {counted(len(used), 'training row')}"
        return _Rows(used.X, are, used.weights, used, told, are_training=True)
    judged = given.with_targets("held_out")
    return _Rows(used.X, are, used.weights, judged, counted(len(judged), "held-out row"))


def _counted(n: int) -> str:
    """A number of rows in words; raise `InvalidInput` if there are too few."""
    if n < FEWEST:
        raise InvalidInput(
            f"the importance of columns needs at least {FEWEST} rows with predictions, but the table has "
            f"{counted(n, 'such row')}; give the rows that the model was fitted to, or similar ones"
        )
    return counted(n, "row")


def _players(model: Model, groups: Groups) -> Iterator[Player]:
    """The columns; a group replaces its first column."""
    places = {column.name: (column, at) for column, at in model.inputs.with_slices()}
    by_name = _named_groups(groups, tuple(places))
    first_of = {names[0]: group for group, names in by_name.items()}
    grouped = {name for names in by_name.values() for name in names}
    for name, place in places.items():
        if name in first_of:
            names = by_name[first_of[name]]
            yield Player(first_of[name], tuple(places[each] for each in names))
        elif name not in grouped:
            yield Player(name, (place,))


def _named_groups(groups: Groups, known: tuple[str, ...]) -> dict[str, list[str]]:
    """The names of the columns of each group, in the order of the model, by the name of the group."""
    given = groups.items() if isinstance(groups, Mapping) else [("", names) for names in groups]
    found: dict[str, list[str]] = {}
    for group, names in given:
        if (
            isinstance(names, str)
            or not all(isinstance(name, str) for name in names)
            or len(names) < 2
        ):
            raise InvalidInput(
                "{} must be lists of at least two columns, as in {}, but {!r:.60} is one of them",
                Setting("groups"), Setting("groups", [list(known[:2])]), names,
            )  # fmt: skip
        unknown = next((name for name in names if name not in known), None)
        if unknown is not None:
            raise InvalidInput(
                "{} names {!r}, which is not a column of the model{}",
                Setting("groups"), unknown, _similar(unknown, known),
            )  # fmt: skip
        ordered = sorted(names, key=known.index)
        found[group or " + ".join(ordered)] = ordered
    repeated = first_repeated([name for names in found.values() for name in names])
    if repeated is not None:
        raise InvalidInput(
            "{} names column {!r} twice; a column has one group", Setting("groups"), repeated
        )
    return found


def _similar(name: str, known: tuple[str, ...]) -> str:
    """The end of a message about an unknown column."""
    close = nearest(name, known)
    return (
        f"; did you mean {in_quotes(close[0])}?"
        if close
        else f"; it has {listed(known, most=MOST_NAMED)}"
    )


def _notices(model: Model, rows: _Rows, found: Mapping[str, Measure]) -> Iterator[str]:
    """Notices about single measures."""
    if rows.judged is None:
        yield (
            f"the true values of {listed(model.targets.names)} are not given, so there is no permutation importance"
        )
    elif rows.are_training:
        yield (
            f"permutation importance is measured on {rows.judged_are}, to which the model was fitted; it shows what "
            "the model uses, not what helps to predict new rows"
        )
    if "permutation" in found and np.isnan(found["permutation"].values).any():
        yield "a target is constant in the judged rows, so its permutation importance is not defined"


def _correlated(explained: Explained, threshold: float) -> tuple[str, ...]:
    """A notice about pairs of dependent columns and the effect on the measures; () if there are none."""
    chosen = drawn_rows(len(explained.X), None, CORRELATED_ROWS, explained.seed)
    r = canonical_correlations(explained.X[chosen], explained.blocks)
    pairs = [(i, j) for i, j in zip(*np.nonzero(np.triu(r) > threshold), strict=True)]
    if not pairs:
        return ()
    pairs.sort(key=lambda pair: -float(r[pair]))
    names = [player.name for player in explained.players]
    named = listed(
        [f"{names[i]} and {names[j]} ({r[i, j]:.2f})" for i, j in pairs], "and", MOST_NAMED
    )
    parts = [[explained.players[i] for i in part] for part in _connected(pairs)]
    together = [[column.name for player in part for column, _ in player.columns] for part in parts]
    kept = [
        [column.name for column, _ in player.columns]
        for player in explained.players
        if player.kind == "group" and not any(player in part for part in parts)
    ]
    advice: Sentence | str = ""
    # If one group had all columns, no column would be left to compare.
    if len(together) > 1 or len(parts[0]) < len(explained.players):
        advice = sentence(
            " To measure columns together, use {}", Setting("groups", [*together, *kept])
        )
    told = sentence(
        "{} of columns {} correlated above {:g}: {}. Sobol' indices, permutations and Shapley values combine values "
        "that rarely occur together, and divide the information that columns share; slopes of the columns are less "
        "certain.{}",
        counted(len(pairs), "pair"), "is" if len(pairs) == 1 else "are", threshold, named, advice,
    )  # fmt: skip
    return (told,)


def _connected(pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Groups of columns that are connected by pairs, each in the order of the columns."""
    groups: list[set[int]] = []
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched]
        groups.append(set(pair).union(*touched))
    return sorted(sorted(group) for group in groups)
