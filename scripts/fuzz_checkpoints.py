"""Load mutants of checkpoints and of files of fits: each is refused in a sentence, or right, and then resumed.

    python scripts/fuzz_checkpoints.py --count 5000 --seed 0 --keep FOLDER

Arrays of small runs of every method are left out, repeated, exchanged, reshaped, cut, lengthened, converted, or changed
to nan, infinite, huge and negative numbers; some archives are compressed, encrypted, cut or have changed bytes.  What
loads has the arrays of the file and the shapes of the unchanged file, and two more iterations end with a result.
"""

from __future__ import annotations

import io
import random
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from fuzzing import Broken, Mutant, main, refused

import sheernet as sn
from sheernet.models.fitting.fit_file import FitFile
from sheernet.optimizers import METHODS
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.statistics.decay_groups import decay_groups
from sheernet.statistics.evidence_search import maximize_evidence
from sheernet.training import CheckpointFile, fit_objective, load_checkpoint, save_checkpoint

Arrays = dict[str, Any]
Source = tuple[str, bool]
"""A method, or "evidence" for a search, and whether the file is that of a fit."""

KEY = "a fit"
ARCH = sn.Architecture((2, 2, 1))
SIZE = ARCH.n_parameters
X = np.random.default_rng(0).normal(size=(12, 2))
OBJECTIVE = sn.make_objective(ARCH, X, np.sin(2 * X[:, :1]), decay=1e-3)
STARTS = np.random.default_rng(1).normal(size=(2, SIZE))
SHAPES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("theta", "gradient", "velocity", "first", "second", "s", "y", "scales"), (SIZE,)),
    **dict.fromkeys(("inverse_hessian", "matrix"), (SIZE, SIZE)),
    **dict.fromkeys(("thetas", "gradients", "decays"), (-1, SIZE)),
    **dict.fromkeys(("lengths", "objectives", "changes", "log_evidences"), (-1,)),
    "rows": (-1, 11), "texts": (-1, 3),
}  # fmt: skip
"""The shapes of the arrays of a file by the last part of their names, -1 for any length; all others are numbers."""
ITERATIONS = {"hybrid later": 12}
"""Iterations of a saved run, if not 4."""
ITERATIONS_OF_FITS = {"evidence": 160}
"""Iterations after which the process of a fit ends, if not 3 in its second run."""
SOURCES: tuple[Source, ...] = tuple(
    (name, of_fit)
    for name in (*METHODS, "hybrid later", "evidence")
    for of_fit in (False, True)
    if of_fit or name != "evidence"
)


class _Stops(Exception):
    """The end of a process."""


class _Stopping(FitFile):
    """A file of a fit whose process ends after a number of iterations."""

    left = -1

    def __call__(self, step: Any, row: Any) -> None:
        super().__call__(step, row)
        self.left -= 1
        if self.left == 0:
            raise _Stops


def _fit(file: FitFile, name: str, iterations: int) -> Any:
    """Go on with a fit of two starts, or with a search for the evidence; return the weights, (n, P)."""
    if name == "evidence":
        kept: dict[str, Any] = {"fit": file.fit_jobs, "state": file.search}
        groups = decay_groups(ARCH)
        return maximize_evidence(
            OBJECTIVE, STARTS, groups, max_updates=2, keep=file.keep_search, **kept
        ).thetas

    def one(start: Any, begun: Any, rules: StoppingRules, observers: Any) -> Any:
        given = start if begun is None else begun
        method = name.split()[0]
        return fit_objective(OBJECTIVE, [given], method, **vars(rules), observers=observers)

    fits = file.run_each([partial(one, start) for start in STARTS], StoppingRules(iterations))
    return fits[fits.best].theta[None]


@cache
def content_of(source: Source) -> bytes:
    """Return the unchanged file of a source."""
    name, of_fit = source
    iterations = ITERATIONS.get(name, 4)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.npz"
        if of_fit:
            file = _Stopping(path, KEY, SIZE)
            file.left = ITERATIONS_OF_FITS.get(name, iterations + 3)
            with suppress(_Stops):
                _fit(file, name, iterations)
        else:
            run = fit_objective(OBJECTIVE, STARTS[:1], name.split()[0], max_iter=iterations)[0]
            assert run.state is not None
            save_checkpoint(path, run.state)
        return path.read_bytes()


def arrays_in(content: bytes) -> Arrays:
    """Return the arrays of an unchanged file, or of a mutant that was loaded."""
    with np.load(io.BytesIO(content)) as archive:
        return {name: archive[name] for name in archive.files}


# --- mutants -----------------------------------------------------------------------------------------


def make(rng: random.Random) -> Mutant:
    """Make a mutant of one of the files."""
    source = rng.choice(SOURCES)
    content = content_of(source)
    if rng.random() < 0.8:
        arrays = arrays_in(content)
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            _change(rng, arrays)
        buffer = io.BytesIO()
        save = np.savez_compressed if rng.random() < 0.05 else np.savez
        save(buffer, **arrays)  # type: ignore[arg-type]
        content = buffer.getvalue()
    if rng.random() < 0.3:
        content = _other_bytes(rng, content)
    return Mutant("checkpoint.npz", content, source)


def _change(rng: random.Random, arrays: Arrays) -> None:
    """Change, leave out, add or exchange an array."""
    names = [name for name in arrays if name not in ("format", "key")]
    if not names:
        return
    name, kind = rng.choice(names), rng.randrange(10)
    array = np.asarray(arrays[name])
    if kind == 0:
        del arrays[name]
    elif kind == 1:
        arrays[rng.choice((f"{name}.0", f"{name}x", name.rpartition(".")[0] + ".more"))] = array
    elif kind == 2:
        other = rng.choice(names)
        arrays[name], arrays[other] = arrays[other], arrays[name]
    elif kind <= 5:
        arrays[name] = _of_other_shape(rng, array)
    elif kind == 6:
        dtype = rng.choice(("f4", "f8", ">f8", "i8", "u8", "i1", "?", "c16", "U3", "S8", "M8[s]"))
        arrays[name] = _or_same(lambda: array.astype(dtype), array)
    else:
        arrays[name] = _of_other_values(rng, array)


def _of_other_shape(rng: random.Random, array: Any) -> Any:
    flat = array.ravel()
    return rng.choice(
        (
            flat[:-1], flat[:0], np.resize(flat, flat.size + 1), flat, array[None], array[..., None], array.T,
            np.resize(flat, (SIZE, SIZE)), np.resize(flat, SIZE), np.resize(flat, ()), np.resize(flat, 100_000),
        )
    )  # fmt: skip


def _of_other_values(rng: random.Random, array: Any) -> Any:
    """Replace an entry, or all, by an extreme number."""
    value = rng.choice(
        (0, -1, 1, 2, 7, 50, 2**31, 2**53, 2**62, -(2**63), 0.5, -0.0, 1e-310, 1e300, -1e300, np.nan, np.inf, -np.inf)
    )  # fmt: skip
    changed = np.array(array)
    where: Any = ... if rng.random() < 0.3 or not array.size else _place(rng, array)

    def assign() -> Any:
        changed[where] = value
        return changed

    with np.errstate(all="ignore"):
        return _or_same(assign, array)


def _place(rng: random.Random, array: Any) -> Any:
    return np.unravel_index(rng.randrange(array.size), array.shape)


def _or_same(change: Callable[[], Any], array: Any) -> Any:
    """Return a changed array, or the same one if its type does not allow the change."""
    try:
        with np.errstate(all="ignore"):
            return change()
    except (TypeError, ValueError, OverflowError, Warning):
        return array


def _other_bytes(rng: random.Random, content: bytes) -> bytes:
    """Change bytes anywhere, or fields of the directory of an archive."""
    data, at = bytearray(content), rng.randrange(len(content))
    kind = rng.randrange(6)
    if kind == 0:
        return bytes(data[:at])
    if kind == 1:
        for _ in range(rng.choice((1, 3))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == 2:
        del data[at : at + rng.choice((1, 5, 100))]
    elif kind == 3:  # shapes and types in headers
        old, new = rng.choice(
            ((b"(", b"(9"), (b"',", b"'("), (b"False", b"True "), (b"<f8", b"|O8"), (b",), }", b",9999999999), }"))
        )  # fmt: skip
        places = [i for i in range(len(data)) if data.startswith(old, i)]
        if places:
            i = rng.choice(places)
            data[i : i + len(new)] = new
    else:  # flags, compression, checksum, sizes, offset of an entry of the directory
        entries = [i for i in range(len(data)) if data.startswith(b"PK\1\2", i)]
        if entries:
            i = rng.choice(entries) + rng.choice((8, 10, 16, 20, 24, 28, 42))
            data[i] = rng.choice((0, 1, 8, 9, 12, 255))
    return bytes(data)


# --- the law -----------------------------------------------------------------------------------------


def law(mutant: Mutant, path: Path) -> str:
    """Load a mutant, compare it with its file, and resume it."""
    name, of_fit = mutant.about  # type: ignore[misc]
    try:
        checkpoint = None if of_fit else load_checkpoint(path)
        if of_fit:
            FitFile(path, KEY, SIZE)
    except sn.SheernetError as error:
        if path.name not in str(error):
            raise Broken(f"the message does not name the file: {error}") from error
        return refused(error, path)
    arrays = arrays_in(mutant.content)
    _require_shapes(arrays)
    try:
        if checkpoint is None:
            thetas = _fit(FitFile(path, KEY, SIZE), name, ITERATIONS.get(name, 4))
        else:
            _require_same(arrays, arrays_in(save_checkpoint(path, checkpoint).read_bytes()))
            thetas = fit_objective(OBJECTIVE, [checkpoint], max_iter=2)[0].theta[None]  # in C++
            observers = [CheckpointFile(path, checkpoint)]
            fit_objective(OBJECTIVE, [checkpoint], max_iter=2, observers=observers)  # in Python
            load_checkpoint(path)
    except sn.SheernetError as error:
        return "loaded, resume " + refused(error, path)
    if thetas.shape[1:] != (SIZE,):
        raise Broken(f"the result has weights of shape {thetas.shape}")
    return "resumed"


def _require_shapes(arrays: Arrays) -> None:
    """Raise unless the arrays of a file that was loaded have the shapes in `SHAPES`."""
    for name, array in arrays.items():
        shape = SHAPES.get(name.rpartition(".")[2], ())
        any_or_same = zip(shape, array.shape, strict=False)
        is_same = array.ndim == len(shape) and all(wanted in (-1, n) for wanted, n in any_or_same)
        if not is_same or array.dtype.char not in "dlq?U":
            raise Broken(f"{name} is of {array.dtype} and {array.shape}")


def _require_same(arrays: Arrays, others: Arrays) -> None:
    """Raise unless two files have the same arrays."""
    for name in arrays.keys() | others.keys():
        if name not in arrays or name not in others:
            raise Broken(f"{name} is in one file only")
        if arrays[name].tobytes() != others[name].tobytes():
            raise Broken(f"{name} was changed")


if __name__ == "__main__":
    for each in SOURCES:
        content_of(each)  # run once, before the processes begin
    main(make, law, __doc__.splitlines()[0])
