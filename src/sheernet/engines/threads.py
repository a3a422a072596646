"""How many threads BLAS may use meanwhile.

Threaded BLAS adds up in another order for another number of threads, so the bits of a training would depend on the
machine; and at the size of these networks its threads wait for each other longer than they work.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any


@contextmanager
def blas_threads(number: int) -> Iterator[None]:
    """Let every BLAS of this process use at most `number` threads.

    Examples
    --------
    >>> from sheernet.engines.threads import blas_threads
    >>> with blas_threads(1):
    ...     pass
    """
    libraries = _libraries(len(sys.modules))
    if all(library.num_threads == number for library in libraries.lib_controllers):
        yield
    else:
        with libraries.limit(limits=number):
            yield


@lru_cache(maxsize=1)
def _libraries(n_modules: int) -> Any:
    """Find every BLAS that is loaded: 0.6 ms, so anew only where modules were imported, which may have brought one."""
    import scipy.linalg  # noqa: F401  # SciPy brings a BLAS of its own, which has to be there to be limited
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
