"""`sheernet.fit` of several files."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from sheernet.models.baselines import LINEAR
from sheernet.models.fitting import sharded_fit, sharded_metrics, sharded_training
from sheernet.models.reliability import reliability

pytest.importorskip("pyarrow")
pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")

ROWS = (60, 90, 50)
ONE = {"hidden": 2, "starts": 1, "max_iter": 60}


def frame_of(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, group = rng.normal(10.0, 3.0, rows), rng.choice(["day", "night"], rows)
    y = 2.0 * x - 0.1 * x**2 + (group == "day") + rng.normal(0.0, 0.5, rows)
    weight = 1.0 + np.arange(rows) % 2
    kind = np.where(y > 10.0, "high", "low")
    return pd.DataFrame({"x": x, "group": group, "y": y, "weight": weight, "kind": kind})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for number, rows in enumerate(ROWS):
        frame_of(rows, number).to_parquet(folder / f"part-{number}.parquet", row_group_size=40)
    return folder


def together() -> pd.DataFrame:
    return pd.concat([frame_of(rows, k) for k, rows in enumerate(ROWS)], ignore_index=True)


def test_a_misspelled_file_of_a_list_is_named(folder: Path) -> None:
    with pytest.raises(sn.InvalidInput, match=r"there is no file .*nix.csv"):
        sn.fit([str(folder / "part-0.parquet"), str(folder / "nix.csv")], "y")
    assert not sharded_fit.is_sharded(["a.b", "c.d"])


def same_bits(one: sn.Model, other: sn.Model) -> bool:
    same = np.array_equal(one.network.theta, other.network.theta)
    return same and one.held_out_fit == other.held_out_fit and one.comparisons == other.comparisons


class TestWhatIsRead:
    def test_pattern_list_folder_and_shards_are_the_same_fit(self, folder: Path) -> None:
        files = sorted(folder.iterdir())
        models = [
            sn.fit(source, "y", drop=["kind"], **ONE)
            for source in (
                f"{folder}/*.parquet",
                files,
                list(map(str, files)),
                folder,
                sn.shards(folder),
            )
        ]
        assert all(same_bits(models[0], each) for each in models[1:])
        assert models[0].training_fit.rows + models[0].held_out_fit.rows == sum(ROWS)
        assert models[0].settings["shards"]["files"] == 3

    def test_a_single_file_is_read_into_memory(self, folder: Path) -> None:
        model = sn.fit(folder / "part-0.parquet", "y", drop=["kind"], **ONE)
        assert "shards" not in model.settings

    def test_a_list_of_labels_stays_a_column(self) -> None:
        model = sn.fit(["a.csv", "b.csv"] * 10, [1.0, 2.0] * 10, hidden=0, decay=0.1, starts=1)
        assert model.inputs.names == ("x1",)


LARGE = {"hidden": 12, "starts": 1, "max_iter": 60}


class TestFewRows:
    def test_are_told(self, folder: Path) -> None:
        model = sn.fit(folder, "y", drop=["kind"], **LARGE)
        rows, weights = model.training_fit.rows, model.network.theta.size
        told = f"{rows} training rows are few for {weights} weights: decay='evidence' chooses the decay"
        assert sum(told in notice for notice in model.notices) == 1

    def test_advice_if_noise_was_learned(self, folder: Path) -> None:
        model = sn.fit(
            folder, "y", drop=["kind"], hidden=30, decay=0.0, starts=1, max_iter=200, method="lm"
        )
        assert "use fewer hidden units, or decay='evidence'" in " ".join(model.report().split())

    @pytest.mark.parametrize("given", [LARGE | {"decay": 0.1}, ONE], ids=["a decay", "few weights"])
    def test_are_not_told(self, folder: Path, given: dict[str, Any]) -> None:
        model = sn.fit(folder, "y", drop=["kind"], **given)
        assert not any("are few for" in notice for notice in model.notices)


class TestTheFit:
    def test_a_defect_of_an_unused_column_is_no_matter(self, tmp_path: Path) -> None:
        for name, note in (("a", "7"), ("b", "n/k")):
            rows = "".join(f"{i % 7},{note},{i % 7 + i % 2}\n" for i in range(20))
            (tmp_path / f"{name}.csv").write_text(f"x,note,y\n{rows}")
        with pytest.raises(sn.InvalidInput, match=r"column 'note' of b.csv has 'n/k'"):
            sn.fit(tmp_path, "y", **ONE)
        model = sn.fit(tmp_path, "y", drop=["note"], **ONE)
        done = model.predict_files(f"{tmp_path}/*.csv", tmp_path / "predicted")
        assert [each.rows for each in done] == [20, 20]
        assert [each.without for each in done] == [0, 0]

    def test_threads_change_no_bit(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sharded_fit, "WORK_OF_THREADS", 0.0)
        one, two = (
            sn.fit(folder, "y", drop=["kind"], weights="weight", threads=n, **ONE) for n in (1, 2)
        )
        assert same_bits(one, two)
        assert np.array_equal(one.leading.factor, two.leading.factor)
        assert one.provenance.data_sha256 == two.provenance.data_sha256

    def test_held_out_rows_of_counts_are_cases(self, folder: Path) -> None:
        model = sn.fit(folder, "kind", drop=["y"], weights="weight", **ONE)
        fit = model.held_out_fit
        assert model.settings["evaluation_cases"] == np.sum(fit.confusion) == fit.weight
        error = 100 * (fit.accuracy * (1 - fit.accuracy) / fit.weight) ** 0.5
        assert f"which count as {fit.weight:.0f} rows: {error:.2g} %" in reliability(model)

    def test_the_optimum_is_that_of_the_training_rows_in_memory(self, folder: Path) -> None:
        model = sn.fit(folder, "y", drop=["kind"], hidden=0, decay=1e-3, held_out=0.2, seed=3)
        frame = together()
        # The training rows are those whose figures the model has: find them by the hash that chose them.
        from sheernet.data.shards.held_out_rows import are_held_out

        out = are_held_out(0, len(frame), 0.2, 3)
        told = sn.fit(frame[~out], "y", drop=["kind"], hidden=0, decay=1e-3, test=frame[out])
        np.testing.assert_allclose(model.predict(frame), told.predict(frame), rtol=1e-9)
        assert model.held_out_fit.rmse == pytest.approx(told.held_out_fit.rmse, rel=1e-9)
        assert model.held_out_fit.log_density == pytest.approx(
            told.held_out_fit.log_density, rel=1e-7
        )
        line, same = model.comparisons[LINEAR], told.comparisons[LINEAR]
        assert line.rmse == pytest.approx(same.rmse, rel=1e-6)

    @pytest.mark.parametrize("target", ["kind", ["y", "x"]])
    def test_classes_and_several_targets(self, folder: Path, target: Any) -> None:
        model = sn.fit(folder, target, drop=["y"] if target == "kind" else ["kind"], **ONE)
        assert model.predict(together()).shape[0] == sum(ROWS)
        assert len(model.comparisons) == 2

    def test_the_evidence_chooses_decays(self, folder: Path, tmp_path: Path) -> None:
        model = sn.fit(folder, "y", drop=["kind"], hidden=2, decay="evidence", starts=1)
        assert model.evidence["effective_parameters"] > 1.0
        assert sn.load(model.save(tmp_path / "m.json")).evidence == model.evidence
        assert model.origins["decay"] == "given"

    def test_the_evidence_of_few_rows_is_that_of_the_shards(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        how = {"drop": ["kind"], "hidden": 2, "decay": "evidence", "starts": 3, "weights": "weight"}
        few = sn.fit(folder, "y", **how)
        monkeypatch.setattr(sharded_fit, "BYTES_TOGETHER", 0)
        many = sn.fit(folder, "y", **how)
        assert not np.array_equal(few.network.theta, many.network.theta)  # two ways of adding
        for name in ("log_evidence", "noise_variance", "effective_parameters"):
            assert few.evidence[name] == pytest.approx(many.evidence[name], rel=1e-3)
        np.testing.assert_allclose(few.predict(together()), many.predict(together()), rtol=1e-2)

    def test_threads_are_for_large_work(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert sn.fit(folder, "y", threads=2, **ONE).settings["shards"]["held"].endswith("1 thread")
        monkeypatch.setattr(sharded_fit, "WORK_OF_THREADS", 10.0)
        held = sn.fit(folder, "y", threads=2, **ONE).settings["shards"]["held"]
        assert held.endswith("2 threads")

    def test_defaults_are_recorded(self, folder: Path) -> None:
        model = sn.fit(folder, "y", drop=["kind"], max_iter=1)
        assert {name: model.origins[name] for name in ("hidden", "decay", "held_out", "max_iter")} == {
            "hidden": "default", "decay": "default", "held_out": "default", "max_iter": "given",
        }  # fmt: skip
        assert (model.settings["decay"], model.settings["held_out"]) == (1e-4, 0.1)
        assert model.network.architecture.sizes[1:-1] == (10,)


class TestCheckpoints:
    def test_a_resumed_fit_ends_with_the_same_bits(self, folder: Path, tmp_path: Path) -> None:
        how = {"hidden": 2, "starts": 1, "drop": ["kind"], "method": "lbfgs"}
        whole = sn.fit(folder, "y", max_iter=12, **how)
        state = tmp_path / "fit.checkpoint"
        sn.fit(folder, "y", max_iter=5, checkpoint=state, **how)
        assert state.is_file()
        resumed = sn.fit(folder, "y", max_iter=12, checkpoint=state, **how)
        assert same_bits(whole, resumed)
        assert np.array_equal(resumed.record.objective, whole.record.objective)

    def test_a_run_that_is_interrupted_keeps_its_best_point_and_resumes(
        self, folder: Path, tmp_path: Path
    ) -> None:
        state = tmp_path / "fit.checkpoint"
        how = {"hidden": 2, "starts": 1, "drop": ["kind"], "method": "bfgs", "max_iter": 20}

        def presses(step: Any, row: Any) -> None:
            if row.iteration == 4:
                signal.raise_signal(signal.SIGINT)

        cut = sn.fit(folder, "y", checkpoint=state, observers=[presses], **how)
        assert cut.termination.reason == "interrupted"
        resumed = sn.fit(folder, "y", checkpoint=state, **how)
        assert same_bits(resumed, sn.fit(folder, "y", **how))

    def test_a_checkpoint_of_other_rows_is_refused(self, folder: Path, tmp_path: Path) -> None:
        how = {"checkpoint": tmp_path / "fit.checkpoint", "hidden": 2, "drop": ["kind"]}
        sn.fit(folder, "y", max_iter=3, **how)
        with pytest.raises(sn.InvalidInput, match=r"fit\.checkpoint"):
            sn.fit(folder, "y", max_iter=3, held_out=0.3, **how)


@pytest.fixture(scope="module")
def whole(folder: Path) -> sn.Model:
    return sn.fit(folder, "y", drop=["kind"], **ONE)


class TestCtrlCAfterTheTraining:
    """The model has the weights that it would have, and a notice says what was not judged."""

    @pytest.mark.parametrize("threads", [1, 2])
    @pytest.mark.parametrize(
        ("part", "judged", "notice"),
        [
            ("training", 0, "the training rows are those of 1 of 3 shards, and the held-out rows were not evaluated"),
            ("training", 2, "the training rows are those of 2 of 3 shards, and the held-out rows were not evaluated"),
            ("evaluation", 0, "the held-out rows were not evaluated"),
            ("evaluation", 2, "the figures of the held-out rows are those of 2 of 3 shards"),
        ],
    )  # fmt: skip
    def test_keeps_the_model(
        self, folder: Path, whole: sn.Model, part: str, judged: int, notice: str, threads: int,
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    ) -> None:  # fmt: skip
        judge = sharded_metrics.Judge.__call__
        pressed: list[bool] = []

        def presses(self: Any, source: Any) -> Any:
            if self.part == part and source.number == judged and not pressed:
                pressed.append(True)
                raise KeyboardInterrupt
            return judge(self, source)

        monkeypatch.setattr(sharded_metrics.Judge, "__call__", presses)
        model = sn.fit(folder, "y", drop=["kind"], threads=threads, **ONE)
        assert np.array_equal(model.network.theta, whole.network.theta)
        assert model.notices[-1].endswith(notice)
        assert model.training_fit.rows < whole.training_fit.rows or part == "evaluation"
        assert (model.held_out_fit is None) == (part == "training" or judged == 0)
        assert model.provenance.data_sha256 == "unknown"
        again = sn.load(model.save(tmp_path / "model.json"))
        assert "no rows were held out" not in again.report()
        assert notice[-30:] in " ".join(again.report().split())

    def test_while_the_uncertainty_is_computed(
        self, folder: Path, whole: sn.Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def presses(*given: Any) -> Any:
            raise KeyboardInterrupt

        monkeypatch.setattr(sharded_training, "with_uncertainty", presses)
        model = sn.fit(folder, "y", drop=["kind"], **ONE)
        assert np.array_equal(model.network.theta, whole.network.theta)
        assert "there are no intervals" in model.notices[-2]
        assert "1 of 3 shards" in model.notices[-1]


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (
                {"decay": "cv"},
                "decay='cv' is not possible with data in shards.*use decay='evidence', or a number",
            ),
            ({"weights": [1.0] * 200}, "weights of shards must be the name of a column"),
            ({"memory_limit": "2 potatoes"}, "memory_limit must be a size such as '2GB'"),
            ({"threads": 0}, "threads must be a whole number of at least 1"),
            ({"memory_limit": 5}, "memory_limit must be at least 100MB"),
            ({"folder": "nowhere"}, "the folder 'nowhere' does not exist"),
            ({"client": object(), "folder": "x"}, "folder concerns the rows on this machine"),
            ({"decay": "evidence", "hidden": 3000}, "up to 2000 weights"),
            (
                {"checkpoint": "c", "keep_path": True},
                "checkpoint contains the last iterate only, so keep_path=True",
            ),
            ({"checkpoint": "nowhere/c"}, "the folder 'nowhere' does not exist"),
        ],
        ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
    )
    def test_what_shards_cannot_do(self, folder: Path, given: dict[str, Any], message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.fit(folder, "y", drop=["kind"], **given)

    def test_targets_beside_the_files(self, folder: Path) -> None:
        with pytest.raises(
            sn.InvalidInput, match="must be the name of a column, or names, but ndarray was given"
        ):
            sn.fit(folder, np.zeros(200))

    def test_a_target_is_needed(self, folder: Path) -> None:
        named = sn.fit(sn.shards(folder, target="y", drop=["kind"]), hidden=0, max_iter=3)
        assert named.targets.names == ("y",)
        for table in (folder, {"x": [1.0, 2.0], "y": [1.0, 2.0]}):
            with pytest.raises(
                sn.InvalidInput, match="target is missing; name the column to predict"
            ):
                sn.fit(table)

    @pytest.mark.parametrize("name", ["client", "memory_limit", "folder", "checkpoint"])
    def test_settings_of_shards_with_a_table_in_memory(self, name: str) -> None:
        given = {name: "1GB" if name == "memory_limit" else "x"}
        with pytest.raises(sn.InvalidInput, match=rf"{name} is for data in shards.*omit it"):
            sn.fit({"x": [1.0, 2.0], "y": [1.0, 2.0]}, "y", **given)
