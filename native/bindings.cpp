// The extension module sheernet.network._native: bindings only, no arithmetic.
// Its Python interface is typed in src/sheernet/network/_native.pyi; change both together.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cmath>
#include <cstring>
#include <iterator>
#include <optional>

#include "build_info.hpp"
#include "fits_bindings.hpp"
#include "numpy_arrays.hpp"
#include "objective.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

using sheernet::Aligned;
using sheernet::Data;
using sheernet::Matrix;
using sheernet::NewArray;
using sheernet::numbers_of;
using sheernet::Objective;
using sheernet::Plan;
using sheernet::size_in;
using sheernet::Vector;

// A theta of P entries: used in place if it is a suitable array, else converted or rejected by Python (arrays.as_theta).
class Theta {
  public:
    Theta(nb::handle given, std::size_t size) : Theta(given, size, 1, "as_theta", "theta") {}
    ~Theta() {
        if (buffer_.obj) PyBuffer_Release(&buffer_);
    }
    Theta(const Theta &) = delete;
    Theta &operator=(const Theta &) = delete;
    const double *get() const { return static_cast<const double *>(buffer_.buf); }

  protected:
    Theta(nb::handle given, std::size_t size, int most_dimensions, const char *convert, const char *name)
        : size_(size), most_dimensions_(most_dimensions) {
        if (view(given)) return;
        const nb::object arrays = nb::module_::import_("sheernet.foundation.arrays");
        converted_ = arrays.attr(convert)(given, size, name);
        if (!view(converted_)) throw nb::type_error("not an array of float64");
    }
    const Py_buffer &buffer() const { return buffer_; }

  private:
    bool view(nb::handle array) {
        if (array.type().ptr() != sheernet::numpy.ndarray) return false;  // subclasses such as masked arrays carry more than their data
        if (PyObject_GetBuffer(array.ptr(), &buffer_, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) != 0) {
            PyErr_Clear();
            buffer_.obj = nullptr;
            return false;
        }
        const bool fits = buffer_.ndim >= 1 && buffer_.ndim <= most_dimensions_ && buffer_.itemsize == 8 && buffer_.format &&
                          std::strcmp(buffer_.format, "d") == 0 && buffer_.shape[0] == static_cast<Py_ssize_t>(size_) &&
                          reinterpret_cast<std::uintptr_t>(buffer_.buf) % 8 == 0;
        if (!fits) {
            PyBuffer_Release(&buffer_);
            buffer_.obj = nullptr;
        }
        return fits;
    }
    std::size_t size_;
    int most_dimensions_;
    nb::object converted_;
    Py_buffer buffer_{};
};

// Directions of theta, v: a vector (P,), or a matrix (P, m) of m columns; converted likewise (arrays.as_vectors).
class Directions : public Theta {
  public:
    Directions(nb::handle given, std::size_t size) : Theta(given, size, 2, "as_vectors", "v") {}
    bool is_matrix() const { return buffer().ndim == 2; }
    std::size_t number() const { return is_matrix() ? static_cast<std::size_t>(buffer().shape[1]) : 1; }
    NewArray results(std::size_t size) const {
        return is_matrix() ? NewArray(nb::make_tuple(size, number())) : NewArray(nb::int_(size));
    }
};

// The number of matrices (P, P), rounded up, that have this many entries.
int matrices_of(const Objective &objective, double numbers) {
    const auto size = static_cast<double>(objective.size());
    return static_cast<int>(std::ceil(numbers / (size * size)));
}

// Raises, in Python (memory.require_room, which does not check below 100 MB), if the numbers do not fit into memory.
void require_room(const Objective &objective, double numbers, const char *what) {
    if (numbers < 1e6) return;  // 8 MB: the call would take more time than it saves
    const nb::object memory = nb::module_::import_("sheernet.foundation.memory");
    memory.attr("require_room")(what, objective.size(), "use method='lbfgs'", matrices_of(objective, numbers));
}

// Releases the GIL, unless the evaluation takes less time than releasing it (about 0.1 us).
class GilReleased {
  public:
    explicit GilReleased(const Objective &objective) : state_(objective.work() > 1e4 ? PyEval_SaveThread() : nullptr) {}
    ~GilReleased() {
        if (state_) PyEval_RestoreThread(state_);
    }
    GilReleased(const GilReleased &) = delete;
    GilReleased &operator=(const GilReleased &) = delete;

  private:
    PyThreadState *state_;
};

// Calls work(context) without the GIL; Python's handlers of signals run every 50 ms, and their exception ends the work.
template <class Work>
void run_interruptibly(const Work &work) {
    sheernet::Poller poller([] {
        const nb::gil_scoped_acquire held;
        return PyErr_CheckSignals() == 0;
    });
    try {
        const nb::gil_scoped_release released;
        work(sheernet::RunContext{0, &poller});
    } catch (const sheernet::Stopped &) {
        nb::raise_python_error();
    }
}

// The instruction sets of this machine, the widest first.  Cached: in a virtual machine every CPUID takes microseconds.
const std::vector<sheernet::InstructionSet> &usable_sets() {
    using sheernet::InstructionSet;
    static const std::vector<InstructionSet> usable = [] {
        const InstructionSet best = sheernet::best_instruction_set();
        std::vector<InstructionSet> sets;
        for (const auto set : {InstructionSet::avx512, InstructionSet::avx2, InstructionSet::baseline})
            if (set <= best) sets.push_back(set);
        return sets;
    }();
    return usable;
}

sheernet::InstructionSet set_of(const std::string &name) {
    for (const auto set : usable_sets())
        if (name == sheernet::name(set)) return set;
    throw nb::value_error(("no such instruction set here: " + name).c_str());
}

std::shared_ptr<const Data> make_data(const Matrix &X, const Matrix &y) {
    const std::size_t n_samples = size_in("the number of rows", X.shape(0), 1, sheernet::kMostCount);
    const auto blocks = sheernet::Blocks::of(n_samples);
    const auto packed = [&](const char *name, const Matrix &table) {
        const std::size_t n_columns = size_in("the number of columns", table.shape(1), 1, sheernet::kMostCount);
        return sheernet::pack(numbers_of(name, table, {n_samples, n_columns}), n_columns, blocks, sheernet::Filling::last);
    };
    return std::make_shared<const Data>(Data{blocks, X.shape(1), y.shape(1), packed("X", X), packed("y", y)});
}

nb::tuple unpacked(const Data &data, std::size_t first, std::optional<std::size_t> end) {
    const std::size_t n = data.blocks.n_samples, last = size_in("last", end.value_or(n), size_in("first", first, 0, n), n);
    const auto table = [&](const Aligned &packed, std::size_t n_columns) {
        NewArray rows(nb::make_tuple(last - first, n_columns));
        sheernet::unpack(packed.get(), n_columns, data.blocks, first, last, rows.data);
        return rows.array;
    };
    return nb::make_tuple(table(data.X, data.n_inputs), table(data.y, data.n_targets));
}

// Data whose packed numbers are those of two arrays, which are kept alive.
std::shared_ptr<const Data> packed_in_place(const Vector &X, const Vector &y, std::size_t n_samples) {
    size_in("n_samples", n_samples, 1, std::min(X.shape(0), y.shape(0)));  // each row has a number in both
    const auto blocks = sheernet::Blocks::of(n_samples);
    const auto columns_of = [&](const Vector &numbers) {
        if (numbers.shape(0) % blocks.packed_size(1) != 0) throw nb::value_error("packed numbers must be whole columns");
        if (reinterpret_cast<std::uintptr_t>(numbers.data()) % sheernet::kAlignment != 0)
            throw nb::value_error("packed numbers must be aligned to 64 bytes");
        return numbers.shape(0) / blocks.packed_size(1);
    };
    const auto in_place = [](const Vector &numbers) {
        return Aligned(numbers.data(), std::make_shared<const Vector>(numbers));
    };
    return std::make_shared<const Data>(Data{blocks, columns_of(X), columns_of(y), in_place(X), in_place(y)});
}

// Constructs an objective, after a check that plan, cost, data and vectors belong together.
void make_objective(
    Objective *self, std::shared_ptr<const Plan> plan, int number, double cost_parameter, std::shared_ptr<const Data> data,
    const Vector &weights, const Vector &decay, std::size_t threads, const std::string &set) {
    const std::size_t P = plan->network.size, N = data->blocks.n_samples, n_outputs = plan->network.n_outputs();
    if (number < 0 || number >= static_cast<int>(std::size(sheernet::kCosts))) throw nb::value_error("no such cost");
    const auto cost = static_cast<sheernet::Cost>(number);
    if (data->n_inputs != plan->network.n_inputs() || data->n_targets * outputs_per_target(cost) != n_outputs)
        throw nb::value_error("the data must have the columns that the network and its cost need");
    size_in("threads", threads, 1, sheernet::kMostThreads);
    new (self) Objective(
        std::move(plan), cost, sheernet::finite("cost_parameter", cost_parameter, 0.0), std::move(data),
        sheernet::finite("weights", numbers_of("weights", weights, {N}), N, 0.0),
        sheernet::finite("decay", numbers_of("decay", decay, {P}), P, 0.0), static_cast<int>(threads), set_of(set));
}

}  // namespace

NB_MODULE(_native, m) {
    m.doc() = "sheernet's compiled engine.";
    // The interpreter may exit while objectives are still referenced, for example by a module's globals; not an error.
    nb::set_leak_warnings(false);
    const nb::object numpy = nb::module_::import_("numpy");
    sheernet::numpy = {numpy.attr("ndarray").inc_ref().ptr(), numpy.attr("empty").inc_ref().ptr()};

    m.attr("ACTIVATIONS") = sheernet::names_of(sheernet::kActivations);
    m.attr("COSTS") = sheernet::names_of(sheernet::kCosts);
    m.attr("LEAKY_SLOPE") = sheernet::kLeakySlope;

    m.def(
        "instruction_sets",
        [] {
            std::vector<std::string> names;
            for (const auto set : usable_sets()) names.emplace_back(sheernet::name(set));
            return names;
        },
        "The instruction sets usable on this machine, the widest first.");

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

    m.def(
        "apply",
        [](const std::string &set, const std::string &function, const Vector &x) {
            const std::size_t size = x.shape(0), n = (size + 7) / 8 * 8;
            const Aligned in(n), value(n), slope(n);
            std::fill(in.get(), in.get() + n, 0.0);
            std::copy_n(numbers_of("x", x, {size}), size, in.get());
            sheernet::kernel_for(set_of(set)).apply(function.c_str(), in.get(), value.get(), slope.get(), n);
            return nb::make_tuple(sheernet::array_of(value.get(), size), sheernet::array_of(slope.get(), size));
        },
        "instructions"_a, "function"_a, "x"_a, "A function of vector_math.hpp and its derivative, to test their accuracy.");

    nb::class_<Plan>(m, "Plan", "The layers of a network.")
        .def(
            nb::init<
                const std::vector<std::size_t> &, const std::vector<int> &, const std::vector<bool> &, bool>(),
            "sizes"_a.noconvert(), "activations"_a.noconvert(), "biases"_a, "skip"_a)  // no conversion calls Python code
        .def(
            "predict",
            [](const Plan &self, nb::handle given, const Matrix &X, const std::string &set) {
                const Theta theta(given, self.network.size);
                const auto instructions = set_of(set);
                const double *const inputs = numbers_of("X", X, {X.shape(0), self.network.n_inputs()});
                NewArray outputs(nb::make_tuple(X.shape(0), self.network.n_outputs()));
                {
                    nb::gil_scoped_release released;
                    sheernet::predict(self, theta.get(), inputs, X.shape(0), outputs.data, instructions);
                }
                return outputs.array;
            },
            "theta"_a.none(), "X"_a, "instructions"_a, "Outputs (N, K) for inputs X, (N, d_0).")
        .def(
            "output_variances",
            [](const Plan &self, nb::handle given, const Vector &factor, const Matrix &X, const std::string &set) {
                const std::size_t n = self.network.size;
                const Theta theta(given, n);
                const double *const triangle = numbers_of("factor", factor, {n * (n + 1) / 2});
                const double *const inputs = numbers_of("X", X, {X.shape(0), self.network.n_inputs()});
                const auto instructions = set_of(set);
                NewArray variances(nb::make_tuple(X.shape(0), self.network.n_outputs()));
                run_interruptibly([&](const sheernet::RunContext &context) {
                    sheernet::output_variances(
                        self, theta.get(), triangle, inputs, X.shape(0), variances.data, instructions, context.poller);
                });
                return variances.array;
            },
            "theta"_a.none(), "factor"_a, "X"_a, "instructions"_a,
            "Variances (N, K) of the outputs before their activation, from the factor of the covariance of the weights.");

    nb::class_<Data>(m, "Data", "Inputs and targets, packed.")
        .def_prop_ro("n_samples", [](const Data &data) { return data.blocks.n_samples; });

    m.def("pack", &make_data, "X"_a, "y"_a, "Pack inputs (N, d_0) and targets (N, K).");
    m.def(
        "unpack", &unpacked, "data"_a, "first"_a = 0, "last"_a = nb::none(),
        "Inverse of pack: inputs and targets, of the rows first, ..., last - 1.");

    m.def(
        "packed",
        [](const Data &data) {
            return nb::make_tuple(
                sheernet::array_of(data.X.get(), data.blocks.packed_size(data.n_inputs)),
                sheernet::array_of(data.y.get(), data.blocks.packed_size(data.n_targets)));
        },
        "data"_a, "Copies of the packed numbers of inputs and targets, to be stored.");
    m.def(
        "packed_in_place", &packed_in_place, nb::arg("X").noconvert(), nb::arg("y").noconvert(), "n_samples"_a,
        "Data whose packed numbers are those of two arrays, without a copy.");

    nb::class_<Objective>(m, "Objective", "The objective of a network on packed data.")
        .def(
            "__init__", &make_objective, "plan"_a, "cost"_a, "cost_parameter"_a, "data"_a, "weights"_a, "decay"_a,
            "threads"_a, "instructions"_a)
        .def_prop_ro("instruction_set", &Objective::instruction_set)
        .def_prop_ro(
            "gauss_newton_matrices",
            [](const Objective &self) { return matrices_of(self, self.numbers_for_gauss_newton()); },
            "The matrices (P, P), rounded up, that are in memory while gauss_newton computes one.")
        .def(
            "value",
            [](const Objective &self, nb::handle given) {
                const Theta theta(given, self.size());
                const GilReleased released(self);
                return self.value(theta.get());
            },
            "theta"_a.none(), "The objective.")
        .def(
            "value_and_gradient",
            [](const Objective &self, nb::handle given) {
                const Theta theta(given, self.size());
                NewArray gradient(nb::int_(self.size()));
                double value = 0.0;
                {
                    const GilReleased released(self);
                    value = self.value_and_gradient(theta.get(), gradient.data);
                }
                return nb::make_tuple(value, gradient.array);
            },
            "theta"_a.none(), "The objective and its gradient, (P,).")
        .def(
            "terms",
            [](const Objective &self, nb::handle given) {
                const Theta theta(given, self.size());
                sheernet::Terms terms{};
                {
                    nb::gil_scoped_release released;
                    terms = self.terms(theta.get());
                }
                return nb::make_tuple(terms.cost, terms.penalty, terms.magnitude);
            },
            "theta"_a.none(), "Cost, penalty, and the sum of the absolute terms of both.")
        .def(
            "gauss_newton",
            [](const Objective &self, nb::handle given) {
                const Theta theta(given, self.size());
                require_room(self, self.numbers_for_gauss_newton(), "gauss_newton makes");
                NewArray gradient(nb::int_(self.size())), matrix(nb::make_tuple(self.size(), self.size()));
                double value = 0.0;
                {
                    nb::gil_scoped_release released;
                    value = self.gauss_newton(theta.get(), gradient.data, matrix.data);
                }
                return nb::make_tuple(value, gradient.array, matrix.array);
            },
            "theta"_a.none(), "The objective, its gradient, and J^T H J + diag(decay), (P, P).")
        .def(
            "gradient_outer_product",
            [](const Objective &self, nb::handle given) {
                const Theta theta(given, self.size());
                require_room(self, self.numbers_for_gradient_products(), "gradient_outer_product makes");
                NewArray matrix(nb::make_tuple(self.size(), self.size()));
                {
                    nb::gil_scoped_release released;
                    self.gradient_outer_product(theta.get(), matrix.data);
                }
                return matrix.array;
            },
            "theta"_a.none(), "sum_n w_n g_n g_n^T of the derivatives g_n of the losses, (P, P).")
        .def(
            "hessian_vector",
            [](const Objective &self, nb::handle given, nb::handle along) {
                const Theta theta(given, self.size());
                const Directions v(along, self.size());
                NewArray moved = v.results(self.size());
                if (!v.is_matrix()) {
                    const GilReleased released(self);
                    self.hessian_vector(theta.get(), v.get(), moved.data);
                } else {
                    run_interruptibly([&](const sheernet::RunContext &context) {
                        self.hessian_vectors(theta.get(), nullptr, v.get(), v.number(), moved.data, context);
                    });
                }
                return moved.array;
            },
            "theta"_a.none(), "v"_a.none(), "The exact Hessian times v, (P,) or (P, m).")
        .def(
            "residuals_and_jacobian",
            [](const Objective &self, nb::handle given) {
                if (self.network().cost != sheernet::Cost::squared_error)
                    throw nb::value_error("residuals_and_jacobian needs cost squared_error");
                const Theta theta(given, self.size());
                const std::size_t n = self.data()->blocks.n_samples * self.network().n_outputs() + self.n_decayed();
                NewArray residuals(nb::make_tuple(n)), jacobian(nb::make_tuple(n, self.size()));
                {
                    const GilReleased released(self);
                    self.residuals_and_jacobian(theta.get(), residuals.data, jacobian.data);
                }
                return nb::make_tuple(residuals.array, jacobian.array);
            },
            "theta"_a.none(), "Residuals (M + D,) and their Jacobian (M + D, P), for cost squared_error.")
        .def(
            "gradient_magnitude",
            [](const Objective &self, nb::handle given) {
                const Theta theta(given, self.size());
                NewArray total(nb::int_(self.size()));
                {
                    const GilReleased released(self);
                    self.gradient_magnitude(theta.get(), total.data);
                }
                return total.array;
            },
            "theta"_a.none(), "sum_n |w_n dloss_n/dtheta_p| + |decay_p theta_p|, (P,): the scale of the gradient's noise.")
        .def(
            "input_gradient",
            [](const Objective &self, nb::handle given, const Matrix &X) {
                const Theta theta(given, self.size());
                const std::size_t n = self.data()->blocks.n_samples, n_inputs = self.network().n_inputs();
                const double *const inputs = numbers_of("X", X, {n, n_inputs});
                NewArray by_inputs(nb::make_tuple(n, n_inputs));
                {
                    const GilReleased released(self);
                    self.input_gradient(theta.get(), inputs, by_inputs.data);
                }
                return by_inputs.array;
            },
            "theta"_a.none(), "X"_a, "Derivative of the objective with respect to inputs X, (N, d_0), for the same targets.");

    sheernet::bind_fits(m);
}
