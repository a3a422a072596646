"""Statistics of fitted networks: weight decay and noise chosen by the evidence, and predictive distributions."""

from sheernet.statistics.conformal import conformal_factor
from sheernet.statistics.evidence import Evidence, evidence_at
from sheernet.statistics.evidence_search import EvidenceSearch, maximize_evidence
from sheernet.statistics.groups import decay_groups
from sheernet.statistics.predictive_distribution import Prediction
from sheernet.statistics.target_units import AffineUnits, TransformedUnits, Units

__all__ = [
    "AffineUnits",
    "Evidence",
    "EvidenceSearch",
    "Prediction",
    "TransformedUnits",
    "Units",
    "conformal_factor",
    "decay_groups",
    "evidence_at",
    "maximize_evidence",
]
