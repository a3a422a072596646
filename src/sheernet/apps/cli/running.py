"""`execute`: run a command line and return its exit code; results and errors of all commands are printed here."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace

import typer

from sheernet.apps.cli.app import app
from sheernet.apps.cli.output import DEFECT, INTERRUPTED, Answer, Output, Refusal
from sheernet.apps.cli.refusals import interruption, refusal
from sheernet.foundation.interrupts import EndingSignals, deferred_interrupt


def execute(arguments: Sequence[str] | None, ending: EndingSignals, began: float) -> int:
    """Run a command line, which `began` at a time of `time.monotonic`, and return its exit code.

    `ending` has the signal that ended it.
    """
    typed = list(sys.argv[1:] if arguments is None else arguments)
    output = output_for(typed)
    output.began = began
    # matplotlib logs a settings folder that it cannot create, and its search for fonts; neither affects results.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        with output.listening():
            answer = app(args=arguments, prog_name="sheernet", standalone_mode=False, obj=output)
        if isinstance(answer, Answer):
            if answer.exit_code == INTERRUPTED:
                answer = replace(answer, exit_code=ending.exit_code)
            with deferred_interrupt():  # the remaining work is short; a second Ctrl-C ends it
                return output.finish(answer)
    except (Exception, KeyboardInterrupt) as error:
        refused = refusal(error, output.options, output.command)
        if refused is None:
            return _defect(output, error)
        if refused.exit_code == INTERRUPTED:
            refused = interruption(bool(output.kept), ending.exit_code)
        return output.refuse(refused)
    code = int(answer or 0)  # --help and --version; typer turns Ctrl-C into 130
    if code == INTERRUPTED:
        return output.refuse(interruption(bool(output.kept), ending.exit_code))
    return code


def _defect(output: Output, error: BaseException) -> int:
    """Report a defect of sheernet: its traceback, and a sentence with the next step."""
    message = (
        f"{type(error).__name__}: {error}; this is a defect of sheernet, not of your command; please report it with "
        "the command, the lines above and the output of 'sheernet info'"
    )
    output.note_traceback("".join(traceback.format_exception(error)))
    return output.refuse(Refusal(type(error).__name__, message, DEFECT))


def output_for(arguments: Sequence[str]) -> Output:
    """Return the output for arguments that may be invalid: the command, its options, and whether to print JSON.

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
    return Output("--json" in options, command=command, options=names)


def _names(parameters: Sequence[typer.CallbackParam]) -> dict[str, str]:
    """Return the options of a command by their names in Python."""
    names = {p.name: max(p.opts, key=len) for p in parameters if p.param_type_name == "option"}
    if "force" in names:
        names["overwrite"] = names["force"]  # its name in `write_table`
    return names
