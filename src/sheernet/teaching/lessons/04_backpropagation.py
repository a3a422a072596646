# %% [markdown]
# # Lesson 4: Backpropagation
#
# About 35 minutes.  Video: part 4 of Neural Networks Demystified, https://www.youtube.com/watch?v=O-Lc26lZpKU (the
# lesson stands without it).
#
# Lesson 3 measured slopes one weight at a time.  This lesson computes all of them with the chain rule, one equation for
# each step, with the numbers shown.
#
# How to read: *predict* what a cell will print, *run* it, and read the *explanation* below it.

# %%
import numpy as np

import sheernet as sn

X, y = sn.datasets.load_sleep_study().scaled  # (3, 2) hours / maximum, (3, 1) points / 100
rng = np.random.default_rng(0)
W_1 = rng.random((2, 3))
W_2 = rng.random((3, 1))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


z_2 = X @ W_1  # (3, 3)
a_2 = sigmoid(z_2)
z_3 = a_2 @ W_2  # (3, 1)
y_hat = sigmoid(z_3)
J = 0.5 * ((y - y_hat) ** 2).sum()
print("J:", J)

# %% [markdown]
# ## What is wanted
#
# The gradient: one slope for each weight.  dJ_dW_1 has the shape of W_1, (2, 3), and dJ_dW_2 that of W_2, (3, 1).
#
# A weight acts on J through a chain: W_2 changes z_3, z_3 changes y_hat, y_hat changes J.  The *chain rule* multiplies
# the slopes of the links:
#
#     dJ/dW_2 = dJ/dy_hat · dy_hat/dz_3 · dz_3/dW_2

# %% [markdown]
# ## Link 1: from y_hat to J
#
#     J = 1/2 sum (y - y_hat)²      so      dJ/dy_hat = -(y - y_hat) = y_hat - y
#
# The 2 of the square cancels the 1/2, and the inner derivative gives the minus sign.  **Predict:** a prediction is too
# low.  Is its entry positive or negative?

# %%
dJ_dy_hat = y_hat - y  # (3, 1)
print(np.column_stack((y_hat, y, dJ_dy_hat)))
assert np.array_equal(dJ_dy_hat < 0, y_hat < y)

# %% [markdown]
# **Explanation.** Negative: if y_hat grows, J falls.

# %% [markdown]
# ## Link 2: from z_3 to y_hat
#
# y_hat = f(z_3) with the sigmoid f, whose derivative is
#
#     f'(z) = exp(-z) / (1 + exp(-z))²
#
# **Predict:** where is the sigmoid steepest, and how steep is it there?


# %% tags=["exercise"]
# Write sigmoid_prime(z) by the formula above.
def sigmoid_prime(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


# %%
z = np.linspace(-5, 5, 1001)
print("steepest at", z[sigmoid_prime(z).argmax()], "with the slope", sigmoid_prime(z).max())
assert np.isclose(sigmoid_prime(0.0), 1 / 4, rtol=1e-15)
assert np.allclose(sigmoid_prime(z), sigmoid(z) * (1 - sigmoid(z)), rtol=1e-12)
by_differences = (sigmoid(z + 1e-6) - sigmoid(z - 1e-6)) / 2e-6
assert np.abs(sigmoid_prime(z) - by_differences).max() < 1e-9
assert np.abs(sigmoid_prime(z) - sn.activations.sigmoid.derivative(z)).max() < 1e-14

# %% [markdown]
# **Explanation.** At 0, with 1/4; never steeper.  The formula is also f(z) (1 - f(z)), and central differences confirm
# it.
#
# The first two links together are called delta_3, the slope of J with respect to z_3:
#
#     delta_3 = (y_hat - y) f'(z_3)            (3, 1), entry by entry

# %%
delta_3 = dJ_dy_hat * sigmoid_prime(z_3)
print(delta_3)

# %% [markdown]
# ## Link 3: from W_2 to z_3
#
# For a row n, z_3[n] = a_2[n, 0] W_2[0] + a_2[n, 1] W_2[1] + a_2[n, 2] W_2[2].  The slope of z_3[n] with respect to
# W_2[j] is what W_2[j] is multiplied by, a_2[n, j].  A weight acts on J through all rows, so the rows are added up:
#
#     dJ/dW_2[j] = sum over n of a_2[n, j] delta_3[n]
#
# **Predict:** which matrix product is this sum?

# %%
by_loops = np.zeros((3, 1))
for n in range(3):
    for j in range(3):
        by_loops[j, 0] += a_2[n, j] * delta_3[n, 0]
dJ_dW_2 = a_2.T @ delta_3  # (3, 3) times (3, 1) is (3, 1), the shape of W_2
print(dJ_dW_2)
assert np.abs(dJ_dW_2 - by_loops).max() < 1e-16

# %% [markdown]
# **Explanation.** The transposed a_2 has the rows of the data as its columns, and the product adds over them.
#
#     dJ_dW_2 = a_2^T delta_3

# %% [markdown]
# ## Back through W_2
#
# W_1 acts on J through z_2, a_2 and z_3.  The chain up to z_3 is known: delta_3.  From z_3 back to a_2: z_3[n] contains
# a_2[n, j] W_2[j], so the slope is W_2[j].  From a_2 back to z_2: f'.  Together:
#
#     delta_2 = (delta_3 W_2^T) f'(z_2)        (3, 1) times (1, 3) is (3, 3); then entry by entry
#
# **Predict:** all weights in W_2 are positive here.  What sign have the entries of delta_2?

# %%
delta_2 = (delta_3 @ W_2.T) * sigmoid_prime(z_2)
print(delta_2)
assert np.array_equal(np.sign(delta_2), np.repeat(np.sign(delta_3), 3, axis=1))

# %% [markdown]
# **Explanation.** Each has the sign of its row in delta_3, because W_2 and f' are positive: the error of the output is
# handed back to the hidden units, in proportion to their weights.  Hence the name *backpropagation*.

# %% [markdown]
# ## From W_1 to z_2
#
# As before: what a weight of W_1 is multiplied by is an entry of X.
#
#     dJ_dW_1 = X^T delta_2                    (2, 3) times (3, 3) is (2, 3), the shape of W_1

# %%
dJ_dW_1 = X.T @ delta_2
print(dJ_dW_1)
assert dJ_dW_1.shape == W_1.shape

# %% [markdown]
# ## One entry, checked
#
# Lesson 3's method, for one weight.  Lesson 5 does it for all weights, and accurately.

# %%
h = 1e-5
costs = []
for change in (h, -h):
    W = W_1.copy()
    W[1, 2] += change
    costs.append(0.5 * ((y - sigmoid(sigmoid(X @ W) @ W_2)) ** 2).sum())
print("by differences:", (costs[0] - costs[1]) / (2 * h), " by the chain rule:", dJ_dW_1[1, 2])
assert np.isclose((costs[0] - costs[1]) / (2 * h), dJ_dW_1[1, 2], rtol=1e-7)

# %% [markdown]
# ## Your class
#
# Three equations for the gradient, after a forward pass:
#
#     delta_3 = (y_hat - y) f'(z_3)            dJ_dW_2 = a_2^T delta_3
#     delta_2 = (delta_3 W_2^T) f'(z_2)        dJ_dW_1 = X^T delta_2


# %% tags=["exercise"]
# Write the class NeuralNetwork of lesson 2 with two more methods: cost_function(X, y) returns J, and
# cost_function_prime(X, y) returns dJ_dW_1, dJ_dW_2.  The cells below call NeuralNetwork(seed=0) and compare with the
# weights above: draw W_1 before W_2 from np.random.default_rng(seed), uniform in [0, 1).
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
        return 0.5 * ((y - self.forward(X)) ** 2).sum()

    def cost_function_prime(self, X, y):
        y_hat = self.forward(X)
        delta_3 = (y_hat - y) * sigmoid_prime(self.z_3)
        dJ_dW_2 = self.a_2.T @ delta_3
        delta_2 = (delta_3 @ self.W_2.T) * sigmoid_prime(self.z_2)
        dJ_dW_1 = X.T @ delta_2
        return dJ_dW_1, dJ_dW_2


# %%
N = NeuralNetwork(seed=0)
g_1, g_2 = N.cost_function_prime(X, y)
assert np.abs(g_1 - dJ_dW_1).max() < 1e-15
assert np.abs(g_2 - dJ_dW_2).max() < 1e-15

# %% [markdown]
# ## The same numbers from sheernet
#
# `sn.backward` takes delta_3 and goes back from there.  It has the index 2 in `deltas`, because sheernet counts
# layers of weights.  `objective.value_and_gradient` does everything, from the weights as one vector to the gradient
# as one vector.

# %%
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
theta = np.concatenate((N.W_1.ravel(), N.W_2.ravel()))  # (9,)
back = sn.backward(arch, theta, sn.forward(arch, theta, X), delta_3)
objective = sn.make_objective(arch, X, y, reduction="sum")
value, gradient = objective.value_and_gradient(theta)
differences = {
    "delta_2": delta_2 - back.deltas[1],
    "dJ_dW_1": g_1 - back.gradients["W1"],
    "dJ_dW_2": g_2 - back.gradients["W2"],
    "J": N.cost_function(X, y) - value,
    "gradient": np.concatenate((g_1.ravel(), g_2.ravel())) - gradient,
}
for name, difference in differences.items():
    print(f"{name:9} largest difference {np.abs(difference).max():.1e}")
    assert np.abs(difference).max() < 1e-14

# %% [markdown]
# ## Uphill and downhill
#
# **Predict:** what does J do if 3 times the gradient is added to the weights, and what if it is subtracted?

# %%
J_here = N.cost_function(X, y)
N.W_1, N.W_2 = W_1 + 3 * g_1, W_2 + 3 * g_2
J_up = N.cost_function(X, y)
N.W_1, N.W_2 = W_1 - 3 * g_1, W_2 - 3 * g_2
J_down = N.cost_function(X, y)
print(f"up {J_up:.5f}, here {J_here:.5f}, down {J_down:.5f}")
assert J_up > J_here > J_down

# %% [markdown]
# **Explanation.** The gradient points uphill; training goes against it.  With y - y_hat instead of y_hat - y, "down"
# would be up: the most common mistake.

# %% [markdown]
# ## Training, by hand
#
# Lesson 3's descent, now with one forward and one backward pass per step instead of 18 forward passes.

# %%
N = NeuralNetwork(seed=0)
J_of_steps = [N.cost_function(X, y)]
for _ in range(200):
    g_1, g_2 = N.cost_function_prime(X, y)
    N.W_1 = N.W_1 - 3 * g_1
    N.W_2 = N.W_2 - 3 * g_2
    J_of_steps.append(N.cost_function(X, y))
print(f"J: {J_of_steps[0]:.5f}, after 200 steps {J_of_steps[-1]:.5f}")
print("predicted:", (100 * N.forward(X)).ravel().round(1), " true:", (100 * y).ravel())
training = sn.train(
    sn.Network(arch, theta), X, y, method="gd", learning_rate=3.0, max_iter=200, reduction="sum"
)
assert np.allclose(J_of_steps, training.record.cost, rtol=1e-9)
assert J_of_steps[-1] < J_of_steps[0] / 5
sn.plots.cost(training)

# %% [markdown]
# **Explanation.** It learns.  Lesson 6 has methods that need a fraction of these steps and end at zero, though not from
# every start.

# %% [markdown]
# ## Where it goes wrong: many layers
#
# Every layer multiplies delta by one more f', which is at most 1/4.  **Predict:** in a network with six hidden layers
# of three sigmoid units, how do the slopes of the first layer compare with those of the last?

# %%
deep = sn.Architecture((2, 3, 3, 3, 3, 3, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
weights = sn.Network.random(deep, seed=0, scheme="uniform").theta
passes = sn.forward(deep, weights, X)
delta = (passes.activations[-1] - y) * sigmoid_prime(passes.pre_activations[-1])
slopes = sn.backward(deep, weights, passes, delta).gradients
sizes = {name: np.abs(slopes[name]).max() for name in slopes}
for name, size in sizes.items():
    print(f"{name}: largest slope {size:.1e}")
assert sizes["W1"] < 1e-2 * sizes["W7"]

# %% [markdown]
# **Explanation.** The gradient *vanishes* on its way back.  For this reason deep networks use other activations, such
# as tanh (slope up to 1) or relu (slope 1), and other weights to start from.  For tables of numbers, one hidden layer
# is often enough.
#
# ## What you have now
#
# A class whose gradient equals sheernet's to 14 decimals.  How could you have been sure without sheernet?  Lesson 5
# builds the check.
#
# To have your class graded, with hints: `sheernet grade 04_backpropagation.ipynb --lesson 4` in the folder of your
# notebook. Or save it as my_network.py, with the imports and functions that it uses (`import numpy as np`, `sigmoid`),
# and run `sheernet grade my_network.py --lesson 4`.
