"""Optional packages: installed, missing, or with a missing dependency."""

from __future__ import annotations

import sys

import pytest

import sheernet as sn
from sheernet.foundation.optional import import_optional


def test_an_installed_package_is_returned() -> None:
    import xml.dom.minidom

    assert import_optional("xml.dom.minidom", extra="tables", purpose="tables") is xml.dom.minidom


def test_a_missing_package_is_named_with_its_install_line() -> None:
    with pytest.raises(sn.MissingDependency) as caught:
        import_optional("no_such_package.part", extra="plots", purpose="pictures")
    expected = (
        'pictures need no_such_package, which is not installed: pip install "sheernet[plots]", '
        'or in a checkout pip install ".[plots]"'
    )
    assert str(caught.value) == expected
    assert caught.value.__suppress_context__


def test_a_package_without_an_extra_is_installed_by_its_own_name() -> None:
    with pytest.raises(
        sn.MissingDependency, match=r"which is not installed: pip install no_such_package$"
    ):
        import_optional("no_such_package.part", extra=None, purpose="pictures")


def test_a_package_that_lacks_a_dependency_is_not_called_missing(tmp_path, monkeypatch) -> None:
    (tmp_path / "lacks_something.py").write_text("import no_such_package_of_theirs\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "lacks_something", raising=False)
    with pytest.raises(ModuleNotFoundError, match="no_such_package_of_theirs") as caught:
        import_optional("lacks_something", extra="plots", purpose="pictures")
    assert not isinstance(caught.value, sn.MissingDependency)
