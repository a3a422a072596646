"""Errors, except bugs of sheernet, become one sentence: the file, the error, and advice."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
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


@pytest.mark.usefixtures("without_pictures")
class TestStreams:
    def test_a_broken_pipe_stops_nothing(self, run, tmp_path: Path, monkeypatch) -> None:
        class Gone(io.StringIO):
            def write(self, text: str) -> int:
                raise BrokenPipeError(errno.EPIPE, "Broken pipe")

        monkeypatch.setattr(sys, "stdout", Gone())
        said = run(*FIT)
        assert (said.code, said.err) == (0, "")
        assert (tmp_path / "scores-fit" / "model.json").exists()

    def test_a_process_without_standard_output_writes_its_files(
        self, run, tmp_path: Path, monkeypatch
    ) -> None:
        monkeypatch.setattr(sys, "stdout", None)
        assert run(*FIT).code == 0
        assert (tmp_path / "scores-fit" / "model.json").exists()

    def test_characters_outside_the_encoding_are_escaped(self, run, monkeypatch) -> None:
        content = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, encoding="ascii"))
        assert run(*FIT, "-o", "größe").code == 0
        sys.stdout.flush()
        assert b"\nSaved       gr\\xf6\\xdfe: model.json" in content.getvalue()

    @pytest.mark.parametrize("more", [(), ("--json",)], ids=["text", "json"])
    @pytest.mark.parametrize(
        "command",
        [("info",), ("predict", "scores-fit/model.json", "scores.csv")],
        ids=["info", "predict"],
    )
    def test_a_full_standard_output_is_the_only_message(
        self, run, fitted: Path, tmp_path: Path, monkeypatch, command, more
    ) -> None:
        class Full(io.StringIO):
            def write(self, text: str) -> int:
                raise OSError(errno.ENOSPC, "No space left on device")

        far = (tmp_path / "scores.csv").read_text() + "99.0,9.0,1.0\n"  # predicted with a warning
        (tmp_path / "scores.csv").write_text(far)
        monkeypatch.setattr(sys, "stdout", Full())
        said = run(*command, *more)
        assert said.code == 2
        assert said.err == (
            "sheernet: standard output cannot be written: no space is left on the device; "
            "redirect it to another place\n"
        )

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
    def test_a_full_device_causes_no_message_of_python(self) -> None:
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "sheernet", "info"],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
            )
        assert done.returncode == 2
        assert done.stderr.startswith("sheernet: standard output cannot be written: ")
        assert done.stderr.count("\n") == 1

    def test_a_full_standard_error_changes_nothing(
        self, run, fitted: Path, tmp_path: Path, monkeypatch
    ) -> None:
        class Full(io.StringIO):
            def write(self, text: str) -> int:
                raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(sys, "stderr", Full())
        assert run("fit", "no.csv", "-t", "score").code == 2
        assert run("info").code == 0


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
