"""The command line: a command parses, calls the library once, and prints.

Exit codes: 0 done or passed, 1 a check failed, 2 bad input, 3 inconclusive, 130 interrupted (what was found is kept).
Results go to standard output; progress, notes and errors to standard error.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheernet.errors import (
    GradientMismatch,
    InvalidInput,
    MissingDependency,
    SheernetError,
    SheernetWarning,
)
from sheernet.version import __version__

if TYPE_CHECKING:
    from sheernet.fitting import Indices
    from sheernet.model import Model
    from sheernet.tables import Table

CHECK_FAILED, BAD_INPUT, INCONCLUSIVE, INTERRUPTED = 1, 2, 3, 130

app = typer.Typer(
    name="sheernet",
    help="Small neural networks, trained to the optimum, checked, and shown.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DataFile = Annotated[
    Path,
    typer.Argument(help="CSV file with a header line and numeric columns.", show_default=False),
]
ModelFile = Annotated[Path, typer.Argument(help="model.json that 'fit' wrote.", show_default=False)]
Folder = Annotated[
    Path, typer.Option("--output", "-o", help="Folder to make; NAME-2, ... where it exists.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


@app.command()
def demo(output: Folder = Path("sheernet-demo"), quiet: Quiet = False) -> None:
    """Run the notebook that sheernet grew out of: two data sets, from data to pictures.

    Example: sheernet demo
    """
    from sheernet import demo as notebook
    from sheernet.storage import new_folder

    if not notebook.run(new_folder(output), typer.echo, progress=not quiet):
        sys.exit(INTERRUPTED)


@app.command()
def fit(
    data: DataFile,
    target: Annotated[
        list[str], typer.Option("--target", "-t", help="Column to predict; repeat for several.")
    ],
    hidden: Annotated[
        str, typer.Option(help="Units of the hidden layers: 10, or 10,5; 0 for none.")
    ] = "10",
    activation: Annotated[str, typer.Option(help="Of the hidden layers.")] = "tanh",
    decay: Annotated[float, typer.Option(help="Weight decay, biases excepted.")] = 1e-4,
    method: Annotated[
        str, typer.Option(help="auto, lm, bfgs, lbfgs, gd, adam, or scipy:NAME.")
    ] = "auto",
    starts: Annotated[int, typer.Option(help="Networks to train; the best is kept.")] = 10,
    max_iter: Annotated[int, typer.Option(help="Most iterations of each start.")] = 1000,
    time_limit: Annotated[
        float | None, typer.Option(help="Most seconds.", show_default="none")
    ] = None,
    held_out: Annotated[
        float, typer.Option(help="Share of rows to judge by; none under 20 rows.")
    ] = 0.25,
    seed: Annotated[int, typer.Option(help="Same seed, same result.")] = 0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder to make.", show_default="DATA-fit")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Fit a network to the columns of a CSV file, judge it, and write model and pictures into a new folder.

    Example: sheernet fit scores.csv --target score
    """
    from sheernet import fitting
    from sheernet.storage import new_folder
    from sheernet.tables import read_table

    table = read_table(data)
    # Made before the training, so that a place that cannot be written to is found at once.
    folder = new_folder(output if output is not None else Path(f"{data.stem}-fit"))
    with _removed_on_failure(folder):
        model = fitting.fit(
            table,
            list(target),
            hidden=_widths(hidden),
            activation=activation,
            decay=decay,
            method=method,
            starts=starts,
            max_iter=max_iter,
            time_limit=time_limit,
            held_out=held_out,
            seed=seed,
            progress=not quiet,
        )
        model.save(folder / "model.json")
    typer.echo(model.report())
    _draw_fit(model, table, fitting.split_rows(len(table), held_out, seed)[1], folder)
    typer.echo(f"\nModel and pictures: {folder}")
    if "interrupted" in model.starts.reasons:
        print("sheernet: note: interrupted; what was found is kept", file=sys.stderr)
        sys.exit(
            INTERRUPTED
        )  # not typer.Exit: that is what typer makes of a Ctrl-C that leaves nothing


@app.command()
def predict(
    model: ModelFile,
    data: DataFile,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="CSV file to write.", show_default="standard output"),
    ] = None,
) -> None:
    """Predict the targets of the rows of a CSV file.

    Example: sheernet predict scores-fit/model.json new.csv --output predicted.csv
    """
    from sheernet.files import load
    from sheernet.storage import write_file

    fitted = load(model)
    predicted = fitted.predict(data).reshape(-1, len(fitted.targets.names))
    text = _csv(fitted.targets.names, predicted.tolist())
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_file(output, text.encode(), overwrite=False)
        typer.echo(f"{len(predicted)} predictions: {output}")


@app.command()
def check(model: ModelFile, data: DataFile) -> None:
    """Check a model's gradient against numerical derivatives on the rows of a CSV file.

    Exits with 0 where it passes, 1 where it fails, 3 where that cannot be told.

    Example: sheernet check scores-fit/model.json scores.csv
    """
    from sheernet.files import load
    from sheernet.fitting import check_model

    report = check_model(load(model), data)
    typer.echo(str(report))
    code = {"pass": 0, "fail": CHECK_FAILED, "inconclusive": INCONCLUSIVE}[report.verdict]
    if code:
        raise typer.Exit(code)


@app.command()
def info() -> None:
    """Print versions and what runs here."""
    from sheernet.engines import describe

    for label, fact in describe().items():
        typer.echo(f"{label:<14}{fact}")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sheernet {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    pass


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; nothing but the code is raised or returned.

    Examples
    --------
    >>> from sheernet.cli import run
    >>> run(["--version"])
    sheernet 0.1.0
    0
    """
    try:
        with _notes():
            result = app(args=arguments, prog_name="sheernet", standalone_mode=False)
    except SheernetError as error:
        print(f"sheernet: {error}", file=sys.stderr)
        return CHECK_FAILED if isinstance(error, GradientMismatch) else BAD_INPUT
    except typer.TyperException as error:
        message = error.format_message().rstrip(".")  # empty where the help itself was the answer
        if message:
            print(f"sheernet: {message}; see sheernet --help", file=sys.stderr)
        return BAD_INPUT
    except SystemExit as end:
        return int(end.code or 0)
    except (typer.Abort, KeyboardInterrupt):
        result = INTERRUPTED
    except OSError as error:
        print(
            f"sheernet: {error.filename or 'a file'} cannot be written: {error.strerror or error}",
            file=sys.stderr,
        )
        return BAD_INPUT
    if result == INTERRUPTED:
        print("sheernet: interrupted before there was anything to keep", file=sys.stderr)
    return int(result or 0)


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run())


@contextmanager
def _notes() -> Iterator[None]:
    """Show our warnings as notes in one line, without a place in the source."""

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        print(f"sheernet: note: {message}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.simplefilter("always", SheernetWarning)
        warnings.showwarning = show
        yield


@contextmanager
def _removed_on_failure(folder: Path) -> Iterator[None]:
    """Take a new folder away again, if it is empty, where what should fill it fails or is interrupted."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            folder.rmdir()
        raise


def _widths(text: str) -> tuple[int, ...]:
    """Read units such as "10,5" as (10, 5), and "0" as ()."""
    try:
        widths = tuple(int(part) for part in text.split(","))
    except ValueError:
        widths = (-1,)
    if widths == (0,):
        return ()
    if min(widths) < 1:
        raise InvalidInput(
            "--hidden takes whole numbers of units such as 10 or 10,5 (0 for none), "
            f"but {text!r} was given"
        )
    return widths


def _csv(names: Sequence[str], rows: Sequence[Sequence[float]]) -> str:
    """A CSV text; numbers with as many digits as bring back the same bits."""
    import csv
    import io

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue()


def _draw_fit(model: Model, table: Table, held_out: Indices, folder: Path) -> None:
    """Write the pictures of a fit; a model without them is worth keeping, so a missing matplotlib is a note."""
    from sheernet import plots

    names = model.targets.names
    true = table.matrix(names)
    predicted = model.predict(table).reshape(true.shape)
    kept = held_out if len(held_out) else None
    try:
        pictures = {
            "cost": plots.cost(model.record),
            "network": plots.network(
                model.network, input_names=model.inputs.names, output_names=names
            ),
            "predicted_against_true": plots.predicted_against_true(
                predicted, true, held_out=kept, target_names=names
            ),
            "residuals": plots.residuals(predicted, true, held_out=kept, target_names=names),
            "starts": plots.starts(model.starts),
        }
    except MissingDependency as missing:
        print(f"sheernet: note: {missing}", file=sys.stderr)
        return
    for name, ax in pictures.items():
        plots.save(ax, folder / f"{name}.png")


if __name__ == "__main__":
    main()
