"""`sentence`: messages that name arguments, written once and shown with the names of Python or of a command line.

    sentence("{} must be at least 1; use {}", Setting("starts"), Setting("missing", "impute"))

    Python            starts must be at least 1; use missing='impute'
    command line      --starts must be at least 1; use --missing impute

A `Sentence` is a str with Python's names that also keeps its parts, so errors, warnings, notices and terminations carry
their advice as data.  `rendered` joins the parts with another spelling of the settings.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from sheernet.foundation.message_text import cut_in_the_middle

_MISSING: Any = object()
LONGEST = 300
"""Maximum number of characters of a text in quotation marks, such as the name of a column of a damaged file."""


@dataclass(frozen=True)
class Setting:
    """An argument of a function, with or without a value.

    Parameters
    ----------
    name : str
        The argument's name in Python.
    value : object, optional
        The value that it is given or should be given.

    Examples
    --------
    >>> from sheernet.foundation.sentences import Setting
    >>> str(Setting("starts")), str(Setting("missing", "impute")), Setting("starts").has_value
    ('starts', "missing='impute'", False)
    """

    name: str
    value: Any = _MISSING

    @property
    def has_value(self) -> bool:
        """Whether there is a value."""
        return self.value is not _MISSING

    def __str__(self) -> str:
        return f"{self.name}={self.value!r}" if self.has_value else self.name

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.value) if self.has_value else (self.name,)


class ReadSetting(Setting):
    """An argument of `sn.read_table` that `sn.fit` does not have: in Python, the sentence shows the call.

    Examples
    --------
    >>> from sheernet.foundation.sentences import ReadSetting
    >>> str(ReadSetting("missing_values", ["999"])), str(ReadSetting("missing_values"))
    ("sn.read_table(table, missing_values=['999'])", 'sn.read_table(table, missing_values=...)')
    """

    def __str__(self) -> str:
        return f"sn.read_table(table, {self.name}={repr(self.value) if self.has_value else '...'})"


class InPython(str):
    """Text of a sentence that is left out at a command line.

    Examples
    --------
    >>> from sheernet.foundation.sentences import InPython, rendered, sentence
    >>> text = sentence("a whole number{}, but 'x' was given", InPython(", or None"))
    >>> text
    "a whole number, or None, but 'x' was given"
    >>> rendered(text, str)
    "a whole number, but 'x' was given"
    """

    __slots__ = ()


class Sentence(str):
    """A str that keeps the parts of which it is made: text and `Setting`.

    Parameters
    ----------
    parts : tuple of str and Setting
        The parts, in order.
    """

    __slots__ = ("parts",)
    parts: tuple[str | Setting, ...]

    def __new__(cls, parts: tuple[str | Setting, ...]) -> Self:  # noqa: D102
        self = super().__new__(cls, "".join(map(str, parts)))
        self.parts = parts
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Sentence, (self.parts,)

    def __add__(self, other: str) -> Sentence:
        return Sentence((*self.parts, *_parts_of(other)))

    def __radd__(self, other: str) -> Sentence:
        return Sentence((other, *self.parts))

    def removeprefix(self, prefix: str, /) -> Sentence:
        """Return the sentence without a prefix; the rest keeps its settings."""
        if not self.startswith(prefix):
            return self
        left, parts = len(prefix), list(self.parts)
        while left and len(str(parts[0])) <= left:
            left -= len(str(parts.pop(0)))
        if left:
            parts[0] = str(parts[0])[left:]
        return Sentence(tuple(parts))

    def replace(self, old: str, new: str, count: int = -1, /) -> Sentence:  # type: ignore[override]
        """Return the sentence with replacements in its texts; the settings are unchanged."""
        parts: list[str | Setting] = []
        for part in self.parts:
            if isinstance(part, str):
                n_found = part.count(old)
                part = type(part)(part.replace(old, new, count))
                count = count if count < 0 else max(count - n_found, 0)
            parts.append(part)
        return Sentence(tuple(parts))

    @property
    def settings(self) -> tuple[Setting, ...]:
        """The settings that the sentence names."""
        return tuple(part for part in self.parts if isinstance(part, Setting))


def in_quotes(value: object) -> str:
    r"""Return a value as repr does, but cut a longer text, such as a name of a damaged file, to `LONGEST` characters.

    Examples
    --------
    >>> from sheernet.foundation.sentences import in_quotes
    >>> in_quotes("a\tb"), len(in_quotes("x" * 1000)), in_quotes(2)
    ("'a\\tb'", 302, '2')
    """
    return repr(cut_in_the_middle(value, LONGEST) if isinstance(value, str) else value)


def sentence(template: str, /, *values: Any, **named: Any) -> Sentence:
    """Format a template as str.format does, and keep settings and sentences among the values as parts.

    Parameters
    ----------
    template : str
        Text with replacement fields.
    *values, **named
        The values of the fields.

    Examples
    --------
    >>> from sheernet.foundation.sentences import Setting, rendered, sentence
    >>> text = sentence("{} must be at least 1, but {!r} was given", Setting("starts"), 0)
    >>> text
    'starts must be at least 1, but 0 was given'
    >>> rendered(text, lambda setting: f"--{setting.name}")
    '--starts must be at least 1, but 0 was given'
    """
    return Sentence(tuple(_formatted(template, values, named)))


def rendered(text: str, spell: Callable[[Setting], str]) -> str:
    """Return a text for a command line: settings are spelled by `spell`, and text for Python only is left out."""
    return "".join(
        spell(part) if isinstance(part, Setting) else part
        for part in _parts_of(text)
        if not isinstance(part, InPython)
    )


def _parts_of(text: str) -> tuple[str | Setting, ...]:
    return text.parts if isinstance(text, Sentence) else (str(text),)


def _formatted(
    template: str, values: tuple[Any, ...], named: dict[str, Any]
) -> Iterator[str | Setting]:
    formatter = string.Formatter()
    next_value = iter(values)
    for literal, field, spec, conversion in formatter.parse(template):
        if literal:
            yield literal
        if field is None:
            continue
        value = next(next_value) if field == "" else formatter.get_field(field, values, named)[0]
        if isinstance(value, (Setting, Sentence, InPython)) and not conversion and not spec:
            yield from value.parts if isinstance(value, Sentence) else (value,)
        else:
            shown = (
                in_quotes(value)
                if conversion == "r"
                else formatter.convert_field(value, conversion)
            )
            yield formatter.format_field(shown, spec or "")
