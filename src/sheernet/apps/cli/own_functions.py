"""A function of a person's own, by its name: package.module:name, for `sheernet check --function`.

The module is imported as `python -m` imports: from the current folder first.  What it holds under that name is a
`Problem`, a tuple (f, grad, x) or (f, grad, x, names), or a function without arguments that returns one of these.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheernet.foundation.errors import InvalidInput, SheernetError

if TYPE_CHECKING:
    from sheernet.derivatives import Problem

HOME = Path(__file__).parents[2]  # of sheernet
PYTHON = Path(traceback.__file__).parent
WANTED = "a Problem, a tuple (f, grad, x) or (f, grad, x, names), or a function without arguments that returns one"


@contextmanager
def own_code(name: str) -> Iterator[None]:
    """Run code of a person's own from the current folder; what it raises becomes one sentence with its place.

    Raises
    ------
    InvalidInput
        When it raises something.  An error that does not come from their code is one of ours, and stays as it is.
    """
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        yield
    except (SheernetError, KeyboardInterrupt):
        raise
    except (Exception, SystemExit) as error:
        place = _place(error)
        if place is None:
            raise
        raise InvalidInput(
            f"{name!r} raises {type(error).__name__}: {error} ({place}); call it in Python for the whole traceback"
        ) from error
    finally:
        with suppress(ValueError):  # their code may have changed it
            sys.path.remove(here)


def problem_named(name: str) -> Problem:
    """Import a problem by its name; to be called inside of `own_code`.

    Parameters
    ----------
    name : str
        package.module:name.

    Returns
    -------
    Problem

    Raises
    ------
    InvalidInput, ShapeMismatch
        When there is no such name, or it is not one of the three kinds.
    """
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute):
        raise InvalidInput(
            f"function must be package.module:name, but {name!r} was given; name the module, a colon, and what is in it"
        )
    if module.endswith(".py") or "/" in module or "\\" in module:
        guess = Path(module.replace("\\", "/")).with_suffix("").as_posix().strip("./")
        raise InvalidInput(
            f"function names a module, not a file, but {name!r} was given; write {guess.replace('/', '.')}:{attribute}"
        )
    return _as_problem(name, _found(_imported(module), attribute))


def _imported(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name and (module == missing.name or module.startswith(f"{missing.name}.")):
            raise InvalidInput(
                f"there is no module {module!r} in {str(Path.cwd())!r}, nor among the installed packages; go to the "
                "folder in which it is"
            ) from None
        raise  # one that it imports itself


def _found(module: Any, attribute: str) -> Any:
    found = module
    for part in attribute.split("."):
        if not hasattr(found, part):
            names = [name for name in vars(found) if not name.startswith("_")]
            close = difflib.get_close_matches(part, names, n=1)
            guess = (
                f"did you mean {close[0]!r}?" if close else f"it has {', '.join(names) or 'none'}"
            )
            raise InvalidInput(f"{module.__name__} has no {attribute!r}: {guess}")
        found = getattr(found, part)
    return found


def _as_problem(name: str, found: Any) -> Problem:
    from sheernet.derivatives import Problem

    given = found
    if callable(found):
        _refuse_arguments(name, found)
        given = found()
    if isinstance(given, Problem):
        return given
    if isinstance(given, tuple) and len(given) in (3, 4) and all(map(callable, given[:2])):
        return Problem(*given)
    returns = "returns" if callable(found) else "is"
    raise InvalidInput(f"{name!r} must be {WANTED}, but it {returns} {_described(given)}")


def _refuse_arguments(name: str, found: Any) -> None:
    try:
        inspect.signature(found).bind()
    except ValueError:  # of some builtin functions nothing is known
        return
    except TypeError as error:
        raise InvalidInput(
            f"{name!r} must be {WANTED}, but it needs arguments ({error}); write one that puts the function, "
            "its gradient and a point together"
        ) from None


def _described(value: Any) -> str:
    if isinstance(value, tuple):
        return f"a tuple of {', '.join(type(part).__name__ for part in value) or 'nothing'}"
    return "None" if value is None else f"an object of type {type(value).__name__}"


def _place(error: BaseException) -> str | None:
    """File and line of the last code that is neither ours, NumPy's nor Python's; None where all is."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith("<") and not _is_of_others(Path(frame.filename)):
            return f"{Path(frame.filename).name}, line {frame.lineno}"
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}"
    return None


def _is_of_others(path: Path) -> bool:
    import numpy

    if path.is_relative_to(PYTHON) and not {"site-packages", "dist-packages"} & set(path.parts):
        return True
    return path.is_relative_to(HOME) or path.is_relative_to(Path(numpy.__file__).parent)
