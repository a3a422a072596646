"""A field of a settings class: its default value and what a command line needs to make an option of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Option:
    """How a setting is typed at a command line.

    Parameters
    ----------
    text : str
        The help text: a line that says what it does.
    typed : type, optional
        The type of the typed value; the field's own if not given.
    metavar : str, optional
        What stands for the value in a help text.
    shown : str, optional
        The default value in words, if the value itself would not be understood.
    main : bool
        Whether it is one of the few options that most people need.
    """

    text: str
    typed: Any = None
    metavar: str | None = None
    shown: str | None = None
    main: bool = False


def option(default: Any, text: str, **details: Any) -> Any:
    """A field of a settings class.

    Parameters
    ----------
    default : object
        Its default value.
    text, **details
        The help text, and the other parameters of `Option`.
    """
    return field(default=default, metadata={"option": Option(text, **details)})


def options_of(settings: type[Any]) -> Iterator[tuple[str, Any, Any, Option]]:
    """Name, type as written, default value and `Option` of each setting of a class that has one.

    Examples
    --------
    >>> from sheernet.settings.option import options_of
    >>> from sheernet.settings.start_settings import StartSettings
    >>> [(name, default) for name, _, default, _ in options_of(StartSettings)]
    [('seed', 0)]
    """
    for part in fields(settings):
        if "option" in part.metadata:
            yield part.name, part.type, part.default, part.metadata["option"]


def origins(*settings: Any) -> dict[str, str]:
    """Whether each field of some settings has its default value, or another one that was given.

    Examples
    --------
    >>> from sheernet.settings.option import origins
    >>> from sheernet.settings.start_settings import StartSettings
    >>> origins(StartSettings(starts=20))
    {'starts': 'given', 'seed': 'default', 'scheme': 'default'}
    """
    return {
        part.name: "default" if _equal(getattr(each, part.name), part.default) else "given"
        for each in settings
        for part in fields(each)
        if part.default is not MISSING
    }


def _equal(value: Any, default: Any) -> bool:
    """Whether a value is the default value; arrays and tables never are."""
    if isinstance(value, (list, tuple)):
        return isinstance(default, (list, tuple)) and list(value) == list(default)
    return type(value) is type(default) and bool(value == default)
