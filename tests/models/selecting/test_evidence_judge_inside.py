"""As test_evidence_judge.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import model_selection

import sheernet as sn
from models.selecting.test_evidence_judge import TABLE, N, X
from sheernet.models.selecting import evidence_judge as module
from sheernet.models.selecting import select_network
from sheernet.models.selecting.evidence_judge import rounds_of
from sheernet.models.selecting.row_splits import Split
from sheernet.statistics.ensemble_candidates import Contest
from sheernet.statistics.folds import Folds


@st.composite
def splits(draw: Any) -> tuple[list[Split], int]:
    """Splits of up to 8 rows that fit and leave out some rows each, in any order, some of them all others."""
    n = draw(st.integers(2, 8))
    found = []
    for _ in range(draw(st.integers(1, 6))):
        order = np.array(draw(st.permutations(range(n))))
        n_out = draw(st.integers(1, n - 1))
        end = n if draw(st.booleans()) else draw(st.integers(n_out + 1, n))
        found.append(Split(order[n_out:end], order[:n_out]))
    return found, n


class TestRounds:
    @settings(max_examples=60)
    @given(splits(), st.booleans())
    def test_fit_and_leave_out_the_rows_of_the_splits_in_their_order(
        self, given: tuple[list[Split], int], is_large: bool
    ) -> None:
        some, n = given
        with pytest.MonkeyPatch.context() as patched:
            if is_large:
                patched.setattr(module, "MOST_ROWS_TO_SEARCH", 3)
            rounds = rounds_of(some, n)
        fitted, values = [], []
        for each in rounds:
            folds = Folds(each.fold_of_row[each.rows], len(each.left_out))
            for weights in folds.training_weights(np.ones(len(each.rows))):
                fitted += [each.rows[weights > 0].tolist()]
            judged = each.rows[folds.judged]
            values += [rows.tolist() for rows in each.by_split(judged)]
            assert len(each.left_out) == 1 or len(each.rows) <= (3 if is_large else 8)
        assert fitted == [sorted(split.fitted.tolist()) for split in some]
        assert values == [split.left_out.tolist() for split in some]

    def test_hold_all_folds_of_a_repeat(self) -> None:
        repeated = model_selection.RepeatedKFold(n_splits=3, n_repeats=2, random_state=0)
        some = [Split(*pair) for pair in repeated.split(X)]
        assert [len(each.left_out) for each in rounds_of(some, N)] == [3, 3]


class TestErrors:
    @pytest.mark.parametrize(("folds", "again"), [(5, 0), (4, 1)], ids=["of fit", "others"])
    def test_need_the_networks_of_a_size_once_also_for_the_model(
        self, folds: int, again: int, monkeypatch: Any
    ) -> None:
        searched = []

        def counting(self: Any, hidden: Any, by_input: Any, *more: Any) -> Any:
            searched.append((hidden, by_input))
            return whole(self, hidden, by_input, *more)

        whole = Contest._candidates
        monkeypatch.setattr(Contest, "_candidates", counting)
        sn.select(TABLE, "y", sizes=(0, 4, "auto"), decays="evidence", folds=folds, starts=1)
        assert {hidden for hidden, _ in searched} > {(), (4,)}
        assert max(map(searched.count, searched)) == 1 + again


class TestTheModel:
    @pytest.mark.parametrize(
        ("sizes", "hidden"), [((2,), 2), ((0, 2, "auto"), "auto")], ids=["a size", "several"]
    )
    def test_is_that_of_fit(self, sizes: Any, hidden: Any, monkeypatch: Any) -> None:
        if hidden == "auto":
            choose = select_network.grid_of

            def the_last(*given: Any) -> Any:
                grid, measure = choose(*given)
                grid.near[:-1] = False
                grid.near[-1, 0] = True
                return grid, measure

            monkeypatch.setattr(select_network, "grid_of", the_last)
        selection = sn.select(TABLE, "y", sizes=sizes, decays="evidence", folds=2, starts=2)
        same = sn.fit(TABLE, "y", hidden=hidden, starts=2)
        assert (selection.hidden, selection.decay) == (
            "auto" if hidden == "auto" else (2,),
            "evidence",
        )
        np.testing.assert_array_equal(selection.model.predict(TABLE), same.predict(TABLE))
        assert selection.model.held_out_fit == same.held_out_fit
        assert "figures by 5-fold cross-validation" in selection.model.report()
        assert "that of fit, which also tries other kinds of noise" in " ".join(
            str(selection).split()
        )


class TestWithoutEvidence:
    def test_are_sizes_with_too_many_weights(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MOST_WEIGHTS", 5)
        given = {"sizes": (0, 2), "folds": 2, "starts": 1}
        with pytest.warns(
            sn.SheernetWarning, match="decays cannot be chosen by the evidence for sizes 2: .*9"
        ):
            selection = sn.select(TABLE, "y", decays=("evidence", 0.1), **given)
        assert len(selection.rows()) == 3
        assert "numbers" in selection.notices[0]
        with pytest.raises(sn.InvalidInput, match="2 units has 9; give decays as numbers"):
            sn.select(TABLE, "y", decays="evidence", **{**given, "sizes": 2})

    def test_are_searches_whose_time_is_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(select_network, "SEARCH_SHARE", 0.0)
        with pytest.raises(sn.InvalidInput, match=r"time_limit=100\.0 ended the search before"):
            sn.select(TABLE, "y", sizes=0, decays="evidence", time_limit=100.0)

    def test_are_searches_that_ctrl_c_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def pressed(contest: Any, *more: Any, **given: Any) -> Any:
            found = real(contest, *more, **given)
            contest.note_interrupt()
            return found

        real = module.best_ensemble
        monkeypatch.setattr(module, "best_ensemble", pressed)
        with pytest.raises(KeyboardInterrupt):
            sn.select(TABLE, "y", sizes=0, decays="evidence")
