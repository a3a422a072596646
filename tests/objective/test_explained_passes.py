"""`explain`: its numbers are those of the passes, and each worked sum gives the number that it explains."""

from __future__ import annotations

import math

import numpy as np
import pytest

import sheernet as sn
from sheernet import propagation

X, Y = sn.datasets.load_sleep_study().scaled
NOTEBOOK = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
NET = sn.Network.random(NOTEBOOK, seed=0, scheme="uniform")

ARCHITECTURES = {
    "notebook": (NOTEBOOK, "squared_error"),
    "biases and skip": (sn.Architecture((2, 3, 2, 1), skip=True), "huber"),
    "softmax": (sn.Architecture((2, 3, 2), output="softmax"), "cross_entropy"),
    "logistic": (sn.Architecture((2, 2, 1), output="sigmoid"), "binary_cross_entropy"),
    "exp": (sn.Architecture((2, 2, 1), output="exp"), "poisson"),
    "two outputs per target": (sn.Architecture((2, 3, 2)), "gaussian_nll"),
    "linear": (sn.Architecture((2, 1)), "squared_error"),
    "relu": (sn.Architecture((2, 9, 1), hidden="relu"), "squared_error"),
}
TARGETS = {"cross_entropy": [[0.0, 1.0], [1.0, 0.0], [0.25, 0.75]]}


def explained(name: str, **options: object) -> sn.Explanation:
    arch, cost = ARCHITECTURES[name]
    net = sn.Network.random(arch, seed=3)
    return sn.explain(net, X, TARGETS.get(cost, Y), cost=cost, **options)


def entries(explanation: sn.Explanation) -> list[str]:
    """The name of every number that can be worked out."""
    names = []
    for quantity in explanation.quantities:
        if quantity.kind in ("z", "a", "delta", "gradient"):
            for place in np.ndindex(quantity.array.shape):
                index = list(place)
                if quantity.kind != "gradient":
                    index[0] += explanation.rows[0]
                names.append(f"{quantity.name}[{','.join(map(str, index))}]")
    return names


def value_of(work) -> float:
    """The sum of the products, computed again."""
    if work.function == "softmax":
        exponentials = [math.exp(z) for (z,) in work.terms]
        return exponentials[int(work.formula.split()[1])] / math.fsum(exponentials)
    if work.function:
        ((z,),) = work.terms
        formulas = {
            "sigmoid": lambda z: 1 / (1 + math.exp(-z)), "tanh": math.tanh, "exp": math.exp,
            "identity": lambda z: z, "relu": lambda z: max(z, 0.0),
        }  # fmt: skip
        return formulas[work.function](z)
    return math.fsum(map(math.prod, work.terms)) * math.prod(work.factors)


class TestNumbers:
    """They equal those of the passes bit for bit, and the notebook's formulas."""

    def test_are_those_of_forward_and_backward(self) -> None:
        passes = sn.forward(NOTEBOOK, NET.theta, X)
        delta = (passes.activations[-1] - Y) * NOTEBOOK.activations[-1].derivative(
            passes.pre_activations[-1]
        )
        gradients = propagation.backward(NOTEBOOK, NET.theta, passes, delta)
        explanation = sn.explain(NET, X, Y, reduction="sum")
        for layer in (1, 2):
            for symbol, arrays in (
                ("z", passes.pre_activations), ("a", passes.activations), ("delta", gradients.deltas),
            ):  # fmt: skip
                assert np.array_equal(explanation[f"{symbol}_{layer}"], arrays[layer])
            assert np.array_equal(explanation[f"dJ/dW_{layer}"], gradients.gradients[f"W{layer}"])

    def test_are_those_of_the_notebook_in_its_names(self) -> None:
        W_1, W_2 = NET["W1"], NET["W2"]

        def sigmoid(z):
            return 1 / (1 + np.exp(-z))

        def sigmoid_prime(z):
            return np.exp(-z) / (1 + np.exp(-z)) ** 2

        z_2 = X @ W_1
        a_2 = sigmoid(z_2)
        z_3 = a_2 @ W_2
        y_hat = sigmoid(z_3)
        delta_3 = -(Y - y_hat) * sigmoid_prime(z_3)
        delta_2 = delta_3 @ W_2.T * sigmoid_prime(z_2)
        expected = {
            "z_2": z_2, "a_2": a_2, "z_3": z_3, "y_hat": y_hat, "a_3": y_hat, "delta_3": delta_3, "delta_2": delta_2,
            "dJ_dW_2": a_2.T @ delta_3, "dJdW1": X.T @ delta_2, "X": X, "y": Y, "W_1": W_1,
        }  # fmt: skip
        explanation = sn.explain(NET, X, Y, numbering="videos", reduction="sum")
        for name, array in expected.items():
            assert np.allclose(explanation[name], array, rtol=1e-14, atol=1e-16), name
        assert explanation.worked("J").value == pytest.approx(0.5 * ((Y - y_hat) ** 2).sum())

    @pytest.mark.parametrize("reduction", ["mean", "sum"])
    @pytest.mark.parametrize("name", ARCHITECTURES)
    def test_derivatives_are_those_of_the_objective(self, name: str, reduction: str) -> None:
        arch, cost = ARCHITECTURES[name]
        explanation = explained(name, reduction=reduction)
        objective = sn.make_objective(
            arch, X, TARGETS.get(cost, Y), cost=cost, reduction=reduction, engine="reference"
        )
        value, gradient = objective.value_and_gradient(explanation.network.theta)
        assert np.array_equal(explanation.gradients.vector, gradient)
        assert explanation.worked("J").value == value

    @pytest.mark.parametrize("name", ARCHITECTURES)
    def test_of_the_rows_add_up_to_those_of_all(self, name: str) -> None:
        rows = [explained(name, row=n) for n in range(3)]
        together = explained(name)
        total = sum(row.gradients.vector for row in rows)
        assert np.allclose(total, together.gradients.vector, rtol=1e-13, atol=1e-15)
        assert sum(row.worked("J").value for row in rows) == pytest.approx(
            together.worked("J").value, rel=1e-14
        )
        for n, row in enumerate(rows):
            last = explained(name).passes.activations[-1][n]
            assert np.allclose(row["y_hat"], last, rtol=1e-14)


class TestWorkedSums:
    @pytest.mark.parametrize("options", [{}, {"reduction": "sum"}, {"row": 1}], ids=str)
    @pytest.mark.parametrize("name", ARCHITECTURES)
    def test_each_gives_its_number(self, name: str, options: dict) -> None:
        explanation = explained(name, **options)
        for entry in ["J", *entries(explanation)]:
            work = explanation.worked(entry)
            assert value_of(work) == pytest.approx(work.value, rel=1e-11, abs=1e-15), entry

    def test_are_written_with_letters_and_numbers(self) -> None:
        net = sn.Network.from_weights(
            NOTEBOOK, {"W1": [[0.5, -1.0, 0.0], [1.0, 2.0, 0.0]], "W2": [[2.0], [-1.0], [0.0]]}
        )
        explanation = sn.explain(net, [[0.0, 0.0]], [0.5], numbering="videos", reduction="sum")
        # z_2 = 0, a_2 = 1/2, z_3 = (2 - 1) / 2
        assert str(explanation.worked("z_3[0,0]")) == (
            "z_3[0,0] = a_2[0,0] * W_2[0,0] + a_2[0,1] * W_2[1,0] + a_2[0,2] * W_2[2,0] "
            "= 0.5*2 + 0.5*(-1) + 0.5*0 = 0.5"
        )
        assert (
            str(explanation.worked("a_2[0,1]")) == "a_2[0,1] = sigmoid(z_2[0,1]) = sigmoid(0) = 0.5"
        )
        y_hat = 1 / (1 + math.exp(-0.5))
        slope = y_hat * (1 - y_hat)
        delta = (y_hat - 0.5) * slope
        assert str(explanation.worked("delta_3[0,0]")) == (
            "delta_3[0,0] = (y_hat[0,0] - y[0,0]) * sigmoid'(z_3[0,0]) "
            f"= ({y_hat:.4g} - 0.5) * {slope:.4g} = {delta:.6g}"
        )
        assert str(explanation.worked("delta_2[0,1]")) == (
            f"delta_2[0,1] = delta_3[0,0] * W_2[1,0] * sigmoid'(z_2[0,1]) = {delta:.4g}*(-1) * 0.25 = {-delta / 4:.6g}"
        )
        assert str(explanation.worked("dJdW2[1,0]")) == (
            f"dJ/dW_2[1,0] = sum over rows of a_2[n,1] * delta_3[n,0] = 0.5*{delta:.4g} = {delta / 2:.6g}"
        )

    def test_name_the_reduction(self) -> None:
        net = sn.Network.from_weights(sn.Architecture((1, 1), bias=False), {"W1": [[1.0]]})
        explanation = sn.explain(net, [1.0, 3.0], [0.0, 1.0])
        assert str(explanation.worked("delta_1[1,0]")) == (
            "delta_1[1,0] = (a_1[1,0] - y[1,0]) * identity'(z_1[1,0]) * 1/2 = (3 - 1) * 1 * 0.5 = 1"
        )
        assert str(explanation.worked("J")) == (
            "J = mean over rows of (a - y)^2 / 2 = 0.5*0.5 + 0.5*2 = 1.25"
        )

    def test_of_many_terms_the_first_are_written(self) -> None:
        net = sn.Network.from_weights(sn.Architecture((9, 1), bias=False), {"W1": np.ones((9, 1))})
        text = str(sn.explain(net, np.ones((1, 9)), [0.0]).worked("z_1[0,0]"))
        assert text.count("1*1") == 6
        assert text.count("... 3 more") == 2
        assert text.endswith(" = 9")

    def test_a_row_may_be_left_out_if_there_is_one(self) -> None:
        explanation = explained("notebook", row=2)
        assert explanation.worked("z_1[1]") == explanation.worked("z_1[2,1]")

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            (
                "z_1",
                r"'z_1' is not an entry of z_1: write z_1\[i,j\], first index 0 to 2, second index 0 to 2",
            ),
            ("z_1[3,0]", "first index 0 to 2"),
            ("z_1[0,3]", "second index 0 to 2"),
            ("dJ/dW_1[2,0]", "first index 0 to 1"),
            ("W_1[0,0]", "W_1 is given, not computed"),
            ("z_3[0,0]", "quantity of numbering 'layers' 'z_3' is not recognized"),
        ],
    )
    def test_others_are_refused(self, name: str, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            explained("notebook").worked(name)


class TestTables:
    def test_have_each_number_in_the_line_of_its_array(self) -> None:
        explanation = sn.explain(NET, X, Y, numbering="videos", reduction="sum")
        lines = repr(explanation).splitlines()
        start = next(i for i, line in enumerate(lines) if line.startswith("delta_2"))
        for n in range(3):
            numbers = [float(cell) for cell in lines[start + n].split("row")[1].split()[1:]]
            assert np.allclose(numbers, explanation["delta_2"][n], rtol=1e-5)
        assert [line.split()[1] for line in lines if line.startswith("layer")] == ["1", "2", "3"]

    def test_of_one_row_name_the_row(self) -> None:
        text = repr(explained("notebook", row=1))
        assert "J of row 1 = 1/3 * ((a - y)^2 / 2) = " in text
        assert "row 1" in text
        assert "row 0" not in text

    def test_of_wide_layers_and_long_tables_count_what_is_left_out(self) -> None:
        net = sn.Network.random(sn.Architecture((1, 20, 1)))
        text = repr(sn.explain(net, np.arange(9.0), np.arange(9.0)))
        assert "12 more units" in text
        assert "... 3 more" in text
        assert "... 14 more" in text

    def test_html_has_the_same_cells(self) -> None:
        explanation = explained("biases and skip")
        html = explanation._repr_html_()
        assert html.count("<table>") == 4
        for word in ("dJ/db_1", "dJ/dS", "bias", f"{explanation['z_2'][1, 1]:.6g}"):
            assert f">{word}<" in html, word


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"row": 3}, "row must be a whole number from 0 to 2"),
        ({"row": -1}, "row must be a whole number"),
        ({"numbering": "video"}, "numbering 'video' is not recognized; did you mean 'videos'"),
        ({"reduction": "total"}, "reduction 'total' is not recognized"),
        ({"cost": "cross_entropy"}, "cross_entropy"),
    ],
)
def test_arguments_are_checked(options: dict, message: str) -> None:
    with pytest.raises(sn.InvalidInput, match=message):
        sn.explain(NET, X, Y, **options)


def test_a_training_is_not_a_network() -> None:
    with pytest.raises(
        sn.InvalidInput, match=r"explain needs a Network, but .* pass training.network"
    ):
        sn.explain(NOTEBOOK, X, Y)
