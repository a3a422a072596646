"""Python's arguments in the words of the command line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.apps.cli.running import output_for
from sheernet.apps.cli.wording import as_options, report_as_options

OPTIONS = output_for(["fit"]).options


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("max_iter must be at least 1", "--max-iter must be at least 1"),
        ("starts must be a whole number", "--starts must be a whole number"),
        ("method 'trainlm' is called 'lm' here", "--method 'trainlm' is called 'lm' here"),
        ('fill them, or use missing="impute"', "fill them, or use --missing impute"),
        ("use missing='drop'; or so", "use --missing drop; or so"),
        ("decay=1e-4, or (decay=0.5).", "--decay 1e-4, or (--decay 0.5)."),
        ("name it in inputs=['a', 'b c']", "name it in --inputs a,b c"),
        ("or hidden=(10, 5)", "or --hidden 10,5"),
        ("or hidden=()", "or --hidden 0"),
        ("or overwrite=True", "or --force"),
        ("held_out and time_limit", "--held-out and --time-limit"),
        ("missing_values=[-999] is said", "--missing-values -999 is said"),
        # Messages that name the option too name it once.
        ("fit with unseen='rare' (--unseen rare), or", "fit with --unseen rare, or"),
        ("name it in inputs (--inputs) to keep it", "name it in --inputs to keep it"),
        (
            "name it in inputs (--inputs) with rare=0 (--rare 0) to keep it",
            "name it in --inputs with --rare 0 to keep it",
        ),
        ("--samples columns, or samples='columns'", "--samples columns"),
        # What is not advice stays as it is.
        ("column 'max_iter' has missing values", "column 'max_iter' has missing values"),
        ('column "held_out" is empty', 'column "held_out" is empty'),
        ("the target starts in row 3", "the target starts in row 3"),
        ("the file's max_iter and Python's own", "the file's --max-iter and Python's own"),
        ("my_max_iter is none of ours", "my_max_iter is none of ours"),
    ],
)
def test_a_message_names_options(said: str, expected: str) -> None:
    assert as_options(said, OPTIONS) == expected


def test_it_takes_the_options_of_the_command_at_hand_and_of_fit() -> None:
    said = "methods must be names; or max_iter=3"
    assert (
        as_options(said, output_for(["compare"]).options)
        == "--methods must be names; or --max-iter 3"
    )
    assert (
        as_options(said, output_for(["predict"]).options)
        == "methods must be names; or --max-iter 3"
    )
    assert as_options(said, output_for(["nothing"]).options) == said


@given(st.text(alphabet="ab_'\"=[](),; ", max_size=30))
def test_what_names_no_argument_is_left_alone(text: str) -> None:
    assert as_options(text, OPTIONS) == text


@given(st.sampled_from(sorted(OPTIONS)), st.text(alphabet="abc _=", max_size=20))
def test_what_stands_in_quotes_is_left_alone(name: str, more: str) -> None:
    message = f"column '{name}{more}' is there twice"
    assert as_options(message, OPTIONS) == message


@given(st.sampled_from(sorted(OPTIONS)))
def test_every_argument_with_a_value_becomes_its_option(name: str) -> None:
    assert as_options(f"use {name}=7", OPTIONS) == f"use {OPTIONS[name]} 7"
    assert report_as_options(f"use {name}=7", OPTIONS) == f"use {OPTIONS[name]} 7"


@given(st.sampled_from(sorted(OPTIONS)), st.sampled_from("'\""))
def test_a_report_leaves_alone_what_stands_in_quotes(name: str, quote: str) -> None:
    notice = f"left out {quote}{name}=7{quote}: raise {name.upper()}"
    assert report_as_options(notice, OPTIONS) == notice


def test_a_report_keeps_its_own_words() -> None:
    report = (
        "Stopped     not converged, time_limit: raise\n    time_limit.\nInputs      a, max_iter, b\n"
        "Notice      use task='classification'\nChosen      max_iter 20, starts 3"
    )
    assert report_as_options(report, OPTIONS) == (
        "Stopped     not converged, time_limit: raise\n    --time-limit.\nInputs      a, max_iter, b\n"
        "Notice      use --task classification\nChosen      max_iter 20, starts 3"
    )
    assert report_as_options(report, {}) == report
