"""As test_comparing.py, by names that are not published."""

from __future__ import annotations

import dataclasses
from functools import wraps

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy import inf, nan

import sheernet as sn
from comparisons import comparison_of, model_of, record_of
from models.test_comparing import SMALL, TABLE
from planted_clock import Clock
from sheernet.data.targets.judgment import ClassificationFit, RegressionFit
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.comparing import compare_methods
from sheernet.models.fitting import fit_plan, table_fit, time_of_one_network

objectives = st.lists(
    st.one_of(st.floats(0, 1e6), st.sampled_from([nan, inf])), min_size=1, max_size=4
)


def reached(*ends) -> sn.Comparison:
    """Methods a, b, c, ... with (final objective, evaluations, seconds)."""
    return comparison_of(
        {
            name: record_of([9.0, end], [1, evaluations], [0.0, seconds])
            for name, (end, evaluations, seconds) in zip("abcdef", ends, strict=False)
        }
    )


def lowest_of(ends) -> int:
    """The index of the lowest finite objective."""
    return min(range(len(ends)), key=lambda i: ends[i] if np.isfinite(ends[i]) else inf)


class TestInterrupted:
    """Ctrl-C in the second of three methods."""

    def stop(self, monkeypatch, returns: bool) -> None:
        real, calls = compare_methods.fit_prepared, []

        @wraps(real)
        def fit_prepared(prepared, settings, *rest, **given):
            calls.append(settings.training.method)
            if len(calls) < 2:
                return real(prepared, settings, *rest, **given)
            if not returns:
                raise KeyboardInterrupt
            return model_of(record_of([2.0, 1.5]), ran="bfgs", reason="interrupted")

        monkeypatch.setattr(compare_methods, "fit_prepared", fit_prepared)

    def test_the_best_point_so_far_is_kept(self, monkeypatch) -> None:
        self.stop(monkeypatch, returns=True)
        comparison = sn.compare(TABLE, "y", methods=("lm", "bfgs", "gd"), **SMALL)
        assert comparison.interrupted
        assert list(comparison.models) == ["lm", "bfgs"]
        assert "Interrupted: the last row is incomplete; not run: gd." in comparison.text()

    def test_before_its_first_point_it_is_left_out(self, monkeypatch) -> None:
        self.stop(monkeypatch, returns=False)
        comparison = sn.compare(TABLE, "y", methods=("lm", "bfgs", "gd"), **SMALL)
        assert comparison.interrupted
        assert list(comparison.models) == ["lm"]
        assert "Interrupted; not run: bfgs, gd." in comparison.text()

    def test_before_anything_it_is_passed_on(self, monkeypatch) -> None:
        @wraps(compare_methods.fit_prepared)
        def fit_prepared(prepared, settings, *rest, **given):
            raise KeyboardInterrupt

        monkeypatch.setattr(compare_methods, "fit_prepared", fit_prepared)
        with pytest.raises(KeyboardInterrupt):
            sn.compare(TABLE, "y", methods=("lm", "bfgs"), **SMALL)


class TestTheTimeLimit:
    METHODS = ("lm", "bfgs", "gd")

    def test_is_divided_equally_after_the_preparation(self, monkeypatch) -> None:
        clock = Clock(monkeypatch)
        clock.takes(compare_methods, "prepare", 10.0)
        calls = clock.takes(table_fit, "train", 20.0)
        comparison = sn.compare(TABLE, "y", methods=self.METHODS, time_limit=100.0, **SMALL)
        assert [call["time_limit"] for call in calls] == [30.0, 30.0, 30.0]
        assert {model.settings["time_limit"] for model in comparison.models.values()} == {100.0}

    def test_refuses_a_method_whose_iteration_takes_longer_before_any_is_trained(
        self, monkeypatch
    ) -> None:
        """lm has 30 s as the others, and its matrix takes 31 s."""
        Clock(monkeypatch)
        monkeypatch.setattr(time_of_one_network, "SLOW", 1.0)
        seconds = {"gd": 1.0, "lm": 31.0, "bfgs": 1.0}
        monkeypatch.setattr(fit_plan, "seconds_of_iteration", lambda method, *_: seconds[method])
        monkeypatch.setattr(table_fit, "train", None)
        with pytest.raises(sn.InvalidInput, match="one iteration of lm takes up to about 31"):
            sn.compare(TABLE, "y", methods=("gd", "lm", "bfgs"), time_limit=90.0, **SMALL)

    def test_holds_if_a_method_takes_longer_than_its_part(self, monkeypatch) -> None:
        clock = Clock(monkeypatch)
        calls = clock.takes(table_fit, "train", 50.0)
        sn.compare(TABLE, "y", methods=self.METHODS, time_limit=90.0, **SMALL)
        assert [call["time_limit"] for call in calls] == [30.0, 20.0, 0.0]

    def test_without_one_no_method_has_one(self, monkeypatch) -> None:
        calls = Clock(monkeypatch).takes(table_fit, "train", 20.0)
        sn.compare(TABLE, "y", methods=self.METHODS, **SMALL)
        assert [call["time_limit"] for call in calls] == [None, None, None]


class TestRows:
    @given(st.lists(objectives, min_size=1, max_size=4))
    def test_within_counts_the_starts_near_the_lowest_of_all(self, ends) -> None:
        comparison = comparison_of(
            {
                str(i): model_of(record_of([9.0, min(e)]), e, ran=str(i), best=lowest_of(e))
                for i, e in enumerate(ends)
            }
        )
        finite = [value for e in ends for value in e if np.isfinite(value)]
        for row, e in zip(comparison.rows(), ends, strict=True):
            near = [value for value in e if finite and value <= 1.01 * min(finite)]
            assert (row["within"], row["starts"]) == (len(near), len(e))

    def test_several_targets_have_their_mean(self) -> None:
        fit = RegressionFit(9, (1.0, 1.0, 1.0), (0.5, None, 0.7))
        run = model_of(record_of([1.0]), ran="lm", held_out=fit)
        assert comparison_of({"lm": run}).rows()[0]["held_out"] == pytest.approx(0.6)


class TestVerdict:
    @given(
        st.lists(
            st.tuples(st.floats(0, 10), st.integers(1, 99), st.floats(0, 9)), min_size=1, max_size=5
        )
    )
    def test_the_winner_is_near_the_lowest_and_nobody_near_took_less(self, ends) -> None:
        comparison = reached(*ends)
        near = [end for end in ends if end[0] <= 1.01 * min(end[0] for end in ends)]
        winner = ends["abcdef".index(comparison.winner)]
        assert winner in near
        assert winner[1:] == min(end[1:] for end in near)

    @pytest.mark.parametrize(
        ("ends", "sentence"),
        [
            ([(1.0, 7, 0.5)], "a: objective 1 (7 evaluations, 0.5 s)."),
            (
                [(1.0, 7, 0.5), (2.0, 3, 0.1)],
                (
                    "a is best by the objective on the training rows: its 1 is the lowest (7 evaluations, 0.5 s); "
                    "next is b with 2."
                ),
            ),
            (
                [(1.0, 9, 0.5), (1.005, 3, 0.1)],
                (
                    "b is best by the objective on the training rows: all methods ended within 1 % of the lowest, 1, "
                    "and b took the fewest evaluations (3; a 9)."
                ),
            ),
            (
                [(1.0, 3, 0.5), (1.005, 9, 0.1), (2.0, 1, 0.1)],
                (
                    "a is best by the objective on the training rows: a and b ended within 1 % of the lowest, 1, and "
                    "a took the fewest evaluations (3; b 9). b was fastest (0.1 s for all starts; a 0.5 s)."
                ),
            ),
            (
                [(1.0, 1, 0.5), (nan, 3, 0.1)],
                (
                    "a is best by the objective on the training rows: no other method ended at a finite objective "
                    "(1 evaluation, 0.5 s)."
                ),
            ),
            (
                [(nan, 1, 0.5), (inf, 3, 0.1)],
                (
                    "No method ended at a finite objective; use scaling='standardize', "
                    "or look for extreme values in the columns."
                ),
            ),
        ],
    )  # fmt: skip
    def test_it_says_by_what(self, ends, sentence) -> None:
        assert reached(*ends).verdict == sentence

    def test_under_patience_the_kept_objectives_are_compared(self) -> None:
        """A start that was not kept, because of its validation cost, may have a lower objective."""
        kept = {
            name: model_of(
                record_of([9.0, end]), [0.1, end], ran=name, best=1, settings={"patience": 5}
            )
            for name, end in (("lm", 2.0), ("bfgs", 1.0))
        }
        comparison = comparison_of(kept)
        assert comparison.winner == "bfgs"
        assert comparison.lowest == 1.0
        assert comparison.verdict.startswith(
            "bfgs is best by the objective on the training rows: its 1 is the lowest"
        )
        assert comparison.text().splitlines()[2].split() == ["kept", "median", "held-out"]

    def test_without_an_iteration_it_names_the_limit(self) -> None:
        runs = {
            name: model_of(record_of([9.0]), ran=name, reason="time_limit")
            for name in ("lm", "bfgs")
        }
        verdict = comparison_of(runs).verdict
        assert verdict == "No method made an iteration; increase time_limit."
        assert verdict.settings == (Setting("time_limit"),)

    def test_differences_below_the_floor_are_nothing(self) -> None:
        comparison = comparison_of(
            {
                "a": model_of(record_of([9.0, 1e-30], [1, 80]), ran="a", floor=1e-9),
                "b": model_of(record_of([9.0, 1e-20], [1, 8]), ran="b", floor=1e-9),
            }
        )
        assert comparison.winner == "b"
        assert "ended within 1 %, or 1e-09, of the lowest, 1e-30" in comparison.verdict
        assert "1 % above the lowest objective of the table, or 1e-09 (1e-9 of the" in " ".join(
            comparison.text().split()
        )

    @pytest.mark.parametrize(
        ("ends", "floors", "winner", "by_floor"),
        [
            ((0.0, 1e-12), (1e-9, 1e-9), "b", True),
            ((1e-30, 1e-20), (0.0, 1e-9), "b", True),
            ((1e-3, 2e-3), (1e-2, 1e-4), "b", True),
            ((1e-30, 1e-8), (1e-9, 1e-9), "a", False),
            ((1e-3, 2e-3), (5e-4, 9e-4), "a", False),
            ((1e-3, 1.005e-3), (1e-4, 0.0), "b", False),
        ],
    )
    def test_the_floor_is_told_if_it_decides(self, ends, floors, winner, by_floor) -> None:
        """Method b took fewer evaluations than a, and wins if their ends count as equal."""
        comparison = comparison_of(
            {
                name: model_of(record_of([9.0, end], [1, evaluations]), ran=name, floor=floor)
                for name, end, evaluations, floor in zip("ab", ends, (80, 8), floors, strict=True)
            }
        )
        assert comparison.winner == winner
        floor = f"{max(floors):.3g}"
        assert (f"ended within 1 %, or {floor}, of" in comparison.verdict) == by_floor
        assert f"of the table, or {floor} (1e-9 of the" in " ".join(comparison.text().split())

    @pytest.mark.parametrize(
        ("reasons", "leads", "end"),
        [
            (("gradient_tolerance",) * 2, "a is best", "next is b with 2."),
            (("max_iterations", "gradient_tolerance"), "a is ahead", ("2. a (max iterations) did not converge, so the "
             "order may change in longer runs; increase max_iter.")),
            (("gradient_tolerance", "max_iterations"), "a is best", ("2. b (max iterations) did not converge, so the "
             "order may change in longer runs; increase max_iter.")),
            (("time_limit", "max_iterations"), "a is ahead", ("2. a (time limit) and b (max iterations) did not "
             "converge, so the order may change in longer runs; increase time_limit and max_iter.")),
            (("max_evaluations", "max_evaluations"), "a is ahead", "runs; increase max_evaluations."),
            (("cost_tolerance", "interrupted"), "a is best", ("2. b (interrupted) did not converge, so the order may "
             "change in longer runs.")),
            (("validation_patience", "line_search_failed"), "a is best", "next is b with 2."),
        ],
    )  # fmt: skip
    def test_a_method_that_did_not_finish_is_not_the_best(self, reasons, leads, end) -> None:
        comparison = comparison_of(
            {
                name: model_of(record_of([9.0, value], [1, 7]), ran=name, reason=reason)
                for name, value, reason in zip("ab", (1.0, 2.0), reasons, strict=True)
            }
        )
        assert comparison.verdict.startswith(f"{leads} by the objective on the training rows: ")
        assert comparison.verdict.endswith(end)
        assert "1e-9 of the first" not in comparison.text()

    def test_first_order_methods_that_did_not_finish_depend_on_their_learning_rate(self) -> None:
        """The default values are those of the signatures of `gd` and `adam`."""
        comparison = comparison_of(
            {
                name: model_of(record_of([9.0, value], [1, 7]), ran=name, reason="max_iterations")
                for name, value in {"lm": 1.0, "adam": 2.0, "gd": 3.0}.items()
            }
        )
        assert comparison.verdict.endswith(
            " increase max_iter. How far adam and gd get depends on learning_rate (by default 0.001 for adam and 0.1 "
            "for gd); try others."
        )


class TestText:
    def test_it_is_a_table_and_a_verdict(self) -> None:
        records = {"lm": record_of([9.0, 0.5], [1, 30]), "lbfgs": record_of([9.0, 0.75], [1, 200])}
        assert comparison_of(records).text().splitlines()[:7] == [
            "strength in steel.csv: 30 rows for training, 10 held out, 1 start",
            "",
            "           lowest     median                                          held-out",
            "method  objective  objective  near  iterations  evaluations  seconds       R^2  stopped",
            "lm            0.5        0.5   1/1           1           30      0.3    0.5000  gradient tolerance",
            "lbfgs        0.75       0.75   0/1           1          200        2    0.5000  gradient tolerance",
            "",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("densities", "better"), [((-2, -1.94), "b"), ((-2, -1.96), None), ((-1, -2), None), ((None, -1), None)]
    )  # fmt: skip
    def test_it_names_the_method_that_predicts_held_out_rows_best(self, densities, better) -> None:
        comparison = reached((1.0, 5, 0.1), (2.0, 5, 0.1))
        models = {
            name: dataclasses.replace(
                model, held_out_fit=RegressionFit(10, (1.0,), (0.5,), log_density)
            )
            for (name, model), log_density in zip(comparison.models.items(), densities, strict=True)
        }
        verdict = dataclasses.replace(comparison, models=models).verdict
        assert verdict.startswith(
            "a is best by the objective on the training rows: its 1 is the lowest"
        )
        assert ("But b predicts held-out rows best" in verdict) == (better == "b")

    def test_the_probability_of_classes_counts_as_their_density(self) -> None:
        comparison = reached((1.0, 5, 0.1), (2.0, 5, 0.1))
        fits = [ClassificationFit(10, 0.5, loss, 0.5, ((5, 0), (5, 0))) for loss in (0.9, 0.6)]
        models = {
            name: dataclasses.replace(model, held_out_fit=fit)
            for (name, model), fit in zip(comparison.models.items(), fits, strict=True)
        }
        rows = dataclasses.replace(comparison, models=models).rows()
        assert [row["log_density"] for row in rows] == [-0.9, -0.6]

    def test_without_held_out_rows_it_says_none(self) -> None:
        model = dataclasses.replace(model_of(record_of([1.0]), ran="lm"), held_out_fit=None)
        text = comparison_of({"lm": model}).text()
        assert " none  " in text
        assert "0 held out" in text

    def test_it_has_the_cautions_of_the_best_method(self) -> None:
        model = dataclasses.replace(model_of(record_of([1.0]), ran="lm"), held_out_fit=None)
        said = " ".join(comparison_of({"lm": model}).text().split())
        assert "Caution lm: no rows were held out, so the error on new rows is unknown" in said

    def test_an_accuracy_is_shown_as_in_the_report_of_a_fit(self) -> None:
        fit = ClassificationFit(10, 0.4, 0.7, 0.5, ((2, 3), (3, 2)))
        model = model_of(record_of([1.0]), ran="lm", held_out=fit)
        model = dataclasses.replace(model, training_fit=fit)
        assert "    40.0 %  gradient tolerance" in comparison_of({"lm": model}).text()

    def test_rows_of_a_test_table_are_not_called_held_out(self) -> None:
        model = model_of(record_of([1.0]), ran="lm", settings={"test": "later.csv"})
        comparison = comparison_of({"lm": model})
        assert comparison.problem == (
            "strength in steel.csv: 30 rows for training, 10 of later.csv for evaluation, 1 start"
        )
        assert comparison.text().splitlines()[2].endswith("     test")
        assert "held" not in comparison.text()

    def test_it_says_how_the_file_was_read_and_each_notice(self) -> None:
        notice = sentence("left out 'id': name it in {} to keep it", Setting("inputs"))
        model = model_of(record_of([1.0]), ran="lm", notices=(notice,))
        said = comparison_of({"lm": model}).text(lambda setting: f"--{setting}")
        assert (
            "\nData        steel.csv (CSV with semicolons): 40 rows, 30 for training, 10 held out\n"
            in said
        )
        assert "\nNotice      left out 'id': name it in --inputs to keep it\n" in said

    @given(
        st.lists(
            st.tuples(st.floats(-1e300, 1e300), st.integers(1, 10**7), st.floats(0, 1e5)),
            min_size=1,
            max_size=5,
        )
    )
    def test_it_is_never_wider_than_100_characters(self, ends) -> None:
        names = ["scipy:trust-constr", "scipy:Nelder-Mead", "auto", "adam", "scipy:L-BFGS-B"]
        comparison = comparison_of(
            {
                name: model_of(
                    record_of([9.0, end], [1, evaluations], [0.0, seconds]),
                    ran="lm" if name == "auto" else name,
                    reason="validation_patience",
                )
                for name, (end, evaluations, seconds) in zip(names, ends, strict=False)
            }
        )
        assert max(map(len, str(comparison).splitlines())) <= 100
