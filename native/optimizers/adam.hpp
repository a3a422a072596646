// The updates of adam for consecutive mini-batches: src/sheernet/optimizers/adam.py in C++; the source is given there.
#pragma once

#include "../batches.hpp"
#include "point.hpp"

namespace sheernet {

struct AdamOptions {
    double learning_rate, beta1, beta2, epsilon;
};

// theta and its moments, (P,) each and padded, after `updates` updates.
struct AdamPoint {
    Aligned theta, first, second;
    std::size_t updates;
};

inline void update_by_batches(AdamPoint &point, const AdamOptions &options, const Objective &objective, const BatchedRows &rows) {
    const Aligned gradient = zeros(padded(objective.size()));
    for_each_batch(objective, rows, [&](const Objective &batch) {
        batch.cost_and_gradient(point.theta.get(), gradient.get());
        const auto t = static_cast<double>(++point.updates);
        const AdamUpdate update{
            options.beta1, options.beta2, options.learning_rate / (1.0 - std::pow(options.beta1, t)),
            1.0 / (1.0 - std::pow(options.beta2, t)), options.epsilon};
        objective.kernel().adam(
            update, gradient.get(), point.first.get(), point.second.get(), point.theta.get(), padded(objective.size()));
    });
}

}  // namespace sheernet
