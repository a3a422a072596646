"""Options of a command, made from the settings classes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, get_type_hints

import typer

from sheernet.apps.cli import completion, values
from sheernet.apps.cli.option_names import without
from sheernet.settings.option import Option, options_of
from sheernet.settings.read_settings import ReadSettings

MAIN = "Options"
"""The panel of the few options that most users need."""

COMPLETIONS: Mapping[str, completion.Completion] = {
    "activation": completion.completing(completion.activations),
    "output_activation": completion.completing(completion.outputs),
    "cost": completion.completing(completion.costs),
    "method": completion.completing(completion.methods),
}
"""Completions of options whose values are not a fixed choice."""

PARSERS: Mapping[Any, Callable[[str], Any]] = {
    int: values.whole,
    int | None: values.whole,
    float: values.number,
    float | None: values.number,
}
"""Parsers by the type of an option: the library, which has the range of a number, raises the error about it."""

main_option = functools.partial(typer.Option, rich_help_panel=MAIN)
"""An option in the panel `MAIN`."""

Command = Callable[..., Any]
_Quiet = Annotated[
    bool,
    main_option(
        "--quiet", "-q", help="Do not show progress and notices about data; --json contains them."
    ),
]


def with_settings(
    panels: Mapping[type[Any], str],
    leave_out: tuple[str, ...] = (),
    changed: Mapping[str, Mapping[str, str]] | None = None,
) -> Callable[[Command], Command]:
    """Give a command an option for each setting; their values are passed to it as a mapping, `given`.

    Parameters
    ----------
    panels : mapping of settings class to str
        The classes in order, each with the panel in the help text of its options that are not in `MAIN`.
    leave_out : tuple of str
        Settings without an option.
    changed : mapping of str to mapping of str to str, optional
        For settings whose help text differs from that of a fit, the parameters `text` or `shown` of their `Option`.
    """
    differing = changed or {}
    made: dict[str, inspect.Parameter] = {}
    for settings, panel in panels.items():
        for parameter in _parameters(settings, panel, differing):
            if parameter.name not in leave_out:
                made.setdefault(parameter.name, parameter)

    def decorate(command: Command) -> Command:
        own = inspect.signature(command, eval_str=True).parameters

        @functools.wraps(command)
        def run(**values: Any) -> Any:
            given = {name: values.pop(name) for name in made}
            return command(**values, given=given)

        kept = [
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for name, parameter in own.items()
            if name != "given"
        ]
        # The order in the help text: arguments, main settings, the command's own options, other settings.
        first = [p for p in kept if p.default is inspect.Parameter.empty]
        later = [p for p in kept if p.default is not inspect.Parameter.empty]
        main = [p for p in made.values() if _panel(p) == MAIN]
        rest = [p for p in made.values() if _panel(p) != MAIN]
        run.__signature__ = inspect.Signature([*first, *main, *later, *rest])  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in (*first, *main, *later, *rest)}
        return run

    return decorate


def with_quiet(command: Command) -> Command:
    """Give a command the option --quiet behind --json; the command's `Output` keeps its value."""
    own = inspect.signature(command, eval_str=True).parameters

    @functools.wraps(command)
    def run(*, context: typer.Context, quiet: bool, **values: Any) -> Any:
        context.obj.quiet = quiet
        return command(context=context, **values)

    kept = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own.values()]
    added = inspect.Parameter(
        "quiet", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=_Quiet
    )
    kept.insert([each.name for each in kept].index("as_json") + 1, added)
    run.__signature__ = inspect.Signature(kept)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in kept}
    return run


def _panel(parameter: inspect.Parameter) -> Any:
    return parameter.annotation.__metadata__[0].rich_help_panel


def _parameters(
    settings: type[Any], panel: str, changed: Mapping[str, Mapping[str, Any]]
) -> Iterator[inspect.Parameter]:
    types = get_type_hints(settings)
    for name, default, of_fit in options_of(settings):
        option = replace(of_fit, **changed.get(name, {}))
        typed = option.typed or types[name]
        yield inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            # what is not given about reading is as in the file of a model, if there is one
            default=None if settings is ReadSettings else _as_typed(default, typed),
            annotation=Annotated[typed, _option(name, default, option, typed, panel)],
        )


def _option(name: str, default: Any, option: Option, typed: Any, panel: str) -> Any:
    shown = option.shown or (None if default is None or default == () else default)
    flag = option.flag or f"--{name.replace('_', '-')}"
    return typer.Option(
        f"{flag}/{without(flag)}" if typed is bool else flag,
        help=option.text if shown is None else f"{option.text} {default_in_words(shown)}",
        metavar=option.metavar,
        show_default=False,
        rich_help_panel=MAIN if option.main else panel,
        autocompletion=COMPLETIONS.get(name),
        parser=PARSERS.get(typed),
        readable=False,  # typer's own check gives no advice
        case_sensitive=False,
    )


def default_in_words(default: object) -> str:
    r"""Return the end of a help text; typer itself writes default texts in parentheses.

    Examples
    --------
    >>> from sheernet.apps.cli.settings_options import default_in_words
    >>> print(default_in_words("auto-detect"))
    \[default: auto-detect]
    """
    return rf"\[default: {default}]"  # escaped, because brackets are markup


def _as_typed(default: Any, typed: Any) -> Any:
    """Return a default value in the type of its option."""
    if default == ():
        return None
    return str(default) if typed is str else default
