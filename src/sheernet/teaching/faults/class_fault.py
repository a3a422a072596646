"""A mistake in the notebook's class: a description, the changed expression, and the class with the mistake.

wrong source = SOURCE of notebook_source.py with `old` replaced by `new`
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.teaching.faults.notebook_source import SOURCE, Style, executed, in_style

PARTS = (
    "sigmoid_prime", "forward", "cost_function", "cost_function_prime", "get_params", "set_params",
    "compute_gradients", "compute_numerical_gradient", "Trainer",
)  # fmt: skip
"""The functions, methods and classes of the source that a fault may change, by their names in the notebook."""


@dataclass(frozen=True, eq=False)
class ClassFault:
    """The notebook's network with one mistake in it.

    Parameters
    ----------
    name : str
        A short name; if the same mistake is in `sheernet.faults.ALL`, its name there.
    part : str
        The function, method or class with the mistake, one of `PARTS`.
    what : str
        A sentence that describes the mistake.
    hint : str
        Where to look, without the solution.
    old, new : str
        The original expression, and its replacement, with the names of the notebook.

    Raises
    ------
    InvalidInput
        If `old` does not occur exactly once in the source.

    Examples
    --------
    Read the code of one, guess its mistake, then check:

    >>> import sheernet as sn
    >>> fault = sn.faults.NOTEBOOK["hidden sign"]
    >>> print(fault.code("videos").splitlines()[6].strip())
    delta2 = -back * sigmoidPrime(self.z2)
    >>> X, y = sn.datasets.load_sleep_study().scaled
    >>> print(sn.check_gradient(sn.foreign.from_object(fault.network(), X, y)).diagnosis)
    In the gradient, W_1 is -1 times the derivative; all other blocks are right.
    >>> print(fault.what)
    The deltas of the hidden layer have the wrong sign.
    """

    name: str
    part: str
    what: str
    hint: str
    old: str
    new: str

    def __post_init__(self) -> None:
        found = SOURCE.count(self.old)
        if found != 1 or self.part not in PARTS:
            raise InvalidInput(
                f"fault {self.name!r} changes {self.old!r} in {self.part!r}; the expression must occur once in the "
                f"source but occurs {counted(found, 'time')}, and the part must be one of {', '.join(PARTS)}"
            )

    def source(self, style: Style = "notebook") -> str:
        """The whole source with the mistake, with the names of the notebook or the videos."""
        return in_style(SOURCE.replace(self.old, self.new), style)

    def code(self, style: Style = "notebook") -> str:
        """The source of the function, method or class with the mistake."""
        source, name = self.source(style), in_style(self.part, style)
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
                lines = source.splitlines()[node.lineno - 1 : node.end_lineno]
                return "\n".join(line[node.col_offset :] for line in lines)
        raise InvalidInput(f"fault {self.name!r} removes {name!r} from the source")

    def names(self, style: Style = "notebook") -> dict[str, Any]:
        """Execute the source with the mistake; return the defined objects, by name."""
        return executed(self.source(style), f"fault {self.name!r}")

    def network(self, seed: int = 0, style: Style = "notebook") -> Any:
        """A network of the class with the mistake, with random weights."""
        return self.names(style)[in_style("NeuralNetwork", style)](seed)
