"""Lesson 7: the cost is a mean with a penalty, and the trainer records the costs of test rows."""

from __future__ import annotations

import pytest

from sheernet.teaching import grade
from teaching.grading.answers import VIDEOS
from teaching.grading.penalized_answers import CHANGES, PENALIZED, changed, network_class


class TestRightAnswers:
    def test_get_full_marks_as_the_videos_write_them(self) -> None:
        result = grade(network_class(PENALIZED), 7)
        assert result.right, str(result)

    def test_of_lesson_6_are_judged_without_a_penalty(self) -> None:
        result = grade(network_class(PENALIZED), 4)
        assert result.mistakes["costFunction"] == "unknown"  # Lambda is its own there
        assert grade(network_class(VIDEOS), 6).right


class TestWrongAnswers:
    @pytest.mark.parametrize("name", CHANGES)
    def test_are_found_and_named_in_their_part(self, name) -> None:
        _, part, mistake = CHANGES[name]
        result = grade(network_class(changed(name)), 7)
        assert result.mistakes == {part: mistake}
        (mark,) = (mark for mark in result.marks if not mark.right)
        assert mark.hint
        assert "Lambda *" not in mark.hint

    def test_without_lambda(self) -> None:
        result = grade(network_class(VIDEOS), 7)
        assert result.mistakes == {"__init__": "no Lambda"}
