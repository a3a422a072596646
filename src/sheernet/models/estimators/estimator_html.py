"""`ShownInNotebook`: the HTML representation of a fitted estimator in a notebook.

scikit-learn's diagram of the parameters comes first, followed by the network, as SVG, next to the results of the fit.
Before a fit, only the diagram is shown.  Inside a Pipeline, scikit-learn draws the estimator like any other.
"""

from __future__ import annotations

from typing import Any


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
