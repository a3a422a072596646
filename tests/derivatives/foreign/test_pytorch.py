"""from_torch: right modules, one with a detached layer, and modules that stay unchanged."""

from __future__ import annotations

import doctest
import pickle

import numpy as np
import pytest

import sheernet as sn

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional

RNG = np.random.default_rng(5)
X, Y = RNG.standard_normal((12, 3)), RNG.standard_normal((12, 2))


@pytest.fixture(autouse=True)
def one_thread():
    """On a busy machine, the threads of such a small network would wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Net(nn.Module):
    """3-4-5-2; the first layer may be detached, as by a mistake."""

    def __init__(self, activation=torch.tanh, detached=False, dtype=torch.float32):
        super().__init__()
        torch.manual_seed(3)
        self.fc1, self.fc2, self.fc3 = nn.Linear(3, 4), nn.Linear(4, 5), nn.Linear(5, 2)
        self.activation, self.detached = activation, detached
        self.to(dtype)

    def forward(self, x):
        h = self.activation(self.fc1(x))
        if self.detached:
            h = h.detach()
        return self.fc3(self.activation(self.fc2(h)))


def failed(report):
    pairs = zip(report.names, report.verdicts, strict=True)
    return {name.partition("[")[0] for name, verdict in pairs if verdict == "fail"}


class TestNet:
    def test_a_right_one_passes(self):
        assert sn.check_gradient(sn.foreign.from_torch(Net(), F.mse_loss, X, Y)).verdict == "pass"

    def test_a_detached_layer_fails_in_its_own_blocks(self):
        report = sn.check_gradient(sn.foreign.from_torch(Net(detached=True), F.mse_loss, X, Y))
        assert report.verdict == "fail"
        assert failed(report) == {"fc1.weight", "fc1.bias"}
        assert report.diagnosis.kind == "zero"
        assert set(report.diagnosis.where) == {"fc1.weight", "fc1.bias"}

    def test_all_detached_is_a_gradient_of_zero(self):
        problem = sn.foreign.from_torch(
            Net(), lambda output, y: F.mse_loss(output.detach(), y), X, Y
        )
        assert not problem.gradient(problem.x).any()
        assert sn.check_gradient(problem).verdict == "fail"

    def test_value_and_gradient_by_hand(self):
        line = nn.Linear(3, 2)
        problem = sn.foreign.from_torch(line, nn.MSELoss(), X, Y)
        for theta in (problem.x, RNG.standard_normal(8)):
            W, b = theta[:6].reshape(2, 3), theta[6:]
            r = X @ W.T + b - Y
            assert problem.value(theta) == pytest.approx((r**2).mean(), rel=1e-14)
            expected = np.concatenate(((r.T @ X).ravel(), r.sum(axis=0))) * 2 / r.size
            assert problem.gradient(theta) == pytest.approx(expected, rel=1e-12)
            value, gradient = problem.value_and_gradient(theta)
            assert value == problem.value(theta)
            assert np.array_equal(gradient, problem.gradient(theta))

    def test_names_blocks_and_constants(self):
        problem = sn.foreign.from_torch(Net(), F.mse_loss, X, Y)
        assert problem.names[11] == "fc1.weight[3,2]"
        assert problem.names[-1] == "fc3.bias[1]"
        assert {name: (b.shape, b.layer, b.is_bias) for name, b in problem.blocks.items()} == {
            "fc1.weight": ((4, 3), 1, False),
            "fc1.bias": ((4,), 1, True),
            "fc2.weight": ((5, 4), 2, False),
            "fc2.bias": ((5,), 2, True),
            "fc3.weight": ((2, 5), 3, False),
            "fc3.bias": ((2,), 3, True),
        }
        assert problem.constants == {"N": 12, "K": 2}

    def test_frozen_parameters_are_left_out(self):
        net = Net()
        net.fc1.requires_grad_(False)
        problem = sn.foreign.from_torch(net, F.mse_loss, X, Y)
        assert next(iter(problem.blocks)) == "fc2.weight"
        assert problem.blocks["fc2.weight"].layer == 2
        assert sn.check_gradient(problem).verdict == "pass"

    def test_a_number_as_a_parameter(self):
        class Scaled(nn.Module):
            def __init__(self):
                super().__init__()
                self.scale = nn.Parameter(torch.tensor(2.0))

            def forward(self, x):
                return self.scale * x[:, :2]

        problem = sn.foreign.from_torch(Scaled(), F.mse_loss, X, Y)
        assert problem.names == ("scale",)
        assert sn.check_gradient(problem).verdict == "pass"


class TestKinks:
    @pytest.mark.parametrize(
        ("activation", "name"),
        [
            (F.relu, "relu"),
            (torch.relu, "relu"),
            (nn.ReLU(), "relu"),
            (nn.ReLU(inplace=True), "relu"),
            (lambda z: z.relu(), "relu"),
            (lambda z: z.clone().relu_(), "relu"),
            (nn.LeakyReLU(0.2), "leaky_relu"),
            (torch.abs, "abs"),
        ],
    )
    def test_are_the_arguments_of_relu_and_its_like(self, activation, name):
        problem = sn.foreign.from_torch(Net(activation), F.mse_loss, X, Y)
        W, b = problem.x[:12].reshape(4, 3), problem.x[12:16]
        kinks = problem.kinks(problem.x)
        assert kinks.shape == (12 * 9,)
        assert np.allclose(kinks[:48].reshape(12, 4), X @ W.T + b, rtol=1e-12)
        assert problem.kink_name(4 * 7 + 2) == f"{name} 1, unit 2, row 7"
        assert problem.kink_name(48 + 5 * 3 + 4) == f"{name} 2, unit 4, row 3"
        with pytest.raises(IndexError):
            problem.kink_name(12 * 9)

    def test_of_the_absolute_error_are_its_differences(self):
        problem = sn.foreign.from_torch(nn.Linear(3, 2), nn.L1Loss(), X, Y)
        W, b = problem.x[:6].reshape(2, 3), problem.x[6:]
        assert np.allclose(problem.kinks(problem.x), (X @ W.T + b - Y).ravel(), rtol=1e-12)

    def test_smooth_modules_have_none(self):
        problem = sn.foreign.from_torch(Net(), F.mse_loss, X, Y)
        assert problem.kinks is None
        assert problem.kink_name is None


class TestWhatTheCallerHas:
    def test_is_not_changed_and_not_looked_at_again(self):
        net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
        loss = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 3.0]))
        x, y = torch.tensor(X, dtype=torch.float32), torch.tensor(Y[:, 0] > 0).long()
        before = pickle.dumps(net.state_dict()), pickle.dumps(loss.state_dict())
        generator = torch.random.get_rng_state()
        problem = sn.foreign.from_torch(net, loss, x, y)
        value, gradient = problem.value_and_gradient(problem.x)
        assert (pickle.dumps(net.state_dict()), pickle.dumps(loss.state_dict())) == before
        assert all(parameter.grad is None for parameter in net.parameters())
        assert torch.equal(torch.random.get_rng_state(), generator)
        assert net[0].weight.dtype == torch.float32
        with torch.no_grad():
            x.zero_(), y.zero_(), net[0].weight.zero_()
        assert problem.value(problem.x) == value
        assert np.array_equal(problem.gradient(problem.x), gradient)

    def test_buffers_are_put_back_after_each_call(self):
        class Counting(Net):
            def __init__(self):
                super().__init__()
                self.register_buffer("calls", torch.zeros(()))

            def forward(self, x):
                self.calls += 1
                return super().forward(x) + self.calls

        problem = sn.foreign.from_torch(Counting(), F.mse_loss, X, Y)
        assert problem.value(problem.x) == problem.value(problem.x)
        assert sn.check_gradient(problem).verdict == "pass"

    def test_float32_is_checked_in_float64(self):
        single = sn.foreign.from_torch(Net(), F.mse_loss, X, Y)
        double = sn.foreign.from_torch(Net(dtype=torch.float64), F.mse_loss, X, Y)
        assert np.array_equal(single.x, double.x)
        assert single.value(single.x) == double.value(double.x)

    @pytest.mark.parametrize("train", [True, False])
    def test_dropout_and_batch_norm_pass_in_either_mode(self, train):
        layers = nn.Linear(3, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Dropout(0.4), nn.Linear(6, 2)
        net = nn.Sequential(*layers).train(train)
        problem = sn.foreign.from_torch(net, F.mse_loss, X, Y)
        value = problem.value(problem.x)
        torch.rand(1)  # other code draws a number
        assert problem.value(problem.x) == value
        assert sn.check_gradient(problem).verdict == "pass"
        if not train:
            net.double()
            expected = F.mse_loss(net(torch.tensor(X)), torch.tensor(Y))
            assert problem.value(problem.x) == pytest.approx(float(expected.detach()), rel=1e-14)

    def test_inputs_may_be_written_by_the_module(self):
        net = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(3, 2))
        x = torch.tensor(X)
        problem = sn.foreign.from_torch(net, F.mse_loss, x, Y)
        assert torch.equal(x, torch.tensor(X))
        assert np.allclose(problem.kinks(problem.x), X.ravel(), rtol=1e-15)
        assert problem.value(problem.x) == problem.value(problem.x)

    def test_the_point_is_not_written(self):
        problem = sn.foreign.from_torch(Net(), F.mse_loss, X, Y)
        theta = problem.x + 0.5
        kept = theta.copy()
        problem.gradient(theta), problem.value(theta)
        assert np.array_equal(theta, kept)

    def test_the_surrounding_mode_of_gradients_does_not_matter(self):
        problem = sn.foreign.from_torch(Net(), F.mse_loss, X, Y)
        expected = problem.gradient(problem.x)
        for mode in (torch.no_grad, torch.inference_mode):
            with mode():
                assert np.array_equal(problem.gradient(problem.x), expected)


class TestTargetsAndInputs:
    @pytest.mark.parametrize(
        "loss",
        [F.mse_loss, nn.HuberLoss(), F.binary_cross_entropy_with_logits, nn.PoissonNLLLoss()],
        ids=["mse", "huber", "binary cross entropy", "poisson"],
    )
    def test_whole_numbers_become_floats_if_the_loss_needs_them(self, loss):
        problem = sn.foreign.from_torch(Net(), loss, X, (Y > 0).astype(int))
        assert sn.check_gradient(problem).verdict == "pass"

    def test_classes_stay_whole_numbers(self):
        problem = sn.foreign.from_torch(Net(), nn.CrossEntropyLoss(), X.tolist(), [0, 1] * 6)
        assert sn.check_gradient(problem).verdict == "pass"

    def test_truth_values_become_floats(self):
        problem = sn.foreign.from_torch(Net(), F.binary_cross_entropy_with_logits, X, Y > 0)
        assert sn.check_gradient(problem).verdict == "pass"

    def test_inputs_that_are_indices(self):
        net = nn.Sequential(nn.Embedding(5, 3, sparse=True), nn.Flatten(), nn.Linear(6, 1))
        indices = torch.tensor(RNG.integers(0, 5, (10, 2)))
        problem = sn.foreign.from_torch(net, F.mse_loss, indices, RNG.standard_normal((10, 1)))
        assert sn.check_gradient(problem).verdict == "pass"

    def test_whole_numbers_in_an_array_are_inputs_like_others(self):
        problem = sn.foreign.from_torch(Net(), F.mse_loss, np.arange(36).reshape(12, 3) % 5, Y)
        assert sn.check_gradient(problem).verdict == "pass"

    def test_a_recurrent_module(self):
        class Last(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn, self.out = nn.LSTM(3, 4, batch_first=True), nn.Linear(4, 2)

            def forward(self, x):
                return self.out(self.rnn(x)[0][:, -1])

        problem = sn.foreign.from_torch(Last(), F.mse_loss, RNG.standard_normal((12, 4, 3)), Y)
        assert sn.check_gradient(problem).verdict == "pass"


class TestRefusals:
    @pytest.mark.parametrize(
        ("module", "words"),
        [
            (Net, "is the class Net; give an object"),
            (lambda x: x, "is a function; give an object"),
        ],
    )
    def test_other_objects_than_modules(self, module, words):
        with pytest.raises(
            sn.InvalidInput, match=rf"takes a torch\.nn\.Module.*the module {words}"
        ):
            sn.foreign.from_torch(module, F.mse_loss, X, Y)

    def test_no_parameters(self):
        with pytest.raises(
            sn.InvalidInput, match=r"no parameter .* call module\.requires_grad_\(\)"
        ):
            sn.foreign.from_torch(Net().requires_grad_(False), F.mse_loss, X, Y)

    def test_parameters_without_a_shape(self):
        with pytest.raises(
            sn.InvalidInput, match=r"weight of the module has no shape yet; call the module"
        ):
            sn.foreign.from_torch(nn.LazyLinear(2), F.mse_loss, X, Y)

    def test_complex_parameters(self):
        with pytest.raises(
            sn.InvalidInput, match=r"weight of the module is complex, but .* must be real"
        ):
            sn.foreign.from_torch(nn.Linear(3, 2, dtype=torch.complex128), F.mse_loss, X, Y)

    def test_complex_inputs(self):
        with pytest.raises(sn.InvalidInput, match="X must be real"):
            sn.foreign.from_torch(Net(), F.mse_loss, torch.ones(3, 3, dtype=torch.complex64), Y)

    def test_a_loss_that_is_not_one_number(self):
        with pytest.raises(sn.ShapeMismatch, match=r"float64 of shape \(12, 2\); reduce it"):
            sn.foreign.from_torch(Net(), nn.MSELoss(reduction="none"), X, Y)
        with pytest.raises(sn.ShapeMismatch, match=r"returned 1\.5; reduce it"):
            sn.foreign.from_torch(Net(), lambda output, y: 1.5, X, Y)

    def test_errors_of_the_module_are_shown_with_its_arguments(self):
        message = r"raised RuntimeError: .*; X is float64 of shape \(12, 2\) and y is float64 of"
        with pytest.raises(sn.InvalidInput, match=message):
            sn.foreign.from_torch(Net(), F.mse_loss, X[:, :2], Y)

    def test_errors_of_the_backward_pass_too(self):
        class Odd(torch.autograd.Function):
            @staticmethod
            def forward(ctx, z):
                return z.clone()

            @staticmethod
            def backward(ctx, delta):
                raise ZeroDivisionError("odd")

        with pytest.raises(
            sn.InvalidInput, match=r"backward\(\) raised ZeroDivisionError: odd; X is float64"
        ):
            sn.foreign.from_torch(Net(Odd.apply), F.mse_loss, X, Y)

    def test_a_module_that_cannot_be_copied(self):
        net = Net()
        net.kept = net(torch.ones(1, 3))
        with pytest.raises(sn.InvalidInput, match=r"the module cannot be copied: .*keep no tensor"):
            sn.foreign.from_torch(net, F.mse_loss, X, Y)


def test_a_wrong_derivative_of_one_s_own_fails():
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            ctx.save_for_backward(z)
            return z**3

        @staticmethod
        def backward(ctx, delta):
            (z,) = ctx.saved_tensors
            return delta * 2 * z**2  # not 3

    report = sn.check_gradient(sn.foreign.from_torch(Net(Cube.apply), F.mse_loss, X, Y))
    assert report.verdict == "fail"
    assert failed(report) == {"fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"}


def test_the_example_of_the_documentation_runs():
    """The doctest itself is skipped, as PyTorch may be missing."""
    text = sn.foreign.from_torch.__doc__.replace("# doctest: +SKIP", "")
    example = doctest.DocTestParser().get_doctest(text, {}, "from_torch", None, None)
    assert len(example.examples) == 6
    assert doctest.DocTestRunner().run(example).failed == 0


def test_randomness_of_others_is_found_by_the_check():
    class Noisy(Net):
        def forward(self, x):
            return super().forward(x) + RNG.standard_normal()

    assert sn.check_gradient(sn.foreign.from_torch(Noisy(), F.mse_loss, X, Y)).verdict != "pass"
