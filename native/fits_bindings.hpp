// Declares the bindings of native/fits_bindings.cpp for the module of native/bindings.cpp.
#pragma once

#include <nanobind/nanobind.h>

namespace sheernet {

void bind_fits(nanobind::module_ &m);

}  // namespace sheernet
