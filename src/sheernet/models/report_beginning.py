"""The beginning of a report: targets and inputs, the figures of the model and of other predictions, the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.targets import ClassificationFit, Judgment, RegressionFit
from sheernet.foundation.message_text import WIDTH, counted, cut_in_the_middle, listed, wrapped
from sheernet.foundation.scalars import is_whole
from sheernet.foundation.sentences import in_quotes
from sheernet.foundation.text_tables import aligned
from sheernet.models.baselines import shown_name
from sheernet.models.density import noise_or_none
from sheernet.statistics.folds import FOLDS

if TYPE_CHECKING:
    from sheernet.models.model import Model

MOST_TARGETS = 5  # maximum number of targets to show; more are counted
MOST_NAMES = 4
LONGEST = 40  # maximum number of characters of a name in the table
SAME_SCALE = 1e3  # maximum ratio of the values in a column that have the same number of decimals
NEARLY_ONE = 0.9995  # an R^2 that three decimals would round to 1
DIGITS = 3
LARGE = 1e7  # larger values are written with an exponent
LOWEST = -1000.0
"""Log density below which only its order matters: the predictions were nearly certain of other values."""

LOG_DENSITY = "log density (higher is better)"
MEANING_OF_LOG_DENSITY = (
    "log density: mean logarithm of the predicted density at the true values of a row, "
    "higher is better"
)
"""Explanation in the verbose report; the beginning has no room for it."""

Row = tuple[str, Judgment]
"""A label and its figures."""


def heading(model: Model) -> str:
    """The targets, the inputs, and the rows that the figures refer to."""
    fit, training = model.held_out_fit, model.training_fit.rows
    if fit is None:
        rows = "figures on the training rows"
    elif model.evaluation == "folds":
        rows = f"{_folds(fit.rows, training, model.settings)}, model trained on all rows"
    elif model.evaluation == "test":
        of_test = f"{counted(fit.rows, 'row')} of {model.settings.get('test')}"
        rows = f"figures on {of_test}, model trained on all rows"
    else:
        others = (
            f"{training} others" if validation_rows_of_table(model) else f"the other {training}"
        )
        held_out = f"{counted(fit.rows, 'held-out row')}{_of_groups(model.settings)}"
        rows = f"figures on {held_out}, model trained on {others}"
    targets = listed(model.targets.names, most=MOST_NAMES)
    inputs = counted(len(model.inputs.names), "column")
    return f"{targets} from {inputs} of {model.provenance.data}, {used_rows(model)}; {rows}"


def used_rows(model: Model) -> str:
    """The number of rows of the table that the fit used, and of all rows if it left some out."""
    fit = model.held_out_fit
    used = model.training_fit.rows + validation_rows_of_table(model)
    if fit is not None and model.evaluation == "held out":
        used += fit.rows  # rows of another table do not count, and rows of folds are training rows
    left_out = 0 if model.rows is None else len(model.rows.left_out)
    return f"{used} of {counted(used + left_out, 'row')}" if left_out else counted(used, "row")


def validation_rows_of_table(model: Model) -> int:
    """The number of validation rows, if they are a fraction of the table; else 0."""
    number: Any = model.settings.get("validation_rows")
    is_fraction = isinstance(model.settings.get("validation"), float)
    return int(number) if is_fraction and is_whole(number) else 0


def number_of_folds(judged: int, training: int, settings: Mapping[str, Any]) -> int:
    """Number of folds that cover the training rows; 0 if only some rows were evaluated, or the folds were given."""
    of_selection: Any = settings.get("folds")
    if is_whole(of_selection):
        return int(of_selection)
    units: int = settings.get("n_groups", training)
    return min(FOLDS, units) if of_selection is None and judged == training else 0


def _folds(judged: int, training: int, settings: Mapping[str, Any]) -> str:
    """Describe the folds: several cover a small table, one is used for a large table; a selection has its own."""
    n, of_selection = number_of_folds(judged, training, settings), settings.get("folds")
    of_groups = _of_groups(settings)
    if n and of_groups:
        return f"figures by {n} folds{of_groups}"
    if n:
        return f"figures by {n}-fold cross-validation"
    if of_selection is not None:
        return f"figures on {counted(judged, 'row')} left out by {of_selection}"
    return f"figures on {counted(judged, 'row')}{of_groups} held out for them"


def _of_groups(settings: Mapping[str, Any]) -> str:
    """Name the groups that the folds or the held-out rows do not divide; empty without groups."""
    n: Any = settings.get("n_groups")
    if n is None:
        return ""
    evaluated: Any = settings.get("evaluation_groups", n)
    of_all = f"{evaluated} of the " if evaluated != n else ""
    return f" of whole groups ({of_all}{counted(n, 'group')} of {in_quotes(settings['groups'])})"


def figures(model: Model) -> str:
    """The figures of the model and of other predictions of the same rows, in columns.

    A model without comparisons shows a line for its training rows instead, and one for the most frequent class.
    """
    rows, names = _rows(model), model.targets.names
    if len(names) == 1:
        return _aligned(figure_table(model), {})
    blocks: list[list[str]] = [["", "R2", "RMSE"]]
    labels = {}
    for k, name in enumerate(names[:MOST_TARGETS]):
        labels[len(blocks)] = name
        blocks += _of_numbers(rows, k, with_density=False)[1:]
    left = len(names) - MOST_TARGETS
    text = _aligned(blocks, labels)
    if left > 0:
        text += f"\n  ... and {counted(left, 'more target')}"
    densities = _densities(rows)
    if any(densities):
        lines = zip((label for label, _ in rows), densities, strict=True)
        together = [["", LOG_DENSITY], *map(list, lines)]
        text += f"\n\n{_aligned(together, {1: 'all targets together'})}"
    return text


def figure_table(model: Model) -> list[list[str]]:
    """The figures as cells of a table, the headings first; without the joint log density of several targets."""
    rows, names = _rows(model), model.targets.names
    if isinstance(rows[0][1], ClassificationFit):
        return _of_classes(rows, bool(model.comparisons))
    if len(names) == 1:
        return _of_numbers(rows, 0, with_density=True)
    lines = [["", "R2", "RMSE"]]
    for k, name in enumerate(names[:MOST_TARGETS]):
        of_target = _of_numbers(rows, k, with_density=False)[1:]
        lines += [[f"{name}: {label}", *cells] for label, *cells in of_target]
    return lines


def _rows(model: Model) -> list[Row]:
    fit, targets = model.held_out_fit, model.targets
    if fit is None:
        return [("network", model.training_fit)]
    others = [(shown_name(name, targets), each) for name, each in model.comparisons.items()]
    if others:
        return [("sheernet", fit), *others]
    return [("network", fit), ("on training rows", model.training_fit)]


def _of_numbers(rows: Sequence[Row], k: int, with_density: bool) -> list[list[str]]:
    """A line for each prediction of target k, with the column headings first."""
    fits = [fit for _, fit in rows if isinstance(fit, RegressionFit)]
    columns = [_r2([fit.r2[k] for fit in fits]), _amounts([fit.rmse[k] for fit in fits])]
    heads = ["", "R2", "RMSE"]
    densities = _densities(rows)
    if with_density and any(densities):
        heads.append(LOG_DENSITY)
        columns.append(densities)
    return [heads, *([label, *cells] for (label, _), *cells in zip(rows, *columns, strict=True))]


def _of_classes(rows: Sequence[Row], compared: bool) -> list[list[str]]:
    fits = [fit for _, fit in rows if isinstance(fit, ClassificationFit)]
    losses = _amounts([fit.log_loss for fit in fits])
    lines = [
        [label, _percent(fit.accuracy), loss]
        for (label, _), fit, loss in zip(rows, fits, losses, strict=True)
    ]
    if not compared:
        lines.append(["most frequent class", _percent(fits[0].majority), ""])
    return [["", "accuracy", "log loss"], *lines]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _r2(values: Sequence[float | None]) -> list[str]:
    """Three decimals, or six if three decimals would round a value to 1."""
    known = [value for value in values if value is not None]
    decimals = 6 if any(NEARLY_ONE <= value < 1 for value in known) else 3
    return [
        "none" if value is None else f"{value:.{decimals}f}" if value > -1e4 else f"{value:.3g}"
        for value in values
    ]


def _amounts(values: Sequence[float]) -> list[str]:
    """At least three digits of each value, with the same decimals unless values differ by orders of magnitude."""
    positive = [value for value in values if value > 0]
    low, high = min(positive, default=1.0), max(positive, default=1.0)
    if high > SAME_SCALE * low or high >= LARGE or low < 1e-4:
        return [f"{value:.{DIGITS}g}" for value in values]
    decimals = max(DIGITS - 1 - int(np.floor(np.log10(low))), 0)
    return [f"{value:.{decimals}f}" for value in values]


def _densities(rows: Sequence[Row]) -> list[str]:
    values = [getattr(fit, "log_density", None) for _, fit in rows]
    return ["" if value is None else density_in_words(value, 2) for value in values]


def density_in_words(value: float, decimals: int) -> str:
    """Return a mean log density as it is shown; one below `LOWEST` by the bound."""
    return f"{value:.{decimals}f}" if value >= LOWEST else f"below {LOWEST:.0f}"


def _aligned(lines: Sequence[Sequence[str]], titles: Mapping[int, str]) -> str:
    """Names to the left, figures to the right under their heads; each title stands above the line with its index."""
    text = aligned(lines, name_width=LONGEST, indent="    " if titles else "  ", gap="   ")
    for number in sorted(titles, reverse=True):
        title = " ".join(titles[number].split())
        text.insert(number, f"  {cut_in_the_middle(title, WIDTH - 2)}")
    return "\n".join(text)


def network_in_short(model: Model) -> str:
    """Members, units, noise and effective parameters in one line."""
    members = model.members
    if len(members) == 1 and not model.evidence:
        return f"{model.network.architecture}; {counted(model.network.theta.size, 'parameter')}"
    parts = [f"{counted(len(members), 'member')}, {_units(model)}{_output_and_bias(model)}"]
    found = [noise_or_none(member.cost, member.transform) for member in members]
    kinds = list(dict.fromkeys(kind.name for kind in found if kind is not None))
    if len(kinds) > 1:
        parts.append(f", {len(kinds)} models of the noise averaged ({listed(kinds)})")
    elif kinds:
        parts.append(f", noise {kinds[0]}")
    known = [member.evidence.get("effective_parameters") for member in members]
    counts = [each for each in known if each is not None]
    if len(counts) == len(members):
        mean = sum(member.share * each for member, each in zip(members, counts, strict=True))
        several = " on average" if len(members) > 1 else ""
        parts.append(f"; {mean:.1f} effective parameters{several}")
    return "".join(parts)


def _units(model: Model) -> str:
    """The hidden units of the members: "0 to 16 tanh units"."""
    architectures = [member.network.architecture for member in model.members]
    hidden = sorted({each.sizes[1:-1] for each in architectures})
    names = listed(
        list(dict.fromkeys(a.name for each in architectures for a in each.activations[:-1]))
    )
    kind = f"{names or 'hidden'} unit"
    if any(len(widths) > 1 for widths in hidden):
        shown = [",".join(map(str, widths)) or "0" for widths in hidden]
        return f"{listed(shown, most=MOST_NAMES)} {kind}s"
    fewest, most = sum(hidden[0]), sum(hidden[-1])
    return f"{fewest} to {counted(most, kind)}" if fewest < most else counted(most, kind)


def _output_and_bias(model: Model) -> str:
    """Differences from the usual network of the task, such as ", exp output, no biases"; mostly empty."""
    architecture = model.network.architecture
    output = architecture.activations[-1].name
    usual = "identity" if model.task == "regression" else output
    parts = [
        *([f"{output} output"] if output != usual else []),
        *([] if any(block.is_bias for block in architecture.layout.blocks) else ["no biases"]),
    ]
    return "".join(f", {part}" for part in parts)


def beginning(model: Model) -> Iterator[str]:
    """The paragraphs above the verdict."""
    yield wrapped(heading(model))
    yield figures(model)
