"""The roles of the columns of a data set and its usable rows, from one or more surveys of the shards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sheernet.data.columns import Roles
from sheernet.data.columns.cells import NAME_ANOTHER
from sheernet.data.columns.required_values import (
    needed_columns,
    refuse_gaps,
    require_complete_rows,
    single_mark,
)
from sheernet.data.columns.roles import roles_from
from sheernet.data.columns.value_notices import incomplete_rows_notice, zero_weights_notice
from sheernet.data.formats.number_formats import TEXT as LABELS
from sheernet.data.shards.column_surveys import MOST_VALUES
from sheernet.data.shards.ordered_merge import merge_in_order
from sheernet.data.shards.recipes import TEXT, Shard
from sheernet.data.shards.shard_sets import Shards
from sheernet.data.shards.surveys import Survey, SurveyFacts, SurveyPlan, survey_shard
from sheernet.data.shards.text_formats import formats_of_texts
from sheernet.data.shards.usable_rows import Usable
from sheernet.data.tables.reading import Reading
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import in_quotes, sentence
from sheernet.settings.table_settings import TableSettings

Mapper = Callable[[Callable[[Shard], Any], Sequence[Shard]], Iterable[Any]]
"""Maps a function over shards; the results are in the order of the shards."""


@dataclass(frozen=True, eq=False)
class Surveyed:
    """A data set whose columns have roles.

    Parameters
    ----------
    recipes : tuple of Shard
        The shards, read as all of them together decide.
    facts : SurveyFacts
        What is known of the rows, after `with_usable_rows` of the usable ones.
    roles : Roles
        The roles of the columns.
    usable : Usable
        The usable rows.
    read_as : Reading
        How the files are read.
    notices : tuple of str
        About columns and rows that are left out, and doubtful columns.
    """

    recipes: tuple[Shard, ...]
    facts: SurveyFacts
    roles: Roles
    read_as: Reading
    usable: Usable = field(default_factory=Usable)
    notices: tuple[str, ...] = ()


def survey_data(
    shards: Shards, targets: tuple[str, ...], settings: TableSettings, mapper: Mapper
) -> Surveyed:
    """Survey all rows of a data set, and choose the roles of its columns as `choose_roles` does."""
    weights = [] if settings.weights is None else [settings.weights]
    named = [*targets, *(settings.inputs or ()), *settings.drop, *settings.categories, *weights]
    nothing = Survey(0, 0, {}, are_one_hot=True)
    SurveyFacts(nothing, shards.source, shards.columns).require(named)
    used = _used(shards.columns, targets, named, settings)
    plan = SurveyPlan(used, None, settings.weights, _labels(targets, settings), targets)
    recipes, options = shards.shards, shards.shards[0].options
    read_as = recipes[0].like or Reading.of(options, {})
    survey = merged_survey(mapper, recipes, plan)
    coded = {name: column.coded for name, column in survey.columns.items() if column.coded}
    formats = (
        dict.fromkeys(coded, LABELS)
        if recipes[0].form == TEXT
        else formats_of_texts(survey, shards.source, options)
    )
    if formats:
        read_as = replace(read_as, formats={**read_as.formats, **formats})
        recipes = tuple(replace(shard, like=read_as) for shard in recipes)
        survey = merged_survey(mapper, recipes, plan)
    facts = SurveyFacts(survey, shards.source, shards.columns)
    many = _of_many_values(facts, {*targets, *(settings.inputs or ()), *settings.categories})
    known = replace(facts, names=tuple(name for name in facts.names if name not in many))
    roles = roles_from(
        known, targets, inputs=settings.inputs, drop=settings.drop, **_choice(settings)
    )
    told = [_many_values_notice(name) for name in many]
    told += [
        f"{in_quotes(name)} is read as text: its digits have leading zeros in {rows}"
        for name, rows in coded.items()
    ]
    notices = (*roles.left_out, *told, *roles.doubtful)
    return Surveyed(recipes, facts, roles, read_as, Usable((), roles.weights), notices)


def with_usable_rows(
    data: Surveyed, targets: tuple[str, ...], settings: TableSettings, mapper: Mapper
) -> Surveyed:
    """Choose the usable rows; if there are others, survey again, and choose the roles of the columns again."""
    facts, roles = data.facts, data.roles
    weights = [] if roles.weights is None else [roles.weights]
    if roles.weights is not None:
        _require_weights(facts, roles.weights)
    gaps = [facts.gap(name) for name in (*roles.targets, *roles.inputs, *weights)]
    marks = {name: single_mark(facts.kind(name), facts.few_values(name)) for name in roles.targets}
    found = [replace(gap, why=marks.get(gap.name, "")) for gap in gaps if gap is not None]
    refuse_gaps(facts.source, roles, found, marks, settings.missing)
    needed, which, what = needed_columns(roles, settings.missing)
    n_missing = {name: facts.n_missing(name) for name in needed}
    usable = Usable(tuple(needed), roles.weights)
    if not any(n_missing.values()) and not any(facts.ends(name)[0] == 0 for name in weights):
        return replace(data, usable=usable)
    used = tuple(dict.fromkeys([*roles.inputs, *roles.targets, *weights]))
    plan = SurveyPlan(used, usable, roles.weights, _labels(targets, settings), targets)
    survey = merged_survey(mapper, data.recipes, plan)
    require_complete_rows(facts.source, survey.n_complete, which)
    lost = []
    if survey.n_complete < facts.n_rows:
        lost += [
            incomplete_rows_notice(facts.source, facts.n_rows, survey.n_complete, n_missing, what)
        ]
    if survey.n_rows < survey.n_complete:
        n_zero = survey.n_complete - survey.n_rows
        lost += [zero_weights_notice(facts.source, facts.n_rows, n_zero, str(roles.weights))]
    if not survey.n_rows:
        raise InvalidInput(f"{facts.source} has no usable rows: {'; '.join(lost)}")
    rest = SurveyFacts(survey, facts.source, used)
    if settings.inputs is None:
        roles = roles_from(rest, targets, **_choice(settings))
        lost += [sentence("in the rows that remain, {}", text) for text in roles.left_out]
    notices = (*data.notices, *lost)
    return replace(data, facts=rest, roles=roles, usable=usable, notices=notices)


def merged_survey(mapper: Mapper, recipes: Sequence[Shard], plan: SurveyPlan) -> Survey:
    """Survey the shards, and merge the results."""
    return merge_in_order(mapper(partial(survey_shard, plan=plan), recipes), Survey.merged)


def _used(
    columns: Sequence[str], targets: Sequence[str], named: Sequence[str], settings: TableSettings
) -> tuple[str, ...]:
    """Return the columns that may have a role: all but the dropped ones, or those that are named if the inputs are."""
    candidates = columns if settings.inputs is None else set(named)
    dropped = {*settings.drop} - {*targets, settings.weights}
    return tuple(n for n in columns if n in candidates and n not in dropped)


def _choice(settings: TableSettings) -> dict[str, Any]:
    return {
        "weights": settings.weights, "categories": settings.categories, "rare": settings.rare,
    }  # fmt: skip


def _labels(targets: Sequence[str], settings: TableSettings) -> frozenset[str]:
    """Return the columns whose values are labels, whatever their kind."""
    classes = targets if settings.task == "classification" else ()
    return frozenset([*settings.categories, *classes])


def _of_many_values(facts: SurveyFacts, named: set[str]) -> list[str]:
    """Return the columns with too many different values for labels; raise if one of them has a role."""
    values = {name: column.values for name, column in facts.survey.columns.items()}
    many = [name for name, found in values.items() if found is not None and not found.is_whole]
    for name in many:
        if name in named:
            raise InvalidInput(
                f"column {in_quotes(name)} of {facts.source} has more than {MOST_VALUES:,} different values, too many "
                "for labels; leave it out, or combine its values"
            )
    return many


def _many_values_notice(name: str) -> str:
    return (
        f"{in_quotes(name)} is left out: it is text with more than {MOST_VALUES:,} different values, which identifies "
        "rows"
    )


def _require_weights(facts: SurveyFacts, name: str) -> None:
    """Raise if a column cannot hold case weights."""
    here = f"column {in_quotes(name)} of {facts.source}"
    if facts.kind(name) not in ("number", "boolean"):
        raise InvalidInput(f"{here} must hold numbers, the weights of rows; {NAME_ANOTHER}")
    low, high = facts.ends(name)
    row = facts.numbers(name).infinite
    if row is not None:
        raise InvalidInput(
            f"{here} must hold finite numbers, but data row {row + 1} has an infinite one; "
            + NAME_ANOTHER
        )
    if low < 0:
        raise InvalidInput(
            f"{here} must hold weights of at least 0, but one is {low:g}; {NAME_ANOTHER}"
        )
    if high == 0:
        raise InvalidInput(f"{here} must not be 0 in all rows; {NAME_ANOTHER}")
