"""`sheernet fit` with its default values on small tables: several networks, judged in folds, and commands after it."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest

import sheernet as sn
from command_lines import PATIENCE, Run, Start
from planted_clock import Clock

pytestmark = pytest.mark.usefixtures("without_pictures")
X = np.arange(40) / 10
NOISE = 0.1 * (-1.0) ** np.arange(40)


@pytest.fixture
def tables(tmp_path: Path) -> None:
    """A line with noise, and a class on each side of a threshold, some on the wrong side."""
    rows = [f"{x:.1f},{y:.3f}" for x, y in zip(X, 1 + X + NOISE, strict=True)]
    (tmp_path / "line.csv").write_text("\n".join(["x,y", *rows]) + "\n")
    sides = ["high" if x > 2 + 5 * noise else "low" for x, noise in zip(X, NOISE, strict=True)]
    rows = [f"{x:.1f},{side}" for x, side in zip(X, sides, strict=True)]
    (tmp_path / "sides.csv").write_text("\n".join(["x,side", *rows]) + "\n")


@pytest.mark.usefixtures("tables")
class TestByDefault:
    def test_a_fit_is_judged_in_folds_and_trained_on_all_rows(self, run: Run) -> None:
        said = run("fit", "line.csv", "--target", "y", "--quiet")
        assert (said.code, said.err) == (0, "")
        model = sn.load("line-fit/model.json")
        assert model.training_fit.rows == model.held_out_fit.rows == 40
        assert model.evaluation == "folds"
        assert (model.settings["decay"], model.settings["hidden"]) == ("evidence", "auto")
        assert {model.origins[name] for name in ("decay", "hidden", "held_out")} == {"default"}
        assert sum(member.share for member in model.members) == pytest.approx(1.0)
        assert abs(model.held_out_fit.rmse[0] - 0.1) < 0.02  # the noise
        assert {*model.comparisons} == {"linear model", "boosted trees", "mean of target"}

    def test_its_model_predicts_and_describes_itself(self, run: Run, tmp_path: Path) -> None:
        assert run("fit", "line.csv", "-t", "y", "-q").code == 0
        (tmp_path / "new.csv").write_text("x\n1.0\n2.5\n")
        said = run("predict", "line-fit/model.json", "new.csv", "--output", "out.csv")
        assert (said.code, said.err) == (0, "")
        predicted = np.loadtxt("out.csv", skiprows=1)
        assert np.allclose(predicted, [2.0, 3.5], atol=0.1)
        for more in ((), ("--verbose",), ("--json",)):
            said = run("info", "line-fit/model.json", *more)
            assert (said.code, said.err) == (0, "")
            assert "fold" in said.out

    def test_no_rows_of_folds_are_held_out(self, run: Run) -> None:
        run("fit", "line.csv", "-t", "y", "-q", "--hidden", "0")
        said = run("predict", "line-fit/model.json", "line.csv", "--on", "held-out")
        assert said.code == 2
        assert "because its statistics are from folds" in said.err
        assert "fit with --held-out 0.25 to predict held-out rows, or leave out --on" in said.err

    def test_classes_have_probabilities(self, run: Run, tmp_path: Path) -> None:
        result = run("fit", "sides.csv", "-t", "side", "-q", "--json").document["result"]
        assert (result["task"], result["evaluation"]) == ("classification", "folds")
        assert result["rows"] == {**result["rows"], "training": 40}
        assert {*result["comparisons"]} == {"linear model", "class frequencies"}
        (tmp_path / "new.csv").write_text("x\n0.0\n3.9\n")
        said = run("predict", "sides-fit/model.json", "new.csv", "--json")
        assert said.code == 0
        assert sn.load("sides-fit/model.json").predict({"x": [0.0, 3.9]}).tolist() == [
            "low",
            "high",
        ]

    def test_a_time_limit_of_nothing_still_gives_a_model(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Clock(monkeypatch)
        result = run("fit", "line.csv", "-t", "y", "-q", "--json", "--time-limit", "0").document[
            "result"
        ]
        assert result["evaluation"] == "folds"
        assert np.isfinite(sn.load("line-fit/model.json").predict(2.0))

    def test_the_decay_asks_for_one_network(self, run: Run) -> None:
        assert run("fit", "line.csv", "-t", "y", "-q", "--decay", "0.0001").code == 0
        model = sn.load("line-fit/model.json")
        assert len(model.members) == 1
        assert str(model.network.architecture).startswith("1-10-1, tanh")
        assert (model.training_fit.rows, model.held_out_fit.rows) == (30, 10)
        assert model.evaluation == "held out"

    def test_cv_asks_for_one_network_with_a_decay_by_folds(self, run: Run) -> None:
        one = ("--hidden", "0", "--starts", "1", "--decay", "cv")
        assert run("fit", "line.csv", "-t", "y", "-q", *one).code == 0
        model = sn.load("line-fit/model.json")
        assert (len(model.members), model.held_out_fit.rows) == (1, 10)
        assert (model.settings["decay"], model.origins["decay"]) == ("cv", "given")
        report = run("info", "line-fit/model.json", "--verbose").out
        assert f"Decay       {model.decay.max():.3g}, chosen from 13 values by 5 folds" in report
        said = run("compare", "line.csv", "-t", "y", "--decay", "cv")
        assert said.err.startswith("sheernet: compare cannot use --decay cv; give --decay as a num")

    def test_what_would_have_no_effect_is_refused(self, run: Run, tmp_path: Path) -> None:
        said = run("fit", "line.csv", "-t", "y", "--decay", "evidence", "--max-iter", "5")
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(
            "sheernet: --decay evidence chooses networks and their decay, so --max-iter would"
        )
        assert not (tmp_path / "line-fit").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_ctrl_c_in_the_search_leaves_a_usable_model_and_130(
    tmp_path: Path, start: Start, as_json: bool
) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1500, 6))
    y = np.sin(X @ rng.normal(size=(6, 5))).sum(axis=1) + 0.1 * rng.normal(size=1500)
    names = ",".join([*(f"x{i}" for i in range(6)), "y"])
    table = np.column_stack([X, y])
    np.savetxt(tmp_path / "long.csv", table, delimiter=",", header=names, comments="")
    process = start("fit", "long.csv", "-t", "y", *(["--json"] if as_json else []), folder=tmp_path)
    while "hidden units" not in (seen := process.stderr.readline()):  # linear models come first
        assert "linear model" in seen or "expected to take" in seen
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    if as_json:
        document = json.loads(out)
        assert document["exit_code"] == 130
        assert document["result"]["termination"]["reason"] == "interrupted"
    else:
        assert err.endswith("sheernet: notice: interrupted; the results so far are kept\n")
        assert "the search for networks was interrupted" in " ".join(out.split())
    model = sn.load(tmp_path / "long-fit" / "model.json")
    assert model.evaluation == "folds"
    assert np.isfinite(model.outputs({f"x{i}": [0.5] for i in range(6)})).all()
