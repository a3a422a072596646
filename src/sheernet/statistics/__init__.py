"""Statistics of fitted networks: decay by the evidence, predictive distributions, intervals, rows left out."""

from sheernet.statistics.conformal import conformal_factor
from sheernet.statistics.evidence import Evidence, evidence_at, noise_variance_at
from sheernet.statistics.evidence_search import EvidenceSearch, maximize_evidence
from sheernet.statistics.groups import decay_groups
from sheernet.statistics.leave_one_out import LeaveOneOut, leave_one_out
from sheernet.statistics.predictive_distribution import Prediction
from sheernet.statistics.target_units import AffineUnits, TransformedUnits, Units

__all__ = [
    "AffineUnits",
    "Evidence",
    "EvidenceSearch",
    "LeaveOneOut",
    "Prediction",
    "TransformedUnits",
    "Units",
    "conformal_factor",
    "decay_groups",
    "evidence_at",
    "leave_one_out",
    "maximize_evidence",
    "noise_variance_at",
]
