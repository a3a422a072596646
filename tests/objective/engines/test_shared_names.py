"""Names and constants that C++ and Python share are exported by the extension and equal to Python's."""

from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest

import sheernet as sn
from both_engines import compiled
from sheernet.network import compiled_extension
from sheernet.optimizers import (
    COLUMNS,
    METHODS,
    TERMINATIONS,
    hybrid,
    line_search,
    lm,
    newton_step,
    optimizer_protocol,
    stopping,
    termination_check,
)
from sheernet.training.jobs import compiled_fits


@compiled
class TestTheExtension:
    def test_names_every_activation_and_every_cost(self) -> None:
        assert set(compiled_extension.NATIVE.ACTIVATIONS) == set(sn.activations.ALL)
        assert set(compiled_extension.NATIVE.COSTS) == set(sn.costs.ALL)

    def test_names_the_terminations_and_the_columns_of_the_record(self) -> None:
        assert set(compiled_extension.NATIVE.REASONS) == set(TERMINATIONS)
        assert compiled_extension.NATIVE.COLUMNS == COLUMNS

    def test_names_the_methods_that_jobs_run_in_cpp(self) -> None:
        assert set(compiled_extension.NATIVE.METHODS) == set(compiled_fits.METHODS) <= set(METHODS)

    def test_names_the_scalings_of_lm(self) -> None:
        assert compiled_extension.NATIVE.SCALINGS == sys.modules[lm.__module__].SCALINGS

    def test_has_the_slope_of_leaky_relu(self) -> None:
        assert compiled_extension.NATIVE.LEAKY_SLOPE == sn.activations.LEAKY_SLOPE

    def test_has_the_constants_of_the_optimizers(self) -> None:
        python = {
            "EPS": optimizer_protocol.EPS,
            "CURVATURE": line_search.CURVATURE,
            "MAX_TRIALS": line_search.MAX_TRIALS,
            "SMALLEST_SHARE": stopping.SMALLEST_SHARE,
        }
        module = sys.modules[lm.__module__]
        of_lm = (
            *("MIN_DAMPING", "MAX_DAMPING", "NEGLIGIBLE", "WINDOW", "SLOW", "MIN_GAIN"),
            *("MAX_TOLERANCE", "MIN_TOLERANCE", "UNDAMPED", "CONVERGED", "SMALLEST", "LARGEST"),
        )
        python |= {name: getattr(module, name) for name in of_lm}
        module = sys.modules[hybrid.__module__]
        of_hybrid = ("TAU", "PLAIN_STEPS", "ITERATIONS", "ITERATIONS_PER_PARAMETER", "C1", "C2")
        python |= {name: getattr(module, name) for name in of_hybrid}
        python |= {
            name: getattr(newton_step, name)
            for name in ("CURVATURE_LIMIT", "LENGTH_ALONG_CURVATURE")
        }
        names = (
            "MAX_PRODUCTS",
            "TOLERANCE",
            "INFLUENCE",
            "NOTABLE_FALL",
            "EQUAL",
            "FAR",
            "SMALLEST",
            "FLAT",
            "SHORTEST",
            "SHORTENED",
        )
        limits = ("SMALLEST_HESSIAN", "LARGEST_HESSIAN")
        python |= {
            f"LAST_CHECK_{name}": getattr(termination_check, name) for name in (*names, *limits)
        }
        assert python == compiled_extension.NATIVE.CONSTANTS

    @pytest.mark.parametrize("method", compiled_fits.METHODS)
    def test_states_have_the_fields_of_the_python_states(self, method: str) -> None:
        objective = sn.make_objective(
            sn.Architecture((1, 2, 1)), [[0.0], [1.0], [2.0]], [0.0, 1.0, 0.0]
        )
        start = np.linspace(-1.0, 1.0, objective.size)
        fits = sn.jobs.fit_jobs(objective, [sn.jobs.Job(start)], method, max_iter=2)
        checkpoint = fits.run(0).state
        fields = vars(checkpoint)["fits"].state(0).keys()
        expected = {field.name for field in dataclasses.fields(METHODS[method].state)}
        state = checkpoint.state
        if method == "hybrid":
            state = state.phase
            expected |= {field.name for field in dataclasses.fields(state)} - {"phase"}
            expected -= {"phase"}
        if method in ("lm", "hybrid"):
            expected |= {field.name for field in dataclasses.fields(state.model)} - {"model"}
            expected -= {"model"}
        assert fields == expected

    def test_refuses_another_method(self) -> None:
        objective = sn.make_objective(sn.Architecture((1, 1)), [[0.0]], [0.0])
        with pytest.raises(ValueError, match="unknown method: gd"):
            compiled_extension.NATIVE.fit(
                [objective],
                [objective.standard_units],
                None,
                np.zeros((1, 2)),
                {},
                {"method": "gd"},
                print,
            )
