"""A planted fault for each derivative rule: the law that tests the rule must find it.

A fault is one wrong rule, planted in one of three ways: an activation or a cost gets a rule that is off by a millionth;
one expression of a function is changed in its source; or a formula is replaced by the textbook form, which loses its
digits in saturated units.  Each test runs the law twice on the same cases: without the fault it must hold, and with the
fault it must break.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from contracts.cases import HIDDEN, OUTPUTS, random_cases
from contracts.laws import LAWS
from sheernet import activations, costs, propagation
from sheernet.network.structured_matrix import StructuredMatrix
from sheernet.objective import Weighting, location_scale_costs
from sheernet.objective.engines.reference_engine import ReferenceEngine

OFF = 1e-6
COMPLEX_STEP, HESSIAN = "gradient_is_the_complex_step", "hessian_vector_is_exact"
COLUMNS = "each_of_several_vectors_gives_the_bits_of_the_product_with_it"
SMALL = {"width": 3, "rows": 3, "hidden_layers": (2,)}


@dataclass(frozen=True)
class Fault:
    """A wrong rule: its description, how to plant it, the law that must find it, and the cases."""

    what: str
    plant: Callable[[pytest.MonkeyPatch], None]
    law: str
    count: int = 12
    held: dict[str, Any] = field(default_factory=dict)

    def is_found(self) -> bool:
        cases = list(random_cases(5, self.count, **self.held))
        return any(_broken(self.law, case) for case in cases)

    def __str__(self) -> str:
        return self.what


def _broken(law: str, case: Any) -> bool:
    try:
        return LAWS[law].broken(case)
    except ValueError:  # a fault may make shapes that do not fit: that is found too
        return True


def rewrite(owner: Any, name: str, old: str, new: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant the source of a function with one expression changed."""

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        member = inspect.getattr_static(owner, name)
        function = inspect.unwrap(getattr(member, "func", member))
        source = textwrap.dedent(inspect.getsource(function))
        assert source.count(old) == 1, (
            f"{name} was rewritten: {old!r} is not in it (once) anymore; plant another fault"
        )
        planted: dict[str, Any] = {}
        exec(
            compile(source.replace(old, new), f"<{name} with a fault>", "exec"),
            function.__globals__,
            planted,
        )
        if hasattr(planted[name], "__set_name__"):
            planted[name].__set_name__(owner, name)
        monkeypatch.setattr(owner, name, planted[name])

    return plant


# --- rules of activations and of costs: off by a millionth ------------------------------------------


def with_activation(name: str, **rules: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant an activation that has other rules."""

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        wrong = replace(activations.ALL[name], **rules)
        monkeypatch.setitem(activations.ALL, name, wrong)
        monkeypatch.setattr(activations, name, wrong)

    return plant


def with_cost(name: str, **rules: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant a cost that has other rules."""

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(costs.ALL, name, replace(costs.ALL[name], **rules))

    return plant


def off(rule: Any) -> Callable[..., Any]:
    """The rule, wrong by a millionth."""
    return lambda *arguments: rule(*arguments) + OFF


def of_activations() -> list[Fault]:
    faults = []
    for name in (*HIDDEN, "exp"):
        f = activations.ALL[name]
        held = {"hidden": (name,)} if name in HIDDEN else {"output": name, "cost": "squared_error"}
        derivative = with_activation(name, derivative=off(f.derivative))
        second = with_activation(name, second_derivative=off(f.second_derivative))
        faults += [
            Fault(
                f"derivative of {name}",
                derivative,
                COMPLEX_STEP,
                held={"hidden_layers": (1, 2), **held},
            ),
            Fault(f"second derivative of {name}", second, HESSIAN, 3, SMALL | held),
        ]
        if name in OUTPUTS["squared_error"]:
            held = {"hidden_layers": (1,), "output": name, "cost": "squared_error"}
            law = "residuals_give_value_and_gradient"
            faults += [
                Fault(
                    f"derivative of {name} as output, in the gradient",
                    derivative,
                    COMPLEX_STEP,
                    held=held,
                )
            ]
            faults += [
                Fault(f"derivative of {name} as output, in residuals", _slope(), law, held=held)
            ]
    return faults


def _slope() -> Callable[[pytest.MonkeyPatch], None]:
    return rewrite(
        ReferenceEngine, "residuals_and_jacobian", "(root * slope)", f"(root * (slope + {OFF}))"
    )


def of_costs() -> list[Fault]:
    curvature = "gauss_newton_is_the_definition"
    faults = []
    for name in ("squared_error", "huber"):
        cost, held = costs.ALL[name], {"cost": name}
        prime = with_cost(name, rho_prime=off(cost.rho_prime))
        second = with_cost(name, rho_second=off(cost.rho_second))
        faults += [
            Fault(f"delta of {name}", prime, COMPLEX_STEP, held=held),
            Fault(f"delta_tangent of {name}", second, HESSIAN, 3, SMALL | held),
            Fault(f"curvature of {name}", second, curvature, held=held),
        ]
    for name in ("binary_cross_entropy", "poisson"):
        cost, held = costs.ALL[name], {"cost": name}
        delta = with_cost(name, derivative=off(cost.derivative))
        second = with_cost(name, second_derivative=off(cost.second_derivative))
        faults += [
            Fault(f"delta of {name}", delta, COMPLEX_STEP, held=held),
            Fault(f"delta_tangent of {name}", second, HESSIAN, 3, SMALL | held),
            Fault(f"curvature of {name}", second, curvature, held=held),
        ]
    return faults


def with_method(owner: type, name: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant a rule of a class that is off by a millionth."""
    return lambda monkeypatch: monkeypatch.setattr(owner, name, off(getattr(owner, name)))


def with_fisher(owner: type, which: int) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant a Fisher information of which one number is off."""
    right = owner.fisher.fget  # type: ignore[attr-defined]

    def wrong(self: Any) -> tuple[float, ...]:
        return tuple(f + OFF * (k == which) for k, f in enumerate(right(self)))

    return lambda monkeypatch: monkeypatch.setattr(owner, "fisher", property(wrong))


def of_location_scale_costs() -> list[Fault]:
    faults = []
    for name in ("gaussian_nll", "student_t"):
        owner, held = type(costs.ALL[name]), {"cost": name}
        small = SMALL | held
        for of, (delta, tangent) in {
            "": ("weight", "weight_by_location"),
            ", of the scale": ("shortfall", "weight_by_scale"),
        }.items():
            which = len(of) > 0
            wrong_delta, wrong_tangent = with_method(owner, delta), with_method(owner, tangent)
            definition = "gauss_newton_is_the_definition"
            faults += [
                Fault(f"delta of {name}{of}", wrong_delta, COMPLEX_STEP, held=held),
                Fault(f"delta_tangent of {name}{of}", wrong_tangent, HESSIAN, 3, small),
                Fault(f"curvature of {name}{of}", with_fisher(owner, which), definition, held=held),
            ]
    return faults


# --- rules that are lines of code: one expression changed -------------------------------------------


def line(owner: Any, name: str, old: str, new: str, law: str, **held: Any) -> Fault:
    """One expression of one function changed."""
    small = law == HESSIAN
    cases = (
        (SMALL if small else {"hidden_layers": (2,)})
        | {"skip": True, "bias": True, "decay": "number"}
        | held
    )
    label = getattr(owner, "__name__", "").rpartition(".")[2]
    return Fault(
        f"{label}.{name}: {old} -> {new or 'nothing'}",
        rewrite(owner, name, old, new),
        law,
        3 if small else 12,
        cases,
    )


def of_cost_methods() -> list[Fault]:
    residual, logit, softmax = costs.ResidualCost, costs.LogitCost, costs.SoftmaxCost
    curved = {"cost": "squared_error", "output": "tanh"}
    bent = {"cost": "huber", "output": "tanh"}
    of_softmax = {"cost": "cross_entropy"}
    pairs, of_pairs = location_scale_costs.LocationScaleCost, {"cost": "student_t"}
    definition = "gauss_newton_is_the_definition"
    return [
        line(residual, "delta", " * derivative(output)(z)", "", COMPLEX_STEP, **curved),
        line(
            residual,
            "delta_tangent",
            " + self.rho_prime(r) * second",
            "",
            HESSIAN,
            **curved,
        ),
        line(residual, "_curvature", "* slope * slope", "* slope", HESSIAN, **bent),
        line(residual, "delta_tangent", ") * dz", ")", HESSIAN, **bent),
        line(residual, "_curvature", "* slope * slope", "* slope", definition, **curved),
        line(residual, "_curvature", "self.rho_second(r)", "1.0", definition, **bent),
        line(
            logit,
            "delta",
            "self.derivative(z, y)",
            f"{1 + OFF} * self.derivative(z, y)",
            COMPLEX_STEP,
            cost="poisson",
        ),
        line(logit, "delta_tangent", " * dz", "", HESSIAN, cost="binary_cross_entropy"),
        line(
            logit,
            "curvature",
            "self.second_derivative(z, y)",
            "np.ones_like(z)",
            definition,
            cost="poisson",
        ),
        line(pairs, "loss", "0.5 * s", "s", COMPLEX_STEP, **of_pairs),
        line(pairs, "delta", " * u * e", " * u", COMPLEX_STEP, **of_pairs),
        line(pairs, "delta", "0.5 * ", "", COMPLEX_STEP, **of_pairs),
        line(pairs, "delta_tangent", "* e * e", "* e", HESSIAN, **of_pairs),
        line(pairs, "delta_tangent", "-by_scale", "by_scale", HESSIAN, **of_pairs),
        line(pairs, "delta_tangent", "dm + mixed * ds", "dm", HESSIAN, **of_pairs),
        line(pairs, "delta_tangent", "mixed * dm + ", "", HESSIAN, **of_pairs),
        line(pairs, "delta_tangent", "* q * ds", "* ds", HESSIAN, **of_pairs),
        line(pairs, "curvature", "of_location * e * e", "of_location * e", definition, **of_pairs),
        line(pairs, "curvature", ", of_scale)", ", 2.0 * of_scale)", definition, **of_pairs),
        line(softmax, "delta", "p * (1.0 - y)", "p", COMPLEX_STEP, **of_softmax),
        line(softmax, "delta", " - y * _sum_of_others(p)", "", COMPLEX_STEP, **of_softmax),
        line(softmax, "delta_tangent", " - _sum_of_others(p * dz)", "", HESSIAN, **of_softmax),
        line(softmax, "delta_tangent", "_sum_of_others(p) * dz", "dz", HESSIAN, **of_softmax),
        line(softmax, "curvature", "-p[:, :, None]", "0 * p[:, :, None]", definition, **of_softmax),
        line(softmax, "curvature", "p * _sum_of_others(p)", "p", definition, **of_softmax),
    ]


def of_propagation() -> list[Fault]:
    at = propagation
    jacobian = "jacobian_is_the_complex_step"
    back = "back = deltas[0] @ W"
    deltas = "= (deltas[layer] @ W"
    forth = "dz_l = da[-1] @ W"
    f_prime = "back * _derivative(arch, layer - 1, passes)"
    return [
        line(at, "backward", f_prime, "back", COMPLEX_STEP),
        line(at, "backward", back, f"back = {1 + OFF} * deltas[0] @ W", COMPLEX_STEP),
        line(at, "backward", back, "back = deltas[-1] @ W", COMPLEX_STEP, hidden_layers=(3,)),
        line(at, "backward", "deltas = [delta]", "deltas = [-delta]", COMPLEX_STEP),
        line(
            at,
            "backward",
            "back + delta @ S.T",
            "back",
            "input_gradient_is_the_complex_step",
        ),
        line(
            at,
            "backward",
            "elif S is not None",
            "if S is not None",
            "input_gradient_is_the_complex_step",
        ),
        line(
            at,
            "_derivative",
            "derivative(passes.pre_activations[layer])",
            "np.ones_like(passes.activations[layer])",
            COMPLEX_STEP,
        ),
        line(
            at,
            "_derivative",
            "passes.pre_activations[layer]",
            "passes.activations[layer]",
            COMPLEX_STEP,
            hidden=("silu",),
        ),
        line(
            at,
            "_collect",
            "activations[block.source].T",
            f"{1 + OFF} * activations[block.source].T",
            COMPLEX_STEP,
        ),
        line(
            at,
            "_collect",
            "activations[block.source].T",
            f"(1.0 + {OFF} * (block.role == 'skip')) * activations[block.source].T",
            COMPLEX_STEP,
        ),
        line(at, "_collect", ".sum(axis=0)", ".mean(axis=0)", COMPLEX_STEP),
        line(
            at,
            "_collect",
            "delta.sum",
            f"{1 + OFF} * delta.sum",
            COMPLEX_STEP,
        ),
        line(
            at,
            "_collect",
            "activations[block.source].T",
            "activations[block.source].T**2",
            "backward_is_the_jacobian_transposed",
        ),
        line(at, "deltas_of_outputs", " * slope[:, None, :]", "", jacobian),
        line(at, "deltas_of_outputs", deltas, f"= {1 + OFF} * (deltas[layer] @ W", jacobian),
        line(at, "jacobian", "else _outer(", "else (block.role != 'skip') * _outer(", jacobian),
        line(
            at,
            "jacobian",
            "_outer(a[source], delta)",
            "_outer(passes.pre_activations[source], delta)",
            jacobian,
        ),
        line(at, "jacobian", "delta if source", "1.0 if source", jacobian),
        line(at, "_outer", "->nkij", "->nkji", jacobian, width=4),
        line(at, "tangent_forward", forth, "dz_l = 0 * da[-1] @ W", HESSIAN),
        line(
            at,
            "tangent_forward",
            "+ passes.activations[layer - 1] @ dW[",
            "+ 0 * passes.activations[layer - 1] @ dW[",
            HESSIAN,
        ),
        line(at, "tangent_forward", "dz_l + db[layer]", "dz_l", HESSIAN),
        line(at, "tangent_forward", "dz_l + passes.activations[0] @ dS", "dz_l", HESSIAN),
        line(at, "tangent_forward", "_derivative(arch, layer, passes) * dz_l", "dz_l", HESSIAN),
        line(at, "tangent_backward", "ddeltas[0] @ W", "0 * ddeltas[0] @ W", HESSIAN),
        line(at, "tangent_backward", " + delta_l @ dW[layer].T", "", HESSIAN),
        line(at, "tangent_backward", " + back * second * dz", "", HESSIAN),
        line(at, "tangent_backward", "back * second * dz", "back * second", HESSIAN),
        line(
            at, "tangent_backward", "dback * _derivative(arch, layer - 1, passes)", "dback", HESSIAN
        ),
        line(at, "tangent_backward", "bias_input=0.0", "bias_input=1.0", HESSIAN),
        line(at, "tangent_backward", "return of_deltas + of_inputs", "return of_deltas", HESSIAN),
        line(at, "tangent_backward", "return of_deltas + of_inputs", "return of_inputs", HESSIAN),
    ]


def of_the_engine() -> list[Fault]:
    at, structure = ReferenceEngine, StructuredMatrix
    products = "gradient_outer_product_is_the_definition"
    gauss_newton, exact = "gauss_newton_is_the_definition", "value_and_gradient_are_the_definition"
    squared = {"cost": "squared_error"}
    residuals = "residuals_give_value_and_gradient"
    several = {
        "rows": 3,
        "width": 3,
        "weights": "positive",
        "cost": "squared_error",
        "reduction": "mean",
    }
    return [
        line(at, "value_and_gradient", " + self.decay * theta", "", COMPLEX_STEP),
        line(
            at, "value_and_gradient", "self.decay * theta", "2.0 * self.decay * theta", COMPLEX_STEP
        ),
        line(at, "value_and_gradient", "w[:, None] *", "w[:, None] / y.shape[1] *", COMPLEX_STEP),
        line(
            at, "value_and_gradient", "w[:, None] *", "w.mean() *", COMPLEX_STEP, weights="positive"
        ),
        line(at, "_penalty", "0.5 *", "", "terms_are_the_definition"),
        line(at, "_penalty", "0.5 *", "", exact, **several),
        line(at, "_value", "w @ self", "w.mean() * np.ones_like(w) @ self", exact, **several),
        line(at, "complex_value", "0.5 *", "", "complex_value_continues_the_value"),
        line(
            at,
            "gauss_newton",
            "np.diag(self.decay)",
            "np.zeros((self.size, self.size))",
            gauss_newton,
        ),
        line(at, "gauss_newton", "w[rows, None, None] * H", "H", gauss_newton),
        line(
            structure,
            "expanded",
            "].T",
            "].T * 2.0",
            "gauss_newton_is_symmetric_and_positive",
            hidden_layers=(1, 2),
        ),
        line(structure, "add", " += ", " -= ", "gauss_newton_is_symmetric_and_positive"),
        line(
            structure,
            "add",
            "rows.T @",
            f"{1 + OFF} * rows.T @",
            "gauss_newton_is_jacobian_squared",
            **squared,
        ),
        line(
            at,
            "gradient_outer_product",
            "w[rows, None, None]",
            "w[rows, None, None] ** 2",
            products,
        ),
        line(
            at,
            "gradient_outer_product",
            "of_layers[layer][:, None]",
            f"{1 + OFF} * of_layers[layer][:, None]",
            products,
        ),
        line(
            at,
            "gauss_newton",
            "w[rows, None, None] * H",
            "w[rows, None, None] * H * H",
            "gauss_newton_is_the_hessian_of_a_linear_model",
            hidden_layers=(0,),
            cost="poisson",
        ),
        line(at, "hessian_vector", " + self.decay * v", "", HESSIAN),
        line(at, "hessian_vector", "ddelta = w[:, None] *", "ddelta =", HESSIAN, **several),
        line(at, "hessian_vector", "passes, w[:, None] *", "passes, 1.0 *", HESSIAN, **several),
        line(
            at,
            "hessian_vector",
            "tangents, ddelta)",
            f"tangents, ddelta) + {OFF} * np.roll(v, 1)",
            "hessian_is_symmetric_and_linear",
        ),
        line(
            at,
            "hessian_vector",
            "self.decay * v",
            f"self.decay * v + {OFF}",
            "hessian_is_symmetric_and_linear",
        ),
        line(at, "hessian_vector", "= times(column)", "= times(vectors[:, 0].copy())", COLUMNS),
        line(
            at,
            "hessian_vector",
            "= times(column)",
            f"= times(column) * {1 + 1e-15}",
            COLUMNS,
        ),
        line(
            at,
            "residuals_and_jacobian",
            "root = np.sqrt(w)[:, None]",
            "root = w[:, None]",
            residuals,
            **several,
        ),
        line(
            at,
            "residuals_and_jacobian",
            "passes.activations[-1] - y",
            "y - passes.activations[-1]",
            residuals,
            **squared,
        ),
        line(
            at,
            "residuals_and_jacobian",
            "(root_decay * theta)",
            "(self.decay * theta)",
            residuals,
            **squared,
        ),
        line(
            at,
            "residuals_and_jacobian",
            "np.diag(root_decay)",
            "np.diag(self.decay)",
            residuals,
            **squared,
        ),
        line(
            at,
            "gradient_magnitude",
            "w[rows, None]",
            "10.0 * w[rows, None]",
            "gradient_magnitude_is_the_definition",
        ),
        line(
            Weighting, "sample_weights", "/= relative.sum()", "/= len(relative)", exact, **several
        ),
        line(
            Weighting,
            "sample_weights",
            "return self.case_weights",
            "return self.case_weights**2",
            "weights_are_repetitions",
            reduction="sum",
        ),
    ]


# --- formulas that lose their digits ----------------------------------------------------------------


def of_saturation() -> list[Fault]:
    """Textbook forms that are right on paper and rounding noise in a saturated unit."""

    def tanh_prime(z: Any) -> Any:
        return 1.0 - np.tanh(z) ** 2

    def sigmoid_prime(z: Any) -> Any:
        a = activations._sigmoid(z)
        return a * (1.0 - a)

    def binary_delta(z: Any, y: Any) -> Any:
        return activations._sigmoid(z) - y

    wide = {"hidden_layers": (1, 2), "scale": 40.0}
    delta = "p * (1.0 - y) - y * _sum_of_others(p)"
    return [
        Fault(
            "1 - tanh^2",
            with_activation("tanh", derivative=tanh_prime),
            COMPLEX_STEP,
            60,
            wide | {"hidden": ("tanh",)},
        ),
        Fault(
            "a (1 - a)",
            with_activation("sigmoid", derivative=sigmoid_prime),
            COMPLEX_STEP,
            60,
            wide | {"hidden": ("sigmoid",)},
        ),
        Fault(
            "a - y",
            with_cost("binary_cross_entropy", derivative=binary_delta),
            COMPLEX_STEP,
            60,
            wide | {"cost": "binary_cross_entropy"},
        ),
        Fault(
            "p - y",
            rewrite(costs.SoftmaxCost, "delta", delta, "p - y"),
            COMPLEX_STEP,
            60,
            wide | {"cost": "cross_entropy"},
        ),
    ]


FAULTS = [
    *of_activations(),
    *of_costs(),
    *of_location_scale_costs(),
    *of_cost_methods(),
    *of_propagation(),
    *of_the_engine(),
    *of_saturation(),
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_the_law_holds_without_the_fault_and_breaks_with_it(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not fault.is_found(), "these cases break the law as it is: nothing would be shown"
    fault.plant(monkeypatch)
    assert fault.is_found(), f"{fault.law} does not find it"


def test_every_law_of_a_derivative_finds_a_fault() -> None:
    of_behavior = {
        "theta_is_neither_kept_nor_written",
        "returned_arrays_belong_to_the_caller",
        "every_way_to_the_value_gives_the_same_bits",
        "same_theta_gives_the_same_bits_whatever_ran_between",
        "overflow_gives_inf_or_nan_and_never_an_exception",
        "a_weight_of_0_is_no_row",
        "objectives_are_independent",
    }
    assert {fault.law for fault in FAULTS} == set(LAWS) - of_behavior


def test_every_rule_of_every_activation_and_cost_has_its_fault() -> None:
    names = {str(fault) for fault in FAULTS}
    hidden = [f.name for f in activations.ALL.values() if not f.output_only]
    assert {
        f"{rule} of {name}" for name in hidden for rule in ("derivative", "second derivative")
    } <= names
    by_hand = {"cross_entropy"}  # its rules are methods of SoftmaxCost, which have theirs
    rules = ("delta", "delta_tangent", "curvature")
    assert {f"{rule} of {name}" for name in set(costs.ALL) - by_hand for rule in rules} <= names
    assert all(any(f"SoftmaxCost.{rule}" in name for name in names) for rule in rules)
