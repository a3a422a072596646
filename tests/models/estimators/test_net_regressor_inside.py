"""As test_net_regressor.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import pytest

import sheernet as sn
from models.estimators.test_net_regressor import fitted
from sheernet.models.estimators import net_base

pytest.importorskip("sklearn")


class TestParameters:
    @pytest.mark.parametrize("verbose", [False, True, 1])
    def test_verbose_asks_for_progress(self, verbose: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []

        def fit(*arguments: Any, progress: bool, **given: Any) -> sn.Model:
            asked.append(progress)
            return sn.fit(*arguments, **given)

        monkeypatch.setattr(net_base, "fit", fit)
        fitted(verbose=verbose)
        assert asked == [bool(verbose)]
