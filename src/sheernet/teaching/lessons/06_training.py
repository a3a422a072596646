# %% [markdown]
# # Lesson 6: Training
#
# About 40 minutes.  Video: part 6 of Neural Networks Demystified, https://www.youtube.com/watch?v=uNVKNvuaoV8 (the
# lesson stands without it).
#
# Lesson 3 followed the gradient with a fixed rate.  This lesson uses the gradient better: BFGS estimates the curvature
# of the cost from the gradients it has seen, and so takes steps of the right length.  Then it looks at what
# training leaves open: which method, which start, and whether "converged" means "solved".

# %% [markdown]
# ## The network of lessons 4 and 5

# %%
import matplotlib.pyplot as plt
import numpy as np
from scipy import optimize

import sheernet as sn

data = sn.datasets.load_sleep_study()
X, y = data.scaled  # (3, 2) hours / maximum, (3, 1) points / 100


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * sigmoid(-z)


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

    def compute_gradients(self, X, y):
        y_hat = self.forward(X)
        delta_3 = (y_hat - y) * sigmoid_prime(self.z_3)
        delta_2 = (delta_3 @ self.W_2.T) * sigmoid_prime(self.z_2)
        return np.concatenate(((X.T @ delta_2).ravel(), (self.a_2.T @ delta_3).ravel()))

    def get_params(self):
        return np.concatenate((self.W_1.ravel(), self.W_2.ravel()))

    def set_params(self, params):
        self.W_1 = params[:6].reshape(2, 3)
        self.W_2 = params[6:].reshape(3, 1)


# %% [markdown]
# Before training, the rule of lesson 5: check.

# %%
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
objective = sn.make_objective(arch, X, y, reduction="sum")
N = NeuralNetwork()
value, gradient = objective.value_and_gradient(N.get_params())
assert np.isclose(N.cost_function(X, y), value, rtol=1e-13)
assert np.allclose(N.compute_gradients(X, y), gradient, rtol=1e-12, atol=1e-15)
report = sn.check_gradient(sn.foreign.from_object(N, X, y))
print(report.verdict)
assert report.verdict == "pass"

# %% [markdown]
# ## From slope to curvature
#
# Near a minimum the cost is a bowl.  In one dimension, with slope g and curvature h, the bottom of the bowl is the step
# -g / h away.  With several weights the curvature is a matrix, the Hessian, and the step is -H g, where H is the
# *inverse* of the Hessian.  BFGS (Broyden, Fletcher, Goldfarb, Shanno 1970) never computes a second derivative.  It
# starts with a multiple of the identity, and after each step s = x_new - x_old, which changed the gradient by r =
# g_new - g_old, it corrects H such that H r = s: this much curvature it has just seen.
#
#     p = -H g
#     x_new = x + a p,      a from a line search
#     H_new = (I - rho s r^T) H (I - rho r s^T) + rho s s^T,      rho = 1 / (r^T s)

# %% [markdown]
# On a bowl in two dimensions that is a hundred times steeper in one direction, without a line search (the best a is
# known for a bowl).  **Predict:** how many steps does each method need to come within 1e-6 of the minimum at 0?

# %%
A = np.diag([1.0, 100.0])  # J(x) = 1/2 x^T A x, gradient A x


def bfgs_update(H, s, r):
    rho = 1 / (r @ s)
    left = np.eye(2) - rho * np.outer(s, r)
    return left @ H @ left.T + rho * np.outer(s, s)


def steps_to_minimum(uses_curvature):
    x, H = np.array([100.0, 1.0]), np.eye(2)
    for step in range(10_000):
        g = A @ x
        if np.linalg.norm(x) < 1e-6:
            return step
        p = -H @ g
        a = -(g @ p) / (p @ A @ p)
        s = a * p
        if uses_curvature:
            H = bfgs_update(H, s, A @ s)
        x = x + s
    return None


print("gradient descent:", steps_to_minimum(uses_curvature=False))
print("BFGS:            ", steps_to_minimum(uses_curvature=True))
assert steps_to_minimum(uses_curvature=True) == 2
assert steps_to_minimum(uses_curvature=False) > 500

# %% [markdown]
# **Explanation.** On a bowl with two weights, BFGS has the whole curvature after two steps.  Gradient descent
# zigzags: its number of steps grows with the ratio of the curvatures, here 100.

# %% [markdown]
# ## The trainer
#
# SciPy has BFGS.  `optimize.minimize` wants a function of the flat vector of weights that returns the cost and the
# gradient.  After each iteration it calls a callback.


# %% tags=["exercise"]
# Write a class Trainer, made as Trainer(N) with a network N, which it keeps as self.N.  Its method train(X, y)
# minimizes the cost of self.N with optimize.minimize, method="BFGS", jac=True, at most 200 iterations
# (options={"maxiter": 200, "gtol": 1e-9}).  Record the cost after each iteration in the list self.J, set the weights
# found in self.N, and keep the result in self.optimization_results.
class Trainer:
    def __init__(self, N):
        self.N = N

    def cost_and_gradient(self, params, X, y):
        self.N.set_params(params)
        return self.N.cost_function(X, y), self.N.compute_gradients(X, y)

    def train(self, X, y):
        self.J = []

        def callback(params):
            self.N.set_params(params)
            self.J.append(self.N.cost_function(X, y))

        self.optimization_results = optimize.minimize(
            self.cost_and_gradient, self.N.get_params(), args=(X, y), method="BFGS", jac=True,
            callback=callback, options={"maxiter": 200, "gtol": 1e-9},
        )  # fmt: skip
        self.N.set_params(self.optimization_results.x)


# %% [markdown]
# **Predict:** how many iterations, and what will the network say for the three students, whose scores were 75, 82 and
# 93?

# %%
N = NeuralNetwork(seed=4)
theta_0 = N.get_params()  # kept: other methods will start from the same weights
trainer = Trainer(N)
trainer.train(X, y)
print("iterations:", len(trainer.J), "  cost:", trainer.J[-1])
print("predicted: ", (100 * N.forward(X)).ravel().round(3))
assert trainer.J[-1] < 1e-9
assert np.allclose(100 * N.forward(X), data.y, atol=0.01)

# %% [markdown]
# **Explanation.** Three numbers and nine weights: the network fits them exactly.  Lesson 7 shows what an exact fit is
# worth.

# %% [markdown]
# The same with sheernet, from the same weights.  **Predict:** will it end at the same cost, the same predictions, the
# same weights?

# %%
training = sn.train(sn.Network(arch, theta_0), X, y, method="bfgs", reduction="sum", max_iter=200)
print(training)
y_hat = training.network.predict(X)
print("cost:       ", trainer.J[-1], "and", training.objective)
print("predictions:", np.abs(y_hat - N.forward(X)).max(), "apart")
print("weights:    ", np.abs(training.network.theta - N.get_params()).max(), "apart")
assert training.termination.converged
assert training.objective < 1e-9
assert np.allclose(y_hat, N.forward(X), atol=1e-4)
assert len(training.record) < 100

# %% [markdown]
# **Explanation.** The same cost and the same predictions.  The weights differ: with nine weights and three numbers to
# fit, the minimum is not a point but a six-dimensional valley floor, and where a run reaches it depends on its line
# search.

# %%
sn.plots.cost(training)

# %% [markdown]
# The cost axis is logarithmic.  For some iterations the cost hardly falls, at 0.0012; this place will come back.  Near
# the end each iteration makes the cost several times smaller: BFGS has learned the bowl.

# %% [markdown]
# ## A race
#
# Five methods from the same weights, each with at most 1000 evaluations of the gradient:
#
# - gd: gradient descent, x - rate g.  adam: gradient descent with a separate rate for each weight.
# - bfgs, and lbfgs, which keeps only the last few pairs (s, r) instead of a matrix.
# - lm: Levenberg-Marquardt, for sums of squares.  It takes the curvature from the Jacobian of the predictions.
#
# bfgs, lbfgs and lm need no settings.  gd and adam need a learning rate, whose default is a guess for other problems,
# so a race at the defaults would be unfair.  Each gets the best of seven rates, found on this very problem, and the six
# other runs are not counted.  **Predict:** the order.


# %%
def run(method, **options):
    return sn.train(
        sn.Network(arch, theta_0), X, y, method=method, reduction="sum", max_iter=1000, cost_tolerance=0, **options
    )  # fmt: skip


rates = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0]


def tuned(method):
    return min((run(method, learning_rate=rate) for rate in rates), key=lambda each: each.objective)


race = {
    "gd, default rate": run("gd"),
    "gd, best rate": tuned("gd"),
    "adam, default rate": run("adam"),
    "adam, best rate": tuned("adam"),
    "lbfgs": run("lbfgs"),
    "bfgs": run("bfgs"),
    "lm": run("lm"),
}
for name, each in race.items():
    evaluations = each.record.gradient_evaluations[-1]
    rate = each.settings["options"].get("learning_rate", "")
    print(f"{name:20} cost {each.objective:8.1e}   {evaluations:5d} gradients   {rate}")

cost_of = {name: each.objective for name, each in race.items()}
gradients = {name: each.record.gradient_evaluations[-1] for name, each in race.items()}
assert max(cost_of["bfgs"], cost_of["lbfgs"], cost_of["lm"], cost_of["adam, best rate"]) < 1e-9
assert (
    max(gradients["bfgs"], gradients["lbfgs"], gradients["lm"]) < 100 < gradients["adam, best rate"]
)
assert cost_of["adam, default rate"] > 1e-3
assert 1e-6 < cost_of["gd, best rate"] < 0.01 * cost_of["gd, default rate"]


# %%
def draw_race():
    _, ax = plt.subplots(figsize=(7.5, 5))
    dashes = ["--", "-", "--", "-", "-", "-", "-"]
    colors = ["C0", "C0", "C1", "C1", "C2", "C3", "C4"]
    for (name, each), dash, color in zip(race.items(), dashes, colors, strict=True):
        record = each.record
        ax.plot(record.gradient_evaluations, record.objective, dash, color=color, label=name)
    ax.set(xscale="log", yscale="log", ylim=(1e-12, 0.1))
    ax.set(
        xlabel="evaluations of the gradient",
        ylabel="cost",
        title="One network, one start, five methods",
    )
    ax.legend(loc="lower left", frameon=False)
    return ax


draw_race()

# %% [markdown]
# **Explanation.** adam at its default rate, 0.001, looks useless here: a thousand evaluations, and the cost has hardly
# fallen.  That is no evidence against adam: the rate is meant for networks with a million weights and noisy gradients.
# At its best rate, a thousand times larger, it reaches zero, in some hundreds of evaluations; one rate lower or higher,
# it does not:

# %%
for rate in (0.3, 1.0, 3.0):
    print(f"adam, rate {rate}: cost {run('adam', learning_rate=rate).objective:.1e}")
assert run("adam", learning_rate=0.3).objective > 1e-3
assert run("adam", learning_rate=3.0).objective > 1e-3

# %% [markdown]
# lm, lbfgs and bfgs need 20 to 70 evaluations and no rate: on a smooth problem with few weights, learning the
# curvature pays off.  With a million weights, the matrix of bfgs would not fit into memory, and the order would be
# another one.

# %% [markdown]
# ## The response surface
#
# A trained network gives a prediction for every number of hours.  `fit_example` trains this network from 20 starts and
# keeps the units of the table, so the axes are hours and points.  **Predict:** which corner has the highest score?

# %%
from sheernet.teaching.demo import fit_example

model = fit_example(data)
print("at the data:", model.predict(data.X).round(2))
assert np.allclose(model.predict(data.X), data.y.ravel(), atol=0.01)
sn.plots.response_surface(model, data.X)

# %%
sn.plots.response_surface(model, data.X, kind="3d")

# %% [markdown]
# **Explanation.** Both pictures show the same function, which passes through the three students exactly.  Everywhere
# else it is what nine weights happen to give.  Another start gives another surface through the same three points.

# %% [markdown]
# ## Many starts
#
# The start was NeuralNetwork(seed=4).  Is it typical?  **Predict:** of 100 starts from U[0, 1), how many end with the
# exact fit?

# %%
many = sn.train(
    sn.Network(arch, theta_0), X, y, method="bfgs", reduction="sum", max_iter=200, starts=100, seed=0, scheme="uniform"
)  # fmt: skip
ends = many.starts.objectives
solved = np.count_nonzero(ends < 1e-6)
converged = many.starts.reasons.count("gradient_tolerance")
print(f"{solved} of 100 starts end with a cost below 1e-6, {100 - solved} do not")
print(f"{converged} report that the gradient is zero to the tolerance")
print("the others end at", np.unique(ends[ends > 1e-6].round(9)))
assert 30 <= solved <= 60
assert converged >= 95
assert np.allclose(ends[ends > 1e-6], 0.00122618, rtol=1e-3)

# %%
sn.plots.starts(many)

# %% [markdown]
# **Explanation.** About half of all starts end at 0.001226, and every one of them *converged*: the gradient is zero
# there. Converged is a statement about the gradient.  It is not success.  What is this place?

# %%
theta_5 = NeuralNetwork(seed=5).get_params()
stuck = sn.train(sn.Network(arch, theta_5), X, y, method="bfgs", reduction="sum", max_iter=200)
print(stuck)
print("predicted:", (100 * stuck.network.predict(X)).ravel().round(2), "  true:", data.y.ravel())
eigenvalues = np.linalg.eigvalsh(objective.hessian_vector(stuck.network.theta, np.eye(9)))
print("eigenvalues of the Hessian:", eigenvalues.round(6))
assert stuck.termination.converged
assert np.isclose(stuck.objective, 0.00122618, rtol=1e-3)
assert np.count_nonzero(np.abs(eigenvalues) < 1e-6) == 4

# %% [markdown]
# **Explanation.** Four of the nine curvatures are zero: the place is flat.  The first student is right, the other two
# are off by more than 3 points.  Is it at least a minimum?  Go 0.3 along each of the four flat directions, both ways:

# %%
_, directions = np.linalg.eigh(objective.hessian_vector(stuck.network.theta, np.eye(9)))
rises = [
    objective.value(stuck.network.theta + h * direction) - stuck.objective
    for direction in directions.T[:4]
    for h in (-0.3, 0.3)
]
print("the cost rises by", np.array(rises))
assert min(rises) > 0
assert max(rises) < 1e-5

# %% [markdown]
# **Explanation.** The cost rises, by a millionth.  It is a very flat minimum: no small change of the weights improves
# it. SciPy's BFGS ends there as well:

# %%
trainer = Trainer(NeuralNetwork(seed=5))
trainer.train(X, y)
print(trainer.optimization_results.message, trainer.J[-1])
assert np.isclose(trainer.J[-1], stuck.objective, rtol=1e-3)

# %% [markdown]
# The way out is more starts.  If 59 of 100 starts are wrong, twenty are all wrong three times in 100 000.

# %%
best = sn.train(
    sn.Network(arch, theta_5), X, y, method="bfgs", reduction="sum", starts=20, seed=0, scheme="uniform"
)  # fmt: skip
print(best.starts)
assert best.objective < 1e-9

# %% [markdown]
# ## Where the paths run
#
# Nine weights cannot be drawn.  The two directions in which the paths extend most can: the principal components of all
# iterates.  The map shows the cost in this plane.


# %%
def principal_plane(*paths):
    """A point and two directions (2, 9), and the share of the variance of the paths that lies in their plane."""
    points = np.vstack(paths)
    center = points.mean(axis=0)
    _, sizes, directions = np.linalg.svd(points - center, full_matrices=False)
    return center, directions[:2], (sizes[:2] ** 2).sum() / (sizes**2).sum()


paths = {
    "gd": run("gd", learning_rate=10.0, keep_path=True).record.path,
    "bfgs": run("bfgs", keep_path=True).record.path,
}
center, plane, share = principal_plane(*paths.values())
print(f"the plane contains {100 * share:.1f} % of the variance of the paths")
assert share > 0.95


# %%
def draw_paths():
    _, ax = plt.subplots(figsize=(7.5, 5.5))
    places = {name: (path - center) @ plane.T for name, path in paths.items()}  # (iterates, 2) each
    points = np.vstack(list(places.values()))
    margin = 0.15 * np.ptp(points, axis=0)
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    u, v = np.linspace(low[0], high[0], 60), np.linspace(low[1], high[1], 60)
    costs = [[objective.value(center + a * plane[0] + b * plane[1]) for a in u] for b in v]
    levels = np.arange(-5.0, -0.9, 0.25)
    drawn = ax.contourf(u, v, np.log10(costs), levels, cmap="Blues", extend="both")
    ax.figure.colorbar(drawn, label="log10 of the cost in this plane")
    for (name, place), color in zip(places.items(), ("C1", "C3"), strict=True):
        ax.plot(*place.T, "o-", color=color, markersize=3, linewidth=1, label=name)
    ax.plot(
        *places["bfgs"][0],
        "*",
        color="white",
        markeredgecolor="black",
        markersize=14,
        label="start",
    )
    title = f"{100 * share:.0f} % of the variance of the paths"
    ax.set(xlabel="first principal direction", ylabel="second", title=title)
    ax.legend(frameon=True)
    return ax


draw_paths()

# %% [markdown]
# **Explanation.** From the star, both fall into the valley.  gd creeps along its floor in a thousand small steps and is
# still on its way; bfgs walks through in 25.  The map is a cut: the paths also move in the seven directions that it
# does not show, so an end may look higher on the map than it is.

# %% [markdown]
# ## What you have now
#
# A trainer of your own, four methods to compare it with, and three habits: check the gradient first, compare methods
# at their best settings and by evaluations, and look at many starts before trusting one.  Lesson 7 asks what a cost of
# zero means.
#
# To have your class graded, with hints: `sheernet grade 06_training.ipynb --lesson 6` in the folder of your
# notebook. Or save it as my_network.py, with the imports and functions that it uses (`import numpy as np`, `sigmoid`),
# and run `sheernet grade my_network.py --lesson 6`.
