"""Output of a command: text and notes as it runs, or one JSON document at its end.

{"command": "fit", "exit_code": 0, "result": {...} or null, "notes": [...], "error": {"kind", "message"} or null}
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from sheernet.apps.cli.option_names import as_options
from sheernet.apps.cli.streams import ignoring_closed_pipe, visible, write_bytes, write_text
from sheernet.foundation.errors import SheernetWarning
from sheernet.foundation.message_text import listed
from sheernet.foundation.plain_data import plain

DONE, CHECK_FAILED, BAD_INPUT, INCONCLUSIVE, DEFECT, INTERRUPTED = 0, 1, 2, 3, 70, 130


@dataclass(frozen=True)
class Answer:
    """The result of a command.

    Parameters
    ----------
    result : mapping
        The result as data, for the JSON document.
    exit_code : int
        The exit code of the process.
    """

    result: Mapping[str, Any]
    exit_code: int = DONE


@dataclass(frozen=True)
class Refusal:
    """The reason why a command has no result.

    Parameters
    ----------
    kind : str
        "UsageError", "Interrupted", or the name of the exception.
    message : str
        The message.
    exit_code : int
        The exit code of the process.
    is_of_input : bool
        Whether an input is refused, so that notes on how it was read may explain the reason.
    """

    kind: str
    message: str
    exit_code: int = BAD_INPUT
    is_of_input: bool = False


@dataclass
class Output:
    """The two streams of a command line.

    Parameters
    ----------
    json : bool
        Whether to print one JSON document instead of text.
    quiet : bool
        Whether to print no notices about data, except those that may explain an error.
    command : str or None
        Name of the command, if one was given.
    options : mapping of str to str
        The command's options by their names in Python.
    notes : list of str
        Notes in addition to the results.
    held : list of str
        Notes to print after the results, or before the reason why the input is refused.
    complete : list of str
        Files that were written completely; a command that fails later names those that are `kept`.
    began : float
        When the command began, as a time of `time.monotonic`.
    is_lost : bool
        Whether standard output could not be written.
    """

    json: bool = False
    quiet: bool = False
    command: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    complete: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    is_lost: bool = False

    @property
    def kept(self) -> list[str]:
        """The complete files that were not deleted meanwhile."""
        return [path for path in self.complete if Path(path).exists()]

    def say(self, text: str, end: str = "\n") -> None:
        """Print a part of the result."""
        if not self.json:
            _write(sys.stdout, text + end)

    def say_styled(self, text: str) -> None:
        """Print text of sheernet itself, which may contain the codes of colors."""
        if not self.json and sys.stdout is not None:
            with ignoring_closed_pipe(sys.stdout):
                write_text(sys.stdout, text)

    def say_file(self, text: str) -> None:
        """Print the content of a file in UTF-8, unchanged; on a terminal as other text."""
        if self.json:
            return
        if getattr(sys.stdout, "buffer", None) is None or sys.stdout.isatty():
            _write(sys.stdout, text)
            return
        with ignoring_closed_pipe(sys.stdout):
            write_bytes(sys.stdout, text.encode("utf-8", "backslashreplace"))

    def note(self, sentence: str) -> None:
        """Print a note immediately; it names a file that exists even if the command fails later."""
        sentence = as_options(sentence, self.options)
        self.notes.append(sentence)
        self._print_note(sentence)

    def tell(self, sentence: str) -> None:
        """Print a line about the next step, such as its address, on the stream of the progress bar."""
        if self.quiet:
            return
        _write(sys.stderr, f"sheernet: {as_options(sentence, self.options)}\n")

    def note_interrupt(self) -> None:
        """Print the note about Ctrl-C after which there are results."""
        self.note("interrupted; the results so far are kept")

    def note_traceback(self, lines: str) -> None:
        """Print the traceback of a defect."""
        _write(sys.stderr, lines)

    def finish(self, answer: Answer) -> int:
        """End with a result, whose notices are not repeated as notes; return the exit code."""
        told = answer.result.get("notices", ())
        self.notes = [sentence for sentence in self.notes if sentence not in told]
        for sentence in self.held:
            if sentence not in told and not self.quiet:
                self._print_note(sentence)
        self._document(answer.exit_code, answer.result, None)
        return answer.exit_code

    def refuse(self, refusal: Refusal) -> int:
        """End without a result, with the reason and the files that are complete; return the exit code."""
        complete = f"; complete: {listed(self.kept)}" if self.kept else ""
        error = {"kind": refusal.kind, "message": refusal.message + complete}
        is_printed = self.json and not self.is_lost
        try:
            self._document(refusal.exit_code, None, error)
        except OSError:  # the document itself cannot be written
            is_printed = False
        if refusal.is_of_input:
            for sentence in self.held:
                self._print_note(sentence)
        if not is_printed and refusal.message:
            _write(sys.stderr, f"sheernet: {error['message']}\n")
        return refusal.exit_code

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Turn each `SheernetWarning` into a note, without duplicates and without a place in the source."""

        def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if not issubclass(category, SheernetWarning):
                usual(message, category, *place, **more)
            elif (sentence := as_options(_text_of(message), self.options)) not in self.notes:
                self.notes.append(sentence)
                self.held.append(sentence)

        with warnings.catch_warnings():
            warnings.simplefilter("always", SheernetWarning)
            usual = warnings.showwarning
            warnings.showwarning = show
            yield

    def _print_note(self, sentence: str) -> None:
        if not self.json:
            _write(sys.stderr, f"sheernet: notice: {sentence}\n")

    def _document(self, exit_code: int, result: Any, error: Mapping[str, str] | None) -> None:
        if self.json:
            document = {
                "command": self.command,
                "exit_code": exit_code,
                "result": result,
                "notes": self.notes,
                "error": error,
            }
            # ASCII only, so that it does not depend on the encoding of the terminal.
            text = json.dumps(plain(document), allow_nan=False, indent=1) + "\n"
            try:
                _write(sys.stdout, text)
            except OSError:  # the next document would go nowhere without an error
                self.is_lost = True
                raise


def _text_of(message: Warning | str) -> str:
    """Return the message of a warning, with its settings."""
    return message if isinstance(message, str) else message.args[0]


def _write(stream: TextIO | None, text: str) -> None:
    """Print text without control characters."""
    if stream is None:  # the process was started without this stream
        return
    with ignoring_closed_pipe(stream):
        write_text(stream, visible(text))
