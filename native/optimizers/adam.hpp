// The updates of adam for consecutive mini-batches: src/sheernet/optimizers/adam.py in C++; the source is given there.
#pragma once

#include "../batches.hpp"
#include "point.hpp"

namespace sheernet {

struct AdamOptions {
    double learning_rate, beta1, beta2, epsilon;
    bool uncorrected_epsilon;  // epsilon is added to sqrt(v_t), not to sqrt(v_t / (1 - beta2^t))
};

// theta and its moments, (P,) each and padded, after `updates` updates.
struct AdamPoint {
    Aligned theta, first, second;
    std::size_t updates;
};

// Appends the value of each batch's objective before its update.
inline void update_by_batches(
    AdamPoint &point, std::vector<double> &values, const AdamOptions &options, const Objective &objective,
    const BatchedRows &rows) {
    const Aligned gradient = zeros(padded(objective.size()));
    for_each_batch(objective, rows, [&](const Objective &batch) {
        values.push_back(batch.value_and_gradient(point.theta.get(), gradient.get()));
        const auto t = static_cast<double>(++point.updates);
        const double of_first = 1.0 - std::pow(options.beta1, t), of_second = 1.0 - std::pow(options.beta2, t);
        const AdamUpdate update{
            options.beta1, options.beta2, options.learning_rate / of_first, 1.0 / of_second,
            options.uncorrected_epsilon ? options.epsilon / std::sqrt(of_second) : options.epsilon};
        objective.kernel().adam(
            update, gradient.get(), point.first.get(), point.second.get(), point.theta.get(), padded(objective.size()));
    });
}

}  // namespace sheernet
