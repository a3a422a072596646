"""How many threads BLAS may use meanwhile.

Threaded BLAS adds up in another order for another number of threads, so the bits of a training would depend on the
machine; and at the size of these networks its threads wait for each other longer than they work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def blas_threads(number: int) -> Iterator[None]:
    """Let every BLAS of this process use at most `number` threads.

    Examples
    --------
    >>> from sheernet.engines.threads import blas_threads
    >>> with blas_threads(1):
    ...     pass
    """
    import scipy.linalg  # noqa: F401  # SciPy brings a BLAS of its own, which has to be there to be limited
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=number, user_api="blas"):
        yield
