// Arrays and numbers at the border to Python: those that come in are checked, and new NumPy arrays go out.
//
// Whatever is given to a function of the extension passes one of these functions, or a check in the function itself, before
// an address is computed from it.  New arrays are allocated by NumPy itself in a third of the time that nanobind takes.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

namespace sheernet {

namespace nb = nanobind;

using Vector = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Matrix = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

constexpr std::size_t kMostCount = std::size_t{1} << 53;  // float64 has all whole numbers up to this one
constexpr double kLargestNumber = std::numeric_limits<double>::max();

inline std::size_t size_in(const char *name, std::size_t value, std::size_t least, std::size_t most) {
    if (least <= value && value <= most) return value;
    throw nb::value_error(
        (std::string(name) + " must be from " + std::to_string(least) + " to " + std::to_string(most) + ", but is " +
         std::to_string(value)).c_str());
}

// n numbers, or one: finite and at least `least`.
inline const double *finite(const char *name, const double *x, std::size_t n, double least = -kLargestNumber) {
    if (std::all_of(x, x + n, [=](double each) { return least <= each && each <= kLargestNumber; })) return x;
    throw nb::value_error((std::string(name) + (least == 0.0 ? " must be finite and at least 0" : " must be finite")).c_str());
}
inline double finite(const char *name, double x, double least = -kLargestNumber) { return *finite(name, &x, 1, least); }

// "(3, 2)"
template <class Sizes>
std::string text_of(const Sizes &sizes) {
    std::string text;
    for (const auto size : sizes) text += (text.empty() ? "(" : ", ") + std::to_string(size);
    return text + (sizes.size() == 1 ? ",)" : ")");
}

// The numbers of an array that has this shape and is aligned.
template <class Array>
auto *numbers_of(const char *name, const Array &array, std::initializer_list<std::size_t> shape) {
    if (!std::equal(shape.begin(), shape.end(), array.shape_ptr())) {
        const std::vector<std::int64_t> found(array.shape_ptr(), array.shape_ptr() + array.ndim());
        throw nb::value_error(
            (std::string(name) + " must have shape " + text_of(shape) + ", but has shape " + text_of(found)).c_str());
    }
    auto *const numbers = array.data();
    if (reinterpret_cast<std::uintptr_t>(numbers) % alignof(decltype(*numbers)) == 0) return numbers;
    throw nb::value_error((std::string(name) + " must be aligned").c_str());
}

// A value within a list or a dictionary.
template <class Value>
Value converted(const char *name, nb::handle given) {
    try {
        return nb::cast<Value>(given);
    } catch (const nb::cast_error &) {
        throw nb::type_error((std::string(name) + " has another type, or a number out of range").c_str());
    }
}

// What is needed of NumPy: found when the module is imported, because an import in the initialization of a function's static
// variable can deadlock with the GIL.
struct NumPy {
    PyObject *ndarray = nullptr, *empty = nullptr;
};
inline NumPy numpy;

// A new NumPy array and a pointer to its data.
struct NewArray {
    nb::object array;
    double *data;

    explicit NewArray(nb::handle shape) {
        array = nb::steal(PyObject_CallOneArg(numpy.empty, shape.ptr()));
        if (!array.is_valid()) nb::raise_python_error();
        Py_buffer view;
        if (PyObject_GetBuffer(array.ptr(), &view, PyBUF_SIMPLE | PyBUF_WRITABLE) != 0) nb::raise_python_error();
        data = static_cast<double *>(view.buf);
        PyBuffer_Release(&view);  // the data do not move during the array's lifetime
    }
};

// A copy of n numbers.
inline nb::object array_of(const double *from, std::size_t n) {
    NewArray vector{nb::int_(n)};
    std::copy(from, from + n, vector.data);
    return vector.array;
}

// The names of an enumeration, in its order.
template <std::size_t n>
nb::tuple names_of(const char *const (&names)[n]) {
    nb::list all;
    for (const char *name : names) all.append(name);
    return nb::tuple(all);
}

}  // namespace sheernet
