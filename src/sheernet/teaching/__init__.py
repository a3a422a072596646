"""For learners and teachers: an example from data to plots, lessons, wrong gradients, and graded exercises.

demo.py              the example
lesson_cells.py      the scripts in lessons/ as cells        lesson_run.py        a lesson run cell by cell
lesson_notebooks.py  a lesson as a notebook                  faults/              wrong gradients
grading/             exercises with an answer key
"""

from sheernet.teaching.grading import Grade, Mark, grade

__all__ = ["Grade", "Mark", "grade"]
