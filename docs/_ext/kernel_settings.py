"""Settings of the Jupyter kernels that run lessons and pages: pictures as SVG, sharp on every screen, and no history.

They are in a profile of IPython under generated/, so that a profile of the reader's own changes nothing.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from sphinx.application import Sphinx

SETTINGS = """\
c.InlineBackend.figure_formats = {"svg"}
c.HistoryManager.enabled = False
c.IPKernelApp.log_level = "ERROR"
"""


def write_profile(app: Sphinx) -> None:
    folder = Path(app.srcdir, "generated", "ipython")
    profile = folder / "profile_default" / "ipython_kernel_config.py"
    profile.parent.mkdir(parents=True, exist_ok=True)
    profile.write_text(SETTINGS, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(folder)
    logging.getLogger("traitlets").setLevel(
        logging.WARNING
    )  # nbclient's: a line for each page that is run


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", write_profile)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
