// L-BFGS: src/sheernet/optimizers/lbfgs.py in C++; source and deviations are given there.
#pragma once

#include "quasi_newton.hpp"

namespace sheernet {

class LBFGS final : public QuasiNewton {
  public:
    LBFGS(Evaluator &evaluator, State state, const double *theta, const Wolfe &wolfe, bool polish, std::size_t memory)
        : QuasiNewton(evaluator, std::move(state), theta, wolfe, polish), memory_(memory) {}

  private:
    bool is_fresh() const override { return state_.pairs.empty(); }

    // Without forming H (Algorithm 7.4).
    void apply(const double *v, double *out) override {
        const auto &pairs = state_.pairs;
        const Kernel &kernel = evaluator_.kernel();
        std::copy(v, v + n_, out);
        alphas_.resize(pairs.size());
        for (std::size_t i = pairs.size(); i-- > 0;) {
            alphas_[i] = pairs[i].rho * evaluator_.dot(pairs[i].s.get(), out);
            kernel.add(-alphas_[i], pairs[i].y.get(), out, wide_);
        }
        const double gamma = pairs.empty() ? 1.0 : pairs.back().gamma;
        for (std::size_t p = 0; p < n_; ++p) out[p] *= gamma;
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            const double beta = pairs[i].rho * evaluator_.dot(pairs[i].y.get(), out);
            kernel.add(alphas_[i] - beta, pairs[i].s.get(), out, wide_);
        }
        for (std::size_t p = 0; p < n_; ++p) out[p] = -out[p];
    }

    // Appends the pair and drops the oldest beyond the memory; a pair without curvature is skipped.
    void update(const Point &later, bool fresh) override {
        auto &pairs = state_.pairs;
        if (fresh) pairs.clear();
        Aligned s = zeros(wide_), y = zeros(wide_);
        pair_of(evaluator_, *state_.here, later, s.get(), y.get());
        const double ys = evaluator_.dot(y.get(), s.get()), yy = evaluator_.dot(y.get(), y.get());
        if (!has_curvature(s.get(), ys, yy)) return;
        const std::size_t n_dropped = pairs.size() < memory_ ? 0 : pairs.size() + 1 - memory_;
        pairs.erase(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(n_dropped));
        pairs.push_back({std::move(s), std::move(y), 1.0 / ys, ys / yy});
    }

    std::size_t memory_;
    std::vector<double> alphas_;
};

}  // namespace sheernet
