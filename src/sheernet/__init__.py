"""sheernet: small neural networks, trained to the optimum, checked, and shown.

    import sheernet as sn

    X, y = sn.datasets.load_sleep_study().scaled
    arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
    net = sn.Network.random(arch, seed=0, scheme="uniform")
    print(sn.check_gradient(sn.make_objective(arch, X, y), net.theta))
    training = sn.train(net, X, y, starts=20, scheme="uniform")
    sn.plots.cost(training).figure.savefig("cost.png")

Names are imported when they are first used, so that `import sheernet` takes little more than `import numpy`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from sheernet.version import __version__

if TYPE_CHECKING:
    from sheernet import (
        activations,
        costs,
        datasets,
        decay,
        derivatives,
        engines,
        faults,
        foreign,
        initialize,
        jobs,
        optimizers,
        plots,
        preprocessing,
        propagation,
        testing,
    )
    from sheernet.architecture import Architecture, Layout
    from sheernet.comparing import Comparison, compare
    from sheernet.decay import decay_from, weight_decay
    from sheernet.derivatives import GradientReport, Problem, check_gradient, numerical_gradient
    from sheernet.errors import (
        EngineUnavailable,
        GradientMismatch,
        InvalidInput,
        MissingDependency,
        ShapeMismatch,
        SheernetError,
        SheernetWarning,
    )
    from sheernet.files import load
    from sheernet.fitting import fit
    from sheernet.model import Model
    from sheernet.network import Network
    from sheernet.objective import make_objective
    from sheernet.propagation import backward, forward
    from sheernet.tables import Table, read_table
    from sheernet.training import Training, train

_MODULES = (
    "activations",
    "costs",
    "datasets",
    "decay",
    "derivatives",
    "engines",
    "faults",
    "foreign",
    "initialize",
    "jobs",
    "optimizers",
    "plots",
    "preprocessing",
    "propagation",
    "testing",
)

_HOMES = {
    "Architecture": "architecture",
    "Comparison": "comparing",
    "EngineUnavailable": "errors",
    "GradientMismatch": "errors",
    "GradientReport": "derivatives",
    "InvalidInput": "errors",
    "Layout": "architecture",
    "MissingDependency": "errors",
    "Model": "model",
    "Network": "network",
    "Problem": "derivatives",
    "ShapeMismatch": "errors",
    "SheernetError": "errors",
    "SheernetWarning": "errors",
    "Table": "tables",
    "Training": "training",
    "backward": "propagation",
    "check_gradient": "derivatives",
    "compare": "comparing",
    "decay_from": "decay",
    "fit": "fitting",
    "forward": "propagation",
    "load": "files",
    "make_objective": "objective",
    "numerical_gradient": "derivatives",
    "read_table": "tables",
    "train": "training",
    "weight_decay": "decay",
}
"""The module in which each public name lives."""

__all__ = [
    "Architecture",
    "Comparison",
    "EngineUnavailable",
    "GradientMismatch",
    "GradientReport",
    "InvalidInput",
    "Layout",
    "MissingDependency",
    "Model",
    "Network",
    "Problem",
    "ShapeMismatch",
    "SheernetError",
    "SheernetWarning",
    "Table",
    "Training",
    "__version__",
    "activations",
    "backward",
    "check_gradient",
    "compare",
    "costs",
    "datasets",
    "decay",
    "decay_from",
    "derivatives",
    "engines",
    "faults",
    "fit",
    "foreign",
    "forward",
    "initialize",
    "jobs",
    "load",
    "make_objective",
    "numerical_gradient",
    "optimizers",
    "plots",
    "preprocessing",
    "propagation",
    "read_table",
    "testing",
    "train",
    "weight_decay",
]


def __getattr__(name: str) -> Any:
    """Import a public name on its first use."""
    if name in _MODULES:
        return importlib.import_module(f"sheernet.{name}")
    if name in _HOMES:
        value = getattr(importlib.import_module(f"sheernet.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'sheernet' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
