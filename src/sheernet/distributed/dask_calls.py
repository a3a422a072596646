"""Run functions on the workers of a Dask cluster, wait for them, and report errors in sentences.

Dask repeats a task whose worker was lost.  A failure that Dask cannot repair ends a call with one sentence: the
scheduler is gone, a task killed several workers, nothing arrived for `limit` seconds.  Ctrl-C ends a call within a
tenth of a second.  After every call, completed or not, none of its futures is left on the scheduler.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sheernet.foundation.errors import EngineUnavailable, InvalidInput, SheernetError
from sheernet.foundation.interrupts import raise_if_interrupted
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.optional import import_optional

POLL = 0.1
"""Seconds between two checks for Ctrl-C and for a lost scheduler."""
LIMIT = 900.0
"""Maximum seconds without a result; more than the five minutes after which Dask drops a silent worker."""


def current_client(client: Any = None) -> Any:
    """Return a client, by default the current client of this process.

    Parameters
    ----------
    client : dask.distributed.Client, optional
        The client.

    Raises
    ------
    InvalidInput
        If there is no client, or if it is asynchronous or closed.
    MissingDependency
        If Dask is not installed.
    """
    distributed = import_optional("distributed", extra="dask", purpose="clusters")
    if client is None:
        try:
            client = distributed.default_client()
        except ValueError:
            raise InvalidInput(
                "there is no client of Dask; make one, for example client = dask.distributed.Client(address)"
            ) from None
    if not isinstance(client, distributed.Client):
        raise InvalidInput(
            f"client must be a dask.distributed.Client, but a {type(client).__name__} was given"
        )
    if client.asynchronous:
        raise InvalidInput("the client is asynchronous; use a Client without asynchronous=True")
    if client.status != "running":
        raise InvalidInput(f"the client of Dask is {client.status}; make a new one")
    return client


class DaskCalls:
    """Calls of functions on the workers of a cluster.

    Parameters
    ----------
    client : dask.distributed.Client
        A synchronous client.
    limit : float
        Seconds without a result after which a call ends with an error.
    """

    def __init__(self, client: Any, limit: float = LIMIT) -> None:
        self.client, self.limit = client, limit
        self._labels: dict[Any, str] = {}  # by key, of the futures that are kept

    # --- tasks --------------------------------------------------------------------------------------

    def submit(
        self, name: str, function: Callable[..., Any], *arguments: Sequence[Any], **how: Any
    ) -> list[Any]:
        """Submit function(a[k], b[k], ...) for every k in one message, under keys that are never used again.

        The futures' keys begin with `name`, by which Dask estimates their time; `how` is for `Client.map`.
        """
        call = f"sheernet-{name}-{uuid.uuid4().hex}"
        keys = [(call, k) for k in range(len(arguments[0]))]
        return self.client.map(function, *arguments, key=keys, pure=False, **how)

    def results(self, futures: Sequence[Any], labels: Sequence[str]) -> list[Any]:
        """Wait for results, in the order of the futures.

        Parameters
        ----------
        futures : sequence of Future
            The futures to wait for.
        labels : sequence of str
            Description of the result of each future, for errors: "the sums of shards 0 to 31".

        Raises
        ------
        EngineUnavailable
            If the cluster fails.
        KeyboardInterrupt
            After Ctrl-C, even if it is deferred.
        """
        waiting = self._start_gather(futures)
        done, last = 0, time.monotonic()
        try:
            while True:
                is_done = concurrent.futures.wait([waiting], POLL).done
                self._require_scheduler()
                _require_success(futures)
                if is_done:
                    return list(waiting.result())
                raise_if_interrupted()
                now = sum(future.done() for future in futures)
                if now != done:
                    done, last = now, time.monotonic()
                if time.monotonic() - last > self.limit:
                    raise self._too_late(futures, labels)
        except SheernetError as error:
            raise error.with_traceback(None) from None  # without the traceback of the worker
        except Exception as error:
            raise self._in_words(error, futures, labels) from _cause(error)
        finally:
            waiting.cancel()

    def _start_gather(self, futures: Sequence[Any]) -> concurrent.futures.Future[Any]:
        """Gather futures in the thread of the client, so that this thread can check for Ctrl-C."""

        async def gather() -> Any:  # with "raise", Dask prints an error if this is cancelled
            return await self.client.gather(list(futures), errors="skip", asynchronous=True)

        self._require_scheduler()
        return asyncio.run_coroutine_threadsafe(gather(), self.client.loop.asyncio_loop)

    # --- the cluster ---------------------------------------------------------------------------------

    def ask(self, question: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call a method of the client that queries the scheduler.

        Raises
        ------
        EngineUnavailable
            If the scheduler is gone.
        """
        self._require_scheduler()
        try:
            return question(*arguments, **named)
        except (OSError, concurrent.futures.CancelledError) as error:
            raise self._scheduler_is_gone() from error

    def workers(self) -> dict[str, Any]:
        """The scheduler's information about each worker, by address."""
        return dict(self.ask(self.client.scheduler_info, n_workers=-1)["workers"])

    def running_workers(self) -> list[str]:
        """The addresses of the workers that accept tasks; workers that are paused or about to end do not."""
        return [
            address for address, known in self.workers().items() if known["status"] == "running"
        ]

    def n_threads(self) -> int:
        """The number of threads of all workers, at least 1."""
        return max(1, sum(worker["nthreads"] for worker in self.workers().values()))

    def _require_scheduler(self) -> None:
        if self.client.status != "running":
            raise self._scheduler_is_gone()

    def _scheduler_is_gone(self) -> EngineUnavailable:
        return EngineUnavailable(
            "the scheduler of Dask is gone, so the evaluation has no result; start a cluster and continue from the "
            "checkpoint"
        )

    # --- errors ---------------------------------------------------------------------------------------

    def _too_late(self, futures: Sequence[Any], labels: Sequence[str]) -> EngineUnavailable:
        missing = [
            label for future, label in zip(futures, labels, strict=True) if not future.done()
        ]
        return EngineUnavailable(
            f"nothing arrived from Dask for {self.limit:g} s: {listed(missing, most=4)} missing; "
            f"{counted(len(self.workers()), 'worker')} connected"
        )

    def _in_words(
        self, error: Exception, futures: Sequence[Any], labels: Sequence[str]
    ) -> EngineUnavailable:
        """Describe an error of the cluster in a sentence."""
        from distributed import KilledWorker

        if isinstance(error, KilledWorker):
            here = {future.key: label for future, label in zip(futures, labels, strict=True)}
            label = {**here, **self._labels}.get(error.task, str(error.task))
            return EngineUnavailable(
                f"{label} ended {counted(error.allowed_failures + 1, 'worker')} one after the other, most likely "
                "because their memory is too small; use more or larger workers, or smaller shards"
            )
        if isinstance(error, (asyncio.CancelledError, concurrent.futures.CancelledError)):
            return EngineUnavailable(
                "Dask has dropped the futures of the fit, because the scheduler was restarted or the client closed; "
                "continue from the checkpoint"
            )
        failed = [
            label
            for future, label in zip(futures, labels, strict=True)
            if future.status in ("error", "cancelled")
        ]
        what = listed(failed, most=2) or listed(labels, most=2)
        return EngineUnavailable(f"{what} failed on a worker: {type(error).__name__}: {error}")

    def keep(self, futures: Sequence[Any], labels: Sequence[str]) -> None:
        """Store descriptions of futures, for errors of tasks that need them."""
        self._labels.update({f.key: label for f, label in zip(futures, labels, strict=True)})


def release(futures: Iterable[Any]) -> None:
    """Drop futures from the scheduler, without waiting for running tasks."""
    for future in futures:
        future.release()


def _require_success(futures: Sequence[Any]) -> None:
    """Raise the error of the first future that failed."""
    for future in futures:
        if future.status == "error":
            raise future.exception()
        if future.status == "cancelled":
            raise concurrent.futures.CancelledError


def _cause(error: Exception) -> Exception | None:
    """The error to show as the cause: an error of a function; the sentence explains errors of the cluster."""
    from distributed import KilledWorker

    known = (KilledWorker, asyncio.CancelledError, concurrent.futures.CancelledError)
    return None if isinstance(error, known) else error
