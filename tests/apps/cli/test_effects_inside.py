"""As test_effects.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from apps.cli.test_effects import MODEL
from command_lines import Run

pytestmark = pytest.mark.usefixtures("fitted")


class TestExplain:
    def test_of_many_rows_have_standard_deviations_if_they_are_asked_for(
        self, run: Run, monkeypatch
    ) -> None:
        explain = ("predict", MODEL, "scores.csv", "--explain", "--json")
        whole = run(*explain)
        n_rows = len(pd.read_csv("scores.csv"))
        monkeypatch.setattr("sheernet.apps.cli.predict_command.MOST_STD", n_rows - 1)
        plain = run(*explain)
        assert plain.document["result"]["columns"] == [
            name for name in whole.document["result"]["columns"] if not name.endswith("_std")
        ]
        (notice,) = plain.document["notes"]
        assert notice == (
            f"the contributions to {n_rows} predictions have no standard deviations, which would take most of the "
            "time; give --std for them"
        )
        asked = run(*explain, "--std").document
        assert asked["result"]["columns"][2:] == whole.document["result"]["columns"][1:]
        assert not whole.document["notes"] + asked["notes"]

    def test_of_many_rows_of_classes_have_them_too(self, run: Run, monkeypatch) -> None:
        x = np.tile([0.5, 2.0, 3.0, 5.5, 4.0], 10)
        table = pd.DataFrame({"x": x, "c": np.where(np.arange(50) % 3 + x > 3.5, "high", "low")})
        table.to_csv("classes.csv", index=False)
        sn.fit("classes.csv", "c", hidden=0, decay=0.1, starts=1).save("classes.json")
        monkeypatch.setattr("sheernet.apps.cli.predict_command.MOST_STD", 0)
        explain = ("predict", "classes.json", "classes.csv", "--explain", "--json")
        (notice,) = run(*explain).document["notes"]
        assert notice.endswith("give --std for them")
        asked = run(*explain, "--std").document["result"]["columns"]
        assert [name for name in asked if name.endswith("_std")] == ["contribution_x_std"]
        assert run(*explain[:3], "--std").code == 2

    def test_of_a_model_of_unknown_uncertainty_have_no_notice(self, run: Run, monkeypatch) -> None:
        model = sn.fit("scores.csv", "score", hidden=2, starts=1, max_iter=20, cost="huber")
        model.save("huber.json")
        monkeypatch.setattr("sheernet.apps.cli.predict_command.MOST_STD", 0)
        found = run("predict", "huber.json", "scores.csv", "--explain", "--json").document
        assert "contribution_asleep" in found["result"]["columns"]
        assert not [note for note in found["notes"] if "--std" in note]
