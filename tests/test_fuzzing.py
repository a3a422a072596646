"""Small runs of the programs scripts/fuzz_*.py, and that they find planted faults."""

from __future__ import annotations

import io
import json
import random
import sys
from pathlib import Path

import numpy as np
import pytest

import sheernet as sn

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs fork")

if sys.platform != "win32":
    import fuzz_checkpoints
    import fuzz_models
    import fuzz_tables
    import fuzzing

COUNT = 200
PROGRAMS = {"tables": 1, "models": 3, "checkpoints": 0}
"""Programs, each with the seed of its small run."""


def program(name: str) -> tuple[fuzzing.Make, fuzzing.Law]:
    module = {"tables": fuzz_tables, "models": fuzz_models, "checkpoints": fuzz_checkpoints}[name]
    return module.make, module.law


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_mutant_of_a_small_run_breaks_the_law(name: str, tmp_path: Path) -> None:
    make, law = program(name)
    told = [fuzzing.outcome(make, law, n, PROGRAMS[name], tmp_path) for n in range(COUNT)]
    assert [broken for _, broken in told if broken] == []
    assert len({what for what, _ in told}) > 1


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_mutant_is_made_from_its_number_alone(name: str) -> None:
    make, _ = program(name)
    first, again = (make(random.Random("0 7")) for _ in range(2))
    assert first.name == again.name
    if name == "models":  # archives contain the time at which they were made
        assert first.content == again.content


def test_a_number_that_is_read_wrong_is_found(tmp_path: Path, monkeypatch) -> None:
    read = sn.read_table

    def wrong(path: Path, **how: str) -> sn.Table:
        table = read(path, **how)
        for name in table.columns:
            if table.kind(name) == "number":
                table.frame[name] = table.frame[name] * (1 + 1e-15)
        return table

    monkeypatch.setattr(sn, "read_table", wrong)
    told = [
        fuzzing.outcome(fuzz_tables.make, fuzz_tables.law, n, 1, tmp_path)[1] for n in range(40)
    ]
    assert any("column" in broken for broken in told)


# Text in the second row of a sheet, of a text file; a last row of a space; a row of a control character, which a sheet
# cannot have; a unit in the second row of a sheet.
@pytest.mark.parametrize(
    ("number", "seed"), [(5124, 0), (2992, 102), (9533, 0), (7978, 14), (3711, 302)]
)
def test_one_column_is_read_by_the_header_that_is_given(
    number: int, seed: int, tmp_path: Path
) -> None:
    outcome = fuzzing.outcome(fuzz_tables.make, fuzz_tables.law, number, seed, tmp_path)
    assert outcome == ("read", "")


def test_a_prediction_that_is_wrong_is_found(tmp_path: Path, monkeypatch) -> None:
    outputs = sn.Model.predict
    monkeypatch.setattr(
        sn.Model, "predict", lambda model, rows, **how: outputs(model, rows, **how) + 1e-6
    )
    told = [
        fuzzing.outcome(fuzz_models.make, fuzz_models.law, n, 3, tmp_path)[1] for n in range(40)
    ]
    assert any("but its numbers say" in broken for broken in told)


# An output of 1e188, at which the documented program overflows; a weight of 31 digits; a scale of 1e200.
@pytest.mark.parametrize(("number", "seed"), [(19172, 15), (44228, 15), (29071, 15)])
def test_huge_numbers_are_compared_as_far_as_the_page_says(
    number: int, seed: int, tmp_path: Path
) -> None:
    outcome = fuzzing.outcome(fuzz_models.make, fuzz_models.law, number, seed, tmp_path)
    assert outcome == ("predicted", "")


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_labels_that_a_model_does_not_know_are_compared_as_rare_ones(tmp_path: Path) -> None:
    path, document = tmp_path / "model.json", json.loads(fuzz_models.texts()[-1])
    color = document["inputs"]["columns"][1]
    assert (color["labels"], color["unseen"]) == (["blue", "red", "teal"], "refuse")
    color["labels"][1] = "pink"
    path.write_text(json.dumps(document))
    assert fuzz_models.law(fuzzing.Mutant(path.name, path.read_bytes()), path) == "predicted"


def test_a_search_without_known_objectives_goes_on(tmp_path: Path) -> None:
    def make(_: random.Random) -> fuzzing.Mutant:
        source = ("evidence", True)
        arrays = fuzz_checkpoints.arrays_in(fuzz_checkpoints.content_of(source))
        arrays["search.objectives"][:] = np.inf
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        return fuzzing.Mutant("checkpoint.npz", buffer.getvalue(), source)

    assert fuzzing.outcome(make, fuzz_checkpoints.law, 0, 0, tmp_path) == ("resumed", "")
