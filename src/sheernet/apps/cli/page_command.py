"""sheernet page: a local web page that trains a network and shows every number."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheernet.apps.cli import shared_options as o
from sheernet.apps.cli.library_arguments import reading
from sheernet.apps.cli.output import Answer, Output
from sheernet.apps.cli.settings_options import default_in_words, main_option, with_settings
from sheernet.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from sheernet.apps.page.page_exercise import Exercise

EXAMPLES = o.examples(
    "sheernet page",
    "sheernet page scores.csv",
    "sheernet page results.xlsx --sheet 2025 --target score",
    "sheernet page exercise.json --port 9000 --no-browser",
)
DEFAULT_PORT = 8765

File = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE", readable=False, show_default=False,
        help="A table, or an exercise.json that the page has written; without a file, the page begins with a built-in "
        "table.",
    ),
]  # fmt: skip
Target = Annotated[
    str | None,
    main_option(
        "--target", "-t", metavar="COLUMN", show_default=False,
        help="Column of the table to predict. "
        f"{default_in_words('the last column of numbers or few labels')}",
    ),
]  # fmt: skip
Port = Annotated[
    int,
    main_option(
        "--port",
        metavar="NUMBER",
        help="Port to try first; if it is busy, the next free one is taken.",
    ),
]
NoBrowser = Annotated[
    bool, main_option("--no-browser", help="Only print the address, without opening a browser.")
]


@with_settings(o.READING)
def page(
    context: typer.Context,
    given: Mapping[str, Any],
    file: File = None,
    target: Target = None,
    port: Port = DEFAULT_PORT,
    no_browser: NoBrowser = False,
    as_json: o.Json = False,
) -> Answer:
    """Open a local page that trains a network, on built-in data or your own table, and shows every number.

    The page is served to this computer only, until Ctrl-C.
    """
    out: Output = context.obj
    from sheernet.apps.page.page_server import PageServer

    if not 0 <= port <= 65535:
        raise InvalidInput(f"--port must be from 0 to 65535, but {port} was given")
    options = {**reading(given), **({} if target is None else {"target": target})}
    server = PageServer(beginning_of(file, **options), port)
    if port not in (0, server.port):
        out.note(f"port {port} is busy, so the page is at port {server.port}")
    out.say(f"The page is at {server.url}")
    out.say("It is for this computer only. Ctrl-C ends it.")
    if as_json:
        out.tell(server.url)
    address = server.url
    if not no_browser:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass
    finally:
        if not server.close():
            atexit.register(_end_at_once)
    out.say("The page has ended.")
    return Answer({"address": address.partition("?")[0], "port": server.port})


def _end_at_once() -> None:
    """End the process while a thread is in the extension, which the end of the interpreter would abort."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(0)


def beginning_of(file: Path | None, **options: Any) -> Exercise:
    """Return what a page begins with: the exercise or the table of a file."""
    from sheernet.apps.page.page_files import exercise_of_file, refuse_options
    from sheernet.apps.page.page_presets import beginning

    if file is not None:
        return exercise_of_file(file, **options)
    refuse_options(options, "no file was given")
    return beginning()
