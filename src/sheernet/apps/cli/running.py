"""From arguments to an exit code: results and errors of all commands end here."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

import typer

from sheernet.apps.cli.app import app
from sheernet.apps.cli.output import INTERRUPTED, Answer, Output, Refusal
from sheernet.apps.cli.refusals import NOTHING_KEPT, refusal

BUG = 1  # the exit code of Python after a traceback


def execute(arguments: Sequence[str] | None) -> int:
    """Run a command line and return its exit code."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    output = output_for(typed)
    # matplotlib logs a folder for its settings that it cannot make, and its search for fonts: no reasons to worry.
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
    code = int(answer or 0)  # --help and --version; typer turns Ctrl-C into 130
    return output.refuse(NOTHING_KEPT) if code == INTERRUPTED else code


def output_for(arguments: Sequence[str]) -> Output:
    """The output for some arguments, which may be wrong: name of the command, its options, and whether to print JSON.

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
    # A message of `predict` may advise how to fit another model.
    own = _names(commands[command].params)
    names = {**_names(commands["fit"].params), **own}
    if "methods" in own:
        names["method"] = own["methods"]
    return Output("--json" in options, command, names)


def _names(parameters: Sequence[typer.CallbackParam]) -> dict[str, str]:
    """The options of a command by their names in Python."""
    names = {p.name: max(p.opts, key=len) for p in parameters if p.param_type_name == "option"}
    if "force" in names:
        names["overwrite"] = names["force"]  # its name in `write_table`
    return names
