"""Import of the compiled extension module ``sheernet.network._native`` (`load`).

If sheernet was installed without a C++ compiler, the extension is missing and everything runs on the reference
engine. Set SHEERNET_REQUIRE_COMPILED to make that an error (as in CI).
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType
from typing import Any

from sheernet.foundation.errors import EngineUnavailable


def _find() -> tuple[ModuleType | None, str | None]:
    """Return the extension and None, or None and the reason why it is not available."""
    name = "sheernet.network._native"
    try:
        return importlib.import_module(name), None
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        reason = "it was not built when sheernet was installed (is a C++ compiler, GCC or Clang, installed?)"
    except ImportError as error:
        reason = f"it does not load ({error})"
    return None, (
        f"the compiled engine is not available: {reason}, so the reference engine runs; "
        "install GCC or Clang, then reinstall sheernet"
    )


NATIVE: Any  # the module, or None
NATIVE, WHY_NOT = _find()


def load() -> ModuleType | None:
    """Return the extension module, or None if it is not available.

    Raises
    ------
    EngineUnavailable
        If the extension is not available and SHEERNET_REQUIRE_COMPILED is set to a value other than 0.
    """
    if NATIVE is None and os.environ.get("SHEERNET_REQUIRE_COMPILED", "0") not in ("", "0"):
        raise EngineUnavailable(f"SHEERNET_REQUIRE_COMPILED is set, but {WHY_NOT}")
    return NATIVE
