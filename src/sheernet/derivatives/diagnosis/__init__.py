"""Diagnosis of the kind of mistake in a wrong gradient."""

from sheernet.derivatives.diagnosis.diagnosing import diagnose
from sheernet.derivatives.diagnosis.diagnosis_data import Diagnosis, Evidence

__all__ = ["Diagnosis", "Evidence", "diagnose"]
