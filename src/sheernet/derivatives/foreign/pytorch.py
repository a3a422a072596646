"""from_torch: a problem from a PyTorch module and a loss, with the gradient of backward(); uses public functions only.

    value(theta) = loss(module(X), y)        theta = the parameters that require a gradient, in named_parameters() order

The problem uses a copy of the module, in float64 on the CPU, because a difference quotient in float32 has only three
correct digits.  A wrong gradient formula is wrong in float64, too.

The kinks of the module are found by recording the arguments of relu and similar functions while it runs.
`torch.overrides.TorchFunctionMode` is PyTorch's documented way to intercept every call of its functions; it finds
`nn.ReLU`, `torch.relu`, `functional.relu` and `z.relu()`.  Calls inside a scripted module are not intercepted.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheernet.derivatives import Problem
from sheernet.derivatives.foreign.entry_names import Part, names_and_blocks, unit_name
from sheernet.foundation.arrays import Array, as_float
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.optional import import_optional

TORCH_SEED = 0
"""Seed of PyTorch's random number generator in each evaluation."""


def from_torch(module: Any, loss: Any, X: Any, y: Any) -> Problem:
    """Make a problem from a PyTorch module and a loss.

    Formula: loss(module(X), y), and the gradient that its backward() stores in the parameters.

    Parameters
    ----------
    module : torch.nn.Module
        The module, in train() or eval() mode.  It is not changed: the problem uses a deep copy in float64 on the CPU,
        even if the module is float32 or on another device.
    loss : callable or torch.nn.Module
        (output, y) -> a tensor of one number; a module is copied, too.
    X : array_like or tensor, (N, ...)
        Inputs, converted to float64, except a tensor of integers, such as for an embedding, which becomes int64.
    y : array_like or tensor
        Targets.  Whole numbers, such as classes, become int64 if the loss accepts them; all others become float64.

    Returns
    -------
    Problem
        With P entries, named like "fc1.weight[2,3]", and a block for each parameter that requires a gradient.  The
        gradient of a parameter that backward() does not reach is zero, so a layer detached by mistake fails.  It has
        the kinks of relu, leaky_relu, prelu, abs and l1_loss, and the constants N and K.

    Raises
    ------
    InvalidInput
        If `module` is not a module, has no parameter that requires a gradient, or raises an error.
    ShapeMismatch
        If the loss is not one number.
    MissingDependency
        If PyTorch is not installed.

    Notes
    -----
    Each evaluation sets the same seed of PyTorch's generator, so that train() mode uses one fixed dropout mask.  It
    restores the generator and the buffers, such as the averages of a batch norm.

    Examples
    --------
    >>> import sheernet as sn
    >>> import torch  # doctest: +SKIP
    >>> net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))  # doctest: +SKIP
    >>> X, y = torch.randn(10, 2), torch.randn(10, 1)  # doctest: +SKIP
    >>> problem = sn.foreign.from_torch(net, torch.nn.functional.mse_loss, X, y)  # doctest: +SKIP
    >>> sn.check_gradient(problem).verdict  # doctest: +SKIP
    'pass'
    """
    torch: Any = import_optional("torch", extra=None, purpose="problems made from PyTorch modules")
    module = _float64_copy(torch, module, "the module")
    parameters = _parameters(torch, module)
    inputs = _as_tensor(torch, X, "X", whole=isinstance(X, torch.Tensor))
    if isinstance(loss, torch.nn.Module):
        loss = _float64_copy(torch, loss, "the loss")
    x = np.concatenate([_as_array(parameter) for parameter in parameters.values()])
    evaluation = _first_working(
        x,
        _Evaluation(torch, module, loss, inputs, _as_tensor(torch, y, "y", whole=True), parameters),
        _Evaluation(
            torch, module, loss, inputs, _as_tensor(torch, y, "y", whole=False), parameters
        ),
    )
    names, blocks = names_and_blocks(_parts(module, parameters))
    kinks = evaluation.record_kinks(x)
    return Problem(
        value=evaluation.value,
        gradient=lambda theta: evaluation.value_and_gradient(theta)[1],
        x=x,
        names=names,
        blocks=blocks,
        kinks=(lambda theta: evaluation.record_kinks(theta).values) if kinks.calls else None,
        kink_name=kinks.name if kinks.calls else None,
        value_and_gradient=evaluation.value_and_gradient,
        constants=evaluation.constants(x),
    )


@dataclass(frozen=True, eq=False)
class _Evaluation:
    """A module and a loss as functions of a vector."""

    torch: Any
    module: Any
    loss: Any
    X: Any
    y: Any
    parameters: dict[str, Any]

    @contextlib.contextmanager
    def at(self, theta: Array) -> Iterator[None]:
        """Set the parameters and the seed; restore the buffers and the generator afterwards."""
        torch, place = self.torch, 0
        owners = [owner for owner in (self.module, self.loss) if isinstance(owner, torch.nn.Module)]
        buffers = [(b, b.clone()) for owner in owners for b in owner.buffers()]
        with torch.no_grad():
            for parameter in self.parameters.values():
                part = np.array(theta[place : place + parameter.numel()])
                parameter.copy_(torch.from_numpy(part).reshape(parameter.shape))
                place += parameter.numel()
        before = torch.get_rng_state()
        # torch.manual_seed takes ten times as long: it formats a traceback for the later seeding of a GPU.
        torch.set_rng_state(torch.Generator().manual_seed(TORCH_SEED).get_state())
        try:
            with torch.inference_mode(False), torch.enable_grad():
                yield
        finally:
            torch.set_rng_state(before)
            with torch.no_grad():
                for buffer, kept in buffers:
                    buffer.copy_(kept)

    def total(self) -> Any:
        """Return the loss at the current parameters, a tensor of one number."""
        try:
            # A module may modify its input, so it receives a copy.
            total = self.loss(self.module(self.X.clone()), self.y)
        except Exception as error:
            raise self.refused("the module or the loss", error) from error
        if not isinstance(total, self.torch.Tensor) or total.numel() != 1:
            given = _described(total) if isinstance(total, self.torch.Tensor) else repr(total)
            raise ShapeMismatch(
                f"the loss must return a tensor of one number, but it returned {given}; "
                "reduce it, for example with .mean() or reduction='mean'"
            )
        return total.reshape(())

    def refused(self, what: str, error: Exception) -> InvalidInput:
        """Return the error of PyTorch or of user code, with the shapes of X and y."""
        return InvalidInput(
            f"{what} raised {type(error).__name__}: {error}; "
            f"X is {_described(self.X)} and y is {_described(self.y)}"
        )

    def value(self, theta: Array) -> float:
        """Return the loss at theta."""
        with self.at(theta):
            return float(self.total().detach())

    def value_and_gradient(self, theta: Array) -> tuple[float, Array]:
        """Return the loss and the gradient of backward() at theta, zero for parameters that it does not reach."""
        with self.at(theta):
            for parameter in self.parameters.values():
                parameter.grad = None
            total = self.total()
            if total.requires_grad:  # otherwise all parameters are detached from it
                try:
                    total.backward()
                except Exception as error:
                    raise self.refused("backward()", error) from error
        gradient = [
            np.zeros(parameter.numel()) if parameter.grad is None else _as_array(parameter.grad)
            for parameter in self.parameters.values()
        ]
        return float(total.detach()), np.concatenate(gradient)

    def record_kinks(self, theta: Array) -> Kinks:
        """Record the arguments of relu and similar functions at theta."""
        kinks = Kinks()
        with self.at(theta), kinks.recorder():
            self.total()
        return kinks

    def constants(self, theta: Array) -> dict[str, float]:
        """Return N, the rows of X, and K, the columns of the output."""
        with self.at(theta):
            output = self.module(self.X.clone())
        wide = isinstance(output, self.torch.Tensor) and output.ndim > 1
        return {
            "N": float(self.X.shape[0] if self.X.ndim else 1),
            "K": float(output.shape[-1] if wide else 1),
        }


def _first_working(x: Array, *evaluations: _Evaluation) -> _Evaluation:
    """Return the first evaluation that raises no error; if none does, raise the first error.

    Some losses accept only integers for y, and some only floats.
    """
    errors = []
    for evaluation in evaluations:
        try:
            evaluation.value_and_gradient(x)
        except InvalidInput as error:
            errors.append(error)
        else:
            return evaluation
    raise errors[0]


def _float64_copy(torch: Any, module: Any, noun: str) -> Any:
    """Return a copy in float64 on the CPU."""
    if not isinstance(module, torch.nn.Module):
        is_class = isinstance(module, type)
        given = f"the class {module.__name__}" if is_class else f"a {type(module).__name__}"
        raise InvalidInput(
            f"from_torch takes a torch.nn.Module and a loss, but {noun} is {given}; "
            "give an object of a class that is derived from torch.nn.Module"
        )
    for name, parameter in module.named_parameters():
        if torch.nn.parameter.is_lazy(parameter):
            raise InvalidInput(
                f"{name} of {noun} has no shape yet; call the module once, for example module(X)"
            )
        if parameter.is_complex():
            raise InvalidInput(
                f"{name} of {noun} is complex, but parameters must be real; "
                "store its real and imaginary parts as two parameters"
            )
    try:
        return copy.deepcopy(module).to(device="cpu", dtype=torch.float64)
    except RuntimeError as error:
        raise InvalidInput(
            f"{noun} cannot be copied: {error}; keep no tensor of a computation in its attributes"
        ) from error


def _parameters(torch: Any, module: Any) -> dict[str, Any]:
    """Return the parameters that require a gradient, by name, in the order of the module."""
    found = {name: p for name, p in module.named_parameters() if p.requires_grad and p.numel()}
    if not found:
        raise InvalidInput(
            "no parameter of the module requires a gradient; call module.requires_grad_(), or register "
            "its tensors as torch.nn.Parameter"
        )
    return found


def _parts(module: Any, parameters: dict[str, Any]) -> list[Part]:
    """Return the parameters as parts; layers are the modules with own parameters, including frozen ones, in order."""
    owners = list(dict.fromkeys(name.rpartition(".")[0] for name, _ in module.named_parameters()))
    return [
        Part(
            name,
            tuple(parameter.shape),
            layer=owners.index(name.rpartition(".")[0]) + 1,
            is_bias=name.endswith("bias"),
        )
        for name, parameter in parameters.items()
    ]


def _as_tensor(torch: Any, values: Any, noun: str, *, whole: bool) -> Any:
    """Return a copy on the CPU: integers as int64 if `whole`, everything else as float64."""
    if isinstance(values, torch.Tensor):
        tensor = values.detach().to("cpu").clone()
    else:
        raw = np.asarray(values)
        kept = whole and raw.dtype.kind in "iu"
        tensor = torch.tensor(raw.astype(np.int64) if kept else as_float(raw, noun))
    is_whole = not (tensor.is_floating_point() or tensor.is_complex() or tensor.dtype == torch.bool)
    if tensor.is_complex():
        raise InvalidInput(
            f"{noun} must be real numbers, but complex numbers were given; pass their real part"
        )
    return tensor.to(torch.int64 if whole and is_whole else torch.float64)


def _as_array(tensor: Any) -> Array:
    dense = tensor.detach().to_dense() if tensor.is_sparse else tensor.detach()
    return np.array(dense.reshape(-1).numpy(), dtype=np.float64)


def _described(tensor: Any) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} of shape {tuple(tensor.shape)}"


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
