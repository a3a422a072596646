"""The surface that people rely on: names, their homes, their documentation, and the code of the README."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

import sheernet as sn

README = Path(__file__).parents[1] / "README.md"
PUBLIC = [
    name
    for name in sn.__all__
    if not isinstance(getattr(sn, name), types.ModuleType) and name != "__version__"
]
PROMISED = {
    "sn": [
        "Architecture",
        "Comparison",
        "EngineUnavailable",
        "GradientMismatch",
        "GradientReport",
        "InvalidInput",
        "Layout",
        "MissingDependency",
        "Model",
        "Network",
        "Problem",
        "ShapeMismatch",
        "Shards",
        "SheernetError",
        "SheernetWarning",
        "Table",
        "Training",
        "__version__",
        "activations",
        "backward",
        "check_gradient",
        "compare",
        "costs",
        "datasets",
        "decay",
        "decay_from",
        "derivatives",
        "engines",
        "faults",
        "fit",
        "foreign",
        "forward",
        "initialize",
        "jobs",
        "load",
        "make_objective",
        "numerical_gradient",
        "optimizers",
        "plots",
        "preprocessing",
        "propagation",
        "read_table",
        "shards",
        "testing",
        "train",
        "weight_decay",
    ],
    "activations": [
        "ALL",
        "Activation",
        "AnyArray",
        "Function",
        "LEAKY_SLOPE",
        "RANGES",
        "exp",
        "get",
        "identity",
        "leaky_relu",
        "log1p",
        "relu",
        "sigmoid",
        "silu",
        "softmax",
        "softplus",
        "tanh",
    ],
    "costs": [
        "ALL",
        "Cost",
        "EPSILON",
        "LogitCost",
        "ResidualCost",
        "SoftmaxCost",
        "binary_cross_entropy",
        "cross_entropy",
        "default_for",
        "derivative",
        "get",
        "huber",
        "poisson",
        "require_pair",
        "second_derivative",
        "squared_error",
    ],
    "datasets": ["Dataset", "load_iris_rows", "load_sleep_study"],
    "decay": ["DecayLike", "as_decay", "decay_from", "weight_decay"],
    "derivatives": [
        "Block",
        "Diagnosis",
        "Entry",
        "GradientEstimate",
        "GradientReport",
        "Power",
        "Problem",
        "StepErrors",
        "check_gradient",
        "check_hessian_vector",
        "check_jacobian",
        "complex_step_gradient",
        "estimate_gradient",
        "noise_level",
        "numerical_gradient",
        "step_errors",
    ],
    "engines": ["ENGINES", "describe", "native", "predict", "resolve"],
    "faults": ["ALL", "Fault", "KINDS", "SETTING", "backpropagation", "problem"],
    "foreign": ["from_object", "from_torch"],
    "initialize": [
        "SCHEMES",
        "Scheme",
        "check_seed",
        "draw",
        "generator",
        "generators",
        "get",
        "glorot",
        "he",
        "identical_hidden_units",
        "lecun",
        "nguyen_widrow",
        "perhaps_identical",
        "symmetric_uniform",
        "uniform",
    ],
    "jobs": ["Fits", "Job", "Status", "fit_jobs"],
    "optimizers": [
        "Best",
        "COLUMNS",
        "Checkpoint",
        "METHODS",
        "Method",
        "Objective",
        "Observer",
        "Record",
        "Row",
        "Run",
        "SCIPY_METHODS",
        "State",
        "Step",
        "Steps",
        "TERMINATIONS",
        "Termination",
        "adam",
        "bfgs",
        "gd",
        "get",
        "lbfgs",
        "lm",
        "minimize",
        "scipy_method",
        "strong_wolfe",
    ],
    "plots": [
        "activation",
        "confusion",
        "cost",
        "gradient_agreement",
        "gradient_errors",
        "network",
        "predicted_against_true",
        "residuals",
        "response_surface",
        "save",
        "starts",
        "step_errors",
        "surface_limits",
    ],
    "preprocessing": ["KINDS", "Scaler"],
    "propagation": [
        "Gradients",
        "Passes",
        "backward",
        "forward",
        "jacobian",
        "tangent_backward",
        "tangent_forward",
    ],
    "testing": ["assert_gradient"],
}
"""Names that are public: `sn.NAME` and `sn.module.NAME`."""
DOCUMENTED = [
    name
    for name in PUBLIC
    if not issubclass(type(getattr(sn, name)), type) or not issubclass(getattr(sn, name), Exception)
]


class TestNames:
    def test_all_of_them_exist(self) -> None:
        for name in sn.__all__:
            assert getattr(sn, name) is not None, name

    def test_are_those_of_the_table_and_the_modules(self) -> None:
        assert dir(sn) == sorted(sn.__all__)
        assert len(set(sn.__all__)) == len(sn.__all__)

    @pytest.mark.parametrize("module", PROMISED)
    def test_those_of_the_first_versions_stay(self, module: str) -> None:
        """The list was made before modules moved into folders; names may join it, but none may leave."""
        place = sn if module == "sn" else getattr(sn, module)
        assert [name for name in PROMISED[module] if not hasattr(place, name)] == []

    def test_that_do_not_exist_are_an_attribute_error(self) -> None:
        with pytest.raises(AttributeError, match="module 'sheernet' has no attribute 'Sheernet'"):
            sn.Sheernet  # noqa: B018

    def test_are_in_the_module_s_own_stub_for_type_checkers(self) -> None:
        source = Path(sn.__file__).read_text()
        block = source[source.index("if TYPE_CHECKING:") : source.index("_MODULES = ")]
        imported = set(
            re.findall(r"\b\w+\b", " ".join(re.findall(r"import ([^\n(]+|\([^)]*\))", block)))
        )
        assert set(sn.__all__) - {"__version__"} <= imported

    def test_a_star_import_brings_them(self) -> None:
        space: dict[str, object] = {}
        exec("from sheernet import *", space)
        assert set(sn.__all__) <= set(space)


class TestDocumentation:
    @pytest.mark.parametrize("name", DOCUMENTED)
    def test_each_has_a_summary_parameters_and_examples(self, name: str) -> None:
        thing = getattr(sn, name)
        text = inspect.getdoc(thing)
        assert re.match(r"\S.*[.:]", text), "a summary line"
        assert "Examples\n--------\n" in text
        assert ">>> " in text
        if inspect.isfunction(thing):
            for parameter in inspect.signature(thing).parameters:
                assert re.search(
                    rf"^(\w+, )*\*{{0,2}}{re.escape(parameter)}(, |\s:|$)", text, re.MULTILINE
                ), parameter
            assert "Returns\n-------\n" in text

    @pytest.mark.parametrize("name", sorted(set(PUBLIC) - set(DOCUMENTED)))
    def test_each_error_says_when_it_is_raised(self, name: str) -> None:
        assert len(getattr(sn, name).__doc__) > 30

    def test_the_reference_lists_each_once_and_nothing_else_of_the_package(self) -> None:
        page = (README.parent / "docs" / "api.md").read_text(encoding="utf-8")
        tables = re.findall(
            r"currentmodule:: ([\w.]+)\n.. autosummary::\n(?:   :.*\n)*\n((?:   \w+\n)+)", page
        )
        listed = [(module, name) for module, names in tables for name in names.split()]
        assert sorted(name for module, name in listed if module == "sheernet") == sorted(
            set(sn.__all__) - {"__version__"}
        )
        assert len(tables) == page.count("autosummary::")
        for module, name in listed:
            assert hasattr(importlib.import_module(module), name), f"{module}.{name}"

    def test_the_package_says_what_it_is(self) -> None:
        assert sn.__doc__.startswith("sheernet: small neural networks")


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = (
        "scipy",
        "pandas",
        "matplotlib",
        "sklearn",
        "rich",
        "typer",
        "msgspec",
        "pyarrow",
        "openpyxl",
    )
    code = f"import sys, sheernet; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(Path(sn.__file__).parents[1])},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"


class TestTheSurface:
    """What outsiders call, as they write it."""

    def test_from_data_to_a_checked_gradient(self) -> None:
        data = sn.datasets.load_sleep_study()
        assert data.X.shape == (3, 2)
        assert data.y.shape == (3, 1)
        X, y = data.scaled
        arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
        net = sn.Network.random(arch, seed=0, scheme="uniform")
        net = sn.Network.from_weights(arch, {"W1": net["W1"], "W2": net["W2"]})
        passes = sn.forward(arch, net.theta, X)
        assert passes.pre_activations[1].shape == (3, 3)
        assert np.array_equal(passes.activations[0], X)
        assert np.array_equal(passes.activations[-1], net.predict(X))
        a = passes.activations[-1]
        delta = (a - y) * a * (1 - a)
        by_hand = sn.backward(arch, net.theta, passes, delta).gradients["W1"]
        z = np.linspace(-10, 10, 5)
        assert (
            sn.activations.sigmoid.value(z).shape
            == sn.activations.sigmoid.derivative(z).shape
            == (5,)
        )
        objective = sn.make_objective(
            arch,
            X,
            y,
            cost="squared_error",
            reduction="sum",
            decay=0.0,
            weights=None,
            engine="auto",
            threads=None,
        )
        value, gradient = objective.value_and_gradient(net.theta)
        assert value == pytest.approx(0.5 * float(np.sum((a - y) ** 2)), rel=1e-14)
        assert np.allclose(gradient[:6].reshape(2, 3), by_hand, rtol=1e-12)
        assert np.allclose(
            sn.numerical_gradient(objective.value, net.theta), gradient, rtol=1e-6, atol=1e-9
        )
        assert sn.check_gradient(objective, net.theta).verdict == "pass"
        names = arch.layout.names
        report = sn.check_gradient(
            objective.value, lambda t: objective.value_and_gradient(t)[1], net.theta, names=names
        )
        assert report.verdict == "pass"
        problem = sn.Problem(objective.value, lambda t: -gradient, net.theta)
        assert sn.check_gradient(problem).verdict == "fail"

    def test_from_a_network_to_pictures(self) -> None:
        X, y = sn.datasets.load_sleep_study().scaled
        arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
        net = sn.Network.random(arch, seed=0, scheme="uniform")
        training = sn.train(net, X, y, method="bfgs", max_iter=200, reduction="sum", starts=1)
        assert isinstance(training.network, sn.Network)
        assert len(training.record["cost"]) == len(training.record)
        assert training.termination.reason
        assert training.objective == pytest.approx(training.record.objective.min(), rel=1e-12)
        for ax in (sn.plots.cost(training), sn.plots.activation("sigmoid"), sn.plots.network(net)):
            assert ax.figure is not None

    def test_from_a_table_to_a_saved_model(self, tmp_path: Path, monkeypatch) -> None:
        monkeypatch.chdir(tmp_path)
        write_scores(tmp_path / "scores.csv")
        table = sn.read_table("scores.csv")
        mapping = {name: table.column(name).to_numpy() for name in table.columns}
        for source in ("scores.csv", table, table.frame, mapping):
            model = sn.fit(source, target="score", hidden=2, starts=1, max_iter=5)
            model.save("model.json")
            assert np.array_equal(sn.load("model.json").predict(source), model.predict(source))

    @pytest.mark.filterwarnings("ignore:the (test|validation) rows are the training rows")
    def test_from_a_table_of_all_kinds_to_labels_and_a_report(self, tmp_path: Path) -> None:
        hours = np.linspace(1.0, 9.0, 40)
        table = {
            "hours": hours, "group": ["day", "night"] * 20, "on": hours % 2 < 1,
            "passed": np.where(hours > 5, "yes", "no"), "count": np.ones(40),
        }  # fmt: skip
        model = sn.fit(
            table, target="passed", inputs=["hours", "group", "on"], weights="count", task="auto", scaling="robust",
            categories=(), rare=0.01, unseen="rare", missing="refuse", held_out=0, validation=table, test=table,
            hidden=2, starts=1, max_iter=20,
        )  # fmt: skip
        assert model.task == "classification"
        assert set(model.predict(table)) == {"no", "yes"}
        assert model.probabilities(table).shape == (40, 2)
        assert list(model.predict_frame(table)) == ["passed", "probability_no", "probability_yes"]
        again = sn.load(model.save(tmp_path / "model.json"))
        assert again.report() == model.report()
        assert again.predict(table).tolist() == model.predict(table).tolist()

    def test_the_code_of_the_package_s_own_docstring_runs(
        self, tmp_path: Path, monkeypatch, capsys
    ) -> None:
        monkeypatch.chdir(tmp_path)
        code = "\n".join(line[4:] for line in sn.__doc__.splitlines() if line.startswith("    "))
        assert "sn.train" in code
        exec(code, {})
        assert "Gradient check: pass" in capsys.readouterr().out
        assert (tmp_path / "cost.png").stat().st_size > 1000


def test_the_readme_begins_with_two_commands_that_need_only_make() -> None:
    first = re.search(
        r"^```\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert [line.split("  ")[0] for line in first[1].splitlines()] == ["make demo", "make test"]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "VISION.md"])
def test_the_links_of_the_pages_outside_of_the_site_lead_to_files(page: str) -> None:
    text = (README.parent / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (README.parent / link).is_file(), link


def write_scores(path: Path) -> None:
    rng = np.random.default_rng(3)
    rows = [
        (a, s, 60 + 2 * a + 3 * s + rng.normal())
        for a, s in zip(rng.uniform(4, 10, 12), rng.uniform(0, 5, 12), strict=True)
    ]
    path.write_text("asleep,studying,score\n" + "".join(f"{a},{s},{y}\n" for a, s, y in rows))
