"""Load mutants of model files: no traceback, no hang, bounded memory; what loads predicts what its numbers say.

    python scripts/fuzz_models.py --count 10000 --seed 0 --keep FOLDER

Fields and entries of four small models are left out, repeated, moved, or replaced by values of other types, huge,
negative and non-finite numbers, longer and shorter lists, and texts with control characters; some files are cut or have
changed bytes.  What loads is compared with the program of docs/model-file.md, which is run as it stands there.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from fuzzing import Broken, Mutant, main, refused

import sheernet as sn

ROWS: dict[str, list[Any]] = {
    "size": [1.5, 2.5, -0.5, 4.0, 3.25, 0.0, 7.5, 2.0], "color": ["red", "blue", "red", "teal", "blue", "red", "blue", "teal"],
    "wet": [True, False, False, True, True, False, True, False], "day": [f"2026-03-{day:02}" for day in (1, 4, 9, 10, 12, 20, 25, 30)],
}  # fmt: skip
TARGETS: dict[str, list[Any]] = {
    "y": [0.5, 1.25, -3.0, 2.0, 2.5, 0.25, 4.0, 1.0],
    "verdict": ["good", "bad", "bad", "good", "fair", "bad", "good", "fair"],
}
LARGEST_OUTPUT = 1e122
"""The outputs up to which, as the page says, its program computes what a model without a transform predicts."""
DOCUMENTATION = Path(__file__).parents[1] / "docs" / "model-file.md"
Place = tuple[Any, ...]


def frame() -> Any:
    """Return the rows that every model predicts, with dates as dates."""
    import pandas as pd

    return pd.DataFrame(ROWS).assign(day=pd.to_datetime(ROWS["day"]))


@cache
def documented() -> Callable[[Any, dict[str, Any]], list[float]]:
    """Return the function of the program for every model in docs/model-file.md."""
    text = DOCUMENTATION.read_text("utf-8")
    match = re.search(r"^## Python\n.*?```python\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    assert match is not None
    names: dict[str, Any] = {}
    exec(match[1], names)
    return names["predict"]


@cache
def texts() -> tuple[str, ...]:
    """Return the files of three models: two members, one network, one with another cost, and classes."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        found = []
        for target, how in (
            ("y", {}),
            ("y", {"cost": "huber", "activation": "softplus"}),
            ("verdict", {}),
        ):
            table = frame().assign(**{target: TARGETS[target]})
            model = sn.fit(
                table,
                target,
                hidden=2,
                starts=1,
                max_iter=5,
                decay=0.1,
                held_out=0,
                missing="impute",
                **how,
            )
            found.append(model.save(path).read_text("utf-8"))
    first = json.loads(found[0])  # of two members
    member = json.loads(json.dumps(first["members"][0]))
    first["members"][0]["share"], member["share"] = 0.25, 0.75
    member["theta"] = [0.5 * w for w in member["theta"]]
    first["members"].append(member)
    return (json.dumps(first), *found)


def places(node: Any, path: Place = ()) -> list[Place]:
    """Return the paths of all fields and entries."""
    found = [path] if path else []
    if isinstance(node, (dict, list)):
        for key in node if isinstance(node, dict) else range(len(node)):
            found += places(node[key], (*path, key))
    return found


NUMBERS = (0, 1, -1, 2, 3, 7, 0.5, -0.5, 1e-320, 1e-300, 1e20, 1e300, -1e300, 1.7e308, 2**31, 2**53 + 1, 2**63, -(2**63), 10**30,
           math.nan, math.inf, -math.inf)  # fmt: skip
TEXTS = ("", "a", "y", "size", "number", "category", "tanh", "identity", "softmax", "exp", "squared_error", "mean", "sum", "refuse",
         "rare", "red", "\x00", "\x07\x1b[31m", "\x1b]0;title\x07", "\r\n", "\u202e", "\ud800", "\ufeff", "a" * 5000, "=1+1", "NaN", "null",
         "{}", "%s", "🙂")  # fmt: skip
OTHERS: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    [[]],
    [None],
    {"a": 1},
    [1.0],
    [1, 2, 3],
    ["red"],
    [True, False],
)


def change(rng: random.Random, document: Any) -> None:
    """Change one field or entry."""
    everywhere = places(document)
    if rng.random() < 0.6:  # long lists of numbers would take nearly all changes
        everywhere = [place for place in everywhere if not isinstance(place[-1], int)] or everywhere
    place = rng.choice(everywhere)
    node, key, value = at(document, place[:-1]), place[-1], at(document, place)
    kind = rng.randrange(8)
    if kind == 0:
        del node[key]
    elif kind == 1 and isinstance(node, dict):
        node[rng.choice((*TEXTS, *node))] = value
    elif kind < 5:
        node[key] = rng.choice((NUMBERS, TEXTS, OTHERS)[kind - 2])
    elif kind == 5:
        node[key] = json.loads(json.dumps(at(document, rng.choice(places(document)))))
    else:
        node[key] = _alike(rng, value)


def at(document: Any, place: Place) -> Any:
    """Return the value at a place of a document."""
    for key in place:
        document = document[key]
    return document


def _alike(rng: random.Random, value: Any) -> Any:
    """Return another value of the same kind."""
    if isinstance(value, list):
        return _other_list(rng, value)
    if isinstance(value, dict):
        return dict(rng.sample(list(value.items()), len(value)))
    if isinstance(value, (int, float)):
        return value * rng.choice((-1, 0, 2, 10, 0.5, 1e10, 1e-10, 1e200))
    return rng.choice(TEXTS)


def _other_list(rng: random.Random, values: list[Any]) -> list[Any]:
    """Return a list that is longer, shorter or in another order."""
    kind = rng.randrange(5)
    if kind == 0:
        return values[:-1]
    if kind == 1:
        return values + values[-1:]
    if kind == 2:
        return values[::-1]
    if kind == 3:
        return rng.sample(values, len(values))
    return (values or [0.0]) * rng.choice((2, 3, 1000))


def make(rng: random.Random) -> Mutant:
    """Make a mutant of one of the models."""
    document = json.loads(rng.choice(texts()))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        change(rng, document)
        if not isinstance(document, dict) or not document:
            break
    text = json.dumps(document, ensure_ascii=rng.random() < 0.5, indent=rng.choice((None, 1)))
    if rng.random() < 0.05:
        text = text.replace("1e+308", "1e999").replace("NaN", "1e999")
    if rng.random() < 0.1:
        text = _twice(rng, text)
    content = text.encode("utf-8", "surrogatepass")
    if rng.random() < 0.1:
        content = _other_bytes(rng, content)
    return Mutant("model.json", content)


def _twice(rng: random.Random, text: str) -> str:
    """Repeat a field of a simple value."""
    fields = [*re.finditer(r'"\w+": ?(-?[\d.e+-]+|"[^"\\]*"|true|false|null),', text)]
    if not fields:
        return text
    field = rng.choice(fields)
    return text[: field.end()] + field[0] + text[field.end() :]


def _other_bytes(rng: random.Random, content: bytes) -> bytes:
    data, at = bytearray(content), rng.randrange(len(content))
    kind = rng.randrange(4)
    if kind == 0:
        return bytes(data[:at])
    if kind == 1:
        data[at] ^= 1 << rng.randrange(8)
    elif kind == 2:
        data[at:at] = rng.choice((b"\0", b"\xff", b"{", b"]", b'"', b"1", b"-", b"e", b","))
    else:
        del data[at : at + rng.choice((1, 5, 100))]
    return bytes(data)


def law(mutant: Mutant, path: Path) -> str:
    """Load a mutant and compare its predictions with those of the documented program."""
    try:
        model = sn.load(path)
    except sn.SheernetError as error:
        return refused(error, path)
    repr(model), model.report(), model.report(verbose=True)  # no traceback
    try:
        with np.errstate(all="ignore"):
            if model.task == "regression":
                found = np.asarray(model.predict(frame(), unseen="rare")).reshape(len(frame()), -1)
            else:
                found = model.probabilities(frame(), unseen="rare")
    except sn.SheernetError as error:
        return "loaded, rows " + refused(error, path)
    require_same(json.loads(mutant.content), found)
    return "predicted"


def require_same(document: Any, found: Any) -> None:
    """Raise unless predictions are those of the documented program, to the rounding of their terms."""
    days = [np.datetime64(day).astype("datetime64[D]").astype(int) for day in ROWS["day"]]
    columns = ROWS | {"day": [int(day) for day in days]}
    # Without standard deviations: steps along columns of a factor of 1e198 and a variance of 1e300 would move the
    # predictions, too.  Unseen labels are rare ones, as `law` asks.
    without = {"factor": [], "noise_variance": None}
    encoders = [each | {"unseen": "rare"} for each in document["inputs"]["columns"]]
    document = document | {
        "members": [each | without for each in document["members"]],
        "inputs": document["inputs"] | {"columns": encoders},
    }
    for i, values in enumerate(zip(*columns.values(), strict=True)):
        with np.errstate(all="ignore"):
            expected, _ = documented()(document, dict(zip(columns, values, strict=True)))
        if len(expected) == 1 < found.shape[1]:  # the probability of the second of two classes
            expected = [1 - expected[0], expected[0]]
        if _all_beyond(document["targets"], found[i], expected):
            continue
        size = max(1.0, *(abs(shift) for shift in document["targets"].get("shift", [1.0])))
        if len(expected) != found.shape[1] or not np.allclose(
            found[i], expected, rtol=1e-9, atol=1e-9 * size, equal_nan=True
        ):
            raise Broken(f"row {i} is {found[i].tolist()}, but its numbers say {expected}")


def _all_beyond(targets: dict[str, Any], *predictions: Any) -> bool:
    """Return whether all predictions are larger than the documented program computes to rounding."""
    scale = np.array(targets.get("scale", 1.0), float)
    with np.errstate(all="ignore"):
        return not any((np.abs(each) / scale <= LARGEST_OUTPUT).any() for each in predictions)


if __name__ == "__main__":
    texts()  # fitted once, before the processes begin
    main(make, law, __doc__.splitlines()[0])
