"""A fit of files whose process ends after a number of writings: killed_fit.py FOLDER NUMBER SETTINGS BYTES_TOGETHER."""

from __future__ import annotations

import json
import os
import sys
import warnings
from functools import partialmethod

import sheernet as sn
from sheernet.models.fitting import sharded_fit
from sheernet.models.fitting.fit_file import FitFile

written = 0
write = FitFile._write


def write_and_die(self: FitFile, killed_at: int) -> None:
    """The process ends as by SIGKILL right after a state was written."""
    global written
    write(self)
    written += 1
    if written == killed_at:
        os._exit(9)


def main(folder: str, killed_at: str, settings: str, bytes_together: str) -> None:
    warnings.simplefilter("ignore")
    FitFile._write = partialmethod(write_and_die, int(killed_at))  # type: ignore[method-assign, assignment]
    sharded_fit.BYTES_TOGETHER = int(bytes_together)
    sn.fit(folder, "y", **json.loads(settings))


if __name__ == "__main__":
    main(*sys.argv[1:])
