# %% [markdown]
# # Lesson 7: Overfitting, testing and regularization
#
# About 45 minutes.  Video: part 7 of Neural Networks Demystified, https://www.youtube.com/watch?v=S4ZUwgesjS8 (the
# lesson stands without it).
#
# A network that fits its training data exactly may predict anything elsewhere.  This lesson measures that, finds a
# mistake in the series' own measurement, repairs both, and then treats the questions that are left open there: how
# large the penalty should be, how certain a prediction is, and how many units to use.

# %% [markdown]
# ## Four students to learn from, four to test with

# %%
import matplotlib.pyplot as plt
import numpy as np

import sheernet as sn

train, test = sn.datasets.load_sleep_study("train"), sn.datasets.load_sleep_study("test")
print("training (hours asleep, hours studying, score):")
print(np.column_stack((train.X, train.y)))
print("test:")
print(np.column_stack((test.X, test.y)))

# %% [markdown]
# The inputs are divided by the largest hours, the scores by 100.  The largest hours of which rows?  Those of the
# training rows, for both: the scaling belongs to the model.  5 hours of study must be the same number in every table.

# %% tags=["exercise"]
# Scale X_train, y_train, X_test and y_test: divide all hours by the column maxima of the *training* hours (train.X),
# and all scores by 100.
X_max = train.X.max(axis=0)
X_train, y_train = train.X / X_max, train.y / 100
X_test, y_test = test.X / X_max, test.y / 100

# %%
print(X_test)
assert np.array_equal(X_train, train.scaled[0])
assert np.array_equal(X_test, test.scaled[0])
assert X_train.max() == 1.0
assert X_test.max() == 1.1  # 5.5 hours of study: more than in any training row

# %% [markdown]
# ## Two curves
#
# Training lowers the training cost.  `validation` records the cost of the test rows at each iteration, which training
# does not use.  **Predict:** how do the two curves run?

# %%
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)


def start(seed):
    return sn.Network(arch, np.random.default_rng(seed).random(9))


def cost(network, X, y):
    return 0.5 * float(((network.predict(X) - y) ** 2).sum())


# renew=False: BFGS as in the series, from gradients alone
training = sn.train(
    start(0), X_train, y_train, method="bfgs", renew=False, reduction="sum", max_iter=200, validation=(X_test, y_test)
)  # fmt: skip
test_costs = training.record.validation_cost
print("training cost at the end:", training.objective)
print("test cost: lowest", test_costs.min(), "at the end", test_costs[-1])
assert training.objective < 1e-9
assert np.isclose(test_costs[-1], cost(training.network, X_test, y_test), rtol=1e-9)
assert test_costs[-1] > 3 * test_costs.min()

# %%
sn.plots.cost(training)

# %% [markdown]
# **Explanation.** The training cost goes to zero.  The test cost falls at first, then rises to several times its lowest
# value: from there on, the network learns the noise of four students.  This is overfitting.

# %% [markdown]
# ## A mistake in the series
#
# Part 7 of the series scales its test inputs too, with these lines (its names):
#
#     trainX = trainX / np.amax(trainX, axis=0)
#     testX = testX / np.amax(trainX, axis=0)
#
# **Predict:** by what does the second line divide?

# %%
trainX = train.X / np.amax(train.X, axis=0)
testX = test.X / np.amax(trainX, axis=0)
print("divided by", np.amax(trainX, axis=0))
print(testX)
assert np.array_equal(testX, test.X)

# %% [markdown]
# **Explanation.** trainX is already scaled when its maximum is taken: the maximum is 1, and the test inputs stay in
# hours. The network, used to numbers up to 1, gets the number 9 where it should get 0.9.  Nothing
# fails: it answers, wrongly, and the test cost is too high.  By how much?  Over 200 starts:


# %%
def median_test_costs(reduction, decay):
    """Medians over 200 starts of the cost of the test rows: scaled rightly, and as in the series."""
    right, series = [], []
    for seed in range(200):
        network = sn.train(
            start(seed), X_train, y_train, method="bfgs", renew=False, reduction=reduction, decay=decay, max_iter=200
        ).network  # fmt: skip
        right.append(cost(network, X_test, y_test))
        series.append(cost(network, testX, y_test))
    return np.median(right), np.median(series)


for reduction in ("mean", "sum"):
    right, series = median_test_costs(reduction, 0.0)
    print(
        f"median test cost, {reduction} of the rows: {right:.4f} scaled rightly, {series:.4f} as in the series: "
        f"{series / right:.1f} times"
    )
    assert 1.5 < series / right < 3.0

# %% [markdown]
# **Explanation.** The overfitting of the video is real, but about half of what its curve shows is the wrong scale.
#
# Why not the same factor twice?  The mean is the sum divided by 4, so both have the same minima.  But without a penalty
# the cost continues to fall along a flat valley, while the test cost grows, and where a run stops is decided by the
# tolerance of its gradient, which for the mean is 4 times as small.  So this factor belongs to the stopping rule as
# much as to the mistake: with SciPy's BFGS it is 3.4 at its default tolerance and 1.9 at 1e-9, and drawing the 200
# starts again gives anything from 1.6 to 2.7 here (benchmarks/scaling_mistake.py).  Below, a penalty will bring all
# runs to one minimum, and then it is a number.
#
# The habit that prevents the mistake: let one object keep the scale and apply it to every table.  `sn.fit` does, in
# lesson 8.

# %% [markdown]
# ## Weight decay
#
# Large weights make steep surfaces.  A penalty on the squares of the weights keeps them small.  So that lambda has the
# same meaning for any number of rows, the sum over the rows becomes a mean:
#
#     J = 1/(2 N) sum (y_hat - y)²  +  lambda/2 sum W²
#
# The gradient gets the term lambda W.

# %%
lam = 0.0001  # the series' lambda


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class NeuralNetwork:  # of lesson 6, without its cost and gradient
    def __init__(self, seed=0, Lambda=lam):
        rng = np.random.default_rng(seed)
        self.W_1, self.W_2 = rng.random((2, 3)), rng.random((3, 1))
        self.Lambda = Lambda

    def forward(self, X):
        self.z_2 = X @ self.W_1
        self.a_2 = sigmoid(self.z_2)
        self.z_3 = self.a_2 @ self.W_2
        return sigmoid(self.z_3)

    def get_params(self):
        return np.concatenate((self.W_1.ravel(), self.W_2.ravel()))

    def set_params(self, params):
        self.W_1, self.W_2 = params[:6].reshape(2, 3), params[6:].reshape(3, 1)

    def compute_gradients(self, X, y):
        dJ_dW_1, dJ_dW_2 = self.cost_function_prime(X, y)
        return np.concatenate((dJ_dW_1.ravel(), dJ_dW_2.ravel()))


# %% tags=["exercise"]
# Write the class PenalizedNetwork(NeuralNetwork) with cost_function(X, y), J of the formula above, and
# cost_function_prime(X, y), which returns dJ_dW_1 and dJ_dW_2; lambda is self.Lambda.  The derivative of the sigmoid at
# z is sigmoid(z) * sigmoid(-z).
class PenalizedNetwork(NeuralNetwork):
    def cost_function(self, X, y):
        squares = (self.W_1**2).sum() + (self.W_2**2).sum()
        return 0.5 * ((self.forward(X) - y) ** 2).sum() / len(X) + self.Lambda / 2 * squares

    def cost_function_prime(self, X, y):
        y_hat = self.forward(X)
        delta_3 = (y_hat - y) / len(X) * sigmoid(self.z_3) * sigmoid(-self.z_3)
        delta_2 = (delta_3 @ self.W_2.T) * sigmoid(self.z_2) * sigmoid(-self.z_2)
        dJ_dW_1 = X.T @ delta_2 + self.Lambda * self.W_1
        dJ_dW_2 = self.a_2.T @ delta_3 + self.Lambda * self.W_2
        return dJ_dW_1, dJ_dW_2


# %% [markdown]
# A changed gradient is a new gradient: check it.  And compare with sheernet, where lambda is called `decay`.

# %%
N = PenalizedNetwork()
report = sn.check_gradient(sn.foreign.from_object(N, X_train, y_train))
print(report.verdict)
assert report.verdict == "pass"

# the mean of the rows is the default of sheernet
objective = sn.make_objective(arch, X_train, y_train, decay=lam)
J, gradient = objective.value_and_gradient(N.get_params())
assert np.isclose(N.cost_function(X_train, y_train), J, rtol=1e-14)
assert np.allclose(N.compute_gradients(X_train, y_train), gradient, rtol=1e-13, atol=1e-16)

# %% [markdown]
# **Predict:** with this small lambda, what becomes of the two curves, and of the series' mistake?

# %%
decayed = sn.train(
    start(0), X_train, y_train, method="bfgs", renew=False, decay=lam, max_iter=200, validation=(X_test, y_test)
)  # fmt: skip
mean_test_cost = decayed.record.validation_cost[-1]
print("test cost per row:", test_costs[-1] / 4, "without,", mean_test_cost, "with the penalty")
assert mean_test_cost < 0.25 * test_costs[-1] / 4

right, series = median_test_costs("mean", lam)
print(
    f"median test cost: {right:.5f} scaled rightly, {series:.5f} as in the series: {series / right:.1f} times"
)
assert 5.0 < series / right < 5.3


# %%
def draw_repaired():
    _, axes = plt.subplots(1, 2, figsize=(10, 4.2), sharey=True)
    runs = {"no penalty": (0.0, axes[0]), f"lambda = {lam}": (lam, axes[1])}
    for title, (decay, ax) in runs.items():
        run = sn.train(
            start(0), X_train, y_train, method="bfgs", renew=False, decay=decay, max_iter=200, keep_path=True
        )  # fmt: skip
        networks = [sn.Network(arch, theta) for theta in run.record.path]
        curves = {
            "training": (X_train, y_train, "C0-"),
            "test, scaled rightly": (X_test, y_test, "C1--"),
            "test, as in the series": (testX, y_test, "C3:"),
        }
        for label, (X, y, look) in curves.items():
            ax.plot([cost(network, X, y) / 4 for network in networks], look, label=label)
        ax.set(yscale="log", ylim=(1e-6, 1), xlabel="iteration", title=title)
    axes[0].set_ylabel("cost per row")
    axes[0].legend(frameon=False, loc="lower left")
    return axes[0]


draw_repaired()

# %% [markdown]
# **Explanation.** With the penalty the training cost stops above zero, and the test cost comes down to a level near
# it: the network has stopped learning the noise.  The series' curve would hide this success, because its test rows are
# in hours: there, the mistake makes the test cost 5.2 times too high, from every start and with every method.

# %% [markdown]
# The penalty has a second effect.  **Predict:** in lesson 6, half of the starts ended elsewhere.  And now?

# %%
many = sn.train(
    start(0), X_train, y_train, method="bfgs", renew=False, decay=lam, starts=50, seed=0, scheme="uniform",
    gradient_tolerance=1e-9,
)  # fmt: skip
print(many.starts)
assert many.starts.within(0.01) >= 45

# %% [markdown]
# **Explanation.** Nearly all end at the same cost: lambda W² bends up the flat valley floors, and few other minima are
# left.

# %% [markdown]
# ## How large should lambda be?
#
# Not the value with the lowest test cost: then the test rows would have been used for training, and the test cost
# would no longer estimate the error on new rows.  Four rows are also far too few for any choice.  For the rest of
# the lesson, 40 rows of a function that is known, with noise of the standard deviation 0.2.

# %%
rng = np.random.default_rng(3)
x = np.sort(rng.uniform(-3, 3, 40))
t = np.sin(x) + 0.2 * rng.standard_normal(40)
x_new = rng.uniform(-3, 3, 2000)
t_new = np.sin(x_new) + 0.2 * rng.standard_normal(2000)


def rmse(model):
    return float(np.sqrt(np.mean((model.predict(x_new) - t_new) ** 2)))


# %% [markdown]
# Eight hidden units (25 weights), from no penalty to a large one.  **Predict:** where is the error on 2000 new rows
# lowest?

# %%
lambdas = [1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 0.1, 1.0]
errors = []
for each in lambdas:
    model = sn.fit(x, t, hidden=8, decay=each, starts=3, held_out=0)
    errors.append(rmse(model))
    print(f"lambda {each:7.0e}   RMSE on new rows {errors[-1]:.3f}")
assert min(errors) < 0.25
assert errors[0] > 1.1 * min(errors)
assert errors[-1] > 2 * min(errors)

# %% [markdown]
# **Explanation.** If lambda is too small, the network fits the noise; if it is too large, it does not fit the sine.
# Nothing here is below 0.2: that is the noise itself.  In practice there are no 2000 new rows to find the best lambda.

# %% [markdown]
# ## Evidence
#
# Read the penalty as a statement: before any data, weights have the variance 1/alpha.  And the cost: data have noise of
# the variance 1/beta.  Then the probability of the training data, averaged over all weights that they allow, is a
# number that depends on alpha and beta only (MacKay 1992, Neural Computation 4, 448), and lambda = alpha / (beta
# N).  It is largest for a network that explains the data and is no more flexible than needed.  All rows are used for
# training, and none for the choice.

# %%
by_evidence = sn.fit(x, t, hidden=8, decay="evidence", starts=3, held_out=0)
print(f"RMSE on new rows {rmse(by_evidence):.3f}; the best lambda had {min(errors):.3f}")
print(f"effective parameters: {by_evidence.evidence['effective_parameters']:.1f}")
assert rmse(by_evidence) < 1.1 * min(errors)
assert 3 < by_evidence.evidence["effective_parameters"] < 12

# %% [markdown]
# **Explanation.** Without a single new row it is as good as the best lambda.  Of the 25 weights, the data determine
# only so many; the penalty holds the rest.  (The model averages a few networks that explain the data about equally
# well.)

# %% [markdown]
# ## How certain is a prediction?
#
# The same reasoning gives every prediction a distribution: its spread is the noise, and the remaining uncertainty of
# the weights.  **Predict:** how many of the 2000 new rows lie in the 95 % intervals?

# %%
low, high = by_evidence.predict_interval(x_new, coverage=0.95)
inside = np.mean((low <= t_new) & (t_new <= high))
print(f"{100 * inside:.1f} % of the new rows lie in their 95 % interval")
assert 0.90 < inside < 0.99

# %%
sn.plots.response_surface(by_evidence, x[:, None], true=t)

# %% [markdown]
# Beyond the data the function is unknown, and the intervals widen:

# %%
for place in (0.0, 3.0, 4.0, 6.0):
    low, high = by_evidence.predict_interval(np.array([place]), coverage=0.95)
    print(f"x = {place:g}: from {low[0]:.2f} to {high[0]:.2f}, true {np.sin(place):.2f}")
    if place == 0.0:
        width = high - low
assert high - low > 3 * width

# %% [markdown]
# ## How many units?
#
# The classical answer is cross-validation: leave out a fifth of the rows, train on the others, evaluate on those left
# out, five times.  `sn.select` does this for each size and lambda, on the same folds.  **Predict:** which size wins?

# %%
selection = sn.select(x, t, sizes=(0, 1, 2, 4, 8), decays=(1e-8, 1e-3), starts=2)
print(selection)
print(f"RMSE of the chosen network on new rows: {rmse(selection.model):.3f}")
left_out = {(row["hidden"], row["decay"]): row["error"] for row in selection.rows()}
assert left_out["8", 1e-8] > 1.3 * left_out["2", 1e-8]
assert left_out["8", 1e-3] < 1.1 * left_out["2", 1e-3]
assert rmse(selection.model) < 1.1 * min(errors)

# %%
sn.plots.selection(selection)

# %% [markdown]
# **Explanation.** Without a penalty (1e-8), the size must be chosen with care: 0 units are a straight line, 1 cannot
# turn twice, 4 and 8 learn the noise.  With lambda = 0.001, everything from 2 units on does about the same: then the
# size hardly matters.  "behind" shows which differences are significant: it gives them in standard errors.

# %% [markdown]
# ## What you have now
#
# Test rows that were never trained on, in the scale of the training rows; a penalty, its size from the evidence;
# intervals; a size that matters less than it seemed.  In lesson 8, `sn.fit` does all of this on a real table, in one
# line.
#
# To have your class graded, with hints: `sheernet grade 07_overfitting.ipynb --lesson 7` in the folder of your
# notebook. Or save it as my_network.py, with the imports and functions that it uses (`import numpy as np`, `sigmoid`),
# and run `sheernet grade my_network.py --lesson 7`.
