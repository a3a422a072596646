"""A sentence reads as Python's words, keeps its settings, and can be rendered in other words."""

from __future__ import annotations

import copy
import pickle
import warnings

import pytest

import sheernet as sn
from sheernet.data.tables.column_names import listed_names
from sheernet.foundation.errors import unknown_name
from sheernet.foundation.sentences import Sentence, Setting, rendered, sentence


def options(setting: Setting) -> str:
    """The spelling of a command line."""
    value = f" {setting.value}" if setting.has_value else ""
    return f"--{setting.name.replace('_', '-')}{value}"


TEXT = sentence(
    "{} must be at least {least}, but {!r} was given; or use {}",
    Setting("max_iter"), "9's", Setting("missing", "impute"), least=1,
)  # fmt: skip


class TestSentence:
    def test_reads_as_python_does(self) -> None:
        assert (
            TEXT == """max_iter must be at least 1, but "9's" was given; or use missing='impute'"""
        )

    def test_is_rendered_with_another_spelling(self) -> None:
        assert rendered(TEXT, options) == (
            """--max-iter must be at least 1, but "9's" was given; or use --missing impute"""
        )

    def test_knows_its_settings(self) -> None:
        assert TEXT.settings == (Setting("max_iter"), Setting("missing", "impute"))

    def test_a_person_s_own_words_are_never_taken_for_a_setting(self) -> None:
        text = sentence("there is no column {!r}; leave out {}", "max_iter", Setting("drop"))
        assert rendered(text, options) == "there is no column 'max_iter'; leave out --drop"

    def test_sentences_within_a_sentence_keep_their_settings(self) -> None:
        whole = sentence("{}. Also {}.", TEXT, sentence("{} is 2", Setting("starts")))
        assert [s.name for s in whole.settings] == ["max_iter", "missing", "starts"]
        assert [s.name for s in ("note: " + TEXT + TEXT).settings] == ["max_iter", "missing"] * 2

    def test_without_a_prefix_keeps_its_settings(self) -> None:
        text = sentence("Done: use {}.", Setting("starts", 20))
        assert rendered(text.removeprefix("Done: "), options) == "use --starts 20."
        assert rendered(text.removeprefix("use"), options) == "Done: use --starts 20."

    def test_a_prefix_may_end_in_a_later_part(self) -> None:
        text = sentence("{} is {}; use {}.", sentence("{}", 3), "few", Setting("starts", 20))
        assert rendered(text.removeprefix("3 is few; "), options) == "use --starts 20."
        assert text.removeprefix(str(text)) == ""

    @pytest.mark.parametrize(
        "copied", [copy.copy, copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))]
    )
    def test_copies_keep_their_parts(self, copied) -> None:
        again = copied(TEXT)
        assert again == TEXT
        assert again.parts == TEXT.parts

    def test_formats_as_str_format_does(self) -> None:
        assert sentence("{0:.2f} {0!r:>5} {a.real} {{}}", 1.5, a=2) == "1.50   1.5 2 {}"

    def test_a_plain_text_is_rendered_as_it_is(self) -> None:
        assert rendered("max_iter=3", options) == "max_iter=3"


class TestWhereTheyAreUsed:
    def test_an_error_keeps_them_through_a_pickle(self) -> None:
        error = pickle.loads(pickle.dumps(sn.InvalidInput(TEXT)))
        assert str(error) == TEXT
        assert isinstance(error.args[0], Sentence)

    def test_a_warning_keeps_them(self) -> None:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            warnings.warn(TEXT, sn.SheernetWarning, stacklevel=1)
        assert rendered(said[0].message.args[0], options).startswith("--max-iter")

    def test_an_unknown_name_may_be_that_of_a_setting(self) -> None:
        error = unknown_name(Setting("method"), "newton", ["lm"])
        assert str(error) == "method 'newton' is not recognized; choose one of lm"
        assert rendered(error.args[0], options).startswith("--method 'newton' is not recognized")


def test_a_long_text_in_quotation_marks_is_cut() -> None:
    name = "x" * 5000 + "end"
    for text in (sentence("no column {!r}", name), f"its columns are {listed_names([name, 'y'])}"):
        assert "…xxx" in text
        assert "end" in text
        assert len(text) < 400
    assert sentence("no column {!r}", name[:300]) == f"no column {name[:300]!r}"
