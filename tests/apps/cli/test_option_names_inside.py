"""As test_option_names.py, by names that are not published."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
