"""That a comparison of recordings finds what differs; `make golden` makes the recordings, which takes minutes."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest

from golden import __main__ as golden
from golden.differences import differences, read, write
from golden.fits import FITS, record_of

NAMES = ["train: bfgs", "decay: two targets", "file: csv"]


@pytest.fixture(scope="module")
def recording():
    return dict(map(record_of, NAMES))


def changed(recording, fit, quantity, value):
    other = copy.deepcopy(recording)
    other[fit][quantity] = value
    return other


def test_a_second_recording_of_the_same_code_has_no_difference(recording) -> None:
    assert differences(recording, dict(map(record_of, NAMES))) == []


def test_a_recording_is_read_as_it_was_written(recording, tmp_path: Path) -> None:
    special = recording | {"special": {"numbers": [np.nan, np.inf, -0.0, 5e-324, None, "x", True]}}
    write(special, tmp_path / "a.json.gz")
    assert differences(special, read(tmp_path / "a.json.gz")) == []


def test_the_last_bit_of_a_number_is_a_difference_unless_it_is_tolerated(recording) -> None:
    theta = list(recording["train: bfgs"]["theta"])
    theta[3] = float(np.nextafter(theta[3], np.inf))
    other = changed(recording, "train: bfgs", "theta", theta)
    (line,) = differences(recording, other)
    assert line.startswith("train: bfgs: theta: 1 of ")
    assert differences(recording, other, tolerance=1e-12) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1.0, 2.0], [1.0, 2.0, 3.0]),
        ([[1.0, 2.0]], [[1.0], [2.0]]),
        ([0.0], [-0.0]),
        ([1.0], [float("nan")]),
        ([1.0], ["1.0"]),
        ([1], [True]),
        ([1.0], None),
        ("pass", "fail"),
        ([1.0], "raises InvalidInput"),
        ({"a": 1.0}, {"b": 1.0}),
        ({"a": 1.0}, {"a": 1.0, "b": 1.0}),
    ],
)
def test_each_other_value_is_a_difference(one, other) -> None:
    assert len(differences({"fit": {"quantity": one}}, {"fit": {"quantity": other}})) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [([1.0], ["1.0"]), ([1], [True]), ([1.0], [float("nan")]), ([1.0], [1.0, 1.0])],
)
def test_no_tolerance_accepts_values_of_another_kind(one, other) -> None:
    assert differences({"fit": {"q": one}}, {"fit": {"q": other}}, tolerance=1e9)


def test_a_fit_that_one_recording_lacks_or_that_fails_is_one_difference(recording) -> None:
    absent = {name: facts for name, facts in recording.items() if name != "train: bfgs"}
    failed = recording | {"train: bfgs": "raises ValueError"}
    for pair in ((recording, absent), (absent, recording), (recording, failed), (failed, absent)):
        (line,) = differences(*pair)
        assert line.startswith("train: bfgs: fit: ")
    assert differences(failed, failed) == []


def test_the_program_names_differences_and_exits_with_1(
    recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = changed(recording, "decay: two targets", "terminations", ["max_iterations"])
    paths = [str(tmp_path / f"{number}.json.gz") for number in range(2)]
    for path, found in zip(paths, (recording, other), strict=True):
        write(found, Path(path))
    for first, code in ((paths[0], 1), (paths[1], 0)):
        monkeypatch.setattr("sys.argv", ["golden", "compare", "--files", first, paths[1]])
        assert golden.main() == code
        assert ("decay: two targets: terminations: " in capsys.readouterr().out) == bool(code)


def test_every_recorded_fit_that_takes_little_time_succeeds() -> None:
    quick = [name for name in FITS if name.startswith(("train", "gradient", "file", "decay: h"))]
    assert {
        name: facts for name in quick if not isinstance(facts := record_of(name)[1], dict)
    } == {}
