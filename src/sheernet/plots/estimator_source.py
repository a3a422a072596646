"""What a plot shows: the model of a fitted estimator, the member of a model; the error if it cannot.

An estimator shows its model.  It is recognized by its method `to_model`, so that scikit-learn is not needed.
"""

from __future__ import annotations

from typing import Any, Protocol

from sheernet.foundation.errors import InvalidInput
from sheernet.models.member import member_index
from sheernet.models.model import Model


class FittedEstimator(Protocol):
    """An estimator that can return its model, such as `NetClassifier`."""

    def to_model(self) -> Model:
        """Return the model, which makes the same predictions."""


def needed(needs: str, given: object, how: str = "") -> InvalidInput:
    """Build the error for a source that a plot cannot draw.

    Parameters
    ----------
    needs : str
        The plot and what it draws.
    given : object
        The source.
    how : str
        How to get what it draws.

    Returns
    -------
    InvalidInput
        The caller raises it.

    Examples
    --------
    >>> from sheernet.plots.estimator_source import needed
    >>> print(needed("a plot of starts needs Starts", [1.0], "use training.starts"))
    a plot of starts needs Starts, but list was given; use training.starts
    """
    text = f"{needs}, but {type(given).__name__} was given"
    return InvalidInput(f"{text}; {how}" if how else text)


def model_of(source: Any) -> Any:
    """Return the model of a fitted estimator, and any other source unchanged."""
    is_estimator = hasattr(source, "to_model") and not isinstance(source, type)
    return source.to_model() if is_estimator else source


def without_model(source: Any, member: int | None) -> tuple[Any, str]:
    """Return a source of a picture, with a model replaced by a member, and a line for the title if there are several.

    By default, the member has the largest share.

    Raises
    ------
    InvalidInput
        If the member does not exist, or the source has no members.
    """
    if not isinstance(source, Model):
        if member is None:
            return source, ""
        raise needed("member needs a Model", source, "omit it")
    n, index = len(source.members), member_index(source.members, member)
    chosen = source.members[index]
    share = f"with {'the largest' if member is None else 'a'} share in the prediction"
    line = f"network {index + 1} of {n}, {share}: {100 * chosen.share:.0f} %"
    return chosen, line if n > 1 else ""
