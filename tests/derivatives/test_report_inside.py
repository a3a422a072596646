"""As test_report.py, by names that are not published."""

from __future__ import annotations

import numpy as np

from derivatives.test_report import report
from sheernet.derivatives.check.gradient_report import MAX_PRINTED_ROWS


class TestText:
    def test_a_long_table_shows_the_worst_in_order_and_counts_the_rest(self):
        n = MAX_PRINTED_ROWS + 5
        wrong = np.where(np.arange(n) == n - 1, 1.5, 1.0)
        verdicts = ["pass"] * (n - 1) + ["fail"]
        lines = str(report(np.ones(n), wrong, verdicts, "fail")).splitlines()
        rows = [line.split()[0] for line in lines if line.startswith("W1")]
        assert len(rows) == MAX_PRINTED_ROWS
        assert rows[-1] == f"W1[{n - 1},0]"
        assert rows == sorted(rows, key=lambda name: int(name[3:-3]))
        assert "... and 5 more, none worse" in lines
