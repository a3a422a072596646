"""decay="evidence": the decay comes from the data, and the model, its report and its file tell of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sheernet.models.fitting.size_search import fit_of_best_size

import sheernet as sn
from models.fitting.tables import quickly, table
from random_models import replaced
from sheernet.models.fitting import prepare
from sheernet.optimizers import Termination
from sheernet.settings.fit_settings import FitSettings


def noisy(rows: int = 120, seed: int = 0) -> dict[str, np.ndarray]:
    """A straight line in four columns, with as much noise as signal."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 4))
    y = 10.0 + 3.0 * (X @ [1.0, -1.0, 0.5, 0.0] + 1.5 * rng.normal(size=rows))
    return {**{f"x{i}": X[:, i] for i in range(4)}, "y": y}


@pytest.fixture(scope="module")
def model() -> sn.Model:
    return sn.fit(noisy(), "y", decay="evidence", hidden=8, starts=4)


class TestTheFit:
    def test_does_not_overfit_where_the_default_decay_does(self, model: sn.Model) -> None:
        new = noisy(rows=2000, seed=1)
        linear = sn.fit(noisy(), "y", hidden=0, starts=1)
        loose = sn.fit(noisy(), "y", hidden=8, starts=4)

        def rmse(m: sn.Model) -> float:
            return float(np.sqrt(np.mean((m.predict(new) - new["y"]) ** 2)))

        with pytest.warns(sn.SheernetWarning, match="training rows"):
            errors = {
                name: rmse(m)
                for name, m in (("evidence", model), ("line", linear), ("loose", loose))
            }
        assert errors["evidence"] < 1.03 * errors["line"]
        assert errors["loose"] > 1.2 * errors["line"]

    def test_has_a_decay_for_each_group_and_none_for_the_output_bias(self, model: sn.Model) -> None:
        views = model.network.architecture.layout.views(model.decay)
        for name in ("W1", "b1", "W2"):
            assert len(set(views[name].ravel().tolist())) == 1
            assert views[name].ravel()[0] == pytest.approx(model.evidence["decay"][name])
        assert views["b2"].tolist() == [0.0]

    def test_knows_noise_and_effective_parameters(self, model: sn.Model) -> None:
        scale = model.targets.scale[0]
        assert 3.0 < model.evidence["noise_variance"] ** 0.5 * scale < 6.0  # 4.5
        assert model.evidence["effective_parameters"] < 20  # of 49
        assert len(model.evidence["starts"]) == 4
        assert model.evidence["log_evidence"] == max(model.evidence["starts"])

    def test_ends_at_an_optimum_of_its_objective(self, model: sn.Model) -> None:
        assert model.termination.converged
        assert model.record.gradient_norm[-1] <= 1e-8

    def test_of_classes_and_of_several_targets(self) -> None:
        data = noisy()
        data["class"] = np.digitize(data["y"], [8.0, 12.0]).astype(str)
        data["z"] = data["y"] ** 2
        classes = sn.fit(data, "class", drop=["y", "z"], decay="evidence", hidden=3, starts=2)
        assert classes.evidence["noise_variance"] is None
        assert classes.held_out_fit.accuracy > classes.held_out_fit.majority
        both = sn.fit(data, ["y", "z"], drop="class", decay="evidence", hidden=3, starts=2)
        assert both.evidence["noise_variance"] > 0
        assert "Evidence" in both.report()

    def test_case_weights_count_rows(self) -> None:
        data = noisy(60)
        repeats = 1 + np.arange(60) % 2
        twice = {name: np.repeat(values, repeats) for name, values in data.items()}
        given = {"decay": "evidence", "hidden": 0, "starts": 1, "held_out": 0}
        weighted = sn.fit({**data, "w": repeats}, "y", weights="w", **given)
        repeated = sn.fit(twice, "y", **given)
        assert weighted.evidence["log_evidence"] == pytest.approx(
            repeated.evidence["log_evidence"], rel=1e-6
        )


class TestWhatIsSaid:
    def test_the_report_has_a_line_for_it(self, model: sn.Model) -> None:
        said = " ".join(model.report().split())
        assert (
            f"{model.evidence['effective_parameters']:.1f} of 49 parameters are effective" in said
        )
        assert "log evidence of 4 starts:" in said
        assert "(standard deviation)" in said
        assert "decay evidence" in said
        assert "Evidence" not in quickly(table(), "y").report()

    def test_the_file_keeps_it(self, model: sn.Model, tmp_path: Path) -> None:
        again = sn.load(model.save(tmp_path / "model.json"))
        assert again.evidence == model.evidence
        assert again.report() == model.report()
        assert sn.load(quickly(table(), "y").save(tmp_path / "other.json")).evidence == {}


class TestRefused:
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (
                {"decay": "evidense"},
                "decay must be a number of at least 0, or 'evidence', but 'evidense' was given",
            ),
            (
                {"hidden": 700},
                "decay='evidence' takes networks of up to 2000 weights, but this one has 2801",
            ),
            (
                {"patience": 3, "validation": table()},
                "decay='evidence' chooses the decay without validation rows",
            ),
            ({"cost": "huber"}, "needs a cost that is a likelihood"),
        ],
    )
    def test_what_does_not_go_together(self, given: dict, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.fit(table(), "y", **{"decay": "evidence", **given})


@pytest.fixture(scope="module")
def line() -> sn.Model:
    return sn.fit(noisy(), "y", decay="evidence", hidden="auto", starts=3)


class TestTheSize:
    def test_has_the_highest_log_evidence(self, line: sn.Model) -> None:
        sizes = line.evidence["sizes"]
        assert list(sizes)[:3] == ["0", "1", "2"]
        assert line.evidence["log_evidence"] == max(sizes.values())
        best = str(sum(line.network.architecture.sizes[1:-1]))
        assert sizes[best] == max(sizes.values())

    def test_does_not_grow_without_gain(self, line: sn.Model) -> None:
        assert list(line.evidence["sizes"]) == ["0", "1", "2", "3", "5", "8"]

    def test_grows_if_the_function_is_not_a_line(self) -> None:
        x = np.linspace(-3, 3, 150)
        y = np.sin(2 * x) + 0.05 * np.random.default_rng(0).normal(size=150)
        curve = sn.fit({"x": x, "y": y}, "y", decay="evidence", hidden="auto", starts=3)
        assert curve.network.architecture.sizes[1] >= 2
        assert curve.training_fit.r2[0] > 0.98

    def test_is_in_the_report_and_in_the_file(self, line: sn.Model, tmp_path: Path) -> None:
        assert "log evidence of 0 hidden units" in " ".join(line.report().split())
        line.save(tmp_path / "model.json")
        assert sn.load(tmp_path / "model.json").evidence == line.evidence

    def test_needs_the_evidence(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"hidden='auto' needs decay='evidence'"):
            sn.fit(noisy(), "y", hidden="auto")

    def test_ends_at_the_time_limit(self) -> None:
        model = sn.fit(noisy(), "y", decay="evidence", hidden="auto", time_limit=0.0)
        assert len(model.evidence["sizes"]) == 1
        assert model.settings["time_limit"] == 0.0


class TestTheAdviceOfTheReport:
    def test_is_to_choose_by_the_evidence_where_noise_was_learned(self) -> None:
        loose = sn.fit(noisy(), "y", hidden=8, starts=4)
        said = " ".join(loose.report().split())
        assert "the network has learned noise; decay='evidence' and hidden='auto' choose" in said

    def test_is_another_one_where_the_evidence_cannot_choose(self) -> None:
        loose = sn.fit(noisy(), "y", hidden=8, starts=4, cost="huber")
        said = " ".join(loose.report().split())
        assert "the network has learned noise; use fewer hidden units or more decay" in said


def test_a_size_that_was_interrupted_does_not_win_but_is_reported() -> None:
    """Its evidence is that of no optimum; the size before it is kept, and the model says that the search was cut."""
    models = {
        units: sn.fit(noisy(), "y", decay="evidence", hidden=units, starts=2) for units in (0, 1)
    }
    better = {**models[1].evidence, "log_evidence": models[0].evidence["log_evidence"] + 1}
    models[1] = replaced(models[1], evidence=better, termination=Termination("interrupted"))
    settings = FitSettings.of({"hidden": "auto", "decay": "evidence"})
    prepared = prepare(noisy(), "y", settings.table, 0)
    found = fit_of_best_size(prepared, settings, lambda _, of: models[of.network.hidden])
    assert found.network.architecture.sizes == (4, 1)
    assert list(found.evidence["sizes"]) == ["0"]
    assert found.termination.reason == "interrupted"
