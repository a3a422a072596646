"""The time limit of a command from its first second to its last picture, and the time that is told; planted clocks."""

from __future__ import annotations

import contextlib
import os
import signal
from math import inf
from pathlib import Path
from typing import Any

import pytest

from command_lines import Run
from planted_clock import Clock
from sheernet.apps.cli import pictures, running
from sheernet.apps.cli.command_clock import CommandClock
from sheernet.apps.cli.output import Output
from sheernet.models import comparing, fitting

ONE = ("-t", "score", "--decay", "0.01", "--hidden", "1", "--starts", "1", "--max-iter", "1")


class TestTheClock:
    def test_of_no_limit_never_ends(self) -> None:
        clock = CommandClock(5.0, None)
        assert clock.fits_end == clock.ends == clock.report_ends == inf

    @pytest.mark.parametrize("limit", [0.0, 1.0, 20.0, 60.0, 3600.0])
    def test_ends_within_a_tenth_or_two_seconds(self, limit: float) -> None:
        clock = CommandClock(5.0, limit)
        assert 5.0 <= clock.fits_end <= clock.ends == 5.0 + limit
        assert clock.ends < clock.report_ends <= clock.ends + max(0.1 * limit, 2.0)

    @pytest.mark.usefixtures("without_pictures")
    @pytest.mark.parametrize("command", ["fit", "compare"])
    def test_begins_before_the_command_line_is_read(
        self, command: str, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Reading the arguments takes 10 s; 5 s are kept for the end."""
        clock, ends = Clock(monkeypatch, 1000.0), []
        clock.takes(running, "output_for", 10.0)
        module, name = (fitting, "fit_prepared") if command == "fit" else (comparing, "run")
        whole = getattr(module, name)

        def noting(prepared: Any, settings: Any, end: float, *rest: Any) -> Any:
            ends.append(end)
            return whole(prepared, settings, end, *rest)

        monkeypatch.setattr(module, name, noting)
        methods = ("--methods", "gd") if command == "compare" else ()
        said = run(command, "scores.csv", *ONE, *methods, "--time-limit", "60")
        assert said.code == 0, said.err
        assert ends == [1000.0 + 60.0 - 5.0]


class TestATable:
    def test_that_is_read_too_slowly_is_refused(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from sheernet.data import sources

        Clock(monkeypatch).takes(sources, "read_table", 70.0)
        said = run("fit", "scores.csv", *ONE, "--time-limit", "60")
        assert said.code == 2
        assert "reading the table took until 10.0 s after the end of the time limit" in said.err
        assert "increase --time-limit" in said.err
        assert not Path("scores-fit").exists()

    @pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
    @pytest.mark.parametrize("command", ["fit", "compare"])
    def test_is_refused_while_it_is_read(
        self, command: str, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The alarm of the system rings in a reader that would try something else after an error."""
        from sheernet.data import sources

        def ringing(*arguments: Any, **given: Any) -> Any:
            with contextlib.suppress(Exception):
                signal.raise_signal(signal.SIGALRM)

        monkeypatch.setattr(sources, "read_table", ringing)
        said = run(command, "scores.csv", *ONE, "--time-limit", "1000")
        assert said.code == 2
        assert said.err.startswith(
            "sheernet: reading and preparing the table took until the end of the time limit, so nothing was trained; "
            "increase --time-limit"
        )


class TestPictures:
    def drawn(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seconds: list[float], until: float
    ) -> tuple[list[str], list[str]]:
        """Pictures that take some seconds each: the files, and the notes."""
        clock, out = Clock(monkeypatch), Output(json=True, options={"time_limit": "--time-limit"})

        def taking(each: float) -> Any:
            def make() -> Any:
                import matplotlib.figure

                clock.now += each
                return matplotlib.figure.Figure((1, 1))

            return make

        made = {f"picture{i}": taking(each) for i, each in enumerate(seconds)}
        files, interrupted = pictures.draw(made, tmp_path, out, (), until)
        assert not interrupted
        return files, out.notes

    def test_without_a_limit_are_all_drawn(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        files, notes = self.drawn(monkeypatch, tmp_path, [50.0, 60.0], inf)
        assert (files, notes) == (["picture0.png", "picture1.png"], [])

    @pytest.mark.parametrize(
        ("seconds", "until", "number"),
        [([4.0, 1.0, 1.0, 1.0], 6.5, 1), ([3.0, 1.0, 1.0, 1.0], 6.0, 4), ([1.0], 0.9, 0),
         ([9.0, 1.0], 1.0, 1)],
    )  # fmt: skip
    def test_that_would_end_too_late_are_left_out(
        self, seconds: list[float], until: float, number: int, monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:  # fmt: skip
        """Each is expected to take as long as the one before it."""
        files, notes = self.drawn(monkeypatch, tmp_path, seconds, until)
        assert files == [f"picture{i}.png" for i in range(number)]
        left = [f"picture{i}.png" for i in range(number, len(seconds))]
        if not left:
            assert notes == []
            return
        (note,) = notes
        assert all(name in note for name in left)
        assert note.endswith("left out, because the time limit is over; increase --time-limit")

    @pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
    def test_that_do_not_end_are_ended(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """The alarm of the system rings while the second picture is drawn."""
        Clock(monkeypatch)
        out = Output(json=True, options={"time_limit": "--time-limit"})

        def make() -> Any:
            import matplotlib.figure

            return matplotlib.figure.Figure((1, 1))

        made = {"a": make, "b": lambda: signal.raise_signal(signal.SIGALRM), "c": make}
        files, interrupted = pictures.draw(made, tmp_path, out, (), 1000.0)
        assert (files, interrupted) == (["a.png"], False)
        assert out.notes == [
            "b.png and c.png are left out, because the time limit is over; increase --time-limit"
        ]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.usefixtures("without_pictures")
def test_the_report_leaves_out_an_importance_that_does_not_end(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sheernet import Model

    def ringing(*arguments: Any, **given: Any) -> Any:
        with contextlib.suppress(Exception):
            signal.raise_signal(signal.SIGALRM)

    monkeypatch.setattr(Model, "importance", ringing)
    said = run("fit", "scores.csv", *ONE, "--time-limit", "1000")
    assert said.code == 0
    assert (
        "the importance of the columns is left out of the report, because the time limit is over"
        in said.err
    )
    page = Path("scores-fit/report.html").read_text(encoding="utf-8")
    assert "<h2>Importance</h2><p>Left out, because the time limit is over" in page.replace(
        "\n", ""
    )
