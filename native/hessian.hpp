// Products of the Hessian of an objective with vectors, many at the same theta, as in conjugate gradients.
#pragma once

#include <cstring>
#include <vector>

#include "objective.hpp"

namespace sheernet {

// Keeps the activations and derivatives that products at the last theta share, if they fit into `most_numbers`; otherwise
// each product computes them again.  In both cases, a product is bitwise equal to Objective::hessian_vector.
class HessianProducts {
  public:
    // 8 MiB.  A product then takes about half the time; beyond the caches, nothing is gained: with 10-32-1, a product, kept and
    // not kept, took 0.7 and 1.5 times as long as a gradient for 4 MB, 1.2 and 1.5 for 8 MB, 1.6 and 1.4 for 17 MB.
    static constexpr std::size_t kMostNumbers = std::size_t{1} << 20;

    explicit HessianProducts(const Objective &objective, std::size_t most_numbers = kMostNumbers)
        : objective_(objective), needed_(objective.linearization_size()), keeps_(needed_ <= most_numbers) {}

    // The Hessian at theta times v, (P,).
    void product(const double *theta, const double *v, double *moved, const RunContext &context = {}) {
        if (keeps_ && !is_at(theta)) {
            theta_.clear();  // if this is cancelled, the memory belongs to no theta
            if (!kept_.get()) kept_ = Aligned(needed_);
            objective_.linearize(theta, kept_.get(), context);
            theta_.assign(theta, theta + objective_.size());
        }
        objective_.hessian_vectors(theta, kept_.get(), v, 1, moved, context);
    }

  private:
    bool is_at(const double *theta) const {
        return !theta_.empty() && std::memcmp(theta_.data(), theta, theta_.size() * sizeof(double)) == 0;
    }

    const Objective &objective_;
    std::size_t needed_;
    bool keeps_;
    std::vector<double> theta_;  // (P,), or empty
    Aligned kept_;
};

}  // namespace sheernet
