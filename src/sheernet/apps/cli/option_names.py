"""Settings in messages of the library, spelled as the options of a command.

Setting("max_iter")                    --max-iter
Setting("missing", "impute")           --missing impute
Setting("categories", ["a", "b"])      --categories a,b
Setting("bias", False)                 --no-bias
Setting("groups", [["a", "b"]])        --groups a,b
Setting("want", {"a": "maximize"})     --want a=maximize
"""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Callable, Mapping, Sequence

from sheernet.foundation.sentences import Setting, rendered


def speller(options: Mapping[str, str]) -> Callable[[Setting], str]:
    """Return the function that spells settings as options of a command; other settings keep their names in Python.

    Parameters
    ----------
    options : mapping of str to str
        The options of the command by their names in Python.

    Examples
    --------
    >>> from sheernet.apps.cli.option_names import speller
    >>> from sheernet.foundation.sentences import Setting
    >>> spell = speller({"max_iter": "--max-iter", "hidden": "--hidden", "bias": "--bias"})
    >>> spell(Setting("max_iter", 9)), spell(Setting("hidden", (10, 5))), spell(Setting("keep_path", True))
    ('--max-iter 9', '--hidden 10,5', 'keep_path=True')
    >>> spell(Setting("bias")), spell(Setting("bias", False)), spell(Setting("hidden", {"a": 4}))
    ('--bias', '--no-bias', '--hidden a=4')
    """

    def spell(setting: Setting) -> str:
        if setting.name not in options:
            return str(setting)
        option = options[setting.name]
        if not setting.has_value or setting.value is True:  # True is a flag, which has no value
            return option
        if setting.value is False:
            return without(option)
        if isinstance(setting.value, list) and isinstance(setting.value[0], list):
            return " ".join(f"{option} {_typed(each)}" for each in setting.value)
        return f"{option} {_typed(setting.value)}"

    return spell


def without(option: str) -> str:
    """Return the flag that is the opposite of another.

    Examples
    --------
    >>> from sheernet.apps.cli.option_names import without
    >>> without("--bias")
    '--no-bias'
    """
    return option.replace("--", "--no-", 1)


def as_options(text: str, options: Mapping[str, str]) -> str:
    """Spell the settings of a message as options.

    Examples
    --------
    >>> from sheernet.apps.cli.option_names import as_options
    >>> from sheernet.foundation.sentences import Setting, sentence
    >>> as_options(sentence("increase {}", Setting("max_iter")), {"max_iter": "--max-iter"})
    'increase --max-iter'
    """
    return rendered(text, speller(options))


def _typed(value: object) -> str:
    """Return a value as it is typed in a shell."""
    if isinstance(value, Mapping):
        return _typed([f"{name}={each}" for name, each in value.items()])
    if isinstance(value, (list, tuple)):
        return shlex.quote(_csv(value)) if value else "0"  # hidden=() is --hidden 0
    return f"{value:g}" if isinstance(value, float) else shlex.quote(str(value))


def _csv(values: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()
