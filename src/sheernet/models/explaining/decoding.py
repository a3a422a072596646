"""Numeric predictions or class probabilities as functions of the features, with their derivatives."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.targets import ClassTarget, Targets
from sheernet.foundation.arrays import Array, Indices
from sheernet.models.member import Member, mean_location
from sheernet.models.output_layer import limits
from sheernet.network import propagation
from sheernet.network.propagation import Passes
from sheernet.statistics.input_gradients import input_gradients

if TYPE_CHECKING:
    from sheernet.models.model import Model


def decoded(targets: Targets, outputs: Array) -> Array:
    """Decode outputs of the network to predictions in the targets' units, or class probabilities, (N, K)."""
    if isinstance(targets, ClassTarget):
        no_rows = np.zeros((0, len(targets.classes)))
        return targets.probabilities(outputs) if len(outputs) else no_rows
    if not len(outputs):
        return np.zeros((0, len(targets.names)))
    return targets.decode(outputs).reshape(len(outputs), -1)


def prediction_names(model: Model) -> tuple[str, ...]:
    """Names of the K predictions: targets, or classes as "color=red"."""
    targets = model.targets
    if isinstance(targets, ClassTarget):
        return tuple(f"{targets.name}={label}" for label in targets.classes)
    return targets.names


def limits_of_predictions(model: Model) -> tuple[Array, Array]:
    """The infimum and the supremum of each prediction, (K,) and (K,); -inf and inf if there is none."""
    if isinstance(model.targets, ClassTarget):
        n_classes = len(model.targets.classes)
        return np.zeros(n_classes), np.ones(n_classes)
    return limits(model.targets)


def predicted(model: Model, X: Array) -> Array:
    """Predictions of a model for encoded rows, (N, K)."""
    return decoded(model.targets, mean_location(model.members, X))


def output_slopes(targets: Targets, member: Member, passes: Passes) -> Array:
    """Derivative of the K predictions with respect to the outputs of a member before their activation.

    Parameters
    ----------
    targets : NumberTargets or ClassTarget
        The decoder of the outputs.
    member : Member
        The member.
    passes : Passes
        The forward passes of N rows.

    Returns
    -------
    ndarray, (N, K, outputs of the network)
        Derivatives; 0 for outputs that do not change the predictions.
    """
    output = member.network.architecture.activations[-1]
    z, a = passes.pre_activations[-1], passes.activations[-1]
    n_outputs = a.shape[1]
    if output.derivative is None:  # softmax: da_k / dz_j = a_k (1[j = k] - a_j)
        slopes = a[:, :, None] * (np.eye(n_outputs) - a[:, None, :])
    else:
        slopes = output.derivative(z)[:, :, None] * np.eye(n_outputs)
    if member.transform is not None:
        slopes = member.location_slopes(a) @ slopes
    return _of_predictions(targets, slopes)


def _of_predictions(targets: Targets, derivatives: Array) -> Array:
    """Derivatives of the predictions, (N, K, ...), from the derivatives of the locations of a member."""
    if isinstance(targets, ClassTarget):
        is_one = derivatives.shape[1] == 1  # the probability of the second of two classes
        return np.concatenate([-derivatives, derivatives], axis=1) if is_one else derivatives
    scales = np.array(targets.scale)
    return derivatives[:, : len(scales)] * scales[:, None]


def feature_gradient(targets: Targets, member: Member, X: Array) -> Array:
    """Derivative of the K predictions of a member with respect to the features, (N, K, F)."""
    network, slopes = member.network, input_gradients(member.network, X)
    if member.transform is not None:
        slopes = member.location_slopes(network.predict(X)) @ slopes
    return _of_predictions(targets, slopes)


def weight_gradient(targets: Targets, member: Member, X: Array) -> Array:
    """Derivative of the K predictions of a member with respect to its weights, (N, K, P)."""
    arch, theta = member.network.architecture, member.network.theta
    passes = propagation.forward(arch, theta, X)
    slopes = output_slopes(targets, member, passes)
    return slopes @ propagation.jacobian(arch, theta, passes)


def summed_weight_gradients(
    targets: Targets, member: Member, X: Array, weights: Array, ends: Indices
) -> Array:
    """Derivative of weighted sums of the K predictions of a member over groups of rows by its weights, (G, K, P).

    Group g has the rows from ends[g] to ends[g + 1] - 1.
    """
    arch, theta = member.network.architecture, member.network.theta
    passes = propagation.forward(arch, theta, X)
    slopes = output_slopes(targets, member, passes) * weights[:, None, None]  # (N, K, outputs)
    groups = [slice(first, last) for first, last in itertools.pairwise(ends)]
    found = np.empty((len(groups), slopes.shape[1], arch.n_parameters))
    for k in range(slopes.shape[1]):
        deltas = propagation.backward(arch, theta, passes, slopes[:, k]).deltas
        for block in arch.layout.blocks:
            delta, source = deltas[block.layer], block.source
            for g, rows in enumerate(groups):
                found[g, k, block.slice] = (
                    delta[rows].sum(axis=0)
                    if source is None
                    else (passes.activations[source][rows].T @ delta[rows]).ravel()
                )
    return found
