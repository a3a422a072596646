# The extension module, for type checkers; the code is in native/bindings.cpp.

from typing import Literal, TypedDict

class BuildInfo(TypedDict):
    compiler: str
    standard: str
    architecture: str
    assertions: bool

def instruction_set() -> Literal["avx512", "avx2", "baseline"]: ...
def build_info() -> BuildInfo: ...
