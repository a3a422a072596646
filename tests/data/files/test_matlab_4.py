"""MATLAB files of version 4: written by SciPy and by hand, damaged, and malicious."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import loadmat, savemat
from scipy.sparse import coo_array

import sheernet as sn

TYPES = ["f8", "f4", "i4", "i2", "u2", "u1"]


def matrix(
    name: str, parts: list[np.ndarray], order: str = "<", of_values: int = 0, kind: int = 0
) -> bytes:
    """A variable as the specification has it; `parts` are the real and, if complex, the imaginary values."""
    number = 1000 * (order == ">") + 10 * of_values + kind
    header = struct.pack(f"{order}5i", number, *parts[0].shape, len(parts) - 1, len(name) + 1)
    values = [part.astype(order + TYPES[of_values]).tobytes(order="F") for part in parts]
    return header + name.encode() + b"\0" + b"".join(values)


NUMBERS = np.array([[1.0, 2.0], [30.0, 40.0], [100.0, 200.0]])


class TestReading:
    @pytest.mark.parametrize("order", "<>")
    @pytest.mark.parametrize("of_values", range(6), ids=TYPES)
    def test_numbers_of_every_type(self, file: Any, order: str, of_values: int) -> None:
        content = matrix("X", [NUMBERS], order, of_values) + matrix("y", [NUMBERS[:, 1:]], order)
        path = file(content, "data.mat")
        table = sn.read_table(path)
        assert table.frame.to_dict("list") == {
            "X1": [1, 30, 100],
            "X2": [2, 40, 200],
            "y": [2, 40, 200],
        }
        assert np.array_equal(table.frame[["X1", "X2"]], loadmat(path)["X"])
        assert set(map(table.kind, table.columns)) == {"number"}

    def test_what_scipy_writes(self, tmp_path: Path) -> None:
        variables = {
            "s": coo_array(np.diag([1.5, 0, 2])),
            "group": np.array(["ab", "c", "d"]),
            "n": np.arange(3),
        }
        savemat(tmp_path / "data", variables, format="4", appendmat=False)
        table = sn.read_table(tmp_path / "data")  # recognized without its extension
        assert table.frame.to_dict("list") == {
            "s1": [1.5, 0, 0], "s2": [0, 0, 0], "s3": [0, 0, 2], "group": ["ab", "c", "d"], "n": [0, 1, 2],
        }  # fmt: skip

    def test_samples_in_columns(self, file: Any) -> None:
        content = matrix("x", [NUMBERS.T]) + matrix("t", [NUMBERS[:, :1].T])
        table = sn.read_table(file(content, "data.mat"), samples="columns")
        assert table.frame.to_dict("list") == {
            "x1": [1, 30, 100],
            "x2": [2, 40, 200],
            "t": [1, 30, 100],
        }

    def test_empty_texts_are_left_out(self, file: Any) -> None:
        content = matrix("x", [NUMBERS]) + matrix("note", [np.empty((0, 0))], kind=1)
        assert sn.read_table(file(content, "data.mat")).columns == ("x1", "x2")


SPARSE = np.array([[1.0, 1, 5], [3, 2, 6], [3, 2, 0]])


class TestRefuses:
    @pytest.mark.parametrize(
        "content",
        [
            matrix("z", [NUMBERS, NUMBERS]),
            matrix("z", [np.column_stack([SPARSE, SPARSE[:, 2]])], kind=2),
        ],
    )
    def test_complex_numbers(self, file: Any, content: bytes) -> None:
        with pytest.raises(sn.InvalidInput, match=r"variable 'z' of data\.mat has complex numbers"):
            sn.read_table(file(content, "data.mat"))

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (matrix("x", [NUMBERS], kind=3), "unknown kind"),
            (matrix("x", [NUMBERS - 2], kind=1), "characters that do not exist"),
            (matrix("x", [NUMBERS]) + struct.pack("<5i", 0, -1, 3, 0, 2) + b"y\0", "header"),
            (matrix("x", [NUMBERS]) * 2, "two variables 'x'"),
            (matrix("x", [NUMBERS])[:-1], "truncated"),
            *(
                (matrix("x", [changed], kind=2), "sparse matrix is inconsistent")
                for changed in (NUMBERS, SPARSE - [0.5, 0, 0], SPARSE - [1, 0, 0], np.full((2, 3), np.nan))
            ),
        ],
    )  # fmt: skip
    def test_damage(self, file: Any, content: bytes, why: str) -> None:
        with pytest.raises(
            sn.InvalidInput, match=rf"is a MATLAB file that is damaged or cannot be read \(.*{why}"
        ):
            sn.read_table(file(content, "data.mat"))

    @pytest.mark.parametrize(
        "content",
        [
            matrix("x", [np.array([[1.0, 1, 5], [1e9, 1e9, 0]])], kind=2),
            matrix("x", [np.empty((2**31 - 1, 0))], kind=1) + matrix("y", [NUMBERS]),
        ],
    )
    def test_tiny_files_do_not_fill_the_memory(self, file: Any, content: bytes) -> None:
        try:
            assert sn.read_table(file(content, "data.mat")).columns == ("y1", "y2")
        except sn.InvalidInput as error:
            assert "out of proportion to its size" in str(error)  # noqa: PT017

    def test_mutants(self, file: Any, mutants: Any) -> None:
        whole = (
            matrix("x", [NUMBERS]) + matrix("t", [NUMBERS], kind=1) + matrix("s", [SPARSE], kind=2)
        )
        mutants(file(whole, "data.mat"), 150)
