// The Hessian of an objective at one theta, for many products with vectors, as in conjugate gradients.
#pragma once

#include <vector>

#include "objective.hpp"

namespace sheernet {

// Keeps what the products share, activations and their derivatives, if it fits into `most_numbers`; otherwise each product
// computes it again.  The products have the same bits either way, those of Objective::hessian_vector.
class HessianAt {
  public:
    // 8 MiB.  A product then takes about half the time; memory beyond the caches is as slow as computing again: with 10-32-1,
    // in gradients, kept and not, 0.7 and 1.5 for 4 MB, 1.2 and 1.5 for 8 MB, 1.6 and 1.4 for 17 MB.
    static constexpr std::size_t kMostNumbers = std::size_t{1} << 20;

    HessianAt(
        const Objective &objective, const double *theta, const RunContext &context = {},
        std::size_t most_numbers = kMostNumbers)
        : objective_(objective), theta_(theta, theta + objective.size()) {
        const std::size_t needed = objective.linearization_size();
        if (needed > most_numbers) return;
        kept_ = Aligned(needed);
        objective.linearize(theta, kept_.get(), context);
    }

    // The Hessian times v, (P,).
    void product(const double *v, double *moved, const RunContext &context = {}) const {
        objective_.hessian_vectors(theta_.data(), kept_.get(), v, 1, moved, context);
    }

  private:
    const Objective &objective_;
    std::vector<double> theta_;
    Aligned kept_;
};

}  // namespace sheernet
