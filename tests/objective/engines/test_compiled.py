"""Properties of the compiled engine beyond the contract of all engines (tests/contracts): threads, instruction sets,
processes, memory, and accepted types of theta."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import sheernet as sn
from both_engines import SETS
from both_engines import compiled as needs_compiled
from contracts import laws
from contracts.cases import random_cases
from interruption import interrupted

pytestmark = needs_compiled

ARCH = sn.Architecture((2, 3, 1))
X = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]])
Y = np.array([1.0, 0.0, 0.5])
THETA = np.random.default_rng(0).normal(size=ARCH.n_parameters)


@pytest.fixture(params=SETS)
def instructions(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Engines created in a test use this instruction set."""
    monkeypatch.setenv("SHEERNET_INSTRUCTION_SET", request.param)
    return request.param


def problem(sizes: tuple[int, ...], n: int, seed: int = 0, **how: Any) -> tuple[Any, ...]:
    """An architecture, n rows for it, and a theta."""
    arch, rng = sn.Architecture(sizes, **how), np.random.default_rng(seed)
    rows = rng.normal(size=(n, sizes[0])), rng.normal(size=(n, sizes[-1]))
    return arch, *rows, sn.Network.random(arch, seed=seed).theta


def natively(objective: Any, theta: Any) -> dict[str, Any]:
    """The bits of all results of the extension, without large matrices."""
    v = np.random.default_rng(objective.size).normal(size=objective.size)
    calls = laws.evaluations(objective, theta, v)
    V = np.stack([v, v[::-1]], axis=1)
    calls["hessian_vector of a matrix"] = lambda: objective.hessian_vector(theta, V)
    if objective.size > 1000:
        del calls["gauss_newton"], calls["residuals_and_jacobian"]
    return {name: laws.bits(call()) for name, call in calls.items()}


class TestThreads:
    SHAPES: ClassVar[dict[str, tuple[tuple[int, ...], int, dict[str, Any]]]] = {
        "several chunks": ((5, 10, 1), 30_000, {}),
        "several chunks, a short last block": ((5, 10, 1), 29_953, {}),
        "two outputs and skip connections": ((4, 7, 2), 20_011, {"skip": True}),
        "no biases": ((3, 9, 1), 30_001, {"bias": False}),
        "one unit": ((1, 1, 1), 50_007, {}),
        "seven layers": ((6, 5, 4, 3, 5, 6, 7, 2), 9_001, {"hidden": "softplus"}),
        "as many chunks as blocks": ((50, 70, 1), 257, {}),
    } | {f"{n} rows": ((3, 4, 2), n, {}) for n in (1, 7, 8, 9, 127, 128, 129, 130, 257)}  # fmt: skip

    @pytest.mark.parametrize("shape", SHAPES)
    def test_do_not_change_a_bit(self, shape: str, instructions: str) -> None:
        sizes, n, how = self.SHAPES[shape]
        arch, inputs, targets, theta = problem(sizes, n, **how)
        weights = np.random.default_rng(1).uniform(0.5, 2.0, n)
        expected = None
        for threads in (1, 2, 3, 7):
            objective = sn.make_objective(
                arch,
                inputs,
                targets,
                weights=weights,
                decay=0.01,
                engine="compiled",
                threads=threads,
            )
            assert (objective.threads, objective.instruction_set) == (threads, instructions)
            for _ in range(2):
                found = natively(objective, theta)
                expected = expected or found
                assert found == expected

    def test_one_in_a_worker_of_joblib(self) -> None:
        """Its processes get OMP_NUM_THREADS, so that they do not compete for processors."""
        joblib = pytest.importorskip("joblib")
        workers = joblib.Parallel(n_jobs=2, backend="loky")(
            joblib.delayed(_threads_of_an_objective)() for _ in range(2)
        )
        assert workers == [max(1, joblib.cpu_count() // 2)] * 2

    def test_of_python_evaluate_at_the_same_time(self) -> None:
        """Two threads evaluate one object at different thetas: scratch memory is not shared."""
        arch, inputs, targets, theta = problem((5, 10, 1), 5_000)
        for threads in (1, 2):
            objective = sn.make_objective(arch, inputs, targets, engine="compiled", threads=threads)
            thetas = [theta * factor for factor in np.linspace(-2.0, 2.0, 40)]
            expected = [natively(objective, t) for t in thetas]
            with ThreadPoolExecutor(4) as pool:
                assert list(pool.map(lambda t: natively(objective, t), thetas)) == expected  # noqa: B023

    def test_of_python_run_during_an_evaluation(self) -> None:
        """The GIL is released: this thread runs during the evaluation of the other."""
        arch, inputs, targets, theta = problem((20, 64, 64, 1), 100_000)
        objective = sn.make_objective(arch, inputs, targets, engine="compiled", threads=1)
        for method in ("value", "value_and_gradient", "terms"):
            seen: list[float] = []
            done = threading.Event()
            with ThreadPoolExecutor(1) as pool:
                evaluation = pool.submit(_timed, getattr(objective, method), theta, done)
                while not done.wait(0.0005):
                    seen.append(time.perf_counter())
            began, ended = evaluation.result()
            third = (ended - began) / 3
            assert any(began + third < moment < ended - third for moment in seen), method


def _timed(evaluate: Any, theta: np.ndarray, done: threading.Event) -> tuple[float, float]:
    began = time.perf_counter()
    evaluate(theta)
    ended = time.perf_counter()
    done.set()
    return began, ended


def _threads_of_an_objective() -> int:
    return sn.make_objective(ARCH, X, Y, engine="compiled").threads


class TestInstructionSets:
    def test_give_the_same_bits_whatever_ran_between(self, instructions: str) -> None:
        """Law 4."""
        for case in [*random_cases(53, 200), *random_cases(54, 50, width=9, rows=40)]:
            objective, twin = case.objective("compiled"), case.objective("compiled", threads=3)
            expected = natively(objective, case.theta)
            for other in (0.0 * case.theta, -3.0 * case.theta, np.full_like(case.theta, 1e200)):
                natively(objective, other)
                twin.value_and_gradient(other)
                assert natively(objective, case.theta) == expected, case
                assert natively(twin, case.theta) == expected, case

    @pytest.mark.parametrize("name", sorted(laws.LAWS))
    def test_keep_every_law(self, name: str, instructions: str) -> None:
        in_many_digits = "definition" in name or "exact" in name
        held = {"width": 3, "rows": 3} if in_many_digits else {}
        laws.check(name, random_cases(55, 15, **held), "compiled")

    def test_an_unavailable_one_is_refused(self, monkeypatch) -> None:
        monkeypatch.setenv("SHEERNET_INSTRUCTION_SET", "avx9")
        with pytest.raises(
            sn.InvalidInput,
            match=r"SHEERNET_INSTRUCTION_SET is 'avx9', but this machine supports .*baseline; unset it",
        ):
            sn.make_objective(ARCH, X, Y, engine="compiled")
        assert sn.make_objective(ARCH, X, Y, engine="reference").engine == "reference"


class TestOverTheEdge:
    def test_overflow_begins_at_the_same_point_as_in_the_reference(self, instructions: str) -> None:
        """Law 6, except at the few points where a fused a b + c is finite and the product alone is not."""
        engines = ("compiled", "reference")
        cases, apart = list(random_cases(57, 200)), 0
        for case, factor in product(cases, (1e2, 1e5, 1e80, 1e160, 1e250)):
            (f, g), (f_r, g_r) = (
                case.objective(engine).value_and_gradient(factor * case.theta) for engine in engines
            )
            apart += np.isfinite(f) != np.isfinite(f_r)
            apart += np.isfinite(g).all() != np.isfinite(g_r).all()
        assert apart <= 0.025 * 10 * len(cases)

    @pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
    def test_non_finite_results_stay_non_finite(self, bad: float, instructions: str) -> None:
        objective = sn.make_objective(ARCH, X, Y, decay=0.1, engine="compiled")
        for p in range(objective.size):
            theta = THETA.copy()
            theta[p] = bad
            assert not np.isfinite(objective.value(theta))
            assert not np.isfinite(objective.value_and_gradient(theta)[1]).all()

    def test_padding_overflows_only_if_a_row_of_the_data_does(self, instructions: str) -> None:
        """relu(b - 2 b x) is 0 at x = 1; for a row of zeros it would be infinite two layers later."""
        arch = sn.Architecture((1,) * 5, hidden="relu", bias=(True, False, False, False))
        theta = np.array([-2e110, 1e110, 1e110, 1e110, 1.0])
        for n in (1, 7, 9):
            both = [
                sn.make_objective(arch, np.ones((n, 1)), np.ones(n), engine=engine)
                for engine in ("compiled", "reference")
            ]
            (f, g, G), (f_r, g_r, G_r) = (objective.gauss_newton(theta) for objective in both)
            assert np.allclose([f, f_r], 0.5, rtol=1e-15)
            assert g.tolist() == g_r.tolist() == [0.0] * 5
            assert np.allclose(G, G_r, rtol=1e-15, atol=0.0)


class TestTheta:
    """Arguments are accepted, converted or refused as by the reference engine."""

    GIVEN: ClassVar[dict[str, Any]] = {
        "a list": THETA.tolist(),
        "a tuple": tuple(THETA.tolist()),
        "float32": THETA.astype(np.float32),
        "whole numbers": np.arange(THETA.size),
        "every other entry of an array": np.repeat(THETA, 2)[::2],
        "reversed": THETA[::-1],
        "of the other byte order": THETA.astype(THETA.dtype.newbyteorder()),
        "not aligned": np.frombuffer(b"\0" + THETA.tobytes(), np.uint8)[1:].view(np.float64),
        "a memoryview": memoryview(THETA),
        "masked nowhere": np.ma.array(THETA),
        "Booleans": THETA > 0,
        "texts of numbers": [str(number) for number in THETA],
    }
    REFUSED: ClassVar[dict[str, Any]] = {
        "too short": np.zeros(3),
        "too long": np.zeros(99),
        "a number": 1.0,
        "a column": THETA[:, None],
        "a row": THETA[None, :],
        "complex": THETA + 0j,
        "texts": ["a"] * THETA.size,
        "masked": np.ma.array(THETA, mask=THETA > 0),
        "dates": np.zeros(THETA.size, "datetime64[s]"),
        "ragged": [[1.0], [1.0, 2.0]],
        "nothing": None,
    }

    @pytest.fixture
    def both(self) -> list[Any]:
        return [
            sn.make_objective(ARCH, X, Y, engine=engine) for engine in ("compiled", "reference")
        ]

    @pytest.mark.parametrize("given", GIVEN)
    def test_is_converted(self, given: str, both: list[Any]) -> None:
        ours, reference = both
        expected = natively(ours, np.array(self.GIVEN[given], dtype=np.float64))
        assert natively(ours, self.GIVEN[given]) == expected
        assert ours.value(self.GIVEN[given]) == pytest.approx(
            reference.value(self.GIVEN[given]), rel=1e-13
        )

    @pytest.mark.parametrize(
        "method", sorted(laws.evaluations(sn.make_objective(ARCH, X, Y), THETA, THETA))
    )
    @pytest.mark.parametrize("given", REFUSED)
    def test_is_refused_in_the_same_sentence(
        self, given: str, method: str, both: list[Any]
    ) -> None:
        others = {"hessian_vector": [THETA], "input_gradient": [X]}.get(method, [])
        assert _same_refusal(both, method, self.REFUSED[given], *others)

    @pytest.mark.parametrize("given", sorted(set(REFUSED) - {"a column"}))
    def test_a_direction_is_refused_under_its_own_name(self, given: str, both: list[Any]) -> None:
        said = _same_refusal(both, "hessian_vector", THETA, self.REFUSED[given])
        assert said.startswith("v ")

    @pytest.mark.parametrize("given", ["in Fortran order", "float32", "lists"])
    def test_a_matrix_of_directions_is_converted(self, given: str, both: list[Any]) -> None:
        V = np.stack([THETA, THETA[::-1], X.sum() * THETA], axis=1).astype(np.float32)  # (P, 3)
        expected = [objective.hessian_vector(THETA, V.astype(np.float64)) for objective in both]
        others = {
            "in Fortran order": np.asfortranarray(V, np.float64),
            "float32": V,
            "lists": V.tolist(),
        }
        for objective, columns in zip(both, expected, strict=True):
            assert laws.bits(objective.hessian_vector(THETA, others[given])) == laws.bits(columns)
        assert np.allclose(*expected, rtol=1e-12)

    def test_a_matrix_of_directions_of_another_length_is_refused(self, both: list[Any]) -> None:
        said = _same_refusal(both, "hessian_vector", THETA, np.zeros((3, 2)))
        assert said == (
            "v has shape (3, 2) but the network has 13 parameters: (13,), or (13, m) for m vectors"
        )
        _same_refusal(both, "hessian_vector", THETA, np.zeros((13, 1, 1)))

    def test_that_cannot_be_written_is_taken_as_it_is(self, both: list[Any]) -> None:
        theta = THETA.copy()
        theta.flags.writeable = False
        assert natively(both[0], theta) == natively(both[0], THETA)

    def test_is_not_kept(self, both: list[Any]) -> None:
        theta, converted = THETA.copy(), THETA.astype(np.float32)
        before = sys.getrefcount(theta), sys.getrefcount(converted)
        for _ in range(3):
            natively(both[0], theta)
            natively(both[0], converted)
        assert (sys.getrefcount(theta), sys.getrefcount(converted)) == before
        theta.resize(2)  # NumPy refuses while a view of it exists

    def test_gives_new_arrays_that_may_be_kept_and_written(self, both: list[Any]) -> None:
        ours = both[0]
        arrays = [ours.value_and_gradient(THETA)[1] for _ in range(3)]
        arrays += [array for _ in range(2) for array in ours.gauss_newton(THETA)[1:]]
        arrays += [ours.hessian_vector(THETA, THETA) for _ in range(2)]
        arrays += [array for _ in range(2) for array in ours.residuals_and_jacobian(THETA)]
        arrays += [ours.gradient_magnitude(THETA) for _ in range(2)]
        arrays += [ours.input_gradient(THETA, X) for _ in range(2)]
        for array in arrays:
            assert type(array) is np.ndarray
            assert (array.flags.writeable, array.flags.c_contiguous, array.flags.aligned) == (
                True,
            ) * 3
            assert array.flags.owndata
        assert not any(np.shares_memory(a, b) for a, b in product(arrays, arrays) if a is not b)

    def test_is_the_only_argument(self, both: list[Any]) -> None:
        for arguments in ((), (THETA, THETA)):
            with pytest.raises(TypeError):
                both[0].value(*arguments)
        assert both[0].value(theta=THETA) == both[0].value(THETA)


class TestHessianTimesManyVectors:
    def test_has_the_bits_of_single_products(self, instructions: str) -> None:
        """So many columns that their sums are computed in several passes."""
        arch, inputs, targets, theta = problem((50, 70, 1), 300)
        objective = sn.make_objective(arch, inputs, targets, decay=0.1, engine="compiled")
        V = np.random.default_rng(2).normal(size=(objective.size, 75))  # 36 at once
        together = objective.hessian_vector(theta, V)
        for j in (0, 1, 35, 36, 71, 72, 74):
            alone = objective.hessian_vector(theta, np.ascontiguousarray(V[:, j]))
            assert laws.bits(together[:, j]) == laws.bits(alone), j

    def test_is_ended_by_a_signal(self) -> None:
        """Python's handler runs during the call, and its exception ends it."""
        arch, inputs, targets, theta = problem((20, 64, 64, 1), 20_000)
        objective = sn.make_objective(arch, inputs, targets, engine="compiled", threads=1)
        V = np.ones((objective.size, 2000))  # some minutes
        with pytest.raises(KeyboardInterrupt), interrupted(after=0.1):
            objective.hessian_vector(theta, V)


class TestJacobian:
    def test_of_another_cost_is_refused_in_the_same_sentence(self) -> None:
        both = [
            sn.make_objective(ARCH, X, Y, cost="huber", engine=engine)
            for engine in ("compiled", "reference")
        ]
        assert "needs cost 'squared_error'" in _same_refusal(both, "residuals_and_jacobian", THETA)


class TestGaussNewton:
    SHAPES: ClassVar[dict[str, tuple[tuple[int, ...], str]]] = {
        "few weights": ((1, 8, 1), "identity"),
        "one layer": ((3, 2), "identity"),
        "a column at a time": ((210, 3, 1), "identity"),
        "many rows and columns": ((30, 24, 2), "identity"),
        "more columns than a group": ((2, 25, 25, 1), "identity"),
        "classes": ((4, 5, 3), "softmax"),
        "many classes": ((3, 4, 17), "softmax"),
    }

    @pytest.mark.parametrize("name", SHAPES)
    def test_is_that_of_the_reference(self, name: str, instructions: str) -> None:
        """Sums are computed in another way for other numbers of inputs and units."""
        sizes, output = self.SHAPES[name]
        arch, rng = sn.Architecture(sizes, output=output), np.random.default_rng(1)
        rows, labels = (
            rng.normal(size=(150, sizes[0])),
            np.eye(sizes[-1])[rng.integers(sizes[-1], size=150)],
        )
        theta = sn.Network.random(arch, seed=2).theta
        found, expected = (
            sn.make_objective(arch, rows, labels, decay=0.1, engine=engine).gauss_newton(theta)[2]
            for engine in ("compiled", "reference")
        )
        assert laws.relative(found - expected, np.abs(expected).max()) <= 1e-13

    def test_of_several_chunks_shares_a_pass_and_no_bit_changes(self, instructions: str) -> None:
        arch, rng = sn.Architecture((4, 5, 3), output="softmax"), np.random.default_rng(1)
        rows, labels = rng.normal(size=(20_000, 4)), np.eye(3)[rng.integers(3, size=20_000)]
        theta = sn.Network.random(arch, seed=2).theta
        one, two = (
            sn.make_objective(arch, rows, labels, engine="compiled", threads=n) for n in (1, 2)
        )
        value, gradient, matrix = one.gauss_newton(theta)
        for objective in (one, two):
            assert laws.bits(objective.value_and_gradient(theta)) == laws.bits((value, gradient))
            assert laws.bits(objective.gauss_newton(theta)) == laws.bits((value, gradient, matrix))


class TestManyClasses:
    def test_the_gauss_newton_matrix_is_that_of_the_reference(self, instructions: str) -> None:
        arch = sn.Architecture((3, 4, 135), output="softmax")
        rng = np.random.default_rng(1)
        rows, labels = rng.normal(size=(20, 3)), np.eye(135)[rng.integers(135, size=20)]
        theta = sn.Network.random(arch, seed=2).theta
        found, expected = (
            sn.make_objective(arch, rows, labels, decay=0.1, engine=engine).gauss_newton(theta)[2]
            for engine in ("compiled", "reference")
        )
        assert laws.relative(found - expected, np.abs(expected).max()) <= 1e-13


class TestInputGradient:
    def test_of_other_inputs_is_that_of_the_reference(self, instructions: str) -> None:
        for case in random_cases(59, 50):
            ours, reference = case.objective("compiled"), case.objective("reference")
            other = ours.inputs[::-1] + 0.5  # neither in C order nor the data
            found, expected = (o.input_gradient(case.theta, other) for o in (ours, reference))
            scale = np.abs(expected).max() + laws.UNSEEN
            assert laws.relative(found - expected, scale) <= 1e-12, case

    def test_of_a_table_of_another_shape_is_refused(self) -> None:
        objective = sn.make_objective(ARCH, X, Y, engine="compiled")
        for wrong in (X[:2], X[:, :1], X.T):
            with pytest.raises(ValueError, match=r"X must have shape \(\d, \d\), but has shape"):
                objective.input_gradient(THETA, wrong)


class TestPredictions:
    @pytest.mark.parametrize("output", ["identity", "sigmoid", "silu", "exp", "softmax"])
    def test_of_a_row_are_the_same_bits_in_any_table(self, output: str, instructions: str) -> None:
        arch, inputs, _, theta = problem((3, 9, 2), 300, output=output, skip=True)
        whole = sn.engines.predict(arch, theta, inputs)
        for n in (1, 2, 7, 8, 9, 127, 128, 129, 257):
            for start in (0, 43):
                rows = slice(start, start + n)
                found = sn.engines.predict(arch, theta, inputs[rows])
                assert found.tobytes() == whole[rows].tobytes()

    def test_of_activations_of_your_own_are_those_of_the_forward_pass(self) -> None:
        sine = sn.activations.Activation("sine", np.sin, np.cos, None, "sin(z)", "-")
        arch = sn.Architecture((2, 3, 1), hidden=sine)
        outputs = sn.forward(arch, THETA, X).activations[-1]
        assert sn.engines.predict(arch, THETA, X).tobytes() == outputs.tobytes()


def _same_refusal(objectives: list[Any], method: str, *arguments: Any) -> str:
    """The errors of all objectives for the arguments."""
    said = set()
    for objective in objectives:
        with pytest.raises((sn.InvalidInput, sn.ShapeMismatch)) as caught:
            getattr(objective, method)(*arguments)
        said.add((caught.type, str(caught.value)))
    assert len(said) == 1
    return said.pop()[1]


class TestReplace:
    @pytest.mark.parametrize("reduction", ["sum", "mean"])
    def test_a_weight_of_0_is_a_row_left_out_bit_for_bit(
        self, reduction: str, instructions: str
    ) -> None:
        arch, inputs, targets, theta = problem((3, 4, 2), 300)
        weights = np.random.default_rng(0).integers(0, 3, 300).astype(float)
        kept = weights > 0
        how = {"reduction": reduction, "engine": "compiled"}
        objective = sn.make_objective(arch, inputs, targets, **how).replace(weights=weights)
        left = sn.make_objective(arch, inputs[kept], targets[kept], weights=weights[kept], **how)
        assert objective.n_samples == kept.sum()
        assert natively(objective, theta) == natively(left, theta)
        assert np.array_equal(objective.inputs, inputs[kept])

    def test_keeps_the_threads(self) -> None:
        objective = sn.make_objective(ARCH, X, Y, engine="compiled", threads=3)
        assert objective.replace(decay=1.0).threads == 3

    def test_a_pickle_keeps_rows_of_weight_0_and_the_threads(self) -> None:
        objective = sn.make_objective(
            ARCH, X, Y, weights=[1.0, 0.0, 2.0], decay=0.5, engine="compiled", threads=3
        )
        twin = pickle.loads(pickle.dumps(objective))
        assert (twin.threads, twin.n_samples) == (3, 2)
        assert natively(twin, THETA) == natively(objective, THETA)
        assert natively(twin.replace(weights=[1.0] * 3), THETA) == natively(
            objective.replace(weights=[1.0] * 3), THETA
        )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("threads", [1, 2])
def test_works_in_a_forked_child(threads: int) -> None:
    """Independent of earlier evaluations in the parent, because threads end with each evaluation."""
    arch, inputs, targets, theta = problem((5, 10, 1), 30_000)
    objective = sn.make_objective(arch, inputs, targets, engine="compiled", threads=threads)
    for _ in range(2):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.write(writing, objective.value_and_gradient(theta)[1].tobytes())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            found = pipe.read()
        assert os.waitpid(child, 0)[1] == 0
        assert found == objective.value_and_gradient(theta)[1].tobytes()


def test_small_objects_of_many_kinds_come_and_go() -> None:
    """The memory of an engine is freed with it, in any order."""
    for case in random_cases(58, 30):
        objective = case.objective("compiled")
        value = objective.value(case.theta)
        other = objective.replace(decay=2.0)
        del objective
        assert np.isfinite(other.value(case.theta))
        assert other.replace(decay=case.decay).value(case.theta) == value


MEMORY = """
import re
import sys
from pathlib import Path

import numpy as np
import sheernet as sn

def memory(kind):  # resource.getrusage would count what the parent of this process had
    return 1024 * int(re.search(kind + r":\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])

n = int(sys.argv[1])
arch = sn.Architecture((20, 64, 64, 1))
rng = np.random.default_rng(0)
X, y = np.empty((n, 20)), rng.normal(size=n)
for rows in range(0, n, 10_000):
    X[rows : rows + 10_000] = rng.normal(size=(min(10_000, n - rows), 20))
theta = sn.Network.random(arch, seed=0).theta
sn.make_objective(arch, X[:9], y[:9], engine="compiled", threads=2).value(theta)  # all imports
before = memory("VmRSS")
objective = sn.make_objective(arch, X, y, engine="compiled", threads=2)
for _ in range(3):
    objective.value_and_gradient(theta)
print((memory("VmHWM") - before) / X.nbytes)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the memory")
def test_takes_no_more_memory_than_one_and_a_quarter_of_the_inputs() -> None:
    """In addition to the inputs, 20 columns; benchmarks/memory.py measures a whole fit of a million rows."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, "300000"], capture_output=True, text=True, check=True
    )
    assert 0.9 < float(done.stdout) <= 1.25


LEFT = """
import ctypes, gc, re
from pathlib import Path
import numpy as np
import sheernet as sn

def resident():
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return 1024 * int(re.search(r"VmRSS:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])

rng = np.random.default_rng(0)
X, y = rng.normal(size=(2000, 10)), rng.normal(size=2000)

def matrix(hidden):
    arch = sn.Architecture((10, hidden, 1))
    objective = sn.make_objective(arch, X, y, engine="compiled", threads=1)
    return len(objective.gauss_newton(np.zeros(arch.n_parameters))[2])

matrix(2)  # all imports
before = resident()
size = matrix(100)
print((resident() - before) / (8 * size * size))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the memory")
def test_a_thread_keeps_no_matrix() -> None:
    """Part of a matrix, at its first sums; the Jacobian of a block, here a tenth, is kept for later evaluations."""
    done = subprocess.run([sys.executable, "-c", LEFT], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.5


HELD = """
import ctypes
import sheernet as sn

held = sn.make_objective(sn.Architecture((1, 1)), [0.0, 1.0], [1.0, 2.0], engine="compiled")
ctypes.pythonapi.Py_IncRef(ctypes.py_object(held))
"""


def test_exit_with_live_objectives_is_silent() -> None:
    """For example in a cycle that the garbage collector must not collect."""
    done = subprocess.run([sys.executable, "-c", HELD], capture_output=True, text=True, check=True)
    assert done.stderr == ""
