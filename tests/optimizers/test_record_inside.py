"""As test_record.py, by names that are not published."""

from __future__ import annotations

from sheernet.optimizers.stopping import termination_by
from sheernet.settings.stopping_rules import StoppingRules


class TestTermination:
    def test_the_message_of_a_small_gradient_has_the_tolerance_in_it(self):
        termination = termination_by(StoppingRules(gradient_tolerance=1e-8), "gradient_tolerance")
        assert (
            termination.message
            == "Converged: the largest gradient entry, in standard units, is at most 1e-08."
        )
