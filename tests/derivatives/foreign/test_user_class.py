"""from_object: classes of learners, right and wrong, and objects that stay unchanged."""

from __future__ import annotations

import copy
import warnings

import numpy as np
import pytest

import sheernet as sn
from derivatives.foreign.learners import MISTAKES, Network, VideosNetwork, sigmoid
from sheernet.optimizers import minimize

RNG = np.random.default_rng(7)
X, Y = RNG.standard_normal((8, 2)), RNG.uniform(size=(8, 3))
SIZES = (2, 3, 3)
STYLES = [Network, VideosNetwork]


def state(own):
    return copy.deepcopy(vars(own))


def same(one, other):
    assert list(one) == list(other)
    for name, value in one.items():
        assert np.array_equal(value, other[name]), name


class TestRightClasses:
    @pytest.mark.parametrize("style", STYLES)
    @pytest.mark.parametrize("n_outputs", [1, 3])
    def test_pass(self, style, n_outputs):
        own = style(sizes=(2, 3, n_outputs))
        problem = sn.foreign.from_object(own, X, Y[:, :n_outputs])
        report = sn.check_gradient(problem)
        assert report.verdict == "pass"
        assert problem.constants == {"N": 8, "K": n_outputs}

    @pytest.mark.parametrize("style", STYLES)
    def test_value_and_gradient_are_the_object_s_own(self, style):
        own = style(sizes=SIZES)
        problem = sn.foreign.from_object(own, X, Y)
        at = problem.x + 0.25
        W_1, W_2 = at[:6].reshape(2, 3), at[6:].reshape(3, 3)
        expected = 0.5 * ((sigmoid(sigmoid(X @ W_1) @ W_2) - Y) ** 2).sum() + 0.15 * at @ at
        assert problem.value(at) == pytest.approx(expected, rel=1e-14)
        other = Network(sizes=SIZES)
        other.set_params(at)
        assert problem.gradient(at) == pytest.approx(other.compute_gradients(X, Y), rel=1e-13)

    def test_a_cost_that_is_an_array_of_one_entry_is_taken(self):
        class Wrapped(Network):
            def cost_function(self, X, y):
                return np.array([[super().cost_function(X, y)]])

        assert sn.check_gradient(sn.foreign.from_object(Wrapped(), X, Y[:, :1])).verdict == "pass"

    def test_a_vector_of_targets_is_one_output(self):
        class Line:
            def __init__(self):
                self.w = np.array([1.0, 2.0])

            def cost_function(self, X, y):
                return 0.5 * ((X @ self.w - y) ** 2).sum()

            def compute_gradients(self, X, y):
                return X.T @ (X @ self.w - y)

            def getParams(self):  # styles may be mixed
                return self.w

            def setParams(self, params):
                self.w[:] = params  # in place

        own = Line()
        problem = sn.foreign.from_object(own, X, Y[:, 0])
        assert problem.constants == {"N": 8, "K": 1}
        assert sn.check_gradient(problem).verdict == "pass"
        assert own.w.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_fails(mistake):
    own = mistake(sizes=SIZES)
    own.cost_function(X, Y)  # as a user would; the stale forward pass is right by chance now
    report = sn.check_gradient(sn.foreign.from_object(own, X, Y))
    assert report.verdict == "fail"
    assert report.diagnosis.kind == KINDS[mistake.__name__], report.diagnosis


KINDS = {
    "Sign": "data factor",
    "HiddenDerivativeMissing": "layer",
    "NotTransposed": "layer",
    "FactorTwo": "data factor",
    "ActivationForPreActivation": "slope argument",
    "OutputDerivativeMissing": "output slope",
    "StaleForwardPass": "stale forward",
    "WrongOrder": "block order",
    "InputsLeftOut": "layer",
    "PenaltyMissing": "decay",
    "MeanInTheCostOnly": "data factor",
    "PreActivationForActivation": "layer",
}
"""The kinds of mistake that are found without knowledge of the penalty."""


def test_twelve_mistakes_are_tried():
    assert len(set(MISTAKES)) == 12


class TestNames:
    @pytest.mark.parametrize(
        ("style", "first", "last"), [(Network, "W_1", "W_2"), (VideosNetwork, "W1", "W2")]
    )
    def test_come_from_the_attributes(self, style, first, last):
        problem = sn.foreign.from_object(style(sizes=SIZES), X, Y)
        assert problem.names[0] == f"{first}[0,0]"
        assert problem.names[5] == f"{first}[1,2]"
        assert problem.names[-1] == f"{last}[2,2]"
        blocks = {name: (b.shape, b.layer, b.is_bias) for name, b in problem.blocks.items()}
        assert blocks == {first: ((2, 3), 1, False), last: ((3, 3), 2, False)}

    def test_are_numbers_if_attributes_do_not_hold_the_parameters(self):
        class Hidden(Network):
            __slots__ = ()

            def get_params(self):
                return 2 * super().get_params()

            def set_params(self, params):
                super().set_params(params / 2)

        problem = sn.foreign.from_object(Hidden(), X, Y[:, :1])
        assert problem.names[:2] == ("x[0]", "x[1]")
        assert list(problem.blocks) == ["x"]

    def test_find_lists_and_biases_of_any_order_even_if_all_are_zero(self):
        class Lists:
            def __init__(self):
                self.all = np.zeros(9)
                self.set_params(self.all)

            def cost_function(self, X, y):
                h = X @ self.weights[0] + self.biases[0]
                return 0.5 * ((h @ self.weights[1] + self.biases[1] - y) ** 2).sum()

            def compute_gradients(self, X, y):
                h = X @ self.weights[0] + self.biases[0]
                d = h @ self.weights[1] + self.biases[1] - y
                e = d @ self.weights[1].T
                parts = X.T @ e, e.sum(0), h.T @ d, d.sum(0)
                return np.concatenate([part.ravel() for part in parts])

            def get_params(self):
                return self.all

            def set_params(self, v):
                self.all = v
                self.weights = [v[0:4].reshape(2, 2), v[6:8].reshape(2, 1)]
                self.biases = [v[4:6], v[8:9]]

        problem = sn.foreign.from_object(Lists(), X, Y[:, :1])
        assert {n: (b.layer, b.is_bias) for n, b in problem.blocks.items()} == {
            "weights[0]": (1, False),
            "biases[0]": (1, True),
            "weights[1]": (2, False),
            "biases[1]": (2, True),
        }
        assert problem.names[1] == "weights[0][0,1]"


class TestComplexValue:
    @pytest.mark.parametrize("style", STYLES)
    def test_exists_if_the_class_computes_with_complex_weights(self, style):
        problem = sn.foreign.from_object(style(sizes=SIZES), X, Y)
        direction = RNG.standard_normal(problem.x.size)
        slope = problem.complex_value(problem.x + 1e-20j * direction).imag / 1e-20
        assert slope == pytest.approx(problem.gradient(problem.x) @ direction, rel=1e-12)

    def test_does_not_exist_if_an_imaginary_part_is_dropped(self):
        class InPlace(Network):
            def set_params(self, params):
                self.W_1[...] = params[:6].reshape(2, 3)
                self.W_2[...] = params[6:].reshape(self.W_2.shape)

        own = InPlace()
        before = state(own)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            problem = sn.foreign.from_object(own, X, Y[:, :1])
        assert not said
        assert problem.complex_value is None
        assert sn.check_gradient(problem).verdict == "pass"
        same(state(own), before)

    def test_does_not_exist_if_the_cost_is_real_or_raises(self):
        class Real(Network):
            def cost_function(self, X, y):
                return float(super().cost_function(X, y))

        class Absolute(Network):
            def cost_function(self, X, y):
                return 0.5 * (np.abs(self.forward(X) - y) ** 2).sum() + self.penalty().real

        for kind in (Real, Absolute):
            problem = sn.foreign.from_object(kind(), X, Y[:, :1])
            assert problem.complex_value is None
            assert sn.check_gradient(problem).verdict == "pass"


class TestTheObjectAfterwards:
    @pytest.mark.parametrize("style", STYLES)
    def test_is_as_it_was(self, style):
        own = style(sizes=SIZES)
        before = state(own)
        weights = {name: value for name, value in vars(own).items() if name.startswith("W")}
        problem = sn.foreign.from_object(own, X, Y)
        for call in (problem.value, problem.gradient, problem.complex_value):
            call(problem.x + 1.0)
            same(state(own), before)
        for name, array in weights.items():
            assert getattr(own, name) is array
        sn.check_gradient(problem)
        same(state(own), before)

    def test_is_as_it_was_when_a_method_raises(self):
        class Fragile(Network):
            limit = 10.0

            def cost_function(self, X, y):
                cost = super().cost_function(X, y)
                if abs(self.W_1[0, 0]) > self.limit:
                    raise OverflowError("too large")
                return cost

            def compute_gradients(self, X, y):
                self.cost_function(X, y)
                return super().compute_gradients(X, y)

        own = Fragile()
        before = state(own)
        problem = sn.foreign.from_object(own, X, Y[:, :1])
        for call in (problem.value, problem.gradient, problem.complex_value):
            with pytest.raises(OverflowError, match="too large"):
                call(problem.x + 100.0)
            same(state(own), before)

    def test_does_not_share_the_vector_that_the_check_gives_it(self):
        class Sloppy(Network):
            def forward(self, X):
                y_hat = super().forward(X)
                self.W_1 += 1.0  # a view of the argument of set_params
                return y_hat

        problem = sn.foreign.from_object(Sloppy(), X, Y[:, :1])
        x = np.array(problem.x)
        problem.value(x), problem.gradient(x)
        assert np.array_equal(x, problem.x)


class TestRefusals:
    def test_missing_methods_are_named_with_their_possible_names(self):
        class Half:
            def get_params(self):
                return np.zeros(2)

            compute_gradients = None

        with pytest.raises(sn.InvalidInput) as caught:
            sn.foreign.from_object(Half(), X, Y)
        assert str(caught.value) == (
            "a Half cannot be checked: it has no method for the cost, cost_function(X, y) or costFunction(X, y); "
            "nor for the gradient, compute_gradients(X, y) or computeGradients(X, y); nor for setting the "
            "parameters, set_params(vector) or setParams(vector); add them, or give check_gradient a function, its "
            "gradient and a point"
        )

    def test_a_class_is_not_an_object(self):
        with pytest.raises(
            sn.InvalidInput, match=r"the class Network was given.*make one: Network\(\)"
        ):
            sn.foreign.from_object(Network, X, Y)

    def test_parameters_in_a_dict_are_refused(self):
        class Estimator(Network):
            def get_params(self):
                return {"alpha": 1.0}

        with pytest.raises(sn.InvalidInput, match="returned a dict"):
            sn.foreign.from_object(Estimator(), X, Y)

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            (lambda g: (g[:6].reshape(2, 3), g[6:]), r"a tuple of 2: an array of shape \(2, 3\) and an .*"),
            (lambda g: g.reshape(-1, 1), r"an array of shape \(9, 1\)"),
            (lambda g: g[:6], r"an array of shape \(6,\)"),
            (lambda g: None, r"None"),
            (lambda g: 3.0, r"3.0"),
        ],
    )  # fmt: skip
    def test_a_gradient_that_is_not_a_vector_of_p(self, given, words):
        class Odd(Network):
            def compute_gradients(self, X, y):
                return given(super().compute_gradients(X, y))

        message = rf"compute_gradients\(X, y\) must return a vector of 9 entries.*but it returned {words}; ravel its"
        with pytest.raises(sn.ShapeMismatch, match=message):
            sn.foreign.from_object(Odd(), X, Y[:, :1])

    def test_a_list_of_numbers_is_a_vector(self):
        class Listed(Network):
            def compute_gradients(self, X, y):
                return super().compute_gradients(X, y).tolist()

        assert sn.check_gradient(sn.foreign.from_object(Listed(), X, Y[:, :1])).verdict == "pass"

    def test_a_cost_that_is_not_one_number(self):
        class PerSample(Network):
            def cost_function(self, X, y):
                return ((self.forward(X) - y) ** 2).sum(axis=1)

        message = r"cost_function\(X, y\) must return one number, but it returned an array of shape \(8,\); sum over"
        with pytest.raises(sn.ShapeMismatch, match=message):
            sn.foreign.from_object(PerSample(), X, Y)

    def test_parameters_that_are_not_a_vector(self):
        class Matrix(Network):
            def get_params(self):
                return self.W_1

        with pytest.raises(
            sn.ShapeMismatch, match=r"must return a vector of all parameters.*\(2, 3\)"
        ):
            sn.foreign.from_object(Matrix(), X, Y)

    def test_parameters_that_do_not_come_back_as_they_were_set(self):
        class Swapped(Network):
            def get_params(self):
                return np.concatenate((self.W_2.ravel(), self.W_1.ravel()))

        class Single(Network):
            def set_params(self, params):
                super().set_params(params.astype(np.float32))

        class Short(Network):
            def set_params(self, params):
                self.W_1 = params[:4].reshape(2, 2)

        for kind, words in (
            (Swapped, "came back as"),
            (Single, "float64"),
            (Short, r"9 entries were set and an"),
        ):
            with pytest.raises(
                sn.InvalidInput, match=rf"after set_params.*{words}.*unpack the arrays"
            ):
                sn.foreign.from_object(kind(), X, Y[:, :1])


class TestMinimize:
    """`sheernet.optimizers.minimize` takes the problem: the Trainer of the notebook in one line."""

    @pytest.mark.parametrize("method", ["auto", "bfgs", "lbfgs", "gd", "scipy:BFGS"])
    def test_ends_where_sheernet_does(self, method: str) -> None:
        """With decay the cost of one unit has one minimum near the start, so all methods end there."""
        own = Network(sizes=(2, 1, 1))
        X, y = sn.datasets.load_sleep_study().scaled
        options = {"learning_rate": 1.0} if method == "gd" else {}
        run = minimize(sn.foreign.from_object(own, X, y), own.get_params(), method, **options)
        arch = sn.Architecture((2, 1, 1), hidden="sigmoid", output="sigmoid", bias=False)
        net = sn.Network(arch, own.get_params())
        training = sn.train(net, X, y, reduction="sum", decay=own.decay, method="bfgs")
        assert run.termination.converged
        assert np.abs(run.theta - training.network.theta).max() < 1e-6
        assert repr(run).startswith(f"<run: {run.method}, ")

    def test_leaves_the_object_unchanged(self) -> None:
        own = Network()
        before = own.get_params()
        minimize(sn.foreign.from_object(own, X, Y[:, :1]), before, max_iter=3)
        assert np.array_equal(own.get_params(), before)

    def test_of_the_object_itself_says_how(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"sn\.foreign\.from_object\(network, X, y\)"):
            minimize(Network(), np.zeros(9))

    def test_of_the_check_says_how_too(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"sn\.foreign\.from_object\(network, X, y\)"):
            sn.check_gradient(Network(), X, Y)


def test_a_problem_shows_its_blocks() -> None:
    assert (
        repr(sn.foreign.from_object(Network(), X, Y[:, :1]))
        == "<problem of 9 entries: W_1 (2, 3), W_2 (3, 1)>"
    )
