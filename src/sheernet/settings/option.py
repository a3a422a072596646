"""Fields of the settings classes: default value, help text, and how the value is typed at a command line."""

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
        The help text, one line.
    typed : type, optional
        Type of the value at the command line; by default the type of the field.
    metavar : str, optional
        Placeholder of the value in the help text.
    shown : str, optional
        Description of the default value, if the value itself is not informative.
    main : bool
        Whether it is one of the few options that most users need.
    flag : str, optional
        Name of the option, if it differs from the name of the setting.
    """

    text: str
    typed: Any = None
    metavar: str | None = None
    shown: str | None = None
    main: bool = False
    flag: str | None = None


def option(default: Any, text: str, **details: Any) -> Any:
    """Make a field of a settings class.

    Parameters
    ----------
    default : object
        The default value.
    text, **details
        The parameters of `Option`.
    """
    return field(default=default, metadata={"option": Option(text, **details)})


def options_of(settings: type[Any]) -> Iterator[tuple[str, Any, Option]]:
    """Yield name, default value and `Option` of each setting of a class that has an option.

    Examples
    --------
    >>> from sheernet.settings.option import options_of
    >>> from sheernet.settings.start_settings import StartSettings
    >>> [(name, default) for name, default, _ in options_of(StartSettings)]
    [('seed', 0)]
    """
    for part in fields(settings):
        if "option" in part.metadata:
            yield part.name, part.default, part.metadata["option"]


def origins(*settings: Any) -> dict[str, str]:
    """Return the origin of each field: "default", or "given" if its value differs from the default value.

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
    """Whether a value equals the default value; arrays and tables never do."""
    if isinstance(value, (list, tuple)):
        return isinstance(default, (list, tuple)) and list(value) == list(default)
    return type(value) is type(default) and bool(value == default)
