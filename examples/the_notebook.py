# %% [markdown]
# # The notebook with sheernet
#
# Every step of the notebook on Welch Labs' *Neural Networks Demystified*, in its order, with sheernet.  The videos and
# their code are at https://github.com/stephencwelch/Neural-Networks-Demystified; the lessons (`sheernet lesson`) go
# through them slowly.  Names of the notebook are in parentheses.
#
# This file is a script and a notebook: Jupyter with Jupytext and the editors VS Code, PyCharm and Spyder open it as
# cells.

# %%
import numpy as np

import sheernet as sn

# %% [markdown]
# ## The sigmoid (`sigmoid`, `sigmoid_prime`) and its picture

# %%
sigmoid, sigmoid_prime = sn.activations.sigmoid.value, sn.activations.sigmoid.derivative
print(sigmoid([-1, 0, 1]), sigmoid_prime(0))
print(sigmoid([-1000, 1000]), sigmoid_prime([-1000, 1000]))  # the notebook's overflow here

# %%
sn.plots.activation("sigmoid")

# %% [markdown]
# ## The data (`X`, `y`; `iris_X`, `iris_y`)
#
# Hours are divided by their largest value, scores by 100.

# %%
X, y = sn.datasets.load_sleep_study().scaled  # (3, 2), (3, 1)
iris = sn.datasets.load_iris_rows()  # three rows, as they are
print(X, y, iris.X, iris.y, sep="\n")

# %% [markdown]
# ## The network (`NeuralNetwork`): 2-3-1, no biases, weights from [0, 1)

# %%
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
nn = sn.Network.random(arch, seed=4, scheme="uniform")
print(nn["W1"], nn["W2"], sep="\n")

# %% [markdown]
# ## Forward (`forward`, which keeps `z_2`, `a_2`, `z_3`)

# %%
passes = sn.forward(arch, nn.theta, X)
z_2, a_2, z_3 = passes.pre_activations[1], passes.activations[1], passes.pre_activations[2]
y_hat = passes.activations[-1]
assert np.array_equal(y_hat, nn.predict(X))

# %% [markdown]
# ## Cost and gradient (`cost_function`, `cost_function_prime`, `compute_gradients`)
#
# The notebook's cost is half the *sum* of the squared errors; sheernet's default is the mean of the rows.

# %%
objective = sn.make_objective(arch, X, y, reduction="sum")
J, gradient = objective.value_and_gradient(nn.theta)
assert np.isclose(J, 0.5 * ((y - y_hat) ** 2).sum())
dJ_dW = arch.layout.views(gradient)
print(J, dJ_dW["W1"], dJ_dW["W2"], sep="\n")

# %%
sn.explain(nn, X, y, numbering="videos", reduction="sum")

# %% [markdown]
# ## One vector of parameters (`get_params`, `set_params`)

# %%
params = nn.theta  # W1 row by row, then W2
same = sn.Network(arch, params)
assert np.array_equal(same["W2"], nn["W2"])

# %% [markdown]
# ## The numerical gradient (`compute_numerical_gradient`) and the check (`test_gradient`)

# %%
numerical = sn.numerical_gradient(objective.value, nn.theta, step=1e-4)
print(np.linalg.norm(gradient - numerical) / np.linalg.norm(gradient + numerical))

# %%
report = sn.check_gradient(objective, nn.theta)
print(report)
assert report.verdict == "pass"

# %% [markdown]
# ## Training (`Trainer`, `trainer.J`, `optimization_results`)
#
# BFGS, at most 200 iterations.  `record.cost` is `trainer.J` with the cost of the start in front.

# %%
training = sn.train(nn, X, y, method="bfgs", max_iter=200, reduction="sum")
print(training)
print("seconds:", training.record.seconds[-1])
print("predicted:", (100 * training.network.predict(X)).round(2).ravel())
assert training.objective < 1e-9

# %%
sn.plots.cost(training)

# %% [markdown]
# About half of all starts end at the cost 0.001226.  So use several:

# %%
many = sn.train(nn, X, y, method="bfgs", reduction="sum", starts=20, seed=0, scheme="uniform")
print(many.starts)
assert many.objective < 1e-9

# %% [markdown]
# ## The three rows of iris
#
# Their targets are 0, which a sigmoid never reaches: the cost falls as long as the weights grow.  sheernet warns that
# there is nothing to learn here.

# %%
of_iris = sn.train(nn, iris.X, iris.y, method="bfgs", max_iter=200, reduction="sum")
print(of_iris)
assert of_iris.objective < 1e-6

# %%
sn.plots.cost(of_iris)
