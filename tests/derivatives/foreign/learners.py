"""The network of the notebook, rewritten, with both styles of method names, and variants with one mistake each.

A mistake overrides the one method that holds it.  All networks have a penalty, decay / 2 times the squared weights.
"""

from __future__ import annotations

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * sigmoid(-z)


class Network:
    """One hidden layer of sigmoid units, sigmoid outputs, no biases; methods named as in the notebook."""

    def __init__(self, sizes=(2, 3, 1), decay=0.3, seed=0):
        rng = np.random.default_rng(seed)
        self.sizes, self.decay = sizes, decay
        self.W_1 = rng.standard_normal(sizes[:2])
        self.W_2 = rng.standard_normal(sizes[1:])

    def forward(self, X):
        self.z_2 = X @ self.W_1
        self.a_2 = sigmoid(self.z_2)
        self.z_3 = self.a_2 @ self.W_2
        self.y_hat = sigmoid(self.z_3)
        return self.y_hat

    def penalty(self):
        return self.decay / 2 * ((self.W_1**2).sum() + (self.W_2**2).sum())

    def cost_function(self, X, y):
        return 0.5 * ((self.forward(X) - y) ** 2).sum() + self.penalty()

    def delta_3(self, y):
        return (self.y_hat - y) * sigmoid_prime(self.z_3)

    def delta_2(self, delta_3):
        return delta_3 @ self.W_2.T * sigmoid_prime(self.z_2)

    def derivatives(self, X, y):
        self.forward(X)
        delta_3 = self.delta_3(y)
        dW_2 = self.a_2.T @ delta_3 + self.decay * self.W_2
        dW_1 = X.T @ self.delta_2(delta_3) + self.decay * self.W_1
        return dW_1, dW_2

    def compute_gradients(self, X, y):
        dW_1, dW_2 = self.derivatives(X, y)
        return np.concatenate((dW_1.ravel(), dW_2.ravel()))

    def get_params(self):
        return np.concatenate((self.W_1.ravel(), self.W_2.ravel()))

    def set_params(self, params):
        n = self.W_1.size
        self.W_1 = params[:n].reshape(self.sizes[:2])
        self.W_2 = params[n:].reshape(self.sizes[1:])


class VideosNetwork:
    """The same, with names as in the videos, and weights in W1 and W2."""

    def __init__(self, **options):
        inner = Network(**options)
        self.W1, self.W2 = inner.W_1, inner.W_2
        self.Lambda = inner.decay

    def costFunction(self, X, y):
        self.yHat = sigmoid(sigmoid(X @ self.W1) @ self.W2)
        return 0.5 * np.sum((y - self.yHat) ** 2) + self.Lambda / 2 * (
            np.sum(self.W1**2) + np.sum(self.W2**2)
        )

    def computeGradients(self, X, y):
        z2 = X @ self.W1
        z3 = sigmoid(z2) @ self.W2
        delta3 = -(y - sigmoid(z3)) * sigmoid_prime(z3)
        delta2 = np.dot(delta3, self.W2.T) * sigmoid_prime(z2)
        dJdW1 = X.T @ delta2 + self.Lambda * self.W1
        dJdW2 = sigmoid(z2).T @ delta3 + self.Lambda * self.W2
        return np.concatenate((dJdW1.ravel(), dJdW2.ravel()))

    def getParams(self):
        return np.concatenate((self.W1.ravel(), self.W2.ravel()))

    def setParams(self, params):
        n = self.W1.size
        self.W1 = np.reshape(params[:n], self.W1.shape)
        self.W2 = np.reshape(params[n:], self.W2.shape)


class Sign(Network):
    def delta_3(self, y):
        return (y - self.y_hat) * sigmoid_prime(self.z_3)


class OutputDerivativeMissing(Network):
    def delta_3(self, y):
        return self.y_hat - y


class HiddenDerivativeMissing(Network):
    def delta_2(self, delta_3):
        return delta_3 @ self.W_2.T


class NotTransposed(Network):
    """Runs only because W_2 is square in the test."""

    def delta_2(self, delta_3):
        return delta_3 @ self.W_2 * sigmoid_prime(self.z_2)


class FactorTwo(Network):
    def delta_3(self, y):
        return 2 * super().delta_3(y)


class ActivationForPreActivation(Network):
    def delta_2(self, delta_3):
        return delta_3 @ self.W_2.T * sigmoid_prime(self.a_2)


class InputsLeftOut(Network):
    def derivatives(self, X, y):
        _, dW_2 = super().derivatives(X, y)
        return np.ones_like(X).T @ self.delta_2(self.delta_3(y)) + self.decay * self.W_1, dW_2


class WrongOrder(Network):
    def compute_gradients(self, X, y):
        dW_1, dW_2 = self.derivatives(X, y)
        return np.concatenate((dW_2.ravel(), dW_1.ravel()))


class PenaltyMissing(Network):
    def derivatives(self, X, y):
        dW_1, dW_2 = super().derivatives(X, y)
        return dW_1 - self.decay * self.W_1, dW_2 - self.decay * self.W_2


class StaleForwardPass(Network):
    """Right only if the cost was last evaluated at the same weights."""

    def derivatives(self, X, y):
        delta_3 = self.delta_3(y)
        dW_2 = self.a_2.T @ delta_3 + self.decay * self.W_2
        return X.T @ self.delta_2(delta_3) + self.decay * self.W_1, dW_2


class MeanInTheCostOnly(Network):
    def cost_function(self, X, y):
        return 0.5 * ((self.forward(X) - y) ** 2).sum() / len(X) + self.penalty()


class PreActivationForActivation(Network):
    def derivatives(self, X, y):
        dW_1, _ = super().derivatives(X, y)
        return dW_1, self.z_2.T @ self.delta_3(y) + self.decay * self.W_2


MISTAKES = (
    Sign,
    OutputDerivativeMissing,
    HiddenDerivativeMissing,
    NotTransposed,
    FactorTwo,
    ActivationForPreActivation,
    InputsLeftOut,
    WrongOrder,
    PenaltyMissing,
    StaleForwardPass,
    MeanInTheCostOnly,
    PreActivationForActivation,
)
