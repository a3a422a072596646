# %% [markdown]
# # Lesson 1: Data and architecture
#
# About 15 minutes.  Video: part 1 of Neural Networks Demystified, https://www.youtube.com/watch?v=5MXp9UUkSmc (the
# lesson stands without it).
#
# The lessons follow Stephen Welch's series of seven videos and continue where they stop.  His own code is at
# https://github.com/stephencwelch/Neural-Networks-Demystified.  You need school calculus and a little NumPy.
#
# How to read: *predict* what a cell will print, *run* it, and read the *explanation* below it.  A cell that begins with
# "Write" is an exercise.

# %% [markdown]
# ## The data
#
# Three students wrote down how many hours they slept and how many hours they studied before a test, and their score.
# The question: what score can another student expect?
#
# Each row is one student, each column one quantity.  X holds the inputs, y the target.

# %%
import numpy as np

import sheernet as sn

X_hours = np.array([[3.0, 5.0], [5.0, 1.0], [10.0, 2.0]])  # (3, 2): hours asleep, hours studying
y_points = np.array([[75.0], [82.0], [93.0]])  # (3, 1): points out of 100
print(X_hours)
print(y_points)

# %% [markdown]
# This is a *supervised* problem, because the scores of the three students are known.  It is a *regression*, because the
# target is a number; with grades A to F as the target, it would be a *classification*.
#
# The same table is in sheernet, with its names and its source.

# %%
data = sn.datasets.load_sleep_study()
print(data.input_names, data.target_names)
print(data.source)
assert np.array_equal(data.X, X_hours)
assert np.array_equal(data.y, y_points)

# %% [markdown]
# ## Scaling
#
# Hours and points have different units and sizes.  Each column is divided by a constant, so that all numbers lie
# between 0 and 1:
#
#     X = X_hours / (largest value of the column)
#     y = y_points / 100
#
# 100 is the largest possible score; the largest one in the table is 93.  **Predict:** the first row of X.


# %% tags=["exercise"]
# Write scale(X_hours, y_points): it returns X and y by the two formulas.  NumPy's X.max(axis=0) is the row of the
# largest values of the columns.
def scale(X_hours, y_points):
    return X_hours / X_hours.max(axis=0), y_points / 100


# %%
X, y = scale(X_hours, y_points)
print(X)
print(y)
assert X.tolist() == [[0.3, 1.0], [0.5, 0.2], [1.0, 0.4]]  # as in the video
assert y.tolist() == [[0.75], [0.82], [0.93]]

# %% [markdown]
# **Explanation.** 3 of at most 10 hours asleep are 0.3; 5 of at most 5 hours studying are 1.  `data.scaled` does the
# same:

# %%
X_of_sheernet, y_of_sheernet = data.scaled
assert np.array_equal(X, X_of_sheernet)
assert np.array_equal(y, y_of_sheernet)

# %% [markdown]
# A fourth student sleeps 8 hours and studies 3.  **Predict:** which numbers does the network get, and what would go
# wrong if this row were divided by its own maxima, 8 and 3?

# %%
new = np.array([[8.0, 3.0]])
print("with the constants of the training rows:", new / X_hours.max(axis=0))
print("with its own maxima:                    ", new / new.max(axis=0))
assert np.allclose(data.input_scaler.transform(new), [[0.8, 0.6]])
assert (new / new.max(axis=0)).tolist() == [[1.0, 1.0]]

# %% [markdown]
# **Explanation.** 8 hours must be the same input, regardless of the other students in the table.  So the constants are
# learned from the training rows once, and belong to the model.  Divided by its own maxima, every single row becomes
# (1, 1).  Lesson 7 shows a mistake of this kind in part 7 of the videos, and its effect.

# %% [markdown]
# ## Why scale?
#
# Lesson 2 explains the network; two of its properties matter here.  Its last step is the *sigmoid*, the function
# f(z) = 1 / (1 + exp(-z)), whose values lie between 0 and 1.
#
# **Predict:** which of the scores 75, 82 and 93 can such a network return, and which of 0.75, 0.82 and 0.93?

# %%
f = sn.activations.sigmoid
z = np.array([-10.0, -3.0, 0.0, 3.0, 10.0])
print(f.value(z))
assert f.value(z).min() > 0
assert f.value(z).max() < 1

# %% [markdown]
# **Explanation.** None of the first three: y must be scaled, or the last step must be another function.
#
# The second property: the sigmoid is flat where |z| is large, so that a change of a weight changes nearly nothing, and
# nothing can be learned.  A weighted sum of hours is larger than one of scaled hours.  For weights between 0 and 1:

# %%
W_1 = np.random.default_rng(0).random((2, 3))  # (2, 3): weights of the first layer
slope_of_hours = f.derivative(X_hours @ W_1).mean()
slope_of_scaled = f.derivative(X @ W_1).mean()
print("mean slope of the sigmoid, hours: ", slope_of_hours)
print("mean slope of the sigmoid, scaled:", slope_of_scaled)
assert slope_of_scaled > 3 * slope_of_hours

# %% [markdown]
# ## The architecture
#
# The network of the series has 2 inputs, one *hidden layer* of 3 units, and 1 output.  The numbers of inputs and
# outputs follow from the data; the number of hidden units is a choice (lesson 7 shows how to choose).  Such choices
# are called *hyperparameters*.  The *parameters* are the weights, which training finds.
#
# Each unit adds up all values of the layer before, each times its own weight.  **Predict:** how many weights are
# there?


# %% tags=["exercise"]
# Write count_weights(widths): the number of weights of a network with layers of these widths, such as [2, 3, 1].  Each
# unit of a layer has one weight for each unit of the layer before.
def count_weights(widths):
    return sum(widths[i] * widths[i + 1] for i in range(len(widths) - 1))


# %%
print(count_weights([2, 3, 1]))
assert count_weights([2, 3, 1]) == 9

# %% [markdown]
# **Explanation.** 2 · 3 + 3 · 1 = 9.  They are in two matrices: W_1 has one row for each input and one column for
# each hidden unit, (2, 3); W_2 is (3, 1).
#
# In sheernet, `Architecture` describes the layers.  `bias=False`, because the network of the series has no *biases*,
# the constants that most networks add to each sum.  **Predict:** how many parameters are there with them?

# %%
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
print(arch)
with_biases = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid")
print(with_biases)
assert arch.n_parameters == 9
assert with_biases.n_parameters == 9 + 3 + 1
for widths in ([2, 1], [4, 7, 2], [3, 5, 5, 1]):
    counted = sn.Architecture(tuple(widths), bias=False).n_parameters
    assert count_weights(widths) == counted

# %% [markdown]
# ## The network, drawn
#
# Before training, the weights are random.  Here they are drawn uniformly from 0 to 1, as in the series; the seed makes
# them the same each time.  The width of a line is the size of its weight.

# %%
W_2 = np.random.default_rng(1).random((3, 1))  # (3, 1): weights of the second layer
network = sn.Network.from_weights(arch, {"W1": W_1, "W2": W_2})
print(network["W1"])
print(network["W2"])
sn.plots.network(network, data.input_names, data.target_names)

# %% [markdown]
# ## What you have now
#
# The scaled table (X, y), the reason for its scaling, and a network of 9 weights that has not learned anything yet.
# Lesson 2 computes what it returns.
