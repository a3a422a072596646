"""The diagnosis of a wrong gradient: what kind of mistake it contains."""

from sheernet.derivatives.diagnosis.diagnosing import diagnose
from sheernet.derivatives.diagnosis.diagnosis_data import Diagnosis, Evidence

__all__ = ["Diagnosis", "Evidence", "diagnose"]
