"""As test_refusals.py, by names that are not published."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

import sheernet as sn
from command_lines import FIT
from sheernet.apps.cli.refusals import ADVICE, refusal
from sheernet.foundation.sentences import Setting, sentence

LACK = (
    "not enough memory; use fewer rows, columns or hidden units, or increase the limit (ulimit -v)"
)


CODES = sorted(code for code in ADVICE if code is not None)


@pytest.mark.parametrize("code", CODES, ids=lambda code: errno.errorcode[code])
def test_errors_of_the_system_name_the_file_with_advice(code: int) -> None:
    refused = refusal(OSError(code, os.strerror(code), "a b/model.json"), {})
    what, todo = ADVICE[code]
    assert refused.message == f"'a b/model.json' cannot be written: {what}; {todo}"
    assert refused.exit_code == 2


def test_other_errors_of_the_system_have_the_system_s_message() -> None:
    assert refusal(OSError(errno.EXDEV, "Cross-device link", "x"), {}).message == (
        "'x' cannot be written: Cross-device link; choose another place"
    )
    assert refusal(OSError(), {}).message == (
        "'a file' cannot be written: unknown error; choose another place"
    )


@pytest.mark.parametrize(
    ("error", "kind", "message", "code"),
    [
        (sn.InvalidInput(sentence("{} is\n bad", Setting("max_iter"))), "InvalidInput", "--max-iter is bad", 2),
        (sn.MissingDependency("tables need pandas"), "MissingDependency", "tables need pandas", 2),
        (sn.GradientMismatch("wrong"), "GradientMismatch", "wrong", 1),
        (MemoryError(), "MemoryError", LACK, 2),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "MemoryError", LACK, 2),
        (ImportError("libscipy.so: failed to map segment from shared object"), "MemoryError", LACK, 2),
        (RuntimeError("can't start new thread"), "MemoryError", LACK, 2),
        (RuntimeError("std::bad_alloc"), "MemoryError", LACK, 2),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "UnicodeDecodeError",
         ("a text cannot be read or written ('utf-8' codec can't decode byte 0xff in position 0: invalid start byte); "
         "name the encoding of the file with --encoding"), 2),
        (KeyboardInterrupt(), "Interrupted", "interrupted before there were any results", 130),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)  # fmt: skip
def test_other_errors(error: BaseException, kind: str, message: str, code: int) -> None:
    refused = refusal(error, {"max_iter": "--max-iter"})
    assert (refused.kind, refused.message, refused.exit_code) == (kind, message, code)


def test_a_defect_of_sheernet_has_its_own_exit_code_and_a_traceback(run, monkeypatch) -> None:
    from sheernet.apps.cli import fit_command

    def broken(*arguments: object, **more: object) -> None:
        raise ZeroDivisionError("a bug")

    assert refusal(ZeroDivisionError(), {}) is None
    monkeypatch.setattr(fit_command, "prepare_quietly", broken)
    said = run(*FIT)
    assert (said.code, said.out) == (70, "")
    assert said.err.startswith("Traceback (most recent call last):\n")
    assert said.err.splitlines()[-1].startswith(
        "sheernet: ZeroDivisionError: a bug; this is a defect of sheernet, not of your command; please report it"
    )


def test_a_defect_of_sheernet_is_in_the_document_too(run, monkeypatch) -> None:
    from sheernet.apps.cli import fit_command

    def broken(*arguments: object, **more: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(fit_command, "prepare_quietly", broken)
    document = run(*FIT, "--json").document
    assert document["exit_code"] == 70
    assert document["error"]["kind"] == "ZeroDivisionError"
    assert document["error"]["message"].startswith("ZeroDivisionError: a bug; this is a defect")


def test_notes_come_after_results_and_not_before_an_error(
    run, fitted: Path, tmp_path: Path, monkeypatch
) -> None:
    far = (tmp_path / "scores.csv").read_text() + "99.0,9.0,1.0\n"
    (tmp_path / "scores.csv").write_text(far)
    said = run("predict", "scores-fit/model.json", "scores.csv", "-o", "new.csv")
    assert said.code == 0
    assert said.err.startswith("sheernet: notice: asleep: 1 of 41 rows is above ")

    from sheernet.foundation import atomic_files

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic_files, "_write", full)
    said = run("predict", "scores-fit/model.json", "scores.csv", "-o", "newer.csv")
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "sheernet: 'newer.csv' cannot be written: No space left on device; free some space, or write to another disk\n"
    )
