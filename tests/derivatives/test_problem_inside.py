"""As test_problem.py, by names that are not published."""

from __future__ import annotations

import pytest

import sheernet as sn
from both_engines import ENGINES
from derivatives.test_problem import Foreign
from sheernet.derivatives import Problem
from sheernet.derivatives.problem import DetailedObjective


class TestFromObjective:
    @pytest.mark.parametrize("engine", ENGINES)
    def test_the_objectives_of_sheernet_have_every_optional_member(self, engine):
        arch = sn.Architecture((2, 3, 1))
        objective = sn.make_objective(arch, [[1.0, 2.0]], [1.0], engine=engine)
        assert isinstance(objective, DetailedObjective)
        assert not isinstance(Foreign(), DetailedObjective)

    def test_the_protocol_lists_every_optional_member_that_is_used(self):
        used = set()

        class Recording(Foreign):
            def __getattr__(self, name):
                used.add(name)
                raise AttributeError(name)

        Problem.from_objective(Recording(), [1.0])
        methods = {name for name in vars(DetailedObjective) if not name.startswith("_")}
        assert used == methods | set(DetailedObjective.__annotations__)
