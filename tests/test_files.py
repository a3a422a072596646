"""Model files: the same bits back, valid JSON, and a sentence for everything that is no model."""

from __future__ import annotations

import base64
import json
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from models import models, random_model, table_for
from sheernet import files
from sheernet.optimizers.record import COLUMNS

MODEL = random_model(sn.Architecture((2, 3, 1), skip=True), members=2)
DOCUMENT: dict[str, Any] = json.loads(msgspec.json.encode(files._to_document(MODEL)))
TEXT = json.dumps(DOCUMENT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.json"


def refused(path: Path, content: str | bytes, message: str | None = None) -> None:
    """Loading it raises InvalidInput, with one sentence that names the file, and nothing else."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(sn.InvalidInput, match=message) as caught:
        sn.load(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{str(path)!r} ")
    assert "\n" not in sentence
    assert len(sentence) < 500


def strict(text: str) -> Any:
    """JSON as the standard has it: no NaN, no Infinity, no field twice."""

    def constant(name: str) -> None:
        raise AssertionError(name)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    return json.loads(text, parse_constant=constant, object_pairs_hook=once)


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each field is, and the first entry of each list; settings are free."""
    if path[:1] == ("settings",) and len(path) > 1:
        return
    if path:
        yield path
    if isinstance(node, dict):
        for key, value in node.items():
            yield from places(value, (*path, key))
    elif isinstance(node, list) and node:
        yield from places(node[0], (*path, 0))


def changed(path: tuple[Any, ...], value: Any = ..., document: Any = DOCUMENT) -> str:
    """The document with one place set to a value, or left out."""
    copy = json.loads(json.dumps(document))
    node = copy
    for key in path[:-1]:
        node = node[key]
    if value is ...:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return json.dumps(copy)


WRONG: dict[str, Any] = {
    "text": "text", "boolean": True, "whole": 3, "number": 3.5, "null": None,
    "list": [[[1.0]]], "texts": ["text"], "object": {}, "another object": {"a": 1},
}  # fmt: skip
"""A value of each kind."""


def kinds(place: tuple[Any, ...]) -> set[str]:
    """The kinds that docs/model-file.md allows at a place: that of the value there, and null where it says so."""
    node = DOCUMENT
    for key in place:
        node = node[key]
    field = place[-2] if place[-1] == 0 else place[-1]
    if place == ("settings",):
        return {"object", "another object"}
    if field in ("r2", "rmse", "norm_ratio") or (
        place[0] == "record" and not isinstance(node, int)
    ):
        return {"null", "number", "whole"} if not isinstance(node, list) else set()
    if place == ("held_out_fit",) or field == "seed":
        return {"null", "whole"} if field == "seed" else {"null"}
    if place == ("starts", "objectives", 0):
        return {"null", "number", "whole"}
    if isinstance(node, list) and node and isinstance(node[0], str):
        return {"texts"}
    if isinstance(node, bool):
        return {"boolean"}
    return {str: {"text"}, int: {"whole"}, float: {"number", "whole"}}.get(type(node), set())


PLACES = list(places(DOCUMENT))
FIELDS = [place for place in PLACES if place[-1] != 0]


class TestRoundTrip:
    @given(models())
    def test_predicts_the_same_bits(self, tmp_path_factory, model: sn.Model) -> None:
        path = tmp_path_factory.getbasetemp() / "model.json"
        again = sn.load(model.save(path))
        assert np.array_equal(again.predict(table_for(model)), model.predict(table_for(model)))
        for one, other in zip(model.members, again.members, strict=True):
            assert one.share == other.share
            assert one.network.theta.tobytes() == other.network.theta.tobytes()
            assert one.network.architecture == other.network.architecture

    @given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3))
    def test_every_finite_weight_comes_back(self, tmp_path_factory, weights: list[float]) -> None:
        arch = sn.Architecture((2, 1))
        model = random_model(arch)
        network = sn.Network(arch, weights)
        model = type(model)(**{**vars(model), "members": (type(model.members[0])(network, 1.0),)})
        again = sn.load(model.save(tmp_path_factory.getbasetemp() / "model.json"))
        assert again.network.theta.tobytes() == network.theta.tobytes()

    @given(models())
    def test_everything_else_comes_back_too(self, tmp_path_factory, model: sn.Model) -> None:
        again = sn.load(model.save(tmp_path_factory.getbasetemp() / "model.json"))
        for column in COLUMNS:
            assert np.array_equal(again.record[column], model.record[column], equal_nan=True), (
                column
            )
            assert again.record[column].dtype == model.record[column].dtype
        for name in (
            "cost",
            "reduction",
            "termination",
            "settings",
            "provenance",
            "training_fit",
            "held_out_fit",
        ):
            assert getattr(again, name) == getattr(model, name), name
        assert dict(again.gradient_check) == dict(model.gradient_check)
        assert np.array_equal(again.decay, model.decay)
        for one, other in ((again.inputs, model.inputs), (again.targets, model.targets)):
            assert one.names == other.names
            assert one.scaler.to_dict() == other.scaler.to_dict()
        assert again.starts.reasons == model.starts.reasons
        assert again.starts.objectives[[0, 2]].tolist() == model.starts.objectives[[0, 2]].tolist()
        assert np.isnan(again.starts.objectives[1]), (
            "infinity is no JSON: it was not finite, and that is kept"
        )

    def test_saving_what_was_loaded_writes_the_same_file(self, path: Path) -> None:
        MODEL.save(path)
        first = path.read_bytes()
        sn.load(path).save(path)
        assert path.read_bytes() == first

    def test_a_fitted_model_of_several_targets(self, path: Path) -> None:
        x = np.linspace(0, 1, 30)
        model = sn.fit(
            {"x": x, "a": x**2, "b": np.cos(x)}, ["a", "b"], hidden=(3, 2), starts=2, max_iter=20
        )
        again = sn.load(model.save(path))
        assert np.array_equal(again.predict({"x": x}), model.predict({"x": x}))
        assert again.report() == model.report()
        assert again.starts.best == model.starts.best
        assert again.starts.floor == model.starts.floor > 0
        assert again.starts.requested == model.starts.requested == 2

    def test_arguments_that_are_numpy_s(self, path: Path) -> None:
        x = np.linspace(0, 1, 8)
        model = sn.fit(
            {"x": x, "y": x**2}, "y", hidden=np.int64(2), starts=np.int64(1), seed=np.int64(4), max_iter=np.int32(5),
            cost_tolerance=np.float64(1e-30), time_limit=float("inf"), cost="huber",
        )  # fmt: skip
        again = sn.load(model.save(path))
        strict(path.read_text())
        assert again.settings["seed"] == again.provenance.seed == again.starts.seed == 4
        assert again.settings["time_limit"] is None

    def test_a_model_that_overflows(self, path: Path) -> None:
        model = random_model(sn.Architecture((1, 1)))
        parts = vars(model) | {
            "training_fit": type(model.training_fit)(3, (float("inf"),), (float("-inf"),)),
            "gradient_check": {**model.gradient_check, "norm_ratio": None},
        }
        again = sn.load(type(model)(**parts).save(path))
        strict(path.read_text())
        assert np.isnan(again.training_fit.rmse[0])
        assert "norm ratio nan" in again.report()


class TestTheFile:
    @given(models())
    def test_is_strict_json(self, tmp_path_factory, model: sn.Model) -> None:
        document = strict(
            model.save(tmp_path_factory.getbasetemp() / "model.json").read_text("utf-8")
        )
        assert document["format"] == "sheernet-model"
        assert document["schema"] == 1
        assert [member["theta"] for member in document["members"]] == [
            m.network.theta.tolist() for m in model.members
        ]

    def test_is_predicted_from_by_its_description_alone(self, path: Path) -> None:
        """What docs/model-file.md says, in plain Python."""
        document = strict(MODEL.save(path).read_text())
        d, h, k = document["architecture"]["sizes"]
        x = [1.5, -0.25]
        scaled = [
            (v - s) / c
            for v, s, c in zip(
                x, *(document["inputs"]["scaler"][n] for n in ("shift", "scale")), strict=True
            )
        ]
        total = 0.0
        for member in document["members"]:
            theta = iter(member["theta"])
            w1, b1, w2, b2, skip = (
                [next(theta) for _ in range(n)] for n in (d * h, h, h * k, k, d * k)
            )
            hidden = [
                np.tanh(sum(scaled[i] * w1[i * h + j] for i in range(d)) + b1[j]) for j in range(h)
            ]
            total += member["share"] * (
                sum(hidden[j] * w2[j] for j in range(h))
                + b2[0]
                + sum(scaled[i] * skip[i] for i in range(d))
            )
        scaler = document["targets"]["scaler"]
        expected = total * scaler["scale"][0] + scaler["shift"][0]
        assert MODEL.predict([x])[0] == pytest.approx(expected, rel=1e-12)

    def test_is_written_whole_or_not_at_all(self, path: Path, monkeypatch) -> None:
        MODEL.save(path)
        before = path.read_bytes()

        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            random_model(sn.Architecture((5, 9, 1))).save(path)
        assert path.read_bytes() == before
        assert [each.name for each in path.parent.iterdir()] == ["model.json"]

    def test_cannot_carry_an_activation_of_the_user_s(self, path: Path) -> None:
        own = sn.activations.Activation(
            "bent", np.arctan, lambda z: 1 / (1 + z * z), None, formula="atan", reference="mine"
        )
        with pytest.raises(sn.InvalidInput, match="cannot carry your own activation 'bent'"):
            random_model(sn.Architecture((1, 2, 1), hidden=own)).save(path)
        assert not path.exists()

    def test_cannot_carry_a_cost_of_the_user_s(self, path: Path) -> None:
        with pytest.raises(sn.InvalidInput, match="cannot carry your own cost 'quartic'"):
            random_model(sn.Architecture((1, 1)), cost="quartic").save(path)

    def test_holds_one_architecture(self, path: Path) -> None:
        one, other = (random_model(sn.Architecture((2, n, 1))) for n in (2, 3))
        members = (type(one.members[0])(one.network, 0.5), type(one.members[0])(other.network, 0.5))
        with pytest.raises(sn.InvalidInput, match="must have one architecture"):
            type(one)(**vars(one) | {"members": members}).save(path)

    def test_needs_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(sn.InvalidInput, match=r"the folder '.*no' does not exist"):
            MODEL.save(tmp_path / "no" / "model.json")


class TestRefusesDamage:
    def test_the_undamaged_document_is_read(self, path: Path) -> None:
        path.write_text(TEXT)
        assert sn.load(path).targets.names == MODEL.targets.names

    def test_a_file_that_ends_too_early(self, path: Path) -> None:
        content = MODEL.save(path).read_bytes().rstrip()
        for end in [*range(0, len(content), 37), len(content) - 1]:
            refused(path, content[:end], "is not a sheernet model: ")

    @pytest.mark.parametrize("place", FIELDS, ids=lambda place: ".".join(map(str, place)))
    def test_each_field_is_needed(self, path: Path, place: tuple[Any, ...]) -> None:
        refused(path, changed(place), f"missing required field `{place[-1]}`")

    @pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
    def test_each_field_has_its_type(self, path: Path, place: tuple[Any, ...]) -> None:
        allowed = kinds(place)
        for kind, value in WRONG.items():
            if kind not in allowed:
                refused(path, changed(place, value))

    @pytest.mark.parametrize(
        "number",
        [
            "NaN",
            "Infinity",
            "-Infinity",
            "1e400",
            "-1e400",
            "null",
            '"1"',
            "true",
            "0x1",
            "1_0",
            "9" * 5000,
        ],
    )
    def test_a_weight_that_is_no_number(self, path: Path, number: str) -> None:
        weight = json.dumps(DOCUMENT["members"][0]["theta"][0])
        assert TEXT.count(weight) == 1
        refused(path, TEXT.replace(weight, number))

    @pytest.mark.parametrize(
        ("place", "value", "message"),
        [
            (("format",), "onnx", "its format is 'onnx', not 'sheernet-model'"),
            (
                ("schema",),
                2,
                "newer sheernet .schema 2; this one reads up to 1.: pip install --upgrade sheernet",
            ),
            (("schema",), 0, "schemas count from 1"),
            (("another",), 1, "unknown field `another`"),
            (("inputs", "another"), 1, "unknown field `another`"),
            (("inputs", "names"), ["a"], "1 column names but a scaler of 2"),
            (("inputs", "names"), ["a", "a"], "different names"),
            (("inputs", "names"), ["a", "target 0"], "different names"),
            (("inputs", "scaler", "scale"), [1.0, 0.0], "scale must be positive"),
            (("inputs", "scaler", "shift"), [1.0], "their shapes are"),
            (("inputs", "scaler", "kind"), "magic", "kind of scaler 'magic' is not known"),
            (("architecture", "sizes"), [2, 4, 1], "theta has shape .* but the network has"),
            (("architecture", "sizes"), [2, 10**30, 1], "theta has shape"),
            (("architecture", "sizes"), [2, -3, 1], "positive whole numbers"),
            (("architecture", "sizes"), [], "sizes must be at least two"),
            (("architecture", "hidden"), ["tanh", "tanh"], "hidden has 2 entries"),
            (("architecture", "hidden"), ["softmax"], "for the output layer only"),
            (("architecture", "output"), "softmax", "cost 'squared_error'"),
            (("architecture", "bias"), [True], "bias has 1 entries"),
            (("architecture", "skip"), False, "theta has shape"),
            (("members",), [], "must add up to 1"),
            (("members", 0, "share"), 0.9, "must add up to 1"),
            (("members", 0, "share"), -1.0, "must add up to 1"),
            (("members", 0, "theta"), [], "theta has shape"),
            (("cost",), "quartic", "cost 'quartic' is not known"),
            (("reduction",), "median", "reduction 'median' is not known"),
            (("decay",), [0.0], "decay has shape"),
            (("decay", 0), -1.0, "decay must be finite and at least 0"),
            (("training_fit", "r2"), [], "an rmse and an r2 for each target"),
            (("training_fit", "rmse"), [1.0, 2.0], "an rmse and an r2 for each target"),
            (("held_out_fit", "rows"), 0, "each of its fits needs rows"),
            (("gradient_check", "verdict"), "perhaps", "Invalid enum value 'perhaps'"),
            (("termination", "reason"), "tired", "termination 'tired' is not known"),
            (("starts", "best"), 3, "a best one"),
            (("starts", "best"), -1, "a best one"),
            (("starts", "reasons", 0), "tired", "termination 'tired' is not known"),
            (("starts", "floor"), -1e-9, "a floor of at least 0"),
            (("starts", "requested"), 2, "no more than were requested.* 3 of 2 are there"),
            (("starts", "reasons"), [], "as many objectives as reasons"),
            (("starts", "iterations", 0), 10**30, "too large"),
            (("record", "iteration", 0), 1e300, "Expected `int`"),
            (("record", "iteration", 0), 10**30, "too large"),
            (("record", "cost"), [], "must have one length"),
        ],
        ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
    )
    def test_parts_that_do_not_fit(
        self, path: Path, place: tuple[Any, ...], value: Any, message: str
    ) -> None:
        refused(path, changed(place, value), message)

    def test_a_record_without_rows(self, path: Path) -> None:
        refused(
            path, changed(("record",), {name: [] for name in COLUMNS}), "one length, at least 1"
        )

    @pytest.mark.parametrize(
        "start", ["[", '{"a":', '{"format": "sheernet-model", "schema": 1, "x": ' + "[", '[{"a":']
    )
    def test_deep_nesting(self, path: Path, start: str) -> None:
        refused(path, start * 100_000)
        refused(path, TEXT.replace('"settings": {', '"settings": {"x": ' + start * 100_000))

    @pytest.mark.parametrize(
        "content",
        [b"", b"null", b"3", b'"text"', b"[]", b"{}", b"\x00" * 1000, b"\xef\xbb\xbf" + TEXT.encode(),
         TEXT.encode() + b"x", TEXT.encode() * 2, TEXT.encode("utf-16"), b"\x80\x04\x95", b"PK\x03\x04",
         b'{"format": "\xed\xa0\x80", "schema": 1}'],
    )  # fmt: skip
    def test_something_else(self, path: Path, content: bytes) -> None:
        refused(path, content, "is not a sheernet model")

    def test_random_bytes(self, path: Path) -> None:
        rng = random.Random(0)
        for size in (1, 10, 1000, 100_000):
            refused(path, rng.randbytes(size), "is not a sheernet model")

    def test_flipped_bits_are_refused_or_harmless(self, path: Path) -> None:
        rng = random.Random(0)
        for _ in range(400):
            content = bytearray(TEXT.encode())
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            path.write_bytes(content)
            try:
                sn.load(path).predict(table_for(MODEL))
            except sn.InvalidInput as error:
                assert "\n" not in str(error)  # noqa: PT017

    def test_a_huge_file_is_not_read(self, path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(2**40)
        with pytest.raises(sn.InvalidInput, match=f"has {2**40} bytes, more than a model can have"):
            sn.load(path)

    def test_what_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(sn.InvalidInput, match="is a folder; give the name of a model file"):
            sn.load(tmp_path)
        with pytest.raises(sn.InvalidInput, match=r"there is no file '.*no\.json'; check the path"):
            sn.load(tmp_path / "no.json")

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
    def test_a_pipe_is_not_waited_for(self, path: Path) -> None:
        os.mkfifo(path)
        with pytest.raises(sn.InvalidInput, match="is not an ordinary file"):
            sn.load(path)

    def test_a_file_that_the_system_refuses(self, path: Path, monkeypatch) -> None:
        def refuse(self: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        MODEL.save(path)
        monkeypatch.setattr(Path, "read_bytes", refuse)
        with pytest.raises(sn.InvalidInput, match="cannot be read: Permission denied"):
            sn.load(path)


class TestLoadingRunsNothing:
    def test_a_pickle_is_not_opened(self, path: Path) -> None:
        """cos\\nsystem\\n(S'touch ran'\\ntR. in protocol 0: a pickle that runs a command."""
        marker = path.with_name("ran")
        bomb = b"cos\nsystem\n(S'touch " + str(marker).encode() + b"'\ntR."
        refused(path, bomb, "is not a sheernet model")
        refused(path, changed(("provenance", "data"), 7))
        path.write_text(changed(("provenance", "data"), base64.b64encode(bomb).decode()))
        sn.load(path)
        assert not marker.exists()

    def test_no_module_is_imported_and_nothing_evaluated_or_started(self, path: Path) -> None:
        path.write_text(changed(("settings", "method"), "__import__('os').system('true')"))
        sn.load(path)
        seen: list[str] = []
        watching = [True]

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            if watching and (
                event in ("exec", "compile", "import", "os.system", "pickle.find_class")
                or "process" in event
            ):
                seen.append(event)

        sys.addaudithook(hook)
        try:
            sn.load(path)
        finally:
            watching.clear()
        assert seen == []
