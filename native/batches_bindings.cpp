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

using Vector = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Rows = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

void require_rows(const Rows &rows, const RowTable &table, const Objective &objective) {
    const auto n = static_cast<std::int64_t>(table.n_rows());
    if (table.n_rows() != objective.data()->blocks.n_samples) throw nb::value_error("the table is that of another objective");
    if (rows.shape(0) == 0) throw nb::value_error("there are no rows");
    for (std::size_t i = 0; i < rows.shape(0); ++i)
        if (rows.data()[i] < 0 || rows.data()[i] >= n) throw nb::index_error("no such row");
}

BatchedRows batched(
    const RowTable &table, const Rows &rows, std::size_t batch_size, bool mean, bool whole_penalty, const Objective &objective) {
    require_rows(rows, table, objective);
    if (batch_size == 0) throw nb::value_error("batch_size is 0");
    return {table, rows.data(), rows.shape(0), batch_size, mean, whole_penalty};
}

const double *require_size(const Vector &vector, const Objective &objective) {
    if (vector.shape(0) != objective.size()) throw nb::value_error("a vector is not as long as theta");
    return vector.data();
}

nb::object array_of(const double *from, std::size_t n) {
    NewArray vector{nb::int_(n)};
    std::copy(from, from + n, vector.data);
    return vector.array;
}

std::shared_ptr<Data> gathered(const Objective &objective, const RowTable &table, const Rows &rows) {
    require_rows(rows, table, objective);
    Batch batch(objective, rows.shape(0));
    batch.of({table, rows.data(), rows.shape(0), rows.shape(0), true, false}, rows.data());
    return batch.data();
}

nb::tuple adam_batches(
    const Objective &objective, const Vector &theta, const Vector &first, const Vector &second, std::size_t updates,
    const RowTable &table, const Rows &rows, std::size_t batch_size, bool mean, bool whole_penalty, double learning_rate,
    double beta1, double beta2, double epsilon, bool uncorrected_epsilon) {
    const BatchedRows batches = batched(table, rows, batch_size, mean, whole_penalty, objective);
    const std::size_t n = objective.size();
    AdamPoint point{
        padded_copy(require_size(theta, objective), n), padded_copy(require_size(first, objective), n),
        padded_copy(require_size(second, objective), n), updates};
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
    const Objective &objective, const Vector &theta, const Vector &velocity, const RowTable &table, const Rows &rows,
    std::size_t batch_size, bool mean, bool whole_penalty, double learning_rate, double momentum, bool nesterov) {
    const BatchedRows batches = batched(table, rows, batch_size, mean, whole_penalty, objective);
    const std::size_t n = objective.size();
    const double *x = require_size(theta, objective), *v = require_size(velocity, objective);
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
