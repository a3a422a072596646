"""`fit_script`: the Python that repeats a fit."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from pprint import pformat
from typing import Any

from sheernet.models.fitting import fit
from sheernet.models.fitting.preparation import UNNAMED
from sheernet.models.model import Model
from sheernet.models.report import settings_by_origin

WIDTH = 88


def fit_script(model: Model) -> str:
    """Write the calls that read the table and fit the model, with the arguments that were given.

    The other arguments had their default values.

    Parameters
    ----------
    model : Model
        A fitted or loaded model.

    Returns
    -------
    str
        A program; it names the file of the table as the fit did.  A table that was in memory is called `table`.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.apps.html_report.fit_script import fit_script
    >>> table = {"x": [1.0, 2.0, 3.0, 4.0], "y": [2.0, 4.0, 6.0, 8.5]}
    >>> print(fit_script(sn.fit(table, "y", hidden=0, decay=0.0, seed=3)))
    import sheernet as sn
    <BLANKLINE>
    model = sn.fit(
        table,
        target='y',
        hidden=[],
        decay=0.0,
        seed=3,
    )
    print(model.report())
    """
    defaults, given = settings_by_origin(model)
    names, how = model.targets.names, model.reading.given
    settings = {"target": names[0] if len(names) == 1 else list(names), **given}
    if "seed" not in settings and "seed" not in defaults and model.provenance.seed is not None:
        settings["seed"] = model.provenance.seed  # chosen by the fit
    known = signature(fit).parameters
    settings = {name: value for name, value in settings.items() if name in known}
    is_file = model.provenance.data != UNNAMED
    source = repr(model.provenance.data) if is_file else "table"
    lines = ["import sheernet as sn", ""]
    of_test = model.settings.get("test_read_as")
    if is_file and (how or of_test):
        read = "shards" if "shards" in model.settings else "read_table"
        lines.append(_call(f"table = sn.{read}", source, how))
        source = "table"
    if of_test:
        like = f"    like={source}.read_as,\n)"
        test = _call("test = sn.read_table", repr(settings["test"]), of_test)
        lines.append(test.removesuffix(")") + like)
        settings["test"] = _Name("test")
    return "\n".join([*lines, _call("model = sn.fit", source, settings), "print(model.report())"])


class _Name(str):
    """The name of a variable in a program."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _call(function: str, first: str, others: Mapping[str, Any]) -> str:
    """Return a call with an argument in each line."""
    arguments = [first, *(f"{name}={_written(value)}" for name, value in others.items())]
    return "\n".join([f"{function}(", *(f"    {each}," for each in arguments), ")"])


def _written(value: object) -> str:
    return pformat(value, width=WIDTH).replace("\n", "\n        ")
