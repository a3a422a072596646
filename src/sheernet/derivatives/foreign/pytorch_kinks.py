"""Where a PyTorch module has kinks: the arguments of relu and its like, seen while the module runs.

`torch.overrides.TorchFunctionMode` is PyTorch's documented way to see every call of its functions, so that
`nn.ReLU`, `torch.relu`, `functional.relu` and `z.relu()` are all found.  Inside a scripted module nothing is seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheernet.derivatives.foreign.parts import unit_name
from sheernet.foundation.arrays import Array

KINKED = ("relu", "relu_", "leaky_relu", "leaky_relu_", "prelu", "abs", "abs_", "absolute")
"""Functions with a kink at 0 and nowhere else, by name; of l1_loss it is the difference that matters."""


@dataclass
class Kinks:
    """The arguments of functions with a kink at 0, in the order of the calls: each its function's name and values."""

    calls: list[tuple[str, Array]] = field(default_factory=list)

    def recorder(self) -> Any:
        """A context in which such calls are recorded."""
        from sheernet.foundation.optional import import_optional

        overrides: Any = import_optional("torch.overrides", extra=None, purpose="PyTorch modules")
        calls = self.calls

        class Recorder(overrides.TorchFunctionMode):  # type: ignore[misc]
            def __torch_function__(
                self, func: Any, types: Any, args: Any = (), kwargs: Any = None
            ) -> Any:
                name = getattr(func, "__name__", "")
                if (name in KINKED or name == "l1_loss") and args:
                    z = args[0] - args[1] if name == "l1_loss" else args[0]
                    calls.append((name.rstrip("_"), np.array(z.detach().numpy(), np.float64)))
                return func(*args, **(kwargs or {}))

        return Recorder()

    @property
    def values(self) -> Array:
        """All of them in one vector (m,)."""
        return np.concatenate([z.ravel() for _, z in self.calls] or [np.empty(0)])

    def name(self, index: int) -> str:
        """Words for an entry of `values`: the function, counted from 1, unit and row."""
        for number, (function, z) in enumerate(self.calls, start=1):
            if index < z.size:
                width = z.size // z.shape[0] if z.ndim else 1
                return unit_name(f"{function} {number}", index, width)
            index -= z.size
        raise IndexError(index)
