"""Errors, except bugs of sheernet, become one sentence: the file, the error, and advice."""

from __future__ import annotations

import errno
import io
import subprocess
import sys
from pathlib import Path

import pytest

from command_lines import FIT


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
