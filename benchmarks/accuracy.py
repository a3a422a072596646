"""Accuracy on held-out rows: sheernet's defaults and other programs on tables named beforehand.

    python benchmarks/accuracy.py run [--methods M ...] [--tables T ...] [--splits N] [--results FILE]
    python benchmarks/accuracy.py page [--results FILE ...] [--output docs/accuracy.md]

It needs the dependency group accuracy of pyproject.toml, and accuracy-networks for EBM, LightGBM, RealMLP, TabM and
bde, which may be installed in another environment.  Split 0 of all tables comes first, then split 1, and so on,
and the large tables last.  Each result is appended to the file at once; a run that is started again goes on where it
was stopped.  To measure other settings or a newer version again, give another file.  `page` joins several files, and
appends accuracy_ablation.md of this folder, a section that begins with "## ".  Everything runs on one thread.
docs/accuracy.md describes the protocol.
"""

from __future__ import annotations

import argparse
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path

from _accuracy_methods import METHODS, Method
from _accuracy_page import write_page
from _accuracy_scores import append, class_scores, read, regression_scores
from _accuracy_tables import SPLITS, Split, Table, split, tables
from _measuring import restart_in_environment

RESULTS = Path(__file__).with_suffix(".csv")
PAGE = Path(__file__).parents[1] / "docs" / "accuracy.md"


def schedule(chosen: list[Table], n_splits: int) -> Iterator[tuple[Table, int]]:
    """Tables and splits in the order in which they run."""
    for large in (False, True):
        for number in range(n_splits):
            for table in chosen:
                if (table.half == "large") == large and number < table.splits:
                    yield table, number


def measured(method: Method, rows: Split) -> dict[str, object]:
    """The scores and seconds of a method, or why it failed."""
    began = time.perf_counter()
    try:
        if rows.classes:
            assert method.classes is not None
            probabilities = method.classes(rows)
            seconds = time.perf_counter() - began
            scores = class_scores(probabilities, rows.y_test.astype(int))
        else:
            forecast = method.regression(rows)
            seconds = time.perf_counter() - began
            scores = regression_scores(forecast, rows)
    except Exception as error:  # a method that fails on a table is a result
        traceback.print_exc()
        seconds = time.perf_counter() - began
        failure = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
        return {"seconds": f"{seconds:.4g}", "failure": failure}
    return {
        "seconds": f"{seconds:.4g}",
        **{name: f"{value:.7g}" for name, value in scores.items()},
    }


def run(methods: list[str], names: list[str], n_splits: int, results: Path) -> None:
    """Append the results that the file does not have."""
    warnings.simplefilter("ignore")
    chosen = [table for table in tables() if not names or {table.name, table.half} & set(names)]
    for table, number in schedule(chosen, n_splits):
        done = read([results])
        missing = [name for name in methods if (table.name, number, name) not in done]
        if not missing:
            continue
        rows = split(table, number)
        for name in missing:
            if not METHODS[name].takes(table.task, len(rows.y)):
                continue
            found = measured(METHODS[name], rows)
            where = {"table": table.name, "split": number, "method": name}
            sizes = {"n_train": len(rows.y), "n_test": len(rows.y_test)}
            append(results, {**where, "version": METHODS[name].version, **sizes, **found})
            print(time.strftime("%H:%M:%S"), *where.values(), found, flush=True)


def arguments() -> argparse.Namespace:
    known = [name for table in tables() for name in (table.name, table.half)]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(dest="command")
    runs = commands.add_parser("run", help="measure, and append to the results")
    runs.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    runs.add_argument(
        "--tables", nargs="+", choices=dict.fromkeys(known), default=[], help="names or halves"
    )
    runs.add_argument("--splits", type=int, default=SPLITS, help="the first so many splits")
    runs.add_argument("--results", type=Path, default=RESULTS)
    pages = commands.add_parser("page", help="write the page of the documentation")
    pages.add_argument("--results", type=Path, nargs="+", default=[RESULTS])
    pages.add_argument("--output", type=Path, default=PAGE)
    given = parser.parse_args()
    if given.command is None:  # as scripts/run_benchmarks.py calls it
        parser.print_help()
    return given


def main() -> None:
    given = arguments()
    if given.command == "run":
        run(given.methods, given.tables, given.splits, given.results)
    elif given.command == "page":
        write_page(read(given.results), given.output, RESULTS.with_name("accuracy_ablation.md"))


if __name__ == "__main__":
    restart_in_environment()
    main()
