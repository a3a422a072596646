"""Completion in a shell of values that are not a fixed choice; the library's names are imported when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

Completion = Callable[[str], Iterator[str]]


def completing(names: Callable[[], Iterable[str]]) -> Completion:
    """Complete a name.

    Examples
    --------
    >>> from sheernet.apps.cli.completion import completing
    >>> list(completing(lambda: ["lm", "lbfgs", "gd"])("l"))
    ['lm', 'lbfgs']
    """

    def complete(incomplete: str) -> Iterator[str]:
        return (name for name in names() if name.startswith(incomplete))

    return complete


def completing_list(names: Callable[[], Iterable[str]]) -> Completion:
    """Complete the last name of a comma-separated list.

    Examples
    --------
    >>> from sheernet.apps.cli.completion import completing_list
    >>> list(completing_list(lambda: ["lm", "lbfgs", "gd"])("gd,l"))
    ['gd,lm', 'gd,lbfgs']
    """

    def complete(incomplete: str) -> Iterator[str]:
        before, comma, last = incomplete.rpartition(",")
        return (f"{before}{comma}{name}" for name in completing(names)(last))

    return complete


def methods() -> list[str]:
    """Return names of optimizers."""
    from sheernet.optimizers.registry import METHODS
    from sheernet.optimizers.scipy_methods import SCIPY_METHODS

    return ["auto", *METHODS, *(f"scipy:{name}" for name in SCIPY_METHODS)]


def activations() -> list[str]:
    """Return names of activations of hidden layers."""
    from sheernet.network.activations import ALL

    return list(ALL)


def outputs() -> tuple[str, ...]:
    """Return names of output activations of numbers."""
    from sheernet.models.output_layer import OF_NUMBERS

    return OF_NUMBERS


def costs() -> list[str]:
    """Return names of costs."""
    from sheernet.objective.costs import ALL

    return list(ALL)
