"""Statistics of fitted networks: decay by the evidence, predictive distributions, intervals, importance of inputs."""

from sheernet.statistics.canonical_correlations import canonical_correlations
from sheernet.statistics.conformal import conformal_factor
from sheernet.statistics.count_distribution import CountPrediction
from sheernet.statistics.decay_groups import decay_groups
from sheernet.statistics.evidence import Evidence, evidence_at, noise_variance_at
from sheernet.statistics.evidence_search import EvidenceSearch, maximize_evidence
from sheernet.statistics.input_gradients import (
    feature_covariance,
    input_gradients,
    local_deviations,
)
from sheernet.statistics.permutation_importance import permutation_losses
from sheernet.statistics.predictive_distribution import Prediction
from sheernet.statistics.shapley import ShapleyValues, shapley_values
from sheernet.statistics.sobol import IndependentColumns, SobolIndices, sobol_indices
from sheernet.statistics.target_scaling import AffineUnits
from sheernet.statistics.target_transforms import JohnsonTransform

__all__ = [
    "AffineUnits",
    "CountPrediction",
    "Evidence",
    "EvidenceSearch",
    "IndependentColumns",
    "JohnsonTransform",
    "Prediction",
    "ShapleyValues",
    "SobolIndices",
    "canonical_correlations",
    "conformal_factor",
    "decay_groups",
    "evidence_at",
    "feature_covariance",
    "input_gradients",
    "local_deviations",
    "maximize_evidence",
    "noise_variance_at",
    "permutation_losses",
    "shapley_values",
    "sobol_indices",
]
