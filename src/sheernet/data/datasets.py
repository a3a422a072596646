"""Two small example data sets, `load_sleep_study` and `load_iris_rows`, of the notebook that sheernet is based on.

The values are at the end of this file; `sheernet.data.preprocessing` scales them.

The test rows of the sleep study are divided by the column maxima of the training rows, because scaling is part of the
fitted model: divided by the maxima of the test rows, the same hours would be a different input.  (Part 7 of the videos
computes the maxima after the training inputs were scaled, so they are 1 and the test inputs are not scaled: its test
costs are too high.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sheernet.data.preprocessing import Scaler
from sheernet.foundation.arrays import Array, as_matrix, read_only, same_length
from sheernet.foundation.errors import ShapeMismatch, unknown_name
from sheernet.foundation.message_text import counted


@dataclass(frozen=True, eq=False)
class Dataset:
    """A small table with its names, source and usual scaling.

    Parameters
    ----------
    name : str
        Name of the data set.
    X : array_like, (N, d)
        The inputs, unscaled.
    y : array_like, (N, K)
        The targets, unscaled.
    input_names, target_names : tuple of str
        Names of the d and the K columns.
    source, license : str
        Source of the data, and terms of use.
    input_scaler, target_scaler : Scaler
        Usual scaling of the columns.

    Attributes
    ----------
    X, y : ndarray
        Read-only.

    Raises
    ------
    ShapeMismatch
        If X and y have different numbers of rows, or the number of names differs from the number of columns.

    Examples
    --------
    >>> import sheernet as sn
    >>> data = sn.datasets.load_sleep_study()
    >>> data.input_names
    ('hours asleep', 'hours studying')
    >>> X, y = data.scaled
    >>> X.max(axis=0), y.ravel()
    (array([1., 1.]), array([0.75, 0.82, 0.93]))
    """

    name: str
    X: Array
    y: Array
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    source: str
    license: str
    input_scaler: Scaler
    target_scaler: Scaler

    def __post_init__(self) -> None:
        X, y = as_matrix(self.X, "X"), as_matrix(self.y, "y")
        same_length(("X", "y"), (X, y))
        for noun, names, table in (
            ("input_names", self.input_names, X),
            ("target_names", self.target_names, y),
        ):
            if len(names) != table.shape[1]:
                raise ShapeMismatch(
                    f"{noun} has {counted(len(names), 'name')} for {counted(table.shape[1], 'column')}; give one for "
                    "each"
                )
        object.__setattr__(self, "X", read_only(X))
        object.__setattr__(self, "y", read_only(y))

    def __reduce__(self) -> tuple[type[Dataset], tuple[object, ...]]:
        """Pickle and copy by the constructor, because the arrays would become writable otherwise."""
        return Dataset, tuple(vars(self).values())

    @property
    def scaled(self) -> tuple[Array, Array]:
        """Scaled X and y, (N, d) and (N, K), dimensionless; new arrays at each access."""
        return self.input_scaler.transform(self.X), self.target_scaler.transform(self.y)


def load_sleep_study(subset: Literal["train", "test"] | None = None) -> Dataset:
    """Load the sleep study: hours asleep and hours studying of a few students, and their test scores.

    Parameters
    ----------
    subset : {"train", "test"}, optional
        The four training or the four test rows of part 7 of the videos; by default the three rows of parts 1 to 6 and
        of the notebook.

    Returns
    -------
    Dataset
        X in hours, (3, 2) or (4, 2); y in points out of 100, (3, 1) or (4, 1).  `scaled` divides X by its column
        maxima and y by 100.  The test rows are divided by the maxima of the training rows, because scaling is part of
        the fitted model, and the same hours must be the same input.

    Raises
    ------
    InvalidInput
        If the subset is unknown.

    References
    ----------
    S. Welch, Neural Networks Demystified (2014), parts 1 and 7,
    https://github.com/stephencwelch/Neural-Networks-Demystified

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.datasets.load_sleep_study("test").scaled[0][0]
    array([0.4, 1.1])
    """
    if subset is not None and subset not in ("train", "test"):
        raise unknown_name("subset", subset, ("train", "test"))
    X, y = {None: _SLEEP, "train": _SLEEP_TRAIN, "test": _SLEEP_TEST}[subset]
    learned_from, _ = _SLEEP if subset is None else _SLEEP_TRAIN
    return Dataset(
        name="sleep study" if subset is None else f"sleep study ({subset})",
        X=read_only(as_matrix(X, "X")),
        y=read_only(as_matrix(y, "y")),
        input_names=("hours asleep", "hours studying"),
        target_names=("test score",),
        source=_SLEEP_SOURCE,
        license=_SLEEP_LICENSE,
        input_scaler=Scaler.maximum(learned_from),
        target_scaler=Scaler.fixed(100.0),
    )


def load_iris_rows() -> Dataset:
    """Load the first three rows of the iris data and their class, as in the notebook: all of one species.

    Returns
    -------
    Dataset
        X, (3, 2): length and width of the sepals in centimeters.  y, (3, 1): the class, 0 (Iris setosa) in every row.
        `scaled` leaves both unchanged.  Three rows of one class are enough to demonstrate training, but not to learn
        to tell species apart.

    References
    ----------
    R. A. Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7 (1936) 179-188, table I.
    E. Anderson, The irises of the Gaspe Peninsula, Bulletin of the American Iris Society 59 (1935) 2-5.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.datasets.load_iris_rows().X
    array([[5.1, 3.5],
           [4.9, 3. ],
           [4.7, 3.2]])
    """
    X, y = _IRIS_ROWS
    return Dataset(
        name="iris rows",
        X=read_only(as_matrix(X, "X")),
        y=read_only(as_matrix(y, "y")),
        input_names=("sepal length (cm)", "sepal width (cm)"),
        target_names=("class",),
        source=_IRIS_SOURCE,
        license=_IRIS_LICENSE,
        input_scaler=Scaler.fixed((1.0, 1.0)),
        target_scaler=Scaler.fixed(1.0),
    )


# The data: rows of inputs (hours asleep, hours studying; cm), and of targets (points out of 100; class).

_SLEEP = (((3, 5), (5, 1), (10, 2)), (75, 82, 93))
_SLEEP_TRAIN = (((3, 5), (5, 1), (10, 2), (6, 1.5)), (75, 82, 93, 70))
_SLEEP_TEST = (((4, 5.5), (4.5, 1), (9, 2.5), (6, 2)), (70, 89, 85, 75))
_SLEEP_SOURCE = (
    "Stephen Welch (Welch Labs), Neural Networks Demystified, parts 1 and 7 (2014): "
    "https://github.com/stephencwelch/Neural-Networks-Demystified"
)
_SLEEP_LICENSE = (
    "The source states no license; these are a few invented numbers, quoted with credit."
)

_IRIS_ROWS = (((5.1, 3.5), (4.9, 3.0), (4.7, 3.2)), (0, 0, 0))
_IRIS_SOURCE = (
    "R. A. Fisher, Annals of Eugenics 7 (1936) 179-188, table I, measured by E. Anderson (1935): "
    "rows 0 to 2, length and width of the sepals"
)
_IRIS_LICENSE = "Measurements published in 1936, in general use without restriction."
