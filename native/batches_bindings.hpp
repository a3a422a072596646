// Declares the bindings of batches_bindings.cpp for the module defined in bindings.cpp.
#pragma once

#include <nanobind/nanobind.h>

namespace sheernet {

void bind_batches(nanobind::module_ &m);

}  // namespace sheernet
