"""Functions of users by name, package.module:name, for `sheernet check --function`.

The module is imported from the current folder first, as `python -m` does.  The name refers to a `Problem`, a tuple
(f, grad, x) or (f, grad, x, names), or a function without arguments that returns one of these.
"""

from __future__ import annotations

import difflib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheernet.foundation.errors import InvalidInput, SheernetError
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import Setting, in_quotes
from sheernet.foundation.user_lines import user_line

if TYPE_CHECKING:
    from sheernet.derivatives import Problem

WANTED = "a Problem, a tuple (f, grad, x) or (f, grad, x, names), or a function without arguments that returns one"


@contextmanager
def own_code(name: str) -> Iterator[None]:
    """Run code of a user from the current folder; its exceptions become one sentence with file and line.

    Raises
    ------
    InvalidInput
        If the code raises an exception.  An exception from code of sheernet is a bug and is raised unchanged.
    """
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        yield
    except (SheernetError, KeyboardInterrupt):
        raise
    except (Exception, SystemExit) as error:
        place = user_line(error)
        if place is None:
            raise
        raise InvalidInput(
            f"{in_quotes(name)} raises {type(error).__name__}: {error} ({place}); call it in Python for the full "
            "traceback"
        ) from error
    finally:
        with suppress(ValueError):  # the user's code may have changed it
            sys.path.remove(here)


def problem_named(name: str) -> Problem:
    """Import a problem by its name, inside of `own_code`.

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
        If the name does not exist, or is not one of the three kinds.
    """
    module, _, attribute = name.partition(":")
    if module.endswith(".py") or "/" in module or "\\" in module:
        guess = Path(module.replace("\\", "/")).with_suffix("").as_posix().strip("./")
        raise InvalidInput(
            "{} needs a module, not a file, but {!r} was given; write {}:{}",
            Setting("function"), name, guess.replace("/", "."), attribute or "NAME",
        )  # fmt: skip
    if not all(part.isidentifier() for part in (*module.split("."), *attribute.split("."))):
        raise InvalidInput(
            "{} must be package.module:name, but {!r} was given", Setting("function"), name
        )
    return _as_problem(name, _resolved(module, attribute))


def _resolved(module: str, attribute: str) -> Any:
    """Return the object of a module by its name, such as "problem" or "Case.problem"."""
    try:
        pkgutil.resolve_name(f"{module}:")
    except ModuleNotFoundError as missing:
        if missing.name and f"{module}.".startswith(f"{missing.name}."):
            raise InvalidInput(
                f"there is no module {in_quotes(module)} in {in_quotes(str(Path.cwd()))} or among the installed "
                "packages; run the command in the folder that holds it"
            ) from None
        raise  # a module that the user's module imports
    try:
        return pkgutil.resolve_name(f"{module}:{attribute}")
    except AttributeError as error:
        names = [name for name in dir(error.obj) if not name.startswith("_")]
        close = difflib.get_close_matches(error.name or attribute, names, n=1)
        guess = (
            f"did you mean {in_quotes(close[0])}?"
            if close
            else f"it has {listed(names) or 'no names'}"
        )
        raise InvalidInput(f"{module} has no {in_quotes(attribute)}: {guess}") from None


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
    raise InvalidInput(f"{in_quotes(name)} must be {WANTED}, but it {returns} {_described(given)}")


def _refuse_arguments(name: str, found: Any) -> None:
    try:
        inspect.signature(found).bind()
    except ValueError:  # some builtin functions have no signature
        return
    except TypeError as error:
        raise InvalidInput(
            f"{in_quotes(name)} must be {WANTED}, but it needs arguments ({error}); write a function that returns "
            "the function, its gradient and a point"
        ) from None


def _described(value: Any) -> str:
    if isinstance(value, tuple):
        return f"a tuple of {listed([type(part).__name__ for part in value]) or 'nothing'}"
    return "None" if value is None else f"an object of type {type(value).__name__}"
