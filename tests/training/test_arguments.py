"""Arguments of the wrong kind are refused with a sentence before any training, in every public function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from sheernet.optimizers import minimize
from sheernet.training import fit_objective

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 2))
Y = X[:, 0] + 0.1 * rng.normal(size=30)
ARCH = sn.Architecture((2, 3, 1))
NET = sn.Network.random(ARCH, seed=0)
HUGE = 10**400
MASKED = np.ma.masked_equal([1.0, 2.0], 2.0)


def train(**given: Any) -> Any:
    return sn.train(NET, X, Y, **{"max_iter": 2, **given})


def fit(**given: Any) -> Any:
    return sn.fit(X, Y, **{"hidden": 2, "starts": 1, "max_iter": 2, "decay": 1e-3, **given})


def compare(**given: Any) -> Any:
    return sn.compare(X, Y, **{"hidden": 2, "starts": 1, "max_iter": 2, "methods": ["lm"], **given})


def make(**given: Any) -> Any:
    return sn.make_objective(ARCH, X, Y, **given)


def jobs(**given: Any) -> Any:
    return sn.jobs.fit_jobs(make(), [sn.jobs.Job(NET.theta)], "lm", **{"max_iter": 2, **given})


def several(**given: Any) -> Any:
    return fit_objective(make(), [NET.theta], "lm", **{"max_iter": 2, **given})


def run(**given: Any) -> Any:
    return minimize(make(), NET.theta, **{"method": "lm", "max_iter": 2, **given})


def architecture(**given: Any) -> Any:
    return sn.Architecture(**{"sizes": (2, 3, 1), **given})


Call = Callable[..., Any]
EVERY_FIT: tuple[Call, ...] = (train, fit, compare, jobs, several, run)


def refused(call: Call, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(sn.InvalidInput, match=sentence):
        call(**given)


class TestWholeNumbers:
    @pytest.mark.parametrize("call", [train, fit, compare, make])
    def test_threads(self, call: Call) -> None:
        call(threads=np.int64(2))
        for given, shown in [(2**40, str(2**40)), (HUGE, "a whole number of 401 digits")]:
            words = f"threads must be a whole number from 1 to 1024, or None, but {shown} was given"
            refused(call, {"threads": given}, words)

    def test_threads_of_blas(self) -> None:
        for call in (jobs, several):
            refused(call, {"threads": 2**40}, "threads must be a whole number from 1 to 1024, but")
            refused(call, {"threads": "2"}, "threads must be a whole number of at least 1, but '2'")

    @pytest.mark.parametrize("call", EVERY_FIT)
    def test_more_evaluations_than_can_be_counted(self, call: Call) -> None:
        name = "max_evaluations"
        words = f"{name} must be a whole number from . to {2**63 - 1}.* but a whole number of 401 digits"
        refused(call, {name: HUGE}, words)

    @pytest.mark.parametrize("call", [train, fit, compare])
    def test_starts_that_do_not_fit_in_memory(self, call: Call) -> None:
        words = r"the initial weights of 1000000000000 starts need \d+ TB, and .*; lower starts"
        refused(call, {"starts": 10**12}, words)
        refused(call, {"starts": HUGE}, "starts must be a whole number from 1 to")

    def test_seeds_may_be_large(self) -> None:
        assert sn.Network.random(ARCH, seed=2**128).theta.size == 13

    def test_widths(self) -> None:
        refused(architecture, {"sizes": (2, HUGE, 1)}, "sizes must be at most 9223372036854775807")
        refused(
            architecture, {"sizes": (2, 10**5000, 1)}, "a tuple with a number of too many digits"
        )
        for hidden in (HUGE, [2, HUGE]):
            refused(fit, {"hidden": hidden}, "hidden must be the number of units of each layer")
        wide = sn.Architecture((2, 2**40, 1))
        for call in (lambda: sn.Network.random(wide), lambda: sn.make_objective(wide, X, Y)):
            refused(call, {}, "a network of 4398046511105 weights does not fit in memory")


class TestNumbers:
    @pytest.mark.parametrize(
        ("method", "name"),
        [("lm", "tau"), ("gd", "learning_rate"), ("adam", "learning_rate"), ("adam", "epsilon")],
    )
    @pytest.mark.parametrize("given", ["0.1", None, True, 1j, [0.1], np.array([0.1, 0.2]), HUGE])
    @pytest.mark.parametrize("call", [train, run])
    def test_positive_options(self, call: Call, method: str, name: str, given: Any) -> None:
        words = f"{name} must be positive and finite, but .* was given"
        refused(call, {"method": method, name: given}, words)

    @pytest.mark.parametrize("method", ["bfgs", "lbfgs"])
    @pytest.mark.parametrize("name", ["c1", "c2"])
    @pytest.mark.parametrize("given", ["0.1", None, True, 1j, [0.1], np.array([0.1, 0.2]), HUGE])
    def test_constants_of_the_line_search(self, method: str, name: str, given: Any) -> None:
        words = "c1 and c2 must satisfy 0 < c1 < c2 < 1, but c1=.* and c2=.* were given"
        refused(train, {"method": method, name: given}, words)

    @pytest.mark.parametrize(
        "name", ["time_limit", "target", "gradient_tolerance", "cost_tolerance"]
    )
    def test_larger_than_a_float(self, name: str) -> None:
        refused(train, {name: HUGE}, f"{name} must be a number.*, but a whole number of 401 digits")

    def test_shares_larger_than_a_float(self) -> None:
        for name in ("beta1", "beta2"):
            refused(
                train, {"method": "adam", name: HUGE}, f"{name} must be a number from 0 to below 1"
            )
        words = "momentum must be a number from 0 to 1, but"
        refused(train, {"method": "gd", "momentum": HUGE}, words)

    def test_thresholds_of_huber(self) -> None:
        for given in ("a", True, HUGE):
            words = "the threshold of huber must be a positive number, but .* was given"
            refused(sn.costs.huber, {"threshold": given}, words)

    def test_a_decay_is_not_a_flag(self) -> None:
        refused(make, {"decay": True}, "decay must be a number, a vector or a mapping")


class TestFlags:
    @pytest.mark.parametrize(
        ("call", "name"),
        [
            *((call, "keep_path") for call in EVERY_FIT),
            *((call, name) for call in (train, fit, compare, several) for name in ("progress", "check")),
            (jobs, "only_best"), (architecture, "bias"), (architecture, "skip"),
        ],
    )  # fmt: skip
    def test_are_true_or_false(self, call: Call, name: str) -> None:
        for given in (2, "no", None, np.array([True, False])):
            refused(call, {name: given}, f"{name} must be True or False, but .* was given")
        call(**{name: np.True_})

    def test_of_gd(self) -> None:
        refused(
            train, {"method": "gd", "nesterov": "no"}, "nesterov must be True or False, but 'no'"
        )

    def test_of_each_layer(self) -> None:
        assert architecture(bias=[True, np.False_]).bias == (True, False)
        refused(architecture, {"bias": [1, 0]}, "bias must be True or False, but 1 was given")


class TestObjects:
    @pytest.mark.parametrize("call", EVERY_FIT)
    @pytest.mark.parametrize("given", [3, "ab", [3]])
    def test_observers(self, call: Call, given: Any) -> None:
        refused(call, {"observers": given}, "observers must be a sequence of functions.* was given")

    @pytest.mark.parametrize("given", [3, NET])
    def test_a_run_to_resume(self, given: Any) -> None:
        words = f"resume must be a Training, .* but {type(given).__name__} was given"
        refused(train, {"resume": given}, words)

    def test_validation(self) -> None:
        refused(run, {"validation": 3}, "validation must be a function of theta, but 3 was given")
        refused(jobs, {"validation": 3}, "validation must be an objective, .* but 3 was given")

    def test_jobs(self) -> None:
        for given in (3, "a", [NET.theta]):
            with pytest.raises(sn.InvalidInput, match="jobs must be a sequence of Job, but"):
                sn.jobs.fit_jobs(make(), given, "lm")  # type: ignore[arg-type]

    def test_names(self) -> None:
        for call in (train, fit):
            refused(call, {"scheme": ["glorot"]}, "scheme .* is not recognized")
            refused(call, {"method": 3}, "method 3 is not recognized")
        refused(compare, {"methods": 3}, "methods must be names of methods, but 3 was given")


class TestMaskedValues:
    IN_LISTS: tuple[Any, ...] = ([MASKED, [1.0, 2.0]], ([1.0, np.ma.masked], [1.0, 2.0]))

    @pytest.mark.parametrize("rows", IN_LISTS)
    def test_within_lists_are_refused(self, rows: Any) -> None:
        with pytest.raises(sn.InvalidInput, match="X has masked values; fill or drop these rows"):
            sn.make_objective(ARCH, rows, [1.0, 2.0])
        with pytest.raises(sn.InvalidInput, match="theta has masked values"):
            sn.make_objective(sn.Architecture((2, 1), bias=False), X, Y).value(rows[0])

    @pytest.mark.parametrize("rows", IN_LISTS)
    def test_within_lists_are_missing_in_a_table(self, rows: Any) -> None:
        words = "the table has missing values in 1 column: 'x2' .1 value, in data row 1."
        with pytest.raises(sn.InvalidInput, match=words):
            sn.fit(rows, [1.0, 2.0], missing="refuse")

    def test_masked_nowhere_is_allowed(self) -> None:
        rows = [np.ma.array([1.0, 2.0]), [3.0, 4.0]]
        assert sn.make_objective(ARCH, rows, [1.0, 2.0]).n_samples == 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sn.train(ARCH, X, Y), r"train needs a Network, but Architecture was given; Network\.random"),
        (lambda: sn.make_objective(NET, X, Y), "make_objective needs an Architecture, but Network was given"),
        (lambda: sn.compare(NET, X, Y), "compare needs a table and the name of its target, or X and y, but a Network"),
    ],
    ids=["train", "make_objective", "compare"],
)  # fmt: skip
def test_a_network_and_an_architecture_are_not_mistaken_for_each_other(call, message) -> None:
    with pytest.raises(sn.InvalidInput, match=message):
        call()
