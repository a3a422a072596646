"""All settings of a fit in one object, sorted by subject from a flat list of arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, sentence
from sheernet.settings.network_settings import EVIDENCE, NetworkSettings
from sheernet.settings.option import origins
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.table_settings import TableSettings
from sheernet.settings.training_settings import EffortSettings, TrainingSettings


@dataclass(frozen=True, eq=False)
class FitSettings:
    """The settings of `sheernet.fit`, by subject.

    `starts` and `cost_tolerance` belong to `effort`, because their default values depend on the size of the problem.
    The `target` of the stopping rules is not a setting of a fit: the target of a fit is a column.
    """

    table: TableSettings = field(default_factory=TableSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    effort: EffortSettings = field(default_factory=EffortSettings)
    start: StartSettings = field(default_factory=StartSettings)
    rules: StoppingRules = field(default_factory=StoppingRules)

    def __post_init__(self) -> None:
        watched = self.rules.patience is not None or self.table.validation is not None
        if self.network.decay_is_chosen and watched:
            raise InvalidInput(
                sentence(
                    "{} chooses the decay without validation rows; leave out {} and {}, or give {} as a number",
                    Setting("decay", EVIDENCE), Setting("validation"), Setting("patience"), Setting("decay"),
                )
            )  # fmt: skip

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Sort arguments by subject; the remaining ones become options of the optimizer.

        Parameters
        ----------
        given : mapping
            Arguments of `sheernet.fit` by name, except the table and the target.

        Raises
        ------
        InvalidInput
            If the value of an argument is not allowed.

        Examples
        --------
        >>> from sheernet.settings.fit_settings import FitSettings
        >>> settings = FitSettings.of({"hidden": 3, "max_iter": 9, "learning_rate": 0.1})
        >>> settings.network.hidden, settings.rules.max_iter, settings.training.options
        (3, 9, {'learning_rate': 0.1})
        """
        left = dict(given)
        parts = {
            name: {part: left.pop(part) for part in names_in(kind) if part in left}
            for name, kind in _PARTS.items()
        }
        parts["training"]["options"] = left
        return cls(**{name: _PARTS[name](**parts[name]) for name in _PARTS})

    def origins(self) -> dict[str, str]:
        """The origin of each setting: "default", or "given" if it differs from the default value."""
        return origins(*self.parts())

    def parts(self) -> Iterator[Any]:
        """The settings objects; of a name that occurs twice the later one decides."""
        yield from (self.rules, self.start, self.effort, self.training, self.network, self.table)


_PARTS: dict[str, type[Any]] = {
    "table": TableSettings,
    "network": NetworkSettings,
    "training": TrainingSettings,
    "effort": EffortSettings,
    "start": StartSettings,
    "rules": StoppingRules,
}


def names_in(kind: type[Any]) -> tuple[str, ...]:
    """The names of the settings of a class; the options of an optimizer are not among them."""
    return tuple(part.name for part in fields(kind) if part.name != "options")


def names_of_fit() -> tuple[str, ...]:
    """The names of all settings of a fit, without duplicates.

    Examples
    --------
    >>> from sheernet.settings.fit_settings import names_of_fit
    >>> "hidden" in names_of_fit(), "target" in names_of_fit()
    (True, False)
    """
    names = (name for kind in _PARTS.values() for name in names_in(kind))
    return tuple(dict.fromkeys(name for name in names if name != "target"))
