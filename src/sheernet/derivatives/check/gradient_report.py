"""GradientReport, the result of a gradient check: as a table, as text, for JSON and for pandas; plots/ draws it.

For each comparison:  analytic g, numeric n, |g - n|, |g - n| / max(|g|, |n|), the uncertainty of the comparison, the
tolerance, a verdict, the kinks nearby.  A comparison is one entry of x, or one direction if there are too many entries.
For the check: a verdict with its criterion in words, the ratio ||g - n|| / ||g + n||, and a diagnosis if it failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.derivatives.comparisons import CRITERION, Comparisons, Power, Verdict
from sheernet.derivatives.diagnosis import Diagnosis
from sheernet.derivatives.problem import Block
from sheernet.foundation.arrays import Array, Indices, read_only
from sheernet.foundation.errors import GradientMismatch
from sheernet.foundation.message_text import counted, wrapped
from sheernet.foundation.optional import import_optional
from sheernet.foundation.plain_data import plain

if TYPE_CHECKING:
    import pandas as pd

MAX_PRINTED_ROWS = 16  # enough for all weights of a 2-3-1 network
LARGEST_PRINTED_RATIO = 1e6


@dataclass(frozen=True)
class Entry:
    """One row of the table of a `GradientReport`.

    Attributes
    ----------
    index : int
        Position in the table, and in theta if every entry was compared.
    name : str
        Name of the entry, such as "W1[1,1]", or of the direction.
    analytic, numeric : float
        The given gradient, and the numerical derivative.
    absolute, relative : float
        |g - n|; and |g - n| / max(|g|, |n|), 0 if both are 0.
    uncertainty : float
        Estimated error of the comparison.
    tolerance : float
        The largest distance that is not a failure.
    verdict : {"pass", "fail", "inconclusive"}
        See the criterion of the report.
    kink : str
        Units whose sign changes within the initial step.  The verdict then comes from a shorter step or, if a kink lies
        at x itself, from the one-sided derivatives.
    """

    index: int
    name: str
    analytic: float
    numeric: float
    absolute: float
    relative: float
    uncertainty: float
    tolerance: float
    verdict: Verdict
    kink: str = ""


@dataclass(frozen=True, eq=False)
class GradientReport:
    """The result of `check_gradient`.

    Attributes
    ----------
    names : tuple of str
        Names of the m comparisons: the P entries, or the directions followed by the worst entries.
    analytic, numeric : ndarray, (m,)
        The given gradient, and the numerical derivatives.
    uncertainty, tolerance : ndarray, (m,)
        Estimated error of each comparison, and the tolerance that follows from it by the criterion.
    verdicts : tuple of str
        "pass", "fail" or "inconclusive" for each comparison.
    verdict : {"pass", "fail", "inconclusive"}
        Verdict of the check: "fail" if a comparison fails or the functions are inconsistent, otherwise "inconclusive"
        if a comparison is or the power of the directions is too low.
    criterion : str
        The meaning of the verdicts, in words.
    method : str
        "complex step" or "central differences".
    findings : tuple of str
        Messages about the functions and the limits of the check; often empty.
    evaluations : int
        Number of evaluations of the function for the derivatives.
    kinks : tuple of str
        The known kinks near x for each comparison, in words; "" if there are none.
    diagnosis : Diagnosis or None
        The kind of mistake, if a comparison failed.
    power : Power or None
        The power of the directions; None if every entry was compared.
    blocks : mapping of str to Block, or None
        The blocks of theta, if every entry was compared.
    size : int
        P, the number of entries of theta.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> report = sn.check_gradient(lambda x: float(np.sum(x**3)), lambda x: 3 * x**2, np.array([1.0, 2.0]))
    >>> report.verdict, report.verdicts, report.worst.verdict
    ('pass', ('pass', 'pass'), 'pass')
    """

    names: tuple[str, ...]
    analytic: Array
    numeric: Array
    uncertainty: Array
    tolerance: Array
    verdicts: tuple[Verdict, ...]
    verdict: Verdict
    criterion: str
    method: str
    findings: tuple[str, ...]
    evaluations: int
    kinks: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None
    power: Power | None = None
    blocks: Mapping[str, Block] | None = None
    size: int = 0

    def __post_init__(self) -> None:
        if not self.kinks:
            object.__setattr__(self, "kinks", ("",) * len(self.names))

    @property
    def absolute(self) -> Array:
        """|g - n| of each comparison, (m,)."""
        with np.errstate(all="ignore"):
            return np.abs(self.analytic - self.numeric)

    @property
    def relative(self) -> Array:
        """|g - n| / max(|g|, |n|) of each comparison, (m,); 0 if both are 0."""
        with np.errstate(all="ignore"):
            size = np.maximum(np.abs(self.analytic), np.abs(self.numeric))
            return np.where(size == 0, 0.0, self.absolute / np.where(size == 0, 1.0, size))

    @property
    def norm_ratio(self) -> float:
        """||g - n|| / ||g + n||: 0 if both norms are 0, inf if only g + n is 0."""
        return _norm_ratio(self.analytic, self.numeric)

    @property
    def norm_ratios(self) -> dict[str, float]:
        """`norm_ratio` of each block, by name; empty unless every entry was compared."""
        blocks = {} if self.blocks is None else self.blocks
        return {
            name: _norm_ratio(self.analytic[block.slice], self.numeric[block.slice])
            for name, block in blocks.items()
        }

    @property
    def table(self) -> list[Entry]:
        """One row per comparison."""
        errors = (self.absolute, self.relative, self.uncertainty, self.tolerance)
        numbers = (column.tolist() for column in (self.analytic, self.numeric, *errors))
        rows = zip(self.names, *numbers, self.verdicts, self.kinks, strict=True)
        return [Entry(i, *row) for i, row in enumerate(rows)]

    @property
    def worst(self) -> Entry:
        """The entry with the worst verdict and, among these, the largest |g - n| / tolerance."""
        return self.table[int(self._order()[0])]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as numbers, strings, lists and dicts for JSON; infinite and missing numbers become None."""
        names = (
            "verdict", "criterion", "method", "norm_ratio", "norm_ratios", "findings", "evaluations",
            "diagnosis", "power", "table",
        )  # fmt: skip
        return plain({name: getattr(self, name) for name in names})

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a pandas DataFrame, one row per comparison, indexed by name."""
        pandas = import_optional("pandas", extra="tables", purpose="data frames")
        return pandas.DataFrame([vars(entry) for entry in self.table]).set_index("name")

    def raise_if_failed(self) -> None:
        """Raise `GradientMismatch` with the report as its message if the verdict is "fail".

        Raises
        ------
        GradientMismatch
        """
        if self.verdict == "fail":
            raise GradientMismatch(str(self))

    def __repr__(self) -> str:  # shown by a notebook for the last line of a cell
        return self.text()

    def __str__(self) -> str:
        return self.text()

    def text(self, verbose: bool = False) -> str:
        r"""Return the report as text.

        Parameters
        ----------
        verbose : bool
            Whether to print the table and the criterion even if the check passes.  By default a pass is one line, plus
            the findings and the power if there are any, and the table if a kink is nearby.

        Examples
        --------
        >>> import sheernet as sn
        >>> report = sn.check_gradient(lambda x: float(x @ x), lambda x: 2 * x, [1.0, 2.0])
        >>> str(report).count("\n"), "criterion" in report.text(), "An entry fails if" in report.text(verbose=True)
        (0, False, True)
        """
        with_table = verbose or self.verdict != "pass" or any(self.kinks)
        with_criterion = verbose or self.verdict != "pass"
        parts = [part for part in (*self.findings, self.power, self.diagnosis) if part is not None]
        return "\n".join(
            [
                *self._headlines(),
                *(wrapped(str(part)) for part in parts),
                *(("", *self._rows()) if with_table else ()),
                *(("", wrapped(self.criterion)) if with_criterion else ()),
            ]
        )

    def _headlines(self) -> list[str]:
        """Return the verdict with its method and norm ratio: one line if the check passes, otherwise two."""
        counts = {
            verdict: self.verdicts.count(verdict) for verdict in ("pass", "fail", "inconclusive")
        }
        shares = ", ".join(f"{n} {verdict}" for verdict, n in counts.items() if n)
        verdict = f"Gradient check: {_emphasized(self.verdict)} ({shares})"
        work = f"{self.method}, {counted(self.evaluations, 'evaluation')}"
        ratio = _ratio_in_words(self.norm_ratio)
        if self.verdict == "pass":
            return [f"{verdict}; {work}; {ratio}"]
        worst = f"worst: {self.worst.name}, relative error {self.worst.relative:.2g}"
        return [verdict, f"Method: {work}; {ratio}; {worst}"]

    def _rows(self) -> list[str]:
        """Return a header and the worst comparisons, in the order of the table, as lines of text."""
        table, shown = self.table, np.sort(self._order()[:MAX_PRINTED_ROWS])
        width = max(5, *(len(self.names[i]) for i in shown))
        lines = [
            f"{'entry':<{width}}  {'analytic':>13}  {'numeric':>13}  {'relative':>8}  {'uncertainty':>11}  verdict"
        ]
        for e in (table[i] for i in shown):
            numbers = f"{e.analytic:>13.6g}  {e.numeric:>13.6g}  {e.relative:>8.1e}  {e.uncertainty:>11.1e}"
            kink = f"  near a kink: {e.kink}" if e.kink else ""
            lines.append(f"{e.name:<{width}}  {numbers}  {_emphasized(e.verdict)}{kink}")
        left = len(table) - len(shown)
        return lines if not left else [*lines, f"... and {left} more, none worse"]

    def _order(self) -> Indices:
        """Return the comparisons from the worst to the best, by verdict, then by |g - n| / tolerance, (m,)."""
        order = ("pass", "inconclusive", "fail")
        rank = np.array([order.index(verdict) for verdict in self.verdicts])
        with np.errstate(all="ignore"):
            excess = self.absolute / np.maximum(self.tolerance, np.finfo(np.float64).tiny)
        return np.lexsort((-np.nan_to_num(excess, nan=np.inf), -rank))


def make_report(comparison: Comparisons, **facts: Any) -> GradientReport:
    """Make the report of some comparisons; `facts` are its other attributes."""
    return GradientReport(
        names=comparison.directions.names,
        analytic=read_only(comparison.analytic),
        numeric=read_only(comparison.numeric),
        uncertainty=read_only(comparison.uncertainty),
        tolerance=read_only(comparison.tolerance),
        verdicts=comparison.verdicts,
        criterion=CRITERION,
        **facts,
    )


def _emphasized(verdict: Verdict) -> str:
    """Return a verdict in capitals unless it is "pass"."""
    return verdict if verdict == "pass" else verdict.upper()


def _ratio_in_words(ratio: float) -> str:
    """Return the norm ratio in words; for g = -n it is a quotient by rounding noise."""
    name = "||g - n|| / ||g + n||"
    if ratio > LARGEST_PRINTED_RATIO:
        return f"{name} > {LARGEST_PRINTED_RATIO:.0e}, as g is close to -n"
    return f"{name} = {ratio:.2g}"


def _norm_ratio(analytic: Array, numeric: Array) -> float:
    g, n = _scaled_together(analytic, numeric)
    above, below = float(np.linalg.norm(g - n)), float(np.linalg.norm(g + n))
    if below == 0:
        return 0.0 if above == 0 else float("inf")
    return above / below


def _scaled_together(a: Array, b: Array) -> tuple[Array, Array]:
    """Divide both arrays by the largest entry of the two, so that norms neither overflow nor underflow."""
    largest = max(float(np.max(np.abs(a), initial=0.0)), float(np.max(np.abs(b), initial=0.0)))
    return (a / largest, b / largest) if 0 < largest < np.inf else (a, b)
