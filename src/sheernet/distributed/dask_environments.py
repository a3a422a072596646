"""Requirements that all workers of a Dask cluster share: the version of sheernet, the engine, the instruction set.

Results of workers are bitwise equal only if engine and instruction set are the same.  If instruction sets differ, all
workers use one that every worker has.  A worker that joins later is compared when it loads shards.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from sheernet.foundation.errors import EngineUnavailable
from sheernet.foundation.message_text import listed
from sheernet.network import Architecture, compiled_extension
from sheernet.objective.costs import Cost
from sheernet.objective.engines.choice import resolve
from sheernet.version import __version__


@dataclass(frozen=True)
class Abilities:
    """The abilities of a worker.

    Parameters
    ----------
    version : str
        The version of sheernet.
    instruction_sets : tuple of str
        Instruction sets of the compiled engine that the machine supports, the widest first; empty without this engine.
    threads : int
        Number of tasks that the worker runs at the same time.
    memory : int
        Bytes that the worker may use; 0 if there is no limit.
    """

    version: str
    instruction_sets: tuple[str, ...]
    threads: int = 1
    memory: int = 0


@dataclass(frozen=True)
class Common:
    """The version, engine and instruction set that all workers use.

    Parameters
    ----------
    version : str
        The version of sheernet.
    engine : {"reference", "compiled"}
        The engine.
    instruction_set : str or None
        The instruction set of the compiled engine.
    """

    version: str
    engine: str
    instruction_set: str | None

    def require(self) -> None:
        """Raise an error unless this process has them."""
        here = abilities()
        if here.version != self.version:
            raise EngineUnavailable(
                f"a worker has sheernet {here.version}, but the fit started with {self.version}: "
                "install the same version on all workers"
            )
        if self.instruction_set is not None and self.instruction_set not in here.instruction_sets:
            raise EngineUnavailable(
                f"a worker joined that does not have the instruction set {self.instruction_set!r} of the others "
                f"({listed(here.instruction_sets) or 'it has no compiled engine'}): start again, so that all workers "
                "use the same"
            )


def abilities() -> Abilities:
    """Return the abilities of this process."""
    sets = (
        ()
        if compiled_extension.load() is None
        else tuple(compiled_extension.NATIVE.instruction_sets())
    )
    return Abilities(__version__, sets)


def terminal() -> tuple[str, int]:
    """Identify the processes that a Ctrl-C in the terminal of this process reaches: machine, and process group."""
    return platform.node(), os.getpgrp() if hasattr(os, "getpgrp") else 0


def ignore_ctrl_c_of(place: tuple[str, int]) -> None:
    """Ignore Ctrl-C in a worker process of that terminal, as in a LocalCluster, so that only the client handles it.

    Otherwise Ctrl-C would end the workers, and the best point could not be evaluated.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and multiprocessing.parent_process() is not None and terminal() == place:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def agree(
    workers: Mapping[str, Abilities], engine: str, architecture: Architecture, cost: Cost,
    wanted: str = "",
) -> tuple[Common, list[str]]:  # fmt: skip
    """Choose the version, engine and instruction set of all workers.

    Parameters
    ----------
    workers : mapping of str to Abilities
        Abilities of the workers, by address.
    engine : {"auto", "reference", "compiled"}
        As for `make_objective`.
    architecture, cost : Architecture and Cost
        The objective.
    wanted : str
        An instruction set; "" for the widest.

    Returns
    -------
    tuple of Common and list of str
        The choice, and a notice if a worker has more abilities.

    Raises
    ------
    EngineUnavailable
        If versions differ, or if workers share no suitable engine or instruction set.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.distributed.dask_environments import Abilities, agree
    >>> workers = {"a": Abilities(sn.__version__, ("avx2", "baseline")), "b": Abilities(sn.__version__, ("baseline",))}
    >>> network = sn.Architecture((2, 1))
    >>> agree(workers, "reference", network, sn.costs.squared_error)[0].engine
    'reference'
    """
    _require_same_version(workers)
    runs = resolve(engine, architecture, cost)
    if runs == "reference":
        return Common(__version__, runs, None), []
    without = [address for address, worker in workers.items() if not worker.instruction_sets]
    if without and engine == "compiled":
        raise EngineUnavailable(
            f"the compiled engine is not available on worker {without[0]}; use engine='auto' or engine='reference'"
        )
    if without:
        notice = (
            f"the reference engine runs, because {_named(without)} not have the compiled engine"
        )
        return Common(__version__, "reference", None), [notice]
    return _common_set(workers, wanted)


def _common_set(workers: Mapping[str, Abilities], wanted: str) -> tuple[Common, list[str]]:
    each = [worker.instruction_sets for worker in workers.values()]
    shared = [name for name in each[0] if all(name in sets for sets in each)]
    if wanted and wanted not in shared:
        raise EngineUnavailable(
            f"SHEERNET_INSTRUCTION_SET is {wanted!r}, but the workers have {listed(shared) or 'none'} in common; "
            "unset it to use the widest"
        )
    if not shared:
        raise EngineUnavailable(
            "the workers have no instruction set in common; use engine='reference', or workers of one kind"
        )
    chosen = wanted or shared[0]
    more = sorted({sets[0] for sets in each} - {chosen})
    notices = []
    if more and not wanted:
        notices = [
            f"all workers use the instruction set {chosen!r}, which each of them has; some have {listed(more)}"
        ]
    return Common(__version__, "compiled", chosen), notices


def _require_same_version(workers: Mapping[str, Abilities]) -> None:
    others = {a: w.version for a, w in workers.items() if w.version != __version__}
    if others:
        address, version = next(iter(others.items()))
        raise EngineUnavailable(
            f"worker {address} has sheernet {version}, but this process has {__version__}: install the same version "
            "on all workers"
        )


def _named(addresses: list[str]) -> str:
    return f"worker {addresses[0]} does" if len(addresses) == 1 else f"{len(addresses)} workers do"
