"""`learn_shards`: choose the columns of a data set and learn how they are encoded, in passes over its shards.

    survey         kinds, labels, ends and missing values of all rows -> formats of text, roles of columns
    survey again   only if a text column holds numbers or dates, or if rows cannot be used: of the usable rows
    sums           over the training rows -> scales, ranges, rare labels, cycles, targets
    medians        four times, only of numbers with missing values that are filled, or if the scaling is "robust"

Each pass maps a function over the shards and merges its results by a fixed tree, so that it does not matter where the
function runs.  At most one shard is in memory for each call of the function.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from numbers import Real

from sheernet.data.columns import CategoryColumn, Inputs, NumberColumn, Roles
from sheernet.data.columns.cells import NUMBER_KINDS, listed_labels
from sheernet.data.columns.input_learning import LearningOptions, choose_kind
from sheernet.data.columns.value_notices import (
    columns_of_times,
    later_times_notice,
    one_value_notices,
    value_notices,
)
from sheernet.data.formats.number_formats import TEXT
from sheernet.data.formats.text_conversion import format_notes
from sheernet.data.shards.column_learning import ColumnLearning
from sheernet.data.shards.encoded_shards import EncodedShard, Encoding
from sheernet.data.shards.order_statistics import Counts, Wanted, merge_bins
from sheernet.data.shards.ordered_merge import merge_in_order
from sheernet.data.shards.shard_sets import Shards
from sheernet.data.shards.surveyed_data import Mapper, Surveyed, survey_data, with_usable_rows
from sheernet.data.shards.surveys import SurveyFacts
from sheernet.data.shards.training_sums import TrainingPlan, TrainingSums, count_shard, sum_shard
from sheernet.data.shards.usable_rows import HeldOut
from sheernet.data.tables.reading import Reading
from sheernet.data.targets import Targets
from sheernet.data.targets.target_learning import (
    choose_task,
    require_choice,
    require_rows,
    task_notices,
)
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, plural_of
from sheernet.foundation.sentences import Setting, in_quotes
from sheernet.settings.table_settings import DEFAULT_HELD_OUT, TableSettings, names_of

FEWEST_ROWS_TO_HOLD_OUT = 20
"""As of tables in memory."""


@dataclass(frozen=True, eq=False)
class LearnedShards:
    """A data set ready for training.

    Parameters
    ----------
    inputs, targets : Inputs, Targets
        Encoders of the columns, learned from the training rows.
    sources : tuple of EncodedShard
        The shards, which load encoded rows.
    notices : tuple of str
        Decisions about the data set, one sentence each.
    roles : Roles
        The roles of the columns.
    read_as : Reading
        How the files were read.
    n_training, n_evaluation, n_validation : int
        The number of training rows, of held-out rows and of validation rows.
    n_rows : int
        The number of all rows, including rows that are not used.
    training_weight : float
        Sum of the case weights of the training rows; their number without case weights.
    class_weights : ndarray, (number of classes,), or None
        Sum of the case weights of the training rows of each class.
    target_means, target_variances : ndarray, (K,), or None
        Means and variances of numeric targets in the training rows, in their units, with the total weight as divisor.
    """

    inputs: Inputs
    targets: Targets
    sources: tuple[EncodedShard, ...]
    notices: tuple[str, ...]
    roles: Roles
    read_as: Reading
    n_training: int
    n_evaluation: int
    n_validation: int
    n_rows: int
    training_weight: float
    class_weights: Array | None = None
    target_means: Array | None = None
    target_variances: Array | None = None

    @property
    def weights(self) -> str | None:
        """The column of case weights."""
        return self.roles.weights


def learn_shards(
    shards: Shards,
    target: str | Sequence[str] | None = None,
    settings: TableSettings | None = None,
    *,
    seed: int = 0,
    target_scaling: str | None = None,
    mapper: Mapper = map,
) -> LearnedShards:
    """Choose the columns of a data set and learn their encoding from the training rows.

    The columns are those that `sheernet.fit` learns from the same training rows in memory: labels, kinds, ranges and
    medians are equal, means and scales up to rounding.  Held-out rows are chosen by a hash of the row's number in the
    data set and the seed, not by the permutation that `sheernet.fit` draws.

    Parameters
    ----------
    shards : Shards
        The data set.
    target : str or sequence of str, optional
        Columns to predict; by default the targets of `shards`.
    settings : TableSettings, optional
        Roles of columns and rows.  What it leaves open is taken from `shards`.
    seed : int
        Seed of the choice of held-out rows.
    target_scaling : str, optional
        Scaling rule of numeric targets; by default the rule of the inputs.
    mapper : callable
        Like `map`: calls a function with each shard, here or elsewhere, and returns the results in order.

    Returns
    -------
    LearnedShards

    Raises
    ------
    InvalidInput
        If a column cannot have its role, values are missing, or a file was changed.
    """
    settings = _completed(settings or TableSettings(), shards)
    targets = names_of("target", shards.target if target is None else target)
    scaling = settings.scaling if target_scaling is None else target_scaling
    require_choice(settings.task, scaling)
    data = survey_data(shards, targets, settings, mapper)
    data = with_usable_rows(data, targets, settings, mapper)
    learning, of_targets = _learning(data, settings, seed, mapper)
    found: Targets = (
        learning.class_target()
        if learning.plan.classes
        else learning.number_targets(data.roles.targets, scaling)
    )
    has_others = learning.sums.n_evaluation + learning.sums.n_validation > 0
    alike = learning.one_value_inputs(data.roles.inputs) if has_others else []
    leave_out = settings.inputs is None and len(alike) < len(data.roles.inputs)
    names = [name for name in data.roles.inputs if not (leave_out and name in alike)]
    inputs = learning.inputs(names)
    read_as = _with_labels(data, [*names, *data.roles.targets])
    notices = [
        *data.notices, *of_targets, *one_value_notices(data.facts, alike, leave_out),
        *_notices(data, learning, inputs, read_as, settings),
    ]  # fmt: skip
    encoding = Encoding(inputs, found, data.usable, learning.plan.held_out)
    sources = tuple(EncodedShard(shard, encoding) for shard in data.recipes)
    sums = learning.sums
    return LearnedShards(
        inputs, found, sources, tuple(notices), data.roles, read_as, sums.n_training, sums.n_evaluation,
        sums.n_validation, shards.n_rows, sums.weight * learning.plan.unit, *learning.of_targets(found),
    )  # fmt: skip


def _completed(settings: TableSettings, shards: Shards) -> TableSettings:
    """Fill in the roles that were given with the data set."""
    weights = shards.weights if settings.weights is None else settings.weights
    if weights is not None and not isinstance(weights, str):
        raise InvalidInput(
            "{} of a data set in files must be the name of a column", Setting("weights")
        )
    inputs = shards.inputs if settings.inputs is None else settings.inputs
    return replace(
        settings, weights=weights, inputs=inputs, drop=tuple(settings.drop) or shards.drop
    )


def _learning(
    data: Surveyed, settings: TableSettings, seed: int, mapper: Mapper
) -> tuple[ColumnLearning, tuple[str, ...]]:
    """Sum over the training rows; return what the columns are learned from, and notices about the task."""
    facts, roles = data.facts, data.roles
    options = LearningOptions(
        settings.scaling, tuple(settings.categories), settings.rare, settings.unseen, settings.missing,
        settings.cycles,
    )  # fmt: skip
    kinds, is_class = choose_task(facts, roles.targets, settings.task)
    notices = () if is_class else task_notices(facts, roles.targets, kinds, settings.task)
    of_inputs = {name: choose_kind(facts, name, options) for name in roles.inputs}
    numbers = [(name, kind) for name, kind in of_inputs.items() if kind in NUMBER_KINDS]
    of_targets = list(zip(roles.targets, kinds, strict=True))
    if not is_class:
        read_as_numbers = [(n, "time" if kind == "time" else "number") for n, kind in of_targets]
    plan = TrainingPlan(
        tuple(numbers if is_class else [*numbers, *read_as_numbers]),
        tuple(name for name, kind in of_inputs.items() if kind == "category"),
        tuple(of_targets if is_class else ()), roles.weights, _unit(facts, roles.weights), data.usable,
        HeldOut(_share(settings, facts.n_rows), seed, validation_share(settings)),
    )  # fmt: skip
    _require_finite(facts, [name for name, _ in plan.numbers])
    sums: TrainingSums = merge_in_order(
        mapper(partial(sum_shard, plan=plan), data.recipes), TrainingSums.merged
    )
    require_rows(facts.source, sums.n_training)
    if plan.held_out.validation and not sums.n_validation:
        raise InvalidInput(
            "{} of {} of {} leaves no row to validate on; use a larger fraction, or other files",
            Setting("validation", settings.validation), counted(facts.n_rows, "row"), facts.source,
        )  # fmt: skip

    def counter(wanted: Wanted, fills: Mapping[int, float]) -> Counts:
        count = partial(count_shard, plan=plan, wanted=wanted, fills=dict(fills))
        return merge_in_order(mapper(count, data.recipes), merge_bins)

    return ColumnLearning(facts, plan, sums, options, len(numbers), counter), notices


def _unit(facts: SurveyFacts, weights: str | None) -> float:
    """Return the unit of the case weights: 1 if they are whole numbers whose sum is exact, otherwise the largest."""
    if weights is None:
        return 1.0
    high = facts.ends(weights)[1]
    is_exact = facts.numbers(weights).are_whole and high <= 2**53 / facts.n_rows
    return 1.0 if is_exact else high


def _share(settings: TableSettings, n_rows: int) -> float:
    """Return the share of the rows that are held out."""
    if settings.test is not None or n_rows < FEWEST_ROWS_TO_HOLD_OUT:
        return 0.0
    return DEFAULT_HELD_OUT if settings.held_out is None else settings.held_out


def validation_share(settings: TableSettings) -> float:
    """Return the share of the rows that validate: 0 unless it is given as a number."""
    given = settings.validation
    return float(given) if isinstance(given, Real) else 0.0


def _require_finite(facts: SurveyFacts, names: Sequence[str]) -> None:
    """Raise if a column of numbers has infinite values."""
    for name in names:
        row = facts.numbers(name).infinite
        if row is not None:
            raise InvalidInput(
                f"column {in_quotes(name)} of {facts.source} must hold finite numbers, but data row {row + 1} has an "
                "infinite one, or one too large for float64; fix or remove such rows"
            )


def _with_labels(data: Surveyed, names: Sequence[str]) -> Reading:
    """How the files were read, with the columns of labels, so that other files do not turn labels into numbers."""
    labels = {n: TEXT for n in names if data.facts.kind(n) in ("category", "mixed")}
    weights = [] if data.roles.weights is None else [data.roles.weights]
    found = {n: form for n in (*names, *weights) if (form := data.facts.survey.columns[n].form)}
    kept = data.read_as.only([*names, *weights])
    return replace(kept, formats={**labels, **found, **kept.formats})


def _notices(
    data: Surveyed,
    learning: ColumnLearning,
    inputs: Inputs,
    read_as: Reading,
    settings: TableSettings,
) -> Iterator[str]:
    """Notices about the values of the used columns, and about classes that only the held-out rows have."""
    facts = data.facts
    yield from format_notes(read_as.formats)
    yield from value_notices(facts, (*inputs.names, *data.roles.targets))
    for column in inputs.columns:
        if isinstance(column, NumberColumn) and column.moment_message:
            yield column.moment_message
    yield from inputs.fill_notice({name: facts.n_missing(name) for name in inputs.names})
    rare = [c for c in inputs.columns if isinstance(c, CategoryColumn) and c.rare]
    yield from (f"{column.name}: {column.rare_message}" for column in rare)
    if learning.plan.held_out.share:
        times = columns_of_times(inputs.columns, read_as.formats, read_as.column_units)
        yield from later_times_notice([each.name for each in times if facts.are_in_time(each.name)])
    yield from _classes_only_held_out(learning, facts)


def _classes_only_held_out(learning: ColumnLearning, facts: SurveyFacts) -> Iterator[str]:
    """Yield a notice about classes that no training row has; a fit in memory holds out a share of each class."""
    for name, kind in learning.plan.classes:
        values = facts.values(name)
        known = values.counts if kind in ("number", "boolean") else values.labels
        tally = learning.sums.tallies[name]
        new = [value for value in known if not tally.get(value, (0, 0.0))[0]]
        if new:
            have = plural_of(len(new), "class occurs", "classes occur")
            yield (
                f"{name}: {len(new)} {have} in no training row, only in held-out rows, and cannot be learned: "
                f"{listed_labels(new)}"
            )
