# %% [markdown]
# # Lesson 3: Gradient descent
#
# About 30 minutes.  Video: part 3 of Neural Networks Demystified, https://www.youtube.com/watch?v=2igVhuRFOZM (the
# lesson stands without it).
#
# The predictions of lesson 2 are wrong.  This lesson measures how wrong, tries to improve them by trying out weights,
# shows why that is hopeless, and follows the slope instead.
#
# How to read: *predict* what a cell will print, *run* it, and read the *explanation* below it.

# %%
import time

import matplotlib.pyplot as plt
import numpy as np

import sheernet as sn

X, y = sn.datasets.load_sleep_study().scaled  # (3, 2) hours / maximum, (3, 1) points / 100
rng = np.random.default_rng(0)
W_1 = rng.random((2, 3))
W_2 = rng.random((3, 1))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(X, W_1, W_2):
    return sigmoid(sigmoid(X @ W_1) @ W_2)


# %% [markdown]
# ## The cost
#
# One number for all errors: half the sum of their squares.
#
#     J = 1/2 sum (y - y_hat)²
#
# The half cancels a factor of 2 in lesson 4.  Squares, because errors of both signs must count.


# %% tags=["exercise"]
# Write cost(W_1, W_2): J for the data X, y.  Sum over the last two axes, .sum(axis=(-2, -1)): then it also works for
# a stack of many matrices W_1 at once.
def cost(W_1, W_2):
    return 0.5 * ((y - forward(X, W_1, W_2)) ** 2).sum(axis=(-2, -1))


# %%
print("J:", cost(W_1, W_2))
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
objective = sn.make_objective(arch, X, y, reduction="sum")  # the default is the mean of the rows
theta = np.concatenate((W_1.ravel(), W_2.ravel()))  # (9,): all weights in one vector
print("sheernet:", objective.value(theta))
assert np.isclose(cost(W_1, W_2), objective.value(theta), rtol=1e-13)
assert cost(np.stack([W_1, W_1]), W_2).shape == (2,)

# %% [markdown]
# ## Try everything: one weight
#
# The data are given, the weights are free.  So try values: 1000 of W_1[0, 0] between -5 and 5, all other weights as
# they are.  **Predict:** will the best of them make J nearly zero?

# %%
values = np.linspace(-5, 5, 1000)
W_tried = np.repeat(W_1[None], 1000, axis=0)  # (1000, 2, 3)
W_tried[:, 0, 0] = values

started = time.perf_counter()
costs = np.array([cost(W, W_2) for W in W_tried])  # one after the other, as in the video
seconds = time.perf_counter() - started
best_of_one = costs.min()
print(
    f"1000 values in {seconds:.3f} s; the best is {values[costs.argmin()]:.2f}, J = {best_of_one:.5f}"
)
assert np.allclose(costs, cost(W_tried, W_2), rtol=1e-13)  # all at once: the same numbers
assert best_of_one <= cost(W_1, W_2)


# %%
def draw_costs():
    _, ax = plt.subplots(figsize=(6.4, 4))
    ax.plot(values, costs)
    ax.plot(values[costs.argmin()], best_of_one, "o")
    ax.set(xlabel="W_1[0, 0]", ylabel="J")


draw_costs()

# %% [markdown]
# **Explanation.** There is a best value, but one weight alone cannot do much.

# %% [markdown]
# ## Try everything: two weights
#
# 1000 values of W_1[0, 0] times 1000 values of W_1[0, 1]: a million costs.  Rows of a thousand are computed at once,
# which is much faster than the video's time of about a minute.

# %%
grid = np.empty((1000, 1000))  # J for each pair of values
W_tried = np.repeat(W_1[None], 1000, axis=0)
W_tried[:, 0, 1] = values
for i, value in enumerate(values):
    W_tried[:, 0, 0] = value
    grid[i] = cost(W_tried, W_2)
best_of_two = grid.min()
print(f"best of a million pairs: J = {best_of_two:.5f}")
assert best_of_two <= best_of_one + 1e-6


# %%
def draw_grid():
    _, ax = plt.subplots(figsize=(6.4, 5))
    lines = ax.contour(values[::10], values[::10], grid[::10, ::10].T, levels=12)
    ax.clabel(lines)
    ax.set(xlabel="W_1[0, 0]", ylabel="W_1[0, 1]", title="J")


draw_grid()

# %% [markdown]
# ## Try everything: nine weights
#
# The video measures 0.04 s for 1000 values of one weight.  Each further weight takes 1000 times as long.
# **Predict:** how long do three weights take, and how long nine?

# %%
hours_of_three = 0.04 * 1000**2 / 3600
years_of_nine = 0.04 * 1000**8 / (3600 * 24 * 365)
print(f"three weights: {hours_of_three:.1f} hours")
print(f"nine weights:  {years_of_nine:,.1f} years, for 10^{np.log10(1000.0**9):.0f} costs")
assert int(hours_of_three) == 11  # the numbers of the video
assert np.isclose(years_of_nine, 1268391679350583.5, rtol=1e-15)

# %% [markdown]
# **Explanation.** Nearly a hundred thousand times the age of the universe, for a network with nine weights.  A faster
# computer does not help: this is the *curse of dimensionality*.  Something must tell us where to look.

# %% [markdown]
# ## Which way is down?
#
# Look at one weight w again.  The slope dJ/dw says how J changes with w.  Two nearby costs give it approximately:
#
#     dJ/dw  ≈  (J(w + h) - J(w - h)) / (2 h)
#
# If the slope is positive, J grows with w, and w should become smaller.


# %% tags=["exercise"]
# Write slope(J, w, h): the formula above for a function J of one number.
def slope(J, w, h=1e-5):
    return (J(w + h) - J(w - h)) / (2 * h)


# %%
def J_of_one(w):
    W = W_1.copy()
    W[0, 0] = w
    return cost(W, W_2)


w = W_1[0, 0]
s = slope(J_of_one, w)
print(f"at w = {w:.3f}, dJ/dw = {s:.5f}")
assert np.isclose(s, objective.value_and_gradient(theta)[1][0], rtol=1e-6)
assert J_of_one(w - 0.01 * np.sign(s)) < J_of_one(w) < J_of_one(w + 0.01 * np.sign(s))

# %% [markdown]
# **Explanation.** The slope is negative, so J falls if w grows.  The last line checks it: a little step against the
# sign of the slope lowers J, a step along it raises J.

# %% [markdown]
# ## Gradient descent
#
# Step by step, against the slope.  The *learning rate* sets the length:
#
#     w  <-  w - rate · dJ/dw
#
# A parabola shows all that can happen: J(w) = 1/2 h w² has the slope h w, so each step multiplies w by 1 - rate · h.
# **Predict** for h = 2, starting at w = 1: what do the rates 0.1, 0.5, 0.9, 1.0 and 1.1 do?


# %% tags=["exercise"]
# Write descend(dJ, w, rate, steps): it returns the list of all w, the first one included.  dJ is the function that
# returns the slope.
def descend(dJ, w, rate, steps):
    path = [w]
    for _ in range(steps):
        w = w - rate * dJ(w)
        path.append(w)
    return path


# %%
h = 2.0
for rate in (0.1, 0.5, 0.9, 1.0, 1.1):
    path = descend(lambda w: h * w, 1.0, rate, 20)
    print(f"rate {rate}: ", *(f"{w:.3f}" for w in path[:5]), f"... {path[-1]:.3g}")
    assert np.allclose(path, (1 - rate * h) ** np.arange(21), rtol=1e-9, atol=1e-12)

# %% [markdown]
# **Explanation.** 0.1 creeps.  0.5 = 1/h arrives in one step.  0.9 jumps over the minimum each time, but comes
# closer. 1.0 = 2/h jumps between 1 and -1 forever.  1.1 goes away, faster and faster: *divergence*.  The limit 2/h
# depends on the curvature h, which is different in every direction and at every point; so there is no rate that
# always works.

# %% [markdown]
# ## All nine weights
#
# The slopes for all weights, as a vector, are the *gradient*.  Here each is computed from two costs, 18 for each step.


# %%
def J(theta):
    return cost(theta[:6].reshape(2, 3), theta[6:].reshape(3, 1))


def gradient(theta, h=1e-5):
    steps = h * np.eye(theta.size)  # row p changes weight p
    return np.array([(J(theta + step) - J(theta - step)) / (2 * h) for step in steps])


path = descend(gradient, theta, rate=1.0, steps=200)
costs_of_path = [J(point) for point in path]
print(f"J at the start {costs_of_path[0]:.5f}, after 200 steps {costs_of_path[-1]:.5f}")
assert np.all(np.diff(costs_of_path) < 0)
assert costs_of_path[-1] < min(best_of_one, best_of_two)

# %% [markdown]
# **Explanation.** 3600 costs, and J is lower than the best of the million pairs.  sheernet's method "gd" takes the same
# steps; it has the gradient from lesson 4.

# %%
network = sn.Network(arch, theta)
training = sn.train(network, X, y, method="gd", learning_rate=1.0, max_iter=200, reduction="sum")
print(training.termination)
assert np.allclose(training.record.cost, costs_of_path, rtol=1e-6)
sn.plots.cost(training)

# %% [markdown]
# "The iteration limit was reached": the cost still falls.  **Predict:** what do larger rates do?

# %%
ends = {rate: J(descend(gradient, theta, rate, 200)[-1]) for rate in (0.1, 1.0, 10.0, 100.0)}
for rate, end in ends.items():
    print(f"rate {rate:5}: J after 200 steps {end:.6f}")
assert ends[10.0] < ends[1.0] < ends[0.1]
assert ends[100.0] > J(theta)

# %% [markdown]
# **Explanation.** Up to 10, a larger rate is faster.  At 100, J ends higher than it began.  **Predict:** what does the
# network return now?

# %%
thrown = descend(gradient, theta, 100.0, 200)[-1]
y_hat = forward(X, thrown[:6].reshape(2, 3), thrown[6:].reshape(3, 1))
print(y_hat.ravel())
all_one = 0.5 * (0.25**2 + 0.18**2 + 0.07**2)
print(f"J = {J(thrown):.4f}; with y_hat = 1 in every row, J = {all_one:.4f}")
assert np.all(y_hat > 0.999)
assert np.isclose(J(thrown), all_one, rtol=1e-3)
assert np.abs(gradient(thrown)).max() < 1e-4

# %% [markdown]
# **Explanation.** One step was so long that z_3 became large.  There the sigmoid is flat, all slopes are nearly zero,
# and descent stops far from a solution.  A zero gradient is not yet success.

# %% [markdown]
# ## Is the cost a bowl?
#
# The video hopes so: a sum of squares of a *linear* function has one minimum and no other flat place.  Such a cost is
# *convex*: on the line between two points it never exceeds the straight line between its two values.
#
# **Predict** for the network: take a solution, exchange the first two hidden units (they do the same work in another
# order), and look at the point halfway between the two solutions.

# %%
solution = sn.train(network, X, y, method="bfgs", reduction="sum", max_iter=200).network
order = [1, 0, 2]
exchanged = np.concatenate((solution["W1"][:, order].ravel(), solution["W2"][order].ravel()))
halfway = (solution.theta + exchanged) / 2
print(
    f"J: solution {J(solution.theta):.1e}, exchanged {J(exchanged):.1e}, halfway {J(halfway):.1e}"
)
assert J(solution.theta) < 1e-10
assert J(exchanged) < 1e-10
assert J(halfway) > 1e-4

# %% [markdown]
# **Explanation.** Both are solutions, but halfway the cost is higher.  So it is not convex, and where descent ends
# depends on where it starts.  Lesson 6 starts many times.
#
# ## What you have now
#
# A cost, its slope, and a way down that beats a million trials.  But each step takes 18 costs, and a network with a
# million weights would need two million.  Lesson 4 computes the whole gradient for the price of about two.
