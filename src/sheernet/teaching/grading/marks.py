"""Mark, the result for one part of an exercise, and Grade, the result for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sheernet.foundation.message_text import listed, wrapped
from sheernet.foundation.plain_data import plain


@dataclass(frozen=True)
class Mark:
    """The result for one part.

    Attributes
    ----------
    part : str
        The name of the part, in the learner's own style.
    mistake : str
        A short name of the mistake; "" if the part is right, "unknown" if it is wrong in a way that has no name.
    sentence : str
        The mistake; or a remark on a correct part.
    hint : str
        Where to look, without the solution.
    """

    part: str
    mistake: str = ""
    sentence: str = ""
    hint: str = ""

    @property
    def right(self) -> bool:
        """Whether the part is right."""
        return not self.mistake

    def __str__(self) -> str:
        verdict = "right" if self.right else "WRONG"
        said = f"{self.part}: {self.sentence}" if self.sentence else self.part
        text = wrapped(said, indent=7, first=f"{verdict}  ")
        return (
            f"{text}\n{wrapped(self.hint, indent=13, first='       Hint: ')}" if self.hint else text
        )


@dataclass(frozen=True)
class Grade:
    """The result of `sheernet.teaching.grade`.

    Attributes
    ----------
    name : str
        The name of the class.
    lesson : int or None
        The lesson whose parts were graded; None for all parts that were found.
    marks : tuple of Mark
        The mark of each part, in the order of the lessons.
    not_graded : tuple of str
        Missing optional parts, which do not enter the score.
    """

    name: str
    lesson: int | None
    marks: tuple[Mark, ...]
    not_graded: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """The fraction of correct parts, 0 to 1."""
        return sum(mark.right for mark in self.marks) / len(self.marks)

    @property
    def right(self) -> bool:
        """Whether all parts are right."""
        return all(mark.right for mark in self.marks)

    @property
    def mistakes(self) -> dict[str, str]:
        """The name of each mistake, by part."""
        return {mark.part: mark.mistake for mark in self.marks if not mark.right}

    def to_dict(self) -> dict[str, Any]:
        """Return the grade as numbers, strings, lists and dicts for JSON."""
        names = ("name", "lesson", "score", "right", "marks", "not_graded")
        return plain({name: getattr(self, name) for name in names})

    def __str__(self) -> str:
        n_right = sum(mark.right for mark in self.marks)
        head = f"{self.name}: {n_right} of {len(self.marks)} parts are right ({100 * self.score:.0f} %)"
        absent = wrapped(f"Not there and not graded: {listed(self.not_graded)}.", indent=7)
        return "\n".join([head, *map(str, self.marks), *([absent] if self.not_graded else [])])
