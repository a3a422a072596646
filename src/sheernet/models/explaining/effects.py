"""Effects of columns on the predictions of a model: `effects_of`, for `Model.effects`.

"ale"                   accumulated local effects (Apley and Zhu 2020; statistics/accumulated_effects.py)
"partial dependence"    mean_g = 1/N sum_n f(x_n with column = v_g)      (Friedman 2001, Annals of Statistics 29, 1189)

The importance in partial dependence is computed from the curves of single rows, not their mean, so that a column that
acts only together with others has importance, too:

    importance^2 = 1/N sum_n var_g f(x_n with column = v_g), weighted by the fractions of the rows next to each v_g

For accumulated local effects it is, for the same reason,

    importance^2 = var_n ALE(x_n) + var_n S(x_n)

S accumulates the standard deviations of the local differences, which are 0 for a column without interactions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.foundation.message_text import counted
from sheernet.foundation.scalars import as_flag, is_whole
from sheernet.foundation.sentences import Setting
from sheernet.models.explaining.column_notices import determined_columns, possible_codes
from sheernet.models.explaining.column_parts import (
    EVEN_VALUES,
    ColumnPart,
    chosen_parts,
    parts_of,
    single_part,
)
from sheernet.models.explaining.decoding import limits_of_predictions, predicted, prediction_names
from sheernet.models.explaining.effect_curves import (
    TITLES,
    Effect,
    Effects,
    PairEffect,
)
from sheernet.models.explaining.given_table import given_table
from sheernet.models.explaining.label_differences import differences_of, label_counts, raw_means
from sheernet.models.explaining.local_effects import end_stds, local_effect, places_of
from sheernet.models.explaining.pair_effects import pair_effect
from sheernet.models.explaining.prediction_sums import (
    PredictionSums,
    prediction_sums,
    weights_known,
)
from sheernet.models.explaining.reference_rows import stored_rows

if TYPE_CHECKING:
    from sheernet.models.model import Model

MOST_ROWS = {"ale": 1000, "partial dependence": 300}
"""Maximum number of rows that are used; if there are more, this many are drawn at random."""
MOST_NUMBERS = 10_000_000
"""Maximum number of values in the rows with all values of one column: with many features, fewer rows are used."""
MOST_COLUMNS = 40
"""Maximum number of columns with effects if none are named: if there are more, those with the largest weights."""
PAIRED = 6
"""Number of most important columns whose pairs are tried if no pairs are named."""
PAIRS = 3
"""Maximum number of pairs, those with the strongest interactions, if neither pairs nor their number are given."""
WEAK = 0.01
"""Size of an interaction, in standard deviations of the predictions, up to which a pair is shown only on request."""
Pairs = Sequence[tuple[str, str]] | int | None


def effects_of(
    model: Model,
    table: Any,
    kind: str = "ale",
    columns: Sequence[str] | None = None,
    pairs: Pairs = None,
    individual: bool = False,
) -> Effects:
    """Compute the effects of columns; see `Model.effects`."""
    _require_options(kind, pairs, as_flag("individual", individual))
    if table is None:
        X, noun = stored_rows(model)
        return compute_effects(model, X, kind, columns, pairs, individual, noun)
    given = given_table(model, table)
    rows = given.inputs("training")
    noun = counted(len(rows.X), rows.noun)
    true = given.true_values(rows.indices)
    return compute_effects(model, rows.X, kind, columns, pairs, individual, noun, true)


def compute_effects(
    model: Model,
    X: Array,
    kind: str = "ale",
    columns: Sequence[str] | None = None,
    pairs: Pairs = None,
    individual: bool = False,
    noun: str = "",
    true: Array | None = None,
) -> Effects:
    """Compute the effects of columns for encoded rows.

    Parameters
    ----------
    model : Model
        The model.
    X : ndarray, (N, number of features)
        Encoded rows, as returned by `model.inputs.encode`.
    kind, columns, pairs, individual
        As for `Model.effects`.
    noun : str
        The rows, in words.
    true : ndarray, (N, K), optional
        True values of the predictions, for the raw means of labels.

    Returns
    -------
    Effects
        Effects in the order of their importance; for several predictions, of the mean importance, in units of the
        standard deviation of each prediction.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.models.explaining import compute_effects
    >>> table = {"x": [i / 10 for i in range(30)], "w": [i * i % 7 / 7 for i in range(30)]}
    >>> model = sn.fit({**table, "y": [3 * x for x in table["x"]]}, "y", hidden=0, decay=0.0, starts=1)
    >>> effects = compute_effects(model, model.inputs.encode(sn.read_table(table)))
    >>> effects.curves[0].name, effects.curves[0].mean.shape
    ('x', (12, 1))
    """
    noun = noun or counted(len(X), "row")
    most = min(MOST_ROWS[kind], max(MOST_NUMBERS // (EVEN_VALUES * X.shape[1]), 1))
    chosen, noun = _drawn(len(X), most, noun)
    X, true = X[chosen], None if true is None else true[chosen]
    parts = parts_of(model.inputs)
    named = _with_largest_weights(model, parts) if columns is None else chosen_parts(parts, columns)
    make = {"ale": local_effect, "partial dependence": even_effect}[kind]
    predictions = predicted(model, X)  # (N, K)
    usual = predictions.std(axis=0)  # (K,)
    found = [(part, make(model, X, part, individual)) for part in named]
    curves = sorted(
        (_with_rows(each, part, X, true) for part, each in found),
        key=lambda effect: -relative_size(effect, usual),
    )
    pairs, searched = _chosen_pairs(model, X, kind, pairs, curves, usual)
    both = [
        pair_effect(model, X, kind, single_part(parts, a), single_part(parts, b)) for a, b in pairs
    ]
    return Effects(
        kind,
        tuple(curves),
        tuple(sorted(both, key=lambda pair: -relative_size(pair, usual))),
        prediction_names(model),
        isinstance(model.targets, ClassTarget),
        *limits_of_predictions(model),
        predictions.mean(axis=0),
        usual,
        noun,
        len(model.members),
        weights_known(model),
        len(model.inputs.columns),
        columns is None and len(model.inputs.columns) > MOST_COLUMNS,
        searched,
        tuple(_notices(model, X)),
    )


def _with_rows(effect: Effect, part: ColumnPart, X: Array, true: Array | None) -> Effect:
    """The effect with the numbers of rows of labels, and the means of their true values."""
    raw, counts = raw_means(part, X, effect.values, true), label_counts(part, X, effect.values)
    return replace(effect, raw=raw, counts=counts)


def _notices(model: Model, X: Array) -> Iterator[str]:
    """Notices about the columns and rows of the fit that affect the interpretation."""
    yield from determined_columns(model.inputs, X)
    yield from possible_codes(model.inputs, X)
    if (groups := model.settings.get("groups")) and weights_known(model):
        yield f"rows of the same {groups} may depend on each other; ± is that of independent rows, and may be too small"


def relative_size(effect: Effect | PairEffect, deviations: Array) -> float:
    """The importance in units of the standard deviations of the predictions, (K,): its mean over the predictions."""
    return float(np.mean(effect.importance / np.maximum(deviations, 1e-300)))


def _chosen_pairs(
    model: Model, X: Array, kind: str, pairs: Pairs, curves: Sequence[Effect], usual: Array
) -> tuple[Sequence[tuple[str, str]], float]:
    """The named pairs, or the pairs with the strongest interactions, and the size up to which pairs are omitted."""
    if not (pairs is None or is_whole(pairs)):
        return pairs, 0.0  # type: ignore[return-value]
    if pairs == 0:
        return (), 0.0
    parts = parts_of(model.inputs)
    titles = {curve.title for curve in curves[:PAIRED]}
    tried = [
        pair_effect(model, X, kind, a, b, spread=False)
        for a, b in combinations([part for part in parts if part.title in titles], 2)
    ]
    tried.sort(key=lambda pair: -relative_size(pair, usual))
    if pairs is not None:
        return [pair.names for pair in tried[: int(pairs)]], 0.0  # type: ignore[arg-type]
    kept = [pair.names for pair in tried[:PAIRS] if relative_size(pair, usual) > WEAK]
    return kept, WEAK if tried else 0.0


def even_effect(model: Model, X: Array, part: ColumnPart, individual: bool = False) -> Effect:
    """The partial dependence of a part of a column, from encoded rows."""
    effect, sums = _of_rows(model, X, part)
    return replace(
        effect,
        individual=effect.individual if individual else effect.individual[:, :0],
        differences=differences_of(part, X, effect.values, sums, np.eye(len(effect.values))),
        end_stds=end_stds(part, sums, np.eye(len(effect.values))),
    )


def _of_rows(model: Model, X: Array, part: ColumnPart) -> tuple[Effect, PredictionSums]:
    """The mean prediction of rows, (q, F), at each value of a part in them, the curves of the rows, and the sums."""
    values, fractions = part.even_values(X)
    rows = np.concatenate([part.with_features(X, f) for f in part.encode(values)])
    n, q = len(values), len(X)
    sums = prediction_sums(model, rows, np.full(n * q, 1.0 / q), np.repeat(np.arange(n), q), n)
    mean, std = sums.combined(np.eye(n))
    single = predicted(model, rows).reshape(n, q, -1)  # (G, q, K)
    deviations = single - np.tensordot(fractions, single, 1)
    importance = np.sqrt(np.tensordot(fractions, deviations**2, 1).mean(axis=0))
    return Effect(
        part.column.name, part.kind, values, mean, std, importance, part.part, single,
        places=places_of(part, X), alone=np.sqrt(fractions @ (mean - fractions @ mean) ** 2),
    ), sums  # fmt: skip


def _require_options(kind: str, pairs: Pairs, individual: bool) -> None:
    require_known(Setting("kind"), kind, TITLES)
    if individual and kind == "ale":
        raise InvalidInput(
            "accumulated local effects have no curves of single rows; omit {}, or use {}",
            Setting("individual"), Setting("kind", "partial dependence"),
        )  # fmt: skip
    if pairs is None:
        return
    if is_whole(pairs):
        if int(pairs) < 0:  # type: ignore[arg-type]
            raise InvalidInput("{} must be at least 0, but {} was given", Setting("pairs"), pairs)
    elif not all(
        isinstance(pair, (tuple, list)) and len(pair) == 2 and pair[0] != pair[1]
        for pair in pairs  # type: ignore[union-attr]
    ):
        raise InvalidInput(
            "{} must be a whole number or a list of pairs of two different columns, but {!r:.60} was given",
            Setting("pairs"), pairs,
        )  # fmt: skip


def _drawn(n: int, most: int, noun: str) -> tuple[Indices, str]:
    """Indices of at most `most` of n rows, drawn at random, and their description."""
    if n <= most:
        return np.arange(n), noun
    chosen = np.sort(np.random.default_rng(0).choice(n, most, replace=False))
    return chosen, f"{most} of {noun}, drawn at random"


def _with_largest_weights(model: Model, parts: Sequence[ColumnPart]) -> list[ColumnPart]:
    """The parts of at most `MOST_COLUMNS` columns, those with the largest weights in the first layer."""
    places = {part.column.name: part.place for part in parts}
    if len(places) <= MOST_COLUMNS:
        return list(parts)
    weights = model.network["W1"]
    sizes = {
        name: float(
            np.linalg.norm(weights[at] - weights[at].mean(axis=0) * (at.stop - at.start > 1))
        )
        for name, at in places.items()
    }
    kept = sorted(sizes, key=lambda name: -sizes[name])[:MOST_COLUMNS]
    return [part for part in parts if part.column.name in kept]
