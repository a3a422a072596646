"""As test_model_file.py, by names that are not published."""

from __future__ import annotations

import ast
import dataclasses
import datetime
import functools
import json
import math
import re
import subprocess
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from models.test_model_file import (
    COMPILER,
    DEVIATION,
    EXAMPLE,
    EXAMPLE_DEVIATION,
    EXAMPLE_ROW,
    EXAMPLE_SCORE,
    FORMULAS,
    FUNCTIONS,
    MOST_COLUMNS,
    MOST_LINES,
    NETWORK,
    OTHERS,
    PAGE,
    PASTED,
    PASTED_FACTORS,
    PYTHON,
    RSCRIPT,
    SHORT,
    SHORTEST,
    SPACE,
    TABLES,
    TEXT,
    TRANSFORMED,
    R,
    code_lines,
    jsonlite,
    section,
)
from random_models import (
    EVERY_COLUMN,
    HIDDEN,
    LACKING,
    NUMBER,
    OUTPUTS,
    models,
    number_targets,
    random_member,
    random_model,
    replaced,
    table_for,
)
from sheernet.data.columns import Inputs, NumberColumn
from sheernet.data.targets import ClassTarget
from sheernet.models.baselines import LINEAR, constant_prediction
from sheernet.models.density import KINDS
from sheernet.models.files import schema
from sheernet.models.files.saving import encoded
from sheernet.models.fitting.answer_fit import MOST_SCORES
from sheernet.models.fitting.fitted_member import MOST_WEIGHTS_WITH_FACTOR
from sheernet.models.model import EVALUATIONS
from sheernet.models.output_layer import OF_NUMBERS
from sheernet.statistics import JohnsonTransform
from sheernet.statistics.noise_models import HEAVY_TAILED


def as_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the page wants it: dates as days, missing values left out."""
    plain = {}
    for name, value in row.items():
        if isinstance(value, pd.Timestamp):  # with a time zone
            value = value.tz_convert(None).to_datetime64()
        if isinstance(value, np.datetime64):
            days = (value - np.datetime64(0, "D")) / np.timedelta64(1, "D")
            value = None if np.isnat(value) else float(days)
        if isinstance(value, datetime.time):
            value = value.hour + value.minute / 60
        if value is not None:
            plain[name] = value
    return plain


def rows_of(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [as_row(dict(zip(table, row, strict=True))) for row in zip(*table.values(), strict=True)]


def expected(model: sn.Model, table: dict[str, Any]) -> np.ndarray:
    """What the programs shall give for each row: target values, or outputs of a classification."""
    if isinstance(model.targets, ClassTarget):
        return model.outputs(table)
    predicted: np.ndarray = model.predict(table)
    return predicted.reshape(len(predicted), -1)


def document_of(model: sn.Model) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(encoded(model))
    return document


def close(ours: Any, theirs: Any) -> bool:
    return np.allclose(np.array(ours, float), theirs, rtol=1e-12, atol=1e-12)


def model_of(hidden: str, output: str | None, seed: int, classes: Any = ()) -> sn.Model:
    """Two hidden layers, two members, a skip connection, and a layer without biases; columns of each kind."""
    inputs = Inputs(EVERY_COLUMN, missing="impute")
    targets = ClassTarget("verdict", classes) if classes else number_targets(2)
    sizes = (inputs.n_features, 3, 2, targets.n_outputs)
    arch = sn.Architecture(
        sizes, hidden, output or targets.output, bias=(True, False, True), skip=bool(seed % 2)
    )
    return random_model(arch, seed, members=2, inputs=inputs, targets=targets)


def members_of_several_sizes() -> sn.Model:
    """Three members of different depth, width and activation."""
    model = model_of("tanh", "identity", 0)
    sizes = (model.inputs.n_features, 4, 2), (model.inputs.n_features, 2)
    others = (
        random_member(sn.Architecture(each, "relu", skip=each[1] == 4), seed, 0.25, "squared_error")
        for seed, each in enumerate(sizes)
    )
    members = (dataclasses.replace(model.leading, share=0.5), *others)
    return replaced(model, members=members)


SEVERAL = [
    *(model_of(name, "identity", seed) for seed, name in enumerate(HIDDEN)),
    *(model_of("tanh", name, seed) for seed, name in enumerate(OUTPUTS)),
    model_of("tanh", None, 1, (False, True)),
    model_of("silu", None, 2, ("a", "b", "c")),
    members_of_several_sizes(),
]
"""Each activation in each place, both tasks: for the languages that take long to start."""


def model_with_each_kind_of_noise(seed: int = 0, spread: float = 1.3) -> sn.Model:
    """Two targets; members of the three costs, two of each, whose networks differ in depth, width and activation."""
    inputs, targets = Inputs(EVERY_COLUMN, missing="impute"), number_targets(2, seed)
    n = inputs.n_features
    members = tuple(
        random_member(
            sn.Architecture((n, *widths, 2 * outputs), hidden, bias=(*[True] * len(widths), bias), skip=skip),
            seed + i, share, cost,
        )
        for i, (cost, outputs, widths, hidden, bias, skip, share) in enumerate([
            ("squared_error", 1, (3,), "tanh", True, False, 0.2),
            ("squared_error", 1, (), "tanh", True, False, 0.1),
            ("gaussian_nll", 2, (2, 3), "softplus", False, True, 0.15),
            ("gaussian_nll", 2, (4,), "silu", True, False, 0.15),
            ("student_t", 2, (3,), "sigmoid", True, True, 0.25),
            ("student_t", 2, (2,), "leaky_relu", False, False, 0.15),
        ])
    )  # fmt: skip
    model = random_model(
        members[0].network.architecture, seed, members=1, inputs=inputs, targets=targets
    )
    return replaced(model, members=members, spread=spread)


@functools.cache
def fitted_model() -> sn.Model:
    """A default fit of 30 rows, but for its one start of each network, which takes a sixth of the time."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, 30)
    table = {"x": x, "y": np.sin(2 * x) + 0.2 * rng.normal(size=30)}
    return sn.fit(table, target="y", seed=0, starts=1)


def model_with_transforms(seed: int = 0) -> sn.Model:
    """The same model; members of two costs predict transformed targets."""
    rng = np.random.default_rng(seed)
    model = model_with_each_kind_of_noise(seed)
    members = []
    for i, member in enumerate(model.members):
        numbers = (rng.normal(size=2), 3.0 + rng.random(2), rng.normal(size=2), 0.5 + rng.random(2))
        transform = JohnsonTransform(*(tuple(each.tolist()) for each in numbers))
        # Otherwise the variance of what grows exponentially is all that counts.
        factor = 0.02 * member.factor
        if i in (1, 2):
            member = dataclasses.replace(member, transform=transform, factor=factor)
        members.append(member)
    return replaced(model, members=tuple(members))


TRANSFORMING = [model_with_transforms(seed) for seed in range(3)]


UNCERTAIN = [
    *(
        model
        for model in SEVERAL
        if model.task == "regression" and model.targets.output in OF_NUMBERS
    ),
    *(model_with_each_kind_of_noise(seed) for seed in range(3)),
]
"""Models whose standard deviation is known, with each hidden activation, each output of numbers and each cost."""


def models_without_deviation() -> list[sn.Model]:
    """Classes, a cost that is not a density, and a member without a factor or a variance of the noise."""
    model = model_with_each_kind_of_noise()
    constant, *others = model.members
    changed = [
        dataclasses.replace(constant, factor=np.zeros(0)),
        dataclasses.replace(constant, noise_variance=None),
    ]
    return [
        *(model for model in SEVERAL if model.task == "classification"),
        *(model for model in SEVERAL if model.targets.output == "softmax"),
        *(replaced(model, members=(each, *others)) for each in changed),
    ]


WITHOUT_DEVIATION = models_without_deviation()


def costs_with_two_outputs() -> list[str]:
    """Costs whose networks have two outputs for each target."""
    return [cost for cost, kind in KINDS.items() if kind.outputs_per_target == 2]


def regressions() -> st.SearchStrategy[sn.Model]:
    """Any regression whose standard deviation is known."""
    return models(outputs=OF_NUMBERS).filter(
        lambda model: not isinstance(model.targets, ClassTarget)
    )


def expected_with_deviation(model: sn.Model, table: dict[str, Any]) -> np.ndarray:
    """Prediction and standard deviation of each target, (N, 2 K)."""
    return np.hstack(
        [part.reshape(len(part), -1) for part in model.predict(table, return_std=True)]
    )


exec(compile(PYTHON, str(PAGE), "exec"), SPACE)


exec(compile(SHORTEST, str(PAGE), "exec"), SHORT)


def in_python(document: dict[str, Any], table: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """What the page's program computes for each row: values and standard deviations, both (N, K)."""
    found = [SPACE["predict"](document, row) for row in rows_of(table)]
    values, deviations = zip(*found, strict=True)
    return np.array(values), np.array(deviations)


def refuses(model: sn.Model) -> bool:
    """Whether the program of eighteen lines raises an error for a model."""
    table = table_for(model)
    try:
        in_eighteen_lines(model, table)
    except (KeyError, TypeError):
        return True
    return False


def in_eighteen_lines(model: sn.Model, table: dict[str, Any]) -> np.ndarray:
    """Prediction and standard deviation of each target by the short program, (N, 2 K)."""
    found = [SHORT["predict"](row, **document_of(model)) for row in rows_of(table)]
    return np.array(found).reshape(len(found), -1)


def model_of_numbers(seed: int) -> sn.Model:
    """Two columns of numbers, one with an indicator, two targets, members of each cost, some with a transform."""
    members, rng = [], np.random.default_rng(seed)
    for i, (cost, outputs) in enumerate(
        [("squared_error", 2), ("gaussian_nll", 4), ("student_t", 4), ("squared_error", 2)]
    ):
        hidden = tuple(rng.integers(1, 4, rng.integers(0, 3)).tolist())
        sizes = (3, *hidden, outputs)
        member = random_member(
            sn.Architecture(sizes, "tanh", bias=i != 2, skip=bool(hidden) and i == 1), seed + i, 0.25, cost
        )  # fmt: skip
        transform = model_with_transforms(seed).members[1].transform if i % 2 else None
        factor = (
            0.02 * member.factor
        )  # otherwise the variance of what grows exponentially is all that counts
        members.append(dataclasses.replace(member, transform=transform, factor=factor))
    model = random_model(
        sn.Architecture((3, 2)), seed, inputs=Inputs((NUMBER, LACKING)), targets=number_targets(2, seed)
    )  # fmt: skip
    return replaced(model, members=tuple(members), spread=1.3)


class TestEighteenLines:
    @pytest.mark.parametrize("seed", range(20))
    def test_predict_what_a_model_of_numbers_does(self, seed: int) -> None:
        model = model_of_numbers(seed)
        table = table_for(model)
        assert close(in_eighteen_lines(model, table), expected_with_deviation(model, table))

    def test_predict_what_a_default_fit_does(self) -> None:
        table = table_for(fitted_model())
        known = expected_with_deviation(fitted_model(), table)
        assert close(in_eighteen_lines(fitted_model(), table), known)

    def test_refuse_every_model_of_another_kind(self) -> None:
        for column in EVERY_COLUMN:
            model = random_model(
                sn.Architecture((len(column.features), 2)), inputs=Inputs((column,))
            )
            is_number = isinstance(column, NumberColumn) and column.kind == "number"
            assert refuses(model) is not is_number, column
        assert all(map(refuses, [*SEVERAL, *WITHOUT_DEVIATION]))


class TestPython:
    def predict(self, document: dict[str, Any], table: dict[str, Any]) -> np.ndarray:
        return in_python(document, table)[0]

    def test_has_at_most_fifteen_lines_beside_its_tables_of_functions(self) -> None:
        lines = code_lines(PYTHON)
        activations, kinds = (
            len(each.splitlines())
            for each in re.findall(r"^[FC] = \{.*?\}\n", PYTHON, re.MULTILINE | re.DOTALL)
        )
        others = len(lines) - activations - kinds
        assert others == MOST_LINES
        assert (
            f"has {others} lines, beside two tables of\nfunctions: {activations} lines for the activations, and {kinds}"
            in TEXT
        )
        assert max(map(len, lines)) <= MOST_COLUMNS
        statements = (ast.FunctionDef, ast.For, ast.Assign, ast.Return)
        inside = [node for node in ast.walk(ast.parse(PYTHON)) if isinstance(node, ast.stmt)]
        assert len({node.lineno for node in inside}) == len(inside), "one statement a line"
        assert {type(node) for node in inside} <= {*statements, ast.Import, ast.ImportFrom}

    @pytest.mark.filterwarnings("ignore:.* filled with:sheernet.SheernetWarning")
    @given(models())
    @settings(max_examples=80)
    def test_predicts_what_any_model_does(self, model: sn.Model) -> None:
        table = table_for(model, gaps=True)
        assert close(self.predict(document_of(model), table), expected(model, table))

    @pytest.mark.parametrize("model", [*SEVERAL, *TRANSFORMING], ids=repr)
    def test_knows_every_activation_and_transforms(self, model: sn.Model) -> None:
        table = table_for(model)
        assert close(self.predict(document_of(model), table), expected(model, table))

    def test_survives_saturated_units(self) -> None:
        for hidden, output in (("identity", "softplus"), ("tanh", "softmax"), ("silu", "sigmoid")):
            model = random_model(sn.Architecture((1, 3, 3), hidden, output))
            for x in (-1e5, 1e5):
                table = {"input 0": [x]}
                assert close(self.predict(document_of(model), table), expected(model, table))

    def test_takes_a_label_that_nobody_saw_as_a_rare_one(self) -> None:
        model = SEVERAL[0]
        table = table_for(model) | {"color": ["mauve"] * 5}
        with pytest.warns(sn.SheernetWarning, match="mauve"):
            theirs = expected(model, table)
        assert close(self.predict(document_of(model), table), theirs)

    def test_runs_on_a_file_and_its_date_is_the_day(self, tmp_path: Path) -> None:
        model = SEVERAL[0]
        path = model.save(tmp_path / "model.json")
        document = json.loads(path.read_text(encoding="utf-8"))
        days = re.search(r"`(datetime\.date\(2024.*?)`", section("Python"))[1]
        assert eval(days, {"datetime": datetime}) == 19783
        table = table_for(model) | {"day": [np.datetime64("2024-03-01", "s")] * 5}
        rows = [row | {"day": 19783} for row in rows_of(table)]
        ours = [SPACE["predict"](document, row)[0] for row in rows]
        assert close(ours, expected(model, table))


PLACES_OF_NUMBERS = [
    ("inputs", "columns", 0, "shift"),
    ("inputs", "columns", 0, "scale"),
    ("targets", "shift", 0),
    ("targets", "scale", 0),
    ("members", 0, "theta", 0),
    ("members", 0, "factor", 1, 0),
    ("members", 0, "noise_variance"),
    *(("members", 1, "transform", name, 0) for name in ("shift", "slope", "center", "width")),
]


@pytest.mark.parametrize("place", PLACES_OF_NUMBERS, ids=str)
def test_programs_take_integers_that_numpy_has_no_type_for(place: tuple[str | int, ...]) -> None:
    model = model_of_numbers(0)
    (row, *_), found = rows_of(table_for(model)), []
    for number in (10**20, 1e20):
        document = part = document_of(model)
        for key in place[:-1]:
            part = part[key]
        part[place[-1]] = number
        with np.errstate(all="ignore"):  # some moments are infinite
            short = SHORT["predict"](row, **document)
            found.append([*short, *SPACE["predict"](document, row)])
    np.testing.assert_allclose(*found, rtol=1e-12)


def numerical_standard_deviation(model: sn.Model, X: np.ndarray) -> np.ndarray:
    """The formula of the page by the complex step on each weight, (N, K)."""
    mean = square = np.zeros(())
    for member in model.members:
        arch, theta = member.network.architecture, member.network.theta
        size = theta.size
        L = np.zeros((size, size))
        L[np.tril_indices(size)] = member.factor
        outputs = sn.forward(arch, theta, X).activations[-1]
        K = member.n_locations
        gradients = [
            sn.forward(arch, theta + 1e-30j * e, X).activations[-1].imag / 1e-30
            for e in np.eye(size)
        ]  # (P, N, K)
        covariance = L @ L.T
        variance = np.einsum("pnk,pq,qnk->nk", gradients, covariance, gradients)
        noise = member.noise_variance if member.cost == "squared_error" else np.exp(outputs[:, K:])
        total = model.spread**2 * (noise + variance[:, :K])
        total *= 4 / (4 - 2) if member.cost == "student_t" else 1  # nu / (nu - 2)
        mean = mean + member.share * outputs[:, :K]
        square = square + member.share * (total + outputs[:, :K] ** 2)
    deviation: np.ndarray = np.sqrt(square - mean**2) * np.array(model.targets.scale)
    return deviation


class TestStandardDeviation:
    @pytest.mark.parametrize("model", UNCERTAIN, ids=repr)
    def test_is_that_of_the_formula(self, model: sn.Model) -> None:
        table = table_for(model)
        X = model.inputs.encode(sn.read_table(table))
        means, deviations = in_python(document_of(model), table)
        assert close(means, expected(model, table))
        assert np.allclose(deviations, numerical_standard_deviation(model, X), rtol=1e-9)

    @pytest.mark.filterwarnings("ignore:.* filled with:sheernet.SheernetWarning")
    @given(regressions())
    @settings(max_examples=30, deadline=None)
    def test_is_that_of_any_model(self, model: sn.Model) -> None:
        table = table_for(model, gaps=True)
        ours = np.hstack(in_python(document_of(model), table))
        assert np.allclose(ours, expected_with_deviation(model, table), rtol=1e-9, atol=1e-12)

    @pytest.mark.parametrize("seed", range(3))
    def test_is_that_of_a_model_with_each_kind_of_noise(self, seed: int) -> None:
        model = model_with_each_kind_of_noise(seed)
        table = table_for(model)
        ours = np.hstack(in_python(document_of(model), table))
        assert np.allclose(ours, expected_with_deviation(model, table), rtol=1e-9, atol=0)

    @pytest.mark.parametrize("model", TRANSFORMING, ids=repr)
    def test_is_that_of_a_model_with_transforms(self, model: sn.Model) -> None:
        table = table_for(model)
        ours = np.hstack(in_python(document_of(model), table))
        assert np.allclose(ours, expected_with_deviation(model, table), rtol=1e-9, atol=0)

    def test_is_that_of_a_fitted_model(self) -> None:
        model = fitted_model()
        assert len(model.members) > 1
        table = table_for(model)
        ours = np.hstack(in_python(document_of(model), table))
        assert np.allclose(ours, expected_with_deviation(model, table), rtol=1e-9, atol=1e-12)

    @pytest.mark.parametrize("model", [*WITHOUT_DEVIATION], ids=repr)
    def test_is_nan_if_the_model_has_none(self, model: sn.Model) -> None:
        table = table_for(model)
        with pytest.raises(sn.SheernetError):
            model.predict(table, return_std=True)
        means, deviations = in_python(document_of(model), table)
        assert close(means, expected(model, table))
        assert np.isnan(deviations).all()

    def test_costs_are_those_of_the_densities(self) -> None:
        found = re.findall(r"^\| `(\w+)` \| (.*) \|$", section("Standard deviation"), re.MULTILINE)
        assert [cost for cost, _ in found] == ["cost", *KINDS]
        assert f"{HEAVY_TAILED.degrees:g} degrees of freedom" in dict(found)["student_t"]


@pytest.mark.skipif(COMPILER is None, reason="no C compiler is here")
class TestC:
    MAIN = """
    #include <stdio.h>
    int main(void) {
        double x[COLUMNS];
        for (int i = 0; scanf("%lf", &x[i]) == 1; i = (i + 1) % COLUMNS) if (i == COLUMNS - 1) {
            double y[WIDEST] = {0};
            for (int m = 0; m < MEMBERS; m++) network(&members[m], x, y);
            for (int k = 0; k < OUTPUTS; k++) printf("%.17g ", y[k]);
        }
        return 0;
    }
    """

    @staticmethod
    def array(numbers: Any) -> str:
        return f"{{{', '.join(json.dumps(number) for number in numbers)}}}"

    def pasted(self, document: dict[str, Any]) -> str:
        """What the page says to paste, for any file."""
        members = document["members"]
        sizes = [[layer["units"] for layer in member["layers"]] for member in members]
        n_features = self.n_features(document)
        widest, deepest = max(n_features, *map(max, sizes)), max(map(len, sizes))
        before, after = PASTED.split("static const double theta_0")[0].split("enum {")
        lines = [
            f"{before}enum {{ WIDEST = {widest}, DEEPEST = {deepest}, MEMBERS = {len(members)} }};",
            after.split("};\n", 1)[1].rstrip("\n"),
            *(
                f"static const double theta_{i}[] = {self.array(member['theta'])};"
                for i, member in enumerate(members)
            ),
            "static const member members[MEMBERS] = {",
            *(
                f"    {{{member['share']}, {self.network(n_features, member['layers'])}, theta_{i}}},"
                for i, member in enumerate(members)
            ),
            "};",
        ]
        return "\n".join(lines) + "\n"

    @staticmethod
    def n_features(document: dict[str, Any]) -> int:
        """The number of features that a row has."""
        columns = document["inputs"]["columns"]
        values = [column.get("labels", [0.0])[0] for column in columns]
        rows = [{column["name"]: value} for column, value in zip(columns, values, strict=True)]
        return sum(len(SPACE["C"]["column"](c, row)) for c, row in zip(columns, rows, strict=True))

    def network(self, n_features: int, layers: list[dict[str, Any]]) -> str:
        """Number of layers, sizes, biases, skip connections, softmax, and functions of a network."""
        names = [layer["activation"] for layer in layers]
        functions = ", ".join("identity" if name == "softmax" else name for name in names)
        numbers = (
            [n_features, *(layer["units"] for layer in layers)],
            [int(layer["bias"]) for layer in layers],
            [n_features if layer["skip"] else 0 for layer in layers],
        )
        arrays = ", ".join(map(self.array, numbers))
        return f"{len(layers)}, {arrays}, {int(names[-1] == 'softmax')}, {{{functions}}}"

    def compiled(self, source: str, folder: Path, strictly: bool = True) -> Path:
        (folder / "model.c").write_text(source)
        flags = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror"]
        flags += [] if strictly else ["-Wno-unused-function"]
        program = folder / "model"
        subprocess.run(
            [COMPILER, *flags, "-o", program, folder / "model.c", "-lm"], check=True, timeout=60
        )
        return program

    def test_says_what_to_paste_for_the_example(self) -> None:
        assert self.pasted(EXAMPLE) == PASTED

    @pytest.mark.parametrize("model", SEVERAL, ids=repr)
    def test_gives_the_outputs_of_every_kind_of_network(
        self, tmp_path: Path, model: sn.Model
    ) -> None:
        document, table = document_of(model), table_for(model)
        arch = model.network.architecture
        defines = f"#define COLUMNS {arch.n_inputs}\n#define OUTPUTS {arch.n_outputs}\n"
        head, rest = self.pasted(document).split("static const double theta_0", 1)
        source = (
            defines + head + OTHERS + "static const double theta_0" + rest + NETWORK + self.MAIN
        )
        program = self.compiled(source, tmp_path, strictly=False)
        X = model.inputs.encode(sn.read_table(table))
        given = "\n".join(repr(float(x)) for x in X.ravel())
        done = subprocess.run(
            [program], input=given, text=True, capture_output=True, check=True, timeout=60
        )
        outputs = np.array(done.stdout.split(), float).reshape(len(X), arch.n_outputs)
        assert close(outputs, model.outputs(table))

    @pytest.mark.parametrize("model", TRANSFORMING, ids=repr)
    def test_adds_members_with_a_transform(self, tmp_path: Path, model: sn.Model) -> None:
        document, table = document_of(model), table_for(model)
        calls = self.transforms(document["members"])
        for i, member in enumerate(document["members"]):
            noise = member["noise_variance"] or 0
            calls.append(
                f"transformed(&members[{i}], x, y, 2, {noise}, t_{i});"
                if "transform" in member
                else f"network(&members[{i}], x, y);"
            )
        main = self.MAIN.replace(
            "for (int m = 0; m < MEMBERS; m++) network(&members[m], x, y);", "\n".join(calls)
        )
        defines = f"#define COLUMNS {model.inputs.n_features}\n#define OUTPUTS 2\n"
        head, rest = self.pasted(document).split("static const double theta_0", 1)
        source = (
            defines + head + OTHERS + "static const double theta_0" + rest + NETWORK + TRANSFORMED + main
        )  # fmt: skip
        program = self.compiled(source, tmp_path, strictly=False)
        X = model.inputs.encode(sn.read_table(table))
        given = "\n".join(repr(float(x)) for x in X.ravel())
        done = subprocess.run(
            [program], input=given, text=True, capture_output=True, check=True, timeout=60
        )
        outputs = np.array(done.stdout.split(), float).reshape(len(X), 2)
        assert close(outputs, model.outputs(table))

    MAIN_OF_DEVIATION = """
    #include <stdio.h>
    int main(void) {
        double x[COLUMNS], mean[TARGETS], deviation[TARGETS];
        for (int i = 0; scanf("%lf", &x[i]) == 1; i = (i + 1) % COLUMNS) if (i == COLUMNS - 1) {
            mean_and_deviation(x, mean, deviation);
            for (int k = 0; k < TARGETS; k++) printf("%.17g ", mean[k]);
            for (int k = 0; k < TARGETS; k++) printf("%.17g ", deviation[k]);
        }
        return 0;
    }
    """

    def transforms(self, members: list[dict[str, Any]]) -> list[str]:
        """An array for each member that has a transform."""
        numbers = {
            i: ", ".join(map(self.array, zip(*member["transform"].values(), strict=True)))
            for i, member in enumerate(members)
            if "transform" in member
        }
        return [f"static const transform t_{i}[] = {{{each}}};" for i, each in numbers.items()]

    def pasted_factors(self, document: dict[str, Any]) -> str:
        """What the section about the standard deviation says to paste, for any file."""
        members = document["members"]
        weights = [len(member["theta"]) for member in members]
        structure = re.search(r"^typedef .*\n", PASTED_FACTORS, re.MULTILINE)[0]
        n_targets = len(document["targets"]["names"])
        lines = [
            f"enum {{ TARGETS = {n_targets}, WEIGHTS = {max(weights)} }};",
            structure.rstrip("\n"),
            *(f"static const double factor_{i}[] = {self.array(chain(*m['factor']))};" for i, m in enumerate(members)),
            *self.transforms(members),
            "static const uncertainty uncertainties[MEMBERS] = {",
        ]  # fmt: skip
        for i, (n, member) in enumerate(zip(weights, members, strict=True)):
            noise = member["noise_variance"] if member["cost"] == "squared_error" else 0
            transform = f"t_{i}" if "transform" in member else 0
            lines.append(
                f"    {{{n}, {noise}, {member['variance_factor']}, factor_{i}, {transform}}},"
            )
        return "\n".join([*lines, "};"]) + "\n"

    def test_says_what_factors_to_paste_for_the_example(self) -> None:
        ours, theirs = self.pasted_factors(EXAMPLE), PASTED_FACTORS
        assert (
            ours.split() == theirs.replace("{\n    0.1", "{0.1").replace("0.1\n}", "0.1}").split()
        )

    def means_and_deviations(
        self, model: sn.Model, table: dict[str, Any], folder: Path
    ) -> np.ndarray:
        """What the program of the section about the standard deviation computes, in the targets' units, (N, 2 K)."""
        document, scale = document_of(model), np.array(model.targets.scale)
        head, rest = self.pasted(document).split("static const double theta_0", 1)
        source = (
            f"#define COLUMNS {model.inputs.n_features}\n" + head + OTHERS + "static const double theta_0" + rest
            + NETWORK + TRANSFORMED + self.pasted_factors(document) + DEVIATION + self.MAIN_OF_DEVIATION
        )  # fmt: skip
        program = self.compiled(source, folder, strictly=False)
        X = model.inputs.encode(sn.read_table(table))
        given = "\n".join(repr(float(x)) for x in X.ravel())
        done = subprocess.run(
            [program], input=given, text=True, capture_output=True, check=True, timeout=60
        )
        means, deviations = np.array(done.stdout.split(), float).reshape(len(X), 2, -1).swapaxes(0, 1)  # fmt: skip
        return np.hstack([means * scale + model.targets.shift, deviations * scale])

    @pytest.mark.parametrize(
        "model", [*UNCERTAIN, *TRANSFORMING, None], ids=lambda model: repr(model or "fitted")
    )
    def test_gives_mean_and_standard_deviation(
        self, tmp_path: Path, model: sn.Model | None
    ) -> None:
        model = model or fitted_model()
        table = table_for(model)
        ours = self.means_and_deviations(model, table, tmp_path)
        theirs = expected_with_deviation(model, table)
        n = model.targets.n_outputs
        assert close(ours[:, :n], theirs[:, :n])
        assert "relative error of the standard deviation is below 1e-8 for" in TEXT
        assert np.allclose(ours[:, n:], theirs[:, n:], rtol=1e-8, atol=0)

    def test_is_as_accurate_as_the_page_says_for_a_small_standard_deviation(
        self, tmp_path: Path
    ) -> None:
        member = model_with_each_kind_of_noise().members[0]
        factor = member.factor / np.linalg.norm(member.factor)
        small = dataclasses.replace(member, share=1.0, noise_variance=1e-12, factor=1e-6 * factor)
        model = replaced(model_with_each_kind_of_noise(), members=(small,), spread=1.0)
        table = table_for(model)
        ours, theirs = (
            each[:, 2:]
            for each in (
                self.means_and_deviations(model, table, tmp_path),
                expected_with_deviation(model, table),
            )
        )
        assert (theirs / model.targets.scale).max() < 1e-5
        assert "below 1e-5 for one of a millionth of the target's `scale`" in TEXT
        assert np.allclose(ours, theirs, rtol=1e-5, atol=0)


class TestR:
    @pytest.mark.filterwarnings("ignore:.* filled with:sheernet.SheernetWarning")
    def test_gives_the_values_and_deviations_of_models_of_every_kind(self, tmp_path: Path) -> None:
        """One start of R for all: the program is read again for each model, beside its file."""
        if not jsonlite():
            pytest.skip("no Rscript with jsonlite is here")
        (tmp_path / "evaluate.R").write_text(R)
        (tmp_path / "all.R").write_text(
            'for (folder in sort(list.dirs(".", recursive = FALSE))) { setwd(folder); source("../evaluate.R")\n'
            '  rows <- jsonlite::fromJSON("rows.json", simplifyVector = FALSE)\n'
            "  for (row in rows) { both <- predict_row(row)\n"
            '    cat(sprintf("%.17g", c(both$mean, both$std)), "\\n", file = "out", append = TRUE) }\n'
            '  setwd("..") }\n'
        )
        certain = [*UNCERTAIN, *TRANSFORMING, fitted_model()]
        several = [*certain, *WITHOUT_DEVIATION]
        for i, model in enumerate(several):
            folder = tmp_path / f"{i:02d}"
            folder.mkdir()
            model.save(folder / "model.json")
            (folder / "rows.json").write_text(json.dumps(rows_of(table_for(model, gaps=True))))
        example = tmp_path / "example"
        example.mkdir()
        (example / "model.json").write_text(json.dumps(EXAMPLE))
        (example / "rows.json").write_text(json.dumps([EXAMPLE_ROW]))
        subprocess.run([RSCRIPT, "all.R"], cwd=tmp_path, check=True, timeout=120)
        for i, model in enumerate(several):
            table = table_for(model, gaps=True)
            ours = np.genfromtxt(tmp_path / f"{i:02d}" / "out").reshape(5, 2, -1)  # nan from NA
            assert close(ours[:, 0], expected(model, table)), model
            if i < len(certain):
                theirs = expected_with_deviation(model, table)
                assert np.allclose(ours.reshape(5, -1), theirs, rtol=1e-9, atol=1e-12), model
            else:
                assert np.isnan(ours[:, 1]).all()
        both = np.loadtxt(example / "out")
        assert both == pytest.approx([EXAMPLE_SCORE, EXAMPLE_DEVIATION], rel=1e-14)


class TestSpreadsheet:
    def value(self, formula: str, cells: dict[str, Any]) -> Any:
        """What a spreadsheet shows for a formula: its operators are Python's but for the comparison and the power."""
        code = re.sub(r"(?<![<>=])=", "==", formula).replace("^", "**")
        return eval(code, {"__builtins__": {}}, {**FUNCTIONS, **cells})

    def formula(self, part: str) -> str:
        return dict(FORMULAS)[part]

    @pytest.mark.parametrize("name", sorted({*OUTPUTS} - {"identity", "tanh", "softmax"}))
    def test_has_every_activation(self, name: str) -> None:
        for z in (-30.0, -0.5, 0.0, 0.25, 20.0):
            ours = self.value(self.formula(f"`{name}`"), {"Z2": z})
            assert ours == pytest.approx(
                float(sn.activations.get(name).value(np.array(z))), rel=1e-12, abs=1e-12
            )


STRUCTURES = {each.__name__: each for each in (schema.Document, *schema.Part.__subclasses__())}
"""Every object that a file holds, by the name of its class."""


FITS = "`training_fit` and `held_out_fit`"


PLACES = {
    "Document": "", "Inputs": "`inputs`",
    "NumberColumn": 'A column of `kind` `"number"`, `"boolean"`, `"date"` or `"time"`',
    "CategoryColumn": 'A column of `kind` `"category"`', "NumberTargets": '`targets` of a `"regression"`',
    "ClassTarget": '`targets` of a `"classification"`', "Layer": "An entry of `layers`", "Member": "`members`",
    "RegressionFit": FITS, "ClassificationFit": FITS, "GradientCheck": "`gradient_check`",
    "Evidence": "`evidence`",
    "JohnsonTransform": "`transform`: the targets of the network are `shift` + `slope` arsinh((u - `center`) / "
    "`width`), u the scaled target",
    "RowRoles": "`rows`", "DataRegion": "`region`",
    "Termination": "`termination`", "Starts": "`starts`", "Provenance": "`provenance`", "Record": "`record`",
    "Reading": "`reading`: other files are read in this way, so that the cells of a row are read in the same "
    "way in every file",
    "CellFormat": "A value of `formats`", "DateFormat": "`date`",
}  # fmt: skip
"""Where the page describes each structure."""


class TestTheFields:
    @pytest.mark.parametrize("name", [*STRUCTURES])
    def test_are_described_each_and_no_others(self, name: str) -> None:
        described, fields = TABLES[PLACES[name]], [*STRUCTURES[name].__struct_fields__]
        if PLACES[name] == FITS:
            other = {"RegressionFit", "ClassificationFit"} - {name}
            assert {*described} == {*fields, *STRUCTURES[other.pop()].__struct_fields__}
        else:
            assert described == fields

    def test_number_of_the_schema_is_the_file_s(self) -> None:
        assert f'`"sheernet-model"`, and {schema.SCHEMA}: the version' in TEXT

    def test_numbers_and_names_are_those_of_a_fit(self) -> None:
        text = section("Fields")
        assert f"more than {MOST_WEIGHTS_WITH_FACTOR} weights" in text
        assert f"at most {MOST_SCORES} of them" in text
        classes = ClassTarget("verdict", (False, True))
        names = {LINEAR, *map(constant_prediction, (number_targets(1), number_targets(2), classes))}
        for name in {*names, *EVALUATIONS, *costs_with_two_outputs()}:
            assert re.search(f'`"?{name}"?`', text), name

    def test_sizes_are_log_densities_in_the_folds(self) -> None:
        """That of the linear model is the figure of the comparison, but for the units of the target."""
        model = fitted_model()
        described = re.search(r"^\| `sizes` \| (for each size.*)", section("Fields"), re.MULTILINE)[
            1
        ]
        assert (
            "mean log density of a row in the folds, in units of the network's targets" in described
        )
        sizes = model.evidence["sizes"]
        in_target_units = {
            key: value - math.log(model.targets.scale[0]) for key, value in sizes.items()
        }
        line = model.comparisons[LINEAR].log_density
        assert in_target_units["0"] == pytest.approx(line, rel=1e-9)

    def test_every_activation_is_there(self) -> None:
        table = section("From a row to a prediction")
        assert set(re.findall(r"^\|.*", table, re.MULTILINE)[0].split()) >= {"activation"}
        for name in sn.activations.ALL:
            assert f"| `{name}` |" in table
