"""Lists, plurals and paragraphs."""

from __future__ import annotations

from sheernet.foundation.message_text import WIDTH, counted, listed, plural_of, wrapped


def test_lists() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b"], "or") == "a or b"
    assert listed([1, 2, 3]) == "1, 2 and 3"


def test_long_lists_are_cut_to_a_number_of_entries() -> None:
    assert listed("abcd", most=4) == "a, b, c and d"
    assert listed("abcde", most=4) == "a, b, c and 2 more"


def test_plurals() -> None:
    assert [counted(n, "row") for n in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]
    assert [plural_of(n, "class", "classes") for n in (0, 1, 2)] == ["classes", "class", "classes"]


def test_paragraphs_fit_the_width() -> None:
    lines = wrapped("word " * 100, indent=4, first="Key").splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert lines[0].startswith("Key word")
    assert all(line.startswith("    word") for line in lines[1:])


def test_a_word_with_a_hyphen_is_not_torn() -> None:
    assert "held-out" in wrapped("x" * 94 + " held-out rows")
