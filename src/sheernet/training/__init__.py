"""Training: starts, jobs, progress, and the record of how each fit ended."""
