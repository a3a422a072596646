"""Benchmark: other programs for tables that do not fit in memory, on the same Parquet files and two processors.

    pip install pyspark dask-ml
    python benchmarks/large_data_peers.py --folder FOLDER --rows 20000000 >> benchmarks/results.md

Rows of 12 inputs and one of two classes are made from a seed, in 16 Parquet files in FOLDER, which are removed at
the end.  Each program runs in a process of its own, reads the files, and trains by at most 20 iterations of L-BFGS
without a penalty: a 12-16-2 network (sigmoid units and softmax, as Spark's MultilayerPerceptronClassifier has them),
and the logistic model (LogisticRegression of Spark and of Dask-ML).  scikit-learn's MLPClassifier has no L-BFGS for
parts of a table: one pass of `partial_fit`, its own batches of 200 rows, over the files one after the other.

Seconds are from the start of the reading to the trained model, without the start of the program, of Java, or of Dask.
A pass is one evaluation of the objective and its gradient.  Log-losses are means over the rows of the first file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from _measuring import heading

import sheernet as sn

FILES, ITERATIONS, HIDDEN = 16, 20, 16
INPUTS = [f"x{j}" for j in range(12)]
Array = npt.NDArray[np.float64]
Result = tuple[float, int | None, Array]
"""Seconds, passes over the rows if the program tells them, and the probabilities of class 1 in the first file."""


def write_files(folder: Path, rows: int) -> None:
    """Write the files, each from a seed of its own."""
    for k in range(FILES):
        rng = np.random.default_rng(k)
        n = rows * (k + 1) // FILES - rows * k // FILES
        X = rng.standard_normal((n, 12))
        signal = 2 * np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + X[:, 3]
        table = pd.DataFrame(X, columns=INPUTS)
        table["label"] = (signal + rng.logistic(size=n) > 0).astype(float)
        table.to_parquet(folder / f"part-{k:02d}.parquet", row_group_size=250_000)


def first_file(folder: Path) -> pd.DataFrame:
    """The rows on which predictions are judged."""
    return pd.read_parquet(folder / "part-00.parquet")


def by_sheernet(folder: Path, hidden: int) -> Result:
    """Streamed on one machine, two threads."""
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sn.SheernetWarning)
        model = sn.fit(
            folder, "label", task="classification", hidden=hidden, activation="sigmoid", method="lbfgs",
            max_iter=ITERATIONS, starts=1, decay=0.0, held_out=0.0, threads=2,
        )  # fmt: skip
    seconds = time.perf_counter() - began
    passes = int(model.members[0].record.gradient_evaluations[-1])
    return seconds, passes, model.probabilities(first_file(folder))[:, 1]


def spark_rows(folder: Path) -> tuple[Any, Any, Any]:
    """Spark's session on two processors, and the rows as Spark's vectors: all, and those of the first file."""
    from pyspark.ml.feature import VectorAssembler
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]").config("spark.driver.memory", "10g")
        .config("spark.ui.enabled", "false").config("spark.local.dir", str(folder.parent)).getOrCreate()
    )  # fmt: skip
    session.sparkContext.setLogLevel("ERROR")
    assembler = VectorAssembler(inputCols=INPUTS, outputCol="features")

    def read(path: Path) -> Any:
        return assembler.transform(session.read.parquet(str(path))).select("features", "label")

    return session, read(folder), read(folder / "part-00.parquet")


def by_spark(folder: Path, estimator: Callable[[], Any]) -> Result:
    """An estimator of Spark; its summary tells the iterations, but not the passes."""
    session, rows, first = spark_rows(folder)
    rows.limit(1).collect()
    began = time.perf_counter()
    model = estimator().fit(rows.cache())
    seconds = time.perf_counter() - began
    found = np.array(
        [row["probability"][1] for row in model.transform(first).select("probability").collect()]
    )
    session.stop()
    return seconds, None, found


def spark_network(folder: Path) -> Result:
    """Spark's network."""
    from pyspark.ml.classification import MultilayerPerceptronClassifier

    return by_spark(
        folder,
        lambda: MultilayerPerceptronClassifier(
            layers=[12, HIDDEN, 2],
            maxIter=ITERATIONS,
            tol=0.0,
            seed=0,
            blockSize=128,
            solver="l-bfgs",
        ),
    )


def spark_logistic(folder: Path) -> Result:
    """Spark's logistic model."""
    from pyspark.ml.classification import LogisticRegression

    return by_spark(folder, lambda: LogisticRegression(maxIter=ITERATIONS, tol=1e-8))


def dask_logistic(folder: Path) -> Result:
    """Dask-ML's logistic model, on two worker processes of one thread."""
    import dask.dataframe as dd
    from dask.distributed import Client, LocalCluster
    from dask_ml.linear_model import LogisticRegression

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster),
    ):
        began = time.perf_counter()
        rows = dd.read_parquet(folder).persist()
        X = rows[INPUTS].to_dask_array(lengths=True).persist()
        y = rows["label"].to_dask_array(lengths=True).persist()
        model = LogisticRegression(solver="lbfgs", max_iter=ITERATIONS, C=1e15, tol=1e-8)
        model.fit(X, y)
        seconds = time.perf_counter() - began
        score = (
            first_file(folder)[INPUTS].to_numpy() @ np.asarray(model.coef_).ravel()
            + model.intercept_
        )
        return seconds, None, 1 / (1 + np.exp(-np.asarray(score).ravel()))


def partial_fit(folder: Path) -> Result:
    """One pass of scikit-learn's network."""
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        hidden_layer_sizes=(HIDDEN,), activation="logistic", alpha=0.0, random_state=0
    )
    began = time.perf_counter()
    for path in sorted(folder.glob("*.parquet")):
        rows = pd.read_parquet(path)
        network.partial_fit(rows[INPUTS].to_numpy(), rows["label"].to_numpy(), classes=[0.0, 1.0])
    seconds = time.perf_counter() - began
    return seconds, None, network.predict_proba(first_file(folder)[INPUTS].to_numpy())[:, 1]


PROGRAMS: dict[str, Callable[[Path], Result]] = {
    "sheernet, network": lambda folder: by_sheernet(folder, HIDDEN),
    "Spark, network": spark_network,
    "scikit-learn, network, one pass of partial_fit": partial_fit,
    "sheernet, logistic model": lambda folder: by_sheernet(folder, 0),
    "Spark, logistic model": spark_logistic,
    "Dask-ML, logistic model": dask_logistic,
}


def run(name: str, folder: Path) -> None:
    """Run a program in this process and print its figures as JSON."""
    seconds, passes, found = PROGRAMS[name](folder)
    label = first_file(folder)["label"].to_numpy()
    loss = -np.log(np.clip(np.where(label == 1, found, 1 - found), 1e-15, None)).mean()
    print(json.dumps({"seconds": seconds, "passes": passes, "loss": float(loss)}))


def started(name: str, folder: Path) -> str:
    """A line of the table, from a process of its own."""
    command = [sys.executable, __file__, "--folder", str(folder), "--program", name]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        return f"| {name} | failed: {ended.stderr.strip().splitlines()[-1][:120]} | | |"
    found = json.loads(ended.stdout.strip().splitlines()[-1])
    return f"| {name} | {found['seconds']:.1f} | {found['passes'] or ''} | {found['loss']:.4f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--program", choices=PROGRAMS, default=None)
    given = parser.parse_args()
    if given.program:
        run(given.program, given.folder)
        return
    print(heading(sn.engines.describe(), "pyspark", "dask-ml", "dask", "scikit-learn"))
    print(f"Load of the machine before: {os.getloadavg()[0]:.1f}\n")
    print(f"{given.rows} rows, {ITERATIONS} iterations\n")
    print("| program | seconds | passes | log-loss |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        data = Path(folder, "data")
        data.mkdir()
        write_files(data, given.rows)
        for name in PROGRAMS:
            print(started(name, data), flush=True)
    print(f"\nLoad of the machine afterwards: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
