"""`require_limits`: limits of the settings of an exercise that do not depend on its table."""

from __future__ import annotations

from math import inf

from sheernet.apps.page.page_exercise import MOST_TEXT, Exercise
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.scalars import as_share, as_whole
from sheernet.network import initialize
from sheernet.optimizers.registry import METHODS
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules

MOST_ITERATIONS = 10_000_000
"""Maximum number of iterations of a run; they take an hour or two for small networks."""
MOST_OF_STARTS = 100_000
"""Maximum total number of iterations of several starts; the optimizer keeps 400 bytes per iteration."""
MOST_STARTS = 1000

NO_CONTROLS = (
    "format", "version", "title", "task", "hidden_controls", "table", "table_name", "options", "weights",
)  # fmt: skip
"""Settings of an exercise that have no control on the page."""


def names_of_controls() -> tuple[str, ...]:
    """Return the names of all controls of the page, each once: settings, and options of methods as "options.NAME"."""
    settings = (name for name in Exercise.__struct_fields__ if name not in NO_CONTROLS)
    options = (f"options.{name}" for method in METHODS.values() for name in method.defaults)
    return tuple(dict.fromkeys([*settings, *options]))


def require_limits(exercise: Exercise) -> None:
    """Require that the settings of an exercise that do not depend on its table are in their ranges.

    Raises
    ------
    InvalidInput
        If a setting is out of range.
    """
    if len(exercise.title) > MOST_TEXT or len(exercise.task) > MOST_TEXT:
        raise InvalidInput(f"title and task may have up to {MOST_TEXT} characters each")
    known = names_of_controls()
    for name in exercise.hidden_controls:
        if name not in known:
            raise unknown_name("hidden control", name, known)
    as_share("validation", exercise.validation)
    as_share("test", exercise.test)
    if exercise.validation + exercise.test >= 1.0:
        raise InvalidInput(
            f"validation and test take {exercise.validation + exercise.test:g} of the rows, so none is left to train "
            "on; lower them"
        )
    StartSettings(exercise.starts, exercise.seed, exercise.scheme)
    as_whole("starts", exercise.starts, 1, most=MOST_STARTS)
    as_whole("max_iter", exercise.max_iter, 0, most=MOST_ITERATIONS)
    if exercise.starts > 1 and exercise.starts * exercise.max_iter > MOST_OF_STARTS:
        raise InvalidInput(
            f"{exercise.starts} starts of {exercise.max_iter:,} iterations are more than {MOST_OF_STARTS:,} together; "
            "lower starts or max_iter"
        )
    initialize.get(exercise.scheme)
    StoppingRules(exercise.max_iter, exercise.gradient_tolerance, patience=exercise.patience)
    if not 0.0 <= exercise.decay < inf:
        raise InvalidInput(f"decay must be at least 0, but {exercise.decay:g} was given")
