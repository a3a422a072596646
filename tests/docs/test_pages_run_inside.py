"""As test_pages_run.py, by names that are not published."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from docs.test_pages_run import MATHEMATICS, MATLAB, R, blocks, matlab_function
from random_models import HIDDEN, OUTPUTS, number_targets, random_model
from sheernet.apps import cli
from sheernet.data.targets import ClassTarget
from sheernet.statistics import JohnsonTransform

FIGURE = re.compile(r"^print\(.*\)  # (\[?-?\d.*)$", re.MULTILINE)


def run_page(page: str) -> dict[str, Any]:
    """Run the programs and commands of a page in their order; the variables of its programs."""
    space: dict[str, Any] = {}
    for kind, code in blocks(page, "python", "sh"):
        if kind == "python":
            exec(compile(code, page, "exec"), space)
            continue
        for line in code.splitlines():
            program, *arguments = shlex.split(line)
            assert program == "sheernet"
            assert cli.run(arguments) == 0, line
    return space


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")  # notices about small tables
class TestProgramsAndCommands:
    def test_of_the_page_for_r(self, folder: Path, capsys) -> None:
        space = run_page(R)
        said = capsys.readouterr().out
        figures = [found for _, code in blocks(R, "python") for found in FIGURE.findall(code)]
        assert len(figures) == 6
        for figure in figures:
            assert figure in said
        assert space["lower"] < space["volume"][0] < space["upper"]
        assert {path.name for path in folder.iterdir()} == {
            "trees.csv", "trees-fit", "predicted.csv", "trees-select"
        }  # fmt: skip

    def test_of_the_page_about_large_data(self, folder: Path, capsys) -> None:
        pytest.importorskip("pyarrow")
        run_page("large-data.md")
        assert "\n15000\n" in capsys.readouterr().out
        assert {path.name for path in folder.iterdir()} == {
            "data", "data-fit", "model.json", "predicted", "predicted-again", "stopped", "tested"
        }  # fmt: skip

    def test_of_the_page_for_matlab(self, folder: Path, capsys) -> None:
        space = run_page(MATLAB)
        assert "Better than the linear model" in capsys.readouterr().out
        assert space["test_mse"] < 0.01
        assert space["best"] == space["record"].validation_cost.argmin()
        np.testing.assert_array_equal(space["again"].theta, space["training"].network.theta)
        assert (folder / "plotperform.png").stat().st_size > 5000

    def test_of_the_mathematics(self) -> None:
        """They compare the formulas with sheernet by themselves."""
        assert "found" in run_page(MATHEMATICS)


SHAPES = [
    *(((2, 3, 2, 2), hidden, "identity") for hidden in HIDDEN),
    *(((3, 2, 2), "tanh", output) for output in OUTPUTS if output != "softmax"),
    ((2, 1), (), "identity"),
]


class TestOctave:
    def predictions(self, model: sn.Model, x: np.ndarray, folder: Path) -> np.ndarray:
        program = shutil.which("octave-cli")
        if program is None:
            pytest.skip("no octave-cli is here")
        model.save(folder / "model.json")
        np.savetxt(folder / "x.csv", x, fmt="%.17g", delimiter=",")
        (folder / "sheernet_predict.m").write_text(matlab_function(), encoding="utf-8")
        command = "dlmwrite('y.csv', sheernet_predict('model.json', dlmread('x.csv')), 'precision', '%.17g')"
        subprocess.run([program, "--norc", "--eval", command], cwd=folder, check=True)
        return np.loadtxt(folder / "y.csv", delimiter=",", ndmin=2)

    @pytest.mark.parametrize(("sizes", "hidden", "output"), SHAPES)
    def test_the_function_predicts_what_the_model_does(
        self, sizes: tuple[int, ...], hidden: Any, output: str, tmp_path: Path
    ) -> None:
        bias = (False, *(True for _ in sizes[2:]))
        arch = sn.Architecture(sizes, hidden, output, bias=bias, skip=len(sizes) > 2)
        model = random_model(arch, seed=len(output), members=2)
        x = np.random.default_rng(0).normal(size=(sizes[0], 5))
        found = self.predictions(model, x, tmp_path)
        expected = model.predict({f"input {i}": row for i, row in enumerate(x)})
        np.testing.assert_allclose(found.T, expected.reshape(5, -1), rtol=1e-12, atol=1e-12)

    def test_probabilities_of_classes(self, tmp_path: Path) -> None:
        arch = sn.Architecture((2, 3, 3), "tanh", "softmax")
        model = random_model(arch, targets=ClassTarget("kind", ("a", "b", "c")))
        x = np.random.default_rng(0).normal(size=(2, 4))
        found = self.predictions(model, x, tmp_path)
        expected = model.probabilities({f"input {i}": row for i, row in enumerate(x)})
        np.testing.assert_allclose(found.T, expected, rtol=1e-12)

    @pytest.mark.parametrize(("outputs", "cost"), [(2, "squared_error"), (4, "gaussian_nll")])
    def test_transformed_targets(self, outputs: int, cost: str, tmp_path: Path) -> None:
        arch = sn.Architecture((2, 3, outputs), "tanh")
        model = random_model(arch, cost=cost, targets=number_targets(2))
        transform = JohnsonTransform((-0.5, 0.2), (0.8, 1.5), (0.1, -0.3), (0.9, 1.1))
        model = replace(model, members=(replace(model.members[0], transform=transform),))
        x = np.random.default_rng(0).normal(size=(2, 4))
        found = self.predictions(model, x, tmp_path)
        expected = model.predict({f"input {i}": row for i, row in enumerate(x)})
        np.testing.assert_allclose(found.T, expected, rtol=1e-12)

    def test_locations_of_a_cost_with_two_outputs(self, tmp_path: Path) -> None:
        arch = sn.Architecture((2, 3, 2), "tanh")
        model = random_model(arch, cost="gaussian_nll", targets=number_targets(1))
        x = np.random.default_rng(0).normal(size=(2, 4))
        found = self.predictions(model, x, tmp_path)
        expected = model.predict({f"input {i}": row for i, row in enumerate(x)})
        np.testing.assert_allclose(found, expected[None], rtol=1e-12)
