// Declares the bindings of fits_bindings.cpp for the module defined in bindings.cpp.
#pragma once

#include <nanobind/nanobind.h>

namespace sheernet {

void bind_fits(nanobind::module_ &m);

}  // namespace sheernet
