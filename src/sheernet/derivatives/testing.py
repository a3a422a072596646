"""assert_gradient, for test suites: raises AssertionError with the report if a gradient is wrong."""

from __future__ import annotations

from typing import Any

from sheernet.derivatives import GradientReport, check_gradient

__all__ = ["assert_gradient"]


def assert_gradient(
    subject: Any, /, *arguments: Any, allow_inconclusive: bool = False, **options: Any
) -> GradientReport:
    """Fail unless a gradient passes `check_gradient`.

    Call it as assert_gradient(objective, theta), as assert_gradient(f, grad, x), or as assert_gradient(problem).

    Parameters
    ----------
    subject, *arguments
        As for `check_gradient`.
    allow_inconclusive : bool, optional
        Whether to accept an inconclusive check.
    **options
        Options of `check_gradient`, such as `method`, `extent`, `seed` and `names`.

    Returns
    -------
    GradientReport
        The report of the accepted check.

    Raises
    ------
    AssertionError
        If the check fails, or is inconclusive and `allow_inconclusive` is False; its message is the report.
    InvalidInput, ShapeMismatch
        If the arguments do not fit together, as for `check_gradient`.

    Examples
    --------
    In a file that pytest runs:

    >>> import sheernet as sn
    >>> def test_my_gradient():
    ...     sn.testing.assert_gradient(lambda x: x[0] ** 2 * x[1], lambda x: [2 * x[0] * x[1], x[0] ** 2], [3.0, 4.0])
    >>> test_my_gradient()
    """
    __tracebackhide__ = True  # pytest then shows the line of the test instead of this file
    report = check_gradient(subject, *arguments, **options)
    allowed = ("pass", "inconclusive") if allow_inconclusive else ("pass",)
    if report.verdict not in allowed:
        raise AssertionError(str(report))
    return report
