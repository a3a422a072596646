"""MATLAB files: written by SciPy and by MATLAB, damaged, and malicious."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import savemat
from scipy.sparse import csc_array

import sheernet as sn
from sheernet.data.tables import opening

HEADER = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x100) + b"IM"


def cells(*values: Any) -> Any:
    column = np.empty((len(values), 1), dtype=object)
    column[:, 0] = values
    return column


@pytest.fixture
def save(tmp_path: Path) -> Any:
    def write(compressed: bool = True, **variables: Any) -> Path:
        savemat(tmp_path / "data.mat", variables, do_compression=compressed)
        return tmp_path / "data.mat"

    return write


def element(kind: int, content: bytes) -> bytes:
    return struct.pack("<II", kind, len(content)) + content + bytes(-len(content) % 8)


def matrix(
    class_number: int, name: bytes, content: bytes, shape: tuple[int, int] = (1, 1)
) -> bytes:
    flags = element(6, struct.pack("<II", class_number, 0))
    return element(14, flags + element(5, struct.pack("<ii", *shape)) + element(1, name) + content)


def nested(depth: int) -> bytes:
    """A number in a cell in a cell and so on."""
    content = matrix(6, b"", element(9, struct.pack("<d", 1.5)))
    wrappers = []
    size = len(content)
    for level in range(depth):
        wrapper = matrix(1, b"x" if level == depth - 1 else b"", b"")
        size += len(wrapper)
        wrappers.append(wrapper[:4] + struct.pack("<I", size - 8) + wrapper[8:])
    return b"".join(reversed(wrappers)) + content


def object_of_matlab() -> bytes:
    """A table as MATLAB saves it: an opaque object."""
    names = element(1, b"T") + element(1, b"MCOS") + element(1, b"table")
    numbers = matrix(13, b"", element(6, struct.pack("<I", 1)))
    return element(14, element(6, struct.pack("<II", 17, 0)) + names + numbers)


@settings(max_examples=40)
@given(
    st.integers(2, 6), st.integers(2, 5), st.booleans(), st.booleans(), st.sampled_from("<>"), st.integers(0, 99)
)  # fmt: skip
def test_samples_in_rows_and_in_columns_are_the_same_table(
    tmp_path_factory: pytest.TempPathFactory,
    n_samples: int,
    n_inputs: int,
    lying: bool,
    compressed: bool,
    order: str,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_inputs))
    y = rng.normal(size=n_samples)
    vector = y.reshape(1, -1) if lying else y.reshape(-1, 1)
    path = tmp_path_factory.getbasetemp() / "any.mat"
    for samples, saved in (("rows", X), ("columns", X.T)):
        savemat(path, {"X": saved.astype(f"{order}f8"), "y": vector}, do_compression=compressed)
        table = sn.read_table(path, samples=samples)
        assert table.columns == (*(f"X{i + 1}" for i in range(n_inputs)), "y")
        assert np.array_equal(table.frame.to_numpy(), np.column_stack([X, y]))
        assert table.reading == f"MATLAB file, variables X, y, samples in {samples}"


class TestReading:
    @pytest.mark.parametrize("compressed", [True, False])
    def test_columns_of_every_kind(self, save: Any, compressed: bool) -> None:
        path = save(
            compressed,
            x=np.array([1.5, np.nan, 3.0]),
            n=np.array([[1, 2, 3]], dtype=np.int8),
            flag=np.array([[True], [False], [True]]),
            group=cells("ab", "c", ""),
            letters=np.array(["ab", "c", "d"]),
            numbers=cells(1.5, np.empty((0, 0)), True),
            deep=cells(np.ones(2), "c", "d"),
            sparse=csc_array(np.eye(3)),
            k=3.0,
            note="hello",
            cube=np.zeros((3, 2, 2)),
            nothing=np.empty((0, 0)),
        )
        table = sn.read_table(path)
        kinds = {name: table.kind(name) for name in table.columns}
        assert kinds == {"x": "number", "n": "number", "flag": "boolean", "group": "category", "letters": "category",
                         "numbers": "number", "deep": "other", "sparse1": "number", "sparse2": "number",
                         "sparse3": "number"} | {"numbers": kinds["numbers"]}  # fmt: skip
        assert table.frame["group"].isna().tolist() == [False, False, True]
        assert table.frame["letters"].tolist() == ["ab", "c", "d"]
        assert table.frame["sparse2"].tolist() == [0, 1, 0]
        assert table.frame["n"].tolist() == [1, 2, 3]
        assert table.reading.endswith("; without k, note, cube, nothing")

    def test_the_fields_of_a_structure(self, save: Any) -> None:
        table = sn.read_table(save(data={"x": np.arange(3.0), "group": cells("a", "b", "c")}))
        assert table.frame.to_dict("list") == {"x": [0.0, 1.0, 2.0], "group": ["a", "b", "c"]}

    def test_missing_values_of_ones_own(self, save: Any) -> None:
        table = sn.read_table(save(x=np.array([1.0, -999.0])), missing_values=[-999])
        assert table.frame["x"].isna().tolist() == [False, True]


class TestRefuses:
    @pytest.mark.parametrize(
        ("variables", "samples", "message"),
        [
            (
                {"X": np.ones((2, 5)), "T": np.ones((1, 5))},
                "rows",
                (
                    r"different numbers of rows \(X is 2 x 5 and T is 1 x 5\); their numbers of columns are equal: use "
                    r"samples='columns'"
                ),
            ),
            (
                {"X": np.ones((5, 2)), "T": np.ones((5, 1))},
                "columns",
                r"different numbers of columns .*their numbers of rows are equal: use samples='rows'",
            ),
            (
                {"X": np.ones((4, 2)), "y": np.ones(5)},
                "rows",
                "have different numbers of rows .*; save variables with one row per sample",
            ),
            ({"k": 1.0}, "rows", "has no vector or matrix that can be a column of a table"),
            ({"X": np.ones((3, 2)), "X1": np.ones(3)}, "rows", "more than one column named 'X1'"),
        ],
    )
    def test_other_content_is_refused(
        self, save: Any, variables: Any, samples: str, message: str
    ) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.read_table(save(**variables), samples=samples)

    def test_an_object_of_matlab(self, file: Any) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"contains a MATLAB object, such as a table .*writetable\(T, 'data",
        ):
            sn.read_table(file(HEADER + object_of_matlab(), "data.mat"))

    def test_version_4(self, tmp_path: Path) -> None:
        savemat(tmp_path / "data.mat", {"x": np.ones(3)}, format="4")
        with pytest.raises(sn.InvalidInput, match=r"is not a MATLAB file of version 5 to 7"):
            sn.read_table(tmp_path / "data.mat")

    @pytest.mark.parametrize("options", [{"separator": ";"}, {"decimal": ","}, {"sheet": 1}])
    def test_options_of_other_files(self, save: Any, options: Any) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"does not apply to data\.mat, a MATLAB file; leave it out"
        ):
            sn.read_table(save(x=np.ones(3)), **options)


class TestDamage:
    @pytest.mark.parametrize("compressed", [True, False])
    def test_truncated_anywhere(self, save: Any, file: Any, compressed: bool) -> None:
        whole = save(compressed, x=np.arange(50.0), group=cells(*"ab" * 25)).read_bytes()
        for length in range(19, len(whole), max(1, len(whole) // 40)):
            with pytest.raises(
                sn.InvalidInput, match=r"is a MATLAB file that|holds no vector|differ"
            ) as caught:
                sn.read_table(file(whole[:length], "data.mat"))
            assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("compressed", [True, False])
    def test_any_byte_changed(self, save: Any, file: Any, compressed: bool) -> None:
        whole = save(compressed, x=np.arange(20.0), group=cells(*"ab" * 10)).read_bytes()
        rng = np.random.default_rng(0)
        for _ in range(150):
            content = bytearray(whole)
            content[rng.integers(19, len(whole))] ^= 1 << rng.integers(8)
            try:
                sn.read_table(file(bytes(content), "data.mat"))
            except sn.InvalidInput as error:
                assert "\n" not in str(error)  # noqa: PT017

    @pytest.mark.parametrize("compressed", [True, False])
    def test_cells_in_each_other_without_end(self, file: Any, compressed: bool) -> None:
        content = nested(20_000)
        if compressed:
            packed = zlib.compress(content)
            content = struct.pack("<II", 15, len(packed)) + packed
        with pytest.raises(sn.InvalidInput, match="has no vector or matrix"):
            sn.read_table(file(HEADER + content, "data.mat"))

    def test_a_bomb(self, save: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        path = save(x=np.zeros(200_000), y=np.zeros(200_000))
        assert len(sn.read_table(path)) == 200_000
        monkeypatch.setattr(opening, "MOST_UNPACKED", 2**21)
        with pytest.raises(sn.InvalidInput, match=r"data\.mat unpacks to more than 0\.00195 GiB"):
            sn.read_table(path)
