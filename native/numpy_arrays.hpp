// New NumPy arrays for the bindings, allocated by NumPy itself in a third of the time that nanobind takes.
#pragma once

#include <nanobind/nanobind.h>

namespace sheernet {

namespace nb = nanobind;

// A new NumPy array and a pointer to its data.
struct NewArray {
    nb::object array;
    double *data;

    explicit NewArray(nb::handle shape) {
        static PyObject *const empty = nb::module_::import_("numpy").attr("empty").inc_ref().ptr();
        array = nb::steal(PyObject_CallOneArg(empty, shape.ptr()));
        if (!array.is_valid()) nb::raise_python_error();
        Py_buffer view;
        if (PyObject_GetBuffer(array.ptr(), &view, PyBUF_SIMPLE | PyBUF_WRITABLE) != 0) nb::raise_python_error();
        data = static_cast<double *>(view.buf);
        PyBuffer_Release(&view);  // the data do not move during the array's lifetime
    }
};

// The names of an enumeration, in its order.
template <std::size_t n>
nb::tuple names_of(const char *const (&names)[n]) {
    nb::list all;
    for (const char *name : names) all.append(name);
    return nb::tuple(all);
}

}  // namespace sheernet
