"""How values are written with their uncertainty: ± is two standard deviations everywhere."""

from __future__ import annotations

import math

from sheernet.foundation.words import counted, listed

BAND = 2.0
"""Standard deviations on each side of a value or a curve in its band."""
DIGITS = 2
"""Digits of the half width of a band; the value has as many decimals."""


def band_in_words(n_members: int, weights_known: bool) -> str:
    """What bands include; empty if nothing is known about the uncertainty of predictions.

    Parameters
    ----------
    n_members : int
        Number of networks of the model.
    weights_known : bool
        Whether the covariance of the weights of each network is known.

    Examples
    --------
    >>> from sheernet.models.explaining.bands import band_in_words
    >>> band_in_words(8, True)
    '2 standard deviations among 8 networks and of their weights'
    """
    sources = ["among " + counted(n_members, "network")] * (n_members > 1)
    sources += ["of their weights" if sources else "of the weights"] * weights_known
    return f"{BAND:g} standard deviations {listed(sources)}" if sources else ""


def with_band(mean: float, std: float | None, signed: bool = False) -> str:
    """Write a value and the half width of its band, with the decimals that the band allows.

    Parameters
    ----------
    mean : float
        The value.
    std : float or None
        Its standard deviation; None if it is not known.
    signed : bool
        Whether positive values have a sign.

    Examples
    --------
    >>> from sheernet.models.explaining.bands import with_band
    >>> with_band(-289.13, 30.2), with_band(1.2345, 0.0561, signed=True), with_band(1957.4, None)
    ('-289 ± 60', '+1.23 ± 0.11', '1957')
    """
    sign = "+" if signed else ""
    if std is None or not std > 0:
        return f"{mean:{sign}.4g}" if std is None else f"{mean:{sign}.4g} ± 0"
    half = BAND * std
    decimals = max(DIGITS - 1 - math.floor(math.log10(half)), 0)
    if decimals > 6 or max(abs(mean), half) >= 1e6:
        return f"{mean:{sign}.4g} ± {half:.{DIGITS}g}"
    rounded = round(mean, decimals) + 0.0  # no -0
    return f"{rounded:{sign}.{decimals}f} ± {half:.{decimals}f}"
