// Bindings that run whole fits: conversion of Python's arrays to jobs, and of fits to Python's arrays.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <cstring>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <tuple>
#include <type_traits>

#include "fits_bindings.hpp"
#include "numpy_arrays.hpp"
#include "optimizers/fits.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

using namespace sheernet;

// Copies n_rows rows of n numbers, `stride` apart.
nb::object matrix_of(const double *from, std::size_t n_rows, std::size_t n, std::size_t stride) {
    NewArray matrix(nb::make_tuple(n_rows, n));
    for (std::size_t i = 0; i < n_rows; ++i) std::copy(from + i * stride, from + i * stride + n, matrix.data + i * n);
    return matrix.array;
}

// The fields of a State, (P,) or (P, P), checked.  Those of a start need not be finite: its run ends with non_finite.
struct Fields {
    const nb::dict &given;
    const std::size_t n = 0, iteration = size_in("iteration", of<std::size_t>("iteration"), 0, kMostCount);

    template <class Value>
    Value of(const char *name) const {
        return converted<Value>(name, given[name]);
    }
    // A snapshot: the conversion of an entry can run code that changes a list.
    template <class Value>
    std::vector<Value> list(const char *name) const {
        return converted<std::vector<Value>>(name, nb::tuple(given[name]));
    }
    double checked(const char *name, double number) const { return iteration > 0 ? finite(name, number) : number; }
    double number(const char *name) const { return checked(name, of<double>(name)); }

    void copy(const char *name, const double *from, double *to) const {
        std::copy_n(iteration > 0 ? finite(name, from, n) : from, n, to);
    }
    void copy_vector(const char *name, const Vector &vector, double *to) const {
        copy(name, numbers_of(name, vector, {n}), to);
    }
    void copy_vector(const char *name, double *to) const { copy_vector(name, of<Vector>(name), to); }
    // Copies a matrix to rows `stride` apart.
    void copy_matrix(const char *name, double *to, std::size_t stride) const {
        const auto matrix = of<Matrix>(name);
        const double *const from = numbers_of(name, matrix, {n, n});
        for (std::size_t i = 0; i < n; ++i) copy(name, from + i * n, to + i * stride);
    }
};

// The fields of BFGSState, LBFGSState or LMState; for hybrid, those of its phase and `finishing`.
State state_of(const nb::dict &given, MethodName method, std::size_t n) {
    if (method == MethodName::hybrid) {
        State state = state_of(given, given.contains("fresh") ? MethodName::bfgs : MethodName::lm, n);
        state.finishing = converted<bool>("finishing", given["finishing"]);
        return state;
    }
    const Fields fields{given, n};
    State state;
    state.iteration = fields.iteration;
    state.here = std::make_shared<Point>(n);
    fields.copy_vector("theta", state.here->theta);
    fields.copy_vector("gradient", state.here->gradient);
    state.here->value = fields.number("value");
    if (method == MethodName::bfgs) {
        state.fresh = fields.of<bool>("fresh");
        state.matrix = std::make_shared<Aligned>(zeros(n * padded(n)));
        fields.copy_matrix("inverse_hessian", state.matrix->get(), padded(n));
    } else if (method == MethodName::lbfgs) {
        for (const nb::tuple &pair : fields.list<nb::tuple>("pairs")) {
            const auto [s, y, rho, gamma] = converted<std::tuple<Vector, Vector, double, double>>("a pair", pair);
            state.pairs.push_back(
                {zeros(padded(n)), zeros(padded(n)), fields.checked("rho", rho), fields.checked("gamma", gamma)});
            fields.copy_vector("s", s, state.pairs.back().s.get());
            fields.copy_vector("y", y, state.pairs.back().y.get());
        }
    } else {
        state.matrix = std::make_shared<Aligned>(n * n);
        fields.copy_matrix("matrix", state.matrix->get(), n);
        state.damping = fields.number("damping");
        state.growth = fields.number("growth");
        state.scales.resize(n);
        fields.copy_vector("scales", state.scales.data());
        state.values = fields.list<double>("values");
        size_in("the number of values", state.values.size(), 0, LM::kWindow + 1);
        state.reference = fields.of<double>("reference");  // nan before the last part of a run
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
    fields["theta"] = array_of(state.here->theta, n);
    fields["value"] = state.here->value;
    fields["gradient"] = array_of(state.here->gradient, n);
    if (method == MethodName::bfgs) {
        fields["inverse_hessian"] = matrix_of(state.matrix->get(), n, n, padded(n));
        fields["fresh"] = state.fresh;
    } else if (method == MethodName::lbfgs) {
        nb::list pairs;
        for (const Pair &pair : state.pairs)
            pairs.append(nb::make_tuple(array_of(pair.s.get(), n), array_of(pair.y.get(), n), pair.rho, pair.gamma));
        fields["pairs"] = pairs;
    } else {
        fields["matrix"] = matrix_of(state.matrix->get(), n, n, n);
        fields["damping"] = state.damping;
        fields["growth"] = state.growth;
        fields["scales"] = array_of(state.scales.data(), n);
        fields["values"] = state.values;
        fields["reference"] = state.reference;
    }
    return fields;
}

// iteration, theta, value, gradient, validation cost
nb::tuple tuple_of(const Best &best) {
    const std::size_t n = best.theta.size();
    return nb::make_tuple(
        best.iteration, array_of(best.theta.data(), n), best.value, array_of(best.gradient.data(), n), best.validation_cost);
}

Best best_of(const nb::tuple &given, std::size_t n) {
    const auto [iteration, theta, value, gradient, validation_cost] =
        converted<std::tuple<std::size_t, Vector, double, Vector, double>>("best", given);
    const double *const x = numbers_of("best theta", theta, {n});
    if (iteration > 0) finite("best theta", x, n);
    const double *const g = numbers_of("best gradient", gradient, {n});
    return {size_in("best iteration", iteration, 0, kMostCount), {x, x + n}, {g, g + n}, value, validation_cost};
}

// The value of an enumeration by its name.
template <class Value, std::size_t n>
Value named(const char *noun, const std::string &name, const char *const (&names)[n]) {
    const auto found = std::find(std::begin(names), std::end(names), name);
    if (found == std::end(names)) throw nb::value_error((std::string("unknown ") + noun + ": " + name).c_str());
    return static_cast<Value>(found - std::begin(names));
}

Settings settings_of(const nb::dict &given) {
    const auto number = [&](const char *name) {
        const double found = converted<double>(name, given[name]);
        if (std::isnan(found)) throw nb::value_error((std::string(name) + " is nan").c_str());
        return found;
    };
    const auto whole = [&](const char *name, std::size_t least, std::size_t most = kMostCount) {
        return size_in(name, converted<std::size_t>(name, given[name]), least, most);
    };
    const auto flag = [&](const char *name) { return converted<bool>(name, given[name]); };
    const auto text = [&](const char *name) { return converted<std::string>(name, given[name]); };
    Settings settings;
    settings.method = named<MethodName>("method", text("method"), kMethods);
    settings.rules = {
        number("max_iter"), number("gradient_tolerance"), number("cost_tolerance"), number("max_evaluations"),
        number("time_limit"), number("target"), whole("patience", 0),
    };
    if (settings.method == MethodName::lm) {
        settings.tau = number("tau");
        settings.scaling = named<Scaling>("scaling", text("scaling"), kScalings);
    } else if (settings.method != MethodName::hybrid) {
        settings.wolfe = {number("c1"), number("c2")};
    }
    if (settings.method == MethodName::lbfgs) settings.memory = whole("memory", 1);
    if (given.contains("renew")) settings.renew = flag("renew");
    settings.polish = flag("polish");
    settings.keep_path = flag("keep_path");
    settings.only_best = flag("only_best");
    settings.threads = whole("threads", 1, kMostThreads);
    settings.at_a_time = whole("at_a_time", 1);
    return settings;
}

// Fits with their method, which determines the fields of a state.
struct FinishedFits {
    std::shared_ptr<const Fits> fits;
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

using ObjectivePtr = std::shared_ptr<const Objective>;  // holds the object of Python

FinishedFits fit(
    const std::vector<ObjectivePtr> &objectives, const std::vector<nb::tuple> &units, const ObjectivePtr &validation,
    const Matrix &starts,
    const std::map<std::size_t, std::pair<nb::dict, nb::tuple>> &resumed, const nb::dict &given, const nb::callable &poll) {
    const Settings settings = settings_of(given);
    size_in("the number of objectives", objectives.size(), 1, kMostCount);
    size_in("the number of units", units.size(), objectives.size(), objectives.size());
    const std::size_t n = starts.shape(1);
    const double *const first_start = numbers_of("starts", starts, {objectives.size(), n});
    const auto require = [&](const ObjectivePtr &objective) {
        if (!objective) throw nb::type_error("an objective is None");
        size_in("the number of parameters of an objective", objective->size(), n, n);
    };
    if (validation) require(validation);
    std::vector<Job> jobs;
    std::vector<std::tuple<Vector, Vector, double>> held_units;  // their arrays may be converted copies
    for (const ObjectivePtr &objective : objectives) {
        require(objective);
        const std::size_t job = jobs.size();
        held_units.push_back(converted<std::tuple<Vector, Vector, double>>("units", units[job]));
        const auto &[parameters, gradient, of_objective] = held_units.back();
        const StandardUnits of_job = {
            numbers_of("units of parameters", parameters, {n}), numbers_of("units of the gradient", gradient, {n}), of_objective};
        jobs.push_back({objective.get(), validation.get(), first_start + job * n, std::nullopt, {}, of_job});
    }
    for (const auto &[job, parts] : resumed) {
        Job &going_on = jobs[size_in("a resumed job", job, 0, jobs.size() - 1)];
        going_on.state = state_of(parts.first, settings.method, n);
        going_on.best = best_of(parts.second, n);
    }
    const auto fits = std::make_shared<Fits>(std::move(jobs), settings);
    // Python may keep the function, so it must know when there is nothing to read.
    const nb::object leading = nb::cpp_function([running = std::weak_ptr<Fits>(fits)]() -> nb::object {
        const auto there = running.lock();
        if (!there) throw nb::value_error("the fits have ended");
        const std::vector<double> theta = there->leading();
        return theta.empty() ? nb::none() : array_of(theta.data(), theta.size());
    });
    std::exception_ptr raised;  // by the Python callback
    {
        const nb::gil_scoped_release released;
        fits->run([&](const Status &status) {
            const nb::gil_scoped_acquire acquired;
            try {
                if (PyErr_CheckSignals() != 0) nb::raise_python_error();
                const Row &row = status.row;
                return converted<bool>(
                    "the result of poll",
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
    if (raised) std::rethrow_exception(raised);
    return {fits, settings.method};
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
        const auto capsule = converted<nb::capsule>(name, functions[name]);
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
    constants["SMALLEST_SHARE"] = kSmallestShare;
    constants["LAST_CHECK_MAX_PRODUCTS"] = LastCheck::kMaxProducts;
    constants["LAST_CHECK_TOLERANCE"] = LastCheck::kTolerance;
    constants["LAST_CHECK_INFLUENCE"] = kInfluence;
    constants["LAST_CHECK_NOTABLE_FALL"] = kNotableFall;
    constants["LAST_CHECK_EQUAL"] = kEqual;
    constants["LAST_CHECK_FAR"] = kFar;
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
        "fit", &fit, "objectives"_a, "units"_a, "validation"_a.none(), "starts"_a, "resumed"_a, "settings"_a, "poll"_a,
        "Run whole fits; `units` are the standard_units of the objectives, `resumed` maps a job to (fields of its State, its "
        "best iterate).  `poll` gets job, finished jobs, iteration, objective, gradient norm, and a function that returns the "
        "best theta so far or None.");
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
                for (std::size_t i = 0; i < rows.size(); ++i) {
                    double row[kColumns];
                    std::memcpy(row, &rows[i], sizeof row);
                    for (std::size_t c = 0; c < kColumns; ++c) columns.data[c * rows.size() + i] = row[c];
                }
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
             "Whether it can be resumed; False if another job was better, or it was canceled before its start was evaluated.")
        .def(
            "state",
            [](const FinishedFits &self, std::size_t job) {
                const Fit &fit = self.at(job);
                if (!fit.state)
                    throw nb::value_error(
                        "a job has no state if another was better, or if it was canceled before its start was evaluated");
                return fields_of(*fit.state, self.method, fit.result.theta.size());
            },
            "job"_a, "The fields of its State.");
}
