"""The demonstration: its files, the training of the example, and the fit of the table."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

import sheernet as sn
from sheernet.teaching import demo

PICTURES = {
    "network", "cost", "starts", "predicted_against_true", "residuals", "response_surface", "response_surface_3d"
}  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> tuple[Path, list[str]]:
    folder, said = tmp_path_factory.mktemp("demo"), []
    demo.run(folder, said.append)
    return folder, said


def test_writes_pictures_and_a_model_for_each_data_set(done) -> None:
    folder, _ = done
    assert sorted(path.name for path in folder.iterdir()) == [
        "activation.png",
        "ozone",
        "sleep_study",
    ]
    expected = {f"{picture}.png" for picture in PICTURES} | {"model.json"}
    assert {path.name for path in (folder / "sleep_study").iterdir()} == expected
    expected = {"effects.png", "model.json", "ozone.csv", "predicted_against_true.png"}
    assert {path.name for path in (folder / "ozone").iterdir()} == expected
    for picture in folder.rglob("*.png"):
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size > 4000


def test_trains_the_notebook_s_network_to_the_optimum(done) -> None:
    folder, _ = done
    data = sn.datasets.load_sleep_study()
    model = sn.load(folder / "sleep_study" / "model.json")
    assert str(model.network.architecture) == "2-3-1, sigmoid, sigmoid output, no biases"
    assert model.settings["method"] == "bfgs"
    assert model.reduction == "sum"
    assert model.record.objective[-1] < 1e-9
    assert np.allclose(model.predict(data.X), data.y[:, 0], atol=0.01)
    assert np.allclose(
        model.predict({"hours studying": [5.0], "hours asleep": [3.0]}), 75.0, atol=0.01
    )
    assert model.gradient_check["verdict"] == "pass"


def test_its_model_knows_scaling_ranges_and_rows_of_the_data(done) -> None:
    data = sn.datasets.load_sleep_study()
    model = sn.load(done[0] / "sleep_study" / "model.json")
    assert [(c.name, c.shift, c.scale, c.lowest, c.highest) for c in model.inputs.columns] == [
        ("hours asleep", 0.0, 10.0, 3.0, 10.0), ("hours studying", 0.0, 5.0, 1.0, 5.0)
    ]  # fmt: skip
    targets = model.targets
    assert (targets.names, targets.shift, targets.scale) == (("test score",), (0.0,), (100.0,))
    assert (targets.lowest, targets.highest) == ((75.0,), (93.0,))
    assert (model.training_fit.rows, model.held_out_fit) == (len(data.X), None)
    assert model.provenance.data == "sleep study"
    content = b"".join(part.tobytes() for part in data.scaled)
    assert model.provenance.data_sha256 == hashlib.sha256(content).hexdigest()


def test_says_gradient_stop_reason_costs_and_scores(done) -> None:
    text = "\n".join(done[1])
    for part in ("sleep study: 2-3-1", "gradient   pass, norm ratio", "stopped    after", "cost       0.0",
                 " at the start, ", "starts     20 starts: ", "3, 5: 75.00", " and 75.0000",
                 "10, 2: 93.00"):  # fmt: skip
        assert part in text
    assert done[1][-1] == f"Pictures and models: {done[0]}"


def test_ends_with_the_beginning_of_the_report_of_a_better_than_linear_fit(done) -> None:
    folder, said = done
    model = sn.load(folder / "ozone" / "model.json")
    *_, report, empty, _ = said
    assert (len(report.splitlines()) <= 10, empty) == (True, "")
    assert model.report().startswith(report)
    assert model.held_out_fit.rmse[0] < 0.9 * model.comparisons["linear model"].rmse[0]


def test_the_table_states_source_and_license_and_has_the_published_values(done) -> None:
    path = done[0] / "ozone" / "ozone.csv"
    remarks = [line for line in path.read_text().splitlines() if line.startswith("#")]
    assert any(line.startswith("# Source: ") for line in remarks)
    assert any(line.startswith("# License: ") for line in remarks)
    table = np.loadtxt(path, delimiter=",", skiprows=len(remarks) + 1)
    assert table.shape == (111, 4)
    means = [184.8018, 9.9396, 77.7928, 42.0991]  # colMeans(na.omit(airquality)) in R
    assert table.mean(axis=0) == pytest.approx(means, abs=1e-4)


def test_an_interrupt_ends_it_with_what_was_found(tmp_path, monkeypatch) -> None:
    def pressed(step, row) -> None:
        if step.iteration == 2:
            raise KeyboardInterrupt

    original = demo.train
    monkeypatch.setattr(demo, "train", lambda *a, **k: original(*a, observers=[pressed], **k))
    assert demo.run(tmp_path, lambda line: None) is False
    assert sn.load(tmp_path / "sleep_study" / "model.json").starts.reasons == ("interrupted",)
    assert not (tmp_path / "ozone").exists()


def test_its_models_are_json(done) -> None:
    for path in done[0].rglob("model.json"):
        assert json.loads(path.read_text())["format"] == "sheernet-model"
