"""Loads the extension module ``sheernet.network._native``, once, and says why where it cannot.

The extension is missing where sheernet was installed without a C++ compiler; everything then runs on the
reference engine. Who wants that to be an error instead (our CI does) sets SHEERNET_REQUIRE_COMPILED.
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType
from typing import Any

from sheernet.foundation.errors import EngineUnavailable


def _find() -> tuple[ModuleType | None, str | None]:
    """The extension and None, or None and the sentence that says why there is none."""
    name = "sheernet.network._native"
    try:
        return importlib.import_module(name), None
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        reason = (
            "it was not built when sheernet was installed (was there a C++ compiler, GCC or Clang?)"
        )
    except ImportError as error:
        reason = f"it does not load ({error})"
    return None, (
        f"the compiled engine is not available: {reason}, so the reference engine runs; "
        "install GCC or Clang, then reinstall sheernet"
    )


NATIVE: Any  # the module, or None
NATIVE, WHY_NOT = _find()


def load() -> ModuleType | None:
    """Return the extension module, or None where the reference engine has to do.

    Raises
    ------
    EngineUnavailable
        If the extension is not available although SHEERNET_REQUIRE_COMPILED is set (to anything but 0).
    """
    if NATIVE is None and os.environ.get("SHEERNET_REQUIRE_COMPILED", "0") not in ("", "0"):
        raise EngineUnavailable(f"SHEERNET_REQUIRE_COMPILED is set, but {WHY_NOT}")
    return NATIVE
