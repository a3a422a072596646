"""Progress: lines where there is no terminal, a bar where there is one, and results left alone."""

from __future__ import annotations

import io
import itertools
from itertools import count
from math import nan
from typing import Any

import numpy as np

import sheernet as sn
from sheernet.training.progress import Progress, SearchProgress
from sheernet.training.starts import first_starts

X, Y = sn.datasets.load_sleep_study().scaled
NETWORK = sn.Network.random(sn.Architecture((2, 3, 1)))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def watch(stream: io.StringIO, starts: int = 2, max_iter: int = 3, **given: Any) -> sn.jobs.Fits:
    """Shows every iteration: of jobs in C++ only one now and then is told of."""
    objective = sn.make_objective(NETWORK.architecture, X, Y, engine="reference")
    jobs = [sn.jobs.Job(theta) for theta in first_starts(NETWORK, starts, "glorot", 0)]
    with Progress(starts, max_iter, stream, **given) as watcher:
        return sn.jobs.fit_jobs(
            objective,
            jobs,
            "bfgs",
            max_iter=max_iter,
            report_progress=watcher,
            gradient_tolerance=0.0,
        )


class TestLines:
    def test_one_every_two_seconds(self) -> None:
        stream, ticks = io.StringIO(), count(0.0, 0.5)
        watch(stream, clock=lambda: next(ticks))
        lines = stream.getvalue().splitlines()
        assert lines[0].startswith("start 1 of 2: iteration 0, objective ")
        assert 1 < len(lines) < 8
        assert any(line.startswith("start 2 of 2: ") for line in lines)

    def test_not_one_more_where_time_stands_still(self) -> None:
        stream = io.StringIO()
        watch(stream, clock=lambda: 0.0)
        assert len(stream.getvalue().splitlines()) == 1

    def test_tell_iteration_objective_and_gradient(self) -> None:
        stream, ticks = io.StringIO(), count(0.0, 10.0)
        record = watch(stream, starts=1, clock=lambda: next(ticks))[0].record
        expected = [
            f"training: iteration {i}, objective {f:.6g}, largest gradient entry {g:.2g}"
            for i, f, g in zip(
                record.iteration, record.objective, record.gradient_norm, strict=True
            )
        ]
        assert stream.getvalue().splitlines() == expected

    def test_say_no_numbers_before_there_are_any(self) -> None:
        """As is told of fits in C++ whose first evaluation takes long."""
        stream = io.StringIO()
        with Progress(1, 3, stream) as watcher:
            watcher(sn.jobs.Status(0, 0, 0, nan, nan))
        assert stream.getvalue() == "training: at the start\n"

    def test_have_no_control_characters(self) -> None:
        stream = io.StringIO()
        watch(stream)
        assert stream.getvalue().replace("\n", "").isprintable()

    def test_of_a_resumed_training_go_on(self) -> None:
        objective = sn.make_objective(NETWORK.architecture, X, Y, engine="reference")
        part = sn.jobs.fit_jobs(objective, [sn.jobs.Job(NETWORK.theta)], "bfgs", max_iter=2)[0]
        stream = io.StringIO()
        with Progress(1, 3, stream) as watcher:
            sn.jobs.fit_jobs(
                objective, [sn.jobs.Job(part.state)], max_iter=3, report_progress=watcher
            )
        assert stream.getvalue().startswith("training: iteration 2, ")


class TestBar:
    def test_is_shown_on_a_terminal_and_taken_away(self) -> None:
        stream = Terminal()
        watch(stream)
        text = stream.getvalue()
        assert "start 1 of 2" in text or "training" in text
        assert "\x1b[" in text, "rich moves the cursor"
        assert text.rstrip("\n").endswith("\x1b[2K") or "\x1b[?25h" in text, (
            "the cursor is shown again"
        )

    def test_is_taken_away_after_an_error_too(self) -> None:
        stream = Terminal()
        try:
            with Progress(1, 3, stream):
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        assert "\x1b[?25h" in stream.getvalue()


def test_it_changes_nothing_in_the_training(capsys) -> None:
    quiet = sn.train(NETWORK, X, Y, method="bfgs", starts=2, max_iter=5, engine="reference")
    shown = sn.train(
        NETWORK, X, Y, method="bfgs", starts=2, max_iter=5, progress=True, engine="reference"
    )
    assert np.array_equal(shown.network.theta, quiet.network.theta)
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1


class TestSearch:
    def test_lines_say_what_is_tried(self) -> None:
        stream, clock = io.StringIO(), iter([0.0, 0.0, 1.0, 2.5, 2.5, 3.0, 3.0]).__next__
        progress = SearchProgress(stream, clock)
        with progress as watcher:
            progress.trying("the linear model")
            progress.trying("4 hidden units")  # too soon after the last line
            watcher(sn.jobs.Status(0, 0, 5, 1.0, 1.0))
            watcher(sn.jobs.Status(0, 0, 9, 1.0, 1.0))
        assert stream.getvalue() == "trying the linear model\ntrying 4 hidden units\n"

    def test_a_line_is_not_repeated_while_the_same_is_tried(self) -> None:
        stream, seconds = io.StringIO(), itertools.count(0.0, 60.0)
        with SearchProgress(stream, lambda: next(seconds)) as watcher:
            for iteration in range(5):
                watcher(sn.jobs.Status(0, 0, iteration, 1.0, 1.0))
        assert stream.getvalue() == "trying networks\n"

    def test_a_last_line_counts_what_was_tried_too_soon_for_a_line(self) -> None:
        stream = io.StringIO()
        progress = SearchProgress(stream, lambda: 0.0)
        with progress:
            for what in ("the linear model", "4 hidden units", "8 hidden units"):
                progress.trying(what)
        assert stream.getvalue() == "trying the linear model\ntried 3 networks in all\n"
