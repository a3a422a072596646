"""For learners and teachers: an example from data to plots, a collection of wrong gradients, and graded exercises."""

from sheernet.teaching.grading import Grade, Mark, grade

__all__ = ["Grade", "Mark", "grade"]
