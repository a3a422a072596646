// Bindings of mini-batches: the data of a batch, and the updates of adam and gd for consecutive batches.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/shared_ptr.h>

#include "batches_bindings.hpp"
#include "numpy_arrays.hpp"
#include "optimizers/adam.hpp"
#include "optimizers/gd.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

using namespace sheernet;

using Rows = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

// A copy of numbers of rows, which another thread of Python cannot change after the check.
std::vector<std::int64_t> rows_of(const Rows &given, const RowTable &table, const Objective &objective) {
    if (!table.is_of(*objective.data())) throw nb::value_error("the table is that of another objective");
    const std::size_t n = size_in("the number of rows", given.shape(0), 1, kMostCount);
    const std::int64_t *const first = numbers_of("rows", given, {n});
    std::vector<std::int64_t> rows(first, first + n);
    for (const std::int64_t row : rows)
        if (row < 0 || row >= static_cast<std::int64_t>(table.n_rows())) throw nb::index_error("no such row");
    return rows;
}

std::shared_ptr<Data> gathered(const Objective &objective, const RowTable &table, const Rows &given) {
    const std::vector<std::int64_t> rows = rows_of(given, table, objective);
    Batch batch(objective, rows.size());
    batch.of({table, rows.data(), rows.size(), rows.size(), true, false}, rows.data());
    return batch.data();
}

nb::tuple adam_batches(
    const Objective &objective, const Vector &theta, const Vector &first, const Vector &second, std::size_t updates,
    const RowTable &table, const Rows &given, std::size_t batch_size, bool mean, bool whole_penalty, double learning_rate,
    double beta1, double beta2, double epsilon, bool uncorrected_epsilon) {
    const std::vector<std::int64_t> rows = rows_of(given, table, objective);
    const BatchedRows batches{
        table, rows.data(), rows.size(), size_in("batch_size", batch_size, 1, kMostCount), mean, whole_penalty};
    const std::size_t n = objective.size();
    AdamPoint point{
        padded_copy(numbers_of("theta", theta, {n}), n), padded_copy(numbers_of("first", first, {n}), n),
        padded_copy(numbers_of("second", second, {n}), n), size_in("updates", updates, 0, kMostCount)};
    std::vector<double> values;
    {
        const nb::gil_scoped_release released;
        update_by_batches(point, values, {learning_rate, beta1, beta2, epsilon, uncorrected_epsilon}, objective, batches);
    }
    return nb::make_tuple(
        array_of(point.theta.get(), n), array_of(point.first.get(), n), array_of(point.second.get(), n), point.updates,
        array_of(values.data(), values.size()));
}

nb::tuple gd_batches(
    const Objective &objective, const Vector &theta, const Vector &velocity, const RowTable &table, const Rows &given,
    std::size_t batch_size, bool mean, bool whole_penalty, double learning_rate, double momentum, bool nesterov) {
    const std::vector<std::int64_t> rows = rows_of(given, table, objective);
    const BatchedRows batches{
        table, rows.data(), rows.size(), size_in("batch_size", batch_size, 1, kMostCount), mean, whole_penalty};
    const std::size_t n = objective.size();
    const double *x = numbers_of("theta", theta, {n}), *v = numbers_of("velocity", velocity, {n});
    GDPoint point{{x, x + n}, {v, v + n}};
    std::vector<double> values;
    {
        const nb::gil_scoped_release released;
        update_by_batches(point, values, {learning_rate, momentum, nesterov}, objective, batches);
    }
    return nb::make_tuple(
        array_of(point.theta.data(), n), array_of(point.velocity.data(), n), array_of(values.data(), values.size()));
}

}  // namespace

void sheernet::bind_batches(nb::module_ &m) {
    nb::class_<RowTable>(m, "RowTable", "The rows of an objective with positive weight, each row's numbers adjacent.")
        .def(nb::init<const Objective &>(), "objective"_a);
    m.def("gather", &gathered, "objective"_a, "table"_a, "rows"_a, "Some rows of an objective's data, packed.");
    m.def(
        "adam_batches", &adam_batches, "objective"_a, "theta"_a, "first"_a, "second"_a, "updates"_a, "table"_a, "rows"_a,
        "batch_size"_a, "mean"_a, "whole_penalty"_a, "learning_rate"_a, "beta1"_a, "beta2"_a, "epsilon"_a,
        "uncorrected_epsilon"_a,
        "theta, its moments and the number of updates after the updates of adam for consecutive batches of rows, and the "
        "value of each batch before its update.");
    m.def(
        "gd_batches", &gd_batches, "objective"_a, "theta"_a, "velocity"_a, "table"_a, "rows"_a, "batch_size"_a, "mean"_a,
        "whole_penalty"_a, "learning_rate"_a, "momentum"_a, "nesterov"_a,
        "theta and its velocity after the updates of gd for consecutive batches of rows, and the value of each batch where "
        "its gradient was evaluated.");
}
