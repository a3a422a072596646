"""`Exercise`: all settings and data of an experiment on the page, as a file exercise.json or as an address.

An exercise contains no token and no port, so a student's computer can open an exercise copied by a teacher.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.table_settings import Missing, Scaling, Task

FORMAT = "sheernet-exercise"
VERSION = 1
MOST_TABLE = 200_000
"""Maximum number of characters of a table that an exercise includes; for a larger table, it has only the name."""
MOST_ADDRESS = 8_000
"""Maximum number of characters of an address; browsers and chat programs truncate longer ones."""
MOST_TEXT = 4_000
"""Maximum number of characters of a title, and of a task."""


class Exercise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of the page.

    Parameters
    ----------
    format, version : str, int
        Format and version of the file.
    title, task : str
        Texts of a teacher, shown above the page.
    hidden_controls : tuple of str
        Names of controls that the page does not show.
    data : str
        A built-in data set, or "table" for a table of the user.
    table, table_name : str
        The text (CSV) and the name of the user's table; the text is empty if the table is too large to be included.
    samples : {"rows", "columns"}
        Whether the samples of the user's table are rows or columns.
    inputs : tuple of str or None
        The columns to predict from; None for all but the target.
    target : str or None
        The column to predict; None for the target of the built-in set, or the last column with numbers or few labels.
    task_kind : {"auto", "regression", "classification"}
        Whether the target consists of numbers or classes.
    validation, test : float
        Fractions of the rows used for validation and test.
    missing, scaling : str
        As in `sheernet.fit`.
    hidden : tuple of int
        Units of each hidden layer; () for none.
    activation, output : str, str or None
        Activation of the hidden layers and of the output; None for the default of the task.
    bias, skip : bool
        Whether there are biases, and connections from the inputs to the outputs.
    cost : str or None
        As in `sheernet.fit`.
    reduction : {"mean", "sum"}
        Whether losses are averaged or summed.
    decay : float
        The weight decay, as in `sheernet.train`; 0 for none.
    method, options : str, dict
        The optimizer and its options.
    starts, seed, scheme : int, int, str
        As in `sheernet.train`.
    weights : tuple of float
        The initial weights, in the order of theta; () for random ones.
    max_iter, gradient_tolerance, patience : int, float, int or None
        The stopping rules.
    row : int
        The row whose passes are shown.
    axes : tuple of str
        The inputs of the response surface, one or two; () for the first two numeric inputs.

    Examples
    --------
    >>> from sheernet.apps.page.page_exercise import Exercise
    >>> exercise = Exercise(data="xor", hidden=(2,), seed=3)
    >>> exercise.query
    'data=xor&hidden=2&seed=3'
    >>> Exercise.from_query(exercise.query) == exercise
    True
    """

    format: Literal["sheernet-exercise"] = "sheernet-exercise"
    version: Literal[1] = 1
    title: str = ""
    task: str = ""
    hidden_controls: tuple[str, ...] = ()
    data: str = "sleep study"
    table: str = ""
    table_name: str = ""
    samples: Literal["rows", "columns"] = "rows"
    inputs: tuple[str, ...] | None = None
    target: str | None = None
    task_kind: Task = "auto"
    validation: float = 0.0
    test: float = 0.0
    missing: Missing = "impute"
    scaling: Scaling = "standardize"
    hidden: tuple[int, ...] = (3,)
    activation: str = "tanh"
    output: str | None = None
    bias: bool = True
    skip: bool = False
    cost: str | None = None
    reduction: Literal["mean", "sum"] = "mean"
    decay: float = 0.0
    method: str = "auto"
    options: dict[str, Any] = {}
    starts: int = 1
    seed: int = 0
    scheme: str = StartSettings.scheme
    weights: tuple[float, ...] = ()
    max_iter: int = StoppingRules.max_iter
    gradient_tolerance: float = StoppingRules.gradient_tolerance
    patience: int | None = None
    row: int = 0
    axes: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Build an exercise from plain values.

        Raises
        ------
        InvalidInput
            If a name is unknown, or a value has the wrong type.
        """
        unknown = [name for name in values if name not in cls.__struct_fields__]
        if unknown:
            raise InvalidInput(
                f"an exercise has no setting {unknown[0]!r:.60}; it has {listed(cls.__struct_fields__)}"
            )
        given = {name: value for name, value in values.items() if value is not None}
        try:
            return msgspec.convert(given, cls)
        except msgspec.ValidationError as error:
            raise InvalidInput(_in_words(error, "the exercise")) from None

    def changed(self, values: Mapping[str, Any]) -> Self:
        """Return a copy with other values; null stands for the default value of a setting."""
        return type(self).of({**msgspec.to_builtins(self), **values})

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read the text of exercise.json.

        Raises
        ------
        InvalidInput
            If it is not JSON, is not an exercise, has a later version, or has a setting that is unknown or not allowed.
        """
        try:
            document = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise InvalidInput(f"the exercise is not valid JSON: {error}") from None
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise InvalidInput(
                f'this is not an exercise: the file must be JSON that has "format": "{FORMAT}"'
            )
        if document.get("version") != VERSION:
            raise InvalidInput(
                f"the exercise has version {document.get('version')!r:.20}, but this sheernet reads version {VERSION}; "
                "install a newer sheernet"
            )
        return cls.of(document)

    def to_json(self) -> str:
        """Return the text of exercise.json: format, version, and the settings that differ from their default values."""
        plain = msgspec.to_builtins(self.without_large_table())
        kept = {"format": FORMAT, "version": VERSION, **_differing(plain)}
        return msgspec.json.format(msgspec.json.encode(kept), indent=2).decode() + "\n"

    @property
    def query(self) -> str:
        """The settings that differ from their default values, as the query string of an address.

        Of a user's table, the address has the name only.  Weights that would make the address too long are omitted.
        """
        fields = _differing(msgspec.to_builtins(msgspec.structs.replace(self, table="")))
        if len(_as_text(fields.get("weights", ()))) > MOST_ADDRESS:
            del fields["weights"]
        return urlencode({k: _as_text(v) for k, v in fields.items()}, quote_via=quote, safe=",")

    @classmethod
    def from_query(cls, query: str) -> Self:
        """Read a query string.

        Raises
        ------
        InvalidInput
            If a name is unknown or a value is not allowed.
        """
        try:
            pairs = dict(parse_qsl(query.lstrip("?#"), keep_blank_values=True, max_num_fields=200))
        except ValueError:
            raise InvalidInput("the address has too many settings") from None
        return cls.of({name: _from_text(name, text) for name, text in pairs.items()})

    def without_large_table(self) -> Self:
        """Return a copy without the text of a user's table that is too large for an exercise."""
        return self if len(self.table) <= MOST_TABLE else msgspec.structs.replace(self, table="")


_DEFAULTS = msgspec.to_builtins(Exercise())


def _differing(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if value != _DEFAULTS[name]}


def _as_text(value: Any) -> str:
    """Format a value for an address: strings unchanged, other values as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)) and value and all(isinstance(each, int) for each in value):
        return ",".join(map(str, value))
    return msgspec.json.encode(value).decode()


_WORDS = {
    name for name, value in _DEFAULTS.items() if isinstance(value, str)
} | {"target", "output", "cost"}  # fmt: skip
"""Settings whose values are strings."""


def _from_text(name: str, text: str) -> Any:
    """Return the value that `_as_text` wrote."""
    if name in _WORDS:
        return text
    if name == "hidden" and not text.startswith("["):
        text = f"[{text}]"
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text  # `of` names the setting and its type


def _in_words(error: msgspec.ValidationError, noun: str) -> str:
    """Return the message of a validation error: "Expected `int`, got `str` - at `$.seed`" names the setting seed."""
    what, _, where = str(error).partition(" - at ")
    name = where.strip("`").removeprefix("$").strip(".") or noun
    what = what.replace("`", "").replace("got", "but got")
    return f"{name}: {what[:1].lower()}{what[1:200]}"
