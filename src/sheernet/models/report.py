"""The report of a model: figures, verdict, cautions and network; on request also data, training and settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.preprocessing.scaling_rules import TINY
from sheernet.data.targets import ClassificationFit, Judgment, RegressionFit
from sheernet.foundation.message_text import counted, listed, plural_of, wrapped
from sheernet.foundation.scalars import is_number
from sheernet.foundation.sentences import Setting, rendered, sentence
from sheernet.models.baselines import LINEAR
from sheernet.models.endings import ending, is_chosen, unfinished
from sheernet.models.fitting.splitting import FEWEST_ROWS_TO_HOLD_OUT
from sheernet.models.reliability import reliability
from sheernet.models.report_beginning import (
    MEANING_OF_LOG_DENSITY,
    beginning,
    density_in_words,
    network_in_short,
    used_rows,
    validation_rows_of_table,
)
from sheernet.models.verdict import SLIGHT, rows_outside, verdict
from sheernet.optimizers.optimizer_protocol import LIMITS
from sheernet.settings.fit_settings import ONE_NETWORK
from sheernet.settings.network_settings import CROSS_VALIDATION, DEFAULT_DECAY, EVIDENCE
from sheernet.statistics.noise_models import skewed

if TYPE_CHECKING:
    from sheernet.models.member import Member
    from sheernet.models.model import Model

LABEL = 12  # characters of the column of labels
MUCH_WORSE = 2.0  # ratio to the error of training rows; a smaller ratio is rarely overfitting
WELL_PREDICTED = 0.9  # an R^2 that needs no caution
LEARNED = 0.05  # minimum R^2 of training rows, or gain in accuracy or log loss, above chance
MOST_NAMES = 20  # maximum number of inputs to list; more are counted

TOLD_ELSEWHERE = (
    "validation_rows", "evaluation_rows_outside", "evaluation_errors", "evaluation_gain_errors", "training_weight",
    "options", "decay_choice", "shards", "test_read_as", "evaluation_columns_outside", "n_groups", "evaluation_groups",
    "evaluation_cases",
)  # fmt: skip
"""Settings that other lines of the report, or of the summary, contain."""

MAY_BE_EMPTY = ("drop", "categories")
"""Settings that are omitted if they are empty; the others are omitted if they are None."""


def text(model: Model, spell: Callable[[Setting], str] = str, verbose: bool = False) -> str:
    """Write the report.

    Parameters
    ----------
    model : Model
        A fitted or loaded model.
    spell : callable, Setting -> str
        How arguments are spelled in its advice; a command line spells them as options.
    verbose : bool
        Whether to add the data, the training, each network and the settings.

    Returns
    -------
    str
        Lines of at most 100 characters.
    """
    first, *others = beginning(model)
    paragraphs = [
        lines([("Gradient", _gradient(model))]) if _has_wrong_gradient(model) else "",
        first,
        lines([("Caution", caution) for caution in cautions(model)], spell),
        *others,
        wrapped(rendered(verdict(model), spell)),
        wrapped(reliability(model)),
        lines([("Notice", notice) for notice in model.notices], spell),
        lines(details(model) if verbose else _in_short(model), spell),
    ]
    return "\n\n".join(filter(None, paragraphs))


def lines(sentences: Iterable[tuple[str, str]], spell: Callable[[Setting], str] = str) -> str:
    """Sentences behind their labels, wrapped.

    Parameters
    ----------
    sentences : iterable of (str, str)
        Labels and sentences; an empty label continues the one above it.
    spell : callable, Setting -> str
        As for `text`.

    Examples
    --------
    >>> from sheernet.models.report import lines
    >>> print(lines([("Inputs", "hours"), ("", "days")]))
    Inputs      hours
                days
    """
    return "\n".join(
        wrapped(rendered(sentence, spell), LABEL, label) for label, sentence in sentences
    )


def settings_by_origin(model: Model) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings that had their default values when the model was fitted, and those that were given.

    The given settings begin with the arguments of `sheernet.read_table`.

    Returns
    -------
    defaults, given : dict
        Neither contains settings without effect (no limit, an empty list).  If the model has no `origins`, all settings
        are in the second.
    """
    defaults: dict[str, Any] = {}
    given: dict[str, Any] = model.reading.given
    without_effect = (*TOLD_ELSEWHERE, *(ONE_NETWORK if model.evidence else ()))
    for name, value in model.settings.items():
        if name in without_effect or value is None or (name in MAY_BE_EMPTY and not value):
            continue
        (defaults if model.origins.get(name) == "default" else given)[name] = value
    options = model.settings.get("options")
    if isinstance(options, Mapping) and not model.evidence:
        given |= options
    return defaults, given


def _has_wrong_gradient(model: Model) -> bool:
    return bool(model.gradient_check["verdict"] == "fail")


def _in_short(model: Model) -> Iterator[tuple[str, str]]:
    """A line for the network and one for the gradient; for a network with given settings, also its termination."""
    if not is_chosen(model):
        yield "Stopped", ending(model)
    yield "Network", network_in_short(model)
    if not _has_wrong_gradient(model):
        yield "Gradient", _gradient_in_a_word(model)


def details(model: Model) -> Iterator[tuple[str, str]]:
    """Data, training, networks and settings, as labels and sentences; an empty label continues the one above it."""
    yield "Data", _data(model)
    if "shards" in model.settings:
        yield "", _shards(model.settings["shards"])
    names = model.targets.names
    yield "Fit", f"training rows: {_fit(model.training_fit, names)}"
    held_out = "none" if model.held_out_fit is None else _fit(model.held_out_fit, names)
    yield "", f"{evaluated_rows(model)}: {held_out}"
    if getattr(model.held_out_fit, "log_density", None) is not None:
        yield "", MEANING_OF_LOG_DENSITY
    yield from _training(model)
    yield from _network(model)
    yield "Method", f"{model.provenance.method} {objective(model)}"
    if "decay_choice" in model.settings:
        yield "Decay", str(model.settings["decay_choice"])
    defaults, given = settings_by_origin(model)
    if model.origins:
        if given:
            yield "Given", values_in_words(given)
        yield "Defaults", values_in_words(defaults) or "none"
    else:
        yield "Settings", values_in_words(given)
    if not _has_wrong_gradient(model):
        yield "Gradient", _gradient(model)


def problem(model: Model) -> Iterator[tuple[str, str]]:
    """Data, inputs, targets and network, as labels and sentences: what all methods of a comparison share."""
    yield "Data", _data(model)
    yield from _network(model)


def _network(model: Model) -> Iterator[tuple[str, str]]:
    yield "Inputs", listed_names(model.inputs.names)
    if model.inputs.n_features != len(model.inputs.names):
        yield "", f"encoded as {listed_names(model.inputs.features)}"
    yield plural_of(len(model.targets.names), "Target"), _targets(model)
    if len(model.members) == 1:
        yield "Network", _size(model.leading)
        return
    yield "Networks", f"the weighted mean of {len(model.members)}"
    for member in model.members:
        noise = _noise(model, member)
        yield (
            "",
            f"share {member.share:.3g}: {_size(member)}; {member.cost}{noise and f', noise {noise}'}",
        )
    yield (
        "",
        "the lines about training, evidence and method are those of the network with the largest share",
    )


def _size(member: Member) -> str:
    """The architecture of a network and its numbers of parameters."""
    architecture = member.network.architecture
    biases = sum(block.size for block in architecture.layout.blocks if block.is_bias)
    weights = member.network.theta.size - biases
    kinds = f"{counted(weights, 'weight')}, {counted(biases, 'bias', 'biases')}"
    return f"{architecture}; {counted(weights + biases, 'parameter')} ({kinds})"


def _noise(model: Model, member: Member) -> str:
    """The standard deviation of the noise in units of the target; often empty."""
    scales: tuple[float, ...] = getattr(model.targets, "scale", ())
    if member.transform is not None:
        return skewed(member.cost, member.transform).name
    if member.noise_variance is None or len(scales) != 1:
        return ""
    return f"{member.noise_variance**0.5 * scales[0]:.4g} (standard deviation)"


def _training(model: Model) -> Iterator[tuple[str, str]]:
    """The termination of the training, and the objective and the effort."""
    yield "Stopped", ending(model)
    if model.starts.cut and not is_chosen(model):
        yield "", model.starts.cut
    if model.evidence:
        yield "Evidence", _evidence(model)
        if model.evidence["sizes"]:
            yield "", _sizes(model)
        return  # starts and iterations are those after the search, whose history is not kept
    record, starts = model.record, model.starts
    # If `patience` is set, or if steps may increase the objective, the best iterate need not be the last one.
    kept = float(starts.objectives[starts.best])
    row = record.row_of(kept)
    last = row == len(record) - 1
    where = "at the end" if last else f"at iteration {record.iteration[row]}, the best iterate"
    together = f" ({starts.seconds_together:.3g} s for all starts)" if len(starts) > 1 else ""
    iterations = counted(int(record.iteration[-1]), "iteration")
    evaluations = counted(int(record.value_evaluations[-1]), "evaluation")
    effort = f"{iterations}, {evaluations}, {record.seconds[-1]:.3g} s{together}"
    yield "Objective", f"{record.objective[0]:.6g} at the start, {kept:.6g} {where}; {effort}"
    validation_cost = record.validation_cost[row]
    if np.isfinite(validation_cost):
        yield (
            "",
            f"{model.name_of_validation_cost} {validation_cost:.6g} at this iterate, without decay",
        )
    yield "Starts", f"{starts} (seed {starts.seed}, {starts.scheme})"
    if kept > np.fmin.reduce(starts.objectives) and model.settings.get("patience") is not None:
        yield (
            "",
            f"start {starts.best + 1} is the best: its validation cost is the lowest (objective {kept:.6g})",
        )


def _evidence(model: Model) -> str:
    """Effective parameters, noise, and the log evidence of the starts."""
    facts = model.evidence
    starts = np.sort(facts["starts"])[::-1]
    others = (
        "" if len(starts) == 1 else f", {np.median(starts):.1f} (median), {starts[-1]:.1f} (worst)"
    )
    text = (
        f"{facts['effective_parameters']:.1f} of {model.network.theta.size} parameters are effective; log evidence of "
        f"{counted(len(starts), 'start')}: {starts[0]:.1f} (best){others}"
    )
    scales = getattr(model.targets, "scale", None)
    transformed = model.leading.transform is not None
    if facts["noise_variance"] is not None and scales and len(scales) == 1 and not transformed:
        text += f"; noise {facts['noise_variance'] ** 0.5 * scales[0]:.4g} (standard deviation)"
    if "temperature" in facts:
        text += f"; outputs at temperature {facts['temperature']:.3g}"
    return text if facts["settled"] else f"{text}; the decays had not settled"


def _sizes(model: Model) -> str:
    """The quality of each number of hidden units that was tried."""
    sizes = model.evidence["sizes"].items()
    if not model.comparisons:  # an earlier model, whose size the evidence chose
        return f"log evidence of {', '.join(f'{units} hidden units {v:.1f}' for units, v in sizes)}"
    scaled = " (targets scaled)" if model.task == "regression" else ""
    shown = ", ".join(f"{density_in_words(value, 3)} with {units}" for units, value in sizes)
    return f"mean log density of a row in the folds{scaled}: {shown} hidden units"


GRADIENTS = {"pass": "correct: training used the true derivatives of its cost", "fail": "wrong"}
"""Verdicts of the gradient check in words; other verdicts are shown as they are."""


def _gradient_in_a_word(model: Model) -> str:
    verdict = model.gradient_check["verdict"]
    return GRADIENTS.get(verdict, verdict)


def _gradient(model: Model) -> str:
    """The verdict and how it was reached; the criterion and its values are in the model and in `sheernet check`."""
    check = model.gradient_check
    if check["verdict"] == "not checked":
        return "not checked by the fit; sheernet check does it"
    ratio = float("nan") if check["norm_ratio"] is None else check["norm_ratio"]
    return (
        f"{_gradient_in_a_word(model)} (checked by {check['method']} at the initial weights of start 1; "
        f"norm ratio {ratio:.1e})"
    )


def cautions(model: Model, *, is_compared: bool = False) -> Iterator[str]:
    """Reasons not to trust the fit; those that the verdict on unseen rows covers are left out.

    A comparison of methods, `is_compared`, does not choose networks from the data, so no advice says how it does.
    """
    fit, training = model.held_out_fit, model.training_fit
    if fit is not None and is_chosen(model):
        yield from _cut_short(model)
        yield from filter(None, [unfinished(model)])
        return
    if model.network.theta.size >= training.rows * model.targets.n_outputs:
        yield _many_parameters(model)
    if fit is None and not is_judging_cut(model):
        yield sentence(
            "no rows were held out, so the error on new rows is unknown{}",
            _why_none_held_out(model.settings.get("held_out"), training.rows),
        )
    unlearned = _unlearned(model)
    if unlearned:
        yield sentence("{}; {}", unlearned, _to_learn_more(model))
    elif fit is not None:
        if isinstance(fit, ClassificationFit):
            finding = _overfit_classes(evaluated_rows(model), training, fit)
        else:
            finding = _overfit_numbers(evaluated_rows(model), training, fit)
        outside = _or_extrapolates(model)
        if finding and not outside and _is_linear_model_no_better(model, fit):
            yield (
                f"{finding.removesuffix(' in part')} the linear model is no better, so look for wrong values, and for "
                "differences between these rows and the training rows"
            )
        elif finding:
            cause = f"the network has learned noise{outside}"
            yield sentence(
                "{} {}; {}", finding, cause, _to_learn_less(model, is_compared=is_compared)
            )


def _is_linear_model_no_better(model: Model, fit: Judgment) -> bool:
    """Whether a network without hidden units is about as good as the linear model, whose decay avoids noise."""
    line = model.comparisons.get(LINEAR)
    if len(model.network.architecture.sizes) > 2:
        return False
    if isinstance(fit, RegressionFit) and isinstance(line, RegressionFit):
        own, theirs = np.array(fit.rmse), np.array(line.rmse)
        return bool((own <= (1 + SLIGHT) * theirs).all())
    if isinstance(fit, ClassificationFit) and isinstance(line, ClassificationFit):
        return fit.log_loss <= (1 + SLIGHT) * line.log_loss
    return False


def _or_extrapolates(model: Model) -> str:
    """Extrapolation as another cause of poor predictions; empty if no evaluated row is outside of the training rows."""
    outside = rows_outside(model)
    return f", or it extrapolates, because {outside}" if outside else ""


def _cut_short(model: Model) -> Iterator[str]:
    """A caution that the search for networks was cut short."""
    reasons = {member.termination.reason for member in model.members} if is_chosen(model) else ()
    if "time_limit" in reasons:
        yield sentence(
            "the time limit ended the search for networks early; increase {} for a better model",
            Setting("time_limit"),
        )
    elif "interrupted" in reasons:
        yield "the search for networks was interrupted, and a complete one may find a better model"


def _to_learn_less(model: Model, *, is_compared: bool) -> str:
    """Advice if the network has fitted noise."""
    of_one = ("decay", "hidden", *ONE_NETWORK)
    given = [Setting(name) for name in of_one if model.origins.get(name) == "given"]
    if not given or model.evidence or is_compared:
        return "use fewer hidden units or more decay"
    if "shards" in model.settings:
        return sentence("use fewer hidden units, or {}", Setting("decay", EVIDENCE))
    leave_out = sentence(listed(["{}"] * len(given)), *given)
    return sentence("omit {} to choose networks and decay from the data", leave_out)


def _many_parameters(model: Model) -> str:
    """A caution that the network could fit any training rows, and advice: the largest hidden layer that could not."""
    architecture, rows = model.network.architecture, model.training_fit.rows
    n_in, n_out = architecture.sizes[0], architecture.sizes[-1]
    fewer = (rows * n_out - 1 - n_out) // (n_in + 1 + n_out)
    advice: str = "use more rows"
    if len(architecture.sizes) > 2 and fewer >= 1:
        advice = sentence("{} gives fewer parameters than rows", Setting("hidden", fewer))
    what = f"{counted(model.network.theta.size, 'parameter')} for {counted(rows, 'training row')}"
    if model.held_out_fit is None:
        return sentence("{}: the network may fit them closely by chance; {}", what, advice)
    return sentence(
        "{}: judge the network by the {}, not by the training rows; {}", what, evaluated_rows(model), advice
    )  # fmt: skip


def _unlearned(model: Model) -> str:
    """The targets that the network predicts no better than a constant does on the training rows; often empty."""
    training = model.training_fit
    if isinstance(training, ClassificationFit):
        frequencies = float(-(training.shares * np.log(np.maximum(training.shares, TINY))).sum())
        accurate = training.accuracy > training.majority + LEARNED
        if accurate or training.log_loss < frequencies * (1 - LEARNED):
            return ""
        return "the network predicts the classes no better than by their frequencies"
    names = [
        name
        for name, r2 in zip(model.targets.names, training.r2, strict=True)
        if r2 is not None and r2 < LEARNED
    ]
    if not names:
        return ""
    which = "the target" if len(training.r2) == 1 else listed_names(tuple(names))
    return f"the network predicts {which} hardly better than by the mean, or worse"


def _to_learn_more(model: Model) -> str:
    """Advice if the network is no better than a constant."""
    ways = []
    limit = LIMITS.get(model.termination.reason)
    if limit is not None:
        ways.append(sentence("increase {}", limit))
    heavy = np.max(model.decay, initial=0.0) > DEFAULT_DECAY
    if heavy and model.settings.get("decay") != CROSS_VALIDATION:  # else a lower one was tried
        ways.append(sentence("lower {}", Setting("decay")))
    if not ways:
        return "use inputs on which the target depends"
    return sentence(" and ".join(["{}"] * len(ways)), *ways)


def is_judging_cut(model: Model) -> bool:
    """Whether Ctrl-C ended the evaluation of a fit of shards; a notice of the model names the rows not evaluated."""
    shards = model.settings.get("shards")
    return isinstance(shards, Mapping) and shards.get("judging") == "interrupted"


def _why_none_held_out(held_out: object, rows: int) -> str:
    """The reason why no rows were held out although a fraction was set, in parentheses."""
    if not is_number(held_out) or held_out == 0:  # a model file may contain anything here
        return ""
    if rows < FEWEST_ROWS_TO_HOLD_OUT:
        return sentence(
            " ({} applies to tables of at least {} rows; give rows to evaluate on with {})",
            Setting("held_out", held_out), FEWEST_ROWS_TO_HOLD_OUT, Setting("test"),
        )  # fmt: skip
    if held_out * rows < 1:  # type: ignore[operator]
        return sentence(
            " ({:g} of {} rows is less than one; increase {})", held_out, rows, Setting("held_out")
        )
    return sentence(
        " (no class has enough rows to hold out {:g} of them; merge classes, or give rows to evaluate on with {})",
        held_out, Setting("test"),
    )  # fmt: skip


def _overfit_classes(rows: str, training: Judgment, fit: ClassificationFit) -> str:
    """Describe how predicted classes of the evaluated rows are worse than a constant prediction; may be None."""
    known = training.shares if isinstance(training, ClassificationFit) else fit.shares
    baseline = float(-(fit.shares * np.log(np.maximum(known, TINY))).sum())
    if fit.accuracy < fit.majority:
        return f"{rows} are predicted worse than by the most frequent class of the training rows:"
    if fit.log_loss > baseline:
        return (
            f"the probabilities of {rows} are worse than the class frequencies of the training rows "
            f"(log loss {baseline:.4g}): the network is overconfident;"
        )
    return ""


def _overfit_numbers(rows: str, training: Judgment, fit: RegressionFit) -> str:
    """Describe how numeric predictions of the evaluated rows are much worse than those of the training rows."""
    if any(r2 is not None and r2 < 0 for r2 in fit.r2):
        return f"{rows} are predicted worse than by their mean:"
    errors = training.rmse if isinstance(training, RegressionFit) else ()
    ratios = [
        error / small
        for error, small, r2 in zip(fit.rmse, errors, fit.r2, strict=False)
        if small > 0 and r2 is not None and r2 < WELL_PREDICTED
    ]
    times = max(ratios, default=0.0)
    if times <= MUCH_WORSE:
        return ""
    return f"the error on {rows} is {times:.2g} times that on training rows: in part"


def evaluated_rows(model: Model) -> str:
    """The name of the rows that the model was evaluated on: "held-out rows" or "rows of later.csv"."""
    if model.evaluation == "test":
        return f"rows of {model.settings.get('test')}"
    return "rows held out in folds" if model.evaluation == "folds" else "held-out rows"


def evaluated_count(model: Model) -> str:
    """The number of rows that the model was evaluated on: "10 held out" or "13 of later.csv for evaluation"."""
    rows = 0 if model.held_out_fit is None else model.held_out_fit.rows
    if model.evaluation == "test":
        return f"{rows} of {model.settings.get('test')} for evaluation"
    return f"{rows} held out in folds" if model.evaluation == "folds" else f"{rows} held out"


def _data(model: Model) -> str:
    """The table, how it was read, and the use of its rows."""
    read = f" ({model.provenance.reading})" if model.provenance.reading else ""
    validation = model.settings.get("validation")
    number = model.settings.get("validation_rows", "those")  # models of earlier versions lack it
    more = "" if validation is None else f", {number} of {validation} for validation"
    if of_table := validation_rows_of_table(model):
        more = f", {of_table} for validation"
    weights = model.settings.get("weights")
    by = "" if weights is None else f"; weighted by {_entry(weights)}"
    training = model.training_fit.rows
    rows = f"{used_rows(model)}, {training} for training, {evaluated_count(model)}"
    return f"{model.provenance.data}{read}: {rows}{more}{by}"


def _shards(facts: Mapping[str, Any]) -> str:
    """Where the rows of shards, which need not fit in memory, were held."""
    shards, files = counted(facts["shards"], "shard"), counted(facts["files"], "file")
    source = files if facts["files"] else "a DataFrame of Dask"
    return f"read in {shards} of {source}; training rows: {facts['held']}"


def _targets(model: Model) -> str:
    names = listed_names(model.targets.names)
    if model.task == "regression":
        return f"{names} (regression)"
    classes = listed_names(tuple(str(label) for label in model.targets.classes))  # type: ignore[union-attr]
    return f"{names} (classification): {classes}"


def listed_names(names: tuple[str, ...]) -> str:
    """Names in one line; if there are more than 20, the first 19 and the total number."""
    if len(names) <= MOST_NAMES:
        return ", ".join(map(_quoted, names))
    return f"{', '.join(map(_quoted, names[: MOST_NAMES - 1]))}, ... ({len(names)} in all)"


def _quoted(name: str) -> str:
    """A name, quoted as in a line of CSV if needed: the command line reads lists like that."""
    if name == name.strip() != "" and not set(name) & set(",;\"'"):
        return name
    return '"' + name.replace('"', '""') + '"'


def values_in_words(settings: Mapping[str, Any]) -> str:
    """Names of settings and their values in one line.

    Examples
    --------
    >>> from sheernet.models.report import values_in_words
    >>> values_in_words({"hidden": [3, 2], "decay": 0.0001, "drop": ["id", "a, b"]})
    'hidden 3,2; decay 0.0001; drop id,"a, b"'
    >>> values_in_words({"bias": False, "decay": 0.0001})
    'bias=False; decay 0.0001'
    """
    entries = [
        Setting(name, value)
        if isinstance(value, bool)
        else sentence("{} {}", Setting(name), _value(value))
        for name, value in settings.items()
    ]
    return sentence("; ".join(["{}"] * len(settings)), *entries)


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_value(entry)}" for name, entry in value.items())
    if isinstance(value, (list, tuple)):
        few = len(value) <= MOST_NAMES  # an empty list is hidden=()
        return (",".join(map(_entry, value)) or "0") if few else f"of {len(value)} values"
    # A separator such as ";" or " " is seen only in quotation marks.
    is_mark = isinstance(value, str) and not any(map(str.isalnum, value))
    return repr(value) if is_mark else str(value)


def _entry(value: Any) -> str:
    """A value in a list; text is quoted if needed."""
    return _quoted(value) if isinstance(value, str) else _value(value)


def objective(model: Model) -> str:
    """The engine, the cost and the decay that a method minimized, in words."""
    cost = f"on {model.provenance.engine} engine; {model.reduction} of {model.cost}"
    decays = np.unique(model.decay[model.decay > 0])
    if decays.size == 0:
        return f"{cost}, no decay"
    amount = f"{decays[0]:g}" if decays.size == 1 else f"{decays[0]:g} to {decays[-1]:g}"
    return f"{cost}, decay {amount} on {np.count_nonzero(model.decay)} of {model.decay.size} parameters"


def _fit(fit: Judgment, names: tuple[str, ...]) -> str:
    if isinstance(fit, ClassificationFit):
        return (
            f"accuracy {100 * fit.accuracy:.1f} % (majority class: {100 * fit.majority:.1f} %), "
            f"log loss {fit.log_loss:.4g}"
        )
    parts = []
    for name, rmse, r2 in zip(names, fit.rmse, fit.r2, strict=True):
        quality = "R^2 undefined (constant)" if r2 is None else f"R^2 {r2:.4f}"
        prefix = f"{_quoted(name)}: " if len(names) > 1 else ""
        parts.append(f"{prefix}{quality}, root mean squared error {rmse:.4g}")
    return "; ".join(parts)
