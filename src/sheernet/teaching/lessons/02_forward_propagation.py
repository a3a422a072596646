# %% [markdown]
# # Lesson 2: Forward propagation
#
# About 25 minutes.  Video: part 2 of Neural Networks Demystified, https://www.youtube.com/watch?v=JLTXatV5dc0 (the
# lesson stands without it).
#
# The network of lesson 1 turns two numbers into one.  This lesson computes how, first for one unit, then for all rows
# at once, and ends with a class of your own.
#
# How to read: *predict* what a cell will print, *run* it, and read the *explanation* below it.

# %%
import numpy as np

import sheernet as sn

X, y = sn.datasets.load_sleep_study().scaled  # (3, 2) hours / maximum, (3, 1) points / 100
rng = np.random.default_rng(0)
W_1 = rng.random((2, 3))  # column j: the weights of hidden unit j
W_2 = rng.random((3, 1))

# %% [markdown]
# ## One unit, one row
#
# A hidden unit j adds up the inputs of a row n, each times its weight:
#
#     z_2[n, j] = X[n, 0] W_1[0, j] + X[n, 1] W_1[1, j]
#
# The index 2 counts layers of units: the inputs are layer 1, as in the videos.

# %%
n, j = 0, 0
z = X[n, 0] * W_1[0, j] + X[n, 1] * W_1[1, j]
print(z)

# %% [markdown]
# ## All units, all rows
#
# Such sums of products are what a matrix product is: X is (3, 2), W_1 is (2, 3).  **Predict:** what shape has z_2, and
# which of its entries is the number above?
#
#     z_2 = X W_1

# %%
z_2 = X @ W_1  # (3, 3): one row for each student, one column for each hidden unit
print(z_2)
assert z_2.shape == (3, 3)
assert np.isclose(z_2[n, j], z, rtol=1e-15)

# %% [markdown]
# **Explanation.** (3, 2) times (2, 3) is (3, 3); the 3 rows are students, the 3 columns hidden units.  One product
# computes the whole table, and for a million students the line would be the same.

# %% [markdown]
# ## The activation
#
# Each sum goes through a function, the *activation*.  The videos take the sigmoid:
#
#     f(z) = 1 / (1 + exp(-z))
#
# **Predict:** f(0), and f(1) + f(-1).


# %% tags=["exercise"]
# Write sigmoid(z).  With np.exp, it works for a number and for an array of any shape.
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# %%
print(sigmoid(1))
print(sigmoid(np.array([-1, 0, 1])))
assert np.isclose(sigmoid(1), 0.73105857863000487, rtol=1e-15)  # the numbers of the video
assert np.allclose(sigmoid(np.array([-1, 0, 1])), [0.26894142, 0.5, 0.73105858], atol=5e-9)
assert np.isclose(sigmoid(1) + sigmoid(-1), 1, rtol=1e-15)

# %% [markdown]
# **Explanation.** exp(0) = 1, so f(0) = 1/2.  The curve is symmetric about this point: f(-z) = 1 - f(z).

# %%
sn.plots.activation("sigmoid")

# %% [markdown]
# The solid curve is f, the dashed one its slope, which lesson 4 needs.  Far from 0, f is flat.

# %% [markdown]
# ## A trap far from 0
#
# **Predict:** what does NumPy compute for f(-1000), where exp(1000) is larger than any number that a computer can hold?
# And for the slope, which the notebook computes as exp(-z) / (1 + exp(-z))²?

# %%
with np.errstate(all="ignore"):  # NumPy would warn
    far = np.array([-1000.0])
    value, slope = sigmoid(far), np.exp(-far) / (1 + np.exp(-far)) ** 2
print("value:", value, " slope:", slope)
print("sheernet:", sn.activations.sigmoid.value(far), sn.activations.sigmoid.derivative(far))
assert value == 0
assert np.isnan(slope)
assert sn.activations.sigmoid.value(far) == sn.activations.sigmoid.derivative(far) == 0

# %% [markdown]
# **Explanation.** exp(1000) overflows to infinity.  1 / (1 + inf) is 0, which is right.  inf / inf² is nan, "not a
# number", which spreads to everything that is computed from it.  sheernet takes exp(-|z|), which cannot overflow, and
# the symmetry of f.  With scaled inputs, such z do not occur at the start, but they can occur during training.

# %% [markdown]
# ## Why an activation at all?
#
# **Predict:** without it, y_hat would be (X W_1) W_2.  What could a network with many such layers compute that one
# layer cannot?

# %%
w = W_1 @ W_2  # (2, 1)
print(X @ W_1 @ W_2 - X @ w)
assert np.allclose(X @ W_1 @ W_2, X @ w, rtol=1e-14)

# %% [markdown]
# **Explanation.** Nothing: the product of two matrices is a matrix, so all layers together are one linear function.
# The activation in between makes the difference.

# %% [markdown]
# ## From the inputs to the prediction
#
#     z_2 = X W_1            sums of the hidden units     (3, 3)
#     a_2 = f(z_2)           their activations            (3, 3)
#     z_3 = a_2 W_2          sum of the output unit       (3, 1)
#     y_hat = f(z_3)         the prediction               (3, 1)

# %%
a_2 = sigmoid(z_2)
z_3 = a_2 @ W_2
y_hat = sigmoid(z_3)
print("a_2:\n", a_2)
print("z_3:\n", z_3)
print("y_hat:\n", y_hat)
assert y_hat.shape == y.shape

# %% [markdown]
# ## Your class
#
# These four lines become a method.  The object keeps the weights, and the intermediate results that lesson 4 will need.


# %% tags=["exercise"]
# Write a class NeuralNetwork.  NeuralNetwork(seed) draws W_1 (2, 3) and then W_2 (3, 1) with
# np.random.default_rng(seed).random; forward(X) keeps z_2, a_2 and z_3 as attributes and returns y_hat.
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


# %%
N = NeuralNetwork(seed=0)
y_hat_of_N = N.forward(X)
assert np.array_equal(N.W_1, W_1)
assert np.array_equal(N.W_2, W_2)
assert np.allclose(y_hat_of_N, y_hat, rtol=1e-15)

# %% [markdown]
# ## The same numbers from sheernet
#
# sheernet counts layers of weights, so that layer 2 of the videos is its layer 1; the page "Names and conventions" of
# the documentation has the whole list of names.
#
# | here | sheernet |
# |---|---|
# | W_1, W_2 | `network["W1"]`, `network["W2"]` |
# | z_2, a_2 | `passes.pre_activations[1]`, `passes.activations[1]` |
# | z_3, y_hat | `passes.pre_activations[2]`, `passes.activations[2]` |

# %%
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
network = sn.Network.from_weights(arch, {"W1": N.W_1, "W2": N.W_2})
passes = sn.forward(arch, network.theta, X)
pairs = {
    "z_2": (N.z_2, passes.pre_activations[1]),
    "a_2": (N.a_2, passes.activations[1]),
    "z_3": (N.z_3, passes.pre_activations[2]),
    "y_hat": (y_hat_of_N, passes.activations[2]),
}
for name, (ours, of_sheernet) in pairs.items():
    print(f"{name:6} largest difference {np.abs(ours - of_sheernet).max():.1e}")
    assert np.abs(ours - of_sheernet).max() <= 1e-14
assert np.allclose(network.predict(X), y_hat_of_N, rtol=0, atol=1e-14)

# %% [markdown]
# ## Is it any good?
#
# **Predict:** the weights are random.  How close will y_hat be to y?

# %%
print("predicted:", (100 * y_hat_of_N).ravel().round(1))
print("true:     ", (100 * y).ravel())
assert np.abs(y_hat_of_N - y).max() > 0.1

# %% [markdown]
# **Explanation.** Not close: the three predictions are nearly equal, regardless of the hours.  Other random weights
# give other numbers, no better ones.  The network can compute; it has not learned.
#
# ## What you have now
#
# A class that computes predictions, equal to sheernet's to 14 decimals.  Lesson 3 measures their error in one
# number, and lowers it.
#
# To have your class graded, with hints: `sheernet grade 02_forward_propagation.ipynb --lesson 2` in the folder of your
# notebook. Or save it as my_network.py, with the imports and functions that it uses (`import numpy as np`, `sigmoid`),
# and run `sheernet grade my_network.py --lesson 2`.
