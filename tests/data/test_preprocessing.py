"""Scalers: properties over random tables, extreme values, and error messages."""

from __future__ import annotations

import copy
import pickle
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import preprocessing

import sheernet as sn

EPS = np.finfo(float).eps
MAKERS = {
    "maximum": sn.preprocessing.Scaler.maximum,
    "minmax": sn.preprocessing.Scaler.minmax,
    "minmax -1": lambda X: sn.preprocessing.Scaler.minmax(X, -1, 1),
    "standardize": sn.preprocessing.Scaler.standardize,
    "robust": sn.preprocessing.Scaler.robust,
    "maxabs": sn.preprocessing.Scaler.maxabs,
    "rms": lambda X: sn.preprocessing.Scaler.learn("rms", X),
    "none": lambda X: sn.preprocessing.Scaler.learn("none", X),
    "fixed": lambda X: sn.preprocessing.Scaler.fixed(
        np.full(X.shape[1], 3.0), np.arange(X.shape[1])
    ),
}
HARMLESS = st.floats(-1e6, 1e6, allow_subnormal=False)
WILD = st.one_of(
    st.floats(-1e300, 1e300),
    st.sampled_from([0.0, 1e300, -1e300, 1e-300, 5e-324, 1e-310, 0.1, 1.0 + EPS]),
)


def tables(elements=HARMLESS):
    return hnp.arrays(
        np.float64, st.tuples(st.integers(1, 8), st.integers(1, 3)), elements=elements
    )


def made(maker, X):
    """The scaler of a table; the rule maximum needs positive values."""
    return MAKERS[maker](np.vstack([X, np.full(X.shape[1], 1e3)]) if maker == "maximum" else X)


@pytest.mark.parametrize("maker", MAKERS)
class TestLaws:
    @settings(max_examples=50)
    @given(X=tables())
    def test_inverse_undoes_transform_to_rounding(self, maker, X):
        scaler = made(maker, X)
        back = scaler.inverse(scaler.transform(X))
        room = 4 * EPS * (np.abs(X) + np.abs(scaler.shift) + scaler.scale)
        assert np.all(np.abs(back - X) <= room)

    @settings(max_examples=50)
    @given(X=tables(WILD))
    def test_extremes_overflow_nowhere_and_are_inverted(self, maker, X):
        scaler = (
            made(maker, X)
            if maker != "fixed"
            else sn.preprocessing.Scaler.fixed(1e10 * np.ones(X.shape[1]))
        )
        Z = scaler.transform(X)
        assert np.all(np.isfinite(Z))
        room = 4 * EPS * (np.abs(X) + np.abs(scaler.shift) + scaler.scale)
        assert np.all(np.abs(scaler.inverse(Z) - X) <= room)

    @settings(max_examples=50)
    @given(X=tables())
    def test_transform_is_the_formula_column_by_column(self, maker, X):
        scaler = made(maker, X)
        for j in range(X.shape[1]):
            expected = (X[:, j] - scaler.shift[j]) / scaler.scale[j]
            np.testing.assert_array_equal(scaler.transform(X)[:, j], expected)

    @settings(max_examples=50)
    @given(X=tables())
    def test_the_input_is_neither_written_nor_kept(self, maker, X):
        before = X.copy()
        scaler = made(maker, X)
        Z = scaler.transform(X)
        np.testing.assert_array_equal(X, before)
        assert not np.shares_memory(Z, X)

    @pytest.mark.parametrize(
        "twin_of", [copy.deepcopy, copy.copy, lambda s: pickle.loads(pickle.dumps(s))]
    )
    def test_a_copy_is_equal_and_as_read_only(self, maker, twin_of):
        scaler = made(maker, np.array([[1.0, 2.0], [5.0, 3.0]]))
        twin = twin_of(scaler)
        np.testing.assert_array_equal(twin.scale, scaler.scale)
        np.testing.assert_array_equal(twin.shift, scaler.shift)
        assert twin.kind == scaler.kind
        assert not twin.scale.flags.writeable
        assert not twin.shift.flags.writeable

    def test_transforming_the_rows_apart_or_together_is_the_same(self, maker):
        X = np.random.default_rng(0).uniform(1, 9, (5, 2))
        scaler = made(maker, X)
        np.testing.assert_array_equal(
            np.vstack([scaler.transform(row[None]) for row in X]), scaler.transform(X)
        )


LEARNED = ("standardize", "minmax", "robust", "rms", "maxabs", "none")


@pytest.mark.parametrize("kind", LEARNED)
class TestWeights:
    @settings(max_examples=60)
    @given(X=tables(st.integers(-400, 400).map(lambda quarters: quarters / 4)), data=st.data())
    def test_a_weight_of_k_is_k_rows_and_a_weight_of_0_none(self, kind, X, data):
        counts = data.draw(hnp.arrays(np.int64, len(X), elements=st.integers(0, 3)))
        counts[data.draw(st.integers(0, len(X) - 1))] += 1
        weighted = sn.preprocessing.Scaler.learn(kind, X, counts)
        repeated = sn.preprocessing.Scaler.learn(kind, np.repeat(X, counts, axis=0))
        np.testing.assert_allclose(weighted.shift, repeated.shift, rtol=1e-12, atol=1e-10)
        np.testing.assert_allclose(weighted.scale, repeated.scale, rtol=1e-9)

    @pytest.mark.parametrize("size", [1e-300, 0.3, 1e300])
    def test_only_the_ratios_of_weights_that_are_not_whole_matter(self, kind, size):
        X = np.random.default_rng(5).normal(size=(50, 2))
        weights = np.random.default_rng(6).uniform(0.1, 0.9, 50)
        one, other = (
            sn.preprocessing.Scaler.learn(kind, X, weights),
            sn.preprocessing.Scaler.learn(kind, X, size * weights),
        )
        np.testing.assert_allclose(one.shift, other.shift, rtol=1e-12)
        np.testing.assert_allclose(one.scale, other.scale, rtol=1e-12)

    def test_weights_that_cannot_weigh_are_refused(self, kind):
        with pytest.raises(sn.InvalidInput, match="weights must be finite and at least 0"):
            sn.preprocessing.Scaler.learn(kind, [1.0, 2.0], [1.0, -1.0])


THEIRS = {
    "standardize": lambda fitted: (fitted.mean_, np.sqrt(fitted.var_)),
    "minmax": lambda fitted: (fitted.data_min_, fitted.data_range_),
    "robust": lambda fitted: (fitted.center_, fitted.scale_),
    "maxabs": lambda fitted: (np.zeros_like(fitted.max_abs_), fitted.max_abs_),
}


def theirs(kind, X, weights=None):
    """Shift and scale that scikit-learn's scaler learns from a table."""
    classes = {
        "standardize": preprocessing.StandardScaler,
        "minmax": preprocessing.MinMaxScaler,
        "robust": preprocessing.RobustScaler,
        "maxabs": preprocessing.MaxAbsScaler,
    }
    given = {} if weights is None else {"sample_weight": weights}
    with np.errstate(invalid="ignore"):  # their variance of equal numbers can be below 0
        return THEIRS[kind](classes[kind]().fit(X, **given))


@settings(max_examples=60)
@given(
    X=tables(st.integers(-400, 400).map(float)), size=st.sampled_from([2.0**-990, 1.0, 2.0**990])
)
def test_rms_divides_by_the_root_of_the_mean_square(X, size):
    scaler = sn.preprocessing.Scaler.learn("rms", size * X)
    # Times sqrt(N / (N - 1)), this is the scale of R's scale(X, center = FALSE).
    expected = np.sqrt((X**2).mean(axis=0))
    np.testing.assert_array_equal(scaler.shift, 0.0)
    np.testing.assert_allclose(
        scaler.scale, np.where(X.any(axis=0), size * expected, 1.0), rtol=1e-12
    )


@pytest.mark.parametrize("kind", THEIRS)
class TestAgainstScikitLearn:
    @settings(max_examples=60)
    @given(
        X=tables(st.integers(-400, 400).map(lambda quarters: quarters / 4)),
        rows=st.integers(0, 900),
    )
    def test_shift_and_scale_are_theirs(self, kind, X, rows):
        X = np.vstack([X, np.random.default_rng(rows).normal(size=(rows, X.shape[1]))])
        scaler, (shift, scale) = sn.preprocessing.Scaler.learn(kind, X), theirs(kind, X)
        varies = np.ptp(X, axis=0) > 0 if kind != "maxabs" else np.abs(X).max(axis=0) > 0
        np.testing.assert_allclose(scaler.shift, shift, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(scaler.scale[varies], scale[varies], rtol=1e-12)
        np.testing.assert_array_equal(scaler.scale[~varies], 1.0)

    @pytest.mark.parametrize("size", [2.0**-990, 2.0**-40, 1.0, 2.0**40, 2.0**990])
    def test_tiny_and_huge_columns_are_theirs_in_other_units(self, kind, size):
        X = np.random.default_rng(7).normal(1.0, 1.0, (700, 3))
        scaler, (shift, scale) = sn.preprocessing.Scaler.learn(kind, X * size), theirs(kind, X)
        np.testing.assert_allclose(scaler.shift / size, shift, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(scaler.scale / size, scale, rtol=1e-12)

    def test_scikit_learn_is_not_imported(self, kind, monkeypatch):
        monkeypatch.setitem(sys.modules, "sklearn", None)
        monkeypatch.setitem(sys.modules, "sklearn.preprocessing", None)
        assert sn.preprocessing.Scaler.learn(kind, [1.0, 2.0]).kind == kind


@settings(max_examples=60)
@given(X=tables(), seed=st.integers(0, 99), size=st.sampled_from([1e-300, 1.0, 1e300]))
def test_weighted_mean_and_deviation_are_those_of_scikit_learn(X, seed, size):
    weights = np.random.default_rng(seed).uniform(0.1, 1.0, len(X))
    scaler, (shift, scale) = (
        sn.preprocessing.Scaler.standardize(X, size * weights),
        theirs("standardize", X, weights),
    )
    room = 1e-12 * np.abs(X).max(axis=0)
    assert np.all(np.abs(scaler.shift - shift) <= room)
    # Of other columns, scikit-learn's variance has few digits.
    varies = scale > 1e-3 * np.abs(X).max(axis=0)
    np.testing.assert_allclose(scaler.scale[varies], scale[varies], rtol=1e-12)


@pytest.mark.parametrize("seed", range(9))
def test_a_variance_that_rounds_to_less_than_0_is_0(seed):
    rng = np.random.default_rng(seed)
    X, weights = np.ones((300, 2)), rng.uniform(0.1, 1.0, 300)
    X[0], weights[0] = 0.0, 10.0 ** -rng.integers(40, 80)
    assert np.all(sn.preprocessing.Scaler.standardize(X, weights).scale > 0)


class TestLearn:
    @pytest.mark.parametrize("kind", ["maximum", *LEARNED])
    def test_the_constructor_of_that_name_is_the_same(self, kind):
        X = np.random.default_rng(3).normal(2, 3, (9, 2))
        learned = sn.preprocessing.Scaler.learn(kind, X)
        assert learned.kind == kind
        np.testing.assert_array_equal(learned.scale, MAKERS[kind](X).scale)
        np.testing.assert_array_equal(learned.shift, MAKERS[kind](X).shift)

    def test_an_unknown_rule(self):
        with pytest.raises(
            sn.InvalidInput, match=r"scaling 'standard' .* did you mean 'standardize'"
        ):
            sn.preprocessing.Scaler.learn("standard", [1.0])
        with pytest.raises(sn.InvalidInput, match="scaling 'fixed' is not recognized"):
            sn.preprocessing.Scaler.learn("fixed", [1.0])

    @pytest.mark.parametrize("kind", ["standardize", "minmax", "robust"])
    def test_a_message_has_the_name_of_the_column(self, kind):
        with pytest.raises(sn.InvalidInput, match=r"column 'b' ranges from -1e\+308 to 1e\+308"):
            sn.preprocessing.Scaler.learn(kind, [[1.0, -1e308], [2.0, 1e308]], names=["a", "b"])


class TestRobust:
    @given(X=tables())
    def test_median_0_and_quartiles_1_apart(self, X):
        scaler = sn.preprocessing.Scaler.robust(X)
        low, middle, high = np.quantile(scaler.transform(X), (0.25, 0.5, 0.75), axis=0)
        room = 16 * EPS * (1 + np.abs(X).max(axis=0) / scaler.scale)
        assert np.all(np.abs(middle) <= room)
        varies = scaler.scale > 64 * EPS * np.ptp(X, axis=0)
        assert np.all((np.abs(high - low - 1) <= room) | (scaler.scale == 1.0) | ~varies)

    def test_agrees_with_scikit_learn(self):
        other = preprocessing.RobustScaler()
        X = np.random.default_rng(2).standard_cauchy((21, 4))
        np.testing.assert_allclose(
            sn.preprocessing.Scaler.robust(X).transform(X),
            other.fit_transform(X),
            rtol=1e-12,
            atol=1e-12,
        )

    def test_an_interquartile_range_as_wide_as_the_range(self):
        assert sn.preprocessing.Scaler.robust([0.0, 0.0, 8.0, 8.0]).scale[0] == 8.0

    def test_equal_quartiles_have_scale_1(self):
        assert sn.preprocessing.Scaler.robust([2.0, 2.0, 2.0, 2.0, 50.0]).scale[0] == 1.0

    def test_an_outlier_does_not_move_it(self):
        near, far = (
            sn.preprocessing.Scaler.robust([1.0, 2.0, 3.0, 4.0, 9.0]),
            sn.preprocessing.Scaler.robust([1.0, 2.0, 3.0, 4.0, 9e9]),
        )
        np.testing.assert_allclose(far.scale, near.scale, rtol=1e-6)


class TestMaxabs:
    def test_is_the_division_by_the_largest_absolute_value(self):
        np.testing.assert_array_equal(
            sn.preprocessing.Scaler.maxabs([[-4.0, 0.0], [2.0, 0.0]]).transform([[-4.0, 3.0]]),
            [[-1.0, 3.0]],
        )


class TestMaximum:
    @given(X=tables(st.floats(0.5, 1e6)))
    def test_the_largest_of_each_column_becomes_1(self, X):
        np.testing.assert_array_equal(
            sn.preprocessing.Scaler.maximum(X).transform(X).max(axis=0), 1.0
        )

    @given(X=tables(st.floats(0.5, 1e6)))
    def test_is_the_division_of_the_notebook(self, X):
        np.testing.assert_array_equal(
            sn.preprocessing.Scaler.maximum(X).transform(X), X / np.amax(X, axis=0)
        )

    def test_a_column_of_zeros_stays_as_it_is(self):
        scaler = sn.preprocessing.Scaler.maximum([[0.0, 2.0], [0.0, 4.0]])
        np.testing.assert_array_equal(scaler.scale, [1.0, 4.0])

    @pytest.mark.parametrize("column", [[-3.0, -1.0], [-3.0, 0.0], [-1.0, 5e-324]])
    def test_a_maximum_that_is_not_positive_is_refused_with_what_to_use(self, column):
        with pytest.raises(
            sn.InvalidInput,
            match=r"column 0 cannot be divided by its maximum.*positive.*Scaler\.minmax",
        ):
            sn.preprocessing.Scaler.maximum(column)


class TestMinmax:
    @pytest.mark.parametrize(("low", "high"), [(0, 1), (-1, 1)])
    @given(X=tables())
    def test_the_ends_are_met_to_the_rounding_of_the_column(self, low, high, X):
        scaler = sn.preprocessing.Scaler.minmax(X, low, high)
        Z, varies = scaler.transform(X), X.max(axis=0) > X.min(axis=0)
        room = 4 * EPS * (2 + np.abs(X).max(axis=0) / scaler.scale)
        assert np.all(np.abs(Z.min(axis=0) - low) <= room)
        assert np.all(np.abs(Z.max(axis=0) - high)[varies] <= room[varies])

    def test_agrees_with_scikit_learn(self):
        other = preprocessing.MinMaxScaler((-1, 1))
        X = np.random.default_rng(1).normal(3, 2, (20, 4))
        np.testing.assert_allclose(
            sn.preprocessing.Scaler.minmax(X, -1, 1).transform(X),
            other.fit_transform(X),
            atol=1e-15,
        )

    def test_a_constant_column_has_scale_1_and_goes_to_low(self):
        scaler = sn.preprocessing.Scaler.minmax([[7.0], [7.0]], -1, 1)
        assert scaler.scale[0] == 1.0
        np.testing.assert_array_equal(scaler.transform([7.0]), [[-1.0]])

    @pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1), (0, np.inf), (np.nan, 1)])
    def test_a_range_without_width_is_refused(self, low, high):
        with pytest.raises(
            sn.InvalidInput, match=f"low must be below high, both finite, but {low} and {high}"
        ):
            sn.preprocessing.Scaler.minmax([1.0, 2.0], low, high)


class TestStandardize:
    @given(X=tables())
    def test_mean_0_and_deviation_1_to_the_rounding_of_the_column(self, X):
        scaler = sn.preprocessing.Scaler.standardize(X)
        Z, varies = scaler.transform(X), X.max(axis=0) > X.min(axis=0)
        room = 16 * EPS * (1 + np.abs(X).max(axis=0) / scaler.scale)
        assert np.all(np.abs(Z.mean(axis=0)) <= room)
        assert np.all(np.abs(Z.std(axis=0) - 1)[varies] <= room[varies])

    def test_agrees_with_scikit_learn(self):
        other = preprocessing.StandardScaler()
        X = np.random.default_rng(2).normal(3, 2, (20, 4))
        np.testing.assert_allclose(
            sn.preprocessing.Scaler.standardize(X).transform(X), other.fit_transform(X), atol=1e-14
        )

    @pytest.mark.parametrize("value", [0.1, -7.3, 1e300, 1e-300, 5e-324])
    @pytest.mark.parametrize("rows", [1, 3, 10])
    def test_a_constant_column_has_scale_1_though_its_mean_is_rounded(self, value, rows):
        X = np.full((rows, 1), value)
        scaler = sn.preprocessing.Scaler.standardize(X)
        assert scaler.scale[0] == 1.0
        np.testing.assert_array_equal(scaler.transform(X), 0.0)

    def test_agrees_with_exact_arithmetic_where_squares_overflow(self):
        scaler = sn.preprocessing.Scaler.standardize([1e300, 3e300])  # mean 2e300, deviation 1e300
        np.testing.assert_allclose((scaler.shift[0], scaler.scale[0]), (2e300, 1e300), rtol=4 * EPS)

    def test_agrees_with_exact_arithmetic_where_squares_underflow(self):
        scaler = sn.preprocessing.Scaler.standardize([1e-300, 3e-300])
        np.testing.assert_allclose(
            (scaler.shift[0], scaler.scale[0]), (2e-300, 1e-300), rtol=4 * EPS
        )

    @pytest.mark.parametrize(
        "maker", [sn.preprocessing.Scaler.minmax, sn.preprocessing.Scaler.standardize]
    )
    def test_a_spread_without_digits_counts_as_constant(self, maker):
        assert maker([0.0, 1e-310]).scale[0] == 1.0


class TestFixed:
    def test_a_number_is_the_scale_of_one_column(self):
        np.testing.assert_array_equal(
            sn.preprocessing.Scaler.fixed(100).transform([[75.0]]), [[0.75]]
        )

    def test_one_shift_serves_every_column(self):
        scaler = sn.preprocessing.Scaler.fixed([1.0, 2.0], shift=1.0)
        np.testing.assert_array_equal(scaler.transform([[1.0, 5.0]]), [[0.0, 2.0]])
        assert scaler.n_columns == 2


class TestRefuses:
    @pytest.mark.parametrize("method", ["transform", "inverse"])
    def test_another_number_of_columns(self, method):
        scaler = sn.preprocessing.Scaler.fixed([1.0, 2.0])
        with pytest.raises(
            sn.ShapeMismatch,
            match="has 3 columns but the scaler has 2; give the columns of the training data",
        ):
            getattr(scaler, method)([[1.0, 2.0, 3.0]])

    @pytest.mark.parametrize(
        "maker", [sn.preprocessing.Scaler.minmax, sn.preprocessing.Scaler.standardize]
    )
    def test_a_range_that_overflows(self, maker):
        with pytest.raises(
            sn.InvalidInput, match=r"column 1 ranges from -1e\+308 to 1e\+308.*overflows.*units"
        ):
            maker([[1.0, -1e308], [2.0, 1e308]])

    def test_a_value_whose_scaled_value_overflows(self):
        scaler = sn.preprocessing.Scaler.standardize([1e-300, 3e-300])
        with pytest.raises(
            sn.InvalidInput, match=r"the value 1e\+10 in row 1, column 0 is too far"
        ):
            scaler.transform([1e-300, 1e10])

    def test_data_that_is_not_finite(self):
        with pytest.raises(sn.InvalidInput, match="X must be finite, but row 1, column 0 is nan"):
            sn.preprocessing.Scaler.standardize([1.0, np.nan])

    @pytest.mark.parametrize("scale", [0.0, -1.0, np.inf, np.nan])
    def test_a_scale_that_is_not_positive(self, scale):
        with pytest.raises(
            sn.InvalidInput,
            match=f"scale must be positive and finite, but the scale of column 1 is {scale}",
        ):
            sn.preprocessing.Scaler.fixed([1.0, scale])

    def test_a_shift_that_is_not_finite(self):
        with pytest.raises(sn.InvalidInput, match="shift must be finite, but one is inf"):
            sn.preprocessing.Scaler.fixed(1.0, np.inf)

    def test_shifts_and_scales_of_different_lengths(self):
        with pytest.raises(
            sn.ShapeMismatch, match=r"one number per column, but their shapes are \(3,\) and \(2,\)"
        ):
            sn.preprocessing.Scaler.fixed([1.0, 2.0], [0.0, 0.0, 0.0])

    def test_an_unknown_kind(self):
        with pytest.raises(
            sn.InvalidInput,
            match="kind of scaler 'minmaxx' is not recognized; did you mean 'minmax'",
        ):
            sn.preprocessing.Scaler([0.0], [1.0], "minmaxx")
