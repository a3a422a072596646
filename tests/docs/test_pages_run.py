"""Pages for users of R and MATLAB, and the mathematics: their programs and commands run and give the figures shown.

R runs where Rscript and nnet are, the MATLAB function where Octave is.
"""

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn

for package in ("matplotlib", "pandas"):
    pytest.importorskip(package)

DOCS = Path(__file__).parents[2] / "docs"
R, MATLAB, MATHEMATICS = "coming-from/r.md", "coming-from/matlab.md", "mathematics.md"
NNET = Path(__file__).parents[1] / "training" / "nnet" / "nnet.json"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def blocks(page: str, *languages: str) -> list[tuple[str, str]]:
    """Language and code of each block in one of the languages."""
    return [(kind, code) for kind, code in BLOCK.findall(text(page)) if kind in languages]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def nnet_is_here() -> bool:
    command = ["Rscript", "-e", "stopifnot(requireNamespace('nnet', quietly = TRUE))"]
    return (
        shutil.which("Rscript") is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


class TestR:
    def test_prints_its_figures(self, folder: Path) -> None:
        if not nnet_is_here():
            pytest.skip("no Rscript with nnet is here")
        program = "".join(code for _, code in blocks(R, "r"))
        (folder / "page.R").write_text(program, encoding="utf-8")
        run = subprocess.run(["Rscript", "page.R"], capture_output=True, text=True, check=True)
        figures = re.findall(r"\)\s+# ([\d. ]+)$", program, re.MULTILINE)
        assert len(figures) == 5
        for figure in " ".join(figures).split():
            assert figure in run.stdout

    def test_a_network_with_skip_connections_becomes_the_same_network(self) -> None:
        """The order of nnet's weights, by the fitted values of nnet."""
        fitted = json.loads(NNET.read_text(encoding="utf-8"))["skip"]
        (code,) = (c for _, c in blocks(R, "python") if "def theta_from_nnet" in c)
        space: dict[str, Any] = {"np": np}
        exec(code[: code.index("\n\n\n")], space)
        X = np.array(fitted["X"])
        arch = sn.Architecture((X.shape[1], 1, 1), hidden="sigmoid", skip=True)
        theta = space["theta_from_nnet"](fitted["weights"], X.shape[1], 1, 1)
        np.testing.assert_allclose(sn.Network(arch, theta).predict(X), fitted["fitted"], atol=1e-10)

    def test_the_tables_have_every_argument_of_nnet(self) -> None:
        """Of nnet.default and nnet.formula in nnet 7.3-20, apart from `...`."""
        arguments = (
            "formula data x y weights subset na.action contrasts size Wts mask linout entropy softmax censored skip "
            "rang decay maxit Hess trace MaxNWts abstol reltol"
        )
        table = text(R).partition("## Arguments of nnet")[2].partition("| value of nnet")[0]
        cells = set(re.findall(r"`([\w.]+)`", " ".join(re.findall(r"^\|([^|]*)\|", table, re.M))))
        assert cells == set(arguments.split())


@functools.cache
def matlab_function() -> str:
    (code,) = (code for _, code in blocks(MATLAB, "matlab") if code.startswith("function"))
    return code


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

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_missing_values_are_filled_as_the_model_fills_them(self, tmp_path: Path) -> None:
        table = {
            "a": [1.0, 2.0, None, 4.0, 6.0] * 4,
            "b": np.arange(20.0) ** 2,
            "y": np.arange(20.0),
        }
        model = sn.fit(table, "y", hidden=2, decay=1e-2, starts=1, missing="impute", held_out=0)
        x = np.array([[np.nan, 3.0], [25.0, 30.0]])
        expected = model.predict({"a": [None, 3.0], "b": x[1]})
        found = self.predictions(model, x, tmp_path)
        np.testing.assert_allclose(found.ravel(), expected, rtol=1e-12)


@pytest.mark.parametrize("spread", [[[2.0]], [[2.0, 10.0]], [[3.0, 1.0, 0.2]]])
def test_the_regularization_of_matlab_has_the_same_optimum(spread: Any) -> None:
    """The gradient of (1 - 0.1) mse + 0.1 msw, with mse in the units of the targets, is zero at the optimum."""
    rng = np.random.default_rng(0)
    A = rng.uniform(-1, 1, (42, 2))
    y = (np.sin(3 * A[:, :1] + np.arange(len(spread[0]))) + A[:, 1:]) * spread + 5
    arch = sn.Architecture((2, 3, len(spread[0])), hidden="tanh", output="identity")
    targets = sn.preprocessing.Scaler.minmax(y, -1, 1)
    net = sn.Network.random(arch, seed=0)
    decay = sn.decay_from("matlab", 0.1, arch, n=42)
    (code,) = (code for _, code in blocks(MATLAB, "python") if "decay_of_common" in code)
    space = {"sn": sn, "arch": arch, "targets": targets, "net": net, "A": A, "y": y, "decay": decay}
    exec(code, space | {"training_rows": np.arange(42)}, found := {})
    theta = found["regularized"].network.theta.copy()
    for name in ("W2", "b2"):
        arch.layout.views(theta)[name] *= found["common"] / targets.scale

    def performance(theta: Any) -> float:
        errors = targets.inverse(sn.Network(arch, theta).predict(A)) - y
        return float(0.9 * np.mean(errors**2) + 0.1 * np.mean(theta**2))

    steps = 1e-4 * np.eye(len(theta))
    gradient = [(performance(theta + step) - performance(theta - step)) / 2e-4 for step in steps]
    shares = 0.2 * np.abs(theta) / len(theta)  # of msw in the gradient
    assert np.abs(gradient).max() < 1e-3 * shares.max()


@pytest.mark.parametrize("page", [R, MATLAB, MATHEMATICS])
def test_every_name_of_sheernet_on_the_page_exists(page: str) -> None:
    for dotted in set(re.findall(r"\bsn((?:\.\w+)+)", text(page))):
        found: Any = sn
        for name in dotted[1:].split("."):
            found = getattr(found, name)
