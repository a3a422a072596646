"""The data, network and settings that all methods of a comparison share, as lines of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sheernet.foundation.sentences import sentence
from sheernet.models import report
from sheernet.models.model import Model


def common_setting_lines(
    models: Mapping[str, Model], winner: str | None = None
) -> Iterator[tuple[str, str]]:
    """The data, network and settings of a comparison, as labels and sentences for `sheernet.models.report.lines`.

    Parameters
    ----------
    models : mapping of str to Model
        Models by method, fitted to the same rows.
    winner : str, optional
        The method whose cautions are included.
    """
    first = next(iter(models.values()))
    if winner is not None:
        for caution in report.cautions(models[winner]):
            yield "Caution", sentence("{}: {}", winner, caution)
    for notice in first.notices:
        yield "Notice", notice
    yield from report.problem(first)
    yield "Methods", f"{', '.join(models)} {report.objective(first)}"
    defaults, given = {}, {}
    for name, model in models.items():
        defaults[name], given[name] = (
            {setting: value for setting, value in settings.items() if setting != "method"}
            for settings in report.settings_by_origin(model)
        )
    yield from _lines("Given", given)
    yield from _lines("Defaults", defaults)


def _lines(label: str, settings: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The settings that all methods share, then the settings of single methods."""
    common = shared(list(settings.values()))
    if common:
        yield label, report.values_in_words(common)
        label = ""
    for method, own in settings.items():
        rest = {name: value for name, value in own.items() if name not in common}
        if rest:
            yield label, sentence("{}: {}", method, report.values_in_words(rest))
            label = ""


def shared(settings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The entries that have the same value in all mappings.

    Examples
    --------
    >>> from sheernet.models.comparing.common_settings import shared
    >>> shared([{"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}])
    {'a': 1}
    """
    first, *others = settings
    return {
        name: value
        for name, value in first.items()
        if all(name in other and other[name] == value for other in others)
    }
