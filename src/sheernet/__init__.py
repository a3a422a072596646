"""sheernet: small neural networks, trained to the optimum, checked, and shown.

    import sheernet as sn

    X, y = sn.datasets.load_sleep_study().scaled
    arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
    net = sn.Network.random(arch, seed=0, scheme="uniform")
    print(sn.check_gradient(sn.make_objective(arch, X, y), net.theta))
    training = sn.train(net, X, y, starts=20, scheme="uniform")
    sn.plots.cost(training).figure.savefig("cost.png")

Names are imported when they are first used, so that `import sheernet` takes hardly any time.  This file imports nothing
when it is loaded: it runs before the program `sheernet` changes what Ctrl-C does (`__main__`).
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sheernet import derivatives, optimizers, plots, statistics, teaching
    from sheernet.apps.page.notebook_page import page
    from sheernet.data import datasets, preprocessing
    from sheernet.data.shards import Shards, shards
    from sheernet.data.sources import read_table
    from sheernet.data.tables import Table
    from sheernet.derivatives import (
        GradientReport,
        Problem,
        check_gradient,
        foreign,
        numerical_gradient,
        testing,
    )
    from sheernet.foundation.errors import (
        EngineUnavailable,
        GradientMismatch,
        InvalidInput,
        MissingDependency,
        ShapeMismatch,
        SheernetError,
        SheernetWarning,
    )
    from sheernet.models.comparing import Comparison, compare
    from sheernet.models.estimators import (
        NetClassifier,
        NetRegressor,
    )
    from sheernet.models.files import load
    from sheernet.models.fitting import fit
    from sheernet.models.model import Model
    from sheernet.models.selecting import Selection, select
    from sheernet.network import activations, initialize, propagation
    from sheernet.network.architecture import Architecture, Layout
    from sheernet.network.network import Network
    from sheernet.network.propagation import backward, forward
    from sheernet.objective import costs, decay, engines
    from sheernet.objective.decay import decay_from, weight_decay
    from sheernet.objective.explained_passes import Explanation, explain
    from sheernet.objective.objective import make_objective
    from sheernet.teaching import faults
    from sheernet.training import jobs
    from sheernet.training.training import Training, train
    from sheernet.version import __version__

    __all__: list[str]

_MODULES = {
    "activations": "network",
    "costs": "objective",
    "datasets": "data",
    "decay": "objective",
    "derivatives": "",
    "engines": "objective",
    "faults": "teaching",
    "foreign": "derivatives",
    "initialize": "network",
    "jobs": "training",
    "optimizers": "",
    "plots": "",
    "preprocessing": "data",
    "propagation": "network",
    "statistics": "",
    "teaching": "",
    "testing": "derivatives",
}
"""The folder of each public module."""

_HOMES = {
    "Architecture": "network.architecture",
    "Comparison": "models.comparing",
    "EngineUnavailable": "foundation.errors",
    "Explanation": "objective.explained_passes",
    "GradientMismatch": "foundation.errors",
    "GradientReport": "derivatives",
    "InvalidInput": "foundation.errors",
    "Layout": "network.architecture",
    "MissingDependency": "foundation.errors",
    "Model": "models.model",
    "NetClassifier": "models.estimators",
    "NetRegressor": "models.estimators",
    "Network": "network.network",
    "Problem": "derivatives",
    "Selection": "models.selecting",
    "Shards": "data.shards",
    "ShapeMismatch": "foundation.errors",
    "SheernetError": "foundation.errors",
    "SheernetWarning": "foundation.errors",
    "Table": "data.tables",
    "Training": "training.training",
    "backward": "network.propagation",
    "check_gradient": "derivatives",
    "compare": "models.comparing",
    "decay_from": "objective.decay",
    "explain": "objective.explained_passes",
    "fit": "models.fitting",
    "forward": "network.propagation",
    "load": "models.files",
    "make_objective": "objective.objective",
    "numerical_gradient": "derivatives",
    "page": "apps.page.notebook_page",
    "read_table": "data.sources",
    "select": "models.selecting",
    "shards": "data.shards",
    "train": "training.training",
    "weight_decay": "objective.decay",
    "__version__": "version",
}
"""The module of each public class and function."""

_REPORTS = "sheernet.apps.html_report.notebook_display"
"""The module that shows models and runs in a notebook; `foundation.notebook_reports` reads this name."""


def __getattr__(name: str) -> "Any":
    """Import a public name on its first use."""
    from importlib import import_module

    if name in _MODULES:
        return import_module(".".join(filter(None, ("sheernet", _MODULES[name], name))))
    if name == "__all__":
        return _public_names()
    if name in _HOMES:
        value = getattr(import_module(f"sheernet.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'sheernet' has no attribute {name!r}")


def _public_names() -> list[str]:
    """Return `__all__`: without scikit-learn, `from sheernet import *` omits the estimators."""
    from importlib.util import find_spec

    missing = "" if find_spec("sklearn") else "models.estimators"
    return [*_MODULES, *(name for name, home in _HOMES.items() if home != missing)]


def __dir__() -> list[str]:
    return sorted(_public_names())
