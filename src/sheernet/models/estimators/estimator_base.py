"""What all estimators share: `keep_arguments` for their constructors, and `ShownInNotebook` for notebooks.

scikit-learn requires that a constructor stores its arguments unchanged.  In the HTML representation of a fitted
estimator, scikit-learn's diagram of the parameters comes first, followed by the network, as SVG, next to the results of
the fit.  Before a fit, only the diagram is shown.  Inside a Pipeline, scikit-learn draws the estimator like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def keep_arguments(estimator: object, given: Mapping[str, Any]) -> None:
    """Store each argument of a constructor, unchecked, in the attribute of the same name.

    Parameters
    ----------
    estimator : object
        The estimator.
    given : mapping of str to object
        ``locals()`` of its constructor.
    """
    for name, value in given.items():
        if name != "self":
            setattr(estimator, name, value)


class ShownInNotebook:
    """A base class before `BaseEstimator` that adds `_fit_html()` to scikit-learn's diagram of a fitted estimator."""

    def _fit_html(self) -> str:
        """Return the results of the fit as HTML; empty before a fit."""
        return ""

    def _repr_html_inner(self) -> str:
        base: str = super()._repr_html_inner()  # type: ignore[misc]
        return base + self._fit_html()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        bundle: dict[str, str] = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        if "text/html" in bundle:
            bundle["text/html"] += self._fit_html()
        return bundle
