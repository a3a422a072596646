# %% [markdown]
# # Lesson 8: A real problem
#
# About 30 minutes.  The series ends with part 7; this lesson continues it, and has no video.
#
# A table of 442 patients with diabetes: how does the disease progress within a year?  The lesson goes from a CSV file
# to predictions with intervals, first with commands as in a terminal, then in Python.  It needs the files that
# scikit-learn ships (`pip install scikit-learn`) and no network.

# %% [markdown]
# ## The table
#
# Efron, Hastie, Johnstone and Tibshirani (2004, Annals of Statistics 32, 407) measured ten columns of 442 patients,
# and the progression of the disease one year later, a number from 25 to 346.  A hundred patients, drawn at random, are
# set apart: they stand for new patients.

# %%
import contextlib
import shlex
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np

import sheernet as sn
from sheernet.apps.cli import run

installed = find_spec("sklearn")
if installed is None:
    raise SystemExit("This lesson reads files that scikit-learn ships: pip install scikit-learn")
shipped = Path(installed.origin).parent / "datasets" / "data"
table = np.column_stack(
    (
        np.loadtxt(shipped / "diabetes_data_raw.csv.gz"),
        np.loadtxt(shipped / "diabetes_target.csv.gz"),
    )
)  # (442, 11)
names = [
    "age",
    "sex",
    "bmi",
    "pressure",
    "s1",
    "s2",
    "s3",
    "s4",
    "triglycerides",
    "glucose",
    "progression",
]

temporary = tempfile.TemporaryDirectory()
folder = Path(temporary.name)
rows = np.random.default_rng(1).permutation(442)


def write(file, rows):
    np.savetxt(
        folder / file, table[rows], delimiter=",", fmt="%g", header=",".join(names), comments=""
    )


write("patients.csv", rows[:342])
write("new.csv", rows[342:])
print((folder / "patients.csv").read_text()[:200])
assert table.shape == (442, 11)
assert table[:, -1].min() == 25
assert table[:, -1].max() == 346

# %% [markdown]
# ## In a terminal
#
# The next cells run command lines as a terminal in this folder would.  (To try them in your own terminal, write the two
# files into a folder of yours.)


# %%
def terminal(line):
    print("$", line)
    with contextlib.chdir(folder):
        return run(shlex.split(line)[1:])  # the exit code


# %% [markdown]
# One line fits a model.  Three of the columns are known to matter: the body mass index, the blood pressure and the
# logarithm of the triglycerides.  Two hidden units and the decay are given here, so that the fit takes a moment;
# without them, sheernet chooses.  **Predict:** will a network be better than a linear model?

# %%
code = terminal(
    "sheernet fit patients.csv --target progression --inputs bmi,pressure,triglycerides "
    "--hidden 2 --decay 0.01 --output fit --quiet"
)
assert code == 0

# %% [markdown]
# **Explanation.** The figures are those of a quarter of the rows, which the training did not see: lesson 7 in one
# line.  R2 is the part of the variance that is explained, RMSE the typical error in the units of the target.  The
# comparison with a linear model is always there, and the sentence below it judges the difference: on so
# few rows, a few percent may be chance.  For many real tables, a linear model is nearly as good as any other.
#
# The gradient was checked before training: lesson 5 in one line, which begins with "correct".  The check with all
# its numbers:

# %%
code = terminal("sheernet check fit patients.csv")
assert code == 0  # 0 pass, 1 fail, 3 inconclusive

# %% [markdown]
# The folder holds the model, which rows were held out, and pictures.  The report can be printed again at any time.

# %%
print(sorted(path.name for path in (folder / "fit").iterdir()))
code = terminal("sheernet report fit")
assert code == 0
assert {"model.json", "rows.csv"} <= {path.name for path in (folder / "fit").iterdir()}

# %% [markdown]
# Now the hundred new patients.  **Predict:** how wide must an interval be that contains 90 % of them?

# %%
code = terminal("sheernet predict fit new.csv --interval 0.9 --output predicted.csv")
assert code == 0
print("\n".join((folder / "predicted.csv").read_text().splitlines()[:6]))

# %%
predicted, lower, upper = np.loadtxt(
    folder / "predicted.csv", delimiter=",", skiprows=1
).T  # (100,) each
true = table[rows[342:], -1]
inside = np.mean((lower <= true) & (true <= upper))
print(
    f"{100 * inside:.0f} of 100 new patients lie in their interval, which is {np.mean(upper - lower):.0f} wide"
)
print(
    f"RMSE {np.sqrt(np.mean((predicted - true) ** 2)):.1f}; of the mean of the others {np.std(true):.1f}"
)
assert 0.8 <= inside <= 0.98
assert np.sqrt(np.mean((predicted - true) ** 2)) < 0.85 * np.std(true)

# %% [markdown]
# **Explanation.** About 90 of 100, as requested.  The interval is wide, more than half of the whole range: three
# columns do not determine how a disease proceeds.

# %% [markdown]
# What if the new table is not what the model expects?

# %%
(folder / "wrong.csv").write_text("bmi,pressure\n32.1,101\n")
code = terminal("sheernet predict fit wrong.csv")
print("exit code:", code)
assert code == 2

# %% [markdown]
# ## In Python
#
# The same file, the same model, the same numbers.

# %%
model = sn.load(folder / "fit" / "model.json")
in_python = model.predict(folder / "new.csv")
print(np.abs(in_python - predicted).max())
assert np.allclose(in_python, predicted, rtol=1e-12)

# %% [markdown]
# Without `decay`, sheernet chooses it by the evidence, averages several networks, and evaluates by cross-validation:
# every patient is predicted once by networks that were not trained on them.  (Without `hidden` it chooses the sizes,
# too; on this table that takes some seconds.)  **Predict:** how different are the predictions?

# %%
chosen = sn.fit(
    folder / "patients.csv", "progression", inputs=["bmi", "pressure", "triglycerides"], hidden=2
)
print(chosen.report())
new = chosen.predict(folder / "new.csv")
print(f"RMSE on the new patients {np.sqrt(np.mean((new - true) ** 2)):.1f}")
print(f"correlation of the two predictions {np.corrcoef(new, predicted)[0, 1]:.3f}")
assert np.corrcoef(new, predicted)[0, 1] > 0.95
assert np.sqrt(np.mean((new - true) ** 2)) < 0.85 * np.std(true)

# %% [markdown]
# **Explanation.** Nearly the same predictions, from networks that were chosen differently: a good sign.  What has the
# model learned?  The response surface of lesson 6 shows it over two columns; the third is fixed at its median.

# %%
sn.plots.response_surface(chosen, folder / "patients.csv", columns=(0, 2))

# %% [markdown]
# ## The notebook's flowers
#
# The notebook ends with three rows of the iris data, all of one species, and a network trained to say 0.  With all 150
# rows and a species to predict, it becomes a problem.  **Predict:** how certain is the network about the notebook's
# three flowers?

# %%
measured = np.loadtxt(shipped / "iris.csv", delimiter=",", skiprows=1)  # (150, 5)
species = np.array(["setosa", "versicolor", "virginica"])[measured[:, 4].astype(int)]
flowers = {
    "sepal length": measured[:, 0],
    "sepal width": measured[:, 1],
    "petal length": measured[:, 2],
    "petal width": measured[:, 3],
    "species": species,
}
iris = sn.fit(flowers, "species", hidden=2, starts=3)  # 3 starts are enough for so small a table
print(iris.report())
three = {name: column[:3] for name, column in flowers.items() if name != "species"}
probabilities = iris.probabilities(three)  # (3, 3)
print(iris.predict(three), probabilities.round(3))
assert np.array_equal(measured[:3, :2], sn.datasets.load_iris_rows().X)
assert list(iris.predict(three)) == ["setosa"] * 3
assert probabilities[:, 0].min() > 0.95

# %%
sn.plots.response_surface(iris, flowers, columns=(2, 3), output=1)

# %% [markdown]
# **Explanation.** A target of labels makes the outputs probabilities and the cost the cross-entropy; the rest stays the
# same. The picture shows the probability of versicolor: low on both sides, where setosa (small) and virginica (large)
# are.  The few mistakes are between versicolor and virginica, which overlap.

# %% [markdown]
# ## What you have now
#
# The whole way, from a file to a checked model with honest figures and predictions that say how sure they are.  The
# next table is yours: `sheernet fit my_table.csv --target COLUMN`.

# %%
temporary.cleanup()
assert not folder.exists()
