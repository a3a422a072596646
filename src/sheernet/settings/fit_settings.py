"""All settings of a fit in one object, sorted by subject from a flat list of arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.settings.network_settings import DEFAULT_DECAY, EVIDENCE, NetworkSettings
from sheernet.settings.option import origins
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.table_settings import DEFAULT_HELD_OUT, TableSettings
from sheernet.settings.training_settings import EffortSettings, TrainingSettings

ONE_NETWORK = (
    "method", "max_iter", "gradient_tolerance", "cost_tolerance", "max_evaluations", "validation", "patience", "cost",
    "reduction", "observers", "keep_path", "check",
)  # fmt: skip
"""Settings of the training of a single network: if one of them is given, only one network is trained."""
SHIFTING = ("minmax", "robust")
"""Scaling rules that shift columns, in addition to the default rule."""
UNSHIFTED = "rms"
"""Default scaling rule for networks without biases: the root mean square, as in R's `scale(center = FALSE)`."""


@dataclass(frozen=True, eq=False)
class FitSettings:
    """The settings of `sheernet.fit`, by subject.

    `starts` and `cost_tolerance` belong to `effort`, because their default values depend on the size of the problem.
    The `target` of the stopping rules is not a setting of a fit: the target of a fit is a column.
    `one_network` is not a setting of a fit either: a comparison of methods sets it to train one network by each method.
    """

    table: TableSettings = field(default_factory=TableSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    effort: EffortSettings = field(default_factory=EffortSettings)
    start: StartSettings = field(default_factory=StartSettings)
    rules: StoppingRules = field(default_factory=StoppingRules)
    one_network: bool = False

    def __post_init__(self) -> None:
        if self.network.decay_is_chosen and self.reasons_for_one_network:
            raise InvalidInput(
                "{} chooses networks and their decay, so {} would have no effect; omit it, or give {} as a "
                "number",
                Setting("decay", EVIDENCE), self.reasons_for_one_network[0], Setting("decay"),
            )  # fmt: skip
        if not self.network.bias and self.table.scaling in SHIFTING:
            raise InvalidInput(
                "{} shifts the columns, which acts like a bias; with {}, use {}",
                Setting("scaling", self.table.scaling), Setting("bias", False), Setting("scaling", UNSHIFTED),
            )  # fmt: skip

    @property
    def chooses(self) -> bool:
        """Whether decay and networks are chosen from the data; otherwise one network is trained as specified."""
        decay = self.network.decay
        told = self.one_network or self.reasons_for_one_network
        return self.network.decay_is_chosen or (decay is None and not told)

    @property
    def has_folds(self) -> bool:
        """Whether the training rows are divided among folds."""
        return self.chooses or self.network.decay_is_cross_validated

    @property
    def decay(self) -> Any:
        """The given weight decay, or its default value."""
        if self.network.decay is not None:
            return self.network.decay
        return EVIDENCE if self.chooses else DEFAULT_DECAY

    @property
    def rows(self) -> TableSettings:
        """The settings of the table, with the default fraction of held-out rows and the scaling of its network."""
        table = self.table
        if not self.network.bias and table.scaling == TableSettings.scaling:
            table = replace(table, scaling=UNSHIFTED)
        if table.held_out is not None or table.test is not None:
            return table
        return replace(table, held_out=0.0 if self.chooses else DEFAULT_HELD_OUT)

    @property
    def reasons_for_one_network(self) -> list[Setting]:
        """The given settings that apply only to the training of a single network."""
        given = self.origins()
        names = [name for name in ONE_NETWORK if given[name] == "given"]
        return [Setting(name) for name in (*names, *self.training.options)]

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
        """Return the origin of each setting: "default", or "given" if it differs from the default value."""
        return origins(*self.parts())

    def parts(self) -> Iterator[Any]:
        """Yield the settings objects; if a name occurs in two of them, the later one takes precedence."""
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
    """Return the names of the settings of a class, without the options of an optimizer."""
    return tuple(part.name for part in fields(kind) if part.name != "options")


def names_of_fit() -> tuple[str, ...]:
    """Return the names of all settings of a fit, without duplicates.

    Examples
    --------
    >>> from sheernet.settings.fit_settings import names_of_fit
    >>> "hidden" in names_of_fit(), "target" in names_of_fit()
    (True, False)
    """
    names = (name for kind in _PARTS.values() for name in names_in(kind))
    return tuple(dict.fromkeys(name for name in names if name != "target"))
