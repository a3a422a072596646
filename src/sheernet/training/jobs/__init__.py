"""Many fits in one call: several starts, penalties and folds of one objective.

A job is a start, a decay and case weights.  On the compiled engine, jobs of bfgs, lbfgs and lm run in C++, several at a
time; with any other method or engine they run one after the other in the optimizers of `sheernet.optimizers`.  Both
follow the same rules: the Python optimizers are the specification.

dispatch.py       `fit_jobs`: checks its arguments and chooses between the two
compiled_fits.py  jobs in C++
one_by_one.py     jobs in Python
job.py, fits.py   what goes in, and what comes out
"""

from __future__ import annotations

from sheernet.training.jobs.dispatch import fit_jobs
from sheernet.training.jobs.fits import Fits
from sheernet.training.jobs.job import Job, Status

__all__ = ["Fits", "Job", "Status", "fit_jobs"]
