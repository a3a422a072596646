"""Networks: activations, architecture, names of the weights, initial weights, propagation and predictions."""

from sheernet.network.architecture import Architecture, Block, Layout
from sheernet.network.network import Network
from sheernet.network.propagation import Gradients, Passes, backward, forward

__all__ = [
    "Architecture",
    "Block",
    "Gradients",
    "Layout",
    "Network",
    "Passes",
    "backward",
    "forward",
]
