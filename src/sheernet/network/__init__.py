"""The network: activations, architecture, the names of its weights, initial weights, propagation, predictions."""
