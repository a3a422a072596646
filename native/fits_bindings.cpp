// Bindings that run whole fits: conversion of Python's arrays to jobs, and of fits to Python's arrays.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <mutex>
#include <sstream>
#include <string>
#include <type_traits>

#include "fits_bindings.hpp"
#include "numpy_arrays.hpp"
#include "optimizers/fits.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

using namespace sheernet;

using DoubleArray = nb::ndarray<const double, nb::c_contig, nb::device::cpu>;

nb::object vector_of(const double *from, std::size_t n) {
    NewArray vector{nb::int_(n)};
    std::copy(from, from + n, vector.data);
    return vector.array;
}

// Copies n_rows rows of n numbers, `stride` apart.
nb::object matrix_of(const double *from, std::size_t n_rows, std::size_t n, std::size_t stride) {
    NewArray matrix(nb::make_tuple(n_rows, n));
    for (std::size_t i = 0; i < n_rows; ++i) std::copy(from + i * stride, from + i * stride + n, matrix.data + i * n);
    return matrix.array;
}

PointPtr point_of(const nb::dict &state, std::size_t n) {
    auto point = std::make_shared<Point>(n);
    const auto theta = nb::cast<DoubleArray>(state["theta"]), gradient = nb::cast<DoubleArray>(state["gradient"]);
    std::copy(theta.data(), theta.data() + n, point->theta);
    std::copy(gradient.data(), gradient.data() + n, point->gradient);
    point->value = nb::cast<double>(state["value"]);
    return point;
}

// The fields of BFGSState, LBFGSState or LMState; for hybrid, those of its phase and `finishing`.
State state_of(const nb::dict &given, MethodName method, std::size_t n) {
    if (method == MethodName::hybrid) {
        State state = state_of(given, given.contains("fresh") ? MethodName::bfgs : MethodName::lm, n);
        state.finishing = nb::cast<bool>(given["finishing"]);
        return state;
    }
    State state;
    state.iteration = nb::cast<std::size_t>(given["iteration"]);
    state.here = point_of(given, n);
    if (method == MethodName::bfgs) {
        const auto H = nb::cast<DoubleArray>(given["inverse_hessian"]);
        state.fresh = nb::cast<bool>(given["fresh"]);
        state.matrix = std::make_shared<Aligned>(zeros(n * padded(n)));
        for (std::size_t i = 0; i < n; ++i) std::copy(H.data() + i * n, H.data() + (i + 1) * n, state.matrix->get() + i * padded(n));
    } else if (method == MethodName::lbfgs) {
        for (const nb::handle item : nb::cast<nb::list>(given["pairs"])) {
            const auto pair = nb::cast<nb::tuple>(item);
            state.pairs.push_back({
                padded_copy(nb::cast<DoubleArray>(pair[0]).data(), n), padded_copy(nb::cast<DoubleArray>(pair[1]).data(), n),
                nb::cast<double>(pair[2]), nb::cast<double>(pair[3]),
            });
        }
    } else {
        const auto A = nb::cast<DoubleArray>(given["matrix"]);
        state.matrix = std::make_shared<Aligned>(n * n);
        std::copy(A.data(), A.data() + n * n, state.matrix->get());
        state.damping = nb::cast<double>(given["damping"]);
        state.growth = nb::cast<double>(given["growth"]);
        const auto scales = nb::cast<DoubleArray>(given["scales"]);
        state.scales.assign(scales.data(), scales.data() + n);
        state.values = nb::cast<std::vector<double>>(given["values"]);
        state.reference = nb::cast<double>(given["reference"]);
    }
    return state;
}

nb::dict fields_of(const State &state, MethodName method, std::size_t n) {
    if (method == MethodName::hybrid) {
        nb::dict fields = fields_of(state, state.scales.empty() ? MethodName::bfgs : MethodName::lm, n);
        fields["finishing"] = state.finishing;
        return fields;
    }
    nb::dict fields;
    fields["iteration"] = state.iteration;
    fields["theta"] = vector_of(state.here->theta, n);
    fields["value"] = state.here->value;
    fields["gradient"] = vector_of(state.here->gradient, n);
    if (method == MethodName::bfgs) {
        fields["inverse_hessian"] = matrix_of(state.matrix->get(), n, n, padded(n));
        fields["fresh"] = state.fresh;
    } else if (method == MethodName::lbfgs) {
        nb::list pairs;
        for (const Pair &pair : state.pairs)
            pairs.append(nb::make_tuple(vector_of(pair.s.get(), n), vector_of(pair.y.get(), n), pair.rho, pair.gamma));
        fields["pairs"] = pairs;
    } else {
        fields["matrix"] = matrix_of(state.matrix->get(), n, n, n);
        fields["damping"] = state.damping;
        fields["growth"] = state.growth;
        fields["scales"] = vector_of(state.scales.data(), n);
        fields["values"] = state.values;
        fields["reference"] = state.reference;
    }
    return fields;
}

// iteration, theta, value, gradient, validation cost
nb::tuple tuple_of(const Best &best) {
    const std::size_t n = best.theta.size();
    return nb::make_tuple(
        best.iteration, vector_of(best.theta.data(), n), best.value, vector_of(best.gradient.data(), n), best.validation_cost);
}

Best best_of(const nb::tuple &given) {
    const auto theta = nb::cast<DoubleArray>(given[1]), gradient = nb::cast<DoubleArray>(given[3]);
    Best best;
    best.iteration = nb::cast<std::size_t>(given[0]);
    best.theta.assign(theta.data(), theta.data() + theta.size());
    best.value = nb::cast<double>(given[2]);
    best.gradient.assign(gradient.data(), gradient.data() + gradient.size());
    best.validation_cost = nb::cast<double>(given[4]);
    return best;
}

// The value of an enumeration by its name.
template <class Value, std::size_t n>
Value named(const char *noun, const std::string &name, const char *const (&names)[n]) {
    const auto found = std::find(std::begin(names), std::end(names), name);
    if (found == std::end(names)) throw nb::value_error((std::string("unknown ") + noun + ": " + name).c_str());
    return static_cast<Value>(found - std::begin(names));
}

Settings settings_of(const nb::dict &given) {
    const auto number = [&](const char *name) { return nb::cast<double>(given[name]); };
    const auto whole = [&](const char *name) { return nb::cast<std::size_t>(given[name]); };
    Settings settings;
    settings.method = named<MethodName>("method", nb::cast<std::string>(given["method"]), kMethods);
    settings.rules = {
        number("max_iter"), number("gradient_tolerance"), number("cost_tolerance"), number("max_evaluations"),
        number("time_limit"), number("target"), whole("patience"),
    };
    if (settings.method == MethodName::lm) {
        settings.tau = number("tau");
        settings.scaling = named<Scaling>("scaling", nb::cast<std::string>(given["scaling"]), kScalings);
    } else if (settings.method != MethodName::hybrid) {
        settings.wolfe = {number("c1"), number("c2")};
    }
    if (settings.method == MethodName::lbfgs) settings.memory = whole("memory");
    if (given.contains("renew")) settings.renew = nb::cast<bool>(given["renew"]);
    settings.polish = nb::cast<bool>(given["polish"]);
    settings.keep_path = nb::cast<bool>(given["keep_path"]);
    settings.only_best = nb::cast<bool>(given["only_best"]);
    settings.threads = whole("threads");
    settings.at_a_time = whole("at_a_time");
    return settings;
}

// Fits with their method, which determines the fields of a state.
struct FinishedFits {
    std::unique_ptr<Fits> fits;
    MethodName method;

    const Fit &at(std::size_t job) const {
        if (job >= fits->size()) throw nb::index_error("no such job");
        return (*fits)[job];
    }

    // objectives, iterations, seconds, lowest validation costs, first objectives: (5, jobs)
    nb::object ends() const {
        const std::size_t n = fits->size();
        NewArray columns(nb::make_tuple(5, n));
        for (std::size_t job = 0; job < n; ++job) {
            const Ends &ends = fits->ends(job);
            const double of_job[] = {
                ends.objective, ends.iterations, ends.seconds, ends.validation_cost, ends.first_objective};
            for (std::size_t column = 0; column < 5; ++column) columns.data[column * n + job] = of_job[column];
        }
        return columns.array;
    }
};

FinishedFits fit(
    const nb::list &objectives, nb::handle validation, const DoubleArray &starts, const nb::dict &resumed, const nb::dict &given,
    const nb::callable &poll) {
    const Settings settings = settings_of(given);
    const Objective *held_out = validation.is_none() ? nullptr : nb::cast<const Objective *>(validation);
    const std::size_t n = starts.shape(1);
    std::vector<Job> jobs;
    for (std::size_t i = 0; i < objectives.size(); ++i) {
        const auto *objective = nb::cast<const Objective *>(objectives[i]);
        if (objective->size() != n) throw nb::value_error("starts are not as long as theta");
        jobs.push_back({objective, held_out, starts.data() + i * n, std::nullopt, {}});
    }
    for (const auto &[job, parts] : resumed) {
        Job &going_on = jobs.at(nb::cast<std::size_t>(job));
        const auto [state, best] = nb::cast<std::pair<nb::dict, nb::tuple>>(parts);
        going_on.state = state_of(state, settings.method, n);
        going_on.best = best_of(best);
    }
    auto fits = std::make_unique<Fits>(std::move(jobs), settings);
    // Python may keep the function, so it must know when there is nothing to read.
    const auto running = std::make_shared<Fits *>(fits.get());
    const nb::object leading = nb::cpp_function([running]() -> nb::object {
        if (*running == nullptr) throw nb::value_error("the fits have ended");
        const std::vector<double> theta = (*running)->leading();
        return theta.empty() ? nb::none() : vector_of(theta.data(), theta.size());
    });
    std::exception_ptr raised;  // by the Python callback
    {
        const nb::gil_scoped_release released;
        fits->run([&](const Status &status) {
            const nb::gil_scoped_acquire acquired;
            try {
                if (PyErr_CheckSignals() != 0) nb::raise_python_error();
                const Row &row = status.row;
                return nb::cast<bool>(
                    poll(status.job, status.finished, row.iteration, row.objective, row.gradient_norm, leading));
            } catch (const nb::python_error &error) {
                // Ctrl-C: the results so far are kept, and the caller decides.
                if (!error.matches(PyExc_KeyboardInterrupt)) raised = std::current_exception();
                return false;
            } catch (...) {
                raised = std::current_exception();
                return false;
            }
        });
    }
    *running = nullptr;
    if (raised) std::rethrow_exception(raised);
    return {std::move(fits), settings.method};
}

// The argument types of a function, from the signature that Cython stores as the name of its capsule: c for char *, i for
// int *, d for Cython's name of double *, ? for others.
std::string types_of(const nb::capsule &function) {
    std::string signature = function.name() ? function.name() : "", types;
    const std::size_t open = signature.find('('), close = signature.rfind(')');
    if (open == std::string::npos || close == std::string::npos) return "?";
    std::istringstream arguments(signature.substr(open + 1, close - open - 1));
    for (std::string type; std::getline(arguments >> std::ws, type, ',');) {
        const bool is_double = type.size() > 4 && type.compare(type.size() - 4, 4, "_d *") == 0;
        types += type == "char *" ? 'c' : type == "int *" ? 'i' : is_double ? 'd' : '?';
    }
    return types;
}

// Uses SciPy's LAPACK and BLAS functions if all have the signatures that cholesky.hpp expects; otherwise (for example with
// 64-bit integers) uses none and returns false.
bool use_lapack(const nb::dict &functions) {
    Lapack found;
    const auto take = [&](const char *name, const char *types, auto &function) {
        const auto capsule = nb::cast<nb::capsule>(functions[name]);
        if (types_of(capsule) != types) return false;
        function = reinterpret_cast<std::decay_t<decltype(function)>>(capsule.data());
        return true;
    };
    const bool all = take("dpotrf", "cidii", found.potrf) && take("dpotrs", "ciididii", found.potrs) &&
                     take("dtrsm", "cccciiddidi", found.trsm) && take("dsyrk", "cciiddiddi", found.syrk) &&
                     take("dgemm", "cciiiddididdi", found.gemm);
    static std::once_flag set;  // by the first call only: fits on other threads may be using them
    if (all) std::call_once(set, [&] { lapack() = found; });
    return all;
}

}  // namespace

void sheernet::bind_fits(nb::module_ &m) {
    m.attr("LARGEST_WITHOUT_LAPACK") = kMaxTextbookSize;
    m.attr("METHODS") = names_of(kMethods);
    m.attr("SCALINGS") = names_of(kScalings);
    m.attr("REASONS") = names_of(kReasons);
    m.attr("COLUMNS") = names_of(kRowFields);
    nb::dict constants;
    constants["EPS"] = kEpsilon;
    constants["CURVATURE"] = kCurvature;
    constants["MAX_TRIALS"] = kMaxTrials;
    constants["TAU"] = Hybrid::kTau;
    constants["PLAIN_STEPS"] = Hybrid::kPlainSteps;
    constants["ITERATIONS"] = Hybrid::kIterations;
    constants["ITERATIONS_PER_PARAMETER"] = Hybrid::kIterationsPerParameter;
    constants["C1"] = Hybrid::kWolfe.c1;
    constants["C2"] = Hybrid::kWolfe.c2;
    constants["MIN_DAMPING"] = LM::kMinDamping;
    constants["MAX_DAMPING"] = LM::kMaxDamping;
    constants["NEGLIGIBLE"] = LM::kNegligible;
    constants["WINDOW"] = LM::kWindow;
    constants["SLOW"] = LM::kSlow;
    constants["MIN_GAIN"] = LM::kMinGain;
    constants["MAX_TOLERANCE"] = LM::kMaxTolerance;
    constants["MIN_TOLERANCE"] = LM::kMinTolerance;
    constants["UNDAMPED"] = LM::kUndamped;
    constants["CONVERGED"] = LM::kConverged;
    constants["SMALLEST"] = LM::kSmallest;
    constants["LARGEST"] = LM::kLargest;
    constants["CURVATURE_LIMIT"] = NewtonCG::kCurvatureLimit;
    constants["LENGTH_ALONG_CURVATURE"] = NewtonCG::kLengthAlongCurvature;
    constants["LAST_CHECK_MAX_PRODUCTS"] = LastCheck::kMaxProducts;
    constants["LAST_CHECK_TOLERANCE"] = LastCheck::kTolerance;
    constants["LAST_CHECK_INFLUENCE"] = kInfluence;
    constants["LAST_CHECK_NOTABLE_FALL"] = kNotableFall;
    constants["LAST_CHECK_EQUAL"] = kEqual;
    constants["LAST_CHECK_SMALLEST"] = LastCheck::kSmallest;
    constants["LAST_CHECK_FLAT"] = LastCheck::kFlat;
    constants["LAST_CHECK_SHORTEST"] = LastCheck::kShortest;
    constants["LAST_CHECK_SHORTENED"] = LastCheck::kShortened;
    constants["LAST_CHECK_SMALLEST_HESSIAN"] = LastCheck::kSmallestHessian;
    constants["LAST_CHECK_LARGEST_HESSIAN"] = LastCheck::kLargestHessian;
    m.attr("CONSTANTS") = constants;
    m.def(
        "use_lapack", &use_lapack, "functions"_a,
        "Let lm use SciPy's BLAS and LAPACK, given as name -> capsule; False if a signature differs.");
    m.def(
        "fit", &fit, "objectives"_a, "validation"_a.none(), "starts"_a, "resumed"_a, "settings"_a, "poll"_a,
        "Run whole fits; `resumed` maps a job to (fields of its State, its best iterate).  `poll` gets job, finished jobs, "
        "iteration, objective, gradient norm, and a function that returns the best theta so far or None.");
    nb::class_<FinishedFits>(m, "Fits", "The fits, one per job.")
        .def("__len__", [](const FinishedFits &self) { return self.fits->size(); })
        .def_prop_ro(
            "ends", &FinishedFits::ends,
            "Objective, iterations, seconds, lowest validation cost and first objective of each job, (5, jobs).")
        .def_prop_ro("best_job", [](const FinishedFits &self) { return self.fits->best(); })
        .def_prop_ro(
            "reasons",
            [](const FinishedFits &self) {
                std::vector<std::string> names;
                for (std::size_t job = 0; job < self.fits->size(); ++job) names.emplace_back(name((*self.fits)[job].reason));
                return names;
            })
        .def("result", [](const FinishedFits &self, std::size_t job) { return tuple_of(self.at(job).result); }, "job"_a)
        .def("best", [](const FinishedFits &self, std::size_t job) { return tuple_of(self.at(job).best); }, "job"_a)
        .def(
            "columns",
            [](const FinishedFits &self, std::size_t job) {
                const auto &rows = self.at(job).rows;
                NewArray columns(nb::make_tuple(kColumns, rows.size()));
                for (std::size_t i = 0; i < rows.size(); ++i)
                    for (std::size_t c = 0; c < kColumns; ++c)
                        columns.data[c * rows.size() + i] = (&rows[i].iteration)[c];
                return columns.array;
            },
            "job"_a, "The record, (columns, rows).")
        .def(
            "path",
            [](const FinishedFits &self, std::size_t job) {
                const Fit &fit = self.at(job);
                const std::size_t n = fit.path.size() / fit.rows.size();
                return matrix_of(fit.path.data(), fit.rows.size(), n, n);
            },
            "job"_a, "theta of each row, (rows, P); (rows, 0) if it was not kept.")
        .def("has_state", [](const FinishedFits &self, std::size_t job) { return self.at(job).state.has_value(); }, "job"_a,
             "Whether it can be resumed; False if another job was better.")
        .def(
            "state",
            [](const FinishedFits &self, std::size_t job) {
                const Fit &fit = self.at(job);
                return fields_of(fit.state.value(), self.method, fit.result.theta.size());
            },
            "job"_a, "The fields of its State.");
}
