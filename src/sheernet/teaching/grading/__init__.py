"""Exercises with an answer key: what a learner writes is run and compared, and each mistake gets a hint.

marks.py             Mark and Grade, the result
learner_code.py      runs code of a learner: exceptions, endless loops and prints become sentences or silence
learner_file.py      runs the file of a learner: a Python file, or a notebook
exercise.py          the rows, the weights and the right network
own_network.py       finds the network of a learner by its names, and makes copies of it
answer_shape.py      what a method returned, before its numbers are compared
forward_mark.py, cost_mark.py, gradient_marks.py, parameter_marks.py, numerical_mark.py, trainer_mark.py
                     one part each
penalty_mistakes.py  mistakes with the mean and the penalty of lesson 7
grader.py            grade: all parts of a lesson

The gradient is judged by `check_gradient` alone, and its mistakes are named by its diagnosis.  A part that is wrong is
replaced by the right one while later parts are graded, so each mistake counts once.
"""

from sheernet.teaching.grading.grader import LESSONS, grade
from sheernet.teaching.grading.marks import Grade, Mark

__all__ = ["LESSONS", "Grade", "Mark", "grade"]
