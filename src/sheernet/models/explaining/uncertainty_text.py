"""Write values with their uncertainty: ± is always two standard deviations."""

from __future__ import annotations

import math

from sheernet.foundation.arrays import Array
from sheernet.foundation.message_text import counted, listed

BAND = 2.0
"""Half the width of a band around a value or a curve, in standard deviations."""
DIGITS = 2
"""Significant digits of the half width of a band; the value has as many decimals as the half width."""


def band_in_words(n_members: int, weights_known: bool) -> str:
    """Describe what bands include; empty if the uncertainty of predictions is not known.

    Parameters
    ----------
    n_members : int
        Number of networks of the model.
    weights_known : bool
        Whether the covariance of the weights of each network is known.

    Examples
    --------
    >>> from sheernet.models.explaining.uncertainty_text import band_in_words
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
        Whether to write the sign of positive values.

    Examples
    --------
    >>> from sheernet.models.explaining.uncertainty_text import with_band
    >>> with_band(-289.13, 30.2), with_band(1.2345, 0.0561, signed=True), with_band(1957.4, None)
    ('-289 ± 60', '+1.23 ± 0.11', '1957')
    """
    sign = "+" if signed else ""
    if std is None or not std > 0:
        return f"{mean:{sign}.4g}" if std is None else f"{mean:{sign}.4g} ± 0"
    half = BAND * std
    decimals = _decimals(half, mean)
    if decimals is None:
        return f"{mean:{sign}.4g} ± {half:.{DIGITS}g}"
    rounded = round(mean, decimals) + 0.0  # no -0
    return f"{rounded:{sign}.{decimals}f} ± {half:.{decimals}f}"


def with_interval(mean: float, std: float | None, coverage: float, low: float, high: float) -> str:
    """Write a value with its band and with an interval of new values, with the same number of decimals.

    Parameters
    ----------
    mean, std : float
        As for `with_band`.
    coverage : float
        Probability of the interval.
    low, high : float
        Ends of the interval.

    Examples
    --------
    >>> from sheernet.models.explaining.uncertainty_text import with_interval
    >>> with_interval(98.04, 5.1, 0.9, 91.187, 104.02)
    '98 ± 10; 90 % interval of new values 91 to 104'
    >>> with_interval(62.8, 0.28, 0.9, 61.262, 64.3)
    '62.80 ± 0.56; 90 % interval of new values 61.26 to 64.30'
    """
    half = BAND * std if std is not None and std > 0 else (high - low) / 2
    decimals = _decimals(half, max(abs(low), abs(high))) if half > 0 else None
    digits = ".4g" if decimals is None else f".{decimals}f"
    ends = " to ".join(f"{end:{digits}}" for end in (low, high))
    return f"{with_band(mean, std)}; {100 * coverage:g} % interval of new values {ends}"


def with_uncertainty(
    mean: float, std: float | None, coverage: float, interval: tuple[Array, Array] | None, k: int
) -> str:
    """Write prediction k with its band, and with its interval of new values, (K,) each, if they are known."""
    if interval is None:
        return with_band(mean, std)
    low, high = (float(end[k]) for end in interval)
    return with_interval(mean, std, coverage, low, high)


def band_note(band: str, has_interval: bool) -> str:
    """Describe ± for the last line of a text; empty if the band is not known.

    Examples
    --------
    >>> from sheernet.models.explaining.uncertainty_text import band_note
    >>> band_note("2 standard deviations of the weights", True)
    '±: 2 standard deviations of the weights, without noise; the interval includes noise'
    """
    more = ", without noise; the interval includes noise" if has_interval else ""
    return f"±: {band}{more}" if band else ""


def _decimals(half: float, mean: float) -> int | None:
    """Number of decimals of a value with this half width of its band; None if the value is too large or small."""
    decimals = max(DIGITS - 1 - math.floor(math.log10(half)), 0)
    return None if decimals > 6 or max(abs(mean), half) >= 1e6 else decimals
