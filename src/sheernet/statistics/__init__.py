"""Statistics of fitted networks: weight decay, noise and effective parameters by the evidence; rows left out."""

from sheernet.statistics.evidence import Evidence, evidence_at
from sheernet.statistics.evidence_search import EvidenceSearch, maximize_evidence
from sheernet.statistics.groups import decay_groups
from sheernet.statistics.leave_one_out import LeaveOneOut, leave_one_out

__all__ = [
    "Evidence",
    "EvidenceSearch",
    "LeaveOneOut",
    "decay_groups",
    "evidence_at",
    "leave_one_out",
    "maximize_evidence",
]
