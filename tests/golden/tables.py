"""Tables of the recorded fits: generated, or of scikit-learn; and the files that hold them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

NEW = 20
"""Rows that no fit sees."""


class Rows(NamedTuple):
    """Rows to fit, rows to predict, and the names of the targets."""

    table: pd.DataFrame
    new: pd.DataFrame
    target: str | list[str] = "y"


@cache
def rows_of(name: str, n: int = 70) -> Rows:
    """The table of a name, with n rows to fit."""
    frame = _of_sklearn(name) if name in ("iris", "cancer", "diabetes") else _generated(name, n)
    target = ["y", "z"] if name == "two targets" else "y"
    return Rows(frame[: min(n, len(frame) - NEW)], frame[-NEW:].reset_index(drop=True), target)


def _of_sklearn(name: str) -> pd.DataFrame:
    """Fisher's irises (three classes), tumors (two classes), or diabetes (numbers); four inputs."""
    from sklearn import datasets

    load = {
        "iris": datasets.load_iris,
        "cancer": datasets.load_breast_cancer,
        "diabetes": datasets.load_diabetes,
    }
    X, y = load[name](return_X_y=True)
    order = np.random.default_rng(0).permutation(len(y))
    labels = y if name == "diabetes" else np.array(["none", "some", "many"])[y]
    return pd.DataFrame(X[order, -4:], columns=["a", "b", "c", "d"]).assign(y=labels[order])


def _generated(name: str, n: int) -> pd.DataFrame:
    """Three inputs and a target with noise of the kind of the name; "mixed" has columns of all kinds."""
    rng = np.random.default_rng(1)
    n += NEW
    a, b, c = X = rng.normal(size=(3, n))
    f, e = np.sin(2 * a) + 0.5 * b * c, rng.normal(size=n)
    target = {
        "constant": f + 0.2 * e,
        "varying": f + 0.3 * np.exp(b) * e,
        "heavy": f + 0.2 * rng.standard_t(2, size=n),
        "skewed": np.exp(f + 0.3 * e),
        "counts": rng.poisson(np.exp(0.8 * f + 0.5)),
        "two targets": f + 0.2 * e,
        "mixed": f + 0.2 * e,
    }
    frame = pd.DataFrame(X.T, columns=["a", "b", "c"]).assign(y=target[name])
    if name == "two targets":
        return frame.assign(z=np.cos(b) + c + 0.1 * rng.normal(size=n))
    if name == "mixed":
        return frame.assign(
            b=np.where(rng.random(n) < 0.1, np.nan, b),
            color=rng.choice(["red", "green", "blue"], n),
            day=pd.Timestamp("2024-01-31") + pd.to_timedelta(5 * np.arange(n), unit="D"),
            patient=np.arange(n) // 5,
            weight=rng.integers(1, 4, n).astype(float),
        )
    return frame


def written(dialect: str, folder: Path) -> Path:
    """A new file of a kind, with the rows of "mixed" without the groups."""
    frame = rows_of("mixed").table.drop(columns="patient")
    day = frame["day"].dt
    path = folder / f"table.{dialect.split()[0]}"
    if dialect == "csv":
        frame.round(6).to_csv(path, index=False)
    elif dialect == "txt of semicolons":
        y = [f"{1e4 * y:,.2f}".translate({44: ".", 46: ","}) for y in frame["y"]]  # 1.234,56
        german = frame.assign(y=y, day=day.strftime("%d.%m.%Y"))
        german.to_csv(path, index=False, sep=";", decimal=",")
    elif dialect == "asc of commas in names":  # which commas and semicolons divide into equal rows
        names = {"a": "a, m", "c": "c, m"}
        whole = frame[["y", "a", "c"]].rename(columns=names).assign(y=(1e4 * frame["y"]).round())
        whole.astype({"y": int}).to_csv(path, index=False, sep=";", decimal=",")
    elif dialect == "tsv with units":
        lines = frame.to_csv(index=False, sep="\t", float_format="%.5e", na_rep="NA").split("\n")
        units = "[m]\t[m]\t[s]\t[kg]\t\t\t"
        path.write_text("\n".join(["# station 7", lines[0], units, *lines[1:]]), encoding="utf-16")
    elif dialect == "dat of columns":
        path.write_text(frame.drop(columns=["day", "b"]).to_string(index=False) + "\n")
    elif dialect == "xlsx":
        frame.to_excel(path, index=False)
    elif dialect == "parquet":
        frame.to_parquet(path, index=False)
    elif dialect == "mat":
        from scipy.io import savemat

        savemat(path, {name: frame[name].to_numpy() for name in ("a", "b", "c", "y", "weight")})
    return path


def written_parts(suffix: str, folder: Path) -> list[Path]:
    """Three new files of 60 rows each."""
    table = rows_of("constant", 180).table
    paths = [folder / f"part-{number}.{suffix}" for number in range(3)]
    for number, path in enumerate(paths):
        part = table[60 * number : 60 * (number + 1)]
        if suffix == "csv":
            part.to_csv(path, index=False)
        else:
            part.to_parquet(path, index=False)
    return paths
