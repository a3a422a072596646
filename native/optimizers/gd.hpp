// The updates of gd for consecutive mini-batches: src/sheernet/optimizers/gd.py in C++; the source is given there.
#pragma once

#include "../batches.hpp"

namespace sheernet {

struct GDOptions {
    double learning_rate, momentum;
    bool nesterov;
};

// theta and its velocity, (P,) each.
struct GDPoint {
    std::vector<double> theta, velocity;
};

// Appends the value of each batch's objective where its gradient is evaluated.
inline void update_by_batches(
    GDPoint &point, std::vector<double> &values, const GDOptions &options, const Objective &objective, const BatchedRows &rows) {
    std::vector<double> &x = point.theta, &v = point.velocity, gradient(x.size()), ahead(options.nesterov ? x.size() : 0);
    for_each_batch(objective, rows, [&](const Objective &batch) {
        for (std::size_t p = 0; p < ahead.size(); ++p) ahead[p] = x[p] + options.momentum * v[p];
        values.push_back(batch.value_and_gradient(options.nesterov ? ahead.data() : x.data(), gradient.data()));
        for (std::size_t p = 0; p < x.size(); ++p) {
            v[p] = options.momentum * v[p] - options.learning_rate * gradient[p];
            x[p] += v[p];
        }
    });
}

}  // namespace sheernet
