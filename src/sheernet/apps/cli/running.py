"""From arguments to an exit code: the one place where answers and errors of all commands end."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

import typer

from sheernet.apps.cli.app import app
from sheernet.apps.cli.output import INTERRUPTED, Answer, Output, Refusal
from sheernet.apps.cli.refusals import NOTHING_KEPT, refusal

BUG = 1  # what Python ends with after a traceback


def execute(arguments: Sequence[str] | None) -> int:
    """Run a command line and return its exit code."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    output = output_for(typed)
    # It tells of folders for its settings that it cannot make, and of its search for fonts: pictures come all the same.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        with output.listening():
            answer = app(args=arguments, prog_name="sheernet", standalone_mode=False, obj=output)
        if isinstance(answer, Answer):
            return output.finish(answer)
    except (Exception, KeyboardInterrupt) as error:
        refused = refusal(error, output.options, output.command)
        if refused is None:
            if output.json:
                output.refuse(Refusal(type(error).__name__, str(error), BUG))
            raise
        return output.refuse(refused)
    code = int(answer or 0)  # of --help and --version; 130 is what typer makes of Ctrl-C
    return output.refuse(NOTHING_KEPT) if code == INTERRUPTED else code


def output_for(arguments: Sequence[str]) -> Output:
    """What has to be known even where the arguments turn out to be wrong: the command, and whether it is to say JSON.

    Examples
    --------
    >>> from sheernet.apps.cli.running import output_for
    >>> output = output_for(["fit", "data.csv", "--json"])
    >>> output.command, output.json, output.options["max_iter"]
    ('fit', True, '--max-iter')
    """
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    command = next((word for word in arguments if not word.startswith("-")), None)
    options = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    if command not in commands:
        return Output("--json" in options)
    # A message to `predict` may tell how to fit another model.
    own = _names(commands[command].params)
    names = {**_names(commands["fit"].params), **own}
    if "methods" in own:
        names["method"] = own["methods"]
    return Output("--json" in options, command, names)


def _names(parameters: Sequence[typer.CallbackParam]) -> dict[str, str]:
    """The options of a command by the names that they have in Python."""
    names = {p.name: max(p.opts, key=len) for p in parameters if p.param_type_name == "option"}
    if "force" in names:
        names["overwrite"] = names["force"]  # its name in `write_table`
    return names
