"""Whole fits: many starts, penalties and folds of one objective in one call.

A job is a start, a decay and case weights.  On the compiled engine, jobs of bfgs, lbfgs and lm run in C++, several at a
time; every other method, and the reference engine, runs them one after the other by `sheernet.optimizers.minimize`.
Both do the same by the same rules: the Python optimizers are the specification.
"""

from __future__ import annotations

from sheernet.training.jobs.dispatch import fit_jobs
from sheernet.training.jobs.fits import Fits
from sheernet.training.jobs.job import Job, Status

__all__ = ["Fits", "Job", "Status", "fit_jobs"]
