"""Statistics of fitted networks: weight decay, noise and effective parameters chosen by the evidence."""

from sheernet.statistics.evidence import Evidence, evidence_at, noise_variance_at
from sheernet.statistics.evidence_search import EvidenceSearch, maximize_evidence
from sheernet.statistics.groups import decay_groups

__all__ = [
    "Evidence",
    "EvidenceSearch",
    "decay_groups",
    "evidence_at",
    "maximize_evidence",
    "noise_variance_at",
]
