"""`fit_script`: the Python that repeats a fit."""

from __future__ import annotations

from inspect import signature
from pprint import pformat

from sheernet.models.fitting import fit
from sheernet.models.model import Model
from sheernet.models.report import settings_by_origin

WIDTH = 88


def fit_script(model: Model) -> str:
    """Write the call of `sheernet.fit` with the settings that were given; the others had their default values.

    Parameters
    ----------
    model : Model
        A fitted or loaded model.

    Returns
    -------
    str
        A program; it names the file of the table as the fit did.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.apps.html_report.fit_script import fit_script
    >>> table = {"x": [1.0, 2.0, 3.0, 4.0], "y": [2.0, 4.0, 6.0, 8.5]}
    >>> print(fit_script(sn.fit(table, "y", hidden=0, decay=0.0, seed=3)))
    import sheernet as sn
    <BLANKLINE>
    model = sn.fit(
        'the table',
        target='y',
        hidden=[],
        decay=0.0,
        seed=3,
    )
    print(model.report())
    """
    defaults, given = settings_by_origin(model)
    known = signature(fit).parameters
    names = model.targets.names
    settings = {"target": names[0] if len(names) == 1 else list(names), **given}
    if "seed" not in settings and "seed" not in defaults and model.provenance.seed is not None:
        settings["seed"] = model.provenance.seed  # chosen by the fit
    arguments = "".join(
        f"    {name}={_written(value)},\n" for name, value in settings.items() if name in known
    )
    return (
        f"import sheernet as sn\n\nmodel = sn.fit(\n    {model.provenance.data!r},\n{arguments})\n"
        "print(model.report())"
    )


def _written(value: object) -> str:
    return pformat(value, width=WIDTH).replace("\n", "\n        ")
