"""For learners and teachers: an example from data to plots, lessons, and a collection of wrong gradients.

demo.py              the example
lesson_cells.py      the scripts in lessons/ as cells        lesson_run.py        a lesson run cell by cell
lesson_notebooks.py  a lesson as a notebook                  faults/              the wrong gradients
"""
