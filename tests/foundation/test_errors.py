"""The tree of errors, and the error for an unknown name."""

from __future__ import annotations

import pytest

import sheernet as sn
from sheernet.foundation import errors

TREE = {
    sn.SheernetError: Exception,
    sn.InvalidInput: sn.SheernetError,
    sn.ShapeMismatch: sn.InvalidInput,
    sn.EngineUnavailable: sn.SheernetError,
    sn.GradientMismatch: sn.SheernetError,
    sn.MissingDependency: sn.SheernetError,
    sn.SheernetWarning: UserWarning,
}


@pytest.mark.parametrize(("error", "parent"), TREE.items(), ids=lambda c: c.__name__)
def test_the_tree_is_the_documented_one(error: type, parent: type) -> None:
    assert error.__bases__[0] is parent
    assert error.__name__ in errors.__doc__


def test_errors_are_also_standard_python_errors() -> None:
    assert issubclass(sn.InvalidInput, ValueError)
    assert issubclass(sn.MissingDependency, ImportError)


def test_the_tree_is_complete() -> None:
    classes = {
        c
        for c in vars(errors).values()
        if isinstance(c, type) and issubclass(c, (sn.SheernetError, sn.SheernetWarning))
    }
    assert classes == set(TREE)


class TestUnknownName:
    def test_a_close_name_is_guessed(self) -> None:
        error = errors.unknown_name("method", "BGFS", ["lm", "bfgs"])
        assert (
            str(error)
            == "method 'BGFS' is not recognized; did you mean 'bfgs'? Choose one of lm, bfgs"
        )

    def test_a_name_unlike_all_others_gets_the_list(self) -> None:
        error = errors.unknown_name("method", "simplex", iter(["lm", "bfgs"]))
        assert str(error) == "method 'simplex' is not recognized; choose one of lm, bfgs"

    @pytest.mark.parametrize("given", ["x" * 5000, ["x" * 5000], 5000 * (1,)], ids=type)
    def test_a_long_name_is_cut(self, given: object) -> None:
        said = str(errors.unknown_name("method", given, ["lm", "bfgs"]))
        assert said.endswith(" is not recognized; choose one of lm, bfgs")
        assert len(said) < 300

    def test_a_name_that_is_not_a_string_is_shown_by_repr(self) -> None:
        assert (
            str(errors.unknown_name("reduction", None, ["mean"]))
            == "reduction None is not recognized; choose one of mean"
        )
