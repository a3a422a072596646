// The extension module sheernet.engines._native: a table of contents, no arithmetic.
// Its Python face is described for type checkers in src/sheernet/engines/_native.pyi; keep the two together.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include "build_info.hpp"
#include "instruction_set.hpp"

namespace nb = nanobind;

NB_MODULE(_native, m) {
    m.doc() = "sheernet's compiled engine.";

    m.def(
        "instruction_set", [] { return sheernet::name(sheernet::best_instruction_set()); },
        "The widest vector instructions usable here: 'avx512', 'avx2' or 'baseline'.");

    m.def(
        "build_info",
        [] {
            nb::dict info;
            info["compiler"] = sheernet::compiler();
            info["standard"] = sheernet::standard();
            info["architecture"] = sheernet::architecture();
            info["assertions"] = sheernet::assertions();
            return info;
        },
        "How this module was compiled: compiler, standard, architecture, assertions.");
}
