"""What a gradient check found: the numbers first, the text second; pictures of it are in plots/.

For each comparison:  analytic g, numeric n, |g - n|, the same relative to max(|g|, |n|), the uncertainty of the
comparison, the tolerance, a verdict, the kinks nearby.  A comparison is one entry of x, or, where those are too many,
one direction. For all: a verdict with its criterion in words, the one number of the notebook, ||g - n|| / ||g + n||,
and where it failed a diagnosis.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.comparisons.directions import Power
from sheernet.derivatives.comparisons.verdicts import Verdict
from sheernet.derivatives.diagnosis.error_patterns import Diagnosis
from sheernet.derivatives.problem import Block
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import GradientMismatch

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 100
SHOWN = 16  # rows of the printed table: every weight of a network as small as 2-3-1


@dataclass(frozen=True)
class Entry:
    """One row of the table of a `GradientReport`.

    Attributes
    ----------
    index : int
        Position in the table: that in theta, where every entry was compared.
    name : str
        Name of the entry, such as "W1[1,1]", or of the direction.
    analytic, numeric : float
        The gradient that was given, and the derivative from values.
    absolute, relative : float
        Their distance; and that divided by the larger of their absolute values, 0 where both are 0.
    uncertainty : float
        Estimated error of the comparison.
    tolerance : float
        The largest distance that is not a failure.
    verdict : {"pass", "fail", "inconclusive"}
        See the criterion of the report.
    kink : str
        Units whose sign changes within an ordinary step; the entry was then decided by a shorter one, or where one lies
        at x itself, by the derivatives to its two sides.
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
        Of the m comparisons: the P entries, or directions followed by the worst entries.
    analytic, numeric : ndarray, (m,)
        The gradient that was given, and the derivatives from values.
    uncertainty, tolerance : ndarray, (m,)
        Estimated error of each comparison, and what follows from it by the criterion.
    verdicts : tuple of str
        "pass", "fail" or "inconclusive" for each comparison.
    verdict : {"pass", "fail", "inconclusive"}
        For all: "fail" when a comparison or the consistency fails, "inconclusive" when one cannot be decided.
    criterion : str
        What the verdicts mean, in words.
    method : str
        "complex step" or "central differences".
    findings : tuple of str
        Sentences about consistency and about what limits the check; empty when there is nothing to say.
    evaluations : int
        Values of the function that the derivatives took.
    kinks : tuple of str
        The known kinks near x of each comparison, in words; empty where there are none.
    diagnosis : Diagnosis or None
        The kind of mistake, where a comparison failed.
    power : Power or None
        What directions would have seen; None where every entry was compared.
    blocks : mapping of str to Block, or None
        The blocks of theta, where every entry was compared.
    size : int
        P.

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
        """|g - n| / max(|g|, |n|) of each comparison, (m,); 0 where both are 0."""
        with np.errstate(all="ignore"):
            size = np.maximum(np.abs(self.analytic), np.abs(self.numeric))
            return np.where(size == 0, 0.0, self.absolute / np.where(size == 0, 1.0, size))

    @property
    def norm_ratio(self) -> float:
        """The number of the notebook, ||g - n|| / ||g + n||: 0 when both are 0, inf when only g + n is 0."""
        return _norm_ratio(self.analytic, self.numeric)

    @property
    def norm_ratios(self) -> dict[str, float]:
        """The same number for each block, by name; empty where not every entry was compared."""
        blocks = {} if self.blocks is None else self.blocks
        return {
            name: _norm_ratio(self.analytic[block.slice], self.numeric[block.slice])
            for name, block in blocks.items()
        }

    @property
    def table(self) -> list[Entry]:
        """One frozen row for each comparison."""
        columns = (
            self.analytic,
            self.numeric,
            self.absolute,
            self.relative,
            self.uncertainty,
            self.tolerance,
        )
        numbers = (column.tolist() for column in columns)
        rows = zip(self.names, *numbers, self.verdicts, self.kinks, strict=True)
        return [Entry(i, *row) for i, row in enumerate(rows)]

    @property
    def worst(self) -> Entry:
        """The entry that is furthest from its tolerance on the wrong side, or nearest to it on the right one."""
        return self.table[int(self._order()[0])]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain numbers, strings and lists, fit for JSON (an infinite or missing number is None)."""
        return {
            "verdict": self.verdict,
            "criterion": self.criterion,
            "method": self.method,
            "norm_ratio": _plain(self.norm_ratio),
            "norm_ratios": _plain_entries(self.norm_ratios),
            "findings": list(self.findings),
            "evaluations": self.evaluations,
            "diagnosis": None if self.diagnosis is None else vars(self.diagnosis),
            "power": None if self.power is None else _plain_entries(vars(self.power)),
            "table": [_plain_entries(vars(entry)) for entry in self.table],
        }

    def to_frame(self) -> pd.DataFrame:
        """The table as a pandas DataFrame, a row for each entry, by name."""
        from sheernet.foundation.optional import import_optional

        pandas = import_optional("pandas", extra="tables", purpose="data frames")
        return pandas.DataFrame([vars(entry) for entry in self.table]).set_index("name")

    def raise_if_failed(self) -> None:
        """Raise `GradientMismatch` when the verdict is "fail", with the report as its message.

        Raises
        ------
        GradientMismatch
        """
        if self.verdict == "fail":
            raise GradientMismatch(str(self))

    def __str__(self) -> str:
        counts = {
            verdict: self.verdicts.count(verdict) for verdict in ("pass", "fail", "inconclusive")
        }
        verdict = self.verdict if self.verdict == "pass" else self.verdict.upper()
        summary = (
            f"Gradient check: {verdict} ({', '.join(f'{n} {v}' for v, n in counts.items() if n)})"
        )
        facts = f"By {self.method}, {self.evaluations} values; ||g - n|| / ||g + n|| = {self.norm_ratio:.2g}"
        if self.verdict != "pass":
            facts += f"; worst is {self.worst.name}"
        said = [self.power, self.diagnosis]
        sentences = [*self.findings, *(str(part) for part in said if part is not None)]
        filled = [textwrap.fill(sentence, width=WIDTH) for sentence in sentences]
        criterion = textwrap.fill(self.criterion, width=WIDTH)
        return "\n".join([summary, facts, *filled, "", *self._rows(), "", criterion])

    def _rows(self) -> list[str]:
        """The worst entries as lines of text, in the order of theta, under a header."""
        table, shown = self.table, np.sort(self._order()[:SHOWN])
        width = max(6, *(len(self.names[i]) for i in shown))
        lines = [
            f"{'weight':<{width}}  {'analytic':>13}  {'numeric':>13}  {'relative':>8}  {'uncertain':>9}  verdict"
        ]
        for e in (table[i] for i in shown):
            verdict = e.verdict if e.verdict == "pass" else e.verdict.upper()
            numbers = f"{e.analytic:>13.6g}  {e.numeric:>13.6g}  {e.relative:>8.1e}  {e.uncertainty:>9.1e}"
            kink = f"  near a kink: {e.kink}" if e.kink else ""
            lines.append(f"{e.name:<{width}}  {numbers}  {verdict}{kink}")
        left = len(table) - len(shown)
        return lines if not left else [*lines, f"... and {left} more, none worse"]

    def _order(self) -> npt.NDArray[np.intp]:
        """Indices from the worst entry to the best: by verdict, then by distance over tolerance, (P,)."""
        rank = np.array(
            [("pass", "inconclusive", "fail").index(verdict) for verdict in self.verdicts]
        )
        with np.errstate(all="ignore"):
            excess = self.absolute / np.maximum(self.tolerance, np.finfo(np.float64).tiny)
        return np.lexsort((-np.nan_to_num(excess, nan=np.inf), -rank))


def _norm_ratio(analytic: Array, numeric: Array) -> float:
    g, n = _scaled_together(analytic, numeric)
    above, below = float(np.linalg.norm(g - n)), float(np.linalg.norm(g + n))
    if below == 0:
        return 0.0 if above == 0 else float("inf")
    return above / below


def _scaled_together(a: Array, b: Array) -> tuple[Array, Array]:
    """Both divided by their common largest entry, so that norms neither overflow nor underflow."""
    largest = max(float(np.max(np.abs(a), initial=0.0)), float(np.max(np.abs(b), initial=0.0)))
    return (a / largest, b / largest) if 0 < largest < np.inf else (a, b)


def _plain_entries(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value
