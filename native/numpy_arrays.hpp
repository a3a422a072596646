// New arrays of NumPy's, for the bindings: made by NumPy itself, in a third of the time that nanobind takes.
#pragma once

#include <nanobind/nanobind.h>

namespace sheernet {

namespace nb = nanobind;

// A new array of NumPy's own, and where its numbers are.
struct Fresh {
    nb::object array;
    double *data;

    explicit Fresh(nb::handle shape) {
        static PyObject *const empty = nb::module_::import_("numpy").attr("empty").inc_ref().ptr();
        array = nb::steal(PyObject_CallOneArg(empty, shape.ptr()));
        if (!array.is_valid()) nb::raise_python_error();
        Py_buffer view;
        if (PyObject_GetBuffer(array.ptr(), &view, PyBUF_SIMPLE | PyBUF_WRITABLE) != 0) nb::raise_python_error();
        data = static_cast<double *>(view.buf);
        PyBuffer_Release(&view);  // NumPy's memory stays where it is as long as the array lives
    }
};

}  // namespace sheernet
