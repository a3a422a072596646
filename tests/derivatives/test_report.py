"""GradientReport: the norm ratio, the table, the conversions, the text, and the exception."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import sheernet as sn
from sheernet.derivatives import GradientReport

moderate = st.floats(-1e3, 1e3)
pairs = st.integers(1, 6).flatmap(
    lambda n: st.tuples(arrays(float, n, elements=moderate), arrays(float, n, elements=moderate))
)


def report(analytic, numeric, verdicts=None, verdict="pass", tolerance=1e-9, findings=()):
    analytic, numeric = np.array(analytic, float), np.array(numeric, float)
    n = analytic.size
    return GradientReport(
        names=tuple(f"W1[{i},0]" for i in range(n)),
        analytic=analytic,
        numeric=numeric,
        uncertainty=np.full(n, tolerance) / 3,
        tolerance=np.full(n, tolerance),
        verdicts=tuple(verdicts or ["pass"] * n),
        verdict=verdict,
        criterion="An entry fails when it is wrong.",
        method="central differences",
        findings=findings,
        evaluations=12,
    )


THREE = report([1.0, 2.0, 0.0], [1.0, 2.5, 0.0], ["pass", "fail", "inconclusive"], "fail")


class TestNormRatio:
    @given(pairs)
    def test_is_the_formula_of_the_notebook(self, pair):
        g, n = pair
        below = np.linalg.norm(g + n)
        if below > 1e-100:
            expected = np.linalg.norm(g - n) / below
            assert report(g, n).norm_ratio == pytest.approx(expected, rel=1e-12)

    @given(pairs, st.integers(-900, 900))
    def test_does_not_depend_on_units(self, pair, exponent):
        g, n = (np.round(v) for v in pair)
        c = 2.0**exponent
        assert report(c * g, c * n).norm_ratio == report(g, n).norm_ratio

    def test_is_0_if_both_are_0(self):
        assert report([0.0, 0.0], [0.0, 0.0]).norm_ratio == 0.0

    def test_is_infinite_for_the_opposite_gradient(self):
        assert report([1.0, -2.0], [-1.0, 2.0]).norm_ratio == np.inf

    def test_neither_overflows_nor_underflows(self):
        assert report([3e300], [1e300]).norm_ratio == pytest.approx(0.5)
        assert report([3e-300], [1e-300]).norm_ratio == pytest.approx(0.5)


class TestErrors:
    @given(pairs)
    def test_relative_is_a_share_of_the_larger(self, pair):
        r = report(*pair)
        larger = np.maximum(np.abs(pair[0]), np.abs(pair[1]))
        np.testing.assert_array_equal(r.absolute, np.abs(pair[0] - pair[1]))
        np.testing.assert_allclose(r.relative * larger, r.absolute, rtol=1e-12)
        assert np.all(r.relative <= 2)

    def test_relative_is_0_if_both_are_0(self):
        assert THREE.relative.tolist() == [0.0, 0.2, 0.0]


class TestTable:
    def test_has_a_row_for_each_entry_in_order(self):
        rows = THREE.table
        assert [row.index for row in rows] == [0, 1, 2]
        assert [row.name for row in rows] == ["W1[0,0]", "W1[1,0]", "W1[2,0]"]
        wrong = rows[1]
        assert (wrong.analytic, wrong.numeric, wrong.absolute, wrong.relative) == (
            2.0,
            2.5,
            0.5,
            0.2,
        )
        assert (wrong.uncertainty, wrong.tolerance, wrong.verdict) == (1e-9 / 3, 1e-9, "fail")

    def test_worst_is_the_one_furthest_over_its_tolerance(self):
        both_wrong = report(
            [1.0, 1.0, 1.0], [1.1, 1.2, 1.3], ["fail", "fail", "inconclusive"], "fail"
        )
        assert both_wrong.worst.name == "W1[1,0]"
        coarse = report([1.0, 1.0], [1.1, 1.2], ["fail"] * 2, "fail", tolerance=[1e-9, 0.1])
        assert coarse.worst.name == "W1[0,0]"

    def test_undecided_is_worse_than_pass(self):
        assert report([1.0, 1.0], [1.0, 1.1], ["inconclusive", "pass"]).worst.index == 0

    def test_missing_numbers_are_the_worst_of_their_kind(self):
        assert report([1.0, 1.0], [1.0, np.nan], ["inconclusive"] * 2).worst.index == 1


class TestDict:
    def test_is_plain(self):
        plain = THREE.to_dict()
        again = json.loads(json.dumps(plain, allow_nan=False))
        assert again == plain
        assert (again["verdict"], again["method"], again["evaluations"]) == (
            "fail",
            "central differences",
            12,
        )
        assert again["norm_ratio"] == THREE.norm_ratio
        assert again["criterion"] == THREE.criterion
        assert again["table"][1]["name"] == "W1[1,0]"
        assert again["table"][1]["verdict"] == "fail"

    def test_has_none_for_nan_and_infinity(self):
        plain = report([1.0], [np.nan], ["inconclusive"], tolerance=np.inf).to_dict()
        assert plain["norm_ratio"] is None
        assert (plain["table"][0]["numeric"], plain["table"][0]["tolerance"]) == (None, None)


class TestFrame:
    def test_is_the_table_by_name(self):
        frame = THREE.to_frame()
        assert frame.index.tolist() == list(THREE.names)
        assert frame.loc["W1[1,0]", "numeric"] == 2.5
        assert frame["verdict"].tolist() == list(THREE.verdicts)
        np.testing.assert_array_equal(frame["relative"], THREE.relative)

    def test_says_what_to_install_without_pandas(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "pandas", None)
        with pytest.raises(
            sn.MissingDependency, match=r"data frames need pandas, .* \"sheernet\[tables\]\""
        ):
            THREE.to_frame()


class TestText:
    def test_begins_with_the_verdict_and_ends_with_the_criterion(self):
        lines = str(THREE).splitlines()
        assert lines[0] == "Gradient check: FAIL (1 pass, 1 fail, 1 inconclusive)"
        assert lines[1].startswith(
            "Method: central differences, 12 evaluations; ||g - n|| / ||g + n|| = 0.1;"
        )
        assert lines[1].endswith("worst: W1[1,0], relative error 0.2")
        assert lines[-1] == THREE.criterion

    def test_has_a_line_for_each_weight(self):
        rows = [line.split() for line in str(THREE).splitlines() if line.startswith("W1")]
        assert [row[0] for row in rows] == list(THREE.names)
        assert rows[1][1:4] == ["2", "2.5", "2.0e-01"]
        assert [row[-1] for row in rows] == ["pass", "FAIL", "INCONCLUSIVE"]

    def test_a_plain_pass_is_one_line(self):
        assert str(report([1.0], [1.0])) == (
            "Gradient check: pass (1 pass); central differences, 12 evaluations; ||g - n|| / ||g + n|| = 0"
        )

    def test_a_notebook_shows_the_text(self):
        assert repr(THREE) == str(THREE)

    def test_a_pass_has_its_table_and_criterion_on_request(self):
        lines = report([1.0], [1.0]).text(verbose=True).splitlines()
        assert lines[2].startswith("entry")
        assert lines[3].startswith("W1[0,0]")
        assert lines[-1] == THREE.criterion

    def test_findings_follow_the_verdict(self):
        passed = report([1.0], [1.0], findings=("Two calls differ.",))
        assert str(passed).splitlines()[1:] == ["Two calls differ."]
        failed = report([1.0], [2.0], ["fail"], "fail", findings=("Two calls differ.",))
        assert str(failed).splitlines()[2:4] == ["Two calls differ.", ""]

    @pytest.mark.parametrize("rounding", [0.0, 1e-16])
    def test_the_ratio_of_a_wrong_sign_is_not_rounding_noise(self, rounding):
        text = str(report([1.0, -2.0], [-1.0 + rounding, 2.0], ["fail"] * 2, "fail"))
        assert "||g - n|| / ||g + n|| > 1e+06, as g is close to -n; worst" in text

    def test_a_long_table_shows_the_worst_in_order_and_counts_the_rest(self):
        n = 16 + 5
        wrong = np.where(np.arange(n) == n - 1, 1.5, 1.0)
        verdicts = ["pass"] * (n - 1) + ["fail"]
        lines = str(report(np.ones(n), wrong, verdicts, "fail")).splitlines()
        rows = [line.split()[0] for line in lines if line.startswith("W1")]
        assert len(rows) == 16
        assert rows[-1] == f"W1[{n - 1},0]"
        assert rows == sorted(rows, key=lambda name: int(name[3:-3]))
        assert "... and 5 more, none worse" in lines

    def test_the_criterion_is_wrapped(self):
        long = report([1.0], [1.0])
        object.__setattr__(long, "criterion", "word " * 60)
        assert max(map(len, long.text(verbose=True).splitlines()[1:])) <= 100


class TestRaise:
    def test_failed_raises_with_the_report(self):
        with pytest.raises(sn.GradientMismatch) as caught:
            THREE.raise_if_failed()
        assert str(caught.value) == str(THREE)

    @pytest.mark.parametrize("verdict", ["pass", "inconclusive"])
    def test_other_verdicts_do_not(self, verdict):
        report([1.0], [1.0], verdict=verdict).raise_if_failed()
