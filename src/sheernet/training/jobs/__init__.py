"""Many fits in one call (`fit_jobs`): several starts, penalties and folds of one objective.

A job is a start, a decay and case weights.  On the compiled engine, jobs of bfgs, lbfgs, lm and hybrid run in C++,
several at a time; with any other method or engine they run in `sheernet.optimizers`, one after the other, or together
if their rows are in shards.  Both implement the same algorithms; the Python optimizers are the specification.

dispatch.py       `fit_jobs`: checks its arguments and chooses the implementation
compiled_fits.py  runs jobs in C++
python_fits.py    runs jobs by the Python optimizers, one after the other
joint_fits.py     runs jobs over shards by the Python optimizers, sharing each pass over the rows
job.py            `Job`, `Status`, the settings that all fits of a call share, and an observer of the best weights
job_results.py    `Fits`: the results
"""

from __future__ import annotations

from sheernet.training.jobs.dispatch import fit_jobs
from sheernet.training.jobs.job import Job, Status
from sheernet.training.jobs.job_results import Fits

__all__ = ["Fits", "Job", "Status", "fit_jobs"]
