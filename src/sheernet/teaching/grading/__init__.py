"""Exercises with an answer key: the code of a learner is run and compared, and each mistake gets a hint.

marks.py             Mark and Grade, the result
learner_code.py      runs code of a learner: exceptions and endless loops become sentences, output is dropped
learner_file.py      runs the file of a learner: a Python file, or a notebook
exercise.py          the rows, the weights and the correct network
own_network.py       finds the network of a learner by its names, and makes copies of it
answer_shape.py      the type and the shape of a returned value
forward_mark.py, cost_mark.py, gradient_marks.py, parameter_marks.py, numerical_mark.py, trainer_mark.py
                     each grades one part
penalty_mistakes.py  mistakes with the mean and the penalty of lesson 7
grader.py            grade: all parts of a lesson

Only `check_gradient` decides whether the gradient is correct, and its diagnosis names mistakes.  A wrong part is
replaced by the correct one while later parts are graded, so each mistake counts once.
"""

from sheernet.teaching.grading.grader import LESSONS, grade
from sheernet.teaching.grading.marks import Grade, Mark

__all__ = ["LESSONS", "Grade", "Mark", "grade"]
