"""Model files keep all bits, are valid JSON, and are written completely or not at all."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from models.files.documents import (
    CLASSIFICATION,
    DOCUMENTS,
    MODELS,
    REGRESSION,
    changed,
    refused,
    strict,
)
from random_models import models, random_model, replaced, table_for
from sheernet.data.targets import ClassTarget
from sheernet.models.files import require_storable, saving, schema
from sheernet.models.files.saving import encoded
from sheernet.models.model import Provenance
from sheernet.optimizers import COLUMNS

X = np.linspace(0.0, 1.0, 40)
WRITTEN = {task: Path(__file__).parent / "schema_6" / f"{task}.json" for task in MODELS}
"""A file of each task as the first version with schema 6 wrote it."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.json"


@pytest.fixture(scope="module")
def any_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files") / "model.json"


class TestRoundTrip:
    @pytest.mark.filterwarnings("ignore:.* filled with:sheernet.SheernetWarning")
    @given(model=models())
    @settings(max_examples=40)
    def test_predicts_the_same_bits_in_any_order_of_columns(
        self, any_path: Path, model: sn.Model
    ) -> None:
        again = sn.load(model.save(any_path))
        table = table_for(model, gaps=True)
        turned = dict(reversed(table.items()))
        assert again.outputs(turned).tobytes() == model.outputs(table).tobytes()
        one, other = again.predict(turned), model.predict(table)
        assert np.array_equal(one, other)
        assert [type(label) for label in one.ravel()] == [type(label) for label in other.ravel()]
        for mine, theirs in zip(model.members, again.members, strict=True):
            assert mine.share == theirs.share
            assert mine.network.theta.tobytes() == theirs.network.theta.tobytes()
            assert mine.network.architecture == theirs.network.architecture

    @given(
        weights=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3)
    )
    def test_every_finite_weight_comes_back(self, any_path: Path, weights: list[float]) -> None:
        model = random_model(sn.Architecture((2, 1)))
        network = sn.Network(model.network.architecture, weights)
        again = sn.load(replaced(model, network=network).save(any_path))
        assert again.network.theta.tobytes() == network.theta.tobytes()

    @given(model=models())
    @settings(max_examples=40)
    def test_everything_else_comes_back_too(self, any_path: Path, model: sn.Model) -> None:
        again = sn.load(model.save(any_path))
        for column in COLUMNS:
            ours, theirs = model.record[column], again.record[column]
            assert np.array_equal(theirs, ours, equal_nan=True), column
            assert theirs.dtype == ours.dtype
        for name in (
            "inputs", "targets", "cost", "reduction", "termination", "settings", "provenance", "training_fit",
            "held_out_fit", "notices", "task", "spread", "comparisons", "evaluation",
        ):  # fmt: skip
            assert getattr(again, name) == getattr(model, name), name
        assert dict(again.gradient_check) == dict(model.gradient_check)
        for ours, theirs in zip(model.members, again.members, strict=True):
            assert (theirs.share, theirs.cost) == (ours.share, ours.cost)
            assert theirs.noise_variance == ours.noise_variance
            assert theirs.decay.tobytes() == ours.decay.tobytes()
            assert theirs.factor.tobytes() == ours.factor.tobytes()
            assert theirs.termination == ours.termination
        assert again.starts.reasons == model.starts.reasons
        assert again.starts.objectives[[0, 2]].tolist() == model.starts.objectives[[0, 2]].tolist()
        assert np.isnan(again.starts.objectives[1]), (
            "JSON has no infinity: it comes back as nan, which is not finite either"
        )

    @pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
    def test_saving_what_was_loaded_writes_the_same_file(self, path: Path, model: sn.Model) -> None:
        first = model.save(path).read_bytes()
        sn.load(path).save(path)
        assert path.read_bytes() == first

    @pytest.mark.parametrize(
        "classes",
        [(False, True), (0, 1), (0.0, 1.0), ("0", "1"), (1, 2, 3), ("False", "True", "maybe")],
        ids=repr,
    )
    def test_labels_keep_their_types(self, path: Path, classes: tuple[Any, ...]) -> None:
        target = ClassTarget("y", classes)
        arch = sn.Architecture((1, target.n_outputs), output=target.output)
        again = sn.load(random_model(arch, targets=target).save(path))
        assert again.targets == target
        assert list(map(type, again.targets.classes)) == list(map(type, classes))
        predicted = again.predict({"input 0": X})
        assert {type(label) for label in predicted} == {type(classes[0])}

    def test_a_fitted_model_of_several_targets(self, path: Path) -> None:
        model = sn.fit(
            {"x": X, "a": X**2, "b": np.cos(X)}, ["a", "b"], hidden=(3, 2), starts=2, max_iter=20
        )
        again = sn.load(model.save(path))
        assert np.array_equal(again.predict({"x": X}), model.predict({"x": X}))
        assert again.report() == model.report()
        assert again.starts.best == model.starts.best
        assert again.starts.floor == model.starts.floor > 0
        assert again.starts.requested == model.starts.requested == 2

    def test_arguments_that_are_numpy_s(self, path: Path) -> None:
        model = sn.fit(
            {"x": X, "y": X**2}, "y", hidden=np.int64(2), starts=np.int64(1), seed=np.int64(4), max_iter=np.int32(5),
            cost_tolerance=np.float64(1e-30), time_limit=float("inf"), cost="huber", decay=np.full(7, 0.5),
        )  # fmt: skip
        again = sn.load(model.save(path))
        strict(path.read_text(encoding="utf-8"))
        assert again.settings["seed"] == again.provenance.seed == again.starts.seed == 4
        assert again.settings["time_limit"] is None
        assert again.settings["decay"] == model.settings["decay"] == [0.5] * 7
        assert again.settings["hidden"] == [2]

    def test_options_of_a_method(self, path: Path) -> None:
        model = sn.fit(
            {"x": X, "y": X**2}, "y", hidden=2, starts=1, max_iter=3, method="adam", learning_rate=0.125
        )  # fmt: skip
        again = sn.load(model.save(path))
        assert again.settings == model.settings
        assert again.settings["options"]["learning_rate"] == 0.125

    def test_a_gradient_check_without_a_norm_ratio(self, path: Path) -> None:
        model = replaced(
            REGRESSION, gradient_check={**REGRESSION.gradient_check, "norm_ratio": None}
        )
        assert "norm ratio nan" in sn.load(model.save(path)).report(verbose=True)


ORIGINS = {"hidden": "given", "starts": "default"}


class TestWhatMayBeUnknown:
    """The log density and the scores of rows that were held out; a file has them if the model does."""

    @pytest.mark.parametrize("log_density", [0.0, -1.25])
    def test_is_kept(self, path: Path, log_density: float) -> None:
        fit = dataclasses.replace(REGRESSION.held_out_fit, log_density=log_density, weight=7.5)
        scores = np.array([[0.5, 0.0], [1.5, 2.0], [0.25, 3.0]])
        model = replaced(
            REGRESSION,
            held_out_fit=fit,
            comparisons={"linear model": fit},
            scores=scores,
            score_weights=np.array([2.0, 1.0, 0.5]),
        )
        again = sn.load(model.save(path))
        assert again.held_out_fit == again.comparisons["linear model"] == fit
        assert np.array_equal(again.scores, scores)
        document = strict(path.read_text("utf-8"))
        assert document["held_out_fit"]["log_density"] == log_density
        assert document["held_out_fit"]["weight"] == 7.5
        assert document["scores"] == scores.tolist()
        assert document["score_weights"] == again.score_weights.tolist() == [2.0, 1.0, 0.5]

    def test_is_absent_and_not_null(self, path: Path) -> None:
        text = REGRESSION.save(path).read_text("utf-8")
        assert "log_density" not in text
        assert '"weight"' not in text
        assert '"scores"' not in text
        assert '"score_weights"' not in text
        again = sn.load(path)
        assert again.held_out_fit.log_density is None
        assert again.scores.size == 0
        for place in (
            ("training_fit", "log_density"), ("training_fit", "weight"), ("scores",), ("score_weights",),
        ):  # fmt: skip
            refused(path, changed("regression", place, None), "got `null`")

    @pytest.mark.parametrize(
        ("scores", "message"),
        [
            ([[1.0]], "scores must have 2 columns, one per target"),
            ([[1.0, -1.0]], "Expected `float` >= 0.0"),
            ([1.0, 2.0], "Expected `array`, got `float`"),
        ],
        ids=repr,
    )
    def test_scores_are_checked(self, path: Path, scores: Any, message: str) -> None:
        refused(path, changed("regression", ("scores",), scores), message)


class TestOrigins:
    def test_come_back(self, path: Path) -> None:
        first = replaced(REGRESSION, origins=ORIGINS).save(path).read_bytes()
        assert strict(first.decode())["origins"] == ORIGINS
        again = sn.load(path)
        assert again.origins == ORIGINS
        assert again.save(path).read_bytes() == first

    def test_are_empty_in_a_file_without_them(self, path: Path) -> None:
        for content in (
            WRITTEN["regression"].read_text("utf-8"),
            changed("regression", ("origins",), {}),
        ):
            path.write_text(content, "utf-8")
            assert sn.load(path).origins == {}

    def test_are_not_written_if_empty(self) -> None:
        assert b'"origins"' not in encoded(replaced(REGRESSION, origins={}))

    @pytest.mark.parametrize(
        ("origins", "message"),
        [
            ({"hidden": "guessed"}, r"Invalid enum value 'guessed' - at `\$\.origins"),
            ({"hidden": None}, r"Expected `str`, got `null` - at `\$\.origins"),
            ([], r"Expected `object`, got `array` - at `\$\.origins"),
            (None, r"Expected `object`, got `null` - at `\$\.origins"),
        ],
        ids=repr,
    )
    def test_are_checked(self, path: Path, origins: Any, message: str) -> None:
        refused(path, changed("regression", ("origins",), origins), message)


class TestTheFormat:
    """Files that an earlier version wrote are read and written again as they were."""

    @pytest.mark.parametrize("task", [*WRITTEN])
    def test_is_the_same_byte_for_byte(self, path: Path, task: str) -> None:
        content = WRITTEN[task].read_bytes().replace(b"\r\n", b"\n")
        assert sn.load(WRITTEN[task]).save(path).read_bytes() == content

    @pytest.mark.parametrize("task", [*WRITTEN])
    def test_has_the_same_fields_in_the_same_order(self, task: str) -> None:
        def fields(node: Any) -> Any:
            if isinstance(node, dict):
                return [(name, fields(value)) for name, value in node.items()]
            return [fields(entry) for entry in node] if isinstance(node, list) else type(node)

        assert fields(DOCUMENTS[task]) == fields(strict(WRITTEN[task].read_text("utf-8")))

    def test_has_the_fields_of_the_provenance(self) -> None:
        """Its structure is the only one that is written out beside its class."""
        fields = [field.name for field in dataclasses.fields(Provenance)]
        assert list(schema.Provenance.__struct_fields__) == fields


class TestTheFile:
    @given(model=models())
    @settings(max_examples=40)
    def test_is_strict_json(self, any_path: Path, model: sn.Model) -> None:
        document = strict(model.save(any_path).read_text("utf-8"))
        assert document["format"] == "sheernet-model"
        assert document["schema"] == schema.SCHEMA
        assert [member["theta"] for member in document["members"]] == [
            m.network.theta.tolist() for m in model.members
        ]

    def test_holds_no_code_and_no_numpy(self, path: Path) -> None:
        text = CLASSIFICATION.save(path).read_text("utf-8")
        assert "numpy." not in text
        assert "array(" not in text

    def test_is_written_whole_or_not_at_all(self, path: Path, monkeypatch) -> None:
        REGRESSION.save(path)
        before = path.read_bytes()

        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(sn.InvalidInput, match="cannot be written: No space left"):
            CLASSIFICATION.save(path)
        assert path.read_bytes() == before
        assert [each.name for each in path.parent.iterdir()] == ["model.json"]

    def test_cannot_carry_an_activation_of_the_user_s(self, path: Path) -> None:
        own = sn.activations.Activation(
            "bent", np.arctan, lambda z: 1 / (1 + z * z), None, formula="atan", reference="mine"
        )
        with pytest.raises(sn.InvalidInput, match="cannot contain the custom activation 'bent'"):
            random_model(sn.Architecture((1, 2, 1), hidden=own)).save(path)
        assert not path.exists()

    def test_cannot_carry_a_cost_of_the_user_s(self, path: Path) -> None:
        with pytest.raises(sn.InvalidInput, match="cannot contain the custom cost 'quartic'"):
            random_model(sn.Architecture((1, 1)), cost="quartic").save(path)

    def test_carries_a_huber_cost_of_any_width(self, path: Path) -> None:
        model = random_model(sn.Architecture((1, 1)), cost="huber(0.5)")
        assert sn.load(model.save(path)).cost == "huber(0.5)"

    def test_carries_members_of_different_architectures_and_costs(self, path: Path) -> None:
        one = random_model(sn.Architecture((2, 2, 1)))
        other = random_model(sn.Architecture((2, 3, 2, 1), "relu", skip=True), cost="huber")
        members = [dataclasses.replace(model.leading, share=0.5) for model in (one, other)]
        model = replaced(one, members=tuple(members), evaluation="folds")
        again = sn.load(model.save(path))
        assert [member.network.architecture for member in again.members] == [
            model.network.architecture for model in (one, other)
        ]
        assert [member.cost for member in again.members] == ["squared_error", "huber"]
        table = table_for(model)
        assert again.outputs(table).tobytes() == model.outputs(table).tobytes()
        assert again.save(path).read_bytes() == model.save(path).read_bytes()

    def test_needs_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(sn.InvalidInput, match=r"the folder '.*no' does not exist"):
            REGRESSION.save(tmp_path / "no" / "model.json")


class TestNames:
    @pytest.mark.parametrize("ending", [".pkl", ".joblib", ".H5", ".pt", ".onnx", ".csv"])
    def test_of_other_formats_are_refused(self, tmp_path: Path, ending: str) -> None:
        with pytest.raises(
            sn.InvalidInput, match=f"saved as JSON, but '.*' ends in '{ending.lower()}'; give a"
        ):
            REGRESSION.save(tmp_path / f"model{ending}")
        assert list(tmp_path.iterdir()) == []

    def test_of_files_that_are_not_utf_8_are_escaped(self, path: Path) -> None:
        provenance = dataclasses.replace(REGRESSION.provenance, data="gr\udcf6.csv")
        model = replaced(REGRESSION, provenance=provenance, notices=("gr\udcf6.csv is odd",))
        again = sn.load(model.save(path))
        assert again.provenance.data == "gr\\udcf6.csv"
        assert again.notices == ("gr\\udcf6.csv is odd",)

    def test_of_columns_that_no_file_can_hold_are_refused_in_a_sentence(self, path: Path) -> None:
        message = "has characters that no file can hold; rename it"
        with pytest.raises(sn.InvalidInput, match=message):
            sn.fit({"a\udcff": [0.0, 1.0, 2.0], "y": [0.0, 1.0, 3.0]}, "y", hidden=0, decay=0.1)
        target = ClassTarget("y", ("a", "b\udcff"))
        with pytest.raises(sn.InvalidInput, match=message):
            require_storable(target)
        model = random_model(sn.Architecture((2, 1), output="sigmoid"), targets=target)
        with pytest.raises(sn.InvalidInput, match=message):
            model.save(path)
        assert not path.exists()


class TestManyClasses:
    def test_are_refused_before_training(self) -> None:
        classes = tuple(f"c{i:04d}" for i in range(1701))
        require_storable(ClassTarget("y", classes[1:]))
        with pytest.raises(
            sn.InvalidInput, match="1701 classes, and a model file can have up to 1700"
        ):
            require_storable(ClassTarget("y", classes))

    def test_are_written_without_line_breaks_and_come_back(self, path: Path, monkeypatch) -> None:
        monkeypatch.setattr(saving, "LARGEST_INDENTED", 10)
        assert "\n" not in REGRESSION.save(path).read_text("utf-8")
        assert sn.load(path).provenance == REGRESSION.provenance

    def test_a_file_that_could_not_be_loaded_is_not_written(self, path: Path, monkeypatch) -> None:
        monkeypatch.setattr(saving, "LARGEST_FILE", 10)
        with pytest.raises(sn.InvalidInput, match="and the maximum is 10; fit a smaller network"):
            REGRESSION.save(path)
        assert not path.exists()
