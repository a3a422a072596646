"""Values of options that hold several entries."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.apps.cli import values
from sheernet.apps.cli.refusals import refusal
from sheernet.settings.network_settings import NetworkSettings

NAMES = st.text(alphabet="ab ,\"';é", min_size=1, max_size=6).map(str.strip).filter(bool)


def listed(names: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(names)
    return text.getvalue()


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_a_list_by_the_rules_of_csv_gives_its_names_back(names: list[str]) -> None:
    assert values.split([listed(names)]) == names


def test_known_names_have_commas_without_quotes() -> None:
    assert values.split(["x, y=1, a=2,x, y, z=3"], ["x, y", "x, y, z"]) == [
        "x, y=1",
        "a=2",
        "x, y, z=3",
    ]
    assert values.split(['"q,x, y,r=1",a=2'], ["x, y"]) == ["q,x, y,r=1", "a=2"]
    assert values.split(["x, you=1"], ["x, y"]) == ["x", "you=1"]


@given(st.lists(NAMES, min_size=1, max_size=4, unique=True))
def test_a_column_is_found_by_any_name(names: list[str]) -> None:
    assert values.columns(names, names) == names
    if len(names) > 1 and listed(names) not in names:
        assert values.columns([listed(names)], names) == names


def test_a_name_with_a_comma_that_is_not_quoted_is_shown_in_quotes() -> None:
    known = ("a,b", "Wind (m/s)", "c")
    message = (
        "there is no column 'a', but there is 'a,b'; in a list, write a name with a comma in double quotes, as in "
        """'"a,b",Wind (m/s)'"""
    )
    with pytest.raises(sn.InvalidInput, match=f"^{re.escape(message)}$"):
        values.columns(["a,b,Wind (m/s)"], known)
    assert values.columns(["a,c"], known) == ["a", "c"]  # refused later, when columns are looked up


def test_lists_may_be_repeated_and_have_blanks() -> None:
    assert values.split(["a, b", "c"]) == ["a", "b", "c"]
    assert values.split(None) == []
    assert values.split(["a\nb"]) == ["a\nb"]


@pytest.mark.parametrize(
    ("text", "units"), [("10", (10,)), ("10,5", (10, 5)), (" 3, 2", (3, 2)), ("0", ())]
)
def test_hidden_units(text: str, units: tuple[int, ...]) -> None:
    assert NetworkSettings(hidden=values.hidden_units(text)).widths == units


@pytest.mark.parametrize("text", ["ten", "1.5", "10,-1", "10,0", "", "3,"])
def test_other_hidden_units_are_refused(text: str) -> None:
    with pytest.raises(sn.InvalidInput) as refused:
        NetworkSettings(hidden=values.hidden_units(text))
    given = values.hidden_units(text)
    assert refusal(refused.value, {"hidden": "--hidden"}).message == (
        "--hidden must be the number of units of each layer, such as --hidden 10 or --hidden 10,5, or 0 for no hidden "
        f"layer, but {given!r} was given"
    )
