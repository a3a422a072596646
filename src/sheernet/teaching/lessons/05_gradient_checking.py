# %% [markdown]
# # Lesson 5: Gradient checking
#
# About 35 minutes.  Video: part 5 of Neural Networks Demystified, https://www.youtube.com/watch?v=3y_MGonQe1s (the
# lesson stands without it).
#
# Backpropagation with a mistake still lowers the cost, only less well, so a falling cost proves nothing.  This lesson
# computes the same gradient a second time, from values of the cost alone, and compares the two.
#
# How to read: *predict* what a cell will print, *run* it, and read the *explanation* below it.

# %% [markdown]
# ## The network of lesson 4
#
# Two inputs, three hidden sigmoid units, one sigmoid output, no biases: 9 weights.  The cost is J = 1/2 sum (y_hat -
# y)². The gradient has its own three steps, delta_3, delta_2 and the products with a_2 and X, each in a method: later
# in this lesson, each of them will be wrong once.

# %%
import numpy as np

import sheernet as sn

X, y = sn.datasets.load_sleep_study().scaled  # (3, 2) hours / maximum, (3, 1) points / 100


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_prime(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


class NeuralNetwork:
    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.W_1 = rng.random((2, 3))
        self.W_2 = rng.random((3, 1))

    def forward(self, X):
        self.z_2 = X @ self.W_1
        self.a_2 = sigmoid(self.z_2)
        self.z_3 = self.a_2 @ self.W_2
        return sigmoid(self.z_3)

    def cost_function(self, X, y):
        return 0.5 * ((self.forward(X) - y) ** 2).sum()

    def output_delta(self, X, y):
        y_hat = self.forward(X)
        return (y_hat - y) * sigmoid_prime(self.z_3)  # delta_3

    def hidden_delta(self, delta_3):
        return (delta_3 @ self.W_2.T) * sigmoid_prime(self.z_2)  # delta_2

    def cost_function_prime(self, X, y):
        delta_3 = self.output_delta(X, y)
        delta_2 = self.hidden_delta(delta_3)
        return X.T @ delta_2, self.a_2.T @ delta_3  # dJ_dW_1, dJ_dW_2

    def compute_gradients(self, X, y):
        dJ_dW_1, dJ_dW_2 = self.cost_function_prime(X, y)
        return np.concatenate((dJ_dW_1.ravel(), dJ_dW_2.ravel()))

    def get_params(self):
        return np.concatenate((self.W_1.ravel(), self.W_2.ravel()))

    def set_params(self, params):
        self.W_1 = params[:6].reshape(2, 3)
        self.W_2 = params[6:].reshape(3, 1)


# %% [markdown]
# The cost and the gradient of this class are those of sheernet.

# %%
N = NeuralNetwork()
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
objective = sn.make_objective(arch, X, y, reduction="sum")
value, gradient = objective.value_and_gradient(N.get_params())
print("J:       ", N.cost_function(X, y), value)
print("gradient:", N.compute_gradients(X, y))
print("          ", gradient)
assert np.isclose(N.cost_function(X, y), value, rtol=1e-14)
assert np.allclose(N.compute_gradients(X, y), gradient, rtol=1e-13, atol=1e-15)

# %% [markdown]
# ## A slope from two values
#
# The derivative of J with respect to one weight theta_p is the slope of J along this weight.  Two points at the
# distance epsilon on both sides give it approximately:
#
#     dJ/dtheta_p  ≈  (J(theta + epsilon e_p) - J(theta - epsilon e_p)) / (2 epsilon)
#
# where e_p is 1 at p and 0 elsewhere.  This is the *central difference*.  Its Taylor series gives the error:
# epsilon² / 6 times the third derivative.
#
# The video tries it on f(x) = x² at x = 1.5.  **Predict:** the third derivative of x² is 0.  Is the result exact?

# %%
x, epsilon = 1.5, 1e-4
slope = ((x + epsilon) ** 2 - (x - epsilon) ** 2) / (2 * epsilon)
print(slope, "and", 2 * x)
assert slope == 2.9999999999996696  # the number of the video

# %% [markdown]
# **Explanation.** Nearly: the values of f have 16 digits, and the division by 2e-4 enlarges their rounding
# errors.  More of this below.


# %% tags=["exercise"]
# Write compute_numerical_gradient(N, X, y, epsilon): the central difference for each entry of N.get_params(), as a
# vector.  Set the original parameters again at the end.
def compute_numerical_gradient(N, X, y, epsilon=1e-4):
    theta = N.get_params()
    numerical = np.zeros(theta.size)
    for p in range(theta.size):
        e_p = np.zeros(theta.size)
        e_p[p] = 1
        N.set_params(theta + epsilon * e_p)
        J_plus = N.cost_function(X, y)
        N.set_params(theta - epsilon * e_p)
        J_minus = N.cost_function(X, y)
        numerical[p] = (J_plus - J_minus) / (2 * epsilon)
    N.set_params(theta)
    return numerical


# %% [markdown]
# The video and the notebook compare the two gradients g and n by one number, ||g - n|| / ||g + n||, with epsilon =
# 1e-4.  **Predict:** its order of magnitude.


# %%
def norm_ratio(g, n):
    return np.linalg.norm(g - n) / np.linalg.norm(g + n)


g = N.compute_gradients(X, y)
n = compute_numerical_gradient(N, X, y)
print("norm ratio:", norm_ratio(g, n))
assert 1e-12 < norm_ratio(g, n) < 1e-8
assert np.allclose(n, sn.numerical_gradient(objective.value, N.get_params(), step=1e-4), rtol=1e-9)

# %% [markdown]
# **Explanation.** The error epsilon² / 6 is of the order 1e-9.  The gradients agree to the accuracy of this formula.

# %% [markdown]
# ## The right epsilon
#
# The formula becomes exact as epsilon goes to 0.  **Predict:** which of these epsilons gives the smallest error?

# %%
epsilons = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10, 1e-12, 1e-14]
errors = [norm_ratio(g, compute_numerical_gradient(N, X, y, epsilon)) for epsilon in epsilons]
for epsilon, error in zip(epsilons, errors, strict=True):
    print(f"epsilon {epsilon:7.0e}   norm ratio {error:8.1e}")
assert 1e-7 < epsilons[np.argmin(errors)] < 1e-3  # neither the largest nor the smallest
assert 80 < errors[0] / errors[1] < 120  # ten times shorter: a hundred times more accurate
assert errors[-1] > 1e4 * min(errors)

# %% [markdown]
# **Explanation.** Two errors compete.  From 0.1 to 1e-4, each step ten times shorter makes the error a hundred times
# smaller: this is epsilon² / 6.  Below 1e-5 or so, the two values of J agree in most of their 16 digits, and their
# difference keeps only the remaining ones: the rounding error is about 1e-16 J / epsilon, and grows.  Their sum is
# smallest near epsilon = (1e-16)^(1/3), about 1e-5 or 1e-6.  The epsilon of the notebook, 1e-4, is on the safe side.

# %%
problem = sn.foreign.from_object(N, X, y)  # the class by its methods, for sheernet's checker
sn.plots.step_errors(sn.derivatives.step_errors(problem))

# %% [markdown]
# In the picture, both axes are logarithmic.  The right arm of "central" has the slope 2 (truncation), the left arm the
# slope -1 (rounding).  A one-sided ("forward") difference is never as accurate.  One line has no left arm at all.

# %% [markdown]
# ## A step in the complex direction
#
# That line is the *complex step*.  For a function that also accepts complex numbers, the Taylor series along i h is
#
#     J(theta + i h e_p) = J(theta) + i h dJ/dtheta_p - h²/2 (...) - ...
#
# so the imaginary part divided by h is the derivative.  Nothing is subtracted, so nothing is lost to rounding, and h
# can be as small as 1e-20.


# %% tags=["exercise"]
# Write compute_complex_gradient(N, X, y, h): the imaginary part of J(theta + i h e_p), divided by h, for each p.
# NumPy writes i as 1j.
def compute_complex_gradient(N, X, y, h=1e-20):
    theta = N.get_params()
    slopes = np.zeros(theta.size)
    for p in range(theta.size):
        step = np.zeros(theta.size, complex)
        step[p] = 1j * h
        N.set_params(theta + step)
        slopes[p] = N.cost_function(X, y).imag / h
    N.set_params(theta)
    return slopes


# %%
exact = compute_complex_gradient(N, X, y)
print("norm ratio:", norm_ratio(g, exact))
assert norm_ratio(g, exact) < 1e-15

# %% [markdown]
# **Explanation.** All digits agree.  The only condition: every function in J must be an ordinary formula of complex
# numbers.  abs, max and comparisons are not.

# %% [markdown]
# ## From a number to a verdict
#
# What norm ratio is too large?  The notebook rounds it to 7 decimals and compares with 1e-8.  **Predict:** does a
# gradient that is wrong by the factor 1.0000002 pass this test?

# %%
almost = 1.0000002 * g
print("norm ratio:", norm_ratio(almost, n))
np.testing.assert_almost_equal(norm_ratio(almost, n), 1e-8)  # the notebook's test: no error

report = sn.check_gradient(objective.value, lambda theta: almost, N.get_params())
print(report.verdict, "-", report.diagnosis)
assert report.verdict == "fail"

# %% [markdown]
# **Explanation.** It passes there, because a fixed limit must allow for the error of epsilon = 1e-4.  sheernet's
# checker estimates the error of each numerical derivative, and takes its tolerance for each entry from that.  On a
# right gradient:

# %%
report = sn.check_gradient(problem)
print(report)
assert report.verdict == "pass"
assert len(report.table) == 9

# %% [markdown]
# ## Bug hunt
#
# Ten wrong backpropagations, each one changed method of the class.  **Predict** for each: is the whole gradient wrong,
# or which part of it?  And how large will its norm ratio be?


# %%
class WrongSign(NeuralNetwork):
    def output_delta(self, X, y):
        y_hat = self.forward(X)
        return (y - y_hat) * sigmoid_prime(self.z_3)


class NoHalf(NeuralNetwork):
    def output_delta(self, X, y):
        y_hat = self.forward(X)
        return 2 * (y_hat - y) * sigmoid_prime(self.z_3)


class MeanOfRows(NeuralNetwork):
    def output_delta(self, X, y):
        y_hat = self.forward(X)
        return (y_hat - y) / len(X) * sigmoid_prime(self.z_3)


class FirstLayerLeftOut(NeuralNetwork):
    def cost_function_prime(self, X, y):
        delta_3 = self.output_delta(X, y)
        return np.zeros_like(self.W_1), self.a_2.T @ delta_3


class OtherOrder(NeuralNetwork):
    def compute_gradients(self, X, y):
        dJ_dW_1, dJ_dW_2 = self.cost_function_prime(X, y)
        return np.concatenate((dJ_dW_1.ravel("F"), dJ_dW_2.ravel()))


# %%
class FirstLayerTwice(NeuralNetwork):
    def cost_function_prime(self, X, y):
        dJ_dW_1, dJ_dW_2 = super().cost_function_prime(X, y)
        dJ_dW_1 += dJ_dW_1
        return dJ_dW_1, dJ_dW_2


class NotThroughWeights(NeuralNetwork):
    def hidden_delta(self, delta_3):
        return delta_3 * sigmoid_prime(self.z_2)


class OneUnitShort(NeuralNetwork):
    def cost_function_prime(self, X, y):
        delta_3 = self.output_delta(X, y)
        delta_2 = self.hidden_delta(delta_3)
        dJ_dW_1 = np.zeros_like(self.W_1)
        for j in range(2):
            dJ_dW_1[:, j] = X.T @ delta_2[:, j]
        return dJ_dW_1, self.a_2.T @ delta_3


class OneEntry(NeuralNetwork):
    def cost_function_prime(self, X, y):
        dJ_dW_1, dJ_dW_2 = super().cost_function_prime(X, y)
        dJ_dW_1[0, 0] = dJ_dW_1[1, 1]
        return dJ_dW_1, dJ_dW_2


class PenaltyInOnePlace(NeuralNetwork):
    def compute_gradients(self, X, y):
        return super().compute_gradients(X, y) + 0.0001 * self.get_params()


# %%
bugs = {
    WrongSign: "factor",
    NoHalf: "factor",
    MeanOfRows: "factor",
    FirstLayerLeftOut: "zero",
    OtherOrder: "transposed",
    FirstLayerTwice: "block factor",
    NotThroughWeights: "layer",
    OneUnitShort: "line",
    OneEntry: "entry",
    PenaltyInOnePlace: "decay",
}
reports = {bug: sn.check_gradient(sn.foreign.from_object(bug(), X, y)) for bug in bugs}
for bug, report in reports.items():
    print(
        f"{bug.__name__}: {report.verdict}, norm ratio {report.norm_ratio:.2g}\n    {report.diagnosis}"
    )
assert all(report.verdict == "fail" for report in reports.values())
assert {bug: report.diagnosis.kind for bug, report in reports.items()} == bugs

# %% [markdown]
# **Explanation.** All ten are found, and all ten are named: for each kind of mistake, the checker computes what the
# gradient would be without it, and names the kind only if then every entry agrees.  The factors:

# %%
factors = [reports[bug].diagnosis.factor for bug in (WrongSign, NoHalf, MeanOfRows)]
print(factors)
assert np.allclose(factors, [-1, 2, 1 / 3])

# %% [markdown]
# Which of them would a training run have shown?  The sign, at once: the cost rises.  The three factors, hardly: they
# only change the length of the steps.  The others train, and end somewhere else.

# %% [markdown]
# Four more mistakes, which people make as often.  **Predict:** are they found?


# %%
class SlopeOfOutputForgotten(NeuralNetwork):
    def output_delta(self, X, y):
        return self.forward(X) - y


class SlopeAtActivation(NeuralNetwork):
    def hidden_delta(self, delta_3):
        return (delta_3 @ self.W_2.T) * sigmoid_prime(self.a_2)


class OldForwardPass(NeuralNetwork):
    def output_delta(self, X, y):
        if not hasattr(self, "z_3"):
            self.forward(X)
        return (sigmoid(self.z_3) - y) * sigmoid_prime(self.z_3)


class BlocksSwapped(NeuralNetwork):
    def compute_gradients(self, X, y):
        dJ_dW_1, dJ_dW_2 = self.cost_function_prime(X, y)
        return np.concatenate((dJ_dW_2.ravel(), dJ_dW_1.ravel()))


more = (SlopeOfOutputForgotten, SlopeAtActivation, OldForwardPass, BlocksSwapped)
for bug in more:
    report = sn.check_gradient(sn.foreign.from_object(bug(), X, y))
    print(
        f"{bug.__name__}: {report.verdict}, norm ratio {report.norm_ratio:.2g}\n    {report.diagnosis}"
    )
    assert report.verdict == "fail"

# %% [markdown]
# **Explanation.** All are found.  Look at the second: its norm ratio is below 1 %, although all six entries of dJ_dW_1
# are wrong, because these entries are small.  The third passes any check that evaluates the cost at the same weights
# just before: z_3 is then up to date by accident.  `from_object` therefore evaluates the cost somewhere else first.

# %% [markdown]
# ## Where to check
#
# `sigmoid_prime` of the next class is 1/4 everywhere, its value at z = 0.  **Predict:** what does a check with all
# weights at zero show?


# %%
class QuarterSlope(NeuralNetwork):
    def hidden_delta(self, delta_3):
        return (delta_3 @ self.W_2.T) * 0.25


wrong = QuarterSlope()
at_random = sn.check_gradient(sn.foreign.from_object(wrong, X, y))
wrong.set_params(np.zeros(9))
at_zero = sn.check_gradient(sn.foreign.from_object(wrong, X, y))
print("at zero:  ", at_zero.verdict)
print("at random:", at_random.verdict)
assert at_zero.verdict != "fail"
assert at_random.verdict == "fail"

# %% [markdown]
# **Explanation.** At zero, z_2 = 0 and the wrong derivative is right.  Check at random weights, not at special points,
# and not only at the end of a training run, where all entries are near zero.

# %% [markdown]
# ## What you have now
#
# A numerical gradient, the reason for its epsilon, the complex step, and a checker for any gradient:
# `sn.check_gradient(sn.foreign.from_object(N, X, y))`, or `sn.check_gradient(f, grad, x)`.  Lesson 6 gives the
# gradient, now known to be right, to an optimizer.
#
# To have your class graded, with hints: `sheernet grade 05_gradient_checking.ipynb --lesson 5` in the folder of your
# notebook. Or save it as my_network.py, with the imports and functions that it uses (`import numpy as np`, `sigmoid`),
# and run `sheernet grade my_network.py --lesson 5`.
