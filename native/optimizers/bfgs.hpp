// BFGS with a dense inverse Hessian: src/sheernet/optimizers/bfgs.py in C++; source and deviations are given there.
#pragma once

#include "cholesky.hpp"
#include "quasi_newton.hpp"

namespace sheernet {

class BFGS final : public QuasiNewton {
  public:
    // As in bfgs.py, under the same names.
    static constexpr std::size_t kRenewal = 50, kRenewedUpTo = 1000;
    static constexpr double kRenewalDamping = 1e-3, kRenewedC2 = 0.5;

    BFGS(Evaluator &evaluator, State state, const double *theta, const Wolfe &wolfe, bool polish, bool renew)
        : QuasiNewton(evaluator, std::move(state), theta, wolfe, polish), renews_(renew && n_ <= kRenewedUpTo),
          s_(zeros(wide_)), y_(zeros(wide_)), product_(zeros(wide_)) {
        if (state_.matrix) return;
        state_.matrix = std::make_shared<Aligned>(n_ * wide_);
        clear(H(), n_ * wide_, &evaluator.poller());
        fill_diagonal(1.0);
    }

  private:
    double *H() const { return state_.matrix->get(); }

    // Renews H from the Gauss-Newton matrix, at the iterations for renewals, if H is finite.
    void begin_iteration() override {
        const std::size_t k = state_.iteration;
        if (!renews_ || k < kRenewal) return;
        wolfe_.c2 = std::max(wolfe_.c2, kRenewedC2);
        if (k != kRenewal && k % std::max(kRenewal, n_) != 0) return;
        const Aligned A(n_ * n_);
        evaluator_.gauss_newton(*evaluator_.at(state_.here->theta), A.get());
        if (!all_finite(A.get(), n_ * n_)) return;
        const double most = largest_diagonal(A.get(), n_);
        for (std::size_t p = 0; p < n_; ++p) {
            double &scale = A.get()[p * n_ + p];
            scale += kRenewalDamping * (scale > 0.0 ? scale : most);
        }
        const RunContext &context = evaluator_.context();
        if (!cholesky_factor(A.get(), n_, context) || !symmetric_inverse(A.get(), n_, H(), wide_, context)) return;
        state_.fresh = false;
        has_product_ = false;
    }

    bool is_fresh() const override { return state_.fresh; }

    // (6.18)
    void apply(const double *g, double *out) override {
        if (!has_product_) multiply(g, product_.get());
        for (std::size_t p = 0; p < n_; ++p) out[p] = -product_.get()[p];
    }

    // (6.17), from gamma I if fresh; stays fresh if the pair has no curvature.
    void update(const Point &later, bool fresh) override {
        double *s = s_.get(), *y = y_.get();
        pair_of(evaluator_, *state_.here, later, s, y);
        const double ys = evaluator_.dot(y, s), yy = evaluator_.dot(y, y);
        const bool is_used = has_curvature(s, ys, yy);
        const double gamma = is_used ? ys / yy : 1.0;  // (6.20)
        double *b = spare_.get();  // H y
        if (is_used && !fresh) multiply(y, b);
        // From here on the state changes, without polls.
        has_product_ = is_used;
        state_.fresh = fresh && !is_used;
        if (fresh) {
            std::fill(H(), H() + n_ * wide_, 0.0);
            fill_diagonal(gamma);
            for (std::size_t p = 0; p < n_; ++p) b[p] = gamma * y[p];
        }
        if (!is_used) return;
        const double rho = 1.0 / ys, of_s = 0.5 * rho * (1.0 + rho * evaluator_.dot(y, b));
        for (std::size_t p = 0; p < n_; ++p) b[p] = of_s * s[p] - rho * b[p];
        // Few rows at a time, which the product for the next iteration then finds in the cache.
        for_rows(nullptr, [&](std::size_t from, std::size_t to) {
            for (std::size_t next; from < to; from = next) {
                next = std::min(from + kTogether, to);
                double *const rows = H() + from * wide_;
                evaluator_.kernel().add_symmetric(rows, s, b, from, next, wide_);
                evaluator_.kernel().matrix_vector(rows, later.gradient, product_.get() + from, next - from, wide_);
            }
        });
    }

    // out = H v
    void multiply(const double *v, double *out) {
        for_rows(&evaluator_.poller(), [&](std::size_t from, std::size_t to) {
            evaluator_.kernel().matrix_vector(H() + from * wide_, v, out + from, to - from, wide_);
        });
    }

    // Calls pass(from, to) for all rows of H, on the team if they are many, in slices that take some 3 us.
    template <class Pass>
    void for_rows(Poller *poller, const Pass &pass) {
        if (n_ * wide_ <= kShared) return pass(0, n_);
        const std::size_t slice = std::max<std::size_t>(kSlice / wide_ / kTogether, 1) * kTogether;
        evaluator_.context().team->for_each_slice(n_, slice, poller, pass);
    }

    static constexpr std::size_t kTogether = 4;  // rows that the kernel multiplies together
    static constexpr std::size_t kShared = std::size_t{1} << 15, kSlice = std::size_t{1} << 14;  // numbers

    void fill_diagonal(double entry) {
        for (std::size_t p = 0; p < n_; ++p) H()[p * wide_ + p] = entry;
    }

    bool renews_;
    Aligned s_, y_, product_;  // (P,), padded
    bool has_product_ = false;  // whether product_ is H g at the iterate
};

}  // namespace sheernet
