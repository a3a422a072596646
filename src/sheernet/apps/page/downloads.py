"""`download`: the files that can be downloaded from a session: the model and the exercise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import unknown_name
from sheernet.models.files.saving import encoded

if TYPE_CHECKING:
    from sheernet.apps.page.session import Session


def _model(session: Session) -> bytes:
    return msgspec.json.format(encoded(session.model()), indent=1) + b"\n"


def _exercise(session: Session) -> bytes:
    return session.exercise.to_json().encode()


KINDS: dict[str, Callable[[Session], bytes]] = {"model": _model, "exercise": _exercise}
"""Functions that create the files KIND.json."""


def download(session: Session, kind: str) -> bytes:
    """Return a JSON file of a session.

    Raises
    ------
    InvalidInput
        If there is no such file, or it cannot be created.
    """
    if kind not in KINDS:
        raise unknown_name("download", kind, KINDS)
    with gathered():  # the page shows the same notices
        return KINDS[kind](session)
