"""Points of Sobol's sequence against scipy.stats.qmc."""

from __future__ import annotations

import subprocess
import sys


def test_do_not_import_scipy_stats() -> None:
    code = (
        "import sys, numpy as np; from sheernet.statistics.sobol_points import scrambled_points; "
        "scrambled_points(2, 4, np.random.default_rng(0)); sys.exit('scipy.stats' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
