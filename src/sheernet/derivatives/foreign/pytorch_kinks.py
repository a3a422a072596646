"""Find the kinks of a PyTorch module by recording the arguments of relu and similar functions while it runs.

`torch.overrides.TorchFunctionMode` is PyTorch's documented way to intercept every call of its functions; it finds
`nn.ReLU`, `torch.relu`, `functional.relu` and `z.relu()`.  Calls inside a scripted module are not intercepted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheernet.derivatives.foreign.entry_names import unit_name
from sheernet.foundation.arrays import Array
from sheernet.foundation.optional import import_optional

KINK_FUNCTIONS = ("relu", "relu_", "leaky_relu", "leaky_relu_", "prelu", "abs", "abs_", "absolute")
"""Functions with a kink at 0 only; l1_loss is handled separately, because its kink is at a zero difference."""


@dataclass
class Kinks:
    """The recorded calls, in order: the name of each function and the values of its argument."""

    calls: list[tuple[str, Array]] = field(default_factory=list)

    def recorder(self) -> Any:
        """Return a context that records such calls."""
        overrides: Any = import_optional("torch.overrides", extra=None, purpose="PyTorch modules")
        calls = self.calls

        class Recorder(overrides.TorchFunctionMode):  # type: ignore[misc]
            def __torch_function__(
                self, func: Any, types: Any, args: Any = (), kwargs: Any = None
            ) -> Any:
                name = getattr(func, "__name__", "")
                if (name in KINK_FUNCTIONS or name == "l1_loss") and args:
                    z = args[0] - args[1] if name == "l1_loss" else args[0]
                    calls.append((name.rstrip("_"), np.array(z.detach().numpy(), np.float64)))
                return func(*args, **(kwargs or {}))

        return Recorder()

    @property
    def values(self) -> Array:
        """All arguments in one vector (m,)."""
        return np.concatenate([z.ravel() for _, z in self.calls] or [np.empty(0)])

    def name(self, index: int) -> str:
        """Return the name of an entry of `values`: function, number of the call from 1, unit and row."""
        for number, (function, z) in enumerate(self.calls, start=1):
            if index < z.size:
                width = z.size // z.shape[0] if z.ndim else 1
                return unit_name(f"{function} {number}", index, width)
            index -= z.size
        raise IndexError(index)
