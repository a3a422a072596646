"""As test_optimizer_protocol.py, by names that are not published."""

from __future__ import annotations

import copy
import pickle
import sys
from dataclasses import replace
from math import inf

import numpy as np
import pytest

from optimizers.test_optimizer_protocol import Hidden, start
from sheernet.foundation.sentences import Sentence, Setting, sentence
from sheernet.optimizers import Termination
from sheernet.optimizers.optimizer_protocol import (
    EPS,
    LazyTermination,
    measured_rounding,
    rounding,
)

ULP_OF_TERMS = 2.0**-23  # of 1e9: an upper bound of the error of a value


class Telling(Hidden):
    def terms(self, x: np.ndarray) -> tuple[float, float, float]:
        return 0.0, 0.0, 5e9


class TestMeasuredRounding:
    @pytest.mark.parametrize("seed", range(20))
    def test_is_that_of_the_terms_that_a_value_hides(self, seed: int) -> None:
        x = 1 + 1e-6 * start(seed)
        value = Hidden().value(x)
        assert rounding(Hidden(), x, value) < 1e-20
        assert ULP_OF_TERMS / 2 <= measured_rounding(Hidden(), x, value) <= 50 * ULP_OF_TERMS

    def test_is_not_below_that_of_the_value(self) -> None:
        class Flat(Hidden):
            def value(self, x: np.ndarray) -> float:
                return -7.0

        assert measured_rounding(Flat(), np.ones(2), -7.0) == 70 * EPS

    def test_leaves_aside_values_that_are_not_finite(self) -> None:
        class Wall(Hidden):
            def value(self, x: np.ndarray) -> float:
                return 3.0 if x[0] <= 1 else inf

        assert measured_rounding(Wall(), np.ones(1), 3.0) == 30 * EPS

    def test_takes_eight_values_the_same_each_time(self) -> None:
        """A resumed run must end like the uninterrupted run."""
        points = []

        class Seen(Hidden):
            def value(self, x: np.ndarray) -> float:
                points.append(x.tolist())
                return super().value(x)

        for _ in range(2):
            measured_rounding(Seen(), start(0), 0.5)
        assert len(points) == 2 * 8
        assert points[:8] == points[8:]
        np.testing.assert_allclose(points, [start(0)] * 16, rtol=5 * EPS)

    def test_takes_no_evaluations_with_terms(self) -> None:
        objective = Telling()
        assert measured_rounding(objective, start(0), 0.5) == 10 * EPS * 5e9
        assert objective.evaluations == 0


class TestLazyTermination:
    PLAIN = Termination("precision_reached", sentence("Use {}.", Setting("starts", 20)))

    @staticmethod
    def lazy() -> LazyTermination:
        return LazyTermination.of(
            "precision_reached", lambda: sentence("Use {}.", Setting("starts", 20))
        )

    def test_composes_its_message_once_when_it_is_read(self) -> None:
        calls: list[int] = []
        lazy = LazyTermination.of("precision_reached", lambda: calls.append(1) or "Done.")
        assert (lazy.reason, lazy.converged, calls) == ("precision_reached", True, [])
        assert (lazy.message, str(lazy)) == ("Done.", "precision_reached: Done.")
        assert calls == [1]

    def test_releases_what_it_composed_the_message_from(self) -> None:
        rows = Hidden()
        before = sys.getrefcount(rows)
        lazy = LazyTermination.of("precision_reached", lambda rows=rows: str(rows.evaluations))
        assert sys.getrefcount(rows) > before
        assert lazy.message == "0"
        assert sys.getrefcount(rows) == before

    def test_equals_the_termination_with_this_message(self) -> None:
        composed = self.PLAIN  # on the left, so that its own __eq__ is asked, too
        assert composed == self.lazy()
        assert self.lazy() == composed
        assert self.lazy() == self.lazy()
        assert self.lazy() != Termination("precision_reached")
        assert self.lazy() != "precision_reached"
        assert hash(self.lazy()) == hash(self.PLAIN)
        assert repr(self.lazy()) == repr(self.PLAIN)

    def test_is_copied_with_its_message(self) -> None:
        for twin in (pickle.loads(pickle.dumps(self.lazy())), copy.deepcopy(self.lazy())):
            assert type(twin) is Termination
            assert twin == self.PLAIN
            assert isinstance(twin.message, Sentence)
        assert replace(self.lazy(), reason="plateau") == replace(self.PLAIN, reason="plateau")
