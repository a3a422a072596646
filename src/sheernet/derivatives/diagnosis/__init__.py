"""The diagnosis of a wrong gradient: what kind of mistake it contains."""

from sheernet.derivatives.diagnosis.evidence import Diagnosis, Evidence
from sheernet.derivatives.diagnosis.hypotheses import diagnose

__all__ = ["Diagnosis", "Evidence", "diagnose"]
