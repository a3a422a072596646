"""Files of other programs: each is read as a person reads it, or refused with the option that helps.

`gaps.toml` lists the files that are not read so yet, under the ability that is missing; a file that is read right leaves
the list, because its test fails as long as it stands there.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from data.corpus import encoded_texts, instrument_texts, office_texts, package_files, stored_files
from data.corpus.person import Case, judge

CASES = [
    *stored_files.CASES,
    *package_files.CASES,
    *encoded_texts.CASES,
    *instrument_texts.CASES,
    *office_texts.CASES,
]
FOLDER = Path(__file__).parent
GAPS = {
    name: ability
    for ability, names in tomllib.loads((FOLDER / "gaps.toml").read_text("utf-8")).items()
    for name in names
}


def parameter(case: Case) -> object:
    marks = [pytest.mark.xfail(reason=GAPS[case.id])] if case.id in GAPS else []
    return pytest.param(case, id=case.id, marks=marks)


@pytest.mark.parametrize("case", [parameter(case) for case in CASES])
def test_a_file_is_read_as_a_person_reads_it(case: Case, tmp_path: Path) -> None:
    assert judge(case, tmp_path) == ""


def test_the_corpus_has_two_hundred_files() -> None:
    assert len({case.name for case in CASES}) >= 200


def test_no_case_occurs_twice_and_each_gap_is_a_case() -> None:
    ids = Counter(case.id for case in CASES)
    assert [name for name, times in ids.items() if times > 1] == []
    assert GAPS.keys() <= ids.keys()


def test_every_stored_file_is_read() -> None:
    stored = {
        str(path.relative_to(FOLDER / "stored").as_posix())
        for path in (FOLDER / "stored").rglob("*.*")
    }
    assert stored == {case.name for case in CASES if case.content is None}
