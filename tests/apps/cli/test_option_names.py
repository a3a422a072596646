"""Settings in messages, spelled as options of a command."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_lines import QUICK, Run
from sheernet.apps.cli import values
from sheernet.apps.cli.option_names import as_options, speller
from sheernet.foundation.sentences import Setting, sentence

OPTIONS = {
    "max_iter": "--max-iter", "missing": "--missing", "inputs": "--inputs", "hidden": "--hidden",
    "overwrite": "--force", "rare": "--rare", "held_out": "--held-out",
}  # fmt: skip


@pytest.mark.parametrize(
    ("setting", "spelled"),
    [
        (Setting("max_iter"), "--max-iter"),
        (Setting("max_iter", 20), "--max-iter 20"),
        (Setting("missing", "impute"), "--missing impute"),
        (Setting("missing", "as it is"), "--missing 'as it is'"),
        (Setting("inputs", ["a", "b"]), "--inputs a,b"),
        (Setting("inputs", ("a, b", "c")), """--inputs '"a, b",c'"""),
        (Setting("hidden", (10, 5)), "--hidden 10,5"),
        (Setting("hidden", ()), "--hidden 0"),
        (Setting("rare", 0.0), "--rare 0"),
        (Setting("rare", 1e-7), "--rare 1e-07"),
        (Setting("overwrite", True), "--force"),
        (Setting("keep_path", True), "keep_path=True"),
        (Setting("keep_path"), "keep_path"),
    ],
    ids=str,
)
def test_a_setting_is_spelled_as_it_is_typed(setting: Setting, spelled: str) -> None:
    assert speller(OPTIONS)(setting) == spelled


@given(
    st.lists(
        st.text(min_size=1, max_size=5).map(str.strip).filter(str.isprintable).filter(bool),
        min_size=2,
    )
)
def test_a_spelled_list_of_columns_can_be_typed(names: list[str]) -> None:
    option, typed = shlex.split(speller(OPTIONS)(Setting("inputs", names)))
    assert option == "--inputs"
    assert values.split([typed]) == names


def test_only_settings_of_a_message_are_spelled() -> None:
    text = sentence(
        "{} has no column {!r}; raise {} or name it in {}",
        "max_iter.csv", "held_out", Setting("max_iter"), Setting("inputs"),
    )  # fmt: skip
    assert as_options(text, OPTIONS) == (
        "max_iter.csv has no column 'held_out'; raise --max-iter or name it in --inputs"
    )
    assert as_options("a held_out that nobody marked", OPTIONS) == "a held_out that nobody marked"


@pytest.mark.usefixtures("without_pictures")
class TestNames:
    """Names of files and columns stay as they are, even if options have these names."""

    def test_of_files(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "held_out.csv").write_text((tmp_path / "scores.csv").read_text())
        said = run("fit", "held_out.csv", "-t", "z", *QUICK)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("sheernet: held_out.csv has no column 'z': ")
        said = run("fit", "max_iter.csv", "-t", "z", *QUICK)
        assert said.err.startswith("sheernet: there is no file 'max_iter.csv'")

    def test_of_columns(self, run: Run, tmp_path: Path) -> None:
        lines = (tmp_path / "scores.csv").read_text().splitlines()
        lines = ["held_out,max_iter,time_limit,hidden", *(f"{line},1" for line in lines[1:])]
        (tmp_path / "missing.csv").write_text("\n".join(lines) + "\n")
        said = run("fit", "missing.csv", "-t", "time_limit", "--verbose", *QUICK)
        assert (said.code, said.err) == (0, "")
        spoken = " ".join(said.out.split())
        assert "'hidden' is left out" in spoken
        assert "Inputs held_out, max_iter Target time_limit" in spoken
        assert "Data missing.csv" in spoken
        said = run("fit", "missing.csv", "-t", "time_limit", "--inputs", "held-out", *QUICK)
        assert "did you mean 'held_out'" in said.err
