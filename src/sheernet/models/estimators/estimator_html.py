"""`ShownInNotebook`: how a notebook shows a fitted estimator.

scikit-learn's diagram of the parameters comes first; then the network, as SVG, beside what the fit found.  Without a
fit there is only the diagram.  Inside a Pipeline, scikit-learn draws the estimator as any other.
"""

from __future__ import annotations

from typing import Any


class ShownInNotebook:
    """A base before `BaseEstimator`: adds `_fit_html()` to scikit-learn's diagram of a fitted estimator."""

    def _fit_html(self) -> str:
        """What the fit found, as HTML; empty if there is no fit."""
        return ""

    def _repr_html_inner(self) -> str:
        base: str = super()._repr_html_inner()  # type: ignore[misc]
        return base + self._fit_html()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        bundle: dict[str, str] = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        if "text/html" in bundle:
            bundle["text/html"] += self._fit_html()
        return bundle
