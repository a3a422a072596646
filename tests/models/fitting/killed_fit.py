"""A fit of files whose process ends after a number of writings: killed_fit.py FOLDER NUMBER SETTINGS BYTES_TOGETHER."""

from __future__ import annotations

import json
import os
import sys
import warnings
from typing import Any

import sheernet as sn
from sheernet.models.fitting import sharded_fit
from sheernet.models.fitting.fit_file import FitFile

folder, killed_at, settings = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
written = 0
write = FitFile._write


def write_and_die(self: FitFile) -> None:
    """The process ends as by SIGKILL right after a state was written."""
    global written
    write(self)
    written += 1
    if written == killed_at:
        os._exit(9)


def main(**given: Any) -> None:
    warnings.simplefilter("ignore")
    FitFile._write = write_and_die  # type: ignore[method-assign]
    sharded_fit.BYTES_TOGETHER = int(sys.argv[4])
    sn.fit(folder, "y", **given)


if __name__ == "__main__":
    main(**settings)
