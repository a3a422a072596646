"""Call every function of the compiled extension with wrong arguments: each call returns or raises an ordinary exception.

    python scripts/fuzz_border.py --count 10000 --seed 0

A mutant is a valid call in which one to three arguments, or parts of them, are replaced: other types, shapes, orders,
lengths and alignments, empty and huge ones, numbers out of range, objects of another network, objects whose conversion
changes the list that contains them.  A part of the calls is made in several threads, in a forked process while
another thread fits, with a garbage collection at each allocation, or under interrupts.  `make check-border` runs this
program on an extension that is compiled with the address and undefined-behavior sanitizers, which end the process at the
first wrong read or write.
"""

from __future__ import annotations

import gc
import os
import random
import reprlib
import signal
import threading
import warnings
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import fuzzing
import numpy as np
import threadpoolctl
from fuzzing import Broken, Mutant, main

from sheernet.network import compiled_extension
from sheernet.training.jobs.compiled_fits import lapack_functions

NATIVE = compiled_extension.NATIVE
ORDINARY = (ValueError, TypeError, IndexError, KeyError, OverflowError, MemoryError)
OUTPUTS = ("identity", "identity", "sigmoid", "softmax", "exp", "identity", "identity")
"""The activation of the outputs for each cost."""
NO_VALID_CALL = {"Data", "Fits"}
"""Classes that only functions construct."""
HUGE = 2**24
"""Bytes of an array beyond which no other array is made from it."""
TRIES = 3 if "libasan" in os.environ.get("LD_PRELOAD", "") else 1
"""Forks before a hung one counts: with GCC below 14, the sanitizer's allocator may hang after a fork."""
SLOW = 20_000
"""Rows with which a fit takes longer than the 50 ms after which it polls."""


def settings(method: str, rng: random.Random) -> dict[str, Any]:
    """Return settings of a short fit."""
    return {
        "method": method, "max_iter": 12.0, "gradient_tolerance": 0.0, "cost_tolerance": 0.0,
        "max_evaluations": np.inf, "time_limit": np.inf, "target": -np.inf, "patience": rng.choice([0, 2]),
        "polish": True, "keep_path": rng.random() < 0.5, "only_best": rng.random() < 0.5, "threads": rng.choice([1, 3]),
        "at_a_time": 2, "c1": 1e-4, "c2": 0.9, "memory": 3, "tau": 1e-3, "scaling": "diagonal", "renew": True,
    }  # fmt: skip


class World:
    """A random network with its data and one object of each class, from which valid calls are made."""

    def __init__(self, rng: random.Random, cost: int | None = None, n: int | None = None) -> None:
        numbers = np.random.default_rng(rng.getrandbits(32))
        self.rng, self.cost = rng, rng.randrange(len(OUTPUTS)) if cost is None else cost
        self.n = n or rng.choice([1, 2, 7, 8, 9, 130, 300])
        targets = rng.randint(1, 3)
        hidden = [rng.randint(1, 9) for _ in range(rng.randrange(3))]
        self.sizes = [rng.randint(1, 4), *hidden, targets * (2 if self.cost > 4 else 1)]
        self.activations = [NATIVE.ACTIVATIONS.index("tanh")] * len(hidden)
        self.activations.append(NATIVE.ACTIVATIONS.index(OUTPUTS[self.cost]))
        self.biases, self.skip = [rng.random() < 0.7 for _ in self.activations], rng.random() < 0.3
        self.plan = NATIVE.Plan(self.sizes, self.activations, self.biases, self.skip)
        self.X, self.y = (
            numbers.normal(size=(self.n, self.sizes[0])),
            numbers.random((self.n, targets)),
        )
        self.data, self.set = NATIVE.pack(self.X, self.y), rng.choice(NATIVE.instruction_sets())
        pairs = list(zip(self.sizes, self.sizes[1:], strict=False))
        self.size = sum(i * j + b * j for (i, j), b in zip(pairs, self.biases, strict=True))
        self.size += self.skip * self.sizes[0] * self.sizes[-1]
        self.theta, self.v = numbers.normal(size=(2, self.size))
        self.weights, self.decay = np.full(self.n, 1 / self.n), np.full(self.size, 0.01)
        self.new = [
            self.plan, self.cost, 1.0, self.data, self.weights, self.decay, rng.choice([1, 2]), self.set
        ]  # fmt: skip
        self.objective = NATIVE.Objective(*self.new)
        self.starts = numbers.normal(size=(3, self.size))
        self.method = rng.choice(NATIVE.METHODS)

    @cached_property
    def fits(self) -> Any:
        """Return the result of a fit."""
        return NATIVE.fit(*self.fit({}))

    def fit(self, resumed: dict[int, Any]) -> list[Any]:
        """Return the arguments of a fit."""
        held_out = self.rng.choice([None, self.objective])
        chosen = settings(self.method, self.rng)
        chosen["patience"] *= held_out is not None
        ones = np.ones(self.starts.shape[1])
        units = [(ones, ones, 1.0)] * 3
        return [
            [self.objective] * 3, units, held_out, self.starts, resumed, chosen, lambda *_: True
        ]  # fmt: skip

    def calls(self) -> dict[str, list[Any]]:
        """Return the arguments of a valid call of each function, method and property."""
        objective, theta, best = self.objective, self.theta, self.fits.best_job
        resumed = {best: (self.fits.state(best), self.fits.best(best))}
        packed = [aligned(each) for each in NATIVE.packed(self.data)]
        factor = np.full(self.size * (self.size + 1) // 2, 0.1)
        evaluations = (
            "value", "value_and_gradient", "terms", "gauss_newton", "gradient_outer_product",
            "residuals_and_jacobian", "gradient_magnitude",
        )  # fmt: skip
        return {
            "instruction_sets": [], "build_info": [], "Data": [], "Fits": [],
            "apply": [self.set, "tanh", theta],
            "pack": [self.X, self.y],
            "unpack": [self.data, 0, self.n],
            "packed": [self.data],
            "packed_in_place": [*packed, self.n],
            "Data.n_samples": [self.data],
            "Plan": [self.sizes, self.activations, self.biases, self.skip],
            "Plan.predict": [self.plan, theta, self.X, self.set],
            "Plan.output_variances": [self.plan, theta, factor, self.X, self.set],
            "Objective": self.new,
            "Objective.instruction_set": [objective],
            "Objective.gauss_newton_matrices": [objective],
            "Objective.hessian_vector": [objective, theta, self.rng.choice([self.v, np.outer(self.v, [1.0, 2.0])])],
            "Objective.input_gradient": [objective, theta, self.X],
            **{f"Objective.{name}": [objective, theta] for name in evaluations},
            "use_lapack": [lapack_functions()],
            "fit": self.fit(self.rng.choice([{}, resumed])),
            **{f"Fits.{name}": [self.fits] for name in ("__len__", "ends", "best_job", "reasons")},
            **{f"Fits.{name}": [self.fits, best] for name in ("result", "best", "columns", "path", "has_state", "state")},
        }  # fmt: skip


def bound() -> dict[str, Callable[..., Any]]:
    """Return all functions, classes, methods and properties of the extension, by their names."""
    found = {name: each for name, each in vars(NATIVE).items() if callable(each) and name[0] != "_"}
    for name, owner in [each for each in found.items() if isinstance(each[1], type)]:
        for part, member in vars(owner).items():
            if part[0] != "_" or part == "__len__":
                found[f"{name}.{part}"] = getattr(member, "fget", member)
    return found


def aligned(numbers: Any, by: int = 64, beyond: int = 0) -> Any:
    """Return a copy whose address is `beyond` bytes after a multiple of `by` bytes."""
    room = np.zeros(numbers.nbytes + 2 * by, np.uint8)
    begin = -room.ctypes.data % by + beyond
    copy = room[begin : begin + numbers.nbytes].view(numbers.dtype).reshape(numbers.shape)
    copy[...] = numbers
    return copy


class Hostile:
    """An entry of a list whose conversion to a number or an array empties the list."""

    def __init__(self, victim: Any) -> None:
        self.victim = victim

    def __index__(self) -> int:
        self.victim.clear()
        return 1

    def __float__(self) -> float:
        self.victim.clear()
        return 1.0

    def __dlpack__(self, **_: object) -> Any:
        self.victim.clear()
        return np.ones(3).__dlpack__()


class Bare(NATIVE.Objective if NATIVE is not None else object):  # type: ignore[misc]
    """An objective that is never constructed."""


# --- mutations ---------------------------------------------------------------------------------------------------------


def other_arrays(x: Any, rng: random.Random) -> list[Callable[[], Any]]:
    """Return arrays of another shape, type, order or alignment, or of other numbers."""

    def changed(value: float) -> Any:
        copy = np.array(x, dtype=x.dtype if x.dtype.kind == "f" else np.int64)
        copy.flat[rng.randrange(copy.size) :][:1] = (
            value if copy.dtype.kind == "f" else rng.choice([-1, 2**62])
        )
        return copy

    return [
        lambda: x[:-1], lambda: x[:0], lambda: np.resize(x, (len(x) + rng.choice([1, 1000]), *x.shape[1:])),
        lambda: x[..., :-1], lambda: np.repeat(x, 2, axis=-1), lambda: x[None], x.ravel, lambda: x[0],
        lambda: x.T, lambda: np.asfortranarray(x), lambda: x[::-1], lambda: np.repeat(x, 2, axis=0)[::2],
        lambda: x.reshape(-1, 1), lambda: np.zeros((0, 0)), lambda: np.zeros((0, *x.shape[1:])), lambda: np.array(1.0),
        lambda: aligned(x, beyond=1), lambda: aligned(x, beyond=8), lambda: aligned(x, beyond=4),
        lambda: np.broadcast_to(x[0], (2**40, *x.shape[1:])), lambda: np.empty((2**40, 0)), lambda: np.empty((0, 2**40)),
        *(partial(x.astype, kind) for kind in (">f8", "f4", "c16", "i8", "u8", "?", "O", "U8", "f2", "V8")),
        lambda: np.ma.masked_array(x, np.ones(x.shape, bool)), lambda: x.view(type("Other", (np.ndarray,), {})),
        *(partial(changed, value) for value in (np.nan, np.inf, -np.inf, 1e308, -1.0, 0.0, 5e-324)),
        lambda: memoryview(np.ascontiguousarray(x)), x.tolist, x.tobytes, x.__dlpack__,
    ]  # fmt: skip


def other_numbers(x: float) -> list[Any]:
    """Return numbers out of range and of other types."""
    return [
        -1, 0, 1, x + 1, x - 1, 2 * x, 2**16 + 1, 2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**63, 2**64 - 1, 2**64, 2**70, -(2**63),
        0.5, -1.0, 1e308, 5e-324, np.inf, -np.inf, np.nan, np.int64(3), np.float32(2), 1j, str(x), not x,
    ]  # fmt: skip


def other_lists(x: Any, rng: random.Random, foreign: World) -> list[Callable[[], Any]]:
    """Return lists or tuples of another length, and with a changed, a moved or a hostile entry."""

    def with_entry(make: Callable[[Any], Any]) -> Any:
        copy = list(x)
        if copy:
            at = rng.randrange(len(copy))
            copy[at] = make(copy)
        return copy

    def one_changed() -> Any:
        at = rng.randrange(max(1, len(x)))
        return type(x)(mutated(y, rng, foreign) if i == at else y for i, y in enumerate(x))

    return [
        lambda: x[:-1], lambda: x[:0], lambda: x * 2, lambda: x + x[:1], lambda: x[::-1], lambda: x * 1000, lambda: iter(x),
        lambda: tuple(x) if isinstance(x, list) else list(x), lambda: with_entry(Hostile), lambda: with_entry(lambda y: y),
        *[one_changed] * 8,
    ]  # fmt: skip


def other_dicts(x: dict[Any, Any], rng: random.Random, foreign: World) -> list[Callable[[], Any]]:
    """Return dictionaries without an entry, with another key, and with a changed value."""
    if not x:
        return [lambda: {0: ({}, ())}, lambda: {"x": 1}]
    key = rng.choice(list(x))
    less = {other: value for other, value in x.items() if other != key}
    return [
        dict, lambda: less, lambda: less | {rng.choice([-1, 3, 2**70, "x", None, (), 0.5]): x[key]},
        *[lambda: x | {key: mutated(x[key], rng, foreign)}] * 12,
    ]  # fmt: skip


KEPT: list[Any] = []
"""What polls were given, and keep longer than a call."""


def other_polls(arguments: list[Any]) -> list[Any]:
    """Return callbacks that change the arguments of the fit, begin another one, raise, or return no flag."""

    def keeps(*given: Any) -> bool:
        KEPT.append(given[-1])
        return True

    def clears(*_: object) -> bool:
        for each in arguments:
            if isinstance(each, list | dict):
                each.clear()
        arguments.clear()
        gc.collect()
        return True

    def fits(*_: object) -> bool:
        return bool(NATIVE.fit(*arguments[:-1], lambda *_: False))

    def raises(*_: object) -> bool:
        raise ValueError("planted")

    return [keeps, clears, fits, raises, lambda *_: False, lambda *_: 2, lambda: True, len]


def mutated(value: Any, rng: random.Random, foreign: World, arguments: Any = ()) -> Any:
    """Return another value in the place of an argument or of a part of it."""
    if rng.random() < 0.05:
        return rng.choice(
            [
                None,
                "",
                "x" * 1000,
                b"x",
                [],
                {},
                (),
                0,
                1.5,
                object(),
                len,
                np.zeros(3),
                foreign.objective,
            ]
        )
    if isinstance(value, np.ndarray):
        if value.nbytes > HUGE:  # it was mutated before, and its copy would take minutes
            return value
        try:
            return rng.choice(other_arrays(value, rng))()
        except (
            TypeError,
            ValueError,
            IndexError,
            BufferError,
            MemoryError,
        ):  # there is no such array
            return value[:0] if value.ndim else 0.0
    if isinstance(value, bool | int | float):
        return rng.choice(other_numbers(value))
    if isinstance(value, str):
        return rng.choice(
            ["", value + "x", "x", *NATIVE.METHODS, *NATIVE.instruction_sets(), "\ud800", "\0"]
        )
    if isinstance(value, list | tuple):
        return rng.choice(other_lists(value, rng, foreign))()
    if isinstance(value, dict):
        return rng.choice(other_dicts(value, rng, foreign))()
    if callable(value):
        return rng.choice(other_polls(arguments))
    same = [each for each in vars(foreign).values() if type(each) is type(value)]
    of_class = [Bare.__new__(Bare), type(value), foreign.plan, foreign.data, foreign.fits]
    return rng.choice([*same * 4, *of_class])


def make(rng: random.Random) -> Mutant:
    """Make a call with mutated arguments, and choose how it is made."""
    warnings.simplefilter("ignore")  # until `outcome` restores the filters
    calls, foreign = World(rng).calls(), World(rng)
    name = rng.choices(list(calls), [1 + len(arguments) for arguments in calls.values()])[0]
    slow = name == "fit" and rng.random() < 0.1
    arguments = World(rng, n=SLOW).fit({}) if slow else calls[name]
    if slow:
        arguments[-1] = mutated(arguments[-1], rng, foreign, arguments)
    for _ in range(rng.choice([1, 1, 2, 3]) if arguments and not slow else 0):
        at = rng.randrange(len(arguments))
        arguments[at] = mutated(arguments[at], rng, foreign, arguments)
    if rng.random() < 0.03:
        arguments = rng.choice([arguments[:-1], [*arguments, 0]])
    way = rng.choice([alone] * 8 + [in_threads, in_a_fork, with_collections, under_interrupts])
    call = partial(bound()[name], *arguments)
    described = f"{way.__name__}: {name}({reprlib.repr(arguments)})"
    return Mutant(f"{name}.txt", described.encode("utf-8", "replace"), (way, call, foreign))


# --- ways to call ------------------------------------------------------------------------------------------------------


def alone(call: Callable[[], Any], _: World) -> str:
    """Call; return what happened."""
    try:
        call()
    except ORDINARY as error:
        return type(error).__name__
    return "returned"


def in_threads(call: Callable[[], Any], foreign: World) -> str:
    """Call in three threads at the same time."""
    told: list[str] = []
    threads = [threading.Thread(target=lambda: told.append(alone(call, foreign))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(told) < len(threads):
        raise Broken("a thread ended with an exception that is not ordinary")
    return told[0]


def in_a_fork(call: Callable[[], Any], foreign: World) -> str:
    """Call in a forked process, while another thread of this one fits."""
    for _ in range(TRIES):
        status = status_of_fork(call, foreign)
        if status != signal.SIGKILL:
            break
    if status:
        raise Broken(f"the forked process ended with status {status}")
    return "forked"


def status_of_fork(call: Callable[[], Any], foreign: World) -> int:
    """Return the status with which a forked process ends; SIGKILL if it does not end in 15 seconds."""
    fitting = threading.Thread(target=NATIVE.fit, args=foreign.fit({}))
    fitting.start()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            alone(call, foreign)
            status = 0
        finally:
            os._exit(status)
    patience = threading.Timer(15, os.kill, (child, signal.SIGKILL))
    patience.start()
    status = os.waitpid(child, 0)[1]
    patience.cancel()
    fitting.join()
    return status


def with_collections(call: Callable[[], Any], foreign: World) -> str:
    """Call with a garbage collection at each allocation."""
    before = gc.get_threshold()
    gc.set_threshold(1)
    try:
        return alone(call, foreign)
    finally:
        gc.set_threshold(*before)


def under_interrupts(call: Callable[[], Any], foreign: World) -> str:
    """Call while signals arrive, whose handler raises."""
    armed = [True]

    def interrupt(*_: object) -> None:
        if armed[0]:
            raise ValueError("interrupted")

    signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 1e-3, 1e-3)
        return alone(call, foreign)
    except ValueError:  # between the call and here
        return "ValueError"
    finally:
        armed[0] = False
        signal.setitimer(signal.ITIMER_REAL, 0)


def law(mutant: Mutant, path: Path) -> str:
    """Make the call of a mutant, and those of the functions that it was given."""
    way, call, foreign = mutant.about  # type: ignore[misc]
    told: str = way(call, foreign)
    while KEPT:
        alone(KEPT.pop(), foreign)
    return told


NATIVE.use_lapack(lapack_functions())  # lm needs it, whichever mutant comes first

if __name__ == "__main__":
    fuzzing.SECONDS = 60.0  # with sanitizers
    threadpoolctl.threadpool_limits(1)  # as in fits: threads of OpenBLAS do not survive a fork
    main(make, law, __doc__.partition("\n")[0])
