"""A PyTorch module and a loss: the gradient that backward() leaves in the parameters, by public functions only.

    value(theta) = loss(module(X), y)        theta = the parameters that require a gradient, in named_parameters() order

The problem has a copy of the module, in float64 on the processor: in float32 a difference quotient has three digits,
and no check is worth much.  A gradient that is wrong in float32 because of its formula is wrong in float64, too.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheernet.derivatives import Problem
from sheernet.derivatives.foreign.parts import Part, names_and_blocks
from sheernet.derivatives.foreign.pytorch_kinks import Kinks
from sheernet.foundation.arrays import Array, as_float
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.optional import import_optional

SEED = 0
"""Of PyTorch's random numbers in each evaluation."""


def from_torch(module: Any, loss: Any, X: Any, y: Any) -> Problem:
    """Make a problem of a PyTorch module and a loss.

    Formula: loss(module(X), y), and the gradient that its backward() leaves in the parameters.

    Parameters
    ----------
    module : torch.nn.Module
        In whatever mode it is, train() or eval().  It is not changed: the problem works on a deep copy in float64 on
        the processor, also if the module is float32 or on another device.
    loss : callable or torch.nn.Module
        (output, y) -> a tensor of one number; a module is copied likewise.
    X : array_like or tensor, (N, ...)
        Inputs.  Becomes float64; only a tensor of whole numbers, such as for an embedding, stays that.
    y : array_like or tensor
        Targets.  Whole numbers, such as classes, stay that (int64) if the loss takes them; all else becomes float64.

    Returns
    -------
    Problem
        P entries, named such as "fc1.weight[2,3]", with a block for each parameter.  A parameter that does not require
        a gradient is left out.  One to which backward() brings no gradient has a gradient of zero: a layer that was
        detached by mistake fails.  With kinks of relu, leaky_relu, prelu, abs and l1_loss, and the constants N and K.

    Raises
    ------
    InvalidInput
        When it is no module, has no parameter that requires a gradient, or raises an error itself.
    ShapeMismatch
        When the loss is not one number.
    MissingDependency
        When PyTorch is not installed.

    Notes
    -----
    Each evaluation draws from PyTorch's generator with the same seed, so that in train() mode one mask of a dropout is
    checked, and puts buffers, such as the averages of a batch norm, and the generator back as they were.

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
    twin = _twin(torch, module, "the module")
    parameters = _parameters(torch, twin)
    inputs = _as_tensor(torch, X, "X", whole=isinstance(X, torch.Tensor))
    if isinstance(loss, torch.nn.Module):
        loss = _twin(torch, loss, "the loss")
    x = np.concatenate([_as_array(parameter) for parameter in parameters.values()])
    evaluation = _first_that_works(
        x,
        _Evaluation(torch, twin, loss, inputs, _as_tensor(torch, y, "y", whole=True), parameters),
        _Evaluation(torch, twin, loss, inputs, _as_tensor(torch, y, "y", whole=False), parameters),
    )
    names, blocks = names_and_blocks(_parts(twin, parameters))
    kinks = evaluation.watch(x)
    return Problem(
        value=evaluation.value,
        gradient=lambda theta: evaluation.value_and_gradient(theta)[1],
        x=x,
        names=names,
        blocks=blocks,
        kinks=(lambda theta: evaluation.watch(theta).values) if kinks.calls else None,
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
        """Set the parameters to theta and the seed; afterwards buffers and the generator are as they were."""
        torch, place = self.torch, 0
        owners = [owner for owner in (self.module, self.loss) if isinstance(owner, torch.nn.Module)]
        buffers = [(b, b.clone()) for owner in owners for b in owner.buffers()]
        with torch.no_grad():
            for parameter in self.parameters.values():
                part = np.array(theta[place : place + parameter.numel()])
                parameter.copy_(torch.from_numpy(part).reshape(parameter.shape))
                place += parameter.numel()
        before = torch.get_rng_state()
        # torch.manual_seed would be ten times slower: it formats a traceback for a GPU to be seeded later.
        torch.set_rng_state(torch.Generator().manual_seed(SEED).get_state())
        try:
            with torch.inference_mode(False), torch.enable_grad():
                yield
        finally:
            torch.set_rng_state(before)
            with torch.no_grad():
                for buffer, kept in buffers:
                    buffer.copy_(kept)

    def total(self) -> Any:
        """The loss at the parameters that are set, a tensor of one number."""
        try:
            # A module may write into its input: it gets a copy.
            total = self.loss(self.module(self.X.clone()), self.y)
        except Exception as error:
            raise self.refused("the module or the loss", error) from error
        if not isinstance(total, self.torch.Tensor) or total.numel() != 1:
            given = _described(total) if isinstance(total, self.torch.Tensor) else repr(total)
            raise ShapeMismatch(
                f"the loss must give a tensor of one number, but it gave {given}; "
                "reduce it, such as with .mean() or reduction='mean'"
            )
        return total.reshape(())

    def refused(self, what: str, error: Exception) -> InvalidInput:
        """What PyTorch or somebody's code said, and what it was given."""
        return InvalidInput(
            f"{what} raised {type(error).__name__}: {error}; given were "
            f"X, {_described(self.X)}, and y, {_described(self.y)}"
        )

    def value(self, theta: Array) -> float:
        """The loss at theta."""
        with self.at(theta):
            return float(self.total().detach())

    def value_and_gradient(self, theta: Array) -> tuple[float, Array]:
        """The loss at theta and the gradient that backward() leaves, zero where it leaves none."""
        with self.at(theta):
            for parameter in self.parameters.values():
                parameter.grad = None
            total = self.total()
            if total.requires_grad:  # else all is detached from the parameters
                try:
                    total.backward()
                except Exception as error:
                    raise self.refused("backward()", error) from error
        gradient = [
            np.zeros(parameter.numel()) if parameter.grad is None else _as_array(parameter.grad)
            for parameter in self.parameters.values()
        ]
        return float(total.detach()), np.concatenate(gradient)

    def watch(self, theta: Array) -> Kinks:
        """The arguments of relu and its like at theta."""
        kinks = Kinks()
        with self.at(theta), kinks.recorder():
            self.total()
        return kinks

    def constants(self, theta: Array) -> dict[str, float]:
        """N, the rows of X, and K, the columns of what the module gives for them."""
        with self.at(theta):
            output = self.module(self.X.clone())
        wide = isinstance(output, self.torch.Tensor) and output.ndim > 1
        return {
            "N": float(self.X.shape[0] if self.X.ndim else 1),
            "K": float(output.shape[-1] if wide else 1),
        }


def _first_that_works(x: Array, *evaluations: _Evaluation) -> _Evaluation:
    """Some losses take whole numbers for y only, some floats only: tried in this order, and the first error is told."""
    errors = []
    for evaluation in evaluations:
        try:
            evaluation.value_and_gradient(x)
        except InvalidInput as error:
            errors.append(error)
        else:
            return evaluation
    raise errors[0]


def _twin(torch: Any, module: Any, noun: str) -> Any:
    """A copy in float64 on the processor."""
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
                f"{name} of {noun} has no shape yet; call the module once, such as with module(X)"
            )
        if parameter.is_complex():
            raise InvalidInput(
                f"{name} of {noun} is complex, but parameters must be real; "
                "hold its real and imaginary parts as two parameters"
            )
    try:
        return copy.deepcopy(module).to(device="cpu", dtype=torch.float64)
    except RuntimeError as error:
        raise InvalidInput(
            f"{noun} cannot be copied: {error}; keep no tensor of a computation in its attributes"
        ) from error


def _parameters(torch: Any, module: Any) -> dict[str, Any]:
    """Those that require a gradient, by name, in the order of the module."""
    found = {name: p for name, p in module.named_parameters() if p.requires_grad and p.numel()}
    if not found:
        raise InvalidInput(
            "no parameter of the module requires a gradient; call module.requires_grad_(), or register "
            "its tensors as torch.nn.Parameter"
        )
    return found


def _parts(module: Any, parameters: dict[str, Any]) -> list[Part]:
    """Layers are the modules that have parameters of their own, in order, whether they require a gradient or not."""
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
    """A copy on the processor: whole numbers as int64 where that is allowed, everything else as float64."""
    if isinstance(values, torch.Tensor):
        tensor = values.detach().to("cpu").clone()
    else:
        raw = np.asarray(values)
        kept = whole and raw.dtype.kind in "iu"
        tensor = torch.tensor(raw.astype(np.int64) if kept else as_float(raw, noun))
    is_whole = not (tensor.is_floating_point() or tensor.is_complex() or tensor.dtype == torch.bool)
    if tensor.is_complex():
        raise InvalidInput(f"{noun} must be real numbers, but complex ones were given; pass parts")
    return tensor.to(torch.int64 if whole and is_whole else torch.float64)


def _as_array(tensor: Any) -> Array:
    dense = tensor.detach().to_dense() if tensor.is_sparse else tensor.detach()
    return np.array(dense.reshape(-1).numpy(), dtype=np.float64)


def _described(tensor: Any) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} of shape {tuple(tensor.shape)}"
