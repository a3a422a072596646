"""Files that are damaged or not models raise clear errors in bounded time and memory; loading executes nothing."""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sheernet as sn
from command_lines import PATIENCE
from models.files.documents import (
    DOCUMENTS,
    MODELS,
    REGRESSION,
    Place,
    at,
    changed,
    places,
    refused,
)
from random_models import replaced, table_for
from sheernet.models.files import loading
from sheernet.models.files.schema import LARGEST_FILE
from sheernet.optimizers import COLUMNS

TEXTS = {task: json.dumps(document) for task, document in DOCUMENTS.items()}
TEXT = TEXTS["regression"]
TASKS = list(DOCUMENTS)

WRONG: dict[str, Any] = {
    "text": "text", "boolean": True, "whole": 3, "number": 3.5, "null": None,
    "list": [[[1.0]]], "texts": ["text"], "object": {}, "another object": {"a": 1},
}  # fmt: skip
"""A value of each kind."""

NUMBER = {"number", "whole"}
EXCEPTIONS = {
    "fill": {"null", "text"} | NUMBER, "r2": {"null"} | NUMBER, "norm_ratio": {"null"} | NUMBER,
    "objectives": {"null"} | NUMBER, "seed": {"null", "whole"}, "held_out_fit": {"null"},
    "comparisons": {"object"},
    "classes": {"text", "boolean"} | NUMBER, "settings": {"object", "another object"}, "confusion": NUMBER,
}  # fmt: skip
"""Fields, or the entries of their lists, that docs/model-file.md allows more than one kind of value."""


def kinds(task: str, place: Place) -> set[str]:
    """The kinds that are allowed at a place: that of the value there, and those that the description says."""
    node = at(DOCUMENTS[task], place)
    if isinstance(node, dict):
        return EXCEPTIONS.get(str(place[-1]), set())
    if isinstance(node, list):
        return {"texts"} if not node or isinstance(node[0], str) else set()
    field = [key for key in place if isinstance(key, str)][-1]
    if field in EXCEPTIONS:
        return EXCEPTIONS[field]
    if node is None:
        return {"null"} | NUMBER
    if "record" in place and not isinstance(node, int):
        return {"null"} | NUMBER
    if isinstance(node, bool):
        return {"boolean"}
    return {str: {"text"}, int: {"whole"}, float: NUMBER}.get(type(node), set())


PLACES = [(task, place) for task in TASKS for place in places(DOCUMENTS[task])]
FIELDS = [
    (task, place)
    for task, place in PLACES
    if isinstance(place[-1], str)
    and place[-2:-1] != ("comparisons",)
    and place[-1] != "missing_fraction"  # not in files of earlier versions
]
NULLABLE = [(task, place) for task, place in PLACES if "null" in kinds(task, place)]


def name(value: Any) -> str:
    return ".".join(map(str, value)) if isinstance(value, tuple) else str(value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.json"


class TestADocument:
    @pytest.mark.parametrize("task", TASKS)
    def test_without_damage_is_read(self, path: Path, task: str) -> None:
        path.write_text(TEXTS[task])
        assert sn.load(path).targets == MODELS[task].targets

    @pytest.mark.parametrize("task", TASKS)
    def test_that_ends_too_early(self, path: Path, task: str) -> None:
        content = MODELS[task].save(path).read_bytes().rstrip()
        for end in [*range(500), *range(500, len(content), 100), len(content) - 1]:
            is_one = content[:end].startswith(b'{\n "format": "sheernet-model')
            problem = "is damaged: .*; copy it again" if is_one else "is not a sheernet model; give"
            refused(path, content[:end], problem)

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"\xef\xbb\xbf" + TEXT.encode(), "it is not JSON"),
            (TEXT.encode() + b"x", "text follows its end"),
            (TEXT.encode() * 2, "text follows its end"),
            (TEXT.replace('"settings": {', '"settings": {"x": ' + "[" * 100_000).encode(), "brackets are nested too"),
            (TEXT.replace('"seed"', '"sead"', 1).encode(), "missing required field|unknown field"),
        ],
        ids=["byte order mark", "more behind it", "twice", "brackets", "a field's name"],
    )  # fmt: skip
    def test_that_something_has_happened_to_comes_with_advice(
        self, path: Path, content: bytes, reason: str
    ) -> None:
        advice = "; copy it again from where it came, or fit the model again$"
        refused(path, content, f"is damaged: .*{reason}.*{advice}")

    @pytest.mark.parametrize(
        ("text", "twice"),
        [
            ('{"format"', '{"schema": 1, "format"'),
            ('"schema": 6', '"schema": 6, "schema" : 6'),
            ('"settings": {', '"settings": {"method": "gd", '),
            ('"gradient_check": {', '"gradient_check": {"verdict": "fail", '),
            ('"theta": [', '"theta": [0.0], "theta": ['),
        ],
        ids=["schema", "same value", "setting", "verdict", "theta"],
    )
    def test_with_a_field_twice(self, path: Path, text: str, twice: str) -> None:
        """Readers disagree on which of the two counts: docs/model-file.md is for readers of all languages."""
        assert text in TEXT
        refused(
            path, TEXT.replace(text, twice, 1), "is damaged: a field occurs twice; copy it again"
        )

    @pytest.mark.parametrize(
        "notice",
        ['he said "x": y', '"a":"b":', "\\", '\\":', '\\\\": "', "\u00df\u2028:"],
        ids=repr,
    )
    def test_with_colons_and_quotes_in_its_texts_is_read(self, path: Path, notice: str) -> None:
        text = changed("regression", ("notices",), [notice])
        other = text if "\\" in notice else text.replace('\\"', "\\u0022")
        for written in (text, other):
            path.write_text(written)
            assert sn.load(path).notices == (notice,)

    @pytest.mark.parametrize(("task", "place"), FIELDS, ids=name)
    def test_that_lacks_a_field(self, path: Path, task: str, place: Place) -> None:
        missing = f"missing required field `{place[-1]}`"
        problem = "is not a sheernet model; give" if place == ("format",) else missing
        refused(path, changed(task, place), problem)

    @pytest.mark.parametrize(("task", "place"), PLACES, ids=name)
    def test_with_a_value_of_another_type(self, path: Path, task: str, place: Place) -> None:
        allowed = kinds(task, place)
        for kind, value in WRONG.items():
            if kind not in allowed:
                refused(path, changed(task, place, value))

    @pytest.mark.parametrize(("task", "place"), NULLABLE, ids=name)
    def test_may_have_null_where_that_is_said(self, path: Path, task: str, place: Place) -> None:
        path.write_text(changed(task, place, None))
        sn.load(path).report()

    @pytest.mark.parametrize("number", ["3", "1e3", "-0.0", "1E-400"])
    def test_may_write_a_weight_in_any_way_of_json(self, path: Path, number: str) -> None:
        path.write_text(TEXT.replace(weight(), number))
        assert sn.load(path).members[0].network.theta[0] == float(number)

    @pytest.mark.parametrize(
        "number",
        ["NaN", "Infinity", "-Infinity", "nan", "1e400", "-1e400", "null", '"1"', "true", "0x1", "1_0", "01", "+1",
         ".5", "9" * 5000],
    )  # fmt: skip
    def test_with_a_weight_that_is_no_number(self, path: Path, number: str) -> None:
        refused(path, TEXT.replace(weight(), number))

    @pytest.mark.parametrize(
        "value", [[[1]], [{}], {"a": {"b": 1}}, {"a": [[1]]}, {"a": [{}]}], ids=repr
    )
    def test_with_a_setting_of_too_many_levels(self, path: Path, value: Any) -> None:
        refused(path, changed("regression", ("settings", "method"), value), "is damaged: Expected")

    @pytest.mark.parametrize(
        "value",
        [None, "text", 3, 3.5, True, [], {}, [1, "a", None], {"a": 1, "b": [1, 2]}],
        ids=repr,
    )
    def test_whose_settings_are_anything_is_still_reported(self, path: Path, value: Any) -> None:
        for setting in (
            "held_out",
            "test",
            "validation",
            "weights",
            "options",
            "hidden",
            "decay",
            "drop",
            "any",
        ):
            path.write_text(changed("regression", ("settings", setting), value))
            model = sn.load(path)
            for held_out_fit in (model.held_out_fit, None):
                for verbose in (False, True):
                    report = replaced(model, held_out_fit=held_out_fit).report(verbose)
                    assert max(map(len, report.splitlines())) <= 100


def weight() -> str:
    text = json.dumps(DOCUMENTS["regression"]["members"][0]["theta"][0])
    assert TEXT.count(text) == 1
    return text


READING = {
    "formats": {}, "samples": "rows", "sheet": None, "missing_values": [], "dates": "auto", "variable": None,
}  # fmt: skip
BOTH = (
    (("format",), "onnx", "is not a sheernet model: its format is 'onnx', not 'sheernet-model'"),
    (
        ("schema",),
        7,
        "a newer sheernet: its schema is 7, and this version reads 6",
    ),
    (("schema",), 10**30, "a newer sheernet"),
    (("schema",), 1, "an older sheernet: its schema is 1"),
    (("schema",), -1, "an older sheernet: its schema is -1"),
    (("another",), 1, "unknown field `another`"),
    (("inputs", "another"), 1, "unknown field `another`"),
    (("inputs", "columns", 0, "another"), 1, "unknown field `another`"),
    (("inputs", "scaling"), "magic", "scaling 'magic' is not recognized"),
    (("inputs", "missing"), "guess", "missing 'guess' is not recognized"),
    (("inputs", "columns"), [], "at least one column"),
    (("inputs", "columns", 0, "kind"), "complex", "Invalid value 'complex'"),
    (("inputs", "columns", 0, "kind"), "category", "missing required field|unknown field"),
    (("inputs", "columns", 0, "name"), "depth", "'depth' occurs twice"),
    (("inputs", "columns", 0, "scale"), 0.0, "scale of column 'size' must be positive"),
    (("inputs", "columns", 0, "lowest"), 10.0, "lowest of column 'size' must not be above highest"),
    (("inputs", "columns", 4, "labels"), ["red", "red"], "'red' occurs twice"),
    (("inputs", "columns", 4, "labels"), ["blue", "red", "pink"], "'pink' occurs twice"),
    (("inputs", "columns", 4, "labels"), ["blue", "red", "green"], "give 11 inputs"),
    (("inputs", "columns", 4, "rare"), [], "give 9 inputs"),
    (
        ("inputs", "columns", 4, "unseen"),
        "guess",
        "unseen of column 'color' 'guess' is not recognized",
    ),
    (("inputs", "columns", 4, "fill"), "green", "fill of column 'color' must be one of its labels"),
    (("members", 0, "layers", 0, "units"), 4, "but 'theta' has"),
    (("members", 0, "layers", 0, "units"), 10**30, "sizes must be at most"),
    (("members", 0, "layers", 0, "units"), -3, "positive whole numbers"),
    (("members", 0, "layers", 0, "units"), 2.5, "Expected `int`, got `float`"),
    (("members", 0, "layers"), [], "Expected `array` of length >= 1"),
    (("members", 0, "layers", 0, "activation"), "softmax", "not allowed in hidden layers"),
    (("members", 0, "layers", 0, "activation"), "tansig", "'tansig' is not recognized"),
    (("members", 0, "layers", 0, "bias"), None, "Expected `bool`, got `null`"),
    (("members", 0, "layers", 0, "skip"), True, "'skip' must be false in all 'layers' except"),
    (("members",), [], "must be at least 0 and add up to 1"),
    (("members", 0, "share"), 0.9999, "must be at least 0 and add up to 1"),
    (("members", 0, "share"), -1.0, "must be at least 0 and add up to 1"),
    (("members", 0, "theta"), [], "but 'theta' has"),
    (("members", 0, "another"), 1, "unknown field `another`"),
    (
        ("members", 0, "noise_variance"),
        0.0,
        "noise_variance of a member must be finite and positive",
    ),
    (
        ("members", 0, "noise_variance"),
        -1.0,
        "noise_variance of a member must be finite and positive",
    ),
    (
        ("members", 0, "factor"),
        [[1.0], [0.5, 2.0]],
        r"factor of a member has shape \(3,\), but a network with .* needs",
    ),
    (
        ("members", 0, "factor", 1),
        [1.0],
        "'factor' is a triangle, so its row 2 must have 2 numbers, but it has 1",
    ),
    (
        ("members", 0, "factor", 0, 0),
        0.0,
        "diagonal of the factor of a member must be positive, but has 0",
    ),
    (
        ("members", 0, "factor", 1, 1),
        -0.5,
        "diagonal of the factor of a member must be positive, but has -0.5",
    ),
    (
        ("members", 0, "variance_factor"),
        7.0,
        "'variance_factor' of a member must be .*, as its cost, .* determine, but is 7.0",
    ),
    (("members", 0, "evidence"), {}, "missing required field"),
    (("spread",), 0.0, "spread must be finite and positive"),
    (("spread",), -1.0, "spread must be finite and positive"),
    (("reading",), READING | {"dates": "sunday-first"}, "dates 'sunday-first' is not recognized"),
    (("reading",), READING | {"samples": "pages"}, "samples 'pages' is not recognized"),
    (("reading",), READING | {"header": "three"}, "header 'three' is not recognized"),
    (("reading",), READING | {"units": "three"}, "units 'three' is not recognized"),
    (("reading",), READING | {"decimal": ";"}, "decimal must be"),
    (("reading",), READING | {"thousands": ";"}, "thousands must be"),
    (("reading",), READING | {"separator": "ab"}, "separator must be"),
    (("reading",), READING | {"comment": ""}, "comment must be"),
    (("reading",), READING | {"encoding": "utf-9"}, "encoding 'utf-9' is not recognized"),
    (("evaluation",), "elsewhere", "evaluation 'elsewhere' is not recognized"),
    (("comparisons", "guess", "rows"), 0, "rows of a fit must be a whole number of at least 1"),
    (("members", 0, "cost"), "quartic", "cost 'quartic' is not recognized"),
    (("reduction",), "median", "reduction 'median' is not recognized"),
    (("members", 0, "decay"), [0.0], "decay has shape"),
    (("members", 0, "decay", 0), -1.0, "decay must be finite and at least 0"),
    (("training_fit", "rows"), 0, "rows of a fit must be a whole number of at least 1"),
    (("held_out_fit", "rows"), -1, "rows of a fit must be a whole number of at least 1"),
    (("gradient_check", "verdict"), "perhaps", "Invalid enum value 'perhaps'"),
    (("members", 0, "termination", "reason"), "tired", "termination 'tired' is not recognized"),
    (("gradient_check", "norm_ratio"), -1e-9, "Expected `float` >= 0"),
    (("members", 0, "starts", "seconds", 0), -1.0, "Expected `float` >= 0"),
    (("members", 0, "starts", "iterations", 0), -1, "Expected `int` >= 0"),
    (("members", 0, "record", "iteration", 0), -1, "Expected `int` >= 0"),
    (("members", 0, "record", "value_evaluations", 0), -1, "Expected `int` >= 0"),
    (("members", 0, "record", "gradient_norm", 0), -1.0, "Expected `float` >= 0"),
    (("members", 0, "record", "penalty", 0), -1.0, "Expected `float` >= 0"),
    (("members", 0, "record", "seconds", 0), -1.0, "Expected `float` >= 0"),
    (("provenance", "seed"), -1, "Expected `int` >= 0"),
    (
        ("members", 0, "starts", "best"),
        3,
        "'best' must be the index of one of its 3 starts, but is 3",
    ),
    (
        ("members", 0, "starts", "best"),
        -1,
        "'best' must be the index of one of its 3 starts, but is -1",
    ),
    (("members", 0, "starts", "reasons", 0), "tired", "termination 'tired' is not recognized"),
    (
        ("members", 0, "starts", "floor"),
        -1e-9,
        "'floor' of 'starts' must be at least 0, but is -1e-09",
    ),
    (
        ("members", 0, "starts", "requested"),
        2,
        "'requested' of 'starts' must be at least the number of starts, 3, but is 2",
    ),
    (
        ("members", 0, "starts", "reasons"),
        [],
        "'iterations' and 'seconds' of 'starts' must have the same length",
    ),
    (("members", 0, "starts", "iterations", 0), 10**30, "too large"),
    (("members", 0, "record", "iteration", 0), 1e300, "Expected `int`"),
    (("members", 0, "record", "iteration", 0), 10**30, "too large"),
    (("members", 0, "record", "cost"), [], "columns of 'record' must have the same length"),
    (("members", 0, "record"), {name: [] for name in COLUMNS}, "the same length, at least 1"),
)
REGRESSION_ONLY = (
    (("members", 0, "layers", 1, "skip"), False, "but 'theta' has"),
    (("members", 0, "layers", 1, "activation"), "softmax", "cost 'squared_error'"),
    (("members", 1, "variance_factor"), 1.0, "must be None, as its cost, .* determine"),
    (("spread",), 7.0, "'variance_factor' of a member must be 49.0, as its cost"),
    (("members", 1, "theta"), [0.0], "but 'theta' has"),
    (("members", 1, "decay"), [0.0], "decay has shape"),
    (("members", 1, "layers", 0, "units"), 2, "but 'theta' has"),
    (
        ("comparisons", "guess"),
        DOCUMENTS["classification"]["training_fit"],
        "'comparisons' must describe a regression with 2 targets",
    ),
    (("targets", "task"), "classification", "unknown field|missing required field"),
    (("targets", "names"), ["target 0"], "shift of the targets must have"),
    (("targets", "names"), ["target 0", "target 0"], "must be distinct"),
    (("targets", "names"), ["target 0", "size"], "different names"),
    (("targets", "scale", 0), 0.0, "scale of a target must be positive"),
    (("targets", "shift"), [1.0], "shift of the targets must have"),
    (("targets", "lowest", 0), 8.0, "must not be above highest"),
    (("training_fit", "r2"), [], "rmse and r2 of a fit must have one number per target"),
    (("training_fit", "rmse"), [1.0], "rmse and r2 of a fit must have one number per target"),
    (("training_fit", "rmse", 0), -1.0, "rmse of a fit must be at least 0"),
    (("training_fit", "r2", 0), 1.5, "r2 of a fit must be at most 1"),
    (
        ("training_fit",),
        DOCUMENTS["classification"]["training_fit"],
        "'training_fit' must describe a regression with 2 targets",
    ),
    (
        ("targets",),
        DOCUMENTS["classification"]["targets"],
        "its targets need 3 outputs, but its network has 2",
    ),
)
CLASSIFICATION_ONLY = (
    (
        ("targets", "classes"),
        ["a", "b"],
        "its targets need 1 output, but its network has 3",
    ),
    (("targets", "classes"), ["a", "b", "b"], "must be distinct"),
    (("targets", "classes"), [1, 3, 2], "distinct and sorted"),
    (("targets", "classes"), ["a", "b", 3], "all text, all Booleans or all numbers"),
    (("targets", "classes"), [], "at least two labels"),
    (("targets", "name"), "size", "different names"),
    (
        ("members", 0, "layers", 1, "activation"),
        "sigmoid",
        "3 classes need the output activation 'softmax'",
    ),
    (
        ("members", 0, "layers", 1, "activation"),
        "identity",
        "3 classes need the output activation 'softmax'",
    ),
    (("members", 0, "cost"), "squared_error", "cost 'squared_error'"),
    (
        ("training_fit", "confusion"),
        [[1.0]],
        "confusion of a fit must be square",
    ),
    (
        ("training_fit", "confusion"),
        [[1, 2], [3, 4]],
        "'training_fit' must describe a classification with 3 classes",
    ),
    (("training_fit", "confusion", 0, 0), -1, "confusion must be at least 0"),
    (("training_fit", "accuracy"), 1.5, "accuracy of a fit must be at least 0 and at most 1"),
    (("training_fit", "log_loss"), -0.5, "log_loss of a fit must be at least 0"),
    (
        ("held_out_fit",),
        DOCUMENTS["regression"]["held_out_fit"],
        "'held_out_fit' must describe a classification with 3 classes",
    ),
    (
        ("targets",),
        DOCUMENTS["regression"]["targets"],
        "its targets need 2 outputs, but its network has 3",
    ),
)
PARTS = [
    *(("regression", *part) for part in (*BOTH, *REGRESSION_ONLY)),
    *(("classification", *part) for part in (*BOTH, *CLASSIFICATION_ONLY)),
]


@pytest.mark.parametrize(("task", "place", "value", "message"), PARTS, ids=lambda v: name(v)[:40])
def test_parts_that_do_not_fit_each_other(
    path: Path, task: str, place: Place, value: Any, message: str
) -> None:
    refused(path, changed(task, place, value), message)


class TestSomethingElse:
    @pytest.mark.parametrize(
        "content",
        [b"", b"null", b"3", b'"text"', b"[]", b"{}", b"\x00" * 1000, b"\xef\xbb\xbf{}",
         TEXT.encode("utf-16"), b"\x80\x04\x95", b"PK\x03\x04",
         b'{"format": "\xed\xa0\x80", "schema": 6}', b"hours,score\n1,2\n"],
        ids=lambda content: repr(content[:12]),
    )  # fmt: skip
    def test_is_not_a_model(self, path: Path, content: bytes) -> None:
        advice = "; give the model.json that 'sheernet fit' or Model.save wrote$"
        refused(path, content, f"is not a sheernet model.*{advice}")

    def test_random_bytes(self, path: Path) -> None:
        rng = random.Random(0)
        for size in (1, 10, 1000, 100_000):
            refused(path, rng.randbytes(size), "is not a sheernet model")

    def test_flipped_bits_are_refused_or_harmless(self, path: Path) -> None:
        rng = random.Random(0)
        for i in range(600):
            task = TASKS[i % 2]
            content = bytearray(TEXTS[task].encode())
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            path.write_bytes(content)
            try:
                model = sn.load(path)
            except sn.InvalidInput as error:
                assert "\n" not in str(error)  # noqa: PT017
            else:
                model.report()

    def test_long_and_broken_names_make_no_long_or_broken_sentence(self, path: Path) -> None:
        long = "x\n" * 100_000
        for place in (
            ("format",),
            ("members", 0, "cost"),
            ("reduction",),
            (long,),
            ("members", 0, "layers", 1, "activation"),
            ("inputs", long),
        ):
            refused(path, changed("regression", place, long))

    def test_a_folder_and_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"the folder .* has no model\.json; give the name"
        ):
            sn.load(tmp_path)
        with pytest.raises(sn.InvalidInput, match=r"there is no file '.*no\.json'; check the path"):
            sn.load(tmp_path / "no.json")

    @pytest.mark.parametrize("path", [None, 5, b"model.json", ["model.json"]], ids=repr)
    def test_what_is_no_path(self, path: Any) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"load takes the path of a model file, but .* was given"
        ):
            sn.load(path)

    @pytest.mark.parametrize("path", ["a\0b", "x" * 5000])
    def test_a_name_that_no_file_can_have(self, path: str) -> None:
        with pytest.raises(sn.InvalidInput, match=r"is not a valid path|cannot be read"):
            sn.load(path)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
    def test_a_pipe_is_not_waited_for(self, path: Path) -> None:
        os.mkfifo(path)
        with pytest.raises(sn.InvalidInput, match="is not an ordinary file"):
            sn.load(path)

    @pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
    def test_a_device_is_not_read(self) -> None:
        with pytest.raises(sn.InvalidInput, match="'/dev/zero' is not an ordinary file"):
            sn.load("/dev/zero")

    def test_a_file_that_the_system_refuses(self, path: Path, monkeypatch) -> None:
        def refuse(self: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        REGRESSION.save(path)
        monkeypatch.setattr(Path, "read_bytes", refuse)
        with pytest.raises(
            sn.InvalidInput,
            match="cannot be read: permission denied; ask its owner for it, or give a copy",
        ):
            sn.load(path)

    @pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may read everything"
    )
    def test_a_file_without_permission(self, path: Path) -> None:
        REGRESSION.save(path).chmod(0)
        with pytest.raises(
            sn.InvalidInput,
            match="cannot be read: permission denied; ask its owner for it, or give a copy",
        ):
            sn.load(path)


class TestHugeFiles:
    @pytest.mark.parametrize("size", [LARGEST_FILE + 1, 2**30, 2**40])
    def test_are_not_read(self, path: Path, size: int) -> None:
        with path.open("wb") as file:
            file.truncate(size)  # of holes: it takes no room
        with pytest.raises(
            sn.InvalidInput,
            match=f"has {size} bytes, more than a model can have.*; give the model.json that 'sheernet fit'",
        ):
            sn.load(path)

    @pytest.mark.parametrize(
        "start", ["[", '{"a":', '{"format": "sheernet-model", "schema": 6, "x": ' + "[", '[{"a":']
    )
    def test_of_deep_nesting(self, path: Path, start: str) -> None:
        refused(path, start * 100_000)
        refused(path, TEXT.replace('"settings": {', '"settings": {"x": ' + start * 100_000))

    @pytest.mark.skipif(
        sys.platform != "linux", reason="the use of memory is measured on Linux only"
    )
    def test_take_bounded_memory_and_time(self, path: Path) -> None:
        """A quarter of the largest size, in a process that may take 20 times that on top of what it has."""
        size = LARGEST_FILE // 4
        settings, head, rest = '"settings": {', *TEXT.split('"settings": {')
        bombs = {
            "brackets": ("[", b"[", ""),
            "objects": ("", b'{"a":', ""),
            "lists in a setting": (head + settings + '"x": [', b"[],", ""),
            "objects in settings": (head + settings + '"x": {', b'"":{},', ""),
            "numbers in a setting": (head + settings + '"x": [', b"1.5,", "0], " + rest),
            "an unknown field": (TEXT[:-1] + ', "x": [', b"[],", "0]}"),
            "before the format": ('{"x": [', b"{},", "0], " + TEXT[1:]),
        }
        paths = [path.with_name(title) for title in bombs]
        for each, (before, middle, after) in zip(paths, bombs.values(), strict=True):
            count = (size - len(before) - len(after)) // len(middle)
            each.write_bytes(before.encode() + count * middle + after.encode())
        try:
            done = subprocess.run(
                [sys.executable, "-c", self.LIMITED, str(20 * size), *paths], capture_output=True, text=True,
                timeout=PATIENCE, env={**os.environ, "PYTHONPATH": str(Path(sn.__file__).parents[1])},
            )  # fmt: skip
        finally:
            for each in paths:
                each.unlink()
        assert done.returncode == 0, done.stderr
        told = done.stdout.splitlines()
        assert len(told) == len(bombs)
        assert sum(line == "loaded" for line in told) <= 1, "many numbers in a setting are allowed"

    LIMITED = """
import resource, sys, time
import sheernet as sn
sn.load  # imported before the limit counts
with open("/proc/self/statm") as file:
    most = int(file.read().split()[0]) * resource.getpagesize() + int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (most, most))
seconds = int(time.process_time()) + 20  # beside the imports
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
for path in sys.argv[2:]:
    try:
        sn.load(path)
        print("loaded")
    except sn.InvalidInput as error:
        assert str(error).startswith(repr(path)), error
        print(len(str(error)))
"""


class TestLoadingRunsNothing:
    def test_a_pickle_is_not_opened(self, path: Path) -> None:
        """cos\\nsystem\\n(S'touch ran'\\ntR. in protocol 0: a pickle that runs a command."""
        marker = path.with_name("ran")
        bomb = b"cos\nsystem\n(S'touch " + str(marker).encode() + b"'\ntR."
        refused(path, bomb, "is not a sheernet model")
        refused(path, changed("regression", ("provenance", "data"), 7))
        path.write_text(
            changed("regression", ("provenance", "data"), base64.b64encode(bomb).decode())
        )
        sn.load(path)
        assert not marker.exists()

    @pytest.mark.parametrize("task", TASKS)
    def test_no_module_is_imported_and_nothing_evaluated_or_started(
        self, path: Path, task: str
    ) -> None:
        path.write_text(changed(task, ("settings", "method"), "__import__('os').system('true')"))
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

    def test_what_it_predicts_is_the_model_s(self, path: Path) -> None:
        path.write_text(TEXT)
        table = table_for(REGRESSION)
        assert sn.load(path).predict(table).tobytes() == REGRESSION.predict(table).tobytes()


class TestSizes:
    """A file that would take minutes or gigabytes to decode is refused before it is decoded."""

    @pytest.mark.parametrize(
        "more",
        [
            '"x",' * 2_100_000,
            "[]," * 2_100_000,
            "{}," * 2_100_000,
            "0," * 12_100_000,
            "null," * 12_100_000,
            "[" * 2_100_000 + "]" * 2_100_000 + ",",
        ],
        ids=["texts", "lists", "objects", "numbers", "nulls", "depth"],
    )
    def test_of_many_parts(self, tmp_path: Path, monkeypatch, more: str) -> None:
        path = tmp_path / "model.json"
        path.write_text('{"format": "sheernet-model", "schema": 6, "notices": [' + more + "0]}")
        monkeypatch.setattr(loading, "_decoded", lambda *_: pytest.fail("it was decoded"))
        with pytest.raises(
            sn.InvalidInput, match=r"it has about \d+ .*, more than a model can have"
        ):
            sn.load(path)
