"""As test_laws.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from both_engines import compiled
from sheernet.training.jobs import compiled_fits as to_cpp
from sheernet.training.jobs import dispatch as jobs_run
from training.jobs.test_laws import assert_same_fits, starts
from training.jobs.twins import METHODS, all_in_cpp, start_of, wave

pytestmark = compiled


@pytest.mark.parametrize("method", METHODS)
class TestNoBitChanges:
    def test_with_the_number_of_jobs_at_a_time(self, method: str, monkeypatch) -> None:
        objective = wave(threads=5)
        jobs = [sn.jobs.Job(start) for start in starts(objective, 7)]
        given = {"max_iter": 9, "keep_path": True}
        together = all_in_cpp(objective, jobs, method, **given)
        for most in (1, 2, 3):
            monkeypatch.setattr(to_cpp, "at_a_time", lambda *_, most=most: most)
            assert_same_fits(all_in_cpp(objective, jobs, method, **given), together)


class TestObjectives:
    def test_are_shared_by_jobs_with_the_same_weights_and_decay(self) -> None:
        objective = wave()
        start, weights, decay = start_of(objective), np.arange(40.0), np.full(objective.size, 0.1)
        jobs = [
            sn.jobs.Job(start, *given)
            for given in [
                (),
                (None, weights),
                (),
                (None, weights),
                (decay,),
                (decay, weights),
                (decay, weights),
                (decay,),
            ]
        ]
        made = jobs_run._objectives(objective, jobs)
        assert made[0] is made[2] is objective
        assert made[1] is made[3]
        assert made[4] is made[7]
        assert made[5] is made[6]
        assert len({id(one) for one in made}) == 4
