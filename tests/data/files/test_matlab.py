"""MATLAB files: written by SciPy and by MATLAB, damaged, and malicious."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import savemat
from scipy.sparse import csc_array

import sheernet as sn

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
        with pytest.warns(sn.SheernetWarning, match="'deep' and 'cube' .* left out"):
            table = sn.read_table(path)
        kinds = {name: table.kind(name) for name in table.columns}
        assert kinds == {"x": "number", "n": "number", "flag": "boolean", "group": "category", "letters": "category",
                         "numbers": "number", "sparse1": "number", "sparse2": "number",
                         "sparse3": "number"} | {"numbers": kinds["numbers"]}  # fmt: skip
        assert table.frame["group"].isna().tolist() == [False, False, True]
        assert table.frame["letters"].tolist() == ["ab", "c", "d"]
        assert table.frame["sparse2"].tolist() == [0, 1, 0]
        assert table.frame["n"].tolist() == [1, 2, 3]
        assert table.reading.endswith("; without deep, k, note, cube, nothing")

    def test_the_fields_of_a_structure(self, save: Any) -> None:
        table = sn.read_table(save(data={"x": np.arange(3.0), "group": cells("a", "b", "c")}))
        assert table.frame.to_dict("list") == {"x": [0.0, 1.0, 2.0], "group": ["a", "b", "c"]}

    def test_fields_of_one_name_in_two_structures(self, save: Any) -> None:
        path = save(train={"x": np.arange(3.0), "y": np.ones(3)}, test={"x": np.arange(4.0, 7.0)})
        table = sn.read_table(path)
        assert table.frame.to_dict("list") == {
            "train.x": [0.0, 1.0, 2.0],
            "y": [1.0] * 3,
            "test.x": [4.0, 5.0, 6.0],
        }

    def test_a_field_with_the_name_of_a_variable(self, save: Any) -> None:
        for variables in (
            {"x": np.arange(3.0), "s": {"x": np.zeros(3)}},
            {"s": {"x": np.zeros(3)}, "x": np.arange(3.0)},
        ):
            frame = sn.read_table(save(**variables)).frame
            assert frame["x"].tolist() == [0.0, 1.0, 2.0]
            assert frame["s.x"].tolist() == [0.0, 0.0, 0.0]

    def test_structures_with_other_numbers_of_rows(self, save: Any) -> None:
        path = save(train={"x": np.arange(3.0)}, test={"x": np.arange(5.0)})
        with pytest.raises(
            sn.InvalidInput, match=r"train.x is 1 x 3 and test.x is 1 x 5\); choose .* variable"
        ):
            sn.read_table(path)

    @pytest.mark.parametrize(
        ("given", "columns"),
        [
            ("X", ("X1", "X2")),
            (["X", "y"], ("X1", "X2", "y")),
            ("train", ("x", "y2")),
            ("train.x", ("x",)),
            (["test", "y"], ("y", "x")),
            (["train.x", "test"], ("train.x", "test.x")),
        ],
    )
    def test_variables_by_name(self, save: Any, given: Any, columns: Any) -> None:
        path = save(
            X=np.ones((3, 2)),
            y=np.arange(3.0),
            train={"x": np.arange(3.0), "y2": np.arange(3.0)},
            test={"x": np.arange(3.0)},
            other=np.ones(7),
            z=np.array([1j, 2, 3]),
        )
        assert sn.read_table(path, variable=given).columns == columns

    def test_whole_numbers_of_64_bits_are_exact(self, save: Any) -> None:
        numbers = {
            "int64": [2**53 + 1, 2**63 - 1, -(2**63)],
            "uint64": [2**53 + 1, 2**64 - 1, 0],
        }
        table = sn.read_table(save(**{d: np.array(v, dtype=d) for d, v in numbers.items()}))
        assert table.frame.to_dict("list") == numbers

    def test_sparse_logical(self, save: Any) -> None:
        path = save(s=csc_array(np.array([[True, False], [False, True]])))
        table = sn.read_table(path)
        assert [table.kind(name) for name in table.columns] == ["boolean", "boolean"]
        assert table.frame["s1"].tolist() == [True, False]

    @pytest.mark.parametrize("form", ["csc", "full"])
    def test_sparse_logical_of_octave(self, save: Any, form: str) -> None:
        given = np.arange(12).reshape(4, 3) % 5 == 0
        path = save(compressed=False, s=csc_array(given) if form == "csc" else given)
        content = path.read_bytes()
        if form == "csc":  # Octave gives it the class uint8
            assert content.count(struct.pack("<I", 0x205)) == 1
            content = content.replace(struct.pack("<I", 0x205), struct.pack("<I", 0x209))
        else:
            content = content.replace(struct.pack("<II", 0x209, 0), struct.pack("<II", 0x209, 3))
        path.write_bytes(content)
        assert (sn.read_table(path).frame.to_numpy() == given).all()

    @pytest.mark.parametrize(
        ("variables", "columns"),
        [
            ({"s": {"data": {"x": np.arange(3.0)}}}, {"x": [0, 1, 2]}),
            (
                {"s": {"train": {"x": np.arange(2.0)}, "test": {"x": np.ones(2)}}},
                {"s.train.x": [0, 1], "s.test.x": [1, 1]},
            ),
            (
                {"a": {"b": {"x": np.arange(2.0)}}, "c": {"b": {"x": np.ones(2)}}},
                {"a.b.x": [0, 1], "c.b.x": [1, 1]},
            ),
            ({"s": {"names": {"group": cells("a", "b")}}}, {"group": ["a", "b"]}),
        ],
    )
    def test_structures_in_structures(self, save: Any, variables: Any, columns: Any) -> None:
        assert sn.read_table(save(**variables)).frame.to_dict("list") == columns

    @pytest.mark.parametrize("given", ["x", "s.data.x", "s.data"])
    def test_a_nested_field_by_its_name(self, save: Any, given: str) -> None:
        path = save(s={"data": {"x": np.arange(3.0)}, "z": np.ones(5)})
        assert sn.read_table(path, variable=given).columns == ("x",)

    def test_names_of_fields_and_of_variables_that_are_alike(self, save: Any) -> None:
        x = np.arange(3.0)
        path = save(train={"x": x}, test={"x": x + 1}, train_x=x + 2)
        table = sn.read_table(path)
        assert table.columns == ("train.x", "test.x", "train_x")
        assert sn.read_table(path, variable="train.x").frame.to_dict("list") == {"x": [0, 1, 2]}
        assert sn.read_table(path, variable="train_x").frame.to_dict("list") == {
            "train_x": [2, 3, 4]
        }
        path = save(a={"b": x}, c={"b": x}, a_b={"z": x})
        assert sn.read_table(path).columns == ("a.b", "c.b", "z")
        assert sn.read_table(path, variable="a_b").columns == ("z",)

    @pytest.mark.parametrize("shape", [(3, 1), (1, 3)])
    def test_a_structure_array_has_a_row_for_each_element(self, save: Any, shape: Any) -> None:
        array = np.empty(shape, dtype=[("x", object), ("group", object)])
        for i, element in enumerate(np.ndindex(shape)):
            array[element] = (float(i), "abc"[i])
        table = sn.read_table(save(s=array))
        assert table.frame.to_dict("list") == {"x": [0.0, 1.0, 2.0], "group": ["a", "b", "c"]}

    def test_missing_values_of_ones_own(self, save: Any) -> None:
        table = sn.read_table(save(x=np.array([1.0, -999.0])), missing_values=[-999])
        assert table.frame["x"].isna().tolist() == [False, True]


class TestOneRow:
    def test_single_numbers_and_texts_are_one_row(self, save: Any) -> None:
        table = sn.read_table(save(x=1.5, n=2.0, group="red"))
        assert table.frame.to_dict("list") == {"x": [1.5], "n": [2.0], "group": ["red"]}

    def test_beside_vectors_they_are_left_out(self, save: Any) -> None:
        table = sn.read_table(save(x=np.arange(3.0), n=2.0))
        assert table.columns == ("x",)
        assert table.reading.endswith("; without n")

    @pytest.mark.parametrize("samples", ["rows", "columns"])
    def test_a_row_of_the_matrix_of_a_model(self, save: Any, samples: str, tmp_path: Path) -> None:
        X = np.random.default_rng(0).normal(size=(30, 3))

        def turned(rows: Any) -> Any:
            return rows if samples == "rows" else rows.T

        path = save(X=turned(X), y=X @ [1.0, 2.0, 3.0])
        model = sn.fit(sn.read_table(path, samples=samples), "y", hidden=0, decay=1e-6)
        model = sn.load(model.save(tmp_path / "model.json"))
        assert model.reading.matrices == ("X",)
        expected = model.predict(path)
        assert model.predict(save(X=turned(X[4:5]))) == expected[4:5]
        assert model.predict(save(X=turned(X[:2]))).tolist() == expected[:2].tolist()
        assert model.predict(save(X=turned(X[4:5]), k=1.0)) == expected[4:5]


class TestPositions:
    """X1, X2, ... are only positions, so another matrix must have as many columns."""

    X = np.random.default_rng(0).normal(size=(30, 3))

    @pytest.fixture(params=["rows", "columns"])
    def samples(self, request: Any) -> str:
        return str(request.param)

    @pytest.fixture
    def model(self, save: Any, samples: str, tmp_path: Path) -> Any:
        path = save(P=self.turned(self.X, samples), T=self.X @ [1.0, 2.0, 3.0], k=self.X[:, 0])
        table = sn.read_table(path, samples=samples, variable=["P", "T"])
        model = sn.fit(table, "T", hidden=0, decay=1e-6)
        return sn.load(model.save(tmp_path / "model.json"))

    @staticmethod
    def turned(rows: Any, samples: str) -> Any:
        return rows if samples == "rows" else rows.T

    def test_only_the_inputs_are_needed(self, save: Any, model: Any, samples: str) -> None:
        path = save(P=self.turned(self.X[:4], samples))
        assert model.predict(path) == pytest.approx(self.X[:4] @ [1.0, 2.0, 3.0], abs=1e-3)
        with pytest.raises(sn.InvalidInput, match="has no variable 'T'"):
            sn.read_table(path, variable=["P", "T"], samples=samples, like=model.reading)
        with pytest.raises(sn.InvalidInput, match="has no variable 'P'"):
            model.predict(save(Q=self.turned(self.X[:4], samples)))
        with pytest.raises(sn.InvalidInput, match="needs column 'T', which"):
            model.score(save(P=self.turned(self.X[:4], samples)))

    def test_more_columns_are_refused(self, save: Any, model: Any, samples: str) -> None:
        wide = np.column_stack([self.X[:, 0], self.X])
        match = "matrix 'P' of .* has 4 columns, but the model was fitted to 3; .* the same$"
        path = save(P=self.turned(wide, samples), T=wide[:, 0])
        with pytest.raises(sn.InvalidInput, match=match):
            model.predict(path)
        with pytest.raises(sn.InvalidInput, match=match):
            model.predict(sn.read_table(path, samples=samples))
        with pytest.raises(sn.InvalidInput, match=match):
            model.score(path)

    def test_a_turned_matrix_is_refused(self, save: Any, model: Any, samples: str) -> None:
        other = {"rows": "columns", "columns": "rows"}[samples]
        path = save(P=self.turned(self.X[:8], other))
        with pytest.raises(sn.InvalidInput, match=f"has 8 columns, .*use samples='{other}'"):
            model.predict(path)
        turned = sn.read_table(path, samples=other, like=model.reading)
        assert model.predict(turned) == pytest.approx(self.X[:8] @ [1.0, 2.0, 3.0], abs=1e-3)

    def test_columns_with_names_are_found_by_them(self, save: Any) -> None:
        names = cells("a", "b", "c")
        model = sn.fit(save(P=self.X, names=names, y=self.X[:, 0]), "y", hidden=0, starts=1)
        wide, more = np.column_stack([self.X[:, 1], self.X]), cells("new", "a", "b", "c")
        same = model.predict(save(P=self.X, names=names))
        assert model.predict(save(P=wide, names=more)).tolist() == same.tolist()


def test_cells_of_arrays_are_left_out_with_a_warning(save: Any) -> None:
    for inner in (cells({"a": np.ones(4)}), cells(np.ones(2), np.ones(3)), cells(np.eye(4))):
        with pytest.warns(sn.SheernetWarning, match=r"^'c' of data\.mat is left out, because"):
            assert sn.read_table(save(c=inner, x=np.ones(4))).columns == ("x",)


class TestColumnNames:
    X = np.arange(12.0).reshape(4, 3)

    @pytest.mark.parametrize("samples", ["rows", "columns"])
    @pytest.mark.parametrize("as_row", [False, True])
    def test_in_a_cell_array(self, save: Any, samples: str, as_row: bool) -> None:
        names = cells("mass", "length", "age")
        path = save(
            X=self.X if samples == "rows" else self.X.T,
            names=names.T if as_row else names,
            y=np.ones(4),
        )
        table = sn.read_table(path, samples=samples)
        assert table.columns == ("mass", "length", "age", "y")
        assert table.frame["age"].tolist() == [2, 5, 8, 11]
        assert "; column names of X from names" in table.reading

    def test_in_a_structure(self, save: Any) -> None:
        table = sn.read_table(save(s={"data": self.X, "vars": cells("a", "b", "c")}))
        assert table.columns == ("a", "b", "c")

    def test_in_rows_of_characters(self, save: Any) -> None:
        table = sn.read_table(save(X=self.X, names=np.array(["mass", "len ", "age "])))
        assert table.columns == ("mass", "len", "age")

    @pytest.mark.parametrize(
        "texts", [("a", "a", "b"), ("a", "", "b"), ("a", 1.0, "b"), ("a", "b")]
    )
    def test_other_texts_are_no_names(self, save: Any, texts: Any) -> None:
        path = save(X=self.X, names=cells(*texts))
        if 1.0 in texts:
            with pytest.raises(sn.InvalidInput, match="different numbers of rows"):
                sn.read_table(path)
        else:
            with pytest.warns(sn.SheernetWarning, match="'names' .* left out"):
                assert sn.read_table(path).columns == ("X1", "X2", "X3")

    def test_of_two_matrices_they_are_doubtful(self, save: Any) -> None:
        with pytest.warns(sn.SheernetWarning, match="'names' .* left out"):
            sn.read_table(save(X=self.X, Z=self.X, names=cells("a", "b", "c")))

    def test_a_column_of_labels_is_a_column(self, save: Any) -> None:
        table = sn.read_table(save(X=np.eye(3), group=cells("a", "b", "c")))
        assert table.columns == ("X1", "X2", "X3", "group")


class TestRefuses:
    @pytest.mark.parametrize(
        ("variables", "samples", "message"),
        [
            (
                {"X": np.ones((2, 5)), "T": np.ones((1, 5))},
                "rows",
                (r"different numbers of rows \(X is 2 x 5 and T is 1 x 5\); use samples='columns'"),
            ),
            (
                {"X": np.ones((5, 2)), "T": np.ones((5, 1))},
                "columns",
                r"different numbers of columns .*use samples='rows'",
            ),
            (
                {"X": np.ones((4, 2)), "y": np.ones(5)},
                "rows",
                "have different numbers of rows .*; choose those that belong together with variable",
            ),
            (
                {
                    "X": np.ones((4, 9)),
                    "T": np.ones((2, 9)),
                    "names": cells(*"abcd"),
                    "tnames": cells("p", "q").T,
                },
                "rows",
                "; use samples='columns'",
            ),
            (
                {"z": np.array([1, 2j])},
                "rows",
                "variable 'z' of data.mat has complex numbers; save real",
            ),
            ({"z": csc_array(np.diag([1, 2j]))}, "rows", "variable 'z' of .* complex numbers"),
            ({"s": {"z": np.array([1, 2j])}}, "rows", "variable 'z' of .* complex numbers"),
            ({"z": np.array([[1, 2], [3, 4j]])}, "rows", "variable 'z' of .* complex numbers"),
            ({"z": np.array([1, 2j], "complex64")}, "rows", "variable 'z' of .* complex numbers"),
            (
                {"s": {"z": csc_array(np.diag([1, 2j]))}},
                "rows",
                "variable 'z' of .* complex numbers",
            ),
            ({"x": np.ones(2), "z": np.array([[1j], [0]])}, "rows", "variable 'z' of .* complex"),
            (
                {"k": np.ones((2, 2, 2))},
                "rows",
                r"has no vector or matrix that can be a column",
            ),
            (
                {"X": np.ones((3, 2)), "X1": np.ones(3)},
                "rows",
                "named 'X1', one of them of its variable 'X1'",
            ),
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
            match=r"variable 'T' of data\.mat is a MATLAB object, such as a table .*writetable\(T, 'data",
        ):
            sn.read_table(file(HEADER + object_of_matlab(), "data.mat"))

    def test_an_unknown_variable(self, save: Any) -> None:
        path = save(X=np.ones((3, 2)), s={"a": np.ones(3)})
        with pytest.raises(
            sn.InvalidInput,
            match=r"data\.mat has no variable 'Y': its variables are X and s.a; give a list",
        ):
            sn.read_table(path, variable=["X", "Y"])
        with pytest.raises(sn.InvalidInput, match="variable must be the names of variables"):
            sn.read_table(path, variable=[1])  # type: ignore[list-item]

    def test_an_object_beside_the_chosen_variables(self, save: Any) -> None:
        path = save(x=np.ones(3))
        path.write_bytes(path.read_bytes() + object_of_matlab())
        with pytest.raises(sn.InvalidInput, match="choose other variables with variable"):
            sn.read_table(path)
        assert sn.read_table(path, variable="x").columns == ("x",)

    @pytest.mark.parametrize("version", [b"\x00\x02IM", b"\x02\x00MI"])
    def test_version_7_3_by_its_number(self, tmp_path: Path, version: bytes) -> None:
        content = HEADER[:124] + version + bytes(384) + b"\x89HDF\r\n\x1a\n"
        (tmp_path / "data.mat").write_bytes(content)
        with pytest.raises(sn.InvalidInput, match=r"a MATLAB file of version 7\.3, .* '-v7'"):
            sn.read_table(tmp_path / "data.mat")

    @pytest.mark.parametrize("options", [{"separator": ";"}, {"decimal": ","}, {"sheet": 1}])
    def test_options_of_other_files(self, save: Any, options: Any) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"does not apply to data\.mat, a MATLAB file; omit it"
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

    @pytest.mark.parametrize("value", [float("nan"), -1e300, 1e300])
    def test_numbers_outside_of_their_class(self, file: Any, value: float) -> None:
        """Integers that are stored as numbers of 8 bytes, as MATLAB never stores them."""
        content = matrix(12, b"x", element(9, struct.pack("<2d", 1.0, value)), (2, 1))
        with pytest.raises(
            sn.InvalidInput, match="a variable of class int32 has numbers outside of"
        ):
            sn.read_table(file(HEADER + content, "data.mat"))

    @pytest.mark.parametrize("compressed", [True, False])
    def test_cells_in_each_other_without_end(self, file: Any, compressed: bool) -> None:
        content = nested(20_000)
        if compressed:
            packed = zlib.compress(content)
            content = struct.pack("<II", 15, len(packed)) + packed
        with pytest.raises(sn.InvalidInput, match="has no vector or matrix"):
            sn.read_table(file(HEADER + content, "data.mat"))

    @pytest.mark.parametrize("compressed", [True, False])
    def test_mutants(self, save: Any, mutants: Any, compressed: bool) -> None:
        whole = save(
            compressed,
            x=np.arange(6.0),
            sparse=csc_array(np.eye(6)),
            s={"c": cells(*"ab" * 3), "t": np.array(["ab", "c"] * 3)},
            z=np.arange(6) + 1j,
        )
        mutants(whole, 150)


def compressed_matrix(class_number: int, content: bytes, shape: tuple[int, int]) -> bytes:
    packed = zlib.compress(matrix(class_number, b"x", content, shape))
    return struct.pack("<II", 15, len(packed)) + packed


def sparse_matrices() -> bytes:
    """Ten variables of 909 bytes in all, 5.8 GB as full matrices."""
    parts = []
    for i in range(10):
        starts = element(5, bytes(4 * 8501))
        content = element(5, bytes(4)) + starts + element(9, bytes(8))
        flags = element(6, struct.pack("<II", 5, 1))
        shape = element(5, struct.pack("<ii", 8500, 8500))
        whole = element(14, flags + shape + element(1, b"s%d" % i) + content)
        packed = zlib.compress(whole)
        parts.append(struct.pack("<II", 15, len(packed)) + packed)
    return b"".join(parts)


@pytest.mark.parametrize(
    "content",
    [
        sparse_matrices,
        lambda: compressed_matrix(6, element(2, bytes(2**26 - 200)), (2**26 - 200, 1)),
        lambda: compressed_matrix(6, element(9, bytes(2**29)), (2**26, 1)),
        lambda: compressed_matrix(1, struct.pack("<II", 14, 0) * 2**22, (2**22, 1)),
        lambda: compressed_matrix(9, element(2, bytes(2**24)), (2, 2**23)),
        lambda: compressed_matrix(4, element(16, b"a" * 2**25), (2**25, 1)),
        lambda: compressed_matrix(4, element(16, b"a" * 2**25), (1, 2**25)),
    ],
    ids=["sparse", "bytes as doubles", "zeros", "cells", "columns", "rows of text", "text"],
)
def test_tiny_files_of_huge_tables(
    file: Any, read_bounded: Any, content: Callable[[], bytes]
) -> None:
    read_bounded(file(HEADER + content(), "data.mat"))


@pytest.mark.parametrize(
    ("shape", "samples", "end"),
    [
        ((2, 30), "rows", "t1, t2 and 28 more: name them, or, if its columns are the samples, use samples='columns'"),
        ((2, 30), "columns", "t1 and t2: name them"),
        ((30, 3), "rows", "t1, t2 and t3: name them"),
    ],
)  # fmt: skip
def test_the_name_of_a_matrix_is_answered_by_its_columns(save, shape, samples, end):
    table = sn.read_table(save(t=np.arange(float(np.prod(shape))).reshape(shape)), samples=samples)
    with pytest.raises(sn.InvalidInput, match=f"the columns of matrix 't' are {end}$"):
        table.require(["t"])


def test_of_a_grid_the_message_says_how_to_save_columns(save):
    """Matrices of one shape may hold a value of each point of a grid, as those of ndgrid do."""
    table = sn.read_table(save(V=np.ones((12, 3)), eta=np.ones((12, 3)), w=np.ones((12, 2))))
    advice = r"as for ndgrid, save each matrix as a column: eta = eta\(:\)$"
    with pytest.raises(sn.InvalidInput, match=advice):
        table.require(["eta"])
    with pytest.raises(sn.InvalidInput, match=r"w1 and w2: name them$"):
        table.require(["w"])


class TestPlacesOfVariables:
    """Other variables of a MATLAB file take the places of those that a model was fitted to."""

    X, t = np.arange(24.0).reshape(12, 2) % 7, np.sqrt(np.arange(12.0))

    @pytest.fixture
    def path(self, save: Any) -> Path:
        return save(
            XTrain=self.X, tTrain=self.t, XTest=self.X[2:7], tTest=self.t[:5], one=self.X[:1]
        )

    @pytest.fixture
    def model(self, path: Path) -> sn.Model:
        table = sn.read_table(path, variable=["XTrain", "tTrain"])
        return sn.fit(table, "tTrain", hidden=1, decay=0.1, held_out=0)

    def test_in_their_order(self, path: Path, model: sn.Model) -> None:
        with pytest.warns(sn.SheernetWarning, match="'XTest' in the place of 'XTrain'"):
            rows = sn.read_table(path, variable="XTest", like=model.reading)
        assert rows.frame.to_dict("list") == {
            "XTrain1": self.X[2:7, 0].tolist(),
            "XTrain2": self.X[2:7, 1].tolist(),
        }
        assert len(model.predict(rows)) == 5

    def test_of_all_matrices_if_none_was_named(self, path: Path, tmp_path: Path) -> None:
        savemat(tmp_path / "train.mat", {"X": self.X, "t": self.t})
        like = sn.read_table(tmp_path / "train.mat").read_as
        with pytest.warns(sn.SheernetWarning, match="'XTest' in the place of 'X'"):
            assert sn.read_table(path, variable="XTest", like=like).columns == ("X1", "X2")

    def test_with_a_target_and_of_one_row(self, path: Path, model: sn.Model) -> None:
        with pytest.warns(
            sn.SheernetWarning, match="'XTrain' and 'tTest' in the place of 'tTrain'"
        ):
            rows = sn.read_table(path, variable=["XTest", "tTest"], like=model.reading)
        assert rows.columns == ("XTrain1", "XTrain2", "tTrain")
        assert "variables XTest as XTrain, tTest as tTrain, samples" in rows.reading
        assert rows.frame["tTrain"].tolist() == self.t[:5].tolist()
        with pytest.warns(sn.SheernetWarning, match="'one' in the place of 'XTrain'"):
            row = sn.read_table(path, variable="one", like=model.reading)
        assert row.frame.to_dict("list") == {"XTrain1": [0], "XTrain2": [1]}

    def test_of_the_same_name_stay(self, path: Path, model: sn.Model) -> None:
        table = sn.read_table(path, variable=["tTrain"], like=model.reading)
        assert table.columns == ("tTrain",)


def test_names_and_other_texts_of_columns(save: Any) -> None:
    """As importdata returns them, beside the lines above the numbers."""
    lines = np.array([["log", ""], ["mass", "age"]], object)
    names = cells("mass", "age").T
    path = save(A={"data": np.arange(6.0).reshape(3, 2), "colheaders": names, "textdata": lines})
    with pytest.warns(sn.SheernetWarning, match="'textdata' .* left out"):
        table = sn.read_table(path)
    assert table.columns == ("mass", "age")
    assert table.reading.endswith("column names of data from colheaders; without textdata")


class TestCellsWithNames:
    """A table in one cell array, as readcell and xlsread give it: the names, and a row of cells for each sample."""

    TABLE = (("temp", "kind", "yield"), (20.5, "dry", 5.0), (21.0, "wet", 4.0), (19.0, "dry", 6.5))

    def table(self, *rows: tuple[Any, ...]) -> Any:
        cell = np.empty((len(rows), len(rows[0])), dtype=object)
        for index in np.ndindex(cell.shape):
            cell[index] = rows[index[0]][index[1]]
        return cell

    @pytest.mark.parametrize("samples", ["rows", "columns"])
    def test_are_the_first_row(self, save: Any, samples: str) -> None:
        cell = self.table(*self.TABLE)
        path = save(data=cell if samples == "rows" else cell.T)
        table = sn.read_table(path, samples=samples)
        assert table.columns == self.TABLE[0]
        assert [tuple(row) for row in table.frame.to_numpy().tolist()] == list(self.TABLE[1:])
        assert [table.kind(name) for name in table.columns] == ["number", "category", "number"]
        assert f"names of data from its first {samples[:-1]}" in table.reading

    def test_stand_beside_other_variables_of_as_many_samples(self, save: Any) -> None:
        table = sn.read_table(save(data=self.table(*self.TABLE), x=np.array([[1.0], [2.0], [3.0]])))
        assert table.columns == (*self.TABLE[0], "x")
        assert len(table) == 3

    def test_may_be_above_an_empty_cell(self, save: Any) -> None:
        rows = (("temp", "kind"), (20.5, "dry"), (np.zeros((0, 0)), "wet"))
        assert sn.read_table(save(data=self.table(*rows))).columns == ("temp", "kind")

    @pytest.mark.parametrize(
        "rows",
        [
            (("a", "b"), ("c", "d"), ("e", "f")),  # labels
            (("a", "a"), (1.0, 2.0), (3.0, 4.0)),
            (("a", ""), (1.0, 2.0), (3.0, 4.0)),
            ((1.0, "b"), (2.0, "c"), (3.0, "d")),
        ],
    )
    def test_are_not_other_texts(self, save: Any, rows: Any) -> None:
        table = sn.read_table(save(data=self.table(*rows)))
        assert table.columns == ("data1", "data2")
        assert len(table) == 3


@pytest.mark.parametrize(
    "left_out",
    [
        np.ones((12, 2, 2)),
        np.ones((2, 3, 4)),
    ],
)
def test_an_array_that_is_left_out_is_told(tmp_path: Path, left_out: np.ndarray) -> None:
    path = tmp_path / "x.mat"
    savemat(path, {"X": left_out, "y": np.arange(12.0)[:, None], "fs": 1000.0, "note": "a"})
    with pytest.warns(sn.SheernetWarning, match=r"'X'.* of x\.mat (is|are) left out"):
        assert sn.read_table(path).columns == ("y",)


class TestOrientation:
    """Square matrices and row vectors fit samples in rows and in columns."""

    X = np.arange(9.0).reshape(3, 3)

    @pytest.mark.parametrize("other", [{}, {"c": np.array([["a", "b", "a"]], dtype=object)}])
    def test_that_is_not_shown_is_asked_for(self, save: Any, other: Any) -> None:
        path = save(X=self.X, t=2 * self.X[:1], **other)
        said = "X is 3 x 3 and t is 1 x 3; give samples='columns' .* or samples='rows' if"
        with pytest.raises(sn.InvalidInput, match=said):
            sn.read_table(path)
        for samples, x in (("columns", self.X[0]), ("rows", self.X[:, 0])):
            table = sn.read_table(path, samples=samples)
            assert table.frame["X1"].tolist() == x.tolist()
            like = sn.read_table(path, like=table.read_as)
            assert like.frame.equals(table.frame)

    @pytest.mark.parametrize(
        "variables",
        [
            {"t": X[:, :1]},
            {"t": X[:1], "z": np.ones((3, 2))},
            {"T": 2 * X},
            {},
        ],
    )
    def test_is_that_of_rows_if_anything_shows_it_or_nothing_contradicts(
        self, save: Any, variables: dict[str, Any]
    ) -> None:
        table = sn.read_table(save(X=self.X, **variables))
        assert table.frame["X1"].tolist() == self.X[:, 0].tolist()

    def test_of_single_values_is_that_of_rows(self, save: Any) -> None:
        assert len(sn.read_table(save(a=1.0, b=2.0))) == 1
