"""The loader of the extension module, and its description of the processor and the build."""

from __future__ import annotations

import ast
import importlib
import platform
import re
from pathlib import Path

import pytest

import sheernet as sn
from both_engines import compiled
from sheernet.network import compiled_extension

CPUINFO = Path("/proc/cpuinfo")


@pytest.fixture
def without_extension(monkeypatch):
    """The loader without the extension."""

    def load_with(error):
        def refuse(name):
            raise error

        monkeypatch.setattr(importlib, "import_module", refuse)
        found, why_not = compiled_extension._find()
        monkeypatch.setattr(compiled_extension, "NATIVE", found)
        monkeypatch.setattr(compiled_extension, "WHY_NOT", why_not)

    return load_with


def not_built():
    return ModuleNotFoundError("No module named it", name="sheernet.network._native")


class TestLoader:
    def test_gives_either_a_module_or_a_reason(self):
        assert (compiled_extension.NATIVE is None) == (compiled_extension.WHY_NOT is not None)

    def test_a_missing_extension_is_no_error_unless_it_is_required(
        self, without_extension, monkeypatch
    ):
        without_extension(not_built())
        for unset in ("", "0"):
            monkeypatch.setenv("SHEERNET_REQUIRE_COMPILED", unset)
            assert compiled_extension.load() is None
        monkeypatch.delenv("SHEERNET_REQUIRE_COMPILED")
        assert compiled_extension.load() is None

    def test_the_error_for_a_required_extension_gives_advice(self, without_extension, monkeypatch):
        without_extension(not_built())
        monkeypatch.setenv("SHEERNET_REQUIRE_COMPILED", "1")
        with pytest.raises(
            sn.EngineUnavailable,
            match=r"SHEERNET_REQUIRE_COMPILED is set, but .*not built.*compiler",
        ):
            compiled_extension.load()

    def test_the_error_of_an_extension_that_does_not_load_gives_the_reason(self, without_extension):
        without_extension(ImportError("libstdc++.so.6: version not found"))
        assert "does not load (libstdc++.so.6: version not found)" in compiled_extension.WHY_NOT
        assert "reference engine runs" in compiled_extension.WHY_NOT

    def test_another_module_that_is_missing_is_not_taken_for_a_missing_extension(
        self, without_extension
    ):
        with pytest.raises(ModuleNotFoundError, match="numpy"):
            without_extension(ModuleNotFoundError("No module named 'numpy'", name="numpy"))


@compiled
class TestInstructionSet:
    @pytest.mark.skipif(not CPUINFO.exists(), reason="compares with the flags that Linux reports")
    @pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="x86-64 only")
    def test_is_what_the_operating_system_reports(self):
        flags = set(re.search(r"^flags\s*:(.*)$", CPUINFO.read_text(), re.MULTILINE)[1].split())
        avx2 = {"avx", "avx2", "fma"} <= flags
        avx512 = avx2 and {"avx512f", "avx512dq", "avx512vl", "avx512bw"} <= flags
        expected = "avx512" if avx512 else "avx2" if avx2 else "baseline"
        assert compiled_extension.NATIVE.instruction_sets()[0] == expected

    @pytest.mark.skipif(platform.machine() in ("x86_64", "AMD64"), reason="not for x86-64")
    def test_is_the_baseline_on_other_processors(self):
        assert compiled_extension.NATIVE.instruction_sets()[0] == "baseline"

    def test_is_the_widest_of_those_that_there_are(self):
        order = ["avx512", "avx2", "baseline"]
        best = compiled_extension.NATIVE.instruction_sets()[0]
        assert compiled_extension.NATIVE.instruction_sets() == order[order.index(best) :]


@compiled
class TestBuildInfo:
    def test_names_compiler_standard_and_architecture(self):
        info = compiled_extension.NATIVE.build_info()
        assert re.match(r"(Clang|GCC|MSVC) \d+", info["compiler"])
        assert info["standard"] in {"C++17", "C++20", "C++23"}
        expected = {"x86_64": "x86-64", "AMD64": "x86-64", "aarch64": "arm64", "arm64": "arm64"}
        assert info["architecture"] == expected.get(platform.machine(), "other")

    def test_is_an_optimized_build(self):
        assert compiled_extension.NATIVE.build_info()["assertions"] is False


@compiled
class TestTheStubForTypeCheckers:
    STUB = ast.parse(
        Path(compiled_extension.__file__).with_name("_native.pyi").read_text(encoding="utf-8")
    )

    def test_lists_what_is_in_the_module(self):
        assert self.names(self.STUB) - {"BuildInfo"} == self.callables(compiled_extension.NATIVE)

    @pytest.mark.parametrize("name", ["Data", "Objective", "Plan"])
    def test_lists_what_is_in_its_classes(self, name):
        (stub,) = [node for node in self.STUB.body if getattr(node, "name", "") == name]
        class_ = getattr(compiled_extension.NATIVE, name)
        public = {key for key in vars(class_) if not key.startswith("_")}
        assert self.names(stub) - {"__init__"} == public

    def test_has_the_arguments_of_every_function_in_their_order(self):
        for node in ast.walk(self.STUB):
            if isinstance(node, ast.ClassDef):
                self.same_arguments(node.body, getattr(compiled_extension.NATIVE, node.name, None))
        self.same_arguments(self.STUB.body, compiled_extension.NATIVE)

    @staticmethod
    def same_arguments(nodes, owner):
        for node in nodes:
            if isinstance(node, ast.FunctionDef) and not node.decorator_list and owner is not None:
                arguments = [argument.arg for argument in node.args.args]
                text = getattr(owner, node.name).__doc__.splitlines()[0]  # as nanobind writes it
                assert re.findall(r"(?:^\w+\(|, )(\w+)(?=[:,)])", text) == arguments, text

    @staticmethod
    def names(node):
        kinds = (ast.FunctionDef, ast.ClassDef)
        return {part.name for part in node.body if isinstance(part, kinds)}

    @staticmethod
    def callables(owner):
        return {name for name in vars(owner) if callable(getattr(owner, name)) and name[0] != "_"}
