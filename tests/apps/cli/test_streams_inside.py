"""As test_streams.py, by names that are not published."""

from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path

import pytest

from sheernet.apps.cli.output import Output
from sheernet.apps.cli.streams import visible, write_bytes, write_text

ANYTHING = "".join(map(chr, [*range(0x250), 0x202E, 0x2066, 0x2028, 0x20AC, 0x1F600, 0xDC80]))


class Short(io.RawIOBase):
    """An unbuffered stream that takes a few bytes of each write, and sometimes none."""

    def __init__(self) -> None:
        self.content = b""
        self.calls = 0

    def writable(self) -> bool:
        return True

    def write(self, part) -> int:
        self.calls += 1
        taken = bytes(part)[: self.calls % 7]
        self.content += taken
        return len(taken)


def unbuffered(raw: io.RawIOBase, encoding: str = "utf-8") -> io.TextIOWrapper:
    """A text stream as Python makes it with PYTHONUNBUFFERED=1."""
    return io.TextIOWrapper(raw, encoding=encoding, write_through=True)


@pytest.mark.parametrize("way", ["say", "say_file", "note", "json"])
@pytest.mark.parametrize("buffered", [False, True])
def test_short_writes_are_continued(monkeypatch, way: str, buffered: bool) -> None:
    raw = Short()
    stream = (
        io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8") if buffered else unbuffered(raw)
    )
    monkeypatch.setattr(sys, "stderr" if way == "note" else "stdout", stream)
    output, text = Output(json=way == "json"), "äb" * 5000
    if way == "json":
        from sheernet.apps.cli.output import Answer

        output.finish(Answer({"text": text}))
        assert raw.content.endswith(b"}\n")
        assert raw.content.count(b"\\u00e4b") == 5000
        return
    getattr(output, way)(text)
    assert raw.content.decode().count(text) == 1
    assert len(raw.content) < len(text.encode()) + 30


@pytest.mark.skipif(os.name == "nt", reason="non-blocking pipes of POSIX")
@pytest.mark.parametrize("write_through", [False, True])
def test_a_pipe_that_does_not_block_gets_everything(write_through: bool) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    content = os.urandom(1_000_000)
    found: list[bytes] = []
    with os.fdopen(reader, "rb") as source:
        listening = threading.Thread(target=lambda: found.append(source.read()))
        raw = os.fdopen(writer, "wb", buffering=0 if write_through else -1)
        with io.TextIOWrapper(raw, encoding="utf-8", write_through=write_through) as stream:
            listening.start()
            write_bytes(stream, content)
        listening.join()
    assert found == [content]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("write_through", [False, True])
def test_a_full_device_is_an_error(write_through: bool) -> None:
    with Path("/dev/full").open("wb", buffering=0 if write_through else -1) as raw:
        stream = io.TextIOWrapper(raw, encoding="utf-8", write_through=write_through)
        with pytest.raises(OSError, match="No space left"):
            write_text(stream, "x")
        stream.detach()


def test_control_characters_are_escaped_and_others_kept() -> None:
    shown = visible(ANYTHING)
    assert "\n" in shown
    assert "\t" in shown
    assert all(character.isprintable() or character in "\n\t\xa0\xad" for character in shown)
    assert all(c in shown for c in ANYTHING if c.isprintable())
    shown.encode()  # it has no byte that is not UTF-8
